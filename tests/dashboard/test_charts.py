"""What the charts of the overview say, and that their tables say the same."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from dashboard import create_app
from dashboard.filters import choice_of
from dashboard.pages.charts import hours, hours_finding, reach_finding, tone_finding, unseen, week
from monitor.charts.series import NOT_TOLD, by_tone
from monitor.core.model import Tone
from monitor.report import Comparison, Day, Event, LeftOut, PastWeek, StanceWeek, Window
from monitor.report.by_week import MOST_DAYS
from monitor.report.window import WEEK, length, shifted
from tests.archive.saving import saved
from tests.builders import a_page
from tests.dashboard.archived import TRACK, an_archive, archived_office, filled, then
from tests.dashboard.reports import CAMPAIGN, LAST, NOW, a_figure, a_report, some_services

NONE = dict.fromkeys(Tone, 0)


def address(first, last):
    return f"{first}/{last}"


def chosen(**args):
    return choice_of(MultiDict(args), CAMPAIGN, now=NOW, began=None)


def shown(report, **args):
    with create_app(some_services()).test_request_context():  # the tones of each day are looked up
        return week(chosen(), report, address, args)


def test_each_day_leads_to_its_posts_and_the_table_has_a_row_for_it():
    chart = shown(a_report(28))
    assert len(chart.lines) == 28
    assert chart.lines[-1].address == "2026-11-22/2026-11-22"
    assert all(len(line.cells) == len(chart.head) - 1 for line in chart.lines)


def test_a_day_not_collected_is_told_as_unknown_never_as_zero():
    dark = shown(a_report(28)).lines[24]
    assert set(dark.cells) == {"not collected", "not known", "100%"}
    assert "(gaps of about 1 day in total)" in shown(a_report(28)).note
    assert unseen(a_report(28).days[:20]) == ""


@pytest.mark.heavy
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


def test_the_tone_of_a_day_without_collection_is_unknown_and_what_is_not_told_is_a_part_of_its_own():
    days = [Day(day=LAST, posts=posts, unknown=0.0) for posts in ({}, {"x": 9}, {"x": 9})]
    series = by_tone(days, [{}, NONE | {Tone.POSITIVE: 9}, {Tone.POSITIVE: 6, Tone.UNCLEAR: 0}])
    assert [one.counts for one in series] == [
        (None, 9, 6), (None, 0, None), (None, 0, None), (None, 0, 0), (None, 0, 3),
    ]  # fmt: skip
    assert [series[0].name, series[-1].name] == ["Positive", NOT_TOLD]


@pytest.mark.parametrize(
    ("tones", "said"),
    [
        ({}, "The tone of these posts is not shown"),
        ({Tone.POSITIVE: 9, Tone.NEGATIVE: 9}, "The tone of these posts is not shown"),
        (NONE, "No post has been scored yet"),
        (NONE | {Tone.POSITIVE: 1}, "Too few posts to tell how most of them sound"),
        (
            NONE | {Tone.NEUTRAL: 60, Tone.POSITIVE: 40},
            "The program’s estimate: most posts sound neutral, 60%",
        ),
        (
            NONE | {Tone.POSITIVE: 40, Tone.NEGATIVE: 20, Tone.NEUTRAL: 40},
            "The program’s estimate: 40% of posts sound positive, 20% negative",
        ),
    ],
    ids=["few people", "some held back", "none", "few", "most", "mixed"],
)
def test_the_title_of_tone_is_its_finding(tones, said):
    assert tone_finding(a_report(7, tones=tones)) == said


def heat_of(at: dict[int, int]):
    return [[at.get(hour, 0) for hour in range(24)] for _ in range(7)]


@pytest.mark.parametrize(
    ("heat", "posts", "said"),
    [
        (heat_of({}), 0, "Not enough data yet to tell when people post"),
        (heat_of({18: 2}), 19, "Too few posts to tell when people post"),
        (heat_of(dict.fromkeys(range(24), 0.1)), 20, "No time of day stands out"),
        (heat_of({18: 0.2, 19: 0.5, 20: 0.2, 9: 0.1}), 20, "People post most between 6pm and 9pm"),
        (heat_of({23: 2, 0: 5, 1: 2}), 63, "People post most between 11pm and 2am"),
        (
            [[None] * 18 + [2] * 6, *heat_of({9: 2, 10: 2, 11: 2})[1:]],
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
    heat = heat_of({9: 4, 10: 4, 11: 4, 20: 3, 21: 3, 22: 3})
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
    assert "about 3 hours in total" in unseen([half])
    assert "about 1 hour in total" in unseen([replace(half, unknown=1 / 12)])
    assert "about 6 hours in total" in unseen([replace(half, passed=1.0)])  # control


def test_weekdays_that_these_days_do_not_have_are_empty():
    week = this_week()
    one_day = replace(week, days=week.days[:1], window=replace(week.window, last=week.window.first))
    assert set(hours(one_day).lines[4].cells) == {"not on these dates"}


def test_a_day_that_is_not_over_is_hollow_and_one_still_to_come_is_empty():
    chart = shown(this_week())
    svg = str(chart.svg)
    assert svg.count('class="posts so-far"') == 1
    assert svg.partition("</desc>")[2].count("<rect") == 3 + 3 + 3 + 7  # bars, strips and links
    assert ("so-far", "So far") in chart.legend
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
    assert shown(a_report(7, posts=unknown)).title == "No data was collected for these dates"


def test_days_alike_have_no_busiest():
    report = a_report(2)
    alike = tuple(replace(day, posts={"x": 3}) for day in report.days)
    assert "no single day" in shown(replace(report, days=alike)).title


def test_one_day_is_not_told_as_the_busiest():
    assert shown(a_report(1)).title.startswith("Sunday 22 November had ")


def test_a_window_without_posts_says_so():
    assert shown(a_report(7, posts=a_figure("posts", 0))).title == "No posts found for these dates"


def with_usual(**changes):
    """Return a week of which the Thursday is far outside what is usual, without one platform's few posts."""
    monday = date(2026, 11, 16)
    counts = (4, 5, 3, 40, 4, 5, 4)
    shown = tuple(
        Day(day=monday + timedelta(days=n), posts={"mastodon": posts, "lemmy": 1}, unknown=0.0)
        for n, posts in enumerate(counts)
    )
    week = Window(first=monday, last=monday + timedelta(days=6))
    earlier = tuple(
        PastWeek(window=shifted(week, WEEK * n), values={}, days=(4 + n % 2, 5, 4, 4 + n % 3, 4, 5, 4))
        for n in range(1, 7)
    )
    basis = Comparison(
        now=week, then=shifted(week, WEEK), platforms=("mastodon",), hours=1.0, days=counts,
        left_out=(LeftOut(source="lemmy", posts=7, reason="seen 64% of the week"),),
    )  # fmt: skip
    return a_report(
        7, **{"days": shown, "window": week, "past": earlier, "comparison": basis, "events": ()} | changes
    )


