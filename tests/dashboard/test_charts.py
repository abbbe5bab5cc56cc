"""What the charts of the overview say, and that their tables say the same."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.pages.charts import MOST_DAYS, activity, hours, hours_finding, tone, tone_finding, unseen
from monitor.core.model import Tone
from monitor.report import Event
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
        ({Tone.NEUTRAL: 60, Tone.POSITIVE: 40}, "Most posts sound neutral: 60%"),
        (
            {Tone.POSITIVE: 40, Tone.NEGATIVE: 20, Tone.NEUTRAL: 40},
            "40% of posts sound positive, 20% negative",
        ),
    ],
    ids=["none", "few", "most", "mixed"],
)
def test_the_title_of_tone_is_its_finding(tones, said):
    assert tone_finding(a_report(7, tones=tones)) == said


def week(at: dict[int, int]):
    return [[at.get(hour, 0) for hour in range(24)] for _ in range(7)]


@pytest.mark.parametrize(
    ("heat", "said"),
    [
        (week({}), "When people post is not known yet"),
        (week({18: 2}), "Too few posts to say when people post"),
        (week(dict.fromkeys(range(24), 1)), "No hours of the day stand out"),
        (week({18: 2, 19: 5, 20: 2, 9: 1}), "People post most between 6pm and 9pm"),
        (week({23: 2, 0: 5, 1: 2}), "People post most between 11pm and 2am"),
    ],
    ids=["none", "few", "even", "evening", "midnight"],
)
def test_the_title_of_the_hours_is_their_finding(heat, said):
    assert hours_finding(heat) == said


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
