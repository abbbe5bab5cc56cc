"""A worker killed while it reads a petition: what is stored is what the site said, once."""

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from threading import Condition
from zoneinfo import ZoneInfo

from monitor.archive import Archive
from tests.campaigns import ONE_TRACK
from tests.chaos.experiment import Experiment, Outcome
from tests.chaos.experiments.kills import ended, worker
from tests.outcomes.petition_server import PetitionSite, constituencies
from tests.sources.loopback import Answer, serving

ZONE = ZoneInfo("Europe/London")
START = datetime(2026, 11, 1, tzinfo=UTC)
KILLS, CALM = 25, 30  # of a worker; and answers that the last one gets in peace
CAMPAIGN = (
    """\
petition = ["{address}"]
"""
    + ONE_TRACK
    + """\
[outcomes]
every_minutes = 10
parliament = false
"""
)
State = tuple[int | None, int | None, str, int | None]  # total, placed, state, count of the one area


@dataclass
class SigningSite(PetitionSite):
    """A petition that moves at every second question: it falls, is archived, and is not there for a while."""

    states: list[State] = field(default_factory=list)  # what was so at each question
    changed: Condition = field(default_factory=Condition)

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        """Answer as the site does, and move on."""
        with self.changed:
            number = len(self.states) // 2
            total = 100 + 7 * number - 50 * (number % 10 == 5)
            self.is_gone = number % 23 == 22
            self.archive = {"period": "2024-2029"} if number > 40 else None
            self.change(
                START + timedelta(minutes=number),
                signature_count=total,
                **constituencies(E14001189=total + 2),
            )
            answer = super().answer(method, path, query)
            if answer[0] != 302:  # where it leads is asked for next
                gone, here = (None, None, "removed", None), (total, total + 2, "open", total + 2)
                self.states.append(gone if self.is_gone else here)
            self.changed.notify_all()
            return answer

    def wait_for(self, answers: int) -> None:
        """Return when so many more have been given."""
        with self.changed:
            until = len(self.states) + answers
            assert self.changed.wait_for(lambda: len(self.states) >= until, timeout=60)


def killed(path: Path, seed: int, broken: str = "", kills: int = KILLS) -> tuple[int, list[str]]:
    """Kill a worker so often; return how many answers were given, and what is wrong with the archive."""
    chance, began, site = random.Random(seed), datetime.now(UTC), SigningSite()
    with serving(site.answer) as server:
        site.server = server
        (path / "campaign.toml").write_text(CAMPAIGN.format(address=site.address))
        for _ in range(kills):
            with worker(path, began, broken):
                start, answers = time.monotonic(), chance.randint(1, 5)
                site.wait_for(answers)
                # Anywhere between two answers, however far apart these are on a busy machine.
                time.sleep(chance.random() * (time.monotonic() - start) / answers)
        with worker(path, began, broken) as process:
            site.wait_for(CALM)
            assert ended(process) == 0
    return len(site.states), faults(path / "a.db", site.states, kills)


def faults(path: Path, states: list[State], kills: int) -> list[str]:
    """Compare an archive with what the site knows that it said."""
    with Archive.open(path, ZONE) as archive:
        rows = archive.counters.readings(1)
        areas = [archive.counters.areas(1, row.at + timedelta(seconds=1)) for row in rows]
    stored = [
        (*row[1:], None if row.total is None else area[0].count)
        for row, area in zip(rows, areas, strict=True)
    ]
    doubled = sum(
        one == two and before.at.astimezone(ZONE).date() == after.at.astimezone(ZONE).date()
        for (one, two), (before, after) in zip(pairwise(stored), pairwise(rows), strict=True)
    )
    # A state that is a removed page's may come again; an answer is lost only with the worker that had it.
    truth, held = [one for one, _ in groupby(states)], [one for one, _ in groupby(stored)]
    rest = iter(truth)
    found = [f"{doubled} doubled"] if doubled else []
    if not all(any(one == other for other in rest) for one in held):
        found.append("something that was never said, or not then")
    if len(truth) - len(held) > kills or held[-1] != truth[-1]:
        found.append(f"{len(truth) - len(held)} lost")
    return found


def kill(path: Path, times: int) -> Outcome:
    """Let so many archives be filled under kills."""
    broken, answers = list[str](), 0
    for seed in range(times):
        folder = path / str(seed)
        folder.mkdir()
        given, wrong = killed(folder, seed)
        answers, broken = answers + given, broken + wrong
    return Outcome(f"{times * KILLS} kills, {answers} answers, {len(broken)} faults", tuple(broken))


def noticed(path: Path, broken: str, kills: int = KILLS) -> list[str]:
    """Return what is wrong with the archive of a broken variant; that a kill meets it is up to chance."""
    for seed in range(5, 11):
        folder = path / str(seed)
        folder.mkdir(parents=True)
        if wrong := killed(folder, seed, broken, kills)[1]:
            return wrong
    return []


def kill_broken(path: Path, times: int) -> Outcome:
    """Do the same with readings that are stored twice, and with those that are stored after their place."""
    caught = [noticed(path / broken, broken) for broken in ("reading-twice", "reading-late")]
    words = "; ".join(", ".join(wrong) for wrong in caught)
    return Outcome(f"{2 * KILLS} kills: {words}", tuple(words.split("; ")) if all(caught) else ())


EXPERIMENT = Experiment(
    promise="A petition's readings are what its site said, each once, when the collector is killed",
    method="a worker is killed (SIGKILL) at random moments while it reads a petition that moves, falls, is"
    " archived, and is removed for a while",
    run=kill,
    control_method="a reading is stored twice; it is stored after where the next one goes on",
    control=kill_broken,
    times=40,
    few=0,  # tests/chaos/test_kills.py
)
