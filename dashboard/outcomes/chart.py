"""The chart of a counter: what each day added, and what there was in all, beside the campaign's events."""

from collections.abc import Sequence
from dataclasses import replace

from dashboard.pages.charts import ChartLine, ChartView
from monitor.charts.activity import Activity, ChartKind
from monitor.charts.bar_chart import Caption, bar_chart
from monitor.charts.event_markers import marks_of
from monitor.charts.series import Series
from monitor.report import Day, Outcome, Report
from monitor.report.baseline import usual_days
from monitor.report.by_week import MOST_DAYS, weekly
from monitor.report.outcomes.sentences import ADDED, title, usual_week
from monitor.report.story.finding import range_of, usually
from monitor.report.window import week_of
from monitor.report.wording import blank, day_name, quantity, so_far, window_words

_NAME = "outcome-"


def chart_by_name(name: str, report: Report) -> ChartView | None:
    """Return the chart of an outcome of a report by its name; None if it is none's."""
    return next((outcome_chart(one, report) for one in report.outcomes if name == f"{_NAME}{one.id}"), None)


def outcome_chart(outcome: Outcome, report: Report) -> ChartView:
    """Return the chart of an outcome, in the columns that the posts of these days have."""
    name, what, news = f"{_NAME}{outcome.id}", title(outcome, report), _finding(outcome)
    chart = _activity(outcome, report)
    none = "none entered" if outcome.is_entered else "not read"
    lines = (
        ChartLine(f"{'Week from ' * (chart.per == 'week')}{day_name(day.day)}{so_far(day)}", (
            blank(day, none) if more is None else f"{more:,}",
            "" if total is None else f"{total:,}",
            range_of(chart.usual[column]) if column in chart.usual else "",
        ))
        for column, (day, more, total) in enumerate(
            zip(chart.columns, chart.series[0].counts, chart.running, strict=True)
        )
    )  # fmt: skip
    sub = f"{what}: added each {chart.per}, and in all"
    return ChartView(
        id=name, title=news, sub=f"{sub}, {window_words(report.window)}", chart=chart, marks=chart.marks,
        svg=bar_chart(Caption(name, news, f"{sub}. The table below has each {chart.per}."), chart),
        legend=tuple(chart.legend().items()), head=(chart.per.capitalize(), "Added", "In all", "Usual"),
        lines=tuple(lines),
    )  # fmt: skip


def _activity(outcome: Outcome, report: Report) -> Activity:
    days = [
        Day(day=day.day, posts={} if more is None else {"": more}, passed=day.passed,
            unknown=float(more is None and day.passed > 0))
        for day, more in zip(report.days, outcome.days, strict=True)
    ]  # fmt: skip
    columns: Sequence[Day] = days
    totals, per = outcome.totals[1:], "day"
    if len(days) > MOST_DAYS:
        pairs = zip(days, totals, strict=True)
        last = {week_of(day.day).first: total for day, total in pairs if total is not None}
        columns, per = weekly(days), "week"
        totals = tuple(last.get(week_of(column.day).first) for column in columns)
    usual = dict(enumerate(usual_days(outcome.weeks))) if per == "day" else {}
    return Activity(
        kind=ChartKind.OUTCOME, columns=columns, per=per, what=title(outcome, report), running=totals,
        series=(Series("Added", "posts", tuple(day.total for day in columns)),),
        usual={column: one for column, one in usual.items() if columns[column].posts},
        marks=marks_of(replace(report, steps=(), redefined=()), columns),
    )  # fmt: skip


def _finding(outcome: Outcome) -> str:
    (single, what), added, usual = ADDED[outcome.kind], outcome.added, usual_week(outcome)
    if added is None:
        return (
            f"No {what} entered for these days"
            if outcome.is_entered
            else f"{what.capitalize()} of these days are not known"
        )
    if added < 0:
        return f"{-added:,} fewer {what} at the end of these days than before them"
    return f"{quantity(added, single, what)} in these days{f' ({usually(usual)})' if usual else ''}"
