"""A person who is everywhere is found everywhere, erased everywhere, and does not come back."""

import shutil
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from monitor.accounts import Accounts
from monitor.archive import ArchiveReader
from monitor.archive.erasure.naming import MASK
from monitor.archive.erasure.person import _OF_POSTS, NAMING, PersonsEraser
from monitor.archive.erasure.tombstones import Tombstones, file_of
from monitor.backup.eraser import Eraser
from monitor.backup.mail_erasure import MailErasure
from monitor.backup.restore import restore
from monitor.core.errors import ArchiveError, MonitorError
from monitor.core.model import Author, Purpose, Rejected
from tests.archive.saving import LONDON, opened, saved
from tests.builders import a_page, a_post
from tests.planted_person import (
    HANDLE,
    HOME,
    NAME,
    NOW,
    OTHERS,
    TITLE,
    an_eraser,
    count,
    counts,
    others_posts,
    planted,
    the_post,
    traces,
)

pytestmark = pytest.mark.heavy

COPIES = "backups, which may hold the same"
BESIDE = "shared links, requests, alerts, mail, tokens and earlier campaign files"


@pytest.fixture
def eraser(tmp_path: Path) -> Eraser:
    return planted(tmp_path)


def author_of(folder: Path) -> int:
    with opened(folder) as archive:
        [(author, *_)] = archive.persons.candidates(HANDLE)
    return author


def person_of(folder: Path):
    with opened(folder) as archive:
        return archive.persons.person(author_of(folder))


def erase_all(eraser: Eraser, folder: Path):
    """Erase the person and whatever may mean them, backups included."""
    author = author_of(folder)
    with opened(folder) as archive:
        named = archive.persons.naming(archive.persons.person(author))[1]
    return eraser.erase(author, [row["id"] for row in named], copies=True)


def texts(folder: Path) -> dict[str, str | None]:
    with opened(folder) as archive:
        return dict(archive.db.execute("SELECT native_id, text FROM posts"))


def test_nothing_is_left_in_any_file_while_somebody_reads_and_the_counts_stay(eraser, tmp_path):
    before, others = counts(tmp_path), texts(tmp_path)
    assert len(traces(tmp_path)) == 7  # both databases, both in the backup, a mail, two files that wait
    with (
        closing(ArchiveReader.open(tmp_path / "archive.db", LONDON)) as reader,
        closing(Accounts.open(tmp_path / "access.db")) as accounts,
    ):
        _ = (reader.posts.count(), accounts.anyone(), accounts.version())
        receipt = erase_all(eraser, tmp_path)
        assert traces(tmp_path) == []
    assert counts(tmp_path) == before
    assert (receipt.posts, receipt.mails, receipt.copies) == (2, ("reader@example.org",), ())
    now = texts(tmp_path)
    assert {name: now[name] for name in ("o0", "o1", "o2", "o9")} == {
        name: others[name] for name in ("o0", "o1", "o2", "o9")
    }
    assert now["m1"] == f"I agree with @{MASK}: {MASK} says it"
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["alert.eml"]
    assert [*(tmp_path / "archive-incoming").iterdir()] == []  # also what is packed
    assert any("waited to be imported" in sentence for sentence in receipt.sentences)


def test_replies_go_with_a_person_and_no_conversation_brings_them_back(eraser, tmp_path):
    talk = a_page(
        the_post(7), a_post(id="m5", text="yes", parent=the_post(7).id, root=the_post().url),
        purpose=Purpose.THREAD,
    )  # fmt: skip
    with opened(tmp_path) as archive:
        saved(archive, talk)
    erase_all(eraser, tmp_path)
    assert traces(tmp_path) == []
    with opened(tmp_path) as archive:
        saved(archive, talk)
    assert traces(tmp_path) == []


STEPS = {
    "the archive": (PersonsEraser, "erase"),
    "the mails in the outbox": (MailErasure, "forget"),
    "files of mails": (Eraser, "_files"),
    "backups": (Eraser, "_replace_copies"),
}


@pytest.mark.parametrize(("owner", "step"), STEPS.values(), ids=STEPS.keys())
def test_control_what_a_left_out_step_leaves_is_noticed(eraser, tmp_path, monkeypatch, owner, step):
    monkeypatch.setattr(owner, step, lambda *given, **named: ())
    with suppress(MonitorError):
        erase_all(eraser, tmp_path)
    assert traces(tmp_path)


