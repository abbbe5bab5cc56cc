"""The calendar on the command line."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from monitor.archive import Archive
from monitor.campaign import load
from monitor.cli import group
from monitor.core.errors import ArchiveError
from tests.archive.saving import opened
from tests.cli.test_commands import CAMPAIGN


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)

    def command(*words: str):
        return CliRunner().invoke(
            group, ["--campaign", "campaign.toml", "--archive", "a.db", "events", *words]
        )

    return command


def test_an_event_is_added_listed_and_removed(run):
    assert "Event 1 added" in run("add", "2026-11-01", "Stall", "at Heathway").stderr
    run("add", "2026-11-03", "Hand-in")
    assert run("list").stdout == "   2  2026-11-03  Hand-in\n   1  2026-11-01  Stall at Heathway\n"
    assert run("remove", "2").exit_code == 0
    assert [json.loads(line) for line in run("list", "--json").stdout.splitlines()] == [
        {"number": 1, "day": "2026-11-01", "title": "Stall at Heathway"}
    ]


def test_a_demo_has_a_calendar_too(run, tmp_path):
    zone = load(tmp_path / "campaign.toml").zone
    Archive.open(tmp_path / "a.db", zone, demo=True).close()
    assert run("add", "2026-11-01", "Stall").exit_code == 0


def test_what_cannot_be_done_says_why(run):
    assert run("add", "1 November", "Stall").exit_code == 2
    assert run("add", "2026-11-01").exit_code == 2
    assert "title of 1 to 120" in str(run("add", "2026-11-01", " ").exception)
    assert "There is no event 7" in str(run("remove", "7").exception)
    assert "The calendar is empty" in run("list").stderr


def test_what_turns_the_direction_of_a_line_is_no_part_of_a_title(tmp_path):
    with opened(tmp_path) as archive:
        event = archive.events.add(date(2026, 11, 28), "Stall\u202e at\n Heathway")
        archive.db.execute(
            "UPDATE events SET title = ? WHERE id = ?", ["Old\u2067er", event]
        )  # as once stored
        archive.events.add(date(2026, 11, 29), "Stall\u202e at\n Heathway")
        titles = [title for _, title in archive.events.between(date(2026, 11, 1), date(2026, 11, 30))]
        assert titles == ["Old er", "Stall at Heathway"]
        assert [one.title for one in archive.events.calendar()] == ["Stall at Heathway", "Old er"]
        with pytest.raises(ArchiveError):
            archive.events.add(date(2026, 11, 29), "\u202e")
