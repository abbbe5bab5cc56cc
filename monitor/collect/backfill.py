"""Looking back: an older time, or all that somebody wrote, is read from a platform, from where it stopped."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from monitor.campaign import Track
from monitor.collect import Collector
from monitor.core.clock import stamp
from monitor.core.errors import ConfigError, SourceError
from monitor.core.model import Outcome, Page
from monitor.platform_info import about
from monitor.sources import source
from monitor.sources.contract import BACK, Estimate, LooksBack, ReadsHistories

log = logging.getLogger(__name__)

_DONE = "done"  # the mark of one that is finished

_KNOWN = (Outcome.COMPLETE, Outcome.CAPPED, Outcome.CLOSED)  # to ask again would bring the same

_N = TypeVar("_N", int, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """One platform's posts of an older time, for every track of the campaign."""

    collector: Collector
    name: str
    since: datetime
    until: datetime
    stop: Callable[[], bool] = lambda: False

    def check(self) -> None:
        """Raise ConfigError if the platform is none of the campaign's, or cannot look back."""
        sources = self.collector.campaign.sources
        if self.name not in sources:
            raise ConfigError(
                f"There is no source {self.name!r} in the campaign file. It has: {', '.join(sources)}."
            )
        if not issubclass(source(self.name), LooksBack):
            able = ", ".join(sorted(name for name in sources if issubclass(source(name), LooksBack)))
            raise ConfigError(
                f"{about(self.name).title} cannot supply older posts. Those of your sources that can:"
                f" {able or 'none'}."
            )

    @property
    def is_done(self) -> bool:
        """Return whether every track was read to the end."""
        return not self._tracks()

    def estimate(self) -> Estimate:
        """Return what all tracks would bring and cost; raises SourceError."""
        times = self.since, self.until
        estimates = [self._platform().estimate(track.query, *times) for track in self._tracks()]
        return Estimate(
            posts=_sum([estimate.posts for estimate in estimates]),
            requests=_sum([estimate.requests for estimate in estimates]),
            dollars=_sum([estimate.dollars for estimate in estimates]),
        )

    def run(self) -> Iterator[tuple[Page, int]]:
        """Read and store page by page; yield each with the number of its posts that are new.

        What is stored already is not read again. Raises SourceError.
        """
        for track in self._tracks():
            failed, last = False, None
            while not self.stop():
                before = self._mark(track)
                for last, new in self._part(track):
                    failed = failed or last.outcome not in _KNOWN
                    yield last, new
                if self.stop():
                    return
                if last is None or last.outcome is not Outcome.CAPPED:
                    mark = "" if failed else _DONE  # what failed is asked for again
                    self._save(Page(stream=self._stream, cursor=mark), track)
                    break
                if self._mark(track) == before:  # it cannot go on now, and its last page says why
                    break

    def _part(self, track: Track) -> Iterator[tuple[Page, int]]:
        """Read as much as one poll may."""
        pages = self._platform().back(track.query, self.since, self.until, self._mark(track) or None)
        for page in pages:
            yield self._save(page, track)
            if self.stop():
                return

    def _tracks(self) -> list[Track]:
        return [track for track in self.collector.campaign.tracks if self._mark(track) != _DONE]

    def _platform(self) -> LooksBack:
        platform = self.collector.open_source(self.name, self.collector.clock())
        assert isinstance(platform, LooksBack)
        return platform

    @property
    def _stream(self) -> str:
        return f"{BACK}{self.name}:{stamp(self.since)}/{stamp(self.until)}"

    def _mark(self, track: Track) -> str:
        return self.collector.archive.coverage.cursors(track.name).get(self._stream, "")

    def _save(self, page: Page, track: Track) -> tuple[Page, int]:
        # Under a stream of its own: the platform's regular polls go on from their own cursors.
        page = replace(page, stream=self._stream)
        return self.collector.save(page, self.name, track, self.collector.clock())


def read_histories(collector: Collector, name: str) -> None:
    """Read on in the past of who wrote for a track; nothing where a platform does not show it."""
    now = collector.clock()
    try:
        platform = collector.open_source(name, now)
        if not isinstance(platform, ReadsHistories):
            return
        for track in collector.campaign.tracks:
            writers = collector.archive.people.writers(name, track.name)
            cursors = collector.archive.coverage.cursors(track.name)
            for page in platform.histories(track.query, writers, cursors):
                collector.save(page, name, track, now)
                if collector.stop():
                    return
    except (SourceError, ConfigError) as error:  # the poll has said so already, or will
        log.info("%s: no history was read: %s", name, error)


def _sum(values: Sequence[_N | None]) -> _N | None:
    numbers = [value for value in values if value is not None]
    return sum(numbers) if len(numbers) == len(values) else None
