"""The real program in processes of their own, with quick turns, under a clock that a test sets."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.cli import main
from monitor.core.clock import ClockCheck
from monitor.core.model import Sentiment, Tone
from tests.chaos.experiment import ROOT, libfaketime

TURN = 0.2  # seconds of the worker's turn, in earnest 20; and of the dashboard's look at it, in earnest 300
PATIENCE = 90.0  # seconds, for a busy machine
COMMAND = [sys.executable, "-m", "tests.chaos.fake_clock"]


@dataclass
class FakeClock:
    """The clock of all processes that are started with its environment."""

    folder: Path
    step: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.set(datetime.now(UTC))

    def set(self, to: datetime) -> None:
        """Set it, at once and for all of them; it goes on from there."""
        self.step = to - datetime.now(UTC)
        new = self.folder / "clock.new"
        new.write_text(f"{self.step.total_seconds():+.3f}\n")
        new.replace(self.folder / "clock")

    def move(self, by: timedelta) -> None:
        """Set it ahead or back."""
        self.set(self.now() + by)

    def now(self) -> datetime:
        """Return the time that they are shown."""
        return datetime.now(UTC) + self.step

    @property
    def environment(self) -> dict[str, str]:
        """Return what a process needs to be shown this time; how long the machine is up stays as it is."""
        return os.environ | {
            "LD_PRELOAD": str(libfaketime()),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
            "PYTHONPATH": str(ROOT),
        }

    @contextmanager
    def running(self, *words: str, broken: str = "") -> Iterator[subprocess.Popen[bytes]]:
        """Run a command of the monitor in the folder; it ends with the block."""
        with (self.folder / f"{words[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                [*COMMAND, *_files(self.folder), *words], cwd=self.folder, stderr=log, stdout=log,
                env=self.environment | {"BROKEN": broken},
            )  # fmt: skip
            try:
                yield process
            finally:
                process.kill()
                process.wait()


def _files(folder: Path) -> list[str]:
    return ["--campaign", str(folder / "campaign.toml"), "--archive", str(folder / "a.db")]


def wait_for(happens: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Return whether it came true in time."""
    until = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


class Unmoved:
    """An analyzer that scores nothing, so that a start is quick."""

    name = "neutral"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


def _hurry() -> None:
    """Make turns short."""
    from monitor.cli import serve, wiring
    from monitor.cli.wiring import worker

    start, watching = worker.start, serve.watching

    def start_quickly(tick: Callable[[], object], clock: Callable[[], datetime]) -> Callable[[], None]:
        return start(tick, clock, every=TURN)

    wiring.english_analyzer = lambda name, subject: Unmoved()  # type: ignore[assignment,attr-defined]
    worker.start = start_quickly  # type: ignore[attr-defined]
    serve.watching = partial(watching, every=TURN)  # type: ignore[attr-defined]


def _break(name: str) -> None:
    from monitor.worker import schedule

    if name == "asleep":  # nobody wakes the scheduler after a step back
        schedule._follow_the_clock = lambda *given: None
    if name == "believing":  # each time of day is believed at once
        ClockCheck.is_believable = lambda self: True  # type: ignore[method-assign]


if __name__ == "__main__":
    _hurry()
    _break(os.environ.get("BROKEN", ""))
    main()
