"""Places are found where posts name them, and not where words only look like them."""

import re
import tomllib
from pathlib import Path

import pytest

from bench.places.__main__ import PRECISION, RECALL, boroughs
from bench.places.__main__ import shares as measure
from bench.places.sentences import HELD_OUT, TUNED
from monitor.campaign.reader import read
from monitor.core.gazetteer import Gazetteer, PlacesFile
from tests.campaigns import shipped
from tests.core.gazetteer_sentences import NAMED, TRAPS

ROOT = Path(__file__).parents[2]
GAZETTEER = shipped().gazetteer
# What it gets wrong is written down, so that a change for better or worse is seen.
WRONG = {
    "Heath and Village wards in Dagenham have no officer": "dagenham",
    "Harold Wood was a great man": "harold-wood",
}


def expected(keys: str) -> frozenset[str]:
    return frozenset(keys.split()) | {GAZETTEER.places[key].borough for key in keys.split()}


@pytest.mark.parametrize(("text", "keys"), [*NAMED, *TRAPS])
def test_a_text_names_the_places_that_a_person_would_say(text, keys):
    assert GAZETTEER.find(text) == expected(WRONG.get(text, keys))


def shares() -> tuple[float, float]:
    """Return which part of what is found is right, and which part of what there is is found."""
    pairs = [(GAZETTEER.find(text), expected(keys)) for text, keys in (*NAMED, *TRAPS)]
    right = sum(len(found & wanted) for found, wanted in pairs)
    return right / sum(len(found) for found, _ in pairs), right / sum(len(wanted) for _, wanted in pairs)


def test_the_table_is_long_and_half_of_it_are_traps():
    assert len(NAMED) + len(TRAPS) >= 100
    assert len(TRAPS) >= 0.45 * (len(NAMED) + len(TRAPS))


def test_the_docs_say_how_much_is_right():
    precision, recall = shares()
    said = (ROOT / "docs/places.md").read_text()
    assert f"{len(NAMED) + len(TRAPS)} made-up sentences" in said
    assert f"{100 * precision:.0f}% of the places found are right" in said
    assert f"{100 * recall:.0f}% of those that a person sees are found" in said


@pytest.mark.parametrize("sentences", [TUNED, HELD_OUT], ids=["tuned", "held out"])
def test_the_docs_say_how_well_boroughs_are_found_in_the_sentences_of_the_bench(sentences):
    measured = measure(boroughs(GAZETTEER, sentence) for sentence in sentences)
    assert measured.precision >= PRECISION
    assert measured.recall >= RECALL
    docs = (ROOT / "docs/places.md").read_text()
    assert f"| {len(sentences)} | {measured.precision:.3f} | {measured.recall:.3f} |" in docs


@pytest.mark.parametrize("rule", ["persons", "ignored", "unsure", "only_with_kind"])
def test_control_without_one_of_the_lists_places_are_found_that_nobody_meant(rule):
    file = tomllib.loads((ROOT / "config/places.toml").read_text())
    poorer = Gazetteer(read(PlacesFile, {key: value for key, value in file.items() if key != rule}))
    found = measure(boroughs(poorer, sentence) for sentence in TUNED)
    assert found.precision < measure(boroughs(GAZETTEER, sentence) for sentence in TUNED).precision


@pytest.mark.parametrize("simple", [r"\bbarking\b", r"\brainham\b", r"\bredbridge\b", r"\babbey\b"])
def test_control_a_plain_search_for_the_name_falls_into_the_traps(simple):
    assert any(re.search(simple, text.casefold()) for text, keys in TRAPS if not keys)
