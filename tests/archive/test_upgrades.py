"""Archives of each schema that ever stood: brought up to date with nothing lost, or refused in a sentence."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from shutil import copyfile

import pytest
from sqlite_utils import Database

from monitor.archive import Archive, ArchiveReader
from monitor.archive.posts import messages, search_index
from monitor.archive.schema import SCHEMA
from monitor.collect.source_status import states
from monitor.core.errors import ArchiveError
from monitor.report import Report, Window
from monitor.report.build import build
from monitor.schema_upgrade import Item, Schema, contents, fingerprint
from monitor.themes.week_reading import suggest
from tests.archive.saving import LONDON, opened, saved
from tests.builders import a_page, a_post
from tests.campaigns import shipped
from tests.dying import killed, outcome
from tests.recorded import load, recorded

# The first states counted by hours alone, then by tracks without a number. CHANGELOG says that archives of
# these have to be made again.
TOO_EARLY = {"4660c05", "b2c2101", "3257a01", "185d312", "b389ff4", "3aa8cc8", "e22c7c0"}
LATER = [commit for commit in recorded("archive") if commit not in TOO_EARLY]
# Counts by other names, for some hours of one day. They stay, as any table that others may have added.
LEFT_BEHIND = {"dc1e2c6": {"heat", "track_terms"}, "d5a269b": {"heat", "track_terms"}}
NO_COUNTED = "4d964ea"  # its checks of tone do not say how many posts were counted
OLDEST = "8b05a39"  # runs all migrations but the first
MENDED = "d5a269b"  # has run all migrations, and differs
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
CAMPAIGN = shipped()
TRACK = CAMPAIGN.tracks[0].name

LANDED = {
    "001_initial.sql": "63af5ce5d3fd0400",
    "002_work.sql": "d3422c206bc4ff6a",
    "003_author_days_by_day.sql": "68ebff1f63f591dc",
    "004_audits.sql": "0859ab6609a79456",
    "005_spending.sql": "c4c49870d9c1db24",
    "006_rereading.sql": "31d6edd8d70f8fe7",
    "007_counts_for_pages.sql": "a4e96b41a304261c",
    "008_checksums.sql": "1a61f82d5bb25213",
    "009_readings.sql": "3f781476f2908b0d",
    "010_import_answers.sql": "a00cb5880c84eb10",
    "011_messages.sql": "e981f4407d2d7c49",
    "012_rejected.sql": "ffc162eac69b7359",
    "013_like_with_like.sql": "5b3a84f91e3b85e4",
    "014_recall.sql": "1b14f6fcd147ea51",
    "015_search.sql": "d8ad137c2f5906ef",
    "016_erasure.sql": "46e6400d806c4bff",
    "017_holds.sql": "da258451fe2a0744",
    "018_no_opinion_by_person.sql": "f9be93cccc9290a4",
    "019_conversations.sql": "563fefd5fdcbe0cf",
    "020_suggestions.sql": "6f4cbebc6679888c",
    "021_themes.sql": "1db234e93fdefcb6",
    "022_reply_desk.sql": "38f58cf8dcd8264a",
    "023_outcomes.sql": "161dce009d1b0cc6",
    "024_kit.sql": "b0f895f92c9caed0",
    "025_pictures.sql": "3dc2a18bc5de4907",
    "026_crimes.sql": "26297a04d4f21094",
    "027_lists.sql": "a9b07ee476e632c7",
    "028_polls.sql": "4e71f5747ceaa00d",
    "029_times_as_numbers.sql": "b9afd54f178fff81",
    "030_scores.sql": "59fd6bff5e9f7266",
    "031_folds.sql": "c952069813f3fa78",
    "032_copies_counted.sql": "0493fc36c82fe40e",
    "033_kit_and_words_counted.sql": "bf339e57beef3abd",
}


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest()[:16] for path in sorted(folder.iterdir())}


def migrations() -> Path:
    return Path(str(files("monitor.archive.schema") / "migrations"))


def test_migrations_that_landed_are_as_they_landed():
    """A new one is added here with its hash, and never changed again."""
    assert hashes(migrations()) == LANDED


def test_control_a_migration_that_was_edited_is_seen(tmp_path):
    for path in migrations().iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    edited = tmp_path / "004_audits.sql"
    edited.write_text(edited.read_text().replace("  counted INTEGER NOT NULL,", "  counted INTEGER,"))
    assert {name for name, digest in hashes(tmp_path).items() if LANDED[name] != digest} == {edited.name}


@pytest.mark.heavy
def test_the_fingerprint_is_of_what_the_migrations_make(tmp_path):
    with opened(tmp_path) as archive:
        assert fingerprint(contents(archive.db)) == SCHEMA.fingerprint


@dataclass(frozen=True)
class Upgraded:
    """A recorded archive that was brought up to date, and what was in it before."""

    commit: str
    path: Path
    facts: dict[str, tuple[str, list[tuple[object, ...]]]]


@pytest.fixture(scope="module", params=LATER)
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Upgraded:
    path = load("archive", request.param, tmp_path_factory.mktemp(request.param) / "old.db")
    known = facts(path)
    Archive.open(path, LONDON, demo=True).close()
    return Upgraded(request.param, path, known)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new archive, to be copied."""
    path = tmp_path_factory.mktemp("new") / "new.db"
    Archive.open(path, LONDON, demo=True).close()
    return path


