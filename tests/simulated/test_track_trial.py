"""What a trial says of stored posts is what collecting anew with the new words brings of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.core.model import Query
from monitor.track_trial import trial
from tests.sources.archived import LONDON, a_campaign, polled
from tests.sources.loopback import Answer, as_json, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = ("police", "cuts", "bus", "film", "night", "#Crime", "#Bus", "#Cuts")
SEEDS = range(25)
NUMBER = 40  # of posts: one page of each platform
OTHER = Track(name="other", title="Other", tags=("Bus",), phrases=("film", "night"))
Post = tuple[int, datetime, str]


def posts(draw: Random) -> list[Post]:
    """Return numbered posts of the last weeks, the newest first."""
    return [
        (number, NOW - timedelta(hours=12 * number + 1), " ".join(draw.choices(WORDS, k=draw.randint(2, 7))))
        for number in range(NUMBER)
    ]


def a_track(draw: Random) -> Track:
    """Return a track of any words, mostly with few that must or must not be there."""

    def some(words: tuple[str, ...], *, most: int) -> tuple[str, ...]:
        return tuple(draw.sample(words, draw.choice((0, 0, most))))

    return Track(
        name="own", title="Own", tags=tuple(draw.sample(("Crime", "Bus", "Cuts"), draw.randint(1, 2))),
        phrases=some(("police cuts", "night bus", "film"), most=2), required=some(("police", "bus"), most=1),
        excluded=some(("film", "night"), most=1), near=some(("police cuts~1", "film bus~0"), most=1),
    )  # fmt: skip


def zulu(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def lemmy(posts: list[Post], path: str, query: Mapping[str, str]) -> Answer:
    """Answer a search: what has the letters anywhere, as a database finds them."""
    answer: dict[str, list[Any]] = {"posts": [], "comments": []}
    if query["type_"] == "Posts" and query["page"] == "1":
        answer["posts"] = [
            {
                "post": {"ap_id": f"https://talk.example/post/{number}", "published": zulu(at), "name": text},
                "creator": {"actor_id": "https://talk.example/u/ann", "name": "ann"},
            }
            for number, at, text in posts
            if query["q"] in text.lower()
        ]
    return as_json(answer)


def mastodon(posts: list[Post], path: str, query: Mapping[str, str]) -> Answer:
    """Answer with the timeline of a hashtag; there is no other way to ask."""
    if path == "/api/v2/instance":
        return as_json({"version": "4.5.0", "configuration": {}})
    tag = path.rpartition("/")[2].lower()
    first = int(query.get("max_id", 10**6))
    return as_json([
        {
            "id": str(NUMBER - number), "uri": f"https://towns.example/statuses/{number}",
            "url": f"https://towns.example/@ann/{number}", "created_at": zulu(at), "visibility": "public",
            "content": f"<p>{text}</p>",
            "tags": [{"name": word[1:].lower()} for word in text.split() if word[0] == "#"],
            "account": {"acct": "ann", "url": "https://towns.example/@ann"},
        }
        for number, at, text in posts
        if f"#{tag}" in text.lower().split() and NUMBER - number < first
    ])  # fmt: skip


def feeds(posts: list[Post], path: str, query: Mapping[str, str]) -> Answer:
    """Answer with a whole feed, whatever is looked for."""
    items = "".join(
        f"<item><title>{text}</title><link>https://paper.example/{number}</link>"
        f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for number, at, text in posts
    )
    feed = f"<rss version='2.0'><channel><title>Paper</title>{items}</channel></rss>"
    return 200, {"Content-Type": "application/rss+xml"}, feed.encode()


PLATFORMS = {
    "lemmy": (lemmy, lambda url: {"servers": [url]}),
    "mastodon": (mastodon, lambda url: {"servers": [url]}),
    "feeds": (feeds, lambda url: {"urls": [f"{url}/feed"], "google_news": False}),
}


def numbers(archive: Archive, track: str = "%") -> set[str]:
    """Return the platform's ids of the posts of a track, or of all."""
    sql = "SELECT native_id FROM posts JOIN post_tracks ON post_id = id WHERE track LIKE ?"
    return {native_id for (native_id,) in archive.db.execute(sql, [track])}


def differences(
    seed: int, platform: str, folder: Path, tried: Any = lambda query: query
) -> tuple[int, list[str]]:
    """Return how many posts come or go by a trial, and of which collecting anew tells otherwise."""
    draw = Random(seed)
    made, before, after = posts(draw), a_track(draw), a_track(draw)
    answer, own = PLATFORMS[platform]
    with serving(lambda method, path, query: answer(made, path, query)) as server:
        old, new = folder / f"{seed}-old.db", folder / f"{seed}-new.db"
        polled(old, a_campaign(platform, own(server.url), before, OTHER), NOW)
        polled(new, a_campaign(platform, own(server.url), after), NOW)
    with Archive.open(old, LONDON) as first, Archive.open(new, LONDON) as second:
        stored, members, again = numbers(first), numbers(first, "own"), numbers(second)
        result = trial(first, before.query, tried(after.query), NOW)
        rows = [first.posts.by_ids([text.id for text in texts]) for texts in (result.gains, result.losses)]
    gains, losses = ({row.native_id for row in part} for part in rows)
    assert result.unsure == 0
    wrong = (gains ^ ((again & stored) - members)) | (losses ^ (members - again))
    return len(gains | losses), sorted(wrong)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_trial_tells_what_collecting_anew_brings(platform: str, tmp_path: Path) -> None:
    results = [differences(seed, platform, tmp_path) for seed in SEEDS]
    assert [wrong for _, wrong in results if wrong] == []
    assert sum(moves for moves, _ in results) > 100


@pytest.mark.parametrize("kind", ["tags", "phrases", "required", "excluded", "near"])
def test_a_trial_that_forgets_one_kind_of_words_is_caught(kind: str, tmp_path: Path) -> None:
    """The control: each kind of words moves posts in these histories."""

    def forgetful(query: Query) -> Query:
        return replace(query, **{kind: ()})

    assert any(differences(seed, "feeds", tmp_path, forgetful)[1] for seed in SEEDS)
