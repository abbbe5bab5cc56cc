"""The archive: one SQLite file that holds all that was collected."""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock
from typing import Self, TypeVar
from zoneinfo import ZoneInfo

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # pysqlite3 where there is one

from monitor.archive import checksums, mending
from monitor.archive.alert_queries import AlertQueries
from monitor.archive.checksums import Checksums, ChecksumsWriter, Damage
from monitor.archive.connection import Connection, WriteConnection
from monitor.archive.coverage import Coverage, CoverageWriter
from monitor.archive.events import Definitions, DefinitionsWriter, Events, EventsWriter
from monitor.archive.mending import Fates
from monitor.archive.people import People
from monitor.archive.posts import Posts
from monitor.archive.posts.annotations import Annotations, AnnotationsWriter
from monitor.archive.posts.ingest import Ingest
from monitor.archive.posts.place_tags import PlaceTags
from monitor.archive.posts.query import PostQuery
from monitor.archive.posts.refresh_queue import RefreshQueue, RefreshQueueWriter
from monitor.archive.posts.status import PostStatus
from monitor.archive.posts.tone_scores import ToneScores, ToneScoresWriter
from monitor.archive.schema import SCHEMA, rollups
from monitor.archive.spend import Spend, SpendWriter
from monitor.archive.stats import Stats
from monitor.archive.tone_audit import ToneAudits, ToneAuditsWriter
from monitor.core.errors import ArchiveError, DamagedError, MonitorError, NoArchive, Outdated
from monitor.core.storage import storage_error, storage_errors
from monitor.schema_upgrade import ensure_private_file

__all__ = [
    "Archive",
    "ArchiveReader",
    "Changes",
    "Fates",
    "Readers",
    "Verification",
    "mend",
    "safe_sqlite",
    "sqlite_version",
]

C = TypeVar("C", bound=Connection)


@dataclass(frozen=True, slots=True)
class Verification:
    """What is wrong with an archive."""

    pages: Sequence[str] = ()  # of the file, in SQLite's words
    rows: Sequence[Damage] = ()
    counts: Sequence[str] = ()  # and the search index: what a rebuild mends
    unsealed: int = 0  # posts without a checksum yet


_WAL = 4 * 2**20  # bytes that may wait beside the archive, in the file -wal, when nobody writes
_FIXED = (3, 51, 3)
_BACKPORTS = {(3, 44): 6, (3, 50): 7}


class ArchiveReader:
    """An archive open for reading, by topic. One connection a job or request, never shared by threads."""

    db: Connection
    annotations: Annotations
    checksums: Checksums
    coverage: Coverage
    definitions: Definitions
    events: Events
    refresh_queue: RefreshQueue
    spend: Spend
    tone_audits: ToneAudits
    tone_scores: ToneScores

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.annotations = Annotations(db)
        self.checksums = Checksums(db)
        self.coverage = Coverage(db)
        self.definitions = Definitions(db)
        self.events = Events(db)
        self.post_status = PostStatus(db)
        self.posts = Posts(db)
        self.refresh_queue = RefreshQueue(db)
        self.spend = Spend(db)
        self.stats = Stats(db)
        self.tone_audits = ToneAudits(db)
        self.tone_scores = ToneScores(db)
        self.alerts = AlertQueries(self.stats)
        self.people = People(db, self.stats)
        self.post_query = PostQuery(db, self.stats)

    @classmethod
    def open(cls, path: Path, zone: ZoneInfo) -> Self:
        """Return the archive at `path` for reading only.

        Raises NoArchive if there is none, Outdated if its tables are not as they should be, and ArchiveError
        if it is no archive, of a newer version, or of another time zone. What the disk says in the way of it,
        and until it is closed as a context, is raised as StorageError.
        """
        if not path.is_file():
            raise NoArchive(path)
        try:
            with storage_errors():
                db = _connect(f"file:{path.resolve()}?mode=ro", Connection, zone)
                if not SCHEMA.is_right(db, path):
                    raise Outdated(path)
                _check_zone(db)
        except sqlite3.DatabaseError as error:
            raise ArchiveError(f"{path} cannot be read as an archive: {error}.") from error
        return cls(db)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.close()
        if error and (of_disk := storage_error(error)) not in (None, error):
            raise of_disk from error

    def close(self) -> None:
        """Close the connection."""
        self.db.close()

    @property
    def zone(self) -> ZoneInfo:
        """Return the campaign's time zone, in which days are counted."""
        return self.db.zone

    @property
    def demo(self) -> bool:
        """Return whether the posts are made up."""
        return bool(self.db.execute("SELECT 1 FROM meta WHERE key = 'demo' AND value = 'yes'").fetchone())

    def differences(self) -> list[str]:
        """Return one line for each rollup row that a rebuild would change."""
        return rollups.differences(self.db)

    def verify(self) -> Verification:
        """Return what is wrong with the archive; damage, wherever it is, is named, not raised.

        Raises ArchiveError if another program holds the write lock, which the search index asks for.
        """
        rows = self.checksums.damage()
        return Verification(
            rows=rows,
            pages=_lines(lambda: [row[0] for row in self.db.execute("PRAGMA integrity_check")]),
            counts=_lines(self.differences) + _lines(self._compare_search_index),
            unsealed=0 if rows else self.checksums.unsealed(),
        )

    def _compare_search_index(self) -> list[str]:
        """Raise an error if the search index does not fit the posts."""
        path = self.db.execute("PRAGMA database_list").fetchone()[2]
        with closing(_connect(f"file:{path}", WriteConnection, self.zone)) as db, db.transaction():
            db.execute("INSERT INTO posts_fts (posts_fts, rank) VALUES ('integrity-check', 1)")
        return []


