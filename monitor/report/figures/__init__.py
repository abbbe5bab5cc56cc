"""The numbers of a report: a module each, one for all outcomes, found by being here. All faces walk them."""

from functools import cache
from importlib import import_module
from itertools import chain
from operator import attrgetter
from pkgutil import iter_modules

from monitor.report import Report
from monitor.report.measure import Definition, Face, Measure, Statement


@cache
def measures() -> tuple[Measure, ...]:
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    numbers = [getattr(module, "MEASURES", None) or (module.MEASURE,) for module in modules]
    return tuple(sorted(chain.from_iterable(numbers), key=attrgetter("order")))


def shown_on(face: Face) -> list[Measure]:
    """Return the numbers that a face shows, in its order."""
    return sorted((one for one in measures() if face not in one.absent), key=lambda one: one.place(face))


def statements(report: Report, face: Face) -> list[Statement]:
    return [one.statement(report) for one in shown_on(face) if one.is_in(report)]


def definitions(report: Report | None = None) -> dict[str, Definition]:
    """Return what each number means, by its key: on "How we count", with each report, in docs/numbers.md.

    It is of all numbers, or of those that a report has. A change of meaning is a new version, never an edit:
    the archive remembers since when a version counts.
    """
    return {one.key: one.definition for one in measures() if report is None or one.is_in(report)}


def versions() -> dict[str, int]:
    return {key: one.version for key, one in definitions().items()}
