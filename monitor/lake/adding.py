"""An archive's weeks, put into a lake: each once, without names, and without anybody who is gone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fcntl import LOCK_EX, LOCK_SH
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import duckdb

from monitor.archive import ArchiveReader
from monitor.archive.posts.lake import COLUMNS, NAMES, LakePosts
from monitor.core.errors import ArchiveError
from monitor.core.storage import sync
from monitor.lake import BUCKETS, Lake, Office
from monitor.sqlite import sqlite3

GONE = "gone:"
BUCKET = f"CAST('0x' || right(if(author = '', post, author), 2) AS INTEGER) % {BUCKETS}"
_ROWS_IN_GROUP = 8192  # of a file: a bucket is read without the others
_ANOTHER = (
    "Of {had:,} posts that the lake has of this archive, {lost:,} are not in it. Does the lake have another"
    " one, which began as a copy of the same file? The two would take each other's place: import one into a"
    " new archive. If this one was restored from an earlier backup, type the same again with --replace."
)
_INSTEAD = """
  SELECT w.* EXCLUDE bucket REPLACE (ifnull(p.now, w.post) AS post, ifnull(a.now, w.author) AS author,
    if(a.now IS NULL, w.handle, NULL) AS handle, if(a.now IS NULL, w.name, NULL) AS name,
    if(a.now IS NULL, w.url, NULL) AS url,
    list_filter(terms, lambda term: coalesce(p.now, a.now) IS NULL OR NOT starts_with(term, 'link '))
      AS terms)
  FROM read_parquet(?) w LEFT JOIN gone p ON p.was = w.post LEFT JOIN gone a ON a.was = w.author"""


class Added(NamedTuple):
    """How many weeks were written, and how many others are as they were."""

    weeks: int
    others: int


@dataclass(frozen=True, slots=True)
class Aliases:
    """What stands for posts and accounts in a lake: the same in all of its offices, and it tells no name."""

    key: bytes
    departures: frozenset[str]  # what stands for whom an office does not know any more
    former: Mapping[tuple[int, int], tuple[str, str]]  # (post, account), by the post's id and time
    left: dict[str, str] = field(default_factory=dict)  # who has gone since, and what stands for them now
    keys: set[tuple[int, int]] = field(default_factory=set)

    def post(self, number: int, at: int, platform: str, native_id: str) -> str:
        """Return what stands for a post."""
        self.keys.add((number, at))
        return self._alias(
            f"{platform} post {native_id}", native_id, self.former.get((number, at), ("", ""))[0]
        )

    def author(self, number: int, at: int, platform: str, native_id: str) -> str:
        """Return what stands for the account that wrote a post; '' for nobody's."""
        former = self.former.get((number, at), ("", ""))[1]
        return self._alias(f"{platform} {native_id}", native_id, former) if native_id else ""

    def _alias(self, name: str, native_id: str, former: str) -> str:
        is_gone = native_id.startswith(GONE)
        alias = former if is_gone and former else self._hash(name)
        if alias.startswith(GONE):
            return alias
        instead = GONE + self._hash(alias)
        if is_gone and former:
            self.left[alias] = instead
        return instead if is_gone or instead == former or instead in self.departures else alias

    def _hash(self, name: str) -> str:
        return blake2b(name.encode("utf-8", "replace"), key=self.key, digest_size=16).hexdigest()


