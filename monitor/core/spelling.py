"""How people spell names: joined in a hashtag, with an apostrophe or without, one letter wrong. Pure."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from itertools import takewhile

from monitor.core.normal_text import normal

# An address or an account is a word, as it is not where a post speaks of; a sign is one, as it parts others.
_WORD = re.compile(r"www\.\S+|@[\w.]+|[^\W_]+(?:://\S+)?|[^\w\s'-]")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=\d)(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TAG = re.compile(r"#\w+")


def words(text: str) -> list[str]:
    """Return the words of a cleaned text, and of its hashtags: '#GantsHill' has two."""
    text = _TAG.sub(lambda tag: _CAMEL.sub(" ", tag[0]), text) if "#" in text else text
    return _WORD.findall(text.replace("&", " and ").replace("St. ", "St "))


@lru_cache(maxsize=5000)  # a gazetteer asks for each of its names several times
def plain(name: str) -> str:
    """Return a name as it is compared: 'King George's' and 'king georges' are one."""
    return "".join(word for word in words(normal(name)) if word != "#")


def is_slip(word: str, name: str) -> bool:
    """Return whether a word is a name with one letter too many, too few or wrong, or two of them swapped."""
    same = len([*takewhile(lambda pair: pair[0] == pair[1], zip(word, name, strict=False))])
    rest, right = word[same:], name[same:]
    is_swapped = rest[:2] == right[1::-1] and rest[2:] == right[2:]
    return is_swapped or rest[1:] == right[1:] or rest[1:] == right or rest == right[1:]


def nearest(word: str, others: Iterable[str]) -> str:
    """Return the word that is spelt most like one; '' if none is."""
    near = sorted(other for other in others if other[0] == word[0] and abs(len(other) - len(word)) <= 2)
    return "".join(get_close_matches(word, near, 1, cutoff=0.8))
