"""What is taken away: posts, charts and briefs as files that people and programs can open."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from monitor.archive import ArchiveReader
from monitor.archive.posts.query import Cursor, Filter
from monitor.archive.values import PostRow
from monitor.core.clock import stamp
from monitor.platform_info import forbidding, link_by_id
from monitor.report import Report

COLUMNS = (
    "id", "platform", "native_id", "url", "handle", "name", "text", "created_at", "day", "kind", "lang",
    "likes", "reposts", "replies", "quotes", "views", "followers",
)  # fmt: skip  # no tone: with the writer beside it, that would be a list of people's opinions

_PAGE = 500  # posts read at a time


def record(row: PostRow) -> Mapping[str, str | int | None]:
    """Return a row by COLUMNS, dates as ISO 8601; None: scrubbed, or the platform did not say.

    A scrubbed post has nothing that leads to it; one whose platform forbids more has its number only.
    """
    values = {
        **asdict(row),
        **asdict(row.metrics),
        "created_at": stamp(row.created_at),
        "day": row.day.isoformat(),
    }
    if row.platform in forbidding("files"):
        values |= {"handle": None, "name": None, "text": None, "url": link_by_id(row.platform, row.native_id)}
    if row.text is None:
        values |= dict.fromkeys(("native_id", "url", "handle", "name"))
    return {name: values[name] for name in COLUMNS}


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
