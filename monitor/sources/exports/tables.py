"""Tables of posts, as other programs write them: what their columns are, and the post in a row. Pure."""

import html
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from monitor.core.errors import MonitorError, NotPublicError
from monitor.core.files.written_values import (
    DAY_FIRST,
    MONTH_FIRST,
    UNKNOWN,
    ZONES,
    WrittenTime,
    whole_number,
    written_time,
    zone_called,
)
from monitor.core.model import BETWEEN_NOTES, Author, Deleted, Media, Metrics, Other, Picture, Post, PostKind
from monitor.core.normal_text import normal
from monitor.core.text import hashtags, is_address, plain
from monitor.manual_entry import BY_HAND, TITLE
from monitor.platform_info import forbidding, link_by_id, names, platform_called, titles
from monitor.platform_info.post_urls import pointers, site
from monitor.sources.exports import NOT_PUBLIC
from monitor.sources.shared.link_target import link_target
from monitor.sources.shared.safe_links import addresses

OWN = "this program"
_NUMBERS = ("likes", "reposts", "replies", "quotes", "views")
# Between the words of a column's name, or around them: signs, pictures, and a word that says nothing.
_BREAKS = re.compile(r"(?:[\s_\-./:?*]|[^\x00-\x7f\w]|\bthe\b)+")
_BESIDE = re.compile(r"[/&+]| or | and ")  # between two names of one thing, as "Likes/reactions"
# What may stand beside them: how it is written, by which clock, or what is counted.
_ASIDE = re.compile(
    rf" ?[(\[](?:[dmyhs ]+|(?:{'|'.join(ZONES)})?(?:[+ ]\d+)*|(?:europe|america|asia) [a-z ]+"
    r"|total|lifetime|n|#|uk|name|handle|link|url|optional)[)\]]| (?:utc|gmt|bst)$"
)
_ZONE = re.compile(r"[(\[]([^)\]]{1,60})[)\]]|\b(utc|gmt|bst)$", re.IGNORECASE)
_ORDERS = {DAY_FIRST: re.compile(r"\bdd?\W+mm"), MONTH_FIRST: re.compile(r"(?<!y\W)\bmm?\W+dd")}
_OF_NUMBER = re.compile(
    r"^(?:total|how many|(?:no|nr|num|number|count|qty|#)(?: of)?) | (?:total|count|number|#)$"
)
_TIME_OF_DAY = re.compile(r"(?!\d+[./-]\d+[./-]\d)\d\d?(?:[:.h]\d\d| ?[ap]\.?m).*", re.IGNORECASE)
# What a spreadsheet makes of a long number: it keeps fifteen digits.
# https://learn.microsoft.com/office/troubleshoot/excel/last-digits-changed-to-zeros
_SPOILT = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
_ROUNDED = re.compile(r"[1-9]\d{14}0{2,}")
_LONG = re.compile(r"[1-9]\d{16,}")
_BARE = re.compile(r"""^(?:'|=")?(\d+)(?:\.0+)?"?$""")  # also as spreadsheets are kept from rounding it
_GUARD = re.compile(r"\A'(?='*[=+\-@\t\r\n＝＋－＠])")  # what our export puts before a formula
_RECORD = re.compile(r"'username': '([^']+)'|\(@([\w.-]+)\)$")  # in a user as Python has it, or behind a name
# In a post's address.
_WRITER = re.compile(r"/(?:@|users/|profile/(?!did:))([\w.-]+)/|/(?!(?:i|web|v1)/)(\w+)/status(?:es)?/")
_FORMULA = re.compile(r"=HYPERLINK\(\"([^\"]+)\".*", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"[a-z\d-]+(?:\.[a-z\d-]+)+/\S+", re.IGNORECASE)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]\w+)?")
_NO_LANGUAGE = {"und", "zxx", "qam", "qct", "qht", "qme", "qst", "art"}
_MOST_SHOWN, _LONGEST_NAME = 200, 100  # columns, and characters of each
_OWN_ONLY = ("kind", "profile", "tags", "links", "media", "pictures", "mark", "notes")
_MOST_NOTES = 100  # of a post
# Whose own ids are in the addresses of their posts.
_OF_ADDRESS = {"x", "youtube", "reddit", "tiktok", "linkedin", "instagram", "threads"}
_TITLED = {"youtube": "\n", "reddit": "\n\n"}  # whose texts begin with a title, and what is between
REPOST = "this row is a repost, and only the original counts"
_NOT_SO = {"no", "n", "false", "0", "0.0", "nein", "non", "na", "nac ydw"}
_SO = re.compile(r"yes|y|true|1|1\.0|x|✓|✔|ja|oui|ydw|deleted|removed|\d{4}-\d\d-\d\d\b.*")  # or when
_GONE = {"[deleted]", "[removed]"}  # what Reddit has in the place of a text
_COUNT = re.compile(
    r"(?:[2-9]|\d{2,7})(?:\.0)?"
)  # of reposts, where a column is called as if it said whether it is one
_NO = {"", "original", "post", "reply", "comment", "quote", *_NOT_SO}
_EVERYBODY = {"", "public", "unlisted", "everyone", "everybody", "anyone", "none", "null", "nan", *_NOT_SO}
_CLOSED = {"private", *_NOT_SO}  # of what may be public
_LETTER = re.compile(r"\b(?:direct|private|dms?|messenger|inbox|whats ?app|e-?mail|sms)\b", re.IGNORECASE)
_REPOST = re.compile(r"retweet|repost|rt|reblog|boost", re.IGNORECASE)
_OF_ACCOUNTS = {
    "friends", "friends_count", "following", "following_count", "followers_count", "statuses_count",
}  # fmt: skip
_OF_POSTS = {"reposts", "replies", "quotes", "views"}  # numbers that accounts do not have
_EXACT = 2**53  # the largest whole number that a number with a point holds
TOTAL = "this row has neither a text nor a date, as a row of totals"
WITHHELD = "its platform does not allow posts to be passed on, so this row has no text to import"
REMOVED = "this post was deleted on its platform, so the row is no longer a post"
EXCEL = "Excel has rounded its ID ({}). Use the file as it was before it was opened and saved in Excel."