class Archive(ArchiveReader):
    """An archive open for reading and writing."""

    db: WriteConnection
    annotations: AnnotationsWriter
    checksums: ChecksumsWriter
    coverage: CoverageWriter
    definitions: DefinitionsWriter
    events: EventsWriter
    refresh_queue: RefreshQueueWriter
    spend: SpendWriter
    tone_audits: ToneAuditsWriter
    tone_scores: ToneScoresWriter

    def __init__(self, db: WriteConnection) -> None:
        super().__init__(db)
        self.annotations = AnnotationsWriter(db)
        self.checksums = ChecksumsWriter(db)
        self.coverage = CoverageWriter(db)
        self.definitions = DefinitionsWriter(db)
        self.events = EventsWriter(db)
        self.ingest = Ingest(db)
        self.place_tags = PlaceTags(db)
        self.refresh_queue = RefreshQueueWriter(db)
        self.spend = SpendWriter(db)
        self.tone_audits = ToneAuditsWriter(db)
        self.tone_scores = ToneScoresWriter(db)

    @classmethod
    def open(cls, path: Path, zone: ZoneInfo, *, demo: bool = False) -> Self:
        """Return the archive at `path`, made or brought up to date under a lock.

        Raises ArchiveError if the file is no archive, belongs to a newer version, lacks what cannot be
        made from the rest, or was kept in another time zone; and StorageError.
        """
        try:
            with storage_errors():
                ensure_private_file(path)
                with _lock(path):
                    db = _migrated(path, zone)
                checksums.keep(db.conn)
                _remember(db, demo)
        except sqlite3.DatabaseError as error:
            raise ArchiveError(
                f"{path} cannot be opened as an archive: {error}. Name another file with --archive."
            ) from error
        return cls(db)

    def close(self) -> None:
        """Close the connection; what waits beside the archive is moved into it where that is much."""
        with suppress(OSError, sqlite3.Error):  # on a full disk it has to wait
            path = self.db.execute("PRAGMA database_list").fetchone()[2]
            if Path(f"{path}-wal").stat().st_size > _WAL:
                self.db.execute("PRAGMA wal_checkpoint (PASSIVE)")
        super().close()

    def rebuild(self) -> None:
        """Make all rollups and the search index anew from the posts."""
        rollups.rebuild(self.db)


class Readers:
    """Archives open for reading, each lent to one thread at a time: what one has read stays at hand."""

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        self._path, self._zone = path, zone
        self._idle: LifoQueue[ArchiveReader] = LifoQueue()

    @contextmanager
    def lend(self) -> Iterator[ArchiveReader]:
        """Lend an archive as it is at one moment, whatever is written meanwhile.

        Raises ArchiveError if there is none, and StorageError.
        """
        try:
            archive = self._idle.get_nowait()
        except Empty:
            archive = ArchiveReader.open(self._path, self._zone)
        try:
            with storage_errors():
                archive.db.execute("BEGIN")
                yield archive
                archive.db.execute("COMMIT")
        except BaseException:  # whatever state it is in, nobody else gets it
            archive.close()
            raise
        self._idle.put(archive)


