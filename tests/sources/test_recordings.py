"""Every recording beside this copy is read by the real code: no file lies there unused.

What is no post is put aside, and what is one keeps the contract.
"""

import base64
import gzip
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.campaign import Track
from monitor.core.errors import SourceError
from monitor.core.model import Outcome, Page, Post, Query
from monitor.sources import source
from tests.sources.archived import a_campaign, stored
from tests.sources.contract import faults, is_dated, leads_back
from tests.sources.loopback import Answer, Handler, as_json, serving

TESTS = Path(__file__).parents[1]
FOLDER = Path(__file__).parents[3] / "shared/data/platforms"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="t", tags=("any",), phrases=("any",))
KEYS = dict.fromkeys(
    ("X_BEARER_TOKEN", "REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET", "INSTAGRAM_ACCESS_TOKEN"), "k"
) | {"INSTAGRAM_USER_ID": "1784"}
TOKEN = as_json({"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": "*"})
NOTHING = as_json({"meta": {"result_count": 0}})

needs_recordings = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings are not beside this copy")


def asked(name: str, handler: Handler, **own: str) -> list[Page]:
    """Return what the source makes of these answers."""
    pages = []
    with serving(handler) as server:
        at = {"URL": server.url, "URLS": [server.url]}
        try:
            for page in (
                source(name).open({key: at[value] for key, value in own.items()}, KEYS, NOW).search(QUERY, {})
            ):
                pages.append(page)
        except SourceError as error:  # the collector stores it as a page does
            pages.append(Page(stream=name, outcome=Outcome(error.outcome), detail=str(error)))
    return pages


def posts(pages: Iterable[Page]) -> list[Post]:
    """Return the posts of the pages; each must keep the contract with what it was read from."""
    found = [post for page in pages for post in page.posts]
    assert [fault for post in found for fault in faults(post, post.raw)] == []
    assert [post.url for post in found if not leads_back(post)] == []
    assert all(is_dated(post) for post in found)
    return found


def rejected(pages: Iterable[Page]) -> int:
    return sum(len(page.rejected) for page in pages)


def lines(name: str) -> list[str]:
    return [line for line in (FOLDER / name).read_text().splitlines() if line.strip()]


def x(answer: Any) -> list[Page]:
    body = answer if isinstance(answer, tuple) else as_json(answer)
    return asked("x", lambda m, p, query: NOTHING if "next_token" in query else body, api="URL")


def reddit(body: bytes) -> list[Page]:
    answer: Answer = (200, {"Content-Type": "application/json"}, body)
    end = as_json({"kind": "Listing", "data": {"children": [], "after": None}})

    def handler(method: str, path: str, query: dict[str, str]) -> Answer:
        if path.endswith("access_token"):
            return TOKEN
        return end if "after" in query else answer

    return asked("reddit", handler, oauth_url="URL", reddit_url="URL")


def said_by_reddit(name: str) -> list[bytes]:
    said = json.loads((FOLDER / "reddit" / name).read_text())["interactions"]
    return [one["response"]["body"]["string"].encode() for one in said if one["request"]["method"] == "GET"]


def listing_of_reddit(name: str) -> None:
    [body] = said_by_reddit(name)
    children = [child["data"] for child in json.loads(body)["data"]["children"]]
    pages = reddit(body)
    gone = [one["name"] for one in children if one.get("removed_by_category")]
    assert {post.id for post in posts(pages)} == {one["name"] for one in children} - {*gone}
    assert rejected(pages) == 0


def comments_of_reddit(name: str) -> None:
    info, thread = said_by_reddit(name)
    pages = reddit(info)  # a comment is no post that a search could bring
    assert (posts(pages), rejected(pages)) == ([], 1)
    assert [page.outcome for page in reddit(thread)] == [Outcome.UNREADABLE]
    [post] = posts(reddit(json.dumps(json.loads(thread)[0]).encode()))
    assert post.id == "t3_6wmniq"


def edited_on_x(name: str) -> None:
    [answer] = map(json.loads, lines(name))
    [post] = posts(x(answer | {"meta": {}}))[:1]
    item = answer["data"][0]
    assert post.id == item["edit_history_tweet_ids"][0]
    assert post.metrics.likes == item["public_metrics"]["like_count"]


