"""Requests that ask for too much, or for what no row has: tests/dashboard/test_bounds.py, as a row."""

from tests.chaos.experiment import Experiment, checked

_RUN, _CONTROL = checked("tests/dashboard/test_bounds.py")
EXPERIMENT = Experiment(
    promise="A request that asks for too much is refused before it costs anything",
    method="numbers that no row has, and forms that are far too large",
    run=_RUN,
    control_method="a dashboard without a bound on forms",
    control=_CONTROL,
    times=1,
    few=0,
)
