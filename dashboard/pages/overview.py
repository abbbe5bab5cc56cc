"""The overview: how much, by whom, how it sounds, and what could not be seen."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, render_template

from dashboard.office import Office
from monitor.figures.bars import SHADED_FROM, Series, by_platform, shares, stacked
from monitor.model import Tone
from monitor.report import Report, words


def pages(office: Office) -> Blueprint:
    """Return the page at '/'."""
    page = Blueprint("overview", __name__)

    @page.get("/")
    def show() -> str:
        report, now = office.report(office.asked()), office.now()
        titles = {source.name: source.title for source in report.sources}
        series = by_platform(report.days, titles)
        return render_template(
            "overview.html", r=report, now=now, titles=titles,
            span=words.window_words(report.window), change=words.change(report), series=series,
            finding=finding(report), chart=chart(report, series), unseen=unseen(report),
            first_run=first_run(report), updated=updated(report, now), tone=words.percents(report.tones),
            tone_bar=tone_bar(report), is_on=[s for s in report.sources if s.on],
            working=sum(words.working(s) for s in report.sources),
        )  # fmt: skip

    return page


def first_run(report: Report) -> bool:
    """Return whether nothing was ever collected."""
    return not report.posts.value and not any(source.last_success for source in report.sources)


def updated(report: Report, now: datetime) -> str | None:
    """Return when a source last answered, in words; None if none ever did."""
    times = [source.last_success for source in report.sources if source.last_success]
    return words.ago(max(times), now) if times else None


def finding(report: Report) -> str:
    """Return what the chart shows, as its title."""
    if not report.posts.value:
        return "No posts were found in these days"
    busiest = max(report.days, key=lambda day: sum(day.posts.values()), default=None)
    if busiest is None:
        return "Posts per day"
    most = words.counted(sum(busiest.posts.values()), "post", "posts")
    return f"The busiest day was {words.day_name(busiest.day)}, with {most}"


def unseen(report: Report) -> str | None:
    """Return how many days have unknown time, as a sentence; None if none has."""
    blind = [day for day in report.days if day.unknown >= SHADED_FROM]
    if not blind:
        return None
    lost = sum(day.unknown for day in blind)
    whole = (
        "about " + words.counted(round(lost), "day", "days")
        if lost >= 0.95
        else f"about {max(1, round(lost * 24))} hours"
    )
    return (
        f"On {words.counted(len(blind), 'day', 'days')} we were not collecting all the time ({whole} in all)"
    )


def chart(report: Report, series: Sequence[Series]) -> str:
    """Return the chart of posts per day as SVG."""
    parts = ", ".join(f"{one.name} {one.total:,}" for one in series) or "no posts"
    desc = f"Posts per day by platform. Totals: {parts}. {unseen(report) or ''} The table below has each day."
    return stacked("activity", report.days, series, title=finding(report), desc=desc)


def tone_bar(report: Report) -> str:
    """Return the bar of tone shares as SVG."""
    whole = words.percents(report.tones)
    return shares([(f"t-{tone}", whole.get(tone, 0)) for tone in Tone])
