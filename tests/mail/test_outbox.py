from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.errors import AccessError
from monitor.mail.store import Decided
from tests.mail.messages import CAMPAIGN, LATER, MINUTE, NOW, a_mail, put, states


def test_a_mail_is_put_in_once_for_its_period_and_reader(room):
    first = a_mail()
    assert put(room, first, a_mail("bob@example.org")) == 2
    assert put(room, replace(first, body=b"other", message_id="<other@x>")) == 0
    assert put(room, a_mail(period="2026-W48")) == 1
    assert room.claim(NOW).body == first.body


def test_a_mail_is_claimed_by_one_only_and_oldest_first(room):
    put(room, a_mail(), a_mail("bob@example.org"))
    one, other = room.claim(NOW), room.claim(NOW)
    assert (one.address, other.address) == ("ann@example.org", "bob@example.org")
    assert room.claim(NOW) is None


def test_a_claim_of_somebody_who_died_is_taken_back_after_ten_minutes(room):
    put(room, a_mail())
    dead = room.claim(NOW)
    room.tidy(NOW + 10 * MINUTE)
    assert room.claim(NOW + 10 * MINUTE) is None
    room.tidy(NOW + 11 * MINUTE)
    again = room.claim(NOW + 11 * MINUTE)
    assert again.body == dead.body
    assert not room.hand_over(dead, NOW + 11 * MINUTE)  # it was not dead: too late now
    assert room.hand_over(again, NOW + 11 * MINUTE)
    assert not room.deliveries(CAMPAIGN)[0].twice


def test_a_mail_of_which_nobody_knows_is_sent_once_more_and_marked_then_left_to_a_person(room):
    put(room, a_mail())
    for expected in ("queued", "unsure"):
        assert room.hand_over(room.claim(NOW), NOW)
        NOW_ = NOW + 11 * MINUTE
        room.tidy(NOW_)
        found = room.deliveries(CAMPAIGN)[0]
        assert (found.state, found.twice) == (expected, True)
    assert room.claim(NOW_) is None


def test_a_clock_that_was_set_back_lets_nobody_take_what_another_is_at(room):
    put(room, a_mail())
    assert room.hand_over(room.claim(NOW), NOW)
    room.tidy(NOW - timedelta(hours=3))
    assert states(room) == {"ann@example.org": "data"}


def test_a_mail_is_tried_again_when_it_is_time_and_not_before(room):
    put(room, a_mail())
    mail = room.claim(NOW)
    assert room.hand_over(mail, NOW)
    room.postpone(mail, "busy", NOW + 5 * MINUTE, NOW)
    assert room.claim(NOW + 4 * MINUTE) is None
    assert room.claim(NOW + 5 * MINUTE).tries == 2


def test_a_mail_that_could_not_go_in_time_stops_and_says_why(room):
    put(room, a_mail())
    room.postpone(room.claim(NOW), "The mail server said: 451 later", LATER + MINUTE, NOW)
    room.tidy(LATER + MINUTE)
    found = room.deliveries(CAMPAIGN)[0]
    assert found.state == "stopped"
    assert found.reason == "It could not be delivered in time. The mail server said: 451 later"


def test_the_text_of_an_old_mail_is_not_kept_and_that_of_one_that_waits_is(room):
    put(room, a_mail(), a_mail("bob@example.org"), until=NOW + timedelta(days=90))
    mail = room.claim(NOW)
    assert room.hand_over(mail, NOW)
    room.arrived(mail, NOW)
    room.tidy(NOW + timedelta(days=31))
    assert {one.address: one.is_kept for one in room.deliveries(CAMPAIGN)} == {
        "ann@example.org": False, "bob@example.org": True,
    }  # fmt: skip


def test_a_mail_is_sent_again_by_a_person_with_another_number(room):
    put(room, a_mail())
    id = room.deliveries(CAMPAIGN)[0].id
    with pytest.raises(AccessError, match="on its way"):
        room.resend(id, by="Ann", until=LATER, now=NOW)
    mail = room.claim(NOW)
    room.stop(mail, "550 no", NOW)
    room.resend(id, by="Ann", until=LATER, now=NOW)
    again = room.claim(NOW)
    assert again.message_id != mail.message_id
    assert again.body == mail.body.replace(mail.message_id.encode(), again.message_id.encode())
    assert again.body.count(again.message_id.encode()) == 1


def test_a_week_is_decided_once_and_its_mails_go_in_with_it(room):
    done = Decided(week="2026-W47", decision="sent", why="", decided_at=NOW)
    assert room.decide(CAMPAIGN, done, [a_mail()], until=LATER)
    other = replace(done, decision="late")
    assert not room.decide(CAMPAIGN, other, [a_mail("bob@example.org")], until=LATER)
    assert room.weeks(CAMPAIGN, NOW) == (done,)
    assert states(room) == {"ann@example.org": "queued"}
    assert room.decide("another-campaign", other)


