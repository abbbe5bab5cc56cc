"""One thing that a report has to tell, and the words that all of them share. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from monitor.report import Report, Usual, Window
from monitor.report.wording import FEW, STORY, quantity

STRICT = 0.002  # of ordinary weeks in which one kind of finding may be told: a story is chosen among many
WORDS = 25  # of the first sentence
SO_FAR = 4  # words before it, where a time is not over
# The same where only some eight weeks, and not their days, tell the spread, which may be larger.
STRICTER = STRICT / 50
_TITLE = 50  # characters of what others wrote


class Kind(StrEnum):
    """What a finding is about; of equally surprising ones, the first comes first."""

    PLAIN = "plain"  # the numbers, where nothing can be compared
    USUAL = "usual"
    STEP = "step"  # what changed for a technical reason
    ACCOUNT = "one account"
    POST = "one post"
    NEWS = "one news story"
    DAY = "day"
    PLACE = "place"
    TAG = "hashtag"
    LINK = "link"
    VOICES = "new voices"
    SILENCE = "silence"
    TONE = "tone"
    POSTS = "posts"
    PEOPLE = "people"
    REACTIONS = "reactions"
    VIEWS = "views"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence without its full stop, with the number in it, and what that is compared with.

    `score` is how far the number lies outside what ordinary weeks would give, in halves of that interval: 0
    is inside. `address` is the page of the dashboard that shows its posts.
    """

    kind: Kind
    figure: str  # the key of its measure, or the hashtag, link or place
    value: int | None
    usual: Usual | None
    score: float
    sentence: str
    address: str


def address(window: Window, **arguments: str | int) -> str:
    """Return the page of the posts of some days that these arguments choose."""
    return f"/posts?{urlencode({'since': window.first, 'until': window.last} | arguments)}"


def compared(report: Report) -> Window:
    """Return the days that a report's comparison is about, else all of its days."""
    return report.comparison.now if report.comparison else report.window


def copies(report: Report) -> int:
    """Return on how many more sites than one the biggest news story is; 0 if it is on too few to be told."""
    return report.news.sites - 1 if report.news and report.news.sites >= STORY else 0


def surprise(value: float, middle: float, interval: tuple[float, float]) -> float:
    """Return how far a value lies outside an interval, in halves of it; 0 inside."""
    low, high = interval
    return max(0.0, (value - high) / max(high - middle, 1.0), (low - value) / max(middle - low, 1.0))


def is_made_by(part: float, value: float, middle: float, interval: tuple[float, float]) -> bool:
    """Return whether a part makes most of a rise: without it the value is none."""
    return part >= (value - middle) / 2 and value - part <= interval[1]


def is_small(*numbers: float) -> bool:
    """Return whether one of these is too small for 'more', 'fewer' or percents."""
    return min(numbers) < FEW


def usually(usual: Usual) -> str:
    """Return 'usually 54 to 92', or 'usually none'."""
    return f"usually {range_of(usual)}"


def range_of(usual: Usual) -> str:
    """Return '54 to 92', or 'none'."""
    if not round(usual.high):
        return "none"
    low, high = f"{usual.low:,.0f}", f"{usual.high:,.0f}"
    return low if low == high else f"{low} to {high}"


def by_accounts(people: int | None) -> str:
    """Return ' by 34 accounts'; empty if nobody is known."""
    return f" by {quantity(people, 'account', 'accounts')}" if people else ""


def title(text: str) -> str:
    """Return what somebody else wrote as a few words on one line, with nothing in it that is not seen."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1].rstrip()}…"


def fitted(sentence: str, *clauses: str, room: int = WORDS - SO_FAR) -> str:
    """Return a sentence with its clauses, or without the first of them until it has few enough words."""
    while clauses and len(f"{sentence}{''.join(clauses)}".split()) > room:
        clauses = clauses[1:]
    return f"{sentence}{''.join(clauses)}"