class Changes:
    """Tells one state of an archive from the next; safe to ask from any thread."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"file:{path.resolve()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        self._lock = Lock()

    def __call__(self) -> int:
        """Return a number that differs from the last one if another connection has written since."""
        with self._lock, storage_errors():
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def sqlite_version() -> str:
    """Return the version of the SQLite library in use."""
    return str(sqlite3.sqlite_version)


def safe_sqlite(version: str) -> bool:
    """Return whether this SQLite is free of the WAL-reset corruption (fixed in 3.51.3, 3.50.7, 3.44.6)."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    return (major, minor, patch) >= _FIXED or patch >= _BACKPORTS.get((major, minor), 1000)


def mend(path: Path, proven: Path, zone: ZoneInfo) -> Fates:
    """Take the damaged rows of the archive at `path` from a sound copy; return what became of each.

    Both are brought up to date. Raises ArchiveError if more than rows is damaged, and StorageError; then
    `path` is of no use.
    """
    with closing(Archive.open(proven, zone)) as copy:
        while copy.checksums.seal():
            pass
    try:
        with closing(_migrated(path, zone)) as db:
            db.execute("ATTACH ? AS proven", [str(proven)])
            return mending.mend(db, "proven")
    except (*checksums.UNREADABLE, MonitorError) as error:
        of_disk = storage_error(error)
        if of_disk and not isinstance(of_disk, DamagedError):
            raise of_disk from error
        raise ArchiveError(
            f"More than rows of the archive is damaged, so that nothing was changed ({error})."
            " To put the whole copy in its place: monitor restore"
        ) from error


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    # One that waits for its turn here waits for as long as it takes; SQLite would give up after five seconds.
    with path.with_name(path.name + ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _connect(uri: str, kind: type[C], zone: ZoneInfo) -> C:
    # Threads take turns on a connection (Readers), and SQLite itself is built to be shared.
    connection = sqlite3.connect(
        uri, uri=True, timeout=5.0, isolation_level=None, check_same_thread="mode=ro" not in uri
    )
    checksums.register(connection)
    db = kind(connection, zone)
    for pragma in (
        "foreign_keys = ON",
        "synchronous = NORMAL",
        "secure_delete = ON",
        "cache_size = -65536",  # kB
        "temp_store = MEMORY",
        "wal_autocheckpoint = 4000",  # pages
        f"journal_size_limit = {_WAL}",
    ):
        db.execute(f"PRAGMA {pragma}")
    return db


def _migrated(path: Path, zone: ZoneInfo) -> WriteConnection:
    """Return a connection to the archive at `path`, brought up to date."""
    db = _connect(f"file:{path.resolve()}", WriteConnection, zone)
    db.execute("PRAGMA journal_mode = WAL")
    if SCHEMA.is_right(db, path):
        return db
    try:
        SCHEMA.upgrade(db, path)
    finally:
        # A connection of pysqlite3 keeps the hundred statements ready that were used most, and at first those
        # of the migrations; all others took turns at the last place, which made saving a page a fifth slower.
        # https://github.com/coleifer/pysqlite3/blob/master/src/cache.c
        db.close()
    return _connect(f"file:{path.resolve()}", WriteConnection, zone)


def _lines(check: Callable[[], list[str]]) -> list[str]:
    """Return what a check says; that it cannot be made is one more line."""
    try:
        return [line for line in check() if line != "ok"]
    except (*checksums.UNREADABLE, DamagedError) as error:
        return [str(error)]


def _check_zone(db: Connection) -> None:
    zone = dict(db.execute("SELECT key, value FROM meta").fetchall()).get("time_zone", db.zone.key)
    if zone != db.zone.key:
        raise ArchiveError(
            f"This archive counts its days in {zone}, and the campaign file says {db.zone.key}."
            f" Set time_zone back to {zone!r}, or name another file with --archive."
        )


def _remember(db: WriteConnection, demo: bool) -> None:
    meta = {"time_zone": db.zone.key, "demo": "yes" if demo else "no"}
    with db.transaction():
        db.executemany("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", list(meta.items()))
    _check_zone(db)
    if ArchiveReader(db).demo != demo:
        raise ArchiveError(
            "Made-up and real posts may not share an archive. Name another file with --archive."
        )
