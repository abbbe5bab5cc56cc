"""How often the campaign was mentioned in Parliament."""

from monitor.report.outcomes.measure import outcome_measure

MEASURE = outcome_measure(
    "parliament", 140,
    what="Speeches, written questions and early day motions in Parliament with the campaign's words, in all.",
    formula="Each once, as Hansard, the written questions and the motions gave them, of the last year at the"
    " first search and ever since. A question and its answer are one.",
    limits="What is meant, and said in other words, is not found. Only the titles of motions are searched.",
    sql="SELECT count(*) FROM echoes;",
)  # fmt: skip
