"""The board in short: each experiment a few times, each control caught, and the page names them all."""

from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

import pytest

from tests.chaos import board
from tests.chaos.experiment import Experiment, Outcome

EXPERIMENTS = board.found()
SHORT = [name for name, experiment in EXPERIMENTS.items() if experiment.few]
FAULT = Outcome("1 fault", (f"lost | a\npost of {gettempdir()}/tmp1a/a.db",))


@pytest.mark.parametrize("name", SHORT)
def test_what_must_hold_does(name: str, tmp_path: Path) -> None:
    experiment = EXPERIMENTS[name]
    if not experiment.is_possible:
        pytest.skip(f"no {experiment.tool} on this machine")
    assert experiment.run(tmp_path, experiment.few).faults == ()


@pytest.mark.parametrize("name", SHORT)
def test_control_what_is_broken_is_caught(name: str, tmp_path: Path) -> None:
    experiment = EXPERIMENTS[name]
    if not experiment.is_possible:
        pytest.skip(f"no {experiment.tool} on this machine")
    # It ends with what it finds first; so few flips may all hit what SQLite itself finds.
    times = experiment.control_times if name == "flips" else experiment.few
    assert experiment.control(tmp_path, times).faults != ()


def test_the_page_has_a_row_for_each_experiment_and_no_other() -> None:
    rows = [line for line in board.PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    promises = [line.split(" | ")[0].removeprefix("| ") for line in rows]
    assert promises == [experiment.promise for experiment in EXPERIMENTS.values()]


def an_experiment(**changes: object) -> Experiment:
    usual = Experiment(
        promise="All is well", method="nothing", run=lambda path, times: Outcome(f"{times} times"),
        control_method="something", control=lambda path, times: FAULT, times=3, few=0,
    )  # fmt: skip
    return replace(usual, **changes)


def test_a_row_says_what_was_done_and_what_the_control_met() -> None:
    row = board.row(an_experiment(), 3)
    assert row.is_good
    assert str(row) == (
        "| All is well | nothing | 3 times | holds | something; caught: lost / a post of a.db |"
    )


def test_a_fault_and_a_control_that_passes_both_fail_the_run() -> None:
    broken = board.row(an_experiment(run=lambda path, times: FAULT), 1)
    unproved = board.row(an_experiment(control=lambda path, times: Outcome("nothing")), 1)
    assert (broken.is_good, broken.verdict) == (False, "BROKEN")
    assert (unproved.is_good, unproved.verdict) == (False, "NOT PROVED: the control passed")


def test_what_breaks_off_is_a_fault_of_its_own_row_and_a_control_that_does_proves_nothing() -> None:
    def breaks(folder: Path, times: int) -> Outcome:
        raise TimeoutError("timed out")

    assert "it broke off" in str(row := board.row(an_experiment(run=breaks), 1))
    assert (row.is_good, row.verdict) == (False, "BROKEN")
    assert not board.row(an_experiment(control=breaks), 1).is_good


def test_each_row_is_on_the_page_as_soon_as_it_is_known(monkeypatch, tmp_path) -> None:
    def stops(folder: Path, times: int) -> Outcome:
        raise KeyboardInterrupt

    experiments = {"one": an_experiment(promise="One"), "two": an_experiment(promise="Two", run=stops)}
    (tmp_path / "safety.md").write_text("<!-- board -->\n<!-- /board -->\n")
    monkeypatch.setattr(board, "PAGE", tmp_path / "safety.md")
    monkeypatch.setattr(board, "found", lambda: experiments)
    monkeypatch.setattr(board.logging, "disable", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        board.main([])
    assert "| One | nothing | 3 times | holds |" in (tmp_path / "safety.md").read_text()


def test_an_experiment_whose_tool_is_missing_is_left_out_and_not_called_held() -> None:
    row = board.row(an_experiment(tool="no-such-tool"), 1)
    assert row.verdict == "left out: no no-such-tool here"
    assert "holds" not in str(row)


def test_only_the_table_of_the_page_is_written_and_a_row_stays_until_its_experiment_is_run_again() -> None:
    first, second, third = (an_experiment(promise=name) for name in ("One", "Two", "Three"))
    page = "# Safety\n<!-- board -->\n| One | old |\n| Gone | old |\n| Two | old |\n<!-- /board -->\nAfter.\n"
    new = board.page(page, [first, second, third], [board.row(second, 3)])
    assert new.startswith("# Safety\n<!-- board -->\n| What must hold |")
    assert new.endswith("<!-- /board -->\nAfter.\n")
    assert [line.split(" | ")[:3] for line in new.splitlines() if line.startswith("| ")][1:] == [
        ["| One", "old |"], ["| Two", "nothing", "3 times"], ["| Three", "nothing", "-"],
    ]  # fmt: skip
