"""Writes the parts of these pages that the program knows, between the HTML comments that mark them.

`make docs` runs it; the tests say when that is due.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from monitor.report.figures import measures
from monitor.report.measure import Measure

PAGES = Path(__file__).parent
_FIGURES = re.compile(r"(?s)(?<=<!-- figures -->\n).*(?=<!-- /figures -->)")


def numbers_page() -> str:
    """Return numbers.md with the section of each number as the program has it."""
    sections = "".join(f"\n{section(one)}\n" for one in measures())
    page = (PAGES / "numbers.md").read_text(encoding="utf-8")
    return _FIGURES.sub(lambda found: f"{sections}\n", page)


def section(measure: Measure) -> str:
    """Return what a number means and by which SQL any tool gets it, as Markdown."""
    return "\n\n".join(_paragraphs(measure))


def _paragraphs(measure: Measure) -> Iterator[str]:
    definition = measure.definition
    yield f"## {definition.title}"
    yield definition.what
    yield f"How it is counted: {definition.formula}"
    yield f"What it cannot say: {definition.limits}"
    yield f"Name in exports: `{measure.key}`. Definition {definition.version}."
    if measure.remarks:
        yield "\n".join(measure.remarks)
    if measure.sql:
        yield f"```sql\n{measure.sql}\n```"


if __name__ == "__main__":
    (PAGES / "numbers.md").write_text(numbers_page(), encoding="utf-8")
