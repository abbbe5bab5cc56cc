"""What an address asks for, and the address that asks for it."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from lxml import html
from werkzeug.datastructures import MultiDict

from dashboard import create_app
from dashboard.filters import choice_of, number
from monitor.campaign import Track
from monitor.core.errors import FilterError
from monitor.report import Window
from tests.dashboard.reports import CAMPAIGN, some_services

TODAY, BEGAN = date(2026, 11, 25), date(2026, 8, 3)  # a Wednesday
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=CAMPAIGN.zone)
TWO = replace(
    CAMPAIGN, tracks=(*CAMPAIGN.tracks, Track(name="knives", title="#KnifeCrime", tags=("KnifeCrime",)))
)


def asked(*pairs, campaign=TWO, began=BEGAN, now=NOW, **usual):
    return choice_of(MultiDict(pairs), campaign, now=now, began=began, **usual)


@pytest.mark.parametrize(
    ("pairs", "first", "last"),
    [
        ([], "2026-11-16", "2026-11-22"),
        ([("period", "today")], "2026-11-25", "2026-11-25"),
        ([("period", "week")], "2026-11-16", "2026-11-22"),
        ([("period", "4-weeks")], "2026-10-29", "2026-11-25"),
        ([("period", "campaign")], "2026-08-03", "2026-11-25"),
        ([("since", "2026-11-01"), ("until", "2026-11-07")], "2026-11-01", "2026-11-07"),
        ([("until", "2026-11-07")], "2026-10-11", "2026-11-07"),
        ([("since", "2026-11-20")], "2026-11-20", "2026-11-25"),
    ],
    ids=["usual", "today", "week", "4 weeks", "campaign", "dates", "until", "since"],
)
def test_a_period_or_dates_give_the_days(pairs, first, last):
    assert asked(*pairs).window == Window(first=date.fromisoformat(first), last=date.fromisoformat(last))


@pytest.mark.parametrize(
    ("began", "first", "is_cut"),
    [
        (BEGAN, BEGAN, False),
        (date(2016, 11, 21), date(2016, 11, 21), False),
        (date(2016, 11, 20), date(2016, 11, 21), True),
        (None, TODAY, False),
    ],
    ids=["months", "ten years", "longer", "no post"],
)
def test_the_campaign_goes_back_ten_years_to_a_monday_and_says_what_it_leaves_out(began, first, is_cut):
    chosen = asked(("period", "campaign"), began=began)
    assert (chosen.window.first, chosen.is_cut) == (first, is_cut)
    dates = asked(("since", str(first)), ("until", str(TODAY)), began=began)  # where its links lead
    assert (dates.window, dates.is_cut) == (chosen.window, False)


@pytest.mark.parametrize(
    ("since", "until", "title"),
    [
        ("2026-11-16", "2026-11-22", "16 to 22 November"),
        ("2016-11-21", "2026-11-25", "21 November 2016 to 25 November 2026"),
        ("2023-06-01", "2023-06-30", "1 to 30 June 2023"),
    ],
    ids=["this year", "ten years", "another year"],
)
def test_a_title_has_both_years_where_one_is_not_this_one(since, until, title):
    assert asked(("since", since), ("until", until)).title == title


@pytest.mark.parametrize(
    ("hours", "monday"),
    [(0, "2026-11-16"), (83.9, "2026-11-16"), (84, "2026-11-23"), (167.9, "2026-11-23")],
    ids=["Monday 0:00", "Thursday 11:54", "Thursday 12:00", "Sunday 23:54"],
)
def test_until_thursday_noon_a_week_is_the_one_that_is_over(hours, monday):
    now = datetime(2026, 11, 23, tzinfo=CAMPAIGN.zone) + timedelta(hours=hours)
    assert asked(now=now).window.first == date.fromisoformat(monday)


@pytest.mark.parametrize(
    ("began", "monday"),
    [(None, "2026-11-23"), (date(2026, 11, 23), "2026-11-23"), (date(2026, 11, 22), "2026-11-16")],
    ids=["no post", "a post this week", "a post last week"],
)
def test_a_campaign_that_began_this_week_opens_on_it(began, monday):
    now = datetime(2026, 11, 23, 9, tzinfo=CAMPAIGN.zone)
    assert asked(now=now, began=began).window.first == date.fromisoformat(monday)


def test_the_noon_is_one_by_the_clock_also_in_the_week_in_which_clocks_change():
    for minute, monday in ((59, date(2026, 3, 23)), (60, date(2026, 3, 30))):
        now = datetime(2026, 4, 2, 11, tzinfo=CAMPAIGN.zone) + timedelta(minutes=minute)
        assert asked(now=now, began=date(2026, 1, 1)).window.first == monday


def test_steps_lead_back_and_forth_and_not_beyond_today():
    week = asked(("track", "knives"))
    assert week.step("/", -1) == "/?track=knives&since=2026-11-09&until=2026-11-15"
    assert week.step("/", 1, by="new") == "/?track=knives&since=2026-11-23&until=2026-11-29&by=new"
    running = asked(("since", "2026-11-23"), ("until", "2026-11-29"))
    assert running.step("/", 1) is None
    assert running.step("/", -1) == "/?since=2026-11-16&until=2026-11-22"
    assert asked(("period", "campaign")).step("/", -1) is None
    assert asked(("since", "2000-01-02"), ("until", "2000-01-08")).step("/", -1) is None


@pytest.mark.parametrize(
    ("pairs", "unit", "title"),
    [
        ([], "week", "16 to 22 November"),
        ([("since", "2026-11-09"), ("until", "2026-11-15")], "week", "9 to 15 November"),
        ([("since", "2026-11-10"), ("until", "2026-11-16")], "", "10 to 16 November"),
        ([("since", "2026-11-10"), ("until", "2026-11-10")], "", "10 November"),
        ([("since", "2026-11-25"), ("until", "2026-11-25")], "today", "25 November"),
        ([("since", "2025-12-01"), ("until", "2025-12-28")], "4-weeks", "1 to 28 December 2025"),
        ([("period", "campaign")], "campaign", "3 August to 25 November"),
    ],
    ids=["usual", "a week", "seven days", "a day", "today", "last year", "campaign"],
)
def test_days_are_called_after_their_length_and_without_the_present_year(pairs, unit, title):
    chosen = asked(*pairs)
    assert (chosen.unit, chosen.title) == (unit, title)


def test_what_has_another_usual_period_gets_that():
    assert asked(usual="4-weeks").window == asked(("period", "4-weeks")).window


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
    assert "Go to this week" in answer.text


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
    assert choice_of(again, TWO, now=NOW, began=BEGAN) == chosen


def test_an_address_can_be_changed_in_one_place():
    chosen = asked(("period", "4-weeks"), ("platform", "x"))
    assert chosen.address("/", platform=None) == "/?period=4-weeks"
    assert chosen.address("/", period=None, platform=None) == "/"


def _arguments(address):
    from urllib.parse import parse_qsl, urlsplit

    return parse_qsl(urlsplit(address).query)


def test_a_number_is_whole_and_fits_the_archive():
    assert (number("7"), number("1" * 18)) == (7, int("1" * 18))
    assert [number(text) for text in ("", "-1", "7.0", "\u0663", "1" * 19)] == [None] * 5


@pytest.mark.parametrize("path", ["/", "/places", "/explore"])
def test_pages_show_which_track_they_are_about_and_lead_to_the_others(path):
    page = html.fromstring(create_app(some_services(campaign=TWO)).test_client().get(path).text)
    links = page.xpath('//nav[@aria-label="Track"]//a')
    assert [(one.text, one.get("aria-current")) for one in links] == [
        (CAMPAIGN.tracks[0].title, "true"), ("#KnifeCrime", None),
    ]  # fmt: skip
    assert "track=knives" in links[1].get("href")
    single = create_app(some_services()).test_client().get(path).text
    assert 'aria-label="Track"' not in single