def rows(db: Database, table: str, names: str) -> list[tuple[object, ...]]:
    return sorted(db.execute(f"SELECT {names} FROM {table}").fetchall(), key=repr)


def facts(path: Path) -> dict[str, tuple[str, list[tuple[object, ...]]]]:
    """Return the columns and rows of each table that no other follows from."""
    db = Database(path)
    tables = [
        name
        for name in db.table_names()
        if not name.startswith(("posts_fts", "spellings", "sqlite_", "_sqlite"))
    ]
    found = {}
    # Who is alive says so in files now.
    for table in set(tables) - set(SCHEMA.expendable) - {"heat", "track_terms", "heartbeats"}:
        names = ", ".join(row[1] for row in db.execute(f"PRAGMA table_xinfo({table})") if not row[6])
        found[table] = names, rows(db, table, names)
    db.close()
    return found


@pytest.mark.slow
def test_a_recorded_archive_is_brought_up_to_date_and_keeps_each_fact(upgraded, new):
    with Archive.open(upgraded.path, LONDON, demo=True) as archive:
        assert SCHEMA.faults(archive.db) == []
        assert tables(upgraded.path) - tables(new) == LEFT_BEHIND.get(upgraded.commit, set())
        assert archive.differences() == []
        for table, (names, kept) in upgraded.facts.items():
            found = [row for row in rows(archive.db, table, names) if row != ASKED_FOR]
            assert without_gone_ids(found, kept) == kept, table
        assert archive.db.execute("SELECT count(*) FROM posts_fts WHERE posts_fts MATCH 'the'").fetchone()[0]
    with ArchiveReader.open(upgraded.path, LONDON) as reader:
        assert reader.posts.count() == len(upgraded.facts["posts"][1])


def without_gone_ids(found: list[tuple[object, ...]], kept: list[tuple[object, ...]]) -> list[object]:
    """Return rows with the ids that they had before what was scrubbed lost them."""
    place = 2  # of the native id, in both tables
    before = {row[0]: row[place] for row in kept if len(row) > place}
    return sorted(
        (
            (*row[:place], before[row[0]], *row[place + 1 :])
            if str(row[place : place + 1]).startswith("('gone:")
            else row
            for row in found
        ),
        key=repr,
    )


def tables(path: Path) -> set[str]:
    db = Database(path)
    names = set(db.table_names())
    db.close()
    return names


@pytest.mark.slow
def test_its_report_equals_that_of_a_new_archive_with_the_same_facts(tmp_path, upgraded, new):
    """The facts come from the file as it was recorded, and the triggers of a new archive count them."""
    with (
        Archive.open(upgraded.path, LONDON, demo=True) as old,
        Archive.open(copyfile(new, tmp_path / "new.db"), LONDON, demo=True) as other,
    ):
        copy(upgraded.facts, other)
        assert other.differences() == []
        for days in (7, 28, 365):
            found = report(old, days)
            assert found == report(other, days)
        assert found.posts.value >= 50


