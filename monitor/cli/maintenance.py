"""Commands that look after the archive, and say how collecting goes."""

import json
import sys
from dataclasses import asdict

import click

from monitor.archive import Archive, ArchiveReader
from monitor.campaign import Campaign
from monitor.cli import Paths
from monitor.cli.doctor import JSON, START_AGAIN
from monitor.cli.wiring import backups_of, campaign_of
from monitor.collect.source_status import states
from monitor.core.clock import utcnow
from monitor.core.storage import FULL, free
from monitor.report import SourceState, stalled_since, wording
from monitor.report.wording import quantity


@click.command()
@JSON
@click.pass_obj
def status(paths: Paths, as_json: bool) -> None:
    """Show what has been collected and the state of each source."""
    campaign = campaign_of(paths)
    with ArchiveReader.open(paths.archive, campaign.zone) as archive:
        posts, beat = archive.posts.count(), archive.coverage.heartbeat("worker")
        sources = states(archive, campaign, {}, utcnow())
    since = stalled_since(sources)
    if as_json:
        answer = {"posts": posts, "worker": beat, "stalled_since": since, "sources": [*map(asdict, sources)]}
        click.echo(json.dumps(answer, default=str))
        return
    if since:
        click.echo(f"{wording.stalled(since)} Fix: {START_AGAIN}")
    if free(paths.archive.parent) < FULL:
        click.echo("The disk is full, or read-only: nothing is collected until there is some space.")
    click.echo(f"{posts} posts in {paths.archive}")
    click.echo(f"Worker last seen: {beat or 'never'}")
    if campaign.backup.on:
        click.echo(backups_of(paths, campaign).status().sentence(utcnow(), campaign.zone))
    for state in sources:
        click.echo(_line(state))


@click.command()
@click.option(
    "--check", is_flag=True, help="Only compare; change nothing. Exits with 1 if there is a difference."
)
@click.option("--places", "again", is_flag=True, help="Only look for place names in all posts again.")
@click.pass_obj
def rebuild(paths: Paths, check: bool, again: bool) -> None:
    """Rebuild all counts and the search index from the posts, and report any differences."""
    campaign = campaign_of(paths)
    if check and again:
        raise click.UsageError("--check changes nothing, but --places does. Use only one of them.")
    if again:
        click.echo(f"{quantity(_place_again(paths, campaign), 'post', 'posts')} changed.", err=True)
        return
    if check:
        with ArchiveReader.open(paths.archive, campaign.zone) as reader:
            differences = reader.differences()
    else:
        with Archive.open(paths.archive, campaign.zone) as archive:
            differences = archive.differences()
            archive.rebuild()
    for line in differences:
        click.echo(line)
    click.echo(f"{len(differences)} differences.", err=True)
    if differences and check:
        raise click.exceptions.Exit(1)


def _place_again(paths: Paths, campaign: Campaign) -> int:
    """Find the places of the campaign's file in all stored posts; return how many posts changed."""
    changed = 0
    with (
        Archive.open(paths.archive, campaign.zone) as archive,
        click.progressbar(length=archive.posts.count(), label="Finding places", file=sys.stderr) as bar,
    ):
        for batch in archive.place_tags.update(campaign.gazetteer.find, campaign.gazetteer.version):
            bar.update(batch.posts)
            changed += batch.changed
    return changed


def _line(state: SourceState) -> str:
    if not state.on:
        return f"{state.title}: off. {state.detail}" if state.needs_person else f"{state.title}: off"
    if state.last_poll is None:
        return f"{state.title}: not checked yet"
    outcome = "missed its last scheduled checks" if state.overdue_since else state.outcome
    says = f"{state.title}: {outcome}, {state.last_poll:%Y-%m-%d %H:%M} UTC."
    return " ".join(filter(None, [says, state.detail, state.doubt, state.money, wording.recall(state)]))
