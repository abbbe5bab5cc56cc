"""A mail server that keeps what it takes, and can be told how to answer."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes

from aiosmtpd.smtp import SMTP


@dataclass(frozen=True)
class Taken:
    """A message with its envelope."""

    sender: str
    readers: tuple[str, ...]
    body: bytes

    @property
    def message_id(self) -> str:
        return message_from_bytes(self.body)["Message-ID"]


class MailServer:
    """Runs in a thread. `answers` maps RCPT or DATA to what is said instead of 250.
    `slow` is in seconds, before and after it takes one. It answers nobody before it has taken `crowd`.

    `drop`: the connection is closed after the message was taken, and before the answer.
    """

    def __init__(self, ssl_context: object = None, authenticator: Callable | None = None) -> None:
        self.taken: list[Taken] = []
        self.answers: dict[str, list[str]] = {}
        self.slow, self.drop, self.crowd = 0.0, False, 1
        self._tls, self._auth = ssl_context, authenticator

    def __enter__(self) -> "MailServer":
        # In a thread from the start: the browser's own loop may be at home in this one.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        made = self._loop.create_server(self._session, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(made, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join()
        self._loop.close()

    def _stop(self) -> None:
        self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(0.05, self._loop.stop)

    def _session(self) -> SMTP:
        server = self

        class Asked(SMTP):
            async def smtp_DATA(self, arg: str) -> None:
                said = server._answer("DATA COMMAND")
                if said is None:
                    await super().smtp_DATA(arg)
                elif said:
                    await self.push(said)
                else:
                    self.transport.abort()

        more = {"tls_context": self._tls, "require_starttls": True} if self._tls else {}
        if self._auth:
            more |= {"authenticator": self._auth, "auth_required": True}
        return Asked(self, hostname="test", loop=self._loop, enable_SMTPUTF8=False, **more)

    def counted(self) -> Counter[str]:
        """Return how often each Message-ID was taken."""
        return Counter(one.message_id for one in self.taken)

    def _answer(self, step: str) -> str | None:
        waiting = self.answers.get(step)
        return waiting.pop(0) if waiting else None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if said := self._answer("RCPT"):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if said := self._answer("DATA"):
            return said
        await asyncio.sleep(self.slow)
        self.taken.append(Taken(envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.content)))
        if self.drop:
            server.transport.abort()
        while len(self.taken) < self.crowd:
            await asyncio.sleep(0.005)
        await asyncio.sleep(self.slow)
        return "250 taken"
