"""Words that more people use in a week than in the weeks before it. Pure.

Scored by the log-odds ratio with an informative Dirichlet prior: Monroe, Colaresi & Quinn 2008, "Fightin'
Words", Political Analysis 16:372-403, equations 16 to 22; of people in place of words, so that one who writes
a hundred posts counts once. As the copies of a text have the same words around a word, a word has no more
people than there are words around it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, repeat
from math import log, sqrt

from monitor.archive.values import Suggestion, WeekPost
from monitor.core.model import Query
from monitor.core.normal_text import WORD, cleaned, normal, without_accents
from monitor.core.text import normal_tag
from monitor.themes.questions import EMPTY, PLURALS

LEAST_SCORE, LEAST_PEOPLE = 3.3, 4
# What is known of a word before it is counted, in people; fitted to ordinary weeks: bench/themes.py.
_GENERAL, _PRIOR = 2.0, 0.1
_AROUND = 2  # words on each side by which copies are known
_SHARED = 0.5  # of the people of the rarer word, from which on two are one theme
_COPY, _LEAST_COPY = 0.6, 8  # of the words of two posts, and how many, from which on one may be a copy
_LENGTH = 8  # words, under which a post is not more typical for being shorter
_MOST_WORDS = 12  # of a theme, that are kept
# "parties", but not "movies": and Julie is not July.
_Y = re.compile(
    r"^(?!(?:aunt|book|cook|food|hood|junk|mov|pix|rook|self|smooth|town|zomb)ies$)(.+[^aeiou])ies$"
)
_PLURAL = re.compile(r"(?<=...)(?:(?<=[osxz])es?|(?<=[cs]h)es?|(?<=[^isu])s)$")
_ODD = re.compile(rf"(?<!^o)(?:{'|'.join(PLURALS)})$")  # "firemen", but neither "omen" nor "olives"
_PART = re.compile(
    rf"(?:https?://|www\.)\S+|/?u/[\w-]+|@[\w.@-]+|\w[\w-]*(?:\.\w[\w-]*)+(?:/\S*)?|#?[{WORD}]+(?:['-][{WORD}]+)*"
    r"|[^\s\w]"
)
_LONGEST, _SHORTEST = 2_000, 3  # letters of a text that are read, and of a word


@dataclass(slots=True)
class _Use:
    """Who uses a term in a week, in which posts, and what is around it."""

    people: set[int | str] = field(default_factory=set)
    around: set[tuple[str, ...]] = field(default_factory=set)
    posts: set[int] = field(default_factory=set)
    spelt: set[tuple[str, int | str]] = field(default_factory=set)  # as each person writes it

    @property
    def spellings(self) -> list[str]:
        """Return how people write it, the most of them first."""
        number = Counter(spelling for spelling, _ in self.spelt)
        return sorted(number, key=lambda spelling: (-number[spelling], spelling))

    @property
    def size(self) -> int:
        """Return by how many people it is said in words of their own."""
        return min(len(self.people), len(self.around))


class Vocabulary:
    """Takes texts apart into words and pairs, without what every post of a track has."""

    def __init__(self, queries: Iterable[Query]) -> None:
        queries = tuple(queries)
        self._tags = {normal_tag(tag) for query in queries for tag in query.tags}
        phrases = sorted({normal(phrase) for query in queries for phrase in query.phrases}, key=len)
        either = "|".join(map(re.escape, reversed(phrases))) or "(?!)"
        self._phrases = re.compile(rf"(?<![{WORD}#])(?:{either})(?![{WORD}])")

    def terms(self, text: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Yield each word that says something, and each pair of such words; as it is spelt; those around it.

        A word and its plural are one.
        """
        words, links = list[str](), list[str | None]()  # a link is what stands between a word and the last
        link: str | None = None
        for joint, word in self._words(text):
            if _is_empty(word):
                link = f"{joint}{word}" if word and link == "" else None
            else:
                words.append(word)
                links.append(None if link is None else link + joint)
                link = ""
        singular = [*map(_singular, words)]
        for place, (word, link) in enumerate(zip(words, links, strict=True)):
            yield singular[place], word, _around(words, place, place + 1)
            if link:
                pair = f"{singular[place - 1]}{link.replace('-', ' ')}{singular[place]}"
                yield pair, f"{words[place - 1]}{link}{word}", _around(words, place - 1, place + 1)

    def _words(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the words of a text, each with the space or hyphen before it: "e-scooter" is one.

        "" stands where a sentence ends or something is left out.
        """
        for match in _PART.finditer(self._phrases.sub(" . ", normal(text[:_LONGEST]))):
            whole = match[0]
            if not whole[-1].isalnum() or "." in whole or "/" in whole or whole[0] == "@":
                whole = ""
            parts = whole.split("-")
            if min(len(parts[0]), len(parts[-1])) < _SHORTEST:
                parts = [whole]
            for joint, part in zip(chain(" ", repeat("-")), parts, strict=False):
                is_own = part[:1] == "#" and part[1:] in self._tags
                yield joint, "" if is_own else part.lstrip("#").removesuffix("'s")


def _is_empty(word: str) -> bool:
    """Return whether a word says nothing by itself, or may be a part of an address: "the", "I'm", "14b"."""
    return len(word) < _SHORTEST or "'" in word or any(map(str.isdigit, word)) or word in EMPTY


@lru_cache(maxsize=4_096)
def _singular(word: str) -> str:
    """Return what a word, its plural and its other spellings have in common: to be compared, not shown."""
    singular = _ODD.sub(lambda plural: PLURALS[plural[0]], without_accents(word).replace("-", ""))
    return _PLURAL.sub("", _Y.sub(r"\1y", singular))


def _around(words: Sequence[str], start: int, end: int) -> tuple[str, ...]:
    return (*words[max(0, start - _AROUND) : start], "", *words[end : end + _AROUND])


def new_themes(
    week: Sequence[WeekPost], before: Iterable[Collection[WeekPost]], vocabulary: Vocabulary, most: int = 12,
    places: Callable[[str], Collection[str]] = lambda _: (),
) -> list[Suggestion]:  # fmt: skip
    """Return what people say in a week and did not in those before it, the clearest first.

    Not names, lest somebody private becomes a heading; but those of `places`.
    """
    uses, lengths = _uses(week, vocabulary)
    earlier, people_before = Counter[str](), 0
    for posts in before:
        pairs = {(post.author, term) for post in posts for term, *_ in vocabulary.terms(post.text)}
        earlier.update(term for _, term in pairs)
        people_before += len({post.author for post in posts})
    if not people_before:
        return []
    people = len({post.author for post in week})
    sizes = {term: use.size for term, use in uses.items() if use.size >= LEAST_PEOPLE}
    scores = {term: _score(size, people, earlier[term], people_before) for term, size in sizes.items()}
    by_id, means = {post.id: post for post in week}, _means(scores, uses, lengths)
    new, spellings = dict[str, float](), dict[str, list[str]]()
    for term, score in scores.items():
        posts = [by_id[post] for post in sorted(uses[term].posts)] if score >= LEAST_SCORE else []
        if _are_several(posts):
            spelt = uses[term].spellings
            spellings[term] = [spelling for spelling in spelt if not _is_name(spelling, posts, places)]
            if spelt[0] in spellings[term]:
                new[term] = score
    themes = list[Suggestion]()
    for terms in _joined(new, uses)[:most]:  # no post is to be quoted twice
        themes.append(_theme(terms, uses, spellings, by_id, means, {theme.posts[0] for theme in themes}))
    return themes


def _are_several(posts: Iterable[WeekPost]) -> bool:
    """Return whether enough of these are by different people in words of their own, not nearly the same."""
    apart: list[tuple[int | str, set[str]]] = []
    for post in posts:
        words = set(normal(post.text[:_LONGEST]).split())
        if all(
            post.author != author and len(words & others) < max(_LEAST_COPY, _COPY * len(words | others))
            for author, others in apart
        ):
            apart.append((post.author, words))
        if len(apart) == LEAST_PEOPLE:
            return True
    return False


def _is_name(term: str, posts: Sequence[WeekPost], places: Callable[[str], Collection[str]]) -> bool:
    """Return whether a word of a term is mostly written with a capital, and is no place."""
    words = re.split("[ -]", term)
    names = [word for word in words if _is_capital(word, posts)]
    known = [word for word in names if places(word.title())]
    return len(known) < len(names) and bool(known or len(words) < 2 or not places(term.title()))


def _is_capital(word: str, posts: Iterable[WeekPost]) -> bool:
    """Return whether a word mostly has a capital within sentences, or, if it is within none, anywhere."""
    inside = r"((?<=[^\W_])(?:[,;]?[ \n]+|-))?"
    use = re.compile(rf"{inside}(?<![\w#@])({re.escape(word)})(?![{WORD}])", re.IGNORECASE)
    uses: list[tuple[str, str]] = []  # without those in capitals throughout: they may be any word
    for post in posts:
        uses += (pair for pair in use.findall(cleaned(post.text[:_LONGEST])) if not pair[1].isupper())
    uses = [pair for pair in uses if pair[0]] or uses
    return sum(spelling[0].isupper() for _, spelling in uses) * 2 > len(uses)


def _uses(week: Iterable[WeekPost], vocabulary: Vocabulary) -> tuple[Mapping[str, _Use], Mapping[int, int]]:
    """Return each term's use in a week, and how many words that say something each post has."""
    uses, lengths = defaultdict[str, _Use](_Use), Counter[int]()
    for post in week:
        for term, spelling, around in vocabulary.terms(post.text):
            use = uses[term]
            use.people.add(post.author)
            use.around.add(around)
            use.spelt.add((spelling, post.author))
            use.posts.add(post.id)
            lengths[post.id] += " " not in term
    return uses, lengths


def _score(now: int, people: int, before: int, people_before: int) -> float:
    """Return how many standard errors the log-odds of a word are above what they were.

    The prior is that of a word in general, and a share of how many say this one in both times.
    """
    both, everybody = now + before, people + people_before
    user, others = _GENERAL + _PRIOR * both, _GENERAL + _PRIOR * (everybody - both)
    odds = log((now + user) / (people - now + others))
    odds -= log((before + user) / (people_before - before + others))
    return odds / sqrt(1 / (now + user) + 1 / (before + user))


def _joined(scores: Mapping[str, float], uses: Mapping[str, _Use]) -> list[list[str]]:
    """Return the terms of each theme, the clearest first: those that mostly the same people use."""
    groups: list[list[str]] = []
    for term in sorted(scores, key=lambda term: (-scores[term], term)):
        people = uses[term].people
        for group in groups:
            others = uses[group[0]].people
            if len(people & others) > _SHARED * min(len(people), len(others)):
                group.append(term)
                break
        else:
            groups.append([term])
    return groups


def _means(
    scores: Mapping[str, float], uses: Mapping[str, _Use], lengths: Mapping[int, int]
) -> Mapping[int, float]:
    """Return the mean score of each post's words: the more typical of what is new, the higher."""
    sums = defaultdict[int, float](float)
    for word in scores:
        for post in uses[word].posts if " " not in word else ():
            sums[post] += scores[word] / max(_LENGTH, lengths[post])
    return sums


def _theme(
    terms: Sequence[str], uses: Mapping[str, _Use], spellings: Mapping[str, Sequence[str]],
    posts: Mapping[int, WeekPost], means: Mapping[int, float], quoted: Collection[int],
) -> Suggestion:  # fmt: skip
    """Return a theme named by its clearest pair; its most typical post first, then the most engaged."""
    name = next((term for term in terms if " " in term), terms[0])
    words = dict.fromkeys(word for term in (name, *terms) for word in spellings[term])
    ids = {post for term in terms for post in uses[term].posts}
    typical = sorted(ids, key=lambda post: (post in quoted, -means[post], post))
    others = (post for post in typical if posts[post].text != posts[typical[0]].text)
    engaged = max(others, key=lambda post: posts[post].engagement or 0, default=typical[0])
    return Suggestion(
        words=tuple(words)[:_MOST_WORDS],
        people=len({posts[post].author for post in ids}),
        posts=(*dict.fromkeys([typical[0], engaged, *typical]),),
    )
