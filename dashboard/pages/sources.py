"""The sources: what each platform last said, and what a person should do about it."""

from collections.abc import Callable

from flask import Blueprint, render_template

from dashboard.pages import words
from monitor.clock import Clock
from monitor.report import Report


def pages(reports: Callable[[int], Report], now: Clock) -> Blueprint:
    """Return the page at '/sources'."""
    page = Blueprint("sources", __name__)

    @page.get("/sources")
    def show() -> str:
        report = reports(7)
        on = [source for source in report.sources if source.on]
        working = sum(words.working(source) for source in on)
        return render_template("sources.html", r=report, now=now(), page="sources", is_on=on, working=working)

    return page
