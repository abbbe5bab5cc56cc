"""The page behind the link in each mail: nobody has to sign in to get no more, or to say yes.

Looking at it changes nothing, as programs that check mails open every link in them; a button does. Mail
programs press it by themselves when their reader asks them to (RFC 8058): so no form of ours is needed.
"""

from flask import Blueprint, abort, render_template, request

from dashboard.access.guard import now
from dashboard.mail.services import mail_services
from monitor.mail.store import KINDS, Subscription

page = Blueprint("mail", __name__, url_prefix="/mail")


@page.get("/<key>")
def show(key: str) -> str:
    return _page(_subscription(key))


@page.post("/<key>")
def change(key: str) -> str:
    subscription, store = _subscription(key), mail_services().weekly.store
    if request.form.get("do") == "join":
        store.agree(subscription.key, now())
    else:
        store.leave(subscription.key, now())
    return _page(_subscription(key), has_changed=True)


def _subscription(key: str) -> Subscription:
    subscription = mail_services().weekly.store.subscription(key)
    if subscription is None:
        abort(404)
    return subscription


def _page(subscription: Subscription, *, has_changed: bool = False) -> str:
    name, at, host = subscription.address.partition("@")
    # The mail may have been passed on: whoever has its link need not learn the whole address.
    return render_template(
        "mail/unsubscribe.html",
        subscription=subscription,
        what=KINDS[subscription.kind],
        to=f"{name[:1]}…{at}{host}",
        has_changed=has_changed,
    )
