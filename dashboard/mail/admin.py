"""The weekly mail, for the office: what became of each week's, who gets it, and how it reads."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.access.guard import campaign, may, now, who
from dashboard.mail.services import mail_services
from monitor.core.errors import AccessError
from monitor.digest.plain_text import text
from monitor.mail.store import KINDS
from monitor.mail.weekly.send_times import Week, latest, monday_of, week
from monitor.mail.weekly.writing import letter_of, welcome
from monitor.report.window import last_week
from monitor.report.wording import moment, window_words

DONE = {
    "asked": "We have sent a mail to that address. Press the button in it to subscribe.",
    "dropped": "Removed: they get no more of these mails unless they subscribe again themselves.",
    "resent": "The mail is being sent again.",
}
_WAITS = timedelta(days=3)

page = Blueprint("mails", __name__, url_prefix="/reports/mail")


@page.get("")
def show() -> str:
    return _page(done=DONE.get(request.args.get("done", "")))


@page.post("/ask")
def ask() -> ResponseReturnValue:
    weekly, kind = mail_services().weekly, request.form.get("kind", "")
    try:
        if kind not in KINDS:
            raise AccessError("Choose the weekly mail or alerts.")
        reader = weekly.store.ask(kind, request.form.get("address", ""), by=who().name, now=now())
    except AccessError as error:
        return _page(wrong=str(error), address=request.form.get("address", "")), 422
    if not reader.works:
        weekly.store.enqueue(weekly.key, [welcome(weekly, reader)], until=now() + _WAITS, now=now())
        mail_services().hurry()
    return redirect(url_for("mails.show", done="asked"), 303)


@page.post("/readers/<row:reader_id>/drop")
def drop(reader_id: int) -> ResponseReturnValue:
    mail_services().weekly.store.drop(reader_id, by=who().name, now=now())
    return redirect(url_for("mails.show", done="dropped"), 303)


@page.post("/<row:mail_id>/resend")
def resend(mail_id: int) -> ResponseReturnValue:
    try:
        mail_services().weekly.store.resend(mail_id, by=who().name, until=now() + _WAITS, now=now())
    except AccessError as error:
        return _page(wrong_mail=str(error)), 422
    mail_services().hurry()
    return redirect(url_for("mails.show", done="resent"), 303)


def _preview(period: Week) -> dict[str, str]:
    """Return the mail of the last week that is over; that one waits until it is due."""
    letter, _ = letter_of(mail_services().weekly, period)
    waits = f", to be sent {moment(period.due.astimezone(campaign().zone))}" if period.due > now() else ""
    days = window_words(period.window)
    return {"of": f"{days}{waits}", "subject": letter.subject, "text": text(letter, why_me="", leave="")}


def _days(name: str) -> str:
    """Return the days of a week such as 2026-W47; any other text as it is."""
    try:
        monday = monday_of(name.partition(" ")[0])
        return window_words(week(monday, campaign().digest, campaign().zone).window)
    except ValueError:
        return name


def _page(**context: object) -> str:
    weekly, at = mail_services().weekly, now()
    store, is_editor = weekly.store, may("editor")
    last = latest(campaign().digest, campaign().zone, at)
    newest = week(last_week(at.astimezone(campaign().zone).date()), campaign().digest, campaign().zone)
    return render_template(
        "mail/admin.html", out=mail_services().out,
        weeks=store.weeks(weekly.key, at, 12),
        next=week(last.first + timedelta(days=7), campaign().digest, campaign().zone),
        mails=store.deliveries(weekly.key, 60) if is_editor else (),
        readers=store.subscriptions() if is_editor else (),
        alerts=store.alerts(weekly.key, 20), what=KINDS,
        number=len(weekly.readers()), preview=_preview(newest) if is_editor else None,
        days=_days, is_here=campaign().digest.is_local, **{"address": "", **context},
    )  # fmt: skip
