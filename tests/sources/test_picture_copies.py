"""A small copy of a picture may be fetched only where its platform says that nobody need be warned of it."""

import json
from pathlib import Path

import pytest

from monitor.platform_info import about, names
from monitor.sources import source
from monitor.sources.contract import KnowsPictureHosts
from monitor.sources.platforms.bluesky.parse import post_of_view
from monitor.sources.platforms.mastodon import Mastodon
from tests.builders import NOON
from tests.sources.loopback import as_html, as_json, serving

FIXTURES = Path(__file__).parents[1] / "fixtures"
SMALL = "https://cdn.bsky.app/img/feed_thumbnail/plain/did:plc:madeupmadeup/bafkreimadeup"


def item(platform):
    return json.loads((FIXTURES / platform / "post.json").read_text())


def copies(post):
    return [picture.thumbnail for picture in post.pictures if picture.thumbnail]


def view(labels=(), author=(), own=None):
    event = item("bluesky")
    record = event["commit"]["record"] | ({"labels": {"values": own}} if own else {})
    uri = f"at://{event['did']}/app.bsky.feed.post/1"
    writer = {"did": event["did"], "labels": [*author]}
    return {
        "uri": uri,
        "indexedAt": "2026-11-20T09:30:01Z",
        "record": record,
        "author": writer,
        "labels": [*labels],
    }


LABEL = {"val": "graphic-media"}


@pytest.mark.parametrize(
    ("labels", "small"),
    [({}, [SMALL]), ({"labels": [LABEL]}, []), ({"author": [LABEL]}, []), ({"own": [LABEL]}, [])],
    ids=["no label", "one of a moderator", "one of the account", "one of its writer"],
)
def test_bluesky_a_label_forbids_it(labels, small):
    assert copies(post_of_view(view(**labels))) == small


def test_bluesky_its_stream_does_not_know_of_labels():
    assert copies(source("bluesky").parse(item("bluesky"))) == []


SHOWN = {
    "type": "image",
    "url": "https://files.example/1.png",
    "preview_url": "https://files.example/small/1.png",
}


@pytest.mark.parametrize(
    ("change", "small"),
    [
        ({"sensitive": False}, ["https://files.example/small/1.png"]),
        ({"sensitive": True}, []),
        ({"sensitive": None}, []),
        ({"sensitive": False, "spoiler_text": "Injury"}, []),
        ({"sensitive": False, "media_attachments": [SHOWN | {"type": "video", "description": "A film"}]}, []),
        ({"sensitive": False, "media_attachments": [SHOWN | {"preview_url": "javascript:1"}]}, []),
    ],
    ids=["open", "sensitive", "not said", "behind a warning", "a film", "no address"],
)
def test_mastodon_a_warning_forbids_it(change, small):
    raw = {"media_attachments": [SHOWN], "spoiler_text": ""} | change
    assert copies(source("mastodon").parse(item("mastodon") | raw)) == small


@pytest.mark.parametrize(("age", "small"), [(False, ["https://i.redd.it/a.jpg"]), (True, []), (None, [])])
def test_reddit_it_has_to_be_for_all_ages(age, small):
    raw = {"post_hint": "image", "url": "https://i.redd.it/a.jpg", "over_18": age}
    assert copies(source("reddit").parse(item("reddit") | raw)) == small


@pytest.mark.parametrize(
    ("mark", "small"), [(False, ["https://pbs.twimg.com/media/a.jpg"]), (True, []), (None, [])]
)
def test_x_a_mark_forbids_it(mark, small):
    raw = item("x")
    raw["post"]["possibly_sensitive"] = mark
    raw["media"] = [{"type": "photo", "url": "https://pbs.twimg.com/media/a.jpg"}]
    assert copies(source("x").parse(raw)) == small


def test_x_is_asked_for_its_mark():
    from monitor.sources.platforms.x.client import _FIELDS

    assert "possibly_sensitive" in _FIELDS["tweet_fields"]


def test_hosts_are_known_of_the_platforms_that_mark_posts():
    hosts = {name: about(name).picture_hosts for name in names()}
    assert {name: own for name, own in hosts.items() if own} == {
        "bluesky": ("cdn.bsky.app",), "reddit": ("i.redd.it",), "x": ("pbs.twimg.com",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "more"),
    [
        (as_json({"thumbnail": {"url": "https://files.example/site/preview.png"}}), ["files.example"]),
        (as_json({"thumbnail": "https://files.example/a.png"}), [""]),
        (as_json([]), [""]),
        (as_html("no", 404), []),
        (as_json({"thumbnail": {"url": "https://[half"}}), []),
    ],
    ids=["elsewhere", "another form", "no table", "not told", "half an address"],
)
def test_mastodon_each_server_says_where_its_pictures_are(answer, more):
    with serving(lambda method, path, query: answer) as server:
        platform = Mastodon.open({"servers": [server.url]}, {}, NOON)
        assert isinstance(platform, KnowsPictureHosts)
        assert [*platform.picture_hosts()] == [server.url.removeprefix("http://"), *more]
    assert server.paths == ["/api/v2/instance"]
