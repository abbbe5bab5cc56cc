import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from monitor.charts.activity import ChartKind, activity
from monitor.charts.bar_chart import Caption, bar_chart, shares
from monitor.charts.layout import ticks
from monitor.charts.series import by_platform
from monitor.report import Day
from tests.dashboard.reports import a_report


def days(*posts: dict[str, int], unknown: float = 0.0) -> tuple[Day, ...]:
    first = date(2026, 11, 1)
    return tuple(Day(day=first + timedelta(i), posts=one, unknown=unknown) for i, one in enumerate(posts))


def drawn(shown: tuple[Day, ...], title: str = "Posts", links=()) -> str:
    report = a_report(days=shown)
    return str(bar_chart(Caption("a", title, "Each day"), activity(report, ChartKind.PLATFORM), links))


@pytest.mark.parametrize("highest", [0, 1, 3, 4, 5, 17, 99, 100, 101, 12345])
def test_ticks_are_whole_and_reach_the_highest_number(highest):
    numbers = ticks(highest)
    assert numbers[0] == 0
    assert numbers[-1] >= max(highest, 1)
    assert len(numbers) <= 7


@pytest.mark.parametrize(
    ("highest", "axis"),
    [
        (9, ["5", "10"]),
        (4_000, ["1,000", "2,000", "3,000", "4,000"]),
        (20_000, ["5k", "10k", "15k", "20k"]),
        (999_000, ["0.5m", "1m"]),
        (6_000_000, ["2m", "4m", "6m"]),
    ],
    ids=str,
)
def test_the_numbers_of_an_axis_have_room_beside_it_on_a_phone(highest, axis):
    svg = drawn(days(*[{"a": highest}] * 9))
    assert re.findall('class="ylab"[^>]*>([^<]*)<', svg) == axis


def test_platforms_are_ordered_by_total_and_the_rest_are_other():
    shown = days({"a": 1, "x": 9, "c": 3, "d": 4, "e": 5, "f": 1})
    assert [(one.name, one.total) for one in by_platform(shown)] == [
        ("X", 9), ("e", 5), ("d", 4), ("c", 3), ("Other", 2),
    ]  # fmt: skip


def test_a_platform_not_collected_is_unknown_and_zero_is_zero():
    assert by_platform(days({"a": 2}, {}, {"a": 0}))[0].counts == (2, None, 0)


def strips(svg: str, kind: str) -> list[float]:
    """Return the widths of the strips below the bars."""
    [group] = re.findall(f'<g class="{kind}">(.*?)</g>', svg) or [""]
    return [float(width) for width in re.findall(r'width="([\d.]+)%"', group)]


def test_the_strip_below_a_bar_is_filled_by_the_share_that_was_seen():
    svg = drawn(days({"a": 1}, {"a": 1}, unknown=0.25))
    assert strips(svg, "unseen") == [35, 35]
    assert strips(svg, "seen") == [26.25, 26.25]
    assert strips(drawn(days({"a": 1})), "seen") == strips(drawn(days({"a": 1})), "unseen")  # control


def test_a_day_not_collected_is_a_gap_with_an_empty_strip_and_no_number():
    svg = drawn((*days({"a": 0}), Day(day=date(2026, 11, 2), posts={}, unknown=1.0)))
    assert re.findall('class="number"[^>]*>([^<]*)<', svg) == ["0"]
    assert (len(strips(svg, "unseen")), len(strips(svg, "seen"))) == (2, 1)


def test_what_is_still_to_come_has_no_strip():
    assert strips(drawn((Day(day=date(2026, 11, 2), posts={}, unknown=0.0, passed=0.0),)), "unseen") == []


def test_each_column_is_a_link_with_a_name():
    shown = days({"a": 1}, {"a": 1})
    svg = drawn(shown, links=[(f"/posts?n={n}&x", f"<Day> {n}") for n in range(2)])
    links = list(ElementTree.fromstring(svg).iter("a"))
    assert [link.attrib["href"] for link in links] == ["/posts?n=0&x", "/posts?n=1&x"]
    assert links[1].attrib["aria-label"] == "<Day> 1"
    assert 'role="group"' in svg
    assert 'role="img"' in drawn(shown)  # control: nothing in it can be reached


@pytest.mark.parametrize(("columns", "links"), [(31, 31), (32, 0)])
def test_so_many_columns_that_they_would_be_in_the_way_of_the_tab_key_are_no_links(columns, links):
    svg = drawn(days(*[{"a": 1}] * columns), links=[("/posts", "Day")] * columns)
    assert svg.count("<a ") == links


def test_a_chart_is_well_formed_has_no_style_and_escapes_its_title():
    svg = drawn(days({"a": 2, "b": 1}), title="<script>alert(1)</script>")
    ElementTree.fromstring(svg)
    assert "style=" not in svg
    assert "<script" not in svg


def test_bars_of_one_day_do_not_touch_however_thin():
    svg = drawn(days({"a": 1000, "b": 1}))
    [group] = re.findall('<g class="c-grey">(.*?)</g>', svg)
    bars = re.findall(r'<rect x="[^"]*" y="([\d.]+)" width="[^"]*" height="([\d.]+)"', group)
    (a_top, _), (b_top, b_height) = [(float(y), float(h)) for y, h in bars]
    assert b_top + b_height < a_top


def test_no_days_still_draw_a_chart():
    ElementTree.fromstring(drawn(()))


def test_shares_follow_each_other():
    assert 'x="60.00%"' in shares([("t-positive", 60), ("t-negative", 40)])
