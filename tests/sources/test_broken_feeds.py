"""Broken feeds and answers, two thousand of them: each costs itself, and no more than its share."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.collect import PollResult
from monitor.collect.validation import LONGEST
from monitor.core.text import LONGEST_TEXT
from monitor.sources.platforms import feeds
from monitor.sources.shared import time_limit
from tests.sources.archived import LONDON, a_campaign, polled, rows
from tests.sources.broken_feeds import RSS, broken_answers
from tests.sources.loopback import serving
from tests.sources.test_http import drip_body, raw_server

pytestmark = pytest.mark.heavy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOUND = (200, {}, RSS)
TRACK = Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
MOST_HOPS = 5


def poll(path: Path, *urls: str) -> PollResult:
    return polled(path, a_campaign("feeds", {"urls": list(urls), "google_news": False}, TRACK), NOW)


def outcomes(path: Path) -> dict[str, str]:
    """Return how the last look at each feed ended, by its address without "http://"."""
    with Archive.open(path, LONDON) as archive:
        return {row.stream.split(":", 2)[2]: row.outcome for row in archive.coverage.last_polls()["feeds"]}


MANY = [(30, 0), *(pytest.param(100, seed, marks=pytest.mark.slow) for seed in range(1, 21))]


@pytest.mark.parametrize(("number", "seed"), MANY)
def test_broken_feeds_cost_themselves_only(
    number: int, seed: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answers, path = list(broken_answers(number, seed)), tmp_path / "a.db"
    missing = (404, {}, b"")
    with (
        serving(lambda m, at, q: answers[int(at[1:])] if at[1:].isdecimal() else missing) as broken,
        serving(lambda *_: SOUND) as sound,
    ):
        urls = [f"{broken.url}/{n}" for n in range(number)]
        poll(path, *urls[:15], f"{sound.url}/middle", *urls[15:], f"{sound.url}/last")
        assert len(broken.requests) <= number * (1 + MOST_HOPS)
    ends = outcomes(path)
    assert {end for at, end in ends.items() if at.endswith(("/middle", "/last"))} == {"complete"}
    assert len(ends) == number + 2
    assert "broken" not in ends.values()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    found = rows(path)
    assert all(len(row.native_id) <= LONGEST and len(row.text or "") <= LONGEST_TEXT for row in found)
    with Archive.open(path, LONDON) as archive:
        assert archive.db.number("SELECT count(*) FROM rejected") <= 20


@pytest.mark.slow
def test_a_feed_that_drips_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limit, "POLL_SECONDS", 3.0)
    with raw_server(drip_body) as slow, serving(lambda *_: SOUND) as sound:
        result = poll(tmp_path / "a.db", slow, sound.url)
    assert [*outcomes(tmp_path / "a.db").values()] == ["unreachable", "complete"]
    assert ["too slow" in problem for problem in result.problems] == [True]


def test_control_a_bug_met_in_one_feed_is_noticed_told_and_costs_that_feed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    sort = feeds._sort

    def with_a_bug(document: Any, feed: Any, *args: Any) -> Any:
        if feed.server.endswith("/unlucky"):
            raise ZeroDivisionError("planted")
        return sort(document, feed, *args)

    monkeypatch.setattr(feeds, "_sort", with_a_bug)
    with serving(lambda *_: SOUND) as server:
        result = poll(tmp_path / "a.db", *(f"{server.url}/{name}" for name in ("a", "unlucky", "b")))
    assert list(outcomes(tmp_path / "a.db").values()) == ["complete", "broken", "complete"]
    assert ["A fault in this program" in problem for problem in result.problems] == [True]
    assert [record for record in caplog.records if record.exc_info]
    assert len(rows(tmp_path / "a.db")) == 2