ORDER = (
    "tracks", "series", "authors", "origins", "counters", "kit_items", "posts", "terms", "post_terms",
    "post_series", "set_aside",
)  # fmt: skip


def copy(known: dict[str, tuple[str, list[tuple[object, ...]]]], new: Archive) -> None:
    """Put facts into an empty archive; it counts by itself."""
    new.db.execute("DELETE FROM meta")
    new.db.execute("DELETE FROM salts")
    for table in (*ORDER, *sorted(set(known) - {*ORDER, "audited"}), "audited"):
        if table in known:
            names, kept = known[table]
            if table == "tones":
                analyzers = {row[names.split(", ").index("analyzer")] for row in kept}
                new.db.conn.executemany(
                    "INSERT INTO analyzers (name) VALUES (?)", [(name,) for name in analyzers]
                )
            if table == "audits" and "counted" not in names:
                names, kept = (
                    f"{names}, counted",
                    [(*row, new.tone_audits.toned(TRACK, monday(row, names))) for row in kept],
                )
            new.db.conn.executemany(_insert(table, names.split(", ")), kept)
    # As `save` does, a page at a time:
    search_index.rebuild(new.db)
    messages.rebuild(new.db)


ASKED_FOR = ("compact", "")  # of `meta`: the file is to be written anew, which makes it smaller
AS_NUMBERS = {  # columns that have been numbers since 029 and 030, from what they were
    "created_at": ("created_unix", "unixepoch(?{})"),
    "hour": ("utc_offset", "unixepoch('1970-01-01T' || substr(?{}, 15))"),
    "day": (),
    "first_seen_at": ("seen_unix", "unixepoch(?{})"),
    "due_at": ("due_unix", "unixepoch(?{})"),
    "read_at": ("read_unix", "unixepoch(?{})"),
    "followers_at": ("followers_unix", "unixepoch(?{})"),
    "scored_at": ("scored_unix", "unixepoch(?{})"),
    "analyzer": ("analyzer", "(SELECT id FROM analyzers WHERE name = ?{})"),
    "tone": ("tone", "instr('positive neutral  negative unclear', ?{}) / 9"),
}
NUMBERED = {"authors": "authors", "posts": "posts", "snapshots": "snapshots", "tones": "scores"}


def _insert(table: str, names: list[str]) -> str:
    """Return SQL that stores a row of a table as it was once."""
    columns = {}
    for place, name in enumerate(names, 1):
        column = AS_NUMBERS.get(name, (name, "?{}")) if table in NUMBERED else (name, "?{}")
        if table == "posts" and name == "tone":
            column = (name, "?{}")
        if column:
            columns[column[0]] = column[1].format(place)
    into = f"{NUMBERED.get(table, table)} ({', '.join(columns)})"
    return f"INSERT INTO {into} VALUES ({', '.join(columns.values())})"


def monday(row: tuple[object, ...], names: str) -> date:
    return date.fromisoformat(str(row[names.split(", ").index("monday")]))


def report(archive: Archive, days: int) -> Report:
    suggest(archive, CAMPAIGN, NOW)  # what the words of a week suggest follows from its posts
    last = NOW.date()
    window = Window(first=last - timedelta(days=days - 1), last=last)
    return build(archive, CAMPAIGN, window, now=NOW, sources=states(archive, CAMPAIGN, NOW))


@pytest.mark.heavy
def test_control_a_report_sees_one_count_that_is_off(tmp_path):
    with Archive.open(load("archive", OLDEST, tmp_path / "old.db"), LONDON, demo=True) as archive:
        before = report(archive, 365)
        archive.db.execute("UPDATE days SET posts = posts + 1 WHERE day = (SELECT max(day) FROM days)")
        assert report(archive, 365) != before


