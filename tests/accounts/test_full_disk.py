"""While the file of accounts can only be read, people stay signed in, and whoever has a password gets in."""

from datetime import timedelta

import pytest
from pyotp import TOTP

from monitor.accounts import Accounts, Role
from monitor.accounts.oidc_state import OidcState
from monitor.core.errors import StorageError, TooManyTriesError, WrongPasswordError
from tests.accounts.conftest import GOOD, NOW
from tests.disks import no_room

LATER = NOW + timedelta(hours=3)


def entered(accounts, password=GOOD, now=NOW):
    return accounts.enter("Ann", password, address="192.0.2.1", now=now)


def test_whoever_is_signed_in_stays_so_for_as_long_as_they_look_around(accounts, ann):
    token = accounts.begin(ann, "Firefox", NOW)
    with no_room():
        for minutes in range(0, 180, 20):
            assert accounts.session(token, NOW + timedelta(minutes=minutes)).person == ann
    assert accounts.session(token, LATER) is not None  # and when there is room again
    assert accounts.session(token, LATER + timedelta(minutes=31)) is None


def test_whoever_signs_in_is_in_and_their_use_and_the_trail_are_stored_later(accounts, ann, tmp_path):
    with no_room():
        token = accounts.begin(entered(accounts), "Firefox", NOW)
        assert accounts.session(token, NOW).person == ann
        assert [one.device for one in accounts.sessions(ann, NOW)] == ["Firefox"]
        accounts.note("Ann", "did something", NOW)
    accounts.note("Ann", "did something else", NOW)
    other = Accounts.open(tmp_path / "access.db")
    assert other.session(token, NOW).person == ann
    assert [entry.what for entry in other.trail()][:3] == [
        "did something else",
        "did something",
        "signed in (Firefox)",
    ]
    other.close()


def test_wrong_passwords_are_refused_and_counted(accounts, ann):
    with no_room():
        for _ in range(5):
            with pytest.raises(WrongPasswordError):
                entered(accounts, "wrong words")
        with pytest.raises(TooManyTriesError):
            entered(accounts)
    with pytest.raises(TooManyTriesError):  # they count when there is room again
        entered(accounts)


@pytest.mark.parametrize("by_another", ["nothing", "a change of the file"])
def test_a_code_from_a_phone_that_was_used_on_a_full_disk_is_used_up(accounts, ann, tmp_path, by_another):
    phone, before = TOTP(accounts.phone(ann)), NOW - timedelta(minutes=5)
    accounts.switch_on(ann, phone.at(before), before)
    with no_room():
        assert accounts.passes(ann, phone.at(NOW), NOW) is True
    if by_another != "nothing":
        other = Accounts.open(tmp_path / "access.db")
        other.note("Bob", "looks around", NOW)
        other.close()
    accounts.note("Ann", "looks around", NOW)
    assert accounts.passes(ann, phone.at(NOW), NOW) is False


def test_whoever_left_to_sign_in_elsewhere_on_a_full_disk_may_come_back_later(accounts, ann):
    left = OidcState(state="s", nonce="n", verifier="v", onward="/")
    with no_room():
        accounts.keep(left, NOW)
    accounts.note("Ann", "looks around", NOW)
    assert accounts.redeem("s", NOW) == left
    assert accounts.redeem("s", NOW) is None


@pytest.mark.parametrize("is_stored", [True, False])
def test_whoever_signs_out_is_out_at_once_and_for_good(accounts, ann, tmp_path, is_stored):
    token = accounts.begin(ann, "Firefox", NOW) if is_stored else None
    with no_room():
        token = token or accounts.begin(ann, "Firefox", NOW)
        accounts.end(token)
        assert accounts.session(token, NOW) is None
        assert accounts.sessions(ann, NOW) == ()
    assert accounts.session(token, NOW) is None
    accounts.note("Ann", "looks around", NOW)
    other = Accounts.open(tmp_path / "access.db")
    assert other.session(token, NOW) is None
    other.close()


@pytest.mark.parametrize("ends", ["disable", "set_role", "end_all"])
def test_what_ends_sessions_elsewhere_ends_those_in_memory(accounts, ann, tmp_path, ends):
    bob = accounts.add("Bob", Role.VIEWER, by="Ann", now=NOW, password=GOOD)
    with no_room():
        token = accounts.begin(bob, "Firefox", NOW)
        assert accounts.session(token, NOW)
    other = Accounts.open(tmp_path / "access.db")
    words = {"role": Role.EDITOR} if ends == "set_role" else {}
    getattr(other, ends)(bob, **words, by="Ann", now=NOW)
    other.close()
    assert accounts.session(token, NOW) is None
    accounts.note("Ann", "looks around", NOW)  # nor does a later write bring it back, but what was done
    assert accounts.session(token, NOW) is None
    assert [entry.what for entry in accounts.trail()[:2]] == ["looks around", "signed in (Firefox)"]


def test_control_a_copy_that_outlives_a_change_of_the_file_is_noticed(accounts, ann, tmp_path, monkeypatch):
    monkeypatch.setattr(type(accounts), "_is_copy_current", lambda self: True)
    with pytest.raises(AssertionError):
        test_what_ends_sessions_elsewhere_ends_those_in_memory(accounts, ann, tmp_path, "end_all")


@pytest.mark.parametrize("is_stored", [True, False])
def test_whoever_signs_out_stays_out_if_another_program_changes_the_file(accounts, ann, tmp_path, is_stored):
    tokens = [accounts.begin(ann, "Firefox", NOW)] if is_stored else []
    stays = accounts.begin(ann, "Chrome", NOW)
    with no_room():
        tokens = tokens or [accounts.begin(ann, "Firefox", NOW)]
        accounts.end(tokens[0])
    other = Accounts.open(tmp_path / "access.db")
    other.note("Ann", "something else", NOW)
    assert (accounts.session(tokens[0], NOW), accounts.session(stays, NOW).person) == (None, ann)
    accounts.note("Ann", "looks around", NOW)
    assert (other.session(tokens[0], NOW), other.session(stays, NOW).person) == (None, ann)
    other.close()


def test_nobody_without_a_session_makes_a_copy(accounts, ann):
    with no_room():
        for number in range(9):
            accounts.end(f"made up {number}")
    assert accounts._copy is None


def test_what_people_change_of_accounts_is_refused_and_not_half_done(accounts, ann):
    with no_room(), pytest.raises(StorageError):
        accounts.set_password(ann, "other odd words", by="Ann", now=NOW)
    assert entered(accounts) == ann
