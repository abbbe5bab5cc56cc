"""Finding places and themes again in stored posts, after the words to look for have changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.archive.connection import WriteConnection

Find = Callable[[str], frozenset[str]]
_UNTAG = (
    "DELETE FROM post_terms WHERE post_id = :post AND term_id IN (SELECT id FROM terms WHERE kind = :kind)"
)


class TermsUpdate(NamedTuple):
    """What one step did: how many posts it looked at, and how many changed."""

    posts: int
    changed: int


@dataclass(frozen=True, slots=True)
class TermTags:
    """The terms of a kind, such as the places, that are found in posts' texts."""

    db: WriteConnection
    kind: str

    def are_of(self, version: str) -> bool:
        """Return whether this version of what is looked for found them, as far as posts have a text."""
        return self.db.meta(f"{self.kind}s") == version

    def update(self, find: Find, version: str, *, most: int = 500) -> Iterator[TermsUpdate]:
        """Find the terms anew in all posts with a text, by id, and yield what each short transaction did.

        Only when it was asked for all of them they are of this version.
        """
        last: int | None = 0
        while last is not None:
            with self.db.transaction():
                rows = self.db.execute(
                    "SELECT id, text, (SELECT group_concat(t.term, ' ') FROM post_terms x JOIN terms t"
                    " ON t.id = x.term_id WHERE x.post_id = posts.id AND t.kind = :kind) FROM posts"
                    f" WHERE id > :last AND text IS NOT NULL ORDER BY id LIMIT {most}",
                    {"kind": self.kind, "last": last},
                ).fetchall()
                changed = [
                    (post, terms)
                    for post, text, before in rows
                    if (terms := find(text)) != frozenset((before or "").split())
                ]
                posts = [{"post": post, "kind": self.kind} for post, _ in changed]
                self.db.conn.executemany(_UNTAG, posts)
                store(self.db, [(post, self.kind, term) for post, terms in changed for term in sorted(terms)])
            last = rows[-1][0] if rows else None
            if rows:
                yield TermsUpdate(len(rows), len(changed))
        with self.db.transaction():
            self.db.set_meta(f"{self.kind}s", version)


def store(db: WriteConnection, terms: Sequence[tuple[int, str, str]]) -> None:
    """Store which posts have which terms (post, kind, term), as part of a transaction."""
    names = dict.fromkeys((kind, term) for _, kind, term in terms)
    db.executemany("INSERT OR IGNORE INTO terms (kind, term) VALUES (?, ?)", [*names])
    db.executemany(
        "INSERT OR IGNORE INTO post_terms SELECT ?, id FROM terms WHERE kind = ? AND term = ?", terms
    )
