"""A made-up platform whose posts are deleted at any moment, and a collector that knows no other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

from monitor.archive import Archive
from monitor.collect import Collector
from monitor.core.model import Page, Post
from monitor.sources.contract import KnownPost
from monitor.sources.shared.http import BoundedSession
from monitor.sources.shared.reread import missing_ids, one_by_one
from monitor.sources.shared.spend import PaidSettings
from tests.builders import a_post
from tests.simulated.history import START, TRACK
from tests.sources.archived import Neutral, a_campaign

EVERY, OUT = timedelta(hours=1), timedelta(hours=3)
DAY = timedelta(days=1)
SERVERS = ("https://pond.example", "https://slow.example")


@dataclass(slots=True)
class Ledger:
    """A platform's posts, when each was deleted, and what it was asked.

    Some go at any moment; some a minute after they were read, which takes the longest to notice.
    """

    seed: int
    number: int = 150
    losses: float = 0.03  # of readings, after which the post goes
    now: datetime = START
    random: Random = field(init=False)
    made: dict[str, datetime] = field(init=False)
    ended: dict[str, datetime] = field(init=False)
    asked: list[datetime] = field(default_factory=list)  # a line a request
    bill: set[tuple[str, str]] = field(default_factory=set)  # the UTC day and the post

    def __post_init__(self) -> None:
        draw = self.random = Random(self.seed)
        ids = [str(number) for number in range(self.number)]
        self.made = {id: START + draw.uniform(0, 30) * DAY for id in ids}
        self.ended = {id: at + draw.uniform(0, 30) * DAY for id, at in self.made.items()}

    def looks(self) -> Iterator[datetime]:
        """Yield when the monitor looks: now and then, not for three hours."""
        while self.now < START + 32 * DAY:
            yield self.now
            self.now += OUT if self.random.random() < 0.05 else EVERY

    def is_there(self, id: str) -> bool:
        """Return whether a post still is there."""
        return self.now < self.ended[id]

    def read(self, ids: Iterable[str]) -> tuple[Post, ...]:
        """Return which of these posts there are, as they are shown."""
        self.asked.append(self.now)
        there = [id for id in ids if self.is_there(id)]
        for id in there:
            if self.random.random() < self.losses:
                self.ended[id] = self.now + timedelta(minutes=1)
        return tuple(map(self.post, there))

    def overdue(self, archive: Archive) -> set[str]:
        """Return the posts that can be read in the archive more than a day after their end."""
        rows = archive.db.execute("SELECT native_id FROM posts WHERE text IS NOT NULL")
        return {id for (id,) in rows if self.ended[id] < self.now - DAY}

    def post(self, id: str) -> Post:
        """Return a post as it is shown."""
        return a_post(id=id, created_at=self.made[id], platform="pond", reread_key=f"pond.example/{id}")


@dataclass(slots=True)
class Batch:
    """A platform that answers for many posts at once, and leaves out what is gone."""

    at_once: ClassVar[int] = 25
    a_minute: ClassVar[int] = 1000
    ledger: Ledger
    ages: tuple[timedelta, ...] = ()

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield the posts that there are."""
        there = self.ledger.read(post.id for post in posts)
        yield Page(stream="", posts=there, deleted=missing_ids(posts, {post.id for post in there}))


@dataclass(slots=True)
class OneByOne:
    """A server that is asked for each post."""

    at_once: ClassVar[int] = 50
    a_minute: ClassVar[int] = 30
    ledger: Ledger
    ages: tuple[timedelta, ...] = ()

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield the posts that there are."""
        return one_by_one(posts, SERVERS, self._one)

    def _one(self, session: BoundedSession, server: str, key: str, post: KnownPost) -> Page:
        there = self.ledger.read([post.id])
        return Page(stream="", posts=there, deleted=() if there else (post.id,))


@dataclass(slots=True)
class Paid(Batch):
    """A platform where each post costs money, once on a day of UTC; it says which ones are gone."""

    ages: tuple[timedelta, ...] = PaidSettings().ages

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield the posts that there are, and put them on the bill."""
        there = self.ledger.read(post.id for post in posts)
        ids = {post.id for post in there}
        self.ledger.bill |= {(self.ledger.now.date().isoformat(), id) for id in ids}
        yield Page(stream="", posts=there, deleted=tuple(post.id for post in posts if post.id not in ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated(Collector):
    """A collector of one made-up platform."""

    platform: Any

    def reopen_source(self, name: str, at: datetime) -> Any:
        """Return the platform."""
        return self.platform


def simulated(platform: Any, archive: Archive) -> Simulated:
    """Return a collector of this platform into the archive."""
    return Simulated(
        campaign=a_campaign("pond", {}, TRACK), archive=archive, analyzer=Neutral(), env={},
        clock=lambda: platform.ledger.now, platform=platform,
    )  # fmt: skip


def stored(collector: Simulated, ids: Iterable[str]) -> None:
    """Store these posts as they are shown now."""
    ledger = collector.platform.ledger
    page = Page(stream="pond", posts=tuple(ledger.post(id) for id in ids))
    collector.save(page, "pond", TRACK, ledger.now)
