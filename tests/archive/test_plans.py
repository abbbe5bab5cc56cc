"""What is asked often, or while somebody waits, looks at a few rows, however many there are."""

import re
from datetime import timedelta

import pytest

from monitor.core.model import Deleted
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post


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


@pytest.mark.parametrize("ask", ["of", "unanswered", "due", "delete"])
def test_conversations_are_found_by_indexes_and_not_by_platform(tmp_path, ask):
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(id="2", parent="1")))
        sqls: list[str] = []
        archive.db.conn.set_trace_callback(sqls.append)
        ASKS[ask](archive)
        archive.db.conn.set_trace_callback(None)
        sqls = [sql for sql in sqls if re.search(r"native_id, \w\.url\)|conversations c", sql)]
        steps = [row[3] for sql in sqls for row in archive.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert sqls
    assert [step for step in steps if re.search(r"SCAN (p|o|r|a|posts)$|\(platform=\?\)$", step)] == []


ASKS = {
    "of": lambda archive: archive.conversations.of(1, ["us"]),
    "unanswered": lambda archive: archive.conversations.unanswered(["us"], NOON),
    "due": lambda archive: archive.conversations.due("mastodon", ["us"], NOON, 5),
    "delete": lambda archive: archive.ingest.follow([Deleted(platform="mastodon", id="2")], NOON),
}


def test_the_newest_texts_are_read_from_the_end_of_all_posts(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page())
        said: list[str] = []
        archive.db.conn.set_trace_callback(said.append)
        archive.posts.texts("crime", NOON - timedelta(days=30), 10)
        archive.db.conn.set_trace_callback(None)
        steps = [row[3] for row in archive.db.execute(f"EXPLAIN QUERY PLAN {said[-1]}")]
    assert "SEARCH p USING INDEX posts_by_time (created_at>?)" in steps
    assert not [step for step in steps if step.startswith("SCAN") or "ORDER BY" in step]
