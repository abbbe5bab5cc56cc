"""The commands for people's rights, on files in which somebody is everywhere."""

import json
import re
from html import unescape

import pytest
from click.testing import CliRunner

from monitor.accounts import Accounts
from monitor.cli import group
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post
from tests.campaigns import ONE_TRACK
from tests.planted_person import HANDLE, HOME, NAME, OTHERS, TITLE, planted, traces

pytestmark = pytest.mark.heavy


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    planted(tmp_path)
    (tmp_path / "campaign.toml").write_text(ONE_TRACK)

    def command(*words: str, answers: str = ""):
        files = ["--campaign", "campaign.toml", "--archive", "archive.db"]
        return CliRunner().invoke(group, [*files, *words], input=answers)

    return command


def test_a_person_gets_all_that_is_held_as_a_page_and_for_programs(run, tmp_path):
    result = run("person", HANDLE, "--out", "answer")
    assert result.exit_code == 0
    held = json.loads((tmp_path / "answer/person.json").read_text())["held"]
    assert held == json.loads(run("person", HOME, "--json").stdout)["held"] | {
        "who saw it, or worked with it": held["who saw it, or worked with it"]
    }
    page = (tmp_path / "answer/person.html").read_text()
    assert TITLE in page
    assert not any(sign in page for sign in ("src=", "href=", "<script", "url("))
    assert not any(name in page + str(held) for name in OTHERS)
    assert [line["tone"] for line in held["tone by the program"]] == ["neutral", "neutral"]
    assert "on Mastodon, known there as" in page  # as people call it
    [score, *_] = (line["negative"] for line in held["tone by the program"])
    assert f"negative {score:.2f}" in page


def test_what_is_held_is_listed_and_who_looked_is_in_the_log(run, tmp_path):
    result = run("person", f"@{HANDLE}")
    assert "posts: 2" in result.stdout
    accounts = Accounts.open(tmp_path / "access.db")
    [line] = accounts.trail(about="person")
    accounts.close()
    assert line.what == "person 1: listed what is held"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nobody",), "Nothing is held about an account"),
        (
            (NAME,),
            f"Several accounts may be meant. Type the whole handle, and --platform:\n{HANDLE} on mastodon",
        ),
        ((HANDLE, "--platform", "x"), "Nothing is held about an account"),
    ],
    ids=["nobody", "two", "another platform"],
)
@pytest.mark.parametrize("command", ["person", "forget"])
def test_who_is_not_meant_for_certain_is_neither_shown_nor_erased(run, tmp_path, command, words, sentence):
    result = run(command, *words)
    assert result.exit_code == 1
    assert str(result.exception).startswith(sentence)
    assert traces(tmp_path)


def test_nothing_goes_in_a_dry_run_or_without_a_yes(run, tmp_path):
    before = traces(tmp_path)
    assert run("forget", HANDLE, "--dry-run").exit_code == 0
    refused = run("forget", HANDLE, answers="n\nn\n")
    assert refused.exit_code == 1
    assert traces(tmp_path) == before


def test_somebody_is_erased_once_each_question_is_answered(run, tmp_path):
    result = run("forget", HANDLE, "--backups", answers="y\ny\n")
    assert result.exit_code == 0, result.output
    assert f"Is this about them, and to be erased? '{TITLE} was at the stall'" in result.output
    assert "no earlier state can be restored any more" in result.output
    assert result.stdout.splitlines()[-5:] == [
        "Erased: 2 of their posts, and their name wherever others gave it. Counts stay.",
        "From now on no check, import or restored backup brings them back.",
        "Mails with a post of theirs had gone to reader@example.org. Ask these readers to delete them.",
        "Files that waited to be imported are removed: whoever chose them may do so again.",
        "No backup holds them.",
    ]
    assert traces(tmp_path) == []
    assert run("forget", HANDLE).exit_code == 1


def test_who_has_the_name_only_stays_unless_that_is_asked_for(run, tmp_path):
    assert run("forget", HANDLE, "--yes", "--backups").exit_code == 0
    assert next(line.partition(":")[0] for line in traces(tmp_path)) == "archive.db"  # n1


