"""How many people have signed on paper."""

from monitor.report.outcomes.measure import outcome_measure

MEASURE = outcome_measure(
    "paper", 120,
    what="Signatures on paper sheets, in all, as people of the office counted them.",
    formula="The counts of all sheets that were entered and not taken back, added up.",
    limits="Sheets that nobody has entered yet are missing. Somebody may have signed online, too.",
)  # fmt: skip
