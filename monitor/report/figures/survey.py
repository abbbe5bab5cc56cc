"""How many people have answered the survey."""

from monitor.report.outcomes.measure import outcome_measure

MEASURE = outcome_measure(
    "survey", 130,
    what="Answers to the campaign's survey, in all, up to the last file of them.",
    formula="The answers of each day in the files that were brought in, added up. Only counts are kept.",
    limits="Answers after the last file are missing. One person may have answered twice.",
)  # fmt: skip
