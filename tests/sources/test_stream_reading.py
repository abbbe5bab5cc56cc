"""A server that asks us to slow down is left alone, and the platform's others are read on."""

import errno
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.campaign import Campaign, Track
from monitor.collect import due, past
from monitor.core.errors import ConfigError, StorageError
from monitor.core.model import Outcome, Page
from monitor.sources.contract import KnownPost
from monitor.sources.shared import stream_reading
from monitor.sources.shared.http import BoundedSession
from monitor.sources.shared.reread import one_by_one
from tests.sources.archived import LONDON, a_campaign, polled
from tests.sources.loopback import Answer, Server, as_json, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TRACKS = (Track(name="one", title="One", tags=("One", "Uno")), Track(name="two", title="Two", tags=("Two",)))
FEED = (200, {}, b'<rss version="2.0"><channel><title>Example</title></channel></rss>')
FULL: dict[str, Callable[[str], Answer]] = {
    "feeds": lambda path: FEED,
    "lemmy": lambda path: as_json({"posts": [], "comments": []}),
    "mastodon": lambda path: as_json({} if path.endswith("instance") else []),
}


def pointed(name: str, *servers: Server) -> Campaign:
    urls = [server.url for server in servers]
    own: dict[str, Any] = {"servers": urls}
    if name == "feeds":
        own = {"urls": [f"{url}/rss" for url in urls], "google_news": False}
    return a_campaign(name, own, *TRACKS)


def when_due(path: Path, campaign: Campaign, start: int = 0) -> int:
    """Return the minute from `start` on at which the source's turn comes again."""
    with Archive.open(path, LONDON) as archive:
        times = {n: NOW + n * MINUTE for n in range(start, 100)}
        return next(n for n, at in times.items() if due(campaign, past(archive, campaign, at), at))


@pytest.mark.heavy
@pytest.mark.parametrize("name", FULL)
def test_a_limited_server_is_asked_again_at_its_time_and_the_others_as_usual(
    name: str, tmp_path: Path
) -> None:
    path, slow = tmp_path / "a.db", as_json({}, 429, Retry_After="540")
    with serving(lambda *_: slow) as limited, serving(lambda m, p, q: FULL[name](p)) as well:
        campaign = pointed(name, limited, well)
        counts = []
        for minutes in (0, 5, 8, 9):
            polled(path, campaign, NOW + minutes * MINUTE)
            counts.append((len(limited.requests), len(well.requests)))
            assert when_due(path, campaign, minutes) == minutes + 5
    assert [asked for asked, _ in counts] == [1, 1, 1, 2]  # whatever the number of tags and tracks
    steps = [later - before for (_, before), (_, later) in pairwise(counts)]
    assert steps[0] > 0
    assert len(set(steps)) == 1
    with Archive.open(path, LONDON) as archive:
        outcomes = [row.outcome for row in archive.coverage.last_polls()[name]]
    assert set(outcomes) == {"rate-limited", "complete"}


