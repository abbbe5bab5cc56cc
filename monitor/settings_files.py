"""The campaign file and `.env`, which people edit as well: read as one, checked, written whole or not at all.

Whoever writes holds a lock on the campaign file's folder, and so does whoever reads, who then sees both files
as they were before a change, or both after it.
"""

import errno
import fcntl
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import RLock

from monitor.accounts import Accounts
from monitor.campaign import Campaign, campaign_text, keys_of, read_text
from monitor.campaign.dotenv import with_keys
from monitor.campaign.edit import Changes, by_hand, setting, with_settings
from monitor.core.clock import Clock
from monitor.core.errors import ConfigError, MonitorError, SettingsConflict, StorageError
from monitor.core.storage import FULL_DISK, sync, write_new

log = logging.getLogger(__name__)

BY_HAND = "a text editor"  # who changed what was changed neither on a page nor by a command
BEFORE = ".previous"  # the end of the name of what `.env` was before its last change
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

Keys = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The campaign file and the keys, as they were at one time."""

    campaign: Campaign
    env: Keys  # of `.env` and the environment
    text: str  # of the campaign file
    fault: str = ""  # why the files cannot be used as they are now, and this goes on being used

    @property
    def version(self) -> str:
        """Return what is another for another text of the campaign file."""
        return _version(self.text)


@dataclass(kw_only=True)
class SettingsFiles:
    """The two files. May be shared between threads, and with other processes."""

    path: Path  # of the campaign file
    dotenv: Path
    history: Accounts  # where the versions of the campaign file are stored, and what was done
    read: Callable[[str, Keys], Campaign]  # raises ConfigError for what nothing can run on
    problems: Callable[[Campaign, Keys], Sequence[str]]  # what is wrong besides, and costs a part only
    clock: Clock
    _settings: Settings | None = None
    _stamps: object = None  # of the files that were read
    _companions: Sequence[Path] = ()  # that the campaign file names
    _guard: RLock = field(default_factory=RLock)

    def settings(self) -> Settings:
        """Return what the files say, or what they last said that could be used.

        Raises ConfigError if they never did.
        """
        with self._guard:
            if self._settings is None or self._stamps != self._stamps_now():
                with self._lock(fcntl.LOCK_SH):
                    while self._settings is None or self._stamps != self._stamps_now():
                        self._stamps = self._stamps_now()
                        self._settings = self._reread()
                    if self._settings.fault:
                        log.error("the settings stay as they were: %s", self._settings.fault)
                    else:
                        with suppress(MonitorError):  # a disk that is full holds nothing up
                            self._note_edit(self._settings.text)
            return self._settings

    def save(
        self, changes: Changes, keys: Keys | None = None, *, base: str, who: str, now: datetime
    ) -> Settings:
        """Make changes that somebody thought of when the campaign file had the version `base`.

        Raises SettingsConflict if one of these was changed since, StorageError, and ConfigError for what
        would be wrong, or with what to type by hand. After each of them nothing has changed.
        """
        keys = keys or {}
        lines = "\n".join([by_hand(changes), *(f"{name}=(what you entered)" for name in keys)]).strip()
        with self._writing(lines) as text:
            self._check_base(base, text, changes)
            what = f"changed settings: {', '.join((*changes, *keys))}"
            self._store(text, with_settings(text, changes), keys, who=who, what=what, now=now)
        return self.settings()

    def restore(self, text: str, *, who: str, now: datetime) -> Settings:
        """Make an earlier text of the campaign file the newest; raises as `save` does."""
        with self._writing(text) as before:
            what = "restored an earlier version of the campaign file"
            self._store(before, text, {}, who=who, what=what, now=now)
        return self.settings()

    def _reread(self) -> Settings:
        try:
            text = campaign_text(self.path)
            with suppress(ConfigError):  # `read` says it better
                names = (setting(text, "places"), setting(text, "tone.subject_words"))
                self._companions = [self.path.parent / str(name) for name in names if name]
            env = keys_of(self._env_text())
            return Settings(campaign=self.read(text, env), env=env, text=text)
        except ConfigError as error:
            if self._settings is None:
                raise
            return replace(self._settings, fault=str(error))

    def _stamps_now(self) -> object:
        """Return what is another once one of the files was changed."""
        return [_stamp(path) for path in (self.path, self.dotenv, *self._companions)]

    def _check_base(self, base: str, text: str, changes: Changes) -> None:
        if base == _version(text):
            return
        texts = (version.text for version in self.history.campaign_versions())
        old = next((old for old in texts if _version(old) == base), None)
        theirs = {
            key: setting(text, key)
            for key in changes
            if old is None or setting(old, key) != setting(text, key)
        }
        if any(theirs[key] != changes[key] for key in theirs):
            raise SettingsConflict(theirs)

    def _store(self, before: str, text: str, keys: Keys, *, who: str, what: str, now: datetime) -> None:
        env_before = self._env_text()
        env = with_keys(env_before, keys)
        self._check((before, env_before), (text, env))
        new = dict[Path, tuple[str, int]]()  # with the rights
        if env != env_before:  # first: a key that nobody uses yet does no harm
            new[self.dotenv.with_name(self.dotenv.name + BEFORE)] = env_before, 0o600
            new[self.dotenv] = env, 0o600
        if text != before:
            self._note_edit(before)
            new[self.path] = text, self.path.stat().st_mode & 0o777
        elif new:
            self.history.note(who, what, now)
        with self.history.campaign_version(text, who=who, what=what, now=now), _replacing(new):
            pass

    def _check(self, before: tuple[str, str], after: tuple[str, str]) -> None:
        """Raise ConfigError for what would be wrong, and is not wrong already."""
        old: Sequence[str] = ()
        with suppress(ConfigError):
            old = self._problems(*before)
        if new := [problem for problem in self._problems(*after) if problem not in old]:
            raise ConfigError(" ".join(new))

    def _problems(self, text: str, env: str) -> Sequence[str]:
        return self.problems(self.read(text, keys_of(env)), keys_of(env))

    def _note_edit(self, text: str) -> None:
        """Store what somebody wrote with a text editor, as they will not have done it themselves."""
        what, now = "changed the campaign file", self.clock()
        with self.history.campaign_version(text, who=BY_HAND, what=what, now=now):
            pass

    def _env_text(self) -> str:
        return read_text(self.dotenv, "") if self.dotenv.is_file() else ""

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        """Hold the lock of the folder: of the files themselves there is another after each change."""
        try:
            folder = os.open(self.path.resolve().parent, os.O_RDONLY)
        except OSError:  # it is gone, or cannot be listed
            if kind != fcntl.LOCK_SH:
                raise
            yield
            return
        try:
            fcntl.flock(folder, kind)
            yield
        finally:
            os.close(folder)

    @contextmanager
    def _writing(self, lines: str) -> Iterator[str]:
        """Lend the text of the campaign file while nobody else may change it."""
        try:
            with self._lock(fcntl.LOCK_EX):
                yield campaign_text(self.path)
        except OSError as error:
            if error.errno in _FULL:
                raise StorageError(FULL_DISK) from error
            raise ConfigError(
                f"{self.path} cannot be changed from here ({error.strerror or error}). Nothing was changed."
                f" Edit it yourself:\n{lines}"
            ) from error


@contextmanager
def _replacing(new: Mapping[Path, tuple[str, int]]) -> Iterator[None]:
    """Write texts beside their files, and put each in its place at once when all of them are on the disk."""
    parts = dict[Path, Path]()  # whoever writes them holds the lock
    try:
        for path, (text, mode) in new.items():
            path = path.resolve()
            parts[path] = path.with_name(f".{path.name}.part")
            write_new(parts[path], text.encode(), mode=mode)
            if path.exists() and os.geteuid() == 0:
                os.chown(parts[path], path.stat().st_uid, path.stat().st_gid)
        yield
        for path, part in parts.items():
            part.replace(path)
            sync(path.parent)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        about = path.stat()
    except (OSError, ValueError):
        return ()
    return about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino


def _version(text: str) -> str:
    return sha256(text.encode()).hexdigest()
