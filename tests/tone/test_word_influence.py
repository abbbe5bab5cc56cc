"""Why a text got its tone: by leaving out one word after the other."""

from pathlib import Path

import pytest

from monitor.campaign import subject_words
from monitor.core.model import Sentiment, Tone
from monitor.tone import EnglishOnly, english_analyzer
from monitor.tone.word_influence import why

SUBJECT = frozenset(subject_words(Path(__file__).parents[2] / "config/topic-words.toml"))


def by_two_words(text: str) -> Sentiment:
    """Score "lovely" as good and "sad" as bad, a quarter as strongly."""
    positive = 0.2 + 0.4 * ("lovely" in text.lower()) - 0.1 * ("sad" in text)
    return Sentiment(tone=Tone.POSITIVE, positive=positive, neutral=0.1, negative=0.9 - positive)


def test_each_word_is_told_by_what_the_tone_would_be_without_it():
    found = why(by_two_words, "A lovely, LOVELY day, and yet sad.")
    assert found.likeliest == Tone.POSITIVE
    assert [(word, round(moved, 3)) for word, moved in found.words] == [("lovely", 0.4), ("sad", -0.1)]


def test_a_part_of_another_word_stays():
    assert why(by_two_words, "lovely lo").words == (("lovely", pytest.approx(0.4)),)


@pytest.mark.parametrize("unread", ["https://a.example/lovely-sad", "WWW.LOVELY.example", "@lovely.sad"])
def test_words_of_an_address_move_nothing_and_are_left_whole(unread):
    scored = []

    def by_all(text: str) -> Sentiment:
        scored.append(text)
        return by_two_words(text)

    why(by_all, f"A lovely day: {unread}")
    assert all(unread in text for text in scored)
    found = english_analyzer("campaign", SUBJECT).why(f"{unread} is such lovely news")
    assert {word for word, _ in found.words} <= {"is", "such", "lovely", "news"}


def test_what_is_not_scored_has_no_reason():
    assert english_analyzer("campaign", SUBJECT).why("Das ist eine schande und so", None) is None


@pytest.mark.heavy
def test_the_language_is_decided_once_whatever_word_is_left_out():
    near = "Jaydon Okonkwo thanks lovely ngozi pettifer havering adeyemi"
    moved = dict(english_analyzer("campaign", SUBJECT).why(near, None).words)
    assert all(abs(by) < 0.9 for by in moved.values())


def test_a_text_of_many_signs_is_scored_a_bounded_number_of_times():
    asked = []

    def counted(text: str) -> Sentiment:
        asked.append(text)
        return by_two_words(text)

    why(counted, " ".join(chr(0x1F300 + n) for n in range(700)))
    assert len(asked) <= 81


def test_what_moved_a_text_is_looked_for_once_however_often_it_is_asked():
    asked = []

    class Counted:
        name = "counted"

        def score(self, text: str) -> Sentiment:
            asked.append(text)
            return by_two_words(text)

    analyzer = EnglishOnly(Counted(), SUBJECT)
    first, again = (analyzer.why("a lovely evening in the park", "en") for _ in range(2))

    assert (first, len(asked)) == (again, 7)
    assert analyzer.why("a sad evening in the park", "en") != first


def test_no_more_words_are_named_than_asked_for():
    found = why(lambda text: Sentiment(
        tone=Tone.NEUTRAL, positive=0.0, neutral=min(1.0, 0.05 * len(text.split())), negative=0.0,
    ), "one two three four five six seven eight nine", most=3)  # fmt: skip
    assert len(found.words) == 3


@pytest.mark.parametrize("name", ["campaign", "textblob"])
def test_the_words_of_a_real_text_are_those_that_a_person_would_name(name):
    found = english_analyzer(name, SUBJECT).why("Thank you all, what a lovely evening. Stop knife crime")
    assert found.likeliest == Tone.POSITIVE
    assert "lovely" in dict(found.words)


def test_words_of_the_subject_move_nothing_much():
    found = english_analyzer("campaign", SUBJECT).why("So proud of our street against violence and stabbings")
    moved = dict(found.words)
    assert found.likeliest == Tone.POSITIVE
    assert abs(moved.get("violence", 0)) < 0.1 < moved["proud"]


def test_what_is_left_of_a_phrase_of_the_subject_is_not_said_to_move_anything():
    found = english_analyzer("campaign", SUBJECT).why("The council has a page about hate crime and road rage")
    assert not {"hate", "crime", "road", "rage"} & {word for word, _ in found.words}


@pytest.mark.parametrize("text", ["", "!", "((((", "\\1 \\b [", "😀" * 2000, "a " * 9000, "İstanbul ŞŞ ﬁne"])
@pytest.mark.slow
def test_any_text_can_be_asked_about(text):
    found = english_analyzer("campaign", SUBJECT).why(text)
    assert found is None or len(found.words) <= 6
