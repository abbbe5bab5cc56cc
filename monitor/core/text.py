"""Pure text: what a post says, and whether it is about a track."""

import hashlib
import html
import re
from collections.abc import Iterable
from functools import lru_cache

from monitor.core.model import Post, Query

LONGEST_TEXT = 100_000  # characters that are read, and kept; posts have fewer
_TAG = re.compile(r"(?<![\w&/])#(\w+)")
_MARKUP = re.compile(r"<[^<>]*>")  # with "<" inside, a text of many is read in quadratic time
_BREAK = re.compile(r"<br\s*/?>|</p>\s*<p[^<>]*>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
# What may become a mail's header is this and nothing else; '=?' would begin an encoded word there (RFC 2047).
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX = re.compile(rf"(?!.*=\?)(?=.{{1,64}}@){_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LONGEST = 254  # characters of it: RFC 5321, 4.5.3.1.3, without the brackets
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def plain(markup: str) -> str:
    """Return HTML as plain text: paragraphs as line breaks, entities decoded, no markup left."""
    return html.unescape(_MARKUP.sub("", _BREAK.sub("\n", markup[: 4 * LONGEST_TEXT]))).strip()


def hashtags(text: str) -> frozenset[str]:
    """Return the hashtags in a text, lower case and without '#'."""
    return frozenset(tag.casefold() for tag in _TAG.findall(text[:LONGEST_TEXT]))


def matches(query: Query, text: str, tags: Iterable[str] = ()) -> bool:
    """Return whether a text with these tags belongs to the track, excluded words considered."""
    track_tags, phrases, excluded = _terms(query)
    if excluded and excluded.search(_flat(text)):
        return False
    if any(tag.casefold() in track_tags for tag in tags) or not track_tags.isdisjoint(hashtags(text)):
        return True
    return phrases is not None and phrases.search(_flat(text)) is not None


def belongs(query: Query, post: Post) -> bool:
    """Return whether a post belongs to the track."""
    return matches(query, post.text, post.tags)


def is_mailbox(text: str) -> bool:
    """Return whether a text is an address that mail can be sent to, and nothing more."""
    return len(text) <= _LONGEST and _MAILBOX.fullmatch(text) is not None


def pieces(text: str) -> list[str]:
    """Return what a text says between its web addresses: each copy of a text may have its own."""
    parts = (_SPACE.sub(" ", piece).strip() for piece in _ADDRESS.split(text))
    return [piece for piece in parts if any(character.isalnum() for character in piece)]


def fingerprint(text: str | None) -> str | None:
    """Return the same for texts of the same words, whatever their spaces, capitals and addresses.

    None for a text without words: two links alone, or two faces, need not mean the same.
    """
    words = [piece.casefold() for piece in pieces(text or "")]
    if not words:
        return None
    return hashlib.blake2b("\n".join(words).encode("utf-8", "replace"), digest_size=12).hexdigest()


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text[:LONGEST_TEXT]).casefold()


@lru_cache(maxsize=64)
def _terms(query: Query) -> tuple[frozenset[str], re.Pattern[str] | None, re.Pattern[str] | None]:
    """Return a track's tags, phrases and excluded words, ready to be looked for."""
    return frozenset(tag.casefold() for tag in query.tags), _words(query.phrases), _words(query.excluded)


def _words(phrases: Iterable[str]) -> re.Pattern[str] | None:
    any_of = "|".join(re.escape(phrase.casefold()) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{any_of})(?!\w)") if any_of else None


def quoted(words: str) -> str:
    """Return the words as a search takes them to be looked for together."""
    return '"' + words.replace('"', " ").strip() + '"'
