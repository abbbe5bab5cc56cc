"""Folding the polls of some days ago: nothing that is asked of them changes; joining too much is caught."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.archive import Archive, folding
from monitor.archive.coverage import save_poll
from monitor.archive.folding import fold
from monitor.campaign import load
from monitor.collect.source_status import states
from monitor.core.clock import stamp
from monitor.core.model import Outcome
from monitor.report import Report, Window
from monitor.report.build import build
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

pytestmark = pytest.mark.heavy

MINUTE = timedelta(minutes=1)
TRACKS, SOURCES = ("crime", "police"), ("mastodon", "feeds")
DETAILS = ("It is down.", "It is too slow.", "It asked us to slow down.")
NOW = NOON + timedelta(days=40)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def poll(archive: Archive, at: datetime, *, source: str = "mastodon", track: str = "crime", **page) -> None:
    save_poll(archive.db, a_page(**page), source, track, at, stamp(at + MINUTE / 6), 1)


def a_page_of(chance: random.Random, at: datetime) -> dict[str, object]:
    stream = chance.choice(("a", "b", "back:mastodon", "again:mastodon"))
    kind = chance.random()
    if kind < 0.25:
        outcome = chance.choice((Outcome.UNREACHABLE, Outcome.CAPPED, Outcome.BROKEN))
        return {"stream": stream, "outcome": outcome, "detail": chance.choice(DETAILS)}
    if kind < 0.35:
        return {"stream": stream, "until": at}
    since = at - chance.choice((5, 60, 300, 300, 600, 0, -3)) * MINUTE
    outcome = chance.choice((Outcome.COMPLETE,) * 5 + (Outcome.CAPPED, Outcome.GAP))
    detail = "" if outcome is Outcome.COMPLETE else chance.choice(("", *DETAILS))
    return {"stream": stream, "since": since, "until": at, "outcome": outcome, "detail": detail}


def fill(archive: Archive, seed: int, polls: int = 600) -> None:
    """Store a random history of five days of polls some time ago, with a few since, and posts found late."""
    chance = random.Random(seed)
    with archive.db.transaction():
        at = NOON
        for number in range(polls):
            at += chance.choice((0, 1, 2, 2, 5, 30)) * MINUTE * chance.choice((1, 1, 1, -0.1))
            if number == polls - 5:
                at += timedelta(days=chance.choice((1, 30)))
            source, track = chance.choice(SOURCES), chance.choice(TRACKS)
            poll(archive, at, source=source, track=track, **a_page_of(chance, at))
    for hour in range(0, 120, 5):
        late = a_post(id=str(hour), created_at=NOON + timedelta(hours=hour))
        saved(archive, a_page(late, stream="back:mastodon"), now=NOW)


def answers(archive: Archive) -> list[object]:
    """Return all that is asked of the ledger: of each time that was not covered, too, what was said of it."""
    ledger, status = archive.coverage, archive.post_status
    found: list[object] = [
        ledger.last_polls(NOW),
        ledger.last_success(NOW),
        ledger.last_polls(NOW, ["crime"]),
    ]
    for day in (date(2026, 11, 1) + timedelta(days=n) for n in range(90)):
        scope, cut = archive.stats.scope("crime", day, day), datetime.combine(day, time(32 - 24), UTC)
        found.append(archive.comparable.unlike(scope, "crime", cut + timedelta(days=1)))
    for source in SOURCES:
        found += [ledger.last_save(source), ledger.last_answers(source), ledger.first_poll(source, "crime")]
        for track in TRACKS:
            spans = sorted(archive.coverage.covered(track, NOON - timedelta(days=1), NOW))
            found.append(spans)
            edges = [edge for name, *span in spans if name == source for edge in span]
            found += [status.troubles(source, track, a, b) for a, b in pairwise(edges)]
            found += [status.known_around(source, track, a + MINUTE) for a in edges]
    return found


def rows(archive: Archive) -> list[tuple[object, ...]]:
    return archive.db.execute("SELECT * FROM coverage ORDER BY id").fetchall()


SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_asked_of_the_ledger_is_the_same_when_it_is_folded(archive, seed):
    fill(archive, seed)
    before, number = answers(archive), len(rows(archive))
    sums = "SELECT sum(got), sum(new), sum(rejected), max(id) FROM coverage"
    totals = archive.db.execute(sums).fetchall()
    fold(archive.db, NOW)
    assert len(rows(archive)) < 0.8 * number
    assert answers(archive) == before
    assert archive.db.execute(sums).fetchall() == totals
    assert archive.differences() == []  # the covered time, made again from what is left, is the same
    once = rows(archive)
    fold(archive.db, NOW)
    assert rows(archive) == once


def test_the_report_of_days_that_were_folded_is_the_same(archive):
    campaign = load(Path(__file__).parents[2] / "config/campaign.toml")
    name, chance = campaign.tracks[0].name, random.Random(3)
    saved(
        archive,
        a_page(*(a_post(id=str(n), created_at=NOON + n * 100 * MINUTE) for n in range(60))),
        track=name,
    )
    with archive.db.transaction():
        for number in range(300):
            at = NOON + number * 20 * MINUTE
            poll(archive, at, track=name, **a_page_of(chance, at))
    window = Window(first=NOON.date(), last=(NOON + timedelta(days=6)).date())

    def report() -> Report:
        sources = states(archive, campaign, NOW)
        return build(archive, campaign, window, now=NOW, sources=sources)

    before, number = report(), len(rows(archive))
    fold(archive.db, NOW)
    assert len(rows(archive)) < number
    assert report() == before
    assert any(source.share and source.share < 1 for source in before.covered)


BREAKS = {
    "across a gap": ("SELECT *, covered_from >", "SELECT *, 0 AND covered_from >"),
    "streams": ("stream, outcome, ", "outcome, "),
    "why time was not covered": ("detail, part, ", "detail, "),
    "the last poll": ("AND started_at < (SELECT max", "AND started_at <= (SELECT max"),
    "the first poll": ("AND started_at > (SELECT min", "AND started_at >= (SELECT min"),
    "outcomes": ("stream, outcome, ", "stream, "),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("which", BREAKS)
def test_control_a_fold_that_joins_more_is_caught(tmp_path, monkeypatch, which):
    assert BREAKS[which][0] in folding._SAME
    monkeypatch.setattr(folding, "_SAME", folding._SAME.replace(*BREAKS[which]))
    caught = False
    for seed in SEEDS:
        (tmp_path / str(seed)).mkdir()
        with opened(tmp_path / str(seed)) as archive:
            fill(archive, seed)
            before = answers(archive)
            fold(archive.db, NOW)
            caught = caught or answers(archive) != before or archive.differences() != []
    assert caught


def test_polls_of_the_last_three_days_stay_one_by_one(archive):
    for number in range(12):
        poll(archive, NOW.replace(hour=0) - timedelta(days=3) + number * MINUTE, until=NOW)
    before = rows(archive)
    fold(archive.db, NOW)
    assert rows(archive) == before


def test_a_day_of_polls_is_one_row_and_each_failure_another(archive):
    for number in range(144):
        at = NOON.replace(hour=0) + 10 * number * MINUTE
        poll(archive, at, stream="a", since=at - 10 * MINUTE, until=at)
        poll(archive, at, stream="b", outcome=Outcome.UNREACHABLE, detail=f"It is down: {number % 2}.")
    poll(archive, NOW, stream="a", since=NOW - MINUTE, until=NOW)
    fold(archive.db, NOW)
    # The first poll stays. The last failure is from when covered time ended: asked why, one looks there.
    assert len(rows(archive)) == 2 + 1 + 1 + 2 + 1


def test_a_day_that_was_folded_is_not_looked_at_again(archive):
    def steps() -> int:
        taken = [0]
        archive.db.conn.set_progress_handler(lambda: taken.append(0), 100)
        fold(archive.db, NOW)
        archive.db.conn.set_progress_handler(None, 0)
        return len(taken)

    fill(archive, 1)
    assert steps() > 50 * steps()
    poll(archive, NOW - timedelta(days=2), until=NOW)
    fold(archive.db, NOW + timedelta(days=3))
    assert archive.db.meta("folded") == stamp(NOW)[:10]


def test_a_fold_that_is_cut_short_has_done_whole_days(archive):
    fill(archive, 1)
    before, number = answers(archive), len(rows(archive))
    turns = iter([False, False, False, True])
    fold(archive.db, NOW, lambda: next(turns))
    some = len(rows(archive))
    assert some < number
    assert (answers(archive), archive.differences()) == (before, [])
    fold(archive.db, NOW)
    assert len(rows(archive)) < some


def test_a_fault_in_the_middle_of_a_day_leaves_the_day_as_it_was(archive):
    fill(archive, 1)
    before = answers(archive)
    archive.db.execute(
        "CREATE TRIGGER full BEFORE DELETE ON coverage WHEN OLD.id > 300"
        " BEGIN SELECT raise(ABORT, 'full'); END"
    )
    with pytest.raises(Exception, match="full"):
        fold(archive.db, NOW)
    assert (answers(archive), archive.differences()) == (before, [])
