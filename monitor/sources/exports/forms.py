"""Items of other programs' files, read by `forms.toml`, which says where each has what a post is made of.

A value there is a path into the item, such as "user.name"; of several, "a|b", the first that is there counts.
"int a" reads it as a number; the words before a path are in `_READ_AS`. "=word" is that word, and in
"https://site/{a}/{b}" the paths are filled in. `each` makes a list, an entry for each item at a path.
`raw` is what the platform's own module reads, so that a post is the same by every way in;
`post`, `author`, `media` and `metrics` have our fields.
"""

import html
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.core.clock import of_epoch, stamp, unstamp
from monitor.core.errors import NotPublicError
from monitor.core.files.written_values import UNCLEAR, whole_number, written_time
from monitor.core.model import Author, Deleted, Media, Metrics, Other, Post, PostKind
from monitor.core.text import hashtags, normal_tag, plain
from monitor.sources import source
from monitor.sources.exports import NOT_PUBLIC
from monitor.sources.shared.safe_links import addresses, pictures

REPOST = "it is a repost of a post that is not in the file"
OTHER = "it is not about a post"
_MEDIA = {
    "photo": Media.IMAGE, "image": Media.IMAGE, "1": Media.IMAGE, "8": Media.IMAGE, "GraphImage": Media.IMAGE,
    "video": Media.VIDEO, "2": Media.VIDEO, "GraphVideo": Media.VIDEO,
}  # fmt: skip
_NO_LANGUAGE = {"", "un", "und", "None"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the items of one program are read; `has` tells them from others."""

    has: Sequence[str]  # paths that lead to something, or to the word after "="
    platform: str = ""
    original: str = ""  # where an item that only passes a post on has that post
    parts: Sequence[str] = ()  # where it has further items, which are read with it as their `whole`
    private: Sequence[Any] = ()  # paths, and what those of them that are there lead to in a public post
    deleted: Sequence[str] = ()  # as `has`, each in what is gone
    read_at: str = ""
    public: Sequence[str] = ()  # as `has`, one of them in what everybody may read
    removed: Mapping[str, str] = field(default_factory=dict)  # what the item says is gone: a post, a person
    refused: str = ""  # why this is no post, in words
    again: Mapping[str, Any] = field(default_factory=dict)  # as what another form reads it
    raw: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""  # where the item has what it answers, if `raw` has no place for that
    post: Mapping[str, Any] = field(default_factory=dict)
    author: Mapping[str, Any] = field(default_factory=dict)
    media: Any = field(default_factory=list)  # or where a list is
    metrics: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, item: Any) -> bool:
        """Return whether this reads the item."""
        return all(_is_there(item, path) for path in self.has)

    def item_of(self, item: Mapping[str, Any]) -> Post | Deleted | Other:
        """Return what the item is; raises one of `monitor.core.model.WRONG`, in a sentence where it can."""
        if self.refused:
            raise NotPublicError(self.refused)  # of which nothing is kept: it may be anybody's letter
        if not self.platform:
            return Other(reason=OTHER)
        if self.removed and not self._says(item, self.deleted):
            return Other(reason="it is hidden in other countries only")
        if self.removed:
            return Deleted(platform=self.platform, **fill(self.removed, item))
        return self._read(item)

    def _read(self, item: Mapping[str, Any]) -> Post | Deleted | Other:
        inner = at(item, self.original) if self.original else None
        item = inner if isinstance(inner, dict) else item
        if not self._is_public(item):
            raise NotPublicError(NOT_PUBLIC)
        if self.again and (form := form_of(own := fill(self.again, item))):
            return form.item_of(own)
        post = source(self.platform).parse(fill(self.raw, item)) if self.raw else self._post(item)
        if self.deleted and self._says(item, self.deleted):
            return Deleted(platform=post.platform, id=post.id, url=post.url, created_at=post.created_at)
        if self.original and inner is None and post.text.startswith("RT @"):
            return Other(reason=REPOST, platform=self.platform)
        read, parent = (at(item, path) if path else None for path in (self.read_at, self.parent))
        return replace(post, read_at=instant(read) if read else None, parent=parent or post.parent)

    def _is_public(self, item: Mapping[str, Any]) -> bool:
        paths, *value = self.private or ("",)
        return self._says(item, self.public) and all(
            at(item, path) in (None, *value) for path in paths.split("|") if path
        )

    @staticmethod
    def _says(item: Any, paths: Sequence[str]) -> bool:
        """Return whether one of these leads to something; True where there are none."""
        return not paths or any(_is_there(item, path) for path in paths)

    def _post(self, item: Mapping[str, Any]) -> Post:
        have = fill(self.post, item)
        text, media = have.get("text") or "", fill(self.media, item)
        kinds = [_MEDIA.get(str(part.get("kind"))) for part in media]
        images = [part for part, kind in zip(media, kinds, strict=True) if kind is Media.IMAGE]
        return Post(
            platform=str(_value(self.platform, item)) if "{" in self.platform else self.platform,
            id=have["id"],
            url=have["url"],
            author=Author(**fill(self.author, item)),
            text=text,
            created_at=unstamp(have["created_at"]),
            kind=next((kind for kind in (PostKind.REPLY, PostKind.QUOTE) if have.get(kind)), PostKind.POST),
            lang=None if str(have.get("lang")) in _NO_LANGUAGE else have["lang"],
            tags=hashtags(text) | {*map(normal_tag, have.get("tags") or ())},
            links=addresses(have.get("links") or ()),
            media=frozenset(kind for kind in kinds if kind),
            pictures=pictures((part.get("alt"), part.get("address")) for part in images),
            metrics=Metrics(**fill(self.metrics, item) or {}),
            parent=have.get("parent"),
            root=have.get("root"),
            raw=item,
        )


@cache
def _forms() -> tuple[Form, ...]:
    tables = tomllib.loads(files(__package__).joinpath("forms.toml").read_text(encoding="utf-8"))
    refused = [{"has": paths.split(), "refused": words} for paths, words in tables["no_post"].items()]
    return tuple(Form(**form) for form in [*tables["form"], *refused])


def form_of(item: Any) -> Form | None:
    """Return the first form that reads an item."""
    return next((form for form in _forms() if form.fits(item)), None)


def at(item: Any, paths: str) -> Any:
    """Return what is at the first of these paths, separated by "|", that leads to something; else None."""
    for names in _names(paths):
        value = _walk(item, names)
        if value is not None and value != "" and value != []:
            return value
    return None


@cache
def _names(paths: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(name for name in path.split(".") if name) for path in paths.split("|"))


def _walk(value: Any, names: tuple[str, ...]) -> Any:
    for number, name in enumerate(names, 1):
        if isinstance(value, dict):
            value = value.get(name)
        elif not isinstance(value, list):
            return None
        elif name == "*":
            return [_walk(part, names[number:]) for part in value]
        else:
            value = value[int(name)] if name.isdecimal() and int(name) < len(value) else None
    return value


def _is_there(item: Any, path: str) -> bool:
    path, _, word = path.partition("=")
    value = at(item, path)
    return (str(value) == word or (isinstance(value, list) and word in value)) if word else value is not None


def fill(form: Any, item: Any) -> Any:
    """Return a part of a form with what an item has for it; what the item lacks is left out."""
    if isinstance(form, str):
        return _value(form, item)
    if isinstance(form, list):  # of those that are not whole nothing is known
        parts = [(part, fill(part, item)) for part in form]
        return [value for part, value in parts if value is not None and len(value) == len(part)]
    if "each" in form:
        rest = {name: part for name, part in form.items() if name != "each"}
        inner = at(item, form["each"])
        entries = [fill(rest, entry) for entry in (inner if isinstance(inner, list) else [inner])]
        return [entry["item"] if "item" in rest else entry for entry in entries if entry]
    values = {name: fill(part, item) for name, part in form.items() if name != "whole"}
    have = {name: value for name, value in values.items() if value is not None}
    return {**at(item, form["whole"]), **have} if "whole" in form else have or None


def _value(form: str, item: Any) -> Any:
    for read_as, path in _alternatives(form):
        if read_as == "=":
            return path
        if read_as == "{":
            value = _filled_in(path, item)
        else:
            value = at(item, path)
            value = None if value in (None, -1) else _READ_AS[read_as](value)  # -1: hidden, as some write it
        if value is not None:
            hidden = read_as == "shown" and item.get("like_and_view_counts_disabled")
            return None if hidden else value  # who hides the likes of a post is told as a few of them
    return None


@cache
def _alternatives(form: str) -> tuple[tuple[str, str], ...]:
    """Return how each path is to be read, and the path; "=" is before a word, "{" before an address."""
    read_as, alternatives = "", []
    for alternative in form.split("|"):
        kind, _, path = alternative.rpartition(" ")
        read_as = kind or read_as
        sign = "=" if path.startswith("=") else "{" if "{" in alternative else ""
        alternatives.append((sign, alternative.removeprefix("=")) if sign else (read_as, path))
    return tuple(alternatives)


def _filled_in(template: str, item: Any) -> str | None:
    """Return an address with the paths in it filled in; None if one leads to nothing, or to no word."""
    start, *rest = template.split("{")
    for part in rest:
        path, _, text = part.partition("}")
        word = at(item, path)
        if not isinstance(word, str | int):
            return None
        start += f"{word}{text}"
    return start


def instant(value: Any) -> datetime:
    """Return a time as programs write it: seconds, thousandths or millionths since 1970, or in words.

    A day alone is its noon. Raises ValueError or TypeError for anything else, and for what may be two days.
    """
    text = str(value)
    # 20261128, 202611281430 and 20261128143000 are no numbers.
    if isinstance(value, int | float) or (text.isdecimal() and len(text) not in (8, 12, 14)):
        number = float(value)
        return of_epoch(number / next((by for by in (10**6, 10**3) if number / by > 10**8), 1))
    if (at := written_time(text)).zone is None and ":" in text:
        raise ValueError(f"no time zone in {text!r}")
    if at.order == UNCLEAR:  # nobody is asked here, as of a table
        raise ValueError(f"{text!r} may be two days")
    return at.instant(UTC)


def _word(value: Any) -> str:
    if type(value) not in (str, int):
        raise ValueError(f"{str(value)[:40]!r} is neither text nor a number")
    return str(value)


def _unscrambled(text: str) -> str:
    """Return a text of Meta's exports, which give each byte of UTF-8 as a letter of its own."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _uri(address: str) -> str:
    """Return by what a server of Mastodon tells its own post apart, which is shown at an address."""
    host, name, number = address.removeprefix("https://").split("/")
    return f"https://{host}/users/{name.removeprefix('@')}/statuses/{number}"


_READ_AS: Mapping[str, Callable[[Any], Any]] = {
    "": lambda value: value,
    "str": _word,
    "int": whole_number,
    "shown": whole_number,
    "time": lambda value: stamp(instant(value)),
    "epoch": lambda value: instant(value).timestamp(),
    "html": plain,
    "escaped": html.unescape,
    "markup": lambda text: html.escape(text).replace("\n", "<br>"),
    "meta": _unscrambled,
    "picture": lambda value: "image",
    "last": lambda name: name.rpartition(".")[2].lower(),
    "bare": lambda name: name.lstrip("@#"),
    "first": lambda name: name.partition("/")[0],
    "writer": lambda address: address.split("/")[3].lstrip("@"),
    "folder": lambda address: address.rpartition("/")[0],
    "but-root": lambda name: None if name == "root" else name,
    "uri": _uri,
}
