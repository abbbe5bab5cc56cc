"""What is said of outcomes, on every face in the same words. Never what caused what. Pure."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from monitor.report import Report
from monitor.report.outcomes import OutcomeCount
from monitor.report.wording import NOT_KNOWN, ago, day_name, moment

TITLES = {
    "visits": "Visited by link", "petition": "Signed online", "paper": "Signed on paper",
    "survey": "Answered the survey", "parliament": "Said in Parliament",
}  # fmt: skip
MILESTONES = {  # of a petition, by their names in the archive
    "response_threshold_reached": "has enough signatures for a government response",
    "government_response": "has a response from the government",
    "debate_threshold_reached": "has enough signatures to be considered for a debate",
    "debate_scheduled": "has a day for its debate",
    "debated": "was debated in Parliament",
    "rejected": "was rejected by its site",
    "closed": "is closed for signatures",
    "archived": "was moved to the archive of its Parliament",
    "removed": "was removed by its site",
}
ADDED = {  # what is counted, of one and of several
    "visits": ("visit by link", "visits by link"),
    "petition": ("signature online", "signatures online"),
    "paper": ("signature on paper", "signatures on paper"),
    "survey": ("answer to the survey", "answers to the survey"),
    "parliament": ("mention in Parliament", "mentions in Parliament"),
}


class Rung(NamedTuple):
    """One counter on a line: "Signed online: 12,004, read 12 minutes ago, 610 more than a week ago"."""

    id: int
    title: str
    number: str
    note: str


def rungs(report: Report) -> tuple[Rung, ...]:
    """Return each outcome of a report, in the order in which people come to them."""
    return tuple(rung(one, report) for one in report.outcomes)


def outcome_words(report: Report, kind: str) -> str:
    """Return what the counters of a kind say, and which of several says it; empty if there are none."""
    return "; ".join(
        ("" if _is_alone(outcome, report) else f"{outcome.title}: ") + _later(outcome, report)
        for outcome in report.outcomes
        if outcome.kind == kind
    )


def outcome_lines(report: Report, most: int | None = None) -> list[str]:
    """Return each outcome as a line; of a short list, visits are the first to be left out."""
    counters = [one for one in report.outcomes if one.kind != "visits" or most is None]
    return [f"{title(one, report)}: {_later(one, report)}" for one in counters[:most]]


def _later(outcome: OutcomeCount, report: Report) -> str:
    """Return a number for what is read later, as mails and files are: with its time, not how long ago."""
    words = note(outcome, report.made_at, is_live=False)
    return f"{_number(outcome)}, {words}" if words else _number(outcome)


def _number(outcome: OutcomeCount) -> str:
    return NOT_KNOWN if outcome.total is None else f"{outcome.total:,}"


def rung(outcome: OutcomeCount, report: Report) -> Rung:
    """Return an outcome on a line."""
    return Rung(outcome.id, title(outcome, report), _number(outcome), note(outcome, report.made_at))


def title(outcome: OutcomeCount, report: Report) -> str:
    """Return what was counted, and by which counter if there are several of its kind."""
    return TITLES[outcome.kind] + ("" if _is_alone(outcome, report) else f" ({outcome.title})")


def milestone(outcome: OutcomeCount, name: str, report: Report) -> str:
    """Return what a petition did for once, as a sentence without its full stop; empty if we have no words."""
    article = "The" if _is_alone(outcome, report) else "A"
    return f"{article} petition {MILESTONES[name]}" if name in MILESTONES else ""


def note(outcome: OutcomeCount, now: datetime, *, is_live: bool = True) -> str:
    """Return how a petition has ended, when a counter was read, and how much more it says than a week ago."""
    if outcome.total is None:
        return "nothing counted yet"
    end = MILESTONES.get(outcome.state, "").partition(" ")[2]  # "closed for signatures"
    read, verb = "", "entered" if outcome.is_entered else "read"
    if at := outcome.as_of:
        read = f"{verb} {ago(at, now)}" if is_live else f"as of {moment(at.astimezone(now.tzinfo), now)}"
    more = _more(outcome, outcome.total, now.date()) if outcome.state != "removed" else ""
    return ", ".join(filter(None, (end, read, more)))


def facts(outcome: OutcomeCount, report: Report) -> Iterator[str]:
    """Yield what is to be known of a counter beside its numbers, as sentences."""
    if outcome.total is not None and outcome.placed is not None:
        parts, whole = f"{outcome.placed:,}", f"{outcome.total:,}"
        apart = f"{parts} placed in the UK, {whole} in all: counted at different times."
        yield apart if outcome.placed > outcome.total else f"{parts} of {whole} placed in the UK."
    if not outcome.milestones.get(outcome.state) and (words := milestone(outcome, outcome.state, report)):
        yield f"{words}."  # on which day it does not say
    for name, at in outcome.milestones.items():
        if sentence := milestone(outcome, name, report):
            day = at and at.astimezone(report.made_at.tzinfo).date()
            since = f"{sentence} ({day_name(day)} {day.year})." if day else ""
            yield since or f"Its site takes this back: {sentence}."


def _is_alone(outcome: OutcomeCount, report: Report) -> bool:
    return sum(one.kind == outcome.kind for one in report.outcomes) == 1


def _more(outcome: OutcomeCount, total: int, today: date) -> str:
    if outcome.before is None or outcome.since is None:
        return ""
    days, more = (today - outcome.since).days, total - outcome.before
    time = "a week ago" if days in (7, 8) else f"on {day_name(outcome.since)}"
    return f"{abs(more):,} {'more' if more > 0 else 'fewer'} than {time}" if more else f"as many as {time}"
