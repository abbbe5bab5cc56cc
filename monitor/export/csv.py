"""CSV that a spreadsheet opens as it is, and does not run."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TextIO

from monitor.archive.values import PostRow
from monitor.charts.series import platforms_of
from monitor.export import FILE_COLUMNS, file_record
from monitor.platform_info import forbidding
from monitor.report import Report, Term
from monitor.report.figures import definitions, statements
from monitor.report.measure import Face

MARK = "\ufeff"  # a byte order mark: without it, Excel takes the text for another alphabet

# A cell that begins so is a formula to a spreadsheet; the full-width forms are too in some of them.
# https://owasp.org/www-community/attacks/CSV_Injection
# The apostrophe before it, and before one that has some already, is taken off again by `monitor import`.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")

Cell = str | int | float | date | None


def write_csv(rows: Iterable[PostRow], out: TextIO, columns: Sequence[str] = FILE_COLUMNS) -> int:
    """Write a header and a line for each row; return the number of rows.

    None is an empty cell. A text that a spreadsheet would run gets an apostrophe in front.
    The byte order mark that Excel wants is left to whoever opens `out`.
    """
    records = map(file_record, rows)
    return write_table(columns, ([record[name] for name in columns] for record in records), out)


def write_table(head: Sequence[str], rows: Iterable[Sequence[Cell]], out: TextIO) -> int:
    """Write any table in the same way; return the number of rows."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(_cell, head))
    number = 0
    for row in rows:
        writer.writerow(map(_cell, row))
        number += 1
    return number


Table = tuple[Sequence[str], Iterator[Sequence[Cell]]]


def table_of_numbers(report: Report) -> Table:
    head = (
        "number", "value", "in words", "known for", "as compared", "in the days before", "usual week",
        "definition version",
    )  # fmt: skip
    meanings = {key: (one.what, one.formula, one.limits) for key, one in definitions().items()}
    return (*head, "what it is", "how it is counted", "what it cannot say"), (
        (number.title, number.value, number.words, number.basis, number.finished, number.before,
         number.usual, number.version, *meanings[number.key])
        for number in statements(report, Face.CSV)
    )  # fmt: skip


def table_of_days(report: Report) -> Table:
    """Return posts by day and platform; a cell is empty where nothing was collected, or is still to come."""
    names = platforms_of(report.days)
    return ("day", *names, "all", "share of the day not seen"), (
        (
            day.day,
            *(day.posts.get(name) for name in names),
            sum(day.posts.values()) if day.posts else None,
            round(day.unknown, 3) if day.passed else None,
        )
        for day in report.days
    )


def table_of_people(report: Report) -> Table:
    """Return the accounts that posted most; those of a platform that forbids it without who they are."""
    head = "platform", "handle", "name", "followers", "posts", "engagement", "new", "link"
    return head, (
        (person.platform, *_who(person.platform, person.handle, person.name), person.followers, person.posts,
         person.engagement, "yes" if person.is_new else "no",
         None if person.platform in forbidding("files") else person.url)
        for person in report.top_people
    )  # fmt: skip


def table_of_terms(name: str, terms: Iterable[Term]) -> Table:
    """Return hashtags, or the web addresses that posts point to, and in how many posts each is."""
    return (name, "posts"), ((term.term, term.posts) for term in terms)


TABLES = {  # each with its title
    "numbers": ("Numbers", table_of_numbers),
    "by-day": ("By day", table_of_days),
    "people": ("Top ten accounts", table_of_people),
    "hashtags": ("Top ten hashtags", lambda report: table_of_terms("hashtag", report.tags)),
    "links": ("Top ten links", lambda report: table_of_terms("link", report.links)),
}


def _who(platform: str, handle: str | None, name: str | None) -> tuple[str | None, str | None]:
    return (None, None) if platform in forbidding("files") else (handle, name)


def _cell(value: Cell) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    return value
