"""The worker: wakes every twenty seconds, starts what is due, and stops without losing a page.

What is due is a function of now and of the archive's rows; nothing is remembered here but
which sources are being polled. APScheduler lives in `schedule` and nowhere else.
"""

import fcntl
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor.archive import Archive
from monitor.archive.posts.term_tags import TermsUpdate
from monitor.campaign import Campaign
from monitor.collect import NEVER, Collector, due, past
from monitor.collect.backfill import read_histories
from monitor.collect.canary import self_test
from monitor.collect.recall import check_recall
from monitor.collect.refresh import read_threads, reread
from monitor.collect.tone_scoring import adjusted, learn_from_labels, rescore_some
from monitor.core.clock import Clock
from monitor.core.errors import AlreadyRunning, MonitorError, StorageError
from monitor.core.storage import FULL, FULL_DISK, free, storage_error
from monitor.manual_entry import BY_HAND
from monitor.outcomes import Service, due_services, visit
from monitor.platform_info import about, names
from monitor.themes.week_reading import suggest
from monitor.tone import Analyzer, release

log = logging.getLogger(__name__)

# Work beside the sources, none of which is called so.
_MAIL, _BACKUP, _TONES, _TERMS, _THEMES, _PICTURES = "mail", "backup", "tones", "terms", "themes", "pictures"
_OUTCOMES = "outcomes"  # mail waits for it, as for a source
_FAILURES = {
    _MAIL: "the mail failed",
    _BACKUP: "the backup failed",
    _TONES: "updating tones failed",
    _TERMS: "finding places and themes again failed",
    _THEMES: "finding what is new in people's words failed",
    _PICTURES: "reading pictures for the share kit's code failed",
}
# Ticks that mail waits for the sources: after a night asleep, they first see what was missed.
_LONGEST_DELAY = 15
_READING = 15  # ticks from one look at the words of this week, and at pictures, to the next


@dataclass(frozen=True, kw_only=True)
class WorkerSettings:
    """What all work of a turn is done by, from its beginning to its end."""

    campaign: Campaign
    analyzer: Analyzer
    env: Mapping[str, str]
    mail: Callable[[Callable[[], bool]], object] = lambda stop: None  # `stop` says when to end
    backup: Callable[[Callable[[], bool]], object] = lambda stop: None  # makes a copy when one is due


