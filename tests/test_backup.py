"""Copies of the archive and the accounts: proven, thinned, put back, and the old state brought back."""

import shutil
import sqlite3 as other_sqlite
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from errno import EACCES
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest

from monitor.accounts import Accounts, Role
from monitor.archive import Archive, ArchiveReader
from monitor.backup import Backups, intact, manifest
from monitor.backup import restore as restoring
from monitor.backup.restore import finish, restore
from monitor.core.errors import BackupError, MonitorError
from monitor.mail.job_runner import Job, Jobs
from tests.archive.saving import LONDON, opened, saved
from tests.builders import a_page, a_post

pytestmark = pytest.mark.heavy

NOW = datetime(2026, 11, 29, 3, 15, tzinfo=UTC)


@pytest.fixture
def backups(tmp_path: Path) -> Backups:
    config = tmp_path / "config"
    config.mkdir()
    (config / "campaign.toml").write_text("name = 'made up'")
    (config / ".env").write_text("SECRET=1")
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(id="1"), a_post(id="2")))
    Accounts.open(tmp_path / "access.db").close()
    return Backups(
        archive=tmp_path / "archive.db", accounts=tmp_path / "access.db", config=config,
        folder=tmp_path / "backups", zone=LONDON,
    )  # fmt: skip


def posts(path: Path) -> int:
    with ArchiveReader.open(path, LONDON) as archive:
        return archive.posts.count()


def add(backups: Backups, name: str) -> None:
    with Archive.open(backups.archive, LONDON) as archive:
        saved(archive, a_page(a_post(id=name)))


def test_a_copy_holds_what_was_there_at_that_moment_and_no_secret(backups):
    path = backups.create(NOW)
    assert path.name == "2026-11-29-0315"
    assert sorted(file.name for file in path.rglob("*") if file.is_file()) == [
        "access.db", "archive.db", "campaign.toml", "manifest.json",
    ]  # fmt: skip
    assert manifest(path).posts == posts(path / "archive.db") == 2
    assert backups.status().sentence(NOW, LONDON) == "Last verified backup: today 03:15, 2 posts."
    assert not backups.status().is_overdue(NOW + timedelta(days=2))
    assert backups.status().is_overdue(NOW + timedelta(days=2, seconds=1))


def test_a_copy_has_what_only_the_second_file_beside_the_archive_holds_and_a_plain_one_does_not(
    backups, tmp_path
):
    reader = ArchiveReader.open(backups.archive, LONDON)  # the file is not tidied up while it is open
    add(backups, "3")
    path = backups.create(NOW)
    shutil.copyfile(backups.archive, tmp_path / "plain.db")  # the control
    db = other_sqlite.connect(tmp_path / "plain.db")
    plain = db.execute("SELECT count(*) FROM posts").fetchone()[0]
    db.close()
    reader.close()
    assert (posts(path / "archive.db"), plain) == (3, 2)


def test_a_copy_that_lost_rows_is_not_proven_and_the_failure_is_named_until_one_succeeds(
    backups, monkeypatch
):
    monkeypatch.setattr("monitor.backup.sqlite_copy.check", lambda path: {})
    with pytest.raises(BackupError, match="is missing rows"):
        backups.create(NOW)
    assert backups.proven() == []
    assert "is missing rows" in backups.status().failure
    assert not backups.is_due(NOW + timedelta(minutes=1), 3)
    assert backups.is_due(NOW + timedelta(days=1), 3)
    monkeypatch.undo()
    backups.create(NOW)
    assert backups.status().failure == ""


def test_the_copy_of_a_day_is_made_once(backups):
    backups.create_due(NOW, 3)
    backups.create_due(NOW, 3)
    assert len(backups.proven()) == 1
    assert not backups.is_due(NOW + timedelta(hours=23), 3)
    assert backups.is_due(NOW + timedelta(hours=24), 3)


@pytest.mark.parametrize(("is_believable", "survives"), [(False, True), (True, False)])
def test_a_clock_that_leaps_ages_no_copy_out(backups, is_believable, survives):
    path = backups.create(NOW)
    leap = NOW + timedelta(days=400)
    job = Job(act=lambda stop: backups.create_due(leap, 3), is_final=True)
    Jobs(jobs={"the backup": job}, clock=lambda: leap, is_believable=lambda: is_believable)(lambda: False)
    assert path.is_dir() is survives


def test_copies_are_thinned_and_none_outlives_35_days(backups):
    first = backups.create(NOW - timedelta(days=40))
    for days in range(39, 0, -1):  # only their manifests count
        old = NOW - timedelta(days=days)
        path = backups.folder / f"{old:%Y-%m-%d-%H%M}"
        path.mkdir()
        made = (first / "manifest.json").read_text()
        (path / "manifest.json").write_text(
            made.replace(f"{NOW - timedelta(days=40):%Y-%m-%dT%H}", f"{old:%Y-%m-%dT%H}")
        )
    backups.create(NOW)
    ages = [(NOW - manifest(path).at).days for path in backups.proven()]
    assert ages[:14] == list(range(14))
    assert max(ages) < 35
    assert 3 <= len(ages[14:]) <= 4


