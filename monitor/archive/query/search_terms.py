"""What people type into a search box, taken apart, as SQL about a post `p`. Pure.

All must hold: words, "words that follow one another", @names and #tags, several of them with OR between them,
and none of what has a minus or NOT before it. Whatever else is typed is an ordinary word.
"""

import re
from itertools import islice
from typing import NamedTuple

from monitor.core.normal_text import cleaned, normal
from monitor.core.text import quoted

_MOST = 40  # terms
_TERM = re.compile(r'(-?)\(*(?:"([^"]*)"?|([^\s"]+))')
_EDGE = "@#()[]{}<>.,;:!?*'"
# A short word, or one with an ending that the index leaves out: what begins like the rest is another word,
# as "usual" is for "using". https://www.sqlite.org/fts5.html, 4.3.3
_WHOLE = re.compile(r".{0,2}|.*(?:[esy]|al|ed|ent|ant|er|ing|ion|ism|ou)")

ACCOUNTS = (
    "SELECT id FROM authors WHERE handle COLLATE NOCASE BETWEEN :{name} AND :{name} || char(1114111)"
    " AND substr(handle, length(:{name}) + 1, 1) IN ('', '.', '@')"
)
_TERMS = {  # each in its table, by sign
    "#": "SELECT id FROM terms WHERE kind = 'tag' AND term = :{name}",
    "#*": "SELECT id FROM terms WHERE kind = 'tag' AND term BETWEEN :{name} AND :{name} || char(1114111)",
    "place": "SELECT id FROM terms WHERE kind = 'place' AND term = :{name} COLLATE NOCASE",
    "theme": "SELECT id FROM terms WHERE kind = 'theme' AND term = :{name}",
}
_IN_ID_RANGE = "BETWEEN :first_id AND :last_id"  # for few days, which have their posts close together
_IDS = {
    "": f"SELECT rowid AS id FROM posts_fts WHERE posts_fts MATCH :{{name}} AND rowid {_IN_ID_RANGE}",
    "@": f"SELECT id FROM posts WHERE author_id IN ({ACCOUNTS})",
    "kit": "SELECT post_id AS id FROM kit_posts WHERE how = :{name}",
} | {
    sign: f"SELECT post_id AS id FROM post_terms WHERE term_id IN ({ids}) AND post_id {_IN_ID_RANGE}"
    for sign, ids in _TERMS.items()
}
_EACH = {
    "": "EXISTS (SELECT 1 FROM posts_fts WHERE posts_fts MATCH :{name} AND rowid = p.id)",
    "kit": "(SELECT iif(max(how = 'exact'), 'exact', iif(max(how = 'near'), 'near', 'part'))"
    " FROM kit_matches WHERE post_id = p.id GROUP BY post_id) IS :{name}",  # the view would be made whole
} | {
    sign: f"EXISTS (SELECT 1 FROM post_terms WHERE post_id = p.id AND term_id IN ({ids}))"
    for sign, ids in _TERMS.items()
}


class SearchTerm(NamedTuple):
    """What is looked for, in normal spelling."""

    sign: str  # "" a word, "*" one that may go on, '"' a phrase, "@", "#", and "#*" a hashtag that may go on
    text: str


class TermGroup(NamedTuple):
    """Of these one must hold, or none if they are left out; one without a sign is what the index is asked."""

    name: str  # of its values in SQL
    terms: tuple[SearchTerm, ...]
    is_left_out: bool = False

    @property
    def ids(self) -> str:
        """Return SQL for the ids of the posts for which one holds."""
        each = (_IDS[term.sign].format(name=f"{self.name}{n}") for n, term in enumerate(self.terms))
        return " UNION ALL ".join(each)

    def test(self, *, is_common: bool) -> str:
        """Return SQL that holds for the posts that are meant; of rare terms all ids are looked up at once."""
        each = _EACH if is_common else {}
        tests = (each.get(term.sign, f"+p.id IN ({_IDS[term.sign]})") for term in self.terms)
        either = " OR ".join(test.format(name=f"{self.name}{n}") for n, test in enumerate(tests))
        return f"{'NOT ' * self.is_left_out}({either})"

    @property
    def values(self) -> dict[str, str]:
        """Return the values of the SQL."""
        return {f"{self.name}{n}": term.text for n, term in enumerate(self.terms)}


_Parts = list[tuple[bool, list[SearchTerm]]]  # whether they are left out; and those with OR between them


def term_groups(question: str, *, is_half: bool = False, place: str | None = None) -> list[TermGroup]:
    """Return what must hold, all words together first; nothing for a question without a letter.

    With `is_half` the last word may go on. `place` is the key of one whose name this is: it is a phrase,
    and posts that mention the place are meant, too.
    """
    parts = _parts(quoted(question) if place else question)
    if is_half and parts and not place:
        term = parts[-1][1][-1]
        parts[-1][1][-1] = term._replace(sign=f"{term.sign}*")
    plain = [_match(terms) for is_left_out, terms in parts if not is_left_out and _are_words(terms)]
    places = (SearchTerm("place", place),) if place else ()
    left = [terms for is_left_out, terms in parts if is_left_out and _are_words(terms)] if plain else []
    matches = [" AND ".join(f"({match})" for match in plain), *(f"({_match(terms)})" for terms in left)]
    words = SearchTerm("", " NOT ".join(matches))
    groups = [TermGroup("words_", (words, *places))] if plain else []
    for n, (is_left_out, terms) in enumerate(parts):
        if terms not in left and (is_left_out or not _are_words(terms)):
            match = (SearchTerm("", text),) if (text := _match(terms)) else ()
            names = tuple(term for term in terms if term.sign[:1] in ("@", "#"))
            groups.append(TermGroup(f"words_{n}_", match + names, is_left_out))
    return groups


def half_word(question: str) -> str | None:
    """Return what the index is asked for the last word of a question, if that may be half typed."""
    parts = _parts(question)
    if not parts or parts[-1][0]:
        return None
    sign, text = parts[-1][1][-1]
    return None if sign in ('"', "@") or (not sign and _WHOLE.fullmatch(text)) else f'"{text}"'


def words_of(question: str) -> list[str]:
    """Return the words that must hold, each alone; no phrases and names."""
    return [t.text for is_left_out, terms in _parts(question) if not is_left_out for t in terms if not t.sign]


def names_account(question: str) -> bool:
    return any(term.sign == "@" for _, terms in _parts(question) for term in terms)


def is_choice(question: str) -> bool:
    """Return whether a question has OR or leaves words out: either can pick single posts."""
    return any(is_left_out or len(terms) > 1 for is_left_out, terms in _parts(question))


def _are_words(terms: list[SearchTerm]) -> bool:
    return all(term.sign in ("", "*", '"') for term in terms)


def _match(terms: list[SearchTerm]) -> str:
    """Return what the index of texts is asked for; a hashtag is found by its own."""
    return " OR ".join(f'"{t.text}"' + "*" * (t.sign == "*") for t in terms if t.sign[:1] != "#")


def _parts(question: str) -> _Parts:
    parts, is_left_out, joins = _Parts(), False, False
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
    sign = '"' if phrase else text[:1] if text[:1] in ("@", "#") else ""
    text = text.strip(_EDGE) if sign in ("@", "#") else text
    return SearchTerm(sign, text) if any(letter.isalnum() for letter in text) else None
