"""A real worker whose clock is set back and forward by days while it runs, and then right again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.mail.store import MailStore
from tests.chaos.experiment import Experiment, Outcome
from tests.chaos.experiments.kills import CAMPAIGN, POSTS, Ledger, begin_at
from tests.chaos.fake_clock import FakeClock, wait_for
from tests.sources.loopback import Answer, as_json, serving

# Five minutes before the mail of the week in which the made-up posts were written.
START = datetime(2026, 11, 9, 7, 55, tzinfo=UTC)
WEEK, DUE = "2026-W45", datetime(2026, 11, 9, 8, tzinfo=UTC)
SECONDS = 60.0  # in which a worker whose turns take half a second has its turn on any machine
SECONDS_BROKEN = 1.5  # in which a broken one has had several, if it ever has one
MINUTE = timedelta(seconds=61)  # after which each source has its turn
FEW = timedelta(minutes=5)  # between two signs of life
STEPS = [timedelta(days=-3), timedelta(days=9), timedelta(seconds=-90), timedelta(days=400)]
DIGEST = """
[digest]
day = "monday"
hour = 8
recipients = ["ann@example.org"]
"""


class Host(Ledger):
    """A platform, and the service that the worker gives its signs of life to at each turn of the mail."""

    pings: int = 0

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        if path == "/ping":
            self.pings += 1
            return as_json({})
        return super().answer(method, path, query)


class World:
    """A worker under a clock of ours, and what it leaves behind."""

    def __init__(self, folder: Path, patience: float) -> None:
        self.folder, self.clock = folder, FakeClock(folder)
        self.patience = patience  # seconds

    @contextmanager
    def worker(self, broken: str = "") -> Iterator[None]:
        ledger = Host()
        with serving(ledger.answer) as server:
            (self.folder / "campaign.toml").write_text(CAMPAIGN.format(server=server.url) + DIGEST)
            begin_at(POSTS - 100, self.folder / "a.db", server.url)
            (self.folder / ".env").write_text(f"MONITOR_PING={server.url}/ping\n")
            self.ledger = ledger
            with self.clock.running("worker", broken=broken):
                yield

    def is_polled_again(self, turns: int = 2) -> bool:
        """Return whether the platform is asked within so many of its turns."""
        before = self.ledger.asked
        for _ in range(turns):
            self.clock.move(MINUTE)
            if wait_for(lambda: self.ledger.asked > before, self.patience):
                return True
        return False

    def weeks(self) -> dict[str, str]:
        """Return what was decided of each week's mail."""
        store = MailStore.open(self.folder / "access.db")
        try:
            return {
                run.week: run.decision for run in store.weeks("test", datetime(9000, 1, 1, tzinfo=UTC), 99)
            }
        finally:
            store.close()


def step(folder: Path, times: int, broken: str = "") -> Outcome:
    """Let a clock jump so many times, each time for some turns; then let the week's mail come due."""
    world, faults = World(folder, SECONDS_BROKEN if broken else SECONDS), list[str]()
    world.clock.set(START)
    with world.worker(broken):
        # The time at which it first looks is the one that it believes.
        if not wait_for(lambda: world.ledger.read and bool(world.weeks())):
            return Outcome("no poll at all", ("the worker did not begin",))
        for days in STEPS[:times]:
            faults += [] if faults else _jumped(world, days)
        world.clock.set(DUE + timedelta(seconds=30))
        wait_for(lambda: bool(faults) or WEEK in world.weeks(), world.patience)
        weeks = world.weeks()
    if weeks.get(WEEK) != "sent":
        faults.append(f"the mail of {WEEK} was not sent: {weeks.get(WEEK, 'undecided')}")
    faults += [f"the mail of {week} was decided before its time" for week in weeks if week > WEEK]
    return Outcome(
        f"{times} jumps, {world.ledger.asked} requests, mail of the week: {weeks.get(WEEK)}", tuple(faults)
    )


def _jumped(world: World, by: timedelta) -> Iterator[str]:
    at = world.clock.now()
    for name, to in (("wrong", at + by), ("right again", at + MINUTE / 2)):
        pings = world.ledger.pings
        world.clock.set(to)
        if not world.is_polled_again():
            yield f"no poll in two turns when the clock was {name} ({by})"
        elif abs(by) > FEW and not wait_for(lambda before=pings: world.ledger.pings > before, world.patience):
            yield f"mail was not seen to when the clock was {name} ({by})"


def step_broken(folder: Path, times: int) -> Outcome:
    """Do the same with a worker that waits for a time of day, and with one that believes any."""
    outcomes = []
    for broken in ("asleep", "believing"):
        (folder / broken).mkdir()
        outcomes.append(step(folder / broken, 2, broken))
    caught = all(outcome.faults for outcome in outcomes)
    return Outcome("two variants", tuple(o.faults[0] for o in outcomes) if caught else ())


EXPERIMENT = Experiment(
    promise="A clock that is set wrong, and right again, costs no poll and no weekly mail",
    method="a worker's clock jumps by -3 days, +9 days, -90 seconds, +400 days, and is set right each time",
    run=step,
    control_method="a worker that waits for a time of day; one that believes any time",
    control=step_broken,
    times=len(STEPS),
    few=2,
    tool="libfaketime",
)
