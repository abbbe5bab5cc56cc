"""A month in which posts are deleted at any moment: none is readable here for more than a day after it."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.archive.posts import ingest
from monitor.collect import refresh
from monitor.collect.refresh import reread
from monitor.sources.shared.spend import PaidSettings
from tests.simulated.pond import DAY, Batch, Ledger, OneByOne, Paid, simulated, stored
from tests.sources.archived import LONDON

SEED = 4  # of a month in which whole days leave a post readable; in two of three they leave none


def a_month(platform: Any, folder: Path) -> set[str]:
    """Live through it; return the first posts that were readable for more than a day after their end."""
    ledger, known = platform.ledger, set[str]()
    with Archive.open(folder / f"{ledger.seed}.db", LONDON) as archive:
        collector = simulated(platform, archive)
        for now in ledger.looks():
            if late := ledger.overdue(archive):
                return late
            if new := {id for id, at in ledger.made.items() if at <= now and ledger.is_there(id)} - known:
                stored(collector, sorted(new))
                known |= new
            reread(collector, "pond")
        assert archive.posts.count() > 0.9 * ledger.number
        assert archive.db.number("SELECT count(*) FROM posts WHERE text IS NULL") > 0.3 * ledger.number
    return set()


@pytest.mark.parametrize("kind", [Batch, OneByOne, Paid])
def test_no_post_is_readable_for_more_than_a_day_after_its_end(kind: Callable[..., Any], tmp_path: Path):
    platform = kind(Ledger(SEED))
    assert a_month(platform, tmp_path) == set()
    assert max(Counter(platform.ledger.asked).values()) <= 5 * kind.a_minute
    assert max(Counter(id for _, id in platform.ledger.bill).values(), default=0) <= 31  # once a day of UTC


def as_before(created_at: datetime, now: datetime) -> datetime:
    """Return when a post was read again by an older rule: at each whole day of its age."""
    age = now - created_at
    steps = (timedelta(hours=1), timedelta(hours=6), (age // DAY + 1) * DAY)
    return created_at + min(step for step in steps if age < step)


@pytest.mark.parametrize("kind", [Batch, OneByOne])
def test_control_whole_days_are_too_seldom(
    kind: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for module in (refresh, ingest):
        monkeypatch.setattr(module, "next_reading", as_before)
    monkeypatch.setattr(refresh, "REREAD_ROUND", DAY)
    assert a_month(kind(Ledger(SEED)), tmp_path)


def test_control_a_few_ages_are_too_seldom(tmp_path: Path):
    assert a_month(Paid(Ledger(1), PaidSettings(follow_deletions="sparse").ages), tmp_path)
