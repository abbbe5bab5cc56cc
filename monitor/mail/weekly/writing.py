"""The weekly mail as it is written for each of its readers, with its picture."""

import base64
import logging
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from monitor.campaign import Campaign
from monitor.charts.standalone_chart import MAIL
from monitor.charts.standalone_chart import week as week_picture
from monitor.charts.svg_to_png import png
from monitor.core.clock import stamp
from monitor.core.errors import PictureError, UnsafeMailError
from monitor.digest.content import DigestContent, letter
from monitor.digest.html import ChartImage, html
from monitor.digest.plain_text import text
from monitor.mail.envelope import Content, Heading
from monitor.mail.message import mail_of
from monitor.mail.store import KINDS, Mail, Subscription, address_of
from monitor.mail.weekly import DigestJob
from monitor.mail.weekly.send_times import Week, latest
from monitor.report import Report

log = logging.getLogger(__name__)

_WIDTH = 544  # pixels of the picture's width on a wide screen; twice as many are in it


def letter_of(weekly: DigestJob, week: Week) -> tuple[DigestContent, Report]:
    """Return what the mail of a week would say now, and the report it says it of."""
    report = weekly.report(week.window, weekly.clock())
    return letter(report, base=weekly.base), report


def mails_of(
    weekly: DigestJob, report: Report, week: Week, readers: Iterable[Subscription], *, late: str = ""
) -> Iterator[Mail]:
    digest, host = replace(letter(report, base=weekly.base), late=late), weekly.sender.host
    picture = _picture(report) if digest.chart else None
    for reader in readers:
        leave = f"{weekly.base}/mail/{reader.key}"
        heading = Heading(
            to=reader.address, message_id=f"<digest.{weekly.key}.{week.name}.{reader.id}@{host}>",
            date=weekly.clock(), list_id=f"digest.{weekly.key}.{host}", leave=leave,
        )  # fmt: skip
        words = content(digest, why_me(weekly.campaign, reader), leave, picture)
        try:
            yield mail_of(words, heading, sender=weekly.sender, kind="digest", period=week.name)
        except (UnsafeMailError, ValueError):  # one reader must not cost all others the mail
            log.exception("reader %d cannot be written to", reader.id)


def content(digest: DigestContent, why: str, leave: str, picture: tuple[bytes, ChartImage] | None) -> Content:
    """Return what the mail of a week says, to a reader who gets it because of `why`."""
    data, image = picture or (b"", None)
    return Content(
        subject=digest.subject,
        text=text(digest, why_me=why, leave=f"Unsubscribe: {leave}" if leave else ""),
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
    digest, report = letter_of(weekly, week)
    picture = _picture(report) if digest.chart else None
    day = weekly.campaign.digest.day.capitalize()
    nothing = ": nothing was sent" if kind == "preview" else ""
    why = f"This is a {kind}{nothing}. People on the list get it every {day}, with a link to unsubscribe."
    words = content(digest, why, "", picture)
    # A test goes out each time it is asked for, so each has a number of its own.
    message_id = f"<{kind}.{weekly.key}.{week.name}.{secrets.token_hex(6)}@{weekly.sender.host}>"
    heading = Heading(to=to, message_id=message_id, date=now)
    src = "data:image/png;base64," + base64.b64encode(picture[0]).decode() if picture else ""
    image = replace(picture[1], src=src) if picture else None
    mail = mail_of(words, heading, sender=weekly.sender, kind=kind, period=f"{week.name} {stamp(now)}")
    return replace(words, html=html(digest, why_me=why, leave="", picture=image)), mail


def enqueue_test(weekly: DigestJob, address: str) -> Mail:
    """Put last week's mail for one address into the outbox, and return it; raises AccessError."""
    week = latest(weekly.campaign.digest, weekly.campaign.zone, now := weekly.clock())
    _, mail = preview_of(weekly, week, to=address_of(address), kind="test")
    weekly.store.enqueue(weekly.key, [mail], until=now + timedelta(hours=1), now=now)
    return mail


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
        f"Somebody asked to subscribe this address to {what} about {campaign.name}.\n\n"
        f"If that was you, please confirm by opening this page and pressing the button:\n{page}\n\n"
        "If it was not, do nothing: you will not hear from us again.\n"
    )
    words = Content(subject=f"Please confirm: {what} about {campaign.name}", text=invitation)
    return mail_of(words, heading, sender=weekly.sender, kind="welcome", period=f"{reader.kind} {day}")


def announcement(weekly: DigestJob) -> Iterator[Mail]:
    """Yield the mail that tells the contact for privacy of new requests, one a day; none without a contact.

    Nothing in it was written by somebody else.
    """
    campaign, now = weekly.campaign, weekly.clock()
    if not (to := campaign.privacy.contact):
        return
    day = f"{now.astimezone(campaign.zone).date()}"
    heading = Heading(to=to, date=now, message_id=f"<request.{weekly.key}.{day}@{weekly.sender.host}>")
    message = (
        "Somebody used the form on the privacy page today. What they ask, and by when it has to be answered,"
        f" is in the register:\n{weekly.base}/privacy/requests\n"
    )
    words = Content(subject=f"A privacy request about {campaign.name}", text=message)
    yield mail_of(words, heading, sender=weekly.sender, kind="request", period=day)


def why_me(campaign: Campaign, reader: Subscription) -> str:
    reason = "you subscribed" if reader.agreed_at else "the campaign team added you"
    return f"You get this every {campaign.digest.day.capitalize()} because {reason}."


def _picture(report: Report) -> tuple[bytes, ChartImage] | None:
    """Return the chart, and how it is shown; None if this machine cannot draw: the mail has it in words."""
    chart = week_picture(report)
    try:
        data = png(chart.svg, width=2 * MAIL.width)
    except PictureError as error:
        log.warning("The mail is sent without its picture. %s", error)
        return None
    return data, ChartImage(src="cid:week", width=_WIDTH, height=round(chart.height * _WIDTH / MAIL.width))
