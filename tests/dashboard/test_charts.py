"""What the charts of the overview say, and that their tables say the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.pages.charts import MOST_DAYS, activity, hours, hours_finding, tone, tone_finding, unseen
from monitor.core.model import Tone
from monitor.report import Day, Event, Window
from tests.dashboard.reports import LAST, a_figure, a_report


def address(first, last):
    return f"{first}/{last}"


def shown(report):
    return activity(report, {"bluesky": "Bluesky"}, address)


def test_each_day_leads_to_its_posts_and_the_table_has_a_row_for_it():
    chart = shown(a_report(28))
    assert len(chart.lines) == 28
    assert chart.lines[-1].address == "2026-11-22/2026-11-22"
    assert all(len(line.cells) == len(chart.head) - 1 for line in chart.lines)


def test_a_day_not_collected_is_told_as_unknown_never_as_zero():
    dark = shown(a_report(28)).lines[24]
    assert set(dark.cells) == {"not collected", "not known", "100%"}
    assert "On 1 day we were not collecting all the time (about 1 day in all)" in shown(a_report(28)).note
    assert unseen(a_report(28).days[:20]) == ""


def test_a_long_time_is_drawn_by_weeks_that_lead_to_their_seven_days():
    chart = shown(a_report(MOST_DAYS + 1))
    assert len(chart.lines) == 15
    assert chart.head[0] == "Week"
    assert chart.lines[1].name == "Week from Monday 17 August"
    assert chart.lines[1].address == "2026-08-17/2026-08-23"
    assert chart.lines[-1].address == "2026-11-16/2026-11-22"
    assert len(shown(a_report(MOST_DAYS)).lines) == MOST_DAYS  # control


def test_events_are_numbered_on_the_chart_and_told_below_it():
    chart = shown(a_report(28, events=(Event(day=LAST - timedelta(days=3), title="Hand-in <b>"),)))
    assert [mark.text for mark in chart.marks] == ["Hand-in <b>, 19 Nov"]
    assert 'class="mark"' in chart.svg
    assert "<b>" not in chart.svg


def test_the_tone_of_a_day_without_collection_is_unknown():
    report = a_report(2)
    days = (replace(report.days[0], posts={}), replace(report.days[1], tones={Tone.POSITIVE: 3}))
    chart = tone(replace(report, days=days), address)
    assert chart.lines[0].cells == ("not collected",) * 4
    assert chart.lines[1].cells == ("3", "0", "0", "0")


@pytest.mark.parametrize(
    ("tones", "said"),
    [
        ({}, "No post has been rated yet"),
        ({Tone.POSITIVE: 1}, "Too few posts to say how most of them sound"),
        ({Tone.NEUTRAL: 60, Tone.POSITIVE: 40}, "The program’s guess: most posts sound neutral, 60%"),
        (
            {Tone.POSITIVE: 40, Tone.NEGATIVE: 20, Tone.NEUTRAL: 40},
            "The program’s guess: 40% of posts sound positive, 20% negative",
        ),
    ],
    ids=["none", "few", "most", "mixed"],
)
def test_the_title_of_tone_is_its_finding(tones, said):
    assert tone_finding(a_report(7, tones=tones)) == said


def week(at: dict[int, int]):
    return [[at.get(hour, 0) for hour in range(24)] for _ in range(7)]


@pytest.mark.parametrize(
    ("heat", "posts", "said"),
    [
        (week({}), 0, "When people post is not known yet"),
        (week({18: 2}), 19, "Too few posts to say when people post"),
        (week(dict.fromkeys(range(24), 0.1)), 20, "No hours of the day stand out"),
        (week({18: 0.2, 19: 0.5, 20: 0.2, 9: 0.1}), 20, "People post most between 6pm and 9pm"),
        (week({23: 2, 0: 5, 1: 2}), 63, "People post most between 11pm and 2am"),
        (
            [[None] * 18 + [2] * 6, *week({9: 2, 10: 2, 11: 2})[1:]],
            50,
            "People post most between 9am and noon",
        ),
    ],
    ids=["none", "few", "even", "evening", "midnight", "seen once"],
)
def test_the_title_of_the_hours_is_their_finding(heat, posts, said):
    assert hours_finding(a_report(7, heat=heat, posts=a_figure("posts", posts))) == said


def test_an_hour_that_was_not_collected_is_no_hour_without_posts():
    """Six of seven Sundays at nine were not seen: the hour is as full as that of the other days."""
    heat = week({9: 4, 10: 4, 11: 4, 20: 3, 21: 3, 22: 3})
    for day in range(6):
        heat[day][9:12] = [None] * 3
    assert hours_finding(a_report(7, heat=heat)) == "People post most between 9am and noon"


NOON = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)  # a Wednesday


def this_week(now: datetime = NOON):
    monday = date(2026, 11, 16)
    shown = tuple(
        Day(day=monday + timedelta(days=n), posts={"mastodon": 4} if n < 3 else {}, unknown=0.0,
            passed=(1.0, 1.0, 0.52, 0, 0, 0, 0)[n])
        for n in range(7)
    )  # fmt: skip
    return a_report(
        7, days=shown, window=Window(first=monday, last=monday + timedelta(days=6)), made_at=now,
        heat=tuple(tuple(2 if (day, hour) <= (2, 12) else None for hour in range(24)) for day in range(7)),
    )  # fmt: skip


def test_hours_that_are_still_to_come_are_empty_and_not_called_never_collected():
    chart = hours(this_week())
    wednesday, thursday = chart.lines[2].cells, chart.lines[3].cells
    assert wednesday[12:14] == ("2", "still to come")
    assert set(thursday) == {"still to come"}
    assert "Never collected" not in dict(chart.legend).values()
    assert str(chart.svg).count('class="h4"') == 2 * 24 + 13
    assert "fill=" not in str(chart.svg).partition("</defs>")[2]  # nothing is hatched


def test_the_hour_that_is_not_over_has_an_outline_where_there_is_no_other_like_it():
    assert str(hours(this_week()).svg).count('class="running"') == 1
    assert ("running", "This hour, so far") in hours(this_week()).legend
    assert 'class="running"' not in str(hours(a_report(28)).svg)
    assert 'class="running"' not in str(hours(this_week(NOON + timedelta(days=7))).svg)


def test_hours_since_it_was_last_asked_are_not_called_never_collected():
    chart = hours(this_week(NOON + timedelta(hours=2)))  # the map ends two hours before
    assert chart.lines[2].cells[12:16] == ("2", "none yet", "none yet", "still to come")
    assert "Never collected" not in dict(chart.legend).values()
    gap = [list(row) for row in this_week().heat]
    gap[2][11] = None
    assert hours(replace(this_week(), heat=gap)).lines[2].cells[11] == "not collected"  # control


def test_what_was_lost_of_a_day_that_is_not_over_is_a_part_of_what_has_passed():
    half = replace(this_week().days[2], passed=0.5, unknown=0.25)
    assert "about 3 hours in all" in unseen([half])
    assert "about 6 hours in all" in unseen([replace(half, passed=1.0)])  # control


def test_weekdays_that_these_days_do_not_have_are_empty():
    one_day = replace(this_week(), days=this_week().days[:1])
    assert set(hours(one_day).lines[4].cells) == {"not in these days"}


def test_a_day_that_is_not_over_is_hollow_and_one_still_to_come_is_empty():
    chart = shown(this_week())
    svg = str(chart.svg)
    assert svg.count('class="s0 so-far"') == 1
    assert svg.count("<rect") - svg.count("<pattern") == 3
    assert ("so-far", "So far") in chart.legend
    assert 'class="unknown"' not in svg
    names = [line.name for line in chart.lines]
    assert names[1:4] == ["Tuesday 17 November", "Wednesday 18 November, so far", "Thursday 19 November"]
    assert chart.lines[3].cells == ("still to come",) * 3


def test_a_day_that_has_just_begun_is_not_called_not_collected():
    early = replace(this_week().days[2], posts={}, passed=0.02)
    days = (*this_week().days[:2], early, *this_week().days[3:])
    assert shown(replace(this_week(), days=days)).lines[2].cells[:2] == ("none yet",) * 2
    unseen = replace(early, unknown=1.0)
    days = (*this_week().days[:2], unseen, *this_week().days[3:])
    found = shown(replace(this_week(), days=days))
    assert found.lines[2].cells[:2] == ("not collected", "not known")  # control


def test_an_hour_never_collected_is_told_so():
    heat = tuple((None,) * 24 for _ in range(7))
    chart = hours(a_report(7, heat=heat))
    assert set(chart.lines[0].cells) == {"not collected"}
    assert ("lu", "Never collected") in chart.legend
    assert ("lu", "Never collected") not in hours(a_report(7)).legend


def test_what_was_not_collected_is_not_told_as_none():
    unknown = replace(a_figure("posts", 0), value=None)
    assert shown(a_report(7, posts=unknown)).title == "Nothing was collected in these days"


def test_days_alike_have_no_busiest():
    report = a_report(2)
    alike = tuple(replace(day, posts={"x": 3}) for day in report.days)
    assert "no single day" in shown(replace(report, days=alike)).title


def test_one_day_is_not_told_as_the_busiest():
    assert shown(a_report(1)).title.startswith("Sunday 22 November had ")


def test_a_window_without_posts_says_so():
    assert shown(a_report(7, posts=a_figure("posts", 0))).title == "No posts were found in these days"
