"""A turn: what breaks rests, and holds up nothing else."""

import logging
from contextlib import closing
from datetime import timedelta
from errno import ENOSPC

import pytest

from monitor.core.errors import LockedError
from monitor.mail.job_runner import Job, Jobs
from monitor.mail.outbox_delivery import deliver
from monitor.sqlite import sqlite3
from tests.mail.messages import NOW, a_mail, by_smtp, put, states
from tests.mail.week_decider import Time


def test_a_part_that_breaks_holds_up_no_other_and_is_tried_again_in_ten_minutes(caplog):
    caplog.set_level(logging.ERROR)
    time, done = Time(), []

    def breaks(stop):
        done.append("tried")
        raise ValueError("a fault of ours")

    second = Job(act=lambda stop: done.append("second"))
    turn = Jobs(jobs={"the first": Job(act=breaks), "the second": second}, clock=time)
    turn(lambda: False)
    turn(lambda: False)
    assert done == ["tried", "second", "second"]
    assert "the first failed" in caplog.text
    time.now += timedelta(minutes=10)
    turn(lambda: False)
    assert done.count("tried") == 2
    time.now -= timedelta(hours=3)  # a clock that was set back holds nobody up
    turn(lambda: False)
    assert done.count("tried") == 3


def _locked() -> None:
    with closing(sqlite3.connect(":memory:", timeout=0, isolation_level=None)) as db:
        db.execute("CREATE TABLE t AS SELECT 1 UNION SELECT 2")
        for _ in db.execute("SELECT * FROM t"):  # is being read
            db.execute("DROP TABLE t")


def _fails(error: Exception) -> None:
    raise error


FAULTS = {  # how long a job of every twelve hours rests
    "an archive that is read for long": (lambda: _fails(LockedError("Another program reads it.")), 30),
    "a table that is locked": (_locked, 30),
    "a full disk": (lambda: _fails(OSError(ENOSPC, "full")), 12 * 60),
    "a fault of ours": (lambda: _fails(ValueError("a fault of ours")), 12 * 60),
}


@pytest.mark.parametrize(("fault", "minutes"), FAULTS.values(), ids=FAULTS.keys())
def test_a_job_that_met_a_lock_is_tried_again_within_the_hour_and_others_in_their_time(fault, minutes):
    time, tries = Time(), []

    def act(stop):
        tries.append(time.now)
        fault()

    turn = Jobs(jobs={"the removal": Job(act=act, every=timedelta(hours=12))}, clock=time)
    for _ in range(13 * 60):
        turn(lambda: False)
        time.now += timedelta(minutes=1)
    assert tries[1] - tries[0] == timedelta(minutes=minutes)


def test_a_job_is_done_as_often_as_it_says_and_at_once_when_the_clock_was_set_back():
    time, done = Time(), []
    job = Job(act=lambda stop: done.append(time.now), every=timedelta(minutes=5))
    turn = Jobs(jobs={"the heartbeat": job}, clock=time)
    for _ in range(12):
        turn(lambda: False)
        time.now += timedelta(minutes=1)
    assert len(done) == 3
    time.now -= timedelta(hours=3)
    turn(lambda: False)
    assert len(done) == 4


def test_what_is_not_undone_waits_until_the_clock_is_to_be_believed():
    done, is_right = [], False
    jobs = {
        "final": Job(act=lambda stop: done.append("final"), is_final=True),
        "other": Job(act=lambda stop: done.append("other")),
    }
    turn = Jobs(jobs=jobs, clock=Time(), is_believable=lambda: is_right)
    turn(lambda: False)
    assert done == ["other"]
    is_right = True
    turn(lambda: False)
    assert done == ["other", "final", "other"]


def test_a_clock_that_is_set_while_another_job_works_is_not_believed():
    done, is_right = [], True

    def slow(stop):
        nonlocal is_right
        is_right = False

    jobs = {"slow": Job(act=slow), "final": Job(act=lambda stop: done.append("final"), is_final=True)}
    Jobs(jobs=jobs, clock=Time(), is_believable=lambda: is_right)(lambda: False)
    assert done == []


def test_a_worker_that_is_told_to_stop_finishes_the_mail_at_hand_and_begins_no_other(store, server):
    put(store, a_mail(), a_mail("bob@example.org"), a_mail("cat@example.org"))
    stops = iter([False, False, True])
    assert deliver(store, by_smtp(server.port), lambda: NOW, stop=lambda: next(stops)) == 2
    assert sorted(states(store).values()) == ["queued", "sent", "sent"]
    ran = []
    Jobs(jobs={"the first": Job(act=ran.append)}, clock=Time())(lambda: True)
    assert ran == []
