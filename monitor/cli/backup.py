"""Commands that make copies of what was collected, and put them back."""

from dataclasses import replace
from pathlib import Path

import click

from monitor import COMMAND
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
@click.option(
    "--to", "folder", type=_FOLDER, help="The folder to use instead of the one in the campaign file."
)
@click.pass_obj
def backup(paths: Paths, folder: Path | None) -> None:
    """Back up everything collected, and verify the copy. The monitor can keep running."""
    backups = backups_of(paths, campaign_of(paths))
    if folder:
        backups = replace(backups, folder=folder, second=None)
    with work_lock(paths.archive, "backup"):
        path = backups.create(utcnow())
    proof = manifest(path)
    posts = quantity(proof.posts if proof else 0, "post", "posts")
    click.echo(f"{path}: opened and verified, {posts}.")


@click.command()
@click.argument("folder", type=_FOLDER, required=False)
@click.option("--only-damaged", is_flag=True, help="Restore only the damaged rows of the archive.")
@click.pass_obj
def restore(paths: Paths, folder: Path | None, only_damaged: bool) -> None:
    """Restore from a backup: the last verified one, unless you name a folder.

    The current files are moved to a folder beside it; the same command can bring them back.
    """
    backups = backups_of(paths, campaign_of(paths))
    with work_lock(paths.archive), work_lock(paths.archive, "backfill"), work_lock(paths.archive, "backup"):
        if before := finish(backups):
            click.echo("The interrupted restore is now finished.")
        else:
            source = folder or _latest(backups)
            before = _mended(backups, source) if only_damaged else put_back(backups, source, utcnow())
            if not only_damaged:
                click.echo(f"Restored from {source}. Everyone must sign in again.")
    if any(before.glob("*.db")):
        click.echo(f"The previous files are in {before}. To bring them back: {COMMAND} restore {before}")


def _latest(backups: Backups) -> Path:
    """Return the last proven copy; raises BackupError if there is none, or it may be of a new beginning."""
    copies = {path: proof.posts for path in backups.proven() if (proof := manifest(path))}
    if not copies:
        raise BackupError(f"There is no verified backup in {backups.folder}. Name the folder of one.")
    latest, fullest = next(iter(copies)), max(copies, key=lambda path: copies[path])
    if copies[latest] * 2 < copies[fullest]:
        raise BackupError(
            f"The last copy, {latest}, has {copies[latest]:,} posts, but {fullest} has {copies[fullest]:,}."
            " Run the same command again, followed by the folder of the one you want."
        )
    return latest


def _mended(backups: Backups, source: Path) -> Path:
    before, fates = mend(backups, source, utcnow())
    for damage, fate in fates[:_SHOWN]:
        click.echo(f"{damage}: {fate.value}")
    if len(fates) > _SHOWN:
        click.echo(f"and {len(fates) - _SHOWN:,} more.")
    click.echo(f"Restored from {source}, damaged rows only: {quantity(len(fates), 'row', 'rows')}.")
    return before
