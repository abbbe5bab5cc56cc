"""A report, and a stored post, for those who are not to know who posted. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from monitor.archive.values import PostRow
from monitor.manual_entry import common_place, place_of
from monitor.report import Breakdown, Report, SharedWords, ShownPost, TermPeople

_Row = TypeVar("_Row", bound=PostRow)
_MENTION = re.compile(r"@[\w.-]+(?:@[\w.-]+)?")
_ADDRESS = re.compile(r"(?i)\b(?:https?://|www\.)\S+")


def nameless(report: Report) -> Report:
    """Return the report without names: handles are gone, and so are addresses, which have names in them."""
    return replace(
        report,
        seen=report.seen and replace(report.seen, huge_handle=None),
        latest=tuple(_post(post) for post in report.latest),
        top=tuple(_post(post) for post in report.top),
        suggestions=replace(
            report.suggestions,
            themes=tuple(map(_shared_words, report.suggestions.themes)),
            questions=tuple(map(_shared_words, report.suggestions.questions)),
        ),
        owed=tuple(replace(one, post=_post(one.post), by="") for one in report.owed),
        links=(),
        breakdown=report.breakdown and replace(report.breakdown, terms=tuple(_terms(report.breakdown))),
        details=report.details and replace(report.details, top_people=()),
    )


def nameless_row(row: _Row) -> _Row:
    """Return a stored post as `nameless` would show it, without its number: that may name its writer."""
    text = None if row.text is None else without_names(row.text)
    native_id = row.native_id if common_place(place_of(row.platform, row.native_id)) else ""
    bare = replace(row, author_id=None, profile=None, parent=None, root=None, pictures=())
    places = tuple(("place", place) for place in row.places)
    bare = replace(bare, origin=None, message=None, notes=(), terms=places)
    return replace(bare, native_id=native_id, handle=None, name=None, url=None, text=text)


def without_names(text: str) -> str:
    """Return a text without the names of accounts and without addresses."""
    return _MENTION.sub("@…", _ADDRESS.sub("[link]", text))


def _terms(breakdown: Breakdown) -> Iterator[TermPeople]:
    for term in breakdown.terms:
        yield replace(term, title="") if term.kind == "link" else term


def _shared_words(words: SharedWords) -> SharedWords:
    return replace(words, quoted=_post(words.quoted))


def _post(post: ShownPost) -> ShownPost:
    text = None if post.text is None else without_names(post.text)
    return replace(post, handle=None, name=None, url="", text=text, seen_in=common_place(post.seen_in))
