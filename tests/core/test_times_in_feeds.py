"""Times in every form that feeds were seen to write."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.files.written_values import instant_in

AT = datetime(2026, 6, 19, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 19 Jun 2026 23:30:00 BST", "Fri, 19 Jun 2026 23:30:00 bst", "Fri, 19 Jun 2026 23:30 BST",
        "Friday, 19 June 2026 23:30:00 BST", "Fri, 19 Jun 2026 11:30:00 PM BST", "19 Jun 26 23:30:00 +0100",
        "Fri, 19 Jun 2026 23:30:00 CET", "Sat, 20 Jun 2026 00:30:00 CEST", "Fri, 19 Jun 2026 17:30:00 EST",
        "Fri, 19 Jun 2026 18:30:00 EDT", "Fri, 19 Jun 2026 22:30:00 GMT", "Fri, 19 Jun 2026 22:30:00 Z",
        "Fri, 19 Jun 2026 22:30:00", "Fri, 19 Jun 26 22:30:00 GMT", "Fri, 19-Jun-2026 22:30:00 UTC",
        "Fri, 19 Jun 2026 23:30:00 +01:00", "Fri, 19 Jun 2026 23:30:00 GMT+1",
        "Fri, 19 Jun 2026 23:30:00 (BST)",
        "Fri, 19 Jun 2026 23:30:00 +0100 (BST)", "Fri, 19 Jun 2026 19:00:00 -0330", "2026-06-19T23:30:00 BST",
        "Fri Jun 19 22:30:00 2026", "Fri Jun 19 23:30:00 BST 2026", "June 19, 2026 10:30 pm",
        "19th June 2026 at 22:30",
        "2026-06-19T22:30:00Z", "2026-06-19T23:30:00+01:00", "2026-06-19T23:30:00+0100",
        "2026-06-19 23:30 +01",
        "2026-06-19T22:30:00", "2026-06-19 22:30", " 2026-06-19T22:30:00.000Z\n", "20260619T223000Z",
        "19/06/2026 22:30", "19.06.2026 22:30", "06/19/2026 10:30 PM", "Friday 19th June 2026 at 10.30pm",
        "Fri Jun 19 2026 23:30:00 GMT+0100 (British Summer Time)", "2026-06-19 22:30:00 +0000 UTC",
    ],
)  # fmt: skip
def test_a_time_is_read_in_the_zone_that_it_names(text: str) -> None:
    assert instant_in(text) == AT


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Fri, 19 Jun 2026 24:00:00 GMT", datetime(2026, 6, 20, tzinfo=UTC)),
        ("2026-06-19T24:00:00Z", datetime(2026, 6, 20, tzinfo=UTC)),
        ("Fri, 19 Jun 2026 22:30:60 GMT", AT + timedelta(minutes=1)),
        ("2026-06-19", datetime(2026, 6, 19, tzinfo=UTC)),
        ("Fri, 19 Jun 2026", datetime(2026, 6, 19, tzinfo=UTC)),
        ("9 May 2026 12:05 am", datetime(2026, 5, 9, 0, 5, tzinfo=UTC)),
        ("Thu, 31 Dec 98 23:30:00 GMT", datetime(1998, 12, 31, 23, 30, tzinfo=UTC)),
        ("ven., 20 nov. 2026 11:30:00 JST", datetime(2026, 11, 20, 2, 30, tzinfo=UTC)),
        ("Thu, 31 Dec 2026 23:30:00 EST", datetime(2027, 1, 1, 4, 30, tzinfo=UTC)),
        ("Fri, 19 Jun 2026 22:30:00 XYZ", AT),  # a zone that nobody knows is taken for none
    ],
)
def test_odd_times_of_day_dates_and_years(text: str, at: datetime) -> None:
    assert instant_in(text) == at


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "1781908200", "Fri, 31 Jun 2026 09:00 GMT", "05/06/2026", "9 Foo 2026", "2026-13-01",
     "9999-12-31T23:59:59-14:00", "0000-00-00T00:00:00Z", "\0", "9" * 5_000],
)  # fmt: skip
def test_what_is_no_time_or_may_be_two_is_none(text: str) -> None:
    assert instant_in(text) is None
