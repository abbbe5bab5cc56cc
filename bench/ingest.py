"""How fast a page is stored: the collector's path beside a bare `executemany` into the same table.

Prints ratios measured side by side in one run. Target: 0.15 or more, with rollups and search.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from monitor.archive import Archive
from monitor.clock import stamp
from monitor.model import Author, Metrics, Page, Post, Sentiment, Tone

POSTS, PAGE, ROUNDS = 20_000, 40, 3
START = datetime(2026, 6, 1, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
NEUTRAL = Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)
TEXT = "Signed the petition on the Heathway this morning, with half of our street. #CallingTimeOnCrime "


def a_post(number: int) -> Post:
    return Post(
        platform="mastodon",
        id=f"https://social.example/{number}",
        url=f"https://social.example/{number}",
        author=Author(id=f"a{number * 7919 % 4000}", handle="someone", followers=100),
        text=f"{TEXT}{number}",
        created_at=START + timedelta(minutes=number),
        tags=frozenset({"callingtimeoncrime"}),
        metrics=Metrics(likes=number % 9, reposts=0, replies=1),
    )


def ours(archive: Archive, posts: list[Post]) -> None:
    for start in range(0, len(posts), PAGE):
        some = tuple(posts[start : start + PAGE])
        archive.save(
            Page(stream="s", posts=some, cursor=str(start)),
            source="mastodon",
            track="t",
            scores=[NEUTRAL] * len(some),
            analyzer="none",
            started_at=START,
            now=START,
        )


def bare(archive: Archive, posts: list[Post]) -> None:
    archive.db.execute("CREATE TABLE bare AS SELECT * FROM posts WHERE false")
    archive.db.execute("CREATE UNIQUE INDEX bare_key ON bare (platform, native_id)")
    archive.db.execute("CREATE INDEX bare_by_time ON bare (created_at)")
    archive.db.execute("CREATE INDEX bare_by_author ON bare (author_id, created_at)")
    rows = [
        (post.platform, post.id, 1, post.url, post.text, stamp(post.created_at), "2026-06-01", "post", "en")
        for post in posts
    ]
    insert = (
        "INSERT INTO bare (platform, native_id, author_id, url, text, created_at, day, kind, lang)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    for start in range(0, len(rows), 1000):
        archive.db.execute("BEGIN")
        archive.db.conn.executemany(insert, rows[start : start + 1000])
        archive.db.execute("COMMIT")


def seconds(store: Callable[[Archive, list[Post]], None], posts: list[Post]) -> float:
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "a.db", ZONE) as archive:
        begun = time.perf_counter()
        store(archive, posts)
        return time.perf_counter() - begun


def main() -> None:
    posts = [a_post(number) for number in range(POSTS)]
    times = [(seconds(bare, posts), seconds(ours, posts)) for _ in range(ROUNDS)]
    plain, full = (median(column) for column in zip(*times, strict=True))
    print(f"bare executemany   {POSTS / plain:>9,.0f} posts/s")
    print(f"the whole page     {POSTS / full:>9,.0f} posts/s")
    print(f"ratio              {plain / full:>9.2f}   target >= 0.15")


if __name__ == "__main__":
    main()