def test_a_second_folder_has_each_copy_and_one_that_is_gone_is_named(backups, tmp_path):
    (tmp_path / "share").mkdir()
    both = Backups(
        **{name: getattr(backups, name) for name in Backups.__slots__} | {"second": tmp_path / "share"}
    )
    path = both.create(NOW)
    intact(tmp_path / "share" / path.name)
    shutil.rmtree(tmp_path / "share")
    with pytest.raises(BackupError, match="There is no folder"):
        both.create(NOW + timedelta(minutes=1))
    assert len(both.proven()) == 2
    assert both.status().failure
    restore(both, path, NOW)
    assert not both.status().failure  # it was about what is no longer there


def test_a_second_folder_that_another_user_owns_is_named(backups, tmp_path, monkeypatch):
    def refused(source: Path, target: Path) -> None:
        raise PermissionError(EACCES, "Permission denied", str(target))

    monkeypatch.setattr(shutil, "copytree", refused)
    (tmp_path / "share").mkdir()
    with pytest.raises(BackupError, match=r"but not in .*/share: Permission denied"):
        replace(backups, second=tmp_path / "share").create(NOW)
    assert len(backups.proven()) == 1


def test_a_restore_brings_back_the_copy_ends_sessions_and_can_be_undone(backups):
    accounts = Accounts.open(backups.accounts)
    kim = accounts.add("Kim", Role.ADMIN, by="test", now=NOW, password="only made up 1828")
    token = accounts.begin(kim, "Firefox", NOW)
    accounts.close()
    path = backups.create(NOW)
    add(backups, "3")
    before = restore(backups, path, NOW)
    assert posts(backups.archive) == 2
    assert Accounts.open(backups.accounts).session(token, NOW) is None
    assert posts(before / "archive.db") == 3
    restore(backups, before, NOW)  # in the same second
    assert posts(backups.archive) == 3


def test_what_is_written_while_damage_is_mended_is_not_lost(backups, monkeypatch):
    path = backups.create(NOW)

    def beside_a_writer(*how: object) -> list[object]:
        add(backups, "3")
        return []

    monkeypatch.setattr(restoring, "rows_from", beside_a_writer)
    with pytest.raises(BackupError, match="written to the archive in the meantime"):
        restoring.mend(backups, path, NOW)
    assert posts(backups.archive) == 3
    assert not list(backups.archive.parent.glob(".mending*"))


def test_a_restore_is_refused_while_another_program_has_the_archive_open(backups):
    path = backups.create(NOW)
    add(backups, "3")
    with ArchiveReader.open(backups.archive, LONDON) as reader:
        reader.posts.count()
        with pytest.raises(BackupError, match="Stop the monitor"):
            restore(backups, path, NOW)
    assert posts(backups.archive) == 3


def test_a_copy_that_changed_since_it_was_proven_is_refused(backups):
    path = backups.create(NOW)
    data = bytearray((path / "archive.db").read_bytes())
    data[-1] ^= 1
    (path / "archive.db").write_bytes(data)
    with pytest.raises(BackupError, match="has changed since it was verified"):
        restore(backups, path, NOW)


@pytest.mark.parametrize("step", range(1, 8))
def test_a_restore_cut_short_at_any_rename_is_finished_by_the_next_or_has_changed_nothing(
    backups, monkeypatch, step
):
    path = backups.create(NOW)
    add(backups, "3")
    rename, steps = Path.rename, 0

    def failing(self: Path, target: Path) -> Path:
        nonlocal steps
        steps += 1
        if steps == step:
            raise OSError("the power went")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    try:
        restore(backups, path, NOW)
    except OSError:
        monkeypatch.undo()
        if (backups.archive.parent / ".restoring").exists():
            with pytest.raises(MonitorError, match="interrupted"):
                Archive.open(backups.archive, LONDON)
        before = finish(backups)
        assert posts(backups.archive) == (2 if before else 3)
        assert before is None or posts(before / "archive.db") == 3
    else:
        assert step == 7  # there are six
        assert restoring.finish(backups) is None


def test_a_restore_cut_short_while_it_tidies_up_is_done(backups, monkeypatch):
    path = backups.create(NOW)
    add(backups, "3")
    rmtree = restoring.shutil.rmtree

    def cut_short(folder: Path, **how: object) -> None:
        if (folder / "plan.json").exists():
            (folder / "plan.json").unlink()
            raise OSError("the power went")
        rmtree(folder, **how)

    monkeypatch.setattr(restoring.shutil, "rmtree", cut_short)
    with pytest.raises(OSError, match="the power went"):
        restore(backups, path, NOW)
    monkeypatch.undo()
    assert finish(backups) is None
    assert posts(backups.archive) == 2
    restore(backups, path, NOW + timedelta(minutes=1))


@pytest.mark.slow
def test_each_copy_is_proven_while_another_connection_writes(backups):
    writing, over = Event(), Event()

    def write() -> None:
        with Archive.open(backups.archive, LONDON) as archive:
            for n in count(100):
                if over.is_set():
                    return
                saved(archive, a_page(a_post(id=str(n))))
                writing.set()

    writer = Thread(target=write)
    writer.start()
    try:
        assert writing.wait(30)
        for n in range(20):
            backups.create(NOW + timedelta(minutes=n))
    finally:
        over.set()
        writer.join()
    copies = [posts(path / "archive.db") for path in reversed(backups.proven())]
    assert len(copies) == 20
    assert copies == sorted(copies)
    assert copies[0] < copies[-1] <= posts(backups.archive)
