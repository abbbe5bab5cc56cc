"""Commands for what the campaign does: its calendar, and its share kit."""

import json
from datetime import datetime

import click

from monitor import COMMAND
from monitor.archive import ArchiveReader
from monitor.cli import DAY, Paths
from monitor.cli.wiring import archive_of, campaign_of
from monitor.core.errors import ArchiveError
from monitor.kit.channels import ways


@click.group()
def events() -> None:
    """Add, list or remove events in the campaign's calendar."""


@events.command()
@click.argument("day", type=DAY)
@click.argument("title", nargs=-1, required=True)
@click.pass_obj
def add(paths: Paths, day: datetime, title: tuple[str, ...]) -> None:
    """Add an event to the calendar: DAY, such as 2026-11-01, and what it is."""
    with archive_of(paths, campaign_of(paths)) as archive:
        number = archive.events.add(day.date(), " ".join(title))
    click.echo(f"Event {number} added. It is marked on every chart.", err=True)


@events.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def list_(paths: Paths, as_json: bool) -> None:
    """List the calendar, latest day first, with the number of each event."""
    with ArchiveReader.open(paths.archive, campaign_of(paths).zone) as archive:
        calendar = archive.events.calendar()
    for event in calendar:
        record = {"number": event.id, "day": event.day.isoformat(), "title": event.title}
        click.echo(json.dumps(record) if as_json else f"{event.id:>4}  {event.day}  {event.title}")
    if not calendar:
        click.echo(f"The calendar is empty. To add an event: {COMMAND} events add 2026-11-01 Stall", err=True)


@events.command()
@click.argument("number", type=int)
@click.pass_obj
def remove(paths: Paths, number: int) -> None:
    """Remove the event with this NUMBER from the calendar."""
    with archive_of(paths, campaign_of(paths)) as archive:
        if not archive.events.remove(number):
            raise ArchiveError(f"There is no event {number}. To list them: {COMMAND} events list")
    click.echo(f"Event {number} was removed.", err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def kit(paths: Paths, as_json: bool) -> None:
    """List the share kit: each text and picture, with its links by channel."""
    with ArchiveReader.open(paths.archive, campaign_of(paths).zone) as archive:
        items = archive.kit.current()
    for item in items:
        links = {way.channel: way.link for way in ways(item) if way.link}
        record = {"id": item.id, "version": item.version, "code": item.code}
        record |= {"text": item.words, "alt": item.alt, "links": links}
        lines = [f"{item.id}. {item.words or item.alt or item.address} (code {item.code})"]
        lines += [f"   {channel}: {link}" for channel, link in links.items()]
        click.echo(json.dumps(record, ensure_ascii=False) if as_json else "\n".join(lines))
    if not items:
        click.echo("Nothing is in the share kit. Add to it on the dashboard's Share kit page.", err=True)
