"""What is due is a function of the campaign file, of past polls and of now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.campaign import Campaign, SourceSettings, load
from monitor.collect import LastPoll, due

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHIPPED = Path(__file__).parents[2] / "config/campaign.toml"


def a_campaign(**sources: SourceSettings) -> Campaign:
    return replace(load(SHIPPED), sources=sources)


def every(minutes: int, on: bool = True) -> SourceSettings:
    return SourceSettings(on=on, every_minutes=minutes)


def test_a_source_never_polled_is_due_at_once():
    assert due(a_campaign(bluesky=every(5)), {}, NOW) == ["bluesky"]


def test_a_source_switched_off_is_never_due():
    assert due(a_campaign(bluesky=every(5, on=False)), {}, NOW) == []


def test_a_source_is_due_again_when_its_interval_has_passed_and_not_before():
    campaign = a_campaign(bluesky=every(5))
    assert due(campaign, {"bluesky": LastPoll(last=NOW - timedelta(minutes=5))}, NOW) == ["bluesky"]
    assert due(campaign, {"bluesky": LastPoll(last=NOW - timedelta(minutes=4, seconds=59))}, NOW) == []


def test_a_rate_limit_is_waited_for_even_when_the_interval_has_passed():
    last = LastPoll(last=NOW - timedelta(hours=1), retry_at=NOW + timedelta(seconds=1))
    assert due(a_campaign(x=every(5)), {"x": last}, NOW) == []
    assert due(a_campaign(x=every(5)), {"x": last}, NOW + timedelta(seconds=1)) == ["x"]


def test_the_source_that_has_waited_longest_comes_first():
    campaign = a_campaign(a=every(5), b=every(5), c=every(5))
    past = {"a": LastPoll(last=NOW - timedelta(minutes=6)), "b": LastPoll(last=NOW - timedelta(minutes=9))}
    assert due(campaign, past, NOW) == ["c", "b", "a"]
