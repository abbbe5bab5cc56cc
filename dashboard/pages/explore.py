"""What one looks into at leisure: hours of the week, tone by day, hashtags, links, tracks compared."""

from datetime import date

from flask import Blueprint, render_template

from dashboard.pages import charts
from dashboard.services import services
from monitor.report import wording

page = Blueprint("explore", __name__)


@page.get("/explore")
def show() -> str:
    choice = services().choice()
    report = services().report(choice)

    def posts(first: date, last: date) -> str:
        return choice.address("/posts", period=None, since=first, until=last)

    return render_template(
        "explore.html", r=report, titles=wording.titles(report), span=wording.window_words(report.window),
        charts=[charts.hours(report), charts.tone(report, posts)],
    )  # fmt: skip
