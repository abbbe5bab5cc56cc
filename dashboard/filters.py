"""What an address asks for: which days, of which track, on which platforms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter

from monitor.archive import ArchiveReader
from monitor.archive.values import Scope
from monitor.campaign import Campaign, Track, track_of
from monitor.core.errors import ConfigError, FilterError
from monitor.manual_entry import BY_HAND
from monitor.report import Window
from monitor.report.window import WEEK as _SEVEN_DAYS
from monitor.report.window import last_week, length, shifted, week_of
from monitor.report.wording import window_words

TODAY, WEEK, MONTH, ALL, DATES = "today", "week", "4-weeks", "campaign", "dates"
PERIODS = {TODAY: "Today", WEEK: "Week", MONTH: "4 weeks", ALL: "Campaign", DATES: "Other dates"}
_USUAL = WEEK
# Until then a week is about the one that is over: the running one has little to tell.
_TURN = timedelta(days=3), time(12)  # from Monday on
_LONGEST = 3660  # days
_FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a page is asked to show. `platforms` empty: all of them. `began`: the day of the first post."""

    period: str  # a key of PERIODS
    window: Window
    track: Track
    platforms: frozenset[str] = frozenset()
    usual_track: bool = True  # the campaign's first, which an address need not name
    today: date = date.max
    began: date | None = None

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

    def scope(self, archive: ArchiveReader) -> Scope:
        """Return the posts that it is of, for whatever counts or lists them."""
        return archive.stats.scope(self.track.name, self.window.first, self.window.last, self.platforms)

    @property
    def title(self) -> str:
        """Return '16 to 22 November', with the years only where one is another."""
        words = window_words(self.window)
        is_now = self.window.first.year == self.today.year
        return words.removesuffix(f" {self.today.year}") if is_now else words

    @property
    def is_cut(self) -> bool:
        """Return whether the campaign is older than what is shown of it."""
        return self.period == ALL and self.began is not None and self.began < self.window.first

    @property
    def unit(self) -> str:
        """Return the period that these days are one of, or that days of this length are; else nothing."""
        if self.period != DATES:
            return self.period
        window, days = self.window, length(self.window)
        if window == Window(first=self.today, last=self.today):
            return TODAY
        if days == _SEVEN_DAYS and not window.first.weekday():
            return WEEK
        return MONTH if days == 4 * _SEVEN_DAYS else ""

    def step(self, path: str, times: int, **others: Any) -> str | None:
        """Return the address of as many days, so many times further on; None: there are none."""
        try:
            window = shifted(self.window, -times * length(self.window))
        except OverflowError:
            return None
        if self.period == ALL or window.first > self.today or window.first.year < _FIRST_YEAR:
            return None
        return self.address(path, period=None, since=window.first, until=window.last, **others)

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


def choice_of(
    args: MultiDict[str, str], campaign: Campaign, *, now: datetime, began: date | None, usual: str = _USUAL
) -> Choice:
    """Return what the arguments of an address ask for, at a local time; `began` is the day of the first post.

    Those that name no days ask for the `usual` period. Raises FilterError, saying what can be asked for.
    """
    try:
        track = track_of(campaign, args.get("track") or None)
    except ConfigError as error:
        raise FilterError(str(error)) from error
    period = _period(args, usual)
    platforms = frozenset(name for name in args.getlist("platform") if name)
    if unknown := platforms - {*campaign.sources, BY_HAND}:
        names = ", ".join(campaign.sources)
        raise FilterError(f"There is no platform {min(unknown)!r} in the campaign file. It has: {names}.")
    return Choice(
        period=period,
        window=_window(period, args, now, began),
        track=track,
        platforms=platforms,
        usual_track=track == campaign.tracks[0],
        today=now.date(),
        began=began,
    )


def _period(args: Mapping[str, str], usual: str) -> str:
    if args.get("since") or args.get("until"):
        return DATES
    period = args.get("period") or usual
    if period not in PERIODS:
        raise FilterError(
            "That period does not exist. Choose today, the week, 4 weeks, the campaign, or dates."
        )
    return period


def week_at(now: datetime, began: date | None) -> Window:
    """Return the week that is over, and from Thursday noon on, by the local time, the running one.

    A campaign without a post before it has only the running one.
    """
    monday = last_week(now.date())
    days, hour = _TURN
    is_late = now.replace(tzinfo=None) >= datetime.combine(monday + _SEVEN_DAYS + days, hour)
    if is_late or began is None or began >= monday + _SEVEN_DAYS:
        monday += _SEVEN_DAYS
    return week_of(monday)


def _window(period: str, args: Mapping[str, str], now: datetime, began: date | None) -> Window:
    if period == WEEK:
        return week_at(now, began)
    today = now.date()
    # From a Monday: the tone of whole weeks may be told.
    earliest = max(began or today, week_of(today - timedelta(days=_LONGEST - 6)).first)
    first = {
        TODAY: today, MONTH: today - timedelta(days=27), ALL: min(earliest, today)
    }.get(period)  # fmt: skip
    if first:
        return Window(first=first, last=today)
    last = day_of(args.get("until"), today)
    return window_between(day_of(args.get("since"), date.fromordinal(max(1, last.toordinal() - 27))), last)


def day_of(text: str | None, otherwise: date) -> date:
    """Return the day that a text writes; raises FilterError for one that is none."""
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FilterError(
            f"{text!r} is not a day. Write it as 2026-11-01, or choose it from the calendar."
        ) from error


def window_between(first: date, last: date) -> Window:
    """Return the window; raises FilterError if it is not within what can be asked for."""
    if first > last:
        raise FilterError("The first day is after the last one. Swap them.")
    if not _FIRST_YEAR <= first.year <= last.year <= 2100 or (last - first).days > _LONGEST:
        raise FilterError("Choose days between 2000 and 2100, at most ten years apart.")
    return Window(first=first, last=last)