@cache
def _layouts() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "columns.toml").read_text(encoding="utf-8"))


@cache
def known() -> Mapping[str, str]:
    """Return what each name of a column that is known is taken for, if nothing better is there."""
    return {name: ours for ours, columns in _layouts()["fields"].items() for name in columns}


class KnownNames:
    """The names of columns that are known, also such as differ from one in signs only."""

    def __contains__(self, name: object) -> bool:
        return _simple(str(name)[:_LONGEST_NAME]) in _simple_names()


@cache
def _simple_names() -> frozenset[str]:
    return frozenset(map(_simple, known()))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLayout:
    """What the columns of one table are, and how its rows are to be read."""

    title: str  # of the program that wrote it; "" if it is not known
    fault: str  # why it is no table of posts; "" if it is one
    columns: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]  # of each thing's columns, the best first
    platform: str  # whose posts they are; "" if rows say so
    home: str  # where their addresses begin, if they are but paths
    elsewhere: str  # whose they are where nothing says so
    zone: tzinfo | None  # of times that name none; None: not known
    order: str  # of the numbers of a date, where that is not clear
    line_end: str  # how one is written in a text, if not as one
    is_own: bool  # our export: nothing in it is as another program would mean it
    is_guarded: bool  # an apostrophe stands before what would be a formula

    def row(self, cells: Sequence[str]) -> "Row":
        """Return what a row says, by the things of a post."""
        row = Row()
        for thing, places in self.places.items():
            for place in places:
                cell = cells[place] if place < len(cells) else ""
                if self.is_own:
                    row[thing] = _GUARD.sub("", cell, count=1) if self.is_guarded else cell
                    break
                if cell and ((cell := cell.strip())[4:] or cell.casefold() not in UNKNOWN):
                    row[thing] = cell
                    break
        return row

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Return what a person may take a column for, and that in words; none in our own export."""
        words, things = _layouts()["words"], () if self.is_own else _layouts()["fields"]
        return tuple((thing, words.get(thing, thing)) for thing in things if thing not in _OWN_ONLY)

    def taken_for(self) -> list[tuple[str, str | None]]:
        """Return the first columns, and what each is taken for, in words."""
        words = _layouts()["words"]
        things = {place: thing for thing, places in self.places.items() for place in places}
        first = [(column[:_LONGEST_NAME], things.get(at)) for at, column in enumerate(self.columns) if column]
        return [(column, thing and words.get(thing, thing)) for column, thing in first[:_MOST_SHOWN]]

    def time(self, row: "Row") -> WrittenTime:
        """Return when a post was written; raises ValueError if its row does not tell."""
        cell, clock = row["created_at"], row["clock"]
        if _TIME_OF_DAY.fullmatch(clock):
            day = cell.removesuffix(" 00:00:00")
            cell = day if ":" in day else f"{day} {clock}"
        return written_time(cell, self.order or DAY_FIRST)

    def instant(self, row: "Row") -> datetime | None:
        """Return when a post was written; None if its row does not tell."""
        try:
            return self.time(row).instant(self.zone or UTC)
        except ValueError:
            return None


class Row(dict[str, str]):
    """What a row says, by the things of a post; "" for what it does not say."""

    def __missing__(self, thing: str) -> str:
        return ""

    @property
    def is_rounded(self) -> bool | None:
        """Return whether a long number that is its id looks rounded; None if its id is no long number."""
        native_id = _BARE.sub(r"\1", self["id"])
        return bool(_ROUNDED.fullmatch(native_id)) if _LONG.fullmatch(native_id) else None


def layout(columns: Sequence[str], answers: Mapping[str, str]) -> TableLayout:
    """Return what the columns of a table are, by their names and by what a person has said.

    Raises MonitorError for an answer that names no column, and LookupError or ValueError for a zone that is
    none.
    """
    place = {_name(column): at for at, column in [*enumerate(columns)][::-1]}
    tools = (tool for tool in _layouts()["tool"] if place.keys() >= {*tool["columns"]})
    tool: Mapping[str, Any] = next(tools, {})
    is_own = tool.get("title") == OWN
    places = _chosen(_places(place, tool, is_own=is_own), place, answers)
    zone, there = answers.get("zone") or tool.get("zone"), answers.get("platform", "")
    when = [_name(columns[at]) for thing in ("created_at", "clock") for at in places.get(thing, ())[:1]]
    return TableLayout(
        title=tool.get("title", ""),
        fault=tool.get("fault", "") or ("accounts" if _is_of_accounts(place, places) else ""),
        columns=tuple(columns),
        places={thing: at for thing, at in places.items() if at},
        platform=tool.get("platform", ""),
        home=tool.get("home", ""),
        elsewhere=platform_called(there) if there in titles() or there.casefold() not in place else "",
        zone=UTC if zone == "UTC" else ZoneInfo(zone) if zone else _zone_in(when),
        order=answers.get("dates", "") if answers.get("dates") in _ORDERS else _order_in(when),
        line_end=tool.get("line_end", ""),
        is_own=is_own,
        is_guarded=is_own and "created" not in place,  # which is in our workbooks alone
    )


def _name(column: str) -> str:
    """Return what a column is known by: as much of its name as a person is shown, in small letters."""
    return column[:_LONGEST_NAME].casefold()


def _places(place: Mapping[str, int], tool: Mapping[str, Any], *, is_own: bool) -> dict[str, tuple[int, ...]]:
    """Return where each thing's columns are, the best first: by their names, else by these made simple."""
    usable = {name: at for name, at in place.items() if name not in tool.get("without", ())}
    simple = {_simple(name): at for name, at in [*usable.items()][::-1] if name not in known()}
    places = dict[str, tuple[int, ...]]()
    for thing, aliases in _layouts()["fields"].items():
        if is_own or thing not in _OWN_ONLY:
            also = [place[name] for name in tool.get("also", {}).get(thing, ()) if name in place]
            near = (at for name in aliases for at in (usable.get(name), simple.get(_simple(name))))
            places[thing] = tuple(dict.fromkeys([*(at for at in near if at is not None), *also]))
    return places


