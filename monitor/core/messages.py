"""Which posts say one thing once: bridged copies, one article, cross-posts, a syndicated story. Pure.

Each post is known by some keys. Two that share one are held against each other; slogans and suggested words
that many people pass on stay messages of their own. What a comparison needs is kept as numbers, so that it
comes out the same when the words are forgotten. bench/messages.py measures it. Whoever changes what is kept
adds a migration that `Schema.refilled_after` names, so that archives have theirs made again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple, TypeVar
from zlib import crc32

from monitor.core.model import PostKind
from monitor.core.normal_text import WORD, normal
from monitor.core.text import fingerprint, pieces
from monitor.core.tracking import is_tracking

HORIZON = 4 * 24 * 3600  # seconds between two posts, beyond which only an address joins them
_CROSS_POST, _SAME_SITE = 36 * 3600, 12 * 3600
_LEAST_WORDS = 3  # fewer may be said of many things
_LEAST_HANDLE = 4  # letters: shorter names are many people's
_LEAST_HEADLINE, _LONGEST_HEADLINE = 4, 30  # words; without those that say nothing, and in all
_LEAD, _LEAST_PASSAGE = 100, 30  # words of an article that are compared, and from how many on
_SHINGLES, _PASSAGES = 48, 8  # smallest hashes that stand for a text, and of these, by which it is looked up
_ALIKE, _AS_TOLD = 0.5, 0.15  # Jaccard of two texts; of two under one headline
_MOST_FACTS = 64
_WORD = re.compile(r"\w+(?:[.,'’]\w+)*")
# What a text says word by word, with signs but of punctuation: two texts may differ in "-5%" or a face.
_SAID = re.compile(
    rf"[{WORD}]+(?:[.,'’][{WORD}]+)*|(?<![{WORD}])-(?=\d)"
    rf"|[^\s{WORD}!-#&-*,-/:;?@\[-`{{-~¡§«¶·»¿\u2010-\u205e\u3000-\u303f\U0001f3fb-\U0001f3ff]"
)
_LINK, _END = re.compile(r"(?:https?://|(?=www\.))(\S+)"), ".,:;!?)]'\"…"
_NO_LETTERS = re.compile(r"[\W_]+")
_SENTENCE = re.compile(r"[.!?:|“\"‘]\s*$")
_FACE = re.compile(r"^(?:www|m|amp|mobile)\.")  # of a site, which shows the same pages
_VARIANT = re.compile(r"(?:amp|outputtype)(?:=|$)", re.IGNORECASE)  # the same page for a phone
_EMPTY = {  # words that say nothing by themselves
    "a", "after", "all", "an", "and", "are", "as", "at", "be", "been", "by", "for", "from", "has", "have",
    "in", "into", "is", "it", "its", "more", "of", "on", "over", "say", "says", "so", "that", "the",
    "their", "to", "was", "were", "which", "who", "will", "with",
}  # fmt: skip
Name = TypeVar("Name", int, str)  # of a message


class Clue(IntEnum):
    """What a key is made from: the lowest bits of it say so."""

    ADDRESS = 0
    WORDS = 1  # and the name that their writer goes by
    HEADLINE = 2
    PASSAGE = 3


class Sketch(NamedTuple):
    """What an article is compared by, as hashes: the smallest of its shingles, its figures and its names."""

    shingles: tuple[int, ...] = ()
    figures: tuple[int, ...] = ()
    names: tuple[int, ...] = ()


class Wording(NamedTuple):
    """A post as it is told apart from others, by the names of the archive's columns."""

    platform: str
    author: str  # by the platform's own id
    handle: str | None
    url: str | None
    copy_of: str | None
    text: str | None
    kind: str


class Side(NamedTuple):
    """One of two posts that share a key; `at` is in seconds."""

    platform: str
    author: str | int  # whatever tells authors apart
    kind: str
    at: int
    sketch: Sketch = Sketch()


def keys(post: Wording, sketch: Sketch) -> frozenset[int]:
    """Return what a post is looked up by; the `Clue` of each is its lowest two bits.

    One below zero is of its words alone, whoever writes them: by it lists are folded, and no message is made.
    """
    text = normal(post.text or "")
    words = _SAID.findall(_LINK.sub(" ", _without_tags(text)))
    pages = [page for link in _LINK.findall(text) if (page := _address(f"://{link.rstrip(_END)}"))]
    first = [*islice((word for word in words if word[0].isalnum()), _LEAST_WORDS)]
    alone = [-_key(Clue.WORDS, " ".join((*words, *pages)))] if len(first) == _LEAST_WORDS else []
    return frozenset(_keys(post, sketch)).union(alone)


def _keys(post: Wording, sketch: Sketch) -> Iterator[int]:
    yield from filter(None, (page_key(url) for url in (post.url, post.copy_of) if url))
    if post.kind == PostKind.ARTICLE:
        if headline := _headline(post):
            yield _key(Clue.HEADLINE, headline)
        yield from (_key(Clue.PASSAGE, str(shingle)) for shingle in sketch.shingles[:_PASSAGES])
    elif post.kind != PostKind.REPLY and (who := _person(post.handle)) and (words := _words(post.text or "")):
        yield _key(Clue.WORDS, f"{who} {words}")


def page_key(url: str) -> int | None:
    """Return the key of an address; None for a site's front page, and for what is no address."""
    address = _address(url)
    return _key(Clue.ADDRESS, address) if address else None


