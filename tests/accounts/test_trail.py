"""The trail holds: what is done to it behind the program's back is seen, and what the program does is not."""

from contextlib import closing
from datetime import timedelta

import pytest
from sqlite_utils.utils import sqlite3

from monitor.accounts import Accounts
from monitor.accounts.trail import RESTORE, Head, head_of
from monitor.backup.sqlite_copy import copy
from tests.accounts.conftest import NOW
from tests.disks import no_room

LATER = NOW + timedelta(days=1)
AT = "2026-11-22T09:30:00Z"  # when a copy's last line was written
FREE = "DROP TRIGGER audit_is_final; DROP TRIGGER audit_stays; "


@pytest.fixture
def trail(accounts):
    """Return accounts with a trail of nine lines."""
    for n in range(1, 10):
        accounts.note("Ann", f"did {n}", NOW + timedelta(minutes=n))
    return accounts


def change(folder, script):
    with closing(sqlite3.connect(folder / "access.db")) as db:
        db.executescript(script)


def faults(folder, heads=(), now=LATER):
    accounts = Accounts.open(folder / "access.db")
    try:
        return accounts.trail_faults(heads, now)
    finally:
        accounts.close()


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("UPDATE audit SET what = 'nothing' WHERE id = 4", "Line 5 "),
        ("UPDATE audit SET who = 'Ed' WHERE id = 4", "Line 5 "),
        ("UPDATE audit SET at = '2026-11-22T09:30:59Z' WHERE id = 1", "Line 2 "),
        ("UPDATE audit SET what = 'nothing' WHERE id = 9", "The last line"),
        ("DELETE FROM audit WHERE id = 4", "Line 5 "),
        ("DELETE FROM audit WHERE id <= 4", "Line 5 "),
        ("DELETE FROM audit WHERE id >= 8", "The last line"),
        ("DELETE FROM audit", "The last line"),
        ("INSERT INTO audit (at, who, what) VALUES ('2026-11-22T09:40:00Z', 'Ann', 'did 10')", "Line 10 "),
        ("INSERT INTO audit SELECT 99, at, who, what, hash_before FROM audit WHERE id = 9", "Line 99 "),
        (
            "UPDATE audit SET id = 99 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = 5;"
            " UPDATE audit SET id = 5 WHERE id = 99",
            "Line 4 ",
        ),
        ("DELETE FROM trail_ends", "The last line"),
        (
            "UPDATE trail_ends SET first_id = 4, aged_at = '2026-11-22T09:33:00Z',"
            " tail = (SELECT hash_before FROM audit WHERE id = 4); DELETE FROM audit WHERE id < 4",
            "Lines up to 2026-11-22T09:33:00Z were removed before a year was over",
        ),
    ],
    ids=[
        "a word altered", "a name altered", "a time altered", "the last altered", "one removed",
        "the first removed", "the last removed", "all removed", "one added", "one copied", "two exchanged",
        "the ends removed", "aged too early",
    ],
)  # fmt: skip
def test_a_trail_that_was_tampered_with_is_found(trail, tmp_path, script, sentence):
    trail.close()
    assert faults(tmp_path) == []
    change(tmp_path, FREE + script)
    assert any(fault.startswith(sentence) for fault in faults(tmp_path))


@pytest.mark.parametrize(
    "script",
    ["UPDATE audit SET what = ''", "DELETE FROM audit", "DELETE FROM audit WHERE id = 9"],
)
def test_the_file_itself_refuses_to_change_a_line(trail, tmp_path, script):
    with pytest.raises(sqlite3.IntegrityError, match="lines of the trail"):
        change(tmp_path, script)
    assert faults(tmp_path) == []


def test_a_trail_that_was_chained_anew_differs_from_what_its_copies_end_with(trail, tmp_path):
    copy(tmp_path / "access.db", tmp_path / "copy.db")
    head = head_of(tmp_path / "copy.db", NOW + timedelta(hours=1))
    assert (head.line, faults(tmp_path, [head])) == (9, [])
    trail.close()
    forget = "DELETE FROM trail_ends; UPDATE audit SET hash_before = NULL; UPDATE audit SET what = ''"
    change(tmp_path, FREE + forget)
    assert faults(tmp_path) == []  # the control: the file alone cannot tell
    assert faults(tmp_path, [head])[0].startswith("The backup of 2026-11-22T10:30:00Z ends with line 9,")


def test_lines_that_a_restore_took_away_are_not_taken_for_removed(accounts, tmp_path):
    accounts.note("Ann", "did 1", NOW)
    accounts.note(RESTORE, "put back an older copy", LATER)
    assert faults(tmp_path, [Head(7, "another", NOW, AT)]) == []
    assert faults(tmp_path, [Head(7, "another", LATER + timedelta(hours=1), AT)])  # made after it
    assert faults(tmp_path, [Head(1, "another", NOW, AT)])  # before what was put back


