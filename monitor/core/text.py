"""Pure text: what a post says, and whether it is about a track."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from monitor.core.model import Post, Query
from monitor.core.normal_text import LONGEST_TEXT, WORD, normal, without_accents

# With a letter in it, and the middle dots of Catalan and Japanese; no platform links "#2026".
# https://github.com/mastodon/mastodon/blob/main/app/models/tag.rb, HASHTAG_RE
_TAG = re.compile(rf"#(?<![{WORD}&/]#)(?=[\d_]*[^\W\d_])([{WORD}]+(?:[·・][{WORD}]+)*)")
_JOINERS = "\u200c\u200d"  # of letters in some scripts, and of the parts of an emoji
# "5 < 6" is text: https://html.spec.whatwg.org/multipage/parsing.html#tag-open-state. What is not closed goes
# on to the end, and no tag has "<" in it: else a text of many would be read in quadratic time.
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"<[/!?a-z][^<>]*>", re.IGNORECASE)
_BREAK = re.compile(
    r"<br\s*/?>|(?:</?(?:p|div|h[1-6r]|[ou]l|li|t[dhr]|table|blockquote|fig\w+|section)\b[^<>]*>\s*)+",
    re.IGNORECASE,
)
# What may become a mail's header is this and nothing else; '=?' would begin an encoded word there (RFC 2047).
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX = re.compile(rf"(?!.*=\?)(?=.{{1,64}}@){_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LONGEST = 254  # characters of it: RFC 5321, 4.5.3.1.3, without the brackets
LONGEST_ADDRESS = 2_000  # characters
_WORDS = re.compile(rf"[{WORD}]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def plain(markup: str) -> str:
    """Return HTML as plain text: paragraphs as line breaks, entities decoded, no markup left."""
    from html import unescape  # a large table of names

    markup = _HIDDEN.sub("", markup[: 4 * LONGEST_TEXT])
    return unescape(_MARKUP.sub("", _BREAK.sub("\n", markup))).strip()


def is_address(text: str) -> bool:
    """Return whether this is an http or https address with a host, printable, of 2,000 characters at most."""
    if len(text) > LONGEST_ADDRESS or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def one_line(text: str) -> str:
    """Return a text on one line, with nothing in it that is not seen, such as what turns its direction."""
    seen = (sign if sign.isprintable() or sign in _JOINERS else " " for sign in text)
    return " ".join("".join(seen).split())


def hashtags(text: str) -> frozenset[str]:
    """Return the hashtags in a text, as `normal_tag` has them."""
    return frozenset(_TAG.findall(normal(text)))


def normal_tag(tag: str) -> str:
    """Return a hashtag in small letters, in one spelling and without '#', nor the spaces of a blog's tag."""
    return "".join(normal(tag).lstrip("#").split())


def spelling(tag: str, texts: Iterable[str]) -> str:
    """Return a hashtag as most of these texts write it; empty if none has it."""
    spellings = Counter(one for text in texts for one in _TAG.findall(text) if normal_tag(one) == tag)
    return next((one for one, _ in spellings.most_common(1)), "")


def matches(query: Query, text: str, tags: Iterable[str] = ()) -> bool:
    """Return whether a text with these tags belongs to the track, by all that it asks for."""
    terms = _terms(query)
    if not allows(query, text):
        return False
    if any(without_accents(tag) in terms.tags for tag in tags):
        return True
    words = without_accents(text)
    has_tag = not terms.tags.isdisjoint(_TAG.findall(words))
    return has_tag or bool(terms.phrases and terms.phrases.search(words))


def allows(query: Query, text: str) -> bool:
    """Return whether a text has all words that the track requires, some near others, and none excluded."""
    terms = _terms(query)
    if not (terms.excluded or terms.required or terms.near):
        return True
    words = without_accents(text)
    return (
        not (terms.excluded and terms.excluded.search(words))
        and all(word.search(words) for word in terms.required)
        and (not terms.near or _has_near(words, terms.near))
    )


def near_words(term: str) -> tuple[frozenset[str], int] | None:
    """Return the words of a term as "police cuts~5", and how many others may be between; None: it is none."""
    text, _, most = term.rpartition("~")
    words = frozenset(_WORDS.findall(without_accents(text)))
    return (words, int(most)) if len(words) > 1 and re.fullmatch("[0-9]{1,2}", most) else None


def belongs(query: Query, post: Post) -> bool:
    return matches(query, post.text, post.tags)


def is_mailbox(text: str) -> bool:
    """Return whether a text is an address that mail can be sent to, and nothing more."""
    return len(text) <= _LONGEST and _MAILBOX.fullmatch(text) is not None


def pieces(text: str) -> list[str]:
    """Return what a text says between its web addresses: each copy of a text may have its own."""
    parts = (" ".join(piece.split()) for piece in _ADDRESS.split(text))
    return [piece for piece in parts if any(character.isalnum() for character in piece)]


def fingerprint(text: str | None, spelling: Callable[[str], str] = normal) -> str | None:
    """Return the same for texts that read the same, whatever their spelling, spaces, capitals and addresses.

    None for a text without words: two links alone, or two faces, need not mean the same.
    """
    words = pieces(spelling(text or ""))
    if not words:
        return None
    return hashlib.blake2b("\n".join(words).encode("utf-8", "replace"), digest_size=12).hexdigest()


class _Terms(NamedTuple):
    """What a track asks for, ready to be looked for."""

    tags: frozenset[str]
    phrases: re.Pattern[str] | None
    excluded: re.Pattern[str] | None
    required: list[re.Pattern[str]]
    near: list[tuple[frozenset[str], int]]


@lru_cache(maxsize=64)
def _terms(query: Query) -> _Terms:
    tags = frozenset(without_accents(tag) for tag in query.tags)
    required = [pattern for word in query.required if (pattern := any_of([word]))]
    near = [near for term in query.near if (near := near_words(term))]
    return _Terms(tags, any_of(query.phrases), any_of(query.excluded), required, near)


def _has_near(text: str, terms: Sequence[tuple[frozenset[str], int]]) -> bool:
    """Return whether all words of a term are in a stretch of a text with no more others than it allows."""
    terms = [(words, most) for words, most in terms if all(word in text for word in words)]  # mostly none
    parts = _WORDS.findall(_ADDRESS.sub(" ", text)) if terms else []
    return any(
        word in words and words.issubset(parts[n : n + len(words) + most])
        for words, most in terms
        for n, word in enumerate(parts)
    )


def any_of(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the phrases, not as parts of words, in a text without accents."""
    any_of = "|".join(_phrase(words) for phrase in phrases if (words := without_accents(phrase)))
    return re.compile(f"(?:{any_of})(?![{WORD}])") if any_of else None


def _phrase(words: str) -> str:
    """Return a pattern that begins with its first letter, which is looked for several times as fast."""
    first, rest = re.escape(words[:1]), re.escape(words[1:])
    return rf"{first}(?<![{WORD}]{first}){rest}"


def quoted(words: str) -> str:
    """Return the words as a search takes them to be looked for together."""
    return '"' + words.replace('"', " ").strip() + '"'
