"""What people type into a search box, taken apart, as SQL about a post `p`. Pure.

All must hold: words, "words that follow one another", @names and #tags, several of them with OR between them,
and none of what has a minus or NOT before it. Whatever else is typed is an ordinary word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from monitor.core.normal_text import cleaned, normal
from monitor.core.text import quoted

_MOST = 40  # terms
_TERM = re.compile(r'(-?)\(*(?:"([^"]*)"?|([^\s"]+))')
_EDGE = "@#()[]{}<>.,;:!?*'"
# A short word, or one with an ending that the index leaves out: what begins like the rest is another word,
# as "usual" is for "using". https://www.sqlite.org/fts5.html, 4.3.3
_WHOLE = re.compile(r".{0,2}|.*(?:[esy]|al|ed|ent|ant|er|ing|ion|ism|ou)")
_LAST = chr(0x10FFFF)  # comes after whatever a word may go on with

ACCOUNTS = (
    "(SELECT id FROM authors WHERE handle COLLATE NOCASE BETWEEN :{name} AND :{name}_last"
    " AND substr(handle, length(:{name}) + 1, 1) IN ('', '.', '@'))"
)
_TAGS = "(SELECT id FROM terms WHERE kind = 'tag' AND term BETWEEN :{name} AND :{name}_last)"
_PLACES = "(SELECT id FROM terms WHERE kind = 'place' AND term = :{name})"
_IDS = {
    "": "SELECT rowid AS id FROM posts_fts WHERE posts_fts MATCH :{name}",
    "@": f"SELECT id FROM posts WHERE author_id IN {ACCOUNTS}",
    "#": f"SELECT post_id AS id FROM post_terms WHERE term_id IN {_TAGS}",
    "place": f"SELECT post_id AS id FROM post_terms WHERE term_id IN {_PLACES}",
}
_TESTS = {
    "": f"+p.id IN ({_IDS['']})",
    "@": f"+p.author_id IN {ACCOUNTS}",
    "#": f"EXISTS (SELECT 1 FROM post_terms WHERE post_id = p.id AND term_id IN {_TAGS})",
    "place": f"EXISTS (SELECT 1 FROM post_terms WHERE post_id = p.id AND term_id IN {_PLACES})",
}
_OF_EACH = "EXISTS (SELECT 1 FROM posts_fts WHERE posts_fts MATCH :{name} AND rowid = p.id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTerm:
    """A word, or several that follow one another, in normal spelling.

    `sign` is '@' or '#' before a name, or 'place' for the key of one.
    """

    text: str
    sign: str = ""
    is_phrase: bool = False
    is_half: bool = False  # it may go on

    @property
    def match(self) -> str:
        """Return what the index is asked for."""
        return f'"{self.text}"' + "*" * self.is_half


@dataclass(frozen=True, slots=True, kw_only=True)
class TermGroup:
    """Of a group one must hold: what `match` asks the index for, or a name; of one that is left out none."""

    name: str  # of its values in SQL
    match: str
    names: tuple[SearchTerm, ...] = ()
    is_left_out: bool = False

    @property
    def ids(self) -> str:
        """Return SQL for the ids of the posts for which one of them holds."""
        return " UNION ALL ".join(_IDS[sign].format(name=name) for sign, name, _ in self._parts())

    def test(self, *, is_common: bool) -> str:
        """Return SQL that holds for the posts that are meant.

        The ids of rare words are looked up once, and common words in each post.
        """
        tests = _TESTS | {"": _OF_EACH} if is_common else _TESTS
        either = " OR ".join(tests[sign].format(name=name) for sign, name, _ in self._parts())
        return f"{'NOT ' * self.is_left_out}({either})"

    @property
    def values(self) -> dict[str, str]:
        """Return the values of the SQL."""
        last = {f"{name}_last": text for sign, name, text in self._parts() if sign}
        values = {name: text.rstrip(_LAST) for _, name, text in self._parts()}
        return values | last

    def _parts(self) -> Iterator[tuple[str, str, str]]:
        """Yield the sign, name and last text of each."""
        if self.match:
            yield "", self.name, self.match
        for n, term in enumerate(self.names):
            yield term.sign, f"{self.name}_{n}", term.text + _LAST * (term.is_half or term.sign == "@")


def term_groups(question: str, *, is_half: bool = False, place: str | None = None) -> tuple[TermGroup, ...]:
    """Return what must hold, all words together first; nothing for a question without a letter.

    With `is_half` the last word may go on. `place` is the key of one whose name this is: it is a phrase,
    and posts that mention the place are meant, too.
    """
    parts = _parts(quoted(question) if place else question)
    if is_half and not place and parts:
        parts[-1][1][-1] = replace(parts[-1][1][-1], is_half=True)
    words = [terms for is_left_out, terms in parts if not is_left_out and not any(t.sign for t in terms)]
    together = " AND ".join(f"({_match(terms)})" for terms in words)
    places = (SearchTerm(text=place, sign="place"),) if place else ()
    groups = [TermGroup(name="words", match=together, names=places)] if together else []
    for n, (is_left_out, terms) in enumerate(parts):
        if terms not in words or is_left_out:
            names = tuple(term for term in terms if term.sign)
            groups.append(
                TermGroup(name=f"words_{n}", match=_match(terms), names=names, is_left_out=is_left_out)
            )
    return tuple(groups)


def half_word(question: str) -> SearchTerm | None:
    """Return the last word of a question if it may be half typed."""
    parts = _parts(question)
    if not parts or parts[-1][0]:
        return None
    term = parts[-1][1][-1]
    return None if term.is_phrase or (not term.sign and _WHOLE.fullmatch(term.text)) else term


def words_of(question: str) -> list[str]:
    """Return the words that must hold, each alone; no phrases and names."""
    terms = [term for is_left_out, terms in _parts(question) for term in terms if not is_left_out]
    return [term.text for term in terms if not (term.sign or term.is_phrase)]


def names_account(question: str) -> bool:
    """Return whether a question is about the posts of an account."""
    return any(term.sign == "@" for _, terms in _parts(question) for term in terms)


def _match(terms: list[SearchTerm]) -> str:
    """Return what the index of texts is asked for; a hashtag is found by its own."""
    return " OR ".join(term.match for term in terms if term.sign != "#")


def _parts(question: str) -> list[tuple[bool, list[SearchTerm]]]:
    """Return the terms that are joined by OR, and whether they are left out."""
    parts, is_left_out, joins = list[tuple[bool, list[SearchTerm]]](), False, False
    clean = cleaned(question.encode("utf-8", "ignore").decode().replace("\x00", " "))
    for minus, phrase, word in islice(_TERM.findall(clean), _MOST):
        if word in ("AND", "OR", "NOT"):
            is_left_out, joins = word == "NOT", word == "OR"
        elif term := _term(phrase, word):
            is_left_out = is_left_out or bool(minus)
            if joins and parts and parts[-1][0] == is_left_out:
                parts[-1][1].append(term)
            else:
                parts.append((is_left_out, [term]))
            is_left_out, joins = False, False
    return parts


def _term(phrase: str, word: str) -> SearchTerm | None:
    text = normal(phrase or word).replace('"', " ").strip()
    sign = text[:1] if not phrase and text[:1] in ("@", "#") else ""
    text = text.strip(_EDGE) if sign else text
    if not any(letter.isalnum() for letter in text):
        return None
    return SearchTerm(text=text, sign=sign, is_phrase=bool(phrase))
