"""What is said of outcomes, on every face in the same words. Never what caused what. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.report import Report, Usual
from monitor.report.baseline import usual
from monitor.report.outcomes import Outcome
from monitor.report.window import WEEK
from monitor.report.wording import NOT_KNOWN, ago, day_name

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
_NEAR = timedelta(days=1)  # to a week ago


class Rung(NamedTuple):
    """One counter on a line: "Signed online: 12,004, read 12 minutes ago, 610 more than a week ago"."""

    id: int
    title: str
    number: str
    note: str

    @property
    def line(self) -> str:
        """Return the whole of it."""
        return f"{self.title}: {', '.join(filter(None, (self.number, self.note)))}"


def rungs(report: Report) -> tuple[Rung, ...]:
    """Return each outcome of a report, in the order in which people come to them."""
    return tuple(rung(one, report) for one in report.outcomes)


def outcome_lines(report: Report, most: int | None = None) -> list[str]:
    """Return each outcome as a line; of a short list, visits are the first to be left out."""
    acts = [one for one in report.outcomes if one.kind != "visits" or most is None]
    return [rung(one, report).line for one in acts[:most]]


def rung(outcome: Outcome, report: Report) -> Rung:
    """Return an outcome on a line."""
    number = NOT_KNOWN if outcome.total is None else f"{outcome.total:,}"
    return Rung(outcome.id, title(outcome, report), number, note(outcome, report.made_at))


def title(outcome: Outcome, report: Report) -> str:
    """Return what was counted, and by which counter if there are several of its kind."""
    return TITLES[outcome.kind] + ("" if _is_alone(outcome, report) else f" ({outcome.title})")


def milestone(outcome: Outcome, name: str, report: Report) -> str:
    """Return what a petition did for once, as a sentence without its full stop; empty if we have no words."""
    return (
        f"{'The' if _is_alone(outcome, report) else 'A'} petition {MILESTONES[name]}"
        if name in MILESTONES
        else ""
    )


def note(outcome: Outcome, now: datetime) -> str:
    """Return when a counter was read, and how much more it says than a week ago."""
    if outcome.total is None:
        return "nothing counted yet"
    verb = "entered" if outcome.is_entered else "read"
    read = f"{verb} {ago(outcome.as_of, now)}" if outcome.as_of else ""
    return ", ".join(filter(None, (read, _more(outcome, now))))


def facts(outcome: Outcome, report: Report) -> Iterator[str]:
    """Yield what is to be known of a counter beside its numbers, as sentences."""
    total, placed = outcome.total, outcome.placed
    if total is not None and placed is not None and placed > total:
        yield f"{placed:,} placed in the UK, {total:,} in all: counted at different times."
    elif total is not None and placed is not None:
        yield f"{placed:,} of {total:,} placed in the UK."
    for name, at in outcome.milestones.items():
        if sentence := milestone(outcome, name, report):
            day = at and at.astimezone(report.made_at.tzinfo).date()
            yield (
                f"{sentence} ({day_name(day)} {day.year})."
                if day
                else f"Its site takes this back: {sentence}."
            )


def _is_alone(outcome: Outcome, report: Report) -> bool:
    return sum(one.kind == outcome.kind for one in report.outcomes) == 1


def usual_week(outcome: Outcome) -> Usual | None:
    """Return what a week usually brings; None if too few weeks are known."""
    return usual(outcome.weeks)


def _more(outcome: Outcome, now: datetime) -> str:
    if outcome.total is None or outcome.before is None:
        return ""
    since = outcome.since or now - WEEK
    is_week = abs(now - WEEK - since) <= _NEAR
    time = "a week ago" if is_week else f"on {day_name(since.astimezone(now.tzinfo).date())}"
    more = outcome.total - outcome.before
    if not more:
        return f"as many as {time}"
    return f"{abs(more):,} {'more' if more > 0 else 'fewer'} than {time}"
