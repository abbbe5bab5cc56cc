"""All that the archive holds of one person: looked up, shown, and erased."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from monitor.archive.connection import GIVEN, Connection, WriteConnection
from monitor.archive.erasure import scrub
from monitor.archive.erasure.tombstones import Tombstones, post_name
from monitor.archive.erasure.traces import (
    MASK,
    WRITTEN,
    Traces,
    as_read,
    phrases,
    remove_traces,
    remove_words,
)
from monitor.archive.posts import messages, rejected, search_index
from monitor.archive.posts.search_terms import ACCOUNTS
from monitor.archive.themes.suggestions import forget_suggestions
from monitor.archive.values import IMPORT
from monitor.core.clock import stamp
from monitor.core.normal_text import normal

NAMING = ("posts by others that mention them", "posts by others with their name in the text")
_INTERNAL = {"by", "author_id", "again", "due_at", "hour", "message"}
_LEAST = 8  # letters of a word that is nobody else's
_Rows = list[dict[str, Any]]
_SOMEBODY = re.compile(
    r"https?://\S{0,200}/(?:@|u/|users?/|profile/)\S+|(?<![\w@/])(?:@|/?u/)[\w.-]*\w(?:@[\w.-]*\w)?",
    re.IGNORECASE,
)
_CANDIDATES = (
    "SELECT a.id, a.platform, ifnull(a.handle, a.name), (SELECT count(*) FROM posts WHERE author_id = a.id)"
    " FROM authors a WHERE (:platform = '' OR a.platform = :platform) AND ({}) ORDER BY 4 DESC LIMIT 50"
)
_EXACT = (
    "normal_text(a.handle) = normal_text(:name) OR normal_text(a.name) = normal_text(:words)"
    " OR a.native_id = :words OR rtrim(a.url, '/') = :words"
    " OR a.id IN (SELECT author_id FROM posts WHERE :words LIKE '%:%'"
    " AND (rtrim(url, '/') = :words OR native_id = :words) AND scrubbed_at IS NULL)"
)
_HOLDINGS = {  # by what they are
    "account": "SELECT platform, native_id, handle, name, url, followers, read_at, followers_at FROM authors"
    " WHERE id = :id",
    "posts": "SELECT p.*, o.source || ' ' || o.stream AS origin, (SELECT group_concat(track, ', ')"
    " FROM post_tracks WHERE post_id = p.id) AS tracks FROM posts p LEFT JOIN origins o ON o.id = p.origin"
    " WHERE author_id = :id ORDER BY created_at",
    "paid for": "SELECT * FROM bought WHERE source = :platform AND native_id = :native_id",
    "answers by others": "SELECT id, created_at FROM posts WHERE author_id <> :id AND parent IN"
    " (SELECT native_id FROM posts WHERE author_id = :id UNION SELECT url FROM posts WHERE author_id = :id)",
}
_OF_POSTS = {  # the same, of tables about posts
    "numbers": "snapshots", "pictures": "pictures", "tone by the program": "tones",
    "tone and stance by staff": "labels", "marks": "marks", "notes": "notes",
    "read to check the tone": "audited", "kept as evidence": "holds",
    "came with a conversation": "replies", "conversation asked for": "conversations",
    "hashtags, links and places": "(SELECT post_id, kind, term FROM post_terms JOIN terms ON id = term_id)",
}  # fmt: skip
_OF_OWN = "SELECT x.* FROM {} x JOIN posts p ON p.id = x.post_id WHERE p.author_id = :id ORDER BY x.post_id"
_ALT = "ifnull(alt, '') || ' ' || ifnull(address, '')"
_PLACES = {  # besides texts, where others' posts and our own notes of collecting may name somebody
    "link": "SELECT post_id, term FROM post_terms JOIN terms ON id = term_id WHERE kind = 'link'",
    "picture": f"SELECT post_id, {_ALT} FROM pictures",
    "answer": "SELECT id, ifnull(parent, '') || ' ' || ifnull(root, '') || ' ' || ifnull(copy_of, '')"
    " FROM posts",
    "stream": "SELECT NULL, stream FROM cursors UNION ALL SELECT NULL, stream FROM origins UNION ALL"
    " SELECT NULL, stream FROM coverage",
}
_LINK = "SELECT id, '', term FROM terms WHERE kind = 'link'"
_OTHER_CELLS = {  # a row goes if its words name somebody; a link, from posts first
    ("post_terms", "term_id"): _LINK,
    ("terms", "id"): _LINK,
    ("pictures", "post_id"): f"SELECT post_id, platform, {_ALT} FROM pictures JOIN posts ON id = post_id",
}
_NAMED = (
    "SELECT id, words FROM (SELECT NULL AS id, '' AS words WHERE false UNION ALL {}) WHERE"
    " (id IS NULL OR id NOT IN (SELECT id FROM posts WHERE author_id = ?))"
    " AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(lower(words), value))"
)
_WRITING = (
    "SELECT {1} AS id, {2} AS words FROM {0} WHERE {2} <> ''"
    " AND ({1} IS NULL OR {1} NOT IN (SELECT id FROM posts WHERE author_id = ?))"
)
_TAGS_OF_OTHERS = (
    f"SELECT term FROM terms t WHERE kind = 'tag' AND term IN {GIVEN} AND EXISTS (SELECT 1 FROM"
    " post_terms m JOIN posts p ON p.id = m.post_id WHERE m.term_id = t.id AND p.author_id <> ?)"
)
_NAMING = (
    "SELECT p.id, p.platform, p.created_at, p.text FROM posts_fts f JOIN posts p ON p.id = f.rowid"
    " WHERE posts_fts MATCH ? AND p.author_id <> ? ORDER BY p.created_at DESC"
)


@dataclass(frozen=True)
class DataSubject:
    """An account on one platform, and all that it is known by."""

    id: int
    platform: str
    native_id: str
    handle: str | None
    name: str | None
    traces: Traces
    posts: tuple[int, ...]
    tags: tuple[str, ...]  # of their names, which others do not use

    @property
    def who(self) -> str:
        """Return the handle, or what stands in for it."""
        return self.handle or self.name or "an account without a name"

    @property
    def names(self) -> set[str]:
        """Return what is kept of the person, hashed, so that they do not come back."""
        ends = {self.handle, self.traces.name, self.native_id.rstrip("/").rpartition("/")[2].lstrip("@")}
        names = {self.native_id, *(f"@{end}" for end in ends if end)}
        anywhere = {f"/{address}" for address in self.traces.addresses}
        anywhere |= {f"@{self.traces.address}"} if self.traces.address else set()
        anywhere |= {f"#{tag}" for tag in self.tags if len(tag) >= _LEAST}
        return {f"{self.platform} {name.casefold()}" for name in names} | anywhere

    @cached_property
    def _signs(self) -> re.Pattern[str]:
        """Return what matches a word that nobody else is called by, or a post of ours."""
        words = [word for word in (self.handle, self.native_id) if word and len(word) >= _LEAST]
        return re.compile(rf"{_whole(words)}|/posts/(\d+)\b", re.IGNORECASE)

    def is_in(self, text: str) -> bool:
        """Return whether a text, such as a mail of ours, names the person for certain, or links to a post."""
        posts = {str(post) for post in self.posts}
        signs = any(not match[1] or match[1] in posts for match in self._signs.finditer(text))
        return signs or self.traces.mask(text) != text

    def masked(self, text: str) -> str:
        """Return words of the office's own without the person, and without a long name, whoever is meant."""
        words = [word for word in (self.handle, self.name, self.traces.name) if word]
        long = _whole(word for word in words if len(word) >= _LEAST or " " in word)
        return re.sub(long, MASK, self.traces.mask(text), flags=re.IGNORECASE)

    def may_be_in(self, text: str) -> bool:
        """Return whether a text has the person's name as a word, by which others may be called, too."""
        words = [word for word in (self.handle, self.traces.name, self.name, self.native_id) if word]
        return re.search(_whole(map(normal, words)), as_read(text)) is not None


