"""A made-up week after eight others, to be told: 16 to 22 November 2026."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from monitor.report import Breakdown, Comparison, Figure, PastWeek, Report, Window
from monitor.report.baseline import usual, usual_amount
from monitor.report.window import shifted
from tests.dashboard.reports import SOURCES, a_report

WEEK = Window(first=date(2026, 11, 16), last=date(2026, 11, 22))
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAYS = (12, 11, 12, 14, 15, 10, 9)
VALUES = {"messages": 83, "people": 60, "engagement": 400, "views": 5000, "ceiling": 9000}
ANSWERED = tuple(replace(one, last_success=MONDAY if one.on else None) for one in SOURCES)


def weeks_before(number: int = 8) -> tuple[PastWeek, ...]:
    """Return weeks that differ a little, the latest first."""
    chance, weeks = Random(5), []
    for n in range(1, number + 1):
        days = tuple(max(0, day + chance.choice((-3, -1, 0, 1, 3))) for day in DAYS)
        values = {key: round(value * chance.uniform(0.9, 1.1)) for key, value in VALUES.items()}
        window = shifted(WEEK, timedelta(days=7 * n))
        weeks.append(PastWeek(window=window, values={**values, "posts": sum(days)}, days=days))
    return tuple(weeks)


def a_week(days: tuple[int, ...] = DAYS, number: int = 8, **changes: Any) -> Report:
    """Return a week with these posts a day. Its numbers can be given as people=90, other fields by name."""
    past = weeks_before(number)
    values = VALUES | {"posts": sum(days)}
    values |= {key: changes.pop(key) for key in [*changes] if key in values}
    ranges = {key: usual_amount([week.values[key] for week in past]) for key in values}
    ranges["posts"] = usual([week.days for week in past])
    figures = {
        key: Figure(definition=key, value=value, known=value, of=value, finished=value,
                    before=past[0].values[key] if past else None, usual=ranges[key])
        for key, value in values.items()
    }  # fmt: skip
    comparison = Comparison(
        now=WEEK, then=shifted(WEEK, timedelta(days=7)), platforms=("bluesky", "mastodon"), hours=1,
        left_out=(), days=days,
    )  # fmt: skip
    quiet = {
        "breakdown": Breakdown(newcomers=(20,) * (number + 1), busiest=(), silent=None, terms=()),
        "sources": ANSWERED, "top": (), "latest": (), "window": WEEK, "made_at": MONDAY, "is_over": True,
        "comparison": comparison, "past": past,
    }  # fmt: skip
    report = a_report(7)
    shown = tuple(
        replace(day, posts={"bluesky": posts}, unknown=0.0)
        for day, posts in zip(report.days, days, strict=True)
    )
    return replace(report, figures={**report.figures, **figures}, days=shown, **(quiet | changes))
