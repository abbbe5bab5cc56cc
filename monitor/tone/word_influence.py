"""Which words moved a text's tone: each is left out in turn, and the text scored without it. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from monitor.core.model import CLEAR_TONES, Sentiment, Tone
from monitor.tone.cleaning import UNREAD

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


def why(score: Callable[[str], Sentiment], text: str, most: int = 6) -> Why:
    """Return what moved the tone of a text, by its beginning if it is long."""
    beginning = text[:LONGEST]
    sentiment = score(beginning)
    likeliest = max(CLEAR_TONES, key=lambda tone: float(getattr(sentiment, tone)))
    share = attrgetter(likeliest)
    words = _words(beginning)
    moves = [(word, share(sentiment) - share(score(_without(beginning, word)))) for word in words]
    ranking = sorted((move for move in moves if abs(move[1]) >= _MOVES), key=lambda move: -abs(move[1]))
    return Why(score=sentiment, likeliest=likeliest, words=tuple(ranking[:most]))


def _words(text: str) -> list[str]:
    """Return the different words that are read, in lower case, in their order."""
    read = re.sub(UNREAD, " ", text, flags=re.IGNORECASE)
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(read)))[:_MOST_WORDS]


def _without(text: str, word: str) -> str:
    """Return a text without a word; an address stays whole, as half of one would be read as words."""
    edge = r"\b" if word[0].isalpha() else ""
    either = f"({UNREAD})|{edge}{re.escape(word)}{edge}"
    return re.sub(either, lambda part: part[1] or " ", text, flags=re.IGNORECASE)
