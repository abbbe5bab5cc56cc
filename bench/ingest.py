"""How fast posts are taken in, from a platform's answer to the commit, as a share of SQLite's best.

Ours reads Mastodon's JSON, keeps what matches and saves it: authors, terms, readings, tones, all
counts and the search index. The yardstick is a bare `executemany` of finished rows into an equal
posts table (same columns and indexes, nothing else). Both use transactions of the same size: 40 is
a page of Mastodon, 100 one of X, 1,000 an import. Runs are interleaved and medians compared. The
target is for pages, which is what a collector stores; an import's ratio is shown without one. A collector
also checks posts, finds their places and scores their tone: a row of its own, without a target.
What checksums add is measured on all that a collector does with a post, its places and tone as well.
"""

import random
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from bench.ratios import Ratio, seconds, table
from monitor.archive import Archive
from monitor.archive.damage.checksums import ChecksumsWriter
from monitor.campaign import load
from monitor.cli.wiring import analyzer_of
from monitor.collect import Collector
from monitor.core.clock import stamp
from monitor.core.model import Page, Post, Query, Sentiment, Tone
from monitor.core.text import belongs
from monitor.sources.platforms.mastodon import Mastodon

POSTS, ROUNDS, TARGET = 20_000, 7, 0.15
COLLECTED, TURNS = 1_000, 31  # posts a turn, and turns: many short ones, as the difference is small
CAMPAIGN = Path(__file__).parents[1] / "config/campaign.toml"
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
        for n in range(0, len(statuses), batch):
            found = (Mastodon.parse(status) for status in statuses[n : n + batch])
            posts = tuple(post for post in found if belongs(QUERY, post))
            archive.ingest.save(
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
        for n in range(0, len(statuses), batch):
            archive.db.conn.execute("BEGIN IMMEDIATE")
            archive.db.conn.executemany(sql, rows[n : n + batch])
            archive.db.conn.execute("COMMIT")

    return run


def a_row(n: int, status: Status, names: list[str]) -> tuple[Any, ...]:
    post = Mastodon.parse(status)
    said = {
        "id": n, "platform": post.platform, "native_id": post.id, "author_id": hash(post.author.id) % 3000,
        "url": post.url, "text": post.text, "created_unix": int(post.created_at.timestamp()), "utc_offset": 0,
        "fold": n, "kind": post.kind, "lang": post.lang, "likes": post.metrics.likes,
        "reposts": post.metrics.reposts, "replies": post.metrics.replies, "tone": "neutral",
        "followers": post.author.followers, "seen_unix": int(START.timestamp()),
    }  # fmt: skip
    return tuple(said.get(name) for name in names)


def sqlite_utils_alone(archive: Archive, statuses: list[Status], batch: int) -> Callable[[], None]:
    """Return what stores the same facts by `upsert_all`: equal columns, indexes and search, and no counts."""
    keys = {
        "authors": "id",
        "posts": "id",
        "tracked": ("post", "track"),
        "terms": ("post", "kind", "term"),
        "readings": ("post", "at"),
        "tones": ("post", "analyzer"),
        "cursors": ("track", "stream"),
    }
    tables = {name: archive.db.table(f"plain_{name}") for name in keys}

    def store(start: int, page: list[Status]) -> None:
        facts = plain_facts([post for post in map(Mastodon.parse, page) if belongs(QUERY, post)])
        facts["cursors"] = [{"track": "crime", "stream": "local", "cursor": str(start)}]
        with archive.db.atomic():
            for name, table in tables.items():
                table.upsert_all(facts[name], pk=keys[name], batch_size=batch)

    store(0, statuses[:1])
    tables["posts"].create_index(["created_at"])
    tables["posts"].create_index(["author", "created_at"])
    tables["terms"].create_index(["kind", "term", "post"])
    tables["posts"].enable_fts(["text"], create_triggers=True)
    return lambda: [store(n, statuses[n : n + batch]) for n in range(0, len(statuses), batch)] and None


def plain_facts(posts: list[Post]) -> dict[str, list[dict[str, Any]]]:
    """Return what is known of the posts, in rows of a table each, with texts as keys."""
    at = stamp(START)
    score = {"tone": SCORE.tone.value, "positive": SCORE.positive, "neutral": SCORE.neutral,
             "negative": SCORE.negative}  # fmt: skip
    return {
        "authors": [
            {"id": who.id, "platform": p.platform, "handle": who.handle, "name": who.name, "url": who.url,
             "followers": who.followers}
            for p in posts for who in [p.author]
        ],
        "posts": [
            {"id": p.id, "platform": p.platform, "author": p.author.id, "url": p.url, "text": p.text,
             "created_at": stamp(p.created_at), "day": str(p.created_at.date()),
             "hour": p.created_at.isoformat()[:13], "kind": p.kind.value, "lang": p.lang, **numbers(p),
             "followers": p.author.followers, "tone": SCORE.tone.value, "first_seen_at": at}
            for p in posts
        ],
        "tracked": [{"post": p.id, "track": QUERY.track} for p in posts],
        "terms": [{"post": p.id, "kind": "tag", "term": tag} for p in posts for tag in p.tags],
        "readings": [{"post": p.id, "at": at, **numbers(p)} for p in posts],
        "tones": [{"post": p.id, "analyzer": "none", **score, "scored_at": at} for p in posts],
    }  # fmt: skip


def numbers(post: Post) -> dict[str, int | None]:
    said = post.metrics
    return {"likes": said.likes, "reposts": said.reposts, "replies": said.replies, "quotes": said.quotes,
            "views": said.views}  # fmt: skip


def without_counts(archive: Archive, statuses: list[Status], batch: int) -> Callable[[], None]:
    """Return the same as `ours` on an archive that keeps no counts."""
    counting = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name NOT IN ('scores', 'labels')"
        " AND name NOT IN ('text_changes', 'text_goes', 'not_ours_stays_aside', 'work_is_forgotten')"
    )
    for (name,) in archive.db.execute(counting).fetchall():
        archive.db.execute(f"DROP TRIGGER {name}")
    return ours(archive, statuses, batch)


