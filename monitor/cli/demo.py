"""The command that shows a made-up campaign."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from shlex import quote
from zoneinfo import ZoneInfo

import click

from monitor import COMMAND
from monitor.archive import Archive
from monitor.campaign import Campaign
from monitor.cli import DEMO, Paths
from monitor.cli.collect import talk
from monitor.cli.serve import PORT, demo_campaign, demo_site, serve
from monitor.cli.wiring import analyzer_of, noted_port
from monitor.core.clock import utcnow
from monitor.mail.alert_job import AlertJob
from monitor.mail.weekly.decision import decide
from monitor.mail.weekly.send_times import latest

READERS = ("agent@office.example", "comms@office.example")
MAILED = timedelta(weeks=2)
NEW, _DAY = timedelta(hours=3), timedelta(days=1)


@click.command()
@PORT
@click.option("--posts", type=click.IntRange(1, 5_000_000), default=1500, show_default=True)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Another number gives a different history."
)
@click.option("--no-serve", is_flag=True, help="Create the archive only; do not start the dashboard.")
@click.pass_obj
def demo(paths: Paths, port: int, posts: int, seed: int, no_serve: bool) -> None:
    """Show a dashboard full of made-up posts, kept in an archive of their own."""
    # Made-up posts never share a file with real ones.
    paths = replace(paths, archive=paths.archive.with_name(DEMO))
    with noted_port(paths, port):
        _show(paths, port, posts, seed, no_serve)


def _show(paths: Paths, port: int, posts: int, seed: int, no_serve: bool) -> None:
    from monitor.demo import fill

    campaign = demo_campaign(paths)
    _clear(paths.archive, campaign.zone)
    with (
        Archive.open(paths.archive, campaign.zone, demo=True) as archive,
        click.progressbar(length=posts, label="Making up posts", file=sys.stderr) as bar,
    ):
        fill(archive, campaign, analyzer_of(campaign), utcnow(), posts=posts, seed=seed, progress=bar.update)
    _mail(paths, campaign)
    if no_serve:
        outcome = f"Posts made up in {paths.archive}: {posts:,}. No mail was sent to anybody."
        hint = f"To look at them: {COMMAND} --archive {quote(str(paths.archive))} web"
        click.echo(f"{outcome} {hint}", err=True)
        return
    talk()  # not before: mails that are made up would be logged as sent
    serve(demo_site(paths), port)


def _mail(paths: Paths, campaign: Campaign) -> None:
    """Note the mails of the last weeks as sent to made-up readers; nothing leaves this machine."""
    from monitor.cli.wiring.mail import watch_of, weekly_of

    watch, weekly = watch_of(paths, campaign), weekly_of(paths, campaign)
    _alert(replace(watch, archive=lambda: Archive.open(paths.archive, campaign.zone, demo=True), chat=None))
    due = latest(campaign.digest, campaign.zone, utcnow()).due
    known = {reader.address for reader in weekly.store.subscriptions("digest")}  # to an earlier demo
    for address in sorted({*READERS} - known):
        reader = weekly.store.ask("digest", address, by="the demo", now=due - MAILED)
        weekly.store.agree(reader.key, due - MAILED)
    for at in (due - timedelta(weeks=weeks) for weeks in reversed(range(MAILED.days // 7))):
        decide(replace(weekly, clock=partial(datetime.fromtimestamp, at.timestamp(), UTC)))
        while mail := weekly.store.claim(at):
            weekly.store.hand_over(mail, at)
            weekly.store.arrived(mail, at)


def _alert(watch: AlertJob) -> None:
    """Raise what was worth an alert when the post with most reactions of the last weeks was new."""
    today = watch.clock().date()
    with watch.archive() as archive:
        scope = archive.stats.scope(watch.campaign.tracks[0].name, today - 2 * MAILED, today - _DAY)
        top = archive.posts.by_ids(archive.stats.top_post_ids(scope, 1))
    for post in top:
        replace(watch, clock=partial(datetime.fromtimestamp, (post.created_at + NEW).timestamp(), UTC)).look()


def _clear(path: Path, zone: ZoneInfo) -> None:
    """Remove an earlier demo; raises ArchiveError rather than touch anything else."""
    if path.is_file():
        Archive.open(path, zone, demo=True).close()  # of whatever version it is
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