def test_control_an_archive_that_is_not_written_anew_holds_the_person_beside_it(
    eraser, tmp_path, monkeypatch
):
    monkeypatch.setattr("monitor.backup.eraser.compact", lambda path: None)
    with closing(ArchiveReader.open(tmp_path / "archive.db", LONDON)) as reader:
        reader.posts.count()
        erase_all(eraser, tmp_path)
        assert any(line.startswith("archive.db") for line in traces(tmp_path))


def come_again(folder: Path) -> None:
    """Let a poll bring all that names the person once more, and more of it."""
    fresh = a_post(
        id="m9", text=f"Where is @{NAME}? {HOME}/7", links=frozenset({f"{HOME}/7"}), parent=f"{HOME}/7"
    )
    rejected = (Rejected.of("no date", {"account": {"acct": HANDLE}}),)
    with opened(folder) as archive:
        named = [
            post
            for post in others_posts()
            if post.id != "n1" or not Tombstones.beside(archive.db.path).hashes
        ]
        page = a_page(the_post(1), the_post(3), fresh, *named, rejected=rejected)
        saved(archive, page, now=NOW + timedelta(days=1))
        saved(archive, a_page(the_post(4)), source="import", now=NOW + timedelta(days=1))
        count(archive)


def test_neither_a_poll_nor_an_import_brings_the_person_back(eraser, tmp_path):
    erase_all(eraser, tmp_path)
    come_again(tmp_path)
    assert traces(tmp_path) == []
    assert texts(tmp_path)["m9"] == f"Where is @{MASK}? {MASK}"
    assert len(texts(tmp_path)) == 14  # of theirs nothing new
    assert counts(tmp_path)


def test_control_without_tombstones_a_poll_brings_them_back(eraser, tmp_path):
    erase_all(eraser, tmp_path)
    file_of(tmp_path / "archive.db").unlink()
    come_again(tmp_path)
    assert traces(tmp_path)


def test_a_post_that_was_erased_for_what_it_says_does_not_come_back(eraser, tmp_path):
    erase_all(eraser, tmp_path)
    with opened(tmp_path) as archive:
        saved(archive, a_page(*(post for post in others_posts() if post.id == "n1")))
    assert traces(tmp_path) == []


def older_copy(eraser: Eraser, tmp_path: Path, elsewhere: Path) -> Path:
    """Return a backup from before the erasure, on another disk."""
    [(path, _)] = eraser.backups.folders()
    return Path(shutil.copytree(path, elsewhere / path.name))


def test_a_restore_of_an_older_copy_does_not_bring_the_person_back(eraser, tmp_path, tmp_path_factory):
    copy = older_copy(eraser, tmp_path, tmp_path_factory.mktemp("disk"))
    before = counts(tmp_path)
    erase_all(eraser, tmp_path)
    replaced = restore(eraser.backups, copy, NOW + timedelta(hours=2))
    assert traces(tmp_path) == []
    assert counts(tmp_path) == before
    come_again(tmp_path)
    assert traces(tmp_path) == []
    restore(eraser.backups, replaced, NOW + timedelta(hours=3))  # and back
    assert traces(tmp_path) == []


def test_a_copy_from_before_their_first_post_does_not_name_them_either(eraser, tmp_path, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "config").mkdir()
    with opened(other) as archive:
        saved(archive, a_page(*(post for post in others_posts() if post.id != "n1")))
    copy = an_eraser(other).backups.create(NOW)
    assert traces(copy)
    erase_all(eraser, tmp_path)
    restore(eraser.backups, copy, NOW + timedelta(hours=2))
    assert traces(tmp_path) == []
    assert counts(tmp_path)
    with opened(tmp_path) as archive:
        assert (
            archive.post_query.db.number("SELECT count(*) FROM posts_fts WHERE posts_fts MATCH 'removed'")
            == 4
        )


def test_control_a_restore_without_tombstones_brings_the_person_back(eraser, tmp_path, tmp_path_factory):
    copy = older_copy(eraser, tmp_path, tmp_path_factory.mktemp("disk"))
    erase_all(eraser, tmp_path)
    file_of(tmp_path / "archive.db").unlink()
    restore(eraser.backups, copy, NOW + timedelta(hours=2))
    assert traces(tmp_path)


