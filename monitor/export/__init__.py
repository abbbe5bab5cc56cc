"""What is taken away: posts, charts and briefs as files that people and programs can open."""

import json
from collections.abc import Iterator, Mapping

from monitor.archive import ArchiveReader
from monitor.archive.query.criteria import Cursor, Filter
from monitor.archive.values import IMPORT, PostRow
from monitor.core.clock import stamp
from monitor.core.model import BETWEEN_NOTES
from monitor.platform_info import forbidding, link_by_id
from monitor.report import Report

COLUMNS = (
    "id", "platform", "native_id", "url", "handle", "name", "text", "created_at", "day", "kind", "lang",
    "likes", "reposts", "replies", "quotes", "views", "followers",
)  # fmt: skip  # no tone: with the writer beside it, that would be a list of people's opinions

_METRICS, _PLAIN = COLUMNS[11:16], ("author_id", "profile", "parent", "root")
_OF_POST = (*COLUMNS[:11], *COLUMNS[16:])
_TERMS = {"tags": "tag", "links": "link", "media": "media"}
_LED_BACK = (*_PLAIN, *_TERMS, "pictures")  # to who wrote a post, or to what it is about
# Files can be taken in again by another archive, which gives posts other ids, and lose nothing by it.
FILE_COLUMNS = (*COLUMNS[1:], *_LED_BACK, "read_at", "places", "message", "mark", "notes")
TABLE_COLUMNS = (*FILE_COLUMNS, "came_from")  # for people; of another archive it would not be so
_PAGE = 500  # posts read at a time


def record(row: PostRow) -> Mapping[str, str | int | None]:
    """Return a row by COLUMNS, dates as ISO 8601; None: scrubbed, or the platform did not say.

    A scrubbed post has nothing that leads to it; one whose platform forbids more has its number only.
    """
    values = {
        **{name: getattr(row, name) for name in _OF_POST},
        **{name: getattr(row.metrics, name) for name in _METRICS},
        "created_at": stamp(row.created_at),
        "day": row.day.isoformat(),
    }
    if row.platform in forbidding("files"):
        values |= {"handle": None, "name": None, "text": None, "url": link_by_id(row.platform, row.native_id)}
    if row.text is None:
        values |= dict.fromkeys(("native_id", "url", "handle", "name"))
    return {name: values[name] for name in COLUMNS}


def file_record(row: PostRow) -> Mapping[str, str | int | None]:
    """Return a row by TABLE_COLUMNS: terms with a space between them, and pictures as JSON."""
    values = {
        **record(row),
        **{name: getattr(row, name) for name in (*_PLAIN, "message", "mark")},
        **{name: " ".join(row.terms_of(of)) for name, of in _TERMS.items()},
        "pictures": json.dumps([[p.alt, p.address] for p in row.pictures]) if row.pictures else None,
        "read_at": stamp(row.read_at) if row.read_at else None,
        "places": " ".join(row.places),
        "notes": BETWEEN_NOTES.join(row.notes),
        "came_from": _came_from(row),
    }
    if row.text is None or row.platform in forbidding("files"):
        values |= dict.fromkeys((*_LED_BACK, "places", "message", "notes"))  # which may quote it
    return {name: None if values[name] == "" and name != "text" else values[name] for name in TABLE_COLUMNS}


def _came_from(row: PostRow) -> str | None:
    """Return the source that brought a post, or the file; None for one from before that was kept."""
    source, stream = row.origin or (None, "")
    return f"file {stream.removeprefix(f'{IMPORT}:')}" if source == IMPORT else source


def posts_of(archive: ArchiveReader, report: Report) -> Iterator[PostRow]:
    """Yield the posts that a report counts, newest first."""
    window = report.window
    scope = archive.stats.scope(report.track, window.first, window.last, frozenset(report.platforms))
    after: Cursor | None = None
    while True:
        page = archive.post_query.page(Filter(scope=scope), after=after, most=_PAGE)
        yield from archive.posts.by_ids(page.ids)
        after = page.next
        if after is None:
            return