def counts_of_x(name: str) -> None:
    for answer in map(json.loads, lines(name)):
        pages = x({"data": answer["data"]})  # hours are no posts
        assert (posts(pages), rejected(pages)) == ([], len(answer["data"]))


def compliance_of_x(name: str) -> None:
    events = [json.loads(line) for line in lines(name)]
    pages = x({"data": events})
    assert (posts(pages), rejected(pages)) == ([], len(events))


def stream_of_x(name: str) -> None:
    broken = 0
    for line in lines(name):
        try:
            said = json.loads(line)
        except json.JSONDecodeError:
            broken += 1
            assert [page.outcome for page in x((200, {}, line.encode()))] == [Outcome.UNREADABLE]
            continue
        if "data" in said:
            [post] = posts(x({"data": [said["data"]], "includes": said["includes"]}))
            assert post.url.endswith(said["data"]["id"]) or post.kind == "post"
    assert broken


def bare_search_of_x(name: str) -> None:
    yaml = pytest.importorskip("yaml")
    [exchange] = yaml.safe_load((FOLDER / "x" / name).read_text())["interactions"]
    body = exchange["response"]["body"]["string"]
    body = body if isinstance(body, bytes) else base64.b64decode(body)
    pages = x((200, {"Content-Encoding": "gzip", "Content-Type": "application/json"}, body))
    # it was recorded without times: none of its items is a post
    assert (posts(pages), rejected(pages)) == ([], len(json.loads(gzip.decompress(body))["data"]))


def whole_search_of_x(name: str) -> None:
    [answer] = map(json.loads, lines(name))
    assert len(posts(x(answer))) > 40


def parsed(name: str, items: list[Any]) -> None:
    found = [source(name).parse(item) for item in items]
    assert [fault for post, item in zip(found, items, strict=True) for fault in faults(post, item)] == []
    assert [post.url for post in found if not leads_back(post)] == []
    assert found


def statuses_of_mastodon(name: str) -> None:
    yaml = pytest.importorskip("yaml")
    items = []
    for exchange in yaml.safe_load((FOLDER / "mastodon" / name).read_text())["interactions"]:
        body = json.loads(exchange["response"]["body"]["string"] or "null")
        said = [one or {} for one in (body if isinstance(body, list) else [body])]
        # the answer to a deletion has the words that were typed, and no content
        items += [one for one in said if {"reblogs_count", "content"} <= one.keys()]
    parsed("mastodon", items)


def videos_of_youtube(name: str) -> None:
    said = json.loads((FOLDER / "youtube" / name).read_text())
    parsed("youtube", [{"video": video, "channel": None} for video in said["items"]])


def events_of_bluesky(name: str) -> None:
    events = [json.loads(line) for line in lines(f"bluesky/{name}")]
    made = [one for one in events if (one.get("commit") or {}).get("operation") == "create"]
    parsed("bluesky", [one for one in made if one["commit"]["collection"] == "app.bsky.feed.post"])


def hashtag_of_instagram(name: str) -> None:
    info = json.loads((FOLDER / "instagram" / name).read_text())
    paths = []

    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        paths.append(path)
        return as_json({"data": [info] if path.endswith("ig_hashtag_search") else []})

    assert posts(asked("instagram", answer, api="URL")) == []
    assert info["id"] in paths[-1]


def closed_on_mastodon(name: str) -> None:
    yaml = pytest.importorskip("yaml")
    said = yaml.safe_load((FOLDER / "mastodon" / name).read_text())["interactions"]
    for exchange in said:
        if not exchange["request"]["uri"].endswith("/api/v2/instance/"):
            continue
        info = json.loads(exchange["response"]["body"]["string"])
        access = info["configuration"]["timelines_access"]["hashtag_feeds"]
        pages = asked(
            "mastodon", lambda m, path, q, info=info: as_json(info if "instance" in path else []),
            servers="URLS",
        )  # fmt: skip
        is_open = {access["local"], access["remote"]} == {"public"}
        assert {page.outcome for page in pages} == {Outcome.COMPLETE if is_open else Outcome.CLOSED}


