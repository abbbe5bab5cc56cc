"""Work by several processes: in order, whole up to a fault, and never without end."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import active_children

import pytest

from monitor.core.errors import MonitorError
from monitor.tone.process_pool import results

pytestmark = pytest.mark.slow
Tasks = Iterator[tuple[int, int]]


def square(number: int) -> int:
    """Return the square of a number; of 0 only after a while. A module has it, so that others can load it."""
    if not number:
        time.sleep(0.2)
    return number * number


def process(number: int) -> int:
    """Return which process worked; one that gets 3 is ended, as the system ends one when memory runs out."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def numbers(until: int, begun: list[int] | None = None) -> Tasks:
    for number in range(until):
        if begun is not None:
            begun.append(number)
        yield -number, number


def broken() -> Tasks:
    yield from numbers(3)
    raise MonitorError("The file breaks off.")


@pytest.mark.parametrize("processes", [0, 1, 2])
def test_what_comes_of_tasks_is_in_their_order(processes):
    assert [*results(square, numbers(9), processes)] == [(-n, n * n) for n in range(9)]


@pytest.mark.parametrize("processes", [0, 2])
def test_what_came_before_a_fault_comes_before_it(processes):
    pairs = results(square, broken(), processes)
    assert [next(pairs) for _ in range(3)] == [(0, 0), (-1, 1), (-2, 4)]
    with pytest.raises(MonitorError, match="breaks off"):
        next(pairs)


@pytest.mark.kills
def test_another_process_works_and_few_tasks_are_read_ahead():
    begun: list[int] = []
    with closing(results(process, ((n, 0) for n, _ in numbers(50, begun)), 1)) as pairs:
        assert next(pairs)[1] != os.getpid()
        assert len(begun) < 5


def test_whoever_stops_midway_leaves_no_process():
    with closing(results(square, numbers(50), 2)) as pairs:
        next(pairs)
        assert active_children()
    assert not active_children()


@pytest.mark.kills
def test_a_process_that_is_ended_is_told_in_a_sentence():
    with pytest.raises(MonitorError, match=r"A process that scored texts was stopped.* run the same again"):
        [*results(process, numbers(9), 1)]
    assert not active_children()
