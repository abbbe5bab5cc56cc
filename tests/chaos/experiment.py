"""What an experiment is: a promise, an attempt to break it, and a broken variant that must be caught."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from tests.disks import can_mount

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was counted, in words, and a line for each time that the promise was broken."""

    figure: str
    faults: tuple[str, ...] = ()


Attempt = Callable[[Path, int], Outcome]  # is given an empty folder, and how many times


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A row of the board. `times` is for `make chaos`, `few` for `make test`: 0 where other tests do it.

    `control` is a broken variant of what `run` does; its outcome must have faults.
    """

    promise: str
    method: str
    run: Attempt
    control_method: str
    control: Attempt
    times: int
    few: int
    control_times: int = 1
    tool: str = ""  # a command, or a Python library, without which it is left out

    @property
    def is_possible(self) -> bool:
        """Return whether the tool that it needs is on this machine."""
        return not self.tool or bool(TOOLS.get(self.tool, _is_found)(self.tool))


def _is_found(tool: str) -> bool:
    return bool(shutil.which(tool) or find_spec(tool))


@cache
def libfaketime() -> Path | None:
    """Return the library that sets the clock of a process; None where it is not installed."""
    places = ("lib*/faketime", "lib*/*/faketime")  # all that lies below takes seconds to go through
    libraries = (path for place in places for path in Path("/usr").glob(f"{place}/libfaketimeMT.so.1"))
    return next(libraries, None)


TOOLS: dict[str, Callable[[str], object]] = {
    "libfaketime": lambda tool: libfaketime(), "small disk": lambda tool: can_mount()
}  # fmt: skip


def checked(*files: str, controls: str = "control") -> tuple[Attempt, Attempt]:
    """Return an experiment made of tests that exist: what they hold, and what their own controls do.

    A control is a test whose name says so, and which passes if the broken variant was caught.
    """

    def run(folder: Path, times: int) -> Outcome:
        passed, faults = _tests(folder, files, f"not {controls}")
        return Outcome(f"{passed} checks held", tuple(faults))

    def control(folder: Path, times: int) -> Outcome:
        passed, missed = _tests(folder, files, controls)
        caught = tuple(f"{passed} broken variants caught" for _ in range(bool(passed) and not missed))
        return Outcome(f"{passed} caught, {len(missed)} missed", caught)

    return run, control


def _tests(folder: Path, files: tuple[str, ...], words: str) -> tuple[int, list[str]]:
    """Run the tests that fit the words; return how many passed, and the names of those that did not."""
    report = folder / "tests.xml"
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-q", "-k", words, f"--junitxml={report}"]
    subprocess.run([*command, *files], cwd=ROOT, capture_output=True, check=False)
    if not report.exists():
        return 0, ["the tests did not run"]
    cases = [*ElementTree.parse(report).getroot().iter("testcase")]
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    return len(cases) - len(failed) - len(skipped), [str(case.get("name")) for case in failed]