def bands(chart) -> int:
    return str(chart.svg).partition('<g class="usual">')[2].partition("</g>")[0].count("<rect")


def test_the_odd_day_is_dark_and_how_far_it_is_from_usual_stands_beside_it():
    chart = shown(with_usual())
    assert str(chart.svg).count('<g class="posts odd">') == 1
    assert "8 times a usual Thursday" in chart.svg
    assert ("posts odd", "Unusual") in chart.legend
    assert bands(chart) == 7
    head, thursday = chart.head, chart.lines[3].cells
    assert thursday[head.index("All posts") - 1] == "41"
    assert re.fullmatch(r"\d+ to \d+", thursday[head.index("Usual") - 1])


def test_what_the_usual_range_does_not_count_stands_apart_and_is_named():
    assert ("rest", "Not compared with other weeks: Lemmy") in shown(with_usual()).legend
    every = replace(with_usual().comparison, days=(5, 6, 4, 41, 5, 6, 5), left_out=())
    assert "rest" not in dict(shown(with_usual(comparison=every)).legend)  # control


def test_from_under_four_weeks_nothing_is_called_usual():
    few = shown(with_usual(past=with_usual().past[:3]))
    assert bands(few) == 0
    assert "Usual" not in few.head
    assert "odd" not in str(few.svg)
    assert bands(shown(with_usual(past=with_usual().past[:4]))) == 7  # control


def test_a_day_not_collected_has_no_usual_range_that_could_be_taken_for_its_bar():
    days = list(with_usual().days)
    days[1] = replace(days[1], posts={}, unknown=1.0)
    assert bands(shown(with_usual(days=tuple(days)))) == 6


def test_the_only_event_of_a_week_is_written_beside_its_bar():
    event = Event(day=date(2026, 11, 19), title="Survey <b>")
    chart = shown(with_usual(events=(event,)))
    assert 'class="event"' in chart.svg
    assert "Survey &lt;b&gt;" in chart.svg
    assert chart.marks == ()
    two = shown(with_usual(events=(event, replace(event, day=date(2026, 11, 16)))))
    assert [mark.label for mark in two.marks] == ["1", "2"]  # control: two would run into each other
    assert 'class="event"' not in two.svg


