"""Every platform against every fault of a network, end to end: a poll ends in time and says why."""

import itertools
import json
import runpy
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from monitor.archive import Archive
from monitor.campaign import SourceSettings
from monitor.collect import Collector
from monitor.core.errors import Unavailable
from monitor.core.model import Sentiment, Tone
from monitor.platform_info import about, names
from monitor.sources.platforms import bluesky, mastodon
from monitor.sources.shared import http, time_limit
from monitor.worker import Worker
from tests.campaigns import PAPERS, shipped
from tests.chaos import faults
from tests.workers import a_worker

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = {key: "made-up" for name in names() for key in about(name).keys}
CAMPAIGN = replace(shipped(), privacy=PAPERS)
ONE_TAG = replace(CAMPAIGN.tracks[0], tags=CAMPAIGN.tracks[0].tags[:1], phrases=())
CAMPAIGN = replace(CAMPAIGN, tracks=(ONE_TAG,))
BUDGET, MARGIN = 2.0, 50.0  # seconds; the margin is for a busy machine: the bar itself is 60
AMPLE = 60.0  # for what has to end by itself, however busy the machine is
FIXTURES = Path(__file__).parents[1] / "fixtures"
ITEM = {folder.name: json.loads((folder / "post.json").read_text()) for folder in FIXTURES.iterdir()}
FEED = b'<rss version="2.0"><channel><title>Example</title></channel></rss>'
HTML = b"<html><body>Just a moment...</body></html>"
NAMES = tuple(names())
GIVEN = {name: runpy.run_path(str(FIXTURES / name / "post.py")) for name in NAMES}
REPEATED = ("unreadable", "returning the same page")
REPEATS = {  # an answer that comes again and again, and what is said of it: beside the fixture
    name: (faults.as_json(given["repeated"](ITEM[name])), given.get("REPEATED", REPEATED))
    for name, given in GIVEN.items()
    if "repeated" in given
} | {
    "bluesky": (None, ("capped", "more than could be read")),  # a stream
    "feeds": (faults.answer(200, FEED), ("complete", "")),
}
STREAMS = {  # what Bluesky's websocket sends in place of an answer; for other faults it is an HTTP answer
    "hang": lambda: iter(()),
    "flood": lambda: iter(["x" * 50 * 2**20]),
    "html": lambda: iter([HTML.decode()]),
    "repeat": lambda: itertools.repeat(json.dumps(ITEM["bluesky"])),
}
FAULTS = {
    "hang": faults.hang,
    "drip": faults.drip,
    "flood": faults.flood,
    "close": faults.close,
    "cut": faults.cut,
    "html": faults.answer(200, HTML, Content_Type="text/html"),
    "429 with a time": faults.answer(429, b"{}", Retry_After="540"),
    "429 without": faults.answer(429, b"{}"),
    "503": faults.answer(503, b"no"),
}
SLOW, LARGE = ("unreachable", "too slow"), ("unreadable", "far larger than a real one")
SILENT, ODD = ("unreachable", "sent nothing"), ("unreadable", "something that is not data")
DOWN = (
    "unreachable",
    "no internet connection, or the site is down. It will be retried automatically.",
)
SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {  # of each fault, by source: the outcome and words
    "hang": dict.fromkeys(NAMES, SLOW) | {"bluesky": SILENT},
    "drip": dict.fromkeys(NAMES, SLOW) | {"bluesky": DOWN},
    "close": dict.fromkeys(NAMES, DOWN),
    "cut": dict.fromkeys(NAMES, DOWN),
    "flood": dict.fromkeys(NAMES, LARGE) | {"bluesky": ("unreachable", "broke")},
    "html": dict.fromkeys(NAMES, ODD)
    | {"bluesky": ("unreadable", "not in Jetstream's format"), "feeds": ("unreadable", "This is not a feed")},
    "repeat": {name: said for name, (_, said) in REPEATS.items()},
    "429 with a time": dict.fromkeys(NAMES, ("rate-limited", "slow down")),
    "429 without": dict.fromkeys(NAMES, ("rate-limited", "slow down")),
    "503": dict.fromkeys(NAMES, ("unreachable", "503")),
}


