"""Finding places again in stored posts, after the names to look for have changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from monitor.archive.connection import WriteConnection

_Find = Callable[[str], frozenset[str]]


class PlacesUpdate(NamedTuple):
    """What one step did: how many posts it looked at, and how many changed."""

    posts: int
    changed: int


@dataclass(frozen=True, slots=True)
class PlaceTags:
    """The places that posts name."""

    db: WriteConnection

    def are_of(self, version: str) -> bool:
        """Return whether this version of a gazetteer found them, as far as posts have a text."""
        row = self.db.execute("SELECT value FROM meta WHERE key = 'places'").fetchone()
        return row is not None and row[0] == version

    def update(self, find: _Find, version: str, *, most: int = 500) -> Iterator[PlacesUpdate]:
        """Find places anew in all posts with a text, by id, and yield what each short transaction did.

        Only when it was asked for all of them they are of this version.
        """
        last: int | None = 0
        while last is not None:
            with self.db.transaction():
                rows = self.db.execute(
                    "SELECT id, text, (SELECT group_concat(t.term, ' ') FROM post_terms x JOIN terms t"
                    " ON t.id = x.term_id WHERE x.post_id = posts.id AND t.kind = 'place') FROM posts"
                    f" WHERE id > ? AND text IS NOT NULL ORDER BY id LIMIT {most}",
                    [last],
                ).fetchall()
                changed = [
                    (post, places)
                    for post, text, before in rows
                    if (places := find(text)) != frozenset((before or "").split())
                ]
                for post, places in changed:
                    self._place(post, places)
            last = rows[-1][0] if rows else None
            if rows:
                yield PlacesUpdate(len(rows), len(changed))
        with self.db.transaction():
            self.db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('places', ?)", [version])

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
