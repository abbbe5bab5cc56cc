"""What must and must not be said: patterns of meaning, and numbers that have to agree with the truth."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bench.truth.faces import ALL, FACES, SPEAKING, Words

_WORDS = 25  # of the first sentence
_SHOWN = 110  # characters of a sentence that is told

# A line of the mail's numbers.
_RANGE = re.compile(r"(?:Posts|Messages|People posting): ([\d,]+) \(usually ([\d,]+) to ([\d,]+)\)")


@dataclass(frozen=True, slots=True)
class Check:
    """A claim about what is said, and what speaks against it in a week's words."""

    claim: str
    faults: Callable[[Words], list[str]]


# A number that is said to have grown or fallen, whatever the words; "no more than" and the like are none.
RISE = (
    r"\b(?:up (?:by |from )?[\d,]|busier|(?<!no )rises?\b|rose\b|risen|grew\b|grown|(?<!no )growth|increased?"
    r"|(?<!no )(?<!had )more (?:posts|people|accounts|reactions|messages)"
    r"|(?<!no )(?<!had )more than (?:in )?(?:a |the )?(?:usual|week|days)"
    r"|above (?:the |its |a )?usual|most (?:posts |people )?in \w+ weeks|highest|doubled|tripled|jumped)"
)
FALL = (
    r"\b(?:down (?:by |from )?[\d,]|quieter|fell\b|fallen|decreased?|dropped|halved"
    r"|fewer (?:posts|people|accounts|reactions|messages|than (?:in )?(?:a |the )?(?:usual|week|days))"
    r"|below (?:the |its |a )?usual|fewest (?:posts|people|in)|lowest)"
)
CHANGE = f"{RISE}|{FALL}"
PERCENT = r"\b(?:up|down) \d[\d,]*%|\d[\d,]*% (?:more|fewer|up|down)"
PEAK = (
    r"(?<!no day )(?<!no hours of the day )stands? out|half came|a third came|most came|busier than any"
    r"|busiest (?:day )?of|most unusual"
)


def never(pattern: str, claim: str, faces: Iterable[str] = ALL) -> Check:
    """Return that no sentence says this."""
    found = re.compile(pattern, re.IGNORECASE)

    def faults(words: Words) -> list[str]:
        return [
            f"{face}: {sentence[:_SHOWN]}"
            for face in faces for sentence in FACES[face](words) if found.search(sentence)
        ]  # fmt: skip

    return Check(f"not {claim}", faults)


def says(pattern: str, claim: str, faces: Iterable[str] = SPEAKING) -> Check:
    """Return that some sentence says this, on each face."""
    found = re.compile(pattern, re.IGNORECASE)

    def faults(words: Words) -> list[str]:
        return [
            f"{face}: nowhere {claim}"
            for face in faces if not any(map(found.search, FACES[face](words)))
        ]  # fmt: skip

    return Check(claim, faults)


def number(claim: str, is_so: Callable[[dict[str, Any]], bool], shown: Callable[[Any], object]) -> Check:
    """Return that the JSON has this."""

    def faults(words: Words) -> list[str]:
        data = words.data
        return [] if is_so(data) else [f"json: {claim} is not so: {shown(data)}"[:_SHOWN]]

    return Check(claim, faults)


def level(*keys: str, by: float = 0.15) -> Check:
    """Return that these figures are compared with about the same, or not at all."""
    return number(
        f"{', '.join(keys)} level",
        lambda data: all(_is_level(data[key], by) for key in keys),
        lambda data: {key: (data[key]["finished"], data[key]["before"]) for key in keys},
    )


def compared(key: str, now: int, then: int, by: float = 0.08) -> Check:
    """Return that a figure is compared as these two numbers."""

    def is_so(data: dict[str, Any]) -> bool:
        figure = data[key]
        both = (figure["finished"], now), (figure["before"], then)
        return all(said is not None and abs(said - true) <= by * true + 0.5 for said, true in both)

    return number(f"{key} {now} and {then}", is_so, lambda data: (data[key]["finished"], data[key]["before"]))


def apart(name: str) -> Check:
    """Return that something is said not to be counted like the rest, or since when it is there."""
    reason = (
        r"left out|not (?:counting|counted|compared|included|collect|cover|see)|without|switched|since|added"
        r"|only (?:from|searched)|given up|from a file|by a file|read back|looked? back|by hand|new here"
    )
    pattern = f"(?:{reason}).{{0,90}}{name}|{name}.{{0,90}}(?:{reason})"
    return says(pattern, f"that {name} is apart")


def _beside(words: Words) -> list[str]:
    """Return which numbers of the mail stand beside a usual range that they are not in."""
    found = (_RANGE.search(sentence) for sentence in words.mail)
    return [
        f"mail: {match[0]}" for match in found
        if match and not _whole(match[2]) <= _whole(match[1]) <= _whole(match[3])
    ]  # fmt: skip


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


IN_RANGE = Check("no number beside another's range", _beside)


def _beginnings(words: Words) -> list[str]:
    """Return where the faces do not begin with the same sentence, or with one of more than 25 words."""
    said = {face: text.rstrip(".") for face, text in words.first.items()}
    faults = [f"{face} begins: {text}"[:_SHOWN] for face, text in said.items() if text != said["page"]]
    return faults + [f"{len(said['page'].split())} words: {said['page']}"] * (
        len(said["page"].split()) > _WORDS
    )


SAME = Check("the same first sentence on each face", _beginnings)


def _is_level(figure: dict[str, Any], by: float) -> bool:
    now, then, usual = figure["finished"], figure["before"], figure["usual"]
    if usual and now is not None and not usual["low"] <= now <= usual["high"]:
        return False
    return now is None or then is None or abs(now - then) <= by * max(now, then) + 1
