"""A collector that stops, in each way in which it can: whoever looks, or is written to, hears of it."""

import json
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from tests.chaos.experiment import Experiment, Outcome
from tests.chaos.experiments.kills import CAMPAIGN, POSTS, Ledger, begin_at
from tests.chaos.fake_clock import FakeClock, wait_for
from tests.sources.loopback import Answer, as_json, serving

START = datetime(2026, 11, 11, 12, tzinfo=UTC)
ALERTS = """
[alerts]
recipients = ["ann@example.org"]
quiet_from = 0
quiet_until = 0
"""
SECONDS = 6.0  # real ones, for what the processes do in a turn


@dataclass
class Host(Ledger):
    """A platform that answers with another status from some moment on."""

    status: int = 200

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        answered = super().answer(method, path, query)
        return answered if self.status == 200 else as_json({"error": "no longer"}, self.status)


@dataclass
class Office:
    """A worker, a dashboard, and all the places where people would hear that it has stopped."""

    folder: Path
    clock: FakeClock
    host: Host
    worker: subprocess.Popen[bytes]
    url: str = ""
    silent: list[str] = field(default_factory=list)

    def page(self, path: str) -> tuple[int, str]:
        """Return what the dashboard answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def is_written(self, way: "Way") -> bool:
        """Return whether a mail that says what happened is in the folder that they go to without a server."""
        files = sorted((self.folder / "mail").glob("*.eml"))
        mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return any(way.subject in str(mail["subject"]) for mail in mails)

    def is_heard(self, way: "Way") -> dict[str, bool]:
        """Return of each place whether it says what happened."""
        status, doctor = self.clock.answer("status"), self.clock.answer("doctor")
        return {
            "the first page": way.page in self.page("/")[1],
            "the page of sources": way.source in self.page("/sources")[1],
            "status": way.status in status.stdout,
            "doctor": doctor.returncode == 1,
            "/healthz": way.health.items() <= json.loads(self.page("/healthz")[1]).items(),
            "the mail": self.is_written(way),
        }


@dataclass(frozen=True)
class Way:
    """A way to stop, and what is said of it then."""

    name: str
    stop: Callable[[Office], object]
    page: str = "Nothing has been collected since"
    source: str = "Not asked since"
    status: str = "Nothing has been collected since"
    subject: str = "Nothing has been collected since"
    turn: timedelta = timedelta(minutes=2)  # after which a worker counts as lost; a source's turn is a minute
    health: Mapping[str, bool] = field(default_factory=lambda: {"collecting": False})


WAYS = (
    Way("killed", lambda office: office.worker.kill()),
    Way("stopped", lambda office: office.worker.send_signal(signal.SIGSTOP)),
    Way("hung", lambda office: (office.folder / "hang").touch()),
    Way(
        "key revoked",
        lambda office: setattr(office.host, "status", 401),
        "0 of 1 source working",
        "Needs you",
        "refused",
        "has given no complete answer",
        timedelta(minutes=9),
        {"needs_person": True},  # alerts are looked for every ten minutes
    ),
)


def hear(folder: Path, times: int, broken: str = "") -> Outcome:
    """Stop a worker in so many ways, and go round all places two turns later."""
    faults = [fault for way in WAYS[:times] for fault in _unheard(folder / way.name, way, broken)]
    return Outcome(f"{times} ways, {6 * times} places, {len(faults)} silent", tuple(faults))


def _unheard(folder: Path, way: Way, broken: str) -> Iterator[str]:
    folder.mkdir()
    with ExitStack() as stack:
        office = _office(folder, stack, broken)
        way.stop(office)
        for _ in range(2):
            office.clock.move(way.turn)
            wait_for(lambda: office.is_written(way), SECONDS)
        yield from (
            f"{way.name}: not on {place}" for place, is_so in office.is_heard(way).items() if not is_so
        )


def _office(folder: Path, stack: ExitStack, broken: str) -> Office:
    host, clock = Host(), FakeClock(folder)
    clock.set(START)
    server = stack.enter_context(serving(host.answer))
    (folder / "campaign.toml").write_text(CAMPAIGN.format(server=server.url) + ALERTS)
    begin_at(POSTS - 20, folder / "a.db", server.url)
    worker = stack.enter_context(clock.running("worker", broken=broken))
    stack.enter_context(clock.running("web", "--port", "0", broken=broken))
    office = Office(folder, clock, host, worker)
    if not wait_for(lambda: host.read and bool(_address(folder))):
        raise RuntimeError("the worker or the dashboard did not begin")
    office.url = _address(folder)
    wait_for(lambda: json.loads(office.page("/healthz")[1])["collecting"] is True)
    return office


def _address(folder: Path) -> str:
    found = re.search(r"http://127[.\d:]+", (folder / "web.log").read_text())
    return found[0] if found else ""


def hear_nothing(folder: Path, times: int) -> Outcome:
    """Kill the worker of a program to which a source is what it answered last, however long ago."""
    return hear(folder, 1, "silent")


EXPERIMENT = Experiment(
    promise="A collector that has stopped is heard of within two turns, wherever people look",
    method="a worker is killed, stopped, hung, and refused by its platform; then pages, status, doctor,"
    " /healthz and the mail are asked",
    run=hear,
    control_method="a source is what it answered last, whatever its age",
    control=hear_nothing,
    times=len(WAYS),
    few=1,
    tool="libfaketime",
)
