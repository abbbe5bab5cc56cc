"""The sources: what each platform last said, and what a person should do about it."""

from flask import Blueprint, render_template

from dashboard.services import Office
from monitor.report import wording


def pages(office: Office) -> Blueprint:
    """Return the page at '/sources'."""
    page = Blueprint("sources", __name__)

    @page.get("/sources")
    def show() -> str:
        report = office.report(office.asked())
        on = [source for source in report.sources if source.on]
        working = sum(wording.working(source) for source in on)
        told = [(source, list(office.facts(source.name))) for source in report.sources]
        return render_template(
            "sources.html", r=report, now=office.now(), is_on=on, working=working, told=told
        )

    return page
