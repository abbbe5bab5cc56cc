"""What people are told while an archive is checked or rebuilt, and when they stop it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.archive import Archive
from monitor.archive.damage.verification import STEPS, verification_of
from monitor.archive.schema import rollups
from monitor.cli import AGAIN, group
from monitor.core.errors import NoArchive, Outdated
from tests.archive.saving import LONDON, saved
from tests.builders import a_page, a_post
from tests.campaigns import ONE_TRACK
from tests.recorded import load

pytestmark = pytest.mark.heavy

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("campaign.toml").write_text(ONE_TRACK)
    with Archive.open(Path("a.db"), LONDON) as archive:
        saved(archive, a_page(a_post(id="1"), a_post(id="2")))
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True)
    return lambda *words: CliRunner().invoke(group, ["--campaign", "campaign.toml", "--archive", *words])


@pytest.mark.parametrize(
    ("words", "label"),
    [
        (["doctor", "--verify"], "Checking the archive"), (["doctor", "--verify", "--json"], "Checking the"),
        (["rebuild", "--check"], "Comparing"), (["rebuild"], "Rebuilding"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_who_waits_sees_how_far_it_is(run: Run, words: list[str], label: str):
    outcome = run("a.db", *words)
    assert label in outcome.stderr
    assert label not in outcome.stdout
    assert "100%" in outcome.stderr


def test_a_verification_is_told_of_each_of_its_steps_and_plain_doctor_has_no_bar(run: Run):
    steps = list[int]()
    with Archive.open(Path("a.db"), LONDON) as archive:
        verification_of(archive, steps.append)
    assert len(steps) == STEPS > rollups.STEPS > 1
    assert "Checking the archive" not in run("a.db", "doctor").output


def test_the_doctor_says_that_everything_was_checked_and_what_becomes_of_new_posts(run: Run):
    sound = "2 posts in a.db; its rows, counts and pages were checked, and nothing is wrong"
    yet = ". 2 posts have no checksum to compare with yet; a worker adds it"
    assert f"ok   archive: {sound}{yet}\n" in run("a.db", "doctor", "--verify").stdout
    assert "ok   archive: 2 posts in a.db\n" in run("a.db", "doctor").stdout
    with Archive.open(Path("a.db"), LONDON) as archive:
        archive.checksums.seal()
    assert f"ok   archive: {sound}\n" in run("a.db", "doctor", "--verify").stdout
    with Archive.open(Path("a.db"), LONDON) as archive:
        archive.db.execute("UPDATE hours SET posts = 9")
    wrong = run("a.db", "doctor", "--verify").stdout
    assert "fail archive: " in wrong
    assert "nothing is wrong" not in wrong


@pytest.mark.parametrize("more", [[], ["--check"], ["--places"]], ids=str)
def test_an_archive_that_is_not_there_is_not_made_by_rebuilding_it(run: Run, more: list[str]):
    outcome = run("mistyped.db", "rebuild", *more)
    assert isinstance(outcome.exception, NoArchive)
    assert not Path("mistyped.db").exists()
    assert "differences" not in outcome.output


@pytest.mark.parametrize("more", [[], ["--places"]], ids=str)
def test_rebuilding_an_older_archive_says_that_it_was_brought_up_to_date(run: Run, more: list[str]):
    load("archive", "8b05a39", Path("old.db"))
    assert isinstance(run("old.db", "rebuild", "--check").exception, Outdated)
    first, again = (run("old.db", "rebuild", *more) for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "The archive was brought up to date." in first.stderr
    assert "up to date" not in again.stderr


def test_one_difference_is_told_in_the_singular(run: Run):
    with Archive.open(Path("a.db"), LONDON) as archive:
        archive.db.execute("DELETE FROM track_heat")
    first, again = run("a.db", "rebuild"), run("a.db", "rebuild")
    assert first.stdout.startswith("track_heat: missing: ")
    assert first.stderr.endswith("\n1 difference.\n")
    assert again.stderr.endswith("\n0 differences.\n")


def test_a_rebuild_that_is_stopped_says_what_stays_and_goes_on_later(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    with Archive.open(Path("a.db"), LONDON) as archive:
        archive.db.execute("UPDATE hours SET posts = 9")
        archive.db.execute("UPDATE author_days SET posts = 9")
    whole = rollups.mend

    def stopped(db):
        for lines in whole(db):
            yield lines
            if lines:
                raise KeyboardInterrupt

    with monkeypatch.context() as changed:
        changed.setattr(rollups, "mend", stopped)
        outcome = run("a.db", "rebuild")
    assert outcome.exit_code == 130
    assert outcome.stderr.splitlines()[-1] == f"Stopped. {AGAIN} Until then a search may find fewer posts."
    assert "Aborted" not in outcome.output
    left = {line.partition(":")[0] for line in run("a.db", "rebuild").stdout.splitlines()}
    assert "author_days" in left
    assert "hours" not in left  # which stayed right
    assert run("a.db", "rebuild", "--check").stdout == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["rebuild", "--check"], "Nothing was changed."),
        (["rebuild", "--places"], AGAIN),
        (["rescore"], AGAIN),
    ],
    ids=["check", "places", "rescore"],
)
def test_whatever_is_stopped_says_what_is_so(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
):
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("monitor.archive.schema.rollups.differences", stop)
    monkeypatch.setattr("monitor.archive.posts.term_tags.TermTags.update", stop)
    monkeypatch.setattr("monitor.cli.collect.rescore_all", stop)
    outcome = run("a.db", *words)
    assert outcome.exit_code == 130
    assert outcome.stderr.splitlines()[-1] == f"Stopped. {says}"


def test_rescoring_says_once_that_nothing_had_to_be_scored(run: Run):
    with Archive.open(Path("a.db"), LONDON) as archive:
        saved(archive, a_page(a_post(id="3", text="Wir wollen mehr Busse und Bahnen in der Stadt #Test")))
    assert "2 posts scored; 1 post is in other languages.\n" in run("a.db", "rescore").stderr
    again = run("a.db", "rescore").stderr
    assert (
        "Nothing was scored: every post in English already has a score; 1 post is in other languages.\n"
        in again
    )
    assert "0 posts" not in again
