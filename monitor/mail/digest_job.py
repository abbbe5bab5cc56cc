"""The weekly mail: decided on once for each week, and written for each of its readers."""

import base64
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.campaign import Campaign
from monitor.charts import mail_chart
from monitor.charts.svg_to_png import png
from monitor.core.clock import Clock, stamp
from monitor.core.errors import PictureError, UnsafeMailError
from monitor.digest.content import DigestContent, letter
from monitor.digest.html import ChartImage, html
from monitor.digest.plain_text import text
from monitor.mail.message import Content, Heading, Sender, mail_of
from monitor.mail.send_times import Week, undecided
from monitor.mail.store import KINDS, DigestRun, Mail, MailStore, Subscription
from monitor.report import Report, Window
from monitor.report.wording import day_name

log = logging.getLogger(__name__)

_WIDTH = 544  # pixels of the picture's width on a wide screen; twice as many are in it
_NOBODY = "Nobody was on the list."
_ASLEEP = "The monitor was not running while it was due."
_NEW = "The monitor was set up after it was due."


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestJob:
    """All that the weekly mail needs. `report` makes the numbers of some days, as at a time."""

    campaign: Campaign
    store: MailStore
    report: Callable[[Window, datetime], Report]
    sender: Sender
    clock: Clock
    is_believable: Callable[[], bool] = lambda: True  # whether the clock is: what it decides is for good

    @property
    def key(self) -> str:
        """Return what the campaign is called in the outbox."""
        return self.campaign.tracks[0].name

    def decide(self) -> list[DigestRun]:
        """Decide on each week that is due and was not decided on; return what was decided."""
        if not self.is_believable():
            return []
        now, digest = self.clock(), self.campaign.digest
        self.store.list_readers("digest", digest.recipients, now)
        before = self.store.weeks(self.key, now, 1)
        last = before[0].week if before else None
        due = undecided(last, digest, self.campaign.zone, now)
        return [run for week in due if (run := self._decide(week, now, is_first=last is None))]

    def _decide(self, week: Week, now: datetime, *, is_first: bool) -> DigestRun | None:
        """Return what is decided of a week now; None if that is not for now, or was another's to do."""
        readers = self.readers()
        decision, why, mails = week.decision(now), "", list[Mail]()
        if decision == "skipped":
            why = _NEW if is_first else _ASLEEP if readers else _NOBODY
        elif not readers:
            return None  # somebody may still ask for it in time
        else:
            report = self.report(week.window, now)
            if is_first and report.posts.value is None:
                decision, why = "skipped", _NEW
            else:
                due = day_name(week.due.astimezone(self.campaign.zone).date())
                why = "" if decision == "sent" else f"This was due on {due}."
                mails = list(self.mails(report, week, readers, late=why))
        run = DigestRun(week=week.name, decision=decision, why=why, decided_at=now)
        if not self.store.decide(self.key, run, mails, until=week.until):
            return None
        log.info("digest of %s: %s, %d readers. %s", week.name, decision, len(mails), why)
        return run

    def letter(self, week: Week) -> tuple[DigestContent, Report]:
        """Return what the mail of a week would say now, and the report it says it of."""
        report = self.report(week.window, self.clock())
        return letter(report, base=self.base), report

    @property
    def base(self) -> str:
        """Return how the addresses of the dashboard begin."""
        return self.campaign.digest.address.rstrip("/")

    def readers(self) -> list[Subscription]:
        """Return who gets the weekly mail."""
        return [one for one in self.store.subscriptions("digest") if one.works]

    def mails(
        self, report: Report, week: Week, readers: Iterable[Subscription], *, late: str = ""
    ) -> Iterator[Mail]:
        """Yield the mail of a week for each reader."""
        digest, host = replace(letter(report, base=self.base), late=late), self.sender.host
        picture = _picture(report) if digest.chart else None
        for reader in readers:
            leave = f"{self.base}/mail/{reader.key}"
            heading = Heading(
                to=reader.address, message_id=f"<digest.{self.key}.{week.name}.{reader.id}@{host}>",
                date=self.clock(), list_id=f"digest.{self.key}.{host}", leave=leave,
            )  # fmt: skip
            words = content(digest, why_me(self.campaign, reader), leave, picture)
            try:
                yield mail_of(words, heading, sender=self.sender, kind="digest", period=week.name)
            except (UnsafeMailError, ValueError):  # one reader must not cost all others the mail
                log.exception("reader %d cannot be written to", reader.id)


