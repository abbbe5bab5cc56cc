"""What wraps the items of other programs' JSON, and what of them is a post, a number or a letter."""

import json
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from monitor.core.clock import stamp
from monitor.core.errors import MonitorError
from monitor.core.model import Deleted, Media, Other, Post, Rejected
from tests.sources.exports import files as made
from tests.sources.exports.test_foreign_files import read

DIRECT = {**made.STATUS, "uri": "https://m.example/9", "visibility": "direct"}
ANSWER = {"kind": "t1", "data": {**made.REDDIT_COMMENT, "name": "t1_x", "replies": ""}}
REPOST = {"text_post_app_info": {"share_info": {"reposted_post": made.THREADS}}, "pk": "9", "caption": None}
WRAPPED: dict[str, tuple[bytes, int, int]] = {  # how many posts are in it, and other items
    "Pushshift's answer": (made.lines({"data": [made.SUBMISSION, made.REDDIT_COMMENT]}), 2, 0),
    "a thread of Reddit": (
        json.dumps(
            [
                {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": made.SUBMISSION}]}},
                {
                    "kind": "t1",
                    "data": made.REDDIT_COMMENT
                    | {
                        "replies": {
                            "kind": "Listing",
                            "data": {"children": [ANSWER, {"kind": "more", "data": {"children": ["a"]}}]},
                        }
                    },
                },
            ]
        ).encode(),
        3,
        1,
    ),
    "a notification": (made.lines({"type": "mention", "status": made.STATUS}), 1, 0),
    "pages in a list": (json.dumps([[made.STATUS], [made.STATUS]]).encode(), 2, 0),
    "Elasticsearch's": (
        made.lines({"_index": "posts", "_source": made.OLD_POST | {"user": made.OLD_USER}}),
        1,
        0,
    ),
    "an edit of Mastodon's": (made.lines({**made.CREATE, "type": "Update"}), 1, 0),
    "a repost on Threads": (made.captured("threads.com", made.THREADS | REPOST), 1, 0),
}
LETTERS: dict[str, bytes] = {
    "a notification": made.lines({"type": "mention", "status": DIRECT}),
    "a conversation": made.lines({"unread": True, "accounts": [], "last_status": DIRECT}),
    "Bluesky's": made.lines({"$type": "chat.bsky.convo.defs#messageView", "id": "1", "text": made.TEXT}),
    "X's": made.lines({"data": [{"event_type": "MessageCreate", "id": "1", "text": made.TEXT}]}),
    "Slack's": made.lines({"type": "message", "user": "U1", "text": made.TEXT, "ts": "1"}),
    "Discord's": made.lines({"guild": {"id": "1"}, "channel": {}, "messages": [{"content": made.TEXT}]}),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_post_is_found_in_what_is_wrapped_around_it(name: str, tmp_path: Path) -> None:
    content, posts, others = WRAPPED[name]
    items = read(tmp_path, content)
    assert [type(item) for item in items if not isinstance(item, Post)] == [Other] * others, items
    assert [post.text for post in items if isinstance(post, Post)] == [made.TEXT] * posts


@pytest.mark.parametrize("name", LETTERS)
def test_nothing_is_kept_of_a_letter_among_posts(name: str, tmp_path: Path) -> None:
    items = read(tmp_path, made.lines(made.STATUS) + LETTERS[name])
    assert isinstance(items[0], Post)
    assert [item.raw for item in items[1:] if isinstance(item, Rejected)] == [""]


@pytest.mark.parametrize(
    ("item", "numbers"),
    [
        ({**made.GRAPH_IMAGE, "edge_media_preview_like": {"count": -1}}, {"likes": None}),
        ({**made.REDDIT_COMMENT, "score": 1, "score_hidden": True}, {"likes": None}),
        ({**made.SUBMISSION, "score": 1, "hide_score": True}, {"likes": None, "replies": 2}),
        ({**made.SUBMISSION, "score": 19, "hide_score": True}, {"likes": 19, "replies": 2}),
        ({**made.SUBMISSION, "score": -4}, {"likes": 0}),
    ],
    ids=[
        "Instagram's -1",
        "a comment's score",
        "a submission's score",
        "a score given all the same",
        "votes against",
    ],
)
def test_a_number_that_is_hidden_is_not_known(item: Any, numbers: dict[str, int], tmp_path: Path) -> None:
    [post] = read(tmp_path, made.lines(item))
    assert isinstance(post, Post)
    assert {name: getattr(post.metrics, name) for name in numbers} == numbers


@pytest.mark.parametrize(
    ("more", "read_at"),
    [
        ({}, None),
        ({"retrieved_on": made.SECONDS + 60}, "2026-11-20T09:31:00Z"),
        ({"retrieved_on": 1, "retrieved_utc": made.SECONDS + 60}, "2026-11-20T09:31:00Z"),
        ({"retrieved_on": 1, "_meta": {"retrieved_2nd_on": made.SECONDS + 60}}, "2026-11-20T09:31:00Z"),
    ],
)
def test_pushshift_s_numbers_are_of_when_it_read_them(
    more: dict[str, Any], read_at: str | None, tmp_path: Path
) -> None:
    for post in read(tmp_path, made.lines(made.SUBMISSION | more, made.REDDIT_COMMENT | more)):
        assert isinstance(post, Post)
        assert (stamp(post.read_at) if post.read_at else None) == read_at


def test_tiktok_s_pictures_are_no_film(tmp_path: Path) -> None:
    for more, media in (({}, Media.VIDEO), ({"imagePost": {"images": [{}]}}, Media.IMAGE)):
        [post] = read(tmp_path, made.captured("tiktok.com", made.TIKTOK | more))
        assert isinstance(post, Post)
        assert post.media == {media}


@pytest.mark.parametrize("claim", ["yesterday", "2026-11-20T09:30:00", ""])
def test_a_bluesky_post_of_no_readable_time_has_the_time_when_it_was_seen(claim: str, tmp_path: Path) -> None:
    commit = {**made.EVENT["commit"], "record": made.RECORD | {"createdAt": claim}}
    [post] = read(tmp_path, made.lines({**made.EVENT, "commit": commit}))
    assert attrgetter("created_at")(post) == made.AT


@pytest.mark.parametrize("tag", ["#CallingTimeOnCrime", "ＣａｌｌｉｎｇＴｉｍｅＯｎＣｒｉｍｅ"])
def test_a_tag_is_one_however_it_is_written(tag: str, tmp_path: Path) -> None:
    record = made.RECORD | {"text": "Lamps", "tags": [tag]}
    commit = {**made.EVENT["commit"], "record": record}
    status = {**made.STATUS, "content": "Lamps", "tags": [{"name": tag}]}
    tiktok = made.TIKTOK | {"desc": "Lamps", "textExtra": [{"hashtagName": tag}]}
    content = made.lines({**made.EVENT, "commit": commit}, status) + made.captured("tiktok.com", tiktok)
    assert [attrgetter("tags")(post) for post in read(tmp_path, content)] == [made.TAG] * 3


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b":thump\n\nevent: update\ndata: {}", "a stream as it was sent"),
        (b'<?xml version="1.0"?>\n<rss version="2.0"></rss>', "XML, as feeds are"),
    ],
)
def test_a_file_of_another_kind_is_told_by_name(content: bytes, name: str, tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match=name):
        read(tmp_path, content)


