"""Files of other programs taken in by the command: what is counted, what goes, and what it ends with."""

import json
import sqlite3
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from monitor.cli import group, import_export
from tests.sources.exports import files as made

CAMPAIGN = """
name = "Test"
[[track]]
name = "test"
title = "#Test"
tags = ["callingtimeoncrime"]
"""
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def take(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("monitor.cli.import_export.utcnow", lambda: NOW)
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)

    def run(content: bytes, *words: str):
        (tmp_path / "file").write_bytes(content)
        command = ["--campaign", "campaign.toml", "--archive", "a.db", "import", "file", "--json", *words]
        return CliRunner().invoke(group, command)

    return run


def counts(result) -> dict[str, int]:
    return json.loads(result.stdout.splitlines()[-1])


def texts() -> list[str | None]:
    with sqlite3.connect("a.db") as db:
        return [text for (text,) in db.execute("SELECT text FROM posts ORDER BY id")]


@pytest.mark.heavy
@pytest.mark.parametrize("name", made.DELETIONS)
def test_what_a_file_says_is_gone_is_gone_from_the_file_and_from_the_archive(take, name):
    post, deletion = made.DELETIONS[name]
    together = take(post + deletion)
    assert counts(together) == {"read": 2, "new": 0, "known": 0, "other": 2, "rejected": 0}
    assert texts() == []
    assert counts(take(post))["new"] == 1
    assert texts() == [made.TEXT]
    # a capture's own numbers mean nothing without the posts that it showed
    later = take(post + deletion if name == "a stream's capture" else deletion)
    assert later.exit_code == 0
    assert texts() == [None]
    assert counts(take(post))["new"] == 0  # it does not come back
    assert texts() == [None]


def test_control_what_is_said_of_another_post_takes_nothing(take):
    take(made.lines(made.PAGE))
    take(made.lines({"id": "7", "action": "delete", "redacted_at": made.ISO, "reason": "deleted"}))
    assert texts() == [made.TEXT]


def test_a_post_that_is_written_again_after_it_was_deleted_stays(take):
    post, deletion = made.DELETIONS["jetstream"]
    assert counts(take(post + deletion + post)) == {
        "read": 3,
        "new": 1,
        "known": 0,
        "other": 2,
        "rejected": 0,
    }


def test_a_deletion_that_does_not_say_of_what_is_refused(take):
    odd = [
        {"id": {"a": 1}, "action": "delete", "redacted_at": made.ISO},
        {"did": "\ud800", "time_us": 1, "account": {"status": "deleted"}},
    ]
    assert counts(take(made.lines(*odd, made.PAGE)))["rejected"] == 2


def test_every_item_is_in_a_count_and_passed_ones_are_told_with_why(take):
    alone = {
        **made.PAGE,
        "data": [{**made.API, "id": "5", "referenced_tweets": [{"type": "retweeted", "id": "7"}]}],
    }
    result = take(made.lines(alone, made.PAGE, made.PAGE, {**made.STATUS, "visibility": "direct"}))
    assert counts(result) == {"read": 4, "new": 1, "known": 1, "other": 1, "rejected": 1}
    assert "1 item left out: it is a repost of a post that is not in the file." in result.stderr
    assert "file, line 4: This is a private message" in result.stderr


@pytest.mark.parametrize("name", made.WRONG)
def test_a_file_that_gives_nothing_ends_with_1(take, name):
    result = take(made.WRONG[name][0])
    assert result.exit_code == 1
    assert made.WRONG[name][1] in result.stderr


@pytest.mark.parametrize("name", made.PRIVATE)
def test_nothing_private_reaches_the_archive(take, name):
    result = take(made.PRIVATE[name])
    assert counts(result)["new"] == 0
    with open("a.db", "rb") as archive:
        assert b"Fern Road" not in archive.read()


def test_of_several_files_a_broken_one_costs_itself_only_and_ends_with_1(take, tmp_path):
    (tmp_path / "broken").write_bytes(b"\0\1\2" * 300)
    (tmp_path / "second").write_bytes(made.lines(made.STATUS))
    result = take(made.lines(made.PAGE), "broken", "second")
    assert (result.exit_code, counts(result)["new"]) == (1, 2)
    assert "broken was not read to its end: This file is not text." in result.stderr
    assert take(made.lines(made.PAGE), "second").exit_code == 0


def test_posts_of_another_subject_are_something_and_end_with_0(take):
    result = take(made.lines({**made.STATUS, "tags": [], "content": "<p>Hello</p>"}), "--matching")
    assert (result.exit_code, counts(result)["other"]) == (0, 1)


@pytest.mark.parametrize(
    ("size", "processors", "processes"),
    [(import_export.LONG - 1, 8, 0), (import_export.LONG, 1, 0), (import_export.LONG, 2, 1), (10**8, 8, 2)],
    ids=["a small file", "one processor", "two processors", "many"],
)
def test_other_processes_join_for_a_large_file(tmp_path, monkeypatch, size, processors, processes):
    with (tmp_path / "posts.csv").open("wb") as file:
        file.truncate(size)
    monkeypatch.setattr(import_export, "processors", lambda: processors)
    assert import_export._processes([tmp_path / "posts.csv"]) == processes
