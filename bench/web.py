"""What a visitor waits for: the page made anew, the page kept, and a reader beside a busy writer."""

import multiprocessing
import random
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median, quantiles

from flask import Flask
from werkzeug.test import Client

from bench.ingest import QUERY, SCORE, ZONE, a_status
from bench.ratios import Ratio, beside, seconds
from dashboard import create_app
from dashboard.filters import Choice
from dashboard.services import Services, loan
from monitor.archive import Archive
from monitor.archive.outcomes.tallies import TallyEntry
from monitor.archive.readers import Changes, Readers
from monitor.campaign import Campaign, load
from monitor.collect.source_status import states
from monitor.core.model import Page
from monitor.manual_entry.crimes import CrimeCount
from monitor.report import Report
from monitor.report.build import build, lazy_report
from monitor.report.lookup import Lookup
from monitor.report.window import last_days
from monitor.sources.platforms.mastodon import Mastodon

CAMPAIGN = Path(__file__).parents[1] / "config/campaign.toml"
HOST = "http://127.0.0.1"
THEMES = (
    "stalls", "sheets", "officers", "knife", "burglary", "phone", "moped", "lights", "dark", "park",
    "station", "police", "council", "street", "survey", "petition", "school", "bus", "shop", "night",
)  # fmt: skip
HERE = {"REMOTE_ADDR": "127.0.0.1"}  # who sits at the machine need not sign in


def services(path: Path, campaign: Campaign, now: datetime) -> Services:
    """Return what the pages may ask for, as the dashboard's command does."""

    readers = Readers(path, campaign.zone)

    def report(choice: Choice) -> Report:
        archive = loan(readers.lend)
        lookup = Lookup(archive, campaign, choice.track, choice.window, choice.platforms, now)
        return lazy_report(lookup, states(archive, campaign, now))

    def began() -> date | None:
        with readers.lend() as archive:
            return archive.posts.first_day()

    return Services(
        campaign=campaign, now=lambda: now, report=report,
        began=began, read=readers.lend, write=readers.lend,
    )  # fmt: skip


def live_and_kept(path: Path, now: datetime) -> list[Ratio]:
    """Return how a page made anew and a kept page compare with a page that says nothing."""
    campaign = load(CAMPAIGN)
    made = services(path, campaign, now)
    live = Client(create_app(made))
    kept = Client(create_app(made, changes=Changes(path)))
    empty = Flask("bare")
    empty.add_url_rule("/", view_func=lambda: "<!doctype html><title>Bare</title>")
    bare = Client(empty)
    for client in (live, kept, bare):
        if client.get("/", base_url=HOST, environ_overrides=HERE).status_code != 200:
            raise RuntimeError("the page to be measured was refused")
    page, nothing = beside(
        *(lambda c=c: c.get("/", base_url=HOST, environ_overrides=HERE) for c in (live, bare)), rounds=60
    )  # type: ignore[misc]

    def hundred(client: Client) -> Callable[[], None]:
        return lambda: [client.get("/", base_url=HOST, environ_overrides=HERE) for _ in range(100)] and None

    again, plain = beside(hundred(kept), hundred(bare), rounds=15)
    return [
        Ratio(goal="cached page requests/s / bare page", value=plain / again, target=0.85,
              note=f"{100 / again:,.0f} to {100 / plain:,.0f} requests/s in process"),
        Ratio(goal="live page p50 / bare page p50", value=page / nothing, target=45, at_least=False,
              note=f"{page * 1000:.1f} ms to {nothing * 1000:.2f} ms in process"),
    ]  # fmt: skip


def areas_page(path: Path, now: datetime) -> Ratio:
    """Return what a week's page of all wards takes, each with paper and two years of recorded crime."""
    campaign = load(CAMPAIGN)
    wards = campaign.areas.of("ward")
    with Archive.open(path, campaign.zone, demo=True) as archive:
        paper = archive.counters.add("paper", "paper", "On paper")
        archive.tallies.save(
            paper,
            [
                TallyEntry(day=now.date(), area=ward.key, count=30, sheets=1, key=ward.key, at=now)
                for ward in wards
            ],
        )
        months = [f"{2025 + month // 12}-{month % 12 + 1:02}" for month in range(24)]
        archive.crimes.save(
            [
                CrimeCount(ward.key, month, f"Kind {kind}", 9, "bench")
                for ward in wards
                for month in months
                for kind in "ABCDEFGHIJKL"
            ]
        )
    return _page(path, now, "/places?by=ward&sign=crimes", "a week's page of all wards, median ms")


def themes_page(path: Path, now: datetime) -> Ratio:
    """Return what a week's page of twenty themes takes, of posts as many as there are."""
    campaign = load(CAMPAIGN)
    with Archive.open(path, campaign.zone, demo=True) as archive:
        for name in THEMES[len(archive.themes.current()) :]:
            archive.themes.save(name, name, "", now)
        deque(archive.theme_tags.update(*archive.themes.search()), maxlen=0)
    return _page(path, now, "/themes?", "a week's page of twenty themes, median ms")


def _page(path: Path, now: datetime, address: str, goal: str) -> Ratio:
    client = Client(create_app(services(path, load(CAMPAIGN), now)))
    last = now.date() - timedelta(now.weekday() + 1)
    week = f"{address}&since={last - timedelta(6)}&until={last}"
    waits = [seconds(lambda: client.get(week, base_url=HOST, environ_overrides=HERE)) for _ in range(40)]
    return Ratio(goal=goal, value=median(waits) * 1000, target=50, at_least=False)


def four_weeks(path: Path, now: datetime) -> Callable[[], Report]:
    """Return what makes the report of the last 28 days from an archive at hand."""
    campaign = load(CAMPAIGN)
    readers, window = Readers(path, campaign.zone), last_days(campaign.zone, 28, now)

    def report() -> Report:
        with readers.lend() as archive:
            return build(archive, campaign, window, now=now, sources=())

    return report


def beside_a_writer(path: Path, now: datetime) -> Ratio:
    """Return how much longer the slowest of 20 reports takes while 1,000 posts a second are stored."""
    made = four_weeks(path, now)
    alone = _p95(made)
    spawn = multiprocessing.get_context("spawn")  # as the collector is: a process of its own
    writing, stop = spawn.Event(), spawn.Event()
    writer = spawn.Process(target=_write, args=(path, writing, stop))
    writer.start()
    try:
        writing.wait()
        busy = _p95(made)
    finally:
        stop.set()
        writer.join()
    return Ratio(
        goal="reader p95 beside 1,000 posts/s / idle", value=busy / alone, target=1.5, at_least=False,
        note=f"{busy * 1000:.1f} ms to {alone * 1000:.1f} ms",
    )  # fmt: skip


def _p95(act: Callable[[], object]) -> float:
    act()
    return quantiles([seconds(act) for _ in range(100)], n=20)[18]


def _write(path: Path, writing: Event, stop: Event) -> None:
    """Store 100 posts every tenth of a second."""
    chance, at, n = random.Random(2), datetime(2026, 6, 1, tzinfo=UTC), 10**9
    with Archive.open(path, ZONE, demo=True) as archive:
        while not stop.is_set():
            began = time.monotonic()
            posts = tuple(Mastodon.parse(a_status(n + k, chance)) for k in range(100))
            archive.ingest.save(
                Page(stream="bench", posts=posts), source="mastodon", track=QUERY.track,
                scores=[SCORE] * 100, analyzer="none", started_at=at, now=at,
            )  # fmt: skip
            writing.set()
            n += 100
            stop.wait(max(0.0, 0.1 - (time.monotonic() - began)))
