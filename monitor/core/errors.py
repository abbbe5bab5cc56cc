"""Every error this program raises on purpose.

MonitorError
├── ConfigError         the campaign file or a key is wrong (exit 78)
├── ArchiveError        the archive cannot be opened or read
│   └── NoArchive       there is none yet at `path`
├── AccessError         an account, a link or a password will not do
├── AlreadyRunning      another worker holds the lock
└── SourceError         a platform did not give what was asked
    ├── RateLimited     asked too often; `retry_at` says when to ask again
    ├── Unavailable     not reached, too slow, or broken at its end
    ├── Refused         a key is missing, wrong or not allowed: a person must act
    ├── Closed          the platform does not show this to the public
    └── Unreadable      an answer came, and it makes no sense
"""

from datetime import datetime
from pathlib import Path


class MonitorError(Exception):
    """Base of all: its text says what happened, why, and what to do."""

    exit_code = 1


class ConfigError(MonitorError):
    """The campaign file, an environment variable or a key is wrong."""

    exit_code = 78


class ArchiveError(MonitorError):
    """The archive cannot be opened, or was written by a newer version."""


class NoArchive(ArchiveError):
    """There is no archive yet where one was looked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no archive at {path} yet. Run 'monitor collect' to make one.")
        self.path = path


class AccessError(MonitorError):
    """Something about people and what they may do: a name that is taken, a password that is too short."""


class AlreadyRunning(MonitorError):
    """Another worker is at work on the same archive."""

    exit_code = 75


class SourceError(MonitorError):
    """A platform did not give what was asked; stored in the coverage ledger."""

    outcome = "unreachable"
    needs_person = False


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
    needs_person = True


class Closed(SourceError):
    """The platform does not show this to the public: unknown, never zero."""

    outcome = "closed"


class Unreadable(SourceError):
    """An answer came that is not in the platform's format."""

    outcome = "unreadable"
