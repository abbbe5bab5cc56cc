"""T9: what was not collected is not drawn as low, and what is still to come is not drawn as not collected."""

from collections.abc import Callable
from typing import Any

from bench.truth.checks import Check, never, number
from bench.truth.faces import Words
from bench.truth.posts import moment
from bench.truth.scenario import MONTH, Scenario
from bench.truth.scenarios.gaps import cut
from bench.truth.scenarios.sources import office
from bench.truth.world import World


def _rows(data: dict[str, Any]) -> list[float]:
    return [sum(cell or 0 for cell in row) for row in data["heat"]]


def _alike(day: int) -> Check:
    """Return that the map has a weekday as busy as the others are."""

    def is_so(data: dict[str, Any]) -> bool:
        rows = _rows(data)
        others = sum(rows) - rows[day]
        return 0.6 <= 6 * rows[day] / others <= 1.6

    return number(
        f"weekday {day} is as busy as the others", is_so, lambda data: [round(n, 2) for n in _rows(data)]
    )


def _unknown(hours: range) -> Check:
    """Return that these hours are unknown in the map on each day, and the others are not."""

    def is_so(data: dict[str, Any]) -> bool:
        return all((cell is None) == (hour in hours) for row in data["heat"] for hour, cell in enumerate(row))

    return number(f"hours {hours} are unknown", is_so, lambda data: data["heat"][0])


def _to_come(*days: str) -> Check:
    """Return that no table says of a day to come that it was not collected, or that it had none."""

    def faults(words: Words) -> list[str]:
        following = dict(zip(words.page, words.page[1:], strict=False))
        return [
            f"page: {day}: {following[day]}" for day in days
            if following.get(day, "") in ("not collected", "not known", "0", "none")
        ]  # fmt: skip

    return Check("what is to come is empty", faults)


def nights_off(world: World) -> None:
    """Write down an office that never collects from 00:00 to 06:00."""
    cut(*((day, day + 0.25) for day in range(-70, 7)))(world)


def _scenario(name: str, make: Callable[[World], None], *checks: Check, **changes: object) -> Scenario:
    return Scenario(kind="T9", name=name, make=make, checks=checks, **changes)  # type: ignore[arg-type]


_PART = {"now": moment(2, 14.5)}
_NOT_SEEN = r"not collecting|not seen all|could not see (?:all|these)|Nothing was collected"

SCENARIOS = [
    _scenario("three of four Mondays not collected", cut((-21, -20), (-14, -13), (-7, -6)), _alike(0),
              window=MONTH),
    _scenario("two of four Sundays not collected", cut((-15, -14), (-1, 0)), _alike(6), window=MONTH),
    _scenario("nothing collected from 00:00 to 06:00", nights_off, _unknown(range(6)), window=MONTH),
    _scenario("Wednesday afternoon: four days are still to come", lambda world: office(world, 12),
              _to_come("Friday 20 November", "Saturday 21 November", "Sunday 22 November"),
              never(_NOT_SEEN, "that something was not seen", ("page", "brief")), **_PART),
]  # fmt: skip
