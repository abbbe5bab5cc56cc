"""Made-up days on a platform, polls at odd moments, and a judge of what the archive then holds.

A simulated platform asks `World` what exists at an instant; each request lets some seconds pass, so posts
arrive, change and go while a source turns pages. All of it follows from a seed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.collect import Collector
from monitor.core.clock import unstamp
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import Answer, as_json

START = datetime(2026, 11, 2, 6, tzinfo=UTC)
TRACK = Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",))
KEYS = {
    name: "made-up"
    for name in (
        "X_BEARER_TOKEN", "REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET", "TUMBLR_API_KEY", "YOUTUBE_API_KEY",
        "THREADS_ACCESS_TOKEN", "INSTAGRAM_ACCESS_TOKEN", "INSTAGRAM_USER_ID",
    )
}  # fmt: skip
HISTORIES = range(30)
_SECOND = timedelta(seconds=1)  # the ledger is kept in whole ones


@dataclass(frozen=True, slots=True)
class Made:
    """A post of a history. It `arrives` later than it was written where servers pass posts on."""

    number: int
    at: datetime
    arrives: datetime
    edited: datetime | None = None
    deleted: datetime | None = None

    def is_shown(self, since: datetime, until: datetime | None = None) -> bool:
        """Return whether anybody could see it during all of this time."""
        return self.arrives <= since and not (self.deleted and self.deleted <= (until or since))

    def text(self, now: datetime) -> str:
        """Return its words at an instant."""
        version = "second" if self.edited and self.edited <= now else "first"
        return f"{version} words of post {self.number} #CallingTimeOnCrime"


@dataclass(slots=True)
class World:
    """The posts of one history, its time, and what goes wrong with the requests of the poll at hand."""

    seed: int
    late: timedelta = timedelta()  # the most that a post takes to arrive
    longest_days: int = 12
    random: Random = field(init=False)
    now: datetime = field(init=False)
    last: datetime = START  # when it was last polled
    end: datetime = field(init=False)
    posts: Sequence[Made] = field(init=False)
    faults: dict[int, str] = field(default_factory=dict)  # by the number of the request
    asked: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.now = START
        self.end = START + timedelta(days=min(self.longest_days, self.random.choice([1, 2, 3, 3, 5, 12])))
        self.posts = [self._made(number) for number in range(self.random.randint(30, 110))]

    def tick(self) -> None:
        """Let the time of one request pass."""
        self.asked += 1
        self.now += timedelta(seconds=self.random.uniform(0.2, 30))

    def polls(self) -> Iterator[datetime]:
        """Yield when to poll, the last time quietly and after all has happened."""
        span = (self.end - START).total_seconds()
        moments = sorted(self.random.uniform(0, span) for _ in range(8))
        if self.random.random() < 0.3:  # nobody was there for most of the time
            moments = [at for at in moments if not 0.2 * span < at < 0.8 * span]
        for at in moments:
            self._go_to(START + timedelta(seconds=at))
            self.faults = (
                {self.asked + self.random.randint(1, 6): self.random.choice(["429", "500", "cut"])}
                if self.random.random() < 0.45
                else {}
            )
            self.last = self.now
            yield self.now
        self.faults = {}
        self._go_to(self.end + timedelta(hours=2))
        self.last = self.now
        yield self.now

    def fault(self, **limit_headers: str) -> Answer | None:
        """Return the answer to this request if it is to fail; `limit_headers` as the platform sends them."""
        kind = self.faults.get(self.asked)
        if kind == "429":
            return as_json({"error": "Too many requests"}, 429, **limit_headers)
        if kind == "500":
            return 500, {}, b"no"
        if kind == "cut":
            return 200, {"Content-Type": "application/json", "Content-Length": "1000"}, b'[{"id": "1'
        return None

    def _go_to(self, at: datetime) -> None:
        self.now = max(self.now, at)

    def _made(self, number: int) -> Made:
        draw = self.random
        span = (self.end - START).total_seconds()
        busy = draw.random() < 0.3  # all in one hour
        seconds = span * 0.55 + draw.uniform(0, 3600) if busy else draw.uniform(0, span)
        at = START + timedelta(milliseconds=int(seconds * 1000))
        late = draw.uniform(0, self.late.total_seconds()) if draw.random() < 0.2 else 0
        arrives = min(at + timedelta(seconds=late), max(at, self.end))
        edited = at + timedelta(seconds=draw.uniform(60, 1700)) if draw.random() < 0.2 else None
        deleted = arrives + timedelta(seconds=draw.expovariate(1 / 20_000)) if draw.random() < 0.15 else None
        return Made(number, at, arrives, edited, deleted)


Covers = Callable[[datetime], bool]  # whether the ledger says that an instant was covered


@dataclass(frozen=True, slots=True)
class Judge:
    """What a platform showed, told independently of the code under test."""

    world: World
    gives: Callable[[Made, datetime], bool]  # whether the platform's own limits let one ask for it then
    is_on: Callable[[Made, str], bool] = lambda post, stream: True  # whether a stream would have it at all
    lag: timedelta = timedelta()  # for so long the platform does not show what is new
    tells_deletes: Callable[[Made, Covers], bool] = lambda post, covers: False

    def faults(self, db: Any) -> list[str]:
        """Return one line for each post that is lost, stored twice or still readable after its deletion."""
        stored: dict[int, list[str | None]] = {}
        for native_id, text, at in db.execute("SELECT native_id, text, created_at FROM posts"):
            is_hashed = native_id.startswith("gone:")  # a post that was deleted is known by its time only
            number = self._deleted_at(unstamp(at)) if is_hashed else number_of(native_id)
            stored.setdefault(number, []).append(text)
        found = [f"post {n} is stored {len(texts)} times" for n, texts in stored.items() if len(texts) > 1]
        found += [f"post {post.number} was in {row}" for post, row in self._claimed(db, stored)]
        seen = [tuple(map(unstamp, row)) for row in db.execute("SELECT since, until FROM seen")]

        def covers(at: datetime) -> bool:
            return any(a + _SECOND <= at <= b - _SECOND for a, b in seen)

        found += [f"post {post.number} is still given" for post in self._given(db, stored, covers)]
        for post in self.world.posts:
            gone = post.deleted and post.deleted <= self.world.last
            if gone and self.tells_deletes(post, covers) and any(stored.get(post.number, ())):
                found.append(f"post {post.number} was deleted and is readable")
        return found

    def _deleted_at(self, at: datetime) -> int:
        """Return which of the posts that were deleted is of this time, to the second."""
        posts = (post for post in self.world.posts if post.deleted)
        return min(posts, key=lambda post: abs(post.at.replace(microsecond=0) - at)).number

    def _claimed(self, db: Any, stored: Mapping[int, Any]) -> Iterator[tuple[Made, str]]:
        """Yield the posts that a line of the ledger claims and that nobody stored."""
        lines = db.execute(
            "SELECT stream, started_at, ended_at, covered_from, covered_until FROM coverage"
            " WHERE outcome IN ('complete', 'capped') AND covered_from < covered_until"
        ).fetchall()
        for stream, *times in lines:
            began, ended, since, until = map(unstamp, times)
            for post in self.world.posts:
                inside = since + _SECOND <= post.at <= until - _SECOND
                shown = post.is_shown(began - self.lag, ended + _SECOND) and self.is_on(post, stream)
                if post.number not in stored and inside and shown:
                    yield post, f"{stream} {times}"

    def _given(self, db: Any, stored: Mapping[int, Any], covers: Covers) -> Iterator[Made]:
        """Yield what could be had at the end and is not stored, unless the ledger owns up to it.

        A first look has its limits: what was there before it need not be had, if it is not claimed either.
        """
        owns_up = db.execute("SELECT 1 FROM coverage WHERE outcome = 'capped'").fetchone()
        [first] = db.execute("SELECT min(since) FROM seen").fetchone()
        began = unstamp(first) if first else START
        for post in self.world.posts:
            shown = post.is_shown(self.world.now) and self.gives(post, self.world.now)
            if post.number not in stored and shown and (covers(post.at) or (post.at > began and not owns_up)):
                yield post


@cache
def _empty_archive() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "empty.db")
        Archive.open(path, LONDON).close()
        return path.read_bytes()


def lived(name: str, own: Mapping[str, Any], world: World, judge: Judge, folder: Path) -> list[str]:
    """Live through a history with the real collector and a real archive; return what the judge finds."""
    path = folder / f"{world.seed}.db"
    path.write_bytes(_empty_archive())
    campaign = a_campaign(name, own, TRACK)
    with Archive.open(path, LONDON) as archive:
        collector = Collector(
            campaign=campaign, archive=archive, analyzer=Neutral(), env=KEYS, clock=lambda: world.now
        )
        for _ in world.polls():
            collector.poll(name)
        found = judge.faults(archive.db)
    path.unlink()
    return found


def number_of(native_id: str) -> int:
    """Return which post an id is of: every simulated platform hides the number in its ids."""
    return int(re.findall(r"\d+", native_id)[-1]) % 1000
