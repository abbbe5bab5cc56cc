"""Writing to the archive: a page at a time, each in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from monitor.archive.connection import WriteConnection
from monitor.archive.coverage import save_poll
from monitor.archive.posts import tone_scores
from monitor.archive.posts.annotations import forget_words, inherit, take_back
from monitor.archive.posts.refresh_queue import next_reading
from monitor.core.clock import stamp, unstamp
from monitor.core.model import Author, Metrics, Page, Post, Sentiment
from monitor.core.text import fingerprint

_Key = tuple[str, str]  # platform, native id
_Scored = tuple[Post, Sentiment | None]

_COLUMNS = (
    "id, platform, native_id, author_id, url, text, created_at, day, hour, kind, lang,"
    " likes, reposts, replies, quotes, views, followers, tone, first_seen_at, again, due_at"
)
_NUMBERS = ("likes", "reposts", "replies", "quotes", "views")


@dataclass(frozen=True, slots=True)
class Ingest:
    """What platforms and people bring, stored; and what is to go, removed."""

    db: WriteConnection

    def save(
        self,
        page: Page,
        *,
        source: str,
        track: str,
        scores: Sequence[Sentiment | None],
        analyzer: str,
        started_at: datetime,
        now: datetime,
        is_reread: bool = False,
    ) -> int:
        """Store a page with its scores, cursor and coverage in one transaction; return the new posts.

        A post whose score is None is not scored: it is in another language. A page that is read
        `is_reread` brings no new post, and none into another track.
        """
        at = stamp(now)
        # A post may come twice in a page: the last one counts, with its own score.
        last = {(post.platform, post.id): (post, s) for post, s in zip(page.posts, scores, strict=True)}
        with self.db.transaction():
            new = self._posts(last, None if is_reread else track, analyzer, now) if last else 0
            self._scrub_native(source, page, at)
            if page.cursor is not None:
                self._cursor(track, page.stream, page.cursor, at)
            self._rejected(page, source, at)
            save_poll(self.db, page, source, track, started_at, at, new)
        return new

    def scrub(self, ids: Iterable[int], now: datetime) -> None:
        """Forget text, address and the writer's names; tallies, and the platform's own ids, stay."""
        with self.db.transaction():
            for post in ids:
                self._scrub(post, stamp(now))

    def delete(self, ids: Iterable[int]) -> None:
        """Remove posts with their tallies, as if they had never been collected."""
        with self.db.transaction():
            self.db.executemany("DELETE FROM posts WHERE id = ?", [(post,) for post in ids])

    def _posts(self, said: Mapping[_Key, _Scored], track: str | None, analyzer: str, now: datetime) -> int:
        """Store posts with their scores and return how many are new; a statement a table, not a post.

        Without a track, only those that are known.
        """
        at, stored = stamp(now), self._stored(list(said))
        if track is None:
            said = {key: scored for key, scored in said.items() if key in stored}
        new = {key: scored for key, scored in said.items() if key not in stored}
        shown = {key: scored for key, scored in said.items() if not _is_scrubbed(stored.get(key))}
        authors = self._authors([post for post, _ in shown.values()])
        first = self.db.number("SELECT ifnull(max(id), 0) + 1 FROM posts")
        self._insert(new.values(), authors, first, now)
        for key, found in stored.items():
            self._reread(found, said[key][0], at)
        ids = {key: row[0] for key, row in stored.items()} | dict(zip(new, count(first)))
        inherit(
            self.db,
            {ids[key]: said[key][0].text for key in shown if _says_anew(stored.get(key), said[key][0])},
        )
        scored = {key: (ids[key], score) for key, (_, score) in shown.items()}
        tone_scores.insert(self.db, scored.values(), analyzer, at)
        tone_scores.remove_replaced(self.db, [one for key, one in scored.items() if key in stored], analyzer)
        # Of posts known before, too: a picture or a link may come with a later reading.
        self._terms(
            [(ids[key], kind, term) for key, (post, _) in shown.items() for kind, term in _terms(post)]
        )
        if track is not None:
            series = {platform: self._series(track, platform) for platform in {key[0] for key in said}}
            self.db.executemany(
                "INSERT OR IGNORE INTO post_series (post_id, series) VALUES (?, ?)",
                [(post, series[key[0]]) for key, post in ids.items()],
            )
        # Last and at once: FTS5 writes its index out whenever another statement comes between.
        self.db.execute(
            "INSERT INTO posts_fts (rowid, text) SELECT id, text FROM posts WHERE id >= ?", [first]
        )
        return len(new)

    def _stored(self, keys: Sequence[_Key]) -> dict[_Key, tuple[Any, ...]]:
        """Return what is stored of these posts, as _reread takes it."""
        rows = self._matching(
            "SELECT platform, native_id, id, text, scrubbed_at, followers, again,"
            f" {', '.join(_NUMBERS)} FROM posts",
            keys,
        )
        return {row[:2]: row[2:] for row in rows}

    def _authors(self, posts: Sequence[Post]) -> dict[_Key, int]:
        """Store who wrote the posts, where something is new, and return their ids."""
        authors = {(post.platform, post.author.id): post.author for post in posts}
        rows = self._matching(
            "SELECT platform, native_id, id, handle, name, url, followers FROM authors", list(authors)
        )
        before = {row[:2]: row[2:] for row in rows}
        new = [(*key, *_introduced(who)) for key, who in authors.items() if key not in before]
        first = self.db.number("SELECT ifnull(max(id), 0) + 1 FROM authors")
        self.db.executemany(
            "INSERT INTO authors (id, platform, native_id, handle, name, url, followers)"
            f" VALUES ({_marks(7)})",
            [(author, *row) for author, row in enumerate(new, first)],
        )
        self.db.executemany(
            "UPDATE authors SET handle = ifnull(?, handle), name = ifnull(?, name), url = ifnull(?, url),"
            " followers = ifnull(?, followers) WHERE id = ?",
            [(*_introduced(authors[key]), row[0]) for key, row in before.items() if _says_more(authors[key], row)],
        )
        return {key: row[0] for key, row in before.items()} | {
            row[:2]: author for author, row in enumerate(new, first)
        }

    def _insert(
        self, scored: Iterable[_Scored], authors: Mapping[_Key, int], first: int, now: datetime
    ) -> None:
        """Store new posts, numbered from `first`, with what hangs on them."""
        rows, readings, at = [], [], stamp(now)
        for number, (post, score) in enumerate(scored, first):
            numbers = _numbers(post)
            rows.append((
                number, post.platform, post.id, authors[post.platform, post.author.id], post.url, post.text,
                stamp(post.created_at), *self._local(post.created_at), post.kind.value, post.lang, *numbers,
                post.author.followers, score.tone.value if score else None, at, post.reread_key,
                stamp(next_reading(post.created_at, now)) if post.reread_key else None,
            ))  # fmt: skip
            if post.metrics != Metrics():
                readings.append((number, at, *numbers))
        self.db.executemany(
            f"INSERT INTO posts ({_COLUMNS}) VALUES ({_marks(_COLUMNS.count(',') + 1)})", rows
        )
        self.db.executemany(f"INSERT INTO snapshots VALUES ({_marks(7)})", readings)

    def _terms(self, terms: Sequence[tuple[int, str, str]]) -> None:
        words = list({(kind, term) for _, kind, term in terms})
        self.db.executemany("INSERT OR IGNORE INTO terms (kind, term) VALUES (?, ?)", words)
        rows = self._matching("SELECT kind, term, id FROM terms", words, ("kind", "term"))
        ids = {(kind, term): number for kind, term, number in rows}
        self.db.executemany(
            "INSERT OR IGNORE INTO post_terms (post_id, term_id) VALUES (?, ?)",
            [(number, ids[kind, term]) for number, kind, term in terms],
        )

    def _reread(self, found: tuple[Any, ...], post: Post, at: str) -> None:
        id, text, scrubbed_at, followers, reread_key, *before = found
        if scrubbed_at is not None:
            return  # a scrubbed post stays scrubbed, whatever a late page says
        merged = [old if new is None else new for old, new in zip(before, _numbers(post), strict=True)]
        if merged != before:
            changes = ", ".join(f"{name} = ?" for name in _NUMBERS)
            self.db.execute(f"UPDATE posts SET {changes} WHERE id = ?", [*merged, id])
            self.db.execute(f"INSERT OR IGNORE INTO snapshots VALUES ({_marks(7)})", [id, at, *merged])
        if post.reread_key and post.reread_key != reread_key:
            self.db.execute(
                "UPDATE posts SET again = ?, due_at = ifnull(due_at, ?) WHERE id = ?",
                [post.reread_key, stamp(next_reading(post.created_at, unstamp(at))), id],
            )
        if followers is None and post.author.followers is not None:
            self.db.execute("UPDATE posts SET followers = ? WHERE id = ?", [post.author.followers, id])
        if post.text != text:
            self.db.execute("UPDATE posts SET text = ?, edited_at = ? WHERE id = ?", [post.text, at, id])
            self.db.execute("DELETE FROM tones WHERE post_id = ?", [id])
            self.db.execute("DELETE FROM post_terms WHERE post_id = ?", [id])
            if fingerprint(post.text) != fingerprint(text):
                take_back(self.db, id, at)

    def _series(self, track: str, platform: str) -> int:
        self.db.execute("INSERT OR IGNORE INTO tracks (name) VALUES (?)", [track])
        track_id = self.db.number("SELECT id FROM tracks WHERE name = ?", [track])
        self.db.execute("INSERT OR IGNORE INTO series (track_id, platform) VALUES (?, ?)", [track_id, platform])
        return self.db.number("SELECT id FROM series WHERE track_id = ? AND platform = ?", [track_id, platform])

    def _local(self, at: datetime) -> tuple[str, str]:
        """Return the local day of an instant, and the local hour with its offset from UTC."""
        local = at.astimezone(self.db.zone).isoformat()
        return local[:10], local[:13] + local[-6:]

    def _matching(
        self, sql: str, keys: Sequence[_Key], columns: tuple[str, str] = ("platform", "native_id")
    ) -> list[tuple[Any, ...]]:
        """Return the rows whose two columns are one of these pairs."""
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(keys), 1000):  # far below the most values that SQLite takes
            some = keys[start : start + 1000]
            pairs = ", ".join(["(?, ?)"] * len(some))
            where = f"{sql} WHERE ({', '.join(columns)}) IN (VALUES {pairs})"
            rows += self.db.execute(where, [value for pair in some for value in pair]).fetchall()
        return rows

    def _cursor(self, track: str, stream: str, cursor: str, at: str) -> None:
        self.db.execute(
            "INSERT INTO cursors (track, stream, cursor, updated_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (track, stream)"
            " DO UPDATE SET cursor = excluded.cursor, updated_at = excluded.updated_at",
            [track, stream, cursor, at],
        )

    def _scrub_native(self, platform: str, page: Page, at: str) -> None:
        for native_id in page.deleted:
            for (post,) in self.db.execute(
                "SELECT id FROM posts WHERE platform = ? AND native_id = ?", [platform, native_id]
            ).fetchall():
                self._scrub(post, at)
        for native_id in page.deleted_authors:
            for (post,) in self.db.execute(
                "SELECT p.id FROM posts p JOIN authors a ON a.id = p.author_id"
                " WHERE a.platform = ? AND a.native_id = ?",
                [platform, native_id],
            ).fetchall():
                self._scrub(post, at)

    def _scrub(self, post: int, at: str) -> None:
        forget_words(self.db, post)
        self.db.execute(
            "UPDATE posts SET text = NULL, url = NULL, again = NULL, due_at = NULL, scrubbed_at = ?"
            " WHERE id = ?",
            [at, post],
        )
        # A link may name its writer; hashtags and kinds of media say nobody's name, and are tallied on.
        self.db.execute(
            "DELETE FROM post_terms WHERE post_id = ?"
            " AND term_id IN (SELECT id FROM terms WHERE kind = 'link')",
            [post],
        )
        # The writer's name goes with their last readable post.
        self.db.execute(
            "UPDATE authors SET handle = NULL, name = NULL, url = NULL"
            " WHERE id = (SELECT author_id FROM posts WHERE id = ?)"
            " AND NOT EXISTS (SELECT 1 FROM posts WHERE author_id = authors.id AND scrubbed_at IS NULL)",
            [post],
        )

    def _rejected(self, page: Page, source: str, at: str) -> None:
        self.db.executemany(
            "INSERT INTO rejected (source, stream, at, reason, raw) VALUES (?, ?, ?, ?, ?)",
            [(source, page.stream, at, item.reason, item.raw[:2000]) for item in page.rejected],
        )


def _is_scrubbed(stored: tuple[Any, ...] | None) -> bool:
    return stored is not None and stored[2] is not None


def _says_anew(stored: tuple[Any, ...] | None, post: Post) -> bool:
    """Return whether a post's text is new, or was edited."""
    return stored is None or stored[1] != post.text


def _numbers(post: Post) -> list[int | None]:
    return [getattr(post.metrics, name) for name in _NUMBERS]


def _terms(post: Post) -> list[tuple[str, str]]:
    tags, links = [("tag", tag) for tag in post.tags], [("link", link) for link in post.links]
    places = [("place", place) for place in post.places]
    return [*tags, *links, *(("media", media.value) for media in post.media), *places]


def _introduced(who: Author) -> tuple[Any, ...]:
    return who.handle, who.name, who.url, who.followers


def _says_more(who: Author, before: tuple[Any, ...]) -> bool:
    return any(new is not None and new != old for new, old in zip(_introduced(who), before[1:], strict=True))


def _marks(number: int) -> str:
    return ", ".join("?" * number)
