"""The small trend beside a number."""

from xml.etree import ElementTree

from monitor.charts.sparkline import spark


def lines(numbers) -> list[str]:
    drawn = str(spark(numbers))
    return [one.attrib["points"] for one in ElementTree.fromstring(drawn)] if drawn else []


def test_a_trend_is_one_line_and_what_is_unknown_breaks_it():
    assert len(lines([1, 2, 3])) == 1
    assert len(lines([1, 2, None, 3, 4])) == 2


def test_unknown_is_not_drawn_at_zero():
    assert "2," not in lines([5, 5, None, 5, 5])[0]
    assert lines([5, 5, 0, 5, 5])[0].split()[2] == "2,28.0"  # control: zero is at the bottom


def test_a_day_alone_between_unknown_ones_is_a_dash():
    assert lines([1, None, 4, None])[1].count(",") == 2


def test_fewer_than_two_known_numbers_are_no_trend():
    assert lines([]) == lines([3]) == lines([None, 3]) == []
    assert lines([0, 0]) == ["0,28.0 1,28.0"]
