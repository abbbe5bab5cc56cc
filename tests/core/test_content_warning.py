"""A reader is warned of slurs and threats, and not of the campaign's own subject."""

import pytest

from monitor.core.content_warning import _as_read, upsetting


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


def test_a_sign_that_stands_for_eighteen_letters_makes_no_text_much_longer():
    assert len(_as_read("\ufdfa" * 40_000)) == 20_000
