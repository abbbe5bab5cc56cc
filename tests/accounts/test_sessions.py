"""A session ends when we say so, whoever has a copy of its cookie."""

import os
from datetime import timedelta

import pytest

from monitor.accounts import Accounts, Role
from tests.accounts.conftest import GOOD, NOW

ENDS = {
    "signing out": lambda accounts, token, person: accounts.end(token),
    "signing out everywhere": lambda accounts, token, person: accounts.end_all(person, by="x", now=NOW),
    "another password": lambda accounts, token, person: accounts.set_password(
        person, "other odd words", by="x", now=NOW
    ),
    "disabling": lambda accounts, token, person: accounts.disable(person, by="x", now=NOW),
    "another role": lambda accounts, token, person: accounts.set_role(person, Role.EDITOR, by="x", now=NOW),
}


@pytest.fixture
def bob(accounts, ann):
    return accounts.add("Bob", Role.VIEWER, by="Ann", now=NOW, password=GOOD)


@pytest.mark.parametrize("how", ENDS)
def test_a_stolen_session_ends_with(accounts, bob, how):
    token = accounts.begin(bob, "Firefox on Windows", NOW)
    assert accounts.session(token, NOW).person == bob
    ENDS[how](accounts, token, bob)
    assert accounts.session(token, NOW) is None
    assert accounts.sessions(bob, NOW) == ()


def test_a_session_ends_when_it_is_not_used_and_lasts_while_it_is(accounts, bob):
    token = accounts.begin(bob, "Firefox", NOW)
    now = NOW
    for _ in range(4):
        now += timedelta(minutes=25)
        assert accounts.session(token, now)
    assert accounts.session(token, now + timedelta(minutes=31)) is None


def test_no_use_makes_a_session_last_beyond_its_end(accounts, bob):
    token = accounts.begin(bob, "Firefox", NOW)
    for minutes in range(0, 12 * 60, 20):
        assert accounts.session(token, NOW + timedelta(minutes=minutes))
    assert accounts.session(token, NOW + timedelta(hours=12)) is None


def test_the_limits_can_be_set(tmp_path, ann):
    short = Accounts.open(tmp_path / "access.db", idle=timedelta(minutes=5), longest=timedelta(minutes=8))
    token = short.begin(ann, "Firefox", NOW)
    assert short.session(token, NOW + timedelta(minutes=4))
    assert short.session(token, NOW + timedelta(minutes=8)) is None
    short.close()


def test_a_session_that_waits_for_a_code_is_short_and_not_listed(accounts, bob):
    token = accounts.begin(bob, "Firefox", NOW, waits=True)
    assert accounts.session(token, NOW).waits
    assert accounts.sessions(bob, NOW) == ()
    assert accounts.session(token, NOW + timedelta(minutes=5)) is None


def test_a_made_up_token_opens_nothing(accounts, bob):
    accounts.begin(bob, "Firefox", NOW)
    for token in ("", "x", "\udc80", "a" * 43, "' OR 1=1 --"):
        assert accounts.session(token, NOW) is None


def test_people_see_where_they_are_signed_in(accounts, bob):
    accounts.begin(bob, "Firefox on Windows", NOW)
    accounts.begin(bob, "Safari on iPhone", NOW + timedelta(minutes=1))
    assert [one.device for one in accounts.sessions(bob, NOW)] == ["Safari on iPhone", "Firefox on Windows"]


def test_a_child_process_opens_a_connection_of_its_own(accounts, bob):
    token = accounts.begin(bob, "Firefox", NOW)
    before = accounts._free
    child = os.fork()
    if not child:
        os._exit(0 if accounts.session(token, NOW) and accounts._free is not before else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert accounts.session(token, NOW)
