"""Upgrades that are killed: tests/archive/test_upgrades.py and the accounts' own, as a row."""

from tests.chaos.experiment import Experiment, checked

_RUN, _CONTROL = checked("tests/archive/test_upgrades.py", "tests/accounts/test_upgrades.py")
EXPERIMENT = Experiment(
    promise="An upgrade that is killed leaves the files as they were or as they should be, never between",
    method="every recorded version is upgraded, whole and killed before statements spread over it",
    run=_RUN,
    control_method="an upgrade in no transaction; a migration that was edited; a count that is off",
    control=_CONTROL,
    times=1,
    few=0,
)
