"""The made-up campaign: the same each time, honest about numbers, and with something unknown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.archive import Archive
from monitor.archive.reading import Row
from monitor.campaign import load
from monitor.demo import GAP, fill
from monitor.model import Metrics, Sentiment, Tone

NOW = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
CAMPAIGN = load(Path(__file__).parents[2] / "config/campaign.toml")


class FakeAnalyzer:
    name = "fake-1"

    def score(self, text: str) -> Sentiment:
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


def filled(path: Path, posts: int = 400) -> Archive:
    archive = Archive.open(path, CAMPAIGN.zone, demo=True)
    assert fill(archive, CAMPAIGN, FakeAnalyzer(), NOW, posts=posts) == archive.count() > 0
    return archive


def rows(path: Path) -> list[Row]:
    with filled(path) as archive:
        return list(archive.every_post())


def test_the_same_time_makes_the_same_posts(tmp_path: Path):
    assert rows(tmp_path / "a.db") == rows(tmp_path / "b.db")


def test_a_platform_that_gives_no_number_has_none_and_not_zero(tmp_path: Path):
    made = rows(tmp_path / "a.db")
    assert all(row.metrics == Metrics() for row in made if row.platform in ("bluesky", "feeds"))
    assert all(row.metrics.views is None for row in made if row.platform != "x")
    assert all(row.metrics.views is not None for row in made if row.platform == "x")


def test_nothing_is_posted_or_covered_in_the_gap_and_much_is_around_it(tmp_path: Path):
    start, end = (NOW - timedelta(days=days) for days in GAP)
    with filled(tmp_path / "a.db") as archive:
        assert not [row for row in archive.every_post() if start <= row.created_at < end]
        known = archive.covered(datetime(2026, 9, 1, tzinfo=UTC), NOW)
    assert known
    assert not [k for k in known if k[1] < end and k[2] > start]
    assert {s for s, _, until in known if until == start} == {s for s, since, _ in known if since == end}


def test_x_is_refused_at_the_end_and_the_others_are_not(tmp_path: Path):
    with filled(tmp_path / "a.db") as archive:
        last = {name: polls[-1].outcome for name, polls in archive.last_polls().items()}
    assert last.pop("x") == "refused"
    assert set(last.values()) == {"complete"}


def test_the_counts_are_those_of_the_posts_and_no_post_lies_ahead(tmp_path: Path):
    with filled(tmp_path / "a.db") as archive:
        assert archive.differences() == []
        assert max(row.created_at for row in archive.every_post()) <= NOW