def _chosen(
    places: Mapping[str, tuple[int, ...]], place: Mapping[str, int], answers: Mapping[str, str]
) -> Mapping[str, tuple[int, ...]]:
    """Return where the columns are once a person has chosen some, the last choice last; "" is none."""
    for thing, column in answers.items():
        own = None if thing == "platform" and column in titles() else place.get(_name(column))
        if thing in places and (own is not None or not column):
            others = {other: tuple(at for at in ats if at != own) for other, ats in places.items()}
            places = {**others, thing: () if own is None else (own,)}
        elif thing in places and thing != "platform":
            raise MonitorError(f"There is no column {column!r} here that could be {thing!r}.")
        elif thing not in ("dates", "zone", "platform"):
            raise MonitorError(f"A column can be {', '.join(places)}, and not {thing!r}.")
    return places


def _is_of_accounts(place: Mapping[str, int], places: Mapping[str, tuple[int, ...]]) -> bool:
    """Return whether a table is of people, who describe themselves in words that nobody answers or shares."""
    about = {place[name] for name in ("description", "bio") if name in place}
    words = {*places["text"], *places["title"]} - about
    has_numbers = any(places[number] for number in _OF_POSTS)
    return bool(about and _OF_ACCOUNTS & place.keys()) and not words and not has_numbers


