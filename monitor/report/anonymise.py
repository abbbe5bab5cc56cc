"""A report, and a stored post, for those who are not to know who posted. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from monitor.archive.values import PostRow
from monitor.core.normal_text import WORD
from monitor.manual_entry import common_place, place_of
from monitor.report import Breakdown, Report, SharedWords, ShownPost, TermPeople, WeekSuggestions
from monitor.report.lazy import changed

_Row = TypeVar("_Row", bound=PostRow)
_UNSEEN = "\u00ad\u200b-\u200f\u2060\ufeff"  # letters that nobody sees, within a name or before it
_END = rf"[{WORD}.\\{_UNSEEN}-]+"
# Also of mail, `u/name`, and however the "@" is written.
_MENTION = re.compile(
    rf"(?:(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]+)?(?:[@＠]|&#64;|&commat;){_END}(?:@{_END})?|(?<![\w/])/?u/{_END}"
)
# Without its beginning, too, if it goes on after the host or has three parts, as "name.blogs.example" has.
_ADDRESS = re.compile(
    r"\b(?:(?:https?|at)://|www\.|did:)\S+"
    r"|(?<![\w.@-])(?:(?:[\w-]+\.)+[\w-]{2,}/\S*|(?:[\w-]+\.){2,}(?=[\d_-]*[^\W\d_])[\w-]{2,})",
    re.IGNORECASE,
)


def nameless(report: Report) -> Report:
    """Return the report without names: handles are gone, and so are addresses, which have names in them."""
    return changed(report, _NAMELESS)


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


def _post(post: ShownPost) -> ShownPost:
    text = None if post.text is None else without_names(post.text)
    return replace(post, handle=None, name=None, url="", text=text, seen_in=common_place(post.seen_in))


def _posts(posts: tuple[ShownPost, ...]) -> tuple[ShownPost, ...]:
    return tuple(map(_post, posts))


def _suggestions(week: WeekSuggestions) -> WeekSuggestions:
    def quoting(words: Iterable[SharedWords]) -> tuple[SharedWords, ...]:
        return tuple(replace(each, quoted=_post(each.quoted)) for each in words)

    return replace(week, themes=quoting(week.themes), questions=quoting(week.questions))


_NAMELESS: Mapping[str, Callable[[Any], Any]] = {
    "seen": lambda seen: seen and replace(seen, huge_handle=None),
    "latest": _posts,
    "top": _posts,
    "suggestions": _suggestions,
    "owed": lambda owed: tuple(replace(one, post=_post(one.post), by="") for one in owed),
    "links": lambda links: (),
    "breakdown": lambda breakdown: breakdown and replace(breakdown, terms=tuple(_terms(breakdown))),
    "top_people": lambda people: (),
}
