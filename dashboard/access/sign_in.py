"""Signing in and out, and the one-time links by which people choose a password."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.access import cookie
from dashboard.access.guard import accounts, campaign, guard, now, refusal, who
from dashboard.access.user_agent import device
from monitor.accounts import DEVICE_LASTS, Person
from monitor.core.errors import AccessError, TooManyTriesError, WrongPasswordError

DONE = {"out": "You are signed out."}


page = Blueprint("sign_in", __name__)


@page.get("/login")
def show() -> ResponseReturnValue:
    if who().role:
        return redirect(own_path(request.args.get("next")), 303)
    return _form(name="", next=own_path(request.args.get("next")), nobody_yet=not accounts().anyone())


@page.post("/login")
def sign_in() -> ResponseReturnValue:
    name, onward = request.form.get("name", ""), own_path(request.form.get("next"))
    try:
        person = person_by_password(name, request.form.get("password", ""))
    except TooManyTriesError as error:
        return _form(name=name, next=onward, wrong=try_again(error.until)), 429
    except WrongPasswordError as error:
        return _form(name=name, next=onward, wrong=str(error)), 401
    if person.two_steps:
        onward = url_for("sign_in.ask_code", next=None if onward == "/" else onward)
    return start_session(person, onward, waits=person.two_steps)


@page.get("/login/code")
def ask_code() -> ResponseReturnValue:
    if _waiting() is None:
        return redirect(url_for("sign_in.show"), 303)
    return render_template("access/code.html", next=own_path(request.args.get("next")))


@page.post("/login/code")
def give_code() -> ResponseReturnValue:
    person, onward = _waiting(), own_path(request.form.get("next"))
    if person is None:
        return redirect(url_for("sign_in.show"), 303)
    passed = accounts().passes(person, request.form.get("code", ""), now())
    if passed is True:
        return start_session(person, onward)
    if isinstance(passed, datetime):
        return render_template("access/code.html", next=onward, wrong=try_again(passed)), 429
    wrong = "That code is not right. Wait for the next one and try again."
    return render_template("access/code.html", next=onward, wrong=wrong), 401


@page.post("/logout")
def sign_out() -> ResponseReturnValue:
    if token := cookie.token(request.environ):
        accounts().end(token)
    return cookie.clear(_to(url_for("sign_in.show", done="out")))


@page.get("/set-up")
def first() -> ResponseReturnValue:
    return render_template("access/first.html") if who().id is None else redirect("/", 303)


@page.get("/set-up/<token>")
def invited(token: str) -> ResponseReturnValue:
    good, person = accounts().invitation(token, now())
    return _choose(person) if good else _used_up()


@page.post("/set-up/<token>")
def accept(token: str) -> ResponseReturnValue:
    good, person = accounts().invitation(token, now())
    if not good:
        return _used_up()
    name = person.name if person else request.form.get("name", "")
    try:
        person = accounts().accept(token, name, request.form.get("password", ""), now=now())
    except AccessError as error:
        return _choose(person, name=name, wrong=str(error)), 422
    if person.two_steps:  # the link stands for the password, not for the phone
        return start_session(person, url_for("sign_in.ask_code"), waits=True)
    return start_session(person, "/")


def person_by_password(name: str, password: str) -> Person:
    """Return the person of a name and password; raises WrongPasswordError or TooManyTriesError."""
    device = cookie.token(request.environ, cookie.DEVICE)
    return accounts().enter(name, password, address=request.remote_addr or "", now=now(), device=device)


def start_session(person: Person, onward: str, *, waits: bool = False) -> Response:
    """Return the way onward with a new session; the one that this browser had ends."""
    if old := cookie.token(request.environ):
        accounts().end(old)
    token = accounts().begin(person, device(request.headers.get("User-Agent", "")), now(), waits=waits)
    response = cookie.set_token(_to(onward), token, accounts().longest)
    device_token = cookie.token(request.environ, cookie.DEVICE)
    if waits or (device_token and accounts().remembers(person.name, device_token)):
        return response
    return cookie.set_token(response, accounts().remember(person, now()), DEVICE_LASTS, cookie.DEVICE)


def own_path(path: str | None) -> str:
    """Return an address of this dashboard; '/' if the one that is asked for leads elsewhere."""
    if not path or not path.isprintable() or not path.startswith("/") or path[1:2] in ("/", "\\"):
        return "/"
    return path


def try_again(until: datetime) -> str:
    minutes = max(1, -((now() - until) // timedelta(minutes=1)))
    at = (until + timedelta(minutes=1)).astimezone(campaign().zone)
    wait = "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"Too many attempts, so please wait {wait}. Try again at {at:%H:%M}."


def _to(address: str) -> Response:
    return Response(status=303, headers={"Location": address})


def _waiting() -> Person | None:
    session = guard().caller(request.environ).session
    return session.person if session and session.waits else None


def _form(**context: object) -> str:
    return render_template("access/login.html", done=DONE.get(request.args.get("done", "")), **context)


def _choose(person: Person | None, **context: object) -> str:
    return render_template("access/set_up.html", person=person, first=person is None, **context)


def _used_up() -> Response:
    return refusal(
        "This link no longer works",
        "It has been used, or is more than a day old. Ask an admin of the dashboard for a new one.",
        410,
    )
