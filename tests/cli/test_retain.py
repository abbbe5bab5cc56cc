"""Texts that are too old, removed at the console."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from monitor.cli import group
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post
from tests.campaigns import ONE_TRACK

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "campaign.toml").write_text(ONE_TRACK + "\n[keep]\ntext_days = 10\nauthor_days = 20\n")
    with opened(tmp_path) as archive:
        posts = [
            a_post(id=f"n{days}", created_at=NOW - timedelta(days=days, minutes=1)) for days in (1, 9, 12, 30)
        ]
        saved(archive, a_page(*posts), now=NOW)
    return tmp_path


def run(folder, *words):
    files = ["--campaign", f"{folder}/campaign.toml", "--archive", f"{folder}/archive.db"]
    outcome = CliRunner().invoke(group, [*files, "retain", *words])
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


def texts(folder):
    with opened(folder) as archive:
        return [row.text is not None for row in archive.posts.every()]


def test_a_dry_run_counts_and_removes_nothing(folder):
    said = json.loads(run(folder, "--dry-run", "--json"))
    assert said == {"due": 2, "removed": 0, "removed_until": None, "next_due": 3}
    assert texts(folder) == [True] * 4


@pytest.mark.heavy
def test_what_is_due_is_removed_and_what_is_next_is_said(folder):
    assert json.loads(run(folder, "--json"))["removed"] == 2
    assert texts(folder) == [False, False, True, True]
    assert run(folder).startswith("0 posts were due. Texts of posts up to ")
    assert run(folder).endswith("1 post goes within a day.\n")


def test_control_a_campaign_that_keeps_them_for_longer_removes_nothing(folder):
    (folder / "campaign.toml").write_text(ONE_TRACK)
    assert json.loads(run(folder, "--json"))["removed"] == 0
    assert texts(folder) == [True] * 4
