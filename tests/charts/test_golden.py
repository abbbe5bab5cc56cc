"""Charts as they were looked at and found good, kept as files.

After a change that is meant: `GOLDEN=write .venv/bin/pytest tests/charts/test_golden.py`, open the files
in a browser, and commit them if they are good.
"""

import os
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from monitor.charts import colours
from monitor.charts.activity import ChartKind, activity, columns_of
from monitor.charts.bar_chart import Caption, bar_chart, part_bar, range_bar
from monitor.charts.event_markers import marks
from monitor.charts.heat_map import heat_map
from monitor.charts.standalone_chart import SIZES, card, week
from monitor.core.model import Tone
from monitor.report import Comparison, Day, Event, LeftOut, PastWeek, Redefined, Usual, Window
from monitor.report.by_week import weekly
from tests.dashboard.reports import a_report
from tests.digest.letters import a_week

GOLDEN = Path(__file__).parent / "golden"


def days(first: date, number: int) -> tuple[Day, ...]:
    """Return days with posts that differ, the fifth not collected, the sixth by half."""
    return tuple(
        Day(
            day=first + timedelta(days=n),
            posts={} if n == 4 else {"bluesky": n * 7 % 31, "mastodon": n % 5, "lemmy": int(n % 3 == 0)},
            unknown={4: 1.0, 5: 0.5}.get(n, 0.0),
        )
        for n in range(number)
    )


def chart(shown: tuple[Day, ...], view: ChartKind = ChartKind.PLATFORM, **changes) -> str:
    report = a_report(days=shown, **changes)
    other = a_report(
        days=tuple(replace(day, posts={"lemmy": 9}) for day in shown[:-1] or shown),
        hours=changes.get("hours", ()),
    )
    tones = [{Tone.POSITIVE: n % 4, Tone.NEGATIVE: n % 3} for n in range(len(columns_of(report, view)[0]))]
    drawn = activity(report, view, other=other if view is ChartKind.POSTS else None, tones=tones)
    links = [(f"/posts?since={day.day}", f"{day.day:%A}") for day in drawn.columns]
    return str(bar_chart(Caption("a", "Posts", "Each day"), drawn, links))


def share_image(shown: tuple[Day, ...], size: str = "landscape", **changes) -> str:
    report = a_report(days=shown, **changes)
    return card(
        report, activity(report), headline="Busier than usual", source="From four platforms", size=SIZES[size]
    ).svg


def mail_chart(shown: tuple[Day, ...], **changes) -> str:
    return week(a_week(days=shown, **changes)).svg


def running(first: date) -> tuple[Day, ...]:
    """Return a week of which four days are over, and the fifth is half over."""
    week_days = days(first, 7)
    open_day = replace(week_days[4], posts={"bluesky": 9, "mastodon": 4}, unknown=0.0, passed=0.5)
    coming = (replace(day, posts={}, unknown=0.0, passed=0.0) for day in week_days[5:])
    return (*week_days[:4], open_day, *coming)


