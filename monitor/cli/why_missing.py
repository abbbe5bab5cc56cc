"""The command that says why a post is not here."""

from datetime import datetime

import click

from monitor.archive import ArchiveReader
from monitor.campaign import keys
from monitor.cli import Paths
from monitor.cli.wiring import DOTENV, campaign_of
from monitor.collect.fetch_post import fetch_post
from monitor.collect.source_status import inquiry
from monitor.core.clock import utcnow
from monitor.platform_info import names
from monitor.sources.shared.post_urls import pointers
from monitor.why_missing import Question


@click.command()
@click.argument("address")
@click.option(
    "--words", default="", metavar="TEXT", help="The text of the post; its platform is then not asked."
)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="When it was written.")
@click.pass_obj
def why(paths: Paths, address: str, words: str, day: datetime | None) -> None:
    """Find out whether the post at ADDRESS is here and, if not, why. Asks its platform where that is free."""
    campaign = campaign_of(paths)
    question = Question(address=address, words=words, day=day.date() if day else None)
    with ArchiveReader.open(paths.archive, campaign.zone) as archive:
        targets = pointers(address, names())
        replies = (fetch_post(campaign, keys(DOTENV), target, utcnow()) for target in targets if not words)
        reply = next((reply for reply in replies if reply), None)
        answer = inquiry(archive, campaign, utcnow()).answer(question, targets, reply)
    for sentence in answer.sentences:
        click.echo(sentence)
