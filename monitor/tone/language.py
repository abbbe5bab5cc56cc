"""Whether a text is in English, the only language whose tone the analyzers know. Pure."""

import json
import re
from functools import cache
from importlib.resources import files
from unicodedata import normalize

from monitor.tone.cleaning import clean_text, may_have_address, straight

# What platforms say where they do not know the language, or where there is none.
_SAYS_NOTHING = frozenset({"", "und", "zxx", "mul", "mis", "art", "qam", "qct", "qht", "qme", "qst"})
_NAME = r"[#@][\w.@-]+"
_NAMES, _NO_WORDS = re.compile(_NAME), re.compile(rf"{_NAME}|(?:https?://|www\.)\S+", re.IGNORECASE)
VERSION = "en2"  # of the rule below: it is part of each score's name
_LETTER = re.compile(r"[^\W\d_]")
_LAST_LATIN = "\u024f"  # https://www.unicode.org/charts/PDF/U0180.pdf
# Capitalised words may be names of people and places, which belong to no language. Shorter ones are shared by
# too many languages: "me", "no", "in".
_WORD = re.compile(r"[^\W\d_]{3,}(?:'[^\W\d_]+)?")
# All of 39 sentences in 28 other languages have less; of tweets and comments in English 0.2 %: docs/tone.md.
_KNOWN_SHARE = 0.3
_FEWEST = 3


def is_english(text: str, lang: str | None, subject: frozenset[str] = frozenset()) -> bool:
    """Return whether a text may be taken for English.

    `lang` is what the platform says, such as "en-GB"; None where it says nothing. Many programs put "en" on
    whatever is written with them, so the words are looked at too: how many of them are in a list,
    or belong to the campaign's subject. Fewer than three words are taken to be what the platform says.
    """
    code = (lang or "").split("-")[0].split("_")[0].lower()
    if code not in _SAYS_NOTHING and code != "en":
        return False
    composed = normalize("NFKC", straight(text))
    clean = clean_text((_NO_WORDS if may_have_address(composed) else _NAMES).sub(" ", composed))
    letters = () if clean.isascii() else _LETTER.findall(clean)
    if 2 * sum(letter > _LAST_LATIN for letter in letters) > len(letters):
        return False
    every = _WORD.findall(clean)
    words = frozenset(every).intersection(map(str.lower, every))
    known = (words & _vocabulary()) | (words & subject)
    return len(words) < _FEWEST or len(known) >= _KNOWN_SHARE * len(words)


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words of three letters and more that version 3 of the weights knew: a list that stays."""
    return frozenset(json.loads((files(__package__) / "english_words.json").read_text(encoding="utf-8")))
