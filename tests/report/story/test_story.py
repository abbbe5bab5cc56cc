"""What is told of a week, and what is not: by made-up reports with a known answer."""

import re
import sys
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from bench import story as made_up
from bench.story import SIZES, headlines
from monitor.archive.values import Story
from monitor.core.model import Metrics
from monitor.manual_entry import BY_HAND
from monitor.report import (
    AccountPosts,
    Checked,
    Event,
    LeftOut,
    Net,
    Report,
    Revision,
    SeriesStep,
    Step,
    TermPeople,
)  # fmt: skip
from monitor.report.anonymise import nameless
from monitor.report.story import MOST, headline, story
from monitor.report.story.finding import WORDS, Finding, Kind, Standing, fitted, title
from tests.dashboard.reports import a_post
from tests.report.story.weeks import ANSWERED, DAYS, MONDAY, VALUES, WEEK, a_week

THURSDAY = date(2026, 11, 19)
PEAK = (12, 11, 12, 60, 15, 10, 9)


def told(report: Report) -> list[str]:
    return [finding.sentence for finding in story(report)]


def first(report: Report) -> str:
    return story(report)[0].sentence


def broken_down(report: Report, **changes: object) -> Report:
    return replace(report, breakdown=replace(report.breakdown, **changes))


def test_an_ordinary_week_is_told_with_a_straight_face():
    assert told(a_week()) == ["A usual week: 83 posts by 60 people"]


def test_a_number_in_a_range_that_is_too_wide_to_tell_anything_is_not_called_usual():
    report = a_week()
    wide = replace(report.posts, usual=replace(report.posts.usual, median=40, low=20, high=90))
    report = replace(report, figures=report.figures | {"posts": wide})
    assert told(report) == ["83 posts by 60 people (usually 20 to 90)"]
    wider = replace(report.posts, usual=replace(report.posts.usual, median=40, low=1, high=603))
    assert told(replace(report, figures=report.figures | {"posts": wider})) == ["83 posts by 60 people"]


def test_a_week_outside_the_usual_range_of_which_chance_makes_one_in_ten_is_not_called_busy():
    report = a_week((14, 14, 14, 16, 17, 13, 12))
    usual = report.posts.usual
    assert usual.high < 100
    assert told(report) == [f"A little above a usual week: 100 posts (usually {usual.low} to {usual.high})"]


def test_twice_the_posts_are_busy_and_the_range_and_the_record_are_said():
    [sentence] = told(a_week(tuple(2 * day for day in DAYS), people=110, engagement=900))
    assert sentence == "Busier than usual: 166 posts by 110 people, the most in 9 weeks (usually 68 to 99)"


def test_a_quarter_of_the_posts_is_quiet():
    assert first(a_week((3, 3, 3, 3, 3, 3, 3))).startswith(
        "Quieter than usual: 21 posts by 60 people, the fewest"
    )


def test_under_ten_nothing_is_more_or_fewer():
    for sentence in told(a_week((1, 0, 0, 1, 0, 0, 0), people=2, engagement=3, views=5)):
        assert not re.search(r"(?i)busier|quieter|more|fewer|up|down|%|edge", sentence), sentence
    assert first(a_week((1, 0, 0, 1, 0, 0, 0))).startswith("2 posts")


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (((9, Step.TAG_REMOVED),), "#Old was no longer searched for from Monday 9 November"),
        (((17, Step.TAG_ADDED),), "#Old was only searched for from Tuesday 17 November, with 30 posts"),
        (((13, Step.TAG_ADDED), (18, Step.TAG_REMOVED)),
         "#Old was no longer searched for from Wednesday 18 November"),
        (((13, Step.TAG_REMOVED), (18, Step.TAG_ADDED)),
         "#Old was only searched for again from Wednesday 18 November"),
    ],
    ids=["removed", "added", "added and removed", "removed and added"],
)  # fmt: skip
def test_a_word_that_came_and_went_is_told_as_it_was_left(steps, sentence):
    series = tuple(
        SeriesStep(day=date(2026, 11, day), step=step, subject="#Old",
                   posts=30 if step is Step.TAG_ADDED else None)
        for day, step in steps
    )  # fmt: skip
    assert told(a_week(steps=series))[1] == sentence


