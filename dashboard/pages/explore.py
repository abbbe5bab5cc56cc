"""What one looks into at leisure: hours of the week, tone by week, hashtags, links, tracks compared."""

from datetime import date
from functools import partial

from flask import Blueprint, render_template

from dashboard.pages import charts
from dashboard.services import services
from monitor.report.figures.stance import finding

page = Blueprint("explore", __name__)


@page.get("/explore")
def show() -> str:
    choice = services().choice()
    report = services().report(choice)

    def posts(first: date, last: date, stance: str | None = None) -> str:
        return choice.address("/posts", period=None, since=first, until=last, stance=stance)

    return render_template(
        "explore.html", r=report,
        charts=[charts.hours(report), charts.tone(choice, report, posts)],
        stance=charts.stance(report, partial(posts, stance="support")) if finding(report) else None,
    )  # fmt: skip
