"""All that the archive holds of one person: looked up, shown, and erased."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitor.archive.connection import GIVEN, Connection, WriteConnection
from monitor.archive.erasure import naming, scrub, traces
from monitor.archive.erasure.data_subject import DataSubject
from monitor.archive.erasure.naming import MASK, as_read
from monitor.archive.erasure.tombstones import Tombstones, post_name
from monitor.archive.posts import rejected
from monitor.archive.query.search_terms import ACCOUNTS
from monitor.archive.themes.suggestions import forget_suggestions
from monitor.archive.values import ERASED, IMPORT
from monitor.core.clock import stamp

NAMING = ("posts by others that mention them", "posts by others with their name in the text")
BARE = "words of the office with their short name, which may mean something else"
_INTERNAL = {
    "by", "said_by", "owner", "together", "answer", "author_id", "again", "due_at", "hour", "message",
    "origin", "fold", "created_unix", "utc_offset", "seen_unix", "due_unix", "read_unix",
}  # fmt: skip
_Rows = list[dict[str, Any]]
Candidate = tuple[int | str, str, str, int]  # by what `person` finds them, platform, name, and posts
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
_PLAIN = "plain_text(a.handle) = plain_text(:name) OR plain_text(a.name) = plain_text(:words)"
_ADDRESSED = (
    "instr(:parts, ' ' || normal_text(substr(a.handle, 1, instr(a.handle || '@', '@') - 1)) || ' ')"
    " OR instr(:parts, ' ' || normal_text(a.native_id) || ' ')"
)
_NUMBER = (  # they may have written meanwhile
    "INSERT INTO authors (platform, native_id, handle) VALUES (?, ?, ?)"
    " ON CONFLICT DO UPDATE SET handle = excluded.handle RETURNING id"
)
_UNSIGNED = (  # by whom nobody said, but perhaps their addresses
    "SELECT p.id, p.url, p.native_id FROM authors a CROSS JOIN posts p ON p.author_id = a.id WHERE"
    " coalesce(a.handle, a.name, a.url) IS NULL AND a.native_id NOT GLOB 'gone:*'"
    " AND p.scrubbed_at IS NULL AND EXISTS"
    " (SELECT 1 FROM json_each(?) WHERE instr(lower(ifnull(p.url, '') || ' ' || p.native_id), value))"
)
_THEIRS = GIVEN.replace("?", ":posts")
_HOLDINGS = {  # by what they are
    "account": "SELECT platform, native_id, handle, name, url, followers, read_at, followers_at FROM authors"
    " WHERE id = :id",
    "posts": "SELECT p.*, o.source || ' ' || o.stream AS found_by, (SELECT group_concat(track, ', ')"
    " FROM post_tracks WHERE post_id = p.id) AS tracks FROM posts p LEFT JOIN origins o ON o.id = p.origin"
    f" WHERE p.id IN {_THEIRS} ORDER BY created_unix",
    "times the platform was paid to read them": "SELECT * FROM bought WHERE source = :platform"
    " AND native_id = :native_id",
    "answers by others": f"SELECT id, created_at FROM posts WHERE id NOT IN {_THEIRS} AND parent IN (SELECT"
    f" native_id FROM posts WHERE id IN {_THEIRS} UNION SELECT url FROM posts WHERE id IN {_THEIRS})",
}
_OF_POSTS = {  # the same, of tables about posts
    "reactions, as read each time": "snapshots", "pictures": "pictures", "tone by the program": "tones",
    "tone and stance by staff": "labels", "marks": "marks", "history of marks": "mark_history",
    "notes": "notes", "read to check the tone": "audited", "kept as evidence": "holds",
    "came with a conversation": "replies", "conversation asked for": "conversations",
    "passes on the share kit": "kit_matches",
    "hashtags, links, places and themes": "(SELECT post_id, kind, iif(kind = 'theme', (SELECT name FROM"
    " themes WHERE id = term AND name <> '' ORDER BY version DESC LIMIT 1), term) AS term FROM post_terms"
    " JOIN terms ON id = term_id)",
}  # fmt: skip
_OF_OWN = f"SELECT x.* FROM {{}} x WHERE x.post_id IN {_THEIRS} ORDER BY x.post_id"
_ALT = "ifnull(alt, '') || ' ' || ifnull(address, '') || ' ' || ifnull(thumbnail, '')"
_PLACES = {  # besides texts, where others' posts and our own notes of collecting may name somebody
    "link": "SELECT post_id, term FROM post_terms JOIN terms ON id = term_id WHERE kind = 'link'",
    "picture": f"SELECT post_id, {_ALT} FROM pictures",
    "address of a post, or of what it answers": f"SELECT id, {traces.ADDRESSES} FROM posts",
    "name or address of another account": f"SELECT NULL, {traces.SHOWN} FROM authors WHERE id <> :id",
    "stream": "SELECT NULL, stream || ' ' || cursor FROM cursors UNION ALL SELECT NULL, stream FROM coverage"
    " UNION ALL SELECT NULL, reason FROM rejected",
}
_TEXTS = "SELECT id, platform, text FROM posts WHERE text GLOB '*[@/%&＠]*'"  # which may name somebody
_NAMED = (
    "SELECT id, words FROM (SELECT NULL AS id, '' AS words WHERE false UNION ALL {}) WHERE"
    f" (id IS NULL OR id NOT IN {_THEIRS})"
    " AND EXISTS (SELECT 1 FROM json_each(:names) WHERE instr(lower(words), value))"
)
_WRITING = (
    "SELECT {1} AS id, {2} AS words FROM {0} WHERE {2} <> ''"
    f" AND ({{1}} IS NULL OR {{1}} NOT IN {_THEIRS})"
)
_TAGS_OF_OTHERS = (
    f"SELECT term FROM terms t WHERE kind = 'tag' AND term IN {GIVEN} AND EXISTS (SELECT 1 FROM"
    " post_terms m JOIN posts p ON p.id = m.post_id WHERE m.term_id = t.id AND p.author_id <> ?)"
)
_MENTIONING = (
    "SELECT platform, text FROM posts WHERE text IS NOT NULL"
    " AND id IN (SELECT rowid FROM posts_fts WHERE posts_fts MATCH ?)"
)
_HAVING = (
    "p.id IN (SELECT rowid FROM posts_fts WHERE posts_fts MATCH :match)",
    "instr(p.text, :name)",  # within the words of the index
)
_NAMING = (
    "SELECT p.id, p.platform, p.created_at, p.text FROM posts p"
    f" WHERE {{}} AND p.id NOT IN {_THEIRS} AND (:of IS NULL OR p.id IN {GIVEN.replace('?', ':of')})"
    " ORDER BY p.created_unix DESC"
)


@dataclass(frozen=True, slots=True)
class Persons:
    """The people of the archive, each with all that is held of them."""

    db: Connection

    def candidates(self, question: str, platform: str = "") -> list[Candidate]:
        """Return who may be meant by a handle, name, address or id.

        Those whose name is like it only if nobody is called so, nor has that address; those of whom there are
        only mentions if there is nobody else.
        """
        words = question.strip().rstrip("/")
        parts = " ".join(("", *re.split(r"[/?&=#@\s]+", as_read(words)), ""))
        values = {"words": words, "name": words.removeprefix("@"), "platform": platform, "parts": parts}
        for test in (_EXACT, _PLAIN, _ADDRESSED, f"a.id IN ({ACCOUNTS.format(name='name')})"):
            rows = self.db.execute(_CANDIDATES.format(test), values).fetchall()
            if rows := [row for row in rows if test != _ADDRESSED or self._is_named(row[0], words)]:
                return rows
        handle = re.sub(r"^(@|/?u/)", "", words)
        return self._mentioned(handle, platform) if handle != words else []

    def _mentioned(self, handle: str, platform: str) -> list[Candidate]:
        """Return of whom there are only mentions.

        Items of files that could not be read say nothing of a platform: they are looked at for a given one.
        """
        match = traces.phrases([handle.partition("@")[0]])
        rows = self.db.execute(_MENTIONING, [match]).fetchall() if match else []
        places = {on for on, text in rows if DataSubject(on, "", handle).mask(text) != text}
        items = self.db.execute("SELECT iif(source = ?, ?, source), raw FROM rejected", [IMPORT, platform])
        places |= {on for on, raw in items if on and DataSubject(on, "", handle).is_in_item(raw, on)}
        return [(f"{on} @{handle}", on, handle, 0) for on in sorted(places) if platform in ("", on)]

    def _is_named(self, author: int | str, address: str) -> bool:
        person = self.person(author)
        return person is not None and person.mask(address) != address

    def person(self, who: int | str) -> DataSubject | None:
        """Return an account, or by PLATFORM @HANDLE one of which there are only mentions.

        None if there is none, or nothing is known of who it was.
        """
        if isinstance(who, int):
            person = DataSubject.of(self.db, [who], "a.id").get(who)
        else:
            platform, _, handle = who.partition(" @")
            person = DataSubject(platform, handle, handle)
        if person is None or person.native_id == "" or person.native_id.startswith("gone:"):
            return None
        used = self.db.column(_TAGS_OF_OTHERS, [json.dumps(person.own_tags), person.id])
        tags = tuple(tag for tag in person.own_tags if tag not in used)
        return replace(person, posts=tuple(self._posts(person)), tags=tags)

    def _posts(self, person: DataSubject) -> list[int]:
        """Return the posts that are theirs by their writer, or by nothing but their address."""
        rows = self.db.execute(_UNSIGNED, [json.dumps(person.words)]).fetchall()
        unsigned = (
            post
            for post, *addresses in rows
            if any(naming.is_beginning(address or "", person.names) for address in addresses)
        )
        return [*self.db.column("SELECT id FROM posts WHERE author_id = ?", [person.id]), *unsigned]

    def holdings(self, person: DataSubject) -> dict[str, _Rows]:
        """Return all rows about a person, by what they are. Others whom they name are masked."""
        values = {
            "id": person.id, "platform": person.platform, "native_id": person.native_id,
            "posts": json.dumps(person.posts), "names": json.dumps(person.words),
        }  # fmt: skip
        sqls = _HOLDINGS | {what: _OF_OWN.format(table) for what, table in _OF_POSTS.items()}
        own = {what: [*map(_nameless, self.db.query(sql, values))] for what, sql in sqls.items()}
        places = [
            row | {"what": what}
            for what, sql in _PLACES.items()
            for row in self.db.query(_NAMED.format(sql), values)
            if person.is_in(row["words"])
        ]
        bare, in_full = _Rows(), replace(person, least=1)
        # Where a name is theirs with and without an "@".
        for what, (table, post, column) in traces.WRITTEN.items():
            for row in self.db.query(_WRITING.format(table, post, column), values):
                if in_full.masked(words := row["words"]) != words:
                    (bare if person.masked(words) == words else places).append(row | {"what": what})
        unread = [
            row | {"raw": _without_others(rejected.words_in(row["raw"]), person)}
            for row in self.db.query("SELECT source, at, reason, raw FROM rejected")
            if person.is_in_item(row["raw"], row["source"])
        ]
        for row in (*places, *bare):
            row["words"] = _without_others(row["words"], person)
        others = dict(zip(NAMING, self.naming(person), strict=True)) | {"other places that name them": places}
        return own | {"items that could not be read": unread} | others | {BARE: bare}

    def naming(self, person: DataSubject, posts: Collection[int] | None = None) -> tuple[_Rows, _Rows]:
        """Return others' posts, or of these, that mention the person, and those that may by their name.

        The latest come first.
        """
        values = {
            "match": traces.phrases([person.user, person.name]), "name": person.unspaced,
            "posts": json.dumps(person.posts), "of": posts and json.dumps([*posts]),
        }  # fmt: skip
        mentions, namesakes = _Rows(), _Rows()
        for row in (
            self.db.query(_NAMING.format(_HAVING[bool(person.unspaced)]), values) if values["match"] else ()
        ):
            text = row["text"] or ""
            left = person.mask(text, row["platform"])
            masked = row | {"text": _without_others(text, person)}
            if left != text:
                mentions.append(masked)
            # A post that mentions them may have their name besides.
            if person.may_be_in(left.replace(MASK, " ")):
                namesakes.append(masked)
        return mentions, namesakes


def _nameless(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without who in the office it is by, and what only the program needs."""
    return {name: value for name, value in row.items() if name not in _INTERNAL}


