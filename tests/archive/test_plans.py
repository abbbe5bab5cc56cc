"""Finding the last polls looks at a few rows, however many polls there have been."""

from datetime import timedelta

from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page


def test_the_last_polls_are_found_from_the_sources_not_from_all_polls(tmp_path):
    with opened(tmp_path) as archive:
        for n in range(20):
            saved(archive, a_page(), now=NOON + timedelta(minutes=n))
        said: list[str] = []
        archive.db.conn.set_trace_callback(said.append)
        found = archive.coverage.last_polls(NOON + timedelta(days=1))
        archive.db.conn.set_trace_callback(None)
        (asked,) = [sql for sql in said if "JOIN coverage" in sql]
        steps = [row[3] for row in archive.db.execute(f"EXPLAIN QUERY PLAN {asked}")]
    assert [poll.ended_at for poll in found["mastodon"]] == [NOON + timedelta(minutes=19)]
    assert "SEARCH c USING INDEX coverage_by_poll (source=? AND track=? AND started_at=?)" in steps
    assert "SCAN c" not in steps
