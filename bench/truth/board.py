"""Runs scenarios and says of each whether it held, or what was said wrongly."""

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from bench.truth.scenario import Scenario
from bench.truth.scenarios import SCENARIOS

if TYPE_CHECKING:
    from bench.truth.old_rules import Control

_BROKE = "it broke"
_MOST = 4  # faults of one scenario that are told


def faults(scenario: Scenario) -> list[str]:
    """Return what is wrong in one scenario; of one that cannot be lived through, why."""
    try:
        with scenario.lived() as words:
            return scenario.faults(words)
    except Exception as error:
        logging.getLogger(__name__).debug("", exc_info=True)
        return [f"{_BROKE}: {type(error).__name__}: {error}"[:200]]


def chosen(names: Sequence[str]) -> list[Scenario]:
    """Return the scenarios of these kinds, or whose names have these words; all for none."""
    return [
        one for one in SCENARIOS
        if not names or any(name == one.kind or name.casefold() in one.name.casefold() for name in names)
    ]  # fmt: skip


def rows(scenarios: Iterable[Scenario], held: Counter[bool]) -> Iterator[str]:
    """Yield a row of the table for each scenario, as it ends, and count which held."""
    for scenario in scenarios:
        began = time.monotonic()
        found = faults(scenario)
        held[not found] += 1
        wrong = "; ".join(found[:_MOST]).replace("|", "/") + (" ..." if len(found) > _MOST else "")
        yield (
            f"| {scenario.kind} | {scenario.name} | {'held' if not found else wrong} |"
            f" {time.monotonic() - began:.1f} |"
        )


def missed(control: "Control") -> list[str]:
    """Return the scenarios that do not catch a broken rule, though they should; that it broke is no catch."""
    scenarios = chosen(control.caught_by)
    with control.broken():
        found = {one.name: faults(one) for one in scenarios}
    return [name for name, wrong in found.items() if not wrong or wrong[0].startswith(_BROKE)]


def verdicts(controls: Iterable["Control"], caught: Counter[bool]) -> Iterator[str]:
    """Yield a row for each control, as it ends, and count which were caught."""
    for control in controls:
        passed = missed(control)
        caught[not passed] += 1
        of = len(chosen(control.caught_by))
        yield f"| {control.name} | {of - len(passed)} of {of} | {'; '.join(passed) or 'caught'} |"


def main(names: Sequence[str]) -> int:
    """Print the tables; return 1 if a scenario did not hold, or a control passed. No names: all of both."""
    held: Counter[bool] = Counter()
    caught: Counter[bool] = Counter()
    print("| kind | what happened | what was said wrongly | s |\n|---|---|---|---|")
    for line in rows(chosen(names), held):
        print(line, flush=True)
    print(f"\n{held[True]} of {held.total()} hold.")
    if not names:
        from bench.truth.old_rules import CONTROLS

        print("\n| rule put in place | caught by | what did not catch it |\n|---|---|---|")
        for line in verdicts(CONTROLS, caught):
            print(line, flush=True)
        print(f"\n{caught[True]} of {caught.total()} controls are caught.")
    return 1 if held[False] or caught[False] else 0
