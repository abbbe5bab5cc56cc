"""The chart of a counter: what each day added, and what there was in all, beside the campaign's events."""

from bisect import bisect_right

from dashboard.pages.charts import ChartView, chart_view
from monitor.charts.activity import Activity, ChartKind
from monitor.charts.event_markers import marks
from monitor.charts.series import Series
from monitor.report import Day, OutcomeCount, Report
from monitor.report.baseline import usual, usual_days
from monitor.report.by_week import in_columns
from monitor.report.outcomes.sentences import ADDED, title
from monitor.report.wording import day_name, quantity, usually, window_words


def chart_by_name(name: str, report: Report) -> ChartView | None:
    return next((outcome_chart(one, report) for one in report.outcomes if name == f"outcome-{one.id}"), None)


def outcome_chart(outcome: OutcomeCount, report: Report) -> ChartView:
    """Return the chart of an outcome, in the columns that the posts of these days have."""
    chart = _activity(outcome, report)
    return chart_view(
        f"outcome-{outcome.id}", report, chart, lambda first, last: "", _finding(outcome, report)
    )


def _activity(outcome: OutcomeCount, report: Report) -> Activity:
    days = [
        Day(day=day.day, posts={} if more is None else {"": more}, passed=day.passed,
            unknown=float(more is None and day.passed > 0 and outcome.kind != "paper"))
        for day, more in zip(report.days, outcome.days, strict=True)
    ]  # fmt: skip
    columns, per = in_columns(days)
    starts, pairs = [column.day for column in columns], zip(days, outcome.totals, strict=True)
    last = {bisect_right(starts, day.day): total for day, total in pairs if total is not None}
    totals = tuple(last.get(column) for column in range(1, len(columns) + 1))
    ranges = enumerate(usual_days(outcome.weeks) if per == "day" else ())
    counts, none = tuple(day.total for day in columns), "none entered" if outcome.is_entered else "not read"
    return Activity(
        kind=ChartKind.OUTCOME, columns=columns, per=per, running=totals,
        what=f"{title(outcome, report)}: new each {per}, and the running total",
        series=(Series("New", "posts", counts, none),),
        usual={column: one for column, one in ranges if columns[column].posts},
        marks=marks(report.events, (), starts),
    )  # fmt: skip


def _finding(outcome: OutcomeCount, report: Report) -> str:
    """Return what was added, with the days of which that is known: a rung is of others."""
    what, added = ADDED[outcome.kind][1], outcome.added
    span = window_words(outcome.known or report.window)
    if added is None:
        if not outcome.is_entered:
            return f"{what[0].upper()}{what[1:]}: not known for {span}"
        latest = f" (the latest are of {day_name(outcome.last)})" if outcome.last else ""
        return f"No {what} entered for {span}{latest}"
    if outcome.removed and not added:
        return f"At least {quantity(outcome.removed, *ADDED[outcome.kind])} taken off again, {span}"
    words = f"{quantity(added, *ADDED[outcome.kind])}, {span}"
    if outcome.known == report.window and (ordinary := usual(outcome.weeks)):
        words += f" ({usually(ordinary)})"
    return f"At least {words}; at least {outcome.removed:,} taken off again" if outcome.removed else words
