"""A report without what only those who work here should see. Pure."""

import re
from dataclasses import replace

from monitor.archive.reading import Row
from monitor.report import Report, ShownPost, SourceState

_MENTION = re.compile(r"@[\w.-]+(?:@[\w.-]+)?")
_ADDRESS = re.compile(r"(?i)\b(?:https?://|www\.)\S+")


def hide(report: Report, *, handles: bool = False, texts: bool = False) -> Report:
    """Return the report for a reader without an account.

    Without `handles` nobody who posted is named in it. Without `texts` no post is in it.
    """
    named = report if handles else nameless(report)
    sources = tuple(_source(source) for source in report.sources)
    return replace(named, sources=sources) if texts else replace(named, latest=(), top=(), sources=sources)


def nameless(report: Report) -> Report:
    """Return the report for a viewer: names are gone, and so are addresses, which have names in them."""
    return replace(
        report,
        latest=tuple(_post(post) for post in report.latest),
        top=tuple(_post(post) for post in report.top),
        top_people=(),
        links=(),
    )


def nameless_row(row: Row) -> Row:
    """Return a stored post for a viewer, as `nameless` would show it."""
    text = None if row.text is None else without_names(row.text)
    return replace(row, native_id="", handle=None, name=None, url=None, text=text)


def without_names(text: str) -> str:
    """Return a text without the names of accounts and without addresses."""
    return _MENTION.sub("@…", _ADDRESS.sub("[link]", text))


def _post(post: ShownPost) -> ShownPost:
    text = None if post.text is None else without_names(post.text)
    return replace(post, handle=None, name=None, url="", text=text)


def _source(source: SourceState) -> SourceState:
    """Return a source without the advice for those who look after it."""
    return replace(source, detail="", needs_person=False)
