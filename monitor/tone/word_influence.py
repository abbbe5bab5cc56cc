"""Which words moved a text's tone: each is left out in turn, and the text scored without it. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from monitor.core.model import Sentiment, Tone

Score = Callable[[str], Sentiment]

LONGEST = 1000  # characters that are looked at: a text is scored once for each of its words
_MOST_WORDS = 80  # and as many different ones
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[!?]|[\U0001F300-\U0001FAFF\u2600-\u27BF]")
_MOVES = 0.01  # of the likelihood, from which on a word is named


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A score, the likeliest tone, and by how much each word makes it likelier (above 0) or less so."""

    score: Sentiment
    likeliest: Tone
    words: tuple[tuple[str, float], ...]  # what moved it most comes first


def why(score: Score, text: str, most: int = 6) -> Why:
    """Return what moved the tone of a text, by its beginning if it is long."""
    beginning = text[:LONGEST]
    sentiment = score(beginning)
    likeliest = max((Tone.POSITIVE, Tone.NEUTRAL, Tone.NEGATIVE), key=lambda tone: _share(sentiment, tone))
    share = _share(sentiment, likeliest)
    moves = [(word, share - _without(score, beginning, word, likeliest)) for word in _words(beginning)]
    ranking = sorted((move for move in moves if abs(move[1]) >= _MOVES), key=lambda move: -abs(move[1]))
    return Why(score=sentiment, likeliest=likeliest, words=tuple(ranking[:most]))


def _words(text: str) -> list[str]:
    """Return the different words, without regard to capitals, in their order."""
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(text)))[:_MOST_WORDS]


def _without(score: Score, text: str, word: str, tone: Tone) -> float:
    """Return how likely a tone would be if a word were not there."""
    edge = r"\b" if word[0].isalpha() else ""
    return _share(score(re.sub(f"{edge}{re.escape(word)}{edge}", " ", text, flags=re.IGNORECASE)), tone)


def _share(score: Sentiment, tone: Tone) -> float:
    return {Tone.POSITIVE: score.positive, Tone.NEGATIVE: score.negative}.get(tone, score.neutral)
