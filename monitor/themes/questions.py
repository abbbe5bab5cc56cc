"""Posts that ask something, and those among them that ask the same in whatever words. Pure, without a model.

A question is the things that it is about: `question_words.toml` has the words of one thing together, and what
few questions are about counts for more. Groups are joined by the mean of how alike their questions are, as in
https://docs.scipy.org/doc/scipy/reference/generated/scipy.cluster.hierarchy.linkage.html, method='average'.
bench/themes_questions.py says how well those of tests/themes are told apart.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import combinations
from math import fsum, log, sqrt
from pathlib import Path

from monitor.core.normal_text import cleaned, normal

MOST = 300  # different questions: they are told apart in a second
_ALIKE = 0.45  # from 0 to 1, from which on two ask the same
_EVEN = 30  # other questions, as if they were there, too: among a few, nothing is rare
_KNOWN, _ALONE = 1.5, 0.6  # times what another word counts for: of the table; that no other question has
_USUAL = 8  # one question in so many: what more are about is no less telling
_LEAST, _LONGEST = 3, 60  # words of a question: "Really?" asks nothing
_ENDING = re.compile(r"(?<=...)(?:ations|ation|ings|ing|ed|es|s|e)$")
_Y = re.compile(r"(?<=..[^aeiou])(?:y|ies|ied)$")
_OTHERS = re.compile(r"(?:https?://|www\.)\S+|[#@][^\s?!]+|“[^”]{,2000}”|\"[^\"]*\"")  # by others
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
_TAG = re.compile(r", ?(?:right|eh|hey|huh|innit|really|no|yes|(?:\w+n't|is|are|do|does|did) \w+)\?")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_NAME = re.compile(r"(?:(?<=\w )|(?<=, ))[A-Z][\w'-]+")  # not the first word of a sentence
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_AGE = re.compile(
    r"\b(?:(?:is|be|am|under|over|son|daughter) 1[0-8]s?\b(?! (?:days|hours|min))|1[0-8] year old)"
)
_AGAINST = "=against"  # what is turned round is the opposite
_NEVER = -1e9  # of questions that differ in what is asked after: no number of others makes up for it
_Things = frozenset[str]
_Group = tuple[int, ...]  # places of questions


def is_question(text: str) -> bool:
    """Return whether a text asks something, with a question mark or without; what it quotes does not."""
    return bool(_question(text))


def groups(
    texts: Mapping[int, str], places: Callable[[str], Collection[str]] = lambda _: ()
) -> list[tuple[int, ...]]:
    """Return the posts that ask the same, by id, in groups of two or more, the largest first.

    Questions of other places, names, days or numbers, and opposites, are never in one group; `places` finds
    places in whatever capitals. The first of a group is its most typical. The order of the posts does not
    matter; of more than MOST different questions those are read that share most with others.
    """
    ids: dict[_Things, list[int]] = {}
    for post in sorted(texts, reverse=True):
        if things := _things(texts[post], places):
            ids.setdefault(things, []).append(post)
    times = Counter(thing for things in ids for thing in things)

    def shared(things: _Things) -> float:
        return len(ids[things]) + sum(times[thing] > 1 for thing in things) / len(things)

    posts = {things: ids[things] for things in sorted(ids, key=shared, reverse=True)[:MOST]}
    same = [*posts.values()]
    groups = [[post for place in group for post in same[place]] for group in _joined(posts)]
    return sorted((tuple(group) for group in groups if len(group) > 1), key=lambda ids: (-len(ids), ids))


def _question(text: str) -> str:
    """Return the sentence of a text that asks, and the one before, as written; empty if none does."""
    sentences = ["", *_SENTENCE.findall(_OTHERS.sub(" ", cleaned(text))), ""]
    triples = zip(sentences, sentences[1:], sentences[2:], strict=False)
    asking = (f"{before} {now}" for before, now, after in triples if _asks(normal(now), normal(after)))
    return next(asking, "")


def _asks(sentence: str, after: str) -> bool:
    words = " ".join(_WORD.findall(sentence))
    if words.count(" ") < _LEAST - 1 or _RHETORICAL.search(words) or _ANSWER.match(after):
        return False
    return ("?" in sentence and not _TAG.search(sentence)) or bool(_ASKING.match(words))


def _things(text: str, places: Callable[[str], Collection[str]]) -> _Things:
    """Return what a text asks about, with places and names after "@", days and numbers after "~".

    Nothing if it does not ask.
    """
    question = _question(text)
    words = _AGE.sub("teenager", _THOUSANDS.sub("", normal(question)).replace("'s", ""))
    stems = _THINGS.sub(lambda words: f"={_NAMES[words[0]]}", _stems(words)).split()
    names = {_stems(normal(name)) for name in _NAME.findall(question) if not name.isupper()} & {*stems}
    every = _WORD.findall(words)
    times = {word for word in every if word in _DAYS or (word.isdigit() and word not in _NAMES)}
    things = {stem for stem in stems if stem not in EMPTY} - names
    return frozenset(things.union(
        (f"@{name}" for name in names.union(places(question)) if things and name not in EMPTY),
        (f"~{time}" for time in times if things),
    ))  # fmt: skip


def _specifics(things: _Things) -> tuple[frozenset[str], ...]:
    """Return the places and names, the times, and whether it is the opposite that is asked about."""
    signs = "@", "~", _AGAINST
    return tuple(frozenset(thing for thing in things if thing.startswith(sign)) for sign in signs)


def _differ(first: tuple[frozenset[str], ...], second: tuple[frozenset[str], ...]) -> bool:
    """Return whether two questions, by their specifics, have another answer each."""
    pairs = zip(first[:2], second[:2], strict=True)
    return first[2] != second[2] or any(not (a <= b or b <= a) for a, b in pairs)


def _stems(text: str) -> str:
    return " ".join(word if word in EMPTY else _stem(word) for word in _WORD.findall(text)[:_LONGEST])


def _stem(word: str) -> str:
    """Return a word without its ending, and what is doubled before that as in 'planned'."""
    stem = _ENDING.sub("", _Y.sub("i", word))
    return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls" else stem


def _joined(posts: Mapping[_Things, Sequence[int]]) -> list[_Group]:
    """Return the places of the questions that ask the same; the most typical of each group is the first."""
    alike, sizes = _likeness(posts), [len(ids) for ids in posts.values()]
    means: dict[_Group, dict[_Group, float]] = {
        (one,): {(two,): value for two, value in enumerate(row)} for one, row in enumerate(alike)
    }
    heap = [(-means[first][second], first, second) for first, second in combinations(means, 2)]
    heapify(heap)
    while heap and -heap[0][0] >= _ALIKE:
        _, first, second = heappop(heap)
        if first in means and second in means:
            group = first + second
            rows = [(means.pop(part), sum(sizes[place] for place in part)) for part in (first, second)]
            means[group] = {other: _mean(other, *rows) for other in means}
            for other, mean in means[group].items():
                means[other][group] = mean
                heappush(heap, (-mean, group, other))
    return [
        tuple(sorted(group, key=lambda place: -fsum(alike[place][other] * sizes[other] for other in group)))
        for group in means
    ]


def _mean(group: _Group, *rows: tuple[Mapping[_Group, float], int]) -> float:
    """Return how alike a group is to two that are one now, by their rows and numbers of posts."""
    return fsum(row[group] * posts for row, posts in rows) / sum(posts for _, posts in rows)


def _likeness(posts: Mapping[_Things, Sequence[int]]) -> list[list[float]]:
    """Return how alike each two questions are, by the cosine of the weights of their things."""
    rows = posts.items()
    number = Counter(thing for things, ids in rows for thing in things if thing[0] != "~" for _ in ids)
    every = sum(map(len, posts.values())) + _EVEN

    def thing_weight(thing: str, times: int) -> float:
        factor = _KNOWN if thing[0] == "=" else _ALONE if times == 1 and thing[0] != "@" else 1
        return factor * log(every / (min(times, every / _USUAL) + 1))

    weights = {thing: thing_weight(thing, times) for thing, times in number.items()}

    def weight(things: _Things) -> float:
        return fsum(weights.get(thing, 0) for thing in things)

    whole = {things: weight(things) for things in posts}
    signs = {things: _specifics(things) for things in posts}

    def likeness(things: _Things, others: _Things) -> float:
        if _differ(signs[things], signs[others]):
            return _NEVER
        return weight(things & others) / sqrt(whole[things] * whole[others])

    return [[likeness(things, others) for others in posts] for things in posts]


_TABLE = tomllib.loads(Path(__file__).with_name("question_words.toml").read_text(encoding="utf-8"))
_DAYS = frozenset(_TABLE["days"].split())
EMPTY = _DAYS.union(_TABLE["empty"].split())  # words that say nothing by themselves
PLURALS = _TABLE["plurals"]
_ANSWER = re.compile(r"\s*(?:no|nope|yes|yep|never|nothing|nobody|of course|thought not|exactly)\b")
_RHETORICAL, _ASKING = (
    re.compile("".join((r"(?<!\S)(?:", *map(str.strip, _TABLE[kind].splitlines()), r")(?!\S)")))
    for kind in ("rhetorical", "asking")
)
_NAMES = {
    _stems(words): name for name, text in _TABLE["same"].items() for words in map(str.strip, text.split("|"))
}
_LONGEST_FIRST = sorted(_NAMES, key=lambda words: (-words.count(" "), words))
_THINGS = re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, _LONGEST_FIRST))})(?!\S)")
