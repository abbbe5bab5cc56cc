"""The only place that asks the machine for the time; everything else is told."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = 600.0  # seconds, by which a clock that is only inexact is never wrong
_PATIENCE = 3 * 3600.0  # seconds, after which a clock that was set is believed


def utcnow() -> datetime:
    """Return this instant, aware and in UTC."""
    return datetime.now(UTC)


def uptime() -> float:
    """Return the seconds that this machine has been up, asleep or not, whatever its clock is set to."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(kw_only=True)
class ClockCheck:
    """Tells a clock that was set, by hand or from a wrong server, from time that has passed.

    What is decided once and for good waits until it is right again, or has stayed so for three hours.
    """

    clock: Clock
    uptime: Callable[[], float] = uptime
    _offset: float | None = None  # of the time of day that is believed, from the uptime
    _doubt: tuple[float, float] | None = None  # another offset, and since when it is so

    def is_believable(self) -> bool:
        """Return whether the time of day follows from the one before; to be asked every few minutes."""
        up = self.uptime()
        offset = self.clock().timestamp() - up
        if self._offset is not None and abs(offset - self._offset) >= _STEP:
            if self._doubt is None or abs(offset - self._doubt[0]) >= _STEP:
                self._doubt = offset, up
            if up - self._doubt[1] < _PATIENCE:
                return False
        self._offset, self._doubt = offset, None
        return True


def of_epoch(seconds: float) -> datetime:
    """Return the instant so many seconds after 1970; raises TypeError, ValueError or OverflowError for none.

    For such numbers `datetime.fromtimestamp` may raise OSError, too.
    """
    return _EPOCH + timedelta(seconds=seconds)


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
