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
_SPELLINGS = re.compile(r"[%&\\]|[^\x00-\x7f\s]")  # of what may read otherwise than it is written
_SPELT = re.compile(rf"(?<!\S)(?=\S*(?:{_SPELLINGS.pattern}))\S+")


class Names(Protocol):
    """Names, or hashes of them."""

    def __contains__(self, name: str, /) -> bool: ...


def mask(text: str, platform: str, names: Names) -> str:
    """Return a text, of a platform, without mentions and addresses of whom these are names, however spelt."""

    def masked(match: re.Match[str]) -> str:
        is_theirs = any(map(names.__contains__, _names(match[0], platform)))
        return (match[1] or "") + MASK if is_theirs else match[0]

    def whole(match: re.Match[str]) -> str:
        read = as_read(match[0])
        return match[0] if _NAMING.sub(masked, read) == read else MASK

    left = _NAMING.sub(masked, text)
    return _SPELT.sub(whole, left) if _SPELLINGS.search(text) else left


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