def at(svg, element, *, style, keys):
    """Return the places of a chart's elements."""
    return [
        [float(found.attrib[key].removesuffix("%")) for key in keys]
        for found in ElementTree.fromstring(str(svg)).iter(element)
        if found.get("class") in (style, f"{style} odd")
    ]


def test_marks_stand_above_the_numbers_and_no_line_goes_through_a_bar_or_a_number():
    days = (16, 18, 19, 19)
    events = [Event(day=date(2026, 11, day), title=f"Event {n}") for n, day in enumerate(days)]
    svg = shown(with_usual(events=events)).svg
    tops = {x: y - 14 for x, y in at(svg, "text", style="number", keys=("x", "y"))}
    marks = at(svg, "circle", style="mark", keys=("cx", "cy", "r"))
    lines = at(svg, "line", style="pole", keys=("x1", "y2"))
    assert len(marks) == 3
    assert all(y + radius < tops[x] for x, y, radius in marks)
    assert {x for x, _ in lines} == {x for x, _, _ in marks}
    assert all(y <= tops[x] for x, y in lines)


@pytest.mark.parametrize(
    ("days", "is_in_their_row"),
    [((17, 19), True), ((17, 18), True), ((18, 21), False), ((19, 21), False)],
    ids=["own and left", "left", "right", "own and right"],
)
def test_how_far_the_odd_day_stands_out_is_written_beside_many_events_too(days, is_in_their_row):
    svg = shown(with_usual(events=[Event(day=date(2026, 11, day), title="Stall") for day in days])).svg
    assert "8 times a usual Thursday" in svg
    [[words]] = at(svg, "text", style="aside", keys=("y",))
    heights = {y for (y,) in at(svg, "circle", style="mark", keys=("cy",))}
    assert {words - y for y in heights} == ({4} if is_in_their_row else {-19})


def test_a_long_event_is_cut_on_a_narrow_screen_and_whole_on_a_wide_one():
    title = "A survey of shopkeepers on Heathway"
    chart = shown(with_usual(events=(Event(day=date(2026, 11, 20), title=title),)))
    wide, narrow = re.findall('class="event (?:wide|narrow)"[^>]*>([^<]*)<', chart.svg)
    assert (wide, narrow[-1]) == (title, "…")


def test_a_bar_leads_to_its_posts_and_says_its_numbers():
    chart = shown(with_usual())
    assert 'href="2026-11-19/2026-11-19" aria-label="Thursday 19 November: ' in chart.svg
    assert "All posts 41, Usual " in chart.svg


def other_weeks(asked):
    def report(choice):
        asked.append(choice.window)
        return with_usual(window=choice.window)

    return some_services(report)


@pytest.mark.parametrize(
    ("compare", "first", "name"),
    [
        ("before", date(2026, 11, 9), "9 to 15 November 2026"),
        ("2026-10-05", date(2026, 10, 5), "5 to 11 October 2026"),
    ],
    ids=["before", "own"],
)
def test_another_time_is_outlined_with_its_own_legend_and_column(compare, first, name):
    asked = []
    with create_app(other_weeks(asked)).test_request_context():
        choice = chosen(since="2026-11-16", until="2026-11-22")
        chart = week(choice, with_usual(), address, {"compare": compare})
    assert asked == [Window(first=first, last=first + timedelta(days=6))]
    assert ("before", name) in chart.legend
    assert chart.lines[3].cells[chart.head.index(name) - 1] == "41"
    assert '<g class="before">' in chart.svg
    assert all(f"compare={compare}" in switch.address for switch in chart.switches)


@pytest.mark.parametrize(
    "args",
    [{"chart": "pie"}, {"compare": "soon"}, {"compare": "9999-12-31"}, {"compare": "0001-01-01"}],
    ids=str,
)
def test_what_makes_no_sense_is_refused_with_a_sentence(args):
    with pytest.raises(BadRequest, match=r"Choose|Write"):
        shown(with_usual(), **args)


def test_each_view_is_a_link_of_its_own_and_the_one_shown_says_so():
    chart = shown(with_usual(), chart="platform")
    assert [(switch.title, switch.is_on) for switch in chart.switches] == [
        ("Posts", False), ("By platform", True), ("By tone", False), ("Likely seen", False),
    ]  # fmt: skip
    assert ("c-violet", "Mastodon") in chart.legend
    assert chart.switches[0].address == "/"
    assert shown(with_usual(), chart="tone").head[1:5] == ("Positive", "Neutral", "Negative", "Unclear")


