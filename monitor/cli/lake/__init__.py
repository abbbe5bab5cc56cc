"""Commands for a lake: many archives counted together, in one folder that they share."""

import secrets
import sys
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from monitor import COMMAND
from monitor.archive import Archive, ArchiveReader
from monitor.archive.posts.lake import LakeCounts
from monitor.cli import Paths
from monitor.cli.wiring import campaign_of, env_of
from monitor.core.errors import ConfigError
from monitor.lake import KEY_BYTES, Lake
from monitor.report.wording import quantity

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def lake() -> None:
    """Count many archives together, without names: docs/run/many-offices.md."""
    if find_spec("duckdb") is None or find_spec("distributed") is None:
        raise ConfigError("A lake needs other libraries. Type: pip install 'campaign-monitor[lake]'")


@lake.command()
def key() -> None:
    """Print a new key: one office makes it, and all offices of the lake put it into .env."""
    click.echo(f"LAKE_KEY={secrets.token_hex(KEY_BYTES)}")


@lake.command()
@click.argument("folder", type=_FOLDER)
@click.option("--names", is_flag=True, help="Include handles, names and addresses of accounts.")
@click.option("--replace", is_flag=True, help="After a restore: replace what the lake has of this archive.")
@click.pass_obj
def add(paths: Paths, folder: Path, names: bool, replace: bool) -> None:
    """Put this archive's weeks into the lake in a folder, without texts; only what changed is written."""
    from monitor.lake.adding import Adder

    with ArchiveReader.open(paths.archive, campaign_of(paths).zone) as archive:
        shared = Lake.begin(folder, archive.zone.key, archive.demo, _key(paths))
        added = Adder(archive, shared, _key(paths), names, replace).add()
    click.echo(f"Written: {quantity(added.weeks, 'week', 'weeks')}. As before: {added.others}.", err=True)


@lake.command()
@click.argument("folder", type=_FOLDER)
@click.option("--into", type=_FILE, required=True, help="The file for the counts: an archive without posts.")
@click.option("--workers", type=click.IntRange(0), default=0, help="Processes; 0: only this one.")
@click.option("--cluster", help="The address of a Dask scheduler: tcp://host:8786.")
def count(folder: Path, into: Path, workers: int, cluster: str | None) -> None:
    """Count all archives in a lake together, for the dashboard: monitor --archive FILE web."""
    from monitor.lake import counting

    shared = Lake.at(folder)
    with (
        Archive.open(into, ZoneInfo(shared.zone), demo=shared.demo) as counts,
        counting.runner(workers, cluster) as run,
    ):
        words = counting.count(shared, LakeCounts(counts.db), run)
    click.echo(f"Counted: {words}. See them: monitor --archive {into} web", err=True)


@lake.command()
@click.argument("folder", type=_FOLDER)
@click.argument("archives", type=_FILE, nargs=-1, required=True)
@click.pass_obj
def check(paths: Paths, folder: Path, archives: tuple[Path, ...]) -> None:
    """Compare a lake with archives, row by row. Exits with 1 if there is a difference."""
    from monitor.lake.adding import Adder

    shared, differences = Lake.at(folder), 0
    for path in archives:
        with ArchiveReader.open(path, campaign_of(paths).zone) as archive:
            for line in Adder(archive, shared, _key(paths)).differences():
                click.echo(f"{path}: {line}")
                differences += 1
    click.echo(f"{quantity(differences, 'difference', 'differences')}.", err=True)
    sys.exit(1 if differences else 0)


def _key(paths: Paths) -> bytes:
    """Return the key that the offices of a lake share; raises ConfigError."""
    text = env_of(paths).get("LAKE_KEY", "")
    if len(text) != 2 * KEY_BYTES or not all(sign in "0123456789abcdef" for sign in text):
        raise ConfigError(
            "LAKE_KEY in .env is the key that all offices of a lake share. It is missing or mistyped. Ask"
            f" the first office for it; if that is yours, type: {COMMAND} lake key"
        )
    return bytes.fromhex(text)
