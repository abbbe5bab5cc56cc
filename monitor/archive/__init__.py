"""The archive: one SQLite file that holds all that was collected."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Self, get_type_hints
from zoneinfo import ZoneInfo

from monitor.archive.alert_queries import AlertQueries
from monitor.archive.connection import WAL, Connection, WriteConnection, silence
from monitor.archive.conversations import Conversations, ConversationsWriter
from monitor.archive.coverage import Coverage, CoverageWriter
from monitor.archive.damage.checksums import TRIGGERS, Checksums, ChecksumsWriter
from monitor.archive.erasure.holds import Holds, HoldsWriter
from monitor.archive.erasure.person import Persons, PersonsEraser
from monitor.archive.erasure.retention import Retention, RetentionWriter
from monitor.archive.events import Events, EventsWriter, History, HistoryWriter
from monitor.archive.import_answers import ImportAnswers, ImportAnswersWriter
from monitor.archive.kit import KitStore, KitWriter
from monitor.archive.kit.pictures import Pictures, PicturesWriter
from monitor.archive.marks import Marks, MarksWriter
from monitor.archive.outcomes.counters import Counters, CountersWriter
from monitor.archive.outcomes.crimes import Crimes, CrimesWriter
from monitor.archive.outcomes.echoes import Echoes, EchoesWriter
from monitor.archive.outcomes.tallies import Tallies, TalliesWriter
from monitor.archive.people import People
from monitor.archive.posts import Posts
from monitor.archive.posts.annotations import Annotations, AnnotationsWriter
from monitor.archive.posts.comparable import ComparablePosts
from monitor.archive.posts.ingest import Ingest
from monitor.archive.posts.refresh_queue import RefreshQueue, RefreshQueueWriter
from monitor.archive.posts.rejected import RejectedItems
from monitor.archive.posts.status import PostStatus
from monitor.archive.posts.term_tags import TermTags
from monitor.archive.posts.tone_scores import ToneScores, ToneScoresWriter
from monitor.archive.query import PostQuery
from monitor.archive.query.opinions import Opinions
from monitor.archive.schema import SCHEMA, rollups
from monitor.archive.spend import Spend, SpendWriter
from monitor.archive.stats import Stats
from monitor.archive.themes.suggestions import Suggestions, SuggestionsWriter
from monitor.archive.themes.themes import Themes, ThemesWriter
from monitor.archive.tone_audit import ToneAudits, ToneAuditsWriter
from monitor.core.errors import ArchiveError, NoArchive, Outdated
from monitor.core.storage import storage_error, storage_errors
from monitor.sqlite import sqlite3


class ArchiveReader:
    """An archive open for reading, by topic. One connection a job or request, never shared by threads."""

    db: Connection
    annotations: Annotations
    checksums: Checksums
    conversations: Conversations
    counters: Counters
    echoes: Echoes
    coverage: Coverage
    crimes: Crimes
    events: Events
    history: History
    holds: Holds
    import_answers: ImportAnswers
    marks: Marks
    post_status: PostStatus
    posts: Posts
    refresh_queue: RefreshQueue
    retention: Retention
    spend: Spend
    stats: Stats
    suggestions: Suggestions
    tallies: Tallies
    themes: Themes
    tone_audits: ToneAudits
    tone_scores: ToneScores
    alerts: AlertQueries
    comparable: ComparablePosts
    kit: KitStore
    people: People
    persons: Persons
    pictures: Pictures
    post_query: PostQuery
    opinions: Opinions

    def __init__(self, db: Connection) -> None:
        self.db = db
        kind: type = type(self)  # else mypy does not take it for hashable
        for name, (topic, parts) in _topics(kind).items():
            setattr(self, name, topic(*(getattr(self, part) for part in parts)))

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
                db = Connection(path, zone)
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
        self.db.close()

    @property
    def zone(self) -> ZoneInfo:
        """Return the campaign's time zone, in which days are counted."""
        return self.db.zone

    @property
    def demo(self) -> bool:
        """Return whether the posts are made up."""
        return self.db.meta("demo") == "yes"

    @property
    def lake(self) -> str:
        """Return whose counts are here without their posts: "3 archives"; "" where the posts are here."""
        return self.db.meta("lake")

    def differences(self, note: Callable[[int], object] = silence) -> list[str]:
        """Return one line for each rollup row that a rebuild would change; `note` as `rollups` tells it."""
        return rollups.differences(self.db, note)


