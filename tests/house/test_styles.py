"""Each rule of the style sheets stands once: who changes one need not look for another."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

SHEETS = sorted((Path(__file__).parents[2] / "dashboard/static").glob("*.css"))
BLOCK = re.compile(r"([^{}]*)(\{|\})")


def rules(sheet: str) -> Iterator[tuple[str, ...]]:
    """Yield each rule's selector after the conditions that it is under, such as '@media print'."""
    above = []
    for words, brace in BLOCK.findall(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)):
        if brace == "}":
            above.pop()
        else:
            above.append(" ".join(words.rpartition(";")[2].split()))
            if not above[-1].startswith("@") or above[-1] == "@font-face":
                yield tuple(above)


def twice(sheet: str) -> list[tuple[str, ...]]:
    counts = Counter(rule for rule in rules(sheet) if "@font-face" not in rule)
    return sorted(rule for rule, number in counts.items() if number > 1)


@pytest.mark.parametrize("sheet", SHEETS, ids=[path.name for path in SHEETS])
def test_no_rule_stands_twice(sheet):
    assert twice(sheet.read_text()) == []


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        ("a { x: 1 } b { y: 2 } a { z: 3 }", [("a",)]),
        ("@media print { a { x: 1 } } a { x: 2 }", []),
        ("@media print { a { x: 1 } a { x: 2 } }", [("@media print", "a")]),
        ("a { x: 1 } /* a { x: 2 } */", []),
        ("a,\nb { x: 1 } a, b { x: 2 }", [("a, b",)]),
    ],
    ids=["apart", "in print", "both in print", "a comment", "over two lines"],
)
def test_control_a_rule_that_stands_twice_is_found(sheet, found):
    assert twice(sheet) == found
