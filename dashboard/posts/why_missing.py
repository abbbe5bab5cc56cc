"""Where is this post? For a post that somebody saw and the monitor does not show."""

from datetime import date

from flask import Blueprint, abort, render_template, request

from dashboard.services import services
from monitor.why_missing import Question

LONGEST = 2_000  # characters of the address, and
_WORDS = 10_000  # of what the post says

page = Blueprint("missing", __name__)


@page.get("/missing")
def show() -> str:
    question = _question()
    answer = services().missing(question) if question.address else None
    services().choice()
    return render_template("missing.html", question=question, answer=answer, longest=LONGEST)


def _question() -> Question:
    fields = {name: request.args.get(name, "").strip() for name in ("address", "words", "day")}
    try:
        day = date.fromisoformat(fields["day"]) if fields["day"] else None
    except ValueError:
        abort(400, "That is not a date in the calendar. Write it as 2026-11-21, or leave it empty.")
    return Question(address=fields["address"][:LONGEST], words=fields["words"][:_WORDS], day=day)