def _zone_in(columns: Sequence[str]) -> tzinfo | None:
    """Return the zone that the name of a column of times has, such as "Date (UTC)"; None if there is none."""
    matches = (match for column in columns if (match := _ZONE.search(column)))
    return next(filter(None, (zone_called(match[1] or match[2]) for match in matches)), None)


def _order_in(columns: Sequence[str]) -> str:
    """Return the order that the name of a column of dates has, such as "Date (dd/mm/yyyy)"; "" for none."""
    title = " ".join(columns).casefold()
    return next((order for order, form in _ORDERS.items() if form.search(title)), "")


@lru_cache(maxsize=4096)
def _simple(column: str) -> str:
    """Return a column's name without signs and asides, and of a number without "total" or "number of"."""
    own = _ASIDE.sub("", _BREAKS.sub(" ", normal(column)).strip()).strip()
    number = _OF_NUMBER.sub("", own)
    if known().get(number) in (*_NUMBERS, "followers"):
        return number
    if own in known() or len(names := _BESIDE.split(normal(column))) < 2:
        return own
    things = {known().get(_simple(name)) for name in names}
    return own if None in things or len(things) > 1 else _simple(names[0])


def platform_of(layout: TableLayout, row: Row) -> str:
    """Return whose post a row is, as the archive calls it; "" if nothing says so."""
    if layout.platform:
        return layout.platform
    if cell := row["platform"]:
        return BY_HAND if cell == TITLE else platform_called(cell)
    url = _address(row["url"]) or row["url"]
    if len(by_address := pointers(url, names())) == 1:
        return by_address[0].platform
    return str(_layouts()["sites"].get(site(urlsplit(url).hostname or ""), layout.elsewhere))


