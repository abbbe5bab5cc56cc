"""A campaign whose truth is known, lived through by the program itself: its collector, commands and mail.

Only the platforms are made up, and the clock is handed in. What is to happen is written down first (posts,
times in which a platform is asked, changes of the campaign file, and other acts) and then happens in order.
"""

import base64
import functools
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Self
from unittest.mock import patch

from click.testing import CliRunner

from bench.truth.posts import END, NOW, START, Arrival, moment
from monitor.archive import Archive
from monitor.campaign import Campaign
from monitor.cli import Paths, group
from monitor.cli.wiring import analyzer_of, campaign_of
from monitor.cli.wiring.mail import transport_of, watch_of, weekly_of
from monitor.collect import Collector
from monitor.collect.refresh import reread
from monitor.core import clock
from monitor.core.model import Metrics, Page, Post, Query
from monitor.core.text import belongs
from monitor.mail.alert_job import AlertJob
from monitor.mail.outbox_delivery import deliver
from monitor.mail.store import RaisedAlert
from monitor.mail.weekly.decision import decide
from monitor.sources.contract import Estimate, KnownPost

_FILE = """
name = "Calling Time on Crime"
{places}
{tracks}
{sources}
[tone]
subject_words = "{subject}"
[digest]
recipients = ["ann@example.org"]
address = "https://dash.example.org"
[alerts]
recipients = ["ann@example.org"]
"""
# A picture of one dot: what is drawn says no words, and takes half of the time.
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_SUBJECT = Path(__file__).parents[2] / "config/topic-words.toml"
_OFTEN = timedelta(hours=12)
_RECENT = moment(-14)  # before, each platform is asked once a day
Growth = Callable[[Post, datetime], Metrics]
Act = Callable[[], object]


@dataclass
class World:
    """A campaign and what is to happen in it. `watch` and `post` write it down, and `live` lets it happen."""

    folder: Path
    seed: int = 1
    tracks: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"crime": ("CallingTimeOnCrime",)})
    on: set[str] = field(default_factory=set)
    places: str = ""  # the file of places
    now: datetime = START
    growth: Growth | None = None  # a post's numbers at an instant, if they are to grow
    truth: int = 0  # what a number should be, where only the making tells
    raised: list[RaisedAlert] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self._arrivals: dict[str, list[Arrival]] = {}
        self._old: dict[str, list[Post]] = {}
        self._acts: list[tuple[datetime, int, Act]] = []
        self._asked: dict[tuple[str, str], datetime] = {}
        self._alerts: AlertJob | None = None
        self._campaign: tuple[str, Campaign] | None = None

    @property
    def paths(self) -> Paths:
        """Return the files of the campaign."""
        return Paths(campaign=self.folder / "campaign.toml", archive=self.folder / "archive.db")

    @property
    def campaign(self) -> Campaign:
        """Return the campaign as its file has it now."""
        text = self.paths.campaign.read_text()
        if self._campaign is None or self._campaign[0] != text:  # to read it takes a fifth of a life
            self._campaign = text, campaign_of(self.paths)
        return self._campaign[1]

    # What is written down.

    def post(self, arrivals: Sequence[Arrival]) -> None:
        """Let these posts come to be."""
        for arrival in arrivals:
            self._arrivals.setdefault(arrival.post.platform, []).append(arrival)

    def arrivals(self, source: str) -> list[Arrival]:
        """Return the posts of a platform that were written down so far."""
        return self._arrivals.get(source, [])

    def keep(self, posts: Sequence[Post]) -> None:
        """Let a platform have these if it is asked for an older time."""
        for post in posts:
            self._old.setdefault(post.platform, []).append(post)

    def watch(
        self, source: str, since: datetime = START, until: datetime = END, *, track: str | None = None,
        every: timedelta | None = None,
    ) -> None:  # fmt: skip
        """Let a platform be asked from one instant to another, of one track or of all."""
        self.at(since, functools.partial(self._switch, source))
        self.at(since, functools.partial(self._begin, source, track))
        at = since
        while at < until:
            at = min(until, at + (every or (_OFTEN if at >= _RECENT else timedelta(days=1))))
            self.at(at, functools.partial(self._poll, source, track))

    def at(self, when: datetime, act: Act) -> None:
        """Let something else happen."""
        self._acts.append((when, len(self._acts), act))

    def mail(self, day: int = 7) -> None:
        """Let the mail of the week before this Monday be decided on and go out."""
        self.at(moment(day, 8.1), self._mail)

    def look(self, since: datetime, until: datetime, every: timedelta = timedelta(hours=1)) -> None:
        """Let alerts be looked for."""
        while since <= until:
            self.at(since, self._look)
            since += every

    def command(self, *asked: str, text: str | None = None) -> str:
        """Return what a command prints; raises what it raises."""
        files = ["--campaign", str(self.paths.campaign), "--archive", str(self.paths.archive)]
        done = CliRunner().invoke(group, [*files, *asked], input=text)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        if done.exit_code:
            raise RuntimeError(f"monitor {' '.join(asked)}: {done.output}")
        return done.stdout

    def event(self, day: int, title: str) -> None:
        """Let an event be in the calendar."""
        name = str(moment(day).date())
        self.at(START + timedelta(minutes=1), lambda: self.command("events", "add", name, title))

    # What happens.

    def live(self, until: datetime = NOW) -> None:
        """Let all that was written down happen, up to an instant."""
        self.now = START
        self.write()
        with Archive.open(self.paths.archive, self.campaign.zone) as self._archive:
            for at, _, act in sorted(self._acts, key=lambda one: one[:2]):
                if at <= until:
                    self.now = at
                    act()
        self.now = until

    def write(self) -> None:
        """Write the campaign file as it is now."""
        tracks = "\n".join(
            f'[[track]]\nname = "{name}"\ntitle = "#{tags[0]}"\ntags = [{", ".join(map(repr, tags))}]'
            for name, tags in self.tracks.items()
        )
        sources = "\n".join(f"[sources.{name}]\non = true\nevery_minutes = 360" for name in sorted(self.on))
        places = f'places = "{self.places}"' if self.places else ""
        text = _FILE.format(places=places, tracks=tracks, sources=sources, subject=_SUBJECT)
        self.paths.campaign.write_text(text)

    def change(self, *, tags: tuple[str, ...] | None = None, off: str = "") -> None:
        """Change what is asked for."""
        if tags:
            self.tracks["crime"] = tags
        self.on.discard(off)
        self.write()

    @property
    def mails(self) -> list[EmailMessage]:
        """Return the mails that went out, the first first."""
        files = (self.folder / "mail").glob("*.eml")
        read = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in files)
        return sorted(read, key=lambda mail: mail["Date"].datetime)  # type: ignore[arg-type, return-value]

    def _switch(self, source: str) -> None:
        if source not in self.on:
            self.on.add(source)
            self.write()

    def _begin(self, source: str, track: str | None) -> None:
        for name in [track] if track else self.tracks:
            self._asked[source, name] = self.now

    def _poll(self, source: str, track: str | None) -> None:
        campaign = self.campaign
        if track:
            kept = tuple(one for one in campaign.tracks if one.name == track)
            campaign = replace(campaign, tracks=kept)
        collector = Collector(
            campaign=campaign, archive=self._archive, analyzer=analyzer_of(campaign), env={},
            clock=lambda: self.now,
        )  # fmt: skip
        result = collector.poll(source)
        if result.problems:
            raise RuntimeError(f"{source}: {result.problems}")
        if self.growth and result.may_reread:
            reread(collector, source)

    def _mail(self) -> None:
        job = weekly_of(self.paths, self.campaign)
        decide(job)
        deliver(job.store, transport_of(self.paths), lambda: self.now)
        job.store.close()

    def _look(self) -> None:
        if self._alerts is None:
            self._alerts = watch_of(self.paths, self.campaign)
        self._alerts.campaign = self.campaign
        self.raised += self._alerts.look()

    # What a platform is asked for.

    def shown(self, source: str, query: Query) -> Page:
        """Return what a platform has shown since it was last asked for this track."""
        before = self._asked.get((source, query.track), START)
        self._asked[source, query.track] = self.now
        posts = [
            self._grown(one.post) for one in self._arrivals.get(source, ())
            if before < one.at <= self.now and belongs(query, one.post)
        ]  # fmt: skip
        return Page(
            stream=f"{source}:{query.track}", posts=tuple(posts), since=before, until=self.now,
            cursor=self.now.isoformat(),
        )  # fmt: skip

    def known(self, source: str, ids: Collection[str]) -> Page:
        """Return posts as they are now."""
        posts = [self._grown(one.post) for one in self._arrivals.get(source, ()) if one.post.id in ids]
        return Page(stream=source, posts=tuple(posts))

    def older(self, source: str, query: Query, since: datetime, until: datetime) -> Page:
        """Return what a platform has of an older time."""
        posts = [
            post for post in self._old.get(source, ())
            if since <= post.created_at < until and belongs(query, post)
        ]  # fmt: skip
        return Page(stream=source, posts=tuple(posts), since=since, until=until)

    def _grown(self, post: Post) -> Post:
        return replace(post, metrics=self.growth(post, self.now)) if self.growth else post


