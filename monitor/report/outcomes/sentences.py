"""What is said of outcomes, on every face in the same words. Never what caused what. Pure."""

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
MILESTONES = {  # of a petition, as their sites name them
    "response_threshold_reached": "has enough signatures for a government response",
    "government_response": "has a response from the government",
    "debate_threshold_reached": "has enough signatures to be considered for a debate",
    "scheduled_debate": "has a day for its debate",
    "debated": "was debated in Parliament",
    "closed": "is closed for signatures",
    "archived": "was moved to the archive of its Parliament",
    "removed": "was removed by its site",
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
    return tuple(_rung(one, report) for one in report.outcomes)


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
    if outcome.as_of is None:
        return "nothing counted yet"
    read = f"{'entered' if outcome.is_entered else 'read'} {ago(outcome.as_of, now)}"
    return ", ".join(filter(None, (read, _more(outcome, now))))


def _is_alone(outcome: Outcome, report: Report) -> bool:
    return sum(one.kind == outcome.kind for one in report.outcomes) == 1


def usual_week(outcome: Outcome) -> Usual | None:
    """Return what a week usually brings; None if too few weeks are known."""
    return usual(outcome.weeks)


def _rung(outcome: Outcome, report: Report) -> Rung:
    number = NOT_KNOWN if outcome.total is None else f"{outcome.total:,}"
    return Rung(outcome.id, title(outcome, report), number, note(outcome, report.made_at))


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
