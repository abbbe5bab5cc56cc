"""Collecting older posts: an older time is read whole and once, whatever stops it midway."""

import random
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive, ArchiveReader
from monitor.campaign import load
from monitor.collect import Collector
from monitor.collect.backfill import Backfill
from monitor.core.errors import ConfigError, RateLimited
from monitor.core.model import Outcome
from monitor.sources.platforms.mastodon import Mastodon
from tests.sources.archived import Neutral
from tests.sources.loopback import Answer, as_json, closed_port, serving

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE, UNTIL = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
EVERY = timedelta(hours=3)
FIRST = datetime(2026, 9, 20, tzinfo=UTC)
WRITTEN = [FIRST + EVERY * n for n in range(400)]  # until 9 November
EXPECTED = {n for n, at in enumerate(WRITTEN) if SINCE <= at < UNTIL}


class Timeline:
    """A made-up server with ids as Mastodon gives them. `refuses` says which request is too many."""

    def __init__(self, refuses=lambda asked: False):
        self.asked, self.refuses = 0, refuses

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        if path.startswith("/api/v2/instance"):
            return as_json({"configuration": {}})
        self.asked += 1
        if self.refuses(self.asked):
            return as_json({"error": "Too many"}, 429)
        below = int(query.get("max_id", 1 << 63))
        return as_json([status(n) for n in reversed(range(len(WRITTEN))) if snowflake(n) < below][:40])


def snowflake(n: int) -> int:
    return int(WRITTEN[n].timestamp() * 1000) << 16


def status(n: int) -> dict[str, object]:
    by = "https://far.example/@ann"
    return {
        "id": str(snowflake(n)), "uri": f"{by}/{n}", "url": f"{by}/{n}", "created_at": WRITTEN[n].isoformat(),
        "content": f"<p>Post {n} #CallingTimeOnCrime</p>", "visibility": "public",
        "tags": [{"name": "callingtimeoncrime"}], "favourites_count": n, "reblogs_count": 0,
        "replies_count": 0, "account": {"url": by, "acct": "ann@far.example", "display_name": "Ann"},
    }  # fmt: skip


def campaign_file(folder: Path, *servers: str) -> Path:
    text = f"""name = "Test"
[[track]]
name = "crime"
title = "#CallingTimeOnCrime"
tags = ["CallingTimeOnCrime"]
[sources.mastodon]
servers = {list(servers)!r}
[sources.feeds]
feeds = []
"""
    (folder / "campaign.toml").write_text(text)
    return folder / "campaign.toml"


@pytest.fixture
def looking_back(tmp_path):
    def opened(archive: Archive, *servers: str, name: str = "mastodon", **how) -> Backfill:
        collector = Collector(
            campaign=load(campaign_file(tmp_path, *servers)), archive=archive, analyzer=Neutral(), env={},
            clock=lambda: NOW,
        )  # fmt: skip
        return Backfill(collector=collector, name=name, since=SINCE, until=UNTIL, **how)

    return opened


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "a.db", ZONE) as opened:
        yield opened


def numbers(archive: Archive) -> list[int]:
    return sorted(int(row.native_id.rsplit("/", 1)[1]) for row in archive.posts.every())


def test_every_post_of_the_time_is_stored_once_and_none_of_another_time(archive, looking_back):
    timeline = Timeline()
    with serving(timeline.answer) as server:
        steps = list(looking_back(archive, server.url).run())
    assert numbers(archive) == sorted(EXPECTED)
    assert sum(new for _, new in steps) == len(EXPECTED)
    assert timeline.asked <= len(EXPECTED) / 40 + 4  # it began near the end of the time, not at today


def test_the_time_counts_as_seen_and_the_regular_polls_are_as_they_were(archive, looking_back):
    with serving(Timeline().answer) as server:
        list(looking_back(archive, server.url).run())
    assert archive.coverage.covered("crime", SINCE, UNTIL) == [("mastodon", SINCE, UNTIL)]
    assert archive.coverage.last_polls(NOW) == {}
    assert archive.coverage.last_success() == {}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.slow
def test_stopped_at_any_page_it_goes_on_from_there(archive, looking_back, seed):
    chance, timeline = random.Random(seed), Timeline()
    with serving(timeline.answer) as server:
        for _ in range(50):
            pages = iter(range(chance.randint(1, 4)))
            back = looking_back(archive, server.url, stop=lambda pages=pages: next(pages, None) is None)
            list(back.run())
            if back.is_done:
                break
    assert numbers(archive) == sorted(EXPECTED)


