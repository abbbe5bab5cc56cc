"""docs/numbers.md says what the program does, and its SQL gives the program's figures."""

import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.core.model import Author, Tone
from monitor.report import Report, Window
from monitor.report.definitions import DEFINITIONS
from tests.archive.saving import opened, saved
from tests.archive.test_rollups import a_long_history
from tests.builders import a_page, a_post
from tests.history import FIRST
from tests.report.test_slow_counts import build_at, figure

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


def views(archive: Archive, platform: str, posts: int, sizes: tuple[int, ...], chance: random.Random) -> None:
    """Keep posts, each seen by its own share of followers, by accounts of about these sizes."""
    found = []
    for n in range(posts):
        followers = round(chance.choice(sizes) * (0.5 + chance.random()))
        at = datetime(2026, 3, 20, tzinfo=UTC) + timedelta(
            minutes=chance.randrange(14 * 24 * 60), seconds=n % 60
        )
        found.append(
            a_post(
                id=f"{n}", platform=platform, created_at=at, views=round(followers * chance.expovariate(5)),
                author=Author(id=f"{n % (posts // 2)}", handle="a", followers=followers),
            )
        )  # fmt: skip
    saved(archive, a_page(*found), source=platform)


def in_the_hour_that_is_another_day(archive: Archive) -> None:
    """Keep posts from after midnight by the campaign's clock, and before it by UTC, that all would notice."""
    late = datetime.combine(WINDOW.last, datetime.min.time(), UTC) + timedelta(hours=23, minutes=10)
    posts = [
        a_post(id=f"late {n}", platform="x", created_at=late + timedelta(seconds=n), views=90_000,
               author=Author(id=f"late {n}", handle="a", followers=100))
        for n in range(60)
    ]  # fmt: skip
    saved(archive, a_page(*posts), source="x")


@pytest.mark.parametrize("seed", range(5))
def test_the_sql_of_likely_seen_gives_the_range_of_the_report(tmp_path, seed):
    chance = random.Random(seed)
    (sql,) = re.findall(r"```sql\n(.*?)```", section("seen"), re.DOTALL)
    with opened(tmp_path) as archive:
        views(archive, "x", 700, (200, 200, 200, 5_000, 5_000, 90_000, 2_000_000), chance)
        views(archive, "youtube", 60, (300, 3_000, 30_000), chance)
        views(archive, "tumblr", 24, (300,), chance)
        in_the_hour_that_is_another_day(archive)
        seen = build_at(archive, "crime", WINDOW, frozenset()).seen
        values = {"track": "crime", "first": str(WINDOW.first), "last": str(WINDOW.last)}
        assert archive.db.execute(sql, values).fetchall() == [(seen.low, seen.high)]
    assert seen.assumed_for == ("tumblr",)
    assert 330 < seen.measured_on < 360  # of X the latest 300, of YouTube all until the last day
