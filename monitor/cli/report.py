"""The commands that write a report, and the papers about privacy."""

import io
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import click

from monitor.archive import ArchiveReader
from monitor.campaign import track_of
from monitor.cli import DAY, Paths
from monitor.cli.wiring import accounts_of, campaign_of, console
from monitor.cli.wiring.mail import ways_out
from monitor.collect.source_status import states
from monitor.core.clock import utcnow
from monitor.core.errors import ConfigError
from monitor.export.docx import write_paper
from monitor.manual_entry import BY_HAND
from monitor.platform_info import names
from monitor.privacy import PAPERS, html, paper
from monitor.report import Report, Window
from monitor.report.build import build
from monitor.report.figures import statements
from monitor.report.json_form import plain
from monitor.report.measure import Face, Statement
from monitor.report.story import story
from monitor.report.window import last_days
from monitor.report.wording import time_share, tone_checked

FILES = {  # what a format is called among the kinds of files to take away
    "xlsx": "workbook", "pdf": "brief", "docx": "brief", "pptx": "slides", "png": "chart", "svg": "chart",
    "csv": "numbers",
}  # fmt: skip
OUT = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.  [default: standard output]",
)


@click.command()
@click.option("--since", type=DAY, help="The first day.  [default: 27 days before the last]")
@click.option("--until", type=DAY, help="The last day.  [default: today]")
@click.option("--track", "name", help="The track.  [default: the first]")
@click.option("--platform", "platforms", multiple=True, help="Count this platform only; can be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", *FILES]),
    default="text",
    show_default=True,
    help="csv: the numbers; pdf, docx: a one-page brief; pptx: slides; png, svg: a chart; xlsx: everything.",
)
@OUT
@click.option("--json", "as_json", is_flag=True, help="Write everything as one JSON object.")
@click.pass_obj
def report(
    paths: Paths,
    since: datetime | None,
    until: datetime | None,
    name: str | None,
    platforms: tuple[str, ...],
    form: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Write the numbers for a range of days, and how they are counted."""
    campaign, now = campaign_of(paths), utcnow()
    window = window_of(since, until, last_days(campaign.zone, 28, now))
    track = track_of(campaign, name)
    check_platforms(platforms)
    with ArchiveReader.open(paths.archive, campaign.zone) as archive:
        sources = states(archive, campaign, now)
        report = build(
            archive, campaign, window, now=now, sources=sources, track=track,
            platforms=frozenset(platforms),
        )  # fmt: skip
        file = _file(archive, report, "json" if as_json else form)
    if form in FILES:
        accounts_of(paths).note(console(), f"exported {FILES[form]}.{form}", now)
    hand_over(file, out, binary=form in FILES and form != "csv")


def _file(archive: ArchiveReader, report: Report, form: str) -> bytes:
    if form == "text":
        return "".join(f"{line}\n" for line in lines(report)).encode()
    if form == "json":
        return json.dumps(plain(report)).encode() + b"\n"
    from monitor.export import posts_of
    from monitor.export.formats import kind

    file_format, out = kind(FILES[form], form), io.BytesIO()
    assert file_format
    file_format.write(report, posts_of(archive, report) if file_format.rows else (), out)
    return out.getvalue()


def hand_over(file: bytes, out: Path | None, *, binary: bool) -> None:
    """Write a file to its place, or to standard output; raises ConfigError where that makes no sense."""
    if out is None:
        if binary and sys.stdout.isatty():
            raise ConfigError("This kind of file cannot be printed here. Name a file with --out FILE.")
        click.echo(file, nl=False)
        return
    with open_out(out) as target:
        target.write(file)
    click.echo(f"Written: {out}", err=True)


def open_out(out: Path) -> BinaryIO:
    """Return a file to be written; raises ConfigError if it cannot be."""
    try:
        return out.open("wb")
    except OSError as error:
        raise ConfigError(
            f"{out} cannot be written: {error.strerror}. Name another file with --out."
        ) from error


def window_of(since: datetime | None, until: datetime | None, usual: Window) -> Window:
    """Return the window that was asked for; raises ConfigError if it ends before it begins."""
    last = until.date() if until else usual.last
    first = since.date() if since else max(date.min + timedelta(days=27), last) - timedelta(days=27)
    if min(first, last).year < 2000 or max(first, last).year > 2100:
        raise ConfigError(f"There can be no posts from {first} to {last}. Give days such as 2026-11-01.")
    if first > last:
        raise ConfigError(
            f"The last day ({last}) is before the first ({first}). Give --since the earlier day."
        )
    return Window(first=first, last=last)


def check_platforms(platforms: tuple[str, ...]) -> None:
    """Raise ConfigError for a platform that does not exist: none of its posts would look like a quiet one."""
    for platform in platforms:
        if platform not in (*names(), BY_HAND):
            raise ConfigError(f"There is no platform {platform!r}. Known: {', '.join(names())}.")


def lines(report: Report) -> list[str]:
    checked = tone_checked(report)
    return [
        f"{report.title}, {report.window.first} to {report.window.last}",
        *(f"{finding.sentence}." for finding in story(report)),
        *map(_line, statements(report, Face.TEXT)),
        *([checked] if checked else []),
        *(f"Collected from {coverage.source}: {time_share(coverage)}" for coverage in report.covered),
        "How each number is counted: docs/numbers.md, or --json",
    ]


def _line(number: Statement) -> str:
    before = "" if number.before is None else f"in the days before {number.before:,}"
    if before and number.finished != number.value and not number.usual:
        before = f"{number.finished:,} counted as in the days before, {before}"
    notes = "; ".join(filter(None, (number.basis, number.usually, before)))
    return f"{number.title}: {number.words}{f' ({notes})' if notes else ''}"


@click.command()
@click.argument("name", metavar="map|notice|dpia", type=click.Choice(list(PAPERS)))
@click.option("--format", "kind", type=click.Choice(["md", "docx", "html"]), default="md", show_default=True)
@click.pass_obj
def privacy(paths: Paths, name: str, kind: str) -> None:
    """Write the data map, the privacy notice or a draft DPIA, from the settings as they are.

    What only the office can know is a blank that begins with TO FILL IN. None of it is legal advice.
    """
    campaign = campaign_of(paths)
    text, file = paper(name, campaign, ways_out(paths, campaign)), io.BytesIO()
    if kind == "docx":
        write_paper(text, PAPERS[name], utcnow(), file)
    page = f'<!doctype html>\n<html lang="en-GB">\n<meta charset="utf-8">\n<title>{PAPERS[name]}</title>\n'
    forms = {"md": text.encode(), "html": f"{page}{html(text)}\n".encode(), "docx": file.getvalue()}
    sys.stdout.buffer.write(forms[kind])
