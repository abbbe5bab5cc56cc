"""Senders of mail that are killed: tests/mail/test_kills.py, as a row."""

from tests.chaos.experiment import Experiment, checked

_RUN, _CONTROL = checked("tests/mail/test_kills.py", controls="caught")
EXPERIMENT = Experiment(
    promise="No mail is lost when its sender is killed, and one that is sent twice is marked as such",
    method="senders are killed at named points and at 300 random moments, two at work at once",
    run=_RUN,
    control_method="senders that mark before, or after, they send",
    control=_CONTROL,
    times=1,
    few=0,
)
