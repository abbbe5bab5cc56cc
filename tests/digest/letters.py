"""A week's report to write of: Monday 16 to Sunday 22 November 2026, on the Monday after."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from monitor.core.gazetteer import PlaceKind
from monitor.core.model import Metrics
from monitor.report import Checked, Covered, Event, Net, PlaceCount, Report, Usual, Window
from tests.dashboard.reports import SOURCES, a_figure, a_post, a_report, days

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
BASE = "https://dash.example.org"
HELPED = a_post(id=11, metrics=Metrics(likes=90, replies=4))
ASKS = a_post(
    id=12,
    platform="mastodon",
    handle="@ward@mas.to",
    name="Ward",
    text="Is the petition open to people in Havering too, @mp@mas.to?",
    metrics=Metrics(),
)
NEW = a_post(id=13, text="First time I have signed anything. Well done all.", is_new_voice=True,
             metrics=Metrics(likes=2))  # fmt: skip
USUAL = Usual(median=480, low=430, high=610, weeks=8)
ANSWERED = tuple(
    replace(one, last_success=NOW - timedelta(minutes=4) if one.on else None, outcome="complete")
    for one in SOURCES
)


def a_borough(key: str, title: str, posts: int, before: int) -> PlaceCount:
    return PlaceCount(key=key, title=title, borough=key, kind=PlaceKind.BOROUGH, posts=posts, finished=posts,
                      before=before)  # fmt: skip


def a_week(**changes: object) -> Report:
    week = {
        "is_over": True, "made_at": NOW, "sources": ANSWERED, "top": (HELPED, NEW), "latest": (ASKS, HELPED),
        "posts": replace(a_figure("posts", 567, before=644), usual=USUAL),
        "covered": (Covered(source="bluesky", share=1.0), Covered(source="mastodon", share=0.92)),
        "days": tuple(replace(one, unknown=0.0, posts=one.posts or {"bluesky": 40}) for one in days(7)),
        "events": (Event(day=date(2026, 11, 21), title="Stall in Romford"),),
        "coming": (Event(day=date(2026, 11, 28), title="Petition handed in"),),
        "places": (a_borough("barking", "Barking & Dagenham", 90, 60),
                   a_borough("havering", "Havering", 8, 3)),
        "to_read": Window(first=date(2026, 11, 16), last=date(2026, 11, 22)),
        "checked": Checked(
            week=Window(first=date(2026, 11, 9), last=date(2026, 11, 15)), read=50, posts=644,
            net=Net(value=-12.0, low=-31.0, high=7.0, doubt=19.0), before=None, change=None,
        ),
    }  # fmt: skip
    return a_report(7, **(week | changes))
