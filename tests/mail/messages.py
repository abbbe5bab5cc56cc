"""Messages to be sent."""

from datetime import UTC, datetime, timedelta

from monitor.mail.envelope import Content, Heading, Sender
from monitor.mail.message import message
from monitor.mail.smtp import Smtp
from monitor.mail.store import DigestRun, Mail, MailStore

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
MINUTE = timedelta(minutes=1)
SENDER = Sender(address="monitor@dash.example.org", name="Calling Time on Crime")
CAMPAIGN = "calling-time-on-crime"


def message_id(to: str, period: str) -> str:
    """Return the Message-ID of a mail to somebody."""
    return f"<digest.{period}.{to.replace('@', '-')}@dash.example.org>"


def a_mail(to: str = "ann@example.org", period: str = "2026-W47", **said: str) -> Mail:
    """Return a mail to somebody."""
    heading = Heading(to=to, message_id=message_id(to, period), date=NOW)
    body = message(
        Content(**({"subject": "A usual week: 567 posts", "text": "Hello.\n"} | said)), heading, SENDER
    )
    return Mail(kind="digest", period=period, address=to, message_id=heading.message_id, body=body)


def put(store: MailStore, *mails: Mail, until: datetime = LATER, now: datetime = NOW) -> int:
    """Put mails into the outbox; return how many are new."""
    return store.enqueue(CAMPAIGN, mails, until=until, now=now)


def states(store: MailStore) -> dict[str, str]:
    """Return the state of each mail, by address."""
    return {one.address: one.state for one in store.deliveries(CAMPAIGN)}


def by_smtp(port: int, timeout: float = 60.0) -> Smtp:
    """Return the way to a server on this machine."""
    return Smtp(host="127.0.0.1", port=port, sender=SENDER.address, tls="none", timeout=timeout)


def with_mail(store: MailStore, campaign: str) -> None:
    """Fill a file with weeks, mails in each state, and readers: one gets it, one left, one is asked."""
    reasons = {"sent": "", "late": "This was due on Monday 9 November.", "skipped": "Nobody was on the list."}
    for n, (decision, why) in enumerate(reasons.items()):
        done = DigestRun(week=f"2026-W{46 - n}", decision=decision, why=why, decided_at=NOW)
        mails = [a_mail(f"{k}.{'long-name' * 5}@example.org", done.week) for k in range(6)] if n == 0 else []
        store.decide(campaign, done, mails, until=LATER)
    first, second, third, fourth, _ = (store.claim(NOW) for _ in range(5))
    for one in (first, second, third):
        store.hand_over(one, NOW)
    store.arrived(first, NOW)
    store.stop(second, "The mail server answered: 550 no such user", NOW)
    store.postpone(fourth, "The mail server answered: 451 greylisted", NOW + MINUTE, NOW)
    store.list_readers("digest", ["ann@example.org", "bob@example.org"], NOW)
    store.leave(store.subscriptions("digest")[1].key, NOW)
    store.ask("digest", "cat@example.org", by="Ann", now=NOW)
