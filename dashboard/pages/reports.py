"""Reports: what can be taken away or shared of the days that are chosen."""

from flask import Blueprint, render_template

from dashboard.services import services
from monitor.report.story import headline

page = Blueprint("reports", __name__)


@page.get("/reports")
def show() -> str:
    report = services().report(services().choice())
    return render_template("reports.html", r=report, answer=headline(report).answer)
