"""A day is a local day: at both clock changes, and in zones that are off, or shift, by half an hour."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive
from monitor.campaign import Campaign, Digest, Track
from monitor.core.model import Post
from monitor.report import Report, Window
from monitor.report.build import build
from tests.archive.saving import saved
from tests.builders import a_page, a_post

pytestmark = pytest.mark.heavy

TWENTY_MINUTES = timedelta(minutes=20)
TIMES = [  # a zone, and a day about which its clocks change, if they ever do
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("Asia/Kolkata", date(2026, 3, 29)),
    ("Asia/Kathmandu", date(2026, 3, 29)),
    ("America/St_Johns", date(2026, 3, 8)),
    ("America/St_Johns", date(2026, 11, 1)),
    ("Australia/Adelaide", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # by half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Cairo", date(2026, 4, 24)),  # the day has no midnight
    ("Africa/Cairo", date(2026, 10, 29)),  # its last hour comes twice
]


def report_of(archive: Archive, zone: ZoneInfo, middle: date, *platforms: str) -> Report:
    campaign = Campaign(
        name="Test", zone=zone, tracks=(Track(name="crime", title="Crime", tags=("crime",)),), sources={},
        digest=Digest(),
    )  # fmt: skip
    window = Window(first=middle - timedelta(days=1), last=middle + timedelta(days=1))
    now = datetime.combine(middle, datetime.min.time(), UTC) + timedelta(days=10)
    return build(archive, campaign, window, now=now, sources=(), platforms=frozenset(platforms))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "middle"), TIMES, ids=lambda one: str(one))
def test_days_hours_and_unknown_time_are_the_local_clocks(tmp_path: Path, name: str, middle: date):
    check_zone(tmp_path, ZoneInfo(name), middle, ZoneInfo(name))


def test_control_the_days_of_a_zone_half_an_hour_off_are_told_from_these(tmp_path: Path):
    with pytest.raises(AssertionError, match="Mismatched elements"):
        check_zone(tmp_path, ZoneInfo("Asia/Kolkata"), date(2026, 3, 29), ZoneInfo("Asia/Karachi"))


def check_zone(folder: Path, zone: ZoneInfo, middle: date, judge: ZoneInfo) -> None:
    """Check reports made in one zone by a count in another, which should be the same."""
    start = datetime.combine(middle, datetime.min.time(), UTC) - timedelta(days=3)
    times = [start + n * TWENTY_MINUTES for n in range(6 * 72)]
    out = (start + timedelta(days=2, hours=20, minutes=10), start + timedelta(days=3, hours=5, minutes=25))
    posts = [
        a_post(id=str(n), created_at=at, platform=("mastodon", "bluesky")[n % 2])
        for n, at in enumerate(times)
    ]
    with Archive.open(folder / "archive.db", zone) as archive:
        for source in ("mastodon", "bluesky"):
            some = [post for post in posts if post.platform == source]
            saved(archive, a_page(*some, since=start, until=out[0]), source=source)
            saved(archive, a_page(since=out[1], until=times[-1]), source=source)
        for platforms in ((), ("mastodon",)):
            found = report_of(archive, zone, middle, *platforms)
            check(found, judge, [post for post in posts if not platforms or post.platform in platforms], out)
        assert archive.differences() == []


def check(found: Report, zone: ZoneInfo, posts: list[Post], out: tuple[datetime, datetime]) -> None:
    local = [post.created_at.astimezone(zone) for post in posts]
    within = [at for at in local if found.window.first <= at.date() <= found.window.last]
    days = Counter(at.date() for at in within)
    assert {day.day: sum(day.posts.values()) for day in found.days} == dict(days)
    hours = {(day, hour): n for day, row in enumerate(found.heat) for hour, n in enumerate(row) if n}
    assert hours == pytest.approx(heat_of(found, zone, within, out), abs=0.001)
    for day in found.days:
        minutes = minutes_of(day.day, zone)
        lost = sum(out[0] <= minute < out[1] for minute in minutes)
        assert day.unknown == pytest.approx(lost / len(minutes), abs=1e-9)


def heat_of(
    found: Report, zone: ZoneInfo, within: list[datetime], out: tuple[datetime, datetime]
) -> dict[tuple[int, int], float]:
    """Return the posts of each hour of the week by the hours that were seen of it, minute by minute."""
    minutes = [minute for day in found.days for minute in minutes_of(day.day, zone)]
    over, lost = (
        Counter((at.weekday(), at.hour) for at in (minute.astimezone(zone) for minute in some))
        for some in (minutes, [minute for minute in minutes if out[0] <= minute < out[1]])
    )
    numbers = Counter((at.weekday(), at.hour) for at in within)
    seen = {cell: (over[cell] - lost[cell]) / 60 for cell in numbers}
    return {
        cell: number / (max(seen[cell], 0.5) if seen[cell] >= 0.5 else over[cell] / 60)
        for cell, number in numbers.items()
    }


def minutes_of(day: date, zone: ZoneInfo) -> list[datetime]:
    first = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=14)
    minutes = (first + timedelta(minutes=n) for n in range(52 * 60))
    return [minute for minute in minutes if minute.astimezone(zone).date() == day]
