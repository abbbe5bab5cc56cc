"""Links for those without an account: made, listed and ended by those who have one."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.access.guard import accounts, campaign, guard, now, who
from dashboard.filters import DATES, PERIODS, Choice
from monitor.accounts import SHOWS, ShareRequest
from monitor.core.errors import AccessError

page = Blueprint("shares", __name__, url_prefix="/shares")


@page.get("")
def show() -> str:
    message = "The link has been ended. It no longer works." if request.args.get("done") == "revoke" else None
    return _page(done=message)


@page.post("")
def add() -> ResponseReturnValue:
    try:
        share_request = _share_request(guard().services.choice())
        slug = accounts().share(share_request, by=who().name, now=now())
    except AccessError as error:
        return _page(wrong=str(error), form=request.form), 422
    digest, path = campaign().digest, url_for("shared.show", slug=slug)
    base = request.host_url if digest.is_local else digest.address
    return _page(link=base.rstrip("/") + path, share_request=share_request)


@page.post("/<row:share_id>/revoke")
def revoke(share_id: int) -> ResponseReturnValue:
    try:
        accounts().revoke(share_id, by=who().name, now=now())
    except AccessError as error:
        return _page(wrong=str(error)), 422
    return redirect(url_for("shares.show", done="revoke"), 303)


def _share_request(choice: Choice) -> ShareRequest:
    form = request.form
    days = form.get("days", "")
    return ShareRequest(
        name=form.get("name", ""),
        shows=form.get("shows", ""),
        query=arguments(choice, form.get("period", choice.period)),
        handles="handles" in form,
        texts="texts" in form,
        sites=tuple(form.get("sites", "").split()),
        days=int(days) if days.isdecimal() and len(days) < 5 else 0,
    )


def arguments(choice: Choice, period: str) -> str:
    """Return the arguments of an address that asks for a choice, with another period."""
    chosen = period if period in PERIODS and period != DATES else choice.period
    changes = {} if chosen == DATES else {"period": chosen, "since": None, "until": None}
    return choice.address("", **changes)[1:]


def _page(**context: object) -> str:
    choice = guard().services.choice()
    periods = {key: words for key, words in PERIODS.items() if key != DATES or choice.period == DATES}
    return render_template(
        "access/shares.html", choice=choice, shares=accounts().shares(), shows=SHOWS, periods=periods,
        now=now(), **{"form": {}, **context},
    )  # fmt: skip
