"""The share kit as it is stored: its items, which posts have them, and what others say in the same words."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import NamedTuple

from monitor.archive.connection import OF_DAYS, OF_SERIES, OWN, Connection, WriteConnection, own_accounts
from monitor.archive.posts.term_tags import TermsUpdate
from monitor.archive.stats import Stats
from monitor.archive.values import Scope
from monitor.core.clock import stamp
from monitor.core.errors import ArchiveError
from monitor.core.model import Post
from monitor.core.normal_text import cleaned
from monitor.core.small_groups import LEAST
from monitor.core.text import is_address
from monitor.kit import PICTURES, KitItem, KitMatch, KitUse, kit_of
from monitor.platform_info import forbidding

_LONGEST, _MOST = 2_000, 200  # characters of a text; versions, with all of which each post is compared
_CODE = re.compile(r"[a-z][a-z0-9]{0,19}")
SEARCHED = 10_000  # posts, the latest, in which the same words are looked for
_EDITED = "Somebody else edited or retired this since you opened the page. Reload it."
_COLUMNS = "id, version, words, alt, address, code, has_imprint, picture IS NOT NULL, at, until"
_LATEST = "id = ? AND version = ? AND until IS NULL"
_TEXTS = (
    "SELECT id, text, (SELECT json_group_array(t.term) FROM post_terms x JOIN terms t ON t.id = x.term_id"
    " WHERE x.post_id = posts.id AND t.kind = 'link'),"
    " (SELECT json_group_array(alt) FROM pictures WHERE post_id = posts.id AND alt IS NOT NULL)"
    " FROM posts WHERE id > ? AND text IS NOT NULL ORDER BY id LIMIT ?"
)
_IN_SCOPE = f"{OF_DAYS} AND {OF_SERIES}"
_COUNTED = "sum(posts) FROM kit_days WHERE series IN ({ids}) AND day BETWEEN :first AND :last"
_USES = f"SELECT item, version, {_COUNTED} AND item > 0 GROUP BY 1, 2"
_COUNTS = f"SELECT how, {_COUNTED} AND item = 0 GROUP BY 1"
_TONES = f"SELECT tone, {_COUNTED} AND how IN ('exact', 'near') AND tone <> '' GROUP BY 1"
_COPIED = "EXISTS (SELECT 1 FROM kit_matches WHERE post_id = p.id AND how IN ('exact', 'near'))"
# People on these days who passed on the kit, and who did not: no more than matter, so each by the index that
# comes to them soon.
_PEOPLE = (
    f"SELECT DISTINCT +p.author_id FROM posts p INDEXED BY posts_by_time WHERE {_IN_SCOPE} AND {_COPIED}"
    f" LIMIT {LEAST}"
)
_OTHERS = (
    "SELECT DISTINCT +d.author_id FROM author_days d WHERE d.series IN ({ids}) AND d.day BETWEEN :first"
    " AND :last AND NOT EXISTS (SELECT 1 FROM posts p INDEXED BY posts_by_author WHERE p.author_id ="
    f" d.author_id AND {_IN_SCOPE} AND {_COPIED}) LIMIT {LEAST}"
)
# Bridged copies, one person's posts in many places and articles are one message, which counts once. A day is
# begun at the first post of each hour: at all of them, a flood of one text would take long. Of texts that
# few people wrote, nothing more is looked up.
_SAME = (
    "WITH alike AS MATERIALIZED (SELECT p.fold AS key, p.created_unix AS at, p.id, p.author_id, p.platform"
    f" FROM (SELECT * FROM posts p WHERE {_IN_SCOPE} ORDER BY p.created_unix DESC LIMIT {SEARCHED}) p"
    " WHERE p.fold IS NOT NULL AND p.text IS NOT NULL AND p.copy_of IS NULL AND ifnull(p.message,"
    " p.id) = p.id"
    " AND p.kind <> 'article' AND p.platform NOT IN (SELECT value FROM json_each(:without))"
    f" AND NOT {_COPIED}),"
    " many AS MATERIALIZED (SELECT *,"
    " row_number() OVER (PARTITION BY key, at / 3600 ORDER BY at, id) AS place,"
    " NOT EXISTS (SELECT 1 FROM posts WHERE author_id = alike.author_id AND created_unix < unixepoch(:since))"
    " AS is_new FROM alike WHERE key IN (SELECT key FROM alike GROUP BY key HAVING"
    f" count(DISTINCT author_id) >= 5 AND sum(author_id IN {OWN}) = 0)),"
    " days AS (SELECT a.key, (SELECT text FROM posts WHERE id = a.id), a.id,"
    " count(DISTINCT b.author_id) AS people, (max(b.at) - a.at) / 60, group_concat(DISTINCT b.platform),"
    " count(DISTINCT iif(b.is_new, b.author_id, NULL)) FROM many a JOIN many b ON b.key = a.key"
    " AND b.at BETWEEN a.at AND a.at + 86400 WHERE a.place = 1 GROUP BY a.id HAVING people >= 5)"
    " SELECT *, max(people) FROM days GROUP BY key ORDER BY people DESC, id"
)


class SameWords(NamedTuple):
    """What many people wrote in the same words within a day: evidence, and no more is known of it."""

    text: str
    post: int  # the first; the others are found by it
    people: int
    minutes: int  # from the first to the last
    platforms: str  # with commas
    new_people: int  # who had posted nothing before


@dataclass(frozen=True, slots=True)
class KitStore:
    """What is suggested, and what became of it."""

    db: Connection
    stats: Stats

    def items(self) -> tuple[KitItem, ...]:
        """Return every version of every item, also those that were edited or retired, the first first."""
        return tuple(self.db.records(KitItem, f"SELECT {_COLUMNS} FROM kit_items ORDER BY id, version"))

    def current(self) -> list[KitItem]:
        """Return what is suggested now."""
        return [item for item in self.items() if item.until is None]

    def picture(self, item: int, version: int) -> bytes | None:
        sql = "SELECT picture FROM kit_items WHERE id = ? AND version = ? AND picture IS NOT NULL"
        return next(iter(self.db.column(sql, [item, version])), None)

    def is_searched(self) -> bool:
        """Return whether all stored posts were looked through for all versions."""
        return int(self.db.meta("kit") or 0) == len(self.items())

    def uses(self, scope: Scope) -> dict[tuple[int, int], int]:
        """Return how many posts of these days have each item and version: a post has one of an item."""
        return {(item, version): posts for item, version, posts in self.stats.rows(scope, _USES)}

    def counts(self, scope: Scope) -> dict[KitUse, int]:
        """Return how many posts of these days pass on the kit in each way; those of PART are OWN as well."""
        counts = dict.fromkeys(KitUse, 0) | dict(self.stats.rows(scope, _COUNTS))
        own = self.stats.total("posts", scope) - counts[KitUse.EXACT] - counts[KitUse.NEAR]
        return counts | {KitUse.OWN: own}

    def tones(self, scope: Scope) -> dict[str, int]:
        """Return the tones of posts that pass on the kit; nothing where they, or the others, are of few."""
        tones = dict(self.stats.rows(scope, _TONES))
        is_told = tones and all(len(self.stats.rows(scope, sql)) == LEAST for sql in (_PEOPLE, _OTHERS))
        return tones if is_told else {}

    def same_words(self, scope: Scope, own: Sequence[str]) -> list[SameWords]:
        """Return what many people say in the same words within a day, that is not ours, by most people.

        Of platforms whose terms forbid to work out what people think, nothing.
        """
        kit, without = kit_of(self.items()), json.dumps([*forbidding("stance")])
        rows = self.stats.rows(scope, _SAME, own=own_accounts(own), without=without)
        return [group for _, *row, _ in rows if kit.is_elsewhere((group := SameWords(*row)).text)]


@dataclass(frozen=True, slots=True)
class KitWriter(KitStore):
    """The same; and items kept, edited and retired, and found in posts. Each raises ArchiveError."""

    db: WriteConnection

    def save(self, item: KitItem, now: datetime, picture: bytes = b"") -> None:
        """Keep an item, or one of this number as another version; no picture: the one of before stays.

        Whoever edits one says which version they saw.
        """
        with self.db.durable_transaction():
            items, content = self.items(), picture or self.picture(item.id, item.version)
            codes = {other.code for other in items}
            free = (f"v{n}" for n in count(len(items) + 1) if f"v{n}" not in codes)
            item = replace(
                item, words=item.words.strip(), alt=cleaned(item.alt), address=item.address.strip(),
                code=item.code.strip().casefold() or next(free), has_picture=bool(content),
            )  # fmt: skip
            _check(item, picture)
            if item.code in codes:
                raise ArchiveError("That code is already in use: each version needs a code of its own.")
            if len(items) >= _MOST:
                raise ArchiveError(f"The kit has {_MOST} versions, the most that posts can be compared with.")
            if item.id:
                self._end(item.id, item.version, now)
            number = item.id or 1 + max((other.id for other in items), default=0)
            version = 1 + max((other.version for other in items if other.id == number), default=0)
            imprint = item.has_imprint if content else None
            self.db.execute(
                "INSERT INTO kit_items VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
                [
                    number, version, item.words, item.alt, item.address, item.code, imprint,
                    stamp(now), content,
                ],
            )  # fmt: skip

    def retire(self, item: int, version: int, now: datetime) -> None:
        """Suggest an item no longer; posts that have it are found as before."""
        with self.db.durable_transaction():
            self._end(item, version, now)

    def restore(self, item: int, version: int, now: datetime, seen: int | None = None) -> None:
        """Suggest a version again that was edited or retired, in the place of the item's present one.

        `seen`: how many versions there were of all items, for whoever does it.
        """
        sql = (
            "UPDATE kit_items SET until = iif(version = :version, NULL, ifnull(until, :now)) WHERE id = :item"
            " AND EXISTS (SELECT 1 FROM kit_items WHERE id = :item AND version = :version)"
        )
        with self.db.durable_transaction():
            if seen not in (None, len(self.items())):
                raise ArchiveError(_EDITED)
            if not self.db.execute(sql, {"item": item, "version": version, "now": stamp(now)}).rowcount:
                raise ArchiveError("There is no such version. Open the page again, and choose one there.")

    def match(self, posts: Mapping[int, Post], at: str) -> None:
        """Note what posts have of the kit, as part of a transaction; what was noted stays."""
        if items := self.items():
            find = kit_of(items).matches
            self._add(
                ((n, find(p.text, p.links, [a.alt for a in p.pictures if a.alt])) for n, p in posts.items()),
                at,
            )

    def update(self, at: datetime, *, most: int = 500) -> Iterator[TermsUpdate]:
        """Look through all posts with a text for the kit, and yield what each short transaction did."""
        last: int | None = 0
        items = self.items()
        find = kit_of(items).matches
        while last is not None:
            with self.db.transaction():
                rows = self.db.execute(_TEXTS, [last, most]).fetchall()
                matches = [
                    (n, find(text, json.loads(links), json.loads(alts))) for n, text, links, alts in rows
                ]
                changed = self._add(matches, stamp(at))
            last = rows[-1][0] if rows else None
            if rows:
                yield TermsUpdate(len(rows), changed)
        with self.db.transaction():
            self.db.set_meta("kit", str(len(items)))

    def _add(self, matches: Iterable[tuple[int, Sequence[KitMatch]]], at: str) -> int:
        rows = [(post, *match, "", at) for post, some in matches for match in some]
        self.db.executemany("INSERT OR IGNORE INTO kit_matches VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        return len({post for post, *_ in rows})

    def _end(self, item: int, version: int, now: datetime) -> None:
        sql = f"UPDATE kit_items SET until = ? WHERE {_LATEST}"
        if not self.db.execute(sql, [stamp(now), item, version]).rowcount:
            raise ArchiveError(_EDITED)


def _check(item: KitItem, picture: bytes) -> None:
    """Raise ArchiveError if something cannot be suggested."""
    if not (item.words or item.address or item.has_picture) or (item.has_picture and not item.alt):
        raise ArchiveError(
            "Give a text, a link, or a picture with a description in words: not everybody can see it."
        )
    if max(map(len, (item.words, item.alt, item.address))) > _LONGEST:
        raise ArchiveError(f"A text, a description and an address have {_LONGEST:,} characters at most.")
    if item.address and not is_address(item.address):
        raise ArchiveError("Give an address as https://example.org, or none.")
    if not _CODE.fullmatch(item.code):
        raise ArchiveError("A code is a lower-case letter and up to 19 more lower-case letters and digits.")
    if picture and not picture.startswith(PICTURES):
        raise ArchiveError("The picture is neither a PNG nor a JPEG. Save it as one of these first.")
