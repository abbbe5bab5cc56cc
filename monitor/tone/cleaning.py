"""A text as the analyzer reads it, and the words and pairs of words that it weighs. Pure."""

import re
from collections.abc import Container, Iterable
from itertools import pairwise

MOST_CHARACTERS = 5000  # TextBlob is slower than linear on long runs of punctuation
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NAME = re.compile(r"@[\w.@-]+")
UNREAD = f"{_ADDRESS.pattern}|{_NAME.pattern}"  # to be looked for without regard to capitals
_QUOTES = str.maketrans("‘’“”", "''\"\"")
# A shorter one is a title, or a word that is meant otherwise; of a longer one the end is not looked for.
_QUOTED = re.compile(r'"[^"]{12,}"|“[^”]{12,2000}”|‘[^’]{12,2000}’')
_OF_LETTERS, _FEWEST = re.compile(r"\w+"), 3  # words, from which on they are a text
# TextBlob does not see "n't": to it, "isn't good" is good.
_NOT = re.compile(r"\b(?:(ca)n't|(wo)n't|(sha)n't|(can)not)\b|n't\b", re.IGNORECASE)
_WHOLE = {"ca": "can not", "wo": "will not", "sha": "shall not", "can": "can not"}
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[!?]+|[\U0001F300-\U0001FAFF\u2600-\u27BF]")
_GAP = re.compile(r"[\s-]+")


class Subject:
    """What names a campaign's subject; a phrase, such as 'hate crime', is read as one word, like a hashtag.

    Alone, 'hate' is a feeling. `words` has the words, and the phrases in one word each.
    """

    def __init__(self, names: Iterable[str]) -> None:
        parts = [_GAP.sub(" ", name.casefold()).split() for name in names]
        self.words = frozenset("".join(words) for words in parts)
        phrases = sorted((words for words in parts if len(words) > 1), key=len, reverse=True)
        either = "|".join(r"[\s-]+".join(map(re.escape, words)) for words in phrases)
        phrase = rf"\b(?:{either})\b" if either else "(?!)"
        self._lower, self._phrase = re.compile(phrase), re.compile(phrase, re.IGNORECASE)

    def joined(self, text: str) -> str:
        """Return a text in which each phrase of the subject is one word."""
        if not self._lower.search(text.lower()):  # in a third of the time
            return text
        return self._phrase.sub(lambda phrase: _GAP.sub("", phrase[0]), text)


def straight(text: str) -> str:
    """Return a text with the signs that web pages spell out, and with straight quotes."""
    from html import unescape  # a large table of names

    return unescape(text).translate(_QUOTES)


def own_words(text: str) -> str:
    """Return a text without what it quotes of others, unless hardly anything is left."""
    rest = _QUOTED.sub(" ", text)
    return rest if rest != text and len(_OF_LETTERS.findall(rest)) >= _FEWEST else text


def clean_text(text: str) -> str:
    """Return a text on one line, without addresses, names and signs of hashtags, with 'not' in full."""
    words = without_addresses(text).replace("#", " ")
    if "'" in words or "cannot" in words.lower():
        words = _NOT.sub(_negation, words)
    return " ".join(words.split())


def without_addresses(text: str) -> str:
    """Return a text in straight quotes, without web addresses and names of accounts."""
    words = straight(text)
    if may_have_address(words):
        words = _ADDRESS.sub(" ", words)
    return _NAME.sub(" ", words)


def may_have_address(text: str) -> bool:
    """Return False for most texts without web addresses, in which a look for those takes far longer."""
    return "://" in text or "www." in text.lower()


def _negation(match: re.Match[str]) -> str:
    start = next((part for part in match.groups() if part), None)
    return _WHOLE[start.lower()] if start else " not"


def grams(clean: str, without: Container[str]) -> frozenset[str]:
    """Return the words of a cleaned text and the pairs of neighbours, but for words of the subject."""
    words = [word[0] if word[0] in "!?" else word for word in _WORD.findall(clean.lower())]
    rest = [word for word in words if word not in without]
    return frozenset([*rest, *(f"{one} {other}" for one, other in pairwise(rest))])
