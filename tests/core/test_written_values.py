"""Numbers and times in all the forms in which other programs and people write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.files.written_values import (
    DAY_FIRST,
    MONTH_FIRST,
    UNCLEAR,
    whole_number,
    written_time,
    zone_called,
)

LONDON = ZoneInfo("Europe/London")
EVENING = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("0", 0), ("12", 12), ("12.0", 12), ("12.", 12), (" 7 ", 7), ("1,234", 1234), 
        ("1,234,567.0", 1234567),
        ("1.2K", 1200), ("1,2K", 1200), ("1.234", 1234), ("1.234.567", 1234567),
        ("1 234", 1234), ("1\u202f234\u00a0567", 1234567), ("1’234", 1234), ("12,0", 12), ("1.234,0", 1234),
        ("3M", 3_000_000), ("2.5 k", 2500), ("-5", 0), ("", None), ("nan", None),
        ("NaN", None), ("None", None), ("null", None), ("-", None), ("N/A", None), ("<NA>", None),
        ("-1", None), ("--", None), ("#N/A", None), ("Not available", None), ("<5", None), ("99+", None),
        ("1.2K likes", 1200), ("1,204 views", 1204), ('="12"', 12), ("'12", 12), ("1,20,400", 120400),
        ("1٬204", 1204), ("1,2 Mio.", 1_200_000), ("3 Tsd.", 3000), ("1.1B", 1_100_000_000),
        ("2 Mrd", 2_000_000_000), ("about 20", None), ("100 or so", None), ("20ish", None), ("12?", None),
        ("c. 1,200", None), ("hidden", None), ("❤️ 12", 12), ("12 👍", 12),
    ],
)  # fmt: skip
def test_a_number_is_read_and_one_that_is_not_told_is_none(cell: str, number: int | None):
    assert whole_number(cell) == number


@pytest.mark.parametrize(
    "cell",
    [
        "many",
        "1.5",
        "1,2",
        "12,34",
        "1e3",
        "²",
        "5 min",
        "12%",
        "12 days",
        "1" * 30,
        "1.2.3",
        "1.234,567",
        "1 2",
        "0.500",
        "0,123",
    ],
)
def test_what_is_no_whole_number_is_refused(cell: str):
    with pytest.raises(ValueError, match="not a whole number"):
        whole_number(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-22T18:30:00Z", "2026-11-22 18:30:00+00:00", "2026-11-22T19:30:00.123456+01:00",
        "2026-11-22 19:30 BST", "2026-11-22 19:30 CET", "2026-11-22 13:30:00 EST", "2026/11/22 18:30",
        "22/11/2026 18:30", "22.11.2026 18:30:00", "22-11-2026, 18:30", "Sun 22/11/2026 6:30 pm",
        "11/22/2026 6:30 PM", "Sun Nov 22 18:30:00 +0000 2026", "Sun, 22 Nov 2026 18:30:00 GMT",
        "22-Nov-2026 06:30PM", "22 November 2026 18:30", "Nov 22, 2026, 6:30:00 PM UTC",
        "November 22, 2026 at 18:30", "22/11/26 18:30", "22nd November 2026 6.30pm", "Sun 22nd Nov 26 18:30",
        "1795372200", "1795372200.0", "1795372200000", "202611221830",
        "11/22/26, 6:30\u202fPM", "Nov 22, 2026, 6:30:00\u202fPM", "20261122T183000Z",
        "20261122183000", "2026-11-22 18:30:00 +0000 UTC", "2026-11-22T18:30:00.123456789Z[UTC]",
        "Sun Nov 22 2026 18:30:00 GMT+0000 (Greenwich Mean Time)", "22. November 2026, 18:30",
        "22nd November 2026 at 6.30pm", "22.11.2026 18.30 Uhr", "Sun 22 Nov 2026 18:30", "46348.7708333333",
        "46348,7708333333", "1795372200000000", "'2026-11-22 18:30", "22 November 2026 - 18:30",
        "Sun 22 Nov 2026 | 18:30", "18:30 22/11/2026", "6:30 PM · Nov 22, 2026", "22 novembre 2026 à 18h30",
        "22. Nov. 2026 um 18.30 Uhr", "22 Tachwedd 2026 18:30",
        "22 November 2026 18:30 Europe/London", "2026-11-22 13:30 America/New_York",
        "2026-11-22T18:30:00Z[Europe/London]",
        "22nd of November 2026 18:30", "22 Nov '26 @ 18:30hrs", "22/11/2026 @18:30", "22/11/2026–18:30",
    ],
)  # fmt: skip
def test_one_time_is_read_in_every_form(cell: str):
    assert written_time(cell).instant(LONDON) == EVENING


@pytest.mark.parametrize(
    "names",
    [
        "January February March April May June July August September October November December",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr",
    ],
    ids=["English", "German", "French", "Welsh"],
)
def test_each_month_is_itself_in_four_languages(names: str):
    assert [written_time(f"20 {name} 2026").month for name in names.split()] == [*range(1, 13)]


@pytest.mark.parametrize(
    "cell",
    [
        "20 jui 2026",
        "20 Marzec 2026 x",
        "20 lipca 2026",
        "1.795167E+09",
        "November 20",
        "2026-11-20 18:30 Europe/Fern",
        "2026-11-20 18:30 America/Argentina",
        "9999-12-31 24:00",
    ],
)
def test_a_month_that_may_be_two_and_a_time_without_its_year_are_refused(cell: str):
    with pytest.raises(ValueError, match="not a time we can read"):
        written_time(cell)


@pytest.mark.parametrize(("name", "hours"), [("BST", 1), ("gmt+1", 1), ("Europe/London", 1), ("EST", -5)])
def test_a_zone_is_called_by_its_letters_or_its_place(name: str, hours: int):
    zone = zone_called(name)
    assert zone is not None
    assert datetime(2026, 6, 20, tzinfo=zone).utcoffset() == timedelta(hours=hours)


def test_what_is_no_zone_is_none():
    names = "text", "dd/mm/yyyy", "Europe/Fern", "../x", "", "12-hour", "week 1-7", "America/Argentina"
    assert {zone_called(name) for name in names} == {None}


def test_a_day_is_read_as_people_type_it_and_google_analytics_writes_it():
    cells = "28/11/26", "28.11.26", "28-Nov-26", "Saturday, 28th November 2026", "Nov 28th, 2026", "20261128"
    assert {written_time(cell)[:4] for cell in cells} == {(2026, 11, 28, 12)}
    assert written_time("1st Nov 2026, 2pm")[1:4] == (11, 1, 14)
    assert written_time("03/04/26", MONTH_FIRST)[:3] == (2026, 3, 4)
    assert written_time("03/04/26").order == UNCLEAR


@pytest.mark.parametrize(
    "cell",
    ["", "soon", "2026", "18:30", "2026-13-40", "99/99/2026", "2026-11-22 18:30 IST", "2026-11-22 25:00",
     "26/22/11", "11 12 26", "22/11/26 18",
     "22-11-26 18:30", "463487.7", "2026-11-22T18:30:00Z and more", "00/00/2026", "20 Nov 2026 9", "18.30"],
)  # fmt: skip
def test_what_is_no_time_says_how_to_write_one(cell: str):
    with pytest.raises(ValueError, match="write it as 22/11/2026 18:30"):
        written_time(cell)


def test_a_time_without_a_zone_is_by_the_clock_it_is_told():
    summer = written_time("2026-06-19 23:30")
    assert summer.zone is None
    assert summer.instant(LONDON) == datetime(2026, 6, 19, 22, 30, tzinfo=UTC)
    assert summer.instant(UTC) == datetime(2026, 6, 19, 23, 30, tzinfo=UTC)


def test_a_zone_that_is_written_is_believed():
    assert written_time("2026-06-19 23:30 BST").instant(UTC) == datetime(2026, 6, 19, 22, 30, tzinfo=UTC)


def test_a_day_without_a_time_stays_that_day_in_every_zone():
    assert written_time("20-Nov-26")[:5] == written_time("46346")[:5] == (2026, 11, 20, 12, 0)
    for zone in (UTC, LONDON, ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")):
        assert written_time("2026-11-22").instant(zone).day == 22


@pytest.mark.parametrize(
    ("cell", "order", "clear"),
    [
        ("03/04/2026", DAY_FIRST, UNCLEAR), ("03/04/2026", MONTH_FIRST, UNCLEAR),
        ("04/04/2026", DAY_FIRST, ""),
        ("13/04/2026", MONTH_FIRST, DAY_FIRST), ("04/13/2026", DAY_FIRST, MONTH_FIRST),
        ("2026-04-03", DAY_FIRST, ""),
    ],
)  # fmt: skip
def test_which_number_is_the_day_is_told_where_it_is_clear(cell: str, order: str, clear: str):
    at = written_time(cell, order)
    assert at.order == clear
    if clear == UNCLEAR:
        assert (at.day, at.month) == ((3, 4) if order == DAY_FIRST else (4, 3))


def test_a_year_that_cannot_be_kept_is_refused():
    with pytest.raises(ValueError, match="is out of range"):
        written_time("0001-01-01 00:30").instant(ZoneInfo("Asia/Tokyo"))
