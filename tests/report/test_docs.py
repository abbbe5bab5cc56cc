"""docs/numbers.md says what the program does, and its SQL gives the program's figures."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import Tone
from monitor.report import Report, Window
from monitor.report.definitions import DEFINITIONS
from tests.archive.saving import opened
from tests.archive.test_rollups import a_long_history
from tests.history import FIRST
from tests.report.test_slow import build_at, figure

ROOT = Path(__file__).parents[2]
NUMBERS = (ROOT / "docs/numbers.md").read_text()
WINDOW = Window(first=FIRST + timedelta(days=1), last=FIRST + timedelta(days=7))


def section(name: str) -> str:
    return NUMBERS.split(f"\n## {DEFINITIONS[name].title}\n")[1].split("\n## ")[0]


def shown(report: Report, name: str) -> list[tuple[object, ...]]:
    """Return what the SQL of a number should give."""
    if name == "tone":
        return sorted((str(tone), number) for tone, number in report.tones.items() if number)
    if name == "share":
        return sorted((share.track, share.posts) for share in report.shares)
    value, known, of = figure(report, name)
    return [(value,)] if name in ("posts", "people") else [(value, known, of)]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_number_is_told_in_full(name):
    definition, text = DEFINITIONS[name], section(name)
    for said in (
        definition.what,
        definition.formula,
        definition.limits,
        f"`{name}`. Definition {definition.version}.",
    ):
        assert said in text


@pytest.mark.parametrize("name", ["posts", "people", "engagement", "views", "ceiling", "tone", "share"])
def test_the_sql_of_a_number_gives_the_figure_of_the_report(tmp_path, name):
    (sql,) = re.findall(r"```sql\n(.*?)```", section(name), re.DOTALL)
    with opened(tmp_path) as archive:
        a_long_history(archive, 11)
        report = build_at(archive, "crime", WINDOW, frozenset())
        values = {"track": "crime", "first": str(WINDOW.first), "last": str(WINDOW.last)}
        assert sorted(archive.db.execute(sql, values).fetchall()) == shown(report, name)
        assert report.posts.value > 20
        assert report.tones[Tone.POSITIVE]
