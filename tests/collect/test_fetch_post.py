"""Asking a platform for one post by its address, at a real server on this machine."""

from datetime import UTC, datetime

import pytest

from monitor.campaign import Track
from monitor.collect.fetch_post import fetch_post
from monitor.platform_info import names
from monitor.platform_info.post_urls import pointers
from tests.sources.archived import a_campaign
from tests.sources.loopback import as_json, serving

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TRACK = Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",))
ID = "115446932983219999"


def a_status(**account):
    url = f"https://far.example/@ann/{ID}"
    return {
        "id": ID, "uri": url, "url": url, "created_at": "2026-11-20T10:00:00Z", "content": "Hello",
        "visibility": "public", "account": {"url": "https://far.example/@ann", "acct": "ann"} | account,
    }  # fmt: skip


def asked(name, answer, address, **own):
    """Return what is shown of the post at an address, and what was asked for."""
    asked = []

    def handler(method, path, query):
        asked.append(path)
        return answer(path, query)

    with serving(handler) as server:
        host = server.url.removeprefix("http://")
        settings = {key: [server.url] if key == "servers" else server.url for key in own.values()}
        env = {"YOUTUBE_API_KEY": "k", "X_BEARER_TOKEN": "k"}
        [pointer] = [one for one in pointers(address.format(host=host), names()) if one.platform == name]
        found = fetch_post(a_campaign(name, settings, TRACK), env, pointer, NOW)
    return found, asked


MASTODON = "http://{host}/@ann/" + ID


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (as_json(a_status()), "post"),
        (as_json(a_status(noindex=True)), "private"),
        (as_json({"error": "Record not found"}, 404), "gone"),
        (as_json({"error": "no"}, 403), "unknown"),
        ((500, {}, b"broken"), "unknown"),
    ],
)
def test_a_mastodon_server_that_is_listed_says_how_a_post_is_now(tmp_path, answer, expected):
    found, paths = asked("mastodon", lambda *_: answer, MASTODON, a="servers")
    assert paths[0] == f"/api/v1/statuses/{ID}"
    said = {None: "unknown"}.get(found) or (
        "post" if found.post else "private" if found.is_private else "gone"
    )
    assert said == expected


def test_a_server_that_is_not_listed_is_never_asked(tmp_path):
    address = f"https://far.example/@ann/{ID}"
    assert asked("mastodon", lambda *_: as_json({}), address, a="servers") == (None, [])


def test_lemmy_is_asked_by_what_its_address_says(tmp_path):
    view = {
        "post": {"id": 5, "ap_id": "https://l.example/post/5", "name": "Hi",
                 "published": "2026-11-20T10:00:00Z"},
        "creator": {"actor_id": "https://l.example/u/ann", "name": "ann"}, "counts": {},
    }  # fmt: skip
    found, paths = asked(
        "lemmy", lambda *_: as_json({"post_view": view}), "http://{host}/post/5", a="servers"
    )
    assert (found.post.text, paths) == ("Hi", ["/api/v3/post"])


@pytest.mark.parametrize("who", ["did:plc:ann", "ann.example"])
def test_bluesky_is_asked_by_id_whatever_name_the_address_has(tmp_path, who):
    uri = "at://did:plc:ann/app.bsky.feed.post/3lmade2up2222"
    view = {
        "uri": uri, "indexedAt": "2026-11-20T10:00:00Z", "author": {"did": "did:plc:ann"},
        "record": {"text": "Hi", "createdAt": "2026-11-20T10:00:00Z"},
    }  # fmt: skip

    def answer(path, query):
        if path.endswith("getProfiles"):
            return as_json({"profiles": [{"did": "did:plc:ann", "handle": "ann.example"}]})
        return as_json({"posts": [view] if query["uris"] == uri else []})

    found, _ = asked("bluesky", answer, f"https://bsky.app/profile/{who}/post/3lmade2up2222", a="public")
    assert found.post.id == uri


def test_youtube_leaves_out_what_is_gone(tmp_path):
    found, _ = asked("youtube", lambda *_: as_json({"items": []}), "https://youtu.be/dQw4w9WgXcQ", a="api")
    assert found is not None
    assert found.post is None


def test_a_platform_that_costs_money_is_not_asked(tmp_path):
    assert asked("x", lambda *_: as_json({}), "https://x.com/a/status/5", a="api") == (None, [])
