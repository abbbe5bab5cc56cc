"""A scenario: a made-up campaign, the days that are told of, and what must and must not be said of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.truth.checks import Check
from bench.truth.faces import Words
from bench.truth.posts import FIRST, NOW
from bench.truth.world import World, ruled_by
from monitor.report import Window

WEEK = Window(first=FIRST, last=FIRST + timedelta(days=6))
MONTH = Window(first=FIRST - timedelta(days=21), last=FIRST + timedelta(days=6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What `make` writes down for a world to live through; `kind` is T1 to T13: of what wrong statement."""

    kind: str
    name: str
    make: Callable[[World], object]
    checks: tuple[Check, ...]
    window: Window = WEEK
    now: datetime = NOW

    @contextmanager
    def lived(self) -> Iterator[Words]:
        """Lend what is said once the world was lived through."""
        with TemporaryDirectory(prefix="truth-") as folder:
            world = World(Path(folder))
            with ruled_by(world):
                self.make(world)
                world.live(self.now)
                yield Words(world, self.window)

    def faults(self, words: Words) -> list[str]:
        """Return what is wrongly said, or wrongly not."""
        return [fault for check in self.checks for fault in check.faults(words)]