CLOCKS_BACK = date(2026, 10, 19)  # the week after it has a day of 25 hours
CLOCKS_FORWARD = date(2026, 3, 23)
NEW_YEAR = date(2026, 12, 21)
NEW_YEARS_DAY = Event(day=date(2027, 1, 1), title="New Year")
WEEKS = [tuple((5 + n + day) % 9 for day in range(7)) for n in range(6)]
STALL = [Event(day=NEW_YEAR, title="Stall")]
BASIS = {
    "window": Window(first=NEW_YEAR, last=NEW_YEAR + timedelta(days=6)),
    "past": tuple(
        PastWeek(window=Window(first=NEW_YEAR, last=NEW_YEAR), values={}, days=counts) for counts in WEEKS
    ),
    "comparison": Comparison(
        now=Window(first=NEW_YEAR, last=NEW_YEAR + timedelta(days=6)),
        then=Window(first=NEW_YEAR, last=NEW_YEAR),
        platforms=("bluesky",), hours=1.0, days=(1, 8, 14, 21, 0, 4, 30),
        left_out=(LeftOut(source="mastodon", posts=12, reason="seen 64% of the week"),),
    ),
}  # fmt: skip
HOURS = tuple(
    Day(day=NEW_YEAR, hour=hour, posts={"": hour % 5} if hour != 3 else {}, unknown=float(hour == 3),
        passed=min(1.0, max(0.0, 14.5 - hour)))
    for hour in range(24)
)  # fmt: skip
CHARTS = {
    "clocks-back": lambda: chart(days(CLOCKS_BACK, 14)),
    "clocks-forward": lambda: chart(days(CLOCKS_FORWARD, 14)),
    "new-year": lambda: chart(days(NEW_YEAR, 28), events=[NEW_YEARS_DAY]),
    "one-day": lambda: chart(days(NEW_YEAR, 1)),
    "no-posts": lambda: chart(
        tuple(Day(day=NEW_YEAR + timedelta(days=n), posts={"x": 0}, unknown=0.0) for n in range(7))
    ),
    "weeks": lambda: chart(
        weekly(days(date(2026, 8, 5), 160)),
        redefined=[Redefined(day=date(2026, 11, 2), definition="seen", version=2)],
    ),
    "tones": lambda: chart(days(NEW_YEAR, 42), ChartKind.TONE),
    "usual": lambda: chart(
        days(NEW_YEAR, 7), ChartKind.POSTS, events=[Event(day=NEW_YEAR, title="Stall")], **BASIS
    ),
    "one-day-by-hour": lambda: chart(days(NEW_YEAR, 1), ChartKind.POSTS, hours=HOURS),
    "square": lambda: share_image(
        days(NEW_YEAR, 7), "square", events=[Event(day=NEW_YEAR, title="Stall")], **BASIS
    ),
    "portrait": lambda: share_image(days(NEW_YEAR, 7), "portrait", demo=True, **BASIS),
    "hours": lambda: str(
        heat_map(Caption("h", "H", ""), [[d * h or None for h in range(24)] for d in range(7)])
    ),
    "share-image": lambda: share_image(days(NEW_YEAR, 28), events=[NEW_YEARS_DAY], demo=True),
    "ten-years": lambda: chart(
        weekly(days(date(2016, 11, 28), 3654), 4), events=[Event(day=date(2023, 6, 30), title="Stall")]
    ),
    "share-image-ten-years": lambda: share_image(weekly(days(date(2016, 11, 28), 3654), 4), events=()),
    "share-image-weeks": lambda: share_image(days(date(2026, 8, 5), 160), events=()),
    "mail-chart": lambda: mail_chart(days(NEW_YEAR, 7), events=STALL, **BASIS),
    "today": lambda: chart(running(NEW_YEAR)),
    "mail-chart-today": lambda: mail_chart(running(NEW_YEAR)),
    "share-image-today": lambda: share_image(running(NEW_YEAR)),
    "hours-so-far": lambda: str(
        heat_map(
            Caption("h", "H", ""),
            [[None if h == 3 else d * h / 7 for h in range(24)] for d in range(7)],
            blanks={(d, h) for d in range(7) for h in range(24) if (d, h) > (4, 13)},
            running=(4, 13),
        )
    ),
    "range": lambda: str(range_bar(104, Usual(median=70, low=54, high=92, weeks=8))),
    "part": lambda: str(part_bar(0.64)),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_drawn_as_it_was_when_it_was_looked_at(name):
    file, drawn = GOLDEN / f"{name}.svg", CHARTS[name]()
    ElementTree.fromstring(drawn)
    if os.environ.get("GOLDEN") == "write":
        file.write_text(drawn + "\n")
    assert drawn == file.read_text().rstrip("\n")


def labels(name: str) -> list[str]:
    drawn = ElementTree.fromstring((GOLDEN / f"{name}.svg").read_text())
    return [text.text for text in drawn.iter("text") if text.attrib.get("class", "").startswith("xlab")]


@pytest.mark.parametrize("name", ["today", "mail-chart-today", "share-image-today"])
def test_what_is_still_to_come_is_empty_and_what_has_begun_is_hollow(name):
    svg = CHARTS[name]()
    assert "so-far" in svg or 'fill-opacity="0.25"' in svg
    assert len(strips(svg)) == 5
    assert len(strips(CHARTS[name.removesuffix("-today").replace("today", "clocks-back")]())) > 5  # control


def strips(svg: str) -> list[str]:
    """Return the strips below the columns that have begun."""
    look = f'class="unseen"|fill="{colours.UNSEEN}"'
    return [
        strip for group in re.findall(f"<g (?:{look})>(.*?)</g>", svg) for strip in re.findall("<rect", group)
    ]


def test_days_are_named_once_each_across_clock_changes_and_the_new_year():
    assert labels("clocks-back") == ["19 Oct", "21 Oct", "23 Oct", "25 Oct", "27 Oct", "29 Oct", "31 Oct"]
    assert labels("clocks-forward") == ["23 Mar", "25 Mar", "27 Mar", "29 Mar", "31 Mar", "2 Apr", "4 Apr"]
    assert labels("new-year") == ["21 Dec", "25 Dec", "29 Dec", "2 Jan", "6 Jan", "10 Jan", "14 Jan"]


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["ten-years", "share-image-ten-years"])
def test_in_a_time_of_years_each_label_has_its_year(name):
    shown = re.findall(r">([A-Z][a-z]{2} \d{4})<", CHARTS[name]())
    assert (len(shown), len({*shown}), shown[0]) == (8, 8, "Nov 2016")
    assert not re.findall(r">\d+ [A-Z][a-z]{2}<", CHARTS[name]())


def test_an_event_in_a_time_of_years_has_its_year():
    starts = [date(2016, 11, 28), date(2023, 6, 5), date(2026, 11, 23)]
    found = marks([Event(day=date(2023, 6, 30), title="Stall")], (), starts)
    assert [mark.text for mark in found] == ["Stall, 30 Jun 2023"]


def test_a_week_across_the_new_year_is_one_week():
    found = weekly(days(date(2026, 12, 28), 7))
    assert [week.day for week in found] == [date(2026, 12, 28)]
