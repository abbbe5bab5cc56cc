"""A report asks SQLite in the same words whatever was found, so that nothing is planned twice."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive, stats
from monitor.campaign import Track, load
from monitor.core.model import Author
from monitor.report import Window
from monitor.report.build import build
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

pytestmark = pytest.mark.heavy

CAMPAIGN = replace(  # with its places, which are asked for, too
    load(Path(__file__).parents[2] / "config/campaign.toml"),
    tracks=(Track(name="crime", title="Crime", tags=("crime",)),),
    sources={},
)
DAYS = 28
WEEKS = [
    Window(first=NOON.date() + timedelta(days=n), last=NOON.date() + timedelta(days=n + 6)) for n in (7, 14)
]
NOW = NOON + timedelta(days=DAYS)
BOUND = re.compile(r"LIMIT\s+[?:]", re.IGNORECASE)


def fill(archive: Archive) -> None:
    posts = [
        a_post(
            id=f"{day}-{n}", author=Author(id=f"{day // 2}-{n}", followers=10 * n + 1),
            **({"likes": n + 1, "views": 9 + n} if day < 14 or not n else {}),
            created_at=NOON + timedelta(days=day, minutes=n), text=f"Is it {n}?",
            tags=frozenset({f"day{day % 5}", "crime"}), links=frozenset({f"https://a.example/{day % 3}"}),
        )
        for day in range(DAYS)
        for n in range(4)
    ]  # fmt: skip
    saved(archive, a_page(*posts, since=NOON - timedelta(days=90), until=NOW))


def asked(archive: Archive, window: Window) -> set[str]:
    said: set[str] = set()
    with archive.db.tracer(lambda sql, _: said.add(sql)):
        build(archive, CAMPAIGN, window, now=NOW, sources=())
    return said


@pytest.mark.parametrize("few", [3_000, 0], ids=["read the posts", "walk down the totals"])
def test_two_weeks_of_other_posts_are_asked_for_in_the_same_words(tmp_path: Path, monkeypatch, few: int):
    monkeypatch.setattr(stats, "_FEW", few)
    with opened(tmp_path) as archive:
        fill(archive)
        earlier, later = (asked(archive, week) for week in WEEKS)
    assert earlier == later
    assert len(later) > 20


def test_no_limit_is_bound_for_sqlite_would_plan_anew_each_time(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(stats, "_FEW", 0)
    with opened(tmp_path) as archive:
        fill(archive)
        said = asked(archive, WEEKS[1])
    assert any("LIMIT" in sql for sql in said)
    assert not [sql for sql in said if BOUND.search(sql)]
    assert BOUND.search("SELECT 1 LIMIT :most")
