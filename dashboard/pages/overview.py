"""The overview: what changed, why, what to do; how much, by whom, when, and what could not be seen."""

from datetime import date, datetime

from flask import Blueprint, render_template

from dashboard.access import may
from dashboard.filters import Choice
from dashboard.pages import charts
from dashboard.services import Office
from monitor.charts.bar_chart import shares
from monitor.charts.sparkline import spark
from monitor.core.model import Tone
from monitor.report import Report, wording
from monitor.report.headline import Action, headline


def pages(office: Office) -> Blueprint:
    """Return the page at '/'."""
    page = Blueprint("overview", __name__)

    @page.get("/")
    def show() -> str:
        choice, now = office.asked(), office.now()
        report = office.report(choice, whole=False)
        return render_template("overview.html", **shown(report, choice, now))

    return page


def shown(report: Report, choice: Choice, now: datetime) -> dict[str, object]:
    """Return what the overview's template needs."""
    titles = wording.titles(report)
    said = headline(report)

    rest = choice.address("", period=None, since=None, until=None).replace("?", "&")

    def posts(first: date, last: date) -> str:
        return f"/posts?since={first}&until={last}{rest}"

    return {
        "r": report, "now": now, "titles": titles, "span": wording.window_words(report.window), "said": said,
        "todo": [
            (action.text, _address(action, choice)) for action in said.todo
            if action.page not in ("people", "tone") or may("editor")
        ],
        "change": wording.change(report),
        "tone": wording.percents(report.tones), "tone_bar": tone_bar(report),
        "checked": wording.tone_checked(report), "unscored": report.posts.of - sum(report.tones.values()),
        "charts": [charts.activity(report, titles, posts), charts.tone(report, posts), charts.hours(report)],
        "spark_posts": spark([sum(day.posts.values()) if day.posts else None for day in report.days]),
        "spark_engagement": spark([day.engagement for day in report.days]),
        "first_run": first_run(report), "updated": updated(report, now),
        "is_on": [s for s in report.sources if s.on],
        "working": sum(wording.working(s) for s in report.sources),
    }  # fmt: skip


def _address(action: Action, choice: Choice) -> str:
    if action.page == "post":
        return f"/posts/{action.post}"
    return choice.address(f"/{action.page}", **({"by": "new"} if action.page == "people" else {}))


def first_run(report: Report) -> bool:
    """Return whether nothing was ever collected."""
    return not report.posts.value and not any(source.last_success for source in report.sources)


def updated(report: Report, now: datetime) -> str | None:
    """Return when a source last answered, in words; None if none ever did."""
    times = [source.last_success for source in report.sources if source.last_success]
    return wording.ago(max(times), now) if times else None


def tone_bar(report: Report) -> str:
    """Return the bar of tone shares as SVG."""
    whole = wording.percents(report.tones)
    return shares([(f"t-{tone}", whole.get(tone, 0)) for tone in Tone])