def test_reach_is_a_range_for_each_day_and_not_known_where_nobodys_followers_are(tmp_path):
    services = filled(tmp_path, then())
    with create_app(services).test_request_context():
        choice = chosen(period="week")
        chart = week(choice, a_report(7, track=TRACK), address, {"chart": "reach"})
    cells = [line.cells[0] for line in chart.lines]
    assert sum(bool(re.fullmatch(r"[\d,]+ to [\d,]+", cell)) for cell in cells) == 1
    assert cells.count("not known") == 6


@pytest.mark.parametrize(("people", "is_told"), [(4, False), (5, True)])
def test_a_chart_of_tone_is_of_twelve_weeks_and_says_why_bars_are_grey(people, is_told, tmp_path):
    with an_archive(tmp_path) as archive:
        for tone in Tone:
            posts = [then(id=f"{tone}{n}", by=f"{tone}{n}") for n in range(people)]
            saved(archive, a_page(*posts), track=TRACK, tone=tone)
    services = archived_office(
        tmp_path, report=lambda choice: a_report(length(choice.window).days, track=TRACK)
    )
    with create_app(services).test_request_context():
        chart = week(chosen(period="week"), a_report(7, track=TRACK), address, {"chart": "tone"})
    assert (len(chart.lines), chart.lines[-1].name) == (12, "Week from Monday 16 November")
    assert (dict(chart.legend).get("words", "").startswith("Also grey: a tone with fewer")) is not is_told


def test_reach_is_told_to_two_digits_as_on_its_tile():
    report = a_report(7)
    seen = replace(report.seen, low=244, high=4899)
    assert reach_finding(replace(report, seen=seen)) == "Likely seen by 240 to 4,900 people"


def test_the_hours_of_one_day_have_a_bar_each_and_lead_to_no_list_of_the_whole_day():
    hours = tuple(
        Day(day=LAST, hour=hour, posts={"": hour}, unknown=0.0, passed=float(hour < 9)) for hour in range(24)
    )
    chart = shown(a_report(1, hours=hours))
    assert chart.head == ("Hour", "All posts", "Time not seen")
    assert (chart.lines[8].name, chart.lines[8].cells[0]) == ("8am", "8")
    assert "2026-11-22/2026-11-22" not in f"{chart.svg}{chart.rows}"
    assert "2026-11-22/2026-11-22" in shown(a_report(1)).rows  # control: a day has its list


@pytest.mark.parametrize(("kind", "columns"), [("platform", 1), ("tone", 12)])
def test_of_an_hour_no_platform_and_no_tone_is_told(kind, columns):
    hours = tuple(Day(day=LAST, hour=hour, posts={"": 3}, unknown=0.0) for hour in range(24))
    assert len(shown(a_report(1, hours=hours), chart=kind).lines) == columns
    assert len(shown(a_report(1, hours=hours)).lines) == 24  # control


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["tone", "reach"])
def test_what_is_no_post_is_not_compared_and_says_so(kind, tmp_path):
    asked = []
    services = replace(filled(tmp_path, then()), report=lambda choice: asked.append(choice) or with_usual())
    with create_app(services).test_request_context():
        choice = chosen(since="2026-11-16", until="2026-11-22")
        chart = week(choice, with_usual(), address, {"chart": kind, "compare": "before"})
        without = week(choice, with_usual(), address, {"chart": kind})
    assert "before" not in dict(chart.legend)
    assert chart.legend[-1] == ("words", "Only posts can be compared with 9 to 15 November 2026")
    assert not [choice for choice in asked if choice.window.last < LAST]
    assert chart.legend[-1] not in without.legend  # control


def test_another_time_says_how_much_of_it_was_not_seen():
    def report(choice):
        days = tuple(replace(day, unknown=0.25) for day in with_usual().days)
        return with_usual(window=choice.window, days=days)

    with create_app(some_services(report)).test_request_context():
        chart = week(
            chosen(since="2026-11-16", until="2026-11-22"), with_usual(), address, {"compare": "before"}
        )
    assert ("before", "9 to 15 November 2026, 25% not seen") in chart.legend


def compared(report, other, **args):
    with create_app(some_services(lambda choice: other)).test_request_context():
        return week(chosen(**args), report, address, {"compare": "before"})


def beside(chart) -> list[str]:
    """Return the column of a chart's table that is about another time."""
    return [line.cells[-2] for line in chart.lines]


