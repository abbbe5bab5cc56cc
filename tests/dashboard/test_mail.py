"""The pages about mail: who gets it, what became of it, and the link to get no more."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes

import pytest

from dashboard import create_app
from dashboard.mail.services import MailServices
from monitor.accounts import Accounts, Role
from monitor.mail.store import MailStore, RaisedAlert
from tests.dashboard.reports import some_services
from tests.mail.messages import MINUTE, NOW, states, with_mail
from tests.mail.week_decider import Time, a_campaign, a_weekly

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def weekly(tmp_path):
    made = a_weekly(MailStore.open(tmp_path / "access.db"), Time(NOW))
    with_mail(made.store, made.key)
    return made


@pytest.fixture
def client(weekly):
    return app(weekly).test_client()


def app(weekly, **more):
    services = some_services(campaign=weekly.campaign, now=lambda: NOW)
    return create_app(
        services, mail_services=MailServices(weekly=weekly, out="No mail server is set."), **more
    )


def key(weekly, n=0):
    return weekly.store.subscriptions("digest")[n].key


def works(weekly, n=0):
    return weekly.store.subscriptions("digest")[n].works


def test_looking_at_the_page_to_leave_changes_nothing_and_its_button_does(client, weekly):
    page = client.get(f"/mail/{key(weekly)}")
    assert "You are subscribed" in page.text
    assert works(weekly)
    left = client.post(f"/mail/{key(weekly)}", data={"do": "leave"}, headers=OURS)
    assert "you are unsubscribed" in left.text
    assert not works(weekly)
    again = client.post(f"/mail/{key(weekly)}", data={"do": "join"}, headers=OURS)
    assert "you are subscribed" in again.text
    assert works(weekly)


def test_a_mail_program_leaves_with_one_click_without_signing_in_and_is_not_sent_elsewhere(tmp_path, weekly):
    accounts = Accounts.open(tmp_path / "access.db")
    accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password="three odd words")
    elsewhere = app(weekly, accounts=accounts).test_client()
    assert elsewhere.get("/reports/mail").status_code == 303  # everything else asks to sign in
    answer = elsewhere.post(f"/mail/{key(weekly)}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert not works(weekly)


def test_the_page_says_no_whole_address_and_an_unknown_link_nothing(client, weekly):
    page = client.get(f"/mail/{key(weekly)}").text
    assert "a…@example.org" in page
    assert "ann@example.org" not in page
    assert client.get("/mail/unknown").status_code == 404
    assert client.post("/mail/unknown", headers=OURS).status_code == 404


def test_who_asks_gets_a_mail_first_and_the_weekly_one_after_a_button(client, weekly):
    answer = client.post(
        "/reports/mail/ask", data={"address": "Dan@example.org ", "kind": "digest"}, headers=OURS
    )
    assert answer.status_code == 303
    assert "Press the button in it" in client.get(answer.location).text
    client.post(
        "/reports/mail/ask", data={"address": "dan@example.org", "kind": "digest"}, headers=OURS
    )  # twice: one mail
    waiting = [one for one in weekly.store.deliveries(weekly.key) if one.kind == "welcome"]
    assert [one.address for one in waiting] == ["dan@example.org"]
    assert "dan@example.org" not in [one.address for one in weekly.readers()]
    claimed = [weekly.store.claim(NOW) for _ in range(9)]
    mail = message_from_bytes(next(one for one in claimed if one and one.kind == "welcome").body)
    asked = weekly.store.ask("digest", "dan@example.org", by="x", now=NOW)
    assert f"https://dash.example.org/mail/{asked.key}" in mail.get_payload(decode=True).decode()
    assert "Would you like the weekly mail?" in client.get(f"/mail/{asked.key}").text
    client.post(f"/mail/{asked.key}", data={"do": "join"}, headers=OURS)
    assert "dan@example.org" in [one.address for one in weekly.readers()]


def test_what_is_no_address_is_refused_and_stays_in_the_form(client):
    answer = client.post("/reports/mail/ask", data={"address": "<b>dan", "kind": "digest"}, headers=OURS)
    assert answer.status_code == 422
    assert "is not an e-mail address" in answer.text
    assert 'value="&lt;b&gt;dan"' in answer.text


def test_the_office_sees_each_week_each_mail_and_each_reader(client):
    page = client.get("/reports/mail").text
    for said in ("9 to 15 November 2026", "Nobody was on the list.", "on its way", "451 greylisted",
                 "550 no such user", "unsubscribed", "in the campaign file",
                 "asked to confirm, no answer yet", "The next weekly mail is due on",
                 "No mail server is set.", "Subject:"):  # fmt: skip
        assert said in page


def test_viewers_see_no_addresses_and_may_ask_for_themselves_only(tmp_path, weekly):
    accounts = Accounts.open(tmp_path / "access.db")
    accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password="three odd words")
    accounts.add("Vic", Role.VIEWER, by="Ann", now=NOW, password="three odd words")
    viewer = app(weekly, accounts=accounts).test_client()
    viewer.set_cookie("monitor", accounts.begin(accounts.person("Vic"), "Firefox", NOW))
    page = viewer.get("/reports/mail").text
    assert "9 to 15 November 2026" in page
    assert "@example.org" not in page.replace("office@example.org", "")
    assert "No mail server is set." not in page  # nor where mails are saved on this computer
    for path in ("readers/1/drop", "1/resend"):
        assert viewer.post(f"/reports/mail/{path}", headers=OURS).status_code == 403
    assert (
        viewer.post(
            "/reports/mail/ask", data={"address": "vic@example.org", "kind": "alerts"}, headers=OURS
        ).status_code
        == 303
    )


def test_the_office_takes_somebody_off_and_sends_a_mail_again(client, weekly):
    client.post(f"/reports/mail/readers/{weekly.store.subscriptions('digest')[0].id}/drop", headers=OURS)
    assert not works(weekly)
    stopped = next(one for one in weekly.store.deliveries(weekly.key) if one.state == "stopped")
    assert client.post(f"/reports/mail/{stopped.id}/resend", headers=OURS).status_code == 303
    assert states(weekly.store)[stopped.address] == "queued"
    again = client.post(f"/reports/mail/{stopped.id}/resend", headers=OURS)
    assert again.status_code == 422
    assert "on its way" in again.text


def test_nothing_but_the_readers_own_button_is_pressed_from_another_site(client, weekly):
    evil = {"Sec-Fetch-Site": "cross-site"}
    for path in ("ask", "readers/1/drop", "1/resend"):
        assert client.post(f"/reports/mail/{path}", headers=evil).status_code == 403
    assert works(weekly)


def test_links_that_open_here_only_are_said_to(weekly):
    here = replace(weekly, campaign=a_campaign(address="http://127.0.0.1:8000"))
    assert "only work on this computer" in app(here).test_client().get("/reports/mail").text
    assert "only work on this computer" not in app(weekly).test_client().get("/reports/mail").text


def test_without_mail_there_is_no_page_and_no_link_to_it():
    bare = create_app(some_services()).test_client()
    assert bare.get("/reports/mail").status_code == 404
    assert "/reports/mail" not in bare.get("/reports").text


def test_alerts_are_asked_for_apart_and_those_raised_are_shown(client, weekly):
    told = RaisedAlert(rule="burst", subject="x", title="14 people posted; usually 2", at=NOW)
    weekly.store.raise_alert(weekly.key, told, [], pause=MINUTE, next_at=NOW, until=NOW)
    assert "14 people posted; usually 2" in client.get("/reports/mail").text
    client.post("/reports/mail/ask", data={"address": "dan@example.org", "kind": "alerts"}, headers=OURS)
    (asked,) = weekly.store.subscriptions("alerts")
    assert "Would you like alerts?" in client.get(f"/mail/{asked.key}").text
    client.post(f"/mail/{asked.key}", data={"do": "join"}, headers=OURS)
    assert weekly.store.subscriptions("alerts")[0].works
    assert "dan@example.org" not in [one.address for one in weekly.readers()]
    wrong = client.post("/reports/mail/ask", data={"address": "dan@example.org", "kind": "x"}, headers=OURS)
    assert (wrong.status_code, "Choose the weekly mail or alerts" in wrong.text) == (422, True)


def test_a_demo_says_that_it_is_one_and_delivers_at_once(weekly, tmp_path):
    hurried = []
    services = some_services(campaign=weekly.campaign, now=lambda: NOW)
    made = MailServices(weekly=weekly, out="This is a demo.", demo=True, hurry=lambda: hurried.append(1))
    client = create_app(services, mail_services=made).test_client()
    client.post("/reports/mail/ask", data={"address": "dan@example.org", "kind": "digest"}, headers=OURS)
    assert hurried == [1]
    for path in ("/reports/mail", f"/mail/{key(weekly)}"):
        assert "Made-up data" in client.get(path).text
    with closing(Accounts.open(tmp_path / "access.db")) as accounts:
        app = create_app(some_services(), accounts=accounts, mail_services=made)
        assert "Made-up data" in app.test_client().get("/shares").text


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("at", "heading"),
    [
        (datetime(2026, 11, 30, 5, 0, tzinfo=UTC), "23 to 29 November 2026, to be sent Mon 30 Nov, 08:00"),
        (datetime(2026, 11, 30, 9, 0, tzinfo=UTC), "23 to 29 November 2026"),
        (datetime(2026, 12, 3, 9, 0, tzinfo=UTC), "23 to 29 November 2026"),
    ],
    ids=["before it is sent", "after", "later that week"],
)
def test_the_preview_is_of_the_week_that_is_over_also_before_it_is_sent(weekly, at, heading):
    services = some_services(campaign=weekly.campaign, now=lambda: at)
    made = create_app(services, mail_services=MailServices(weekly=weekly, out=""))
    page = made.test_client().get("/reports/mail").text
    assert f"The mail for {heading}, as text" in page
