"""Runs the real `monitor worker` with a clock that runs 6,000 times as fast, and can break it on purpose."""

import os
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import dotenv  # noqa: F401  this and the next a worker would load when it needs them

import monitor.outcomes.petitions
import monitor.sources.platforms.mastodon  # noqa: F401
from monitor.archive.coverage import CoverageWriter
from monitor.archive.outcomes.counters import CounterReading, CountersWriter
from monitor.archive.posts.ingest import Ingest
from monitor.campaign import load
from monitor.cli import collect, main, wiring
from monitor.cli.wiring import mail, worker
from monitor.core.clock import utcnow
from monitor.core.errors import MonitorError, StorageError
from monitor.core.model import Page, Sentiment, Tone
from monitor.outcomes import TRACK
from monitor.report.figures import measures

save, save_reading = Ingest.save, CountersWriter.save
start = worker.start
CLOCKS = (collect, mail, worker)
# What is replaced below: a name that has moved fails here, and not in a process that nobody watches.
assert all(module.utcnow for module in CLOCKS)
assert wiring.english_analyzer
# Worked out once for all that are forked from here.
measures()
load(Path(__file__).parents[2] / "config/campaign.toml").gazetteer.find("")


def hurried(began: datetime) -> datetime:
    return began + (utcnow() - began) * 6000


def cursor_first(self: Ingest, page: Page, **how: object) -> int:
    bare = replace(page, posts=(), rejected=())
    save(self, bare, **{**how, "scores": []})
    return save(self, page, **how)


def without_key(self: Ingest, page: Page, **how: object) -> int:
    posts = tuple(replace(post, id=f"{post.id}#{uuid4()}") for post in page.posts)
    return save(self, replace(page, posts=posts), **how)


def deaf(self: Ingest, page: Page, **how: object) -> int:
    try:
        return save(self, page, **how)
    except StorageError:
        return 0


BROKEN = {"": save, "cursor-first": cursor_first, "no-key": without_key, "deaf": deaf}


def reading_twice(self: CountersWriter, counter: int, reading: CounterReading, *more: Any) -> None:
    save_reading(self, counter, reading, *more)
    again = reading._replace(at=reading.at + timedelta(seconds=1), state=f"{reading.state} ")
    save_reading(self, counter, again, *more)
    self.db.execute("UPDATE readings SET state = trim(state)")


def reading_late(self: CountersWriter, counter: int, reading: CounterReading, *more: Any) -> None:
    [name] = [one.name for one in self.all() if one.id == counter]
    page = Page(stream=name, cursor=format_datetime(reading.at, usegmt=True))
    CoverageWriter(self.db).save_failure(page, TRACK, started_at=reading.at, now=reading.at)
    time.sleep(0.05)
    save_reading(self, counter, reading, *more)


BROKEN_READINGS = {"reading-twice": reading_twice, "reading-late": reading_late}


class Neutral:
    """Scores nothing, so that a start is quick."""

    name = "neutral"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


def work(folder: Path, began: datetime, broken: str) -> None:
    """Run a worker in this folder, until it is ended; all that share `began` share a clock."""
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    for module in CLOCKS:
        module.utcnow = partial(hurried, began)
    wiring.english_analyzer = lambda name, subject: Neutral()
    # The scheduler wakes by the machine's own clock, at once after each tick.
    worker.start = lambda tick, clock: start(tick, utcnow, every=0.1)
    Ingest.save = BROKEN.get(broken, save)
    CountersWriter.save = BROKEN_READINGS.get(broken, save_reading)
    sys.argv[1:] = ["--campaign", "campaign.toml", "--archive", "a.db", "worker"]
    with suppress(MonitorError):
        main()