def posts_from(first, number, **changes):
    """Return a report of days that each have as many posts as their place in it."""
    shown = tuple(Day(day=first + timedelta(n), posts={"x": n}, unknown=0.0) for n in range(number))
    last = first + timedelta(number - 1)
    return a_report(number, days=shown, window=Window(first=first, last=last), **changes)


def test_weeks_of_another_time_have_as_many_days_as_those_that_they_stand_beside():
    sunday, wednesday = date(2026, 8, 2), date(2026, 4, 1)
    report, other = (posts_from(first, 114) for first in (sunday, wednesday))
    chart = compared(report, other)
    cells = beside(chart)
    assert len(cells) == 18  # of the other time's own weeks there are 17
    assert cells[0] == "0 (from Wed 1 Apr)"
    assert cells[1] == f"{sum(range(1, 8))} (from Thu 2 Apr)"
    assert sum(int(cell.split()[0]) for cell in cells) == sum(range(114))


def test_a_day_that_is_not_over_stands_beside_no_whole_day():
    days = list(posts_from(date(2026, 11, 16), 7).days)
    days[2] = replace(days[2], passed=0.5)
    days[3:] = [replace(day, posts={}, passed=0.0) for day in days[3:]]
    chart = compared(a_report(7, days=tuple(days)), posts_from(date(2026, 11, 9), 7))
    assert beside(chart) == ["0", "1", "", "3", "4", "5", "6"]


def test_another_time_that_is_still_to_come_is_not_called_not_collected():
    coming = posts_from(date(2026, 11, 23), 7)
    days = [replace(day, posts={}, passed=0.0) for day in coming.days]
    days[0] = replace(coming.days[0], posts={}, unknown=1.0)
    chart = compared(posts_from(date(2026, 11, 16), 7), replace(coming, days=tuple(days)))
    assert beside(chart) == ["not collected", *["still to come"] * 6]


@pytest.mark.heavy
def test_other_days_of_the_week_are_named():
    report = posts_from(date(2026, 11, 16), 7)
    assert beside(compared(report, posts_from(date(2026, 11, 11), 7)))[0] == "0 (from Wed 11 Nov)"
    assert beside(compared(report, posts_from(date(2026, 11, 9), 7)))[0] == "0"  # control


def test_hours_stand_beside_hours_also_when_the_clocks_change():
    def hours(number):
        return tuple(Day(day=LAST, hour=hour, posts={"": hour}, unknown=0.0) for hour in range(number))

    cells = beside(compared(a_report(1, hours=hours(24)), a_report(1, hours=hours(23))))
    assert cells == [*map(str, range(23)), ""]
    assert beside(compared(a_report(1, hours=hours(23)), a_report(1, hours=hours(25)))) == cells[:23]


def test_a_comparison_is_told_in_a_sentence():
    def report(choice, **_):
        made = a_report(7, window=choice.window)
        posts = 131 if choice.window.last == LAST else None
        return replace(made, figures=made.figures | {"posts": a_figure("posts", posts)})

    client = create_app(some_services(report)).test_client()
    page = client.get("/?compare=before").text
    assert "131 posts on these dates, an unknown number of posts from 9 to 15 November 2026" in page
    assert "on these dates" not in client.get("/").text
    assert "on these dates" not in client.get("/?compare=before&chart=tone").text


def test_support_by_week_is_a_chart_once_it_may_be_told():
    week = Window(first=LAST - timedelta(days=6), last=LAST)
    stances = (
        StanceWeek(week=shifted(week, WEEK), posts=90, labels={}, is_random=True),
        StanceWeek(week=week, posts=120, labels={"support": 20, "oppose": 10, "unclear": 4}, is_random=True),
    )
    client = create_app(some_services(lambda choice: a_report(7, stances=stances))).test_client()
    page = client.get("/explore").text
    assert "About 59% of a random sample of posts support the campaign, 16 to 22 November 2026: " in page
    assert 'href="/posts?since=2026-11-16&amp;until=2026-11-22&amp;stance=support"' in page
    rows = client.get("/chart/stance.csv").text.splitlines()
    assert rows[1:] == [
        "9 to 15 November 2026,not given,not given,not given,not given",
        "16 to 22 November 2026,59% (37 to 80%),29% (10 to 52%),12% (0 to 33%),about 34 of 120 posts",
    ]
    few = create_app(some_services(lambda choice: a_report(7, stances=stances[:1]))).test_client()
    assert "stance-figure" not in few.get("/explore").text
    assert client.get("/?chart=stance").status_code == 400
