"""A text as the transformer reads it: numbers of words and pieces of words from a fixed vocabulary. Pure.

The rule is WordPiece, longest piece first (Schuster & Nakajima 2012; Devlin et al. 2019), without capitals
and accents, as all-MiniLM-L6-v2 was trained with it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from monitor.tone.cleaning import Subject, without_addresses

MOST = 128  # pieces that are read: half from the beginning, half from the end
MASK, START, END, UNKNOWN = "[MASK]", "[CLS]", "[SEP]", "[UNK]"
_LONGEST = 100  # letters of a word that is looked at, as in BERT: to split one takes time by their square
_HASHTAG = re.compile(r"#(\w+)")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|_")
_SIGN = re.compile(  # with its colour, and its repetitions
    r"([\U0001F300-\U0001FAFF\u2600-\u27BF\u2B50])(?:[\uFE0F\u200D\U0001F3FB-\U0001F3FF]|\1)*"
)
_RUN = re.compile(r"([^\w\s])\1{3,}")
_STRETCH = re.compile(r"([a-z])\1{2,}")
_WORD = re.compile(r"[^\W_]+|[^\w\s]")


class WordPieces:
    """Reads texts by a vocabulary, in the order of its numbers.

    What names the campaign's subject is read as a blank: a post about stabbings is not the angrier for it.
    """

    def __init__(self, vocabulary: Iterable[str], subject: Iterable[str]) -> None:
        self._numbers: Mapping[str, int] = {piece: n for n, piece in enumerate(vocabulary)}
        self._subject, self.mask = Subject(subject), self._numbers[MASK]
        self._pieces = lru_cache(maxsize=20_000)(self._split)

    def read(self, text: str, most: int = MOST) -> list[int]:
        """Return the numbers of a text's pieces, between those of START and END; `most` at most."""
        pieces = [piece for word in self.words(text) for piece in self._pieces(word)]
        if len(pieces) > most - 2:
            pieces = pieces[: most // 2 - 1] + pieces[1 - most // 2 :]
        return [self._numbers[START], *pieces, self._numbers[END]]

    def words(self, text: str) -> list[str]:
        """Return words and signs: emoji by their Unicode names, neighbours of the subject as one MASK."""
        words: list[str] = []
        for word in _WORD.findall(self._plain(text)):
            if word not in self._subject.words:
                words.append(self._short(word))
            elif words[-1:] != [MASK]:
                words.append(MASK)
        return words

    def _plain(self, text: str) -> str:
        plain = self._subject.joined(without_addresses(text))
        plain = _RUN.sub(r"\1\1\1", _HASHTAG.sub(self._spoken, plain))
        return _lower(_SIGN.sub(_name, plain))

    def _spoken(self, hashtag: re.Match[str]) -> str:
        """Return the words that a hashtag is made of, unless it names the subject."""
        whole = hashtag[1]
        return whole if whole.lower() in self._subject.words else _HUMP.sub(" ", whole)

    def _short(self, word: str) -> str:
        """Return a word without stretched letters: 'sooo' is 'so', 'goood' is 'good'."""
        if not _STRETCH.search(word):
            return word
        forms = (_STRETCH.sub(r"\1\1", word), _STRETCH.sub(r"\1", word))
        # The vocabulary begins with the commonest words.
        return min(forms, key=lambda form: self._numbers.get(form, len(self._numbers)))

    def _split(self, word: str) -> Sequence[int]:
        if len(word) > _LONGEST:
            return (self._numbers[UNKNOWN],)
        pieces: list[int] = []
        start = 0
        while start < len(word):
            ends = range(len(word), start, -1)
            mark = "##" if start else ""
            piece = next(islice((p for e in ends if (p := mark + word[start:e]) in self._numbers), 1), None)
            if piece is None:
                return (self._numbers[UNKNOWN],)
            pieces.append(self._numbers[piece])
            start += len(piece) - len(mark)
        return pieces


def _name(sign: re.Match[str]) -> str:
    return f" {unicodedata.name(sign[1], '')} "


def _lower(text: str) -> str:
    """Return a text without capitals and accents."""
    letters = unicodedata.normalize("NFD", text.lower())
    return letters if letters.isascii() else "".join(c for c in letters if not unicodedata.combining(c))
