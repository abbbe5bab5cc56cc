"""What a number is made of: what it means, how it is counted and said, and where it is shown. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from monitor.archive.values import AuthorCount, DayCount
from monitor.report import Figure, Report
from monitor.report.wording import NOT_KNOWN, is_telling, known_of, range_of

_ALIKE = 1 / 3  # the most by which what a number is known for may differ in two times that are compared
POSTS, PEOPLE = ("post", "posts"), ("person", "people")  # what a number is known for some of

# What the SQL of a number counts, for any SQLite tool: the posts of a track and of some days.
CHOSEN = """FROM posts p JOIN post_tracks t ON t.post_id = p.id
WHERE t.track = :track AND p.day BETWEEN :first AND :last"""


# Accounts that a bridge made: whom they repeat has posted in these days, too, and is the same person.
BRIDGES = """(SELECT c.author_id FROM posts c JOIN post_tracks ct ON ct.post_id = c.id
  JOIN posts o ON o.message = c.message JOIN post_tracks ot ON ot.post_id = o.id
  WHERE c.copy_of IS NOT NULL AND o.copy_of IS NULL AND ct.track = :track AND ot.track = :track
  AND c.day BETWEEN :first AND :last AND o.day BETWEEN :first AND :last)"""


class Face(StrEnum):
    """Where numbers are shown. What each means is on "How we count" and in the docs in any case."""

    OVERVIEW = "the overview"
    SHARED = "a shared page"
    MAIL = "the weekly mail"
    BRIEF = "the brief"
    SLIDES = "the slides"
    CSV = "the table of numbers"
    WORKBOOK = "the workbook"
    TEXT = "the command line"
    JSON = "JSON"


LISTS = frozenset({Face.CSV, Face.WORKBOOK, Face.TEXT, Face.JSON})  # of all numbers; the others are short


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One number: what it is, how it is counted, and what it cannot say."""

    title: str
    version: int
    what: str
    formula: str
    limits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was looked up of some days: a number is made from it alone."""

    total: DayCount  # the sums of all days and platforms
    crowd: AuthorCount
    copies: int  # posts that say what another one of these says
    is_known: bool  # something of these days was collected, or is stored


class Reading(NamedTuple):
    """A number, and of how many posts or people it is known, of all. None: no platform said."""

    value: int | None
    known: int
    of: int

    def is_like(self, other: "Reading") -> bool:
        """Return whether both are known for about the same part of all, so that one may be compared."""
        parts = [one.known / one.of for one in (self, other) if one.of]
        return not parts or max(parts) - min(parts) <= _ALIKE


@dataclass(frozen=True, slots=True, kw_only=True)
class TileLink:
    """A page of the dashboard; `arguments` are added to those of the chosen days, None: it has neither."""

    page: str
    arguments: Mapping[str, str] | None = field(default_factory=dict)
    role: str = "viewer"  # who may open it


@dataclass(frozen=True, slots=True, kw_only=True)
class TileNote:
    """A sentence under a number, after its first words in bold; `link` is on the whole sentence."""

    text: str
    strong: str = ""
    link: TileLink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """What stands on a page beside a number. `parts`: the numbers of the other posts, by name.

    `bar`: percents by name, '' for what is none of them. A shared page has no links, and its own notes if
    `shared` has them.
    """

    notes: tuple[TileNote, ...]
    shared: tuple[TileNote, ...] | None = None
    link: TileLink | None = None  # on the number
    parts: Mapping[str, int] = field(default_factory=dict)
    bar: tuple[tuple[str, float], ...] = ()
    tag: str = ""  # a warning beside the title
    words: str = ""  # in the number's place, where its own are too long
    unit: str = ""  # after them, smaller


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A number as a document states it. `value` None: not known, or a range, which `words` has."""

    key: str
    title: str
    version: int
    words: str
    value: int | None
    basis: str  # for how many it is known, in words; empty: it counts just these
    finished: int | None  # what of it is compared with the days before
    before: int | None
    usual: str  # the range of usual weeks, in words

    @property
    def note(self) -> str:
        """Return what it is to be compared with, or else rests on."""
        return self.usually or self.basis

    @property
    def usually(self) -> str:
        """Return 'usually 66 to 103', with the number that is compared where it is another; else nothing."""
        if not self.usual:
            return ""
        if self.finished in (None, self.value):
            return f"usually {self.usual}"
        return f"{self.finished:,} counted as in earlier weeks, usually {self.usual}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number: all that the program knows of it.

    One that is counted has `count`; its words, its tile and the figure behind its statement follow from that
    where they are not given. It is shown on each `Face` unless `absent` has the reason why not.
    """

    key: str
    order: int  # among all numbers
    rank: int | None = None  # where few are shown, if that is not `order`
    definition: Definition
    sql: str = ""  # by which any SQLite tool gets it
    remarks: tuple[str, ...] = ()  # sentences that the docs need besides
    unit: tuple[str, str] = POSTS
    count: Callable[[Counts], Reading] | None = None
    figure_of: Callable[[Report], Figure] | None = None
    title_of: Callable[[Report], str] | None = None  # where it is not always what its definition calls it
    words_of: Callable[[Report], str] | None = None
    tile_of: Callable[[Report], Tile] | None = None
    basis_of: Callable[[Report], str] | None = None  # for how many it is known, if that is not all to be said
    absent: Mapping[Face, str] = field(default_factory=dict)
    outcome: str = ""  # its kind, if it counts no posts: only some reports have such

    def is_in(self, report: Report) -> bool:
        """Return whether a report has such a number at all."""
        return not self.outcome or any(one.kind == self.outcome for one in report.outcomes)

    def place(self, face: Face) -> int:
        """Return what a face sorts its numbers by."""
        return self.order if face in LISTS or self.rank is None else self.rank

    def figure(self, report: Report) -> Figure:
        """Return the number with what it rests on."""
        return self.figure_of(report) if self.figure_of else report.figures[self.key]

    def title(self, report: Report) -> str:
        return self.title_of(report) if self.title_of else self.definition.title

    def words(self, report: Report) -> str:
        """Return the number in words: '1,234', '1,200 to 25,000', 'not known'."""
        if self.words_of:
            return self.words_of(report)
        value = self.figure(report).value
        return NOT_KNOWN if value is None else f"{value:,}"

    def tile(self, report: Report) -> Tile:
        """Return what stands beside the number on a page."""
        if self.tile_of:
            return self.tile_of(report)
        rests = f"known for {known_of(self.figure(report), *self.unit)}"
        return Tile(notes=(TileNote(text=f"{self.definition.what.rstrip('.')}; {rests}"),))

    def statement(self, report: Report) -> Statement:
        figure, usual = self.figure(report), self.figure(report).usual
        is_plain = self.outcome and figure.known == figure.of
        basis = "" if is_plain else f"known for {known_of(figure, *self.unit)}"
        return Statement(
            key=self.key, title=self.title(report), version=self.definition.version,
            words=self.words(report), value=figure.value, finished=figure.finished, before=figure.before,
            basis=self.basis_of(report) if self.basis_of else basis,
            usual=range_of(usual) if usual and is_telling(usual) else "",
        )  # fmt: skip
