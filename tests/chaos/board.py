"""The board of `make chaos`: runs each experiment with its control and writes the table of docs/safety.md."""

import importlib
import logging
import pkgutil
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from tests.chaos import experiments
from tests.chaos.experiment import ROOT, Attempt, Experiment, Outcome

PAGE = ROOT / "docs/safety.md"
_TABLE = re.compile(r"(?s)(?<=<!-- board -->\n).*(?=<!-- /board -->)")
_HEAD = (
    "| What must hold | What is done to it | What came of it | Verdict | Control |\n|---|---|---|---|---|\n"
)
_ONE_LINE = 160  # characters of a fault that are shown


@dataclass(frozen=True, slots=True)
class Row:
    """An experiment that was run; or was not, or could not be (`outcome` is None)."""

    experiment: Experiment
    outcome: Outcome | None
    control: Outcome | None

    @property
    def is_good(self) -> bool:
        """Return whether nothing broke, and the control did; what was left out is neither."""
        if self.outcome is None or self.control is None:
            return True
        return not self.outcome.faults and bool(self.control.faults)

    @property
    def verdict(self) -> str:
        """Return what the row comes to, in a word or two."""
        if self.outcome is None or self.control is None:
            experiment = self.experiment
            return "not run yet" if experiment.is_possible else f"left out: no {experiment.tool} here"
        if not self.control.faults:
            return "NOT PROVED: the control passed"
        return "BROKEN" if self.outcome.faults else "holds"

    def __str__(self) -> str:
        experiment = self.experiment
        figure = self.outcome.figure if self.outcome else "-"
        caught = f"caught: {_short(self.control.faults[0])}" if self.control and self.control.faults else "-"
        control = f"{experiment.control_method}; {caught}" if self.control else experiment.control_method
        return f"| {experiment.promise} | {experiment.method} | {figure} | {self.verdict} | {control} |"


def found() -> Mapping[str, Experiment]:
    """Return every experiment by the name of its module."""
    names = sorted(module.name for module in pkgutil.iter_modules(experiments.__path__))
    modules = {name: importlib.import_module(f"{experiments.__name__}.{name}") for name in names}
    return {name: module.EXPERIMENT for name, module in modules.items() if hasattr(module, "EXPERIMENT")}


def row(experiment: Experiment, times: int) -> Row:
    """Run an experiment so many times, and its control."""
    if not experiment.is_possible:
        return Row(experiment, None, None)
    try:
        outcome = _attempted(experiment.run, times)
    except Exception as error:  # it costs its own row
        outcome = Outcome("it broke off", (f"{type(error).__name__}: {error}",))
    try:
        control = _attempted(experiment.control, experiment.control_times)
    except Exception:  # which is no proof that it would have been caught
        control = Outcome("it broke off")
    return Row(experiment, outcome, control)


def page(text: str, experiments: Iterable[Experiment], rows: Iterable[Row]) -> str:
    """Return the page with a row for each experiment: a new one, or the one that it has."""
    lines = {_promise(line): line for line in text.splitlines() if line.startswith("| ")}
    lines |= {row.experiment.promise: str(row) for row in rows}
    table = [lines.get(one.promise) or str(Row(one, None, None)) for one in experiments]
    return _TABLE.sub(lambda _: _HEAD + "".join(f"{line}\n" for line in table), text)


def _promise(line: str) -> str:
    return line.split(" | ")[0].removeprefix("| ")


def rows_of(names: Iterable[str]) -> Iterator[Row]:
    """Yield a row for each experiment, as it ends, and print it."""
    for name in names:
        began = time.monotonic()
        experiment = found()[name]
        done = row(experiment, experiment.times)
        print(f"{name}: {done.verdict} ({time.monotonic() - began:.0f} s)\n{done}", flush=True)
        for fault in done.outcome.faults if done.outcome else ():
            print(f"    {fault}", flush=True)
        yield done


def _attempted(attempt: Attempt, times: int) -> Outcome:
    with TemporaryDirectory() as folder:
        return attempt(Path(folder), times)


def _short(fault: str) -> str:
    """Return a fault as a cell of the table, without where it happened on this machine."""
    words = re.sub(rf"{re.escape(gettempdir())}/[^/\s]+/", "", fault).replace("|", "/").split()
    return " ".join(words)[:_ONE_LINE]


def main(names: list[str]) -> int:
    """Run all experiments, or those named, and write their rows; return 1 if one did not hold."""
    logging.disable()  # what a broken variant has to say is no news
    is_good = True
    for done in rows_of(names or found()):  # each at once: whoever stops it keeps what was seen by then
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), found().values(), [done]), encoding="utf-8")
        is_good = is_good and done.is_good
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