def _without_others(text: str, person: DataSubject) -> str:
    """Return a text for a person, without mentions and addresses of others."""
    return _SOMEBODY.sub(lambda match: match[0] if person.mask(match[0]) != match[0] else "@…", text)


@dataclass(frozen=True, slots=True)
class PersonsEraser(Persons):
    """The same, and what erases them."""

    db: WriteConnection

    def account(self, who: int | str) -> DataSubject | None:
        """Return the same as `person`, with a number from now on: an erasure that is cut short needs one."""
        person = self.person(who)
        if person is None or person.id:
            return person
        with self.db.transaction():
            number = self.db.number(_NUMBER, [person.platform, person.handle, person.handle])
        return self.person(number)

    def erase(self, person: DataSubject, posts: Collection[int], now: datetime) -> None:
        """Erase a person, and these posts of others for what they say of them; all counts stay."""
        with self.db.durable_transaction():
            own = self._posts(person)
            scrub.scrub(self.db, posts, stamp(now))  # whose writers stay; first, as they may share a hashtag
            scrub.erase(self.db, own, stamp(now))
            # Their posts count on, and no more come: what is compared has to leave them out.
            self.db.set_meta(f"{ERASED}{person.id}", stamp(now))
            if not own:
                scrub.forget_names(self.db, [person.id])
                traces.remove_traces(self.db, [person])
            traces.remove_words(self.db, [""], person.masked)  # by a name without "@", too
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
            traces.remove_names(self.db, [""], self.db.execute(_TEXTS).fetchall(), tombstones.mask)
            traces.remove_words(self.db, [""], tombstones.mask)
