"""Random histories of an archive, beside a model of it that is a plain dictionary."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from monitor.archive import Archive
from monitor.archive.connection import WriteConnection
from monitor.archive.posts.ingest import Ingest
from monitor.core.errors import AlreadyRunning
from monitor.core.model import Page, Post
from monitor.worker import work_lock
from tests.builders import a_page, a_post, a_sentiment
from tests.chaos.experiment import Experiment, Outcome

ZONE = ZoneInfo("Europe/London")
START = datetime(2026, 11, 1, tzinfo=UTC)
STEPS, SHORT = 50, 40  # of a history, at most and at least on the average
PLATFORM, TRACK, STREAM = "mastodon", "test", "mastodon:social.example:test"
STATEMENTS = 24  # a page takes some fewer
_steps = [0]  # of all histories of this process


@cache
def _new_archive() -> bytes:
    """Return an archive without posts: to make its tables takes longer than most histories do."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.db")
        Archive.open(path, ZONE).close()
        return path.read_bytes()


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Model:
    """What an archive should hold. `texts` is by post; None: deleted upstream, so only counted."""

    cursor: int = 0
    texts: dict[str, str | None] = field(default_factory=dict)

    def copy(self) -> "Model":
        return replace(self, texts=dict(self.texts))

    def read(self, events: list[tuple[str, str | None]]) -> None:
        """Take in what a platform says of posts: a text, or that one was deleted."""
        for post, text in dict(events).items():
            known = self.texts.get(post, "")
            if (text is not None and known is not None) or (text is None and post in self.texts):
                self.texts[post] = text


