"""Platforms that misbehave at the level of bytes: tests/chaos/test_faults.py, as a row."""

from tests.chaos.experiment import Experiment, checked

_RUN, _CONTROL = checked("tests/chaos/test_faults.py")
EXPERIMENT = Experiment(
    promise="A platform that misbehaves costs its own poll, which ends in a minute and says why",
    method="each platform hangs, drips, floods, hangs up, sends pages, repeats itself or asks to slow down",
    run=_RUN,
    control_method="a session without our limits; a reader that goes on at repeats",
    control=_CONTROL,
    times=1,
    few=0,
)
