"""What waits in the outbox is delivered, and each outcome noted before the next."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from monitor.core.clock import Clock
from monitor.core.errors import (
    AccessError,
    MailDeferredError,
    MailRefusedError,
    MailServerError,
    MailUncertainError,
    UnsafeMailError,
)
from monitor.mail.store import Claimed, MailStore
from monitor.mail.transport import Chat, Folder, Transport

log = logging.getLogger(__name__)

Stop = Callable[[], bool]  # asked before each message: the one at hand is always finished

_BROKE = "A fault in this program stopped it. It will be retried; see the log for details."
_TRIES = 6  # of five seconds each
CHAT = "webhook"  # the kind of message that goes to a chat
_TURN = timedelta(minutes=5)  # then others have theirs; what waits has the next one
_WAITS = (1, 5, 30)  # minutes until the next try; after that, an hour each time


def deliver(
    store: MailStore, out: Transport, clock: Clock, chat: Chat | None = None, stop: Stop = lambda: False
) -> int:
    """Deliver all that is due, mails by `out` and alerts for the chat there; return how many were taken.

    Any number of processes may do this at once: each message is claimed by one of them.
    """
    store.tidy(clock())
    count, began = 0, clock()
    while not stop() and clock() - began < _TURN and (mail := store.claim(clock())):
        count += _deliver(store, out, chat, mail, clock)
    return count


def _deliver(store: MailStore, out: Transport, chat: Chat | None, mail: Claimed, clock: Clock) -> bool:
    try:
        if not _way(out, chat, mail).deliver(mail, lambda: store.hand_over(mail, clock())):
            return False
    except MailServerError as error:  # no other mail has to find that out for itself
        log.warning("mails are waiting: %s", error)
        store.hold(mail, CHAT, str(error), clock() + _wait(mail.tries), clock())
    except MailDeferredError as error:
        log.warning("mail %d waits: %s", mail.id, error)
        store.postpone(mail, str(error), clock() + _wait(mail.tries), clock())
    except (MailRefusedError, UnsafeMailError) as error:
        log.warning("mail %d stopped: %s", mail.id, error)
        store.stop(mail, str(error), clock())
    except MailUncertainError as error:  # it stays as it is, and is tried once more when it is old
        log.warning("mail %d may not have arrived: %s", mail.id, error)
    except Exception:  # a fault of ours: it is tried again, and holds up no other
        log.exception("mail %d broke", mail.id)
        store.postpone(mail, _BROKE, clock() + _wait(mail.tries), clock())
    else:
        _note(store, mail, clock, out.words if isinstance(out, Folder) and mail.kind != CHAT else "")
        return True
    return False


def _note(store: MailStore, mail: Claimed, clock: Clock, folder: str) -> None:
    """Note that a message was taken; it would be sent again if that failed."""
    for _ in range(_TRIES):
        with suppress(AccessError):  # another program holds the file
            store.arrived(mail, clock(), folder=folder)
            return


def _way(out: Transport, chat: Chat | None, mail: Claimed) -> Chat:
    """Return the way out of a message that is as it should be; raises UnsafeMailError or MailRefusedError."""
    if mail.kind != CHAT:
        from monitor.mail.message import check  # the library of mails: where there is one

        check(mail.body, to=mail.address)
        return out
    if chat is None:
        raise MailRefusedError("MONITOR_WEBHOOK no longer names a chat.")
    return chat


def _wait(tries: int) -> timedelta:
    return timedelta(minutes=_WAITS[tries - 1] if tries <= len(_WAITS) else 60)
