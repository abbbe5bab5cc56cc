"""Links and pictures of posts: what may be shown gets through, each platform's own words are understood."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import Media
from monitor.sources.platforms.bluesky import Bluesky
from monitor.sources.platforms.lemmy import Lemmy
from monitor.sources.platforms.mastodon import Mastodon
from monitor.sources.platforms.reddit import Reddit
from monitor.sources.platforms.x import X
from monitor.sources.shared.safe_links import addresses, in_markup

FIXTURES = Path(__file__).parents[1] / "fixtures"
HOSTILE = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//news.example/1", "https://", "https:///x",
    "https://[::1", "ftp://news.example/", " https://news.example/", "https://news.example/\n",
    "https://a b/",
    "https://news.example/" + "x" * 2000, "", None, 5, ["https://news.example"],
)  # fmt: skip


def fixture(name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((FIXTURES / name / "post.json").read_text())
    return made


@pytest.mark.parametrize("bad", HOSTILE, ids=lambda bad: str(bad)[:30])
def test_what_is_no_web_address_is_dropped_and_the_rest_kept(bad: object) -> None:
    good = ["https://news.example/1?a=b", "http://127.0.0.1:8000/", "https://news.example/" + "x" * 1979]
    assert addresses([*good, bad]) == set(good)


def test_links_in_markup_leave_out_hashtags_and_people() -> None:
    tag = '<a class="mention hashtag" href="https://a.example/tags/x">#<span>x</span></a>'
    person = '<span class="h-card"><a href="https://a.example/@bob">@bob</a></span>'
    link = "<a href='https://news.example/?a=1&amp;b=2'><span> </span><b>news</b></a>"
    assert in_markup(f"<p>{tag} {person} {link} <a>none</a></p>") == ["https://news.example/?a=1&b=2"]


BROKEN = ("<![x", "<!--", "<a href", "</" * 40_000, "<a " * 40_000, "<a href='" * 40_000, "<" * 99_999)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken[:12])
def test_broken_markup_costs_nothing_but_itself(broken: str) -> None:
    began = time.thread_time()
    found = in_markup(f"<a href='https://news.example'>news</a>{broken}")
    assert addresses(found) == {"https://news.example/"}
    assert time.thread_time() - began < 1


def test_a_bluesky_card_is_a_link_and_a_quote_may_show_a_film() -> None:
    raw = fixture("bluesky")
    card = {"$type": "app.bsky.embed.external", "external": {"uri": "https://news.example/2", "title": ""}}
    film = {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {},
        "media": {"$type": "app.bsky.embed.video"},
    }
    raw["commit"]["record"] |= {"facets": [], "embed": card}
    post = Bluesky.parse(raw)
    assert (post.links, post.media) == ({"https://news.example/2"}, frozenset())
    raw["commit"]["record"]["embed"] = film
    post = Bluesky.parse(raw)
    assert (post.links, post.media) == (frozenset(), {Media.VIDEO})


@pytest.mark.parametrize(
    ("said", "links", "media"),
    [
        ({"url": "https://www.reddit.com/r/a/comments/1/x/"}, set(), set()),
        ({"url": "https://i.redd.it/1.jpg", "post_hint": "image"}, set(), {Media.IMAGE}),
        ({"url": "https://v.redd.it/1", "is_video": True, "post_hint": "hosted:video"}, set(), {Media.VIDEO}),
        ({"url": "https://www.reddit.com/gallery/1", "is_gallery": True}, set(), {Media.IMAGE}),
        ({"url": "https://notreddit.com/1"}, {"https://notreddit.com/1"}, set()),
        ({"url": "https://c.example/1", "post_hint": "rich:video"}, {"https://c.example/1"}, {Media.VIDEO}),
    ],
)  # fmt: skip
def test_reddit_s_own_addresses_are_no_links(
    said: dict[str, Any], links: set[str], media: set[Media]
) -> None:
    post = Reddit.parse(fixture("reddit") | {"url": None, "post_hint": None} | said)
    assert (post.links, post.media) == (links, media)


def test_a_lemmy_comment_does_not_take_its_post_s_link() -> None:
    comment = {"ap_id": "https://talk.example/c/1", "content": "Yes", "published": "2026-11-20T09:30:00Z"}
    post = Lemmy.parse(fixture("lemmy") | {"comment": comment})
    assert (post.links, post.media) == (frozenset(), frozenset())


def test_who_does_not_want_to_be_indexed_has_no_links_kept() -> None:
    raw = fixture("mastodon")
    post = Mastodon.parse(raw | {"account": raw["account"] | {"noindex": True}})
    assert (post.links, post.media) == (frozenset(), frozenset())


def test_a_post_of_x_without_pictures_or_links_has_none() -> None:
    raw = fixture("x")
    bare = {key: value for key, value in raw["post"].items() if key not in ("entities", "attachments")}
    post = X.parse({"post": bare, "user": None})
    assert (post.links, post.media) == (frozenset(), frozenset())
