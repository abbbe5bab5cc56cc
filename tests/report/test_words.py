"""Numbers, times and states in words, and posts without the names of those who wrote them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.charts.layout import day_label
from monitor.core.model import Metrics, Tone
from monitor.manual_entry import BY_HAND
from monitor.report import Covered, Usual, Window
from monitor.report.anonymise import nameless_row
from monitor.report.figures import definitions, measures, statements, versions
from monitor.report.follow_up import is_loud, reactions
from monitor.report.measure import Face
from monitor.report.wording import (
    LONGEST,
    ago,
    busiest,
    change,
    compared,
    day_name,
    dissolution,
    mark,
    moment,
    not_compared,
    short,
    state,
    time_share,
    title_of,
    untimed,
    window_words,
)
from tests.dashboard.reports import NOW, a_post, a_report, a_source
from tests.export.test_exports import ROW


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=35), "35 hours ago"),
        (timedelta(hours=47), "2 days ago"),
        (timedelta(hours=48), "2 days ago"),
    ],
)
def test_how_long_ago_is_said_in_the_unit_that_fits(before, words):
    assert ago(NOW - before, NOW) == words


def test_one_day_is_named_once():
    assert window_words(Window(first=date(2026, 11, 16), last=date(2026, 11, 16))) == "16 November 2026"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-19T18:42", "Thu 19 Nov, 18:42"),
        ("2026-01-02T00:00", "Fri 2 Jan, 00:00"),
        ("2026-01-01T00:00", "Thu 1 Jan 2026, 00:00"),
        ("2025-12-31T23:59", "Wed 31 Dec 2025, 23:59"),
        ("2023-06-30T03:12", "Fri 30 Jun 2023, 03:12"),
        ("2027-01-04T09:00", "Mon 4 Jan 2027, 09:00"),
    ],
    ids=["this month", "11 months ago", "longer ago", "last year", "years ago", "next year"],
)
def test_a_moment_has_its_year_where_that_is_not_plain(at, words):
    now = datetime(2026, 12, 2, tzinfo=UTC)
    assert moment(datetime.fromisoformat(at).replace(tzinfo=UTC), now) == words
    assert not re.search(r" \d{4}", moment(datetime.fromisoformat(at)))  # where nobody says what now is


@pytest.mark.parametrize(("days", "year"), [(7, ""), (365, ""), (366, " 2026")], ids=str)
def test_a_day_has_its_year_among_days_in_which_it_may_come_twice(days, year):
    last = date(2026, 11, 22)
    window = Window(first=last - timedelta(days=days - 1), last=last)
    assert day_name(date(2026, 11, 20), window) == f"Friday 20 November{year}"
    assert day_label(date(2026, 11, 20), window.first, window.last) == f"20 Nov{year}"


def test_the_busiest_day_of_years_has_its_year():
    report = a_report(400)
    peak = replace(report.days[-10], posts={"bluesky": 999})
    days = (replace(day, unknown=0) for day in (*report.days[:-10], peak, *report.days[-9:]))
    told = busiest(replace(report, days=tuple(days)))
    assert told == f"The busiest day was {peak.day:%A} {peak.day.day} {peak.day:%B %Y}, with 999 posts"


@pytest.mark.parametrize(
    ("unknown", "begins"), [(0.4, "The busiest day was "), (0.6, "Of the days collected, ")]
)
def test_a_day_that_was_hardly_collected_may_have_been_the_busiest(unknown, begins):
    report = a_report(7)
    first, *rest = (replace(day, unknown=0) for day in report.days)
    days = replace(first, unknown=unknown), *rest[:-1], replace(rest[-1], posts={"bluesky": 999})
    assert busiest(replace(report, days=days)).startswith(begins)


def test_a_long_text_is_cut_at_a_word():
    text = "wondering " * 90
    kept = short(text).removesuffix(" …")
    assert text.startswith(kept + " ")
    assert kept.endswith("wondering")
    assert LONGEST - 2 * len("wondering ") < len(kept) <= LONGEST
    assert short("word") == "word"


def test_what_people_entered_has_no_time_that_was_seen():
    assert untimed(Covered(source=BY_HAND, share=None)) == "entered by people"
    assert time_share(Covered(source=BY_HAND, share=None)) == "entered by people"
    assert untimed(Covered(source="gdelt", share=None)).startswith("it does not say")


@pytest.mark.parametrize(
    ("changes", "badge", "words"),
    [
        ({"on": False}, "off", "Off"),
        ({"needs_person": True, "outcome": "refused"}, "look", "It refused us: a key is missing"),
        ({"outcome": None}, "waiting", "On, not checked yet"),
        ({"outcome": "unreadable"}, "look", "It answered in a form"),
        ({"outcome": "odd"}, "look", "Its last answer could not be read"),
        ({}, "working", "Working"),
    ],
)
def test_a_source_has_a_badge_and_a_sentence_for_each_state(changes, badge, words):
    source = a_source("x", "X", **changes)
    assert mark(source) == badge
    assert state(source).startswith(words)


def test_a_stored_post_without_names_has_no_number_either_unless_it_was_entered_by_hand():
    row = replace(ROW, url="https://mas.to/@a/11", text="Thanks @ann, see https://mas.to/@ann")
    hidden = nameless_row(row)
    assert (hidden.native_id, hidden.handle, hidden.name, hidden.url) == ("", None, None, None)
    assert hidden.text == "Thanks @…, see [link]"
    assert nameless_row(replace(row, text=None)).text is None


def test_reactions_that_no_platform_gave_are_not_zero():
    assert reactions(a_post(metrics=Metrics(views=900))) == "no known reactions"
    assert reactions(a_post(metrics=Metrics(likes=0))) == "0 reactions"
    assert reactions(a_post(metrics=Metrics(quotes=1))) == "1 reaction"
    assert [is_loud(a_post(metrics=Metrics(replies=n))) for n in (9, 10)] == [False, True]


def test_engagement_is_none_only_where_none_of_the_four_was_given():
    assert Metrics(views=5).engagement is None
    assert Metrics(likes=0).engagement == 0
    assert Metrics(likes=1, reposts=2, replies=4, quotes=8, views=100).engagement == 15


def test_posts_that_were_not_scored_have_no_tone():
    tone = next(one for one in measures() if one.key == "tone")
    report = a_report(tones=dict.fromkeys(Tone, 0))
    assert (tone.words(report), dict(tone.tile(report).parts)) == ("not known", {})
    assert [note.text for note in tone.tile(report).notes] == ["No post has been scored yet"]
    figure = tone.figure(a_report())
    assert (figure.known, figure.of) == (90, 1_394)  # 12 more are unclear


def test_every_definition_has_a_version_and_lists_are_in_the_order_of_definitions():
    assert versions() == {key: one.version for key, one in definitions().items()}
    assert list(versions())[:4] == ["posts", "messages", "people", "engagement"]
    seen = next(one for one in measures() if one.key == "seen")
    assert seen.place(Face.CSV) > seen.place(Face.MAIL)


def test_a_platform_known_from_files_alone_has_its_title():
    assert [title_of(name) for name in ("x", "newsprint")] == ["X", "newsprint"]


def number_of(key: str, face: Face = Face.CSV, **changes):
    report = a_report()
    figure = replace(report.figures[key], **changes)
    [number] = [
        one for one in statements(replace(report, figures=report.figures | {key: figure}), face)
        if one.key == key
    ]  # fmt: skip
    return number


@pytest.mark.parametrize(
    ("people", "basis"), [(1, "known for 1 person"), (2, "known for all 2 people")], ids=["one", "two"]
)
def test_one_person_is_not_all(people, basis):
    assert number_of("ceiling", value=900, known=people, of=people).basis == basis


@pytest.mark.parametrize("key", ["posts", "messages", "people"])
def test_a_count_is_not_said_to_be_known_for_what_it_counts(key):
    assert number_of(key).basis == ""


def test_a_number_that_is_not_known_now_stands_with_its_usual_range():
    usual = Usual(median=5, low=3, high=9, weeks=8)
    number = number_of("engagement", value=None, finished=None, usual=usual)
    assert (number.words, number.usually) == ("not known", "usually 3 to 9")


def test_what_is_usually_none_is_said_so_beside_every_number():
    none = Usual(median=0, low=0, high=0, weeks=8)
    assert number_of("people", value=12, finished=12, usual=none).usually == "usually none"


def test_the_likely_range_says_what_it_rests_on():
    [seen] = [one for one in statements(a_report(), Face.MAIL) if one.key == "seen"]
    assert seen.basis == "assumed to be 1% to 20% of followers; followers known for 182 of 212 people"
    [unknown] = [one for one in statements(a_report(seen=None), Face.MAIL) if one.key == "seen"]
    assert unknown.basis == "followers known for 182 of 212 people"


def test_a_difference_that_chance_hardly_makes_is_said_in_percent_and_no_other():
    report = replace(a_report(7), is_over=True)
    assert compared(report, 300, 300, 100) == "Up 200% from 100 the week before"
    assert compared(report, 106, 106, 100) == "Compared with 100 the week before"
    assert compared(report, 9, 9, 1) == "Compared with 1 the week before"


def test_a_day_that_has_just_begun_is_not_compared_yet():
    report = a_report(7)
    today = report.made_at.date()
    begun = replace(report, window=Window(first=today, last=today))
    assert not_compared(begun) == "No full day has passed yet, so there is no comparison"


def test_a_time_of_which_nothing_was_collected_is_not_compared_and_says_so():
    report = a_report(7)
    unseen = replace(report, figures={**report.figures, "posts": replace(report.posts, value=None)})
    assert not_compared(unseen) == "No data was collected for these dates, so there is no comparison"


def test_the_usual_number_stands_beside_the_one_that_it_is_of():
    report = a_report(7)
    usual = Usual(median=80, low=60, high=100, weeks=8)
    figure = replace(report.posts, value=120, finished=90, before=None, usual=usual)
    words = change(replace(report, figures={**report.figures, "posts": figure}))
    assert words.endswith(": 90 posts, usually 60 to 100")


def statement(value: int, finished: int, low: float, high: float):
    usual = Usual(median=(low + high) / 2, low=low, high=high, weeks=8)
    report = a_report(7)
    figure = replace(report.figures["engagement"], value=value, finished=finished, usual=usual)
    shown = replace(report, figures={**report.figures, "engagement": figure})
    return next(one for one in statements(shown, Face.MAIL) if one.key == "engagement")


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((368, 368, 66, 103), "usually 66 to 103"),
        ((368, 256, 66, 103), "256 counted as in earlier weeks, usually 66 to 103"),
        ((577, 99, 8, 878), ""),
        ((577, 99, 8, 100), "99 counted as in earlier weeks, usually 8 to 100"),
    ],
    ids=["the same", "another", "tells nothing", "few"],
)
def test_a_usual_range_is_said_in_plain_words_or_left_out_where_it_tells_nothing(numbers, words):
    assert statement(*numbers).usually == words


def test_of_the_whole_campaign_it_is_not_said_that_nothing_was_before():
    short, long = replace(a_report(7), new_people=None), replace(a_report(35), new_people=None)
    assert not_compared(short) == "There are no earlier posts to compare with yet"
    assert not_compared(long) == ""


@pytest.mark.parametrize(
    ("left", "begin"),
    [
        (29, ""),
        (28, "Parliament is to be dissolved on Monday 29 March, in 28 days."),
        (1, "Parliament is to be dissolved on Monday 29 March, in 1 day."),
        (0, "Nothing is collected or mailed, and no share link works, since Parliament was dissolved on"),
    ],
)
def test_a_dissolution_is_told_of_from_four_weeks_before_it(left, begin):
    day = date(2027, 3, 29)
    told = dissolution(day, day - timedelta(days=left))
    assert told.startswith(begin)
    assert bool(told) == bool(begin)
    assert dissolution(None, day) == ""
