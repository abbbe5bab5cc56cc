"""The first run as a guide: five short steps. Each can be skipped, and is done once the settings say so."""

import tomllib
from datetime import date
from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.access.guard import accounts, guard, may
from dashboard.mail.services import mail_services
from dashboard.qr_code import qr_code
from dashboard.services import services
from dashboard.settings import answer, form_context
from dashboard.settings.sections import files
from monitor.campaign.first_steps import STEPS, questions
from monitor.campaign.settings_form import Section
from monitor.core.errors import AccessError
from monitor.mail.weekly.writing import enqueue_test
from monitor.platform_info import titles_without_key

# These lie with what else is put off: nobody is to be reminded of the guide, and somebody was led to it.
_STOPPED, _SEEN = "guide stopped", "guide seen"
_TESTED = (
    "The test mail is written, but nothing has been tried yet. In a minute, “Has it been sent?” says whether"
    " it was sent, or only saved in the folder of mails."
)

page = Blueprint("guide", __name__, url_prefix="/guide")


def attach(app: Flask) -> None:
    """Add the guide to a dashboard; what says who may open it is to be there already."""
    app.register_blueprint(page)
    app.before_request(_first_visit)
    app.jinja_env.globals["guide_progress"] = progress


def progress() -> tuple[int, int] | None:
    """Return how many steps are done, and of how many; None if nobody need be reminded of them."""
    is_real = services().files is not None and guard().has_accounts and not services().lake
    if not is_real or not may("admin") or _STOPPED in _put_off():
        return None
    number = len(_finished_steps())
    return (number, len(STEPS)) if number < len(STEPS) else None


@page.get("")
def show() -> ResponseReturnValue:
    step = min(STEPS, key=_finished_steps().__contains__)
    return redirect(url_for("guide.form", step=step), 303)


@page.get("/<step>")
def form(step: str) -> str:
    return _page(_section(step), success=_TESTED if "tested" in request.args else "")


@page.post("/<step>")
def save(step: str) -> ResponseReturnValue:
    act, section = request.form.get("act"), _section(step)
    if act == "stop":
        _put_off_for_good(_STOPPED)
        return redirect("/", 303)
    if act == "test":
        try:
            enqueue_test(mail_services().weekly, request.form.get("to", ""))
        except AccessError as error:
            return _page(section, wrong=str(error)), 422
        return redirect(url_for("guide.form", step=step, tested=""), 303)
    return answer(lambda: _section(step), page=_page, onward=_onward(step))


def _first_visit() -> ResponseReturnValue | None:
    """Lead whoever opens the first page in a browser to the guide, once, where nothing was decided yet.

    A program that asks for the page gets it: https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Mode
    """
    is_opened = request.endpoint == "overview.show" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    if not is_opened or not progress() or _SEEN in _put_off() or _finished_steps() & {"mail", "account"}:
        return None
    _put_off_for_good(_SEEN)
    return redirect(url_for("guide.form", step="words"), 303)


def _onward(step: str) -> str:
    rest = [*STEPS][[*STEPS].index(step) + 1 :]
    return url_for("guide.form", step=rest[0]) if rest else "/"


def _put_off() -> tuple[str, ...]:
    with services().read() as archive:
        return archive.annotations.put_off(services().today)


def _put_off_for_good(name: str) -> None:
    with services().write() as archive:
        archive.annotations.postpone(name, services().today, date.max)


def _finished_steps() -> set[str]:
    campaign = services().campaign
    states = {
        "words": True,  # no campaign file is without
        "sources": any(source.on for source in campaign.sources.values()),
        "mail": bool(campaign.digest.recipients or mail_services().weekly.readers()),
        "account": accounts().anyone(),
        "address": not campaign.digest.is_local,
    }
    return {step for step, is_finished in states.items() if is_finished}


def _section(step: str) -> Section:
    if step not in STEPS:
        abort(404)
    return questions(step, tomllib.loads(files().settings().text), titles_without_key())


def _page(section: Section, **context: Any) -> str:
    step, address = (request.view_args or {})["step"], services().campaign.digest.address
    own = {
        "step": step, "number": [*STEPS].index(step) + 1, "steps": STEPS, "picture": qr_code(address),
        "done_steps": _finished_steps(), "out": mail_services().out,
        "action": url_for("guide.save", step=step), "submit": "Save and continue",
        "onward": _onward(step),
    }  # fmt: skip
    return render_template("guide/step.html", **form_context(section) | own | context)
