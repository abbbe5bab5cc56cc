"""Scoring stored posts again: by several processes, stopped midway, and never over a person's word."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive
from monitor.campaign import load
from monitor.collect.tone_scoring import BATCH, ScoringResult, rescore, rescore_some
from monitor.core.model import Sentiment, Tone
from monitor.tone import english_analyzer
from tests.builders import a_page, a_post, a_sentiment

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
ROOT = Path(__file__).parents[2]
TEXTS = ("Thank you all, what a lovely evening", "What an awful man, I hate this",
         "Das ist eine Schande, die Polizei tut nichts in dieser Stadt")  # fmt: skip
EIGHT_BATCHES = 8 * BATCH


class Plain:
    """Scores all but German as positive; a class of a module, so that other processes can load it."""

    name = "plain-2"

    def score(self, text: str, lang: str | None = None) -> Sentiment | None:
        return None if text.startswith("Das") else a_sentiment(Tone.POSITIVE)


def filled(path: Path, posts: int) -> Archive:
    archive = Archive.open(path, LONDON)
    for start in range(0, posts, 1000):
        some = [
            a_post(id=str(n), text=TEXTS[n % 3], created_at=NOW - timedelta(minutes=n))
            for n in range(start, min(start + 1000, posts))
        ]
        archive.ingest.save(
            a_page(*some), source="mastodon", track="crime", scores=[a_sentiment() for _ in some],
            analyzer="old-1", started_at=NOW, now=NOW,
        )  # fmt: skip
    return archive


def tones(archive: Archive) -> dict[str | None, int]:
    return dict(archive.db.execute("SELECT tone, count(*) FROM posts GROUP BY 1"))


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_every_post_is_scored_by_the_new_analyzer_once(tmp_path, processes):
    with filled(tmp_path / "a.db", EIGHT_BATCHES) as archive:
        told: list[int] = []
        done = rescore(archive, Plain(), lambda: NOW, processes=processes, progress=told.append)
        german = EIGHT_BATCHES // 3
        assert done == ScoringResult(scored=EIGHT_BATCHES - german, not_english=german)
        assert sum(told) == EIGHT_BATCHES
        assert tones(archive) == {"positive": EIGHT_BATCHES - german, None: german}
        assert archive.tone_scores.outdated("plain-2") == 0
        assert archive.differences() == []
        again = rescore(archive, Plain(), lambda: NOW)
        assert again == ScoringResult(not_english=german)


def test_a_persons_word_stays(tmp_path):
    with filled(tmp_path / "a.db", 6) as archive:
        archive.annotations.label([1], "tone", Tone.NEGATIVE, by="jo", now=NOW)
        rescore(archive, Plain(), lambda: NOW)
        assert tones(archive) == {"negative": 2, "positive": 2, None: 2}  # two posts say the same


@pytest.mark.heavy
def test_some_are_scored_at_a_time_until_none_is_left(tmp_path):
    with filled(tmp_path / "a.db", BATCH + 10) as archive:
        first = rescore_some(archive, Plain(), NOW)
        assert first == BATCH
        second = rescore_some(archive, Plain(), NOW, first)
        assert second == BATCH + 10
        assert rescore_some(archive, Plain(), NOW, second) is None


def until(true: Callable[[], bool]) -> bool:
    return any(true() or time.sleep(0.02) for _ in range(6000))


def alive(group: int) -> bool:
    """Return whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.kills
def test_killed_midway_it_goes_on_from_there(tmp_path):
    """A real `monitor rescore`, killed once it has stored some: nothing is lost, nothing scored again."""
    by = english_analyzer(
        load(ROOT / "config/campaign.toml").analyzer, load(ROOT / "config/campaign.toml").subject
    )
    path, posts = tmp_path / "a.db", 15 * BATCH
    filled(path, posts).close()
    told = [sys.executable, "-c", "from monitor.cli import main; main()", "--archive", str(path),
            "--campaign", str(ROOT / "config/campaign.toml"), "rescore", "--processes", "2"]  # fmt: skip
    running = subprocess.Popen(told, stderr=subprocess.DEVNULL, start_new_session=True)
    with Archive.open(path, LONDON) as archive:
        assert until(lambda: archive.tone_scores.outdated(by.name) < posts)
        running.kill()  # itself alone: its helpers have to see that it is gone
        running.wait()
        assert until(lambda: not alive(running.pid))
        left = archive.tone_scores.outdated(by.name)
        assert 0 < left < posts
        assert archive.tone_scores.is_mixed
        archive.annotations.label([1], "tone", Tone.UNCLEAR, by="jo", now=NOW)
        done = subprocess.run(told, capture_output=True, text=True, check=True).stderr
        assert archive.tone_scores.outdated(by.name) == 0
        assert not archive.tone_scores.is_mixed
        sql = "SELECT DISTINCT text, positive, neutral, negative FROM scores JOIN posts ON id = post_id"
        stored = archive.db.execute(sql).fetchall()
        at_once = [(text, by.score(text)) for text in TEXTS[:2]]
        assert sorted(stored) == sorted((text, s.positive, s.neutral, s.negative) for text, s in at_once)
        assert tones(archive) == {"unclear": posts // 3, "negative": posts // 3, None: posts // 3}
        assert "are in other languages" in done
        scored = int(done.split(" posts scored")[0].split()[-1].replace(",", ""))
        assert scored < posts - posts // 3 - BATCH // 3  # the first run's work was kept
