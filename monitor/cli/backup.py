"""Commands that make copies of what was collected, and put them back."""

from dataclasses import replace
from pathlib import Path

import click

from monitor.backup import Backups, manifest
from monitor.backup.restore import finish, mend
from monitor.backup.restore import restore as put_back
from monitor.cli import Paths
from monitor.cli.wiring import backups_of, campaign_of
from monitor.core.clock import utcnow
from monitor.core.errors import BackupError
from monitor.report.wording import quantity
from monitor.worker import work_lock

_SHOWN = 40  # damaged rows
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--to", "folder", type=_FOLDER, help="Where to, instead of the campaign file's folder.")
@click.pass_obj
def backup(paths: Paths, folder: Path | None) -> None:
    """Make a copy of everything collected, and prove it. The monitor may go on running."""
    backups = backups_of(paths, campaign_of(paths))
    if folder:
        backups = replace(backups, folder=folder, second=None)
    with work_lock(paths.archive, "backup"):
        path = backups.create(utcnow())
    proof = manifest(path)
    posts = quantity(proof.posts if proof else 0, "post", "posts")
    click.echo(f"{path}: opened, checked and counted, {posts}.")


@click.command()
@click.argument("folder", type=_FOLDER, required=False)
@click.option("--only-damaged", is_flag=True, help="Take only damaged rows of the archive from the copy.")
@click.pass_obj
def restore(paths: Paths, folder: Path | None, only_damaged: bool) -> None:
    """Put a copy in place of what is there: the last proven one, unless a folder is named.

    What was there is moved to a folder beside it, from which the same command brings it back.
    """
    backups = backups_of(paths, campaign_of(paths))
    with work_lock(paths.archive), work_lock(paths.archive, "backfill"), work_lock(paths.archive, "backup"):
        if before := finish(backups):
            click.echo("The restore that was cut short is finished now.")
        else:
            source = folder or _latest(backups)
            before = _mended(backups, source) if only_damaged else put_back(backups, source, utcnow())
            if not only_damaged:
                click.echo(f"{source} is in place. Everyone has to sign in again.")
    if any(before.glob("*.db")):
        click.echo(f"What was there is in {before}. To bring it back: monitor restore {before}")


def _latest(backups: Backups) -> Path:
    """Return the last proven copy; raises BackupError if there is none, or it may be of a new beginning."""
    copies = {path: proof.posts for path in backups.proven() if (proof := manifest(path))}
    if not copies:
        raise BackupError(f"There is no proven copy in {backups.folder}. Name the folder of one.")
    latest, fullest = next(iter(copies)), max(copies, key=lambda path: copies[path])
    if copies[latest] * 2 < copies[fullest]:
        raise BackupError(
            f"The last copy, {latest}, has {copies[latest]:,} posts, but {fullest} has {copies[fullest]:,}."
            " Type the same again, with the folder of the one that you want after it."
        )
    return latest


def _mended(backups: Backups, source: Path) -> Path:
    before, fates = mend(backups, source, utcnow())
    for damage, fate in fates[:_SHOWN]:
        click.echo(f"{damage}: {fate.value}")
    if len(fates) > _SHOWN:
        click.echo(f"and {len(fates) - _SHOWN:,} more.")
    click.echo(f"Taken from {source} where it was damaged: {quantity(len(fates), 'row', 'rows')}.")
    return before
