"""How people spell names."""

import pytest

from monitor.core.spelling import is_slip, plain, words


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("", []),
        ("#GantsHill is #SAFENow", ["#", "Gants", "Hill", "is", "#", "SAFE", "Now"]),
        ("Barking&Dagenham", ["Barking", "and", "Dagenham"]),
        ("St. Mary's Lane", ["St", "Mary", "s", "Lane"]),
        ("Gants_Hill, Havering-atte-Bower", ["Gants", "Hill", ",", "Havering", "atte", "Bower"]),
        ("see www.a.example/b @a.b", ["see", "www.a.example/b", "@a.b"]),
        ("nohttps://a.example/b", ["nohttps://a.example/b"]),
    ],
)
def test_words_are_those_that_a_reader_sees(text, apart):
    assert words(text) == apart


def test_spellings_of_a_name_are_equal():
    assert {plain(name) for name in ("King George's", "king georges", "KING-GEORGES")} == {"kinggeorges"}


@pytest.mark.parametrize("word", ["dagenam", "dagenhham", "dagenhan", "daegnham", "dagenhama", "agenham"])
def test_one_letter_too_many_too_few_or_wrong_or_two_swapped_are_a_slip(word):
    assert is_slip(word, "dagenham")


@pytest.mark.parametrize("word", ["dagnam", "daegnhma", "", "mahnegad", "dagenhamer", "gedanham"])
def test_two_are_not(word):
    assert not is_slip(word, "dagenham")
