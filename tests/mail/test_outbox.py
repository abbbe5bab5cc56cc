from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.errors import AccessError
from monitor.mail.store import DigestRun
from tests.mail.messages import CAMPAIGN, LATER, MINUTE, NOW, a_mail, put, states


def test_a_mail_is_put_in_once_for_its_period_and_reader(store):
    first = a_mail()
    assert put(store, first, a_mail("bob@example.org")) == 2
    assert put(store, replace(first, body=b"other", message_id="<other@x>")) == 0
    assert put(store, a_mail(period="2026-W48")) == 1
    assert store.claim(NOW).body == first.body


def test_a_mail_is_claimed_by_one_only_and_oldest_first(store):
    put(store, a_mail(), a_mail("bob@example.org"))
    one, other = store.claim(NOW), store.claim(NOW)
    assert (one.address, other.address) == ("ann@example.org", "bob@example.org")
    assert store.claim(NOW) is None


def test_a_claim_of_somebody_who_died_is_taken_back_after_ten_minutes(store):
    put(store, a_mail())
    dead = store.claim(NOW)
    store.tidy(NOW + 10 * MINUTE)
    assert store.claim(NOW + 10 * MINUTE) is None
    store.tidy(NOW + 11 * MINUTE)
    again = store.claim(NOW + 11 * MINUTE)
    assert again.body == dead.body
    assert not store.hand_over(dead, NOW + 11 * MINUTE)  # it was not dead: too late now
    assert store.hand_over(again, NOW + 11 * MINUTE)
    assert not store.deliveries(CAMPAIGN)[0].twice


def test_a_mail_of_which_nobody_knows_is_sent_once_more_and_marked_then_left_to_a_person(store):
    put(store, a_mail())
    for expected in ("queued", "unsure"):
        assert store.hand_over(store.claim(NOW), NOW)
        NOW_ = NOW + 11 * MINUTE
        store.tidy(NOW_)
        found = store.deliveries(CAMPAIGN)[0]
        assert (found.state, found.twice) == (expected, True)
    assert store.claim(NOW_) is None


def test_a_clock_that_was_set_back_lets_nobody_take_what_another_is_at(store):
    put(store, a_mail())
    assert store.hand_over(store.claim(NOW), NOW)
    store.tidy(NOW - timedelta(hours=3))
    assert states(store) == {"ann@example.org": "data"}


def test_a_mail_is_tried_again_when_it_is_time_and_not_before(store):
    put(store, a_mail())
    mail = store.claim(NOW)
    assert store.hand_over(mail, NOW)
    store.postpone(mail, "busy", NOW + 5 * MINUTE, NOW)
    assert store.claim(NOW + 4 * MINUTE) is None
    assert store.claim(NOW + 5 * MINUTE).tries == 2


def test_a_mail_that_could_not_go_in_time_stops_and_says_why(store):
    put(store, a_mail())
    store.postpone(store.claim(NOW), "The mail server answered: 451 later", LATER + MINUTE, NOW)
    store.tidy(LATER + MINUTE)
    found = store.deliveries(CAMPAIGN)[0]
    assert found.state == "stopped"
    assert found.reason == "It could not be delivered in time. The mail server answered: 451 later"


def test_the_text_of_an_old_mail_is_not_kept_and_that_of_one_that_waits_is(store):
    put(store, a_mail(), a_mail("bob@example.org"), until=NOW + timedelta(days=90))
    mail = store.claim(NOW)
    assert store.hand_over(mail, NOW)
    store.arrived(mail, NOW)
    store.tidy(NOW + timedelta(days=31))
    assert {one.address: one.is_kept for one in store.deliveries(CAMPAIGN)} == {
        "ann@example.org": False, "bob@example.org": True,
    }  # fmt: skip


def test_a_mail_is_sent_again_by_a_person_with_another_number(store):
    put(store, a_mail())
    id = store.deliveries(CAMPAIGN)[0].id
    with pytest.raises(AccessError, match="on its way"):
        store.resend(id, by="Ann", until=LATER, now=NOW)
    mail = store.claim(NOW)
    store.stop(mail, "550 no", NOW)
    store.resend(id, by="Ann", until=LATER, now=NOW)
    again = store.claim(NOW)
    assert again.message_id != mail.message_id
    assert again.body == mail.body.replace(mail.message_id.encode(), again.message_id.encode())
    assert again.body.count(again.message_id.encode()) == 1


def test_a_week_is_decided_once_and_its_mails_go_in_with_it(store):
    done = DigestRun(week="2026-W47", decision="sent", why="", decided_at=NOW)
    assert store.decide(CAMPAIGN, done, [a_mail()], until=LATER)
    other = replace(done, decision="late")
    assert not store.decide(CAMPAIGN, other, [a_mail("bob@example.org")], until=LATER)
    assert store.weeks(CAMPAIGN, NOW) == (done,)
    assert states(store) == {"ann@example.org": "queued"}
    assert store.decide("another-campaign", other)


