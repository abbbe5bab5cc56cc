"""Commands that look after the archive, and say how collecting goes."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from monitor.archive import Archive, ArchiveReader
from monitor.archive.erasure.compaction import compact
from monitor.archive.erasure.scrub import erase_all
from monitor.archive.schema.rollups import STEPS
from monitor.campaign import Campaign
from monitor.cli import AGAIN, Paths, on_stop
from monitor.cli.doctor import JSON, START_AGAIN
from monitor.cli.wiring import accounts_of, archive_of, backups_of, campaign_of, console
from monitor.cli.wiring.ageing import remove_texts
from monitor.collect.source_status import outcome_states, states
from monitor.core.clock import stamp, utcnow
from monitor.core.errors import Outdated
from monitor.core.storage import FULL, free
from monitor.export.csv import TABLES, write_table
from monitor.report import SourceState, Window, stalled_since, wording
from monitor.report.anonymise import nameless
from monitor.report.build import build
from monitor.report.wording import quantity
from monitor.worker import work_lock


@click.command()
@JSON
@click.pass_obj
def status(paths: Paths, as_json: bool) -> None:
    """Show what has been collected and the state of each source."""
    campaign = campaign_of(paths)
    with ArchiveReader.open(paths.archive, campaign.zone) as archive:
        posts, lake = archive.posts.count(), archive.lake
        beat = archive.coverage.heartbeat("worker", utcnow())
        sources = states(archive, campaign, utcnow())
        outcomes = outcome_states(archive, campaign, utcnow())
    since = stalled_since(sources)
    if as_json:
        answer = {"posts": posts, "worker": beat, "stalled_since": since, "sources": [*map(asdict, sources)],
                  "outcomes": [*map(asdict, outcomes)]}  # fmt: skip
        click.echo(json.dumps(answer, default=str))
        return
    if since:
        click.echo(f"{wording.stalled(since)} Fix: {START_AGAIN}")
    if free(paths.archive.parent) < FULL:
        click.echo("The disk is full, or read-only: nothing is collected until there is some space.")
    click.echo(f"{lake or quantity(posts, 'post', 'posts')} in {paths.archive}")
    seen = wording.moment(beat.astimezone(campaign.zone), utcnow()) if beat else wording.NOT_KNOWN
    click.echo(f"Worker last seen: {seen}")
    if campaign.backup.on:
        click.echo(backups_of(paths, campaign).status().sentence(utcnow(), campaign.zone))
    for state in (*sources, *outcomes):
        click.echo(_line(state, campaign.zone))


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def handover(paths: Paths, out: Path, yes: bool) -> None:
    """Write the counts of all days into a folder, then erase all texts and names from the archive."""
    campaign, now = campaign_of(paths), utcnow()
    with work_lock(paths.archive), Archive.open(paths.archive, campaign.zone) as archive:
        for file in _counts(archive, campaign, out, now):
            click.echo(f"Written: {file}", err=True)
        if not yes:
            click.confirm("Erase all texts and names now? This cannot be undone.", abort=True, err=True)
        accounts_of(paths).note(console(), "handed over: wrote the counts, erased all texts and names", now)
        erase_all(archive.db, stamp(now))
    compact(paths.archive)
    click.echo("Erased. Backups, mails and files that were handed on still have texts: delete them too.")


def _counts(archive: Archive, campaign: Campaign, out: Path, now: datetime) -> Iterator[Path]:
    """Write the numbers of each track, all of them and by day, and its hashtags; none names anybody."""
    out.mkdir(parents=True, exist_ok=True)
    today = now.astimezone(campaign.zone).date()
    window = Window(first=archive.posts.first_day() or today, last=today)
    for track in campaign.tracks:
        report = nameless(build(archive, campaign, window, now=now, sources=(), track=track))
        for name in ("numbers", "by-day", "hashtags"):
            path = out / f"{track.name}-{name}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                write_table(*TABLES[name][1](report), file)
            yield path


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count; remove nothing.")
@JSON
@click.pass_obj
def retain(paths: Paths, dry_run: bool, as_json: bool) -> None:
    """Remove texts and names that are older than [keep] in the campaign file says; the counts stay.

    The worker does the same twice a day.
    """
    campaign, now, removed = campaign_of(paths), utcnow(), 0
    with ArchiveReader.open(paths.archive, campaign.zone) as reader:
        due = reader.retention.due(campaign.keep, now)
    if not dry_run:
        opened = partial(archive_of, paths, campaign)
        with click.progressbar(length=due, label="Removing texts and names", file=sys.stderr) as bar:
            for number in remove_texts(opened, campaign.keep, now, lambda: False):
                bar.update(number)
                removed += number
    with ArchiveReader.open(paths.archive, campaign.zone) as reader:
        until, rest = (
            reader.retention.removed_until,
            reader.retention.due(campaign.keep, now + timedelta(days=1)),
        )
    if as_json:
        answer = {"due": due, "removed": removed, "removed_until": until, "next_due": rest}
        click.echo(json.dumps(answer, default=str))
        return
    words = f"{quantity(due, 'post was', 'posts were')} due. {wording.retention(until)}"
    click.echo(f"{words} {quantity(rest, 'post goes', 'posts go') if rest else 'None go'} within a day.")


@click.command()
@click.option(
    "--check", is_flag=True, help="Only compare; change nothing. Exits with 1 if there is a difference."
)
@click.option("--places", "again", is_flag=True, help="Only look for places and themes in all posts again.")
@click.pass_obj
def rebuild(paths: Paths, check: bool, again: bool) -> None:
    """Rebuild all counts and the search index from the posts, and report any differences.

    Collecting continues meanwhile; search is complete again at the end.
    """
    campaign = campaign_of(paths)
    if check and again:
        raise click.UsageError("--check changes nothing, but --places does. Use only one of them.")
    if again:
        click.echo(f"{quantity(_place_again(paths, campaign), 'post', 'posts')} changed.", err=True)
        return
    rest = "Nothing was changed." if check else f"{AGAIN} Until then a search may find fewer posts."
    with (
        on_stop(lambda: rest),
        ArchiveReader.open(paths.archive, campaign.zone) if check else _archive(paths, campaign) as archive,
        click.progressbar(length=STEPS, label="Comparing" if check else "Rebuilding", file=sys.stderr) as bar,
    ):
        mend = archive.rebuild if isinstance(archive, Archive) else archive.differences
        differences = mend(bar.update)
    for line in differences:
        click.echo(line)
    click.echo(f"{quantity(len(differences), 'difference', 'differences')}.", err=True)
    if differences and check:
        raise click.exceptions.Exit(1)


def _archive(paths: Paths, campaign: Campaign) -> Archive:
    """Return an archive that is there to write to; says so if it had to be upgraded. Raises NoArchive."""
    try:
        ArchiveReader.open(paths.archive, campaign.zone).close()
    except Outdated:
        click.echo("Bringing the archive up to date first, which takes minutes if it is large.", err=True)
        archive_of(paths, campaign).close()
        click.echo("The archive was brought up to date.", err=True)
    return archive_of(paths, campaign)


def _place_again(paths: Paths, campaign: Campaign) -> int:
    """Find places and themes in all stored posts; return how many posts changed, once for each of the two."""
    changed, gazetteer = 0, campaign.gazetteer
    with (
        on_stop(lambda: AGAIN),
        _archive(paths, campaign) as archive,
        click.progressbar(length=2 * archive.posts.count(), label="Finding them", file=sys.stderr) as bar,
    ):
        places = archive.place_tags.update(gazetteer.find, gazetteer.version)
        for batch in (*places, *archive.theme_tags.update(*archive.themes.search())):
            bar.update(batch.posts)
            changed += batch.changed
    return changed


def _line(state: SourceState, zone: ZoneInfo) -> str:
    if not state.on:
        return f"{state.title}: off. {state.detail}" if state.needs_person else f"{state.title}: off"
    if state.last_poll is None:
        return f"{state.title}: not checked yet"
    at = "" if state.overdue_since else f" ({wording.moment(state.last_poll.astimezone(zone), utcnow())})"
    says = f"{state.title}: {wording.state(state)}{at}."
    return " ".join(filter(None, [says, state.detail, state.doubt, state.money, wording.recall(state)]))
