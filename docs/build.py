"""Writes the parts of these pages that the program knows, between the HTML comments that mark them.

`make docs` runs it; the tests say when that is due.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from monitor.cli.service.units import PROCESSES, Installation, name_of
from monitor.core.errors import MonitorError
from monitor.report.figures import measures
from monitor.report.measure import Measure

PAGES = Path(__file__).parent
SERVER = Path("/srv/campaign-monitor")  # where the pages of docs/run install it
_FIGURES = re.compile(r"(?s)(?<=<!-- figures -->\n).*(?=<!-- /figures -->)")
_UNITS = re.compile(r"(?s)(?<=<!-- units -->\n).*(?=<!-- /units -->)")
_ERRORS = re.compile(r"(?s)(?<=<!-- errors -->\n).*(?=<!-- /errors -->)")


def numbers_page() -> str:
    """Return numbers.md with the section of each number as the program has it."""
    sections = "".join(f"\n{section(one)}\n" for one in measures())
    page = (PAGES / "numbers.md").read_text(encoding="utf-8")
    return _FIGURES.sub(lambda found: f"{sections}\n", page)


def service_page() -> str:
    """Return run/service.md with the units of a whole server as the program has them."""
    server = Installation(folder=SERVER, program=[f"{SERVER}/venv/bin/monitor"], user="monitor")
    texts = (
        f"`/etc/systemd/system/{name_of(name)}`:\n\n```ini\n{server.unit(name)}```\n" for name in PROCESSES
    )
    units = "\n".join(texts)
    return _UNITS.sub(lambda found: units, (PAGES / "run/service.md").read_text(encoding="utf-8"))


def architecture_page() -> str:
    """Return develop/architecture.md with the tree of errors as the program has it."""
    tree = "\n".join(_errors(MonitorError))
    page = (PAGES / "develop/architecture.md").read_text(encoding="utf-8")
    return _ERRORS.sub(lambda found: f"{tree}\n", page)


def _errors(kind: type[MonitorError], depth: int = 0) -> Iterator[str]:
    meaning = (kind.__doc__ or "").partition("\n")[0]
    yield f"{'  ' * depth}- `{kind.__name__}`: {meaning}"
    for below in kind.__subclasses__():
        yield from _errors(below, depth + 1)


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
    (PAGES / "run/service.md").write_text(service_page(), encoding="utf-8")
    (PAGES / "develop/architecture.md").write_text(architecture_page(), encoding="utf-8")
