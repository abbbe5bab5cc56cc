"""A text is the same by every way in: from a platform, from a file and by hand. All made up."""

import csv
import html
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.imports.file_import import read_file
from monitor.core.model import Post, Query
from monitor.core.normal_text import without_accents
from monitor.core.text import belongs, fingerprint, normal_tag
from monitor.manual_entry.entry import entry
from monitor.sources.platforms.bluesky import Bluesky
from monitor.sources.platforms.feeds import Feeds
from monitor.sources.platforms.instagram import Instagram
from monitor.sources.platforms.lemmy import Lemmy
from monitor.sources.platforms.mastodon import Mastodon
from monitor.sources.platforms.reddit import Reddit
from monitor.sources.platforms.threads import Threads
from monitor.sources.platforms.tumblr import Tumblr
from monitor.sources.platforms.x import X
from monitor.sources.platforms.youtube import YouTube
from tests.archive.saving import opened, saved
from tests.builders import a_page

FIXTURES = Path(__file__).parents[1] / "fixtures"
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
QUERY = Query(
    track="crime",
    tags=("CallingTimeOnCrime", "CaféWatch"),
    phrases=("calling time on", "it's time"),
    excluded=("film",),
)
KINDS = {
    "signs that HTML spells out": ("Crime & grime <3 > #CallingTimeOnCrime", {"callingtimeoncrime"}),
    "a sign that is spelt out by its writer": (
        "&amp; is an ampersand #CallingTimeOnCrime",
        {"callingtimeoncrime"},
    ),
    "a full-width sign": ("＃CallingTimeOnCrime now", {"callingtimeoncrime"}),
    "a small sign": ("now ﹟CallingTimeOnCrime", {"callingtimeoncrime"}),
    "full-width letters": ("＃ＣａｌｌｉｎｇＴｉｍｅＯｎＣｒｉｍｅ", {"callingtimeoncrime"}),
    "styled letters": ("𝗖𝗮𝗹𝗹𝗶𝗻𝗴 𝗧𝗶𝗺𝗲 𝗢𝗻 #𝗞𝗻𝗶𝗳𝗲", {"knife"}),
    "zero-width marks": ("#Calling\u200bTime\u00adOnCrime\ufeff", {"callingtimeoncrime"}),
    "a curly apostrophe": ("It’s time #Enough", {"enough"}),
    "an accent written apart": ("#Cafe\u0301Watch", {"caf\u00e9watch"}),
    "no accent": ("#CafeWatch", {"cafewatch"}),
    "a long text": ("word " * 120 + "#CallingTimeOnCrime", {"callingtimeoncrime"}),
    "a year": ("Calling time on #2026", set()),
}
TAGS = dict(KINDS.values())


