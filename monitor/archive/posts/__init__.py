"""Posts and all that hangs on them: rows as plain frozen values, nothing decided here."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from monitor.archive.connection import GIVEN, OF_DAYS, OF_SERIES, OWN, Connection, own_accounts
from monitor.archive.posts.messages import FOLD
from monitor.archive.posts.readings import NUMBERS
from monitor.archive.values import IMPORT, Origin, PostRow, Scope, StoredText
from monitor.core.clock import stamp, unstamp
from monitor.core.model import Metrics, Picture, Tone
from monitor.core.records import record
from monitor.manual_entry import BY_HAND
from monitor.platform_info import forbidding

_NOT_ASIDE = "{0}.id NOT IN (SELECT post_id FROM marks WHERE mark = 'not ours')"
# Nor are posts that came only with a conversation the campaign's.
_OURS = f"{_NOT_ASIDE} AND {{0}}.id NOT IN (SELECT post_id FROM replies)"
MOST_NEW = 1_000  # posts that are counted for a page that stays open
# Of the posts that say the same, two that files hold whole: of one alone nothing is to be said.
_MESSAGE = (
    "(SELECT json_group_array(native_id) FROM (SELECT m.native_id FROM posts m WHERE m.message = p.message"
    f" AND m.text IS NOT NULL AND {_NOT_ASIDE.format('m')} AND"
    f" m.platform NOT IN ({', '.join(map(repr, forbidding('files')))}) ORDER BY m.created_unix, m.id LIMIT"
    " 2))"
)

_OF_POST = ("id", "platform", "native_id", "url", "text", "created_at", "day", "kind", "lang", "followers")
_COLUMNS = {name: f"p.{name}" for name in (*_OF_POST, *NUMBERS, "tone", "parent", "root")} | {
    "handle": "a.handle", "name": "a.name", "author_id": "a.native_id", "profile": "a.url",
    "read_at": "coalesce(p.read_at, (SELECT max(read_at) FROM snapshots WHERE post_id = p.id),"
    " p.first_seen_at)",
    "terms": "(SELECT json_group_array(json_array(t.kind, t.term)) FROM post_terms x JOIN terms t"
    " ON t.id = x.term_id WHERE x.post_id = p.id)",
    "pictures": "(SELECT json_group_array(json_array(alt, address)) FROM pictures WHERE post_id = p.id)",
    "origin": "(SELECT json_array(source, stream) FROM origins WHERE id = p.origin)", "message": _MESSAGE,
    "mark": "(SELECT mark FROM marks WHERE post_id = p.id)",
    "notes": "(SELECT json_group_array(text) FROM (SELECT text FROM notes WHERE post_id = p.id ORDER BY id))",
}  # fmt: skip
# Posts first: they are in the order asked for.
_ROW = f"SELECT {', '.join(_COLUMNS.values())} FROM posts p CROSS JOIN authors a ON a.id = p.author_id"


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts, one row each."""

    db: Connection

    def count(self) -> int:
        """Return the number of posts in the archive, without those that came only with a conversation."""
        return self.db.number("SELECT (SELECT count(*) FROM posts) - (SELECT count(*) FROM replies)")

    def last_id(self) -> int:
        """Return the id of the post that was stored last; 0 if there is none."""
        return self.db.number("SELECT ifnull(max(id), 0) FROM posts")

    def stored_after(self, post: int, scope: Scope) -> int:
        """Return how many posts of a track were stored after a post, of whatever days; up to MOST_NEW."""
        new = f"SELECT DISTINCT post_id FROM post_series WHERE post_id > ? AND series IN ({scope.ids})"
        return self.db.number(f"SELECT count(*) FROM ({new} LIMIT {MOST_NEW})", [post])

    def first_day(self) -> date | None:
        """Return the local day of the first post of a track; None if there is none."""
        first = "(SELECT min(day) FROM days WHERE series = s.id)"
        [day] = self.db.column(f"SELECT min({first}) FROM series s")
        return date.fromisoformat(str(day)) if day else None

    def newest(self, scope: Scope, *, most: int = 10) -> list[PostRow]:
        """Return the newest posts of the days; none of a lake, which has a few without their words."""
        if self.db.meta("lake"):
            return []
        return self._rows(
            f"{OF_DAYS} AND {OF_SERIES.format(ids=scope.ids)}"
            f" ORDER BY p.created_unix DESC, p.id DESC LIMIT {most}",
            {"since": str(scope.first), "until": str(scope.last + timedelta(days=1))},
        )

    def by_ids(self, ids: Sequence[int]) -> list[PostRow]:
        """Return the posts with these archive ids, in this order."""
        posts = {row.id: row for row in self._rows(f"p.id IN {GIVEN}", [json.dumps(ids)])}
        return [posts[post_id] for post_id in ids]

    def every(self, since: datetime | None = None) -> Iterator[PostRow]:
        """Yield all posts but those that are not ours, oldest first."""
        start = stamp(since) if since else "0001-01-01"
        where = f"p.created_unix >= unixepoch(?) AND {_OURS.format('p')}"
        sql = f"{_ROW} WHERE {where} ORDER BY p.created_unix, p.id"
        yield from map(_row, self.db.execute(sql, [start]))

    def texts(self, track: str, since: datetime, most: int) -> list[StoredText]:
        """Return the posts written since then that have a text and are not "not ours", the newest first."""
        rows = self.db.execute(
            "SELECT p.id, p.platform, p.text, p.created_at,"
            " (SELECT group_concat(tag, ' ') FROM post_tags WHERE post_id = p.id),"
            " EXISTS (SELECT 1 FROM post_tracks WHERE post_id = p.id AND track = ?), o.source IN (?, ?)"
            " FROM posts p LEFT JOIN origins o ON o.id = p.origin"
            f" WHERE p.created_unix >= unixepoch(?) AND p.text IS NOT NULL AND {_NOT_ASIDE.format('p')}"
            f" ORDER BY p.created_unix DESC, p.id DESC LIMIT {most}",
            [track, BY_HAND, IMPORT, stamp(since)],
        )
        return [
            StoredText(post, platform, text, unstamp(at), (tags or "").split(), bool(member), bool(entered))
            for post, platform, text, at, tags, member, entered in rows
        ]

    def of_accounts(self, handles: Collection[str], first: date, last: date) -> list[PostRow]:
        """Return the posts of these days by the accounts of these handles; the newest first."""
        return self._rows(
            f"p.author_id IN {OWN} AND p.day BETWEEN :first AND :last AND {_OURS.format('p')}"
            " ORDER BY p.created_unix DESC, p.id DESC",
            {"own": own_accounts(handles), "first": str(first), "last": str(last)},
        )

    def ids_of(self, platform: str, native_ids: Sequence[str]) -> dict[str, int]:
        """Return the archive ids of those of a platform's posts that are stored, by the platform's own."""
        aliases = self.db.aliases((platform, native_id) for native_id in native_ids)
        names = [name for pair in aliases.items() for _, name in pair]
        sql = f"SELECT native_id, id FROM posts WHERE platform = ? AND native_id IN {GIVEN}"
        rows = dict(self.db.execute(sql, [platform, json.dumps(names)]).fetchall())
        pairs = ((key[1], name) for key, alias in aliases.items() for _, name in (key, alias))
        return {native_id: rows[name] for native_id, name in pairs if name in rows}

    def written_at(
        self, platform: str, times: Collection[datetime]
    ) -> list[tuple[str, str | None, datetime]]:
        """Return native id, address and time of a platform's posts that were written at these times."""
        rows = self.db.execute(
            # +: by itself the planner takes the index of platforms, and looks at all posts of one
            f"SELECT native_id, url, created_at FROM posts WHERE +platform = ? AND created_unix IN {GIVEN}",
            [platform, json.dumps([int(at.timestamp()) for at in times])],
        )
        return [(native_id, url, unstamp(at)) for native_id, url, at in rows]

    def latest_stored(self, platform: str, most: int) -> list[PostRow]:
        """Return the posts of a platform that were stored last, whenever they were written."""
        order = f"p.seen_unix DESC, p.id DESC LIMIT {most}"
        return self._rows(f"p.platform = ? AND p.text IS NOT NULL ORDER BY {order}", [platform])

    def author_of(self, post: int) -> int | None:
        row = self.db.execute("SELECT author_id FROM posts WHERE id = ?", [post]).fetchone()
        return int(row[0]) if row else None

    def folds(self, ids: Sequence[int]) -> dict[int, int]:
        """Return what is the same for posts that stand together in lists; what has no text stands alone."""
        sql = f"SELECT p.id, {FOLD} FROM posts p WHERE p.id IN {GIVEN} AND p.text IS NOT NULL"
        return dict(self.db.execute(sql, [json.dumps(ids)]).fetchall())

    def progress(self, ids: Sequence[int]) -> dict[int, str]:
        """Return how far each of these posts is that have a text: its mark, or else "replied" or "open"."""
        sql = (
            "SELECT id, ifnull(mark, iif(ifnull(replies, 0), 'replied', 'open')) FROM posts LEFT JOIN marks"
            f" ON post_id = id WHERE id IN {GIVEN} AND text IS NOT NULL"
        )
        return dict(self.db.execute(sql, [json.dumps(ids)]).fetchall())

    def origin(self, post: int) -> Origin | None:
        """Return what brought a post, and when; None if that was before it was kept."""
        row = self.db.execute(
            "SELECT o.source, o.stream, p.first_seen_at, p.read_at FROM posts p"
            " JOIN origins o ON o.id = p.origin WHERE p.id = ?",
            [post],
        ).fetchone()
        return record(Origin, row) if row else None

    def numbers_of(self, post: int) -> list[tuple[Any, ...]]:
        """Return the readings of a post, oldest first: each its time, five numbers and the followers."""
        columns = "read_at, likes, reposts, replies, quotes, views, followers"
        sql = f"SELECT {columns} FROM snapshots WHERE post_id = ? ORDER BY read_at"
        return self.db.execute(sql, [post]).fetchall()

    def pictures(self, post: int) -> tuple[Picture, ...]:
        """Return what its platform tells of the pictures of a post."""
        rows = self.db.execute("SELECT alt, address FROM pictures WHERE post_id = ? ORDER BY place", [post])
        return tuple(Picture(alt=alt, address=address) for alt, address in rows)

    def copies(self, post: int, most: int = 50) -> list[PostRow]:
        """Return the other posts of the message that a post belongs to, oldest first."""
        return self._rows(
            "p.message = (SELECT message FROM posts WHERE id = ?) AND p.id <> ?"
            f" ORDER BY p.created_unix, p.id LIMIT {most}",
            [post, post],
        )

    def _rows(self, where: str, values: list[Any] | dict[str, Any]) -> list[PostRow]:
        return [_row(row) for row in self.db.execute(f"{_ROW} WHERE {where}", values)]


def _row(row: tuple[Any, ...]) -> PostRow:
    columns = dict(zip(_COLUMNS, row, strict=True))
    metrics = Metrics(**{name: columns.pop(name) for name in NUMBERS})
    return PostRow(metrics=metrics, **columns | {
        name: read(columns[name]) for name, read in _READERS.items() if columns[name] is not None
    })  # fmt: skip


def _first_of_two(ids: str) -> str | None:
    first, *others = json.loads(ids) or [None]
    return first if others else None


def _pictures(rows: str) -> tuple[Picture, ...]:
    return tuple(Picture(alt=alt, address=address) for alt, address in json.loads(rows))


_READERS: Mapping[str, Callable[[str], Any]] = {
    "created_at": unstamp, "read_at": unstamp, "day": date.fromisoformat, "tone": Tone,
    "terms": lambda rows: tuple(map(tuple, json.loads(rows))), "pictures": _pictures,
    "origin": lambda row: tuple(json.loads(row)), "message": _first_of_two,
    "notes": lambda rows: tuple(json.loads(rows)),
}  # fmt: skip
