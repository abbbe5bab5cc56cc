"""The scenarios, a module a kind of wrong statement or two."""

from bench.truth.scenarios import (
    alerts,
    changes,
    copies,
    days,
    engagement,
    gaps,
    hours,
    imports,
    places,
    reach,
    score,
    sources,
    tone,
    usual,
)

SCENARIOS = (
    *sources.SCENARIOS, *changes.SCENARIOS, *copies.SCENARIOS, *gaps.SCENARIOS, *imports.SCENARIOS,
    *usual.SCENARIOS, *tone.SCENARIOS, *days.SCENARIOS, *alerts.SCENARIOS, *engagement.SCENARIOS,
    *hours.SCENARIOS, *reach.SCENARIOS, *score.SCENARIOS, *places.SCENARIOS,
)  # fmt: skip
