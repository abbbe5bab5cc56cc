"""How a window's posts sound, each as a number with the range that holds it 19 times in 20. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.model import Tone
from monitor.report.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """A net tone in points, -100 to 100, or its change, with the range that holds it 19 times in 20."""

    value: float
    low: float
    high: float
    doubt: float  # half the range

    @property
    def is_clear(self) -> bool:
        """Return whether 0 lies outside the range."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneShare:
    """A part of posts, in percent, with the range that holds it 19 times in 20."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneShares:
    """Each tone's share of the posts whose tone is clear, less the program's lean in what people `read`.

    `elsewhere` is the part (0 to 1) of the posts from other weeks than those that were read.
    """

    read: int
    elsewhere: float
    shares: Mapping[Tone, ToneShare]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The net tone of a week's posts, from a random sample that a person has read."""

    week: Window
    net: Net
    read: int
    posts: int  # of the week, that the sample was drawn from
    before: Window | None  # the last week before that was checked
    change: Net | None  # since then
