"""A poll has one limit of time, however many tracks it has and however slow the platform is."""

import socket
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import ArchiveReader
from monitor.campaign import Track
from monitor.sources import source
from monitor.sources.shared import time_limit
from tests.sources.archived import LONDON, a_campaign, polled

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BUDGET, MARGIN = 2.0, 3.5  # seconds: of a poll, and of a busy machine; three polls take longer than both
TRACKS = tuple(Track(name=f"t{n}", title=f"T{n}", tags=(f"tag{n}",), phrases=(f"tag {n}",)) for n in range(3))
KEYS = dict.fromkeys(
    ("X_BEARER_TOKEN", "REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET", "YOUTUBE_API_KEY"), "made-up"
)


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server that takes every call and never answers."""
    monkeypatch.setattr(time_limit, "POLL_SECONDS", BUDGET)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def settings(host: str) -> dict[str, dict[str, Any]]:
    web = f"http://{host}"
    return {
        "bluesky": {"hosts": [f"ws://{host}"]},
        "feeds": {"urls": [web], "google_news_base": web},
        "gdelt": {"api": web},
        "lemmy": {"servers": [web, f"http://{host.replace('127.0.0.1', 'localhost')}"]},
        "mastodon": {"servers": [web, f"http://{host.replace('127.0.0.1', 'localhost')}"]},
        "reddit": {"oauth_url": web, "reddit_url": web},
        "x": {"api": web},
        "youtube": {"api": web},
    }


def seconds_of(name: str, path: Path, host: str) -> float:
    """Return how long a poll of three tracks takes; each of them stores why nothing came."""
    source(name)  # loading its library is no part of a poll
    began = time.monotonic()
    polled(path, a_campaign(name, settings(host)[name], *TRACKS), NOW, KEYS)
    took = time.monotonic() - began
    with ArchiveReader.open(path, LONDON) as archive:
        rows = archive.db.execute("SELECT DISTINCT track, outcome FROM coverage").fetchall()
    assert sorted(rows) == [(track.name, "unreachable") for track in TRACKS]
    return took


@pytest.mark.slow
@pytest.mark.parametrize("name", settings(""))
def test_three_tracks_on_a_platform_that_hangs_share_the_time_of_one_poll(
    name: str, tmp_path: Path, hanging: str
) -> None:
    tries = (seconds_of(name, tmp_path / f"{n}.db", hanging) for n in range(5))
    assert any(took < BUDGET + MARGIN for took in tries)  # a machine may be too busy once, not each time


@pytest.mark.slow
def test_without_sharing_three_tracks_take_three_times_as_long(
    tmp_path: Path, hanging: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.collect.within", lambda seconds: nullcontext())  # control
    assert seconds_of("x", tmp_path / "a.db", hanging) > BUDGET + MARGIN


def test_time_that_one_does_not_use_is_left_for_the_others() -> None:
    with time_limit.within(6):
        assert [round(seconds) for _, seconds in time_limit.shares("abc")] == [2, 3, 6]
    assert time_limit.poll_seconds() == time_limit.POLL_SECONDS
