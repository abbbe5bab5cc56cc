"""Conversations: what a post answers and what answers it, and when its platform is to be asked for them.

What a platform names as answered may be hidden, gone or made up: it is followed as far as it is here, never
in a circle, and only among posts of the same platform.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.archive.connection import Connection, WriteConnection
from monitor.archive.posts.refresh_queue import DuePost
from monitor.core.clock import stamp, unstamp

MOST = 500  # posts of a conversation that are shown
_RECENT = timedelta(days=14)  # how old a post of the campaign's own is asked for
OWN = "(SELECT id FROM authors WHERE handle COLLATE NOCASE IN (SELECT value FROM json_each(:own)))"
# "+": what is answered leads, not the platform.
_ANSWERS = "+{0}.platform = {1}.platform AND {0}.parent IN ({1}.native_id, {1}.url)"
_LINKS = "p.id, p.platform, p.native_id, p.url, p.parent, p.root"
_NAMES = " UNION ".join(f"SELECT platform, {name} FROM up" for name in ("native_id", "url", "parent", "root"))
_MEMBERS = f"""
  WITH RECURSIVE up AS (
      SELECT {_LINKS} FROM posts p WHERE p.id = :post UNION
      SELECT {_LINKS} FROM up u JOIN posts p ON p.platform = u.platform AND p.native_id IN (u.parent, u.root)
      LIMIT {MOST}),
    names (platform, name) AS ({_NAMES}),
    down AS (
      SELECT * FROM up UNION
      SELECT {_LINKS} FROM names n JOIN posts p ON +p.platform = n.platform AND p.parent = n.name
      WHERE n.name <> '' UNION
      SELECT {_LINKS} FROM names n JOIN posts p ON +p.platform = n.platform AND p.root = n.name
      WHERE n.name <> '' UNION
      SELECT {_LINKS} FROM down d JOIN posts p ON {_ANSWERS.format("p", "d")}
      LIMIT {MOST + 1})
  SELECT d.id, d.native_id, d.url, d.parent, d.root, p.author_id IN {OWN} FROM down d JOIN posts p USING (id)
  ORDER BY p.created_at, d.id"""
_ANSWERED = f"""
  SELECT p.id, min(a.id) FROM posts p JOIN posts a ON {_ANSWERS.format("a", "p")}
  WHERE p.id IN (SELECT value FROM json_each(:posts)) AND a.text IS NOT NULL AND a.author_id IN {OWN}
  GROUP BY p.id"""
_UNANSWERED = f"""
  SELECT DISTINCT r.id FROM posts o JOIN posts r ON {_ANSWERS.format("r", "o")}
  WHERE o.author_id IN {OWN} AND o.created_at >= :since AND r.kind = 'reply' AND r.text <> ''
    AND r.author_id NOT IN {OWN}
    AND NOT EXISTS (SELECT 1 FROM posts a WHERE {_ANSWERS.format("a", "r")} AND a.author_id IN {OWN})
    AND NOT EXISTS (SELECT 1 FROM marks WHERE post_id = r.id AND mark <> 'needs reply')
  ORDER BY r.created_at, r.id"""
_DUE = f"""
  SELECT p.id, p.native_id, p.again, p.created_at FROM posts p LEFT JOIN conversations c ON c.post_id = p.id
  WHERE p.platform = :platform AND p.again IS NOT NULL AND ifnull(c.due_at, '') <= :now AND p.id IN (
    SELECT id FROM posts WHERE author_id IN {OWN} AND created_at >= :since
    AND id NOT IN (SELECT post_id FROM replies)
    UNION ALL SELECT post_id FROM marks WHERE mark = 'needs reply')
  ORDER BY ifnull(c.due_at, ''), p.created_at DESC LIMIT :most"""


class ThreadItem(NamedTuple):
    """A place in a conversation: how deep it is, and the post; None where it is not here."""

    depth: int
    post: int | None


class _Link(NamedTuple):
    """A post as conversations are made of it."""

    id: int
    native_id: str
    url: str | None
    parent: str | None
    root: str | None
    is_own: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Posts as they answer each other, those that the campaign's own post began first."""

    items: tuple[ThreadItem, ...]
    is_whole: bool = True  # not cut off at MOST


