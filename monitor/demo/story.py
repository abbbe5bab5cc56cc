"""What happens in the made-up year, by its file: when it is busy, what people talk about, what is planned."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.campaign.reader import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Something that people talk about for some days; `day` is of the week, and Monday is 0."""

    week: int  # after that of today; of the past, below 0
    day: int
    talk: str
    title: str = ""  # as the calendar has it; "" for what nobody planned
    surge: float = 1.0  # how much busier its first day is
    lasts: int = 1  # days
    sites: int = 0  # newspapers that print one story of its first day
    tag: str = ""  # a hashtag that comes up then, and stays


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    pace: tuple[float, ...]
    event: tuple[Episode, ...]


@cache
def data(name: str) -> Any:
    """Return one of this folder's files."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


class Story:
    """The year that ends on a day."""

    def __init__(self, today: date) -> None:
        self._year = read(_Year, data("story"))
        self._monday = today - timedelta(days=today.weekday())
        self._on = {day: episode for episode in self._year.event for day in self._days(episode)}

    def calendar(self) -> Iterator[tuple[date, str]]:
        """Yield what the office has planned, past and to come."""
        for episode in self._year.event:
            if episode.title:
                yield self._days(episode)[0], episode.title

    def episode(self, day: date) -> Episode | None:
        """Return what people talk about on a day; None if it is nothing in particular."""
        return self._on.get(day)

    def has_begun(self, day: date) -> bool:
        """Return whether a day is the first of its episode."""
        return day in self._on and self._days(self._on[day])[0] == day

    def pace(self, day: date) -> float:
        """Return how busy a day is, beside others of its weekday; before the story, as at its beginning."""
        week = (day - self._monday).days // 7 - 1
        episode, pace = self._on.get(day), self._year.pace[max(week, -len(self._year.pace))]
        if episode is None:
            return pace
        late = (day - self._days(episode)[0]).days + 1
        return pace * (1 + (episode.surge - 1) / late**2)

    def tags(self, day: date) -> list[str]:
        """Return the hashtags that have come up by a day."""
        return [one.tag for one in self._year.event if one.tag and self._days(one)[0] <= day]

    def _days(self, episode: Episode) -> list[date]:
        first = self._monday + timedelta(weeks=episode.week, days=episode.day)
        return [first + timedelta(days=n) for n in range(episode.lasts)]
