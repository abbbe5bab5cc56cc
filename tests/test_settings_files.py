"""The campaign file and `.env`: changed whole or not at all, by pages, commands and text editors at once."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import settings_files
from monitor.accounts import Accounts
from monitor.campaign import campaign_in
from monitor.core.errors import ConfigError, SettingsConflict, StorageError
from monitor.settings_files import BY_HAND, SettingsFiles
from tests.campaigns import ONE_TRACK

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
START = f"# a note\n{ONE_TRACK}[digest]\nhour = 8  # of the day\n"


def files_in(folder: Path, problems=lambda campaign, env: ()) -> SettingsFiles:
    path = folder / "campaign.toml"
    if not path.exists():
        path.write_text(START)
    return SettingsFiles(
        path=path, dotenv=folder / ".env", history=Accounts.open(folder / "access.db"),
        read=lambda text, env: campaign_in(text, path), problems=problems, clock=lambda: NOW,
    )  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> SettingsFiles:
    return files_in(tmp_path)


def save(office: SettingsFiles, changes, keys=None, *, base=None, who="Ann"):
    return office.save(changes, keys, base=base or office.settings().version, who=who, now=NOW)


def test_a_change_is_there_at_once_for_everyone_who_reads(office, tmp_path):
    other = files_in(tmp_path)
    assert other.settings().campaign.digest.hour == 8
    assert save(office, {"digest.hour": 9}).campaign.digest.hour == 9
    assert other.settings().campaign.digest.hour == 9
    assert office.path.read_text() == START.replace("hour = 8", "hour = 9")


def test_as_long_as_nothing_changes_the_settings_are_the_same_object(office):
    assert office.settings() is office.settings()


def test_each_version_is_stored_with_who_made_it(office):
    save(office, {"digest.hour": 9})
    office.path.write_text(office.path.read_text().replace("Test", "Other"))
    office.settings()
    save(office, {"digest.hour": 10}, who="Bea")
    versions = office.history.campaign_versions()
    assert [version.who for version in versions] == ["Bea", BY_HAND, "Ann", BY_HAND]
    assert versions[0].text == office.path.read_text()
    assert versions[-1].text == START
    assert [entry.what for entry in office.history.trail()][:3] == [
        "changed settings: digest.hour", "changed the campaign file", "changed settings: digest.hour"
    ]  # fmt: skip


def test_an_edit_that_nobody_read_yet_is_stored_before_it_is_changed(office):
    base = office.settings().version
    edited = START.replace("# a note", "# another")
    office.path.write_text(edited)
    save(office, {"digest.hour": 9}, base=base)
    assert [version.text for version in office.history.campaign_versions()][1:] == [edited, START]


def test_going_back_is_a_version_of_its_own(office):
    save(office, {"digest.hour": 9})
    office.restore(START, who="Ann", now=NOW)
    assert office.path.read_text() == START
    assert len(office.history.campaign_versions()) == 3


def test_two_people_who_change_two_things_both_get_theirs(office):
    base = office.settings().version
    save(office, {"digest.hour": 9}, base=base)
    settings = save(office, {"digest.day": "friday"}, base=base, who="Bea")
    assert (settings.campaign.digest.hour, settings.campaign.digest.day) == (9, "friday")


def test_of_two_people_who_change_one_thing_the_second_sees_both(office):
    base = office.settings().version
    save(office, {"digest.hour": 9, "name": "A"}, base=base)
    before = office.path.read_text()
    with pytest.raises(SettingsConflict) as conflict:
        save(office, {"digest.hour": 10}, base=base, who="Bea")
    assert conflict.value.theirs == {"digest.hour": 9}
    assert office.path.read_text() == before
    save(office, {"digest.hour": 9}, base=base, who="Bea")  # the same thing twice is no conflict


def test_what_would_be_wrong_is_not_written(office):
    settings = office.settings()
    with pytest.raises(ConfigError, match=r"digest\.hour: expected 0 to 23, got 99"):
        save(office, {"digest.hour": 99}, {"KEY": "x"})
    assert office.path.read_text() == START
    assert not office.dotenv.exists()
    assert office.settings() is settings
    assert len(office.history.campaign_versions()) == 1


def test_what_was_wrong_before_does_not_stop_another_change(tmp_path):
    def problems(campaign, env):
        return [f"no key for {name}" for name in campaign.sources if name not in env]

    (tmp_path / "campaign.toml").write_text(f"{START}[sources.old]\n")
    office = files_in(tmp_path, problems)
    assert save(office, {"digest.hour": 9}).campaign.digest.hour == 9
    with pytest.raises(ConfigError, match=r"^no key for new$"):
        save(office, {"sources.new": {"on": True}})
    assert "new" in save(office, {"sources.new": {"on": True}}, {"new": "k"}).campaign.sources


def test_keys_are_for_their_owner_and_what_was_before_stays_beside_them(office):
    office.dotenv.write_text("# mine\nA=1\n")
    assert save(office, {}, {"A": "secret"}).env["A"] == "secret"
    assert office.dotenv.read_text() == "# mine\nA=secret\n"
    before = office.dotenv.with_name(".env.previous")
    assert before.read_text() == "# mine\nA=1\n"
    assert [path.stat().st_mode & 0o777 for path in (office.dotenv, before)] == [0o600, 0o600]
    assert "secret" not in str(office.history.trail())
    assert "secret" not in str(office.history.campaign_versions())
    assert office.history.trail()[0].what == "changed settings: A"


def test_what_changes_nothing_is_not_in_the_trail(office):
    save(office, {"digest.hour": 8}, {"A": ""})
    save(office, {})
    assert office.history.trail() == ()
    assert not office.dotenv.exists()


def test_rights_and_links_of_the_campaign_file_stay(office, tmp_path):
    (tmp_path / "config").mkdir()
    real = office.path.rename(tmp_path / "config/real.toml")
    real.chmod(0o640)
    office.path.symlink_to(real)
    save(office, {"digest.hour": 9})
    assert office.path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "hour = 9" in real.read_text()
    assert sorted(path.name for path in tmp_path.iterdir() if "part" in path.name) == []


def test_a_mistake_made_by_hand_changes_nothing_that_runs_and_is_named(office, caplog):
    last = office.settings()
    office.path.write_text(START.replace("hour = 8", "hour = eight"))
    settings = office.settings()
    assert (settings.campaign, settings.text) == (last.campaign, last.text)
    assert "hour = eight" in settings.fault
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    with pytest.raises(ConfigError):
        save(office, {"name": "A"})
    assert office.restore(START, who="Ann", now=NOW).fault == ""
    broken = office.history.campaign_versions()[1]
    assert (broken.who, "eight" in broken.text) == (BY_HAND, True)


@pytest.mark.parametrize("name", ["places.toml", "words.toml", ".env"])
def test_a_file_beside_the_campaign_file_is_taken_up_too(office, tmp_path, name):
    (tmp_path / "places.toml").write_text("")
    (tmp_path / "words.toml").write_text("words = []\n")
    office.path.write_text(f'places = "places.toml"\n{START}[tone]\nsubject_words = "words.toml"\n')
    settings = office.settings()
    assert office.settings() is settings
    (tmp_path / name).write_text({"words.toml": 'words = ["crime"]\n', ".env": "A=1\n"}.get(name, "\n"))
    assert office.settings() is not settings


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.EROFS, ConfigError), (errno.EACCES, ConfigError), (errno.EBUSY, ConfigError),
     (errno.ENOSPC, StorageError), (errno.EDQUOT, StorageError)],
    ids=errno.errorcode.get,
)  # fmt: skip
@pytest.mark.parametrize("at", ["fsync", "replace"])
def test_where_nothing_can_be_written_nothing_changes(office, monkeypatch, number, kind, at):
    def fails(*given):
        raise OSError(number, os.strerror(number))

    office.settings()
    monkeypatch.setattr(settings_files.os, at, fails)
    with pytest.raises(kind) as refused:
        save(office, {"digest.hour": 9})
    assert office.path.read_text() == START
    assert [version.text for version in office.history.campaign_versions()] == [START]
    assert [path.name for path in office.path.parent.iterdir() if path.suffix == ".part"] == []
    if kind is ConfigError:
        assert str(refused.value).endswith("Edit it yourself:\n[digest]\nhour = 9")


def test_what_has_to_be_typed_by_hand_has_no_key_in_it(office, monkeypatch):
    def fails(*given):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(settings_files.os, "replace", fails)
    with pytest.raises(ConfigError) as refused:
        save(office, {"digest.hour": 9}, {"KEY": "secret"})
    assert str(refused.value).endswith("yourself:\n[digest]\nhour = 9\nKEY=(what you entered)")
    assert "secret" not in str(refused.value)


def test_a_folder_that_is_gone_ends_nothing_that_runs(office, tmp_path):
    office.path = (tmp_path / "config").joinpath("campaign.toml")
    office.path.parent.mkdir()
    office.path.write_text(START)
    last = office.settings()
    office.path.parent.rename(tmp_path / "away")
    assert office.settings().campaign == last.campaign
    assert "There is no campaign file" in office.settings().fault
    with pytest.raises(ConfigError, match="cannot be changed from here"):
        save(office, {"digest.hour": 9})


def test_a_first_file_that_cannot_be_used_is_refused(office):
    office.path.write_text("name = ")
    with pytest.raises(ConfigError, match="cannot be understood"):
        office.settings()


def test_the_last_two_hundred_versions_stay(office):
    for number in range(205):
        with office.history.campaign_version(str(number), who="Ann", what="x", now=NOW):
            pass
    assert [version.text for version in office.history.campaign_versions()] == [
        str(number) for number in range(204, 4, -1)
    ]
