"""Writing to the archive: a page at a time, each in one transaction."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from operator import attrgetter
from typing import Any, NamedTuple

from monitor.archive.connection import GIVEN, WriteConnection, check_posts
from monitor.archive.coverage import save_cursor, save_poll
from monitor.archive.erasure.scrub import erase, unname_answered
from monitor.archive.erasure.tombstones import Tombstones
from monitor.archive.erasure.traces import as_masked
from monitor.archive.kit import KitWriter
from monitor.archive.posts import messages, readings, rejected, search_index, term_tags, tone_scores
from monitor.archive.posts.annotations import inherit, take_back
from monitor.archive.posts.identities import attribute, ids_at, is_handle, settled
from monitor.archive.posts.readings import numbers, read_at
from monitor.archive.posts.refresh_queue import next_reading
from monitor.archive.stats import Stats
from monitor.archive.themes.themes import Themes
from monitor.archive.values import IMPORT
from monitor.core.clock import stamp, unstamp
from monitor.core.model import Author, Deleted, Page, Post, Purpose, Sentiment
from monitor.core.text import fingerprint, normal_tag
from monitor.manual_entry import BY_HAND

_Key = tuple[str, str]  # platform, native id
_Scored = tuple[Post, Sentiment | None]

_COLUMNS = (
    "id, platform, native_id, author_id, url, text, kind, lang,"
    " likes, reposts, replies, quotes, views, followers, tone, again,"
    " created_unix, utc_offset, seen_unix, due_unix, read_unix, origin, parent, root, copy_of"
)
_MARKS = ", ".join("unixepoch(?)" if name.endswith("_unix") else "?" for name in _COLUMNS.split(", "))
# A platform of many servers may name a post by where it was shown; its own id says more.
# A picture that was looked at is not asked for again where the same is in the edited post.
_REPLACED_PICTURES = (
    "DELETE FROM pictures WHERE post_id = ? AND (looked_at IS NULL"
    " OR (place, address) NOT IN (SELECT key, value FROM json_each(?) WHERE value IS NOT NULL))"
)
_STILL_SHOWN = (
    "AND NOT (how = 'code' AND EXISTS (SELECT 1 FROM pictures x WHERE x.post_id = kit_matches.post_id"
    " AND codes <> ''))"
)
_CLEARER_PARENT = (
    "UPDATE posts SET parent = p.native_id FROM posts p WHERE p.native_id = ? AND posts.id = ?"
    " AND p.platform = posts.platform AND posts.parent <> ''"
)
_ENTERED = (BY_HAND, IMPORT)  # by people: no other look at a platform would bring it again
_UNMOVED = timedelta(hours=1)  # after which a look that finds the same numbers is noted
_profile = attrgetter("handle", "name", "url", "followers")  # of an author, or as it is stored
# The latest reading that says a thing counts, whatever order they come in.
_MEET_AGAIN = (
    "UPDATE authors SET {}, read_unix = max(unixepoch(?2), ifnull(read_unix, unixepoch(?2))),"
    " followers = iif(?6 IS NULL OR ?2 < ifnull(followers_at, ''), followers, ?6), followers_unix ="
    " iif(?6 IS NULL, followers_unix, max(unixepoch(?2), ifnull(followers_unix, unixepoch(?2))))"
    " WHERE id = ?1"
).format(
    ", ".join(
        f"{name} = iif(?2 >= ifnull(read_at, ''), ifnull(?{place}, {name}), ifnull({name}, ?{place}))"
        for place, name in enumerate(("handle", "name", "url"), 3)
    )
)


class _PostColumns(NamedTuple):
    """A row of `posts`: each field is the column of its name."""

    platform: str
    native_id: str
    id: int
    author_id: int
    text: str | None
    scrubbed_at: str | None
    followers: int | None
    again: str | None  # the post's reread_key
    likes: int | None
    reposts: int | None
    replies: int | None
    quotes: int | None
    views: int | None
    parent: str | None
    root: str | None
    copy_of: str | None
    read_at: str | None


# Of a post that was stored before `read_at` was kept, the latest reading that moved a number.
_STORED = ", ".join(_PostColumns._fields).replace(
    "read_at", "ifnull(read_at, (SELECT max(read_at) FROM snapshots WHERE post_id = posts.id))"
)


class _StoredAuthor(NamedTuple):
    """A row of `authors`: each field is the column of its name."""

    platform: str
    native_id: str
    id: int
    handle: str | None
    name: str | None
    url: str | None
    followers: int | None
    known_at: str | None  # since when all of it is; no column of its own


_FOLLOWED = (
    "UPDATE posts SET followers = (SELECT followers FROM authors WHERE id = author_id)"
    f" WHERE id >= ? AND followers IS NULL AND author_id IN {GIVEN}"
)
_AUTHOR = ", ".join(f"a.{name}" for name in _StoredAuthor._fields[:-1]) + ", min(a.read_at, a.followers_at)"
_NAMESAKES = (  # of each (platform, native id, handle) the account that alone has the handle
    f"SELECT k.value ->> 0, k.value ->> 1, {_AUTHOR} FROM json_each(?) k CROSS JOIN authors a"
    " ON a.handle COLLATE NOCASE = k.value ->> 2 AND +a.platform = k.value ->> 0"
    " GROUP BY k.key HAVING count(*) = 1"
)


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
    ) -> int:
        """Store a page with its scores, cursor and coverage in one transaction; return the new posts.

        A post whose score is None is not scored: it is in another language. Raises ArchiveError where the
        counts of a lake are.
        """
        check_posts(self.db)
        at = stamp(now)
        begin = self.db.durable_transaction if source in _ENTERED else self.db.transaction
        with begin():
            page, scores = Tombstones.beside(self.db.path).clean(page, scores, source)
            origin = self._id_of("origins", source=source, stream=page.stream)
            new = sum(
                self._posts(scored, page.purpose, track, analyzer, origin, now)
                for scored in _readings(page.posts, settled(self.db, page.posts), scores)
            )
            self._scrub_native(source, page, at)
            if page.cursor is not None:
                save_cursor(self.db, track, page.stream, page.cursor, at)
            rejected.keep(self.db, page, source, track, started_at, at)
            save_poll(self.db, page, source, track, started_at, at, new)
        return new

    def follow(self, deletions: Sequence[Deleted], now: datetime) -> None:
        """Forget the posts that a file says are gone from their platform, as `scrub` does."""
        with self.db.durable_transaction():
            for item in deletions:
                others = ids_at(self.db, item.platform, item.created_at, item.url) if item.created_at else []
                page = Page(stream="", deleted=(item.id, *others), deleted_authors=(item.author,))
                self._scrub_native(item.platform, page, stamp(now))

    def settled(self, posts: Sequence[Post]) -> list[Post]:
        """Return posts that are stored with the ids and writers that the archive has them by."""
        return settled(self.db, posts)

    def scrub(self, ids: Iterable[int], now: datetime) -> None:
        """Forget posts but for their tallies, and who has no other, wherever others name them."""
        with self.db.transaction():
            erase(self.db, [*ids], stamp(now))

    def delete(self, ids: Iterable[int]) -> None:
        """Remove posts with their tallies, as if they had never been collected."""
        with self.db.durable_transaction():
            posts = [*ids]
            erase(self.db, posts, "")
            neighbours = messages.members(self.db, posts).difference(posts)
            for sql in ("UPDATE posts SET message = NULL WHERE id = ?", "DELETE FROM posts WHERE id = ?"):
                self.db.executemany(sql, [(post,) for post in posts])
            messages.join(self.db, neighbours, neighbours)

    def _posts(
        self, scored: Mapping[_Key, _Scored], purpose: Purpose, track: str, analyzer: str, origin: int,
        now: datetime,
    ) -> int:  # fmt: skip
        """Store posts with their scores and return how many are new; a statement a table, not a post."""
        rows = self._known(f"SELECT {_STORED} FROM posts", list(scored))
        at, before = stamp(now), {key: _PostColumns._make(row) for key, row in rows.items()}
        scored = {
            key: (_reading(post, before.get(key), purpose), score)
            for key, (post, score) in scored.items()
            if key in before or purpose is not Purpose.REREAD
        }
        new = {key: pair for key, pair in scored.items() if key not in before}
        scrubbed = {key for key, row in before.items() if row.scrubbed_at is not None}
        authors = self._authors([post for key, (post, _) in scored.items() if key not in scrubbed], now)
        first = self.db.number("SELECT ifnull(max(id), 0) + 1 FROM posts")
        self._insert(new.values(), authors, first, origin, now)
        self._attribute(before, scored, authors)
        replaced = {key for key, row in before.items() if self._update(row, scored[key][0], now)}
        # Of words that a later reading found replaced, nothing is kept but the numbers.
        readable = {key: pair for key, pair in scored.items() if key not in scrubbed | replaced}
        ids = {key: row.id for key, row in before.items()} | dict(zip(new, count(first)))
        texts = {key: post.text for key, (post, _) in readable.items()}
        edited = [key for key, row in before.items() if key in texts and texts[key] != row.text]
        unname_answered(self.db, [*ids.values()])
        inherit(self.db, {ids[key]: texts[key] for key in (*new, *edited)})
        joiners = self._replies(purpose, first, [*ids.values()])
        messages.add(self.db, [*joiners, *(ids[key] for key in new)])
        messages.renew(self.db, [ids[key] for key in edited])
        scores = {key: (ids[key], score) for key, (_, score) in readable.items()}
        tone_scores.insert(self.db, scores.values(), analyzer, at)
        # Where there is no analyzer, a score stays as long as the words that it is of.
        known = [score for key, score in scores.items() if key in before and (analyzer or key in edited)]
        tone_scores.remove_replaced(self.db, known, analyzer)
        # Of posts known before, too: a picture or a link may come with a later reading.
        self._pictures({ids[key]: post for key, (post, _) in readable.items() if post.pictures})
        KitWriter(self.db, Stats(self.db)).match({ids[key]: post for key, (post, _) in readable.items()}, at)
        themes, _ = Themes(self.db).search()
        term_tags.store(
            self.db,
            [
                (ids[key], kind, term)
                for key, (post, _) in readable.items()
                for kind, term in (*_terms(post), *(("theme", theme) for theme in themes(post.text)))
            ],
        )
        if purpose is Purpose.SEARCH:
            self._join(track, ids)
        search_index.add(self.db, ((ids[key], texts[key]) for key in new))
        # Last and at once: FTS5 writes its index out whenever another statement comes between.
        self.db.execute(
            "INSERT INTO posts_fts (rowid, text) SELECT id, text FROM searched_texts WHERE id >= ?", [first]
        )
        return len(new)

    def _attribute(
        self, before: Mapping[_Key, _PostColumns], scored: Mapping[_Key, _Scored], authors: Mapping[_Key, int]
    ) -> None:
        """Give posts that are known the writers that this look names, where less was known before."""
        writers = {}
        for key, row in before.items():
            author = scored[key][0].author
            number = authors.get((row.platform, author.id), row.author_id)
            if row.scrubbed_at is None and number != row.author_id:
                writers[row.id] = number, author
        attribute(self.db, writers)

    def _replies(self, purpose: Purpose, first: int, posts: Sequence[int]) -> list[int]:
        """Note which posts came only with a conversation; return those that a search has found by now."""
        if purpose is Purpose.THREAD:
            self.db.execute("INSERT INTO replies SELECT id FROM posts WHERE id >= ?", [first])
        if purpose is not Purpose.SEARCH:
            return []
        sql = f"DELETE FROM replies WHERE post_id IN {GIVEN} RETURNING post_id"
        return self.db.column(sql, [json.dumps(posts)])

    def _join(self, track: str, posts: Mapping[_Key, int]) -> None:
        track_id = self._id_of("tracks", name=track)
        series = {
            platform: self._id_of("series", track_id=track_id, platform=platform)
            for platform in {key[0] for key in posts}
        }
        self.db.executemany(
            "INSERT OR IGNORE INTO post_series (post_id, series) VALUES (?, ?)",
            [(post, series[key[0]]) for key, post in posts.items()],
        )

    def _authors(self, posts: Sequence[Post], now: datetime) -> dict[_Key, int]:
        """Store who wrote the posts, where something is new, and return their ids."""
        last = sorted(posts, key=lambda post: post.read_at or now)
        authors = {(post.platform, post.author.id): post for post in last}
        by_handle = {
            (platform, name): (platform, name.casefold())
            for (platform, name), post in authors.items()
            if is_handle(name, post.author.handle)
        }
        spelling = {writer: key for key, writer in by_handle.items()}
        # Who comes by a handle only may be somebody whom the same page names by an id, too.
        ids = self._accounts({key: post for key, post in authors.items() if key not in by_handle}, now)
        ids |= self._accounts({key: authors[key] for key in spelling.values()}, now)
        return ids | {key: ids[spelling[writer]] for key, writer in by_handle.items()}

    def _accounts(self, authors: Mapping[_Key, Post], now: datetime) -> dict[_Key, int]:
        """Store accounts, each as a post of theirs has it, and return their ids."""
        rows = self._known(f"SELECT {_AUTHOR} FROM authors a", list(authors))
        before = {key: _StoredAuthor._make(row) for key, row in rows.items()}
        before |= self._namesakes({key: post for key, post in authors.items() if key not in before})
        first = self.db.number("SELECT ifnull(max(id), 0) + 1 FROM authors")
        new = dict(zip((key for key in authors if key not in before), count(first)))
        self.db.executemany(
            "INSERT INTO authors (platform, native_id, id, handle, name, url, followers, read_unix,"
            " followers_unix) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
            " unixepoch(?8), iif(?7 IS NULL, NULL, unixepoch(?8)))",
            [
                (*key, author, *_profile(authors[key].author), read_at(authors[key], now))
                for key, author in new.items()
            ],
        )
        for key, row in before.items():
            self._meet_again(row, authors[key], now)
        return {key: row.id for key, row in before.items()} | new

    def _namesakes(self, authors: Mapping[_Key, Post]) -> dict[_Key, _StoredAuthor]:
        """Return who alone has these handles already, where they, or those who come, have no id but that."""
        handles = {key: post.author.handle for key, post in authors.items()}
        rows = self.db.execute(_NAMESAKES, [json.dumps([[*key, handle] for key, handle in handles.items()])])
        claims = {}  # one each
        for platform, native_id, *columns in rows:
            key, row = (platform, native_id), _StoredAuthor._make(columns)
            if is_handle(native_id, handles[key]) or is_handle(row.native_id, row.handle):
                claims[row.id] = key, row
        return dict(claims.values())

    def _meet_again(self, row: _StoredAuthor, post: Post, now: datetime) -> None:
        """Store what a post says of the account that is known to have written it."""
        author, at = post.author, read_at(post, now)
        if row.handle and is_handle(author.id, author.handle):  # the account's own id and spelling stay
            author = replace(author, id=row.native_id, handle=row.handle)
        if row.native_id != author.id:  # they were gone, and write again; or only the handle was known
            self.db.execute("UPDATE authors SET native_id = ? WHERE id = ?", [author.id, row.id])
        if _says_more(author, row) or (post.read_at and at != row.known_at):
            self.db.execute(_MEET_AGAIN, (row.id, at, *_profile(author)))
        if row.native_id != author.id or author.handle not in (None, row.handle):
            messages.renew(self.db, self.db.column("SELECT id FROM posts WHERE author_id = ?", [row.id]))

    def _insert(
        self, scored: Collection[_Scored], authors: Mapping[_Key, int], first: int, origin: int, now: datetime
    ) -> None:
        """Store new posts, numbered from `first`, with what hangs on them."""
        rows, snapshots, at = [], [], stamp(now)
        for post_id, (post, score) in enumerate(scored, first):
            rows.append((
                post_id, post.platform, post.id, authors[post.platform, post.author.id], post.url, post.text,
                post.kind.value, post.lang, *numbers(post.metrics), post.author.followers,
                score.tone.value if score else None, post.reread_key,
                stamp(post.created_at), self._utc_offset(post.created_at), at,
                stamp(next_reading(post.created_at, now)) if post.reread_key else None, read_at(post, now),
                origin, post.parent, post.root, post.copy_of,
            ))  # fmt: skip
            if readings.is_kept(post):
                snapshots.append(readings.row_of(post_id, post, now))
        self.db.executemany(f"INSERT INTO posts ({_COLUMNS}) VALUES ({_MARKS})", rows)
        readings.insert(self.db, snapshots)
        # A file that gives no more than handles does not hide how many follow whom it names.
        writers = (post for post, _ in scored if is_handle(post.author.id, post.author.handle))
        by_handle = [authors[post.platform, post.author.id] for post in writers]
        self.db.execute(_FOLLOWED, [first, json.dumps(by_handle)])

    def _pictures(self, posts: Mapping[int, Post]) -> None:
        self.db.executemany(
            "INSERT INTO pictures (post_id, place, alt, address, thumbnail) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET alt = ifnull(excluded.alt, alt),"
            " address = ifnull(excluded.address, address), thumbnail = excluded.thumbnail",
            [
                (post_id, place, picture.alt, picture.address, picture.thumbnail)
                for post_id, post in posts.items()
                for place, picture in enumerate(post.pictures)
            ],
        )

    def _update(self, row: _PostColumns, post: Post, now: datetime) -> bool:
        """Store what a later look says of a known post; return whether its words were replaced before."""
        if row.scrubbed_at is not None:
            return False  # a scrubbed post stays scrubbed, whatever a late page says
        at, read = stamp(now), read_at(post, now)
        if row.read_at and row.read_at > at:
            row = row._replace(read_at=readings.date_back(self.db, row.id, now))
        is_latest = read >= (row.read_at or "")
        if _is_moved(row, post):
            readings.add(self.db, row.id, post, row.read_at, now)
        if is_latest and (_is_moved(row, post) or read > stamp(unstamp(row.read_at or at) + _UNMOVED)):
            self.db.execute("UPDATE posts SET read_unix = unixepoch(?) WHERE id = ?", [read, row.id])
        if post.reread_key and post.reread_key != row.again:
            self.db.execute(
                "UPDATE posts SET again = ?, due_unix = ifnull(due_unix, unixepoch(?)) WHERE id = ?",
                [post.reread_key, stamp(next_reading(post.created_at, now)), row.id],
            )
        if row.followers is None and post.author.followers is not None:
            self.db.execute("UPDATE posts SET followers = ? WHERE id = ?", [post.author.followers, row.id])
        names = ("parent", "root", "copy_of")
        if any(getattr(post, name) and getattr(row, name) is None for name in names):
            changes = ", ".join(f"{name} = ifnull({name}, ?)" for name in names)
            values = [getattr(post, name) for name in names]
            self.db.execute(f"UPDATE posts SET {changes} WHERE id = ?", [*values, row.id])
            messages.renew(self.db, [row.id])
        elif post.parent not in (None, row.parent):
            self.db.execute(_CLEARER_PARENT, [post.parent, row.id])
        return post.text != row.text and not self._edit(row, post, is_latest, at)

    def _edit(self, row: _PostColumns, post: Post, is_latest: bool, at: str) -> bool:
        """Note that a post has had other words, and store them if they are the latest; return whether."""
        text = post.text if is_latest else row.text
        self.db.execute("UPDATE posts SET text = ?, edited_at = ? WHERE id = ?", [text, at, row.id])
        search_index.add(self.db, [(row.id, text)])
        if is_latest:
            links = json.dumps([picture.address for picture in post.pictures])
            self.db.execute(_REPLACED_PICTURES, [row.id, links])
            self.db.execute("UPDATE pictures SET alt = NULL WHERE post_id = ?", [row.id])
            for table, but in (("scores", ""), ("post_terms", ""), ("kit_matches", _STILL_SHOWN)):
                self.db.execute(f"DELETE FROM {table} WHERE post_id = ? {but}", [row.id])
            if fingerprint(post.text) != fingerprint(row.text):
                take_back(self.db, row.id, at)
        return is_latest

    def _id_of(self, table: str, **values: str | int) -> int:
        """Return the id of a row of a small table, which is made if it is not there."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        row = [*values.values()]
        self.db.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", row)
        return self.db.number(f"SELECT id FROM {table} WHERE ({names}) = ({marks})", row)

    def _utc_offset(self, at: datetime) -> int:
        """Return the seconds by which local time was ahead of UTC."""
        return int((at.astimezone(self.db.zone).utcoffset() or timedelta()).total_seconds())

    def _known(self, sql: str, keys: Sequence[_Key]) -> dict[_Key, tuple[Any, ...]]:
        """Return the rows of these platforms and native ids, or of what stands for one that is gone."""
        aliases = self.db.aliases(keys)
        rows = {row[:2]: row for row in self._matching(sql, [*aliases, *aliases.values()])}
        return {key: rows[name] for key, alias in aliases.items() for name in (key, alias) if name in rows}

    def _matching(self, sql: str, keys: Sequence[_Key]) -> list[tuple[Any, ...]]:
        """Return the rows of these platforms and native ids."""
        pairs = "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)"
        sql = f"{sql} WHERE (platform, native_id) IN ({pairs})"
        return self.db.execute(sql, [json.dumps(keys)]).fetchall()

    def _scrub_native(self, platform: str, page: Page, at: str) -> None:
        """Forget what a page says is gone, and of posts that are only to be counted all but that."""
        by_author = (
            "SELECT p.id FROM posts p JOIN authors a ON a.id = p.author_id"
            f" WHERE a.platform = ? AND a.native_id IN {GIVEN} AND scrubbed_at IS NULL"
        )
        keys = [(platform, post) for post in page.deleted]
        keys += [(post.platform, post.id) for post in page.posts if post.is_only_counted]
        rows = self._matching("SELECT id FROM posts", keys) if keys else []
        if page.deleted_authors:
            rows += self.db.execute(by_author, [platform, json.dumps(page.deleted_authors)])
        if rows:
            erase(self.db, [post for (post,) in rows], at)
        if ids := (*page.deleted, *page.deleted_authors):
            rejected.forget(self.db, rejected.naming(platform, ids))


