"""One post that comes once by its number and once by its address, or by two numbers: stored under one id.

Meta numbers a post one way in its answers and another on its pages, and a table may have only its address.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
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
    # A flood of one second must not make storing slow. +: by itself the planner takes the index of platforms
    f" WHERE +p.platform = ? AND p.created_unix IN {GIVEN} LIMIT 5000"
)
_WRITERS = (
    "SELECT p.id, a.id, a.native_id, a.name FROM posts p JOIN authors a ON a.id = p.author_id"
    f" WHERE a.handle IS NULL AND p.id IN {GIVEN}"
)
_UNUSED = "DELETE FROM authors WHERE id = ? AND native_id <> '' AND id NOT IN (SELECT author_id FROM posts)"
_RENAME = (  # unless that id has a post already, of another second
    "UPDATE posts SET native_id = :new WHERE platform = :platform AND native_id = :old AND NOT EXISTS"
    " (SELECT 1 FROM posts o WHERE o.platform = :platform AND o.native_id = :new)"
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
    Which comes first makes no difference.
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
            ends[place] = end
            for row in (row for row in known[place] if row.id != end.id):
                db.execute(_RENAME, {"new": end.id, "platform": place[0], "old": row.id})
    pairs = zip(posts, places, strict=True)
    return [_as_it_ends(post, ends.get(place) if place else None) for post, place in pairs]


def attribute(db: WriteConnection, writers: Mapping[int, tuple[int, Author]]) -> None:
    """Give stored posts these writers, each with its archive id, where less was known of who wrote them."""
    rows = db.execute(_WRITERS, [json.dumps([*writers])]).fetchall() if writers else []
    for post, before, native_id, name in rows:
        author_id, author = writers[post]
        if certainty(author) > certainty(Author(id=native_id, name=name)):
            # Out of its tracks and back, so that all counts by writer follow.
            series = db.column("DELETE FROM post_series WHERE post_id = ? RETURNING series", [post])
            db.execute("UPDATE posts SET author_id = ? WHERE id = ?", [author_id, post])
            db.executemany("INSERT INTO post_series VALUES (?, ?)", [(post, number) for number in series])
            db.execute(_UNUSED, [before])
            messages.renew(db, [post])


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
        pages = {} if is_whole else {(place[:2], page_key(look.url or "")): place for place, look in looks}
        for native_id, at, url, *author, keys in rows:
            by_key = (pages.get(((platform, at), key)) for key in json.loads(keys))
            if place := _place(platform, at, url) if url else next(filter(None, by_key), None):
                who = Author(id=author[0], handle=author[1], name=author[2])
                yield place, _Appearance(native_id, url, who)


def _end(known: Sequence[_Appearance], group: Sequence[_Appearance]) -> _Appearance | None:
    """Return by what id, and by whom, a post is stored in the end; None if these are not one post."""
    every = [*known, *group]
    people = {look.author.handle.casefold() for look in every if look.author.handle}
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
