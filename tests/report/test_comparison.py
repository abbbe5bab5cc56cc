"""Like with like: what was not watched alike, or came otherwise, never makes a rise or a fall."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.core.model import Metrics, Post, Query
from monitor.manual_entry import BY_HAND
from monitor.report import Revision, Window
from monitor.report.build import build
from monitor.report.story import story
from monitor.report.wording import not_compared
from tests.report.stored import CAMPAIGN
from tests.report.watched import (
    DAY,
    HOUR,
    LAST,
    MONDAY,
    THIS,
    TRACK,
    at,
    come,
    compared,
    daily,
    left_out,
    post,
    read,
    report,
    watch,
)

pytestmark = pytest.mark.heavy

BEGUN = at(14, 0, month=9)  # a Monday, nine weeks before this one
FIRST, END = at(16, 0), at(23, 0)  # of this week


def steady(archive, number: int = 6, **more: object) -> None:
    """Watch Mastodon for ten weeks, with as many posts each day."""
    watch(archive, BEGUN, MONDAY, daily(BEGUN, at(22), number, **more))


def test_an_even_history_is_level_and_its_weeks_are_told(archive):
    steady(archive)
    shown = report(archive)
    assert compared(shown) == (42, 42)
    assert (shown.comparison.now, shown.comparison.then) == (THIS, LAST)
    assert (shown.comparison.platforms, shown.comparison.hours, left_out(shown)) == (("mastodon",), 1.0, [])
    assert [(week.values["posts"], week.days) for week in shown.past] == [(42, (6,) * 7)] * 8
    assert shown.posts.usual.low <= 42 <= shown.posts.usual.high


def test_control_a_doubling_is_told(archive):
    watch(archive, BEGUN, MONDAY, [*daily(BEGUN, at(15), 6), *daily(at(16), at(22), 12)])
    shown = report(archive)
    assert compared(shown) == (84, 42)
    assert shown.posts.finished > shown.posts.usual.high


@pytest.mark.parametrize(
    ("since", "reason"),
    [(at(17, 6), "not covered for about 30 hours of the week"),
     (at(11, 0), "not covered for about 2 days of the week before"),
     (at(16, 0), "not covered in the week before")],
    ids=["on Tuesday", "in the week before", "on Monday"],
)  # fmt: skip
def test_a_source_that_was_switched_on_makes_no_rise(archive, since, reason):
    steady(archive)
    watch(archive, since, MONDAY, daily(since, at(22), 3, "bluesky"), "bluesky")
    shown = report(archive)
    assert shown.posts.value > 42
    assert compared(shown) == (42, 42)
    [(source, posts, why)] = left_out(shown)
    assert (source, posts, why) == ("bluesky", shown.posts.value - 42, reason)


def test_what_is_under_half_of_the_posts_is_not_compared(archive):
    steady(archive)
    watch(archive, at(17, 6), MONDAY, daily(at(17, 12), at(22), 8, "bluesky"), "bluesky")
    shown = report(archive)
    assert (shown.posts.value, shown.comparison, shown.posts.usual, shown.past) == (90, None, None, ())
    [obstacle] = shown.obstacles
    assert (obstacle.source, obstacle.posts) == ("bluesky", 48)
    assert obstacle.reason == "not covered for about 30 hours of the week"
    assert not_compared(shown) == (
        "Too little was collected in the same way to compare the two weeks: Bluesky was not covered for"
        " about 30 hours of the week. Check Sources: only weeks collected in full are compared"
    )


def test_a_source_that_was_well_seen_in_both_weeks_is_compared(archive):
    steady(archive)
    watch(archive, at(9, 0), MONDAY, daily(at(9), at(22), 3, "bluesky"), "bluesky")
    assert compared(report(archive)) == (63, 63)


def test_a_number_that_platforms_hardly_gave_before_is_compared_with_nothing(archive):
    few = daily(BEGUN, at(15), 1, metrics=Metrics(likes=9, views=900))
    rest = daily(BEGUN, at(15), 5, "lemmy", metrics=Metrics(likes=9))
    now = daily(at(16), at(22), 1, metrics=Metrics(likes=9, views=900))
    watch(archive, BEGUN, MONDAY, [*few, *now])
    watch(
        archive, BEGUN, MONDAY, [*rest, *daily(at(16), at(22), 5, "lemmy", metrics=few[0].metrics)], "lemmy"
    )
    views, engagement = (report(archive).figures[key] for key in ("views", "engagement"))
    assert (views.finished, views.before, views.usual) == (42 * 900, None, None)
    assert (engagement.before, engagement.usual is not None) == (42 * 9, True)


def test_posts_of_a_file_make_no_rise(archive):
    steady(archive)
    come(archive, daily(FIRST, at(22), 5, "x"), at(22, 20), "import:tweets.csv", "import")
    shown = report(archive)
    assert (shown.posts.value, compared(shown)) == (77, (42, 42))
    assert left_out(shown) == [("x", 35, "known from files only")]


@pytest.mark.parametrize(
    ("stream", "source", "reason"),
    [("import:a.csv", "import", "from files, on top of what we collected"),
     ("back:mastodon:a/b", "mastodon", "found by looking back, on top of what we collected")],
    ids=["a file", "a look back"],
)  # fmt: skip
def test_what_a_file_or_a_look_back_adds_to_watched_days_makes_no_rise(archive, stream, source, reason):
    steady(archive)
    come(archive, [post(f"f{n}", at(18, n)) for n in range(20)], at(19), stream, source)
    shown = report(archive)
    assert (shown.posts.value, compared(shown)) == (62, (42, 42))
    assert left_out(shown) == [("mastodon", 20, reason)]
    come(archive, [post(f"g{n}", at(11, n)) for n in range(20)], at(20), stream, source)
    assert compared(report(archive)) == (42, 42)


def test_what_people_entered_makes_no_rise(archive):
    steady(archive)
    come(archive, daily(FIRST, at(22), 2, BY_HAND), at(22, 20), BY_HAND, BY_HAND)
    assert compared(report(archive)) == (42, 42)
    assert left_out(report(archive)) == [(BY_HAND, 14, "entered by hand")]


def test_copies_that_a_bridge_makes_are_no_rise(archive):
    watch(archive, at(9, 0), MONDAY, platform="bluesky")
    steady(archive)
    copies = [
        post(f"c{one.id}", one.created_at + HOUR, "bluesky", copy_of=one.url, by=f"copy {one.id}")
        for one in daily(FIRST, at(22), 6)
    ]
    watch(archive, at(9, 0), MONDAY, copies, "bluesky")
    shown = report(archive)
    assert (shown.posts.value, compared(shown)) == (84, (42, 42))
    people = shown.figures["people"]
    assert (people.finished, people.before) == (42, 42)
    assert left_out(shown) == [("bluesky", 42, "bridged copies")]


def test_hours_that_were_not_collected_are_compared_with_none(archive):
    most = [post(f"{n} {hour}", at(14, hour) + n * 7 * DAY) for n in range(-8, 1) for hour in range(9, 24)]
    watch(archive, BEGUN, at(21, 9), [*daily(BEGUN, at(21), 3), *most])
    watch(archive, at(22, 0), MONDAY, daily(at(22), at(22), 3))
    shown = report(archive)
    assert shown.posts.value == 7 * 3 - 2
    assert compared(shown) == (19, 19)
    assert shown.comparison.hours == pytest.approx(1 - 15 / 168)
    assert [week.days for week in shown.past][:3] == [(3, 3, 3, 3, 3, 1, 3)] * 3  # since the clocks went back


def test_a_gap_in_the_week_before_is_cut_from_this_week_too(archive):
    watch(archive, BEGUN, at(10, 10), daily(BEGUN, at(10), 2))
    watch(archive, at(10, 20), MONDAY, daily(at(11), at(22), 2))
    assert compared(report(archive)) == (14, 14)
    some = [post(f"x{n}", at(17, 12 + n)) for n in range(5)]
    come(archive, some, at(17, 18), "local", since=at(17, 12), until=at(17, 18))
    assert (report(archive).posts.value, compared(report(archive))) == (19, (14, 14))


def test_the_counts_of_a_lake_are_not_compared_where_posts_would_have_to_be_left_out(archive):
    """A lake has no posts of which some could be."""
    watch(archive, BEGUN, at(10, 10), daily(BEGUN, at(10), 2))
    watch(archive, at(10, 20), MONDAY, daily(at(11), at(22), 2))
    assert report(archive).figures["posts"].before == 14
    archive.db.execute("INSERT INTO meta (key, value) VALUES ('lake', '3 archives')")
    assert report(archive).figures["posts"].before is None


def test_a_gap_in_an_older_week_costs_that_week_and_no_hours_of_this_one(archive):
    watch(archive, BEGUN, at(30, 12, month=10), daily(BEGUN, at(30, month=10), 2))
    watch(archive, at(30, 20, month=10), MONDAY, daily(at(31, month=10), at(22), 2))
    shown = report(archive)
    assert (compared(shown), shown.comparison.hours) == ((14, 14), 1.0)
    assert [week.values["posts"] for week in shown.past] == [14] * 7
    assert at(26, month=10).date() not in [week.window.first for week in shown.past]


def with_gaps(archive, hour: int) -> None:
    """Watch nine weeks, each without an hour of one of five days, with two posts a day at 8 and at 9."""
    for n in range(9):
        start = at(21, 0, month=9) + n * 7 * DAY
        gap = start + (n % 5) * DAY + hour * HOUR
        posts = [one for one in daily(start, start + 6 * DAY, 2) if not gap <= one.created_at < gap + HOUR]
        watch(archive, start, gap, posts)
        watch(archive, gap + HOUR, start + 7 * DAY, [one for one in posts if one.created_at > gap])


def test_without_enough_whole_weeks_all_are_compared_by_the_hours_that_all_have(archive):
    with_gaps(archive, 9)
    shown = report(archive)
    assert shown.comparison.hours < 1 - 4 / 168
    assert len(shown.past) == 8
    assert {week.values["posts"] for week in shown.past[:3]} == {shown.posts.finished} == {10}


def test_weeks_that_would_cost_most_posts_are_left_out_before_the_week_before_is(archive):
    for n in range(9):
        start = at(21, 0, month=9) + n * 7 * DAY
        gap = start + (n % 7) * DAY + (7 if n < 5 else 8) * HOUR  # at 8 by the clock
        posts = daily(start, start + 6 * DAY, 1)
        watch(archive, start, gap, posts)
        watch(archive, gap + HOUR, start + 7 * DAY, [one for one in posts if one.created_at > gap])
    shown = report(archive)
    assert (compared(shown), shown.past) == ((5, 5), ())


def test_a_short_pause_cuts_its_hours_from_no_week(archive):
    watch(archive, BEGUN, at(18, 12), daily(BEGUN, at(18), 2))
    watch(archive, at(18, 12) + HOUR / 20, MONDAY, daily(at(19), at(22), 2))
    assert report(archive).comparison.hours == 1.0


def test_posts_that_reached_us_late_make_no_fall(archive):
    steady(archive)
    come(archive, [post(f"late {n}", at(14, n)) for n in range(15)], at(16, 20))
    assert report(archive, LAST).posts.value == 57
    shown = report(archive)
    assert compared(shown) == (42, 42)
    assert shown.figures["people"].before == 42
    assert {week.values["posts"] for week in shown.past} == {42}


def test_posts_that_came_late_but_as_late_as_this_weeks_may_count(archive):
    steady(archive)
    come(archive, [post(f"late {n}", at(14, n)) for n in range(15)], at(16, 7))
    assert compared(report(archive)) == (42, 57)


def test_a_time_that_a_look_back_filled_counts_in_full(archive):
    steady(archive)
    watch(archive, at(17, 6), MONDAY, daily(at(17, 12), at(22), 3, "bluesky"), "bluesky")
    older = daily(BEGUN, at(16), 3, "bluesky")
    come(archive, older, at(18), "back:bluesky:a/b", "bluesky", BEGUN, at(17, 6))
    shown = report(archive)
    assert compared(shown) == (63, 63)
    assert {week.values["posts"] for week in shown.past} == {63}


def test_a_gap_that_a_look_back_filled_counts_in_full(archive):
    watch(archive, BEGUN, at(10, 0), daily(BEGUN, at(9), 6))
    watch(archive, at(13, 0), MONDAY, daily(at(13), at(22), 6))
    missed = daily(at(10), at(12), 6)
    come(archive, missed, at(18), "back:mastodon:a/b", since=at(10, 0), until=at(13, 0))
    assert compared(report(archive)) == (42, 42)


def test_a_search_that_tells_no_time_is_compared_while_it_was_asked(archive):
    steady(archive)
    for day in range(9, 24):
        news = [post(f"n{day}", at(day, 1), "feeds")] if day < 23 else []
        come(archive, news, at(day, 2 if day < 23 else 7), "google", "feeds", until=at(day, 2))
    assert compared(report(archive)) == (48, 48)  # without the first hours of the first day


def test_a_week_that_was_badly_seen_leaves_the_usual_weeks(archive):
    watch(archive, BEGUN, at(9, 0), daily(BEGUN, at(8), 6))
    watch(archive, at(14, 0), MONDAY, daily(at(14), at(22), 6))
    shown = report(archive)
    assert compared(shown) == (42, None)
    assert shown.past[0].window.first == date(2026, 11, 2)
    assert shown.posts.usual.weeks == 7


def test_a_window_that_is_not_over_is_compared_by_the_days_that_are(archive):
    steady(archive)
    shown = report(archive, now=at(19, 10))
    assert compared(shown) == (18, 18)
    assert shown.comparison.now == Window(first=date(2026, 11, 16), last=date(2026, 11, 18))
    assert report(archive, now=at(16, 10)).comparison is None


def test_the_hours_are_those_of_the_clock_where_the_clocks_go_back(archive):
    week = Window(first=date(2026, 10, 19), last=date(2026, 10, 25))
    posts = [post(f"{n}", datetime(2026, 10, 25, n, 30, tzinfo=UTC)) for n in range(4)]  # 01:30 to 03:30
    before = [post(f"b{n}", datetime(2026, 10, 18, n, 30, tzinfo=UTC)) for n in range(4)]  # 01:30 to 04:30
    watch(archive, BEGUN - DAY, datetime(2026, 10, 25, 0, tzinfo=UTC), before)
    watch(archive, datetime(2026, 10, 25, 2, tzinfo=UTC), MONDAY, posts)
    shown = report(archive, week)
    assert compared(shown) == (2, 3)  # without 01:00 to 02:00, which came twice
    assert shown.comparison.hours == pytest.approx(1 - 1 / 168)


def test_numbers_are_compared_as_they_stood_at_the_same_age(archive):
    old, new = daily(at(9), at(15), 2, likes=1), daily(FIRST, at(22), 2, likes=1)
    watch(archive, at(2, 0), MONDAY, [*old, *new])
    read(archive, old, 5, at(16, 6))
    read(archive, new, 6, at(23, 6))
    read(archive, old, 20, at(19))
    engagement = report(archive).figures["engagement"]
    assert (engagement.value, engagement.finished, engagement.before) == (84, 84, 70)


def test_control_numbers_as_they_are_now_are_of_unequal_age(archive):
    old = daily(at(9), at(15), 2, likes=1)
    watch(archive, at(2, 0), MONDAY, old)
    read(archive, old, 20, at(19))
    assert report(archive, LAST).figures["engagement"].value == 280
    assert report(archive).figures["engagement"].before == 14


def test_numbers_that_nobody_read_at_that_age_are_not_compared(archive):
    old = daily(at(9), at(15), 2)
    watch(archive, at(2, 0), MONDAY, [*old, *daily(FIRST, at(22), 2, likes=1)])
    read(archive, old, 20, at(19))
    engagement = report(archive).figures["engagement"]
    assert (engagement.finished, engagement.before) == (14, None)


def test_numbers_of_ripe_posts_are_compared_as_last_read(archive):
    old = daily(at(9), at(15), 2, likes=1)
    watch(archive, at(2, 0), MONDAY, [*old, *daily(FIRST, at(22), 2, likes=1)])
    read(archive, old, 20, at(20, month=12))
    engagement = report(archive, now=at(25, month=12)).figures["engagement"]
    assert (engagement.finished, engagement.before) == (14, 280)


def test_places_are_counted_on_the_same(archive):
    place = frozenset({"barking"})
    steady(archive, places=place)
    watch(archive, at(17, 6), MONDAY, daily(at(17), at(22), 3, "bluesky", places=place), "bluesky")
    late = [post(f"late {n}", at(14, n), places=place) for n in range(15)]
    come(archive, late, at(17))
    shown = build(archive, CAMPAIGN, THIS, now=MONDAY, sources=())
    [barking] = [one for one in shown.places if one.key == "barking"]
    assert (barking.posts, barking.finished, barking.before) == (60, 42, 42)


def test_only_some_platforms_are_compared_where_only_they_are_shown(archive):
    steady(archive)
    watch(archive, at(9, 0), MONDAY, daily(at(9), at(22), 3, "bluesky"), "bluesky")
    shown = build(archive, CAMPAIGN, THIS, now=MONDAY, sources=(), platforms=frozenset({"bluesky"}))
    assert (compared(shown), shown.comparison.platforms) == ((21, 21), ("bluesky",))


def test_posts_about_one_of_which_is_left_out_are_one_message(archive):
    said = replace(post("a", at(17)), text="One thing that is said in two places, word for word, by us")
    watch(archive, at(9, 0), MONDAY, [said])
    watch(archive, at(9, 0), MONDAY, [replace(said, platform="bluesky", id="b", copy_of=said.url)], "bluesky")
    messages = report(archive).figures["messages"]
    assert (messages.value, messages.finished) == (1, 1)


def asked(archive, now: datetime, *tags: str, phrases: tuple[str, ...] = ()) -> None:
    """Tell the archive what is asked for from now on, as a poll does."""
    archive.history.save_words(Query(track=TRACK, tags=tags, phrases=phrases), now)


def tagged(first: datetime, last: datetime, number: int, tag: str, text: str = "hello") -> list[Post]:
    posts = daily(first, last, number, tags=frozenset({tag}), text=text)
    return [replace(one, id=f"{tag} {one.id}") for one in posts]


def test_a_tag_that_was_added_makes_no_rise(archive):
    asked(archive, BEGUN, "Old")
    both = replace(post("both", at(19, 12)), tags=frozenset({"old", "new"}))
    watch(archive, BEGUN, MONDAY, [*tagged(BEGUN, at(22), 6, "old"), *tagged(at(18), at(22), 4, "new"), both])
    asked(archive, at(18, 9), "Old", "New")
    shown = report(archive)
    assert (shown.posts.value, compared(shown)) == (63, (43, 42))
    assert left_out(shown) == [("#new", 20, "searched for only since Wednesday 18 November")]
    assert [week.values["posts"] for week in shown.past] == [42] * 8


def test_a_tag_that_was_removed_makes_no_fall(archive):
    asked(archive, BEGUN, "old", "other")
    watch(archive, BEGUN, MONDAY, [*tagged(BEGUN, at(22), 6, "old"), *tagged(BEGUN, at(18), 3, "other")])
    asked(archive, at(19, 0), "old")
    shown = report(archive)
    assert compared(shown) == (42, 42)
    assert left_out(shown) == [("#other", 9, "searched for only until Thursday 19 November")]


def test_a_phrase_that_was_added_makes_no_rise(archive):
    asked(archive, BEGUN, "old")
    by_phrase = daily(at(18), at(22), 4, tags=frozenset(), text="More POLICE on the beat")
    watch(archive, BEGUN, MONDAY, [*tagged(BEGUN, at(22), 6, "old"), *by_phrase])
    asked(archive, at(18, 0), "old", phrases=("police on the beat",))
    assert compared(report(archive)) == (42, 42)
    assert left_out(report(archive))[0][:2] == ("“police on the beat”", 20)


def test_a_tag_of_five_weeks_ago_counts_and_earlier_weeks_do_not(archive):
    asked(archive, BEGUN, "old")
    watch(
        archive,
        BEGUN,
        MONDAY,
        [*tagged(BEGUN, at(22), 6, "old"), *tagged(at(12, month=10), at(22), 4, "new")],
    )
    asked(archive, at(12, 0, month=10), "old", "new")
    shown = report(archive)
    assert (compared(shown), left_out(shown)) == ((70, 70), [])
    assert [week.values["posts"] for week in shown.past] == [
        70
    ] * 4  # whose first whole one began on the 19th


def test_the_first_words_that_are_noted_count_from_ever(archive):
    steady(archive)
    asked(archive, at(18), "CallingTimeOnCrime")
    asked(archive, at(19), "CallingTimeOnCrime")
    assert [(word.since, word.until) for word in archive.history.words(TRACK)] == [(None, None)]
    assert compared(report(archive)) == (42, 42)


def test_a_number_that_was_mailed_and_is_another_now_is_a_revision(archive):
    steady(archive)
    archive.history.save_mailed_posts(TRACK, LAST.first, 42, at(16, 8))
    assert report(archive).revision is None
    come(archive, [post(f"late {n}", at(14, n)) for n in range(15)], at(16, 20))
    assert report(archive).revision == Revision(week=LAST, mailed=42, known=57)
    assert report(archive, Window(first=at(1).date(), last=THIS.last)).revision is None


def test_a_number_that_was_not_mailed_has_no_revision(archive):
    steady(archive)
    come(archive, [post(f"late {n}", at(14, n)) for n in range(15)], at(16, 20))
    assert report(archive).revision is None


def test_a_week_that_would_cost_many_hours_of_all_others_is_none_of_the_usual_ones(archive):
    """Three of six weeks miss other twelve hours each: only one of them can be compared, too."""
    posts, since = daily(at(5, month=10), at(22), 3), at(5, 0, month=10)
    for day in (13, 21, 29):
        start = at(day, 0, month=10)
        watch(archive, since, start, [one for one in posts if since <= one.created_at < start])
        since = at(day, 12, month=10)
    watch(archive, since, at(23, 0), [one for one in posts if one.created_at >= since])
    shown = report(archive)
    assert len(shown.past) == 4
    assert 0.9 <= shown.comparison.hours < 1


def test_earlier_readings_of_more_posts_than_a_page_has_time_for_are_not_known(archive, monkeypatch):
    monkeypatch.setattr("monitor.report.comparison._MOST", 0)
    watch(archive, BEGUN, MONDAY, daily(BEGUN, at(22), 3, likes=2))
    before, *others = [week.values["engagement"] for week in report(archive).past]
    assert before is not None
    assert others == [None] * len(others) != []


def test_posts_of_a_new_hashtag_are_the_same_however_they_are_looked_for(archive, monkeypatch):
    asked(archive, BEGUN, "old")
    asked(archive, at(11, 0), "old", "new")
    watch(archive, BEGUN, at(11, 0), daily(BEGUN, at(10), 3, tags=frozenset({"old"})))
    new = [post(f"new {n}", at(12, n), tags=frozenset({"new"})) for n in range(9)]
    both = daily(at(11), at(22), 3, tags=frozenset({"old", "new"}))
    watch(archive, at(11, 0), MONDAY, [*both, *new])
    whole = report(archive, Window(first=at(26, month=10).date(), last=at(22).date()))
    monkeypatch.setattr("monitor.archive.posts.comparable.SCANNED", 0)
    assert report(archive, whole.window) == whole
    assert [(one.subject, one.posts) for one in whole.steps] == [("#new", 9)]


def erase(archive, person: str, when: datetime) -> None:
    candidate = archive.persons.candidates(person)[0][0]
    archive.persons.erase(archive.persons.account(candidate), (), when)


@pytest.mark.parametrize(
    ("day", "this", "words"),
    [(16, 0, "Left out: posts from Mastodon (by people who have been erased)"),
     (19, 9, "Left out: 9 posts from Mastodon (by people who have been erased)")],
    ids=["before the week", "within it"],
)  # fmt: skip
def test_the_posts_of_somebody_who_was_erased_count_in_neither_time(archive, day, this, words):
    steady(archive)
    theirs = daily(BEGUN, at(day - 1), 3, "mastodon", by="gone")
    theirs = [replace(one, id=f"gone{one.id}") for one in theirs]
    watch(archive, BEGUN, MONDAY, theirs, stream="gone")
    before = report(archive)
    assert compared(before) == (42 + this, 63)
    erase(archive, "gone", at(day, 0))
    shown = report(archive)
    assert (shown.posts.value, *compared(shown)) == (42 + this, 42, 42)
    assert all(sum(week.days) == 42 for week in shown.past)
    assert left_out(shown) == [("mastodon", this, "by people who have been erased")]
    assert shown.breakdown.silent is None
    assert words in " ".join(finding.sentence for finding in story(shown))


def test_who_was_erased_after_the_week_still_counts_in_both(archive):
    steady(archive)
    theirs = [replace(one, id=f"gone{one.id}") for one in daily(BEGUN, at(22), 3, by="gone")]
    watch(archive, BEGUN, MONDAY, theirs, stream="gone")
    erase(archive, "gone", MONDAY)
    assert compared(report(archive)) == (63, 63)
    assert left_out(report(archive)) == []


@pytest.mark.parametrize(("day", "is_alike"), [(16, False), (19, False), (23, True)])
def test_reactions_without_the_likes_that_a_platform_hides_are_no_fall(archive, day, is_alike):
    shown = daily(BEGUN, at(day - 1), 6, metrics=Metrics(likes=4, reposts=1))
    hidden = daily(at(day), at(22), 6, metrics=Metrics(reposts=1)) if day < 23 else []
    watch(archive, BEGUN, MONDAY, [*shown, *hidden])
    made = report(archive)
    engagement = made.figures["engagement"]
    assert (engagement.before == 42 * 5, engagement.usual is not None) == (is_alike, is_alike)
    assert compared(made) == (42, 42)
    assert not any("reactions" in finding.sentence for finding in story(made))


def test_likes_that_one_small_platform_hides_leave_the_others_to_be_compared(archive):
    steady(archive, metrics=Metrics(likes=40, reposts=1))
    shown = daily(BEGUN, at(15), 1, "lemmy", metrics=Metrics(likes=4, reposts=1))
    hidden = daily(at(16), at(22), 1, "lemmy", metrics=Metrics(reposts=1))
    watch(archive, BEGUN, MONDAY, [*shown, *hidden], "lemmy")
    engagement = report(archive).figures["engagement"]
    assert (engagement.finished, engagement.before) == (42 * 41 + 7, 42 * 41 + 35)


def test_real_likes_of_none_are_a_fall(archive):
    shown = daily(BEGUN, at(15), 6, metrics=Metrics(likes=4, reposts=1))
    watch(archive, BEGUN, MONDAY, [*shown, *daily(at(16), at(22), 6, metrics=Metrics(likes=0, reposts=1))])
    assert any("Fewer reactions" in finding.sentence for finding in story(report(archive)))


def test_most_posts_by_somebody_who_was_erased_leave_nothing_to_compare(archive):
    steady(archive, 2)
    theirs = [replace(one, id=f"gone{one.id}") for one in daily(BEGUN, at(20), 8, by="gone")]
    watch(archive, BEGUN, MONDAY, theirs, stream="gone")
    erase(archive, "gone", at(21, 0))
    shown = report(archive)
    assert shown.comparison is None
    assert not_compared(shown) == (
        "Too few posts are left to compare without those by people who have been erased"
    )
