"""Commands that read and write files of posts."""

import gc
import json
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import datetime, timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import click

from monitor.archive import Archive, ArchiveReader
from monitor.archive.posts.rejected import OF_A_POLL
from monitor.archive.values import FileClaim
from monitor.campaign import Campaign, Track, track_of
from monitor.cli import DAY, Paths, message, on_stop
from monitor.cli.report import OUT, hand_over, open_out
from monitor.cli.wiring import accounts_of, analyzer_of, campaign_of, console
from monitor.collect.imports.file_import import as_of, read_by_hand, read_file
from monitor.collect.imports.file_inspection import inspect, inspect_again
from monitor.collect.imports.import_run import ImportRun, Reader
from monitor.collect.source_status import states
from monitor.collect.tone_scoring import adjusted
from monitor.core.clock import stamp, utcnow
from monitor.core.errors import ConfigError, MonitorError
from monitor.core.files.contents import FileQuestion, ImportCounts, Inspection, with_answers
from monitor.core.model import Post
from monitor.platform_info import names, platform_called
from monitor.report import Window
from monitor.report.build import build
from monitor.report.coverage import file_claim
from monitor.report.wording import listed, quantity, window_words
from monitor.tone.process_pool import processors

LONG = 5_000_000  # bytes of files from which on a person is shown how far it is, and other processes join
_MOST = 2  # of them: what this one does meanwhile takes longer than the work of two
_AGAIN = "Nothing is lost: run the same command again. It reads from the start, and stores nothing twice."
TOLD = 5  # items that could not be read, told one by one


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--track", "track_name", help="The track that the posts belong to.  [default: the first]")
@click.option("--matching", is_flag=True, help="Only posts that match a track, each into that track.")
@click.option("--by-hand", is_flag=True, help="FILES are tables that use the by-hand template.")
@click.option(
    "--everything",
    type=(str, DAY, DAY),
    metavar="PLATFORM FIRST LAST",
    help="FILES have every post on a platform between two days: count that time as covered.",
)
@click.option("--show", is_flag=True, help="Show how each file is read, with ten posts; change nothing.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="KEY=VALUE",
    help="Answer a file's question, such as dates=day-first; remembered for files with the same columns.",
)
@click.option("--dry-run", is_flag=True, help="Read and count; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON at the end.")
@click.pass_obj
def import_(
    paths: Paths,
    files: tuple[Path, ...],
    track_name: str | None,
    matching: bool,
    by_hand: bool,
    everything: tuple[str, datetime, datetime] | None,
    show: bool,
    answers: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import posts from FILES into the archive: JSON, CSV or Excel, as other programs write them."""
    gc.set_threshold(20_000)  # posts hold no circles: to look for them is 6 % of an import
    campaign = campaign_of(paths)
    tracks = campaign.tracks if matching else (track_of(campaign, track_name),)
    claim = _claim(everything, files, campaign) if everything else None
    counts = ImportCounts(new=None if dry_run else 0)
    with on_stop(lambda: f"{_sentence(counts, matching)} {_AGAIN}"), ExitStack() as stack:
        analyzer = analyzer_of(campaign)
        archive = None if dry_run or show else stack.enter_context(Archive.open(paths.archive, campaign.zone))
        run = ImportRun(
            campaign=campaign, tracks=tracks, matching=matching, archive=archive,
            analyzer=adjusted(analyzer, archive) if archive else analyzer, clock=utcnow, started_at=utcnow(),
            processes=_processes(files),
        )  # fmt: skip
        typed = dict(answer.partition("=")[::2] for answer in answers)
        faults, readers = list[Path](), dict[Path, Reader]()
        for path in files:
            with _alone(path, files, faults):
                readers[path] = _reader(path, typed, by_hand, campaign, archive, show)
        progress = stack.enter_context(_progress(files))
        for path, reader in () if show else readers.items():
            with _alone(path, files, faults):
                read_at = None if by_hand else as_of(path, utcnow())
                for part in run.take(reader, path.name, progress, read_at):
                    _tell(path, part, already=counts.rejected)
                    counts += part
                    progress(0, counts)
        if show:
            sys.exit(bool(faults))
        if archive and claim and not faults:
            _save(claim, archive, tracks, counts, campaign.zone)
    for reason, number in counts.left_out.items():
        click.echo(f"{quantity(number, 'item', 'items')} left out: {reason}.", err=True)
    summary = {name: getattr(counts, name) for name in ("read", "new", "known", "other", "rejected")}
    click.echo(json.dumps(summary) if as_json else _sentence(counts, matching))
    if counts.is_nothing:
        click.echo("Nothing was imported: there is no post in it that can be kept.", err=True)
    sys.exit(bool(faults) or counts.is_nothing)


@contextmanager
def _alone(path: Path, files: Sequence[Path], faults: list[Path]) -> Iterator[None]:
    """Let the fault of one of several files cost only that file: say it, and add it to `faults`."""
    try:
        yield
    except MonitorError as error:
        if len(files) == 1:
            raise
        faults.append(path)
        click.echo(f"{path.name} was not read to its end: {message(error)}", err=True)


def _processes(files: Sequence[Path]) -> int:
    """Return how many processes read the words: of small files none, which would only begin and end."""
    return min(processors() - 1, _MOST) if sum(path.stat().st_size for path in files) >= LONG else 0


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["ndjson", "csv", "xlsx"]), default="csv", show_default=True
)
@click.option("--since", type=DAY, help="Only posts from this day on.")
@OUT
@click.pass_obj
def export(paths: Paths, form: str, since: object, out: Path | None) -> None:
    """Write all posts to standard output, or to a file, except those marked "not ours"."""
    from monitor.export.csv import MARK, write_csv
    from monitor.export.ndjson import write_ndjson

    campaign = campaign_of(paths)
    accounts_of(paths).note(console(), f"exported all posts as {form}", utcnow())
    start = since.replace(tzinfo=campaign.zone) if isinstance(since, datetime) else None
    with ArchiveReader.open(paths.archive, campaign.zone) as archive:
        if form == "xlsx":
            file, number = _workbook(archive, campaign, start)
            hand_over(file, out, binary=True)
        else:
            with _text_file(out) as text:
                text.write(MARK if form == "csv" else "")
                write = write_csv if form == "csv" else write_ndjson
                number = write(archive.posts.every(start), text)
    click.echo(f"{quantity(number, 'post', 'posts')} written.", err=True)


def _text_file(out: Path | None) -> AbstractContextManager[TextIO]:
    return TextIOWrapper(open_out(out), encoding="utf-8", newline="") if out else nullcontext(sys.stdout)


def _workbook(archive: ArchiveReader, campaign: Campaign, start: datetime | None) -> tuple[bytes, int]:
    from monitor.export.xlsx import write_xlsx

    now, out = utcnow(), BytesIO()
    today = now.astimezone(campaign.zone).date()
    first = start.date() if start else archive.posts.first_day() or today
    window = Window(first=min(first, today), last=today)
    sources = states(archive, campaign, now)
    report = build(archive, campaign, window, now=now, sources=sources)
    number = write_xlsx(report, archive.posts.every(start), out)
    return out.getvalue(), number


def _tell(path: Path, part: ImportCounts, *, already: int) -> None:
    """Say of the first few items why they could not be read, and that there are more."""
    for reason in part.reasons[: max(0, TOLD - already)]:
        click.echo(f"{path.name}, {reason}", err=True)
    if already <= TOLD < already + part.rejected:
        click.echo(
            f"More could not be read; the archive keeps the first {OF_A_POLL} with their reasons,"
            " in the table 'rejected'.",
            err=True,
        )


def _claim(
    everything: tuple[str, datetime, datetime], files: Sequence[Path], campaign: Campaign
) -> FileClaim:
    platform, first, last = platform_called(everything[0]), *everything[1:]
    if last < first:
        raise click.UsageError("--everything: the last day is before the first.")
    window, title = Window(first=first.date(), last=last.date()), ", ".join(path.name for path in files)
    now = utcnow()
    saved_at = max(as_of(path, now) for path in files)
    return file_claim(platform, window, title, zone=campaign.zone, saved_at=saved_at, now=now)


def _save(
    claim: FileClaim, archive: Archive, tracks: Sequence[Track], counts: ImportCounts, zone: ZoneInfo
) -> None:
    if claim.source not in (*names(), *counts.days):
        raise ConfigError(
            f"The posts were saved, but none of them is from {claim.source!r}, so no time counts"
            f" as covered. Name a platform in the files: {', '.join(counts.days) or 'no posts at all'}."
        )
    for track in tracks:
        archive.coverage.save_file_claim(claim, track.name)
    first, last = (at.astimezone(zone).date() for at in (claim.since, claim.until - timedelta(seconds=1)))
    click.echo(
        f"Counted as covered: {claim.source}, {window_words(Window(first=first, last=last))}.", err=True
    )


def _reader(
    path: Path,
    typed: Mapping[str, str],
    by_hand: bool,
    campaign: Campaign,
    archive: Archive | None,
    show: bool,
) -> Reader:
    """Return what reads a file, once all that it leaves open was asked, or shown."""
    now, zone = utcnow(), campaign.zone
    if by_hand:
        return lambda progress: read_by_hand(path, zone, now, progress)
    known = archive.import_answers.of if archive else lambda _: {}
    look, answers = inspect_again(path, typed, known, zone, now)
    while look.question and not show:
        answers = with_answers(answers, {look.question.key: _ask(path, look.question)})
        look = inspect(path, answers, zone, now)
    if archive and look.header:
        archive.import_answers.save(look.header, answers, now)
    if look.read_at:
        day = f"{look.read_at.astimezone(zone):%-d %B %Y, %H:%M}"
        click.echo(f"{path.name}: its numbers are dated {day}, when the file was last changed.", err=True)
    if look.unused:
        keys = ", ".join(key for key, _ in look.choices)
        things = {key for key, words in look.choices if words in dict(look.columns).values()}
        apart = "" if things & {"id", "url"} else (
            " Say id, url and handle before the first import: said later, they make other posts of the same."
        )  # fmt: skip
        click.echo(
            f"{path.name}: columns that are not used: {listed(look.unused, 6)}. --answer KEY=COLUMN uses one,"
            f" where KEY is one of {keys}.{apart}",
            err=True,
        )
    if show:
        _show(path, look)
    return lambda progress: read_file(path, answers, zone, progress)


def _ask(path: Path, question: FileQuestion) -> str:
    """Return what a person says; ends with how to say it (exit 2) where nobody can be asked."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"{path.name}: {_with_options(question)}")
    click.echo(f"{path.name}: {question.words}", err=True)
    for number, (_, words) in enumerate(question.options, 1):
        click.echo(f"  {number}. {words}", err=True)
    chosen = click.prompt("Type its number", type=click.IntRange(1, len(question.options)), err=True)
    return question.options[chosen - 1][0]


def _with_options(question: FileQuestion) -> str:
    options = ((shlex.quote(f"{question.key}={value}"), words) for value, words in question.options)
    return "\n  --answer ".join([f"{question.words} Answer with one of:", *map("  ".join, options)])


def _show(path: Path, look: Inspection) -> None:
    click.echo(f"{path.name}: {look.kind}.")
    for column, thing in look.columns:
        click.echo(f"  {column}: {thing or 'not used'}")
    for item in look.sample:
        if isinstance(item, Post):
            who, words = item.author.handle or item.author.name or "no author given", item.text.split()
            click.echo(f"{stamp(item.created_at)} {item.platform}, {who}: {' '.join(words)[:70]}")
        else:
            click.echo(f"not a post: {item.reason}")
    if look.question:
        click.echo(_with_options(look.question))


@contextmanager
def _progress(files: Sequence[Path]) -> Iterator[Callable[..., object]]:
    """Show how far the files are read: what is yielded gets the bytes of each read, and the counts so far."""
    size = sum(path.stat().st_size for path in files)

    def words(counts: ImportCounts | None) -> str | None:
        if counts is None:  # at first, when there is no bar yet either
            return None
        known = "" if counts.known is None else f", {counts.known:,} of them already here"
        return f"{bar.format_eta()} left, " * bar.eta_known + f"{counts.read:,} read{known}"

    def update(number: int, counts: ImportCounts | None = None) -> None:
        if number < 0:  # a table is read from its start again, once its letters are known
            bar.pos, bar.finished = bar.pos + number, False
        bar.update(max(number, 0), counts)

    with click.progressbar(
        length=size, label="Reading", file=sys.stderr, width=0, show_eta=False, update_min_steps=1 << 18,
        item_show_func=words, hidden=size < LONG or not sys.stderr.isatty(),
    ) as bar:  # fmt: skip
        yield update


def _sentence(counts: ImportCounts, matching: bool) -> str:
    why = " because they match no track" if matching and not counts.left_out else ""
    other = f", {counts.other} left out{why}" if matching or counts.other else ""
    rest = f"{other}, {counts.rejected} could not be read."
    if counts.new is None:
        return f"{counts.read} read{rest} Nothing was changed."
    return f"{counts.read} read: {counts.new} new, {counts.known} already here{rest}"
