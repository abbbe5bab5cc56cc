"""Commands that read and write files of posts."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TextIO

import click

from monitor.archive import Archive, ArchiveReader
from monitor.archive.posts.ingest import REJECTED_OF_A_POLL
from monitor.archive.values import IMPORT
from monitor.campaign import Campaign, Track, track_of
from monitor.cli import Paths
from monitor.cli.report import OUT, hand_over
from monitor.cli.wiring import analyzer_of, campaign_of, titles_of
from monitor.collect.file_import import read_by_hand, read_file
from monitor.collect.source_status import states
from monitor.collect.validation import storable
from monitor.core.clock import utcnow
from monitor.core.errors import ConfigError, MonitorError
from monitor.core.model import Page, Post, Rejected
from monitor.core.text import belongs
from monitor.report import Window
from monitor.report.build import build, with_details
from monitor.report.wording import quantity

BATCH, BATCH_BYTES = 500, 1_000_000  # posts that are stored together, and what was read of the file for them
LONG = 5_000_000  # bytes of files from which on a person is shown how far it is
_Save = Callable[[Path, Track, Sequence[Post], Sequence[Rejected]], int]
_Progress = Callable[[int], object]  # gets the bytes of each read
_Reader = Callable[[Path, _Progress], Iterator[Post | Rejected]]

TOLD = 5  # items that could not be read, told one by one


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--track", "track_name", help="The track that the posts belong to.  [default: the first]")
@click.option("--matching", is_flag=True, help="Only posts that match a track, each into that track.")
@click.option("--by-hand", is_flag=True, help="FILES are tables in the form of the by-hand template.")
@click.option("--dry-run", is_flag=True, help="Read and count; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="End by printing the counts as JSON.")
@click.pass_obj
def import_(
    paths: Paths,
    files: tuple[Path, ...],
    track_name: str | None,
    matching: bool,
    by_hand: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put posts from FILES into the archive: twarc, Mastodon and Bluesky JSON, or plain CSV."""
    campaign = campaign_of(paths)
    tracks = campaign.tracks if matching else (track_of(campaign, track_name),)
    reader = _by_hand(campaign) if by_hand else read_file
    counts = dict.fromkeys(("read", "rejected", "other", "new"), 0)
    with ExitStack() as stack:
        save = None
        if not dry_run:
            archive = stack.enter_context(Archive.open(paths.archive, campaign.zone))
            save = _saver(archive, campaign)
        for path, batch in _batches(files, reader):
            batch_counts, rejected = _take(batch, path, tracks, matching, save)
            _tell(path, rejected, already=counts["rejected"])
            for name, number in batch_counts.items():
                counts[name] += number
    summary = _summary(counts, dry_run)
    click.echo(json.dumps(summary) if as_json else _sentence(summary, matching))


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["ndjson", "csv", "xlsx"]), default="csv", show_default=True
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only posts from this day on (UTC).")
@OUT
@click.pass_obj
def export(paths: Paths, form: str, since: object, out: Path | None) -> None:
    """Write all posts to standard output, or into a file. Those marked "not ours" are left out."""
    from monitor.export.csv import MARK, write_csv
    from monitor.export.ndjson import write_ndjson

    campaign = campaign_of(paths)
    start = since.replace(tzinfo=UTC) if isinstance(since, datetime) else None
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
    if out is None:
        return nullcontext(sys.stdout)
    try:
        return out.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise ConfigError(f"{out} cannot be written: {error.strerror}. Name another with --out.") from error


def _workbook(archive: ArchiveReader, campaign: Campaign, start: datetime | None) -> tuple[bytes, int]:
    from monitor.export.xlsx import write_xlsx

    now, out = utcnow(), BytesIO()
    today = now.astimezone(campaign.zone).date()
    first = start.date() if start else archive.posts.first_day() or today
    window = Window(first=min(first, today), last=today)
    sources = states(archive, campaign, titles_of(campaign), now)
    report = with_details(archive, campaign, build(archive, campaign, window, now=now, sources=sources))
    number = write_xlsx(report, archive.posts.every(start), out)
    return out.getvalue(), number


