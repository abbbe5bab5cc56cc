"""Privacy: the public notice with a form for requests; the register and the papers, for admins."""

from datetime import date, timedelta
from io import BytesIO

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from dashboard.access.guard import accounts, campaign, note, now, who
from dashboard.access.sign_in import try_again
from dashboard.filters import day_of, number
from dashboard.services import services
from monitor.accounts.privacy_requests import LONGEST, MOST, REQUESTS
from monitor.core.errors import AccessError, FilterError
from monitor.export.docx import write_paper
from monitor.mail.weekly.writing import announcement
from monitor.privacy import PAPERS, html, paper

_YEAR = timedelta(days=365)
TRIES = {"address": 5, "all": 100}  # without a pause, of one address and of all together, in a day
DONE = {
    "add": "Entered in the register.", "confirm": "Saved: receipt confirmed.",
    "close": "Saved: answered.", "remove": "Removed.", "gone": "It had already been dealt with.",
}  # fmt: skip
_FORM = {"kinds": REQUESTS, "longest": LONGEST}

page = Blueprint("privacy", __name__, url_prefix="/privacy")


@page.get("")
def show() -> str:
    return _notice(number=number(request.args.get("number", "")))


@page.post("")
def ask() -> ResponseReturnValue:
    keys = {f"request {request.remote_addr}": TRIES["address"], "request": TRIES["all"]}
    if until := accounts().claim(keys, now()):
        return _notice(wrong=try_again(until)), 429
    try:
        contact = request.form.get("contact", "")[:200]
        entry = _enter(contact, by="the form", received=services().today)
    except AccessError as error:
        return _notice(wrong=str(error)), 422
    if mail := current_app.extensions.get("mail_services"):
        weekly, until = mail.weekly, now() + timedelta(days=3)
        weekly.store.enqueue(weekly.key, announcement(weekly), until=until, now=now())
        mail.hurry()
    return redirect(url_for("privacy.show", number=entry), 303)


@page.get("/requests")
def register() -> str:
    return _register(done=DONE.get(request.args.get("done", "")))


@page.post("/requests")
def work() -> ResponseReturnValue:
    act, entry = request.form.get("act", ""), number(request.form.get("request", "")) or 0
    try:
        if act == "add":
            _enter("", by=who().name, received=day_of(request.form.get("received"), services().today))
        elif not accounts().handle(entry, act, today=services().today, by=who().name, now=now()):
            act = "gone"
    except (AccessError, FilterError) as error:
        return _register(wrong=str(error)), 422
    return redirect(url_for("privacy.register", done=act), 303)


@page.get("/papers/<name>.docx")
def document(name: str) -> Response:
    if name not in PAPERS:
        abort(404)
    file, mail = BytesIO(), current_app.extensions.get("mail_services")
    write_paper(paper(name, campaign(), mail.out if mail else ""), PAPERS[name], now(), file)
    file.seek(0)
    note(f"privacy: exported the {PAPERS[name]}")
    return send_file(file, download_name=f"{name}.docx", as_attachment=True)


def _enter(contact: str, *, by: str, received: date) -> int:
    """Return the number of the request that the form describes; raises AccessError."""
    if not timedelta() <= services().today - received <= _YEAR:
        raise AccessError("Choose the day on which it came: today, or a day of the last year.")
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    text += f"\n\nAnswer to: {contact}" if contact and text else ""
    return accounts().ask(request.form.get("kind", ""), text, received=received, by=by, now=now())


def _notice(**context: object) -> str:
    return render_template(
        "privacy/notice.html", notice=html(paper("notice", campaign())), **_FORM, **context
    )


def _register(**context: object) -> str:
    today, start = services().today, number(request.args.get("after", "")) or 0
    some = accounts().requests(start)
    after = start + MOST if len(some) == MOST else None
    return render_template(
        "privacy/register.html", requests=some, after=after, today=today, papers=PAPERS, **_FORM, **context
    )