REPLAYS: dict[str, Callable[[str], None]] = {
    "bluesky/golden_v1.jsonl": events_of_bluesky,
    "mastodon/test_fetch_next_previous.yaml": statuses_of_mastodon,
    "mastodon/test_hashtag_tl.yaml": statuses_of_mastodon,
    "reddit/TestSubreddit.test_search.json": listing_of_reddit,
    "youtube/videos_info_multi.json": videos_of_youtube,
    "instagram/hashtag_info.json": hashtag_of_instagram,
    "mastodon/test_timeline_disabled.yaml": closed_on_mastodon,
    "reddit/TestComment.test_refresh__removed_comment.json": comments_of_reddit,
    "reddit/TestReddit.test_info_url.json": listing_of_reddit,
    "reddit/TestSubredditListings.test_hot.json": listing_of_reddit,
    "x/brexit.jsonl": whole_search_of_x,
    "x/counts.jsonl": counts_of_x,
    "x/edited_after.jsonl": edited_on_x,
    "x/edited_before.jsonl": edited_on_x,
    "x/entities_test.jsonl": whole_search_of_x,
    "x/streaming_output_with_error.jsonl": stream_of_x,
    "x/test_client_search_recent_tweets.yaml": bare_search_of_x,
    "x/tweets_compliance.jsonl": compliance_of_x,
}
# replayed in another file, which names it so
ELSEWHERE = {
    "feeds/googlenews_responseSearch.xml": ("sources/test_feeds.py", '"googlenews"'),
    "feeds/lemmy_responseCommunity.xml": ("sources/test_feeds.py", '"lemmy"'),
    "feeds/mastodon_responseTag.xml": ("sources/test_feeds.py", '"mastodon"'),
    "feeds/reddit_responseSubreddit.xml": ("sources/test_feeds.py", '"reddit"'),
    "feeds/tumblr_response.xml": ("sources/test_feeds.py", '"tumblr"'),
    "instagram/hashtag_recent_medias_p1.json": ("sources/test_instagram.py", "hashtag_recent_medias_p1"),
    "specs/mastodon_openapi.json": ("simulated/test_requests.py", "mastodon_openapi"),
    "specs/x_openapi_2.166.json": ("simulated/test_requests.py", "x_openapi_2.166"),
    "specs/x_openapi_2.167.json": ("simulated/test_requests.py", "x_openapi_2.167"),
    "youtube/error_response.json": ("sources/test_youtube.py", "error_response"),
    "youtube/search_by_keywords_p1.json": ("sources/test_youtube.py", "search_by_keywords_p1"),
}


def unused(folder: Path) -> set[str]:
    """Return the files below a folder, by its name and theirs, that no test replays."""
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    told = {name for name in files if "LICENSE" in name or name.endswith("README.md")}
    return files - told - {*REPLAYS, *ELSEWHERE}


@needs_recordings
def test_every_recording_is_replayed_by_some_test() -> None:
    assert unused(FOLDER) == set()
    for path, word in ELSEWHERE.values():
        assert word in (TESTS / path).read_text()


def test_control_a_recording_that_nobody_replays_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    for name in ("LICENSE", "new.jsonl", "counts.jsonl"):
        (tmp_path / "x" / name).touch()
    assert unused(tmp_path) == {"x/new.jsonl"}


@needs_recordings
@pytest.mark.parametrize("name", REPLAYS)
@pytest.mark.slow
def test_a_recording_is_read_by_the_real_code(name: str) -> None:
    in_folder = name if name.startswith("x/") and name.endswith("jsonl") else Path(name).name
    REPLAYS[name](in_folder)


@pytest.mark.heavy
@needs_recordings
def test_a_post_that_was_edited_between_two_looks_is_stored_once(tmp_path: Path) -> None:
    answers = [
        as_json(json.loads(lines(f"x/{name}.jsonl")[0]) | {"meta": {}})
        for name in ("edited_before", "edited_after")
    ]
    with serving(lambda *_: answers.pop(0) if answers else NOTHING) as server:
        track = Track(name="t", title="T", tags=("any",))
        found = stored(tmp_path / "a.db", a_campaign("x", {"api": server.url}, track), NOW, KEYS)
    row = found["1576994746135764992"]
    assert (row.text or "").startswith("hey :)")
    assert "1576994789110992896" not in found
