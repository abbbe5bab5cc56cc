"""A report to show, and a real server to show it on."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from socket import SHUT_RDWR, socket
from types import SimpleNamespace
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer

from dashboard.services import Services
from monitor.core.model import Metrics, Tone
from monitor.report import (
    Covered,
    Day,
    Figure,
    Report,
    Seen,
    Share,
    ShownPost,
    SourceState,
    Term,
    Window,
)
from monitor.report.figures import measures
from monitor.report.window import length
from tests.campaigns import PAPERS, shipped

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LAST = date(2026, 11, 22)
BEGAN = date(2026, 8, 25)  # 90 days
CAMPAIGN = replace(shipped(), privacy=PAPERS)


def a_post(**changes: Any) -> ShownPost:
    usual = ShownPost(
        id=1,
        platform="bluesky",
        url="https://example.org/1",
        handle="@heathway",
        name="Heathway Residents",
        text="Sixty signatures outside the station this morning. Thank you Dagenham! #CallingTimeOnCrime",
        created_at=datetime(2026, 11, 19, 18, 42, tzinfo=UTC),
        metrics=Metrics(likes=412, reposts=18),
    )
    return replace(usual, **changes)


def a_source(name: str, title: str, **changes: Any) -> SourceState:
    usual = SourceState(
        name=name,
        title=title,
        on=True,
        last_success=NOW - timedelta(minutes=4),
        last_poll=NOW - timedelta(minutes=4),
        outcome="complete",
        detail="",
        needs_person=False,
    )
    return replace(usual, **changes)


SOURCES = (
    a_source("bluesky", "Bluesky"),
    a_source("mastodon", "Mastodon", outcome="capped", detail="Only servers that show tags to everyone."),
    a_source("news", "Google News"),
    a_source("lemmy", "Lemmy", outcome="unreachable", last_success=NOW - timedelta(hours=5)),
    a_source("feeds", "Feeds"),
    a_source("x", "X", on=False, outcome=None, last_success=None, detail="Add X_BEARER_TOKEN to .env."),
)


def days(n: int) -> tuple[Day, ...]:
    made = []
    for i in range(n):
        posts = {"bluesky": 18 + i * 7 % 31, "mastodon": 9 + i % 8, "news": i * 5 % 9}
        posts |= {"lemmy": i % 4, "feeds": 1}
        dark = i == n - 4
        day = LAST - timedelta(days=n - 1 - i)
        made.append(Day(day=day, posts={} if dark else posts, unknown=float(dark)))
    return tuple(made)


def a_figure(definition: str, value: int, before: int | None = None) -> Figure:
    finished = None if before is None else value
    return Figure(definition=definition, value=value, known=value, of=value, finished=finished, before=before)


def a_report(n: int = 28, **changes: Any) -> Report:
    shown = days(n)
    posts = sum(sum(day.posts.values()) for day in shown)
    other = a_post(id=2, platform="mastodon", handle="@ward@mas.to", metrics=Metrics(),
                   text="Is the petition open to people in Havering too?")  # fmt: skip
    usual = Report(
        campaign="Calling Time on Crime",
        track="hashtag",
        title="#CallingTimeOnCrime",
        window=Window(first=shown[0].day, last=LAST),
        made_at=NOW,
        demo=False,
        is_over=False,
        platforms=(),
        days=shown,
        figures={
            **{one.key: a_figure(one.key, 100 + one.order) for one in measures() if one.count},
            "posts": a_figure("posts", posts, before=posts + 60),
            "messages": a_figure("messages", posts),
            "people": a_figure("people", 212),
            "engagement": Figure(definition="engagement", value=3456, known=posts - 40, of=posts),
            "views": Figure(definition="views", value=None, known=0, of=posts),
            "ceiling": Figure(definition="ceiling", value=184_000, known=182, of=212),
        },
        new_people=31,
        seen=Seen(low=1_840, high=36_800, measured_on=0, assumed_for=("bluesky", "mastodon")),
        tones={Tone.POSITIVE: 40, Tone.NEUTRAL: 35, Tone.NEGATIVE: 15, Tone.UNCLEAR: 12},
        latest=(other, a_post(), a_post(id=3, text=None, handle=None, name=None)),
        top=(a_post(), other),
        heat=tuple((2,) * 24 for _ in range(7)),
        tags=(Term(term="callingtimeoncrime", posts=posts),),
        links=(),
        top_people=(),
        media=(Term(term="image", posts=40),),
        places=(),
        shares=(Share(track="hashtag", title="#CallingTimeOnCrime", posts=posts, share=1.0),),
        covered=(Covered(source="bluesky", share=0.96),),
        events=(),
        coming=(),
        redefined=(),
        sources=SOURCES,
    )
    return changed(usual, **changes)


def changed(report: Report, **changes: Any) -> Report:
    """Return the report with other values; figures are named as if they were its own fields."""
    figures = {name: value for name, value in changes.items() if isinstance(value, Figure)}
    others = {name: value for name, value in changes.items() if name not in figures}
    return replace(report, figures={**report.figures, **figures}, **others)


class Told:
    """Says that the archive has changed, and that a form was sent, when a test says so."""

    def __init__(self):
        self.version, self.forms = 1, 0

    def __call__(self):
        return self.version

    def last_form(self):
        return self.forms

    def note_form(self):
        self.forms += 1


def some_services(report: Any = None, **changes: Any) -> Services:
    """Return an office that gives this report, or what this function makes of a choice.

    It has no archive, but for the tones of each day.
    """
    made = report if callable(report) else lambda choice: report or a_report(length(choice.window).days)
    return replace(
        Services(
            campaign=CAMPAIGN,
            now=lambda: NOW,
            report=made,
            began=lambda: BEGAN,
            read=_tones,
            write=_none,
        ),
        **changes,
    )


@contextmanager
def _tones() -> Iterator[Any]:
    tones = SimpleNamespace(tones=lambda scope: dict.fromkeys(Tone, 1))
    stats = SimpleNamespace(scope=lambda *days: days)
    retention = SimpleNamespace(removed_until=None)
    marks = SimpleNamespace(cards=lambda *_: [], last_act=int)
    counters, crimes = SimpleNamespace(all=list), SimpleNamespace(last_year=lambda categories: {})
    yield SimpleNamespace(
        stats=stats, opinions=tones, retention=retention, marks=marks, counters=counters, crimes=crimes
    )


def _none() -> Any:
    raise AssertionError("This page asks for no archive")


class Server(ThreadedWSGIServer):
    """A server at whose end no thread is left that answers, and could meet what a later test patches."""

    daemon_threads = False  # those that are none are waited for

    def __init__(self, app: Any) -> None:
        super().__init__("127.0.0.1", 0, app)
        self._connections = list[socket]()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.append(request)
        super().process_request(request, client_address)

    def server_close(self) -> None:
        for connection in self._connections:  # a browser keeps some for what it may ask next
            with suppress(OSError):  # this one is closed
                connection.shutdown(SHUT_RDWR)
        super().server_close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    def whole(environ: Any, start: Any) -> list[bytes]:
        """Answer at once: werkzeug closes no answer whose browser has gone on to another page."""
        parts = app(environ, start)
        with closing(parts) if hasattr(parts, "close") else nullcontext():  # a kept page has nothing to close
            return [b"".join(parts)]

    server = Server(whole)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
