"""Guessing is slow, counted by all processes together, and does not keep the owner out for long."""

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.accounts import Role, passwords
from monitor.accounts.throttle import FREE_BY_ADDRESS, pause
from monitor.core.errors import TooManyTriesError, WrongPasswordError
from tests.accounts.conftest import GOOD, NOW

ROOT = Path(__file__).parents[2]
GUESSER = """
import sys
from datetime import datetime
from pathlib import Path
from monitor.accounts import Accounts, passwords
from monitor.core.errors import TooManyTriesError, WrongPasswordError
looked = []
real = passwords.matches
passwords.matches = lambda stored, password: looked.append(1) or real(stored, password)
accounts, now = Accounts.open(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2])
for n in range(50):
    try:
        accounts.enter("Ann", f"guess number {n}", address="192.0.2.1", now=now)
    except (TooManyTriesError, WrongPasswordError) as error:
        print(type(error).__name__)
print("looked", len(looked), file=sys.stderr)
"""


@pytest.mark.kills
def test_four_processes_guess_200_times_and_five_are_looked_at(ann, tmp_path):
    guessers = [
        subprocess.Popen(
            [sys.executable, "-c", GUESSER, str(tmp_path / "access.db"), NOW.isoformat()],
            cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    done = [guesser.communicate(timeout=200) for guesser in guessers]
    answers = Counter(line for out, _ in done for line in out.splitlines())
    looked = sum(int(err.split("looked ")[1]) for _, err in done)
    assert answers == {"WrongPasswordError": 5, "TooManyTriesError": 195}
    assert looked == 5


def test_a_count_in_each_process_would_let_more_through(accounts, ann, tmp_path):
    # The control: four counts of their own, as a limiter in memory has them.
    seen = []
    for n in range(4):
        with accounts._writing() as db:
            db.execute("DELETE FROM tries")
        seen += [guess(accounts, f"guess {n} {k}", address=f"192.0.2.{n}") for k in range(50)]
    assert seen.count("WrongPasswordError") == 20


def guess(accounts, password, *, name="Ann", address="192.0.2.1", now=NOW):
    try:
        return accounts.enter(name, password, address=address, now=now).name
    except (WrongPasswordError, TooManyTriesError) as error:
        return type(error).__name__


def test_the_pause_doubles_and_is_never_long():
    pauses = [pause(n, 5).total_seconds() for n in (1, 4, 5, 6, 7, 10, 1000)]
    assert pauses == [0, 0, 30, 60, 120, 900, 900]


def test_the_owner_comes_in_after_a_quarter_of_an_hour_at_most(accounts, ann):
    now, answers = NOW, []
    while answers.count("WrongPasswordError") < 12:  # somebody guesses as fast as may be
        now += timedelta(minutes=1)
        answers.append(guess(accounts, "a wrong guess", now=now))
    with pytest.raises(TooManyTriesError) as error:
        accounts.enter("Ann", GOOD, address="198.51.100.7", now=now)
    assert error.value.until - now <= timedelta(minutes=15)
    assert guess(accounts, GOOD, address="198.51.100.7", now=error.value.until) == "Ann"


def test_who_signs_in_starts_anew(accounts, ann):
    for _ in range(3):
        assert [guess(accounts, "a wrong guess") for _ in range(4)] == ["WrongPasswordError"] * 4
        assert guess(accounts, GOOD) == "Ann"


def test_guessing_many_names_from_one_address_is_slow_too(accounts, ann):
    answers = Counter(guess(accounts, GOOD, name=f"person {n}") for n in range(100))
    assert answers == {"WrongPasswordError": FREE_BY_ADDRESS, "TooManyTriesError": 100 - FREE_BY_ADDRESS}


def test_signing_in_does_not_pay_for_guesses_at_others(accounts, ann):
    accounts.add("Eve", Role.VIEWER, by="Ann", now=NOW, password=GOOD)
    answers = [
        guess(accounts, GOOD if n % 2 else "wrong", name="Eve" if n % 2 else f"person {n}")
        for n in range(100)
    ]
    assert answers.count("WrongPasswordError") <= FREE_BY_ADDRESS


def test_an_unknown_name_gets_the_same_words_and_the_same_work(accounts, ann, monkeypatch):
    worked = []
    monkeypatch.setattr(passwords, "matches", lambda stored, password: bool(worked.append(stored)))
    said = set()
    accounts.add("Bob", Role.VIEWER, by="Ann", now=NOW)
    accounts.disable(accounts.add("Dan", Role.VIEWER, by="Ann", now=NOW, password=GOOD), by="Ann", now=NOW)
    for name in ("Ann", "Bob", "Dan", "Nobody", ""):
        with pytest.raises(WrongPasswordError) as error:
            accounts.enter(name, "a wrong guess", address="::1", now=NOW)
        said.add(str(error.value))
    assert len(worked) == 5
    assert len(said) == 1


def test_what_was_typed_as_a_name_is_not_stored(accounts, ann, tmp_path):
    guess(accounts, "x", name="my secret password")
    accounts.close()
    assert b"my secret password" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_tries_are_forgotten_after_a_day(accounts, ann):
    for _ in range(10):
        guess(accounts, "a wrong guess")
    assert guess(accounts, "a wrong guess", now=NOW + timedelta(hours=25)) == "WrongPasswordError"


def test_a_device_that_was_signed_in_before_is_not_kept_out_by_guesses_elsewhere(accounts, ann):
    device = accounts.remember(ann, NOW)
    eve = accounts.add("Eve", Role.VIEWER, by="Ann", now=NOW, password=GOOD)
    for _ in range(40):
        guess(accounts, "a wrong guess")
    assert guess(accounts, GOOD) == "TooManyTriesError"
    others = accounts.remember(eve, NOW)
    with pytest.raises(TooManyTriesError):
        accounts.enter("Ann", GOOD, address="192.0.2.1", now=NOW, device=others)
    assert accounts.enter("Ann", GOOD, address="192.0.2.1", now=NOW, device=device) == ann


def test_a_stolen_device_guesses_no_faster(accounts, ann):
    device = accounts.remember(ann, NOW)
    answers = []
    for n in range(20):
        with pytest.raises((WrongPasswordError, TooManyTriesError)) as error:
            accounts.enter("Ann", f"guess {n}", address=f"192.0.2.{n}", now=NOW, device=device)
        answers.append(error.type.__name__)
    assert answers == ["WrongPasswordError"] * 5 + ["TooManyTriesError"] * 15
