"""A text as it is compared, by tags, phrases, searches and fingerprints alike. Pure.

What is shown stays as the platform gave it.
"""

import re
from functools import lru_cache
from itertools import groupby
from unicodedata import category, normalize

LONGEST_TEXT = 100_000  # characters that are read, and kept; posts have fewer
_SHORT = 500  # characters, in which nothing takes long
# Nobody sees these: Default_Ignorable_Code_Point of https://www.unicode.org/Public/UCD/latest/ucd/
# DerivedCoreProperties.txt, with joiners, soft hyphens, and marks of direction and of variation.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Unicode's own rules (NFKC) leave these apart, or make letters of signs beside a word: "tm" of ™.
_SQUARES = "".join(map(chr, range(0x1F200, 0x1F252)))  # with Japanese words in them, as 🈵
_ALIKE = {"'": "´`‘’‚‛′‵ʹʻʼʽ", '"': "″‶“”„‟«»〝〞〟", "-": "‐‑‒–—―−⁃", " ": f"™℠㊗㊙{_SQUARES}"}
_SIGN = {sign: ours for ours, signs in _ALIKE.items() for sign in signs}
_ODD = re.compile(f"[{_UNSEEN}{''.join(_SIGN)}]")
# Marks are put in order in quadratic time; no word needs more of them than 30, by Unicode's own
# "Stream-Safe Text Format": https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format
_PILE = re.compile(r"[^\w\s\x00-\x7f][^\w\s\x00-\x7f]{30,}")
_ACCENT = re.compile("[\u0300-\u036f]")
# Small letters that Unicode makes of no other letter and an accent, as people type them who lack them.
_PLAIN = str.maketrans(dict(zip("łøđðıħŧŋ", "loddihtn", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th"})
# `\w` lacks the vowel signs without which words of many scripts are in pieces.
_SIGNS = (
    code
    for code in (*range(0x300, 0x3100), *range(0xA600, 0xAC00), *range(0x11000, 0x12000))
    if category(chr(code)) in ("Mn", "Mc")
)
_RUNS = (
    [code for _, code in run] for _, run in groupby(enumerate(_SIGNS), key=lambda sign: sign[1] - sign[0])
)
_VOWEL_SIGNS = "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in _RUNS)  # a tenth of the memory of a list
WORD = rf"\w{_VOWEL_SIGNS}"  # a letter of a word, in the brackets of a pattern


def cleaned(text: str) -> str:
    """Return a text in one form of each letter, quotation mark, hyphen and space, and without what is unseen.

    Capitals stay. No more than LONGEST_TEXT characters are read, or returned.
    """
    return _cleaned(text[:LONGEST_TEXT])


def normal(text: str) -> str:
    """Return a text that is equal for all spellings that read the same: cleaned, and in small letters."""
    return _normal(text[:LONGEST_TEXT])


def without_accents(text: str) -> str:
    """Return the normal text without accents, as which people type words whose accents they leave out."""
    return _without_accents(text[:LONGEST_TEXT])


def plain(text: str) -> str:
    """Return a name as people type it who have none of its letters at hand: without accents, with l for ł."""
    return without_accents(text).translate(_PLAIN)


# A post is asked for several of these in a row. A text may be as long as an answer: its beginning is kept.
@lru_cache(maxsize=16)
def _cleaned(text: str) -> str:
    if text.isascii():
        return _spaced(text.replace("`", "'"))
    text = _ODD.sub(_ours, text)
    if len(text) > _SHORT:
        text = _PILE.sub(lambda pile: pile[0][:30], text)
    if (whole := normalize("NFKC", text)) != text:
        text = _ODD.sub(_ours, whole[:LONGEST_TEXT])  # one letter, U+FDFA, becomes eighteen
    return _spaced(text)


@lru_cache(maxsize=16)
def _normal(text: str) -> str:
    return normalize("NFKC", _cleaned(text).casefold())


@lru_cache(maxsize=16)
def _without_accents(text: str) -> str:
    text = _normal(text)
    return text if text.isascii() else _ACCENT.sub("", normalize("NFD", text))


def _ours(odd: re.Match[str]) -> str:
    return _SIGN.get(odd[0], "")


def _spaced(text: str) -> str:
    """Return a text with single spaces; in most of them nothing is to be done, which is seen at once."""
    return text.strip() if text.isprintable() and "  " not in text else " ".join(text.split())
