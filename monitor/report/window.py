"""Windows of local days: which, how long, and what comes before. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
USUAL_WEEKS, _MOST_WEEKS = 8, 104
_YEAR = 364  # days; as many before it is the same day of the week


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Whole days in the campaign's time zone, both ends included."""

    first: date
    last: date


def week_of(day: date) -> Window:
    """Return the week, Monday to Sunday, that a day is in."""
    monday = day - timedelta(days=day.weekday())
    return Window(first=monday, last=monday + timedelta(days=6))


def last_week(today: date) -> date:
    """Return the Monday of the last week that is over."""
    return week_of(today).first - WEEK


def last_days(zone: ZoneInfo, days: int, now: datetime) -> Window:
    """Return the window of the last `days` local days, today included."""
    today = now.astimezone(zone).date()
    return Window(first=today - timedelta(days=days - 1), last=today)


def bounds(zone: ZoneInfo, window: Window) -> tuple[datetime, datetime]:
    """Return the instants at which a window's local days begin and end."""
    return midnight(zone, window.first), midnight(zone, window.last + timedelta(days=1))


def midnight(zone: ZoneInfo, day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(day, time(), zone)


def length(window: Window) -> timedelta:
    return window.last - window.first + timedelta(days=1)


def is_years(first: date, last: date) -> bool:
    """Return whether some day and month may come twice between two days, so that a day needs its year."""
    return (last - first).days > _YEAR


def shifted(window: Window, by: timedelta) -> Window:
    """Return the window that many days earlier."""
    return Window(first=window.first - by, last=window.last - by)


def finished(window: Window, today: date) -> Window | None:
    """Return the days of a window that are over; None if none is."""
    last = min(window.last, today - timedelta(days=1))
    return Window(first=window.first, last=last) if last >= window.first else None


def tells_opinions(window: Window, today: date, began: date | None) -> bool:
    """Return whether tones of these days may be told: of whole weeks, the last four, or all since `began`.

    Any other days' numbers, less those, would be of a few days and few people.
    """
    is_month = window == Window(first=today - timedelta(days=27), last=today)
    is_begin = not window.first.weekday() or began is None or window.first <= began
    return is_month or (is_begin and (window.last.weekday() == 6 or window.last == today))


def weeks_before(window: Window) -> tuple[Window, ...]:
    """Return the weeks that say what is usual, the latest first; none unless the window is one week."""
    if length(window) != WEEK:
        return ()
    return tuple(shifted(window, WEEK * n) for n in range(1, USUAL_WEEKS + 1))


def weeks_shown(window: Window) -> tuple[Window, ...]:
    """Return the weeks in which a time is drawn, the latest first: of one week also those before it.

    Those of a longer time are its own, counted from its end, at most two years; one under two weeks has none.
    """
    if length(window) == WEEK:
        return (window, *weeks_before(window))
    week = Window(first=window.last - WEEK + timedelta(days=1), last=window.last)
    weeks = min(length(window) // WEEK, _MOST_WEEKS)
    return tuple(shifted(week, WEEK * n) for n in range(weeks if weeks > 1 else 0))


def days(window: Window) -> list[date]:
    return [*map(date.fromordinal, range(window.first.toordinal(), window.last.toordinal() + 1))]
