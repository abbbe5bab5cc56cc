"""My account: the password, codes from a phone, where I am signed in, tokens for programs."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.access import cookie
from dashboard.access.guard import accounts, campaign, guard, now, refusal, who
from dashboard.access.sign_in import person_by_password, start_session, try_again
from dashboard.qr_code import qr_code
from monitor.core.errors import AccessError, TooManyTriesError, WrongPasswordError

DONE = {
    "password": "Your password has been changed. You are signed out everywhere else.",
    "phone": "Codes from your phone are switched off.",
    "token": "The token has been revoked. It no longer works.",
}


page = Blueprint("account", __name__, url_prefix="/account")


@page.get("")
def show() -> str:
    return _page(done=DONE.get(request.args.get("done", "")))


@page.post("/password")
def change_password() -> ResponseReturnValue:
    me, password = who(), request.form.get("new", "")
    if wrong := _is_not_me():
        return _page(wrong_password=wrong), 422
    try:
        accounts().set_password(me, password, by=me.name, now=now())
    except AccessError as error:
        return _page(wrong_password=str(error)), 422
    return start_session(me, url_for("account.show", done="password"))


@page.post("/sign-out-everywhere")
def sign_out_everywhere() -> Response:
    accounts().end_all(who(), by=who().name, now=now())
    return cookie.clear(Response(status=303, headers={"Location": url_for("sign_in.show", done="out")}))


@page.get("/phone")
def phone() -> ResponseReturnValue:
    return redirect(url_for("account.show"), 303) if who().two_steps else _phone()


@page.post("/phone")
def switch_on() -> ResponseReturnValue:
    if who().two_steps:
        return redirect(url_for("account.show"), 303)
    try:
        spare = accounts().switch_on(who(), request.form.get("code", ""), now())
    except AccessError as error:
        return _phone(wrong=str(error)), 422
    return render_template("access/spare_codes.html", spare=spare)


@page.post("/phone/off")
def switch_off() -> ResponseReturnValue:
    if wrong := _is_not_me():
        return _page(wrong_phone=wrong), 422
    accounts().switch_off(who(), by=who().name, now=now())
    return redirect(url_for("account.show", done="phone"), 303)


@page.post("/tokens")
def add_token() -> ResponseReturnValue:
    try:
        token = accounts().add_token(who(), request.form.get("name", ""), now())
    except AccessError as error:
        return _page(wrong_token=str(error)), 422
    return _page(token=token)


@page.post("/tokens/<row:token_id>/end")
def end_token(token_id: int) -> ResponseReturnValue:
    accounts().end_token(who(), token_id, now())
    return redirect(url_for("account.show", done="token"), 303)


@page.before_request
def _has_account() -> ResponseReturnValue | None:
    if who().id is not None:
        return None
    return refusal(
        "Nobody has an account yet",
        "The first account is created with a link that the monitor prints when it starts; an admin then"
        " invites everyone else.",
        404,
    )


def _page(**context: object) -> str:
    me, caller = who(), guard().caller(request.environ)
    return render_template(
        "access/account.html", sessions=accounts().sessions(me, now()), this=caller.session,
        tokens=accounts().tokens(me), **context,
    )  # fmt: skip


def _phone(**context: object) -> str:
    secret = accounts().phone(who())
    address = accounts().phone_address(who(), secret, campaign().name)
    return render_template(
        "access/phone.html", secret=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        address=address, picture=qr_code(address), why=request.args.get("why"), **context,
    )  # fmt: skip


def _is_not_me() -> str | None:
    """Return what is wrong with the password that was given to show that it is me; None if nothing is."""
    try:
        person_by_password(who().name, request.form.get("password", ""))
    except TooManyTriesError as error:
        return try_again(error.until)
    except WrongPasswordError:
        return "Your current password is not right. Nothing was changed."
    return None