class Neutral:
    """Scores nothing, so that a start is quick."""

    name = "neutral"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


@dataclass
class Poll:
    """One poll in a thread: how long it took, or that it has not ended; and what it asked."""

    name: str
    path: Path
    campaign: Any
    asked: list[str]
    seconds: float | None = None

    def run(self) -> None:
        began = time.monotonic()
        with Archive.open(self.path, CAMPAIGN.zone) as archive:
            Collector(
                campaign=self.campaign, archive=archive, analyzer=Neutral(), env=KEYS, clock=lambda: NOW
            ).poll(self.name)
        self.seconds = time.monotonic() - began

    def rows(self) -> list[Any]:
        with Archive.open(self.path, CAMPAIGN.zone) as archive:
            return archive.coverage.last_polls()[self.name]

    def check(self, fault: str) -> None:
        """Fail unless it ended in time, asked little and stored in plain words why it ended."""
        assert self.seconds is not None, f"{self.name} has not ended"
        assert self.seconds < BUDGET + MARGIN
        assert len(self.asked) <= 6, f"{self.name} asked {len(self.asked)} times"
        outcome, words = SAID[fault][self.name]
        rows = [row for row in self.rows() if row.outcome == outcome and words in row.detail]
        assert rows, self.rows()
        if outcome == "rate-limited":
            minutes = 9 if "time" in fault else 15
            assert {row.retry_at for row in rows} == {NOW + timedelta(minutes=minutes)}


def pointed(name: str, host: str) -> dict[str, Any]:
    url = f"http://{host}"
    return {
        "bluesky": {"hosts": [f"ws://{host}"]},
        "feeds": {"urls": [f"{url}/rss"], "google_news": False},
        "gdelt": {"api": url},
        "lemmy": {"servers": [url]},
        "mastodon": {"servers": [url]},
        "reddit": {"oauth_url": url, "reddit_url": url},
    }.get(name, {"api": url})


def serving(name: str, fault: str) -> Any:
    if name == "bluesky" and fault in STREAMS:
        return faults.streaming(STREAMS[fault]())
    return faults.serving(REPEATS[name][0] if fault == "repeat" else FAULTS[fault])


def polled(fault: str, names: tuple[str, ...], folder: Path, margin: float = MARGIN) -> list[Poll]:
    """Poll these side by side, each with an archive of its own; wait for them only as long as is allowed."""
    polls = []
    with ExitStack() as stack:
        for name in names:
            host, asked = stack.enter_context(serving(name, fault))
            sources = {name: SourceSettings(on=True, every_minutes=5, own=pointed(name, host))}
            polls.append(Poll(name, folder / f"{name}.db", replace(CAMPAIGN, sources=sources), asked))
        threads = [threading.Thread(target=poll.run, daemon=True) for poll in polls]
        for thread in threads:
            thread.start()
        end = time.monotonic() + BUDGET + margin
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        seconds = [poll.seconds for poll in polls]
    for thread in threads:
        thread.join(5)  # the servers are gone now: what hung on them ends
    return [replace(poll, seconds=took) for poll, took in zip(polls, seconds, strict=True)]


