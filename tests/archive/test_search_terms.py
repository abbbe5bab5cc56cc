"""What is typed into a search box is taken apart, and nothing of it is a command to the index."""

import pytest

from monitor.archive.query.search_terms import (
    TermGroup,
    half_word,
    is_choice,
    names_account,
    term_groups,
    words_of,
)

ASKED = {
    "words": ("Knife crime", ['("knife") AND ("crime")']),
    "a phrase": ('"knife crime" now', ['("knife crime") AND ("now")']),
    "an open phrase": ('an "open quote', ['("an") AND ("open quote")']),
    "other quotation marks": ("«knife crime»", ['("knife crime")']),
    "or": ("knife OR gun crime", ['("knife" OR "gun") AND ("crime")']),
    "or in brackets": ("(knife OR gun) crime", ['("knife" OR "gun)") AND ("crime")']),
    "minus": ("knife -gun", ['("knife") NOT ("gun")']),
    "minus before a phrase": ('knife -"stop and search"', ['("knife") NOT ("stop and search")']),
    "not": ("knife NOT gun", ['("knife") NOT ("gun")']),
    "and": ("knife AND gun", ['("knife") AND ("gun")']),
    "a small or": ("knife or gun", ['("knife") AND ("or") AND ("gun")']),
    "an operator of the index": ("NEAR(a b) text:c ^d e* + f", [
        '("near(a") AND ("b)") AND ("text:c") AND ("^d") AND ("e*") AND ("f")'
    ]),
    "operators alone": ("OR AND NOT -", []),
    "or at either end": ("OR knife OR", ['("knife")']),
    "no letters": ('"" ! \x00 ()', []),
    "a name beside a word": ("@ann knife", ['("knife")', '"ann", @ann']),
    "a tag has an index of its own": ("#Knife", ["#knife"]),
    "a tag or a word": ("#Knife OR gun", ['"gun", #knife']),
}  # fmt: skip


def matches(groups: tuple[TermGroup, ...]) -> list[str]:
    return ["NOT " * one.is_left_out + ", ".join(f"{t.sign}{t.text}" for t in one.terms) for one in groups]


@pytest.mark.parametrize(("question", "asked"), ASKED.values(), ids=ASKED)
def test_the_index_is_asked_for_words_in_quotation_marks(question, asked):
    assert matches(term_groups(question)) == asked


HALF = {
    "a word": ("knife burgl", True), "of two letters": ("kn", False), "a phrase": ('"burgl"', False),
    "left out": ("knife -burgl", False), "with an ending": ("petitions", False), "a tag": ("#burgl", True),
    "nothing": ("", False),
}  # fmt: skip


@pytest.mark.parametrize(("question", "is_half"), HALF.values(), ids=HALF)
def test_the_last_word_may_be_half_typed(question, is_half):
    assert (half_word(question) is not None) == is_half


def test_a_half_word_may_go_on_and_no_other_does():
    assert matches(term_groups("knife burgl", is_half=True)) == ['("knife") AND ("burgl"*)']


def test_a_place_is_a_phrase_or_what_mentions_it():
    assert matches(term_groups("Gants Hill", place="gants-hill")) == ['("gants hill"), placegants-hill']


def test_a_question_of_a_thousand_words_is_cut_to_forty():
    assert len(words_of("knife " * 1000)) == 40


def test_an_account_is_named_by_its_sign_alone():
    assert names_account("crime -(@ann")
    assert not names_account('ann a@example.org "@ann" @ @@')


@pytest.mark.parametrize("question", ["a OR b", '"a b" OR c d', "crime -police", "-(a b)", "a OR b OR @c"])
def test_a_question_that_can_pick_single_posts_is_known(question):
    assert is_choice(question)
    assert not is_choice(question.replace(" OR ", " ").replace("-", ""))