def _readings(
    posts: Sequence[Post], own: Sequence[Post], scores: Sequence[Sentiment | None]
) -> list[dict[_Key, _Scored]]:
    """Return posts, each as its own, by their keys, a table for each time that one of them was read.

    If a post comes twice as of one time, the last one counts, with its own score.
    """
    last = {
        (post.platform, post.id, post.read_at): pair
        for post, pair in zip(posts, zip(own, scores, strict=True), strict=True)
    }
    tables: list[dict[_Key, _Scored]] = []
    for post, score in last.values():
        key = post.platform, post.id
        table = next((table for table in tables if key not in table), None)
        if table is None:
            tables.append(table := {})
        table[key] = post, score
    return tables


def _reading(post: Post, row: _PostColumns | None, purpose: Purpose) -> Post:
    """Return what a later look at a post has to say of it; a first look, as it is."""
    if row is None:
        return post
    # Another server may show a conversation: the one that counts for a post stays.
    key = None if purpose is Purpose.THREAD else post.reread_key
    return replace(as_masked(post, row.text), reread_key=key)


def _terms(post: Post) -> list[tuple[str, str]]:
    tags = [("tag", tag) for tag in map(normal_tag, post.tags) if tag]
    links = [("link", link) for link in post.links]
    places = [("place", place) for place in post.places]
    return [*tags, *links, *(("media", media.value) for media in post.media), *places]


def _is_moved(row: _PostColumns, post: Post) -> bool:
    """Return whether a look at a known post is a reading to keep: a file's is, whatever it says."""
    pairs = zip(numbers(post.metrics), numbers(row), strict=True)
    return post.read_at is not None or any(new is not None and new != old for new, old in pairs)


def _says_more(author: Author, before: _StoredAuthor) -> bool:
    profile, earlier = _profile(author), _profile(before)
    if profile == earlier:  # of most, which spares saving a look at each field
        return False
    return any(new is not None and new != old for new, old in zip(profile, earlier, strict=True))
