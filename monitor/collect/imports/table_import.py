"""Tables that a person brings: what is unclear about one is asked, and the rest read."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.core.errors import MonitorError, NotPublicError
from monitor.core.files.contents import FileQuestion, Item
from monitor.core.files.csv_reader import CsvRow, table
from monitor.core.files.opening import Buffered, opened
from monitor.core.files.written_values import DAY_FIRST, MONTH_FIRST, UNCLEAR, written_time
from monitor.core.model import WRONG, Rejected
from monitor.platform_info import titles
from monitor.sources.exports import UNDERSTOOD
from monitor.sources.exports.tables import KnownNames, Row, TableLayout, layout, platform_of, post_of

_ROWS = 1_000  # that are looked at; more only while nothing tells the day from the month
_MOST_COLUMNS = 200  # that are shown to choose from


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSurvey:
    """What a table is taken for, after a look through it."""

    layout: TableLayout
    question: FileQuestion | None  # the first that is open
    is_rounded: bool  # the long numbers in it, which are ids, have lost their last digits

    @property
    def kind(self) -> str:
        """Return what the table is, in words."""
        return "a table of posts" + f", as {self.layout.title} writes it" * bool(self.layout.title)

    @property
    def header(self) -> str:
        """Return a fingerprint of the columns, by which answers are remembered."""
        return sha256("\n".join(self.layout.columns).casefold().encode()).hexdigest()[:16]


def survey(path: Path, answers: Mapping[str, str], zone: ZoneInfo) -> TableSurvey:
    """Return what a table is taken for, and what is to be asked; `zone` is the campaign's.

    Raises MonitorError for a table that has no posts, and for an answer that will not do.
    """
    with opened(path) as file:
        rows, plan = _begin(path, file, answers)
        return _survey(rows, plan, zone)


def read_table(path: Path, file: Buffered, answers: Mapping[str, str], zone: ZoneInfo) -> Iterator[Item]:
    """Yield the posts of a table, a row at a time, and for each row that is none why.

    Raises MonitorError for a table that has no posts, and with the question if one is open.
    """
    look = survey(path, answers, zone)
    if look.question:
        options = [f"{look.question.key}={option}" for option, _ in look.question.options]
        choice = textwrap.shorten(", ".join(options), 200, placeholder=" …")
        raise MonitorError(f"{path.name}: {look.question.words} Answer with one of: {choice}.")
    for row in _begin(path, file, answers)[0]:
        yield _read(row.line, row.cells, row.broken, look)


def _read(line: int, cells: Sequence[str], broken: str, look: TableSurvey) -> Item:
    try:
        if broken:
            raise ValueError(broken)
        return post_of(look.layout, look.layout.row(cells), is_rounded=look.is_rounded)
    except NotPublicError as error:
        return Rejected(reason=f"line {line}: {error}", raw="")
    except WRONG as error:
        return Rejected.of(f"line {line}: {error}", dict(zip(look.layout.columns, cells, strict=False)))


def _begin(path: Path, file: Buffered, answers: Mapping[str, str]) -> tuple[Iterator[CsvRow], TableLayout]:
    rows = table(file, KnownNames())
    try:
        plan = layout(rows.columns, answers)
    except (KeyError, ValueError, OSError) as error:
        raise MonitorError(
            f"There is no time zone called {answers.get('zone')!r}: write Europe/London."
        ) from error
    if plan.fault:
        raise MonitorError(f"{path.name} is a table of {plan.fault}, not of posts. {UNDERSTOOD}")
    if len(rows.columns) < 2:
        raise MonitorError(f"{path.name} is not a table of posts: it has only one column. {UNDERSTOOD}")
    return rows.rows, plan


@dataclass(slots=True)
class _Facts:
    """What the rows of a table have in common, gathered one by one."""

    orders: set[str] = field(default_factory=set)  # of the two numbers that dates begin with
    unclear: str = ""  # the first date of which nothing tells the day from the month
    is_zoneless: bool = False  # there is a time that names no zone
    is_homeless: bool = False  # there is a row of which nothing says where it was written
    rounded: list[bool] = field(default_factory=list)  # of each long number that is an id

    @property
    def clear(self) -> set[str]:
        return self.orders & {DAY_FIRST, MONTH_FIRST}

    def add(self, plan: TableLayout, row: Row) -> None:
        if (rounded := row.is_rounded) is not None and len(self.rounded) < _ROWS:
            self.rounded.append(rounded)
        try:
            at = plan.time(row)
            self.is_homeless = self.is_homeless or not platform_of(plan, row)
        except ValueError:
            return
        self.is_zoneless = self.is_zoneless or at.zone is None
        self.orders.add(at.order)
        if at.order == UNCLEAR:
            self.unclear = self.unclear or row["created_at"]


def _survey(rows: Iterator[CsvRow], plan: TableLayout, zone: ZoneInfo) -> TableSurvey:
    facts = _Facts()
    for number, row in enumerate(rows):
        if number >= _ROWS and (facts.clear or not facts.unclear):
            break
        facts.add(plan, plan.row(row.cells))
    if not plan.order and len(facts.clear) == 1:
        plan = replace(plan, order=facts.clear.pop())
    return TableSurvey(
        layout=plan,
        question=next(_questions(plan, facts, zone), None),
        is_rounded=2 * sum(facts.rounded) > len(facts.rounded),
    )


def _questions(plan: TableLayout, facts: _Facts, zone: ZoneInfo) -> Iterator[FileQuestion]:
    columns = tuple((name, name) for name in plan.columns[:_MOST_COLUMNS] if 0 < len(name) < 100)
    if not plan.places.keys() & {"text", "title"}:
        yield FileQuestion(key="text", words="Which column holds the text of a post?", options=columns)
    if "created_at" not in plan.places:
        yield FileQuestion(key="created_at", words="Which column holds the date of a post?", options=columns)
    if facts.is_homeless:
        words, options = "Where were these posts written?", tuple(titles().items())
        yield FileQuestion(key="platform", words=words, options=options)
    if facts.unclear and not plan.order:
        readings = tuple(
            (order, f"{written_time(facts.unclear, order)._replace(zone=UTC).instant(UTC):%-d %B %Y}")
            for order in (DAY_FIRST, MONTH_FIRST)
        )
        words = f"Is {facts.unclear} {readings[0][1]} or {readings[1][1]}?"
        yield FileQuestion(key="dates", words=words, options=readings)
    if facts.is_zoneless and plan.zone is None:
        zones = {zone.key: f"{zone}, the campaign's own", "UTC": "UTC, as most programs write it"}
        words = "Which time zone are its times in? The file does not say."
        yield FileQuestion(key="zone", words=words, options=tuple(zones.items()))
