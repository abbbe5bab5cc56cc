"""A sender that dies at a named point, and two that work in the wrong order, in processes of their own."""

import os
import signal
import time
from datetime import datetime
from multiprocessing.synchronize import Event
from pathlib import Path

from monitor.mail.outbox_delivery import deliver
from monitor.mail.store import Claimed, MailStore
from tests.mail.messages import by_smtp

POINTS = ("claimed", "data", "taken", "sent")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Dying(MailStore):
    """Dies at a point of the first mail: after the claim, before DATA, after the server's 250, after all."""

    point = ""

    def hand_over(self, mail: Claimed, now: datetime) -> bool:
        self.point == "claimed" and die()
        moved = super().hand_over(mail, now)
        self.point == "data" and die()
        return moved

    def arrived(self, mail: Claimed, now: datetime, *, folder: str = "") -> None:
        self.point == "taken" and die()
        super().arrived(mail, now, folder=folder)
        self.point == "sent" and die()


class MarkThenSend(MailStore):
    """Wrong: notes that a mail was sent before it is. Whoever dies in between has lost it."""

    point = ""

    def hand_over(self, mail: Claimed, now: datetime) -> bool:
        moved = super().hand_over(mail, now)
        super().arrived(mail, now)
        self.point == "data" and die()
        return moved

    def arrived(self, mail: Claimed, now: datetime, *, folder: str = "") -> None:
        pass


class SendThenMark(MailStore):
    """Wrong: claims nothing, and notes only afterwards. Two at once both send it."""

    point = ""

    def claim(self, now: datetime) -> Claimed | None:
        found = super().claim(now)
        if found:
            self._force(found.id, "queued")
        return found

    def hand_over(self, mail: Claimed, now: datetime) -> bool:
        return True

    def arrived(self, mail: Claimed, now: datetime, *, folder: str = "") -> None:
        self._force(mail.id, "sent")
        self.point == "sent" and die()

    def _force(self, id: int, state: str) -> None:
        with self._writing() as db:
            db.execute("UPDATE outbox SET state = ? WHERE id = ?", (state, id))


KINDS = {"ours": Dying, "mark then send": MarkThenSend, "send then mark": SendThenMark}


def send(path: Path, port: int, kind: str, point: str, now: datetime, ready: Event, go: Event) -> None:
    """Deliver what is due at `now`, as one worker does, over and over until it is killed."""
    store = KINDS[kind].open(path)
    store.point = point
    out = by_smtp(port)
    ready.set()
    go.wait()
    while True:
        deliver(store, out, lambda: now)
        time.sleep(0.02)
