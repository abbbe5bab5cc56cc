"""Commands about what is watched: why a post is not here, and what other words would bring."""

from datetime import datetime

import click

from monitor.archive import ArchiveReader
from monitor.campaign import Track, keys
from monitor.campaign.reader import read
from monitor.cli import DAY, Paths
from monitor.cli.wiring import DOTENV, campaign_of
from monitor.collect.fetch_post import fetch_post
from monitor.collect.preview import preview
from monitor.collect.source_status import inquiry
from monitor.core.clock import utcnow
from monitor.core.text import one_line
from monitor.platform_info import names
from monitor.platform_info.post_urls import pointers
from monitor.track_trial import new_words, trial
from monitor.why_missing import Question


@click.command()
@click.argument("address")
@click.option(
    "--words", default="", metavar="TEXT", help="The text of the post; its platform is then not asked."
)
@click.option("--day", type=DAY, metavar="YYYY-MM-DD", help="When it was written.")
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


@click.group()
def track() -> None:
    """Try a change to a track before it is saved."""


@track.command("try")
@click.argument("name")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="One more hashtag.")
@click.option("--any", "phrases", multiple=True, metavar="WORDS", help="One more phrase.")
@click.option("--all", "required", multiple=True, metavar="WORDS", help="Words that every post must have.")
@click.option("--none", "excluded", multiple=True, metavar="WORDS", help="Words that no post may have.")
@click.option("--near", multiple=True, metavar="WORDS~N", help='Words near each other: "police cuts~5".')
@click.option("--drop", multiple=True, metavar="WORDS", help="Words of any kind that the track now has.")
@click.option("--ask", is_flag=True, help="Also ask the sources that need no key: it takes seconds.")
@click.pass_obj
def try_(paths: Paths, /, name: str, drop: tuple[str, ...], ask: bool, **more: tuple[str, ...]) -> None:
    """Show what the stored posts of the last 30 days would gain and lose if the track NAME changed.

    Each option may be given several times. A NAME that is not in the campaign file is a new track.
    Nothing is saved.
    """
    campaign, now = campaign_of(paths), utcnow()
    before = next((each for each in campaign.tracks if each.name == name), Track(name=name, title=name))
    words = {kind: [word for word in getattr(before, kind) if word not in drop] for kind in more}
    after = read(Track, {"name": name, "title": name} | {kind: words[kind] + [*more[kind]] for kind in more})
    with ArchiveReader.open(paths.archive, campaign.zone) as archive:
        result = trial(archive, before.query, after.query, now)
    lines = [*result.sentences]
    for heading, texts in result.lists.items():
        lines += [heading, *(f"  {one_line(text.text)[:100]}" for text in texts)]
    sources = preview(campaign, new_words(before.query, after.query), now) if ask else ()
    click.echo("\n".join([*lines, *(f"{source.title}: {source.sentence}" for source in sources)]))
