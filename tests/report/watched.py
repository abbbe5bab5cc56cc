"""An archive of a campaign that was watched: polls every few hours, and what they found."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from monitor.archive import Archive
from monitor.core.model import Author, Post
from monitor.report import Report, Window
from monitor.report.build import build
from tests.archive.saving import saved
from tests.builders import a_page
from tests.builders import a_post as made
from tests.report.stored import CAMPAIGN

TRACK = CAMPAIGN.tracks[0].name
THIS = Window(first=date(2026, 11, 16), last=date(2026, 11, 22))
LAST = Window(first=date(2026, 11, 9), last=date(2026, 11, 15))
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)  # after this week: when its mail is due
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_POLLS = 6 * HOUR


def at(day: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def post(id: str, when: datetime, platform: str = "mastodon", **changes: object) -> Post:
    author = Author(id=str(changes.pop("by", f"by {platform} {id}")), followers=10)
    return made(id=id, platform=platform, created_at=when, author=author, **changes)


def daily(
    first: datetime, last: datetime, number: int, platform: str = "mastodon", **more: object
) -> list[Post]:
    """Return posts of each day from `first` to `last`, an hour after the other."""
    days = range((last - first).days + 1)
    return [
        post(f"{first + n * DAY:%j}-{place}", (first + n * DAY).replace(hour=8 + place), platform, **more)
        for n in days
        for place in range(number)
    ]


def watch(
    archive: Archive,
    since: datetime,
    until: datetime,
    posts: Iterable[Post] = (),
    platform: str = "mastodon",
    track: str = TRACK,
    stream: str = "local",
) -> None:
    """Poll a platform every six hours, and find what was written in between."""
    waiting = sorted(posts, key=lambda one: one.created_at)
    while since < until:
        end = min(since + _POLLS, until)
        found = [one for one in waiting if one.created_at < end]
        waiting = waiting[len(found) :]
        page = a_page(*found, stream=stream, since=since, until=end)
        saved(archive, page, source=platform, now=end, track=track)
        since = end


def come(
    archive: Archive,
    posts: Iterable[Post],
    now: datetime,
    stream: str = "late",
    source: str = "mastodon",
    since: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Store posts that come at once, with the time that they tell of."""
    page = a_page(*posts, stream=stream, since=since, until=until)
    saved(archive, page, source=source, now=now, track=TRACK)


def read(archive: Archive, posts: Iterable[Post], likes: int, now: datetime) -> None:
    """Read the likes of posts again."""
    again = [made(id=one.id, created_at=one.created_at, author=one.author, likes=likes) for one in posts]
    saved(archive, a_page(*again, stream="again:mastodon"), now=now, track=TRACK)


def report(archive: Archive, window: Window = THIS, now: datetime = MONDAY) -> Report:
    return build(archive, CAMPAIGN, window, now=now, sources=())


def compared(shown: Report) -> tuple[int | None, int | None]:
    return shown.posts.finished, shown.posts.before


def left_out(shown: Report) -> list[tuple[str, int, str]]:
    assert shown.comparison
    return [(one.source, one.posts, one.reason) for one in shown.comparison.left_out]