@pytest.fixture
def limits(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the limit small that is to end a poll of this fault, and no other."""

    def small(*faults: str) -> float:
        return BUDGET if fault in faults else AMPLE

    monkeypatch.setattr(time_limit, "POLL_SECONDS", small("hang", "drip"))
    monkeypatch.setattr(bluesky, "_POLL_SECONDS", small("repeat"))
    monkeypatch.setattr(bluesky, "_CONNECT_SECONDS", small("drip"))
    monkeypatch.setattr(bluesky, "_QUIET_SECONDS", BUDGET / 2 if fault in ("hang", "html") else AMPLE)


def test_each_source_has_an_answer_that_repeats() -> None:
    assert REPEATS.keys() == {*NAMES}, "write `repeated` into tests/fixtures/NAME/post.py"


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize("fault", SAID)
def test_every_poll_ends_in_time_and_says_why(fault: str, tmp_path: Path) -> None:
    for poll in polled(fault, NAMES, tmp_path):
        poll.check(fault)


def test_the_real_limits_are_under_a_minute() -> None:
    assert time_limit.POLL_SECONDS < 60
    # both hosts are tried, the stream is read, and it is closed
    assert 2 * bluesky._CONNECT_SECONDS + bluesky._POLL_SECONDS + 2 < 60


@pytest.mark.parametrize("name", ["lemmy", "x"])
def test_control_without_our_session_a_drip_is_noticed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plain(self: Any, method: Any, url: str, **kwargs: Any) -> requests.Response:
        try:
            return requests.Session.request(self, method, url, **kwargs | {"timeout": 5})
        except requests.RequestException as error:
            raise Unavailable(str(error)) from error

    monkeypatch.setattr(http.BoundedSession, "request", plain)
    [poll] = polled("drip", (name,), tmp_path, margin=1)
    with pytest.raises(AssertionError, match="has not ended"):
        poll.check("drip")


def test_control_without_the_check_for_repeats_they_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_and_on(self: mastodon.Timeline) -> Iterator[Any]:
        for _ in range(10):
            yield self._page(self._items())

    monkeypatch.setattr(mastodon.Timeline, "_back", on_and_on)
    [poll] = polled("repeat", ("mastodon",), tmp_path)
    with pytest.raises(AssertionError, match="asked"):
        poll.check("repeat")


@pytest.fixture
def hung(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Worker, list[datetime], ExitStack]]:
    """A worker with three sources that hang and one, feeds, that is well; its clock; and their servers."""
    now = [NOW]
    monkeypatch.setattr(time_limit, "POLL_SECONDS", 60.0)  # they hang for as long as their servers are there
    with ExitStack() as stack:
        sources = {}
        for name in ("mastodon", "lemmy", "x"):
            host, _ = stack.enter_context(faults.serving(faults.hang))
            sources[name] = SourceSettings(on=True, every_minutes=1, own=pointed(name, host))
        host, _ = stack.enter_context(faults.serving(faults.answer(200, FEED)))
        sources["feeds"] = SourceSettings(on=True, every_minutes=1, own=pointed("feeds", host))
        worker = a_worker(
            campaign=replace(CAMPAIGN, sources=sources), archive=tmp_path / "a.db", analyzer=Neutral(),
            env=KEYS, clock=lambda: now[0],
        )  # fmt: skip
        yield worker, now, stack
    worker.stop()


def test_a_healthy_source_keeps_its_schedule_beside_three_that_hang(
    hung: tuple[Worker, list[datetime], ExitStack], tmp_path: Path
) -> None:
    worker, now, servers = hung
    assert len(worker.tick()) == 4
    for minute in range(1, 4):
        while "feeds" in worker._busy:
            time.sleep(0.01)
        now[0] = NOW + timedelta(minutes=minute)
        assert worker.tick() == ["feeds"]
    while "feeds" in worker._busy:
        time.sleep(0.01)
    assert worker._busy >= {"mastodon", "lemmy", "x"}  # all while the others hang
    servers.close()
    while worker._busy:
        time.sleep(0.01)
    with Archive.open(tmp_path / "a.db", CAMPAIGN.zone) as archive:
        last = archive.coverage.last_polls()
    assert last["feeds"][0].ended_at == NOW + timedelta(minutes=3)
    assert {row.outcome for name in ("mastodon", "lemmy", "x") for row in last[name]} == {"unreachable"}
