"""How a message leaves: to a mail server, or into a folder where none is set."""

import os
import re
import smtplib
import socket
import ssl
import tempfile
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from monitor.core.errors import (
    AccessError,
    ConfigError,
    MailDeferredError,
    MailRefusedError,
    MailServerError,
    MailUncertainError,
)
from monitor.mail.message import sent_as
from monitor.mail.store import Claimed, address_of

TIMEOUT = 30.0  # seconds for each answer of the server
_PATIENCE = 300.0  # for the last one: it looks for viruses meanwhile. Less than outbox.STALE in all
_GOODBYE = 2.0  # for an answer that nothing hangs on
_TLS = {"starttls": 587, "tls": 465, "none": 25}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST = 200  # characters of a server's words


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
        """Return where messages go, for people."""
        return f"{self.why}: mails are put into the folder {self.path}."

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
            Path(name).replace(self.path / f"{sent_as(mail.message_id)}.eml")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """A mail server. `tls` is starttls, tls or none; a password never goes over a line without it."""

    host: str
    port: int
    sender: str
    tls: str = "starttls"
    user: str = ""
    password: str = ""
    timeout: float = TIMEOUT

    @property
    def words(self) -> str:
        """Return where messages go, for people."""
        return f"Mails go out by {self.host}, from {self.sender}."

    def __repr__(self) -> str:
        return f"Smtp({self.host}:{self.port})"  # no password in a log

    def deliver(self, mail: Claimed, hand_over: Callable[[], bool]) -> bool:
        """Hand a message to the server."""
        with self._connection() as server:
            self._send_envelope(server, mail.address)
            if not hand_over():
                return False
            try:
                server.send(_dot_stuff(mail.body))
                if server.sock:
                    server.sock.settimeout(_PATIENCE)
                code, reply = server.getreply()
            except OSError as error:
                raise MailUncertainError(_words(error)) from error
            _judge(code, reply)
        return True

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """Lend a connection; whatever is wrong with it is not the message's fault."""
        try:
            server = self._open()
        except (OSError, ValueError) as error:  # a name or password of odd letters
            raise MailServerError(f"The mail server {self.host} cannot be used: {_words(error)}") from error
        try:
            yield server
        finally:
            with suppress(OSError):  # what matters has been answered
                if server.sock:
                    server.sock.settimeout(_GOODBYE)
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        # Without a name of ours, the library asks the network what this machine is called, and waits for it.
        ours = self.sender.rpartition("@")[2]
        if self.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, ours, timeout=self.timeout, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, ours, timeout=self.timeout)
        try:
            if self.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _send_envelope(self, server: smtplib.SMTP, address: str) -> None:
        """Name sender and reader, and have the message asked for.

        Raises MailDeferredError or MailRefusedError.
        """
        try:
            code, reply = server.mail(self.sender)
            if code != 250:  # about our own address: a person has to mend it, and then it may go
                raise MailDeferredError(
                    f"The mail server does not send from {self.sender}: {_reply_text(code, reply)}"
                )
            _judge(*server.rcpt(address))
            _judge(*server.docmd("DATA"), good={354})
        except OSError as error:
            raise MailDeferredError(_words(error)) from error


def _judge(code: int, reply: bytes | str, good: Container[int] = range(200, 300)) -> None:
    if code in good:
        return
    raise (MailRefusedError if 500 <= code < 600 else MailDeferredError)(
        f"The mail server said: {_reply_text(code, reply)}"
    )


def _dot_stuff(body: bytes) -> bytes:
    """Return a message as it goes over the line: RFC 5321, 4.5.2."""
    whole = body if body.endswith(b"\r\n") else body + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", whole) + b".\r\n"


def _reply_text(code: int, reply: bytes | str) -> str:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(f"{code} {words}".split())[:_MOST]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it does not know this name and password ({error.smtp_code}). Correct them in .env."
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply_text(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError):
        return "it did not answer in time."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it offers no STARTTLS. Set MONITOR_SMTP_TLS to tls, or to none if it is on this computer."
    if isinstance(error, ssl.SSLError):
        return (
            f"its certificate or encryption will not do ({error.reason or 'no reason given'})."
            " Port 465 wants MONITOR_SMTP_TLS=tls, port 587 wants starttls."
        )
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return "nothing answers there. Check MONITOR_SMTP_HOST and MONITOR_SMTP_PORT."
    return (str(error) or type(error).__name__)[:_MOST]


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
            "MONITOR_SMTP_TLS: 'none' would send everything readable by others. Write starttls, or tls."
        )
    if bool(user) != bool(password):
        raise ConfigError("MONITOR_SMTP_USER and MONITOR_SMTP_PASSWORD go together. Give both, or neither.")
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
