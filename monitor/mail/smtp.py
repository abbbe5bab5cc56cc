"""A mail server, as a way out for messages. Its library is loaded only where one is set."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from monitor.core.errors import MailDeferredError, MailRefusedError, MailServerError, MailUncertainError
from monitor.mail.store import Claimed

TIMEOUT = 30.0  # seconds for each answer of the server
_PATIENCE = 300.0  # for the last one: it looks for viruses meanwhile. Less than outbox.STALE in all
_GOODBYE = 2.0  # for an answer that nothing hangs on
_MOST = 200  # characters of a server's words


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
        return f"Mails are sent by {self.host}, from {self.sender}."

    def __repr__(self) -> str:
        return f"Smtp({self.host}:{self.port})"  # no password in a log

    def deliver(self, mail: Claimed, hand_over: Callable[[], bool]) -> bool:
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
        with ExitStack() as stack:
            stack.callback(server.close)
            if self.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if self.user:
                server.login(self.user, self.password)
            stack.pop_all()
        return server

    def _send_envelope(self, server: smtplib.SMTP, address: str) -> None:
        """Name sender and reader, and have the message asked for.

        Raises MailDeferredError or MailRefusedError.
        """
        try:
            code, reply = server.mail(self.sender)
            if code != 250:  # about our own address: a person has to mend it, and then it may go
                raise MailDeferredError(
                    f"The mail server refuses to send from {self.sender}: {_reply_text(code, reply)}"
                )
            _judge(*server.rcpt(address))
            _judge(*server.docmd("DATA"), good={354})
        except OSError as error:
            raise MailDeferredError(_words(error)) from error


def _judge(code: int, reply: bytes | str, good: Container[int] = range(200, 300)) -> None:
    if code in good:
        return
    raise (MailRefusedError if 500 <= code < 600 else MailDeferredError)(
        f"The mail server answered: {_reply_text(code, reply)}"
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
        return f"it did not accept this name and password ({error.smtp_code}). Correct them in .env."
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply_text(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError):
        return "it did not answer in time."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it offers no STARTTLS. Set MONITOR_SMTP_TLS to tls, or to none if it is on this computer."
    if isinstance(error, ssl.SSLError):
        return (
            f"its certificate or encryption was not accepted ({error.reason or 'no reason given'})."
            " Port 465 wants MONITOR_SMTP_TLS=tls, port 587 wants starttls."
        )
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return "nothing answers there. Check MONITOR_SMTP_HOST and MONITOR_SMTP_PORT."
    return (str(error) or type(error).__name__)[:_MOST]