def test_a_zip_of_one_file_may_have_what_systems_note_beside_it(tmp_path: Path) -> None:
    beside = {"data/": b"", "data/.DS_Store": b"\0", "__MACOSX/data/._posts.jsonl": b"\0"}
    content = made.zipped({**beside, "data/posts.jsonl": made.lines(made.STATUS)})
    assert [type(item) for item in read(tmp_path, content, "posts.zip")] == [Post]


EDITED = made.RECORD | {"text": "Edited. #CallingTimeOnCrime"}
DELETION = {name: made.EVENT["commit"][name] for name in ("rev", "collection", "rkey")} | {
    "operation": "delete"
}


def at_second(number: int, **commit: Any) -> dict[str, Any]:
    """Return an event of the post so many seconds later."""
    later = made.EVENT["time_us"] + number * 1_000_000
    return {**made.EVENT, "time_us": later, "commit": made.EVENT["commit"] | commit}


def test_an_event_is_as_of_its_time_so_that_an_older_one_replaces_no_newer(tmp_path: Path):
    newer, older = read(tmp_path, made.lines(at_second(9, record=EDITED), at_second(0)))
    assert (newer.read_at - older.read_at).total_seconds() == 9


def test_an_event_from_before_its_post_was_deleted_brings_nothing_back(tmp_path: Path):
    gone = at_second(5) | {"commit": DELETION}
    after = read(tmp_path, made.lines(gone, at_second(0), at_second(9)))
    assert [type(item) for item in after] == [Deleted, Deleted, Post]
