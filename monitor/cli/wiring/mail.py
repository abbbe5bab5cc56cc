"""The mail on the real clock, files and network."""

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from monitor.archive import Archive, ArchiveReader
from monitor.campaign import Campaign, keys
from monitor.cli import DEMO, Places
from monitor.cli.wiring import DOTENV, accounts_file, titles_of
from monitor.collect.source_status import states
from monitor.core.clock import utcnow
from monitor.core.text import is_mailbox
from monitor.mail.alert_job import Watch
from monitor.mail.delivery import deliver
from monitor.mail.digest_job import Weekly
from monitor.mail.heartbeat import ping
from monitor.mail.jobs import Part, Turn
from monitor.mail.message import Sender
from monitor.mail.store import Mailroom
from monitor.mail.transport import Folder, Transport, sender_of, transport
from monitor.mail.webhook import Webhook, webhook
from monitor.report import Report, Window
from monitor.report.build import build, with_details


def weekly_of(places: Places, campaign: Campaign) -> Weekly:
    """Return what the weekly mail needs."""
    env = keys(DOTENV)
    return Weekly(
        campaign=campaign, room=Mailroom.open(accounts_file(places)), report=reporter(places, campaign),
        sender=_sender(campaign, env), clock=utcnow,
    )  # fmt: skip


def transport_of(places: Places) -> Transport:
    """Return the way out; made-up numbers never leave this machine. Raises ConfigError."""
    folder = places.archive.parent / "mail"
    if places.archive.name == DEMO:
        return Folder(path=folder, why="This is a demo")
    return transport(keys(DOTENV), folder)


def watch_of(places: Places, campaign: Campaign) -> Watch:
    """Return what alerts need. Raises ConfigError."""
    env, titles = keys(DOTENV), titles_of(campaign)
    return Watch(
        campaign=campaign, room=Mailroom.open(accounts_file(places)), sender=_sender(campaign, env),
        clock=utcnow,
        archive=lambda: Archive.open(places.archive, campaign.zone),
        states=lambda archive, now: states(archive, campaign, titles, now),
        chat=chat_of(campaign),
    )  # fmt: skip


def chat_of(campaign: Campaign) -> Webhook | None:
    """Return the chat that alerts go to; None if there is none. Raises ConfigError."""
    return webhook(keys(DOTENV), campaign.alerts.webhook_hosts)


def mail_turn(places: Places, campaign: Campaign) -> Turn:
    """Return what sees to the weekly mail and alerts, and delivers what waits. Raises ConfigError at once."""
    weekly, watch, out = weekly_of(places, campaign), watch_of(places, campaign), transport_of(places)
    alive = ping(keys(DOTENV), utcnow)
    parts: dict[str, Part] = {
        "the sign of life": lambda stop: alive.beat(),
        "the weekly mail": lambda stop: weekly.decide(),
        "the look for alerts": lambda stop: watch.look(),
        "the delivery": lambda stop: deliver(weekly.room, out, utcnow, watch.chat, stop),
    }
    return Turn(parts=parts, clock=utcnow)


def reporter(places: Places, campaign: Campaign) -> Callable[[Window, datetime], Report]:
    """Return what makes the report of some days, with its details."""
    titles = titles_of(campaign)

    def report(window: Window, now: datetime) -> Report:
        with ArchiveReader.open(places.archive, campaign.zone) as archive:
            found = states(archive, campaign, titles, now)
            made = build(archive, campaign, window, now=now, sources=found)
            return with_details(archive, campaign, made)

    return report


def _sender(campaign: Campaign, env: Mapping[str, str]) -> Sender:
    usual = f"monitor@{urlsplit(campaign.digest.address).hostname}"
    said = env.get("MONITOR_MAIL_FROM") or (usual if is_mailbox(usual) else "monitor@localhost")
    return Sender(address=sender_of(said), name=campaign.name)
