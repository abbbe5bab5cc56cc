"""Places are found where posts name them, and not where words only look like them."""

import re
from pathlib import Path

import pytest

from monitor.campaign import load
from tests.core.gazetteer_sentences import NAMED, TRAPS

ROOT = Path(__file__).parents[2]
GAZETTEER = load(ROOT / "config/campaign.toml").gazetteer
# What it gets wrong is written down, so that a change for better or worse is seen.
WRONG = {
    "Barking needs more officers, now": "",
    "Coming to Rainham on Saturday. #CallingTimeOnCrime": "",
    "Heath and Village wards in Dagenham have no officer": "dagenham",
    "He kept barking that the borough is safe": "barking",
    "Harold Wood was a great man": "harold-wood",
    "He was havering again": "havering",
    "Seven kings and three queens in my hand": "seven-kings",
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


@pytest.mark.parametrize("simple", [r"\bbarking\b", r"\brainham\b", r"\bredbridge\b", r"\babbey\b"])
def test_control_a_plain_search_for_the_name_falls_into_the_traps(simple):
    assert any(re.search(simple, text.casefold()) for text, keys in TRAPS if not keys)