@pytest.mark.slow
def test_saving_goes_on_in_an_archive_that_was_brought_up_to_date(tmp_path, upgraded):
    with Archive.open(copyfile(upgraded.path, tmp_path / "old.db"), LONDON, demo=True) as archive:
        assert saved(archive, a_page(a_post(id="late")), track=TRACK) == 1
        archive.ingest.delete([1, 2])
        assert archive.differences() == []


@pytest.mark.heavy
@pytest.mark.parametrize("commit", [OLDEST, MENDED, "e6610f3"])
def test_styled_letters_of_an_old_archive_are_found_by_plain_ones(tmp_path, commit):
    path = load("archive", commit, tmp_path / "old.db")
    db = Database(path)
    db.execute("UPDATE posts SET text = 'ｌａｎｔｅｒｎｓ 𝗮𝘁 ni\u200bght' WHERE id = 1")
    db.conn.commit()
    db.close()
    with Archive.open(path, LONDON, demo=True) as archive:
        query = "SELECT rowid FROM posts_fts WHERE posts_fts MATCH '\"lantern at night\"'"
        assert archive.db.execute(query).fetchall() == [(1,)]
        assert archive.differences() == []


@pytest.mark.heavy
def test_the_first_archive_with_checks_of_tone_gets_the_column_that_it_lacks(tmp_path):
    path = load("archive", NO_COUNTED, tmp_path / "old.db")
    db = Database(path)
    assert Item("column", "audits.counted") in SCHEMA.faults(db)
    db.close()
    with Archive.open(path, LONDON, demo=True) as archive:
        audits = list(archive.tone_audits.samples(TRACK, date(2026, 1, 1), NOW.date()))
        assert len(audits) == 2
        assert [audit.late for audit in audits] == [0, 0]
        assert all(audit.sample for audit in audits)


@pytest.mark.parametrize("commit", sorted(TOO_EARLY))
def test_one_of_the_first_archives_is_refused_in_a_sentence_and_left_as_it_was(tmp_path, commit):
    path = load("archive", commit, tmp_path / "old.db")
    before = outcome(path)
    with pytest.raises(
        ArchiveError, match=r"old.db is missing parts .* \(no such .*\)\. .*move the file away"
    ):
        Archive.open(path, LONDON, demo=True)
    assert outcome(path) == before
    with pytest.raises(ArchiveError, match="Run: monitor rebuild"):
        ArchiveReader.open(path, LONDON)


@pytest.mark.heavy
def test_an_archive_of_todays_schema_is_recorded_for_the_next_change(tmp_path):
    """Where this fails after a new migration was committed: `python -m tests.archive.record`."""
    assert SCHEMA.fingerprint in (of(load("archive", commit, tmp_path / commit)) for commit in LATER)


def of(path: Path) -> str:
    db = Database(path)
    found = fingerprint(contents(db))
    db.close()
    return found


@pytest.mark.parametrize(("commit", "moments"), [(OLDEST, 15), (MENDED, 10)])
@pytest.mark.kills
def test_an_upgrade_killed_at_any_moment_leaves_the_old_or_the_new_archive(tmp_path, commit, moments):
    found = killed("archive", commit, tmp_path, moments)
    new = outcome(tmp_path / "new.db")
    for path, is_whole in found.items():
        assert is_whole
        Archive.open(path, LONDON, demo=True).close()
        assert outcome(path) == new


@pytest.mark.kills
def test_control_an_upgrade_in_no_transaction_is_torn_by_a_kill(tmp_path):
    assert not all(killed("archive", OLDEST, tmp_path, 5, torn=True).values())


@pytest.mark.heavy
def test_an_upgrade_that_finds_the_disk_full_changes_nothing(tmp_path, monkeypatch):
    path = load("archive", OLDEST, tmp_path / "old.db")
    before = outcome(path)

    def full(schema: Schema, db: Database, path: Path) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Schema, "_mend", full)
    with pytest.raises(OSError, match="no space"):
        Archive.open(path, LONDON, demo=True)
    assert outcome(path) == before
