"""A reader is warned of slurs and threats, and not of the campaign's own subject."""

import time

import pytest

from monitor.core.content_warning import upsetting


@pytest.mark.parametrize(
    "text",
    [
        "Go home, PIKEYS.",
        "What a retard",
        "someone should\nshoot that MP",
        "I\u2019ll kill you",
        "I hope you die",
        "He deserves to be hanged",
        "we know where you live",
        "go and hang yourself",
    ],
)
def test_slurs_and_threats_are_hidden_at_first(text):
    assert upsetting(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "Another boy was stabbed in Dagenham last night. Enough.",
        "Knife crime kills. They kill and nobody comes.",
        "She was shot dead outside the station; we will stop this.",
        "He could have been killed!",
        "Scunthorpe, Penistone and Hornchurch",
        "A chink in the armour of the police budget",
        "I will hang posters at Heathway on Saturday",
        "We hope you will come to the stall",
    ],
)
def test_the_campaigns_own_subject_is_not(text):
    assert not upsetting(text)


def test_only_the_beginning_of_a_very_long_text_is_looked_at():
    for letter in ("x ", "é "):
        assert upsetting(letter * 2000 + "I\u2019ll kill you")
        assert not upsetting(letter * 3000 + "I\u2019ll kill you")


def test_a_sign_that_stands_for_eighteen_letters_hides_nothing_and_is_read_in_time():
    began = time.process_time()
    assert upsetting("What a retard " + "\ufdfa" * 40_000)
    assert not upsetting("\ufdfa" * 40_000)
    assert time.process_time() - began < 1  # second


@pytest.mark.parametrize("text", ["I´ll kill you", "I`ll kill\u2007you", "you’re a dead man", "p\u00adakis"])
def test_a_threat_is_seen_however_it_is_spelt(text):
    assert upsetting(text)
