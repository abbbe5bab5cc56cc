"""The Outcomes page."""

from flask import render_template

from dashboard.services import services


def rendered(**more: object) -> str:
    """Return the page."""
    return render_template("outcomes.html", r=services().report(services().choice()), **more)
