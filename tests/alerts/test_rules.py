"""What people are told of at once, and what can wait."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.alerts.burst import LENGTH
from monitor.alerts.rules import Alert, Observation, alerts
from monitor.archive.values import DeskCard, PostGain
from monitor.campaign import AlertSettings, Dissolution, SourceSettings
from monitor.core.model import Metrics
from tests.dashboard.reports import CAMPAIGN, a_post, a_source

NOW = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
FINE = tuple(
    a_source(name, name.title(), last_success=NOW - timedelta(minutes=4), last_poll=NOW)
    for name in ("bluesky", "mastodon")
)


def joined(**people: int) -> dict[str, list[int]]:
    """Return four quiet weeks, and people of these sources in the running hour."""
    return {source: [0] * (LENGTH - 1) + [count] for source, count in people.items()}


QUESTION = a_post(
    id=5, text="Where can I sign this?", created_at=NOW - timedelta(hours=2), metrics=Metrics(likes=6)
)


def watched(**changes: object) -> Observation:
    on = {one.name: SourceSettings(on=True, every_minutes=15) for one in FINE}
    usual = {
        "campaign": replace(CAMPAIGN, sources=on),
        "sources": FINE, "top": (), "events": (),
        "people": joined(bluesky=0), "newcomers": {}, "gained": (), "biggest": (), "asleep": None,
        "asking": (), "owed": (), "began": NOW - timedelta(days=1), "now": NOW,
    }  # fmt: skip
    return Observation(**(usual | changes))


def sensitive(how: str):
    campaign = watched().campaign
    return replace(campaign, alerts=AlertSettings(sensitivity=how))


def found(**changes: object) -> list[Alert]:
    return list(alerts(watched(**changes)))


def test_on_an_ordinary_day_there_is_nothing_to_tell():
    assert found() == []
    assert found(people=joined(bluesky=3), gained=[PostGain(1, 9)], asleep=NOW - timedelta(minutes=10)) == []


def test_a_burst_names_its_size_its_platform_and_its_posts():
    big = a_post(id=9, created_at=NOW - timedelta(minutes=20), metrics=Metrics(likes=40, replies=2))
    (alert,) = found(people=joined(bluesky=10, mastodon=4), top=(big,))
    assert alert.title == "14 people joined in from 15:00 to 15:40; usually fewer than 1"
    assert alert.cause == "10 of them on Bluesky. No clear cause."
    assert list(alert.links.items()) == [
        ("Today's posts", "/posts?since=2026-11-23&until=2026-11-23"),
        ("The post with the most reactions: 42", "/posts/9"),
    ]


def test_people_who_post_for_the_first_time_are_told_of_as_such():
    usual = {"bluesky": [20] * (LENGTH - 1) + [36]}
    (alert,) = found(people=usual, newcomers=joined(bluesky=16))
    assert alert.title == "16 people posted for the first time from 15:00 to 15:40; usually fewer than 1"


def test_a_burst_on_the_day_of_an_event_says_so_and_no_more():
    event = date(2026, 11, 23), "Petition handed\nin"
    (alert,) = found(people=joined(bluesky=12), events=(event,))
    assert alert.cause == "12 of them on Bluesky. Today's event: “Petition handed in”."


def test_a_post_that_rises_faster_than_all_but_ten_in_four_weeks_is_told_of():
    biggest = [100, 90, 80, 70, 60, 50, 45, 40, 35, 30, 25]
    alert, other = found(gained=[PostGain(7, 31), PostGain(8, 30)], biggest=biggest)
    assert (alert.title, alert.subject) == ("A post got 31 reactions in three hours", "post 7")
    assert other.subject == "post 8"
    assert next(iter(alert.links.values())) == "/posts/7"
    assert found(gained=[PostGain(7, 29)], biggest=biggest) == []
    assert found(gained=[PostGain(7, 20)], biggest=[20]) != []  # a young campaign: the floor alone
    assert found(gained=[PostGain(7, 19)], biggest=[20]) == []


def test_questions_that_people_react_to_are_told_of_one_by_one_the_biggest_first():
    told = found(asking=[PostGain(5, 9), PostGain(6, 7)])
    assert [(one.title, *one.links.values()) for one in told] == [
        ("A post with 9 reactions asks a question", "/posts/5"),
        ("A post with 7 reactions asks a question", "/posts/6"),
    ]
    assert len({one.subject for one in told}) == 2


def test_a_source_that_is_silent_for_hours_is_told_of_with_what_it_said():
    silent = replace(FINE[0], last_success=NOW - timedelta(hours=3, minutes=1), detail="It says: too many.")
    (alert,) = found(sources=(silent, FINE[1]))
    assert alert.title == "Bluesky has not answered fully since 12:39 on Monday 23 November"
    assert (alert.cause, alert.rule) == ("It says: too many.", "silent bluesky")
    early = replace(silent, last_success=NOW - timedelta(hours=2, minutes=59))
    assert found(sources=(early,)) == []


def test_a_source_that_is_asked_seldom_is_given_three_turns():
    campaign = watched().campaign
    slow = replace(campaign, sources={"bluesky": SourceSettings(on=True, every_minutes=600)})
    source = replace(FINE[0], last_success=NOW - timedelta(hours=29))
    assert found(campaign=slow, sources=(source,)) == []
    assert found(campaign=slow, sources=(replace(source, last_success=NOW - timedelta(hours=31)),)) != []


def test_a_source_that_needs_a_person_is_told_of_at_once_and_one_that_is_off_or_new_is_not():
    assert found(sources=(replace(FINE[0], needs_person=True, last_success=None),)) != []
    assert found(sources=(replace(FINE[0], last_success=None),)) == []
    assert found(sources=(replace(FINE[0], on=False, last_success=NOW - timedelta(days=9)),)) == []


def test_a_source_that_was_not_asked_since_the_worker_is_up_is_not_called_silent():
    silent = replace(FINE[0], last_success=NOW - timedelta(hours=9), last_poll=NOW - timedelta(hours=9))
    assert found(sources=(silent,), began=NOW - timedelta(minutes=1)) == []
    asked = replace(silent, last_poll=NOW)
    assert [one.rule for one in found(sources=(asked,), began=NOW - timedelta(minutes=1))] == [
        "silent bluesky"
    ]


def test_time_in_which_nobody_watched_is_told_of_afterwards():
    (alert,) = found(asleep=NOW - timedelta(hours=4))
    assert alert.title == (
        "The monitor was down from 11:40 on Monday 23 November to 15:40 on Monday 23 November"
    )


def test_it_can_be_set_to_tell_more_or_less():
    assert [one.rule for one in found(campaign=sensitive("high"), gained=[PostGain(7, 12)])] == ["rising"]
    assert found(campaign=sensitive("usual"), gained=[PostGain(7, 12)]) == []
    assert found(campaign=sensitive("low"), gained=[PostGain(7, 40)]) == []


@pytest.mark.parametrize(
    ("left", "subject"),
    [
        (29, None),
        (28, "2026-12-21 28"),
        (8, "2026-12-01 28"),
        (7, "2026-11-30 7"),
        (1, "2026-11-24 7"),
        (0, None),
    ],
)
def test_the_dissolution_of_parliament_is_told_of_four_weeks_and_one_week_before(left, subject):
    day = NOW.date() + timedelta(days=left)
    campaign = replace(watched().campaign, dissolution=Dissolution(day=day))
    raised = found(campaign=campaign)
    assert [alert.subject for alert in raised] == ([subject] if subject else [])
    assert all(f"in {left} day" in alert.title and "no share link" in alert.cause for alert in raised)


def test_no_alert_holds_a_text_or_a_name():
    loud = replace(QUESTION, id=9, metrics=Metrics(likes=900))
    said = found(
        people=joined(bluesky=50),
        gained=[PostGain(5, 500)],
        asking=[PostGain(9, 900)],
        top=(loud,),
    )
    assert len(said) == 3
    for alert in said:
        for word in ("sign this", "@heathway", "Heathway"):
            assert word not in repr(alert)


def waiting(due: date, *posts: int) -> DeskCard:
    return DeskCard(posts=posts or (1,), by="Jo", since=NOW, due=due, owner="Al")


def test_what_is_overdue_is_told_of_once_for_each_day_on_which_something_fell_due():
    cards = [waiting(date(2026, 11, 20), 1, 2), waiting(date(2026, 11, 22)), waiting(date(2026, 11, 23))]
    (alert,) = found(owed=cards)
    assert (alert.rule, alert.subject) == ("overdue", "due 2026-11-22")
    assert alert.title == "3 replies are overdue"
    assert alert.cause == "The longest has been due since Friday 20 November."
    assert alert.links == {"Reply desk": "/replies"}


def test_what_is_due_today_or_later_is_not_overdue():
    assert found(owed=[waiting(date(2026, 11, 23)), waiting(date(2026, 11, 24))]) == []
    assert found(owed=[waiting(date(2026, 11, 22))])[0].title == "1 reply is overdue"  # control
