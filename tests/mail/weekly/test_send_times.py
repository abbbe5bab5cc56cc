"""Each week's mail is due once, and one decision is taken of it, whatever happens to clocks and machines."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.campaign import Digest
from monitor.mail.store import MailStore
from monitor.mail.weekly.send_times import latest, monday_of, undecided, week
from tests.mail.week_decider import READERS, ZONE, a_campaign, decide
from tests.processes import PROCESSES

MONDAY, SUNDAY_NIGHT = Digest(), Digest(day="sunday", hour=1)  # at one on Sunday the clocks change
YEARS, WORKERS = 4, 4
HOUR = timedelta(hours=1)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)


def test_a_week_is_due_on_the_day_and_hour_after_it_by_the_campaigns_clock():
    assert week(date(2026, 7, 6), MONDAY, ZONE).due == datetime(2026, 7, 13, 7, tzinfo=UTC)
    assert week(date(2026, 11, 16), MONDAY, ZONE).due == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert week(date(2026, 11, 16), MONDAY, ZONE).name == "2026-W47"
    assert week(date(2026, 11, 16), Digest(day="friday", hour=17), ZONE).due == local(2026, 11, 27, 17)


def test_an_hour_that_the_clocks_skip_or_have_twice_is_one_instant():
    spring, autumn = week(date(2027, 3, 15), SUNDAY_NIGHT, ZONE), week(date(2027, 10, 18), SUNDAY_NIGHT, ZONE)
    assert spring.due == datetime(2027, 3, 28, 1, tzinfo=UTC)  # 01:00 is not there: 02:00 is
    assert autumn.due == datetime(2027, 10, 31, 0, tzinfo=UTC)  # the first of the two


@pytest.mark.parametrize(("now", "decision"), [
    (local(2026, 11, 23, 8), "sent"), (local(2026, 11, 23, 10, 59), "sent"),
    (local(2026, 11, 23, 11), "late"),
    (local(2026, 11, 25, 23, 59), "late"), (local(2026, 11, 26), "skipped"),
])  # fmt: skip
def test_a_mail_is_sent_late_until_wednesday_and_then_skipped(now, decision):
    assert week(date(2026, 11, 16), MONDAY, ZONE).decision(now) == decision


def test_the_latest_week_is_the_last_whose_hour_has_come():
    assert latest(MONDAY, ZONE, local(2026, 11, 23, 7, 59)).first == date(2026, 11, 9)
    assert latest(MONDAY, ZONE, local(2026, 11, 23, 8)).first == date(2026, 11, 16)
    assert latest(SUNDAY_NIGHT, ZONE, local(2026, 11, 29, 0, 59)).first == date(2026, 11, 9)
    assert latest(SUNDAY_NIGHT, ZONE, local(2026, 11, 29, 1)).first == date(2026, 11, 16)


def test_every_week_since_the_last_decision_is_due():
    now = local(2027, 1, 12)
    names = [one.name for one in undecided("2026-W50", MONDAY, ZONE, now)]
    assert names == ["2026-W51", "2026-W52", "2026-W53", "2027-W01"]
    assert list(undecided("2027-W01", MONDAY, ZONE, now)) == []
    assert [one.name for one in undecided(None, MONDAY, ZONE, now)] == ["2027-W01"]


def history(seed: int) -> list[datetime]:
    """Return instants at which workers wake in four years, with outages and a clock that is set back."""
    chance, now, ticks = random.Random(seed), local(2026, 11, 19, 12), []
    end = now + timedelta(days=365.25 * YEARS)
    while now < end:
        ticks.append(now)
        now += HOUR * chance.choice((1, 2, 11, 23, 35))
        if chance.random() < 0.01:
            now += timedelta(days=chance.uniform(0.5, 9))
        if chance.random() < 0.02:
            now -= HOUR * chance.uniform(0, 3)
    return ticks


def expected(ticks: list[datetime], digest: Digest) -> dict[str, str]:
    """Return what should be decided of each week: by the first tick at which it is due and nothing else."""
    found: dict[str, str] = {}
    monday = monday_of("2026-W45")
    for tick in ticks:
        while week(monday, digest, ZONE).due <= tick:
            one = week(monday, digest, ZONE)
            if found or week(monday + timedelta(days=7), digest, ZONE).due > tick:
                late = "late" if tick - one.due >= 3 * HOUR else "sent"
                sunday_after = monday + timedelta(days=13 if digest.day == "sunday" else 7)
                until = datetime.combine(sunday_after + timedelta(days=3), datetime.min.time(), ZONE)
                found[one.name] = "skipped" if tick >= until else late
            monday += timedelta(days=7)
    return found


@pytest.mark.kills
@pytest.mark.parametrize("digest", [{}, {"day": "sunday", "hour": 1}], ids=["monday at 8", "sunday at 1"])
def test_in_four_years_four_workers_decide_once_on_each_week(tmp_path, digest):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    ticks, campaign, path = history(seed), a_campaign(**digest), tmp_path / "access.db"
    store = MailStore.open(path)
    step = PROCESSES.Barrier(WORKERS)
    workers = [PROCESSES.Process(target=decide, args=(path, campaign, ticks, step)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    key = campaign.tracks[0].name
    decided = {one.week: one.decision for one in store.weeks(key, ticks[-1], 10_000)}
    assert decided == expected(ticks, campaign.digest)
    assert len(decided) >= 52 * YEARS - 2
    assert set(decided.values()) == {"sent", "late", "skipped"}
    mails = Counter((one.period, one.address) for one in store.deliveries(key, 10_000))
    sent = [name for name, decision in decided.items() if decision != "skipped"]
    assert mails == Counter((name, reader) for name in sent for reader in READERS)


@pytest.mark.slow
def test_a_worker_that_looks_at_the_last_week_only_would_be_caught():
    for ticks in map(history, range(20)):
        if expected(ticks, MONDAY).keys() - {latest(MONDAY, ZONE, tick).name for tick in ticks}:
            return
    pytest.fail("no outage was as long as a week")