@pytest.mark.parametrize("name", FULL)
def test_when_all_servers_are_limited_the_platform_waits_for_the_first(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    slow, slower = as_json({}, 429, Retry_After="540"), as_json({}, 429, Retry_After="1800")
    with serving(lambda *_: slow) as one, serving(lambda *_: slower) as two:
        campaign = pointed(name, one, two)
        polled(path, campaign, NOW)
    assert when_due(path, campaign) == 9


STREAMS = [stream_reading.Stream(name, name, None) for name in ("a", "b", "c")]
BUGS = [ZeroDivisionError("planted"), AttributeError("version"), OSError("socket"), RecursionError()]


def pages_with(error: Exception) -> Callable[..., Iterator[Page]]:
    """Return what reads a page of each stream, and then of "b" raises this."""

    def pages(stream: stream_reading.Stream, *mark: str) -> Iterator[Page]:
        yield Page(stream=stream.name)
        if stream.name == "b":
            raise error

    return pages


@pytest.mark.parametrize("error", BUGS, ids=repr)
def test_a_bug_met_in_one_stream_is_told_as_one_and_costs_that_stream_only(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    looks = stream_reading.each(STREAMS, pages_with(error), None)
    found = [(page.stream, str(page.outcome)) for page in looks]
    assert found == [("a", "complete"), ("b", "complete"), ("b", "broken"), ("c", "complete")]
    back = stream_reading.onward(STREAMS, "b ", pages_with(error))
    found = [(page.stream, str(page.outcome)) for page in back]
    assert found == [("b", "complete"), ("b", "broken"), ("c", "capped")]  # where it goes on
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [error, error]


def test_a_wrong_setting_of_one_stream_is_for_a_person_to_mend() -> None:
    found = list(stream_reading.each(STREAMS, pages_with(ConfigError("wrong")), None))
    assert [(page.outcome, page.detail) for page in found][2:3] == [(Outcome.REFUSED, "wrong")]


@pytest.mark.parametrize("error", [StorageError("full"), OSError(errno.ENOSPC, "full")], ids=repr)
def test_a_fault_of_the_disk_is_none_of_a_stream(error: Exception) -> None:
    with pytest.raises(StorageError):
        list(stream_reading.each(STREAMS, pages_with(error), None))
    with pytest.raises(StorageError):
        list(stream_reading.onward(STREAMS, "b ", pages_with(error)))


def test_a_bug_met_with_one_server_does_not_end_the_reading_again_of_the_others() -> None:
    def ask(session: BoundedSession, server: str, key: str, post: KnownPost) -> Page:
        if server == "https://b":
            raise ZeroDivisionError
        return Page(stream="", deleted=(post.id,))

    posts = [KnownPost(id=f"{host}{n}", reread_key=f"{host}/{n}") for n in (1, 2) for host in "abc"]
    first, second = one_by_one(posts, ["https://a", "https://b", "https://c"], ask)
    assert first.deleted == ("a1", "c1", "a2", "c2")
    assert (second.stream, second.outcome) == ("b", Outcome.BROKEN)


def test_a_wait_of_over_an_hour_means_that_the_clock_was_set_back() -> None:
    assert stream_reading.left_alone({"a": NOW + timedelta(hours=1)}, NOW) is not None
    assert stream_reading.left_alone({"a": NOW + timedelta(hours=1, seconds=1)}, NOW) is None
    assert stream_reading.left_alone({"a": NOW}, NOW) is None
    assert stream_reading.left_alone({}, NOW) is None


def test_only_the_streams_of_the_server_that_is_meant_count() -> None:
    waiting = {"lemmy:a.example:posts": NOW + MINUTE, "lemmy:b.example:posts": NOW}
    assert stream_reading.left_alone(waiting, NOW, start="lemmy:a.example:") is not None
    assert stream_reading.left_alone(waiting, NOW, start="lemmy:b.example:") is None


@pytest.mark.parametrize(
    ("cursor", "at"),
    [
        (None, None),
        ("no time", None),
        ("2026-11-22T11:00:00Z", NOW - timedelta(hours=1)),
        ("2027-01-01T00:00:00Z", NOW),
    ],
)
def test_the_last_look_is_never_ahead_of_the_clock(cursor: str | None, at: datetime | None) -> None:
    assert stream_reading.Stream("lemmy:a", "a", cursor).last_look(NOW) == at


@pytest.mark.parametrize(("oldest", "since"), [(-2, -1), (0, 0), (2, 1)])
def test_a_look_that_was_cut_off_covers_no_more_than_its_own_time(oldest: int, since: int) -> None:
    page = Page(stream="a", since=NOW - MINUTE, until=NOW + MINUTE)
    end = stream_reading.cut_off(page, NOW + oldest * MINUTE)
    assert (end.since, end.until, end.outcome) == (NOW + since * MINUTE, page.until, Outcome.CAPPED)