def collected(archive: Archive, statuses: list[Status], batch: int) -> Callable[[], None]:
    """Return what takes all in as a collector does, with places and tone, and seals them."""
    campaign, later = load(CAMPAIGN), START + timedelta(days=30)
    track = campaign.tracks[0]
    collector = Collector(
        campaign=campaign, archive=archive, analyzer=analyzer_of(campaign), env={}, clock=lambda: later
    )
    collector.analyzer.score("Weights are read once.", "en")

    def run() -> None:
        for n in range(0, len(statuses), batch):
            found = (Mastodon.parse(status) for status in statuses[n : n + batch])
            posts = tuple(post for post in found if belongs(track.query, post))
            collector.save(Page(stream="local", posts=posts, cursor=str(n)), "mastodon", track, later)
        archive.checksums.seal()

    return run


def without_checksums(archive: Archive, statuses: list[Status], batch: int) -> Callable[[], None]:
    """Return the same on an archive whose rows have no checksums."""
    keeping = "SELECT name FROM temp.sqlite_master WHERE type = 'trigger'"
    for (name,) in archive.db.execute(keeping).fetchall():
        archive.db.execute(f"DROP TRIGGER {name}")
    archive.checksums = Unsealed(archive.db)
    return collected(archive, statuses, batch)


class Unsealed(ChecksumsWriter):
    """Makes no checksums."""

    def seal(self, most: int = 0) -> bool:
        """Do nothing."""
        return False


Side = Callable[[Archive, list[Status], int], Callable[[], None]]


def once(side: Side, statuses: list[Status], batch: int) -> float:
    """Return the seconds of one run in a new archive."""
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "a.db", ZONE) as archive:
        run = side(archive, statuses, batch)
        return seconds(run)


def compared(
    one: Side, other: Side, statuses: list[Status], batch: int, rounds: int = ROUNDS
) -> tuple[float, float]:
    """Return the posts a second of two sides: medians of runs in turns."""
    pairs = [(once(one, statuses, batch), once(other, statuses, batch)) for _ in range(rounds)]
    first, second = (len(statuses) / median(times) for times in zip(*pairs, strict=True))
    return first, second


def counts_are_right(statuses: list[Status]) -> bool:
    """Return whether the counts equal a rebuild after all were taken in."""
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "a.db", ZONE) as archive:
        ours(archive, statuses, 100)()
        return archive.differences() == []


def measure() -> list[Ratio]:
    """Return the ratios of taking posts in."""
    chance = random.Random(1)
    statuses = [a_status(n, chance) for n in range(POSTS)]
    found = []
    for batch, target in ((40, TARGET), (100, TARGET), (1000, 0.0)):
        full, least = compared(ours, bare, statuses, batch)
        found.append(Ratio(
            goal=f"taking in, parse to commit / bare executemany, {batch:,} a transaction",
            value=full / least, target=target, note=f"{full:,.0f} to {least:,.0f} posts/s",
        ))  # fmt: skip
    full, least = compared(collected, bare, statuses[: 2 * COLLECTED], 40, ROUNDS)
    found.append(Ratio(
        goal="taking in with checks, places, tone and checksums / bare executemany, 40 each",
        value=full / least, target=0, note=f"{full:,.0f} to {least:,.0f} posts/s",
    ))  # fmt: skip
    full, alone = compared(ours, sqlite_utils_alone, statuses, 100)
    found.append(Ratio(
        goal="taking in / the same facts by sqlite-utils, no counts", value=full / alone, target=1.0,
        note=f"{full:,.0f} to {alone:,.0f} posts/s",
    ))  # fmt: skip
    full, light = compared(ours, without_counts, statuses, 100)
    right = "counts equal a rebuild" if counts_are_right(statuses) else "COUNTS DIFFER FROM A REBUILD"
    found.append(
        Ratio(
            goal="time with all counts / without", value=light / full, target=2.6, at_least=False, note=right
        )
    )
    sealed, unsealed = compared(collected, without_checksums, statuses[:COLLECTED], 40, TURNS)
    found.append(Ratio(
        goal="time with checksums / without, as a collector takes in", value=unsealed / sealed, target=1.05,
        at_least=False, note=f"{sealed:,.0f} to {unsealed:,.0f} posts/s",
    ))  # fmt: skip
    return found


if __name__ == "__main__":
    print(table(measure()))
