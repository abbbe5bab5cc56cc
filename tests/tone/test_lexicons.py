"""Both word lists say of any text what their libraries do, though plain texts are read by a shorter way."""

import random
import re

import pytest
from textblob import en
from vader import SentimentIntensityAnalyzer

from monitor.core.model import Sentiment
from monitor.tone import english_analyzer, lexicons
from monitor.tone.lexicons import Lexicons, tokens

pytestmark = pytest.mark.heavy

SUBJECT = frozenset({"crime", "violent"})
PIECES = [
    "etc.", "Mr.", "a.m.", "U.S.", "Hmm.", "T.", "x", "D", "O", "xD", "X-D", "8-D", ";D", ":)", "(!)", "<3",
    "good", "not", "very", "bad", "great.", "awful,", "world!?", "...", ".", "!", "'", "&", "-", "-x", "non-",
    "well-known", '"quoted"', "it's", "'tis", "café.", "£5", "50%", "24", "3.5", "😀", "can't", "stand",
    "fed", "up", "n't", "screwed", "break", "a", "leg", "CRIME", "hands", "down", "never", "so", "D;",
    "D'", "isn't",
]  # fmt: skip
LETTERS = "abcdxXDOoPMrt.,!?;' 83\"&-£é%:()/"


def made_up(number: int) -> list[str]:
    chance = random.Random(5)
    spelt = ("".join(chance.choices(LETTERS, k=chance.randint(0, 14))) for _ in range(number))
    worded = (" ".join(chance.choices(PIECES, k=chance.randint(1, 8))) for _ in range(number))
    return [" ".join(text.split()) for pair in zip(spelt, worded, strict=True) for text in pair]


TEXTS = made_up(2000)


def wrong() -> list[str]:
    """Return the texts whose words are not those that TextBlob finds."""
    return [text for text in TEXTS if " ".join(tokens(text)).split() != " ".join(en.tokenize(text)).split()]


def test_the_words_of_a_text_are_those_that_textblob_finds() -> None:
    assert wrong() == []
    plain = [text for text in TEXTS if lexicons._PLAIN.fullmatch(text)]
    assert len(TEXTS) / 5 < len(plain) < len(TEXTS) * 4 / 5  # both ways are walked


@pytest.mark.parametrize("check", ["_FACE", "RE_ABBR3"])
def test_control_without_a_check_other_words_are_noticed(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicons, check, re.compile("(?!)"))
    assert wrong() != []


def test_the_scores_are_those_of_both_libraries() -> None:
    ours = Lexicons(SUBJECT)
    textblob = en.Sentiment(
        path=ours._textblob._path, synset="wordnet_id", negations=("no", "not", "n't", "never"),
        modifiers=("RB",), modifier=lambda word: word.endswith("ly"), tokenizer=en.tokenize, language="en",
    )  # fmt: skip
    textblob.load()
    for word in SUBJECT:
        textblob.pop(word, None)
    vader = SentimentIntensityAnalyzer(lexicon=ours._vader.lexicon)
    for text in TEXTS:
        assert tuple(ours._textblob(text)) == tuple(textblob(text)), text
        assert ours._vader.polarity_scores(text) == vader.polarity_scores(text), text


def test_a_phrase_of_several_words_still_counts() -> None:
    scores = [
        Lexicons(()).features(text)[5] for text in ("we are fed up", "we are up fed", "break a leg tonight")
    ]
    assert scores[0] < 0 == scores[1] < scores[2]


HOSTILE = {"quotes": "'" * 10**6 + "#", "hyphens": "a-" * 10**6, "commas": "a, " * 10**6 + "_"}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_told_from_a_plain_one_in_linear_steps(text: str) -> None:
    assert lexicons._PLAIN.fullmatch(text) is None  # in squared steps, this would take hours


def test_a_copy_is_scored_as_the_first_was_and_other_languages_and_subjects_on_their_own() -> None:
    first, second = (english_analyzer("campaign", subject) for subject in (SUBJECT, frozenset({"wonderful"})))
    text = "what a wonderful evening with all of you"
    scores = [by.score(text, lang) for by in (first, second, first) for lang in ("en", "pl")]
    assert isinstance(scores[0], Sentiment)
    assert scores[0] == scores[4] != scores[2]
    assert scores[1::2] == [None] * 3
