"""What happens in the made-up year: when it is busy, what people talk about, what is planned."""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from math import prod
from typing import Any


@cache
def data(name: str) -> Any:
    """Return one of this folder's files."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


class Year:
    """The year that ends on a day."""

    def __init__(self, today: date) -> None:
        self._monday, self._pace = today - timedelta(days=today.weekday()), data("year")["pace"]
        self._begins: dict[date, dict[str, Any]] = {
            self._monday + timedelta(weeks=event["week"], days=event["day"]): event
            for event in data("year")["event"]
        }
        self._days = {
            day + timedelta(days=n): (n, event)
            for day, event in self._begins.items()
            for n in range(event.get("lasts", 1))
        }

    def calendar(self) -> Iterator[tuple[date, str]]:
        """Yield what the office has planned, past and to come."""
        return ((day, event["title"]) for day, event in self._begins.items() if "title" in event)

    def talk(self, day: date) -> str:
        return str(self._days[day][1]["talk"]) if day in self._days else "general"

    def signing(self, day: date) -> float:
        """Return how many times as many as in other weeks sign, in the 7 days from an event on."""
        first = (day - timedelta(days=n) for n in range(7))
        return float(prod(self._begins.get(start, {}).get("signed", 1) for start in first))

    def sites(self, day: date) -> int:
        return int(self._begins.get(day, {}).get("sites", 0))

    def tags(self, day: date) -> list[str]:
        """Return the hashtags that have come up by a day."""
        return [event["tag"] for first, event in self._begins.items() if "tag" in event and first <= day]

    def pace(self, day: date) -> float:
        """Return how busy a day is, beside others of its weekday; before the year, as at its beginning."""
        week = (day - self._monday).days // 7 - 1
        late, event = self._days.get(day, (0, {}))
        surge = 1 + (event.get("surge", 1.0) - 1) / (late + 1) ** 2
        return float(self._pace[max(week, -len(self._pace))] * surge)