def test_a_link_is_not_named_to_those_who_are_not_to_know_who_posted():
    terms = (TermPeople(kind="link", term="https://mas.to/@ann/1", title="https://mas.to/@ann/1",
                        people=(34, *(0,) * 8)),)  # fmt: skip
    report = broken_down(a_week(), terms=terms)
    assert first(report) == "34 people linked to mas.to/@ann/1 (usually none)"
    assert first(nameless(report)) == "34 people linked to one page (usually none)"


@pytest.mark.parametrize("missing", [0, 3], ids=["the last", "another"])
def test_a_record_is_not_told_where_a_week_is_missing_between(missing):
    report = a_week(tuple(2 * day for day in DAYS))
    assert "the most in 9 weeks" in first(report)
    gap = broken_down(report, newcomers=(20,) * 8)
    known = tuple(week for n, week in enumerate(report.past) if n != missing)
    assert "the most in" not in first(replace(gap, past=known))


def test_posts_of_one_account_are_told_as_that():
    report = a_week(tuple(day + 17 for day in DAYS))
    busiest = AccountPosts(id=7, posts=(17,) * 7)
    finding = story(broken_down(report, busiest=(busiest,)))[0]
    assert finding.sentence == "119 of 202 posts are by one account; without it, as many as usual (68 to 99)"
    assert finding.address == "/posts?since=2026-11-16&until=2026-11-22&author=7"
    assert finding.score == story(report)[0].score / 2
    others = AccountPosts(id=8, posts=(1,) * 7, before=((1,) * 7,) * 8)
    assert story(broken_down(report, busiest=(busiest, others)))[0].sentence == finding.sentence
    few = broken_down(report, busiest=(replace(busiest, posts=(5,) * 7),))
    assert story(few)[0].kind is not Kind.ACCOUNT  # control: 35 of 202 posts do not make it


def test_reactions_to_two_or_three_posts_are_told_as_theirs():
    day = MONDAY - timedelta(days=4)
    top = tuple(a_post(id=n, created_at=day, metrics=Metrics(likes=250)) for n in (5, 6, 7))
    sentence, finding = first(a_week(engagement=900, top=top[:2])), story(a_week(engagement=1150, top=top))[0]
    assert sentence.startswith("500 of 900 reactions went to two posts; the others had as many as usual (")
    assert finding.sentence.startswith("750 of 1,150 reactions went to three posts; the others had ")
    assert finding.address.endswith("&ids=7.6.5")
    few = tuple(replace(post, metrics=Metrics(likes=30)) for post in top)  # control: a tenth of all
    assert first(a_week(engagement=900, top=few)).startswith("More reactions than usual: 900")


LOUD = AccountPosts(id=1, posts=(6,) * 7, before=((0,) * 7,) * 8)


@pytest.mark.parametrize(("number", "name"), [(2, "two"), (3, "three"), (4, "four"), (5, "five")])
def test_posts_of_a_few_accounts_are_told_as_theirs(number, name):
    report = a_week(tuple(day + 6 * number for day in DAYS))
    busiest = tuple(replace(LOUD, id=n) for n in range(number))
    others = AccountPosts(id=9, posts=(1,) * 7, before=((1,) * 7,) * 8)
    finding = story(broken_down(report, busiest=(*busiest, others)))[0]
    posts, usual = 42 * number, "without them, as many as usual (68 to 99)"
    assert finding.sentence == f"{posts} of {posts + 83} posts are by {name} accounts; {usual}"
    assert finding.kind is Kind.ACCOUNT
    assert finding.address == "/posts?since=2026-11-16&until=2026-11-22"


def test_posts_of_six_accounts_are_not_those_of_a_few():
    report = a_week(tuple(day + 36 for day in DAYS))
    busiest = tuple(replace(LOUD, id=n) for n in range(6))
    assert story(broken_down(report, busiest=busiest))[0].kind is Kind.POSTS


