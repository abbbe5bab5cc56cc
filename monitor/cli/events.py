"""Commands for the campaign's calendar."""

import json
from datetime import datetime

import click

from monitor.archive import Archive, ArchiveReader
from monitor.cli import Places
from monitor.cli.wiring import campaign_of
from monitor.core.errors import ArchiveError


@click.group()
def events() -> None:
    """Add, list or remove the days of the campaign's calendar."""


@events.command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("title", nargs=-1, required=True)
@click.pass_obj
def add(places: Places, day: datetime, title: tuple[str, ...]) -> None:
    """Put an event into the calendar: DAY as 2026-11-01, and what it is."""
    with _open(places) as archive:
        number = archive.events.add(day.date(), " ".join(title))
    click.echo(f"Event {number} is in the calendar, and marked on every chart.", err=True)


@events.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(places: Places, as_json: bool) -> None:
    """Write the calendar, the latest day first, with the number of each event."""
    with ArchiveReader.open(places.archive, campaign_of(places).zone) as archive:
        found = archive.events.calendar()
    for event in found:
        said = {"number": event.id, "day": event.day.isoformat(), "title": event.title}
        click.echo(json.dumps(said) if as_json else f"{event.id:>4}  {event.day}  {event.title}")
    if not found:
        click.echo("The calendar is empty. Add to it: monitor events add 2026-11-01 Stall", err=True)


@events.command()
@click.argument("number", type=int)
@click.pass_obj
def remove(places: Places, number: int) -> None:
    """Take the event of this NUMBER out of the calendar."""
    with _open(places) as archive:
        if not archive.events.remove(number):
            raise ArchiveError(f"There is no event {number}. See them with: monitor events list")
    click.echo(f"Event {number} was removed.", err=True)


def _open(places: Places) -> Archive:
    zone = campaign_of(places).zone
    demo = False
    if places.archive.is_file():
        with ArchiveReader.open(places.archive, zone) as archive:
            demo = archive.demo
    return Archive.open(places.archive, zone, demo=demo)