def post_of(layout: TableLayout, row: Row, *, is_rounded: bool) -> Post | Deleted | Other:
    """Return the post in a row, what it says is gone, or why it is none to be stored.

    `is_rounded` says that long numbers of this table are. Raises one of `monitor.core.model.WRONG` for a row
    that cannot be read.
    """
    if not (layout.is_own or any(row[thing] for thing in ("text", "title", "created_at", "deleted"))):
        return Other(reason=TOTAL)
    if not (platform := platform_of(layout, row)):
        raise ValueError("nothing shows which platform it was written on")
    kind = f"{row['platform']} {row['type']}"
    is_closed = row["audience"].casefold() not in _EVERYBODY or row["public"].casefold() in _CLOSED
    if is_closed or _LETTER.search(kind):
        raise NotPublicError(NOT_PUBLIC)
    if _passes_on(layout, row):
        return Other(reason=REPOST)
    url = _address(row["url"] if layout.is_own else urljoin(layout.home, row["url"]))
    if _SO.fullmatch(row["deleted"].casefold()) or (platform == "reddit" and row["text"] in _GONE):
        own_id, _ = _id(platform, row["id"], url or "", is_rounded)
        deletion = Deleted(platform=platform, id=own_id, url=url or "", created_at=layout.instant(row))
        return deletion if own_id else Other(reason=REMOVED)
    if layout.is_own and not row["text"] and (platform in forbidding("files") or not row["id"]):
        return Other(reason=WITHHELD if row["id"] else REMOVED, platform=platform, id=row["id"])
    text = row["text"] if layout.is_own else _text(layout, row, platform)
    if platform == "x" and text.startswith("RT @") and not layout.is_own:
        return Other(reason=REPOST, platform=platform)
    if not text and not layout.is_own:
        raise ValueError("its text is empty")
    if (at := layout.time(row)).zone is None and layout.zone is None:
        raise ValueError("its time has no time zone, and none was given")
    created_at, author = at.instant(layout.zone or UTC), _author(layout, row, platform, url or "")
    own_id, reread_key = _id(platform, row["id"], url or "", is_rounded)
    root = _whole(row["root"])
    return Post(
        platform=platform,
        # a writer may say two things in a minute
        id=own_id
        or f"{author.id or 'unknown'} {created_at.isoformat()} {sha256(text.encode()).hexdigest()[:16]}",
        url=url or (link_by_id(platform, own_id) if platform in names() else None) or "",
        author=author,
        text=text,
        created_at=created_at,
        kind=_kind(row),
        lang=row["lang"] or None if layout.is_own else _language(row["lang"]),
        tags=frozenset(row["tags"].split()) if "tags" in row else hashtags(text),
        links=addresses(row["links"].split()),
        media=frozenset(map(Media, row["media"].split())),
        metrics=Metrics(**{name: _number(name, row[name]) for name in _NUMBERS if name in row}),
        parent=_whole(row["parent"] or row["quoted"]),
        root=root if layout.is_own or root != own_id else None,
        pictures=tuple(Picture(alt=alt, address=at) for alt, at in json.loads(row["pictures"] or "[]")),
        read_at=_read_at(layout, row["read_at"]),
        reread_key=reread_key,
        mark=row["mark"] or None,
        notes=tuple(row["notes"].split(BETWEEN_NOTES, _MOST_NOTES)) if row["notes"] else (),
    )


def _passes_on(layout: TableLayout, row: Row) -> bool:
    """Return whether a row is a repost, by a word, or by the id of the original in a column of ids."""
    cell = row["repost_of"].casefold()
    columns = (layout.columns[place].casefold() for place in layout.places.get("repost_of", ()))
    is_number = _COUNT.fullmatch(cell) and not any(column.endswith("id") for column in columns)
    return bool(_REPOST.fullmatch(row["type"])) or not (cell in _NO or is_number)


def _text(layout: TableLayout, row: Row, platform: str) -> str:
    text, title = row["text"], row["title"]
    if layout.line_end:
        text = text.replace(layout.line_end, "\n")
    if text.startswith('{"text":'):  # Google's, in pieces
        text = "".join(piece.get("text", "") for piece in json.loads(f"[{text}]"))
    parts = (title, text) if platform in _TITLED else (text or title,)
    text = _TITLED.get(platform, "").join(part for part in parts if part)
    if text.startswith("<p>") and text.endswith("</p>"):  # as Mastodon's answers have it
        return plain(text)
    return html.unescape(text) if platform == "x" else text


def _author(layout: TableLayout, row: Row, platform: str, url: str) -> Author:
    """Return who wrote a post; without an id where the row does not say, as nobody is told apart then."""
    handle = row["handle"] if layout.is_own else _handle(row, platform, url)
    name = row["name"] if layout.is_own or not _address(row["name"]) else ""
    return Author(
        # a handle of digits is not the number of another account
        id=_whole(row["author_id"]) or ("@" * handle.isdecimal() + handle) or name,
        handle=handle or None,
        name=name or None,
        url=_address(row["profile"]),
        followers=_number("followers", row["followers"]),
    )


