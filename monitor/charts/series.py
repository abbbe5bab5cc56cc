"""What a chart has bars for: posts together, by platform or by tone, or who is likely to have seen them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.core.model import Tone
from monitor.manual_entry import BY_HAND
from monitor.platform_info import colours
from monitor.report import Day, Report, Seen, ToneShare
from monitor.report.wording import listed, title_of

MOST = 4  # platforms; more make no picture
OTHER = "Other"
NOT_COLLECTED = "not collected"
NOT_TOLD = "Not scored, or not shown"
_BY_HAND = "brown"


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one a column; None where it was not collected. Without a style it is not drawn."""

    name: str
    style: str  # the key of its colour, and its CSS class on a page
    counts: tuple[int | None, ...]
    none: str = NOT_COLLECTED  # what a day without a number means

    @property
    def total(self) -> int:
        return sum(count or 0 for count in self.counts)


def together(columns: Sequence[Day], report: Report, *, compared: bool) -> tuple[Series, ...]:
    """Return all posts; if they are to be `compared`, without those that the usual range does not count."""
    posts, basis = [day.total for day in columns], report.comparison
    if not compared or not basis:
        return (Series("Posts", "posts", tuple(posts)),)
    pairs = zip(posts, [*basis.days, *posts[len(basis.days) :]], strict=True)
    both = [None if every is None else (every, min(every, alike or 0)) for every, alike in pairs]
    sources = sorted({title_of(part.source) for part in basis.left_out if part.posts})
    rest = Series(
        ": ".join(filter(None, ("Not compared with other weeks", listed(sources, 2)))), "rest",
        tuple(pair and pair[0] - pair[1] for pair in both),
    )  # fmt: skip
    return (
        Series("Posts", "posts", tuple(pair and pair[1] for pair in both)),
        *([rest] if rest.total else []),
    )


def by_platform(columns: Sequence[Day]) -> tuple[Series, ...]:
    """Return the platforms, biggest first; from the fifth on they are joined as 'Other'."""
    platforms = platforms_of(columns)
    rest = platforms[MOST:]
    series = []
    for name in platforms[:MOST]:
        counts = tuple(day.posts.get(name) for day in columns)
        none = "none entered" if name == BY_HAND else NOT_COLLECTED
        series.append(Series(title_of(name), style_of(name), counts, none))
    if rest:
        series.append(Series(OTHER, "c-grey", tuple(_joined(day, rest) for day in columns)))
    return tuple(series)


def platforms_of(days: Sequence[Day]) -> list[str]:
    """Return the platforms that posts of these days are from, or that were collected, the biggest first."""
    totals = Counter[str]()
    for day in days:
        totals.update(day.posts)
    return sorted(totals, key=lambda name: (-totals[name], name))


def by_tone(columns: Sequence[Day], tones: Sequence[Mapping[Tone, int]]) -> tuple[Series, ...]:
    """Return the posts by tone, given those of each column that may be told; None: nothing was collected."""
    series = [
        Series(
            tone.capitalize(), f"t-{tone}",
            tuple(posts.get(tone) if day.posts else None for day, posts in zip(columns, tones, strict=True)),
            "not shown",
        )
        for tone in Tone
    ]  # fmt: skip
    rest = [
        None if day.total is None else day.total - sum(posts.values())
        for day, posts in zip(columns, tones, strict=True)
    ]
    return (*series, *([Series(NOT_TOLD, "c-grey", tuple(rest))] if any(rest) else []))


def by_range(name: str, ranges: Sequence[Seen | ToneShare | None]) -> tuple[Series, ...]:
    """Return bars from the least to the most that a number may be."""
    ends = [(round(one.low), round(one.high)) if one else None for one in ranges]
    return (
        Series("At least", "", tuple(one and one[0] for one in ends), "not known"),
        Series(name, "posts", tuple(one and one[1] - one[0] for one in ends), "not known"),
    )


def style_of(platform: str) -> str:
    """Return the style of a platform: its own colour, the same in every view."""
    return f"c-{_BY_HAND if platform == BY_HAND else colours().get(platform, 'grey')}"


def _joined(day: Day, names: Sequence[str]) -> int | None:
    counts = [day.posts[name] for name in names if name in day.posts]
    return sum(counts) if counts else None
