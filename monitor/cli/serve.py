"""Commands that serve the dashboard."""

import resource
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from monitor.campaign import Campaign, Digest, campaign_text
from monitor.cli import DEMO, Paths
from monitor.cli.collect import talk
from monitor.cli.wiring import HOST, accounts_of, at_port, campaign_of, noted_port
from monitor.core.errors import MonitorError
from monitor.drop_box import MOST_BYTES
from monitor.mail.collector_watch import watching
from monitor.settings_files import Settings
from monitor.worker import work_lock

if TYPE_CHECKING:
    from flask import Flask

    from monitor.settings_files import SettingsFiles

THREADS = 8
# Whoever is slow to send, or to read, costs a connection and no thread.
_CONNECTIONS = 500
# Bytes, which are put aside before the dashboard sees them; it takes less, page by page.
_MOST_SENT = MOST_BYTES + 2**20

LISTEN = click.option(
    "--host",
    default=HOST,
    show_default=True,
    help="The address to listen on; accounts are required for any but this computer.",
)
PORT = click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)


@click.command()
@LISTEN
@PORT
@click.pass_obj
def web(paths: Paths, port: int, host: str) -> None:
    """Run the dashboard only."""
    from monitor.cli.wiring.live_settings import live_watch

    talk()
    with noted_port(paths, port):
        if paths.archive.name == DEMO:  # which has no collector to watch, and no settings of its own
            serve(demo_site(paths), port, host)
            return
        files, site = _live(paths, host)
        with watching(live_watch(paths, files)):
            serve(site, port, host)


@click.command()
@LISTEN
@PORT
@click.pass_obj
def up(paths: Paths, port: int, host: str) -> None:
    """Run the collector and the dashboard together. Stop it with Ctrl-C."""
    from monitor.cli.wiring.live_settings import live_watch
    from monitor.cli.wiring.worker import running_worker

    talk()
    with work_lock(paths.archive), noted_port(paths, port):
        files, site = _live(paths, host)
        with running_worker(paths, files.settings), watching(live_watch(paths, files)):
            serve(site, port, host)


def _live(paths: Paths, host: str) -> "tuple[SettingsFiles, Callable[[], Flask]]":
    """Return the settings, and the dashboard as they have it; raises ConfigError if it cannot begin."""
    from monitor.cli.wiring.live_settings import settings_files
    from monitor.cli.wiring.web import live_app

    accounts = accounts_of(paths)
    files = settings_files(paths, accounts)
    site = live_app(files, paths, accounts, host)
    site()
    return files, site


def demo_campaign(paths: Paths) -> Campaign:
    """Return the campaign as the demo has it: for this computer only, where nobody has to sign in first."""
    campaign = campaign_of(paths)
    here = replace(campaign.digest, address=Digest().address)
    return at_port(replace(campaign, digest=here, access=replace(campaign.access, names=())), paths)


def demo_site(paths: Paths) -> "Callable[[], Flask]":
    """Return the dashboard of made-up posts, whose settings are shown and cannot be changed."""
    from monitor.cli.wiring.web import flask_app

    campaign = demo_campaign(paths)
    settings = Settings(campaign=campaign, env={}, text=campaign_text(paths.campaign))
    site = flask_app(paths, campaign, settings=settings)
    return lambda: site


def serve(site: "Callable[[], Flask]", port: int, host: str = HOST) -> None:
    """Serve until SIGTERM or Ctrl-C; raises MonitorError when the port or the address cannot be had."""
    from waitress.server import create_server  # type: ignore[import-untyped]

    try:
        server = create_server(
            lambda environ, start: site()(environ, start), host=host, port=port, threads=THREADS, ident=None,
            connection_limit=_connections(),
            asyncore_use_poll=True,  # the other way, select, breaks at the 1,024th file
            channel_timeout=60,
            max_request_body_size=_MOST_SENT,
            clear_untrusted_proxy_headers=False,  # the guard has to see that a request was handed on
        )  # fmt: skip
    except OSError as error:
        raise MonitorError(
            f"Port {port} is in use, perhaps by another monitor. Try another one:"
            f" --port {port + 1} (with make: PORT={port + 1})."
        ) from error
    signal.signal(signal.SIGTERM, _end)
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{server.effective_port}"
    click.echo(f"The dashboard is at {address}/ (Ctrl-C stops it)", err=True)
    if link := site().extensions["guard"].first_link(address):
        click.echo(
            "Nobody has an account yet. This link creates the first one; it works once, for 24 hours:"
            f" {link}",
            err=True,
        )
    try:
        server.run()  # ends at SystemExit and at Ctrl-C, when what is being answered is done
    finally:
        server.close()


def _connections() -> int:
    """Return how many connections may be open, leaving files for the archive where there are few."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _CONNECTIONS if limit == resource.RLIM_INFINITY else min(_CONNECTIONS, limit // 2)


def _end(number: int, frame: object) -> None:
    raise SystemExit(0)
