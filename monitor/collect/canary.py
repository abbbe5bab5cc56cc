"""A source's weekly self-test: a quiet week and a search that is broken look the same without it."""

import logging
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.archive import ArchiveReader
from monitor.collect import Collector
from monitor.core.errors import ConfigError, SourceError
from monitor.core.model import Outcome, Query
from monitor.platform_info import about
from monitor.sources.contract import Spends

log = logging.getLogger(__name__)

_EVERY, _SOONER = timedelta(days=7), timedelta(days=1)  # after an answer that told nothing, and after silence


class CanaryResult(StrEnum):
    """What came of asking for a word that people use all the time."""

    POSTS = "posts"
    NOTHING = "nothing"
    UNSURE = "unsure"  # the platform was not reached, or did not show all


def self_test(collector: Collector, name: str) -> None:
    """Ask a source for a common word, if it is time to; its posts are not kept.

    A source that costs money is left out, and one whose page names no such word.
    """
    word, now = about(name).common, collector.clock()
    if word and _is_due(collector.archive.coverage.last_canary(name), now):
        result = _result(collector, name, word, now)
        log.info("%s: the weekly test for %r brought %s", name, word, result)
        if result:
            collector.archive.coverage.save_canary(name, result, now)


def _is_due(last: tuple[datetime, str] | None, now: datetime) -> bool:
    if last is None or last[0] > now:  # then the clock was set back
        return True
    return now - last[0] >= (_EVERY if last[1] == CanaryResult.POSTS else _SOONER)


def _result(collector: Collector, name: str, word: str, now: datetime) -> CanaryResult | None:
    """Return what the first pages with a post, or all pages, say; None if it cannot be asked."""
    whole = True
    try:
        platform = collector.open_source(name, now)
        if isinstance(platform, Spends):
            return None
        for page in platform.search(Query(track="test", tags=(word,), phrases=(word,)), {}):
            if page.posts:
                return CanaryResult.POSTS
            whole = whole and page.outcome is Outcome.COMPLETE
            if collector.stop():
                return None
    except (SourceError, ConfigError):
        return CanaryResult.UNSURE
    return CanaryResult.NOTHING if whole else CanaryResult.UNSURE


def in_words(archive: ArchiveReader, name: str) -> str:
    """Return what a person should know of a source's last test; "" if nothing."""
    last = archive.coverage.last_canary(name)
    if last is None or last[1] != CanaryResult.NOTHING:
        return ""
    return (
        f"A test search for “{about(name).common}”, a word that is nearly always found, returned nothing. The"
        " search may be broken, so a quiet day may not really be quiet. It will be tested again within a day."
    )
