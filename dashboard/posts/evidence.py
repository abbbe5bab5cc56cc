"""A post as evidence, for editors; and which posts are held for that, for admins."""

import io
from datetime import UTC, date, datetime, time

from flask import Blueprint, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue

from dashboard.access.guard import note, who
from dashboard.posts import detail, origin_words
from dashboard.services import services
from monitor import __version__
from monitor.archive.values import Hold
from monitor.export.evidence import LONGEST, evidence
from monitor.report.wording import day_name

_MOST = 500  # characters of a reason

page = Blueprint("evidence", __name__)


@page.post("/posts/<row:post_id>/evidence")
def make(post_id: int) -> ResponseReturnValue:
    """Hold a post, and return the file of it."""
    now, hold = services().now(), _hold(post_id)
    if hold is None:
        return detail(post_id, "Give a reason, and a day within the next six months."), 422
    with services().write() as archive:
        author = archive.posts.author_of(post_id)
        row = next(iter(archive.posts.by_ids([post_id])), None) if author else None
        if row is None or row.text is None:
            abort(404, "This post is not in the archive, or was removed from it. Go back to the posts.")
        first = min((old.made_at for old in archive.holds.all(now) if old.post == post_id), default=now)
        day = first.astimezone(services().campaign.zone).date()
        if hold.until.date() > day + LONGEST:  # else it could be kept for ever, six months at a time
            why = f"It has been kept since {day_name(day)}, and six months from then at most."
            return detail(post_id, why), 422
        archive.holds.save(hold)
        origin, readings = archive.posts.origin(post_id), archive.posts.numbers_of(post_id)
    words = origin_words(origin) if origin else "It is not known what brought it, or when."
    file = evidence(row, readings, hold, origin=words, program=f"Campaign Monitor {__version__}")
    note(f"person {author}: made evidence of post {post_id}, held until {hold.until.date()}")
    name = f"evidence-{post_id}-{now:%Y%m%d-%H%M%S}.zip"
    return send_file(io.BytesIO(file), mimetype="application/zip", as_attachment=True, download_name=name)


@page.get("/evidence")
def show() -> str:
    with services().read() as archive:
        holds = archive.holds.all(services().now())
    return render_template("evidence.html", holds=holds)


def _hold(post: int) -> Hold | None:
    """Return the hold that the form asks for; None if it makes no sense."""
    reason, today = " ".join(request.form.get("reason", "").split())[:_MOST], services().today
    try:
        day = date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        return None
    if not reason or not today < day <= today + LONGEST:
        return None
    until = datetime.combine(day, time(), UTC)
    return Hold(post=post, reason=reason, by=who().name, made_at=services().now(), until=until)
