"""Settings: what is watched, where, how often, and who may do what. Changed in the campaign file."""

from flask import Blueprint, render_template

from dashboard.services import Services


def pages(services: Services) -> Blueprint:
    """Return the page at '/settings'."""
    page = Blueprint("settings", __name__)

    @page.get("/settings")
    def show() -> str:
        report = services.report(services.choice())
        return render_template("settings.html", r=report, sources=report.sources)

    return page
