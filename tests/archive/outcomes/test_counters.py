"""What is read of a petition is kept as it was said, and only where it moved."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from monitor.archive.outcomes.counters import BY_HAND, AreaReading, CounterReading, Milestone
from monitor.archive.outcomes.tallies import PartSum, TallyEntry, TallyTable
from monitor.core.clock import stamp
from tests.archive.saving import LONDON, opened

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
REACHED = "response_threshold_reached"


def petition(archive) -> int:
    return archive.counters.add("petition", "petition:1", "More officers", "https://petition.example/1")


def test_a_reading_that_moved_nothing_is_not_stored_twice_a_day(tmp_path):
    with opened(tmp_path) as archive:
        one = petition(archive)
        for hour in range(30):
            at = NOON + timedelta(hours=hour)
            archive.counters.save(one, CounterReading(at, 10 if hour < 5 else 9, None, "open"), {}, {})
        assert [(r.at.hour, r.total) for r in archive.counters.readings(one)] == [(12, 10), (17, 9), (0, 9)]
        assert archive.counters.day_totals(one) == {date(2026, 11, 23): 9, date(2026, 11, 24): 9}
        assert archive.counters.all()[0].read_at == NOON + timedelta(hours=29)


def test_a_total_by_hand_of_an_earlier_time_is_kept_and_makes_nothing_older(tmp_path):
    with opened(tmp_path) as archive:
        one = petition(archive)
        for hour, total in ((0, 100), (2, 120), (0, 120), (-24, 120)):
            at = NOON + timedelta(hours=hour)
            archive.counters.save(one, CounterReading(at, total, None, BY_HAND), {}, {})
        assert [r.total for r in archive.counters.readings(one)] == [120, 120, 120]
        assert archive.counters.all()[0].read_at == NOON + timedelta(hours=2)


def test_what_a_clock_ahead_has_stored_is_left_out(tmp_path):
    with opened(tmp_path) as archive:
        one, now = petition(archive), NOON + timedelta(hours=1)
        for at, total in ((NOON, 100), (NOON + timedelta(days=2), 110), (now, 130)):
            archive.counters.save(one, CounterReading(at, total, None, "open"), {}, {})
        assert archive.counters.day_totals(one, now) == {NOON.date(): 130}
        assert [r.total for r in archive.counters.readings(one, None, now)] == [100, 130]
        assert archive.counters.all()[0].read_at == now


def test_an_area_that_is_listed_no_more_is_not_known_and_milestones_can_go_back(tmp_path):
    with opened(tmp_path) as archive:
        one, later = petition(archive), NOON + timedelta(hours=1)
        archive.counters.save(one, CounterReading(NOON, 10, 9, "open"), {"E1": 4, "E2": 5}, {REACHED: NOON})
        archive.counters.save(one, CounterReading(later, 10, 8, "open"), {"E1": 3}, {REACHED: None})
        assert archive.counters.areas(one) == [AreaReading("E1", 3, later)]
        assert [area.count for area in archive.counters.areas(one, NOON)] == [4, 5]
        assert archive.counters.milestones(one) == [Milestone(REACHED, None, later)]


def test_readings_since_a_time_begin_with_the_one_of_before(tmp_path):
    with opened(tmp_path) as archive:
        one = petition(archive)
        for hour in range(4):
            archive.counters.save(
                one, CounterReading(NOON + timedelta(hours=hour), hour, None, "open"), {}, {}
            )
        assert [r.total for r in archive.counters.readings(one, NOON + timedelta(minutes=90))] == [1, 2, 3]


def tally(key: str, count: int, area: str | None = "RM10") -> TallyEntry:
    return TallyEntry(
        day=date(2026, 11, 21), area=area, count=count, sheets=3, collector="jb", key=key, by="jo", at=NOON
    )


def test_the_same_tallies_twice_are_none_new_and_taken_back_they_count_nowhere(tmp_path):
    with opened(tmp_path) as archive:
        paper = archive.counters.add("paper", "paper", "On paper")
        assert archive.tallies.save(paper, [tally("a", 46), tally("b", 4, None)]) == (1, 2)
        assert archive.tallies.save(paper, [tally("a", 46), tally("b", 5, None)]) == (2,)
        assert archive.tallies.by_day(paper) == {date(2026, 11, 21): 51}
        day = date(2026, 11, 21)
        assert archive.tallies.by_part(paper, "area") == [PartSum("RM10", 46, day), PartSum(None, 5, day)]
        first = archive.tallies.latest(paper)[-1]
        archive.tallies.take_back([first.id], NOON)
        assert archive.tallies.by_day(paper) == {day: 5}
        assert archive.tallies.save(paper, [tally("a", 46)]) == (first.id,)  # brought again, it counts again
        assert archive.tallies.by_day(paper) == {day: 51}
        assert archive.tallies.replace(paper, [tally("b", 5, None), tally("c", 1)], NOON) == (2, 3)
        assert archive.tallies.by_day(paper) == {day: 6}


def test_a_table_is_undone_whole_and_what_it_replaced_counts_again(tmp_path):
    first, second, third = (NOON + timedelta(minutes=n) for n in range(3))

    def visits(at, **counts):
        return [replace(tally(f"{code}{at}", count), code=code, at=at) for code, count in counts.items()]

    with opened(tmp_path) as archive:
        one, other = (archive.counters.add("visits", name, name) for name in ("visits:file", "visits:x"))
        archive.tallies.save(other, visits(NOON - timedelta(days=1), z=9))
        for at, counts in ((first, {"a": 1, "b": 2}), (second, {"b": 5}), (third, {"a": 7})):
            archive.tallies.replace(one, visits(at, **counts), at, whole=False)
        later = third + timedelta(minutes=1)

        def undone(at):
            archive.tallies.undo(one, at, later)
            return {part.part: part.count for part in archive.tallies.by_part(one, "code")}

        assert undone(second) == {"a": 7}  # a later one came: nothing is counted twice
        assert undone(third) == {"a": 1}
        assert undone(third) == {"a": 1}
        last = later + timedelta(minutes=1)
        archive.tallies.replace(one, visits(last, c=3), last)
        assert undone(last) == {"a": 1}
        assert archive.tallies.by_day(other) == {date(2026, 11, 21): 9}


def test_tallies_that_came_together_are_a_table(tmp_path):
    with opened(tmp_path) as archive:
        paper = archive.counters.add("paper", "paper", "On paper")
        archive.tallies.save(paper, [replace(tally("alone", 5), at=NOON - timedelta(hours=1))])
        archive.tallies.save(paper, [tally("a", 46), tally("b", 4)])
        assert archive.tallies.tables(paper) == [TallyTable(NOON, 2, 50)]
        assert archive.tallies.known(["a", "b", "c"]) == 2
        archive.tallies.undo(paper, NOON, NOON)
        assert archive.tallies.tables(paper) == []
        assert archive.tallies.known(["a", "b", "alone"]) == 1


def test_a_total_that_was_typed_is_removed_and_one_that_was_read_stays(tmp_path):
    with opened(tmp_path) as archive:
        one = petition(archive)
        archive.counters.save(one, CounterReading(NOON, 10, None, "open"), {}, {})
        typed = NOON + timedelta(hours=1)
        archive.counters.save(one, CounterReading(typed, 99, None, BY_HAND), {}, {})
        for at in (typed, NOON):
            archive.counters.remove_reading(one, at)
            assert [reading.total for reading in archive.counters.readings(one)] == [10]
        assert archive.counters.all()[0].read_at == NOON
        assert list(archive.checksums.damage()) == []


def test_a_typed_total_is_stored_at_its_time_and_corrected_there(tmp_path):
    with opened(tmp_path) as archive:
        one, hour = petition(archive), timedelta(hours=1)
        for hours, total in ((0, 100), (2, 120), (0, 110), (-120, 90), (3, 120), (2, 115)):
            typed = CounterReading(NOON + hours * hour, total, None, BY_HAND)
            archive.counters.save(one, typed, {}, {})
        stored = [(r.at, r.total) for r in archive.counters.readings(one)]
        assert stored == [(NOON + n * hour, t) for n, t in ((-120, 90), (0, 110), (2, 115), (3, 120))]
        assert archive.counters.all()[0].read_at == NOON + 3 * hour


def test_what_a_clock_that_was_ahead_has_stored_counts_for_nothing_before(tmp_path):
    ahead, hour = NOON + timedelta(days=2), timedelta(hours=1)
    with opened(tmp_path) as archive:
        one, counters = petition(archive), archive.counters
        said = [
            (NOON, 100, {"E1": 5}, None), (ahead, 110, {"E1": 6}, NOON), (NOON + hour, 110, {"E1": 6}, NOON),
            (NOON + 2 * hour, 130, {"E1": 9}, None),
        ]  # fmt: skip
        for at, total, areas, reached in said:
            counters.save(one, CounterReading(at, total, None, "open"), areas, {REACHED: reached})
        now = NOON + 3 * hour
        assert [reading.total for reading in counters.readings(one, NOON, now)] == [100, 110, 130]
        assert counters.day_totals(one, now) == {NOON.date(): 130}
        assert [area.count for area in counters.areas(one, now)] == [9]
        assert counters.milestones(one, now) == [Milestone(REACHED, None, NOON + 2 * hour)]
        assert counters.all()[0].read_at == NOON + 2 * hour
        assert counters.day_totals(one)[ahead.date()] == 110  # the control


@pytest.mark.parametrize("seed", range(4))
def test_the_total_of_each_local_day_is_its_last_also_when_the_clocks_change(tmp_path, seed):
    chance, at, expected = Random(seed), datetime(2026, 3, 20, tzinfo=UTC), {}
    with opened(tmp_path) as archive:
        one = petition(archive)
        assert archive.counters.day_totals(one) == {}
        for n in range(300):
            at += timedelta(minutes=chance.choice([5, 60, 60, 61, 700, 3000]) * (1 + 20 * (n == 150)))
            total = None if chance.random() < 0.1 else 100 + n
            archive.counters.save(one, CounterReading(at, total, None, "open"), {}, {})
            expected |= {} if total is None else {at.astimezone(LONDON).date(): total}
        assert archive.counters.day_totals(one) == expected
        assert [*expected] == [*archive.counters.day_totals(one)]


def test_a_large_count_of_an_area_is_no_damage(tmp_path):
    with opened(tmp_path) as archive:
        archive.checksums.seal()
        reading = CounterReading(NOON, 90_000, 90_000, "open")
        archive.counters.save(petition(archive), reading, {"E14001189": 90_000}, {})
        assert archive.checksums.damage() == []
        archive.db.execute("DROP TRIGGER checksum_area_readings_UPDATE")  # the control
        archive.db.execute("UPDATE area_readings SET count = 80000")
        assert [damage.part for damage in archive.checksums.damage()] == ["area_readings"]


@pytest.mark.heavy
def test_the_totals_of_days_are_looked_up_and_not_read_through(tmp_path):
    with opened(tmp_path) as archive:
        one, work = petition(archive), []
        rows = [(one, stamp(NOON + timedelta(hours=hour)), hour, None, "open") for hour in range(24 * 200)]
        archive.db.executemany("INSERT INTO readings VALUES (?, ?, ?, ?, ?)", rows)
        archive.db.conn.set_progress_handler(lambda: work.append(1) and None, 1000)
        assert len(archive.counters.day_totals(one, NOON + timedelta(days=400))) == 201
        assert len(work) < 100  # thousands of steps: all rows of each day would be some 3,000 of these
