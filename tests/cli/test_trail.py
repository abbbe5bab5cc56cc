"""The activity log at the console: who exported what, and what is found when it was changed."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from getpass import getuser

import pytest
from click.testing import CliRunner

from monitor.accounts import Accounts
from monitor.backup.restore import restore
from monitor.campaign import load
from monitor.cli import Paths, group
from monitor.cli.wiring import backups_of
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post
from tests.campaigns import ONE_TRACK

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "campaign.toml").write_text(ONE_TRACK)
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(id="1")))
    return tmp_path


def run(folder, *words):
    files = ["--campaign", f"{folder}/campaign.toml", "--archive", f"{folder}/archive.db"]
    return CliRunner().invoke(group, [*files, *words])


def noted(folder, *lines, at=NOW):
    accounts = Accounts.open(folder / "access.db")
    for line in lines:
        accounts.note("Ann", line, at)
    accounts.close()


def backups(folder):
    return backups_of(
        Paths(campaign=folder / "campaign.toml", archive=folder / "archive.db"),
        load(folder / "campaign.toml"),
    )


def tampered(folder, script):
    with sqlite3.connect(folder / "access.db") as db:
        db.executescript(f"DROP TRIGGER audit_is_final; DROP TRIGGER audit_stays; {script}")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["export", "--format", "ndjson"], "exported all posts as ndjson"),
        (["export", "--format", "xlsx"], "exported all posts as xlsx"),
        (["report", "--format", "csv"], "exported numbers.csv"),
    ],
)
def test_an_export_at_the_console_is_in_the_log_with_the_computers_user(folder, words, line):
    assert run(folder, *words).exit_code == 0
    assert run(folder, "trail").stdout.split("\t")[1:] == [f"the console ({getuser()})", f"{line}\n"]


def test_the_log_is_listed_oldest_first_and_from_a_day_on_also_for_programs(folder):
    noted(folder, "did 1", at=NOW - timedelta(days=9))
    noted(folder, "did 2")
    lines = [json.loads(line) for line in run(folder, "trail", "--json").stdout.splitlines()]
    assert [line["what"] for line in lines] == ["did 1", "did 2"]
    assert lines[1] == {"at": f"{NOW:%Y-%m-%dT%H:%M:%SZ}", "who": "Ann", "what": "did 2"}
    since = f"{NOW - timedelta(days=1):%Y-%m-%d}"
    assert [line.split("\t")[2] for line in run(folder, "trail", "--since", since).stdout.splitlines()] == [
        "did 2"
    ]


@pytest.mark.heavy
def test_a_log_that_was_changed_fails_the_check_and_the_doctor(folder):
    noted(folder, "did 1", "did 2", "did 3")
    assert run(folder, "trail", "--check").exit_code == 0
    assert "activity log" not in run(folder, "doctor").stdout
    tampered(folder, "UPDATE audit SET what = 'nothing' WHERE id = 2")
    check = run(folder, "trail", "--check")
    assert (check.exit_code, check.stdout.startswith("Line 3 ")) == (1, True)
    doctor = run(folder, "doctor")
    assert (doctor.exit_code, "fail activity log: Line 3 " in doctor.stdout) == (1, True)


@pytest.mark.heavy
def test_a_log_that_was_built_again_is_found_by_its_last_backup(folder):
    noted(folder, "did 1", "did 2")
    backups(folder).create(NOW)
    noted(folder, "did 3")
    assert run(folder, "trail", "--check").exit_code == 0
    tampered(
        folder, "DELETE FROM trail_ends; DELETE FROM audit WHERE id = 1; UPDATE audit SET hash_before = NULL"
    )
    assert "ends with line 2, which is not here" in run(folder, "trail", "--check").stdout


@pytest.mark.heavy
def test_after_a_restore_the_log_goes_on_with_a_line_that_says_so(folder):
    noted(folder, "did 1")
    copy = backups(folder).create(NOW - timedelta(days=2))
    noted(folder, "did 2")
    backups(folder).create(NOW - timedelta(days=1))
    restore(backups(folder), copy, NOW)
    noted(folder, "did 3", at=NOW + timedelta(minutes=1))
    assert [line.split("\t")[2] for line in run(folder, "trail").stdout.splitlines()] == [
        "did 1", "put back an older copy of the accounts: this log has no later lines from before", "did 3",
    ]  # fmt: skip
    assert run(folder, "trail", "--check").exit_code == 0
