"""Commands for the weekly mail."""

from datetime import date, datetime, timedelta

import click

from monitor.archive import Archive
from monitor.campaign import Campaign
from monitor.cli import Places
from monitor.cli.collecting import campaign_of, titles_of
from monitor.clock import utcnow
from monitor.collect.states import states
from monitor.digest.letter import letter, week_before
from monitor.digest.text import text
from monitor.errors import ConfigError
from monitor.report import Report, Window
from monitor.report.build import build

_WHY_ME = "You would get this every {day} because the campaign file names you."
_LEAVE = "This is a preview: nothing was sent."


@click.group()
def digest() -> None:
    """Show the weekly mail."""


@digest.command()
@click.option("--week", metavar="YEAR-WEEK", help="As 2026-W47.  [default: the last that is over]")
@click.pass_obj
def preview(places: Places, week: str | None) -> None:
    """Write the mail of a week as it would be sent."""
    campaign, now = campaign_of(places), utcnow()
    today = now.astimezone(campaign.zone).date()
    found = _report(places, campaign, _window(week, today), now)
    said = letter(found, base=campaign.digest.address.rstrip("/"))
    click.echo(f"Subject: {said.subject}\n")
    click.echo(
        text(said, why_me=_WHY_ME.format(day=campaign.digest.day.capitalize()), leave=_LEAVE), nl=False
    )


def _report(places: Places, campaign: Campaign, window: Window, now: datetime) -> Report:
    with Archive.read(places.archive, campaign.zone) as archive:
        sources = states(archive, campaign, titles_of(campaign), now)
        return build(archive, campaign, window, now=now, sources=sources)


def _window(week: str | None, today: date) -> Window:
    first, last = week_before(today)
    if week is None:
        return Window(first=first, last=last)
    try:
        monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a day, not a time
    except ValueError:
        raise ConfigError(f"{week!r} is no week. Write it as {first:%G-W%V}.") from None
    if monday > first:
        raise ConfigError(f"The week {week} is not over yet. The last that is over is {first:%G-W%V}.")
    return Window(first=monday, last=monday + timedelta(days=6))