def test_accounts_that_always_write_most_do_not_make_a_rise_of_all():
    report = a_week(tuple(2 * day for day in DAYS))
    always = AccountPosts(id=7, posts=(12,) * 7, before=((6,) * 7,) * 8)
    assert first(broken_down(report, busiest=(always,))).startswith("Busier than usual: 166 posts")
    level = replace(always, posts=(6,) * 7)  # control: nor where only the others write more
    assert first(broken_down(report, busiest=(level,))).startswith("Busier than usual: 166 posts")
    more = replace(always, posts=(18,) * 7)  # without it there would be fewer than usual
    sentence = first(broken_down(report, busiest=(more,)))
    assert sentence == "126 of 166 posts are by one account (usually 68 to 99 in all)"


@pytest.mark.parametrize("before", [6, 14])
def test_a_fall_is_told_of_nobody_who_still_writes(before):
    few = tuple(day // 4 for day in DAYS)
    account = AccountPosts(id=7, posts=few, before=((before,) * 7,) * 8)
    assert first(broken_down(a_week(few), busiest=(account,))).startswith("Quieter than usual: ")


def test_a_day_that_two_accounts_made_is_told_as_that():
    busiest = tuple(AccountPosts(id=n, posts=(0, 0, 0, 20, 0, 0, 0)) for n in range(2))
    sentences = told(broken_down(a_week((12, 11, 12, 54, 15, 10, 9)), busiest=busiest))
    assert sentences[0].startswith("40 of the 54 posts on Thursday 19 November are by two accounts")


def test_all_posts_of_one_account_and_all_reactions_of_a_post_that_is_gone_are_told_as_that():
    report = a_week(tuple(day + 17 for day in DAYS))
    busiest = AccountPosts(id=7, posts=tuple(day + 17 for day in DAYS))
    post = a_post(id=5, created_at=MONDAY - timedelta(days=4), metrics=Metrics(likes=900), text=None)
    sentences = told(broken_down(report, busiest=(busiest,)))
    assert sentences[0] == "All 202 posts are by one account (usually 68 to 99)"
    assert first(a_week(engagement=900, top=(post,))).startswith(
        "All 900 reactions went to one post, since removed (usually "
    )


def test_a_news_story_is_told_as_that_and_its_sites_are_no_new_people():
    report = a_week((12, 11, 72, 14, 15, 10, 9), people=120, messages=84, news=Story(posts=(9, 12), sites=60))
    report = broken_down(report, newcomers=(80, *(20,) * 8))
    finding = story(report)[0]
    assert finding.sentence == (
        "143 posts: one news story is on 60 sites; counted once, as many as usual (68 to 99)"
    )
    assert finding.address == "/posts?since=2026-11-16&until=2026-11-22&ids=9.12"
    assert [one.kind for one in story(report)] == [Kind.NEWS]
    assert story(replace(report, news=None))[0].kind is not Kind.NEWS  # control


def test_reactions_of_one_post_are_told_as_that():
    post = a_post(id=5, created_at=MONDAY - timedelta(days=4), metrics=Metrics(likes=8877))
    report = a_week(engagement=9277, top=(post,))
    assert first(report).startswith(
        "8,877 of 9,277 reactions went to one post; the others had as many as usual"
    )
    assert first(replace(report, top=())).startswith("More reactions than usual: 9,277, the most in 9 weeks")
    other = replace(post, platform="news")  # which is not compared
    assert first(replace(report, top=(other,))).startswith("More reactions than usual")


def test_a_peak_is_told_with_all_events_of_its_day_or_with_none():
    def events(*titles: str) -> str:
        quiet = (5, 5, 6, 50, 6, 6, 6)  # but for one day
        return first(a_week(quiet, events=tuple(Event(day=THURSDAY, title=one) for one in titles)))

    plain = "Thursday 19 November, the busiest of 7 days, had 50 of 84 posts"
    assert events() == f"{plain} (a usual Thursday has 9 to 21)"
    assert events("Vigil") == f"{plain} (a usual Thursday has 9 to 21): the day of “Vigil”"
    assert events("Leaflet", "Vigil") == f"{plain}: the day of “Leaflet” and “Vigil”"
    assert events("Leaflet", "Vigil", "Stall") == f"{plain} (a usual Thursday has 9 to 21)"
    assert "because" not in events("Vigil")


def test_a_busy_week_and_the_day_that_made_it_are_one_sentence():
    def findings(*titles: str) -> tuple[Finding, ...]:
        return story(a_week(PEAK, events=tuple(Event(day=THURSDAY, title=one) for one in titles)))

    plain = "Busier than usual: 129 posts (usually 68 to 99); 60 on Thursday 19 November"
    assert findings()[0].sentence == plain
    [one] = findings("Vigil")
    assert (one.sentence, one.kind, one.value) == (f"{plain}, the day of “Vigil”", Kind.DAY, 60)
    day, week = findings("A vigil at the station for all who were hurt")  # too long for one sentence
    assert day.sentence.startswith("Thursday 19 November, the busiest of 7 days")
    assert week.sentence.startswith("Busier than usual: 129 posts")


def test_of_days_alike_none_is_told():
    def days(*numbers: int) -> list[Kind]:
        return [finding.kind for finding in story(a_week(numbers))]

    assert days(9, 9, 70, 9, 9, 9, 9)[0] is Kind.DAY  # control
    assert Kind.DAY not in days(9, 9, 70, 70, 9, 9, 9)
    assert days(60, 60, 60, 60, 60, 60, 60) == [Kind.POSTS]


def test_launch_days_of_earlier_weeks_do_not_hide_the_day_of_another(monkeypatch):
    past = (
        (8, 8, 10, 7, 8, 6, 8), (7, 10, 8, 9, 23, 10, 8), (8, 9, 9, 34, 11, 7, 6), (8, 9, 7, 8, 8, 6, 7),
        (8, 10, 9, 9, 6, 7, 7), (8, 9, 9, 8, 7, 7, 6),
    )  # fmt: skip
    report = a_week((7, 8, 9, 8, 38, 9, 6), number=len(past))
    weeks = tuple(replace(week, days=days) for week, days in zip(report.past, past, strict=True))
    report = replace(report, past=weeks)
    assert first(report).startswith("Friday 20 November, the busiest of 7 days, had 38 of 85 posts")
    monkeypatch.setattr(sys.modules["monitor.report.story.standouts"], "_ordinary", list)  # control
    assert all(finding.kind is not Kind.DAY for finding in story(report))


def test_a_week_in_which_every_day_rose_has_no_day_that_stands_out():
    level = a_week((36, 36, 36, 39, 36, 36, 36))
    assert first(level).startswith("Busier than usual")
    assert all(finding.kind is not Kind.DAY for finding in story(level))
    peak = a_week((24, 24, 24, 120, 24, 24, 24))
    assert any(finding.kind is Kind.DAY for finding in story(peak))


def test_in_four_weeks_without_earlier_ones_a_day_is_held_against_the_others():
    days = tuple(8 + n % 3 for n in range(28))
    window = replace(WEEK, first=WEEK.last - timedelta(days=27))
    report = a_week(number=0, window=window)
    comparison = replace(report.comparison, now=window, days=(*days[:20], 46, *days[21:]))
    peak = replace(report, comparison=comparison, events=(Event(day=date(2026, 11, 15), title="Vigil"),))
    assert first(peak).startswith("Sunday 15 November, the busiest of 28 days, had 46 of ")
    assert first(peak).endswith(" posts (other days have 5 to 14): the day of “Vigil”")
    quiet = replace(peak, comparison=replace(comparison, days=days))
    assert all(finding.kind is not Kind.DAY for finding in story(quiet))


def test_a_day_that_is_ordinary_for_its_weekday_is_no_peak():
    past = tuple(replace(week, days=(5, 5, 5, 5, 5, 30, 5)) for week in a_week().past)
    report = replace(a_week((5, 5, 5, 5, 5, 31, 5)), past=past)
    assert all(finding.kind is not Kind.DAY for finding in story(report))


def test_a_day_that_one_account_made_is_told_as_that():
    busiest = AccountPosts(id=7, posts=(0, 0, 0, 40, 0, 0, 0))
    sentences = told(broken_down(a_week((12, 11, 12, 54, 15, 10, 9)), busiest=(busiest,)))
    assert sentences[0].startswith("40 of the 54 posts on Thursday 19 November are by one account")
    assert all("the busiest of 7 days" not in sentence for sentence in sentences)
    alone = broken_down(
        a_week((12, 11, 12, 54, 15, 10, 9)), busiest=(replace(busiest, posts=(0, 0, 0, 54, 0, 0, 0)),)
    )
    assert first(alone).startswith("All 54 posts on Thursday 19 November are by one account")


@pytest.mark.parametrize(
    ("kind", "name", "sentence", "address"),
    [
        ("place", "Barking", "Barking was mentioned by 34 people", "place=x"),
        ("theme", "Stalls", "34 people wrote about “Stalls” (usually ", "theme=x"),
        ("tag", "x", "#x was used by 34 people", "tag=x"),
        ("link", "https://www.example.org/sign", "34 people linked to example.org/sign", "q="),
    ],
    ids=["place", "theme", "hashtag", "link"],
)
def test_what_rose_among_people_is_told(kind, name, sentence, address):
    people = TermPeople(kind=kind, term="x", title=name, people=(34, 3, 2, 4, 3, 2, 5, 3, 2))
    finding = story(broken_down(a_week(), terms=(people,)))[0]
    assert finding.sentence.startswith(sentence)
    assert address in finding.address
    few = replace(people, people=(9, 0, 0, 0, 0, 0, 0, 0, 0))
    assert story(broken_down(a_week(), terms=(few,)))[0].kind is Kind.USUAL  # control


def test_new_voices_are_told_by_their_share():
    report = broken_down(a_week(), newcomers=(55, 20, 22, 19, 20, 21, 18, None, None))
    assert first(report).startswith("55 of 60 people had not posted before (usually ")
    young = broken_down(a_week(), newcomers=(55, 20, None, None, None, None, None, None, None))
    assert story(young)[0].kind is Kind.USUAL


def test_an_account_that_falls_silent_is_told_without_its_name():
    silent = AccountPosts(id=3, posts=(20, 19, 22, 20, 18, 21, 20, 20))
    assert first(broken_down(a_week(), silent=silent)) == (
        "An account that used to post every week wrote nothing this time,"
        " after 160 posts in the 8 weeks before"
    )
    seldom = replace(silent, posts=(1, 2, 1, 1, 1, 3, 1, 1))
    assert story(broken_down(a_week(), silent=seldom))[0].kind is Kind.USUAL


def test_a_regular_writer_who_stops_is_told_once_and_not_as_a_quiet_week_too():
    few = {"people": 22, "engagement": 60}
    quiet = a_week((4, 4, 4, 5, 5, 4, 3), **few)
    assert story(quiet)[0].kind is Kind.POSTS
    silent = AccountPosts(id=3, posts=(55, 52, 57, 54, 56, 53, 55, 58))
    [told_once] = story(broken_down(quiet, silent=silent))
    assert told_once.kind is Kind.SILENCE
    assert told_once.sentence == "29 posts (usually 68 to 99): one account that usually writes 55 wrote none"
    apart = with_left_out(*BLUESKY, days=(4, 4, 4, 5, 5, 4, 3), **few)
    assert first(broken_down(apart, silent=silent)).startswith("29 posts, not counting ")
    small = replace(silent, posts=(20, 19, 22, 20, 18, 21, 20, 20))  # control: the rest fell, too
    kinds = [finding.kind for finding in story(broken_down(quiet, silent=small))]
    assert kinds[0] is Kind.POSTS


def test_a_busy_day_and_week_have_the_numbers_of_their_chart_and_tile():
    left_out = (LeftOut(source="mastodon", posts=1, reason="bridged copies"),)
    report = a_week((8, 10, 50, 9, 11, 8, 6))
    shown = tuple(replace(one, posts={"": one.total + (one.total == 50)}) for one in report.days)
    report = replace(
        report, days=shown, figures=report.figures | {"posts": replace(report.posts, value=103)},
        comparison=replace(report.comparison, left_out=left_out),
    )  # fmt: skip
    sentences = " ".join(told(report))
    assert "51 of 103 posts" in sentences or "51 on Wednesday" in sentences
    assert "102" not in sentences
    assert "50" not in sentences


@pytest.mark.parametrize("kind", ["tag", "link"])
def test_a_subject_has_no_word_of_a_stranger(kind):
    people = TermPeople(kind=kind, term="jolly", title="jolly", people=(34, 3, 2, 4, 3, 2, 5, 3, 2))
    summary = headline(broken_down(a_week(), terms=(people,)))
    assert "jolly" in summary.answer or kind == "link"
    assert "34 people" in summary.subject
    assert "jolly" not in summary.subject
    assert headline(a_week()).subject == headline(a_week()).answer


def test_tone_is_told_only_where_people_have_read_it():
    change = Net(value=-50, low=-69, high=-31, doubt=19)
    checked = Checked(week=WEEK, net=Net(value=-30, low=-43, high=-17, doubt=13), read=50, posts=80,
                      before=None, change=change)  # fmt: skip
    assert first(a_week(checked=checked)).startswith(
        "Tone was more negative than in the last week checked: net −30"
    )
    slight = replace(checked, change=Net(value=-20, low=-39, high=-1, doubt=19))
    assert story(a_week(checked=slight))[0].kind is Kind.USUAL


BLUESKY = (LeftOut(source="bluesky", posts=120, reason="not covered for about 30 hours of the week"),)
SWITCHED = (SeriesStep(day=date(2026, 11, 17), step=Step.SOURCE_ON, subject="bluesky", posts=120),)


def with_left_out(*parts: LeftOut, **changes: object) -> Report:
    report = a_week(**changes)
    return replace(report, comparison=replace(report.comparison, left_out=parts, platforms=("mastodon",)))


def test_a_source_that_was_switched_on_is_said_and_is_no_growth():
    assert told(with_left_out(*BLUESKY, steps=SWITCHED)) == [
        "A usual week: 83 posts by 60 people, not counting 120 from Bluesky",
        "Bluesky has only been covered since Tuesday 17 November",
    ]


@pytest.mark.parametrize(
    ("part", "clause", "sentence"),
    [
        (BLUESKY[0], "120 from Bluesky",
         "Bluesky is left out (not covered for about 30 hours of the week, 120 posts)"),
        (LeftOut(source=BY_HAND, posts=30, reason="entered by hand"), "30 entered by hand",
         "Left out: 30 posts entered by hand"),
        (LeftOut(source="mastodon", posts=9, reason="bridged copies"), "9 that came another way",
         "Left out: 9 posts from Mastodon (bridged copies)"),
    ],
    ids=["source", "hand", "copies"],
)  # fmt: skip
def test_what_is_not_counted_is_named(part, clause, sentence):
    assert told(with_left_out(part)) == [
        f"A usual week: 83 posts by 60 people, not counting {clause}", sentence,
    ]  # fmt: skip


def test_a_few_posts_that_are_not_counted_take_no_sentence_from_the_news():
    part = LeftOut(source="mastodon", posts=1, reason="bridged copies")
    report = with_left_out(part)
    all_of_it = replace(report.figures["posts"], value=84)
    usual = replace(report, figures={**report.figures, "posts": all_of_it})
    assert told(usual) == ["A usual week: 84 posts by 60 people"]
    many = replace(part, posts=5)
    assert told(with_left_out(many))[0] == (
        "A usual week: 83 posts by 60 people, not counting 5 that came another way"
    )


def test_a_file_is_named_once_and_a_revision_first():
    file = SeriesStep(day=THURSDAY, step=Step.FILE, subject="tweets.csv", posts=150)
    part = LeftOut(source="mastodon", posts=150, reason="from files, on top of what we collected")
    report = with_left_out(part, steps=(file,), revision=Revision(week=WEEK, mailed=42, known=57))
    assert told(report)[1] == (
        "Last week's mail gave 42 posts; 57 are known now. 150 posts from the file"
        " “tweets.csv” came in on Thursday 19 November"
    )


def test_a_source_that_stopped_answering_is_said():
    silent = tuple(
        replace(one, last_success=MONDAY - timedelta(days=3)) if one.name in ("bluesky", "lemmy") else one
        for one in ANSWERED
    )
    assert told(a_week(sources=silent))[1] == "Bluesky and Lemmy stopped answering"


def test_a_week_that_is_not_over_says_so_far():
    report = a_week(is_over=False)
    assert first(report) == "So far, as usual: 83 posts by 60 people"
    posts = replace(report.posts, value=90)
    assert first(replace(report, figures={**report.figures, "posts": posts})).startswith(
        "So far (to yesterday), as"
    )


def test_without_enough_weeks_the_numbers_are_said_and_nothing_more():
    assert told(a_week(number=3)) == [
        "83 posts by 60 people", f"Compared with {a_week(number=3).posts.before} the week before",
    ]  # fmt: skip


def test_nothing_is_judged_that_could_not_be_seen():
    report = a_week(tuple(9 * day for day in DAYS))
    dark = tuple(replace(day, unknown=0.9) for day in report.days)
    assert first(replace(report, days=dark)) == "Most of this period was not collected: at least 747 posts"
    assert first(report).startswith("Busier than usual")  # control
    assert first(replace(report, made_at=MONDAY - timedelta(days=30))) == "These dates are still to come"
    nothing = replace(report.posts, value=None)
    assert first(replace(report, figures={**report.figures, "posts": nothing})) == (
        "No data was collected for these dates"
    )


def test_a_week_of_which_a_part_was_not_collected_had_at_least_its_posts():
    report = a_week()
    posts = replace(report.posts, usual=None, finished=None, before=None)
    report = replace(report, figures=report.figures | {"posts": posts}, comparison=None, past=())
    assert first(report) == "83 posts by 60 people"  # control
    dim = tuple(replace(day, unknown=0.2) for day in report.days)
    assert first(replace(report, days=dim)) == "At least 83 posts by 60 people"


def test_a_week_without_posts_is_told_with_the_usual_one():
    none = a_week(days=(0,) * 7)
    assert first(none) == "No posts found (usually 68 to 99)"
    assert first(replace(none, is_over=False)) == "No posts yet"
    posts = replace(none.posts, usual=None)
    assert first(replace(none, figures={**none.figures, "posts": posts})) == "No posts found"


@pytest.mark.parametrize(
    ("days_ago", "sentence"),
    [
        (0, "No data was collected for these dates"),
        (3, "No data has been collected for these dates yet"),
        (8, "These dates are still to come"),
    ],
    ids=["over", "running", "to come"],
)
def test_days_without_data_are_told_by_whether_they_are_over(days_ago, sentence):
    now = MONDAY - timedelta(days=days_ago)
    report = a_week(is_over=not days_ago, made_at=now)
    nothing = replace(report.posts, value=None)
    assert first(replace(report, figures={**report.figures, "posts": nothing})) == sentence


@pytest.mark.parametrize("seed", range(60))
def test_every_number_of_every_sentence_is_the_reports(seed):
    report = some_week(Random(seed))
    found = story(report)
    assert 1 <= len(found) <= MOST
    assert len(found[0].sentence.split()) <= WORDS
    for finding in found:
        numbers = re.findall(r"\d[\d,]*", re.sub(r"“[^”]*”", "", finding.sentence))
        strange = [one for one in numbers if int(one.replace(",", "")) not in known(report)]
        assert not strange, finding.sentence
        assert (
            finding.value is None or f"{finding.value:,}" in finding.sentence or finding.kind is Kind.SILENCE
        )


def some_week(chance: Random) -> Report:
    """Return a week of which some numbers are far out, and some things were not alike."""
    days = tuple(round(day * chance.choice((0.2, 1, 1, 1, 2, 6))) for day in DAYS)
    numbers = {key: round(value * chance.choice((0.1, 1, 1, 5))) for key, value in VALUES.items()}
    report = a_week(
        days, **numbers, news=chance.choice((None, Story(posts=(9, 12), sites=40))),
        events=chance.choice(((), (Event(day=THURSDAY, title="The survey is published on all our pages"),))),
        steps=chance.choice(((), SWITCHED)), top=(a_post(id=5, metrics=Metrics(likes=350)),),
        is_over=chance.random() < 0.8,
    )  # fmt: skip
    busiest = AccountPosts(id=7, posts=tuple(chance.randrange(day + 1) for day in days))
    terms = (TermPeople(kind="tag", term="x", title="x", people=(chance.choice((3, 40)), *(2,) * 8)),)
    report = broken_down(
        report, busiest=(busiest,), terms=terms, newcomers=(chance.choice((20, 55)), *(20,) * 8)
    )
    left_out = chance.choice(((), BLUESKY))
    return replace(report, comparison=replace(report.comparison, left_out=left_out))


def known(report: Report) -> set[int]:
    """Return every number that stands in a report, and those that a sentence adds: days, weeks, ranges."""
    parts = report.breakdown
    ranges = [figure.usual for figure in report.figures.values() if figure.usual]
    ranges += [finding.usual for finding in story(report) if finding.usual]
    numbers = {n for one in ranges for n in (round(one.low), round(one.high))}
    numbers |= {
        n for one in report.figures.values() for n in (one.value, one.finished, one.before) if n is not None
    }
    numbers |= {
        *report.comparison.days,
        *parts.busiest[0].posts,
        sum(parts.busiest[0].posts),
        7,
        len(report.past) + 1,
    }
    numbers |= {n for term in parts.terms for n in term.people} | {n for n in parts.newcomers if n}
    numbers |= {report.news.sites} if report.news else set()
    numbers |= {post.metrics.engagement for post in report.top} | {
        part.posts for part in report.comparison.left_out
    }
    numbers |= {30}  # as the reason has it for which a source is left out
    return numbers | {day.day.day for day in report.days} | {step.posts for step in report.steps}


def test_what_strangers_wrote_is_short_and_on_one_line_in_a_sentence():
    assert title("a\u202eb\n\tc") == "a b c"
    assert len(title("word " * 40)) <= 50
    assert fitted("one two", " three four", " five", room=3) == "one two five"


def test_surprise_is_measured_in_halves_of_the_interval():
    assert [Standing(value, 10, (5, 20)).score for value in (5, 10, 20, 30, 0)] == [0, 0, 0, 1, 1]


def test_a_part_makes_a_rise_or_a_fall_if_without_it_there_is_none():
    def made_by(value: int, *parts: int) -> list[bool]:
        return [Standing(value, 10, (5, 20)).is_made_by(part) for part in parts]

    assert made_by(30, 10, 9, -10, 0) == [True, False, False, False]
    assert made_by(2, -4, -2, 4) == [True, False, False]
    assert made_by(60, 22) == [False]  # less than half of it


@pytest.fixture(scope="module")
def quiet_weeks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quiet")
    return [made_up.report(folder, seed, None, 0) for seed in range(12)]


@pytest.mark.slow
def test_most_quiet_weeks_are_usual_and_a_planted_story_is_told_first(quiet_weeks):
    quiet = [story(report)[0].kind for report in quiet_weeks]
    assert quiet.count(Kind.USUAL) >= 11, quiet
    first = {kind: headlines(kind, sizes[0], range(1)) for kind, sizes in SIZES.items()}
    missed = {kind: found for kind, found in first.items() if not found[kind]}
    assert len(missed) <= 1, missed


@pytest.mark.slow
def test_control_without_strictness_quiet_weeks_have_stories(quiet_weeks, monkeypatch):
    for module in ("volume", "standouts"):
        for name in ("STRICT", "STRICTER"):
            monkeypatch.setattr(sys.modules[f"monitor.report.story.{module}"], name, 0.3)
    assert [story(report)[0].kind for report in quiet_weeks].count(Kind.USUAL) < 9


def test_a_number_that_is_counted_anew_is_named_by_its_title():
    step = SeriesStep(day=THURSDAY, step=Step.DEFINITION, subject="people", posts=None)
    assert any("People posting" in sentence for sentence in told(a_week(steps=(step,))))


def test_posts_of_a_new_hashtag_are_said_not_to_be_counted():
    report = a_week()
    part = LeftOut(source="#new", posts=16, reason="searched for only since Wednesday 18 November")
    sentence = first(replace(report, comparison=replace(report.comparison, left_out=(part,))))
    assert sentence.endswith("not counting 16 with #new")


def test_a_day_with_every_post_of_its_week_is_said_to_have_all():
    start = "Sunday 22 November, the busiest of 7 days, had all 83 posts"
    assert first(a_week((0, 0, 0, 0, 0, 0, 83))).startswith(start)
