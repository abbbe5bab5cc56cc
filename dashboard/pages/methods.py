"""How each number is counted, and what it cannot say."""

from collections.abc import Callable

from flask import Blueprint, render_template

from monitor.report import Report
from monitor.report.definitions import DEFINITIONS


def pages(reports: Callable[[int], Report]) -> Blueprint:
    """Return the page at '/methods'."""
    page = Blueprint("methods", __name__)

    @page.get("/methods")
    def show() -> str:
        return render_template("methods.html", r=reports(7), page="methods", definitions=DEFINITIONS)

    return page