class Platform:
    """A platform that shows what its world has."""

    world: ClassVar[World]
    name: ClassVar[str]
    at_once: ClassVar[int] = 500
    a_minute: ClassVar[int] = 500
    ages: ClassVar[tuple[timedelta, ...]] = ()

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        """Return the platform."""
        return cls()

    def search(self, query: Query, cursors: object, waiting: object = None) -> Iterator[Page]:
        """Yield what is new."""
        yield self.world.shown(self.name, query)

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield posts as they are now."""
        yield self.world.known(self.name, {post.id for post in posts})

    def estimate(self, query: Query, since: datetime, until: datetime) -> Estimate:
        """Return that nobody can say before."""
        return Estimate()

    def back(self, query: Query, since: datetime, until: datetime, mark: str | None) -> Iterator[Page]:
        """Yield what there is of an older time."""
        yield self.world.older(self.name, query, since, until)


@contextmanager
def ruled_by(world: World) -> Iterator[None]:
    """Let a world's platforms and clock be the program's."""

    @functools.cache
    def source(name: str) -> type[Platform]:
        return type(name, (Platform,), {"world": world, "name": name})

    def now() -> datetime:
        return world.now.astimezone(clock.UTC)

    with (
        patch("monitor.collect.source", source), patch("monitor.collect.backfill.source", source),
        patch("resvg_py.svg_to_bytes", lambda **asked: DOT), exchanged(clock.utcnow, now),
    ):  # fmt: skip
        yield


@contextmanager
def exchanged(old: Callable[..., Any], new: Callable[..., Any]) -> Iterator[None]:
    """Put one function in the place of another, wherever the program has it."""
    _exchange(old, new, old.__name__)
    try:
        yield
    finally:
        _exchange(new, old, old.__name__)


def _exchange(old: object, new: object, name: str) -> None:
    for module, inside in [*sys.modules.items()]:
        if module.partition(".")[0] in ("monitor", "dashboard") and vars(inside).get(name) is old:
            vars(inside)[name] = new
