"""The register of what people ask about their data, and the days by which the law wants an answer."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.accounts import privacy_requests
from monitor.accounts.privacy_requests import LONGEST, REQUESTS, last_day
from monitor.archive.erasure.data_subject import DataSubject
from monitor.backup.mail_erasure import MailErasure
from monitor.core.errors import AccessError
from tests.accounts.conftest import NOW

TODAY = date(2026, 11, 22)


def ask(accounts, kind="access", text="What do you have about @ann?", today=TODAY):
    return accounts.ask(kind, text, received=today, by="the form", now=NOW)


def handle(accounts, number, act):
    return accounts.handle(number, act, today=TODAY, by="Ann", now=NOW)


@pytest.mark.parametrize(
    ("kind", "received", "due"),
    [
        ("access", date(2026, 11, 22), date(2026, 12, 22)),
        ("erasure", date(2026, 12, 22), date(2027, 1, 22)),
        ("objection", date(2027, 1, 31), date(2027, 2, 28)),
        ("access", date(2028, 1, 31), date(2028, 2, 29)),
        ("question", date(2026, 8, 31), date(2026, 9, 30)),
        ("complaint", date(2026, 11, 1), date(2026, 11, 30)),
        ("complaint", date(2027, 2, 1), date(2027, 3, 2)),
    ],
    ids=[
        "same day",
        "over new year",
        "short month",
        "leap year",
        "30 days",
        "30 days with the first",
        "over",
    ],
)
def test_the_last_day_is_that_of_the_law(kind, received, due):
    assert last_day(kind, received) == due


def test_a_request_is_open_with_its_last_day_until_it_is_answered(accounts):
    number = ask(accounts)
    [request] = accounts.requests()
    assert (request.id, request.kind, request.received, request.due, request.closed) == (
        number, "access", TODAY, date(2026, 12, 22), None
    )  # fmt: skip
    assert handle(accounts, number, "close")
    assert accounts.requests()[0].closed == TODAY
    assert not handle(accounts, number, "close")


def test_a_number_does_not_tell_how_many_requests_there_were(accounts, monkeypatch):
    drawn = iter([7, 7, 9])
    monkeypatch.setattr(privacy_requests, "randbelow", lambda most: next(drawn))
    assert [ask(accounts), ask(accounts)] == [100_007, 100_009]


def test_a_complaint_that_was_confirmed_has_no_fixed_day_any_more(accounts):
    number = ask(accounts, "complaint")
    assert handle(accounts, number, "confirm")
    [request] = accounts.requests()
    assert (request.due, request.closed, request.is_urgent(date(2030, 1, 1))) == (None, None, False)


def test_what_is_due_soonest_stands_first_and_what_is_answered_last(accounts):
    late, soon, done = (ask(accounts, today=TODAY - timedelta(days=ago)) for ago in (0, 25, 40))
    handle(accounts, done, "close")
    assert [request.id for request in accounts.requests()] == [soon, late, done]
    assert [request.is_urgent(TODAY) for request in accounts.requests()] == [True, False, False]


def test_a_request_can_be_removed_and_the_log_names_nobody(accounts):
    number = ask(accounts)
    assert handle(accounts, number, "remove")
    assert accounts.requests() == ()
    lines = [line.what for line in accounts.trail()]
    assert lines[:2] == [f"request {number}: removed", f"request {number}: entered (access)"]
    assert not any("ann" in line.casefold() for line in lines)


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("", "x", "Choose what it is about"),
        ("x'; DROP TABLE requests", "x", "Choose what it is about"),
        ("access", " \n\t\x00 ", "Write 1 to 2,000 characters"),
        ("access", "x" * (LONGEST + 1), "These are 2,001"),
    ],
    ids=["nothing", "unknown", "empty", "long"],
)
def test_what_makes_no_request_is_refused_in_a_sentence(accounts, kind, text, says):
    with pytest.raises(AccessError, match=says):
        ask(accounts, kind, text)
    assert accounts.requests() == ()


@pytest.mark.parametrize("kind", REQUESTS)
def test_characters_that_nobody_sees_are_left_out_of_each_kind(accounts, kind):
    ask(accounts, kind, "one\x00\x1b[31m\u202e\r\ntwo")
    assert accounts.requests()[0].note == "one[31m\ntwo"


def test_an_act_that_there_is_not_is_refused(accounts):
    with pytest.raises(AccessError, match="no longer exists"):
        handle(accounts, ask(accounts), "drop")


def test_what_somebody_wrote_goes_when_they_are_erased_and_its_days_stay(accounts, tmp_path):
    number = ask(accounts)
    ask(accounts, text="What do you have about @bob?")
    third = ask(accounts, text="Ann Quill would like to know")
    before = accounts.requests()
    person = DataSubject("mastodon", "77", "ann@towns.example", "Ann Quill")
    MailErasure.open(tmp_path / "access.db").forget(person, NOW)
    after = accounts.requests()
    assert [replace(request, note="") for request in after] == [
        replace(request, note="") for request in before
    ]
    assert {request.id for request in after if "erased since" in request.note} == {number, third}
    assert b"@ann" not in (tmp_path / "access.db").read_bytes()
