"""Commands that serve the dashboard."""

import signal
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import click

from monitor.archive import Archive, Changes, Readers
from monitor.campaign import Campaign, keys
from monitor.cli import Places
from monitor.cli.access import accounts_of, need_an_account, provider_of
from monitor.cli.collect import DOTENV, analyzer_of, campaign_of, is_demo, talk, titles_of, worker_of
from monitor.collect.source_status import states
from monitor.core.clock import utcnow
from monitor.core.errors import MonitorError
from monitor.missing import Answer, Asked
from monitor.report import Report
from monitor.report.build import build, with_details
from monitor.report.figures import versions
from monitor.worker import only_one

if TYPE_CHECKING:
    from flask import Flask

    from dashboard.filters import Choice
    from dashboard.mail.services import MailServices
    from dashboard.services import Office

HOST = "127.0.0.1"
THREADS = 8

LISTEN = click.option(
    "--host",
    default=HOST,
    show_default=True,
    help="Where to listen; others than this computer need accounts.",
)
PORT = click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)


def office(places: Places, campaign: Campaign) -> "Office":
    """Return what the pages may ask for and change, on a real archive and clock."""
    from dashboard.services import Office
    from monitor.platform_info import about

    titles = titles_of(campaign)
    demo = is_demo(places, campaign)
    with Archive.open(places.archive, campaign.zone, demo=demo) as archive:
        archive.definitions.save(versions(), utcnow())

    readers = Readers(places.archive, campaign.zone)

    def report(choice: "Choice") -> Report:
        now = utcnow()
        with readers.lend() as archive:
            return build(
                archive, campaign, choice.window, now=now, sources=states(archive, campaign, titles, now),
                track=choice.track, platforms=choice.platforms,
            )  # fmt: skip

    def detailed(choice: "Choice") -> Report:
        found = report(choice)
        with readers.lend() as archive:
            return with_details(archive, campaign, found)

    def began() -> date | None:
        with readers.lend() as archive:
            return archive.posts.first_day()

    def missing(asked: Asked) -> Answer:
        from monitor.cli.why_missing import inquiry
        from monitor.platform_info import names
        from monitor.sources.shared.post_urls import pointers

        with readers.lend() as archive:
            return inquiry(archive, campaign, utcnow()).answer(asked, pointers(asked.address, names()))

    analyzer = analyzer_of(campaign)  # it loads its word lists when somebody first asks why
    return Office(
        campaign=campaign, now=utcnow, report=report, detailed=detailed, began=began, read=readers.lend,
        write=lambda: Archive.open(places.archive, campaign.zone, demo=demo),
        why=analyzer.why, facts=lambda name: about(name).facts(), missing=missing,
    )  # fmt: skip


def flask_app(places: Places, campaign: Campaign, host: str = HOST) -> "Flask":
    """Return the dashboard on a real archive and clock, with the accounts beside it.

    Raises ConfigError if others could reach `host`, and nobody has an account.
    """
    from dashboard import LOOPBACK, create_app
    from dashboard.access.allowed_hosts import Names

    accounts = accounts_of(places, campaign.access)
    far = host not in ("localhost", HOST, "::1")
    if far:
        need_an_account(accounts)
    usual = LOOPBACK | {*campaign.access.names}
    made, provider = office(places, campaign), provider_of(campaign.access, keys(DOTENV))
    hosts = Names(usual | {host}) if far else usual
    return create_app(
        made, accounts=accounts, provider=provider, version=Changes(places.archive), hosts=hosts,
        mail_services=mail_services_of(places, campaign),
    )  # fmt: skip


def mail_services_of(places: Places, campaign: Campaign) -> "MailServices":
    """Return what the pages about mail ask for; a demo has no worker, so mails go to their folder at once."""
    from dashboard.mail.services import MailServices
    from monitor.cli.mail_wiring import transport_of, weekly_of
    from monitor.mail.delivery import deliver

    weekly, out = weekly_of(places, campaign), transport_of(places)
    services = MailServices(weekly=weekly, out=out.words)
    if not is_demo(places, campaign):
        return services
    return replace(services, demo=True, hurry=lambda: deliver(weekly.room, out, utcnow))


def at_port(campaign: Campaign, port: int) -> Campaign:
    """Return the campaign whose links lead to this port, if they lead to this computer at all."""
    if not campaign.digest.is_local:
        return campaign
    return replace(campaign, digest=replace(campaign.digest, address=f"http://{HOST}:{port}"))


@click.command()
@LISTEN
@PORT
@click.pass_obj
def web(places: Places, port: int, host: str) -> None:
    """Serve the dashboard only."""
    talk()
    serve(flask_app(places, at_port(campaign_of(places), port), host), port, host)


@click.command()
@LISTEN
@PORT
@click.pass_obj
def up(places: Places, port: int, host: str) -> None:
    """Collect and serve the dashboard, in one process. Stop it with Ctrl-C."""
    from monitor.worker.schedule import start

    talk()
    campaign = at_port(campaign_of(places), port)
    with only_one(places.archive):
        site = flask_app(places, campaign, host)
        work = worker_of(places, campaign)
        end = start(work.tick, utcnow)
        try:
            serve(site, port, host)
        finally:
            end()
            work.stop()


def serve(site: "Flask", port: int, host: str = HOST) -> None:
    """Serve until SIGTERM or Ctrl-C; raises MonitorError when the port or the address cannot be had."""
    from waitress.server import create_server  # type: ignore[import-untyped]

    try:
        server = create_server(
            site, host=host, port=port, threads=THREADS, ident=None,
            clear_untrusted_proxy_headers=False,  # the guard has to see that a request was handed on
        )  # fmt: skip
    except OSError as error:
        raise MonitorError(
            f"Port {port} is in use, perhaps by another monitor. Try another one:"
            f" --port {port + 1} (with make: PORT={port + 1})."
        ) from error
    signal.signal(signal.SIGTERM, _end)
    click.echo(
        f"The dashboard is at http://{_named(host)}:{server.effective_port}/ (Ctrl-C stops it)", err=True
    )
    try:
        server.run()  # ends at SystemExit and at Ctrl-C, when what is being answered is done
    finally:
        server.close()


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _end(number: int, frame: object) -> None:
    raise SystemExit(0)
