"""Who posts: ranked by what they did in some days, and looked up by number."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from monitor.archive.connection import Connection
from monitor.archive.query.search_terms import ACCOUNTS
from monitor.archive.stats import SCANNED, Stats, number, poster
from monitor.archive.values import Poster, Scope
from monitor.core.model import Author


class PeopleOrder(StrEnum):
    """Which people come first."""

    POSTS = "posts"
    FOLLOWERS = "followers"
    ENGAGEMENT = "engagement"


@dataclass(frozen=True, slots=True)
class People:
    """The accounts that posted."""

    db: Connection
    stats: Stats

    def ranked(
        self, scope: Scope, order: PeopleOrder, *, new_only: bool = False, most: int = 20
    ) -> list[Poster]:
        """Return the accounts that posted and can be named, with what they did in these days.

        With PeopleOrder.FOLLOWERS only those whose followers are known.
        """
        rows: list[tuple[Any, ...]] = []
        for some in (2 * most, 0):  # and then all, if too many have lost their names
            these = self._first(scope, order, some, new_only=new_only) if some else None
            start = _NEW_PEOPLE if new_only else "author_days d"
            sql = _PEOPLE.format(
                start=start if these is None else _THESE_PEOPLE, most=most, order=_PEOPLE_ORDERS[order]
            )
            rows = self.stats.rows(scope, sql, these=json.dumps(these))
            if len(rows) == most or these is None or len(these) < some:
                break
        return [
            poster(scope, author, (posts, [engagement, engagement_known]), profile)
            for author, posts, engagement, engagement_known, *profile in rows
        ]

    def _first(self, scope: Scope, order: PeopleOrder, some: int, *, new_only: bool) -> list[int] | None:
        """Return whom to look at, the first ones among them; None: look at all."""
        if self.stats.total("posts", scope) <= SCANNED:
            return None
        if order != PeopleOrder.FOLLOWERS:
            of, earliest = "author" if order == PeopleOrder.POSTS else order.value, number(scope.first)
            return [*self.stats.walk(of, scope, some, earliest=earliest if new_only else 0)]
        if new_only or self.stats.everyone(scope).followers_known <= _FEW_KNOWN:
            return None  # nearly all would be looked at
        return [author for (author,) in self.stats.rows(scope, _FOLLOWED, most=some)]

    def name_of(self, author: int) -> tuple[str, str | None] | None:
        """Return the platform, and the handle or else the name, of an account; None if there is none."""
        row = self.db.execute(
            "SELECT platform, ifnull(handle, name) FROM authors WHERE id = ?", [author]
        ).fetchone()
        return (row[0], row[1]) if row else None

    def accounts(self, handle: str, most: int = 5) -> list[tuple[int, str, str]]:
        """Return id, platform and handle of the accounts of this name: 'ann' is 'ann@example.org', too."""
        ids = ACCOUNTS.format(name="name")
        sql = f"SELECT id, platform, handle FROM authors WHERE id IN ({ids}) LIMIT {most}"
        return self.db.execute(sql, {"name": handle}).fetchall()

    def writers(self, platform: str, track: str) -> list[str]:
        """Return the native ids of those with the most posts in a track, of whom some are readable still."""
        return self.db.column(
            "SELECT a.native_id FROM tracks k JOIN series s ON s.track_id = k.id"
            " JOIN author_totals t ON t.series = s.id JOIN authors a ON a.id = t.author_id"
            " WHERE k.name = ? AND s.platform = ? AND EXISTS (SELECT 1 FROM posts WHERE author_id = a.id"
            " AND scrubbed_at IS NULL) ORDER BY t.posts DESC, a.id LIMIT ?",
            [track, platform, _MOST_WRITERS],
        )

    def authors(self, platform: str, ids: Collection[str]) -> dict[str, Author]:
        """Return what is known of a platform's people, by their native ids."""
        sql = (
            "SELECT native_id, handle, name, url, followers FROM authors"
            f" WHERE platform = ? AND handle IS NOT NULL AND native_id IN ({', '.join('?' * len(ids))})"
        )
        return {author.id: author for author in self.db.records(Author, sql, [platform, *ids])}


_MOST_WRITERS = 1_000  # whose past is read: each has a cursor of their own
_NEW_PEOPLE = (
    "(SELECT series, author_id FROM author_totals WHERE series IN ({ids})"
    " AND first_day BETWEEN :first AND :last) n"
    " CROSS JOIN author_days d INDEXED BY author_days_by_author"
    " ON d.series = n.series AND d.author_id = n.author_id"
)
_THESE_PEOPLE = (
    "(SELECT value AS author_id FROM json_each(:these)) n"
    " CROSS JOIN author_days d INDEXED BY author_days_by_author ON d.author_id = n.author_id"
)
_FEW_KNOWN = 2_000
_ACTIVE = (
    "authors a INDEXED BY authors_by_followers WHERE a.followers IS NOT NULL"
    " AND ifnull(a.handle, a.name) IS NOT NULL AND EXISTS (SELECT 1 FROM author_days"
    " INDEXED BY author_days_by_author WHERE series IN ({ids}) AND author_id = a.id"
    " AND day BETWEEN :first AND :last)"
)
_FOLLOWED = (  # those with most followers, and all who have as many as the last of them
    f"SELECT a.id FROM {_ACTIVE} AND a.followers >= ifnull((SELECT followers FROM {_ACTIVE}"
    " ORDER BY a.followers DESC LIMIT 1 OFFSET :most - 1), 0)"
)
_PEOPLE = """
  SELECT a.id, d.posts, d.engagement, d.known, a.platform, a.handle, a.name, a.url, a.followers,
    (SELECT min(first_day) FROM author_totals WHERE series IN ({{ids}}) AND author_id = a.id)
  FROM (SELECT d.author_id, sum(d.posts) AS posts, sum(d.engagement) AS engagement,
      sum(d.engagement_known) AS known FROM {start}
    WHERE d.series IN ({{ids}}) AND d.day BETWEEN :first AND :last GROUP BY 1) d
  CROSS JOIN authors a ON a.id = d.author_id
  WHERE ifnull(a.handle, a.name) IS NOT NULL AND {order} LIMIT {most}
"""
_PEOPLE_ORDERS = {
    PeopleOrder.POSTS: "true ORDER BY d.posts DESC, d.engagement DESC, a.id",
    PeopleOrder.FOLLOWERS: "a.followers IS NOT NULL ORDER BY a.followers DESC, d.posts DESC, a.id",
    PeopleOrder.ENGAGEMENT: "d.engagement > 0 ORDER BY d.engagement DESC, d.posts DESC, a.id",
}
