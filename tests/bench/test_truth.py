"""The bench of truth in short: a week of each kind, and some rules of before that must be caught."""

import re
from contextlib import nullcontext

import pytest

from bench.truth import board
from bench.truth.checks import CHANGE, FALL, PEAK, PERCENT, RISE, Check
from bench.truth.old_rules import CONTROLS, Control
from bench.truth.scenario import Scenario
from bench.truth.scenarios import SCENARIOS

# One of each kind; the others are lived through by `make truth`.
SHORT = (
    "Bluesky on from Tuesday, and Mastodon doubles",
    "nine weeks of 42, then 43",
    "sarcasm, with 64 likes",
    "six posts that sound well and are not",
    "thread on hate crime",
    "on the Thursday of a leaflet and a vigil",
    "one person posts 30 times",
    "come in 24 hours, each week alike",
    "three of four Mondays",
    "one account of 1.5 million",
    "five lines are scored",
    "each everything; the last twice as much",
    "ten posts on clubs",
)
CAUGHT = ("all posts are counted", "a day of twice the median", "thanks by reactions", "hours added up")


def short() -> list[Scenario]:
    return [one for one in SCENARIOS if any(name in one.name for name in SHORT)]


@pytest.mark.slow
@pytest.mark.parametrize("scenario", short(), ids=lambda one: f"{one.kind}, {one.name}")
def test_what_is_said_of_a_week_is_so(scenario):
    assert board.faults(scenario) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CAUGHT)
def test_control_a_rule_of_before_is_caught(name):
    [control] = [one for one in CONTROLS if name in one.name]
    assert board.missed(control) == []


def test_there_are_weeks_of_each_kind_and_no_two_of_one_name():
    assert {one.kind for one in short()} == {f"T{n}" for n in range(1, 14)}
    names = [one.name for one in SCENARIOS]
    assert len(names) == len(set(names)) >= 60


def test_each_control_names_weeks_that_there_are():
    empty = [one.name for one in CONTROLS if not all(board.chosen([name]) for name in one.caught_by)]
    assert empty == []


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        (RISE, "Busier than usual: 162 posts"),
        (RISE, "posts up 286% from 42"),
        (RISE, "More people than usual posted"),
        (RISE, "84 posts, the most in ten weeks"),
        (FALL, "Quieter than usual: 36 posts"),
        (FALL, "down from 57 to 42"),
        (FALL, "Fewer reactions than usual"),
        (PERCENT, "12% fewer"),
        (PEAK, "Thursday 17 November stands out"),
    ],
)
def test_a_pattern_finds_what_it_is_for(pattern, sentence):
    assert re.search(pattern, sentence, re.IGNORECASE)


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        (CHANGE, "A usual week: 42 posts"),
        (CHANGE, "Shaded days may have had more posts than shown."),
        (CHANGE, "Set up Bluesky"),
        (CHANGE, "Seen 82% of the time"),
        (PERCENT, "Seen 82% of the time"),
        (PEAK, "No day stands out."),
    ],
)
def test_a_pattern_leaves_the_rest_alone(pattern, sentence):
    assert not re.search(pattern, sentence, re.IGNORECASE)


def a_scenario(*faults: str, breaks: bool = False) -> Scenario:
    def make(world):
        if breaks:
            raise RuntimeError("no archive")

    return Scenario(kind="T0", name="made up", make=make, checks=(Check("all", lambda words: [*faults]),))


@pytest.mark.heavy
def test_a_week_that_cannot_be_lived_through_is_a_fault_and_catches_nothing(monkeypatch):
    broken = a_scenario(breaks=True)
    assert board.faults(broken) == ["it broke: RuntimeError: no archive"]
    control = Control("nothing", ("made up",), nullcontext)
    for scenario, missed in ((broken, ["made up"]), (a_scenario(), ["made up"]), (a_scenario("wrong"), [])):
        monkeypatch.setattr(board, "SCENARIOS", [scenario])
        assert board.missed(control) == missed


@pytest.mark.heavy
def test_the_table_says_what_was_wrong_and_a_fault_fails_the_run(monkeypatch, capsys):
    monkeypatch.setattr(board, "SCENARIOS", [a_scenario("page: busier | than usual")])
    assert board.main(["T0"]) == 1
    assert "| T0 | made up | page: busier / than usual |" in capsys.readouterr().out
    monkeypatch.setattr(board, "SCENARIOS", [a_scenario()])
    assert board.main(["T0"]) == 0
    assert "1 of 1 hold." in capsys.readouterr().out
