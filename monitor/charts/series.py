"""The numbers of a chart by platform or by tone, each with the style of its colour."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.charts.colours import RANKED
from monitor.core.model import Tone
from monitor.manual_entry import BY_HAND
from monitor.report import Day

OTHER = "Other"
NOT_COLLECTED = "not collected"


@dataclass(frozen=True, slots=True)
class Series:
    """One platform's posts, a number a day; None where it was not collected that day."""

    name: str
    style: str  # the key of its colour, and its CSS class on a page
    counts: tuple[int | None, ...]
    none: str = NOT_COLLECTED  # what a day without a number means

    @property
    def total(self) -> int:
        """Return the posts of all known days."""
        return sum(count or 0 for count in self.counts)


def by_platform(days: Sequence[Day], titles: Mapping[str, str]) -> tuple[Series, ...]:
    """Return the platforms, biggest first; from the fifth on they are joined as 'Other'."""
    totals = Counter[str]()
    for day in days:
        totals.update(day.posts)
    names = sorted(totals, key=lambda name: (-totals[name], name))
    rest = names[len(RANKED) :]
    series = [
        Series(titles.get(name, name), f"s{rank}", tuple(day.posts.get(name) for day in days), _none(name))
        for rank, name in enumerate(names[: len(RANKED)])
    ]
    if rest:
        series.append(Series(OTHER, "sx", tuple(_together(day, rest) for day in days)))
    return tuple(series)


def by_tone(days: Sequence[Day]) -> tuple[Series, ...]:
    """Return the scored posts by tone; None on a day of which nothing was collected."""
    return tuple(
        Series(tone.capitalize(), f"t-{tone}", tuple(d.tones.get(tone, 0) if d.posts else None for d in days))
        for tone in Tone
    )


def _none(name: str) -> str:
    return "none entered" if name == BY_HAND else NOT_COLLECTED


def _together(day: Day, names: Sequence[str]) -> int | None:
    counts = [day.posts[name] for name in names if name in day.posts]
    return sum(counts) if counts else None
