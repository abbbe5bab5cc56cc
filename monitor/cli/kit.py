"""The command that lists the share kit."""

import json

import click

from monitor.archive import ArchiveReader
from monitor.cli import Paths
from monitor.cli.wiring import campaign_of
from monitor.kit.channels import ways


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def kit(paths: Paths, as_json: bool) -> None:
    """List the share kit: each text and picture, with its links by channel."""
    with ArchiveReader.open(paths.archive, campaign_of(paths).zone) as archive:
        items = archive.kit.current()
    for item in items:
        links = {way.channel: way.link for way in ways(item) if way.link}
        record = {"id": item.id, "version": item.version, "kind": item.kind, "code": item.code}
        record |= {"text": item.words, "alt": item.alt, "links": links}
        lines = [f"{item.id}. {item.words or item.alt or item.address} (code {item.code})"]
        lines += [f"   {channel}: {link}" for channel, link in links.items()]
        click.echo(json.dumps(record, ensure_ascii=False) if as_json else "\n".join(lines))
    if not items:
        click.echo("Nothing is in the share kit. Add to it on the dashboard's Share kit page.", err=True)
