"""What waits in the outbox is delivered, and each outcome noted before the next."""

import logging
from collections.abc import Callable
from datetime import timedelta

from monitor.accounts.mail import Claimed, Mailroom
from monitor.clock import Clock
from monitor.mail.message import Unsafe, check
from monitor.mail.transport import Chat, NeverTaken, NotTaken, Transport, Uncertain

log = logging.getLogger(__name__)

Stop = Callable[[], bool]  # asked before each message: the one at hand is always finished

CHAT = "webhook"  # the kind of message that goes to a chat
_WAITS = (1, 5, 30)  # minutes until the next try; after that, an hour each time


def deliver(
    room: Mailroom, out: Transport, clock: Clock, chat: Chat | None = None, stop: Stop = lambda: False
) -> int:
    """Deliver all that is due, mails by `out` and alerts for the chat there; return how many were taken.

    Any number of processes may do this at once: each message is claimed by one of them.
    """
    room.tidy(clock())
    taken = 0
    while not stop() and (mail := room.claim(clock())):
        taken += _deliver(room, out, chat, mail, clock)
    return taken


def _deliver(room: Mailroom, out: Transport, chat: Chat | None, mail: Claimed, clock: Clock) -> bool:
    try:
        if not _way(out, chat, mail).deliver(mail, lambda: room.hand_over(mail, clock())):
            return False
    except NotTaken as error:
        log.warning("mail %d waits: %s", mail.id, error)
        room.postpone(mail, str(error), clock() + _wait(mail.tries), clock())
    except (NeverTaken, Unsafe) as error:
        log.warning("mail %d stopped: %s", mail.id, error)
        room.stop(mail, str(error), clock())
    except Uncertain as error:  # it stays as it is, and is tried once more when it is old
        log.warning("mail %d: nobody knows whether it arrived: %s", mail.id, error)
    else:
        room.arrived(mail, clock())
        return True
    return False


def _way(out: Transport, chat: Chat | None, mail: Claimed) -> Chat:
    """Return the way out of a message that is what it should be; raises Unsafe or NeverTaken."""
    if mail.kind != CHAT:
        check(mail.body, to=mail.address)
        return out
    if chat is None:
        raise NeverTaken("No chat is named in MONITOR_WEBHOOK any more.")
    return chat


def _wait(tries: int) -> timedelta:
    return timedelta(minutes=_WAITS[tries - 1] if tries <= len(_WAITS) else 60)
