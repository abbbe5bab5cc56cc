"""Runs the real `monitor` command with a clock that runs 6,000 times as fast.

A first argument `--broken=NAME` breaks it on purpose, so that the tests can show that they notice.
"""

import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import monitor.core.clock
import monitor.tone
import monitor.worker.schedule
from monitor.archive.posts.ingest import Ingest
from monitor.core.errors import MonitorError
from monitor.core.model import Page, Sentiment, Tone

real = monitor.core.clock.utcnow
started = real()
save = Ingest.save
start = monitor.worker.schedule.start


def hurried() -> datetime:
    return started + (real() - started) * 6000


def cursor_first(self: Ingest, page: Page, **how: object) -> int:
    bare = replace(page, posts=(), rejected=())
    save(self, bare, **{**how, "scores": []})
    return save(self, page, **how)


def without_key(self: Ingest, page: Page, **how: object) -> int:
    posts = tuple(replace(post, id=f"{post.id}#{uuid4()}") for post in page.posts)
    return save(self, replace(page, posts=posts), **how)


class Neutral:
    """Scores nothing, so that a start is quick."""

    name = "neutral"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


monitor.core.clock.utcnow = hurried
monitor.tone.chosen = lambda name, subject: Neutral()
# The scheduler wakes by the machine's own clock, at once after each tick.
monitor.worker.schedule.start = lambda tick, clock: start(tick, real, every=0.05)
if sys.argv[1].startswith("--broken="):
    broken = sys.argv.pop(1).partition("=")[2]
    if broken == "cursor-first":
        Ingest.save = cursor_first
    elif broken == "no-key":
        Ingest.save = without_key
    else:
        raise SystemExit(f"no such breakage: {broken}")

with suppress(MonitorError):
    from monitor.cli import main

    main()
