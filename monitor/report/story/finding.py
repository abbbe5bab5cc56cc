"""One thing that a report has to tell, and the words that all of them share. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from monitor.core.text import one_line
from monitor.report import Report, Usual, Window
from monitor.report.wording import FEW, quantity

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
    OUTCOME = "outcome"
    DAY = "day"
    THEME = "theme"
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
    is inside. `address` is the page of the dashboard that shows its posts, or what else it is about.
    """

    kind: Kind
    figure: str = "posts"  # the key of its measure, or the hashtag, link, place or theme
    value: int | None = None
    usual: Usual | None = None
    score: float = 0.0
    sentence: str
    address: str
    subject: str = ""  # the sentence without a stranger's words, for a mail's subject; empty: it has none
    short: str = ""  # fewer words, to stand in one sentence with another finding's; empty: it stands alone


@dataclass(frozen=True, slots=True)
class Standing:
    """A number, the middle of what it was before, and the interval that ordinary times would give it."""

    value: int
    middle: float
    interval: tuple[float, float]

    @property
    def score(self) -> float:
        """Return how far the number lies outside its interval, in halves of it; 0 inside."""
        low, high = self.interval
        above = (self.value - high) / max(high - self.middle, 1.0)
        return max(0.0, above, (low - self.value) / max(self.middle - low, 1.0))

    def is_made_by(self, part: float) -> bool:
        """Return whether a part makes most of a rise, or one below 0 of a fall: without it there is none."""
        low, high = self.interval
        rest, way = self.value - part, self.value - self.middle
        return part * way >= way**2 / 2 and (rest <= high if way > 0 else rest >= low)


def address(window: Window, **arguments: str | int) -> str:
    """Return the page of the posts of some days that these arguments choose."""
    return f"/posts?{urlencode({'since': window.first, 'until': window.last} | arguments)}"


def compared(report: Report) -> Window:
    """Return the days that a report's comparison is about, else all of its days."""
    return report.comparison.now if report.comparison else report.window


def copies(report: Report) -> int:
    """Return on how many more sites than one the biggest news story is; 0 if there is none."""
    return report.news.sites - 1 if report.news else 0


def is_small(*numbers: float) -> bool:
    """Return whether one of these is too small for 'more', 'fewer' or percents."""
    return min(numbers) < FEW


def by_people(people: int | None) -> str:
    """Return ' by 34 people'; empty if nobody is known."""
    return f" by {quantity(people, 'person', 'people')}" if people else ""


def title(text: str) -> str:
    """Return what somebody else wrote as a few words on one line, with nothing in it that is not seen."""
    line = one_line(text)
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1].rstrip()}…"


def fitted(sentence: str, *clauses: str, room: int = WORDS - SO_FAR) -> str:
    """Return a sentence with its clauses, or without the first of them until it has few enough words."""
    while clauses and len(f"{sentence}{''.join(clauses)}".split()) > room:
        clauses = clauses[1:]
    return f"{sentence}{''.join(clauses)}"
