"""A worker and a dashboard on a real disk that is filled again and again, each time to the last byte."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import requests

from monitor.accounts import Accounts, Role
from monitor.archive import Archive
from monitor.core.clock import utcnow
from tests.chaos.experiment import Experiment, Outcome
from tests.chaos.experiments.kills import CAMPAIGN, POSTS, ZONE, Stream, begin_at, ended, faults, worker
from tests.chaos.fake_clock import wait_for
from tests.cli.test_serve import served
from tests.disks import fill, small_disk
from tests.sources.loopback import serving

PASSWORD = "three odd words"
MEGABYTES, ROUNDS = 40, 5
PAGES = ("/", "/posts", "/sources", "/events")
BANNER = "The disk is full, or read-only."


@dataclass
class Staff:
    """Somebody at a browser, and the events that the dashboard took from them."""

    url: str
    saved: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Sec-Fetch-Site"] = "same-origin"

    def sign_in(self) -> bool:
        """Return whether the first page is theirs."""
        self.send("/login", name="Ann", password=PASSWORD)
        return self.get("/account").status_code == 200

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=300, allow_redirects=False)

    def send(self, path: str, **data: str) -> requests.Response:
        return self.session.post(self.url + path, data=data, timeout=300, allow_redirects=False)

    def enter(self) -> bool:
        """Enter an event; return whether it was taken."""
        title = f"Event {len(self.saved)} {'long ' * 20}".strip()
        taken = self.send("/events", act="add", day="2026-11-20", title=title).status_code == 303
        if taken:
            self.saved.append(title)
        return taken

    def faults(self) -> Iterator[str]:
        """Yield what does not work on a full disk and should."""
        for path in PAGES:
            answer = self.get(path)
            if answer.status_code != 200 or BANNER not in answer.text:
                yield f"{path} answers {answer.status_code}, or does not say why"
        answer = self.get("/healthz")
        if (answer.status_code, answer.json()["disk_full"]) != (503, True):
            yield f"/healthz answers {answer.status_code} {answer.text}"
        if not Staff(self.url).sign_in():
            yield "nobody can sign in"


def fill_up(folder: Path, times: int, broken: str = "") -> Outcome:
    """Let so many archives be filled while their disk is, five times each."""
    broke, events = list[str](), 0
    for seed in range(times):
        with small_disk(folder / str(seed), MEGABYTES) as disk:
            found, saved = _filled(disk, seed, broken)
        broke += found
        events += saved
    stored = f"{times * POSTS} posts, {events} events that a page had called saved"
    return Outcome(f"{times * ROUNDS} times full, {stored}, {len(broke)} faults", tuple(broke))


def _filled(disk: Path, seed: int, broken: str) -> tuple[list[str], int]:
    ledger, chance, found = Stream(), random.Random(seed), list[str]()
    with serving(ledger.answer) as server:
        (disk / "campaign.toml").write_text(CAMPAIGN.format(server=server.url))
        begin_at(0, disk / "a.db", server.url)
        accounts = Accounts.open(disk / "access.db")
        accounts.add("Ann", Role.ADMIN, by="an experiment", now=utcnow(), password=PASSWORD)
        accounts.close()
        with (
            served(disk, "web", "--port", "0") as (_, port),
            worker(disk, datetime.now(UTC), broken) as process,
        ):
            staff = Staff(f"http://127.0.0.1:{port}")
            if not staff.sign_in():
                raise RuntimeError("nobody can sign in, and there is room")
            for number in range(ROUNDS):
                ledger.wait_for(chance.randint(1, 12))
                ballast = fill(disk)
                while staff.enter():  # what has room still
                    pass
                found += [f"disk {seed}, full {number}: {fault}" for fault in staff.faults()]
                ballast.unlink()
                if not wait_for(staff.enter):
                    found.append(f"disk {seed}, full {number}: nothing can be entered after it")
            ledger.wait_to_the_end()
            if ended(process) != 0:
                found.append(f"disk {seed}: the worker did not end well")
    found += [f"disk {seed}: {fault}" for fault in (*faults(disk / "a.db"), *_unsaved(disk / "a.db", staff))]
    return found, len(staff.saved)


def _unsaved(path: Path, staff: Staff) -> Iterator[str]:
    with Archive.open(path, ZONE) as archive:
        titles = {title for (title,) in archive.db.execute("SELECT title FROM events")}
        if (answer := archive.db.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            yield f"not whole: {answer}"
    if lost := [title for title in staff.saved if title not in titles]:
        yield f"{len(lost)} events lost"


def fill_up_deaf(folder: Path, times: int) -> Outcome:
    """Do the same with a worker that goes on after a page that it could not store."""
    return fill_up(folder, times, "deaf")


EXPERIMENT = Experiment(
    promise="On a full disk all is read and nothing that was stored is lost; with room again, it goes on",
    method="a small disk is filled to the last byte while a worker stores posts and somebody enters events;"
    " pages are read, somebody signs in, and room is made",
    run=fill_up,
    control_method="a worker that goes on after a page that it could not store",
    control=fill_up_deaf,
    times=5,
    few=0,  # tests/chaos/test_full_disk.py
    tool="small disk",
)
