"""Commands that read and write files of posts."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click

from monitor.archive import Archive
from monitor.campaign import Campaign, Track
from monitor.cli import Places
from monitor.cli.collecting import campaign_of
from monitor.clock import utcnow
from monitor.errors import ConfigError
from monitor.model import Page, Post, Rejected
from monitor.text import belongs
from monitor.tone import Analyzer, TextBlobAnalyzer

BATCH = 500


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--track", "track_name", help="The track that the posts belong to.  [default: the first]")
@click.option("--matching", is_flag=True, help="Only posts that match a track, each into that track.")
@click.option("--dry-run", is_flag=True, help="Read and count; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="End by printing the counts as JSON.")
@click.pass_obj
def import_(
    places: Places,
    files: tuple[Path, ...],
    track_name: str | None,
    matching: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put posts from FILES into the archive: twarc, Mastodon and Bluesky JSON, or plain CSV."""
    from monitor.collect.files import read_file

    campaign = campaign_of(places)
    track = _track(campaign, track_name)
    counts = {"read": 0, "new": 0, "known": 0, "rejected": 0}
    analyzer = TextBlobAnalyzer()
    with Archive.open(places.archive, campaign.zone) as archive:
        for path in files:
            for batch in _batches(read_file(path)):
                posts = [item for item in batch if isinstance(item, Post)]
                rejected = tuple(item for item in batch if isinstance(item, Rejected))
                counts["read"] += len(batch)
                counts["rejected"] += len(rejected)
                for into in campaign.tracks if matching else (track,):
                    fits = [post for post in posts if not matching or belongs(into.query, post)]
                    if not dry_run:
                        counts["new"] += _store(archive, path, into, fits, rejected, analyzer)
                        rejected = ()
    counts["known"] = counts["read"] - counts["rejected"] - counts["new"]
    click.echo(json.dumps(counts) if as_json else _sentence(counts, dry_run))


@click.command()
@click.option("--format", "form", type=click.Choice(["ndjson", "csv"]), default="csv", show_default=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only posts from this day on (UTC).")
@click.pass_obj
def export(places: Places, form: str, since: object) -> None:
    """Write all posts to standard output."""
    from monitor.takeaway.csv import write_csv
    from monitor.takeaway.ndjson import write_ndjson

    campaign = campaign_of(places)
    start = since.replace(tzinfo=UTC) if isinstance(since, datetime) else None
    with Archive.read(places.archive, campaign.zone) as archive:
        if form == "csv":
            sys.stdout.write("\ufeff")  # without it, Excel takes the text for another alphabet
            number = write_csv(archive.every_post(start), sys.stdout)
        else:
            number = write_ndjson(archive.every_post(start), sys.stdout)
    click.echo(f"{number} posts written.", err=True)


def _store(
    archive: Archive,
    path: Path,
    track: Track,
    posts: list[Post],
    rejected: tuple[Rejected, ...],
    by: Analyzer,
) -> int:
    now = utcnow()
    # Under a name of its own: an import must not make a platform look freshly polled.
    return archive.save(
        Page(stream=f"import:{path.name}", posts=tuple(posts), rejected=rejected),
        source="import",
        track=track.name,
        scores=[by.score(post.text) for post in posts],
        analyzer=by.name,
        started_at=now,
        now=now,
    )


def _batches(items: Iterable[Post | Rejected]) -> Iterator[list[Post | Rejected]]:
    items = iter(items)
    while batch := list(islice(items, BATCH)):
        yield batch


def _track(campaign: Campaign, name: str | None) -> Track:
    found = {track.name: track for track in campaign.tracks}
    if name is None:
        return campaign.tracks[0]
    if name not in found:
        raise ConfigError(f"There is no track {name!r}. The campaign file has: {', '.join(found)}.")
    return found[name]


def _sentence(counts: dict[str, int], dry_run: bool) -> str:
    if dry_run:
        good = counts["read"] - counts["rejected"]
        return f"{good} posts could be read, {counts['rejected']} could not. Nothing was changed."
    return (
        f"{counts['read']} read: {counts['new']} new, {counts['known']} known already,"
        f" {counts['rejected']} could not be read."
    )