@dataclass(kw_only=True)
class Worker:
    """Polls what is due, each source in a thread of its own; then sees to mail, copies and tones.

    Each turn takes up the settings as they are by then; what an earlier one began ends with those it had.
    """

    settings: Callable[[], WorkerSettings]  # the same object until they change
    archive: Path
    clock: Clock
    _last: WorkerSettings | None = None
    _changed: set[str] = field(default_factory=set)  # sources that are asked at once, as they were changed
    _mail_delay: int = 0  # ticks
    _scored_to: int | None = 0  # the last post whose tone is up to date; None: all are
    _entered: int = 0  # what was entered by hand up to here has its tone
    _turns: int = 0  # ticks so far
    _busy: set[str] = field(default_factory=set)
    _disk_fault: str = ""  # of the last tick: it is logged once
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        # A thread a source: none waits for another that is slow to answer.
        self._pool = ThreadPoolExecutor(4 + len(names()), thread_name_prefix="poll")

    def tick(self) -> list[str]:
        """Beat, then start a poll of each source that is due; return the sources started."""
        try:
            settings = self._take_up()
            waiting, services, entered, is_tagged = self._look(settings)
        except StorageError as error:
            self._note_disk(str(error))
            return []
        started = [name for name in waiting if self._start(name, partial(self._poll, settings, name))]
        self._changed.difference_update(started)
        if services:
            self._start(_OUTCOMES, lambda: self._visit(settings, services))
        if self._is_mails_turn():
            self._start(_MAIL, lambda: settings.mail(self._stopping.is_set))
        if self._disk_fault:
            return started
        self._start(_BACKUP, lambda: settings.backup(self._stopping.is_set))
        release()
        if settings.analyzer.name and (self._scored_to is not None or entered != self._entered):
            self._start(_TONES, lambda: self._score(settings, entered))
        elif settings.analyzer.name and not self._turns % _READING:
            self._start(_TONES, lambda: self._adjust(settings))
        if not is_tagged:
            self._start(_TERMS, lambda: self._tag(settings))
        if not self._turns % _READING:
            self._start(_THEMES, lambda: self._suggest(settings))
            self._start(_PICTURES, lambda: self._read_pictures(settings))
        self._turns += 1
        return started

    def _take_up(self) -> WorkerSettings:
        """Return the settings of this turn; of others than the last, tones are looked at again."""
        settings = self.settings()
        if settings is not self._last:
            if self._last:
                self._changed |= _changed(self._last, settings)
            self._last, self._scored_to = settings, 0
        return settings

    def _look(self, settings: WorkerSettings) -> tuple[list[str], list[Service], int, bool]:
        """Beat and seal; return whose turn it is, the last entry, and whether places and themes are found.

        It is nobody's turn on a full disk.
        """
        now = self.clock()
        with Archive.open(self.archive, settings.campaign.zone) as archive:
            archive.coverage.beat("worker", now)
            polls = past(archive, settings.campaign, now)
            changed = {name: replace(polls[name], last=NEVER.last) for name in self._changed & polls.keys()}
            waiting = due(settings.campaign, polls | changed, now)
            services = due_services(settings.campaign, archive, now)
            entered = archive.coverage.last_save(BY_HAND)
            is_tagged = not any(_untagged(archive, settings.campaign, now))
            is_full = free(self.archive.parent) < FULL
            if not is_full:
                archive.checksums.seal()
                archive.marks.see_answers(settings.campaign.own.handles, now)
        self._note_disk(FULL_DISK if is_full else "")
        return [] if is_full else waiting, [] if is_full else services, entered, is_tagged

    def _note_disk(self, fault: str) -> None:
        """Log what the disk says, once: every twenty seconds it would fill it further."""
        if fault and fault != self._disk_fault:
            log.error("nothing is collected: %s", fault)
        self._disk_fault = fault

    def _score(self, settings: WorkerSettings, entered: int) -> None:
        """Score some of the posts that another analyzer scored, as after a change of the subject.

        When all are done: what people entered on the dashboard, which has no analyzer of its own.
        """
        with Archive.open(self.archive, settings.campaign.zone) as archive:
            analyzer = adjusted(settings.analyzer, archive)
            if self._scored_to is not None:
                scored_to = rescore_some(archive, analyzer, self.clock(), self._scored_to)
                if settings is self._last:
                    self._scored_to = scored_to
                return
            last: int | None = 0
            while last is not None:
                last = rescore_some(archive, analyzer, self.clock(), last, platform=BY_HAND)
        self._entered = entered

    def _adjust(self, settings: WorkerSettings) -> None:
        """Learn from the office's labels, if there are enough new ones; then all is scored again.

        So it is where what began before, as a long import, stored scores by the analyzer of then.
        """
        with Archive.open(self.archive, settings.campaign.zone) as archive:
            is_due = learn_from_labels(archive, settings.analyzer) or archive.tone_scores.is_mixed
            if is_due and settings is self._last:
                self._scored_to = 0

    def _visit(self, settings: WorkerSettings, services: Iterable[Service]) -> None:
        """Ask for the counts whose turn it is: petitions, and what else the campaign file has."""
        with Archive.open(self.archive, settings.campaign.zone) as archive:
            for service in services:
                if self._stops(settings)():
                    return
                visit(service, settings.campaign, archive, settings.env, self.clock)

    def _tag(self, settings: WorkerSettings) -> None:
        """Find the places and themes of all posts again where others were looked for when they came."""
        with Archive.open(self.archive, settings.campaign.zone) as archive:
            for updates in _untagged(archive, settings.campaign, self.clock()):
                for _ in updates:
                    if self._stopping.is_set():
                        return

    def _suggest(self, settings: WorkerSettings) -> None:
        with Archive.open(self.archive, settings.campaign.zone) as archive:
            suggest(archive, settings.campaign, self.clock())

    def _read_pictures(self, settings: WorkerSettings) -> None:
        if not settings.campaign.pictures.on:
            return
        from monitor.pictures.reading import read_pictures  # so that a worker that waits stays small

        with Archive.open(self.archive, settings.campaign.zone) as archive:
            read_pictures(archive, settings.campaign, settings.env, self.clock, self._stops(settings))

    def _stops(self, settings: WorkerSettings) -> Callable[[], bool]:
        """Return what says that all is to end, or that nothing may be asked any more."""
        return lambda: self._stopping.is_set() or settings.campaign.is_dissolved(self.clock())

    def _is_mails_turn(self) -> bool:
        with self._guard:
            polling = bool(self._busy - _FAILURES.keys())
        self._mail_delay = self._mail_delay + 1 if polling and self._mail_delay < _LONGEST_DELAY else 0
        return not self._mail_delay

    def stop(self) -> None:
        """Finish the pages at hand, start nothing more, and return when all threads are done."""
        self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _start(self, name: str, work: Callable[[], object]) -> bool:
        """Have a piece of work done by a thread; return False if one is at it, or all is to end."""
        with self._guard:
            if name in self._busy or self._stopping.is_set():
                return False
            self._busy.add(name)
        self._pool.submit(work).add_done_callback(partial(self._finish, name))
        return True

    def _finish(self, name: str, work: Future[object]) -> None:
        """Free the place of a piece of work; that it broke is logged, and collecting goes on."""
        if error := None if work.cancelled() else work.exception():
            failure = _FAILURES.get(name, f"{name}: the check failed; it will be retried on schedule")
            if isinstance(cause := storage_error(error) or error, MonitorError):
                log.error("%s: %s", failure, cause)
            else:
                log.error(failure, exc_info=error)
        with self._guard:
            self._busy.discard(name)

    def _poll(self, settings: WorkerSettings, name: str) -> None:
        try:
            self._collect(settings, name)
        except StorageError as error:
            self._record_break(settings, name, detail=str(error))
            raise
        except Exception:  # a bug in one platform must not end months of collecting
            self._record_break(settings, name)
            raise

    def _collect(self, settings: WorkerSettings, name: str) -> None:
        with Archive.open(self.archive, settings.campaign.zone) as archive:
            collector = Collector(
                campaign=settings.campaign,
                archive=archive,
                analyzer=settings.analyzer,
                env=settings.env,
                clock=self.clock,
                stop=self._stops(settings),
            )
            result = collector.poll(name)
            if result.may_reread and not result.stopped:
                reread(collector, name)
                read_threads(collector, name)
                read_histories(collector, name)
                check_recall(collector, name)
            if not result.problems and not result.stopped:
                self_test(collector, name)

    def _record_break(self, settings: WorkerSettings, name: str, **detail: str) -> None:
        # Without a row the source would be due again at once, and break in a tight loop.
        now = self.clock()
        with Archive.open(self.archive, settings.campaign.zone) as archive:
            archive.coverage.save_break(
                source=name, track=settings.campaign.tracks[0].name, now=now, **detail
            )


