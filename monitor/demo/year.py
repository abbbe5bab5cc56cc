"""What happens in the made-up year: when it is busy, what people talk about, what is planned."""

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
    """Something that people talk about for some days; the file says what its fields mean."""

    week: int
    day: int
    talk: str
    title: str = ""
    surge: float = 1.0
    lasts: int = 1
    sites: int = 0
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _YearFile:
    pace: tuple[float, ...]
    event: tuple[Episode, ...]


@cache
def data(name: str) -> Any:
    """Return one of this folder's files."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


class Year:
    """The year that ends on a day."""

    def __init__(self, today: date) -> None:
        self._monday, file = today - timedelta(days=today.weekday()), read(_YearFile, data("year"))
        self._pace = file.pace
        self._begins = {
            self._monday + timedelta(weeks=episode.week, days=episode.day): episode for episode in file.event
        }
        self._episodes = {
            first + timedelta(days=n): (n, episode)
            for first, episode in self._begins.items()
            for n in range(episode.lasts)
        }

    def calendar(self) -> Iterator[tuple[date, str]]:
        """Yield what the office has planned, past and to come."""
        return ((day, episode.title) for day, episode in self._begins.items() if episode.title)

    def talk(self, day: date) -> str:
        """Return what people talk about on a day."""
        return self._episodes[day][1].talk if day in self._episodes else "general"

    def sites(self, day: date) -> int:
        """Return how many newspapers print one story that day."""
        return self._begins[day].sites if day in self._begins else 0

    def pace(self, day: date) -> float:
        """Return how busy a day is, beside others of its weekday; before the year, as at its beginning."""
        week = (day - self._monday).days // 7 - 1
        pace = self._pace[max(week, -len(self._pace))]
        if day not in self._episodes:
            return pace
        late, episode = self._episodes[day]
        return pace * (1 + (episode.surge - 1) / (late + 1) ** 2)

    def tags(self, day: date) -> list[str]:
        """Return the hashtags that have come up by a day."""
        return [episode.tag for first, episode in self._begins.items() if episode.tag and first <= day]
