"""`monitor import` of tables: what is counted, asked, remembered and refused."""

import gc
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from monitor.archive import Archive, ArchiveReader
from monitor.cli import group, import_export
from monitor.collect.imports import import_run
from tests.builders import NOON
from tests.campaigns import ONE_TRACK
from tests.collect.test_file_import import TWEET, USER
from tests.collect.test_tables import TOOLS, a_table

CAMPAIGN = ONE_TRACK
ROW = {
    "platform": "forum",
    "id": "7",
    "author": "ann",
    "text": "hello #Test",
    "created_at": "2026-11-20T09:30:00Z",
}
UNCLEAR = {**ROW, "created_at": "03/04/2026 10:00 GMT"}
Import = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)

    def command(*words: str, **how: str) -> Result:
        files = ["--campaign", "campaign.toml", "--archive", "a.db"]
        return CliRunner().invoke(group, [*files, *words], **how)

    return command


def write(*rows: dict[str, str], name: str = "posts.csv") -> str:
    Path(name).write_text(a_table(*rows), encoding="utf-8", newline="")
    return name


def counts(outcome: Result) -> dict[str, int]:
    found: dict[str, int] = json.loads(outcome.stdout.splitlines()[-1])
    assert found["read"] == sum(found[name] or 0 for name in ("new", "known", "other", "rejected"))
    return found


def test_reposts_of_a_table_are_counted_as_other_with_words(run: Import):
    row = TOOLS["4CAT, of X"].row
    reposts = [{**row, "id": str(n), "author": f"b{n}", "is_retweet": "yes"} for n in range(3)]
    outcome = run("import", write(row, *reposts), "--json")
    assert counts(outcome) == {"read": 4, "new": 1, "known": 0, "other": 3, "rejected": 0}
    assert "3 items left out: this row is a repost, and only the original counts." in outcome.stderr
    assert outcome.exit_code == 0


def test_a_dry_run_counts_what_the_import_would(run: Import):
    tweet = {**TWEET, "author": USER}
    repost = {**tweet, "id": "9", "referenced_tweets": [{"type": "retweeted", "id": TWEET["id"]}]}
    Path("x.jsonl").write_text(json.dumps(tweet) + "\n" + json.dumps(repost))
    tried = json.loads(run("import", "x.jsonl", "--dry-run", "--json").stdout)
    assert tried == {**counts(run("import", "x.jsonl", "--json")), "new": None, "known": None}


def test_twitter_and_x_are_one_platform(run: Import):
    rows = [{**ROW, "platform": name, "text": "a"} for name in ("Twitter", "X")]
    assert counts(run("import", write(*rows), "--json"))["new"] == 1


def test_numbers_that_pandas_wrote_are_numbers_and_what_it_did_not_know_is_not_zero(run: Import):
    rows = [{**ROW, "likes": "12.0"}, {**ROW, "id": "8", "likes": "nan"}]
    assert counts(run("import", write(*rows), "--json"))["new"] == 2
    with ArchiveReader.open(Path("a.db"), ZoneInfo("Europe/London")) as archive:
        assert [row.metrics.likes for row in archive.posts.every()] == [12, None]


@pytest.mark.heavy
def test_without_writers_people_are_not_known_and_nobody_posted_most(run: Import):
    rows = [{**ROW, "id": str(n)} for n in range(5)]
    for row in rows:
        del row["author"]
    run("import", write(*rows))
    report = run("report", "--since", "2026-11-01", "--until", "2026-11-28").stdout
    assert "Posts: 5\n" in report
    assert "People posting: not known\n" in report
    assert "0 differences" in run("rebuild", "--check").output
    run("rebuild")
    assert "0 differences" in run("rebuild", "--check").output
    run("import", write({**ROW, "id": "9"}, {**ROW, "id": "10"}))  # of ann
    report = run("report", "--since", "2026-11-01", "--until", "2026-11-28").stdout
    assert "People posting: 1\n" in report


def test_nothing_at_all_is_a_failure(run: Import):
    rows = [{**ROW, "id": "1.57699E+18"}, {**ROW, "id": "1.57699E+18"}]
    outcome = run("import", write(*rows), "--json")
    assert counts(outcome) == {"read": 2, "new": 0, "known": 0, "other": 0, "rejected": 2}
    assert "posts.csv, line 2: Excel has rounded its ID (1.57699E+18)." in outcome.stderr
    assert outcome.exit_code == 1
    assert run("import", write(ROW, rows[0])).exit_code == 0  # control


