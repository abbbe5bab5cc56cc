"""What an address asks for: which days, of which track, on which platforms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter

from monitor.campaign import Campaign, Track, track_of
from monitor.core.errors import ConfigError, FilterError
from monitor.manual_entry import BY_HAND
from monitor.report import Window

WEEK, MONTH, ALL, DATES = "week", "4-weeks", "campaign", "dates"
PERIODS = {WEEK: "This week", MONTH: "Last 4 weeks", ALL: "Whole campaign", DATES: "Other dates"}
_USUAL = MONTH
_LONGEST = 3660  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a page is asked to show. `platforms` empty: all of them."""

    period: str  # a key of PERIODS
    window: Window
    track: Track
    platforms: frozenset[str] = frozenset()
    usual_track: bool = True  # the campaign's first, which an address need not name

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the arguments of an address that asks for the same again."""
        arguments: dict[str, Any] = {} if self.period == _USUAL else {"period": self.period}
        if self.period == DATES:
            arguments = {"since": self.window.first.isoformat(), "until": self.window.last.isoformat()}
        if not self.usual_track:
            arguments["track"] = self.track.name
        if self.platforms:
            arguments["platform"] = sorted(self.platforms)
        return arguments

    def address(self, path: str, **changes: Any) -> str:
        """Return a path with the arguments of this choice, some of them changed; None takes one away."""
        arguments = {
            name: value for name, value in (self.arguments | changes).items() if value not in (None, "", [])
        }
        return f"{path}?{urlencode(arguments, doseq=True)}" if arguments else path


_DIGITS = 18  # of a number that SQLite can surely hold


class RowNumber(IntegerConverter):
    """The number of a row in an address; a larger one than any file has is no address."""

    regex = rf"\d{{1,{_DIGITS}}}"


def number(text: str) -> int | None:
    """Return the whole number in a field or an address; None for any other text, or one that is too large."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None


def choice_of(args: MultiDict[str, str], campaign: Campaign, *, today: date, began: date | None) -> Choice:
    """Return what the arguments of an address ask for; `began` is the day of the first post.

    Raises FilterError, saying what can be asked for.
    """
    try:
        track = track_of(campaign, args.get("track") or None)
    except ConfigError as error:
        raise FilterError(str(error)) from error
    period = _period(args)
    platforms = frozenset(name for name in args.getlist("platform") if name)
    if unknown := platforms - {*campaign.sources, BY_HAND}:
        names = ", ".join(campaign.sources)
        raise FilterError(f"There is no platform {min(unknown)!r} in the campaign file. It has: {names}.")
    return Choice(
        period=period,
        window=_window(period, args, today, began),
        track=track,
        platforms=platforms,
        usual_track=track == campaign.tracks[0],
    )


def _period(args: Mapping[str, str]) -> str:
    if args.get("since") or args.get("until"):
        return DATES
    period = args.get("period") or _USUAL
    if period not in PERIODS:
        raise FilterError(
            "That period is not known. Choose this week, the last 4 weeks, the campaign, or dates."
        )
    return period


def _window(period: str, args: Mapping[str, str], today: date, began: date | None) -> Window:
    if period == WEEK:
        monday = today - timedelta(days=today.weekday())
        return Window(first=monday, last=monday + timedelta(days=6))
    earliest = max(began or today, today - timedelta(days=_LONGEST))
    first = {MONTH: today - timedelta(days=27), ALL: min(earliest, today)}.get(period)
    if first:
        return Window(first=first, last=today)
    last = _day(args.get("until"), today)
    return _checked(_day(args.get("since"), date.fromordinal(max(1, last.toordinal() - 27))), last)


def _day(text: str | None, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FilterError(
            f"{text!r} is not a day. Write it as 2026-11-01, or choose it from the calendar."
        ) from error


def _checked(first: date, last: date) -> Window:
    if first > last:
        raise FilterError("The first day is after the last one. Swap them.")
    if not 2000 <= first.year <= last.year <= 2100 or (last - first).days > _LONGEST:
        raise FilterError("Choose days between 2000 and 2100, at most ten years apart.")
    return Window(first=first, last=last)