def _handle(row: Row, platform: str, url: str) -> str:
    """Return what an account is called, as its platform writes that; else as the post's address says."""
    handle = row["handle"].removeprefix("@")
    if record := _RECORD.search(handle):
        return record[1] or record[2]
    if not (handle or row["name"] or row["author_id"]) and (writer := _WRITER.search(url)):
        handle = writer[1] or writer[2]
    if platform in _OF_ADDRESS and is_address(handle):
        return urlsplit(handle).path.rstrip("/").rpartition("/")[2].removeprefix("@")
    if platform == "mastodon" and handle and "@" not in handle:
        is_theirs = re.search(rf"/(?:@|users/){re.escape(handle)}/", url, re.IGNORECASE)
        home = next(filter(is_address, (row["author_id"], url if is_theirs else "")), "")
        return f"{handle}@{urlsplit(home).netloc}" if home else handle
    return handle


def _id(platform: str, cell: str, url: str, is_rounded: bool) -> tuple[str, str | None]:
    """Return a post's own id, or its address, or ""; and what its source needs to read it again."""
    native_id = _whole(cell)
    if is_rounded and _ROUNDED.fullmatch(native_id or ""):
        native_id = None
    if platform == "x" and native_id:
        return native_id, native_id
    pointer = next(iter(pointers(url, [platform])), None)
    key = pointer.reread_key or None if pointer else None
    is_id = platform in _OF_ADDRESS or (key or "").startswith("at://did:")  # a name may pass to somebody else
    if pointer and is_id and (native_id or pointer.id).rpartition(":")[2] in (pointer.id, key):
        return pointer.own_id, key
    if not native_id and (spoilt := cell or "".join(_SPOILT.findall(url))):
        raise ValueError(EXCEL.format(spoilt))
    return native_id or (link_target(url) if url else ""), key if platform not in _OF_ADDRESS else None


def _address(cell: str) -> str | None:
    """Return the address in a cell, which may be a formula that shows it, or lack its scheme."""
    cell = _FORMULA.sub(r"\1", cell)
    cell = f"https://{cell}" if _BARE_ADDRESS.fullmatch(cell) else cell
    return cell if is_address(cell) else None


def _whole(native_id: str) -> str | None:
    """Return an id that is whole: a spreadsheet may have rounded it."""
    if native_id.isdecimal():
        return native_id
    is_float, native_id = "." in native_id, _BARE.sub(r"\1", native_id)
    if is_float and native_id.isdecimal() and _EXACT < int(native_id) == int(float(native_id)):
        return None  # as a number with a point, it has lost digits
    return None if not native_id or _SPOILT.fullmatch(native_id) else native_id


def _kind(row: Row) -> PostKind:
    if row["kind"]:
        return PostKind(row["kind"])
    return PostKind.REPLY if row["parent"] else PostKind.QUOTE if row["quoted"] else PostKind.POST


@lru_cache(maxsize=8)
def _own_layout(columns: tuple[str, ...]) -> TableLayout:
    return replace(layout(columns, {}), is_guarded=False)


def own_post(item: Mapping[str, Any]) -> Post | Deleted | Other:
    """Return the post in a line of our own NDJSON, or why it is none to be stored."""
    plan = _own_layout(tuple(item))
    row = plan.row(["" if cell is None else str(cell) for cell in item.values()])
    return post_of(plan, row, is_rounded=False)


def _language(cell: str) -> str | None:
    language = _LANGUAGE.fullmatch(cell)
    return language[1].lower() if language and language[1].lower() not in _NO_LANGUAGE else None


def _number(name: str, cell: str) -> int | None:
    try:
        return whole_number(cell)
    except ValueError as error:
        raise ValueError(f"its number of {name}: {error}") from error


def _read_at(layout: TableLayout, cell: str) -> datetime | None:
    if cell:
        with suppress(ValueError):
            return written_time(cell, layout.order or DAY_FIRST).instant(layout.zone or UTC)
    return None
