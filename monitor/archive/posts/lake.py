"""Posts as they go into a lake of many archives, and the counts of a lake, kept as an archive's own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any

from monitor.archive.connection import OF_DAYS, Connection, WriteConnection, check_posts
from monitor.archive.schema import rollups
from monitor.core.errors import ArchiveError

Rows = tuple[str, Iterable[tuple[Any, ...]]]  # the columns, and what is in them
Alias = Callable[[int, int, str, str], str]  # of a post's id, its time, a platform and a native id

NAMES = ("handle", "name", "url")
COLUMNS = {  # of a post in a lake, as DuckDB has them; NAMES are filled in only with --names
    **dict.fromkeys(("platform", "post", "author", "day", "hour", "kind", "tone", *NAMES), "VARCHAR"),
    **dict.fromkeys(("created_unix", "utc_offset", "seen_unix", "read_unix"), "BIGINT"),
    **dict.fromkeys(("tracks", "terms"), "VARCHAR[]"),
    **dict.fromkeys(("id", "message", "is_copy", "likes", "reposts", "replies", "quotes"), "BIGINT"),
    **dict.fromkeys(("engagement", "views", "followers"), "BIGINT"),
}
# Of whoever is gone, by what this office or another one knows, no name comes along, and no link.
_IS_GONE = "(post GLOB 'gone:*' OR author GLOB 'gone:*')"
_SQL = {name: f"w.{name}" for name in COLUMNS} | {
    "read_unix": "ifnull(read_unix, seen_unix)",
    "is_copy": "copy_of IS NOT NULL",
    **{
        name: f"iif(:names AND NOT {_IS_GONE}, (SELECT {name} FROM authors WHERE id = author_id), NULL)"
        for name in NAMES
    },
    "tracks": "json((SELECT json_group_array(track) FROM (SELECT track FROM post_tracks"
    " WHERE post_id = w.id ORDER BY 1)))",
    "terms": "json((SELECT json_group_array(term) FROM (SELECT t.kind || ' ' || t.term AS term"
    " FROM post_terms x JOIN terms t ON t.id = x.term_id WHERE x.post_id = w.id"
    f" AND NOT (t.kind = 'link' AND {_IS_GONE}) ORDER BY 1)))",
}
_FIELDS = ", ".join(f"'{name}', {sql}" for name, sql in _SQL.items())
_LINES = (
    "WITH w AS MATERIALIZED (SELECT p.*, lake_post(p.id, created_unix, p.platform, p.native_id) AS post,"
    " lake_author(p.id, created_unix, p.platform, a.native_id) AS author"
    " FROM posts p JOIN authors a ON a.id = p.author_id WHERE"
    f" {OF_DAYS} AND EXISTS (SELECT 1 FROM post_series WHERE post_id = p.id))"
    f" SELECT json_object({_FIELDS}) FROM w ORDER BY id"
)
_MONDAYS = (
    "SELECT DISTINCT date(substr(day, 1, 4) || '-' || substr(day, 5, 2) || '-' || substr(day, 7), '-6 days',"
    " 'weekday 1') FROM days ORDER BY 1"
)
# From the other counts.
_DERIVED = ("track_heat", "track_spans", "track_term_days", "term_totals", "seen", "repeats", "bridges")
_COVERED = (
    "source, track, started_at, ended_at, covered_from, covered_until, stream, outcome, detail, got, new,"
    " rejected"
)
_FILLED = ("coverage", *rollups.KEPT, "post_series", "posts", "authors", "terms", "series", "tracks")


@dataclass(frozen=True, slots=True)
class LakePosts:
    """An archive's posts, as lines of JSON without texts."""

    db: Connection

    @property
    def office(self) -> str:
        """Return what this archive is called in a lake: always the same, and it tells nothing.

        Raises ArchiveError if it has the counts of a lake itself.
        """
        check_posts(self.db)
        [salt] = self.db.column("SELECT salt FROM salts")
        return blake2b(bytes.fromhex(salt), person=b"lake", digest_size=8).hexdigest()

    def mondays(self) -> list[date]:
        """Return the first days of the weeks that have posts."""
        return [date.fromisoformat(day) for day in self.db.column(_MONDAYS)]

    def lines(self, monday: date, post: Alias, author: Alias, *, names: bool) -> Iterator[str]:
        """Yield a week's posts that are in a track, one a line."""
        self.db.conn.create_function("lake_post", 4, post)
        self.db.conn.create_function("lake_author", 4, author)
        week = {"since": str(monday), "until": str(monday + timedelta(weeks=1)), "names": names}
        for (line,) in self.db.execute(_LINES, week):
            yield line

    def seen(self) -> list[tuple[str, str, str, str]]:
        """Return (source, track, since, until) of the time that is known to be covered."""
        return self.db.execute("SELECT source, track, since, until FROM seen ORDER BY 1, 2, 3").fetchall()


@dataclass(frozen=True, slots=True)
class LakeCounts:
    """The counts of a lake, in the tables of an archive."""

    db: WriteConnection

    def fill(self, tables: Mapping[str, Rows], seen: Iterable[Sequence[str]], words: str) -> None:
        """Put counts in the place of all that are there, at once.

        `seen` has (source, track, since, until). `words` say whose
        they are. Raises ArchiveError if an archive collects here.
        """
        if not self.db.meta("lake") and self.db.number("SELECT EXISTS (SELECT 1 FROM origins)"):
            raise ArchiveError(f"{self.db.path} has posts of its own. Name another file with --into.")
        covered = ((*row, *row[2:], "lake", "complete", "", 0, 0, 0) for row in seen)
        with self.db.transaction(), rollups.no_triggers(self.db):
            for table in _FILLED:
                self.db.execute(f"DELETE FROM {table}")
            for table, (names, rows) in (*tables.items(), ("coverage", (_COVERED, covered))):
                marks = ", ".join("?" * (names.count(",") + 1))
                self.db.conn.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            rollups.fill(self.db, _DERIVED)
            self.db.set_meta("lake", words)
