"""The command that writes a report."""

import json
from datetime import date, datetime, timedelta

import click

from monitor.archive import Archive
from monitor.campaign import track_of
from monitor.cli import Places
from monitor.cli.collecting import campaign_of
from monitor.clock import utcnow
from monitor.collect.states import states
from monitor.errors import ConfigError
from monitor.report import Covered, Figure, Report, Window
from monitor.report.build import build
from monitor.report.definitions import DEFINITIONS
from monitor.report.plain import plain
from monitor.report.window import last_days
from monitor.sources import names

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option("--since", type=DAY, help="The first day.  [default: 27 days before the last]")
@click.option("--until", type=DAY, help="The last day.  [default: today]")
@click.option("--track", "name", help="The track.  [default: the first]")
@click.option("--platform", "platforms", multiple=True, help="Count this platform only; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object with everything.")
@click.pass_obj
def report(
    places: Places,
    since: datetime | None,
    until: datetime | None,
    name: str | None,
    platforms: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write the numbers of some days, with how they are counted."""
    campaign, now = campaign_of(places), utcnow()
    window = window_of(since, until, last_days(campaign.zone, 28, now))
    track = track_of(campaign, name)
    check_platforms(platforms)
    with Archive.read(places.archive, campaign.zone) as archive:
        found = build(
            archive, campaign, window, now=now, sources=states(archive, campaign, {}, now), track=track,
            platforms=frozenset(platforms),
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(plain(found)))
        return
    for line in lines(found):
        click.echo(line)


def window_of(since: datetime | None, until: datetime | None, usual: Window) -> Window:
    """Return the window that was asked for; raises ConfigError if it ends before it begins."""
    last = until.date() if until else usual.last
    first = since.date() if since else max(date.min + timedelta(days=27), last) - timedelta(days=27)
    if min(first, last).year < 2000 or max(first, last).year > 2100:
        raise ConfigError(f"No posts can be from {first} to {last}. Give days such as 2026-11-01.")
    if first > last:
        raise ConfigError(f"The days end ({last}) before they begin ({first}). Give --since the earlier day.")
    return Window(first=first, last=last)


def check_platforms(platforms: tuple[str, ...]) -> None:
    """Raise ConfigError for a platform that does not exist: none of its posts would look like a quiet one."""
    for platform in platforms:
        if platform not in names():
            raise ConfigError(f"There is no platform {platform!r}. Known: {', '.join(names())}.")


def lines(found: Report) -> list[str]:
    """Return the numbers as lines of text."""
    figures = (found.posts, found.people, found.engagement, found.views, found.ceiling)
    seen = f"{found.seen.low:,} to {found.seen.high:,}" if found.seen else "not known"
    scored = sum(found.tones.values())
    tones = ", ".join(f"{number:,} {tone}" for tone, number in found.tones.items())
    return [
        f"{found.title}, {found.window.first} to {found.window.last}",
        *(_line(figure) for figure in figures),
        f"Likely seen: {seen}",
        f"Tone: {tones} (of {scored:,} posts; uncalibrated)",
        *(f"Collected from {one.source}: {_share(one)}" for one in found.covered),
        "How each number is counted: docs/numbers.md, or --json",
    ]


def _share(one: Covered) -> str:
    if one.share is None:
        return "yes, but it does not say what time its answers cover"
    return f"{100 * one.share:.0f}% of the time"


def _line(figure: Figure) -> str:
    title = DEFINITIONS[figure.definition].title
    value = "not known" if figure.value is None else f"{figure.value:,}"
    basis = f" (known for {figure.known:,} of {figure.of:,})" if figure.known != figure.of else ""
    before = "" if figure.before is None else f"; in the days before: {figure.before:,}"
    return f"{title}: {value}{basis}{before}"
