"""Each sentence of the headline, and each thing to do, by the rule that says it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.core.model import Metrics, Tone
from monitor.report import Event, Usual, Window
from monitor.report.follow_up import asks, helps
from monitor.report.headline import MOST, headline
from monitor.report.wording import against
from tests.dashboard.reports import LAST, SOURCES, a_figure, a_post, a_report, a_source, changed

USUAL = Usual(median=100, low=80, high=120, weeks=8)
PLANNED = (Event(day=LAST + timedelta(days=3), title="Stall"),)
QUIET = {"coming": PLANNED, "new_people": 0, "latest": (), "top": ()}


def said(**changes) -> str:
    return headline(a_report(7, **changes)).answer


WEDNESDAY = datetime(2026, 11, 18, tzinfo=UTC)


def compared(finished, before):
    return replace(a_figure("posts", finished), finished=finished, before=before)


def posts(value, **changes):
    return replace(a_figure("posts", value), **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"posts": posts(None)}, "Nothing was collected in these days"),
        ({"posts": posts(0), "is_over": True}, "No posts were found"),
        ({"posts": posts(0)}, "No posts yet"),
        ({"posts": posts(1, usual=USUAL), "is_over": True}, "Quieter than usual: 1 post"),
        ({"posts": posts(130, usual=USUAL)}, "Busier than usual: 130 posts"),
        ({"posts": posts(100, usual=USUAL), "is_over": True}, "A usual week: 100 posts"),
        ({"posts": posts(100, usual=USUAL)}, "100 posts by 212 accounts"),
        ({"posts": posts(100), "made_at": datetime(2026, 11, 20, tzinfo=UTC)}, "100 posts so far"),
        ({"posts": compared(90, 100)}, "90 posts, by yesterday down 10% from 100"),
        ({"posts": posts(1200)}, "1,200 posts by 212 accounts"),
    ],
    ids=["nothing", "none", "none-yet", "fell", "rose", "usual", "unfinished", "so-far", "before", "plain"],
)
def test_the_first_words_follow_from_the_posts_and_the_usual_week(changes, words):
    assert said(**changes) == words


def test_one_day_is_compared_with_the_day_before():
    report = a_report(1, posts=compared(30, 10), is_over=True)
    assert headline(report).answer == "30 posts, up 200% from 10"
    assert headline(report).changed == ("Against the day before: posts up 200% from 10.",)


def test_time_that_was_not_collected_is_said_before_any_number_is_judged():
    report = a_report(7, posts=posts(300, usual=USUAL))
    dark = tuple(replace(day, unknown=0.9) for day in report.days)
    assert headline(replace(report, days=dark)).answer.startswith("Most of this time could not be collected")
    assert headline(report).answer == "Busier than usual: 300 posts"  # control


def test_a_day_that_is_not_over_is_not_compared_with_whole_ones():
    report = a_report(7, posts=replace(compared(50, 70), value=55, usual=USUAL), made_at=WEDNESDAY)
    assert headline(report).answer == "55 posts so far"
    assert headline(report).changed == (
        "A usual week has 80 to 120 posts.",
        "By yesterday, against the same days of the 7 days before: posts 50 (down 29% from 70).",
    )
    usual = changed(report, posts=replace(report.posts, usual=None, value=55))
    ended = replace(usual, window=replace(usual.window, last=WEDNESDAY.date()))
    assert headline(ended).answer == "55 posts, 50 by yesterday, down 29% from 70"
    today_none = changed(ended, posts=replace(ended.posts, value=50))
    assert headline(today_none).answer == "50 posts, by yesterday down 29% from 70"


def test_only_numbers_with_an_earlier_one_are_compared():
    report = a_report(7, posts=compared(90, 100), people=compared(30, 20), is_over=True)
    assert headline(report).changed == (
        "Against the 7 days before: posts down 10% from 100, people up 50% from 20.",
    )


def test_why_there_is_no_comparison_is_said():
    alone = a_report(7, posts=posts(90))
    [other] = headline(alone).changed
    assert other.startswith("Not compared with the days before: not the same platforms")
    [nothing] = headline(changed(alone, posts=replace(alone.posts, value=None))).changed
    assert nothing == "Nothing was collected in these days, so they are not compared."
    [first] = headline(replace(alone, new_people=None)).changed
    assert first == "There are no earlier posts yet to compare these with."
    [today] = headline(replace(alone, window=replace(alone.window, first=alone.made_at.date()))).changed
    assert today == "No day of this time is over yet, so it is not compared."


def test_nobody_is_thanked_for_what_is_two_weeks_old():
    def thanked(age: timedelta) -> bool:
        old = replace(a_post(), created_at=a_report().made_at - age)
        return any("Thank" in action.text for action in headline(a_report(top=(old,))).todo)

    assert thanked(timedelta(days=13))
    assert not thanked(timedelta(days=15))


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (5, None, None),
        (None, 5, None),
        (5, 0, "up from 0 to 5"),
        (0, 0, "level with 0"),
        (1001, 1000, "level with 1,000"),
        (0, 12, "down 100% from 12"),
        (3, 9, "down from 9 to 3"),
        (3000, 1000, "up 200% from 1,000"),
    ],
)
def test_a_change_is_said_only_of_two_known_numbers_and_in_percent_only_of_many(now, before, words):
    assert against(now, before) == words


def days(*numbers: int, unknown: float = 0.0):
    first = LAST - timedelta(days=len(numbers) - 1)
    day = a_report(1).days[0]
    return tuple(
        replace(day, day=first + timedelta(days=n), posts={"bluesky": number}, unknown=unknown)
        for n, number in enumerate(numbers)
    )


THURSDAY = date(2026, 11, 19)


def why(**changes) -> str:
    usual = {"days": days(3, 4, 5, 30, 6, 5, 4)}
    return headline(a_report(7, **QUIET | usual | changes)).why


def test_a_peak_is_told_with_the_event_of_that_day_and_no_cause():
    told = why(events=(Event(day=THURSDAY, title="Petition handed in"),))
    assert told == "Thursday 19 November stands out, with 30 posts: the day of “Petition handed in”."
    assert "because" not in told


def test_a_peak_without_an_event_is_told_with_its_biggest_post():
    assert "The biggest post of that day is by @heathway and has 430 reactions." in why(top=(a_post(),))


def test_a_peak_that_nothing_explains_is_not_explained():
    assert why(events=(Event(day=LAST, title="Stall"),)) == (
        "Thursday 19 November stands out, with 30 posts. We do not know why."
    )


def test_days_alike_have_no_peak():
    assert why(days=days(3, 4, 5, 6, 6, 5, 4)) == "No day stands out."
    assert why(days=days(0, 0, 0, 2, 0, 0, 0)) == "No day stands out."
    assert why(posts=a_figure("posts", 0), days=days(0, 0)) == "There is nothing to explain."


def todo(**changes) -> list[str]:
    return [action.text for action in headline(a_report(7, **QUIET | changes)).todo]


REFUSED = (a_source("x", "X", outcome="refused", needs_person=True),)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"sources": REFUSED}, "Put X right: it needs you"),
        (
            {"latest": (a_post(text="Where can I sign?", metrics=Metrics()),)},
            "Answer @heathway, who asks a question",
        ),
        ({"top": (a_post(),)}, "Thank @heathway: 430 reactions to their post"),
        ({"coming": ()}, "Add what is planned for the next two weeks"),
        (
            {"to_read": Window(first=LAST, last=LAST)},
            "Read 50 of last week's posts, so that tone can be quoted: five minutes",
        ),
        ({"new_people": 1}, "Say hello to 1 account not seen before"),
    ],
    ids=["source", "question", "thanks", "calendar", "tone", "new"],
)
def test_each_thing_to_do_has_its_own_rule(changes, text):
    assert todo() == []  # control: nothing to do
    assert todo(**changes) == [text]


def test_what_a_person_has_seen_to_is_not_asked_for_again():
    question = a_post(text="Where can I sign?", metrics=Metrics())
    assert todo(latest=(question,)) != []
    assert todo(latest=(replace(question, is_marked=True),)) == []
    assert todo(top=(a_post(is_marked=True),)) == []


@pytest.mark.parametrize(
    "post",
    [
        a_post(text="See https://example.org/?", metrics=Metrics()),
        a_post(text="Where can I sign?", metrics=Metrics(replies=2)),
        a_post(text=None),
    ],
    ids=["link", "answered", "removed"],
)
def test_a_link_an_answered_question_and_a_removed_post_ask_nothing(post):
    assert todo(latest=(post,)) == []


@pytest.mark.parametrize(
    "post",
    [a_post(tone=Tone.NEGATIVE), a_post(tone=None), a_post(text=None), a_post(metrics=Metrics(likes=3))],
    ids=["against", "unscored", "removed", "small"],
)
def test_nobody_is_thanked_for_a_post_that_may_not_help(post):
    assert todo(top=(post,)) == []


def test_at_most_three_things_are_asked_and_what_is_broken_comes_first():
    asked = a_post(id=9, text="Where can I sign?", metrics=Metrics())
    told = headline(
        a_report(7, sources=(*REFUSED, *SOURCES), latest=(asked,), top=(a_post(),), coming=())
    ).todo
    assert len(told) == MOST
    assert [action.page for action in told] == ["sources", "post", "post"]
    assert told[1].post == 9


def test_who_asks_is_answered_and_not_thanked():
    post = a_post(id=4, text="Does anyone know when the paper petition closes?", metrics=Metrics(likes=90))
    assert asks(post)
    assert not helps(post)
    assert helps(replace(post, text="The paper petition closes on Friday."))
