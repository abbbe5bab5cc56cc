"""Whether a text names somebody whose names are known, or of whom only hashes are: nothing else decides it.

Names are `PLATFORM ID`, `PLATFORM @HANDLE`, `@HANDLE` where that is one person's on any platform, `#TAG`, and
`/` with the beginning of an address, without its scheme.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from itertools import chain
from typing import Protocol
from urllib.parse import unquote

from monitor.archive.posts import rejected
from monitor.core.normal_text import WORD, normal
from monitor.platform_info import original

MASK = "[name removed]"  # stands in others' texts for what names a person
_FREE = r"(?<![A-Za-z0-9_@])(?<![^\s/]/)"  # before a mention: not where an address goes on
_MENTION = re.compile(rf"{_FREE}(@|#|/?[uU]/)((?:[{WORD}.'\"-]*[{WORD}]-*)(?:@[{WORD}.-]*[{WORD}])?)")
_ADDRESS = r"(?<![\w.-])(?:(?:acct:)?[\w.-]+@[\w.-]*\w|(?:\w+://)?(?:[\w-]+[.:])+[\w-]+(?:/\S*)?)"
_NAMING = re.compile(f"{_ADDRESS}|{_MENTION.pattern}")
# Where another address begins within one, and where one of any server says whose it is.
_WITHIN = re.compile(r"[?&=#;,]|(?=https?://|did:)"), re.compile(r"/@|/(?:u|profile|channel)/|acct:")
_SEARCHED = re.compile(rf"\b(?:from|to|author|mentions|user):@?([{WORD}.-]*[{WORD}])")  # in an address
_AFTER = re.compile(r"['\"]|\.(?:csv|json|txt|xlsx|zip)$")  # a name
_LONGEST = 300  # letters of an address in which a name is looked for
_END = rf"(?<=[{WORD}-])(?![{WORD}-]|\.(?!(?:atom|json|rss)\b)\w)"  # of a name in an address
CODES = re.compile(r"[%&\\]")
_SPELLINGS = re.compile(rf"{CODES.pattern}|[^\x00-\x7f\s]")  # of what may read otherwise than it is written


class Names(Protocol):
    """Names, or hashes of them."""

    def __contains__(self, name: str, /) -> bool: ...


def mask(text: str, platform: str, names: Names, words: tuple[str, ...] = ("",)) -> str:
    """Return a text, of a platform, without mentions and addresses of whom these are names, however spelt.

    Each name has one of these words, as far as they are known: where none is, no name is looked for.
    """

    def masked(match: re.Match[str]) -> str:
        is_theirs = any(map(names.__contains__, _names(match[0], platform)))
        return (match[1] or "") + MASK if is_theirs else match[0]

    def whole(match: re.Match[str]) -> str:
        read = as_read(match[0])
        return match[0] if _NAMING.sub(masked, read) == read else MASK

    def part(match: re.Match[str]) -> str:
        left = match[0]
        is_spelt = _SPELLINGS.search(left) is not None
        if is_spelt and all(words) and not any(word in as_read(left) for word in words):
            return left
        left = _NAMING.sub(masked, left)
        return _may_name(()).sub(whole, left) if is_spelt else left

    return _may_name(words).sub(part, text)


@lru_cache(maxsize=64)
def _may_name(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the parts of a text, between spaces, that may be a name with one of these words.

    Without a sign of a mention or an address, or one of what may be read as such, none is.
    """
    spelt = rf"(?=\S*(?:{_SPELLINGS.pattern}))"
    plain = rf"(?=\S*(?:{'|'.join(map(re.escape, words))}))(?=\S*(?:[@#/]|[.:][\w-]))"
    some = f"(?:{plain}|{spelt})" if words else spelt
    return re.compile(rf"(?<!\S){some}\S+" if all(words) else r"(?s).+", re.IGNORECASE)


def is_in_item(raw: str, platform: str, names: Names) -> bool:
    """Return whether an item that could not be read is by whom these are names, or names them in a text."""
    ids = (normal(f"{platform} {sign}{name}") for name in rejected.names_in(raw) for sign in ("@", ""))
    return any(map(names.__contains__, ids)) or any(
        mask(text, platform, names) != text for text in rejected.texts_in(raw)
    )


def is_beginning(address: str, names: Names) -> bool:
    """Return whether an address begins like those of whom these are names."""
    return any(map(names.__contains__, _beginnings(as_read(address))))


def as_read(text: str) -> str:
    """Return a text as it reads: with entities, percent signs and Markdown decoded, in normal spelling."""
    return normal(re.sub(r"\\([_.-])", r"\1", unescape(unquote(unquote(text)))))


@lru_cache(maxsize=1024)  # in a page of posts many have the same hashtag
def _names(text: str, platform: str) -> frozenset[str]:
    """Return whom a mention, a hashtag, or an address and those within it, may name."""
    text = as_read(text)
    names = {f"#{words}" for sign, words in _MENTION.findall(text) if sign == "#"}
    for words in (words for sign, words in _MENTION.findall(text) if sign != "#"):
        forms = {words, words.rstrip("-"), _AFTER.split(words)[0]}
        names |= {f"{on}@{form}" for form in forms for on in (f"{platform} ", "")}
    for words in _SEARCHED.findall(text) if "/" in text else ():
        host = re.sub(r"^\w+://", "", text).partition("/")[0]
        names |= {f"{platform} @{words}", f"@{words}", *_beginnings(f"{host}/{words}")}
    for address in {text, *chain.from_iterable(begin.split(text) for begin in _WITHIN)}:
        names |= {*_beginnings(address)}
    return frozenset(names)


def _beginnings(address: str) -> Iterator[str]:
    """Yield how an address begins, up to each place where a name may end."""
    rest = re.sub(r"^(\w+://)?(www\.)?", "", address)[:_LONGEST]
    for begin in {rest, original(rest)}:
        yield from (f"/{begin[: place.start()]}" for place in re.finditer(_END, begin))
