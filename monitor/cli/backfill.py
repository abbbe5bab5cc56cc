"""The command that reads an older time from a platform that keeps it."""

import sys
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import click

from monitor.archive import Archive
from monitor.cli import DAY, Paths
from monitor.cli.wiring import campaign_of, collector_of
from monitor.collect.backfill import Backfill
from monitor.core.clock import utcnow
from monitor.core.errors import RateLimited, SourceError
from monitor.core.model import Page
from monitor.platform_info import about
from monitor.report.wording import quantity
from monitor.sources.contract import Estimate
from monitor.worker import work_lock


@click.command()
@click.option("--source", "name", required=True, help="The platform to collect from: mastodon, x ...")
@click.option("--since", "first", type=DAY, required=True, metavar="YYYY-MM-DD", help="The first day.")
@click.option("--until", "last", type=DAY, metavar="YYYY-MM-DD", help="The last day. Default: until now.")
@click.option("--yes", is_flag=True, help="Start without asking, whatever the cost.")
@click.pass_obj
def backfill(paths: Paths, name: str, first: datetime, last: datetime | None, yes: bool) -> None:
    """Collect older posts. If stopped midway, it continues from there when run again."""
    campaign = campaign_of(paths)
    now = utcnow()
    since = datetime.combine(first.date(), time(), campaign.zone)
    end = datetime.combine(last.date() + timedelta(days=1), time(), campaign.zone) if last else now
    until = min(end, now)
    if since >= until:
        raise click.UsageError("The first day must come before the last, and must not be in the future.")
    with work_lock(paths.archive, "backfill"), Archive.open(paths.archive, campaign.zone) as archive:
        collector = collector_of(campaign, archive)
        job = Backfill(collector=collector, name=name, since=since, until=until)
        job.check()
        if job.is_done:
            click.echo(f"{about(name).title} has already been read for these days, so nothing was requested.")
            return
        click.echo(_forecast(about(name).title, job.estimate()), err=True)
        if not yes and sys.stdin.isatty():
            click.confirm("Begin?", default=True, abort=True, err=True)
        _read(job, campaign.zone)


def _forecast(platform: str, estimate: Estimate) -> str:
    if estimate.posts is None:
        sentence = f"{platform} cannot say in advance how many posts it has for these days."
    else:
        requests = f", in {quantity(estimate.requests, 'request', 'requests')}" if estimate.requests else ""
        posts = quantity(estimate.posts, "post", "posts")
        sentence = f"{platform} has about {posts} for these days{requests}."
    if estimate.dollars is None:
        return f"{sentence} The cost is not known."
    return f"{sentence} It costs {f'${estimate.dollars:.2f} at most' if estimate.dollars else 'nothing'}."


def _read(job: Backfill, zone: ZoneInfo) -> None:
    posts = new = 0
    sentences: list[str] = []
    with click.progressbar(
        job.run(), label="Collecting older posts", file=sys.stderr, item_show_func=_position, show_eta=False
    ) as bar:
        try:
            for page, number in bar:
                posts, new = posts + len(page.posts), new + number
                sentences += [page.detail] if page.detail else []
        except RateLimited as error:
            at = f" after {error.retry_at.astimezone(zone):%H:%M}" if error.retry_at else " in an hour"
            sentences.append(f"{error} Run the same command again{at} to continue from here.")
        except SourceError as error:
            sentences.append(f"{error} Run the same command again to continue from here.")
    click.echo(f"{quantity(posts, 'post', 'posts')} seen, {new} of them new.")
    for sentence in dict.fromkeys(sentences):
        click.echo(sentence, err=True)
    if not job.is_done:
        raise click.exceptions.Exit(75)


def _position(step: tuple[Page, int] | None) -> str:
    oldest = min((post.created_at for post in step[0].posts), default=None) if step else None
    return f"back to {oldest:%-d %B %Y}" if oldest else ""
