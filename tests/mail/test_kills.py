"""Senders are killed, at named points and at random moments, two at work at once.

No mail is lost; one is repeated only if its sender died while it was being taken, once, and with the same
Message-ID. Two designs that others use are caught by the same count.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.mail.outbox_delivery import deliver
from monitor.mail.store import MailStore
from tests.mail.killed_sender import POINTS, send
from tests.mail.messages import CAMPAIGN, NOW, a_mail, by_smtp, message_id, put
from tests.mail.servers import MailServer
from tests.processes import PROCESSES

pytestmark = pytest.mark.kills
KILLS = 300
LONG = 120.0  # seconds: whoever dies at a named point has done so before
FAR = NOW + timedelta(days=400)
ROUND = timedelta(minutes=11)  # after which a dead sender's mails are taken back


@dataclass(frozen=True)
class Count:
    """What became of the mails: `lost` were not taken and nobody is told; `doubled` is without a mark."""

    mails: int
    lost: int
    repeated: int
    thrice: int
    doubled: int
    unsure: int
    wait: int


def count(store: MailStore, server: MailServer) -> Count:
    found = store.deliveries(CAMPAIGN, 100_000)
    taken = server.counted()
    numbers = {one.id: taken[message_id(one.address, one.period)] for one in found}
    return Count(
        mails=len(found),
        lost=sum(one.state == "sent" and not numbers[one.id] for one in found),
        repeated=sum(number == 2 for number in numbers.values()),
        thrice=sum(number > 2 for number in numbers.values()),
        doubled=sum(numbers[one.id] > 1 and not one.twice for one in found),
        unsure=sum(one.state == "unsure" for one in found),
        wait=sum(one.state in ("queued", "claimed", "data") for one in found),
    )


class Trial:
    """Rounds of senders that are killed, eleven minutes apart by the clock that they are given."""

    def __init__(self, path: Path, kind: str = "ours") -> None:
        self.path, self.kind, self.now = path, kind, NOW
        self.store = MailStore.open(path)

    def round(self, server: MailServer, moments: list[float], point: str = "") -> None:
        """Start a sender for each moment, and kill it so many seconds after all have begun."""
        go = PROCESSES.Event()
        ready = [PROCESSES.Event() for _ in moments]
        senders = [
            PROCESSES.Process(target=send, args=(self.path, server.port, self.kind, point, self.now, one, go))
            for one in ready
        ]
        for sender in senders:
            sender.start()
        for one in ready:
            assert one.wait(120)
        go.set()
        began = time.monotonic()
        for moment, sender in sorted(zip(moments, senders, strict=True), key=lambda pair: pair[0]):
            sender.join(max(0.0, began + moment - time.monotonic()))
            sender.kill()
        for sender in senders:
            sender.join()
        self.now += ROUND

    def drain(self, server: MailServer) -> Count:
        """Let nobody die any more, until nothing waits; return what became of all."""
        for _ in range(4):
            deliver(self.store, by_smtp(server.port), lambda: self.now)
            self.now += ROUND
        return count(self.store, server)


@pytest.fixture
def running() -> Iterator[MailServer]:
    with MailServer() as server:
        server.slow = 0.003  # so that some die between the message and its answer
        yield server


@pytest.mark.parametrize(("point", "repeated"), list(zip(POINTS, (0, 0, 1, 0), strict=True)))
def test_who_dies_at_a_named_point_loses_nothing(tmp_path, running, point, repeated):
    trial = Trial(tmp_path / "access.db")
    put(trial.store, a_mail(), until=FAR)
    trial.round(running, [LONG], point)
    found = trial.drain(running)
    assert (found.lost, found.repeated, found.doubled, found.wait) == (0, repeated, 0, 0)


def test_senders_killed_at_300_random_moments_lose_nothing(tmp_path, running):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance, trial = random.Random(seed), Trial(tmp_path / "access.db")
    for n in range(KILLS // 2):  # two at once
        mails = [a_mail(f"{k}@example.org", period=f"{n}") for k in range(3)]
        put(trial.store, *mails, until=FAR, now=trial.now)
        trial.round(running, [chance.uniform(0.0, 0.08) for _ in range(2)])
    found = trial.drain(running)
    print(found)
    assert (found.lost, found.thrice, found.doubled, found.wait) == (0, 0, 0, 0)
    assert found.mails == 3 * (KILLS // 2)
    assert found.repeated <= KILLS
    assert 2 * found.unsure <= KILLS  # killed twice over the same mail, in this moment: a person decides


def test_a_sender_that_marks_before_it_sends_is_caught(tmp_path, running):
    trial = Trial(tmp_path / "access.db", "mark then send")
    put(trial.store, a_mail(), until=FAR)
    trial.round(running, [LONG], "data")
    assert trial.drain(running).lost == 1


def test_a_sender_that_marks_after_it_sends_is_caught(tmp_path, running):
    trial = Trial(tmp_path / "access.db", "send then mark")
    put(trial.store, a_mail(), until=FAR)
    running.crowd = 2  # the first waits for its answer until the other has sent too
    trial.round(running, [LONG] * 2, "sent")
    assert count(trial.store, running).doubled == 1
