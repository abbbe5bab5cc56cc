"""Reading a week's sample: one post after the other, without its writer and without what the program says."""

from datetime import date, datetime
from random import SystemRandom

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from dashboard.access import note, who
from dashboard.filters import Choice, number
from dashboard.services import services
from dashboard.tone.accuracy import YEAR
from monitor.archive import Archive, ArchiveReader
from monitor.archive.posts.annotations import Stance
from monitor.archive.values import Audit, Mark
from monitor.core.model import Tone
from monitor.platform_info import forbidding
from monitor.report.tone_estimate import SAMPLE, of_audit
from monitor.report.window import last_week

NOT_OURS = "not ours"


page = Blueprint("tone_audit", __name__)


@page.post("/tone/draw")
def draw() -> Response:
    choice, monday = services().choice(), last_week(services().today)
    with services().write() as archive:
        if not archive.tone_audits.draw(
            choice.track.name, monday, SAMPLE, chance=SystemRandom(), now=services().now()
        ):
            return redirect(choice.address("/tone", did="nothing"), 303)
    note(f"tone: started reading the week of {monday}")
    return redirect(choice.address("/tone/read", week=monday), 303)


@page.get("/tone/read")
def read() -> str | Response:
    choice = services().choice()
    with services().read() as archive:
        audit = _audit(archive, choice, services().today)
        unread = audit.unread if audit else ()
        post = archive.posts.by_ids([unread[0].post])[0] if unread else None
    if audit is None:
        return redirect(choice.address("/tone"), 303)
    return render_template(
        "tone/audit_review.html", audit=audit, p=post, net=of_audit(audit),
        place=len(audit.readable) - len(unread), total=len(audit.readable), tones=list(Tone),
        stances=[] if post is None or post.platform in forbidding("stance") else _stances(),
        last=number(request.args.get("last", "")), was_read="was_read" in request.args,
    )  # fmt: skip


@page.post("/tone/read")
def answer() -> Response:
    choice, post = services().choice(), number(request.form.get("post", ""))
    tone, stance = request.form.get("tone", ""), request.form.get("stance", "")
    if post is None or tone not in ("", NOT_OURS, *Tone) or stance not in ("", *_stances()):
        abort(400, "Choose one of the answers below the post.")
    with services().read() as archive:
        audit = _audit(archive, choice, services().today)
    if audit is None:
        return redirect(choice.address("/tone"), 303)
    if not tone:
        return _take_back(audit, post, choice)
    if post not in {one.post for one in audit.unread}:  # by somebody else, or by a key pressed twice
        return redirect(choice.address("/tone/read", week=audit.monday, was_read=1), 303)
    with services().write() as archive:
        _keep(archive, post, tone, stance, services().now())
    return redirect(choice.address("/tone/read", week=audit.monday, last=post), 303)


def _stances() -> list[Stance]:
    """Return what may be said for or against; nothing until the office has filled in its papers."""
    return [] if services().campaign.privacy.why_off else list(Stance)


def _take_back(audit: Audit, post: int, choice: Choice) -> Response:
    """Take back what was said of a post of the sample: it is read again."""
    by, now = who().name, services().now()
    with services().write() as archive:
        for sampled in (one for one in audit.sample if one.post == post):
            for field in ("tone", "stance"):
                archive.annotations.label([post], field, None, by=by, now=now)
            if sampled.is_gone:
                archive.marks.set([post], None, by=by, now=now)
    return redirect(choice.address("/tone/read", week=audit.monday), 303)


def _keep(archive: Archive, post: int, tone: str, stance: str, now: datetime) -> None:
    by = who().name
    if tone == NOT_OURS:
        archive.marks.set([post], Mark.NOT_OURS, by=by, now=now)
        return
    archive.annotations.label([post], "tone", tone, by=by, now=now)
    if stance:
        archive.annotations.label([post], "stance", stance, by=by, now=now)


def _audit(archive: ArchiveReader, choice: Choice, today: date) -> Audit | None:
    """Return the sample of the week that the address names, or of the last one; None if none was drawn."""
    monday = _monday(request.args.get("week", ""), today)
    return next(archive.tone_audits.samples(choice.track.name, monday, monday), None)


def _monday(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return last_week(today)
    return day if today - YEAR <= day <= today else last_week(today)
