"""No expression of ours takes, of a text twice as long, much more than twice the time.

Whoever writes a post, a feed or a table could stop the program with one that does. What an expression is fed
is made of its own letters, again and again, up to something that it cannot end with.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import permutations
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from time import process_time
from typing import Any

import pytest

from monitor import platform_info
from tests.house.graph import parse

ROOT = Path(__file__).parents[2]
MOMENT = 0.002  # seconds in which what is in proportion is through with 3,000 letters on a quiet machine
PLAIN = re.compile("b|c")  # through with 250,000 letters in a moment
CLASSES = {"CATEGORY_DIGIT": "7", "CATEGORY_WORD": "a_", "CATEGORY_SPACE": " \n"}
INNER: dict[str, Callable[[Any], Iterable[Any]]] = {  # what has parts of its own
    "IN": lambda value: [value], "BRANCH": lambda value: value[1], "ATOMIC_GROUP": lambda value: [value],
    **dict.fromkeys(("ASSERT", "ASSERT_NOT"), lambda value: [value[1]]),
    **dict.fromkeys(("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"), lambda value: value[-1:]),
    "SUBPATTERN": lambda value: value[-1:],
}  # fmt: skip
SHORT = {  # letters that it is given at most, or of our own SQL
    "monitor.manual_entry.tally._BEHIND": 180, "monitor.schema_upgrade._TOKEN": 150,
}  # fmt: skip


def letters(parts: Iterable[tuple[object, Any]]) -> Iterator[str]:
    """Yield one letter of each kind that an expression speaks of."""
    for op, value in parts:
        name = str(op)
        if name in ("LITERAL", "RANGE"):
            yield chr(value if name == "LITERAL" else value[0])
        elif name in ("CATEGORY", "ANY", "NOT_LITERAL"):
            yield from CLASSES.get(str(value), "z!")
        for inner in INNER.get(name, lambda _: ())(value):
            yield from letters(inner)


def units(pattern: re.Pattern[str]) -> list[str]:
    """Return what texts are made of to keep an expression busy."""
    own = [*dict.fromkeys(letters(_parser.parse(pattern.pattern, pattern.flags)))]
    few = [*dict.fromkeys(own[:5] + own[-4:])]
    return [
        *dict.fromkeys([*own[:40], "a", " ", *map("".join, permutations(few, 2)), "".join(own[:6]) or "a"])
    ]


def seconds(pattern: re.Pattern[str], methods: set[str], unit: str, length: int) -> float:
    """Return the processor time that an expression takes for a text; where it is long, the better of two."""
    text, times = (unit * (length // len(unit) + 1))[:length], []
    for _ in range(2):
        start = process_time()
        for end in ("", "\0!"):
            if methods <= {"match", "fullmatch"}:
                pattern.match(text + end)
                pattern.fullmatch(text + end)
            else:  # from each letter on
                pattern.sub("", text + end)
        times.append(process_time() - start)
        if times[-1] <= MOMENT:
            break
    return min(times)


def weakness(pattern: re.Pattern[str], methods: set[str], length: int = 3_000) -> str:
    """Return what keeps an expression busy out of proportion to its length, "" for nothing."""
    for unit in units(pattern):
        if any(is_slow(pattern, methods, unit, few) for few in (16, 24, 150)):
            return unit
        is_long = is_slow(pattern, methods, unit, length)
        # What a busy machine makes slow once is quick the next time.
        if is_long and all(growth(pattern, methods, unit, length) > 3 for _ in range(3)):
            return unit
    return ""


def is_slow(pattern: re.Pattern[str], methods: set[str], unit: str, length: int) -> bool:
    """Return whether a text takes more than a moment, and again more than a plain expression's just then."""
    return seconds(pattern, methods, unit, length) > MOMENT and all(
        seconds(pattern, methods, unit, length) > seconds(PLAIN, {"sub"}, "a", 250_000) for _ in range(3)
    )


def growth(pattern: re.Pattern[str], methods: set[str], unit: str, length: int) -> float:
    """Return how many times as long a text takes that is twice as long."""
    once, twice = (seconds(pattern, methods, unit, times * length) for times in (1, 2))
    return twice / max(once, 1e-9)


def calls(code: str) -> Iterator[tuple[str, str, ast.Call]]:
    """Yield of what is called of a name, or of an item of it, both and the call."""
    for node in ast.walk(parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            yield ast.unparse(of.value if isinstance(of, ast.Subscript) else of), node.func.attr, node


def patterns_in(value: object, depth: int = 4) -> Iterator[re.Pattern[str]]:
    """Yield the expressions that a value is, or holds."""
    if isinstance(value, re.Pattern):
        yield from [value] if isinstance(value.pattern, str) else []
    elif isinstance(value, dict | list | tuple) and depth:
        for part in [*value, *(value.values() if isinstance(value, dict) else ())]:
            yield from patterns_in(part, depth - 1)


def expressions() -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    """Yield each expression of the program, with its place and what is called of it."""
    for path in sorted(path for room in ("monitor", "dashboard") for path in (ROOT / room).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        methods: dict[str, set[str]] = {}
        for of, method, call in calls(path.read_text()):
            methods.setdefault(of, set()).add(method)
            text = call.args[0] if of == "re" and method not in ("compile", "escape") else None
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield f"{name}:{call.lineno}", re.compile(text.value), {method}
        for bound, value in [*vars(import_module(name)).items()] if path.name != "__main__.py" else []:
            for pattern in patterns_in(value):
                yield f"{name}.{bound}", pattern, methods.get(bound, {"sub"})
    for platform in platform_info.names():
        info = platform_info.about(platform)
        for text in (info.account, info.mirrors, info.post and info.post.address):
            yield from [(platform, re.compile(text), {"match"})] if text else ()


@pytest.mark.heavy
def test_each_expression_is_through_with_a_text_in_proportion_to_its_length() -> None:
    every = {(pattern, *methods): (place, pattern, methods) for place, pattern, methods in expressions()}
    assert len(every) > 200
    found = {
        place: unit
        for place, pattern, methods in every.values()
        if (unit := weakness(pattern, methods, SHORT.get(place, 3_000)))
    }
    assert found == {}


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("planted", "method"),
    [
        (r"(a+)+$", "match"), (r"(?:\w+\s?)*!", "fullmatch"), (r"\s+(?=[,.])", "sub"),
        (r"“[^”]*”", "findall"), (r"\w+@\w+", "search"), (r"(.*),(.*),(.*),x", "match"),
    ],
)  # fmt: skip
def test_control_a_planted_expression_that_is_slow_is_noticed(planted: str, method: str) -> None:
    assert weakness(re.compile(planted), {method})


def test_control_one_that_is_tried_at_one_place_only_is_not() -> None:
    assert weakness(re.compile(r"\w+@\w+"), {"fullmatch"}) == ""