YOUNGER = (
    "UPDATE trail_ends SET first_id = 4, aged_at = '{}', tail = (SELECT hash_before FROM audit WHERE id = 4);"
    " DELETE FROM audit WHERE id < 4"
)


def test_lines_that_are_taken_for_old_without_a_day_are_found(trail, tmp_path):
    trail.close()
    change(tmp_path, YOUNGER.format(""))  # which no trigger stops
    assert faults(tmp_path) == ["Lines before line 4 were removed, and not for their age."]


def test_a_copy_that_ends_with_a_line_of_this_year_is_looked_for_whatever_else_has_gone(trail, tmp_path):
    trail.close()
    with closing(sqlite3.connect(tmp_path / "access.db")) as db:
        start = db.execute("SELECT hash_before FROM audit WHERE id = 4").fetchone()[0]
    change(tmp_path, YOUNGER.format("2024-01-01T00:00:00Z"))
    assert faults(tmp_path) == []  # the control: the file alone cannot tell
    assert faults(tmp_path, [Head(3, start, NOW, "2024-01-01T00:00:00Z")]) == []
    says = "The backup of 2026-11-22T09:30:00Z ends with line 3,"
    assert faults(tmp_path, [Head(3, start, NOW, "2026-11-22T09:33:00Z")])[0].startswith(says)


@pytest.mark.parametrize("value", ["what = cast(x'ff' AS TEXT)", "at = 'soon'", "at = cast(x'ff' AS TEXT)"])
def test_what_cannot_be_read_is_a_fault_and_the_list_goes_on(trail, tmp_path, value):
    trail.close()
    change(tmp_path, f"{FREE}UPDATE audit SET {value} WHERE id = 4")
    assert faults(tmp_path)[0].startswith("Line 5 ")
    accounts = Accounts.open(tmp_path / "access.db")
    lines = accounts.trail()
    accounts.close()
    assert [line.what for line in lines[:2]] == ["did 9", "did 8"]
    assert lines[-1].what == "did 1"


def test_lines_older_than_a_year_go_and_the_rest_can_still_be_checked(trail, tmp_path):
    year = timedelta(days=365)
    trail.age_trail(NOW + year + timedelta(minutes=4, seconds=30))
    assert [line.what for line in trail.trail()][-1] == "did 5"
    assert trail.trail_faults((), NOW + year + timedelta(minutes=5)) == []
    trail.age_trail(NOW + 3 * year)
    assert [line.what for line in trail.trail()] == ["did 9"]  # the chain goes on from the last
    trail.note("Ann", "did 10", NOW + 3 * year)
    trail.age_trail(NOW + 3 * year)
    assert [line.what for line in trail.trail()] == ["did 10"]
    assert trail.trail_faults([Head(3, "long gone", NOW, AT)], NOW + 3 * year) == []
    trail.close()
    change(tmp_path, FREE + "UPDATE audit SET what = 'nothing'")
    assert faults(tmp_path, now=NOW + 3 * year)


def test_an_empty_trail_ages_and_is_whole(accounts):
    accounts.age_trail(NOW)
    assert accounts.trail_faults((), NOW) == []


def test_what_was_done_on_a_full_disk_joins_the_chain(accounts, ann, tmp_path):
    with no_room():
        accounts.begin(ann, "Firefox", NOW)
        accounts.note("Ann", "did something", NOW)
    accounts.note("Ann", "did something else", NOW)
    assert [line.what for line in accounts.trail()][:2] == ["did something else", "did something"]
    assert faults(tmp_path) == []


def test_what_a_program_does_every_minute_is_a_line_a_day(accounts):
    for hours in (0, 1, 2, 15, 16):
        accounts.note("Ann", "read the feed", NOW + timedelta(hours=hours), daily=True)
    accounts.note("Ed", "read the feed", NOW, daily=True)
    assert [line.who for line in accounts.trail()] == ["Ed", "Ann", "Ann"]


def test_lines_are_found_by_who_and_day_and_what_they_are_about(trail):
    trail.note("Ed", "person 12: looked at their posts", LATER)
    trail.note("Ed", "person 123: looked at their posts", LATER)
    assert [line.what for line in trail.trail(2, who="Ann")] == ["did 9", "did 8"]
    assert [line.at for line in trail.trail(about="person 12:")] == [LATER]
    assert {line.who for line in trail.trail(until=LATER)} == {"Ann"}
    assert {line.who for line in trail.trail(since=LATER)} == {"Ed"}
    assert trail.trail_names() == ("Ann", "Ed")