@dataclass(frozen=True, slots=True)
class Conversations:
    """What answers what. `own` are the public handles of the campaign's own accounts."""

    db: Connection

    def of(self, post: int, own: Collection[str] = ()) -> Conversation:
        """Return the conversation that a post is in."""
        rows = self.db.execute(_MEMBERS, {"post": post, "own": _spellings(own)}).fetchall()
        links = [_Link._make(row) for row in rows]
        return Conversation(items=tuple(arranged(links[:MOST])), is_whole=len(links) <= MOST)

    def answers(self, posts: Iterable[int], own: Collection[str]) -> dict[int, int]:
        """Return of these posts those that an account of the campaign's own has answered, and by which."""
        values = {"posts": json.dumps([*posts]), "own": _spellings(own)}
        return dict(self.db.execute(_ANSWERED, values).fetchall())

    def unanswered(self, own: Collection[str], since: datetime) -> list[int]:
        """Return the replies to the campaign's own posts since then that wait for an answer, oldest first."""
        values = {"own": _spellings(own), "since": stamp(since)}
        return [post for (post,) in self.db.execute(_UNANSWERED, values)]

    def due(self, platform: str, own: Collection[str], now: datetime, most: int) -> list[DuePost]:
        """Return the posts whose conversation is to be asked for, the longest waiting first.

        Those are the campaign's own of two weeks, and those that are owed a reply.
        """
        values = {"platform": platform, "own": _spellings(own), "now": stamp(now), "most": most}
        rows = self.db.execute(_DUE, values | {"since": stamp(now - _RECENT)})
        return [DuePost(post, native_id, key, unstamp(at)) for post, native_id, key, at in rows]


@dataclass(frozen=True, slots=True)
class ConversationsWriter(Conversations):
    """The same, and when each is asked for again."""

    db: WriteConnection

    def schedule(self, post: int, at: datetime) -> None:
        """Store when a post's conversation may be asked for again."""
        with self.db.transaction():
            self.db.execute(
                "INSERT OR REPLACE INTO conversations (post_id, due_at) VALUES (?, ?)", [post, stamp(at)]
            )


def arranged(links: Iterable[_Link]) -> Iterator[ThreadItem]:
    """Yield posts each before what answers it; who answers in a circle comes once.

    What answers a post that is not here stands below a place without one.
    """
    links = sorted(links, key=lambda link: not link.is_own)  # stable: else they stay in the order of time
    ids = {name: link.id for link in links for name in (link.native_id, link.url) if name}
    below = defaultdict[int | str | None, list[int | str]](list)
    for link in links:
        above = ids.get(link.parent or "", link.parent or None)
        if isinstance(above, str) and above not in below:
            root = ids.get(link.root or "")
            below[root if root != link.id else None].append(above)
        below[above].append(link.id)
    yield from _walked(below, [*reversed([*below[None], *(link.id for link in links)])])


def _walked(below: Mapping[int | str | None, list[int | str]], tops: list[int | str]) -> Iterator[ThreadItem]:
    """Yield what is at the end of a list, and what is below it, before the rest; each thing once."""
    visits, waiting = set[int | str](), [(0, top) for top in tops]
    while waiting:
        depth, place = waiting.pop()
        if place in visits:
            continue
        visits.add(place)
        yield ThreadItem(depth, place if isinstance(place, int) else None)
        waiting += [(depth + 1, other) for other in reversed(below.get(place, ()))]


def _spellings(handles: Collection[str]) -> str:
    """Return public handles as they may be stored: with and without "@"."""
    names = {name.lstrip("@") for name in handles}
    return json.dumps(sorted({*names, *(f"@{name}" for name in names)}))
