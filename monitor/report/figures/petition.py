"""How many people have signed online."""

from monitor.report.outcomes.measure import outcome_measure

MEASURE = outcome_measure(
    "petition", 110,
    what="Signatures on the campaign's petitions, in all, as their sites last said.",
    formula="The total that each petition's site gives, as last read; or that a person typed from its page."
    " It may fall: sites take off signatures that they find invalid.",
    limits="Somebody who signed two petitions counts twice. It does not say what made anybody sign, and is"
    " never divided by posts.",
)  # fmt: skip
