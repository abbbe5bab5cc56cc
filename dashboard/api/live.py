"""The line of data health, which is asked for once a minute: how fresh the numbers are, and what is new."""

from datetime import datetime

from flask import Blueprint, abort, render_template, request

from dashboard.filters import number
from dashboard.services import services
from monitor.archive.posts import MOST_NEW
from monitor.report import Report, wording

page = Blueprint("live", __name__)


@page.get("/live")
def show() -> str:
    choice, after = services().choice(), number(request.args.get("after", ""))
    if after is None:
        abort(400)
    with services().read() as archive:
        scope = archive.stats.scope(choice.track.name, choice.window.first, choice.window.last)
        new = archive.posts.stored_after(after, scope)
    return render_template(
        "_live.html",
        **context(services().report(choice), services().now())
        | {"after": after, "new": new, "is_more": new == MOST_NEW},
    )


def context(report: Report, now: datetime) -> dict[str, object]:
    """Return what the line's template needs, for a page that is made now."""
    times = [source.last_success for source in report.sources if source.last_success]
    return {
        "updated": wording.ago(max(times), now) if times else None,
        "is_on": [s for s in report.sources if s.on], "working": sum(map(wording.working, report.sources)),
        "after": services().last_post(), "new": 0,
    }  # fmt: skip
