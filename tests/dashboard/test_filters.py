"""What an address asks for, and the address that asks for it."""

from dataclasses import replace
from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from dashboard import create_app
from dashboard.filters import choice_of, number
from monitor.campaign import Track
from monitor.core.errors import FilterError
from monitor.report import Window
from tests.dashboard.reports import CAMPAIGN, some_services

TODAY, BEGAN = date(2026, 11, 25), date(2026, 8, 3)  # a Wednesday
TWO = replace(
    CAMPAIGN, tracks=(*CAMPAIGN.tracks, Track(name="knives", title="#KnifeCrime", tags=("KnifeCrime",)))
)


def asked(*pairs, campaign=TWO, began=BEGAN):
    return choice_of(MultiDict(pairs), campaign, today=TODAY, began=began)


@pytest.mark.parametrize(
    ("pairs", "first", "last"),
    [
        ([], "2026-10-29", "2026-11-25"),
        ([("period", "week")], "2026-11-23", "2026-11-29"),
        ([("period", "campaign")], "2026-08-03", "2026-11-25"),
        ([("since", "2026-11-01"), ("until", "2026-11-07")], "2026-11-01", "2026-11-07"),
        ([("until", "2026-11-07")], "2026-10-11", "2026-11-07"),
        ([("since", "2026-11-20")], "2026-11-20", "2026-11-25"),
    ],
    ids=["usual", "week", "campaign", "dates", "until", "since"],
)
def test_a_period_or_dates_give_the_days(pairs, first, last):
    assert asked(*pairs).window == Window(first=date.fromisoformat(first), last=date.fromisoformat(last))


def test_a_campaign_without_posts_is_today():
    assert asked(("period", "campaign"), began=None).window == Window(first=TODAY, last=TODAY)


@pytest.mark.parametrize(
    "pairs",
    [
        [("period", "year")],
        [("since", "yesterday")],
        [("since", "2026-11-08"), ("until", "2026-11-07")],
        [("since", "1066-10-14")],
        [("until", "9999-12-31")],
        [("track", "nothing")],
        [("platform", "myspace")],
    ],
    ids=lambda pairs: "-".join(pairs[-1]),
)
def test_what_makes_no_sense_is_refused_and_says_what_to_choose(pairs):
    with pytest.raises(FilterError, match=r"[.]$"):
        asked(*pairs)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "７", "x" * 5000])
def test_a_hostile_day_is_a_plain_400(day):
    answer = create_app(some_services()).test_client().get("/", query_string={"until": day})
    assert answer.status_code == 400
    assert "Go to the overview" in answer.text


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("period", "week"), ("track", "knives")],
        [("since", "2026-11-01"), ("until", "2026-11-07"), ("platform", "x"), ("platform", "bluesky")],
    ],
    ids=["usual", "track", "platforms"],
)
def test_an_address_asks_for_the_same_again(pairs):
    chosen = asked(*pairs)
    again = MultiDict((name, one) for name, one in _arguments(chosen.address("/posts")))
    assert choice_of(again, TWO, today=TODAY, began=BEGAN) == chosen


def test_an_address_can_be_changed_in_one_place():
    chosen = asked(("period", "week"), ("platform", "x"))
    assert chosen.address("/", platform=None) == "/?period=week"
    assert chosen.address("/", period=None, platform=None) == "/"


def _arguments(address):
    from urllib.parse import parse_qsl, urlsplit

    return parse_qsl(urlsplit(address).query)


def test_a_number_is_whole_and_fits_the_archive():
    assert (number("7"), number("1" * 18)) == (7, int("1" * 18))
    assert [number(text) for text in ("", "-1", "7.0", "\u0663", "1" * 19)] == [None] * 5
