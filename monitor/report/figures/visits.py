"""How often the campaign's links were followed."""

from monitor.report.outcomes.measure import outcome_measure

MEASURE = outcome_measure(
    "visits", 100,
    what="Visits by the campaign's own links, in all, as its site counts them.",
    formula="The visits of each day and link in what the site's statistics gave, added up.",
    limits="Each service counts a visit in its own way; many visitors are not counted at all. Where people"
    " came from is known only of links with a code.",
)  # fmt: skip