def test_a_backup_brings_its_tombstones_to_another_computer(eraser, tmp_path, tmp_path_factory):
    erase_all(eraser, tmp_path)
    [(path, _)] = eraser.backups.folders()
    there = planted(tmp_path_factory.mktemp("there"))
    file = file_of(there.backups.archive)
    assert not file.exists()
    restore(there.backups, path, NOW + timedelta(hours=2))
    come_again(there.backups.archive.parent)
    assert len(texts(there.backups.archive.parent)) == 14


def test_backups_stay_unless_they_are_to_be_replaced_and_the_receipt_says_so(eraser, tmp_path):
    receipt = eraser.erase(author_of(tmp_path))
    assert receipt.copies == ("2026-03-03-1200",)
    assert any("may still hold them" in sentence for sentence in receipt.sentences)
    assert {line.partition("/")[0] for line in traces(tmp_path)} >= {"backups"}
    assert not any(NAME in sentence or "Zebulonia" in sentence for sentence in receipt.sentences)


def test_copies_that_are_damaged_or_cut_short_may_hold_the_person_and_are_replaced_too(eraser, tmp_path):
    (second := tmp_path / "second").mkdir()
    eraser = replace(eraser, backups=replace(eraser.backups, second=second))
    [(path, _)] = eraser.backups.folders()
    odd = (
        path.with_name("2026-02-20-0200"),
        path.with_name("a copy of mine"),
        second / ".2026-02-27-0200.part",
        tmp_path / "before-2026-02-28-020000",
        tmp_path / "before-the-fire",
    )
    for folder in odd:
        shutil.copytree(path, folder)
        (folder / "manifest.json").write_text("{")
    (path.with_name("notes") / "of ours").mkdir(parents=True)
    assert {row["folder"] for row in eraser.record(person_of(tmp_path))[COPIES]} == {
        path.name, *(folder.name for folder in odd)
    }  # fmt: skip
    erase_all(eraser, tmp_path)
    assert traces(tmp_path) == []
    assert {folder.name for folder in path.parent.iterdir()} == {"notes", "2026-03-03-1300"}


def test_earlier_campaign_files_that_name_them_go_and_the_one_that_does_has_to_be_changed(eraser, tmp_path):
    file = tmp_path / "config/campaign.toml"
    file.write_text(f'name = "c"\n# ignore @{NAME}, says Jo\n')
    with closing(Accounts.open(tmp_path / "access.db")) as accounts:
        for text in (file.read_text(), 'name = "c"\n', f'tags = ["{NAME}"]\n'):
            with accounts.campaign_version(text, who="jo", what="changed settings", now=NOW):
                pass
    author, before = author_of(tmp_path), traces(tmp_path)
    with pytest.raises(ArchiveError, match=r"campaign\.toml names this person"):
        eraser.erase(author)
    assert traces(tmp_path) == before
    file.write_text('name = "c"\n')
    eraser.erase(author)
    with closing(Accounts.open(tmp_path / "access.db")) as accounts:
        texts = tuple(version.text for version in accounts.campaign_versions())
        assert texts == (f'tags = ["{NAME}"]\n', 'name = "c"\n')


@pytest.mark.parametrize("name", [".env", ".env.previous", "config/campaign.toml.old"])
def test_keys_and_earlier_settings_that_name_them_have_to_go_first(eraser, tmp_path, name):
    (file := tmp_path / name).write_text(f"SMTP_USER={HANDLE}\n")
    assert {"file": file.name} in eraser.record(person_of(tmp_path))["files, which may name them"]
    with pytest.raises(ArchiveError, match=f"{file.name} names this person.* delete the file"):
        erase_all(eraser, tmp_path)
    file.write_text("SMTP_USER=office@towns.example\n")
    erase_all(eraser, tmp_path)
    assert traces(tmp_path) == []


CUTS = {
    "before the files": (Eraser, "_files"),
    "before the mails": (MailErasure, "forget"),
    "before the archive": (PersonsEraser, "erase"),
    "before the backups": (Eraser, "_replace_copies"),
    "before it is noted": (Tombstones, "save"),
}


@pytest.mark.parametrize(("owner", "step"), CUTS.values(), ids=CUTS.keys())
def test_an_erasure_that_was_cut_short_is_finished_later(eraser, tmp_path, monkeypatch, owner, step):
    before = counts(tmp_path)

    def cut(*given, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, cut)
        with pytest.raises(KeyboardInterrupt):
            erase_all(eraser, tmp_path)
    if step == "save":  # nothing was begun
        erase_all(eraser, tmp_path)
    eraser.finish()
    assert Tombstones.beside(tmp_path / "archive.db").unfinished == ()
    assert traces(tmp_path) == []
    assert counts(tmp_path) == before


