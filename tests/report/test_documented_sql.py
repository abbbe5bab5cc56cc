"""docs/numbers.md says what the program does, and its SQL gives the program's figures."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs import build as build_docs
from docs.build import numbers_page
from monitor.archive import Archive
from monitor.core.model import Author, Tone
from monitor.report import Report, Window
from monitor.report.figures import measures
from tests.archive.saving import opened, saved
from tests.archive.test_rollups import a_long_history
from tests.builders import a_page, a_post
from tests.history import FIRST, TRACKS, History, acts
from tests.report.test_slow_counts import build_at, cover, figure, windows

NUMBERS = (Path(__file__).parents[2] / "docs/numbers.md").read_text()
WINDOW = Window(first=FIRST, last=FIRST + timedelta(days=11))  # until a Sunday: tones of such days are told
WITH_SQL = [one.key for one in measures() if one.sql and not one.outcome]  # those: tests/report/outcomes
LIKELY_SEEN = (Path(__file__).parent / "likely_seen.sql").read_text()


def sql_of(key: str) -> str:
    """Return the SQL that docs/numbers.md has for a number."""
    (sql,) = re.findall(rf"Name in exports: `{key}`\.[^#]*?```sql\n(.*?)```", NUMBERS, re.DOTALL)
    return sql


def without_few(rows: list[tuple], report: Report, key: str) -> list[tuple]:
    """Return the rows of a number that a report may tell: not of a tone by too few people."""
    return [row for row in rows if key != "tone" or row[0] in report.tones]


def answer(archive: Archive, sql: str, window: Window = WINDOW, track: str = "crime") -> list[tuple]:
    values = {"track": track, "first": str(window.first), "last": str(window.last)}
    return sorted(archive.db.execute(sql, values).fetchall())


def shown(report: Report, key: str) -> list[tuple[object, ...]]:
    """Return what the SQL of a number should give."""
    if key == "tone":
        return sorted((str(tone), number) for tone, number in report.tones.items() if number)
    if key == "share":
        return sorted((share.track, share.posts) for share in report.shares if share.posts)
    value, known, of = figure(report, key)
    return [(value,)] if key in ("posts", "messages", "people") else [(value, known, of)]


def test_the_page_of_numbers_says_what_the_program_knows():
    assert numbers_page() == NUMBERS  # if not: make docs


def test_control_a_definition_that_the_page_does_not_have_is_noticed(monkeypatch):
    other = replace(measures()[0], sql="SELECT 1;")
    monkeypatch.setattr(build_docs, "measures", lambda: (other, *measures()[1:]))
    assert numbers_page() != NUMBERS


@pytest.mark.heavy
@pytest.mark.parametrize("key", WITH_SQL)
def test_the_sql_of_a_number_gives_the_figure_of_the_report(tmp_path, key):
    with opened(tmp_path) as archive:
        a_long_history(archive, 11)
        report = build_at(archive, "crime", WINDOW, frozenset())
        assert without_few(answer(archive, sql_of(key)), report, key) == shown(report, key)
        assert report.posts.value > 20
        assert report.tones[Tone.POSITIVE]


@settings(max_examples=60, deadline=None)
@given(acts=acts, window=windows, track=st.sampled_from(TRACKS))
@pytest.mark.slow
def test_the_sql_of_every_number_gives_the_figure_of_any_archive(acts, window, track):
    with TemporaryDirectory() as folder, opened(Path(folder)) as archive:
        cover(archive)
        History(archive).live(acts)
        report = build_at(archive, track, window, frozenset())
        wrong = [
            one for one in WITH_SQL
            if without_few(answer(archive, sql_of(one), window, track), report, one) != shown(report, one)
        ]  # fmt: skip
        assert wrong == []
        seen = [(report.seen.low, report.seen.high)] if report.seen else []
        assert answer(archive, LIKELY_SEEN, window, track) == seen


@pytest.mark.parametrize("key", WITH_SQL)
@pytest.mark.slow
def test_control_sql_of_other_days_is_noticed(tmp_path, key):
    with opened(tmp_path) as archive:
        a_long_history(archive, 11)
        report = build_at(archive, "crime", WINDOW, frozenset())
        other = Window(first=WINDOW.last + timedelta(days=90), last=WINDOW.last + timedelta(days=97))
        assert answer(archive, sql_of(key), other) != shown(report, key)


def views(archive: Archive, platform: str, posts: int, sizes: tuple[int, ...], chance: random.Random) -> None:
    """Keep posts, each seen by its own share of followers, by accounts of about these sizes."""
    found = []
    for n in range(posts):
        followers = round(chance.choice(sizes) * (0.5 + chance.random()))
        at = datetime(2026, 3, 20, tzinfo=UTC) + timedelta(
            minutes=chance.randrange(20 * 24 * 60), seconds=n % 60
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
@pytest.mark.slow
def test_the_sql_of_likely_seen_gives_the_range_of_the_report(tmp_path, seed):
    chance = random.Random(seed)
    with opened(tmp_path) as archive:
        views(archive, "x", 700, (200, 200, 200, 5_000, 5_000, 90_000, 2_000_000), chance)
        views(archive, "youtube", 60, (300, 3_000, 30_000), chance)
        views(archive, "tumblr", 24, (300,), chance)
        in_the_hour_that_is_another_day(archive)
        seen = build_at(archive, "crime", WINDOW, frozenset()).seen
        assert answer(archive, LIKELY_SEEN) == [(seen.low, seen.high)]
    assert seen.assumed_for == ("tumblr",)
    assert 330 < seen.measured_on < 360  # of X the latest 300, of YouTube all until the last day
