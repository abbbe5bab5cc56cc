"""A test in a browser waits for what it asserts: a page may still be on its way when a click has returned."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.graph import parse

ROOT = Path(__file__).parents[2]
# What tells how a page is at this moment; `expect` from playwright waits until it is as it should be.
AT_ONCE = {
    "is_visible", "is_hidden", "is_enabled", "is_disabled", "is_checked", "is_editable", "inner_text",
    "inner_html", "text_content", "input_value", "all_inner_texts", "all_text_contents", "get_attribute",
}  # fmt: skip
_OPENS = re.compile(r"\.(goto|set_content)\(|\bsites\.(first_)?visit\(")
AT_ONCE_WITHOUT_ARGUMENTS = {"count", "title"}  # those of a text have some, or stand in no browser's test


def moments(code: str) -> Iterator[int]:
    """Yield the lines of what is asserted of a page as it is at one moment."""
    for node in ast.walk(parse(code)):
        for part in ast.walk(node.test) if isinstance(node, ast.Assert) else ():
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
                name = part.func.attr
                if name in AT_ONCE or (name in AT_ONCE_WITHOUT_ARGUMENTS and not part.args):
                    yield part.lineno
            elif isinstance(part, ast.Attribute) and part.attr == "url" and _is_page(part.value):
                yield part.lineno


def _is_page(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "page"


def browser_tests() -> list[Path]:
    return [path for path in (ROOT / "tests").rglob("test_*.py") if _OPENS.search(path.read_text())]


@pytest.mark.heavy
def test_no_browser_test_asserts_what_holds_at_one_moment_only() -> None:
    found = {path.relative_to(ROOT).as_posix(): [*moments(path.read_text())] for path in browser_tests()}
    assert len(found) > 8
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("assert not page.locator('p').is_visible()", [1]),
        ("assert page.locator('li').count() == 2", [1]),
        ("assert 'text'.count('t') == 2", []),
        ("assert 'x' in page.inner_text('main')", [1]),
        ("assert 'compare' in page.url", [1]),
        ("assert answer.url == 'x'", []),
        ("before = page.inner_text('h1')", []),
        ("expect(page.locator('p')).to_be_visible()", []),
    ],
)
def test_control_what_does_not_wait_is_noticed(code: str, lines: list[int]) -> None:
    assert [*moments(code)] == lines