@dataclass(frozen=True, slots=True)
class Persons:
    """The people of the archive, each with all that is held of them."""

    db: Connection

    def candidates(self, question: str, platform: str = "") -> list[tuple[int, str, str, int]]:
        """Return id, platform, name and posts of who may be meant by a handle, name, address or id.

        Those whose name is like it only if nobody is called so.
        """
        words = question.strip().rstrip("/")
        values = {"words": words, "name": words.removeprefix("@"), "platform": platform}
        for test in (_EXACT, f"a.id IN ({ACCOUNTS.format(name='name')})"):
            if rows := self.db.execute(_CANDIDATES.format(test), values).fetchall():
                return rows
        return []

    def person(self, author: int) -> DataSubject | None:
        """Return an account; None if there is none, or nothing is known of who it was."""
        sql = "SELECT id, platform, native_id, handle, name FROM authors WHERE id = ?"
        row = self.db.execute(sql, [author]).fetchone()
        if row is None or row[2] == "" or row[2].startswith("gone:"):
            return None
        posts = self._posts(author)
        number, platform, native_id, handle, name = row
        traces = Traces.of(self.db, posts).get(author) or Traces(
            platform, native_id, handle or "", name or ""
        )
        used = {tag for (tag,) in self.db.execute(_TAGS_OF_OTHERS, [json.dumps(traces.tags), author])}
        tags = tuple(tag for tag in traces.tags if tag not in used)
        return DataSubject(number, platform, native_id, handle, name, traces, tuple(posts), tags)

    def _posts(self, author: int) -> list[int]:
        return [post for (post,) in self.db.execute("SELECT id FROM posts WHERE author_id = ?", [author])]

    def holdings(self, person: DataSubject) -> dict[str, _Rows]:
        """Return all rows about a person, by what they are. Others whom they name are masked."""
        values = {"id": person.id, "platform": person.platform, "native_id": person.native_id}
        sqls = _HOLDINGS | {what: _OF_OWN.format(table) for what, table in _OF_POSTS.items()}
        own = {what: [*map(_nameless, self.db.query(sql, values))] for what, sql in sqls.items()}
        naming, words = self.naming(person), json.dumps(person.traces.words)
        places = [
            row | {"what": what}
            for what, sql in _PLACES.items()
            for row in self.db.query(_NAMED.format(sql), [person.id, words])
            if person.is_in(row["words"])
        ]
        for what, (table, post, column) in WRITTEN.items():  # where a name is theirs with and without an "@"
            rows = self.db.query(_WRITING.format(table, post, column), [person.id])
            places += [row | {"what": what} for row in rows if person.masked(row["words"]) != row["words"]]
        pattern = person.traces.pattern()
        is_named = rejected.naming(person.traces.ids, pattern)
        sql = f"SELECT source, at, reason, raw FROM rejected WHERE source IN (:platform, '{IMPORT}')"
        unread = [
            row | {"raw": _without_others(rejected.words_in(row["raw"]), pattern)}
            for row in self.db.query(sql, values)
            if is_named(row["raw"])
        ]
        places = [row | {"words": _without_others(row["words"], pattern)} for row in places]
        others = dict(zip(NAMING, naming, strict=True)) | {"other places that name them": places}
        return own | {"items that could not be read": unread} | others

    def naming(self, person: DataSubject) -> tuple[_Rows, _Rows]:
        """Return others' posts that mention the person, and those that may by their name; latest first."""
        match = phrases([person.traces.name, person.name or ""])
        rows = [*self.db.query(_NAMING, [match, person.id])] if match else []
        pattern, mentions, namesakes = person.traces.pattern(), _Rows(), _Rows()
        for row in rows:
            text = row["text"] or ""
            left = person.traces.mask(text, row["platform"])
            masked = row | {"text": _without_others(text, pattern)}
            if left != text:
                mentions.append(masked)
            # A post that mentions them may have their name besides.
            if person.may_be_in(left.replace(MASK, " ")):
                namesakes.append(masked)
        return mentions, namesakes


