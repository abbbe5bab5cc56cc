"""Reading a week's sample: one post after the other, without its writer and without what the program says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from random import SystemRandom

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from dashboard.access import note, who
from dashboard.choice import Choice
from dashboard.office import Office
from dashboard.tone.trust import YEAR, last_week
from monitor.archive import Archive
from monitor.archive.auditing import Audit
from monitor.archive.work import NO_STANCE, Stance
from monitor.model import Tone
from monitor.report.audit import SAMPLE, of_audit


def attach(page: Blueprint, office: Office) -> None:
    """Give a blueprint the page on which a sample is read, and where its forms go."""

    @page.post("/tone/draw")
    def draw() -> Response:
        choice, monday = office.asked(), last_week(office.today)
        with office.write() as archive:
            archive.draw(choice.track.name, monday, SAMPLE, chance=SystemRandom(), now=office.now())
        note(f"tone: began to read the week of {monday}")
        return redirect(choice.address("/tone/read", week=monday), 303)

    @page.get("/tone/read")
    def read() -> str:
        choice = office.asked()
        with _sampled(office, choice) as (archive, audit):
            left = audit.unread
            post = archive.posts([left[0].post])[0] if left else None
        return render_template(
            "tone/read.html", r=office.report(choice, whole=False), audit=audit, p=post, net=of_audit(audit),
            place=sum(one.said is not None for one in audit.sample), total=len(audit.sample) - _gone(audit),
            tones=list(Tone), stances=[] if post is None or post.platform in NO_STANCE else list(Stance),
            last=_number(request.args.get("last", "")),
        )  # fmt: skip

    @page.post("/tone/read")
    def said() -> Response:
        choice, post = office.asked(), _number(request.form.get("post", ""))
        tone, stance = request.form.get("tone", ""), request.form.get("stance", "")
        if post is None or tone not in list(Tone) or stance not in ("", *Stance):
            abort(400, "Choose one of the tones below the post.")
        with _sampled(office, choice) as (_, audit):
            if post not in {one.post for one in audit.sample}:
                abort(400, "This post is not in the week's sample. Go back to the page and read on.")
        with office.write() as archive:
            for field, value in (("tone", tone), ("stance", stance)):
                if value:
                    archive.label([post], field, value, by=who().name, now=office.now())
        return redirect(choice.address("/tone/read", week=audit.monday, last=post), 303)


@contextmanager
def _sampled(office: Office, choice: Choice) -> Iterator[tuple[Archive, Audit]]:
    """Lend the archive with the sample that the address names; ends the request with 404 if there is none."""
    with office.read() as archive:
        monday = _monday(request.args.get("week", ""), office.today)
        audit = next(archive.audits(choice.track.name, monday, monday), None)
        if audit is None:
            abort(404, "No posts of that week have been drawn to be read. Begin on the page about tone.")
        yield archive, audit


def _monday(asked: str, today: date) -> date:
    try:
        found = date.fromisoformat(asked)
    except ValueError:
        return last_week(today)
    return found if today - YEAR <= found <= today else last_week(today)


def _gone(audit: Audit) -> int:
    return sum(one.is_gone and one.said is None for one in audit.sample)


def _number(asked: str) -> int | None:
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