def test_posts_that_match_no_track_are_no_failure(run: Import):
    outcome = run("import", write({**ROW, "text": "of something else"}), "--matching", "--json")
    assert (counts(outcome)["other"], outcome.exit_code) == (1, 0)


def test_a_file_that_leaves_something_open_is_not_taken_until_it_is_said(run: Import):
    outcome = run("import", write(UNCLEAR))
    assert outcome.exit_code == 2
    assert "Is 03/04/2026 10:00 GMT 3 April 2026 or 4 March 2026?" in outcome.stderr
    assert "--answer dates=day-first  3 April 2026" in outcome.stderr
    with ArchiveReader.open(Path("a.db"), ZoneInfo("Europe/London")) as archive:
        assert archive.posts.count() == 0


@pytest.mark.heavy
def test_an_answer_is_taken_and_remembered_for_the_next_file_with_its_columns(run: Import):
    run("import", write(UNCLEAR), "--answer", "dates=month-first")
    outcome = run("import", write({**UNCLEAR, "id": "8", "created_at": "05/06/2026 10:00 GMT"}), "--json")
    assert counts(outcome)["new"] == 1
    with ArchiveReader.open(Path("a.db"), ZoneInfo("Europe/London")) as archive:
        assert [str(row.day) for row in archive.posts.every()] == ["2026-03-04", "2026-05-06"]
    assert run("import", write({**UNCLEAR, "id": "9", "likes": "1"})).exit_code == 2  # of other columns


def test_in_a_terminal_it_is_asked(run: Import, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True)
    outcome = run("import", write(UNCLEAR), input="3\n1\n")
    assert outcome.exit_code == 0, outcome.output
    assert "Is 03/04/2026 10:00 GMT 3 April 2026 or 4 March 2026?" in outcome.stderr
    with ArchiveReader.open(Path("a.db"), ZoneInfo("Europe/London")) as archive:
        assert [str(row.day) for row in archive.posts.every()] == ["2026-04-03"]


class Stopped:
    """Scores texts until a person types Ctrl-C."""

    name = "plain"

    def __init__(self, left: int) -> None:
        self.left = left

    def score(self, text: str, lang: str | None = None) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


def test_stopped_by_a_key_it_says_what_is_stored_and_goes_on_later(
    run: Import, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(import_run, "_PART", 2)
    file = write(*({**ROW, "id": str(n), "text": f"hello #Test {n}"} for n in range(5)))
    with monkeypatch.context() as changed:
        changed.setattr(import_export, "analyzer_of", lambda _: Stopped(3))
        outcome = run("import", file)
    assert outcome.exit_code == 130
    assert outcome.stderr.splitlines()[-1] == (
        "Stopped. 2 read: 2 new, 0 already here, 0 could not be read. Nothing is lost: run the same command"
        " again. It reads from the start, and stores nothing twice."
    )
    assert "Aborted" not in outcome.output
    again = counts(run("import", file, "--json"))
    assert (again["new"], again["known"]) == (3, 2)


def test_in_a_terminal_the_bar_says_what_its_numbers_are(run: Import, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True)
    monkeypatch.setattr(import_export, "LONG", 1)
    monkeypatch.setattr(import_export, "_MOST", 0)
    file = write(ROW, {**ROW, "id": "8"})
    bars = [run("import", file, *words).stderr for words in ((), (), ("--dry-run",))]
    said = [bar.rpartition("100%")[2].partition("already here")[0] for bar in bars]
    assert [words.split("\x1b")[0].removeprefix("  00:00:00 left,").strip() for words in said] == [
        "2 read, 0 of them", "2 read, 2 of them", "2 read",
    ]  # fmt: skip


@pytest.mark.heavy
def test_a_table_none_of_whose_columns_is_known_is_asked_about_once(
    run: Import, monkeypatch: pytest.MonkeyPatch
):
    rows = [{"col a": f"hello #Test {n}", "col b": "2026-11-20T09:30:00Z"} for n in range(2)]
    assert "--answer 'text=col a'" in run("import", write(rows[0])).stderr
    with monkeypatch.context() as terminal:
        terminal.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True)
        outcome = run("import", write(rows[0]), input="1\n2\n1\n")
        assert outcome.exit_code == 0, outcome.output
    assert counts(run("import", write(rows[1]), "--json"))["new"] == 1
    with ArchiveReader.open(Path("a.db"), ZoneInfo("Europe/London")) as archive:
        assert {row.text for row in archive.posts.every()} == {"hello #Test 0", "hello #Test 1"}


