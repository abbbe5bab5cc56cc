"""Files that somebody says are everything: weeks that came from them can be compared."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from monitor.cli import group
from tests.campaigns import ONE_TRACK

CAMPAIGN = (
    ONE_TRACK
    + """\
[[track]]
name = "again"
title = "again"
phrases = ["hello"]
[sources.x]
on = false
"""
)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
WEEKS = ("2026-11-02", "2026-11-09")
HEADER = "platform,id,url,author,text,created_at\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for module in ("import_export", "report"):
        monkeypatch.setattr(f"monitor.cli.{module}.utcnow", lambda: NOW)
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    for number, first in enumerate(WEEKS, 2):
        rows = [f"x,{first}{n},,a{n},hello #test {n},{first}T10:00:00Z\n" for n in range(number)]
        (tmp_path / f"{first}.csv").write_text(HEADER + "".join(rows))
    command = ["--campaign", "campaign.toml", "--archive", "a.db"]
    return lambda *words: CliRunner().invoke(group, [*command, *words])


def take(run, first, *words):
    last = str(datetime.fromisoformat(first).date() + timedelta(days=6))
    everything = ("--everything", "x", first, last) if words == () else ()
    return run("import", f"{first}.csv", *everything, *words)


def posts_of_last_week(run, track="test"):
    asked = ("report", "--json", "--since", "2026-11-09", "--until", "2026-11-15", "--track", track)
    report = json.loads(run(*asked).stdout)
    figure = report["posts"]
    return (figure["value"], figure["before"]), {one["source"]: one["share"] for one in report["covered"]}


@pytest.mark.heavy
def test_weeks_of_files_that_are_everything_are_compared(run):
    assert [take(run, first).exit_code for first in WEEKS] == [0, 0]
    assert posts_of_last_week(run) == ((3, 2), {"x": 1.0})
    text = run("report", "--since", "2026-11-09", "--until", "2026-11-15").output
    assert "Collected from x: 100% of the time, from a file imported on 18 November 2026" in text


@pytest.mark.heavy
def test_control_weeks_of_other_files_are_not(run):
    assert [take(run, first, "--track", "test").exit_code for first in WEEKS] == [0, 0]
    assert posts_of_last_week(run) == ((3, None), {})


@pytest.mark.heavy
def test_it_holds_for_the_tracks_that_the_file_was_taken_into(run):
    take(run, WEEKS[0])
    assert posts_of_last_week(run, "again")[1] == {}
    run("import", f"{WEEKS[1]}.csv", "--matching", "--everything", "x", "2026-11-09", "2026-11-15")
    assert posts_of_last_week(run, "again")[1] == {"x": 1.0}


def test_a_dry_run_and_a_file_that_breaks_off_count_as_nothing(run, tmp_path):
    assert take(run, WEEKS[0], "--dry-run", "--everything", "x", "2026-11-02", "2026-11-15").exit_code == 0
    (tmp_path / "broken.json").write_text('[{"uri": "https://m.example/1"')
    broken = run("import", f"{WEEKS[0]}.csv", "broken.json", "--everything", "x", "2026-11-09", "2026-11-15")
    assert broken.exit_code == 1
    assert posts_of_last_week(run)[1] == {}


def test_a_platform_may_have_had_no_post_at_all(run):
    run("import", f"{WEEKS[1]}.csv", "--everything", "mastodon", "2026-11-09", "2026-11-15")
    assert posts_of_last_week(run)[1] == {"mastodon": 1.0}


@pytest.mark.parametrize(
    ("everything", "words"),
    [
        (("twiter", "2026-11-09", "2026-11-15"), "none of them is from 'twiter', so no time counts"),
        (("x", "2026-11-15", "2026-11-09"), "the last day is before the first"),
        (("x", "2026-11-19", "2026-11-20"), "2026-11-19 is later than the date"),
        (("x", "9/11/2026", "15/11/2026"), "'9/11/2026' does not match the format"),
    ],
    ids=["no such platform", "backwards", "in the future", "no day"],
)
def test_what_makes_no_sense_is_said_and_counts_as_nothing(run, everything, words):
    result = run("import", f"{WEEKS[1]}.csv", "--everything", *everything)
    assert result.exit_code != 0
    assert words in f"{result.output}{result.exception}"
    assert run("import", f"{WEEKS[1]}.csv").exit_code == 0
    assert posts_of_last_week(run)[1] == {}
