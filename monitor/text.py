"""Pure text: what a post says, and whether it is about a track."""

import html
import re
from collections.abc import Iterable

from monitor.model import Post, Query

_TAG = re.compile(r"(?<![\w&/])#(\w+)")
_MARKUP = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<br\s*/?>|</p>\s*<p[^>]*>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def plain(markup: str) -> str:
    """Return HTML as plain text: paragraphs as line breaks, entities decoded, no markup left."""
    return html.unescape(_MARKUP.sub("", _BREAK.sub("\n", markup))).strip()


def hashtags(text: str) -> frozenset[str]:
    """Return the hashtags in a text, lower case and without '#'."""
    return frozenset(tag.casefold() for tag in _TAG.findall(text))


def matches(query: Query, text: str, tags: Iterable[str] = ()) -> bool:
    """Return whether a text with these tags belongs to the track, excluded words considered."""
    said = _SPACE.sub(" ", text).casefold()
    if any(_word(word, said) for word in query.excluded):
        return False
    have = {tag.casefold() for tag in tags} | hashtags(text)
    wanted = {tag.casefold() for tag in query.tags}
    return bool(have & wanted) or any(_word(phrase, said) for phrase in query.phrases)


def belongs(query: Query, post: Post) -> bool:
    """Return whether a post belongs to the track."""
    return matches(query, post.text, post.tags)


def _word(phrase: str, said: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase.casefold())}(?!\w)", said) is not None
