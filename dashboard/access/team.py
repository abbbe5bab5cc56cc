"""Who has access: for admins."""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.access.guard import accounts, campaign, now, who
from monitor.accounts import ROLES, Person, role_of
from monitor.core.errors import AccessError

DONE = {
    "role": "The role has been changed. The person must sign in again to use it.",
    "disable": "The account is switched off, and the person is signed out.",
    "enable": "The account is switched on again.",
    "sign-out": "The person is signed out everywhere.",
    "phone-off": "Codes from a phone are switched off for this person.",
}


MOST = 200  # lines of the trail on its page

page = Blueprint("team", __name__, url_prefix="/team")


@page.get("")
def show() -> str:
    return _page(done=DONE.get(request.args.get("done", "")))


@page.post("")
def add() -> ResponseReturnValue:
    name, role = request.form.get("name", ""), request.form.get("role", "")
    try:
        person = accounts().add(name, role_of(role), by=who().name, now=now())
    except AccessError as error:
        return _page(name=name, role=role, wrong=str(error)), 422
    return _invitation(person)


@page.post("/change")
def change() -> ResponseReturnValue:
    what = request.form.get("what", "")
    try:
        person = accounts().person(request.form.get("name", ""))
        if what == "link":
            return _invitation(person)
        _act(person, what)
    except AccessError as error:
        return _page(wrong=str(error)), 422
    return redirect(url_for("team.show", done=what), 303)


@page.get("/trail")
def trail() -> str:
    name = request.args.get("who", "")
    try:
        day = date.fromisoformat(request.args.get("day", ""))
        since = datetime.combine(day, time(), campaign().zone)
        lines = accounts().trail(MOST, who=name, since=since, until=since + timedelta(days=1))
    except (ValueError, OverflowError):
        day, lines = None, accounts().trail(MOST, who=name)
    names = accounts().trail_names()
    return render_template(
        "access/trail.html", lines=lines, names=names, name=name, day=day, most=MOST,
        faults=accounts().trail_faults((), now()),
    )  # fmt: skip


def _act(person: Person, what: str) -> None:
    by, at = who().name, now()
    acts = {
        "disable": accounts().disable, "enable": accounts().enable, "sign-out": accounts().end_all,
        "phone-off": accounts().switch_off,
    }  # fmt: skip
    if what == "role":
        accounts().set_role(person, role_of(request.form.get("role", "")), by=by, now=at)
    elif what in acts:
        acts[what](person, by=by, now=at)
    else:
        raise AccessError("That button no longer exists. Reload the page and try again.")


def _invitation(person: Person) -> str:
    token = accounts().invite(person, by=who().name, now=now())
    link = url_for("sign_in.invited", token=token, _external=True)
    return _page(link=link, invited=person)


def _page(**context: object) -> str:
    return render_template("access/team.html", people=accounts().people(), roles=ROLES, **context)