class Histories(RuleBasedStateMachine):
    """One archive that is polled, corrected, killed, put back and put to wrong clocks."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name, "a.db")
        self.events: list[tuple[str, str | None]] = []  # of the platform, oldest first
        self.now, self.model = START, Model()
        self.older: tuple[Path, Model] | None = None
        self.path.write_bytes(_new_archive())
        self.archive = Archive.open(self.path, ZONE)
        self.write(6)
        self.poll(6)

    def teardown(self) -> None:
        if hasattr(self, "archive"):
            self.archive.close()
            self.folder.cleanup()

    @rule(number=st.integers(1, 6))
    def write(self, number: int) -> None:
        """People write posts."""
        first = len({post for post, _ in self.events})
        self.events += [(str(post), f"Post {post}") for post in range(first, first + number)]

    @rule(which=st.integers(0, 1000))
    def edit(self, which: int) -> None:
        if alive := self._alive():
            post = alive[which % len(alive)]
            self.events.append((post, f"Post {post}, edited at {len(self.events)}"))

    @rule(which=st.integers(0, 1000))
    def delete(self, which: int) -> None:
        if alive := self._alive():
            self.events.append((alive[which % len(alive)], None))

    @rule(most=st.integers(1, 8))
    def poll(self, most: int) -> None:
        self._save(self.archive, self._unread(most))
        self._follow(most)

    @rule(most=st.integers(1, 8))
    def late_page(self, most: int) -> None:
        """A server hands on what was read before, as another one still has it: also what was deleted."""
        # Of posts that are there still, an old text would be an edit like any other.
        deleted = {post for post, text in self.model.texts.items() if text is None}
        stale = [(post, text) for post, text in self.events[: self.model.cursor] if text and post in deleted]
        self._save(self.archive, page_of(stale[-most:], cursor=None))

    @rule(most=st.integers(1, 8), at=st.integers(0, STATEMENTS))
    def kill(self, most: int, at: int) -> None:
        """The process is gone after so many statements of a page; another one begins."""
        self.write(most)
        stored = False
        with suppress(Killed), dying(self.archive.db, at):
            self._save(self.archive, self._unread(most))
            stored = True
        self.archive.db.conn.close()  # what it held open is closed by the system
        self.archive = Archive.open(self.path, ZONE)
        if stored:
            self._follow(most)

    @rule(which=st.integers(0, 1000))
    def remove(self, which: int) -> None:
        """Somebody takes a post out by hand."""
        if self.model.texts:
            post = sorted(self.model.texts)[which % len(self.model.texts)]
            self.archive.ingest.delete(self.archive.posts.ids_of(PLATFORM, [post]).values())
            del self.model.texts[post]

    @rule()
    def copy(self) -> None:
        """A copy is kept, made as SQLite makes one."""
        kept = self.path.with_name("older.db")
        kept.unlink(missing_ok=True)
        self.archive.db.execute("VACUUM INTO ?", [str(kept)])
        self.older = kept, self.model.copy()

    @rule()
    def restore(self) -> None:
        if self.older:
            self.archive.close()
            for name in ("a.db-wal", "a.db-shm"):
                self.path.with_name(name).unlink(missing_ok=True)
            shutil.copyfile(self.older[0], self.path)
            self.archive, self.model = Archive.open(self.path, ZONE), self.older[1].copy()

    @rule(seconds=st.integers(-10 * 86400, 10 * 86400))
    def jump(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(most=st.integers(1, 8))
    def second_worker(self, most: int) -> None:
        """Another worker is refused, and another process reads the same page again."""
        with work_lock(self.path):
            refused = False
            try:
                with work_lock(self.path):
                    pass
            except AlreadyRunning:
                refused = True
            assert refused, "two workers at once"
        page = self._unread(most)
        self._save(self.archive, page)
        with closing(Archive.open(self.path, ZONE)) as second:
            self._save(second, page)
        self._follow(most)

    @invariant()
    def is_as_the_model_says(self) -> None:
        _steps[0] += 1
        if not hasattr(self, "archive"):
            return
        rows = {row.native_id: row.text for row in self.archive.posts.every() if row.text is not None}
        assert rows == {post: text for post, text in self.model.texts.items() if text is not None}
        assert self.archive.posts.count() == len(self.model.texts)
        cursor = self.archive.coverage.cursors(TRACK).get(STREAM, "0")
        assert int(cursor) == self.model.cursor
        assert self.archive.differences() == []

    def _alive(self) -> list[str]:
        last = dict(self.events)
        return [post for post, text in last.items() if text is not None]

    def _unread(self, most: int) -> Page:
        end = min(len(self.events), self.model.cursor + most)
        return page_of(self.events[self.model.cursor : end], cursor=str(end))

    def _follow(self, most: int) -> None:
        end = min(len(self.events), self.model.cursor + most)
        self.model.read(self.events[self.model.cursor : end])
        self.model.cursor = end

    def _save(self, archive: Archive, page: Page) -> None:
        archive.ingest.save(
            page, source=PLATFORM, track=TRACK, scores=[a_sentiment() for _ in page.posts], analyzer="none",
            started_at=self.now, now=self.now,
        )  # fmt: skip


def page_of(events: list[tuple[str, str | None]], cursor: str | None) -> Page:
    """Return what a platform answers: the last word of each post of these."""
    last = dict(events)
    posts = [a_post(id=post, text=text, created_at=_written(post)) for post, text in last.items() if text]
    # A post that came and went in one page is shown no more.
    gone = tuple(post for post, text in last.items() if text is None)
    return a_page(*posts, stream=STREAM, cursor=cursor, deleted=gone)


def _written(post: str) -> datetime:
    return START + timedelta(minutes=37 * int(post))


@contextmanager
def dying(db: WriteConnection, statements: int) -> Iterator[None]:
    """Let a connection do so many statements more, and then none, not even to undo what it began."""
    left, execute, executemany = [statements], db.execute, db.executemany

    def counted(run: Callable[..., Any]) -> Callable[..., Any]:
        def or_killed(*how: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return run(*how)

        return or_killed

    db.execute, db.executemany = counted(execute), counted(executemany)  # type: ignore[method-assign]
    try:
        yield
    finally:
        db.execute, db.executemany = execute, executemany  # type: ignore[method-assign]


ACTS = {name for name, what in vars(Histories).items() if hasattr(what, "hypothesis_stateful_rule")}


def histories_of(*acts: str) -> type[Histories]:
    """Return histories of these acts alone, which soon meet what a broken variant does to them."""
    return type("SomeHistories", (Histories,), dict.fromkeys(ACTS.difference(acts)))


def live(path: Path, times: int, kind: type[Histories] = Histories) -> Outcome:
    """Live through histories of at least so many steps in all; a history that breaks is the fault."""
    began, fault = _steps[0], ""
    how = settings(
        max_examples=1 + times // SHORT, stateful_step_count=STEPS, deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True,
        report_multiple_bugs=False,  # or it would look for another one in thousands of histories more
    )  # fmt: skip
    try:
        run_state_machine_as_test(kind, settings=how)
    except AssertionError as error:
        fault = str(error).strip().split("\n")[0] or "the archive is not as the model says"
    return Outcome(f"{_steps[0] - began} steps", (fault,) if fault else ())


def live_broken(path: Path, times: int) -> Outcome:
    """Do the same with a program that stores a page without a transaction."""

    @contextmanager
    def none(db: WriteConnection) -> Iterator[None]:
        yield

    return _with(WriteConnection, "transaction", none, times, histories_of("write", "kill", "poll"))


def live_forgetful(path: Path, times: int) -> Outcome:
    """Do the same with a program that lets a late page bring back what was deleted."""
    update = Ingest._update

    def forget(self: Ingest, row: Any, post: Post, at: str) -> None:
        update(self, row._replace(scrubbed_at=None), post, at)

    return _with(Ingest, "_update", forget, times, histories_of("write", "delete", "poll", "late_page"))


def _with(owner: type, name: str, variant: Callable[..., Any], times: int, kind: type[Histories]) -> Outcome:
    whole = getattr(owner, name)
    setattr(owner, name, variant)
    try:
        return live(Path(), times, kind)
    finally:
        setattr(owner, name, whole)


def controls(path: Path, times: int) -> Outcome:
    """Return the faults of both broken variants, each at the first that is found; none unless both were.

    Which histories come follows from the modules that are loaded, too; so there may be many, of which
    few are lived through.
    """
    outcomes = [variant(path, max(times, 20_000)) for variant in (live_broken, live_forgetful)]
    caught = all(outcome.faults for outcome in outcomes)
    return Outcome(" and ".join(o.figure for o in outcomes), outcomes[0].faults if caught else ())


EXPERIMENT = Experiment(
    promise="After any history the archive holds what it should, and nothing that was deleted",
    method=(
        "polls, edits, deletions, removals, kills, copies put back, clock jumps and a second worker in random"
        " order, beside a model"
    ),
    run=live,
    control_method="pages without a transaction; deleted posts that a late page brings back",
    control=controls,
    times=10_000,
    few=300,
    control_times=2000,
)
