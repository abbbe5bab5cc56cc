"""How the transformer reads a text: by pieces of words, and without the subject."""

import pytest

from monitor.tone.word_pieces import END, MASK, MOST, START, UNKNOWN, WordPieces

VOCABULARY = (
    UNKNOWN, START, END, MASK, "so", "good", "god", "the", "play", "##ing", "##ed", "!", ".", '"', "stop",
    "knives", "in", "soo",
)  # fmt: skip


@pytest.fixture(scope="module")
def pieces():
    return WordPieces(VOCABULARY, ("hate crime", "stabbing", "callingtimeoncrime"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("So GOOD", ["so", "good"], id="capitals"),
        pytest.param("soooo goooood", ["so", "good"], id="stretched, the commoner of two forms"),
        pytest.param("so!!!!!!!", ["so", "!", "!", "!"], id="many signs"),
        pytest.param("café", ["cafe"], id="accents"),
        pytest.param("the ❤️❤️", ["the", "heavy", "black", "heart"], id="emoji, once, by name"),
        pytest.param("the 👏🏽", ["the", "clapping", "hands", "sign"], id="emoji whatever its skin colour"),
        pytest.param("#StopTheKnives", ["stop", "the", "knives"], id="hashtag of several words"),
        pytest.param("a stabbing in", ["a", MASK, "in"], id="word of the subject"),
        pytest.param("the hate-crime stabbing", ["the", MASK], id="phrase and word of the subject, as one"),
        pytest.param("so #CallingTimeOnCrime", ["so", MASK], id="hashtag of the subject"),
        pytest.param("@mp so https://example.org/x", ["so"], id="names and addresses"),
        pytest.param("“so”", ['"', "so", '"'], id="quotes"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_text_is_read_as_words_and_signs(pieces, text, words):
    assert pieces.words(text) == words


def test_words_that_are_not_in_the_vocabulary_are_read_in_pieces(pieces):
    read = [VOCABULARY[n] for n in pieces.read("playing played xyz")]

    assert read == [START, "play", "##ing", "play", "##ed", UNKNOWN, END]


def test_of_a_long_text_the_beginning_and_the_end_are_read(pieces):
    read = [VOCABULARY[n] for n in pieces.read("so " * 500 + "good " * 500)]

    assert len(read) == MOST
    assert (read[1], read[-2]) == ("so", "good")


def test_a_word_of_thousands_of_letters_is_not_looked_into(pieces):
    def read(text):
        return [VOCABULARY[n] for n in pieces.read(text)]

    assert read("playing" * 700) == [START, UNKNOWN, END]
    assert read("playplay") == [START, UNKNOWN, END]
    assert read("play" + "ing" * 32) == [START, "play", *["##ing"] * 32, END]


@pytest.mark.parametrize("text", ["\u200d" * 50, "é" * 3000, "🏽" * 200, "#" * 999, "한국어", "\x00\ud800"])
def test_any_text_is_read(pieces, text):
    assert 2 <= len(pieces.read(text)) <= MOST
