"""Commands that collect and score."""

import codecs
import json
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import BinaryIO

import click

from monitor.archive import Archive
from monitor.campaign import Campaign
from monitor.cli import AGAIN, Paths, on_stop
from monitor.cli.wiring import accounts_of, analyzer_of, archive_of, campaign_of, collector_of
from monitor.collect import Collector, PollResult
from monitor.collect.backfill import read_histories
from monitor.collect.recall import check_recall
from monitor.collect.refresh import reread
from monitor.collect.source_status import states
from monitor.collect.tone_scoring import adjusted, learn_from_labels
from monitor.collect.tone_scoring import rescore as rescore_all
from monitor.core.clock import utcnow
from monitor.core.errors import ConfigError, MissingModelError, MonitorError
from monitor.core.model import CLEAR_TONES, Sentiment, Tone
from monitor.outcomes import services_of, visit
from monitor.platform_info import about
from monitor.report import wording
from monitor.report.wording import quantity
from monitor.themes.week_reading import suggest
from monitor.tone import ABSENT, Analyzer
from monitor.tone.cleaning import MOST_CHARACTERS
from monitor.worker import work_lock

_MOST_BYTES = 4 * MOST_CHARACTERS  # of a line: UTF-8 has four for a character at most


def talk() -> None:
    """Send log lines to standard error; libraries that log secrets are kept quiet."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for library in ("tweepy", "urllib3", "prawcore", "praw", "requests_oauthlib", "websockets"):
        logging.getLogger(library).setLevel(logging.WARNING)


@click.command()
@click.pass_obj
def worker(paths: Paths) -> None:
    """Collect in the background until stopped. Stop it with Ctrl-C."""
    from monitor.cli.wiring.live_settings import settings_files
    from monitor.cli.wiring.worker import running_worker

    talk()
    files = settings_files(paths, accounts_of(paths))
    files.settings()
    with work_lock(paths.archive):
        wait_for_signal = _signals()
        with running_worker(paths, files.settings):
            wait_for_signal()


def _signals() -> Callable[[], object]:
    """Catch SIGTERM and Ctrl-C from now on; return what waits for one.

    A wait for an Event would miss a signal that comes at the very moment when it begins.
    """
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    signal.set_wakeup_fd(sender.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sender)  # which lives as long as its handler
    return lambda: receiver.recv(1)


@click.command()
@click.option("--source", "only", multiple=True, help="Check this source only; can be repeated.")
@click.pass_obj
def collect(paths: Paths, only: tuple[str, ...]) -> None:
    """Check each source once, now, and show what came in."""
    talk()
    logging.getLogger("monitor").setLevel(logging.ERROR)
    campaign = campaign_of(paths)
    sources = list(only) or [*campaign.sources_on]
    for name in sources:
        if name not in campaign.sources:
            raise ConfigError(
                f"There is no source {name!r} in the campaign file. It has: {', '.join(campaign.sources)}."
            )
    # Beside a worker, a page could be paid for twice and a cursor be set back.
    with work_lock(paths.archive), Archive.open(paths.archive, campaign.zone) as archive:
        collector = collector_of(campaign, archive)
        with click.progressbar(sources, label="Collecting", file=sys.stderr) as bar:
            results = [_poll(collector, name) for name in bar]
        services = [] if only else services_of(campaign)
        ends = [
            (service.title, visit(service, campaign, archive, collector.env, utcnow)) for service in services
        ]
        archive.checksums.seal()
        suggest(archive, campaign, utcnow())
    for result in results:
        _say(result)
    for title, page in ends:
        click.echo(f"{title}: {page.detail or 'read'}")
    if any(result.problems for result in results) or any(page.detail for _, page in ends):
        raise click.exceptions.Exit(1)


@click.command()
@click.pass_obj
def recall(paths: Paths) -> None:
    """Search for last week's posts another way, where not yet done, and show what share is here."""
    campaign = campaign_of(paths)
    with archive_of(paths, campaign) as archive:
        collector = collector_of(campaign, archive)
        for name in () if archive.demo else campaign.sources_on:
            check_recall(collector, name, pause=timedelta())
        sources = states(archive, campaign, utcnow())
    for source in (source for source in sources if source.on):
        why_not = f"not known. Second search: {' '.join(about(source.name).second)}"
        click.echo(f"{source.title}: {wording.recall(source) or why_not}")