@pytest.mark.parametrize("name", ["access.db", "archive.db"])
def test_a_file_that_another_program_reads_is_in_the_receipt_and_finished_later(
    eraser, tmp_path, monkeypatch, name
):
    monkeypatch.setattr("monitor.archive.erasure.compaction._PATIENCE", 0)
    with closing(sqlite3.connect(tmp_path / name, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchall()
        receipt = erase_all(eraser, tmp_path)
        assert (receipt.posts, receipt.mails) == (2, ("reader@example.org",))
        assert f"Not all is erased yet: Another program reads {name}" in receipt.sentences[0]
        assert receipt.copies == ("2026-03-03-1200",)
        assert any(line.startswith(name) for line in traces(tmp_path))
        assert lines(tmp_path) == []
        with pytest.raises(ArchiveError, match="Another program reads"):
            eraser.finish()
    eraser.finish()
    assert traces(tmp_path) == []
    assert lines(tmp_path) == ["person 1: erased; mails that mentioned them: 1"]


def test_the_mails_that_told_of_them_are_known_before_anything_is_erased(eraser, tmp_path, monkeypatch):
    def cut(*given, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Eraser, "_finish", cut)
        with pytest.raises(KeyboardInterrupt):
            erase_all(eraser, tmp_path)
    [job] = Tombstones.beside(tmp_path / "archive.db").unfinished
    assert [*job.mails] == [1]
    eraser.finish()
    assert lines(tmp_path) == ["person 1: erased; mails that mentioned them: 1"]


def lines(folder: Path) -> list[str]:
    with closing(Accounts.open(folder / "access.db")) as accounts:
        return [line.what for line in accounts.trail(about="person")]


@pytest.mark.parametrize("posts", [(7,), ()], ids=["ticked", "not ticked"])
def test_a_mail_that_shows_only_a_post_of_another_goes_if_that_post_does(eraser, tmp_path, posts):
    (mail := tmp_path / "mail/late.eml").write_text("Subject: a\n\nNew: https://m.example/posts/7\n")
    eraser.erase(author_of(tmp_path), posts)
    assert mail.exists() == (not posts)


def test_posts_that_do_not_have_the_name_stay_whoever_asks(eraser, tmp_path):
    eraser.erase(author_of(tmp_path), [4, 8, 999])
    assert (texts(tmp_path)["m2"], texts(tmp_path)["o0"]) == ("ok", f"I am @{OTHERS[0]}")


def test_damaged_tombstones_stop_what_would_bring_people_back(eraser, tmp_path):
    eraser.erase(author_of(tmp_path))
    file_of(tmp_path / "archive.db").write_text('{"hashes": ')
    with pytest.raises(ArchiveError, match="Copy it from a backup"):
        come_again(tmp_path)
    assert len(texts(tmp_path)) == 13


def test_who_was_erased_is_not_erased_again(eraser, tmp_path):
    author = author_of(tmp_path)
    eraser.erase(author)
    with pytest.raises(ArchiveError, match="erased already"):
        eraser.erase(author)
    with opened(tmp_path) as archive:
        assert archive.persons.candidates(HANDLE) == []


def test_a_mail_that_waits_does_not_go_any_more(eraser, tmp_path):
    eraser.erase(author_of(tmp_path))
    with closing(MailErasure.open(tmp_path / "access.db")) as store:
        states = store._rows("SELECT kind, state, body IS NULL FROM outbox ORDER BY kind")
        requests = store._rows("SELECT kind, note FROM requests")
        shares = store._rows("SELECT name, asked, revoked_at IS NULL FROM shares")
    assert states == [("alert", "queued", 0), ("digest", "sent", 1), ("welcome", "stopped", 1)]
    assert requests == [("access", "What was written here named somebody who was erased since.")]
    assert shares == [("erased", "", 0)]


FOUND = {  # each table that names the person, by where the record has its rows
    "authors": "account", "posts": "posts", "pictures": "pictures",
    "rejected": "items that could not be read", "bought": "times the platform was paid to read them",
}  # fmt: skip


def rows_with(archive, table: str, person) -> int:
    rows = [" ".join(map(str, row)) for row in archive.db.execute(f"SELECT * FROM {table}")]
    return sum(person.is_in(row) or TITLE in row for row in rows)


def test_the_record_has_each_row_that_names_the_person_and_none_of_others(eraser, tmp_path):
    author = author_of(tmp_path)
    with opened(tmp_path) as archive:
        person = archive.persons.person(author)
        tables = [name for (name,) in archive.db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'posts_fts%'"
        )]  # fmt: skip
        naming = {table: rows_with(archive, table, person) for table in tables}
    record = eraser.record(person)
    # those of others are listed apart: texts, and places
    apart = {"posts": 7, "pictures": 1, "authors": 1, "rejected": 1}
    for table, what in FOUND.items():
        assert len(record[what]) + apart.get(table, 0) == naming.pop(table), table
    places = [row["what"] for row in record["other places that name them"]]
    assert sorted(places) == [
        "address of a petition or site", "address of a post, or of what it answers",
        "address of a post, or of what it answers", "address of what Parliament said", "check",
        "description of a picture", "file, or stream of a platform", "file, or stream of a platform", "link",
        "name or address of another account", "note", "picture",
        "publisher of recorded crime", *["stream"] * 5, "suggested link", "suggested text", "theme",
        "theme's word", "title of a petition or site",
        "what Parliament said", "word against a theme",
    ]  # fmt: skip
    assert len(record["notes"]) == 1
    assert {table: number for table, number in naming.items() if number} == {
        "terms": 2, "notes": 2, "cursors": 2, "coverage": 2, "origins": 2, "spellings": 1, "checksums": 3,
        "themes": 1, "kit_items": 1, "counters": 1, "echoes": 1, "crimes": 1,
    }  # fmt: skip
    assert [row["id"] for row in record[NAMING[0]]] == [3, 5, 6, 13]
    assert [row["id"] for row in record[NAMING[1]]] == [7]
    assert not any(name in str(record) for name in OTHERS)
    assert "jo" not in {value for rows in record.values() for row in rows for value in row.values()}
    assert [row["kind"] for row in record[BESIDE]] == [
        "shares", "requests", "tokens", "subscriptions", "outbox.address", "outbox.period", "outbox.reason",
    ]  # fmt: skip
    assert [mail["kind"] for mail in record["mails"]] == ["digest"]
    assert [file["file"] for file in record["files, which may name them"]] == [
        "digest.eml", "abc.file", "packed.file", "utf16.file",
    ]  # fmt: skip


def test_each_table_about_posts_is_in_the_record_or_follows_from_what_is(tmp_path):
    with opened(tmp_path) as archive:
        tables = {
            table.name
            for table in archive.db.tables
            if "post_id" in table.columns_dict and not table.name.startswith("posts_fts")
        }
    derived = {"post_series", "set_aside", "post_keys", "sketches", "spellings", "copies", "ranks"}
    derived |= {"scores"}  # which the view `tones` says in words
    assert tables - {table for table in tables if table in str(_OF_POSTS)} == derived


def test_somebody_of_whom_no_post_is_here_is_erased_too(tmp_path):
    eraser = planted(tmp_path)
    with opened(tmp_path) as archive:
        archive.db.execute("UPDATE posts SET author_id = 2 WHERE author_id = 1")
    eraser.erase(1)
    with opened(tmp_path) as archive:
        names = archive.db.execute("SELECT handle, name, url FROM authors WHERE id = 1").fetchone()
    assert names == (None, None, None)
    assert texts(tmp_path)["m3"] == f"full: @{MASK}!"


def test_a_namesake_on_another_platform_is_another_person(eraser, tmp_path):
    with opened(tmp_path) as archive:
        saved(
            archive,
            a_page(a_post(id="x1", platform="x", author=Author(id="78", handle=NAME), text="hi")),
            source="x",
        )
        assert [row[1] for row in archive.persons.candidates(NAME)] == ["x"]  # who is called so
        assert [row[1] for row in archive.persons.candidates(f"@{HANDLE}")] == ["mastodon"]
        assert archive.persons.candidates(NAME, "mastodon")[0][1] == "mastodon"
    eraser.erase(author_of(tmp_path))
    assert texts(tmp_path)["x1"] == "hi"
    with opened(tmp_path) as archive:
        saved(
            archive,
            a_page(a_post(id="x2", platform="x", author=Author(id="78", handle=NAME), text="ho")),
            source="x",
        )
    assert texts(tmp_path)["x2"] == "ho"
