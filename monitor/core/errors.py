"""Every error that this program raises on purpose; docs/develop/architecture.md has their tree."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from monitor import COMMAND


class MonitorError(Exception):
    """Base of all: its text says what happened, why, and what to do."""

    exit_code = 1


class ConfigError(MonitorError):
    """The campaign file, an environment variable or a key is wrong."""

    exit_code = 78


class SettingsConflict(ConfigError):
    """Somebody else has changed the same settings meanwhile; `theirs` has what they are now, by key."""

    def __init__(self, theirs: Mapping[str, object]) -> None:
        super().__init__(
            "Somebody else changed this while you did, so yours was not saved. Look at both, and save again."
        )
        self.theirs = theirs


class ArchiveError(MonitorError):
    """The archive cannot be opened, or was written by a newer version."""


class LockedError(ArchiveError):
    """Another program is at work on a database for long: later it will not be."""


class NoArchive(ArchiveError):
    """There is no archive yet where one was looked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no archive at {path} yet. Run '{COMMAND} collect' to make one. If there used to be"
            f" one, '{COMMAND} restore' restores its last backup."
        )
        self.path = path


class Outdated(ArchiveError):
    """An archive that is only read has to be changed first, which opening it for writing does."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} must be upgraded first. Run: {COMMAND} rebuild")


class StorageError(MonitorError):
    """The disk is full, read-only or broken; the text says what became of what was being saved."""

    exit_code = 74


class DamagedError(StorageError):
    """What a database holds cannot be read any more."""


class AccessError(MonitorError):
    """Something about people and what they may do: a name that is taken, a password that is too short."""


class WrongPasswordError(AccessError):
    """The name or the password is wrong; it is not said which."""


class TooManyTriesError(AccessError):
    """Too many tries; `until` is when there may be another."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Too many attempts.")
        self.until = until


class BackupError(MonitorError):
    """A copy cannot be made, proven or put back; the text says why."""


class EntryError(MonitorError):
    """An entry cannot be kept; `by` has a sentence for each field that is wrong: why, and what to do."""

    def __init__(self, by: Mapping[str, str]) -> None:
        super().__init__(" ".join(by.values()))
        self.by = by


class MissingModelError(MonitorError):
    """What an analyzer of tone needs is not installed, or damaged."""


class MissingColumnsError(MonitorError):
    """A table lacks columns that it needs."""

    def __init__(self, columns: Sequence[str], start: str) -> None:
        super().__init__(f"has no column called {', '.join(columns)}. It begins: {start!r}.")


class NotPublicError(MonitorError, ValueError):
    """A post that not everybody may read: it is rejected, and nothing of it is kept but this sentence."""


class FilterError(MonitorError):
    """An address asks for something that is not there; the text says what to choose."""


class PictureError(MonitorError):
    """No PNG can be made here; the text says what to take instead."""


class UnsafeMailError(MonitorError):
    """A message says something else than was meant, and is not sent."""


class MailDeferredError(MonitorError):
    """The message was not taken, and may be tried again; the text says why."""


class MailServerError(MailDeferredError):
    """No message at all can be handed over now."""


class MailRefusedError(MonitorError):
    """The message was refused for good; the text says why."""


class MailUncertainError(MonitorError):
    """The connection ended after the message was handed over, and before the answer: nobody knows."""


class SpendLimitError(MonitorError):
    """There is not enough money left this month for the question."""


class AlreadyRunning(MonitorError):
    """Another worker is at work on the same archive."""

    exit_code = 75


class SourceError(MonitorError):
    """A platform did not give what was asked; stored in the coverage ledger."""

    outcome = "unreachable"


class RateLimited(SourceError):
    """Asked too often, or a quota is used up."""

    outcome = "rate-limited"

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class Unavailable(SourceError):
    """Not reached, too slow, or broken at its end: try again later."""


class Refused(SourceError):
    """A key is missing, wrong or not allowed: trying again will not help."""

    outcome = "refused"


class Closed(SourceError):
    """The platform does not show this to the public: unknown, never zero."""

    outcome = "closed"


class Unreadable(SourceError):
    """An answer came that is not in the platform's format."""

    outcome = "unreadable"


class Broken(SourceError):
    """A fault at our end, in the program or the disk, ended it."""

    outcome = "broken"
