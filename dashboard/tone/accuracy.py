"""How far the tone can be trusted: the weeks that were checked, and how right the program was in them."""

from datetime import date, timedelta

from flask import Blueprint, render_template, request

from dashboard.services import services
from monitor.core.model import Tone
from monitor.report import wording
from monitor.report.tone_estimate import ENOUGH as FEW
from monitor.report.tone_estimate import MANY, SAMPLE, accuracy, of_audit, read_pairs
from monitor.report.window import last_week, week_of
from monitor.tone.adjustment import ENOUGH, Adjustment

YEAR = timedelta(days=365)


page = Blueprint("tone", __name__)


@page.get("/tone")
def show() -> str:
    choice, due = services().choice(), last_week(services().today)
    with services().read() as archive:
        audits = list(archive.tone_audits.samples(choice.track.name, date.min, due))
        learned = Adjustment.from_json(archive.tone_scores.adjustment(services().analyzer))
        texts = learned.texts if learned else len(archive.tone_audits.texts())
    return render_template(
        "tone/accuracy.html", r=services().report(choice), right=accuracy(audits),
        weeks=[(audit, of_audit(audit)) for audit in audits if audit.monday >= due - YEAR],
        days=lambda monday: wording.window_words(week_of(monday)), tones=list(Tone), sample=SAMPLE, due=due,
        read=len(read_pairs(audits)), learned=learned, texts=texts, enough=ENOUGH, many=MANY, few=FEW,
        of_100=lambda some, of: round(100 * some / max(1, of)),
        nothing=request.args.get("did") == "nothing", tone=services().tone(),
        begun=next((audit for audit in audits if audit.monday == due), None),
    )  # fmt: skip
