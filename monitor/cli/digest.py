"""Commands for the weekly mail."""

import logging
import sys
import tempfile
import webbrowser
from datetime import timedelta
from pathlib import Path

import click

from monitor import COMMAND
from monitor.campaign import Campaign
from monitor.cli import Paths
from monitor.cli.wiring import campaign_of, console
from monitor.cli.wiring.mail import chat_of, transport_of, weekly_of
from monitor.core.clock import utcnow
from monitor.core.errors import AccessError, ConfigError
from monitor.mail.outbox_delivery import deliver
from monitor.mail.store import Delivery, DigestRun, Mail, Subscription, address_of
from monitor.mail.weekly import DigestJob
from monitor.mail.weekly.send_times import Week, latest, monday_of
from monitor.mail.weekly.send_times import week as week_of
from monitor.mail.weekly.writing import enqueue_test, mails_of, preview_of
from monitor.report.window import last_week
from monitor.report.wording import check_sitting

_DONE = f"Everyone on the list has had it. To send it to one person again: {COMMAND} digest resend ADDRESS"
_NOBODY = "Nobody is on the list. Add addresses as recipients under [digest] in the campaign file."
WEEK = click.option("--week", metavar="YEAR-WEEK", help="For example 2026-W47.  [default: last week]")


@click.group()
def digest() -> None:
    """Preview, send and manage the weekly mail."""


@digest.command()
@WEEK
@click.option(
    "--format", "kind", type=click.Choice(["text", "html", "eml"]), default="text", show_default=True
)
@click.option("--browser", is_flag=True, help="Open it in a browser instead of printing it.")
@click.pass_obj
def preview(paths: Paths, week: str | None, kind: str, browser: bool) -> None:
    """Print a week's mail as it would be sent. Nothing is sent."""
    campaign = campaign_of(paths)
    words, mail = preview_of(weekly_of(paths, campaign), _week(week, campaign))
    if browser:
        with tempfile.NamedTemporaryFile("wb", suffix=".html", delete=False) as file:
            file.write(words.html.encode())
        webbrowser.open(Path(file.name).as_uri())
        return
    forms = {
        "text": f"Subject: {words.subject}\n\n{words.text}".encode(),
        "html": words.html.encode(),
        "eml": mail.body,
    }
    sys.stdout.buffer.write(forms[kind])


@digest.command()
@click.argument("address")
@click.pass_obj
def test(paths: Paths, address: str) -> None:
    """Send last week's mail to one ADDRESS now, to test delivery."""
    weekly = weekly_of(paths, _sitting(paths))
    _deliver(paths, weekly, "test", enqueue_test(weekly, address).period)


@digest.command()
@WEEK
@click.option("--dry-run", is_flag=True, help="Only show who would get it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def send(paths: Paths, week: str | None, dry_run: bool, yes: bool) -> None:
    """Send a week's mail to every reader who has not had it."""
    campaign = _sitting(paths)
    weekly, edition = weekly_of(paths, campaign), _week(week, campaign)
    weekly.store.list_readers("digest", campaign.digest.recipients, utcnow())
    have = {mail.address for mail in _deliveries(weekly, "digest", edition.name)}
    readers = [reader for reader in weekly.readers() if reader.address not in have]
    for reader in readers:
        click.echo(reader.address)
    if not readers:
        click.echo(_DONE if weekly.readers() else _NOBODY, err=True)
    if dry_run or not readers:
        return
    if not yes:
        click.confirm(f"Send the mail for {edition.name} to these {len(readers)}?", abort=True, err=True)
    _enqueue(weekly, edition, readers)
    _deliver(paths, weekly, "digest", edition.name)


@digest.command()
@click.argument("address")
@WEEK
@click.pass_obj
def resend(paths: Paths, address: str, week: str | None) -> None:
    """Send a week's mail to one ADDRESS again, exactly as it was."""
    campaign = _sitting(paths)
    weekly, name, now = weekly_of(paths, campaign), _week(week, campaign).name, utcnow()
    mails = _deliveries(weekly, "digest", name, address_of(address))
    if not mails:
        raise AccessError(
            f"{address} was not sent the mail for {name}. To see who was: {COMMAND} digest list"
        )
    weekly.store.resend(mails[0].id, by=console(), until=now + timedelta(days=1), now=now)
    _deliver(paths, weekly, "digest", name, address_of(address))


@digest.command(name="list")
@click.pass_obj
def list_(paths: Paths) -> None:
    """Show the delivery of recent weekly mails."""
    weekly = weekly_of(paths, campaign_of(paths))
    weeks = weekly.store.weeks(weekly.key, utcnow())
    for week in weeks:
        click.echo(f"{week.week}: {week.decision}. {week.why}".rstrip())
        _say(_deliveries(weekly, "digest", week.week))
    if not weeks:
        click.echo("No weekly mail has been due yet.", err=True)


def _sitting(paths: Paths) -> Campaign:
    """Return the campaign; raises Closed if Parliament is dissolved: then no mail goes out."""
    campaign = campaign_of(paths)
    check_sitting(campaign, utcnow())
    return campaign


def _deliver(paths: Paths, weekly: DigestJob, kind: str, period: str, address: str | None = None) -> None:
    logging.getLogger("monitor.mail").setLevel(logging.ERROR)  # what is logged is said below
    out = transport_of(paths)
    click.echo(out.words, err=True)
    deliver(weekly.store, out, utcnow, chat_of(paths, weekly.campaign))
    if not _say(_deliveries(weekly, kind, period, address)):
        raise click.exceptions.Exit(1)


def _deliveries(weekly: DigestJob, kind: str, period: str, address: str | None = None) -> list[Delivery]:
    return [
        mail
        for mail in weekly.store.deliveries(weekly.key, 10_000)
        if (mail.kind, mail.period) == (kind, period) and address in (None, mail.address)
    ]


def _say(mails: list[Delivery]) -> bool:
    """Say how far mails have come; return whether all were sent."""
    for mail in mails:
        twice = " (maybe twice)" if mail.twice else ""
        click.echo(f"  {mail.address}: {mail.words}{twice}. {mail.reason}".rstrip())
    return all(mail.state == "sent" for mail in mails)


def _enqueue(weekly: DigestJob, week: Week, readers: list[Subscription]) -> None:
    now = utcnow()
    until = max(week.until, now + timedelta(days=1))
    report = weekly.report(week.window, now)
    mails: list[Mail] = list(mails_of(weekly, report, week, readers))
    run = DigestRun(week=week.name, decision="sent", why="Sent by hand.", decided_at=now)
    is_newest = week.name >= latest(weekly.campaign.digest, weekly.campaign.zone, now).name  # due or not yet
    if not (is_newest and weekly.store.decide(weekly.key, run, mails, until=until)):
        weekly.store.enqueue(weekly.key, mails, until=until, now=now)
    weekly.remember(report)


def _week(name: str | None, campaign: Campaign) -> Week:
    last = last_week(utcnow().astimezone(campaign.zone).date())
    if name is None:
        return week_of(last, campaign.digest, campaign.zone)
    try:
        monday = monday_of(name)
    except ValueError:
        raise ConfigError(f"{name!r} is not a week. Write it as {last:%G-W%V}.") from None
    if monday > last:
        raise ConfigError(f"The week {name} is not over yet. The last full week is {last:%G-W%V}.")
    return week_of(monday, campaign.digest, campaign.zone)
