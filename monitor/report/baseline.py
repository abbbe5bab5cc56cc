"""What is usual, and whether a number left it. Pure."""

from collections.abc import Sequence
from statistics import median, quantiles
from typing import Literal

from monitor.report import Figure, Usual

ENOUGH = 4  # weeks, to say what is usual


def usual(weeks: Sequence[int | None]) -> Usual | None:
    """Return the usual week of these weeks' numbers; None if too few are known."""
    numbers = [number for number in weeks if number is not None]
    if len(numbers) < ENOUGH:
        return None
    tenths = quantiles(numbers, n=10, method="inclusive")
    return Usual(median=median(numbers), low=tenths[0], high=tenths[8], weeks=len(numbers))


def direction(figure: Figure, *, is_over: bool) -> Literal["rose", "fell", "usual"] | None:
    """Return how a number stands to its usual range; None if either is not known.

    A window that is not over can have risen already; that it fell cannot be said yet.
    """
    if figure.value is None or figure.usual is None:
        return None
    if figure.value > figure.usual.high:
        return "rose"
    if figure.value < figure.usual.low:
        return "fell" if is_over else None
    return "usual" if is_over else None
