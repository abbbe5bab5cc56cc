"""What is news of outcomes: a week out of the ordinary, a fall, and what a counter did for once. Pure."""

from collections.abc import Iterator
from statistics import median
from typing import Any
from urllib.parse import urlencode

from monitor.report import OutcomeCount, Report
from monitor.report.baseline import of_counts, usual
from monitor.report.outcomes.sentences import ADDED, milestone
from monitor.report.story.finding import STRICT, Finding, Kind, Standing, is_small
from monitor.report.wording import FEW, quantity, usually

_ONCE = 1.0  # the score of what happens once: as far outside the ordinary as a number twice as far from it


def outcomes(report: Report) -> Iterator[Finding]:
    for outcome in report.outcomes:
        yield from _once(outcome, report)
        # Visits come with posts, and each service counts them in its own way.
        is_whole = outcome.known == report.window and report.is_over
        if is_whole and outcome.added is not None and outcome.kind != "visits":
            yield from _week(outcome, outcome.added, report)


def _finding(outcome: OutcomeCount, report: Report, sentence: str, **values: Any) -> Finding:
    days = urlencode({"since": report.window.first, "until": report.window.last})
    return Finding(
        kind=Kind.OUTCOME, figure=outcome.kind, sentence=sentence, address=f"/outcomes?{days}",
        **{"value": outcome.added, **values},
    )  # fmt: skip


def _once(outcome: OutcomeCount, report: Report) -> Iterator[Finding]:
    """Yield what a counter did in these days that it does once; the latest of it first."""
    window, zone = report.window, report.made_at.tzinfo
    for name, at in outcome.milestones.items():
        sentence = milestone(outcome, name, report)
        if sentence and at and window.first <= at.astimezone(zone).date() <= window.last:
            yield _finding(outcome, report, sentence, score=_ONCE)
    if outcome.kind == "parliament" and outcome.added and outcome.added == outcome.total:
        words = "The campaign was mentioned in Parliament for the first time"
        yield _finding(outcome, report, words, score=_ONCE)


def _week(outcome: OutcomeCount, added: int, report: Report) -> Iterator[Finding]:
    what = ADDED[outcome.kind][1]
    if outcome.removed >= FEW:
        words = f"At least {outcome.removed:,} {what} were taken off again; there are {outcome.total:,} now"
        yield _finding(outcome, report, words, score=_ONCE, value=-outcome.removed)
    ordinary = usual(outcome.weeks)
    if ordinary is None:
        return
    weeks = [sum(week) for week in outcome.weeks]
    score = Standing(added, median(weeks), of_counts(outcome.weeks, STRICT)).score
    if score and (added > ordinary.high or not _is_closed(outcome, report)):
        way = "More" if added > ordinary.high else "Fewer"
        words = f"{way} {what} than usual: {added:,}"
        if is_small(added, ordinary.high):
            words = quantity(added, *ADDED[outcome.kind])
        yield _finding(outcome, report, f"{words} ({usually(ordinary)})", score=score, usual=ordinary)


def _is_closed(outcome: OutcomeCount, report: Report) -> bool:
    """Return whether a petition was closed by the end of these days: that few signed is no news then."""
    at = outcome.milestones.get("closed")
    day = at.astimezone(report.made_at.tzinfo).date() if at else report.window.last
    return outcome.state == "closed" and day <= report.window.last