def _saver(archive: Archive, campaign: Campaign) -> _Save:
    by, began = analyzer_of(campaign), utcnow()

    def save(path: Path, track: Track, posts: Sequence[Post], rejected: Sequence[Rejected]) -> int:
        now = utcnow()
        # Under a name of its own: an import must not make a platform look freshly polled.
        return archive.ingest.save(
            campaign.gazetteer.with_places(
                Page(stream=f"{IMPORT}:{path.name}", posts=tuple(posts), rejected=tuple(rejected))
            ),
            source=IMPORT,
            track=track.name,
            scores=[by.score(post.text, post.lang) for post in posts],
            analyzer=by.name,
            started_at=began,
            now=now,
        )

    return save


def _take(
    batch: Sequence[Post | Rejected], path: Path, tracks: Sequence[Track], matching: bool, save: _Save | None
) -> tuple[dict[str, int], list[Rejected]]:
    """Save a batch, each post in its tracks; return the counts, a post once, and what was no post."""
    checked = [storable(item, utcnow()) if isinstance(item, Post) else item for item in batch]
    posts = [item for item in checked if isinstance(item, Post)]
    rejected = [item for item in checked if isinstance(item, Rejected)]
    homes = [[t for t in tracks if not matching or belongs(t.query, post)] for post in posts]
    counts = {"read": len(batch), "rejected": len(rejected), "other": homes.count([]), "new": 0}
    unsaved = rejected
    for track in tracks if save else ():
        fits = [post for post, home in zip(posts, homes, strict=True) if track in home]
        if save and (fits or unsaved):
            counts["new"] += save(path, track, fits, unsaved)
            unsaved = []
    return counts, rejected


def _tell(path: Path, rejected: Sequence[Rejected], *, already: int) -> None:
    """Say of the first few items why they could not be read, and that there are more."""
    for item in rejected[: max(0, TOLD - already)]:
        click.echo(f"{path.name}, {item.reason}", err=True)
    if already <= TOLD < already + len(rejected):
        click.echo(
            f"More could not be read; the archive keeps the first {REJECTED_OF_A_POLL} with their reasons,"
            " in the table 'rejected'.",
            err=True,
        )


def _by_hand(campaign: Campaign) -> _Reader:
    return lambda path, progress: read_by_hand(path, campaign.zone, utcnow(), progress)


def _batches(files: Sequence[Path], reader: _Reader) -> Iterator[tuple[Path, list[Post | Rejected]]]:
    size = sum(path.stat().st_size for path in files)
    with click.progressbar(
        length=size,
        label="Reading",
        file=sys.stderr,
        update_min_steps=1 << 18,
        hidden=size < LONG or not sys.stderr.isatty(),
    ) as bar:
        for path in files:
            begun = bar.pos
            batch: list[Post | Rejected] = []
            try:
                for item in reader(path, bar.update):
                    batch.append(item)
                    if len(batch) == BATCH or bar.pos - begun > BATCH_BYTES:
                        yield path, batch
                        batch = []
                        begun = bar.pos
            except MonitorError:  # the file breaks off there
                yield path, batch
                raise
            if batch:
                yield path, batch


def _summary(counts: Mapping[str, int], dry_run: bool) -> dict[str, int | None]:
    """Return the counts as shown; a dry run looks into no archive, so what is new there is not known."""
    new = None if dry_run else counts["new"]
    duplicates = None if new is None else counts["read"] - counts["rejected"] - counts["other"] - new
    return {
        "read": counts["read"],
        "new": new,
        "known": duplicates,
        "other": counts["other"],
        "rejected": counts["rejected"],
    }


def _sentence(summary: Mapping[str, int | None], matching: bool) -> str:
    other = f", {summary['other']} left out because they match no track" if matching else ""
    rest = f"{other}, {summary['rejected']} could not be read."
    if summary["new"] is None:
        return f"{summary['read']} read{rest} Nothing was changed."
    return f"{summary['read']} read: {summary['new']} new, {summary['known']} known already{rest}"
