"""Who has an account, which passwords are taken, and the one-time links."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.accounts import Accounts, OidcState, Role, passwords, role_of
from monitor.core.errors import AccessError
from tests.accounts.conftest import GOOD, NOW

HASHER, NOBODYS = passwords._hasher(), passwords._NOBODYS  # as they are outside of tests


def add(accounts, name, role=Role.VIEWER, password=GOOD):
    return accounts.add(name, role, by="Ann", now=NOW, password=password)


def test_the_file_is_for_its_owner_only(accounts, ann, tmp_path):
    files = [
        path for path in tmp_path.iterdir() if path.name.startswith("access.db") and path.suffix != ".lock"
    ]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "access.db").write_bytes(b"not a database, but long enough to look like a file " * 99)
    with pytest.raises(AccessError, match="cannot be opened"):
        Accounts.open(tmp_path / "access.db")


def test_a_file_of_a_newer_version_is_left_alone(accounts, tmp_path):
    with accounts._writing() as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('access', 'm999', '')"
        )
    with pytest.raises(AccessError, match="newer version"):
        Accounts.open(tmp_path / "access.db")


def test_a_name_is_one_whatever_its_case_and_spaces(accounts, ann):
    assert accounts.person("  ANN ") == ann
    with pytest.raises(AccessError, match="already an account called"):
        add(accounts, "aNN")


@pytest.mark.parametrize("name", ["", "   ", "a" * 101, "An\x00n", "An\u202en"])
def test_a_name_that_cannot_be_shown_is_refused(accounts, ann, name):
    with pytest.raises(AccessError, match="1 to 100"):
        add(accounts, name)


def test_the_first_account_is_an_admins(accounts):
    assert not accounts.anyone()
    with pytest.raises(AccessError, match="first account"):
        add(accounts, "Vic")
    add(accounts, "Ann", Role.ADMIN)
    assert accounts.anyone()


def test_the_last_admin_who_can_sign_in_stays(accounts, ann):
    invited = add(accounts, "Bob", Role.ADMIN, password=None)
    for remove in (accounts.disable, lambda *a, **k: accounts.set_role(a[0], Role.EDITOR, **k)):
        with pytest.raises(AccessError, match="last admin"):
            remove(ann, by="Ann", now=NOW)
    accounts.set_password(invited, GOOD, by="Bob", now=NOW)
    accounts.disable(ann, by="Bob", now=NOW)
    assert accounts.person("Ann").disabled
    accounts.enable(ann, by="Bob", now=NOW)
    assert not accounts.person("Ann").disabled


def test_roles_are_in_order_and_known_by_name():
    assert Role.NOBODY < Role.VIEWER < Role.EDITOR < Role.ADMIN
    assert role_of("editor") == Role.EDITOR
    for word in ("nobody", "owner", ""):
        with pytest.raises(AccessError, match="viewer, editor, admin"):
            role_of(word)


@pytest.mark.parametrize(
    "password",
    ["", "short", "password", "Password123!", "qwertyuiop", "12345678", "aaaaaaaa", "ababab ab",
     "letmein2026", "margaret77", "calling time on crime", "x" * 201],
)  # fmt: skip
def test_a_password_that_is_easily_guessed_is_refused_in_a_kind_sentence(password):
    with pytest.raises(AccessError, match=r"^That password is "):
        passwords.check(password, "Margaret.Hodge@example.org")


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse", "пароль из слов", "x1" * 40 + "yz", "🔑 and 🚪 open"]
)
def test_a_long_or_foreign_password_is_taken_and_matches_only_itself(password):
    passwords.check(password, "Ann")
    stored = passwords.hash_of(password)
    assert passwords.matches(stored, password)
    assert not passwords.matches(stored, password + "x")
    assert password not in stored


def test_the_same_letters_match_however_they_are_typed():
    assert passwords.matches(passwords.hash_of("café in Dagenham"), "cafe\u0301 in Dagenham")


def test_nobody_has_a_password_but_it_takes_the_usual_work():
    from argon2 import PasswordHasher

    assert not PasswordHasher().check_needs_rehash(NOBODYS)
    assert not HASHER.check_needs_rehash(NOBODYS)
    assert not passwords.matches(None, GOOD)
    assert not passwords.matches("not a hash", GOOD)


def test_the_first_link_makes_an_admin_and_works_once(accounts):
    token = accounts.invite(None, by="the console", now=NOW)
    assert accounts.invitation(token, NOW) == (True, None)
    with pytest.raises(AccessError, match="too short"):
        accounts.accept(token, "Ann", "short", now=NOW)
    assert accounts.accept(token, "Ann", GOOD, now=NOW).role == Role.ADMIN
    with pytest.raises(AccessError, match="has been used"):
        accounts.accept(token, "Eve", GOOD, now=NOW)
    with pytest.raises(AccessError, match="already an account"):
        accounts.invite(None, by="the console", now=NOW)


def test_the_first_link_ends_when_somebody_else_comes_first(accounts):
    token = accounts.invite(None, by="the console", now=NOW)
    add(accounts, "Ann", Role.ADMIN)
    assert accounts.invitation(token, NOW) == (False, None)


def test_a_link_ends_after_a_day_with_a_newer_one_and_when_disabled(accounts, ann):
    bob = add(accounts, "Bob", password=None)
    old, new = (accounts.invite(bob, by="Ann", now=NOW) for _ in range(2))
    assert accounts.invitation(old, NOW) == (False, None)
    assert accounts.invitation(new, NOW) == (True, bob)
    assert accounts.invitation(new, NOW + timedelta(days=1)) == (False, None)
    accounts.disable(bob, by="Ann", now=NOW)
    assert accounts.invitation(new, NOW) == (False, None)


def test_a_link_gives_a_password_and_ends_the_sessions_that_were(accounts, ann):
    bob = add(accounts, "Bob")
    session = accounts.begin(bob, "Firefox", NOW)
    token = accounts.invite(bob, by="Ann", now=NOW)
    accounts.accept(token, "ignored", "other odd words", now=NOW)
    assert accounts.session(session, NOW) is None
    assert accounts.enter("bob", "other odd words", address="::1", now=NOW).name == "Bob"


def test_what_people_do_is_on_the_trail_and_no_secret_is(accounts, ann):
    bob = add(accounts, "Bob", password=None)
    token = accounts.invite(bob, by="Ann", now=NOW)
    accounts.set_role(bob, Role.EDITOR, by="Ann", now=NOW)
    accounts.note("Ann", "took away the posts of November as XLSX", NOW)
    said = [f"{line.who} {line.what}" for line in accounts.trail()]
    assert said[0] == "Ann took away the posts of November as XLSX"
    assert said[1] == "Ann made Bob an editor"
    assert "Ann created a set-up link for Bob" in said
    assert not any(token in line for line in said)


def test_no_secret_is_in_the_file(accounts, ann, tmp_path):
    token = accounts.invite(add(accounts, "Bob", password=None), by="Ann", now=NOW)
    session = accounts.begin(ann, "Firefox", NOW)
    accounts.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Firefox" in stored  # control: what is stored is found
    assert not [secret for secret in (token, session, GOOD) if secret.encode() in stored]


def test_a_file_of_the_version_before_is_brought_up_to_date(accounts, ann, tmp_path):
    with accounts._writing() as db:
        db.execute("DROP TABLE handshakes")
        db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm002%'")
    accounts.close()
    again = Accounts.open(tmp_path / "access.db")
    again.keep(OidcState(state="s", nonce="n", verifier="v", onward="/"), NOW)
    assert again.redeem("s", NOW).verifier == "v"
    assert again.people() == (ann,)
    again.close()


def test_every_table_is_described(accounts):
    described = (Path(__file__).parents[2] / "docs/access.md").read_text()
    with accounts._reading() as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    missing = [name for name in tables if not name.startswith("_") and f"| `{name}` |" not in described]
    assert missing == []