def test_one_that_is_finished_asks_nothing(archive, looking_back):
    timeline = Timeline()
    with serving(timeline.answer) as server:
        list(looking_back(archive, server.url).run())
        before = timeline.asked
        again = looking_back(archive, server.url)
        assert list(again.run()) == []
    assert again.is_done
    assert timeline.asked == before


def test_a_server_that_is_down_is_told_the_others_are_read_and_it_is_asked_again(archive, looking_back):
    with serving(Timeline().answer) as server:
        back = looking_back(archive, closed_port(), server.url)
        outcomes = [page.outcome for page, _ in back.run()]
    assert Outcome.UNREACHABLE in outcomes
    assert numbers(archive) == sorted(EXPECTED)
    assert not back.is_done


def test_told_to_slow_down_it_stops_and_later_goes_on(archive, looking_back):
    timeline = Timeline(refuses=lambda asked: asked == 3)
    with serving(timeline.answer) as server:
        back = looking_back(archive, server.url)
        with pytest.raises(RateLimited):
            list(back.run())
        stored = len(numbers(archive))
        assert 0 < stored < len(EXPECTED)
        list(back.run())
    assert numbers(archive) == sorted(EXPECTED)


def test_control_a_reader_that_forgets_its_mark_is_noticed(archive, looking_back, monkeypatch):
    """Where each part began anew, one poll's worth would be all that is ever read."""
    monkeypatch.setattr("monitor.sources.platforms.mastodon._MOST_PAGES", 2)
    whole = Mastodon.back
    monkeypatch.setattr(
        Mastodon, "back", lambda self, query, since, until, mark: whole(self, query, since, until, None)
    )
    with serving(Timeline().answer) as server:
        back = looking_back(archive, server.url)
        list(back.run())
    assert not back.is_done
    assert numbers(archive) != sorted(EXPECTED)


def test_a_long_time_is_read_in_several_parts(archive, looking_back, monkeypatch):
    monkeypatch.setattr("monitor.sources.platforms.mastodon._MOST_PAGES", 2)
    with serving(Timeline().answer) as server:
        list(looking_back(archive, server.url).run())
    assert numbers(archive) == sorted(EXPECTED)


@pytest.mark.parametrize(
    ("name", "says"), [("x", "no source 'x' in the campaign file"), ("feeds", "cannot supply older")]
)
def test_what_cannot_look_back_says_so(archive, looking_back, name, says):
    with pytest.raises(ConfigError, match=says):
        looking_back(archive, "https://towns.example", name=name).check()


def command(folder: Path, *more: str) -> subprocess.Popen[str]:
    asked = ["--campaign", str(folder / "campaign.toml"), "--archive", str(folder / "a.db"), "backfill",
             "--source", "mastodon", "--since", "2026-10-01", "--until", "2026-10-31", *more]  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", "from monitor.cli import main; main()", *asked], cwd=folder, text=True,
        env={"PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.kills
def test_the_command_killed_midway_loses_nothing_and_ends_with_what_it_found(tmp_path):
    third, killed = threading.Event(), threading.Event()

    def kept_waiting(asked: int) -> bool:
        """Hold the third answer back until whoever waits for it is dead, however slow this machine is."""
        if asked == 3:
            third.set()
            killed.wait(120)
        return False

    timeline = Timeline(refuses=kept_waiting)
    with serving(timeline.answer) as server:
        campaign_file(tmp_path, server.url)
        with command(tmp_path) as process:
            assert third.wait(120)
            process.send_signal(signal.SIGKILL)
        killed.set()
        out, err = command(tmp_path).communicate(timeout=300)
    assert "cannot say in advance how many posts it has for these days. It costs nothing." in err
    assert "posts seen" in out
    days = {n: at.astimezone(ZONE).date() for n, at in enumerate(WRITTEN)}
    local = {n for n, day in days.items() if date(2026, 10, 1) <= day <= date(2026, 10, 31)}
    with ArchiveReader.open(tmp_path / "a.db", ZONE) as archive:
        assert numbers(archive) == sorted(local)
    again, _ = command(tmp_path).communicate(timeout=300)
    assert again == "Mastodon has already been read for these days, so nothing was requested.\n"
