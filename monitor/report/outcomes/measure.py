"""What the numbers of outcomes have in common, as measures of a report. Pure."""

from monitor.report import Figure, Report
from monitor.report.measure import LISTS, Definition, Face, Measure
from monitor.report.outcomes.sentences import TITLES, rungs
from monitor.report.wording import NOT_KNOWN

_LINES = "Outcomes have lines of their own there, one a counter."
_SQL = """SELECT sum(ifnull(
  (SELECT total FROM readings WHERE counter = c.id AND total IS NOT NULL ORDER BY at DESC LIMIT 1),
  (SELECT sum(count) FROM tallies WHERE counter = c.id AND taken_back_at IS NULL)))
FROM counters c WHERE c.kind = '{}';"""


def outcome_measure(kind: str, order: int, *, what: str, formula: str, limits: str, sql: str = "") -> Measure:
    """Return the measure of a kind of outcome: what its counters say in all, whatever the window."""

    def figure(report: Report) -> Figure:
        totals = [one.total for one in report.outcomes if one.kind == kind]
        known = [total for total in totals if total is not None]
        value = sum(known) if known else None
        return Figure(definition=kind, value=value, known=len(known), of=len(totals))

    def words(report: Report) -> str:
        lines = [rung for one, rung in zip(report.outcomes, rungs(report), strict=True) if one.kind == kind]
        return "; ".join(f"{one.number}, {one.note}" for one in lines) or NOT_KNOWN

    return Measure(
        key=kind, order=order, sql=sql or _SQL.format(kind), unit=("counter", "counters"), outcome=kind,
        definition=Definition(title=TITLES[kind], version=1, what=what, formula=formula, limits=limits),
        figure_of=figure, words_of=words,
        absent=dict.fromkeys({*Face} - LISTS | {Face.JSON}, _LINES),
    )  # fmt: skip
