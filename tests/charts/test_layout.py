"""Where the parts of a chart are: each number as high as it should be, and unknown never at zero."""

from datetime import date, timedelta

import pytest

from monitor.charts.layout import UNKNOWN, Layout, day_label, legend
from monitor.charts.series import by_platform
from monitor.report import Day


def a_layout(*posts: dict[str, int], unknown: float = 0.0, **changes) -> Layout:
    first = date(2026, 11, 1)
    days = [Day(day=first + timedelta(i), posts=each, unknown=unknown) for i, each in enumerate(posts)]
    room = {"left": 10, "right": 110, "top": 20, "bottom": 120, "bar": 0.5, "gap": 2}
    return Layout(days=days, series=by_platform(days, {}), **(room | changes))


def test_columns_share_the_width_and_bars_are_in_their_middle():
    chart = a_layout({"a": 4}, {"a": 2})
    assert [chart.middle(0), chart.middle(1)] == [35, 85]
    assert [(bar.x, bar.width) for bar in chart.bars()["s0"]] == [(22.5, 25), (72.5, 25)]


def test_a_bar_is_as_high_as_its_number_on_the_axis():
    chart = a_layout({"a": 4}, {"a": 1}, gap=0)
    assert list(chart.numbers) == [0, 1, 2, 3, 4]
    assert [chart.y(0), chart.y(4)] == [120, 20]
    assert [bar.y for bar in chart.bars()["s0"]] == [chart.y(4), chart.y(1)]
    assert all(bar.y + bar.height == 120 for bar in chart.bars()["s0"])


def test_parts_of_a_bar_stand_on_each_other_with_a_gap_above_each():
    chart = a_layout({"a": 3, "b": 1}, gap=2)
    [below], [above] = chart.bars()["s0"], chart.bars()["s1"]
    assert (below.y, below.y + below.height) == (chart.y(3) + 2, chart.y(0))
    assert (above.y, above.y + above.height) == (chart.y(4) + 2, chart.y(3))


def test_the_gap_of_a_thin_part_leaves_most_of_it():
    [thin] = a_layout({"a": 999, "b": 1}, gap=2).bars()["s1"]
    assert thin.height == pytest.approx(0.6 * 100 / 1000)


def test_an_unknown_day_has_no_bar_and_no_total_and_an_empty_one_has_zero():
    chart = a_layout({"a": 4}, {}, {"a": 0})
    assert [chart.total(i) for i in range(3)] == [4, None, 0]
    assert len(chart.bars()["s0"]) == 1


@pytest.mark.parametrize(("unknown", "columns"), [(0.0, 0), (0.009, 0), (0.01, 2), (1.0, 2)])
def test_columns_with_unknown_time_are_hatched_from_top_to_bottom(unknown, columns):
    chart = a_layout({"a": 1}, {"a": 1}, unknown=unknown)
    boxes = list(chart.hatched())
    assert boxes == [(10, 20, 50, 100), (60, 20, 50, 100)][:columns]
    assert (UNKNOWN in legend(chart.series, chart.days, "Not seen")) == bool(columns)


def test_a_legend_names_each_series_by_its_style_and_unknown_time_last():
    chart = a_layout({"a": 2, "b": 1}, unknown=0.5)
    assert list(legend(chart.series, chart.days, "Not seen").items()) == [
        ("s0", "a"), ("s1", "b"), (UNKNOWN, "Not seen"),
    ]  # fmt: skip


def test_a_scale_of_its_own_sets_what_the_top_is():
    chart = a_layout({"a": 7}, scale=lambda highest: (highest,))
    assert chart.y(7) == 20


def test_a_chart_of_no_days_has_an_axis_and_nothing_else():
    chart = a_layout()
    assert (list(chart.numbers), chart.bars(), list(chart.hatched())) == ([0, 1], {}, [])


def test_a_day_is_named_without_its_year():
    assert day_label(date(2026, 11, 9)) == "9 Nov"