def test_who_is_listed_in_the_file_gets_the_mail_and_who_is_taken_out_does_not(room):
    room.list_readers("digest", ["Ann@Example.org", "bob@example.org"], NOW)
    room.list_readers("digest", ["bob@example.org"], NOW)
    assert {one.address: one.works for one in room.subscriptions("digest")} == {
        "ann@example.org": False, "bob@example.org": True,
    }  # fmt: skip


def test_who_has_left_stays_away_whatever_the_file_says_until_they_say_yes(room):
    room.list_readers("digest", ["ann@example.org"], NOW)
    key = room.subscriptions("digest")[0].key
    room.leave(key, NOW)
    room.list_readers("digest", [], NOW)
    room.list_readers("digest", ["ann@example.org"], NOW)
    assert not room.subscription(key).works
    room.agree(key, NOW)
    assert room.subscription(key).works


def test_who_is_asked_gets_nothing_until_they_agree(room):
    asked = room.ask("digest", " Cat@example.org", by="Ann", now=NOW)
    assert not asked.works
    room.agree(asked.key, NOW)
    assert room.subscription(asked.key).works
    assert room.ask("digest", "cat@example.org", by="Ann", now=NOW).works  # asked twice: nothing is lost
    assert room.subscription("nobody's") is None


def test_one_kind_of_mail_is_left_without_the_other(room):
    room.list_readers("digest", ["ann@example.org"], NOW)
    room.list_readers("alerts", ["ann@example.org"], NOW)
    room.leave(room.subscriptions("alerts")[0].key, NOW)
    assert {one.kind: one.works for one in room.subscriptions()} == {"digest": True, "alerts": False}


def test_somebody_is_taken_off_by_the_office(room):
    room.list_readers("digest", ["ann@example.org"], NOW)
    room.drop(room.subscriptions()[0].id, by="Bob", now=NOW)
    assert not room.subscriptions()[0].works


@pytest.mark.parametrize("address", [
    "", "ann", "ann@", "@example.org", "ann@example.org\nBcc: eve@evil.example", "a b@example.org",
    "=?utf-8?q?a?=@example.org", "ann@example.org,eve@evil.example", "a..b@example.org",
    ".a@example.org", "a.@example.org", "a" * 250 + "@b.org", "ann@exämple.org",
])  # fmt: skip
def test_what_is_no_address_is_refused(room, address):
    with pytest.raises(AccessError, match="not an e-mail address"):
        room.ask("digest", address, by="Ann", now=NOW)


def test_nobody_can_make_us_write_to_a_whole_town(room):
    for n in range(50):
        room.ask("digest", f"{n}@example.org", by="Eve", now=NOW)
    with pytest.raises(AccessError, match="50 people have been asked"):
        room.ask("digest", "51@example.org", by="Eve", now=NOW)


def test_who_leaves_is_sent_nothing_that_waits_and_is_not_asked_again_for_a_month(room):
    room.list_readers("digest", ["ann@example.org", "bob@example.org"], NOW)
    put(room, a_mail(), a_mail("bob@example.org"))
    room.leave(room.subscriptions("digest")[0].key, NOW)
    room.drop(room.subscriptions("digest")[1].id, by="Jo", now=NOW)
    assert set(states(room).values()) == {"stopped"}
    with pytest.raises(AccessError, match="has left"):
        room.ask("digest", "ann@example.org", by="Vic", now=NOW + timedelta(days=29))
    assert not room.ask("digest", "ann@example.org", by="Vic", now=NOW + timedelta(days=31)).works


def test_who_did_not_answer_for_a_fortnight_keeps_nobody_else_out(room):
    for n in range(50):
        room.ask("digest", f"{n}@example.org", by="Eve", now=NOW)
    assert room.ask("digest", "new@example.org", by="Ann", now=NOW + timedelta(days=15))


def test_what_a_clock_that_was_years_ahead_decided_is_decided_again(room):
    ahead = NOW + timedelta(days=2000)
    wrong = Decided(week="2026-W48", decision="skipped", why="", decided_at=ahead)
    assert room.decide(CAMPAIGN, wrong)
    assert room.weeks(CAMPAIGN, NOW) == ()
    right = replace(wrong, decision="sent", decided_at=NOW)
    assert room.decide(CAMPAIGN, right, [a_mail()], until=LATER)
    assert not room.decide(CAMPAIGN, replace(right, decided_at=NOW - timedelta(hours=3)))
    assert room.weeks(CAMPAIGN, NOW) == (right,)


def test_a_claim_by_a_clock_that_was_ahead_is_taken_back_at_once(room):
    put(room, a_mail())
    dead = room.claim(NOW + timedelta(hours=5))
    room.tidy(NOW)
    assert room.claim(NOW).tries == dead.tries + 1
    assert not room.hand_over(dead, NOW)


def test_a_mail_that_may_have_arrived_is_never_said_not_to_have(room):
    put(room, a_mail())
    assert room.hand_over(room.claim(NOW), NOW)
    room.tidy(LATER + MINUTE)  # too late to send it once more
    assert room.deliveries(CAMPAIGN)[0].state == "unsure"