def test_an_answer_can_be_copied_into_a_shell_whatever_the_column_is_called(run: Import):
    said = run("import", write({"officer's word": "hello", "day it was": "2026-11-20"})).stderr
    [line] = [line for line in said.splitlines() if "officer" in line]
    assert shlex.split(line.rpartition("  ")[0]) == ["--answer", "text=officer's word"]


def test_columns_that_tell_posts_apart_are_asked_for_before_they_can_double_them(run: Import):
    name = write(
        {
            "platform": "forum",
            "text": "hello #Test",
            "date": "2026-11-20T09:30Z",
            "Spot": "https://a.example/1",
        }
    )
    assert counts(first := run("import", name, "--json"))["new"] == 1
    assert "Say id, url and handle before the first import" in first.stderr
    assert counts(run("import", name, "--answer", "url=Spot", "--json"))["new"] == 1  # which is why


def test_control_posts_that_have_an_id_are_apart_already(run: Import):
    outcome = run("import", write({**ROW, "Thumbs": "12"}))
    assert "columns that are not used: Thumbs" in outcome.stderr
    assert "before the first import" not in outcome.stderr


def test_a_time_zone_is_asked_for_by_its_name(run: Import):
    said = run("import", write({"platform": "forum", "text": "hello", "date": "28/11/26"})).stderr
    assert "Europe/London, the campaign's own" in said
    assert "UTC, as most programs write it" in said


def test_a_look_shows_columns_and_posts_and_makes_no_archive(run: Import):
    outcome = run("import", write(TOOLS["4CAT, of X"].row, name="4cat.csv"), "--show")
    assert "4cat.csv: a table of posts, as 4CAT writes it." in outcome.stdout
    assert "  body: its words\n" in outcome.stdout
    assert "  unix_timestamp: when it was written\n" in outcome.stdout
    assert "2026-11-20T09:30:00Z x, ann: Street lights are back." in outcome.stdout
    assert not Path("a.db").exists()


def test_a_look_shows_what_is_open_and_asks_nothing(run: Import):
    outcome = run("import", write(UNCLEAR), "--show")
    assert outcome.exit_code == 0
    assert "--answer dates=month-first  4 March 2026" in outcome.stdout


def test_the_date_of_the_file_is_told_where_it_says_no_other(run: Import):
    assert "posts.csv: its numbers are dated " in run("import", write(ROW)).stderr
    assert "as of" not in run("import", write(TOOLS["twarc-csv"].row)).stderr


def test_an_older_file_does_not_undo_newer_numbers(run: Import):
    newer = {**ROW, "likes": "500", "read_at": "2026-11-22T10:00:00Z"}
    older = {**ROW, "likes": "3", "read_at": "2026-11-21T10:00:00Z"}
    for row in (newer, older):
        run("import", write(row))
    with ArchiveReader.open(Path("a.db"), ZoneInfo("Europe/London")) as archive:
        assert [row.metrics.likes for row in archive.posts.every()] == [500]


@pytest.mark.heavy
def test_of_our_own_export_a_post_that_is_here_is_known_even_by_its_number_alone(run: Import):
    run("import", write({**ROW, "platform": "x", "id": "5"}, ROW))
    run("export", "--out", "out.csv")
    assert counts(run("import", "out.csv", "--json")) == {
        "read": 2,
        "new": 0,
        "known": 2,
        "other": 0,
        "rejected": 0,
    }
    Path("a.db").unlink()
    outcome = run("import", "out.csv", "--json")
    assert counts(outcome) == {"read": 2, "new": 1, "known": 0, "other": 1, "rejected": 0}
    assert "its platform does not allow posts to be passed on" in outcome.stderr