def _untagged(archive: Archive, campaign: Campaign, now: datetime) -> Iterator[Iterator[TermsUpdate]]:
    """Yield what looks posts through again, as they were not looked through for what is looked for now."""
    places, themes = campaign.gazetteer, archive.themes.search()
    if places.places and not archive.place_tags.are_of(places.version):
        yield archive.place_tags.update(places.find, places.version)
    if not archive.theme_tags.are_of(themes[1]):
        yield archive.theme_tags.update(*themes)
    if not archive.kit.is_searched():
        yield archive.kit.update(now)


def _changed(old: WorkerSettings, new: WorkerSettings) -> set[str]:
    """Return the sources that would not be asked now as they were asked before."""
    before, after = old.campaign, new.campaign
    if (before.tracks, before.privacy) != (after.tracks, after.privacy):
        return set(after.sources)
    keys = {key for key, _ in old.env.items() ^ new.env.items()}
    return {
        name
        for name, settings in after.sources.items()
        if settings != before.sources.get(name) or (keys and keys & {*about(name).key_names})
    }


_ALREADY = {
    "worker": "collecting into {}",
    "backup": "backing up or restoring {}",
    "backfill": "reading older posts into {}",
}


@contextmanager
def work_lock(archive: Path, work: str = "worker") -> Iterator[None]:
    """Hold the lock of who does this work on the archive; raises AlreadyRunning if another process has it."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with archive.with_name(f"{archive.name}.{work}").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                f"Another monitor is already {_ALREADY[work].format(archive)}, so this did not start. Let it"
                " finish, or stop it first: Ctrl-C where it runs, or its service (systemctl --user stop"
                " monitor-worker monitor-web)."
            ) from error
        yield
