"""The past of those who wrote, read beside the polls: whose, how far, and when it is left."""

from collections.abc import Iterator
from typing import Any

import pytest

from monitor import collect
from monitor.archive import Archive, people
from monitor.campaign import Track
from monitor.collect import Collector
from monitor.collect.backfill import read_histories
from monitor.core.errors import Refused
from monitor.core.model import Page
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post
from tests.sources.archived import Neutral, a_campaign

TRACKS = (Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",)),
          Track(name="lights", title="Lights", tags=("StreetLights",)))  # fmt: skip


class Platform:
    """Gives two pages of each track, and notes for whom it was asked."""

    asked: list[tuple[str, tuple[str, ...]]]

    def histories(self, query: Any, writers: Any, cursors: Any) -> Iterator[Page]:
        self.asked.append((query.track, tuple(writers)))
        for number in (1, 2):
            post = a_post(id=f"{query.track}{number}", platform="bluesky", by="ann")
            yield Page(stream="back:bluesky:ann", posts=(post,), cursor=f"{number}")


@pytest.fixture
def archive(tmp_path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def read(archive: Archive, monkeypatch: pytest.MonkeyPatch, platform: object, **more: Any) -> None:
    def give(*_: Any) -> object:
        if isinstance(platform, Exception):
            raise platform
        return platform

    monkeypatch.setattr(collect.Collector, "open_source", give)
    read_histories(
        Collector(
            campaign=a_campaign("bluesky", {}, *TRACKS), archive=archive, analyzer=Neutral(), env={},
            clock=lambda: NOON, **more,
        ),
        "bluesky",
    )  # fmt: skip


def written(
    archive: Archive, *by: str, track: str = "crime", platform: str = "bluesky", start: int = 0
) -> None:
    posts = [a_post(id=f"{track}{platform}{n}", by=who, platform=platform) for n, who in enumerate(by)]
    saved(archive, a_page(*posts), track=track, source=platform)


def test_each_track_asks_for_those_who_wrote_for_it_the_busiest_first(archive, monkeypatch):
    written(archive, "ann", "bob", "bob", "cat")
    written(archive, "dan", track="lights")
    written(archive, "eve", platform="mastodon")
    platform = Platform()
    platform.asked = []
    read(archive, monkeypatch, platform)
    assert platform.asked == [("crime", ("bob", "ann", "cat")), ("lights", ("dan",))]
    assert archive.coverage.cursors("crime") == {"back:bluesky:ann": "2"}
    assert {row.native_id for row in archive.posts.every()} >= {"crime1", "crime2", "lights1", "lights2"}
    assert archive.coverage.last_polls().keys() == {"bluesky", "mastodon"}
    assert {poll.stream for poll in archive.coverage.last_polls()["bluesky"]} == {
        "local"
    }  # no word of a poll


def test_who_is_forgotten_is_not_asked_for_and_no_more_than_a_thousand(archive, monkeypatch):
    written(archive, "ann", "bob", "cat")
    page = Page(stream="x", deleted_authors=("bob",))
    saved(archive, page, source="bluesky")
    assert archive.people.writers("bluesky", "crime") == ["ann", "cat"]
    monkeypatch.setattr(people, "_MOST_WRITERS", 1)
    assert archive.people.writers("bluesky", "crime") == ["ann"]


def test_it_ends_after_the_page_at_hand_when_it_is_asked_to(archive, monkeypatch):
    platform = Platform()
    platform.asked = []
    read(archive, monkeypatch, platform, stop=lambda: True)
    assert (platform.asked, archive.coverage.cursors("crime")) == ([("crime", ())], {"back:bluesky:ann": "1"})


@pytest.mark.parametrize(
    "platform", [object(), Refused("half a log-in")], ids=["shows none", "cannot be opened"]
)
def test_a_platform_that_shows_no_history_is_left(archive, monkeypatch, platform):
    written(archive, "ann")
    before = len(list(archive.db.execute("SELECT 1 FROM coverage")))
    read(archive, monkeypatch, platform)
    assert len(list(archive.db.execute("SELECT 1 FROM coverage"))) == before
