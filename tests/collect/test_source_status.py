"""What each source is doing, in the words that pages and commands show."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.campaign import SourceSettings, Track, load
from monitor.collect import past
from monitor.collect.source_status import states
from monitor.core.model import Outcome, Page

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAMPAIGN = replace(
    load(Path(__file__).parents[2] / "config/campaign.toml"),
    tracks=tuple(Track(name=name, title=name, tags=(name,)) for name in ("first", "second")),
    sources={
        "x": SourceSettings(on=True, every_minutes=5),
        "reddit": SourceSettings(on=False, every_minutes=5),
    },
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a.db", CAMPAIGN.zone) as opened:
        yield opened


def polled(archive: Archive, track: str, at: datetime, **page: object) -> None:
    archive.ingest.save(
        Page(stream=f"x:{track}", **page),
        source="x", track=track, scores=[], analyzer="n", started_at=at, now=at,
    )  # fmt: skip


def state(archive: Archive | None):
    return states(archive, CAMPAIGN, {"x": "X"}, NOW + timedelta(days=9))[0]


def test_a_source_that_was_never_polled_has_no_outcome():
    assert (state(None).outcome, state(None).last_poll, state(None).last_success) == (None, None, None)


def test_a_source_switched_off_says_so_and_needs_nobody(archive):
    off = states(archive, CAMPAIGN, {}, NOW + timedelta(days=9))[1]
    assert (off.on, off.needs_person) == (False, False)
    assert "Switched off" in off.detail


def test_trouble_with_one_track_is_shown_though_a_later_track_went_well(archive):
    polled(archive, "first", NOW, outcome=Outcome.UNREACHABLE, detail="It could not be reached.")
    polled(archive, "second", NOW + timedelta(seconds=9))
    found = state(archive)
    assert (found.outcome, found.detail) == ("unreachable", "It could not be reached.")
    assert found.last_success == NOW + timedelta(seconds=9)
    assert past(archive, CAMPAIGN, NOW + timedelta(seconds=9))["x"].last == NOW + timedelta(seconds=9)


def test_trouble_that_is_over_is_not_shown(archive):
    polled(archive, "first", NOW, outcome=Outcome.UNREACHABLE, detail="It could not be reached.")
    polled(archive, "first", NOW + timedelta(minutes=5))
    assert (state(archive).outcome, state(archive).detail) == ("complete", "")


def test_a_refused_key_needs_a_person(archive):
    polled(archive, "first", NOW, outcome=Outcome.REFUSED, detail="The key was refused.")
    assert state(archive).needs_person


def test_the_same_trouble_of_several_streams_is_said_once(archive):
    for _ in range(3):
        polled(archive, "first", NOW, outcome=Outcome.UNREACHABLE, detail="It could not be reached.")
    assert state(archive).detail == "It could not be reached."


def test_what_is_wrong_is_said_in_whole_sentences(archive):
    polled(archive, "first", NOW, outcome=Outcome.UNREACHABLE, detail="It could not be reached ")
    polled(archive, "second", NOW, outcome=Outcome.REFUSED, detail="Is the key right?")
    assert state(archive).detail in (
        "It could not be reached. Is the key right?",
        "Is the key right? It could not be reached.",
    )


def test_looking_up_the_last_polls_uses_an_index_however_long_the_history(archive):
    plan = archive.db.execute(
        "EXPLAIN QUERY PLAN SELECT max(started_at) FROM coverage GROUP BY source, track"
    ).fetchall()
    assert any("coverage_by_poll" in row[3] for row in plan)


def test_a_track_that_was_taken_out_of_the_file_is_not_shown(archive):
    polled(archive, "removed", NOW, outcome=Outcome.REFUSED, detail="Is the key right?")
    polled(archive, "first", NOW)
    assert (state(archive).outcome, state(archive).needs_person) == ("complete", False)