def fixture(name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((FIXTURES / name / "post.json").read_text())
    return made


def on_mastodon(text: str) -> dict[str, Any]:
    """Return a status as Mastodon has it, which lists the hashtags itself, and without their accents.

    https://github.com/mastodon/mastodon/blob/main/app/lib/hashtag_normalizer.rb
    """
    tags = [{"name": without_accents(tag)} for tag in TAGS.get(text, ())]
    return fixture("mastodon") | {"content": f"<p>{html.escape(text)}</p>", "spoiler_text": "", "tags": tags}


def on_bluesky(text: str) -> dict[str, Any]:
    event = fixture("bluesky")
    event["commit"]["record"] |= {"text": text, "tags": [], "facets": []}
    return event


def on_x(text: str) -> dict[str, Any]:
    """Return a post as X has it: spelt out for HTML, and a long one cut short beside the whole of it."""
    post = fixture("x")["post"] | {"text": html.escape(text[:280], quote=False), "entities": {}}
    post.pop("note_tweet")
    if len(text) > 280:
        post["note_tweet"] = {"text": html.escape(text, quote=False)}
    return post


def on_youtube(text: str) -> dict[str, Any]:
    raw = fixture("youtube")
    raw["video"]["snippet"] |= {"title": text, "description": ""}
    return raw


def on_lemmy(text: str) -> dict[str, Any]:
    raw = fixture("lemmy")
    raw["post"] |= {"name": text, "body": ""}
    return raw


def in_a_file(text: str) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(
        [["platform", "id", "text", "created_at"], ["forum", "1", text, AT.isoformat()]]
    )
    return file.getvalue()


def by_twarc(text: str) -> str:
    return json.dumps({"data": [on_x(text)], "includes": {"users": [fixture("x")["user"]]}})


def by_zeeschuimer(text: str) -> str:
    legacy = {
        "created_at": "Fri Nov 20 09:30:00 +0000 2026", "full_text": html.escape(text[:280], quote=False),
        "user_id_str": "1", "entities": {},
    }  # fmt: skip
    long = {"note_tweet_results": {"result": {"text": html.escape(text, quote=False)}}}
    user = {"result": {"core": {"screen_name": "ann"}, "legacy": {}}}
    data = {"rest_id": "1", "core": {"user_results": user}, "legacy": legacy}
    return json.dumps(
        {"source_platform": "x.com", "data": data | ({"note_tweet": long} if len(text) > 280 else {})}
    )


def by_hand(text: str) -> Post:
    fields = {"where": "Nextdoor", "when": "2026-11-20 09:30", "text": text, "link": ""}
    return entry(fields, ZoneInfo("Europe/London"), AT)


LIVE: dict[str, Callable[[str], Post]] = {
    "mastodon": lambda text: Mastodon.parse(on_mastodon(text)),
    "bluesky": lambda text: Bluesky.parse(on_bluesky(text)),
    "x": lambda text: X.parse({"post": on_x(text), "user": None}),
    "youtube": lambda text: YouTube.parse(on_youtube(text)),
    "lemmy": lambda text: Lemmy.parse(on_lemmy(text)),
    "reddit": lambda text: Reddit.parse(fixture("reddit") | {"title": text, "selftext": ""}),
    "threads": lambda text: Threads.parse(fixture("threads") | {"text": text, "topic_tag": ""}),
    "instagram": lambda text: Instagram.parse(fixture("instagram") | {"caption": text, "found_by": ""}),
    "tumblr": lambda text: Tumblr.parse(
        fixture("tumblr") | {"title": "", "body": f"<p>{html.escape(text)}</p>", "tags": []}
    ),
    "feeds": lambda text: Feeds.parse(
        fixture("feeds") | {"title": html.escape(text), "body": "", "tags": []}
    ),
    "by hand": by_hand,
}
FILES: dict[str, Callable[[str], str]] = {
    "CSV": in_a_file,
    "twarc": by_twarc,
    "Zeeschuimer": by_zeeschuimer,
    "JSON of Mastodon": lambda text: json.dumps(on_mastodon(text)),
    "JSON of Bluesky": lambda text: json.dumps(on_bluesky(text)),
}


def taken_in(way: str, text: str, folder: Path) -> Post:
    """Return the post that comes by this way in."""
    if way in LIVE:
        return LIVE[way](text)
    (folder / "file").write_text(FILES[way](text), encoding="utf-8")
    [post] = read_file(folder / "file", {}, ZoneInfo("Europe/London"))
    assert isinstance(post, Post), post
    return post


def _as_listed(tags: set[str], way: str) -> set[str]:
    return {without_accents(tag) for tag in tags} if "mastodon" in way.casefold() else tags


@pytest.mark.parametrize("way", [*LIVE, *FILES])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_text_is_the_same_by_every_way(kind: str, way: str, tmp_path: Path) -> None:
    text, tags = KINDS[kind]
    post = taken_in(way, text, tmp_path)
    assert post.text == text  # as its writer wrote it, and as it will be shown
    assert belongs(QUERY, post)
    assert {normal_tag(tag) for tag in post.tags} == _as_listed(tags, way)
    assert fingerprint(post.text) == fingerprint(text)


@pytest.mark.slow
def test_the_archive_has_the_same_hashtags_and_knows_the_same_words_whatever_way_they_came(
    tmp_path: Path,
) -> None:
    for text, tags in KINDS.values():
        posts = [taken_in(way, text, tmp_path) for way in (*LIVE, *FILES)]
        numbered = [replace(post, platform=f"p{n}") for n, post in enumerate(posts)]
        with opened(tmp_path) as archive:
            for table in ("posts", "text_labels"):
                archive.db.execute(f"DELETE FROM {table}")
            saved(archive, a_page(*numbered))
            ids = [post for (post,) in archive.db.execute("SELECT id FROM posts")]
            stored = archive.db.execute("SELECT tag FROM post_tags GROUP BY tag HAVING count(*) > 2")
            assert {tag for (tag,) in stored} == tags
            said = archive.annotations.label(ids[:1], "tone", "negative", by="Jo", now=AT)
            assert said == len(numbered) == len(LIVE) + len(FILES)


@pytest.mark.parametrize("way", [*LIVE, *FILES])
def test_control_what_says_something_else_is_not_of_the_track_by_any_way(way: str, tmp_path: Path) -> None:
    for text in ("#CallingTimeOnCrimes", "Calling time, on", "#CallingTimeOnCrime, a ﬁlm", "Its time"):
        assert not belongs(QUERY, taken_in(way, text, tmp_path))
