import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from monitor.charts.bar_chart import Caption, shares, stacked
from monitor.charts.layout import ticks
from monitor.charts.series import by_platform
from monitor.report import Day


def days(*posts: dict[str, int], unknown: float = 0.0) -> tuple[Day, ...]:
    first = date(2026, 11, 1)
    return tuple(Day(day=first + timedelta(i), posts=one, unknown=unknown) for i, one in enumerate(posts))


def drawn(shown: tuple[Day, ...], title: str = "Posts") -> str:
    return str(stacked(Caption("a", title, "Each day"), shown, by_platform(shown, {})))


@pytest.mark.parametrize("highest", [0, 1, 3, 4, 5, 17, 99, 100, 101, 12345])
def test_ticks_are_whole_and_reach_the_highest_number(highest):
    numbers = ticks(highest)
    assert numbers[0] == 0
    assert numbers[-1] >= max(highest, 1)
    assert len(numbers) <= 7


def test_platforms_are_ordered_by_total_and_the_rest_are_other():
    shown = days({"a": 1, "b": 9, "c": 3, "d": 4, "e": 5, "f": 1})
    assert [(one.name, one.total) for one in by_platform(shown, {"b": "Bee"})] == [
        ("Bee", 9), ("e", 5), ("d", 4), ("c", 3), ("Other", 2),
    ]  # fmt: skip


def test_a_platform_not_collected_is_unknown_and_zero_is_zero():
    assert by_platform(days({"a": 2}, {}, {"a": 0}), {})[0].counts == (2, None, 0)


def test_unknown_time_is_hatched_and_known_time_is_not():
    assert 'class="unknown"' in drawn(days({"a": 1}, unknown=0.5))
    assert 'class="unknown"' not in drawn(days({"a": 1}, unknown=0.0))


def test_a_chart_is_well_formed_has_no_style_and_escapes_its_title():
    svg = drawn(days({"a": 2, "b": 1}), title="<script>alert(1)</script>")
    ElementTree.fromstring(svg)
    assert "style=" not in svg
    assert "<script" not in svg
    assert 'role="img"' in svg


def test_bars_of_one_day_do_not_touch_however_thin():
    svg = drawn(days({"a": 1000, "b": 1}))
    bars = re.findall(r'<rect x="[^"]*" y="([\d.]+)" width="[^"]*" height="([\d.]+)"', svg)
    (a_top, _), (b_top, b_height) = [(float(y), float(h)) for y, h in bars]
    assert b_top + b_height < a_top


def test_no_days_still_draw_a_chart():
    ElementTree.fromstring(drawn(()))


def test_shares_follow_each_other():
    assert 'x="60.00%"' in shares([("t-positive", 60), ("t-negative", 40)])
