"""Each thing to do, by the rule that says it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import Metrics
from monitor.report import Event, OwedReply, SeriesStep, SharedWords, Step, WeekSuggestions, Window
from monitor.report.anonymise import nameless
from monitor.report.follow_up import posts_to_know
from monitor.report.story import MOST, headline
from tests.dashboard.reports import LAST, SOURCES, a_post, a_report, a_source

PLANNED = (Event(day=LAST + timedelta(days=3), title="Stall"),)
QUIET = {"coming": PLANNED, "new_people": 0, "latest": (), "top": ()}


def test_nobody_is_sent_to_what_is_two_weeks_old():
    def is_looked_at(age: timedelta) -> bool:
        old = replace(a_post(), created_at=a_report().made_at - age)
        return any("Look" in action.text for action in headline(a_report(top=(old,))).todo)

    assert is_looked_at(timedelta(days=13))
    assert not is_looked_at(timedelta(days=15))


def todo(**changes) -> list[str]:
    return [action.text for action in headline(a_report(7, **QUIET | changes)).todo]


REFUSED = (a_source("x", "X", outcome="refused", needs_person=True),)


def test_no_name_turns_the_direction_of_what_is_to_be_done():
    asked = a_post(text="Where can I sign?", metrics=Metrics(), handle="\u202e<b>x39@e.org")
    assert todo(latest=(asked,)) == ["Answer <b>x39, who asked a question"]
    loud = a_post(text="Look at this", metrics=Metrics(likes=99), handle="\u2067x39\n@e.org")
    [look] = todo(top=(loud,))
    assert look.startswith("Look at the post by x39 @e.org: ")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"sources": REFUSED}, "Fix X: it needs attention"),
        (
            {"latest": (a_post(text="Where can I sign?", metrics=Metrics()),)},
            "Answer @heathway, who asked a question",
        ),
        ({"top": (a_post(),)}, "Look at the post by @heathway: 430 reactions"),
        (
            {"top": (a_post(is_petition=True, metrics=Metrics(likes=2)),)},
            "Look at the post by @heathway, which links to the petition: 2 reactions",
        ),
        ({"coming": ()}, "Add your plans for the next two weeks to the calendar"),
        (
            {"to_read": Window(first=LAST, last=LAST)},
            "Spend five minutes reading 50 of last week's posts, so that you can quote their tone",
        ),
        ({"new_people": 1}, "Welcome 1 new account"),
    ],
    ids=["source", "question", "loud", "petition", "calendar", "tone", "new"],
)
def test_each_thing_to_do_has_its_own_rule(changes, text):
    assert todo() == []  # control: nothing to do
    assert todo(**changes) == [text]


@pytest.mark.parametrize(
    ("step", "is_welcomed"),
    [
        (Step.SOURCE_ON, False), (Step.TAG_ADDED, False), (Step.FILE, False), (Step.LOOK_BACK, False),
        (Step.SOURCE_OFF, True), (Step.DEFINITION, True),
    ],
)  # fmt: skip
def test_accounts_that_only_we_had_not_seen_are_not_welcomed(step, is_welcomed):
    steps = (SeriesStep(day=LAST, step=step, subject="lemmy", posts=15),)
    assert todo(new_people=14, steps=steps) == ["Welcome 14 new accounts"] * is_welcomed


def test_what_a_person_has_seen_to_is_not_asked_for_again():
    question = a_post(text="Where can I sign?", metrics=Metrics())
    assert todo(latest=(question,)) != []
    assert todo(latest=(replace(question, is_marked=True),)) == []
    assert todo(top=(a_post(is_marked=True),)) == []


def test_own_posts_and_those_that_were_answered_ask_nothing():
    question = a_post(text="Where can I sign?", metrics=Metrics())
    assert todo(latest=(replace(question, is_settled=True),)) == []
    assert todo(top=(a_post(is_settled=True),)) == []


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


def asked_together(*open_ids: int) -> SharedWords:
    post = a_post(id=5, text="Where do I hand in sheets?", metrics=Metrics())
    return SharedWords(name="", people=5, posts=(5, 6, 7, 8, 9), quoted=post, open=open_ids)


def together(*posts):
    return WeekSuggestions(questions=(asked_together(*posts),))


def test_people_who_ask_the_same_are_one_thing_to_do():
    asking = [a_post(id=n, text="Where do I hand in sheets?", metrics=Metrics()) for n in (5, 6)]
    [step] = headline(a_report(7, **QUIET | {"latest": asking, "suggestions": together(5, 6, 9)})).todo
    assert step.text == "Answer 5 people who ask the same question"
    assert (step.post, step.ids) == (5, "5.6.9")
    assert step.quoted.text == "Where do I hand in sheets?"
    assert step.note == "5 posts: 3 to answer, 2 done"


def test_a_question_of_many_that_is_seen_to_asks_nothing():
    assert todo(suggestions=together()) == []


def test_a_question_of_one_person_stays_beside_one_of_many():
    alone = a_post(id=30, text="Where can I sign?", metrics=Metrics())
    assert todo(latest=(alone,), suggestions=together(5))[1] == "Answer @heathway, who asked a question"


def test_what_several_people_ask_is_a_post_to_know_about():
    report = a_report(7, **QUIET | {"suggestions": together()})
    [(label, post)] = posts_to_know(report)
    assert (label, post.id) == ("5 people ask this (5 posts: 5 done)", 5)
    [(label, _)] = posts_to_know(a_report(7, **QUIET | {"suggestions": together(5, 6)}))
    assert label == "5 people ask this"  # how far that is stands where it is to be done


@pytest.mark.parametrize(
    ("open_ids", "counts", "words"),
    [
        ((5, 6, 7, 8, 9), {}, ""),
        ((5, 6), {"waiting": 2}, "5 posts: 2 to answer, 2 on the reply desk, 1 done"),
        ((), {"waiting": 5}, "5 posts: 5 on the reply desk"),
        ((), {"waiting": 2, "replied": 3}, "5 posts: 2 on the reply desk, 3 with replies"),
    ],
    ids=["all open", "some of each", "all wait", "none done"],
)
def test_who_waits_is_told_from_who_has_an_answer(open_ids, counts, words):
    assert replace(asked_together(*open_ids), **counts).progress == words


def test_a_post_to_look_at_is_put_off_without_owing_it_a_reply():
    top = (a_post(id=4), a_post(id=5))
    [action] = headline(a_report(7, **QUIET | {"top": top})).todo
    assert action.name == "look 4"
    [other] = headline(a_report(7, **QUIET | {"top": top, "put_off": ("look 4",)})).todo
    assert other.post == 5


def test_nobody_is_named_in_a_question_of_many():
    [question] = nameless(a_report(7, suggestions=together(5))).suggestions.questions
    assert (question.quoted.handle, question.people) == (None, 5)


def test_irony_that_many_liked_is_no_help():
    text = "Oh wonderful, a petition. That'll have the moped gangs quaking in their boots"
    [step] = todo(top=(a_post(text=text, metrics=Metrics(likes=64)),))
    assert step == "Look at the post by @heathway: 64 reactions"


@pytest.mark.parametrize(
    "post", [a_post(text=None), a_post(metrics=Metrics(likes=3))], ids=["removed", "small"]
)
def test_what_is_gone_or_small_is_not_pointed_at(post):
    assert todo(top=(post,)) == []


def test_at_most_three_things_are_asked_and_what_is_broken_comes_first():
    asked = a_post(id=9, text="Where can I sign?", metrics=Metrics())
    told = headline(
        a_report(7, sources=(*REFUSED, *SOURCES), latest=(asked,), top=(a_post(),), coming=())
    ).todo
    assert len(told) == MOST
    assert [action.page for action in told] == ["sources", "post", "post"]
    assert told[1].post == 9


def test_the_loudest_post_is_pointed_at_although_it_asks_something():
    loudest = a_post(id=4, text="Where can I sign?", metrics=Metrics(likes=356, replies=46))
    next_one = a_post(id=5, metrics=Metrics(likes=42))
    assert todo(top=(loudest, next_one)) == ["Look at the post by @heathway: 402 reactions"]


def test_a_post_to_answer_is_not_pointed_at_twice():
    question = a_post(id=4, text="Where can I sign?", metrics=Metrics(likes=90))
    assert todo(latest=(question,), top=(question,)) == ["Answer @heathway, who asked a question"]


def owed(post=None, days: int = 3, by: str = "Jo", posts: int = 0) -> OwedReply:
    post = post or a_post(id=9, is_marked=True)
    now = a_report().made_at
    return OwedReply(
        post=post, posts=(post.id, *range(50, 50 + posts)), by=by, since=now - timedelta(days=days),
        due=now.date() + timedelta(days=2 - days),
    )  # fmt: skip


def test_a_promised_reply_stays_until_it_is_done_with_its_age_and_who_promised_it():
    [action] = headline(a_report(7, **QUIET | {"owed": (owed(),)})).todo
    assert (action.text, action.note) == ("Reply to @heathway", "Marked by Jo 3 days ago, 1 day late")
    assert (action.page, action.post, action.quoted) == ("post", 9, owed().post)


def test_promised_replies_leave_room_for_what_is_new():
    waiting = tuple(owed(a_post(id=n, is_marked=True)) for n in range(20, 25))
    question = a_post(id=1, text="Where can I sign?", metrics=Metrics())
    actions = headline(a_report(7, **QUIET | {"owed": waiting, "latest": (question,)})).todo
    assert [action.post for action in actions] == [20, 21, 1]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"coming": ()}, "events"),
        ({"to_read": Window(first=LAST, last=LAST)}, "tone"),
        ({"new_people": 1}, "people"),
        ({"without_imprint": (7,)}, "imprint"),
        ({"bare_pictures": 2}, "pictures"),
        ({"top": (a_post(id=4),)}, "look 4"),
    ],
    ids=["calendar", "tone", "new", "imprint", "kit", "look"],
)
def test_what_is_put_off_is_not_said_today_but_what_is_broken_always_is(changes, name):
    assert len(todo(**changes)) == 1  # control
    assert todo(**changes, put_off=(name,)) == []
    assert todo(**changes, put_off=("sources",), sources=REFUSED)[0] == "Fix X: it needs attention"


@pytest.mark.parametrize(
    ("days", "words"), [(2, "due today"), (1, "due Monday 23 November"), (4, "2 days late")]
)
def test_a_promised_reply_says_when_it_is_due_or_how_late_it_is(days, words):
    [action] = headline(a_report(7, **QUIET | {"owed": (owed(days=days),)})).todo
    assert action.note.endswith(f", {words}")


def test_what_one_answer_is_for_is_one_thing_to_do():
    [action] = headline(a_report(7, **QUIET | {"owed": (owed(posts=4),)})).todo
    assert action.text == "Reply to @heathway, and to 4 other posts with it"


def test_for_those_who_are_not_to_know_nobody_is_named_in_what_is_owed():
    [action] = headline(nameless(a_report(7, **QUIET | {"owed": (owed(),)}))).todo
    assert action.text == "Reply to the author of a post on Bluesky (Thursday 19 November)"
    assert action.note == "Marked 3 days ago, 1 day late"
