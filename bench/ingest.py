"""How fast posts are taken in, from a platform's answer to the commit, as a share of SQLite's best.

Ours reads Mastodon's JSON, keeps what matches and saves it: authors, terms, readings, tones, all
counts and the search index. The yardstick is a bare `executemany` of finished rows into an equal
posts table (same columns and indexes, nothing else). Both use transactions of the same size: 40 is
a page of Mastodon, 100 one of X, 1,000 an import. Runs are interleaved and medians compared. The
target is for pages, which is what a collector stores; an import's ratio is shown beside them.
"""

import random
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from monitor.archive import Archive
from monitor.clock import stamp
from monitor.model import Page, Query, Sentiment, Tone
from monitor.sources.mastodon import Mastodon
from monitor.text import belongs

POSTS, ROUNDS, TARGET = 20_000, 5, 0.15
ZONE = ZoneInfo("Europe/London")
START = datetime(2026, 1, 5, tzinfo=UTC)
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
SCORE = Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)
WORDS = ["streets", "knife", "crime", "safe", "police", "council", "night", "enough", "people", "families"]
Status = dict[str, Any]


def a_status(n: int, chance: random.Random) -> Status:
    by = f"https://social.example/@p{int(3_000 * chance.random() ** 2)}"
    return {
        "id": str(n),
        "uri": f"{by}/{n}",
        "url": f"{by}/{n}",
        "content": f"<p>{' '.join(chance.choices(WORDS, k=18))} #CallingTimeOnCrime</p>",
        "created_at": (START + timedelta(seconds=120 * n)).isoformat(),
        "language": "en",
        "tags": [{"name": "callingtimeoncrime"}],
        "favourites_count": n % 7,
        "reblogs_count": n % 3,
        "replies_count": n % 2,
        "account": {"url": by, "acct": by[24:], "display_name": "Someone", "followers_count": n % 900},
    }


def ours(archive: Archive, statuses: list[Status], batch: int) -> Callable[[], None]:
    """Return what takes all statuses in, a page of `batch` at a time."""

    def run() -> None:
        for n in range(0, POSTS, batch):
            found = (Mastodon.parse(status) for status in statuses[n : n + batch])
            posts = tuple(post for post in found if belongs(QUERY, post))
            archive.save(
                Page(stream="local", posts=posts, cursor=str(n)), source="mastodon", track="crime",
                scores=[SCORE] * len(posts), analyzer="none", started_at=START, now=START,
            )  # fmt: skip

    return run


def bare(archive: Archive, statuses: list[Status], batch: int) -> Callable[[], None]:
    """Return what puts finished rows into an equal table, `batch` a transaction."""
    names = [row[1] for row in archive.db.execute("PRAGMA table_info (posts)")]
    equal = "SELECT sql FROM sqlite_master WHERE tbl_name = 'posts' AND type IN ('table', 'index')"
    for (sql,) in archive.db.execute(f"{equal} AND sql NOT NULL ORDER BY type DESC").fetchall():
        renamed = sql.replace("TABLE posts", "TABLE equal_posts").replace("ON posts", "ON equal_posts")
        archive.db.execute(renamed.replace("INDEX ", "INDEX equal_"))
    archive.db.execute("PRAGMA foreign_keys = OFF")
    rows = [a_row(n, status, names) for n, status in enumerate(statuses, 1)]
    sql = f"INSERT INTO equal_posts ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"

    def run() -> None:
        for n in range(0, POSTS, batch):
            archive.db.conn.execute("BEGIN IMMEDIATE")
            archive.db.conn.executemany(sql, rows[n : n + batch])
            archive.db.conn.execute("COMMIT")

    return run


def a_row(n: int, status: Status, names: list[str]) -> tuple[Any, ...]:
    post = Mastodon.parse(status)
    said = {
        "id": n, "platform": post.platform, "native_id": post.id, "author_id": hash(post.author.id) % 3000,
        "url": post.url, "text": post.text, "created_at": stamp(post.created_at), "day": "2026-01-05",
        "hour": "2026-01-05T12+00:00", "kind": "post", "lang": "en", "likes": post.metrics.likes,
        "reposts": post.metrics.reposts, "replies": post.metrics.replies, "tone": "neutral",
        "followers": post.author.followers, "first_seen_at": stamp(START),
    }  # fmt: skip
    return tuple(said.get(name) for name in names)


Side = Callable[[Archive, list[Status], int], Callable[[], None]]


def seconds(side: Side, statuses: list[Status], batch: int) -> float:
    """Return the seconds of one run in a new archive."""
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "a.db", ZONE) as archive:
        run = side(archive, statuses, batch)
        began = perf_counter()
        run()
        return perf_counter() - began


def main() -> int:
    """Print the medians and the ratio; return 1 if it misses the target."""
    chance = random.Random(1)
    statuses = [a_status(n, chance) for n in range(POSTS)]
    print(f"{'a transaction':>14} {'ours, posts/s':>14} {'bare, posts/s':>14} {'ratio':>6}")
    met = True
    for batch in (40, 100, 1000):
        pairs = [(seconds(ours, statuses, batch), seconds(bare, statuses, batch)) for _ in range(ROUNDS)]
        full, least = (median(times) for times in zip(*pairs, strict=True))
        met = met and (batch == 1000 or least / full >= TARGET)
        print(f"{batch:>14,} {POSTS / full:>14,.0f} {POSTS / least:>14,.0f} {least / full:>6.2f}")
    print(f"Target for pages of 40 and 100: at least {TARGET}. {'Met.' if met else 'Missed.'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
