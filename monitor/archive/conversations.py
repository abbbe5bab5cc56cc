"""Conversations: what a post answers and what answers it, and when its platform is to be asked for them.

What a platform names as answered may be hidden, gone or made up: it is followed as far as it is here, never
in a circle, and only among posts of the same platform. `own` are the handles of the campaign's own accounts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.archive.connection import OWN, Connection, WriteConnection, own_accounts
from monitor.archive.posts.refresh_queue import DuePost
from monitor.core.clock import stamp
from monitor.core.model import LONGEST_THREAD

_Place = int | str  # a post's id, or what one that is not here is called
_Link = tuple[int, str, str | None, str | None, str | None]  # a post: id, own id, address, parent, root
THREAD_PAUSE = timedelta(hours=1)  # before one is asked for again; what waits longer, a wrong clock put off
_RECENT = timedelta(days=14)  # how old a post of the campaign's own is asked for, at most
# A post that answers another. "+": what is answered leads, not the platform.
ANSWERING = "+{0}.platform = {1}.platform AND {0}.parent IN ({1}.native_id, {1}.url)"
_LINKS = "p.id, p.platform, p.native_id, p.url, p.parent, p.root"
_NAMES = " UNION ".join(f"SELECT platform, {name} FROM up" for name in ("native_id", "url", "parent", "root"))
_NAMING = f"SELECT {_LINKS} FROM names n CROSS JOIN posts p ON +p.platform = n.platform AND p.{{}} = n.name"
_MEMBERS = f"""
  WITH RECURSIVE up AS (
      SELECT {_LINKS} FROM posts p WHERE p.id = :post UNION
      SELECT {_LINKS} FROM up u JOIN posts p ON p.platform = u.platform AND p.native_id IN (u.parent, u.root)
      LIMIT {LONGEST_THREAD}),
    names (platform, name) AS (SELECT * FROM ({_NAMES}) WHERE native_id <> ''),
    down AS (
      SELECT * FROM up UNION {_NAMING.format("parent")} UNION {_NAMING.format("root")} UNION
      SELECT {_LINKS} FROM down d JOIN posts p ON {ANSWERING.format("p", "d")} LIMIT {LONGEST_THREAD})
  SELECT d.id, d.native_id, d.url, d.parent, d.root, p.author_id, p.author_id IN {OWN}
  FROM down d JOIN posts p USING (id)
  ORDER BY 7 DESC, p.created_unix, d.id"""
_UNANSWERED = f"""
  SELECT DISTINCT r.id FROM posts o JOIN posts r ON {ANSWERING.format("r", "o")}
  WHERE o.author_id IN {OWN} AND o.created_unix >= unixepoch(:since) AND r.kind = 'reply' AND r.text <> ''
    AND r.author_id NOT IN {OWN}
    AND NOT EXISTS (SELECT 1 FROM posts a WHERE {ANSWERING.format("a", "r")} AND a.author_id IN {OWN})
    AND NOT EXISTS (SELECT 1 FROM marks WHERE post_id = r.id AND mark <> 'needs reply')
  ORDER BY r.created_unix, r.id"""
_DUE = f"""
  SELECT p.id, p.native_id, p.again, p.created_at FROM posts p LEFT JOIN conversations c ON c.post_id = p.id
  WHERE +p.platform = :platform AND p.again IS NOT NULL
    AND ifnull(c.due_at <= :now OR c.due_at > :latest, true) AND p.id IN (
    SELECT id FROM posts WHERE author_id IN {OWN} AND created_unix >= unixepoch(:since)
    AND id NOT IN (SELECT post_id FROM replies) UNION ALL
    SELECT post_id FROM marks WHERE mark = 'needs reply')
  ORDER BY ifnull(c.due_at, ''), p.created_unix DESC LIMIT :most"""


class ThreadItem(NamedTuple):
    """A place in a conversation: how deep it is, and the post with its author; None where it is not here."""

    depth: int
    post: int | None = None
    author: int | None = None
    is_own: bool = False  # by an account of the campaign's own


@dataclass(frozen=True, slots=True)
class Conversations:
    """What answers what."""

    db: Connection

    def of(self, post: int, own: Collection[str] = ()) -> list[ThreadItem]:
        """Return the conversation that a post is in, what answers the campaign's own posts first.

        Of one that is longer than LONGEST_THREAD only so many posts.
        """
        rows = self.db.execute(_MEMBERS, {"post": post, "own": own_accounts(own)}).fetchall()
        authors = {post: (author, bool(is_own)) for post, *_, author, is_own in rows}
        return [
            ThreadItem(depth) if isinstance(place, str) else ThreadItem(depth, place, *authors[place])
            for depth, place in _arranged(row[:5] for row in rows)
        ]

    def unanswered(self, own: Collection[str], since: datetime) -> list[int]:
        """Return the replies to the campaign's own posts since then that wait for an answer, oldest first."""
        return self.db.column(_UNANSWERED, {"own": own_accounts(own), "since": stamp(since)})

    def due(self, platform: str, own: Collection[str], now: datetime, most: int) -> list[DuePost]:
        """Return the posts whose conversation is to be asked for, the longest waiting first.

        Those are the campaign's own of two weeks, and those that are owed a reply.
        """
        values = {"platform": platform, "own": own_accounts(own), "now": stamp(now), "most": most}
        values |= {"since": stamp(now - _RECENT), "latest": stamp(now + THREAD_PAUSE)}
        return self.db.records(DuePost, _DUE, values)


@dataclass(frozen=True, slots=True)
class ConversationsWriter(Conversations):
    """The same, and when each is asked for again."""

    db: WriteConnection

    def schedule(self, post: int, at: datetime) -> None:
        """Store when a post's conversation may be asked for again."""
        with self.db.transaction():
            self.db.execute("INSERT OR REPLACE INTO conversations VALUES (?, ?)", [post, stamp(at)])


def _arranged(links: Iterable[_Link]) -> Iterator[tuple[int, _Place]]:
    """Yield posts each once, before what answers it, and how deep.

    What answers a post that is not here stands below a place without one.
    """
    links = [*links]
    ids = {name: post for post, *names, _, _ in links for name in names if name}
    below = defaultdict[_Place | None, list[_Place]](list)
    for post, *_, parent, root in links:
        above = ids.get(parent or "", parent or None)
        if isinstance(above, str) and above not in below:
            top = ids.get(root or "")
            below[None if top == post else top].append(above)
        below[above].append(post)
    tops = [*below[None], *(link[0] for link in links)]  # the latter of what is in a circle
    visits, waiting = set[_Place](), [(0, top) for top in reversed(tops)]
    while waiting:
        depth, place = waiting.pop()
        if place not in visits:
            visits.add(place)
            yield depth, place
            waiting += [(depth + 1, other) for other in reversed(below[place])]