@pytest.mark.parametrize("key", ["", "0" * 64], ids=["no lake", "a lake"])
def test_of_an_archive_that_is_in_a_lake_the_receipt_says_that_it_has_them_still(run, monkeypatch, key):
    if key:
        monkeypatch.setenv("LAKE_KEY", key)
    receipt = run("forget", HANDLE, "--yes").stdout
    assert "Erased: " in receipt
    assert ("type monitor lake add FOLDER, and count it again." in receipt) == bool(key)


def more_of_the_name(folder) -> int:
    """Store 204 more posts by others with the name, and return how many posts have a text."""
    with opened(folder) as archive:
        saved(archive, a_page(*(a_post(id=f"c{n}", text=f"{TITLE} once more, {n}") for n in range(204))))
    return readable(folder)


def readable(folder) -> int:
    with opened(folder) as archive:
        return archive.db.number("SELECT count(*) FROM posts WHERE text IS NOT NULL")


def test_all_of_a_common_name_go_at_once(run, tmp_path):
    before = more_of_the_name(tmp_path)
    assert run("forget", HANDLE, "--yes", "--named").exit_code == 0
    assert readable(tmp_path) == before - 2 - 205


@pytest.mark.parametrize(("answers", "gone"), [("y\n" * 207, 205), ("y\n" * 200 + "n\ny\n", 200)])
def test_of_a_common_name_so_many_are_asked_about_as_somebody_goes_on(run, tmp_path, answers, gone):
    before = more_of_the_name(tmp_path)
    result = run("forget", HANDLE, answers=answers)
    assert result.exit_code == 0, result.output
    assert "5 more posts have the name. Go on with these?" in result.output
    assert readable(tmp_path) == before - 2 - gone


def test_all_who_have_the_name_go_where_that_is_asked_for(run, tmp_path):
    assert run("forget", HANDLE, "--yes", "--named", "--backups").exit_code == 0
    assert traces(tmp_path) == []


def test_the_page_is_a_letter_in_plain_words_that_has_all_that_is_held(run, tmp_path):
    run("person", HANDLE)  # which is in it, too
    run("person", HANDLE, "--out", "answer")
    page = unescape((tmp_path / "answer/person.html").read_text())
    held = json.loads((tmp_path / "answer/person.json").read_text())["held"]
    assert f"Dear {HANDLE}," in page
    assert "written on 2 March 2026, 12:00" in page
    assert "Posts by others that mention you (4)" in page
    assert "Tone and stance by staff: stance, support, on 3 March 2026, 12:00" in page
    assert not re.search(
        r"created at|native id|post id|None|\d{4}-\d\d-\d\d[T ]|<h2>[^<]*\bthem\b|not known", page
    )
    assert re.search(r"Nothing of this kind: [^.]*kept as evidence", page)
    texts = {str(row[name]) for rows in held.values() for row in rows for name in _SAID & row.keys()}
    assert len(texts) > 10
    assert {text for text in texts if text.strip() not in page} == set()


_SAID = {"text", "words", "term", "value", "mark", "address", "alt", "url", "raw", "reason", "file", "state"}


@pytest.mark.parametrize("answer", ["n", "y"])
def test_a_short_name_in_words_of_the_office_goes_if_somebody_says_so(run, tmp_path, answer):
    with opened(tmp_path) as archive:
        archive.db.execute("UPDATE authors SET name = 'Zeb' WHERE id = 1")
        archive.db.execute("INSERT INTO events (day, title) VALUES ('2026-03-05', 'Zeb speaks')")
    result = run("forget", HANDLE, answers=f"{answer}\ny\n")
    assert "event: Zeb speaks" in result.output
    with opened(tmp_path) as archive:
        titles = archive.db.execute("SELECT title FROM events").fetchall()
    assert titles == [("[name removed] speaks" if answer == "y" else "Zeb speaks",)]
