"""Finding places again in stored posts, after the names to look for have changed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from monitor.archive.connection import WriteConnection

_Find = Callable[[str], frozenset[str]]


class PlacesUpdate(NamedTuple):
    """What one step did: the id of the last post, how many it looked at, and how many changed."""

    last: int
    posts: int
    changed: int


@dataclass(frozen=True, slots=True)
class PlaceTags:
    """The places that posts name."""

    db: WriteConnection

    def update(self, find: _Find, *, after: int = 0, most: int = 500) -> PlacesUpdate | None:
        """Find places anew in the next posts with a text, by id, in one short transaction.

        Return what was done; None if there are no more.
        """
        with self.db.transaction():
            rows = self.db.execute(
                "SELECT id, text, (SELECT group_concat(t.term, ' ') FROM post_terms x JOIN terms t"
                " ON t.id = x.term_id WHERE x.post_id = posts.id AND t.kind = 'place') FROM posts"
                f" WHERE id > ? AND text IS NOT NULL ORDER BY id LIMIT {most}",
                [after],
            ).fetchall()
            changed = [
                (post, places)
                for post, text, before in rows
                if (places := find(text)) != frozenset((before or "").split())
            ]
            for post, places in changed:
                self._place(post, places)
        return PlacesUpdate(rows[-1][0], len(rows), len(changed)) if rows else None

    def _place(self, post: int, places: frozenset[str]) -> None:
        self.db.execute(
            "DELETE FROM post_terms WHERE post_id = ?"
            " AND term_id IN (SELECT id FROM terms WHERE kind = 'place')",
            [post],
        )
        self.db.executemany(
            "INSERT OR IGNORE INTO terms (kind, term) VALUES ('place', ?)", [(key,) for key in places]
        )
        self.db.executemany(
            "INSERT INTO post_terms SELECT ?, id FROM terms WHERE kind = 'place' AND term = ?",
            [(post, key) for key in sorted(places)],
        )
