"""How a message leaves: to a mail server, or into a folder where none is set."""

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from monitor.core.errors import AccessError, ConfigError, MailDeferredError
from monitor.mail.store import Claimed, address_of

_TLS = {"starttls": 587, "tls": 465, "none": 25}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Chat(Protocol):
    """A way out."""

    def deliver(self, mail: Claimed, hand_over: Callable[[], bool]) -> bool:
        """Deliver a message; call `hand_over` just before it goes, and stop if that is False.

        Returns whether it was delivered. Raises MailDeferredError, MailRefusedError or MailUncertainError.
        """


class Transport(Chat, Protocol):
    """A way out for mails."""

    @property
    def words(self) -> str:
        """Return where mails go, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Messages as .eml files, which mail programs open. A message that is already there is there once."""

    path: Path
    why: str = "No mail server is set"

    @property
    def words(self) -> str:
        return f"{self.why}: mails are saved in the folder {self.path}."

    def deliver(self, mail: Claimed, hand_over: Callable[[], bool]) -> bool:
        """Put a message into the folder; whole or not at all."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.path, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(mail.body)
                file.flush()
                os.fsync(file.fileno())
            if not hand_over():
                Path(name).unlink()
                return False
            message_id = re.sub(r"[^A-Za-z0-9.-]+", "-", mail.message_id.strip("<>"))
            Path(name).replace(self.path / f"{message_id}.eml")
        except OSError as error:
            raise MailDeferredError(
                f"The folder {self.path} could not be written to: {error.strerror}."
            ) from error
        return True


def remove_old(folder: Path, before: datetime) -> None:
    """Remove the messages that were put into a folder before an instant, and what was left half written."""
    for pattern in ("*.eml", "*.part"):
        for file in folder.glob(pattern):
            with suppress(OSError):  # somebody was quicker; else the next turn tries again
                if file.stat().st_mtime < before.timestamp():
                    file.unlink()


def transport(env: Mapping[str, str], folder: Path) -> Transport:
    """Return the way out that the environment describes; without a server, the folder.

    Raises ConfigError with one sentence to act on.
    """
    host = env.get("MONITOR_SMTP_HOST", "")
    if not host:
        return Folder(path=folder)
    tls = env.get("MONITOR_SMTP_TLS", "starttls").lower()
    if tls not in _TLS:
        raise ConfigError(f"MONITOR_SMTP_TLS: expected starttls, tls or none, got {tls!r}.")
    user, password = env.get("MONITOR_SMTP_USER", ""), env.get("MONITOR_SMTP_PASSWORD", "")
    if tls == "none" and (user or host not in _HERE):
        raise ConfigError(
            "MONITOR_SMTP_TLS: 'none' would send everything unencrypted. Write starttls or tls."
        )
    if bool(user) != bool(password):
        raise ConfigError("MONITOR_SMTP_USER and MONITOR_SMTP_PASSWORD go together. Give both, or neither.")
    from monitor.mail.smtp import Smtp

    return Smtp(
        host=host, port=_port(env.get("MONITOR_SMTP_PORT", ""), _TLS[tls]), tls=tls, user=user,
        password=password, sender=sender_of(env.get("MONITOR_MAIL_FROM", "")),
    )  # fmt: skip


def _port(text: str, usual: int) -> int:
    if not text:
        return usual
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ConfigError(f"MONITOR_SMTP_PORT: expected a number such as 587, got {text!r}.")
    return int(text)


def sender_of(text: str) -> str:
    """Return the address that mails come from; raises ConfigError if it is none."""
    try:
        return address_of(text)
    except AccessError as error:
        raise ConfigError(f"MONITOR_MAIL_FROM: {error}") from error
