"""What broke the series without anybody having written more or less: sources, words, files, definitions."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from operator import attrgetter

from monitor.report import Redefined, SeriesStep, Step, Window
from monitor.report.comparison import Compared
from monitor.report.lookup import Lookup
from monitor.report.window import length, midnight, shifted

_DAY = timedelta(days=1)


def steps(
    lookup: Lookup, window: Window, compared: Compared | None, redefined: Iterable[Redefined]
) -> tuple[SeriesStep, ...]:
    """Return the steps in a window, and in the time that it is compared with, the earliest first.

    A file or a look back may have brought posts of the window later.
    """
    first = shifted(window, length(window)).first
    last = min(window.last, lookup.today)
    breaks = [*_sources(lookup, window), *_words(lookup, window, first), *_definitions(redefined)]
    series = [step for step in breaks if first <= step.day <= last]
    return tuple(sorted([*series, *_origins(lookup, window, compared)], key=attrgetter("day")))


def _definitions(redefined: Iterable[Redefined]) -> Iterator[SeriesStep]:
    for new in redefined:
        yield SeriesStep(day=new.day, step=Step.DEFINITION, subject=new.definition, posts=None)


def _sources(lookup: Lookup, window: Window) -> Iterator[SeriesStep]:
    """Yield the sources that were watched from a later day on than the first, or are not any more."""
    watched = lookup.archive.coverage.watched(lookup.track.name)
    began = min((since for since, _ in watched.values()), default=lookup.now)
    for source, (since, until) in watched.items():
        if lookup.platforms and source not in lookup.platforms:
            continue
        if since >= began + _DAY:
            posts = sum(one.posts for one in lookup.sums if one.platform == source)
            yield _step(lookup, since, Step.SOURCE_ON, source, posts)
        settings = lookup.campaign.sources.get(source)
        if not (settings and settings.on):
            yield _step(lookup, until, Step.SOURCE_OFF, source, None)


def _words(lookup: Lookup, window: Window, first: date) -> Iterator[SeriesStep]:
    """Yield the words that were added or removed since a day, with the posts that only they have found."""
    since = midnight(lookup.campaign.zone, first)
    history = lookup.archive.history.words(lookup.track.name)
    lasting = [word for word in history if word.is_asked(since, lookup.now)]
    for word in history:
        if word.since and word.since >= since:
            posts = lookup.archive.comparable.number_by_words(lookup.scope_of(window), [word], lasting)
            yield _step(lookup, word.since, Step.TAG_ADDED, str(word), posts)
        if word.until and word.until >= since:
            yield _step(lookup, word.until, Step.TAG_REMOVED, str(word), None)


def _origins(lookup: Lookup, window: Window, compared: Compared | None) -> Iterator[SeriesStep]:
    """Yield the files and looks back that brought posts of the window which are not compared, and when."""
    now, scope = compared and compared.now, lookup.scope_of(window)
    of = (scope, now.scope, now.out) if now else (scope, None, ())
    for source, stream, at, posts in lookup.archive.comparable.brought(*of):
        is_file = stream.startswith("import:")
        step = Step.FILE if is_file else Step.LOOK_BACK
        subject = stream.removeprefix("import:") if is_file else source
        yield _step(lookup, at, step, subject, posts)


def _step(lookup: Lookup, at: datetime, step: Step, subject: str, posts: int | None) -> SeriesStep:
    day = at.astimezone(lookup.campaign.zone).date()
    return SeriesStep(day=day, step=step, subject=subject, posts=posts)
