"""A reply that came only with a conversation changes no number, list or file, whatever it says."""

import random
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.archive.query.criteria import Filter
from monitor.archive.schema.rollups import KEPT
from monitor.collect.source_status import states
from monitor.core.model import Author, Post, PostKind, Purpose
from monitor.export.ndjson import write_ndjson
from monitor.report import Window
from monitor.report.build import build
from monitor.report.json_form import plain
from tests.archive.saving import opened
from tests.builders import a_page, a_post, a_sentiment
from tests.campaigns import shipped

pytestmark = pytest.mark.heavy

CAMPAIGN = shipped()
TRACK = CAMPAIGN.tracks[0].name
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
WINDOW = Window(first=NOW.date() - timedelta(days=27), last=NOW.date())
TEXTS = (
    "Enough is enough",
    "Where do I hand in the sheets?",
    "Police cuts again",
    "Thank you all in Romford",
)


def crowd(chance: random.Random, start: int, most: int) -> list[Post]:
    """Return posts by a few people of the last 40 days, some of which answer each other or say the same."""
    return [
        a_post(
            id=str(n), author=Author(id=f"a{by}", handle=f"a{by}@e.example", followers=by * 100),
            text=chance.choice(TEXTS) + chance.choice(["", " #CallingTimeOnCrime", f" {n}"]),
            created_at=NOW - timedelta(hours=chance.randrange(1, 960)), kind=chance.choice([*PostKind]),
            parent=str(chance.randrange(1, start + most)), likes=chance.randrange(90),
            views=chance.choice([None, 500]), places=frozenset(chance.sample(["romford", "ilford"], 1)),
            links=frozenset({f"https://e.example/{n % 3}"}), copy_of=chance.choice([None, "https://e.example/x"]),
        )
        for n, by in ((n, chance.randrange(12)) for n in range(start, start + most))
    ]  # fmt: skip


def save(archive: Archive, posts: list[Post], purpose: Purpose) -> None:
    page, scores = a_page(*posts, purpose=purpose), [a_sentiment() for _ in posts]
    archive.ingest.save(
        page, source="mastodon", track=TRACK, scores=scores, analyzer="plain-1", started_at=NOW, now=NOW
    )


def everything(archive: Archive) -> dict[str, Any]:
    """Return whatever counts or lists posts."""
    scope = archive.stats.scope(TRACK, WINDOW.first, WINDOW.last, frozenset())
    report = build(archive, CAMPAIGN, WINDOW, now=NOW, sources=states(archive, CAMPAIGN, NOW))
    write_ndjson(archive.posts.every(), export := StringIO())
    since = NOW - timedelta(days=3)
    return {table: archive.db.execute(f"SELECT * FROM {table}").fetchall() for table in KEPT} | {
        "report": plain(report), "export": export.getvalue(), "posts": archive.posts.count(),
        "first": archive.posts.first_day(), "view": archive.db.execute("SELECT * FROM posts_view").fetchall(),
        "joiners": archive.alerts.joiners(scope, since, NOW),
        "gains": archive.alerts.gains(scope, oldest=since, since=since, least=0),
        "list": archive.post_query.page(Filter(scope=scope), most=500).ids,
        "folded": archive.post_query.folded(Filter(scope=scope), most=500),
        "search": archive.post_query.page(Filter(scope=scope, words="sheets"), most=500).ids,
        "total": archive.post_query.total(Filter(scope=scope, words="police")),
        "own": archive.posts.of_accounts(["a1@e.example"], WINDOW.first, WINDOW.last),
        "told": archive.opinions.tones(scope), "copies": archive.stats.copies(scope),
    }  # fmt: skip


def changes(folder: Path, seed: int, purpose: Purpose) -> list[str]:
    """Return which of these are others once replies have come."""
    chance = random.Random(seed)
    with opened(folder) as archive:
        save(archive, crowd(chance, 1, 120), Purpose.SEARCH)
        before = everything(archive)
        for start in (1000, 2000):
            save(archive, crowd(chance, start, 60), purpose)
        assert archive.differences() == []
        after = everything(archive)
        return [name for name in before if before[name] != after[name]]


@pytest.mark.parametrize("seed", range(3))
def test_replies_change_nothing_that_is_counted_or_listed(tmp_path, seed):
    assert changes(tmp_path, seed, Purpose.THREAD) == []


def test_control_the_same_posts_found_by_a_search_do(tmp_path):
    others = {"first", "spans", "author_totals"}
    assert {"report", "export", "posts", "view", "list", "search", "total", "days"} <= {
        *changes(tmp_path, 0, Purpose.SEARCH)
    } - others