class Archive(ArchiveReader):
    """An archive open for reading and writing."""

    db: WriteConnection
    annotations: AnnotationsWriter
    checksums: ChecksumsWriter
    conversations: ConversationsWriter
    counters: CountersWriter
    echoes: EchoesWriter
    coverage: CoverageWriter
    crimes: CrimesWriter
    events: EventsWriter
    history: HistoryWriter
    holds: HoldsWriter
    import_answers: ImportAnswersWriter
    ingest: Ingest
    kit: KitWriter
    marks: MarksWriter
    persons: PersonsEraser
    pictures: PicturesWriter
    refresh_queue: RefreshQueueWriter
    rejected: RejectedItems
    retention: RetentionWriter
    spend: SpendWriter
    suggestions: SuggestionsWriter
    tallies: TalliesWriter
    themes: ThemesWriter
    tone_audits: ToneAuditsWriter
    tone_scores: ToneScoresWriter

    def __init__(self, db: WriteConnection) -> None:
        super().__init__(db)
        self.place_tags, self.theme_tags = TermTags(db, "place"), TermTags(db, "theme")

    @classmethod
    def open(cls, path: Path, zone: ZoneInfo, *, demo: bool | None = False) -> Self:
        """Return the archive at `path`, made or brought up to date under a lock.

        `demo` is whether its posts are made up; None: whichever they are. Raises ArchiveError if the file is
        no archive, belongs to a newer version, lacks what cannot be made from the rest, or was kept in
        another time zone; and StorageError.
        """
        db = SCHEMA.open(path, lambda: WriteConnection(path, zone))
        with storage_errors():
            db.conn.executescript(TRIGGERS)
            _remember(db, demo)
        return cls(db)

    def close(self) -> None:
        """Close the connection; what waits beside the archive is moved into it where that is much."""
        with suppress(OSError, sqlite3.Error):  # on a full disk it has to wait
            if Path(f"{self.db.path}-wal").stat().st_size > WAL:
                self.db.execute("PRAGMA wal_checkpoint (PASSIVE)")
        super().close()

    def rebuild(self, note: Callable[[int], object] = silence) -> list[str]:
        """Set right all rollups and the search index, while others save; return what was wrong, a line each.

        `note` is told after each of `rollups.STEPS` steps that one is done.
        """
        differences = list[str]()
        for lines in rollups.mend(self.db):
            differences += lines
            note(1)
        return differences


@cache
def _topics(archive: type[ArchiveReader]) -> dict[str, tuple[Callable[..., object], list[str]]]:
    """Return what an archive has, and what each works on: the connection, or topics above it, by name."""
    hints = get_type_hints(archive)
    del hints["db"]
    return {name: (topic, [part.name for part in fields(topic)]) for name, topic in hints.items()}


def _check_zone(db: Connection) -> None:
    if (zone := db.meta("time_zone") or db.zone.key) != db.zone.key:
        raise ArchiveError(
            f"This archive counts its days in {zone}, and the campaign file says {db.zone.key}."
            f" Set time_zone back to {zone!r}, or name another file with --archive."
        )


def _remember(db: WriteConnection, demo: bool | None) -> None:
    meta = {"time_zone": db.zone.key, "demo": "yes" if demo else "no"}
    with db.transaction():
        db.executemany("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", list(meta.items()))
    _check_zone(db)
    if demo is not None and ArchiveReader(db).demo != demo:
        raise ArchiveError(
            "Made-up and real posts cannot share an archive. Name another file with --archive."
        )
