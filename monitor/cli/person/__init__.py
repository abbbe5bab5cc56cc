"""Commands for the rights of people whose posts are held: what there is of one, and its erasure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from monitor.archive import ArchiveReader
from monitor.archive.erasure.data_subject import DataSubject
from monitor.archive.erasure.person import BARE, NAMING
from monitor.cli import Paths
from monitor.cli.wiring import accounts_of, campaign_of, console, eraser_of
from monitor.core.clock import utcnow
from monitor.core.errors import ArchiveError
from monitor.export.person_file import PersonFile
from monitor.report.wording import quantity

_AT_ONCE = 200  # posts that are asked about
_QUESTION = click.argument("question", metavar="HANDLE|ADDRESS")
_PLATFORM = click.option(
    "--platform", default="", help="The platform of the account, where several have the name."
)


@click.command()
@_QUESTION
@_PLATFORM
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write two files here: HTML, JSON."
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.pass_obj
def person(paths: Paths, question: str, platform: str, out: Path | None, as_json: bool) -> None:
    """Show all that is held about a person: by handle, name, address or id."""
    who = _person(paths, question, platform)
    campaign = campaign_of(paths)
    holdings = eraser_of(paths, campaign).record(who)
    file = PersonFile(who=who.who, campaign=campaign, holdings=holdings, made_at=utcnow())
    accounts_of(paths).note(console(), f"{who.label}: listed what is held", utcnow())
    if out:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in (("person.html", file.html()), ("person.json", file.json())):
            (out / name).write_text(text, encoding="utf-8")
            click.echo(out / name)
    elif as_json:
        click.echo(file.json())
    else:
        _list(who, holdings)
        click.echo("For all of it as a page to send: --out FOLDER", err=True)


@click.command()
@_QUESTION
@_PLATFORM
@click.option("--dry-run", is_flag=True, help="Only show what would be erased.")
@click.option(
    "--named",
    "with_named",
    is_flag=True,
    help="Also erase every post by others, and every word of the office, that has the name.",
)
@click.option("--backups", is_flag=True, help="Also replace all backups by one new one.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget(
    paths: Paths, question: str, platform: str, dry_run: bool, with_named: bool, backups: bool, yes: bool
) -> None:
    """Erase a person everywhere, and keep them out. The counts stay. The monitor can keep running."""
    eraser = eraser_of(paths, campaign_of(paths))
    eraser.finish()  # what was cut short
    who = _person(paths, question, platform)
    record = eraser.record(who)
    _list(who, record)
    if backups:
        click.echo("The backups are replaced by a new one: no earlier state can be restored any more.")
    if dry_run:
        return
    namesakes = record[NAMING[1]]
    posts = [row["id"] for row in namesakes] if with_named else [] if yes else _chosen(namesakes)
    words = with_named or (not yes and _are_meant(record[BARE]))
    if not yes:
        click.confirm("Erase all this? It cannot be undone.", abort=True)
    accounts_of(paths).note(console(), f"{who.label}: asked to erase", utcnow())
    receipt = eraser.erase(who.key, posts, copies=backups, words=words)
    click.echo("\n".join(receipt.sentences))
    if receipt.fault:
        raise click.exceptions.Exit(1)


def _person(paths: Paths, question: str, platform: str) -> DataSubject:
    """Return who is meant; raises ArchiveError unless that is one account."""
    with ArchiveReader.open(paths.archive, campaign_of(paths).zone) as archive:
        candidates = archive.persons.candidates(question, platform)
        who = archive.persons.person(candidates[0][0]) if len(candidates) == 1 else None
    if who is None:
        listed = [f"{name} on {on}: {quantity(posts, 'post', 'posts')}" for _, on, name, posts in candidates]
        raise ArchiveError(
            "Several accounts may be meant. Type the whole handle, and --platform:\n" + "\n".join(listed)
            if listed
            else "Nothing is held about an account of this handle, name, address or id. Type a handle whole,"
            " with its dots and underscores. If it may be in an imported file, name its platform with"
            " --platform."
        )
    return who


def _chosen(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the ids of the posts that somebody says are meant, some at a time as long as they go on."""
    posts = list[int]()
    for number, row in enumerate(rows):
        more = quantity(len(rows) - number, "more post has", "more posts have")
        if number and number % _AT_ONCE == 0 and not click.confirm(f"{more} the name. Go on with these?"):
            break
        if click.confirm(f"Is this about them, and to be erased? {row['text']!r}"):
            posts.append(row["id"])
    return posts


def _are_meant(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether somebody says that the short name in words of the office is this person's."""
    for row in rows:
        click.echo(f"  {row['what']}: {row['words']}")
    return bool(rows) and click.confirm("Is the name in all of these about them, and to be taken out?")


def _list(who: DataSubject, record: Mapping[str, Sequence[object]]) -> None:
    click.echo(f"{who.who} on {who.platform}")
    for what, rows in record.items():
        click.echo(f"  {what}: {len(rows) or 'none'}")
