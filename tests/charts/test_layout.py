"""Where the parts of a chart are: each number as high as it should be, and unknown never at zero."""

from datetime import date, timedelta

import pytest

from monitor.charts.layout import Layout, day_label
from monitor.charts.series import by_platform
from monitor.report import Day, Usual


def a_layout(*posts: dict[str, int], unknown: float = 0.0, **changes) -> Layout:
    first = date(2026, 11, 1)
    days = [Day(day=first + timedelta(i), posts=each, unknown=unknown) for i, each in enumerate(posts)]
    room = {"left": 10, "right": 110, "top": 20, "bottom": 120, "bar": 0.5, "gap": 2}
    return Layout(days=days, series=by_platform(days), **(room | changes))


def test_columns_share_the_width_and_bars_are_in_their_middle():
    chart = a_layout({"a": 4}, {"a": 2})
    assert [chart.middle(0), chart.middle(1)] == [35, 85]
    assert [(bar.x, bar.width) for bar in chart.bars()["c-grey"]] == [(22.5, 25), (72.5, 25)]


def test_a_bar_is_as_high_as_its_number_on_the_axis():
    chart = a_layout({"a": 4}, {"a": 1}, gap=0)
    assert list(chart.numbers) == [0, 1, 2, 3, 4]
    assert [chart.y(0), chart.y(4)] == [120, 20]
    assert [bar.y for bar in chart.bars()["c-grey"]] == [chart.y(4), chart.y(1)]
    assert all(bar.y + bar.height == 120 for bar in chart.bars()["c-grey"])


def test_parts_of_a_bar_stand_on_each_other_with_a_gap_above_each():
    chart = a_layout({"mastodon": 3, "bluesky": 1}, gap=2)
    [below], [above] = chart.bars()["c-violet"], chart.bars()["c-sky"]
    assert (below.y, below.y + below.height) == (chart.y(3) + 2, chart.y(0))
    assert (above.y, above.y + above.height) == (chart.y(4) + 2, chart.y(3))


def test_the_gap_of_a_thin_part_leaves_most_of_it():
    [thin] = a_layout({"mastodon": 999, "bluesky": 1}, gap=2).bars()["c-sky"]
    assert thin.height == pytest.approx(0.6 * 100 / 1000)


def test_two_series_of_one_style_are_both_drawn():
    assert len(a_layout({"a": 3, "b": 1}).bars()["c-grey"]) == 2


def test_an_unknown_day_has_no_bar_and_no_total_and_an_empty_one_has_zero():
    chart = a_layout({"a": 4}, {}, {"a": 0})
    assert [chart.total(i) for i in range(3)] == [4, None, 0]
    assert len(chart.bars()["c-grey"]) == 1


@pytest.mark.parametrize(
    ("count", "is_odd"), [(5, True), (6, False), (9, False), (10, True)], ids=["under", "low", "high", "over"]
)
def test_a_bar_outside_its_usual_range_is_odd(count, is_odd):
    chart = a_layout({"a": count}, usual={0: Usual(median=7, low=6, high=9, weeks=8)})
    assert chart.odd == ({0} if is_odd else set())
    assert list(chart.bars()) == (["c-grey", "c-grey odd"] if is_odd else ["c-grey"])


def test_a_usual_range_is_as_high_as_its_numbers_and_sets_the_axis():
    chart = a_layout({"a": 2}, {"a": 1}, usual={1: Usual(median=7, low=6, high=9, weeks=8)})
    [band] = chart.bands()
    assert chart.numbers[-1] >= 9
    assert (band.y, band.y + band.height) == (chart.y(9), chart.y(6))
    assert band.x + band.width / 2 == chart.middle(1)


def test_a_usual_range_of_one_number_is_still_seen():
    [band] = a_layout({"a": 2}, usual={0: Usual(median=0, low=0, high=0, weeks=8)}).bands()
    assert band.height == 2


def test_a_day_not_collected_is_never_odd():
    assert a_layout({"a": 7}, {}, usual={1: Usual(median=7, low=6, high=9, weeks=8)}).odd == set()


def test_another_time_is_outlined_where_it_is_known_and_sets_the_axis():
    chart = a_layout({"a": 2}, {"a": 1}, before=(None, 8))
    [outline] = chart.outlines()
    assert outline.y == chart.y(8)
    assert chart.numbers[-1] >= 8


def test_a_strip_is_filled_by_what_was_seen_of_what_has_passed():
    days = (Day(day=date(2026, 11, 1), posts={"a": 1}, unknown=0.5, passed=0.5),
            Day(day=date(2026, 11, 2), posts={}, unknown=0.0, passed=0.0))  # fmt: skip
    chart = Layout(days=days, series=by_platform(days), right=100, top=0, bottom=10, bar=0.5, gap=0)
    [(whole, seen)] = chart.strips(12, 4)
    assert (whole, seen) == ((12.5, 12, 25, 4), (12.5, 12, 6.25, 4))


def test_a_scale_of_its_own_sets_what_the_top_is():
    chart = a_layout({"a": 7}, scale=lambda highest: (highest,))
    assert chart.y(7) == 20


def test_a_chart_of_no_days_has_an_axis_and_nothing_else():
    chart = a_layout()
    assert (list(chart.numbers), chart.bars(), list(chart.columns())) == ([0, 1], {}, [])


def test_a_day_is_named_without_its_year():
    assert day_label(date(2026, 11, 9)) == "9 Nov"


USUAL = Usual(median=50, low=40, high=60, weeks=8)


@pytest.mark.parametrize(
    ("count", "usual", "before", "stands_on"),
    [
        (50, None, None, 50),
        (50, USUAL, None, 60),
        (58, USUAL, None, 60),
        (35, USUAL, None, 60),
        (60, USUAL, None, 60),
        (90, USUAL, None, 90),
        (5, USUAL, None, 5),
        (50, None, 55, 55),
        (50, None, 20, 50),
        (5, None, 80, 5),
        (50, USUAL, 65, 65),
        (50, USUAL, 90, 60),
        (35, USUAL, 45, 60),
    ],
    ids=[
        "nothing else", "in the range", "just below its upper line", "just below its lower line",
        "on its upper line", "above it", "so far below that it fits under it", "an outline through it",
        "an outline below", "an outline far above", "an outline over the range", "an outline far over it",
        "an outline in the range",
    ],
)  # fmt: skip
def test_a_number_stands_over_its_bar_where_no_line_goes_through_it(count, usual, before, stands_on):
    chart = a_layout(
        {"a": count}, usual={0: usual} if usual else {}, before=(before,), scale=lambda highest: (0, 100)
    )
    assert chart.clear(0, 20) == chart.y(stands_on)
