"""Where is this post? For a post that somebody saw and the monitor does not show."""

from datetime import date

from flask import Blueprint, abort, render_template, request

from dashboard.services import Services
from monitor.missing import Question

LONGEST = 2_000  # characters of the address, and
_WORDS = 10_000  # of what the post says


def pages(services: Services) -> Blueprint:
    """Return the page at '/missing'."""
    page = Blueprint("missing", __name__)

    @page.get("/missing")
    def show() -> str:
        asked = _asked()
        answer = services.missing(asked) if asked.address else None
        report = services.report(services.asked())
        return render_template("missing.html", r=report, asked=asked, answer=answer, longest=LONGEST)

    return page


def _asked() -> Question:
    said = {name: request.args.get(name, "").strip() for name in ("address", "words", "day")}
    try:
        day = date.fromisoformat(said["day"]) if said["day"] else None
    except ValueError:
        abort(400, "The day is not one of the calendar. Write it as 2026-11-21, or leave it empty.")
    return Question(address=said["address"][:LONGEST], words=said["words"][:_WORDS], day=day)
