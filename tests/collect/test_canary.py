"""The weekly test of each source: a search that is broken looks like a quiet week without it."""

import time
import tomllib
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.campaign.reader import read
from monitor.collect import Collector
from monitor.collect.canary import self_test
from monitor.collect.source_status import states
from monitor.core.errors import ConfigError
from monitor.platform_info import PlatformInfo, about
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import as_json, serving
from tests.workers import a_worker

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TRACK = Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",))
STATUS = {
    "id": "115446932983219999", "uri": "https://t.example/1", "url": "https://t.example/1",
    "content": "#London", "created_at": "2026-11-20T10:00:00Z", "visibility": "public",
    "tags": [{"name": "london"}], "account": {"url": "https://t.example/@ann", "acct": "ann"},
}  # fmt: skip


class Server:
    """A Mastodon server with one post, by its tag; `answer` in the place of any timeline."""

    def __init__(self, answer=None):
        self.answer, self.tags = answer, []

    def __call__(self, method, path, query):
        if "/timelines/tag/" not in path:
            return as_json({"configuration": {}})
        self.tags.append(path.rpartition("/")[2])
        return self.answer or as_json([STATUS] if path.endswith("/london") else [])


@pytest.fixture
def room(tmp_path):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        yield archive


def until(seen) -> None:
    """Return when this is so; fails after a while."""
    end = time.monotonic() + 120
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.02)


def doubts(archive, server, now=NOW, name="mastodon", **env):
    """Test a source at a time; return what its Sources page says against its silence."""
    with serving(server) as at:
        own = {"servers": [at.url]} if name == "mastodon" else {"api": at.url}
        campaign = a_campaign(name, own, TRACK)
        collector = Collector(
            campaign=campaign, archive=archive, analyzer=Neutral(), env=env, clock=lambda: now
        )
        self_test(collector, name)
    [state] = states(archive, campaign, now)
    return state.doubt


def test_a_search_that_works_is_not_doubted_and_its_posts_are_not_kept(room):
    assert doubts(room, server := Server()) == ""
    assert server.tags == ["london"]
    assert room.posts.count() == 0
    assert room.coverage.cursors("crime") == room.coverage.cursors("test") == {}
    assert room.coverage.last_canary("mastodon") == (NOW, "posts")


def test_a_search_that_finds_nothing_at_all_is_doubted_until_it_works_again(room):
    broken = Server(as_json([]))
    assert "“london”" in doubts(room, broken)
    assert "may be broken" in doubts(room, broken, NOW + DAY)
    assert doubts(room, Server(), NOW + 2 * DAY) == ""


@pytest.mark.parametrize("answer", [(500, {}, b""), (429, {}, b""), as_json({"error": "x"}, 422)])
def test_one_that_could_not_be_asked_is_not_doubted(room, answer):
    assert doubts(room, Server(answer)) == ""
    assert room.coverage.last_canary("mastodon") == (NOW, "unsure")


@pytest.mark.parametrize(
    ("first", "later", "asked"),
    [
        (None, 6 * DAY, 0),
        (None, 7 * DAY, 1),
        (as_json([]), DAY / 2, 0),
        (as_json([]), DAY, 1),
        (None, -DAY, 1),
    ],
)
def test_it_is_asked_once_a_week_and_after_nothing_once_a_day(room, first, later, asked):
    doubts(room, Server(first))
    doubts(room, server := Server(), NOW + later)
    assert len(server.tags) == asked


def test_what_costs_money_is_never_tested(room):
    assert about("x").common == ""
    asked = []
    doubts(room, lambda *said: asked.append(said) or as_json({}), name="x", X_BEARER_TOKEN="k")
    assert asked == []
    assert room.coverage.last_canary("x") is None


def test_control_if_x_had_a_word_its_price_would_keep_it_from_being_asked(room, monkeypatch):
    monkeypatch.setattr("monitor.collect.canary.about", lambda name: about("mastodon"))
    asked = []
    doubts(room, lambda *said: asked.append(said) or as_json({}), name="x", X_BEARER_TOKEN="k")
    assert asked == []


def test_a_platform_has_a_word_or_says_that_it_has_none():
    facts = tomllib.loads((resources.files("monitor.platform_info") / "mastodon.toml").read_text())
    assert read(PlatformInfo, facts, "mastodon").common
    del facts["common"]
    with pytest.raises(ConfigError, match="common"):
        read(PlatformInfo, facts, "mastodon")


@pytest.mark.heavy
def test_the_worker_tests_a_source_after_a_look_at_it(tmp_path):
    with serving(server := Server()) as at:
        worker = a_worker(
            campaign=a_campaign("mastodon", {"servers": [at.url]}, TRACK), archive=tmp_path / "a.db",
            analyzer=Neutral(), env={}, clock=lambda: NOW,
        )  # fmt: skip
        worker.tick()
        until(lambda: server.tags[1:])
        worker.stop()
    assert server.tags == ["callingtimeoncrime", "london"]
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        assert archive.coverage.last_canary("mastodon") == (NOW, "posts")
