"""One post that comes once by its number and once by its address, or by two numbers: stored under one id.

Meta numbers a post one way in its answers and another on its pages, and a table may have only its address.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from monitor.archive.connection import GIVEN, WriteConnection
from monitor.archive.posts import messages
from monitor.core.messages import page_key
from monitor.core.model import UNSIGNED, Author, Post
from monitor.platform_info import post_address
from monitor.platform_info.post_urls import name_in

_Place = tuple[str, int, str]  # platform, second in which it was written, what its address tells it by
_SAME_SECOND = (
    "SELECT p.native_id, p.created_unix, p.url, a.native_id, a.handle, a.name,"
    " iif(p.url IS NULL, (SELECT json_group_array(key) FROM post_keys WHERE post_id = p.id), '[]')"
    " FROM posts p JOIN authors a ON a.id = p.author_id"
    # A flood in them must not make storing slow. +: by itself the planner takes the index of platforms
    f" WHERE +p.platform = ? AND p.created_unix IN {GIVEN} LIMIT 20000"
)
_WRITERS = (
    "SELECT p.id, a.id, a.native_id, a.name FROM posts p JOIN authors a ON a.id = p.author_id"
    f" WHERE a.handle IS NULL AND p.id IN {GIVEN}"
)
_UNUSED = (
    "DELETE FROM authors WHERE id = ? AND native_id <> ''"
    " AND NOT EXISTS (SELECT 1 FROM posts WHERE author_id = authors.id)"
)
_IS_TAKEN = "SELECT count(*) FROM posts WHERE platform = ? AND native_id = ?"
_RENAMES = (  # what answers the post goes on answering it
    "UPDATE posts SET parent = ?3 WHERE +platform = ?1 AND parent = ?2",
    "UPDATE posts SET root = ?3 WHERE +platform = ?1 AND root = ?2",
    "UPDATE posts SET native_id = ?3 WHERE platform = ?1 AND native_id = ?2",
)


class _Appearance(NamedTuple):
    """A post as it comes or as it is stored; without an address once it is scrubbed."""

    id: str
    url: str | None
    author: Author


def is_handle(native_id: str, handle: str | None) -> bool:
    """Return whether an account is known by its handle alone, which then stands for its id."""
    return handle is not None and native_id.removeprefix("@").casefold() == handle.casefold()


def certainty(author: Author) -> int:
    """Return how well it is known who this is: not at all, by a name, by a handle, by an id."""
    if not author.id or author.id.startswith(UNSIGNED):
        return 0
    if author.handle is None and author.id == author.name:
        return 1
    return 2 if is_handle(author.id, author.handle) else 3


def settled(db: WriteConnection, posts: Sequence[Post]) -> list[Post]:
    """Return posts with the ids and writers that they end with; those that are stored get these ids, too.

    Two are one that were written in the same second and have one address, unless two people are named.
    Which of two comes first makes no difference.
    """
    places = [_place(post.platform, int(post.created_at.timestamp()), post.url) for post in posts]
    groups = defaultdict[_Place, list[_Appearance]](list)
    for post, place in zip(posts, places, strict=True):
        if place:
            groups[place].append(_Appearance(post.id, post.url, post.author))
    known = defaultdict[_Place, list[_Appearance]](list)
    for place, row in _rows_at(db, groups):
        known[place].append(row)
    ends = dict[_Place, _Appearance]()
    for place, group in groups.items():
        if end := _end(known[place], group):
            ends[place] = _renamed(db, place[0], known[place], end)
    pairs = zip(posts, places, strict=True)
    return [_as_it_ends(post, ends.get(place) if place else None) for post, place in pairs]


def ids_at(db: WriteConnection, platform: str, at: datetime, url: str) -> list[str]:
    """Return the ids of the posts that were written in the second `at` and have this address."""
    place = _place(platform, int(at.timestamp()), url)
    looks = {place: [_Appearance("", url, Author(id=""))]} if place else {}
    return [row.id for other, row in _rows_at(db, looks) if other == place]


def address_key(platform: str, url: str) -> int | None:
    """Return a key that is the same for all addresses of a post; None where a post has one id only."""
    place = _place(platform, 0, url)
    return page_key(f"https://{platform}.invalid/{place[2]}") if place else None


def attribute(db: WriteConnection, writers: Mapping[int, tuple[int, Author]]) -> None:
    """Give stored posts these writers, each with its archive id, where less was known of who wrote them.

    Who has no post any more is forgotten.
    """
    rows = db.execute(_WRITERS, [json.dumps([*writers])]).fetchall() if writers else []
    left = set()
    for post, before, native_id, name in rows:
        author_id, author = writers[post]
        if certainty(author) > certainty(Author(id=native_id, name=name)):
            # Out of its tracks and back, so that all counts by writer follow.
            series = db.column("DELETE FROM post_series WHERE post_id = ? RETURNING series", [post])
            db.execute("UPDATE posts SET author_id = ? WHERE id = ?", [author_id, post])
            db.executemany("INSERT INTO post_series VALUES (?, ?)", [(post, number) for number in series])
            messages.renew(db, [post])
            left.add(before)
    db.executemany(_UNUSED, [(author,) for author in left])


def _place(platform: str, second: int, url: str) -> _Place | None:
    rule = post_address(platform)
    if not rule or not rule.has_other_ids:
        return None
    name = name_in(url, platform)
    return (platform, second, name) if name else None


def _rows_at(
    db: WriteConnection, groups: Mapping[_Place, Sequence[_Appearance]]
) -> Iterator[tuple[_Place, _Appearance]]:
    """Yield the posts in the archive that were written in these seconds at these addresses."""
    # A scrubbed post has only the keys of its address.
    looks = [(place, look) for place, group in groups.items() for look in group]
    for platform in {place[0] for place in groups}:
        seconds = json.dumps([*{place[1] for place in groups if place[0] == platform}])
        rows = db.execute(_SAME_SECOND, [platform, seconds]).fetchall()
        is_whole = all(url for _, _, url, *_ in rows)
        keys_of = [] if is_whole else [(place, _keys(platform, look.url or "")) for place, look in looks]
        pages = {(place[:2], key): place for place, own in keys_of for key in own}
        for native_id, at, url, *author, keys in rows:
            by_key = (pages.get(((platform, at), key)) for key in json.loads(keys))
            if place := _place(platform, at, url) if url else next(filter(None, by_key), None):
                who = Author(id=author[0], handle=author[1], name=author[2])
                yield place, _Appearance(native_id, url, who)


def _keys(platform: str, url: str) -> tuple[int | None, ...]:
    return page_key(url), address_key(platform, url)


def _renamed(
    db: WriteConnection, platform: str, known: Sequence[_Appearance], end: _Appearance
) -> _Appearance:
    """Give a stored post the id that it ends with, and return it; unless another second's post has that."""
    for row in (row for row in known if row.id != end.id):
        if db.number(_IS_TAKEN, [platform, end.id]):
            return end._replace(id=row.id)
        for sql in _RENAMES:
            db.execute(sql, [platform, row.id, end.id])
    return end


def _end(known: Sequence[_Appearance], group: Sequence[_Appearance]) -> _Appearance | None:
    """Return by what id, and by whom, a post is stored in the end; None if these are not one post."""
    every = [*known, *group]
    accounts = [(look.author.id, look.author.handle.casefold()) for look in every if look.author.handle]
    # A handle may change: who has one id is one person.
    people = min((set(names) for names in zip(*accounts, strict=True)), key=len, default=())
    if len(every) < 2 or len(people) > 1 or len(known) > 1:
        return None
    return min(every, key=_rank)._replace(author=max((look.author for look in every), key=certainty))


def _rank(look: _Appearance) -> tuple[bool, bool, bool, int, str]:
    """Return what sorts ids: of what is gone, then no address, then numbers, Meta's own answers' first."""
    is_address = look.id.startswith("http") and page_key(look.id) == page_key(look.url or "")
    is_word = not look.id.isdecimal()
    return not look.id.startswith("gone:"), is_address, is_word, len(look.id), look.id


def _as_it_ends(post: Post, end: _Appearance | None) -> Post:
    if end is None:
        return post
    author = end.author if certainty(end.author) > certainty(post.author) else post.author
    return replace(post, id=end.id, author=author)