@click.command()
@click.option("--processes", type=click.IntRange(1, 64), default=None,
              help="How many processes to use. Default: one per processor.")  # fmt: skip
@click.pass_obj
def rescore(paths: Paths, processes: int | None) -> None:
    """Score the posts that the current analyzer has not scored. Can be stopped and run again."""
    campaign = campaign_of(paths)
    analyzer = _analyzer(campaign)
    with on_stop(lambda: AGAIN), archive_of(paths, campaign) as archive:
        learn_from_labels(archive, analyzer)
        analyzer = adjusted(analyzer, archive)
        number = archive.tone_scores.unscored_number(analyzer.name)
        with click.progressbar(length=number, label="Scoring", file=sys.stderr) as bar:
            result = rescore_all(archive, analyzer, utcnow, processes=processes or 0, progress=bar.update)
    says = f"{quantity(result.scored, 'post', 'posts')} scored"
    if not result.scored:
        says = "Nothing was scored: every post in English already has a score"
    if result.not_english:
        says += f"; {quantity(result.not_english, 'post is', 'posts are')} in other languages"
    click.echo(f"{says}.", err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def score(paths: Paths, as_json: bool) -> None:
    """Score each line of standard input: its tone and, after a tab, its confidence (0 to 1)."""
    analyzer, say = _analyzer(campaign_of(paths)), _as_json if as_json else _as_words
    for line in _lines(sys.stdin.buffer):
        click.echo(say(analyzer.score(line) if line.strip() else None))


def _analyzer(campaign: Campaign) -> Analyzer:
    """Return the analyzer that the campaign file names; raises MissingModelError if it is not installed."""
    if not (analyzer := analyzer_of(campaign)).name:
        raise MissingModelError(ABSENT)
    return analyzer


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Yield the lines of a stream, of long ones the beginning; raises MonitorError if one is no text."""
    number, decoder = 0, codecs.getincrementaldecoder("utf-8-sig")()
    while line := stream.readline(_MOST_BYTES):
        number, end = number + 1, line
        while len(end) == _MOST_BYTES and not end.endswith(b"\n"):
            end = stream.readline(_MOST_BYTES)
        try:
            yield decoder.decode(line, final=end is line)  # what is cut may end within a character
        except UnicodeDecodeError as error:
            raise MonitorError(
                f"Line {number:,} is not UTF-8, so scoring stopped there. Save the text as UTF-8 and try"
                " again."
            ) from error
        decoder = codecs.getincrementaldecoder("utf-8")()


def _as_words(sentiment: Sentiment | None) -> str:
    if sentiment is None:  # without words, or in another language
        return f"{Tone.UNCLEAR}\t"
    return f"{sentiment.tone}\t{max(sentiment.positive, sentiment.neutral, sentiment.negative):.3f}"


def _as_json(sentiment: Sentiment | None) -> str:
    shares = asdict(sentiment) if sentiment else {}
    numbers = {tone: round(shares[tone], 4) if shares else None for tone in CLEAR_TONES}
    return json.dumps({"tone": sentiment.tone if sentiment else Tone.UNCLEAR, **numbers})


@click.command()
@click.pass_obj
def replay(paths: Paths) -> None:
    """Retry items that could not be read, for example after an update. Can be stopped and run again."""
    # Its readers of files are nothing for the worker, whose command is in this module, too.
    from monitor.collect.replay import replay as read_rejected

    campaign = campaign_of(paths)
    with Archive.open(paths.archive, campaign.zone) as archive:
        collector = collector_of(campaign, archive)
        result = read_rejected(collector)
    items, posts = quantity(result.read, "item", "items"), quantity(result.new, "new post", "new posts")
    click.echo(f"{items} read: {posts}. {result.unread} still cannot be read.")


def _poll(collector: Collector, name: str) -> PollResult:
    result = collector.poll(name)
    if result.may_reread:
        reread(collector, name)
        read_histories(collector, name)
    return result


def _say(result: PollResult) -> None:
    posts = quantity(result.posts, "post", "posts")
    click.echo(f"{result.source}: {posts} seen, {result.new} new, {result.rejected} could not be read")
    for problem in dict.fromkeys(result.problems):
        click.echo(f"  {problem}")
