"""The only place that asks the machine for the time; everything else is told."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utcnow() -> datetime:
    """Return this instant, aware and in UTC."""
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    """Return an aware instant as the archive stores it: UTC, to the second, ending in Z."""
    return at.astimezone(UTC).isoformat()[:19] + "Z"


def unstamp(text: str) -> datetime:
    """Return the aware instant of an ISO 8601 text; raises ValueError on any other text."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"no time zone in {text!r}")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside the years 1 to 9999") from error
