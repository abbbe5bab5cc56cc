"""A collector that stops, in each way in which it can: whoever looks, or is written to, hears of it."""

import json
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import chain, islice
from pathlib import Path

from monitor.archive import Archive, ArchiveReader
from monitor.core.model import Page
from tests.chaos.experiment import Experiment, Outcome
from tests.chaos.experiments.kills import CAMPAIGN, POSTS, ZONE, Ledger, begin_at
from tests.chaos.fake_clock import PATIENCE, FakeClock, wait_for
from tests.disks import can_mount, fill, small_disk
from tests.sources.loopback import Answer, as_json, serving

START = datetime(2026, 11, 11, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BETWEEN = timedelta(hours=2)  # two ways: longer than two mails about a stop lie apart
STEP_BACK = timedelta(days=3)
WORKERS_TURNS = 4  # minutes: after two without a sign of life a worker counts as lost
SOURCES_TURNS = 22  # minutes: two turns of ten, and what a poll may take
PATIENCE_BROKEN = 3.0  # seconds, in which a broken one has looked many times
BROKEN = ("beating", "alone")  # see fake_clock
ALERTS = """
[alerts]
recipients = ["ann@example.org"]
quiet_from = 0
quiet_until = 0
"""


@dataclass
class Host(Ledger):
    """A platform that can be made to answer with another status."""

    status: int = 200

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        answered = super().answer(method, path, query)
        return answered if self.status == 200 else as_json({"error": "no longer"}, self.status)


@dataclass
class Office:
    """A dashboard, a worker that can be started, and all the places where people hear that it has stopped."""

    folder: Path
    clock: FakeClock
    host: Host
    broken: str
    url: str = ""
    worker: subprocess.Popen[bytes] = field(init=False)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Run a worker meanwhile, from when it has asked its platform on."""
        asked = self.host.asked
        with self.clock.running("worker", broken=self.broken) as self.worker:
            if not wait_for(lambda: self.host.asked > asked and self.is_well()):
                raise RuntimeError("the worker did not begin")
            yield

    def rest(self) -> None:
        """Let time pass in which nobody collects, and which the dashboard has seen to be so."""
        for _ in range(2):
            self.clock.wait(BETWEEN)
            looks = self.looks()
            wait_for(lambda looks=looks: self.looks() > looks + 2)

    def looks(self) -> int:
        """Return how often the dashboard's process has looked at the worker."""
        path = self.folder / "looks"
        return path.stat().st_size if path.exists() else 0

    def is_well(self) -> bool:
        """Return whether the dashboard says that all is well."""
        answer = json.loads(self.page("/healthz"))
        return bool(answer["collecting"]) and not answer["needs_person"] and not answer["disk_full"]

    def page(self, path: str) -> str:
        """Return what the dashboard answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=300) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def let_pass(self, minutes: int, *, beats: bool) -> None:
        """Let time pass, no faster than a worker that still beats has its turns."""
        for _ in range(minutes):
            self.clock.wait(MINUTE)
            if beats:
                wait_for(lambda: self.clock.now() - self.beat() < MINUTE / 2)

    def beat(self) -> datetime:
        """Return the worker's last sign of life."""
        with ArchiveReader.open(self.folder / "a.db", ZONE) as archive:
            return archive.coverage.heartbeat("worker", self.clock.now()) or START

    def mails(self) -> set[Path]:
        """Return the mails in the folder that they go to without a server."""
        return {*(self.folder / "mail").glob("*.eml")}

    def is_written(self, subject: str, before: set[Path]) -> bool:
        """Return whether a mail with these words in its subject has come since then."""
        new = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in self.mails() - before]
        return any(subject in str(mail["subject"]) for mail in new)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to stop, and what is said of it then."""

    name: str
    stop: Callable[[Office], object]
    mend: Callable[[Office], object] = lambda office: None
    minutes: int = WORKERS_TURNS
    beats: bool = False  # the worker itself, still
    page: str = "Nothing has been collected since"
    source: str = "Not checked since"
    status: str = "Nothing has been collected since"
    doctor: str = "collecting"
    subject: str = "Nothing has been collected since"
    health: Mapping[str, bool] = field(default_factory=lambda: {"collecting": False})

    def seen(self, office: Office, before: set[Path]) -> Iterator[tuple[str, bool]]:
        """Yield of each place that people look at whether it says so; `before` are the earlier mails."""
        yield "on the first page", self.page in office.page("/")
        yield "on the page of sources", self.source in office.page("/sources")
        yield "on /healthz", self.health.items() <= json.loads(office.page("/healthz")).items()
        yield "in a mail", office.is_written(self.subject, before)

    def answered(self, office: Office) -> Iterator[tuple[str, bool]]:
        """Yield of each command whether it says so."""
        yield "in status", self.status in office.clock.answer("status").stdout
        doctor = office.clock.answer("doctor")
        yield "in doctor", doctor.returncode == 1 and f"\nfail {self.doctor}:" in doctor.stdout


def _step_back(office: Office) -> None:
    office.worker.kill()
    office.clock.move(-STEP_BACK)
    at = office.clock.now() - MINUTE  # it collected then, too
    with Archive.open(office.folder / "a.db", ZONE) as archive:
        archive.coverage.save_failure(Page(stream="mastodon"), "test", started_at=at, now=at)


FULL = "on a full disk"  # left out where no small one can be mounted
WAYS = (
    Way(name="killed", stop=lambda office: office.worker.kill()),
    Way(name="stopped", stop=lambda office: office.worker.send_signal(signal.SIGSTOP)),
    Way(name="ended under a clock that was set back", minutes=SOURCES_TURNS, stop=_step_back,
        mend=lambda office: office.clock.move(STEP_BACK)),
    Way(name="hung", minutes=SOURCES_TURNS, beats=True,
        stop=lambda office: (office.folder / "hang").touch(),
        mend=lambda office: (office.folder / "hang").unlink()),
    Way(name=FULL, minutes=SOURCES_TURNS, beats=True,
        stop=lambda office: fill(office.folder, but=10 * 2**20),
        mend=lambda office: (office.folder / "ballast").unlink(),
        page="The disk is full", status="The disk is full", doctor="disk", health={"disk_full": True}),
    Way(name="without a key", minutes=SOURCES_TURNS, beats=True,
        stop=lambda office: setattr(office.host, "status", 401),
        mend=lambda office: setattr(office.host, "status", 200),
        page="0 of 1 source working", source="Needs attention", status="refused", doctor="Mastodon",
        subject="has not answered fully", health={"needs_person": True}),
)  # fmt: skip


def hear(folder: Path, times: int) -> Outcome:
    """Stop a worker in so many ways, and go round all places two turns later."""
    ways = [way for way in WAYS[:times] if way.name != FULL or can_mount()]
    with _office(folder, "") as office:
        faults = [*_faults(office, ways[0])]
        for way in ways[1:]:
            office.rest()
            faults += _faults(office, way)
    return Outcome(f"{len(ways)} ways, {6 * len(ways)} places, {len(faults)} silent", tuple(faults))


def _faults(office: Office, way: Way) -> Iterator[str]:
    with office.working():
        before = office.mails()
        yield from (f"{place} before it was {way.name}" for place, is_so in way.seen(office, before) if is_so)
        way.stop(office)
        office.let_pass(way.minutes, beats=way.beats)
        patience = PATIENCE_BROKEN if office.broken else PATIENCE
        wait_for(lambda: office.is_written(way.subject, before), patience)
        places = chain(way.seen(office, before), way.answered(office))
        yield from (f"{way.name}: not {place}" for place, is_so in places if not is_so)
    way.mend(office)


@contextmanager
def _office(folder: Path, broken: str) -> Iterator[Office]:
    with ExitStack() as stack:
        if can_mount():
            folder = stack.enter_context(small_disk(folder / "disk", 60))
        host, clock = Host(), FakeClock(folder)
        clock.set(START)
        server = stack.enter_context(serving(host.answer))
        campaign = CAMPAIGN.format(server=server.url).replace("every_minutes = 1", "every_minutes = 10")
        (folder / "campaign.toml").write_text(campaign + ALERTS)
        begin_at(POSTS - 20, folder / "a.db", server.url)
        stack.enter_context(clock.running("web", "--port", "0", broken=broken))
        office = Office(folder, clock, host, broken)
        if not wait_for(lambda: bool(_address(folder))):
            raise RuntimeError(f"the dashboard did not begin: {(folder / 'web.log').read_text()}")
        office.url = _address(folder)
        yield office


def _address(folder: Path) -> str:
    found = re.search(r"http://127[.\d:]+", (folder / "web.log").read_text())
    return found[0] if found else ""


def hear_nothing(folder: Path, times: int) -> Outcome:
    """Kill the worker of so many variants; return the first place of each that says nothing."""
    faults = list[str]()
    for broken in BROKEN[:times]:
        (folder / broken).mkdir()
        with _office(folder / broken, broken) as office:
            faults += islice(_faults(office, WAYS[0]), 1)
    return Outcome(f"{len(faults)} of {times} caught", tuple(faults) if len(faults) == times else ())


EXPERIMENT = Experiment(
    promise="A collector that has stopped is heard of within two turns, wherever people look",
    method="a worker is killed, stopped, hung, refused by its platform, ended under a clock that is set back,"
    " and has its disk filled; then two pages, status, doctor, /healthz and the mail are looked at",
    run=hear,
    control_method="a dashboard that gives the worker's signs of life; a worker that watches over itself",
    control=hear_nothing,
    times=len(WAYS),
    few=1,
    control_times=len(BROKEN),
    tool="libfaketime",
)