def _nameless(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without who in the office it is by, and what only the program needs."""
    return {name: value for name, value in row.items() if name not in _INTERNAL}


def _without_others(text: str, pattern: re.Pattern[str]) -> str:
    """Return a text for the person whom the pattern matches, without mentions and addresses of others."""
    return _SOMEBODY.sub(lambda match: match[0] if pattern.fullmatch(match[0]) else "@…", text)


def _whole(words: Iterable[str]) -> str:
    """Return a pattern of any of these as a whole word."""
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, words)) or '(?!)'})(?!@?\w)"


@dataclass(frozen=True, slots=True)
class PersonsEraser(Persons):
    """The same, and what erases them."""

    db: WriteConnection

    def erase(self, person: DataSubject, posts: Collection[int], now: datetime) -> None:
        """Erase a person, and these posts of others for what they say of them; all counts stay."""
        with self.db.durable_transaction():
            own = self._posts(person.id)
            scrub.scrub(self.db, posts, stamp(now))  # whose writers stay; first, as they may share a hashtag
            scrub.erase(self.db, own, stamp(now))
            if not own:
                scrub.forget_names(self.db, [person.id])
                remove_traces(self.db, [person.traces])
            remove_words(self.db, [""], person.masked)  # by a name without "@", too
            forget_suggestions(self.db)  # the worker makes those of the last two weeks again

    def buried(self, tombstones: Tombstones) -> Iterator[DataSubject]:
        """Yield those who are forgotten and here all the same, as in an older copy."""
        rows = self.db.execute("SELECT id, platform, native_id, handle FROM authors").fetchall()
        for author, *account in rows:
            if tombstones.is_author(*account) and (person := self.person(author)):
                yield person

    def bury_rest(self, tombstones: Tombstones, now: datetime) -> None:
        """Erase posts that are forgotten for what they say, and names of people of whom no post is here."""
        with self.db.durable_transaction():
            rows = self.db.execute("SELECT id, platform, native_id, url FROM posts WHERE scrubbed_at IS NULL")
            posts = [
                post
                for post, *names, url in rows
                if post_name(*names) in tombstones or tombstones.is_theirs(url)
            ]
            scrub.scrub(self.db, posts, stamp(now))
            forget_suggestions(self.db)
            for column in ("text", "parent", "root", "copy_of"):
                self._mask(column, tombstones)
            for (table, key), cells in _OTHER_CELLS.items():
                texts = self.db.execute(cells).fetchall()
                namings = [(row,) for row, platform, text in texts if tombstones.mask(text, platform) != text]
                self.db.executemany(f"DELETE FROM {table} WHERE {key} = ?", namings)

    def _mask(self, column: str, tombstones: Tombstones) -> None:
        rows = self.db.execute(f"SELECT id, platform, {column} FROM posts WHERE {column} GLOB '*[@/%&＠]*'")
        masked = [(tombstones.mask(text, platform), post, text) for post, platform, text in rows]
        changed = [(text, post) for text, post, before in masked if text != before]
        self.db.executemany(f"UPDATE posts SET {column} = ? WHERE id = ?", changed)
        search_index.add(self.db, [(post, text) for text, post in changed if column == "text"])
        messages.renew(self.db, [post for _, post in changed])
