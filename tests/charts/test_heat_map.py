"""The map of hours and weekdays: darker is more, hatched is unknown."""

import re
from xml.etree import ElementTree

import pytest

from monitor.charts.bar_chart import Caption
from monitor.charts.heat_map import STEPS, heat_map, step
from monitor.charts.layout import clock

EMPTY = [[0] * 24 for _ in range(7)]


def drawn(cells) -> str:
    return str(heat_map(Caption("h", "<b>", "Each hour"), cells))


def test_each_hour_of_each_day_is_one_square():
    svg = drawn(EMPTY)
    ElementTree.fromstring(svg)
    assert len(re.findall(r'<rect x="[^"]*" y="\d+" [^>]* class="h0"/>', svg)) == 7 * 24
    assert "style=" not in svg


def test_an_hour_never_collected_is_hatched_and_an_empty_one_is_not():
    cells = [[None, *row[1:]] for row in EMPTY]
    assert drawn(cells).count('fill="url(#h-h)"') == 7
    assert 'fill="url(' not in drawn(EMPTY)


@pytest.mark.parametrize(
    ("number", "shade"), [(0, 0), (1, 1), (25, 1), (26, 2), (75, 3), (76, 4), (100, STEPS)]
)
def test_anything_at_all_is_darker_than_nothing(number, shade):
    assert step(number, 100) == shade
    assert step(0, 0) == 0


def test_hours_are_said_as_people_say_them():
    assert [clock(hour) for hour in (0, 6, 12, 18, 24)] == ["midnight", "6am", "noon", "6pm", "midnight"]
