"""The sources: what each platform last said, and what a person should do about it."""

from flask import Blueprint, render_template

from dashboard.services import services
from monitor.report import wording

page = Blueprint("sources", __name__)


@page.get("/sources")
def show() -> str:
    report = services().report(services().choice())
    on = [source for source in report.sources if source.on]
    off = [source.title for source in report.sources if not source.on and not source.needs_person]
    working = sum(wording.working(source) for source in on)
    source_facts = [(source, list(services().facts(source.name))) for source in report.sources]
    return render_template(
        "sources.html", r=report, is_on=on, off=off, working=working, source_facts=source_facts,
        outcomes=services().outcomes(), tone=services().tone(),
    )  # fmt: skip
