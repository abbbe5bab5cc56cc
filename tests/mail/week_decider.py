"""A worker that decides on weekly mails at given instants, in step with others in their processes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.campaign import Campaign, Digest, Track
from monitor.mail.store import Mail, MailStore, Subscription
from monitor.mail.weekly import DigestJob, decision, writing
from monitor.mail.weekly.send_times import Week
from monitor.report import Report
from tests.digest.letters import a_week
from tests.mail.messages import SENDER

ZONE = ZoneInfo("Europe/London")
READERS = ("ann@example.org", "bob@example.org")


TRACK = Track(name="calling-time-on-crime", title="#CallingTimeOnCrime", tags=("CallingTimeOnCrime",))


def a_campaign(**digest: object) -> Campaign:
    return Campaign(
        name="Calling Time on Crime", zone=ZONE, sources={}, tracks=(TRACK,),
        digest=Digest(**({"recipients": READERS, "address": "https://dash.example.org"} | digest)),
    )  # fmt: skip


@dataclass
class Time:
    """A clock that stands where it was put."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 9, tzinfo=ZONE))

    def __call__(self) -> datetime:
        return self.now


def a_weekly(store: MailStore, time: Time, campaign: Campaign | None = None, **changes: object) -> DigestJob:
    """Return the weekly mail of a campaign, of the same numbers each week."""
    return DigestJob(
        campaign=campaign or a_campaign(), store=store, report=lambda window, now: a_week(**changes),
        sender=SENDER, clock=time,
    )  # fmt: skip


def short(
    weekly: DigestJob, report: Report, week: Week, readers: Iterable[Subscription], *, late: str = ""
) -> Iterator[Mail]:
    """Write next to nothing: what is tried is when, not what."""
    for reader in readers:
        id = f"<{week.name}.{reader.id}@x>"
        yield Mail(kind="digest", period=week.name, address=reader.address, message_id=id, body=b"x")


def decide(path: Path, campaign: Campaign, ticks: Sequence[datetime], step: Barrier) -> None:
    """Decide at each instant, all workers at once."""
    writing.mails_of = short  # in a process of its own
    time, report = Time(), a_week()
    weekly = DigestJob(
        campaign=campaign,
        store=MailStore.open(path),
        report=lambda window, now: report,
        sender=SENDER,
        clock=time,
    )
    for time.now in ticks:
        step.wait()
        decision.decide(weekly)