def content(digest: DigestContent, why: str, leave: str, picture: tuple[bytes, ChartImage] | None) -> Content:
    """Return what the mail of a week says, to a reader who gets it because of `why`."""
    data, image = picture or (b"", None)
    return Content(
        subject=digest.subject,
        text=text(digest, why_me=why, leave=f"To get no more of them: {leave}" if leave else ""),
        html=html(digest, why_me=why, leave=leave, picture=image),
        png=data,
    )


def preview_of(
    weekly: DigestJob, week: Week, *, to: str = "reader@example.org", kind: str = "preview"
) -> tuple[Content, Mail]:
    """Return what the mail of a week would say now, its picture in the page itself, and the mail.

    It is in no outbox, and has no link to leave by, as it has no reader.
    """
    now = weekly.clock()
    digest, report = weekly.letter(week)
    picture = _picture(report) if digest.chart else None
    day = weekly.campaign.digest.day.capitalize()
    nothing = ": nothing was sent" if kind == "preview" else ""
    why = f"This is a {kind}{nothing}. Who is on the list gets it every {day}, with a link to get no more."
    words = content(digest, why, "", picture)
    # A test goes out each time it is asked for, so each has a number of its own.
    message_id = f"<{kind}.{weekly.key}.{week.name}.{secrets.token_hex(6)}@{weekly.sender.host}>"
    heading = Heading(to=to, message_id=message_id, date=now)
    src = "data:image/png;base64," + base64.b64encode(picture[0]).decode() if picture else ""
    image = replace(picture[1], src=src) if picture else None
    mail = mail_of(words, heading, sender=weekly.sender, kind=kind, period=f"{week.name} {stamp(now)}")
    return replace(words, html=html(digest, why_me=why, leave="", picture=image)), mail


def welcome(weekly: DigestJob, reader: Subscription) -> Mail:
    """Return the mail that asks somebody whether they want what they asked for; one a day at most."""
    campaign, now = weekly.campaign, weekly.clock()
    day, what = f"{now.astimezone(campaign.zone).date()}", KINDS[reader.kind]
    heading = Heading(
        to=reader.address, date=now,
        message_id=f"<welcome.{weekly.key}.{day}.{reader.id}@{weekly.sender.host}>",
    )  # fmt: skip
    page = f"{weekly.base}/mail/{reader.key}"
    invitation = (
        f"Somebody asked for {what} of {campaign.name} to be sent to this address.\n\n"
        f"If that was you, open this page and press the button:\n{page}\n\n"
        "If it was not, do nothing: you will get no more mail.\n"
    )
    words = Content(subject=f"Would you like {what} of {campaign.name}?", text=invitation)
    return mail_of(words, heading, sender=weekly.sender, kind="welcome", period=f"{reader.kind} {day}")


def why_me(campaign: Campaign, reader: Subscription) -> str:
    """Return why a reader gets the weekly mail."""
    reason = "you asked for it" if reader.agreed_at else "the office put you on the list"
    return f"You get this every {campaign.digest.day.capitalize()} because {reason}."


def _picture(report: Report) -> tuple[bytes, ChartImage] | None:
    """Return the chart, and how it is shown; None if this machine cannot draw: the mail has it in words."""
    chart = mail_chart.week(report)
    try:
        data = png(chart.svg, width=2 * mail_chart.WIDTH)
    except PictureError as error:
        log.warning("The mail goes without its picture. %s", error)
        return None
    return data, ChartImage(
        src="cid:week", width=_WIDTH, height=round(chart.height * _WIDTH / mail_chart.WIDTH)
    )
