"""Collect: what is due, and one poll of one platform. Decisions are pure; I/O is handed in."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from monitor.archive import Archive, ArchiveReader
from monitor.archive.values import Poll
from monitor.campaign import Campaign, SourceSettings, Track
from monitor.collect.spend_limit import SpendLimit
from monitor.collect.tone_scoring import adjusted, scored
from monitor.collect.validation import storable_page
from monitor.core.clock import Clock
from monitor.core.errors import Closed, RateLimited, Refused, SourceError
from monitor.core.model import ANSWERS, Outcome, Page
from monitor.platform_info import needing_papers
from monitor.report.wording import check_sitting
from monitor.sources import source
from monitor.sources.contract import Recalls, Source, Spends
from monitor.sources.shared.stream_reading import failed, faults_of
from monitor.sources.shared.time_limit import shares, within
from monitor.tone import Analyzer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """What one poll of one platform brought. `problems` are sentences for people."""

    source: str
    posts: int = 0
    new: int = 0
    rejected: int = 0
    problems: tuple[str, ...] = ()
    outcomes: frozenset[Outcome] = frozenset()  # of its pages, and of the tracks that failed
    stopped: bool = False
    lacks_papers: bool = False  # nothing new may be asked for, but what was deleted there is deleted here

    @property
    def may_reread(self) -> bool:
        """Return whether posts may be read again: a part of the platform answered, none asks us to wait."""
        answered = self.lacks_papers or bool(self.outcomes & ANSWERS)
        return answered and Outcome.RATE_LIMITED not in self.outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPoll:
    """When a platform was last polled, and before when it asked not to be."""

    last: datetime
    retry_at: datetime | None = None


NEVER = LastPoll(last=datetime.min.replace(tzinfo=UTC))


def due(campaign: Campaign, past: Mapping[str, LastPoll], now: datetime) -> list[str]:
    """Return the sources whose turn it is, the longest waiting first; none once Parliament is dissolved.

    A source never polled is due at once. A clock that was set back does not hold one up:
    `past` leaves out what lies in the future.
    """
    if campaign.is_dissolved(now):
        return []
    polls = {name: past.get(name, NEVER) for name in campaign.sources_on}
    names = [name for name, poll in polls.items() if _is_due(poll, campaign.sources[name], now)]
    return sorted(names, key=lambda name: (polls[name].last, name))


def why_off(campaign: Campaign, name: str) -> str:
    """Return why a platform brings nothing new until the office has filled in its papers; empty if it may."""
    return campaign.privacy.why_off if name in needing_papers() else ""


def opened(campaign: Campaign, name: str, env: Mapping[str, str], at: datetime) -> Source:
    """Return a platform, to ask it something; all that asks one begins here.

    Raises Closed once Parliament is dissolved, and ConfigError or SourceError as the platform does.
    """
    check_sitting(campaign, at)
    return source(name).open(campaign.sources[name].own, env, at)


def past(archive: ArchiveReader, campaign: Campaign, now: datetime) -> dict[str, LastPoll]:
    """Return what is known at `now` of each platform's last poll of the campaign's tracks."""
    return {
        name: last_poll(name, polls)
        for name, polls in archive.coverage.last_polls(now, campaign.track_names).items()
    }


def last_poll(name: str, polls: Sequence[Poll]) -> LastPoll:
    """Return what the rows of a platform's last poll of each track come to; there is one at least."""
    return LastPoll(last=max(poll.ended_at for poll in polls), retry_at=_retry_at(name, polls))


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """All that a poll needs. `stop` is asked after each page: the page at hand is always finished."""

    campaign: Campaign
    archive: Archive
    analyzer: Analyzer
    env: Mapping[str, str]
    clock: Clock
    stop: Callable[[], bool] = lambda: False
    progress: Callable[[str, int], None] = lambda source, posts: None

    def poll(self, name: str) -> PollResult:
        """Ask one platform for every track; store all that came and how it ended. Raises StorageError."""
        result = PollResult(source=name, lacks_papers=bool(why_off(self.campaign, name)))
        limit = None
        for track, seconds in shares(self.campaign.tracks):
            started_at = self.clock()
            try:
                with faults_of(f"{name}, {track.name}"), within(seconds):
                    if limit:  # who asked us to slow down for one track is not asked for the next
                        raise limit
                    self.archive.history.save_words(track.query, started_at)
                    for page, new in self._pages(name, track, started_at):
                        self.progress(name, len(page.posts))
                        result = _with(result, page, new)
                        if self.stop():
                            return replace(result, stopped=True)
            except SourceError as error:  # which must not cost the other tracks
                page = failed(name, error)
                is_limited = page.outcome is Outcome.RATE_LIMITED
                limit = RateLimited(page.detail, page.retry_at) if is_limited else None
                self.archive.coverage.save_failure(page, track.name, started_at=started_at, now=self.clock())
                result = _with(result, page, 0)
        for problem in dict.fromkeys(result.problems):
            log.warning("%s: %s", name, problem)
        log.info("%s: %d seen, %d new, %d could not be read", name, result.posts, result.new, result.rejected)
        return result

    def _pages(self, name: str, track: Track, started_at: datetime) -> Iterator[tuple[Page, int]]:
        platform = self.open_source(name, started_at)
        page: Page | None = None
        polls = self.archive.coverage.last_polls(started_at, self.campaign.track_names)
        waiting = _waits(polls.get(name, ()))
        for page in platform.search(track.query, self.archive.coverage.cursors(track.name), waiting):
            yield self.save(page, name, track, started_at)
        if page is None:
            raise Closed(f"It cannot be searched for the words of the track {track.title!r}; give it a tag.")

    def open_source(self, name: str, at: datetime) -> Source:
        """Return a platform to bring something new, with its budget; raises ConfigError or SourceError."""
        if reason := why_off(self.campaign, name):
            raise Refused(reason)
        return self.reopen_source(name, at)

    def reopen_source(self, name: str, at: datetime) -> Source:
        """Return a platform to read again what is known; raises ConfigError or SourceError."""
        platform = opened(self.campaign, name, self.env, at)
        if isinstance(platform, Spends):
            platform.budget = SpendLimit(self.archive, name, platform.limit, self.clock)
        if isinstance(platform, Recalls):
            platform.recall = partial(self.archive.posts.written_at, name)
        return platform

    def save(self, page: Page, name: str, track: Track, started_at: datetime) -> tuple[Page, int]:
        """Store a page with its posts' places and tones; return it as stored, and how many are new."""
        page = self.campaign.gazetteer.with_places(storable_page(page, self.clock()))
        analyzer = adjusted(self.analyzer, self.archive)  # as it is by now: a poll may take minutes
        by, scores = scored(analyzer, [(post.text, post.lang) for post in page.posts])
        new = self.archive.ingest.save(
            page, source=name, track=track.name, scores=scores, analyzer=by, started_at=started_at,
            now=self.clock(),
        )  # fmt: skip
        return page, new


def _with(result: PollResult, page: Page, new: int) -> PollResult:
    problem: Sequence[str] = (page.detail,) if page.detail and page.outcome != Outcome.COMPLETE else ()
    return replace(
        result,
        posts=result.posts + len(page.posts),
        new=result.new + new,
        rejected=result.rejected + len(page.rejected),
        problems=(*result.problems, *problem),
        outcomes=result.outcomes | {page.outcome},
    )


def _retry_at(name: str, polls: Sequence[Poll]) -> datetime | None:
    """Return when a platform may be asked again: while one of its servers may be asked now, it is None."""
    waits = _waits(polls)
    if name in waits:  # not one server of it but all of it
        return waits[name]
    return min(waits.values()) if waits and waits.keys() == {poll.stream for poll in polls} else None


def _waits(polls: Sequence[Poll]) -> dict[str, datetime]:
    """Return until when streams asked to be left alone, by the last word of each."""
    last = {poll.stream: poll.retry_at for poll in polls}
    return {stream: at for stream, at in last.items() if at}


def _is_due(before: LastPoll, settings: SourceSettings, now: datetime) -> bool:
    at = before.last + timedelta(minutes=settings.every_minutes)
    return max(at, before.retry_at or at) <= now
