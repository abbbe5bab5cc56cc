"""How each number is counted, and what it cannot say."""

from flask import Blueprint, render_template

from dashboard.services import services
from monitor.report.figures import definitions

page = Blueprint("methods", __name__)


@page.get("/methods")
def show() -> str:
    report = services().report(services().choice())
    return render_template("methods.html", r=report, definitions=definitions(report))
