"""A report without what only those who work here should see. Pure."""

import re
from dataclasses import replace

from monitor.report import Report, ShownPost, SourceState

_MENTION = re.compile(r"@[\w.-]+(?:@[\w.-]+)?")
_ADDRESS = re.compile(r"(?i)\b(?:https?://|www\.)\S+")


def hide(report: Report, *, handles: bool = False, texts: bool = False) -> Report:
    """Return the report for a reader without an account.

    Without `handles` nobody who posted can be told from it: names are gone, and so are addresses,
    which have names in them. Without `texts` no post is in it.
    """
    posts = {
        field: tuple(_post(post, handles) for post in getattr(report, field)) if texts else ()
        for field in ("latest", "top")
    }
    return replace(
        report,
        latest=posts["latest"],
        top=posts["top"],
        top_people=report.top_people if handles else (),
        links=report.links if handles else (),
        sources=tuple(_source(source) for source in report.sources),
    )


def without_names(text: str) -> str:
    """Return a text without the names of accounts and without addresses."""
    return _MENTION.sub("@…", _ADDRESS.sub("[link]", text))


def _post(post: ShownPost, handles: bool) -> ShownPost:
    if handles:
        return post
    text = None if post.text is None else without_names(post.text)
    return replace(post, handle=None, name=None, url="", text=text)


def _source(source: SourceState) -> SourceState:
    """Return a source without the advice for those who look after it."""
    return replace(source, detail="", needs_person=False)
