"""The public notice and its form, the register behind it, and the papers: who gets in, and what is said."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from docx import Document

from dashboard.mail.services import MailServices
from dashboard.pages import privacy
from dashboard.pages.privacy import TRIES
from monitor.accounts import Role, privacy_requests
from monitor.mail.store import MailStore
from monitor.privacy import PAPERS
from tests.campaigns import PAPERS as FILLED
from tests.dashboard.access.conftest import Site
from tests.mail.week_decider import Time, a_weekly

HOSTILE = "<script>alert(1)</script>\r\nBcc: all@example.org\r\n{{ 7*7 }}"
FORM = {"kind": "complaint", "text": "You keep my post.", "contact": "ann@example.org", "act": "add"}


@pytest.fixture
def office(tmp_path):
    """Return a dashboard that has mail, whose contact for privacy is filled in."""
    weekly = a_weekly(MailStore.open(tmp_path / "access.db"), Time())
    weekly = replace(weekly, campaign=replace(weekly.campaign, privacy=FILLED))
    made = Site(tmp_path, mail_services=MailServices(weekly=weekly, out="Mails go nowhere.")).with_people()
    made.weekly = weekly
    yield made
    made.accounts.close()


def send(client, **changes):
    return client.post("/privacy", data=FORM | changes)


@pytest.mark.heavy
@pytest.mark.parametrize("role", Role)
def test_everybody_reads_the_notice_and_finds_it_at_the_foot_of_each_page(site, role):
    client = site.browser(role)
    page = client.get("/privacy").text
    assert "How Calling Time on Crime uses public posts" in page
    assert FILLED.controller in page
    assert ('href="/privacy/requests"' in page) == (role == Role.ADMIN)
    assert '<a href="/privacy">Privacy</a>' in client.get("/" if role else "/login").text


@pytest.mark.heavy
def test_a_request_from_anybody_is_in_the_register_and_announced_without_their_words(office):
    answer = send(office.browser(), text=HOSTILE)
    [request] = office.accounts.requests()
    assert (answer.status_code, answer.location) == (303, f"/privacy?number={request.id}")
    assert f"Your request has number {request.id}" in office.browser().get(answer.location).text
    assert request.kind == "complaint"
    assert request.note.endswith("\n\nAnswer to: ann@example.org")
    [mail] = office.weekly.store.deliveries(office.weekly.key)
    assert (mail.kind, mail.address) == ("request", FILLED.contact)
    with office.accounts._reading() as db:
        [(body,)] = db.execute("SELECT body FROM outbox").fetchall()
    message = message_from_bytes(body, policy=policy.default)
    assert "script" not in body.decode()
    assert message["Bcc"] is None
    assert "/privacy/requests" in message.get_content()
    page = office.browser(Role.ADMIN).get("/privacy/requests").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_the_answer_to_a_form_stands_before_the_notice(site):
    done, wrong = site.browser().get(send(site.browser()).location).text, send(site.browser(), kind="x").text
    for page, words in ((done, "Thank you."), (wrong, "Choose what it is about.")):
        assert 0 < page.index(words) < page.index("Privacy notice") < page.index('id="ask"')


def test_a_register_of_very_many_is_read_page_by_page(site, monkeypatch):
    monkeypatch.setattr(privacy_requests, "MOST", 2)
    monkeypatch.setattr(privacy, "MOST", 2)
    for text in ("Canary one", "Canary two", "Canary three"):
        site.accounts.ask("complaint", text, received=site.now.date(), by="a test", now=site.now)
    first = site.browser(Role.ADMIN).get("/privacy/requests").text
    second = site.browser(Role.ADMIN).get("/privacy/requests?after=2").text
    assert (first.count("Canary"), second.count("Canary")) == (2, 1)
    assert "?after=2" in first
    assert "?after" not in second


def test_many_requests_of_a_day_are_announced_once(office):
    for _ in range(3):
        assert send(office.browser()).status_code == 303
    assert len(office.accounts.requests()) == 3
    assert len(office.weekly.store.deliveries(office.weekly.key)) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "x"}, "Choose what it is about."),
        ({"text": ""}, "Write 1 to"),
        ({"text": "x" * 3000}, "Write 1"),
    ],
    ids=["kind", "empty", "long"],
)
def test_a_form_that_lacks_something_comes_back_with_what_was_typed(site, changes, says):
    answer = send(site.browser(), **changes)
    assert (answer.status_code, says in answer.text, "ann@example.org" in answer.text) == (422, True, True)
    assert site.accounts.requests() == ()


@pytest.mark.heavy
def test_who_sends_one_after_the_other_waits_and_others_do_not(site):
    clients = [site.browser(), site.browser()]
    for client, address in zip(clients, ("198.51.100.1", "198.51.100.2"), strict=True):
        client.environ_base["REMOTE_ADDR"] = address
    for _ in range(TRIES["address"]):
        assert send(clients[0]).status_code == 303
        site.later(seconds=1)
    answer = send(clients[0])
    assert (answer.status_code, "please wait a minute" in answer.text) == (429, True)
    assert send(clients[1]).status_code == 303
    assert len(site.accounts.requests()) == TRIES["address"] + 1


@pytest.mark.heavy
def test_many_addresses_together_wait_as_well(site):
    client = site.browser()
    for number in range(TRIES["all"]):
        client.environ_base["REMOTE_ADDR"] = f"198.51.{number // 250}.{number % 250}"
        assert send(client).status_code == 303
    client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert send(client).status_code == 429


def test_a_form_on_another_site_enters_nothing(site):
    client = site.browser()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert send(client).status_code == 403
    assert site.accounts.requests() == ()


def test_a_letter_is_entered_with_the_day_on_which_it_came(site):
    admin = site.browser(Role.ADMIN)

    def enter(received):
        form = {"act": "add", "kind": "access", "text": "By letter", "received": received}
        return admin.post("/privacy/requests", data=form)

    assert enter("2026-11-10").status_code == 303
    page = admin.get("/privacy/requests").text
    assert "received Tuesday 10 November 2026" in page
    assert "Answer by Thursday 10 December 2026" in page
    for day in ("2026-11-23", "2025-11-21", "yesterday"):
        answer = enter(day)
        assert answer.status_code == 422
        assert re.search("Choose the day on which it came|is not a day", answer.text)
        assert "By letter" in answer.text
    assert admin.get("/privacy/requests").text.count("By letter") == 1


def test_the_public_form_cannot_choose_its_day(site):
    answer = send(site.browser(), received="2026-01-01")
    assert answer.status_code == 303
    assert "received Sunday 22 November" in site.browser(Role.ADMIN).get("/privacy/requests").text


def test_admins_enter_confirm_answer_and_remove(site):
    admin = site.browser(Role.ADMIN)

    def act(act, **form):
        answer = admin.post("/privacy/requests", data={"act": act} | form)
        return admin.get(answer.location).text if answer.location else answer.text

    assert "Entered in the register." in act("add", kind="complaint", text="By letter")
    number = str(site.accounts.requests()[0].id)
    assert "Confirm by Monday 21 December 2026" in admin.get("/privacy/requests").text
    assert "receipt confirmed" in act("confirm", request=number)
    assert "Confirmed; answer without undue delay." in admin.get("/privacy/requests").text
    assert "Saved: answered" in act("close", request=number)
    assert "Answered Sunday 22 November 2026." in admin.get("/privacy/requests").text
    assert "Removed." in act("remove", request=number)
    assert "already been dealt with" in act("remove", request=number)
    assert "Nobody has asked yet." in admin.get("/privacy/requests").text
    assert "no longer exists" in act("drop", request=number)
    assert "Choose what it is about." in act("add", text="x")


@pytest.mark.parametrize(("days", "is_urgent"), [(0, False), (24, True), (60, True)])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.ADMIN])
def test_the_week_tells_admins_alone_what_is_due_soon(site, role, days, is_urgent):
    site.accounts.ask(
        "access", "x", received=site.now.date() - timedelta(days=days), by="a test", now=site.now
    )
    page = site.browser(role).get("/").text
    assert ("1 privacy request to answer or confirm within a week" in page) == (
        is_urgent and role == Role.ADMIN
    )


@pytest.mark.heavy
@pytest.mark.parametrize("name", PAPERS)
def test_admins_take_each_paper_as_a_word_file_and_the_log_says_so(site, name):
    answer = site.browser(Role.ADMIN).get(f"/privacy/papers/{name}.docx")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}.docx"
    document = Document(BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert FILLED.controller in " ".join([*cells, *(part.text for part in document.paragraphs)])
    assert site.accounts.trail()[0].what == f"privacy: exported the {PAPERS[name]}"


def test_a_paper_that_there_is_not_is_not_there(site):
    assert site.browser(Role.ADMIN).get("/privacy/papers/x.docx").status_code == 404