def exported(run: Import, archive: str, form: str) -> str:
    outcome = run("--archive", archive, "export", "--format", form)
    assert outcome.exit_code == 0
    return outcome.stdout


@pytest.mark.heavy
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_marks_notes_places_and_messages_come_back_and_the_next_export_is_the_same(run: Import, form: str):
    text = "Nobody asked us about the #Test on the Heathway before they closed it"
    rows = [{**ROW, "id": f"{n}0", "author": "rosamarten", "text": text, "platform": name}
            for n, name in enumerate(("lemmy", "forum"))]  # fmt: skip
    run("import", write(*rows, {**ROW, "id": "9"}))
    with Archive.open(Path("a.db"), ZoneInfo("Europe/London")) as archive:
        first, *others = [row.id for row in archive.posts.every()]
        archive.marks.set([first], "needs reply", by="ann", now=NOON)
        archive.marks.set(others[:1], "done", by="ann", now=NOON)
        for note in ("=1+1", "rang\r\n\r\nher"):
            archive.annotations.add_note([first], note, by="ann", now=NOON)
    before = exported(run, "a.db", form)
    Path("taken").write_text(before, encoding="utf-8", newline="")
    for _ in range(2):  # the second time nothing is new, and no note comes twice
        assert run("--archive", "b.db", "import", "taken").exit_code == 0
        assert exported(run, "b.db", form) == before
    assert (before.count("needs reply"), before.count("rang")) == (1, 1)
    with ArchiveReader.open(Path("b.db"), ZoneInfo("Europe/London")) as archive:
        assert [row.message for row in archive.posts.every()].count(None) == 1
    with ArchiveReader.open(Path("b.db"), ZoneInfo("Europe/London")) as archive:
        assert {entry.by for post in (1, 2, 3) for entry in archive.marks.history(post)} == {"file taken"}


@pytest.mark.heavy
def test_what_the_office_said_here_stays_whatever_a_file_says(run: Import):
    head = "platform,native_id,url,text,created_at,mark,notes\r\n"
    row = "forum,7,https://a.example/7,hello #Test,2026-11-20T09:30:00Z,{},{}\r\n"
    for mark, notes in (("needs reply", "rang her"), ("done", "another"), ("no mark at all", "x")):
        Path("ours.csv").write_text(head + row.format(mark, notes), newline="")
        assert run("import", "ours.csv").exit_code == 0
    with ArchiveReader.open(Path("a.db"), ZoneInfo("Europe/London")) as archive:
        [work] = archive.annotations.of_posts([1]).values()
    assert (work.mark, [note.text for note in work.notes]) == ("needs reply", ["rang her"])


def test_marks_and_notes_of_another_programs_table_are_none_of_ours(run: Import):
    run("import", write({**ROW, "mark": "done", "notes": "theirs"}))
    with ArchiveReader.open(Path("a.db"), ZoneInfo("Europe/London")) as archive:
        assert archive.annotations.of_posts([1]) == {}


@pytest.mark.parametrize("notes", ["n" * 2001, "a\0b", "\ud800"])
def test_a_note_that_cannot_be_kept_costs_its_post_alone(run: Import, notes: str):
    item = {"platform": "forum", "native_id": "7", "url": "https://a.example/7", "text": "hello #Test",
            "created_at": "2026-11-20T09:30:00Z", "mark": "nonsense", "notes": notes}  # fmt: skip
    good = {**item, "native_id": "8", "url": "https://a.example/8", "notes": "kept"}
    Path("ours.ndjson").write_text(f"{json.dumps(item)}\n{json.dumps(good)}\n")
    assert counts(run("import", "ours.ndjson", "--json"))["rejected"] == 1
    with ArchiveReader.open(Path("a.db"), ZoneInfo("Europe/London")) as archive:
        [work] = archive.annotations.of_posts([1, 2]).values()
    assert (work.mark, [note.text for note in work.notes]) == (None, ["kept"])


def test_an_import_looks_for_circles_in_memory_rarely(run: Import, monkeypatch: pytest.MonkeyPatch):
    thresholds: list[int] = []
    monkeypatch.setattr(gc, "set_threshold", thresholds.append)
    assert counts(run("import", write(ROW), "--json"))["new"] == 1
    assert thresholds == [20_000]
