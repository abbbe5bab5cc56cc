"""What people did beside posting, in all: a number for each kind of counter, whatever the window."""

from monitor.report import Figure, Report
from monitor.report.measure import LISTS, Definition, Face, Measure
from monitor.report.outcomes.sentences import TITLES, outcome_words
from monitor.report.wording import NOT_KNOWN

_LINES = "Outcomes have lines of their own there, one a counter."
_SQL = """SELECT sum(ifnull(
  (SELECT total FROM readings WHERE counter = c.id AND total IS NOT NULL ORDER BY at DESC LIMIT 1),
  (SELECT sum(count) FROM tallies WHERE counter = c.id AND taken_back_at IS NULL)))
FROM counters c WHERE c.kind = '{}';"""
_KINDS = {  # what it is, how it is counted, and what it cannot say
    "visits": (
        "All visits by the campaign's own links, as its site counts them.",
        "The visits of each day and link in what the site's statistics gave, added up.",
        "Each service counts a visit in its own way; many visitors are not counted at all. Where people came"
        " from is known only of links with a code.",
    ),
    "petition": (
        "All signatures on the campaign's petitions, as their sites last gave them.",
        "The total that each petition's site gives, as last read; or that a person typed from its page. It"
        " may fall: sites take off signatures that they find invalid.",
        "Somebody who signed two petitions counts twice. It does not say what made anybody sign.",
    ),
    "paper": (
        "All signatures on paper sheets, as the office counted them.",
        "The counts of all sheets that were entered and not undone, added up.",
        "Sheets that nobody has entered yet are missing. Somebody may also have signed online.",
    ),
    "survey": (
        "All answers to the campaign's survey, up to the last file imported.",
        "The answers of each day in the files that were imported, added up. Only counts are kept.",
        "Answers after the last file are missing. One person may have answered twice.",
    ),
    "parliament": (
        "Speeches, written questions and early day motions in Parliament that use the campaign's words.",
        "Each counts once, as Hansard, the written questions and the motions give it, from a year before the"
        " first search onwards. A question and its answer are one.",
        "Mentions in other words are not found. Only the titles of motions are searched.",
    ),
}  # fmt: skip


def _figure(report: Report, kind: str) -> Figure:
    totals = [counter.total for counter in report.outcomes if counter.kind == kind]
    known = [total for total in totals if total is not None]
    return Figure(definition=kind, value=sum(known) if known else None, known=len(known), of=len(totals))


def _measure(order: int, kind: str) -> Measure:
    what, formula, limits = _KINDS[kind]
    return Measure(
        key=kind, order=order, outcome=kind, unit=("counter", "counters"),
        sql="SELECT count(*) FROM echoes;" if kind == "parliament" else _SQL.format(kind),
        definition=Definition(title=TITLES[kind], version=1, what=what, formula=formula, limits=limits),
        figure_of=lambda report: _figure(report, kind),
        words_of=lambda report: outcome_words(report, kind) or NOT_KNOWN,
        absent=dict.fromkeys({*Face} - LISTS | {Face.JSON}, _LINES),
    )  # fmt: skip


MEASURES = tuple(_measure(order, kind) for order, kind in enumerate(_KINDS, 100))
