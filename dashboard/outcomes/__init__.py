"""What people did beside posting."""

from flask import Blueprint

from dashboard.outcomes.tallies import outcomes_page

page = Blueprint("outcomes", __name__)


@page.get("/outcomes")
def show() -> str:
    return outcomes_page()