def test_who_is_listed_in_the_file_gets_the_mail_and_who_is_taken_out_does_not(store):
    store.list_readers("digest", ["Ann@Example.org", "bob@example.org"], NOW)
    store.list_readers("digest", ["bob@example.org"], NOW)
    assert {one.address: one.works for one in store.subscriptions("digest")} == {
        "ann@example.org": False, "bob@example.org": True,
    }  # fmt: skip


def test_who_has_left_stays_away_whatever_the_file_says_until_they_say_yes(store):
    store.list_readers("digest", ["ann@example.org"], NOW)
    key = store.subscriptions("digest")[0].key
    store.leave(key, NOW)
    store.list_readers("digest", [], NOW)
    store.list_readers("digest", ["ann@example.org"], NOW)
    assert not store.subscription(key).works
    store.agree(key, NOW)
    assert store.subscription(key).works


def test_who_is_asked_gets_nothing_until_they_agree(store):
    asked = store.ask("digest", " Cat@example.org", by="Ann", now=NOW)
    assert not asked.works
    store.agree(asked.key, NOW)
    assert store.subscription(asked.key).works
    assert store.ask("digest", "cat@example.org", by="Ann", now=NOW).works  # asked twice: nothing is lost
    assert store.subscription("nobody's") is None


def test_one_kind_of_mail_is_left_without_the_other(store):
    store.list_readers("digest", ["ann@example.org"], NOW)
    store.list_readers("alerts", ["ann@example.org"], NOW)
    store.leave(store.subscriptions("alerts")[0].key, NOW)
    assert {one.kind: one.works for one in store.subscriptions()} == {"digest": True, "alerts": False}


def test_somebody_is_taken_off_by_the_office(store):
    store.list_readers("digest", ["ann@example.org"], NOW)
    store.drop(store.subscriptions()[0].id, by="Bob", now=NOW)
    assert not store.subscriptions()[0].works


@pytest.mark.parametrize("address", [
    "", "ann", "ann@", "@example.org", "ann@example.org\nBcc: eve@evil.example", "a b@example.org",
    "=?utf-8?q?a?=@example.org", "ann@example.org,eve@evil.example", "a..b@example.org",
    ".a@example.org", "a.@example.org", "a" * 250 + "@b.org", "ann@exämple.org",
])  # fmt: skip
def test_what_is_no_address_is_refused(store, address):
    with pytest.raises(AccessError, match="not an e-mail address"):
        store.ask("digest", address, by="Ann", now=NOW)


def test_nobody_can_make_us_write_to_a_whole_town(store):
    for n in range(50):
        store.ask("digest", f"{n}@example.org", by="Eve", now=NOW)
    with pytest.raises(AccessError, match="50 people have been asked"):
        store.ask("digest", "51@example.org", by="Eve", now=NOW)


def test_who_leaves_is_sent_nothing_that_waits_and_is_not_asked_again_for_a_month(store):
    store.list_readers("digest", ["ann@example.org", "bob@example.org"], NOW)
    put(store, a_mail(), a_mail("bob@example.org"))
    store.leave(store.subscriptions("digest")[0].key, NOW)
    store.drop(store.subscriptions("digest")[1].id, by="Jo", now=NOW)
    assert set(states(store).values()) == {"stopped"}
    with pytest.raises(AccessError, match="unsubscribed"):
        store.ask("digest", "ann@example.org", by="Vic", now=NOW + timedelta(days=29))
    assert not store.ask("digest", "ann@example.org", by="Vic", now=NOW + timedelta(days=31)).works


def test_who_did_not_answer_for_a_fortnight_keeps_nobody_else_out(store):
    for n in range(50):
        store.ask("digest", f"{n}@example.org", by="Eve", now=NOW)
    assert store.ask("digest", "new@example.org", by="Ann", now=NOW + timedelta(days=15))


def test_what_a_clock_that_was_years_ahead_decided_is_decided_again(store):
    ahead = NOW + timedelta(days=2000)
    wrong = DigestRun(week="2026-W48", decision="skipped", why="", decided_at=ahead)
    assert store.decide(CAMPAIGN, wrong)
    assert store.weeks(CAMPAIGN, NOW) == ()
    right = replace(wrong, decision="sent", decided_at=NOW)
    assert store.decide(CAMPAIGN, right, [a_mail()], until=LATER)
    assert not store.decide(CAMPAIGN, replace(right, decided_at=NOW - timedelta(hours=3)))
    assert store.weeks(CAMPAIGN, NOW) == (right,)


def test_a_claim_by_a_clock_that_was_ahead_is_taken_back_at_once(store):
    put(store, a_mail())
    dead = store.claim(NOW + timedelta(hours=5))
    store.tidy(NOW)
    assert store.claim(NOW).tries == dead.tries + 1
    assert not store.hand_over(dead, NOW)


def test_a_mail_that_may_have_arrived_is_never_said_not_to_have(store):
    put(store, a_mail())
    assert store.hand_over(store.claim(NOW), NOW)
    store.tidy(LATER + MINUTE)  # too late to send it once more
    assert store.deliveries(CAMPAIGN)[0].state == "unsure"
