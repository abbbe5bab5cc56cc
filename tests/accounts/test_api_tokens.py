"""Tokens of programs, and codes from phones."""

import threading
from datetime import datetime, timedelta

import pytest
from pyotp import TOTP

from monitor.accounts import Role
from monitor.core.errors import AccessError
from tests.accounts.conftest import GOOD, NOW


def test_a_token_stands_for_its_person_until_it_is_taken_away(accounts, ann):
    token = accounts.add_token(ann, " the  screen ", NOW)
    assert accounts.person_of_token(token, NOW) == ann
    [kept] = accounts.tokens(ann)
    assert (kept.name, kept.used_at) == ("the screen", NOW)
    accounts.end_token(ann, kept.id, NOW)
    assert accounts.person_of_token(token, NOW) is None


def test_a_token_is_taken_away_by_its_owner_only_and_ends_with_the_account(accounts, ann):
    bob = accounts.add("Bob", Role.EDITOR, by="Ann", now=NOW, password=GOOD)
    token = accounts.add_token(bob, "x", NOW)
    accounts.end_token(ann, accounts.tokens(bob)[0].id, NOW)
    assert accounts.person_of_token(token, NOW) == bob
    accounts.disable(bob, by="Ann", now=NOW)
    accounts.enable(bob, by="Ann", now=NOW)
    assert accounts.person_of_token(token, NOW) is None


def test_a_new_password_shuts_what_programs_could_open(accounts, ann):
    token = accounts.add_token(ann, "the screen", NOW)
    accounts.set_password(ann, "another good long one", by="Ann", now=NOW)
    assert accounts.person_of_token(token, NOW) is None


def test_a_token_needs_a_name_and_there_are_not_endlessly_many(accounts, ann):
    with pytest.raises(AccessError, match="Give the token a name"):
        accounts.add_token(ann, "  ", NOW)
    for n in range(20):
        accounts.add_token(ann, f"program {n}", NOW)
    with pytest.raises(AccessError, match="already have 20 tokens"):
        accounts.add_token(ann, "one more", NOW)


def test_a_token_cannot_be_read_from_the_file(accounts, ann, tmp_path):
    token = accounts.add_token(ann, "the screen", NOW)
    accounts.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"the screen" in stored
    assert token.encode() not in stored


def code(secret: str, at: datetime) -> str:
    return TOTP(secret).at(at)


@pytest.fixture
def phone(accounts, ann):
    """Return the secret of Ann's phone, whose codes are asked for, and the spare ones."""
    secret = accounts.phone(ann)
    return secret, accounts.switch_on(ann, code(secret, NOW), NOW)


def test_a_phone_is_set_up_by_its_first_code(accounts, ann):
    secret = accounts.phone(ann)
    assert accounts.phone(ann) == secret  # a reload shows the same picture
    with pytest.raises(AccessError, match="not right"):
        accounts.switch_on(ann, "000000", NOW)
    assert not accounts.person("Ann").two_steps
    assert len(set(accounts.switch_on(ann, code(secret, NOW), NOW))) == 8
    assert accounts.person("Ann").two_steps
    assert "Calling" in accounts.phone_address(ann, secret, "Calling Time on Crime")


def test_a_code_works_once_also_at_the_same_time(accounts, ann, phone):
    now = NOW + timedelta(seconds=30)
    passed = []
    tries = [
        threading.Thread(target=lambda: passed.append(accounts.passes(ann, code(phone[0], now), now)))
        for _ in range(4)
    ]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert passed.count(True) == 1
    assert accounts.passes(ann, code(phone[0], NOW), now) is False  # an earlier one neither


@pytest.mark.parametrize(
    ("seconds", "right"), [(-90, False), (-30, False), (30, True), (60, True), (120, False)]
)
def test_a_phones_clock_may_be_wrong_by_half_a_minute(accounts, ann, phone, seconds, right):
    now = NOW + timedelta(seconds=30)
    assert accounts.passes(ann, code(phone[0], NOW + timedelta(seconds=seconds)), now) is right


def test_a_spare_code_works_once_however_it_is_typed(accounts, ann, phone):
    spare = phone[1][3]
    assert accounts.passes(ann, f" {spare.upper().replace('-', ' ')} ", NOW) is True
    assert accounts.passes(ann, spare, NOW) is False


def test_codes_cannot_be_guessed_quickly(accounts, ann, phone):
    answers = [accounts.passes(ann, f"{n:06}", NOW) for n in range(20)]
    assert answers[:5] == [False] * 5
    assert all(isinstance(answer, datetime) for answer in answers[5:])


def test_without_a_phone_codes_are_not_asked_for_and_none_is_right(accounts, ann, phone):
    session = accounts.begin(ann, "Firefox", NOW)
    accounts.switch_off(ann, by="the console", now=NOW)
    assert not accounts.person("Ann").two_steps
    assert accounts.session(session, NOW) is None
    later = NOW + timedelta(minutes=1)
    assert accounts.passes(ann, code(phone[0], later), later) is False
    assert accounts.passes(ann, phone[1][0], later) is False
    assert accounts.passes(ann, "", later) is False