@dataclass(frozen=True)  # no slots: who is gone is read once
class Adder:
    """Puts an archive's weeks into a lake, once."""

    archive: ArchiveReader
    lake: Lake
    key: bytes
    names: bool = False
    replace: bool = False  # what the lake has of this archive, whatever that is

    @cached_property
    def departures(self) -> frozenset[str]:
        """Return what stands for all whom an office had put in and does not know any more."""
        return frozenset(alias for office in self.lake.offices() for alias in office.departures)

    def add(self) -> Added:
        """Write the weeks that are new or have changed, and take out of all others who is gone from these."""
        posts, weeks, left = LakePosts(self.archive.db), dict[str, list[str]](), dict[str, str]()
        had = lost = 0
        with opened(self.lake) as db, TemporaryDirectory() as folder:
            office = self.lake.office(posts.office)
            for monday in self.mondays(office):
                digest, lines, aliases = self.lines(office, monday, Path(folder))
                left |= aliases.left
                had, lost = had + len(aliases.former), lost + len(aliases.former.keys() - aliases.keys)
                week = [digest, f"{monday}-{office.name}-{digest}.parquet"]
                path = self.lake.path(week[1])
                if aliases.keys and (week != office.weeks.get(monday) or not path.is_file()):
                    _write(read_lines(db, lines), path)
                weeks |= {monday: week} if aliases.keys else {}
            if lost > had / 2 and not self.replace:
                raise ArchiveError(_ANOTHER.format(lost=lost, had=had))
            new_weeks = sum(week not in office.weeks.values() for week in weeks.values())
            for other in self.lake.offices() if left else ():
                if other.name != office.name:
                    _take_out(db, self.lake, other, left)
            departures = sorted({*office.departures, *left.values()})
            # Last: an addition that is cut short finds again who is gone.
            self.lake.save(Office(office.name, weeks, [*map(list, posts.seen())], departures))
            self.lake.sweep()
        return Added(new_weeks, len(weeks) - new_weeks)

    def differences(self) -> Iterator[str]:
        """Yield a line for each week of which the lake has other posts than the archive, with how many."""
        with opened(self.lake, LOCK_SH) as db, TemporaryDirectory() as folder:
            office = self.lake.office(LakePosts(self.archive.db).office)
            for monday in self.mondays(office):
                _, lines, _ = self.lines(office, monday, Path(folder))
                rows = read_lines(db, lines)
                rows.create_view("here", replace=True)
                _, file = office.weeks.get(monday, ["", ""])
                actual = db.read_parquet(str(self.lake.path(file))) if file else rows.limit(0)
                actual.create_view("there", replace=True)
                for word, table, other in (("missing", "here", "there"), ("wrong", "there", "here")):
                    columns = f"SELECT {', '.join(COLUMNS.keys() - NAMES)} FROM"
                    rows = db.sql(f"SELECT count(*) FROM ({columns} {table} EXCEPT {columns} {other})")
                    if posts := rows.fetchall()[0][0]:
                        yield f"{monday}: {word}: {posts}"

    def mondays(self, office: Office) -> list[str]:
        """Return the weeks that the archive has, or the lake of it."""
        return sorted({*map(str, LakePosts(self.archive.db).mondays()), *office.weeks})

    def lines(self, office: Office, monday: str, folder: Path) -> tuple[str, Path, Aliases]:
        """Write the posts of a week as the lake should have them; return a hash, a file and their aliases."""
        _, file = office.weeks.get(monday, ["", ""])
        columns = "id, created_unix, post, author"
        path = self.lake.path(file)  # one that was lost is written again
        rows = duckdb.read_parquet(str(path)).project(columns).fetchall() if path.is_file() else []
        former = {(number, at): (post, author) for number, at, post, author in rows}
        aliases, digest = Aliases(self.key, self.departures, former), blake2b(digest_size=8)
        path = folder / "week.json"
        posts = LakePosts(self.archive.db).lines(
            date.fromisoformat(monday), aliases.post, aliases.author, names=self.names
        )
        with path.open("w", encoding="utf-8") as lines:
            for line in posts:
                lines.write(f"{line}\n")
                digest.update(line.encode())
        return digest.hexdigest(), path, aliases


@contextmanager
def opened(lake: Lake, lock: int = LOCK_EX) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database of one's own beside a lake that is locked; raises ArchiveError for a damaged file."""
    try:
        with lake.lock(lock), duckdb.connect() as db:
            yield db
    except (duckdb.Error, sqlite3.IntegrityError, sqlite3.InterfaceError, OverflowError) as error:
        raise ArchiveError(
            f"A file of the lake in {lake.folder} cannot be read: {str(error).splitlines()[0]} Restore the"
            " lake from a backup, or add all archives to a new one."
        ) from error


def read_lines(db: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    """Return the posts that a file of JSON lines has."""
    return db.read_json(str(path), columns=COLUMNS, format="newline_delimited")


def _write(rows: duckdb.DuckDBPyRelation, path: Path) -> None:
    """Write posts into a file in the order of their buckets: beside its place, then moved in."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)  # or a link that lay there would be followed
    ordered = rows.project(f"*, {BUCKET} AS bucket").order("bucket, id")
    ordered.write_parquet(str(part), compression="zstd", row_group_size=_ROWS_IN_GROUP)
    sync(part)
    part.replace(path)


def _take_out(db: duckdb.DuckDBPyConnection, lake: Lake, office: Office, left: Mapping[str, str]) -> None:
    """Put what stands for nobody in the place of posts and people that another office's weeks have."""
    token = blake2b("".join(left).encode(), digest_size=8).hexdigest()
    db.execute(
        "CREATE OR REPLACE TABLE gone AS SELECT unnest(?) AS was, unnest(?) AS now",
        [[*left], [*left.values()]],
    )
    for monday, (_, file) in office.weeks.items():
        path = str(lake.path(file))
        has = "FROM read_parquet(?) w JOIN gone ON was IN (w.post, w.author)"
        if db.execute(f"SELECT count(*) {has}", [path]).fetchall() != [(0,)]:
            office.weeks[monday] = ["", f"{monday}-{office.name}-{token}.parquet"]
            _write(db.sql(_INSTEAD, params=[path]), lake.path(office.weeks[monday][1]))
    lake.save(office)