def sketch_of(post: Wording) -> Sketch:
    """Return what an article is compared by; an empty one of anything else."""
    if post.kind != PostKind.ARTICLE or not post.text:
        return Sketch()
    lines = [_without_site(post), *post.text.split("\n")[1:]]
    matches = [match for line in lines for piece in pieces(line) for match in _WORD.finditer(piece)][:_LEAD]
    words = [match[0].casefold() for match in matches]
    capitals = [m for m in matches if m[0][0].isupper() and m.start()]
    names = [m[0] for m in capitals if not _SENTENCE.search(m.string[: m.start()])]
    figures = [word for word in words if any(letter.isdigit() for letter in word)]
    shingles = [" ".join(words[n : n + 3]) for n in range(len(words) - 2)]
    shingles = shingles if len(words) >= _LEAST_PASSAGE else []
    return Sketch(
        _smallest(shingles, _SHINGLES),
        _smallest(figures, _MOST_FACTS),
        _smallest(map(str.casefold, names), _MOST_FACTS),
    )


def are_one(key: int, post: Side, other: Side) -> bool:
    """Return whether two posts that share this key are one message."""
    apart, clue = abs(post.at - other.at), Clue(key & 3)
    if key < 0:
        return False
    if not post.kind == other.kind == PostKind.ARTICLE:  # bridged, or by hand, or a cross-post
        return post.platform != other.platform and (clue == Clue.ADDRESS or apart <= _CROSS_POST)
    if clue == Clue.ADDRESS:  # some feeds give all that is in them one address
        first, second = post.sketch, other.sketch
        return not _differ(first.names, second.names) or _are_alike(first, second, _AS_TOLD)
    if apart > (_SAME_SITE if post.author == other.author else HORIZON):
        return False
    return _tell_the_same(post.sketch, other.sketch, has_headline=clue == Clue.HEADLINE)


def first_of(first: Mapping[Name, Name], message: Name) -> Name:
    """Return the message that one was joined with, or those that it was joined with were, in the end."""
    while (other := first.get(message, message)) != message:
        message = other
    return message


def _tell_the_same(post: Sketch, other: Sketch, *, has_headline: bool) -> bool:
    """Return whether two articles are one story: neither has facts for which the other has others.

    A notice made from a template shares most of its words with the next notice.
    """
    if _differ(post.figures, other.figures):
        return False
    if not post.shingles or not other.shingles:  # a headline alone
        return has_headline
    if has_headline:
        return _are_alike(post, other, _AS_TOLD)
    return not _differ(post.names, other.names) and _are_alike(post, other, _ALIKE)


def _differ(post: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return not (set(post) <= set(other) or set(other) <= set(post))


def _are_alike(post: Sketch, other: Sketch, least: float) -> bool:
    """Return whether the Jaccard index of two texts is `least` or more, by their smallest hashes together.

    Bottom-k sketches: Broder 1997, "On the resemblance and containment of documents".
    """
    both = sorted({*post.shingles, *other.shingles})[:_SHINGLES]
    return bool(both) and len(set(both).intersection(post.shingles, other.shingles)) >= least * len(both)


@lru_cache(maxsize=100)  # a third of an import's texts are copies of others, mostly of few
def _words(text: str) -> str | None:
    """Return the same for texts of the same words."""
    return fingerprint(_without_tags(text)) or fingerprint(text)


def _without_tags(text: str) -> str:
    """Return a text without links and hashtags at its end, which differ by platform."""
    words = text.split()
    while words and words[-1].startswith(("#", "http")):
        words.pop()
    return " ".join(words)


def _headline(post: Wording) -> str:
    """Return the words of a headline that say something, whatever their order; empty if they are too few."""
    words = [match.casefold() for match in _WORD.findall(_without_site(post))]
    if len(words) > _LONGEST_HEADLINE:  # a text without one
        return ""
    telling = sorted(set(words) - _EMPTY)
    return " ".join(telling) if len(telling) >= _LEAST_HEADLINE else ""


def _without_site(post: Wording) -> str:
    """Return the first line of an article without the name of its site, which many write after a dash."""
    line = (post.text or "").split("\n", 1)[0]
    for mark in (" - ", " | ", " – "):
        head, _, site = map(str.strip, line.rpartition(mark))
        tail, name = _letters(site), _letters(post.author)
        if head and tail and name and (tail in name or name in tail):
            return head
    return line


@lru_cache(maxsize=4096)
def _person(handle: str | None) -> str:
    """Return the name that people go by on several platforms; empty where that is too little to know them by.

    A handle that is a domain of three parts or more, as most of Bluesky's, begins with it.
    """
    local = (handle or "").lstrip("@").partition("@")[0]
    name = _letters(local.split(".")[0] if local.count(".") > 1 else local)
    return name if len(name) >= _LEAST_HANDLE else ""


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text.casefold())


def _address(url: str) -> str:
    """Return what the addresses of one page have in common; empty for none, and for a site's front page."""
    place, _, query = url.partition("://")[2].partition("#")[0].partition("?")
    host, _, path = place.partition("/")
    parts = query.split("&") if query else []
    question = "&".join(
        sorted(part for part in parts if part and not is_tracking(part) and not _VARIANT.match(part))
    )
    path = path.rstrip("/").removesuffix("/amp")
    return f"{_FACE.sub('', host.casefold())}/{path}?{question}" if host and (path or question) else ""


def _key(clue: Clue, words: str) -> int:
    digest = blake2b(words.encode("utf-8", "replace"), digest_size=8).digest()
    return (int.from_bytes(digest) >> 1 & ~3) + clue  # of 63 bits: SQLite's numbers have a sign


def _smallest(words: Iterable[str], most: int) -> tuple[int, ...]:
    return tuple(sorted({crc32(word.encode("utf-8", "replace")) for word in words})[:most])
