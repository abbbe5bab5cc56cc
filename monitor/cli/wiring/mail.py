"""The mail on the real clock, files and network."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from monitor.alerts.rules import NO_ROOM, STOPPED
from monitor.archive import Archive, ArchiveReader
from monitor.backup.mail_erasure import MailErasure
from monitor.campaign import Campaign
from monitor.cli import DEMO, Paths, wiring
from monitor.cli.wiring.ageing import Ageing
from monitor.collect.source_status import states
from monitor.core.clock import ClockCheck, utcnow
from monitor.core.storage import FULL, free
from monitor.core.text import is_mailbox
from monitor.mail.alert_job import AlertJob
from monitor.mail.envelope import Sender
from monitor.mail.heartbeat import ping
from monitor.mail.job_runner import Job, Jobs
from monitor.mail.outbox_delivery import deliver
from monitor.mail.store import MailStore
from monitor.mail.transport import Folder, Transport, sender_of, transport
from monitor.mail.webhook import Webhook, webhook
from monitor.mail.weekly import DigestJob
from monitor.mail.weekly.decision import decide
from monitor.report import Report, Window, stalled_since
from monitor.report.build import build


def weekly_of(paths: Paths, campaign: Campaign) -> DigestJob:
    env = wiring.env_of(paths)
    return DigestJob(
        campaign=campaign, store=MailStore.open(wiring.accounts_file(paths)),
        report=reporter(paths, campaign), sender=_sender(campaign, env), clock=utcnow,
        remember=partial(_remember, paths, campaign),
    )  # fmt: skip


def _remember(paths: Paths, campaign: Campaign, report: Report) -> None:
    """Note in the archive what the weekly mail says."""
    if report.posts.value is not None:
        with wiring.archive_of(paths, campaign) as archive:
            monday, now = report.window.first, report.made_at
            archive.history.save_mailed_posts(report.track, monday, report.posts.value, now)


def transport_of(paths: Paths) -> Transport:
    """Return the way out; made-up numbers never leave this machine. Raises ConfigError."""
    folder = wiring.mail_folder(paths)
    if paths.archive.name == DEMO:
        return Folder(path=folder, why="This is a demo")
    return transport(wiring.env_of(paths), folder)


def ways_out(paths: Paths, campaign: Campaign) -> str:
    """Return in words where mails and alerts go. Raises ConfigError."""
    chat = chat_of(paths, campaign)
    return f"{transport_of(paths).words} {chat.words if chat else ''}".strip()


def watch_of(paths: Paths, campaign: Campaign) -> AlertJob:
    """Return what alerts need. Raises ConfigError."""
    env = wiring.env_of(paths)
    return AlertJob(
        campaign=campaign, store=MailStore.open(wiring.accounts_file(paths)), sender=_sender(campaign, env),
        clock=utcnow,
        archive=lambda: Archive.open(paths.archive, campaign.zone),
        states=lambda archive, now: states(archive, campaign, now),
        chat=chat_of(paths, campaign),
    )  # fmt: skip


def chat_of(paths: Paths, campaign: Campaign) -> Webhook | None:
    """Return the chat that alerts go to; None if there is none. Raises ConfigError."""
    return webhook(wiring.env_of(paths), campaign.alerts.webhook_hosts)


def mail_turn(paths: Paths, campaign: Campaign) -> Jobs:
    """Return what sees to the weekly mail and alerts, delivers what waits, and then lets go what is old.

    Raises ConfigError at once.
    """
    weekly, watch = weekly_of(paths, campaign), watch_of(paths, campaign)
    out, alive = transport_of(paths), ping(wiring.env_of(paths))
    folder, outbox = wiring.mail_folder(paths), MailErasure.open(wiring.accounts_file(paths))
    ageing = Ageing(
        mails=folder, box=wiring.drop_box_of(paths), clock=utcnow, keep=campaign.keep,
        archive=lambda: Archive.open(paths.archive, campaign.zone), accounts=wiring.accounts_of(paths),
    )  # fmt: skip

    def forget_shown(stop: object) -> None:
        with ArchiveReader.open(paths.archive, campaign.zone) as archive:
            outbox.forget_shown(archive.retention.has_scrubbed, folder)

    often, seldom = timedelta(minutes=5), timedelta(hours=12)
    mails = {
        "the heartbeat": Job(act=lambda stop: alive.beat(), every=often),
        "the weekly mail": Job(act=lambda stop: decide(weekly), is_final=True),
        "the check for alerts": Job(act=lambda stop: watch.look(), every=2 * often, is_final=True),
        "the delivery": Job(act=lambda stop: deliver(weekly.store, out, utcnow, watch.chat, stop)),
    }
    removals = {
        "the erasure that was begun": Job(act=lambda stop: wiring.eraser_of(paths, campaign).finish()),
        "the removal of old data": Job(act=ageing, every=seldom, is_final=True),
        "the removal of mails that show a deleted post": Job(act=forget_shown, every=seldom),
    }
    return Jobs(
        jobs=_until_dissolution(campaign, mails) | removals, clock=utcnow,
        is_believable=ClockCheck(clock=utcnow).is_believable,
    )  # fmt: skip


def collector_watch(paths: Paths, campaign: Campaign) -> Jobs:
    """Return what tells people that the collector has stopped, from another process. Raises ConfigError."""
    out = transport_of(paths)
    watch = watch_of(paths, campaign)

    def look(stop: Callable[[], bool]) -> None:
        with ArchiveReader.open(paths.archive, campaign.zone) as archive:
            since = stalled_since(states(archive, campaign, utcnow()))
        cause = NO_ROOM if free(paths.archive.parent) < FULL else STOPPED
        if watch.tell_if_stalled(since, cause):  # then nobody else delivers
            deliver(watch.store, out, utcnow, watch.chat, stop)

    jobs = _until_dissolution(campaign, {"the check on the collector": Job(act=look)})
    return Jobs(jobs=jobs, clock=utcnow)


def _until_dissolution(campaign: Campaign, jobs: dict[str, Job]) -> dict[str, Job]:
    """Return jobs of which none begins, or goes on, once Parliament is dissolved."""

    def act_until(job: Job, stop: Callable[[], bool]) -> None:
        def is_over() -> bool:
            return stop() or campaign.is_dissolved(utcnow())

        if not is_over():
            job.act(is_over)

    return {name: replace(job, act=partial(act_until, job)) for name, job in jobs.items()}


def reporter(paths: Paths, campaign: Campaign) -> Callable[[Window, datetime], Report]:

    def report(window: Window, now: datetime) -> Report:
        with ArchiveReader.open(paths.archive, campaign.zone) as archive:
            sources = states(archive, campaign, now)
            return build(archive, campaign, window, now=now, sources=sources)

    return report


def _sender(campaign: Campaign, env: Mapping[str, str]) -> Sender:
    usual = f"monitor@{urlsplit(campaign.digest.address).hostname}"
    address = env.get("MONITOR_MAIL_FROM") or (usual if is_mailbox(usual) else "monitor@localhost")
    return Sender(address=sender_of(address), name=campaign.name)
