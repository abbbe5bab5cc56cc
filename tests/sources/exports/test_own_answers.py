"""What platforms' own programs answer, saved as a file: read as their modules do, and only if public."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.imports.file_import import read_file
from monitor.core.files.contents import Item
from monitor.core.model import Deleted, Post, PostKind, Rejected

AT = "2026-11-20T09:30:00+0000"
WORDS = "Lamps for Fern Road #CallingTimeOnCrime"
THREADS = {
    "id": "18000000000000001", "text": WORDS, "media_type": "TEXT_POST", "timestamp": AT, "username": "wren",
    "permalink": "https://www.threads.com/@wren/post/DRSPHBLAIV0", "is_quote_post": False, "is_reply": False,
}  # fmt: skip
INSTAGRAM = {
    "id": "18000000000000002", "caption": WORDS, "media_type": "IMAGE", "timestamp": AT, "like_count": 3,
    "permalink": "https://www.instagram.com/p/DRSPHBLAIV0/", "comments_count": 0,
}  # fmt: skip
LEMMY = {
    "post": {"id": 1, "ap_id": "https://talk.example/post/1", "name": WORDS, "published": AT},
    "creator": {"actor_id": "https://talk.example/u/wren", "name": "wren"},
    "community": {"visibility": "Public"},
    "counts": {"upvotes": 3, "comments": 1},
}  # fmt: skip
LEMMY_COMMENT = LEMMY | {
    "comment": {
        "id": 12, "ap_id": "https://talk.example/comment/12", "content": WORDS, "published": AT,
        "path": "0.12",
    }
}  # fmt: skip
TUMBLR = {
    "id": 5, "id_string": "5", "type": "text", "blog_name": "wren", "timestamp": 1795167000, "title": WORDS,
    "post_url": "https://www.tumblr.com/wren/5", "tags": [], "body": "<p>x</p>", "note_count": 2,
}  # fmt: skip
VIDEO = {
    "id": "dQw4w9WgXcQ", "title": WORDS, "extractor_key": "Youtube", "channel_id": "UCaaaaaaaaaaaaaaaaaaaaaa",
    "channel": "Wren", "timestamp": 1795167000, "description": "", "availability": "public",
}  # fmt: skip


def read(folder: Path, answer: Any) -> list[Item]:
    path = folder / "answer.json"
    path.write_text(json.dumps(answer))
    return [*read_file(path, {}, ZoneInfo("Europe/London"))]


@pytest.mark.parametrize(
    ("answer", "platforms"),
    [
        ({"data": [THREADS], "paging": {}}, ["threads"]),
        ({"data": [INSTAGRAM], "paging": {}}, ["instagram"]),
        ({"type_": "All", "posts": [LEMMY], "comments": [LEMMY_COMMENT]}, ["lemmy", "lemmy"]),
        ({"comments": [LEMMY_COMMENT]}, ["lemmy"]),
        ({"post_view": LEMMY, "cross_posts": []}, ["lemmy"]),
        ({"meta": {"status": 200}, "response": [TUMBLR]}, ["tumblr"]),
        ({"_type": "playlist", "entries": [VIDEO]}, ["youtube"]),
    ],
    ids=["threads", "instagram", "lemmy", "comments", "a post of lemmy", "tumblr", "a playlist"],
)
def test_an_answer_that_was_saved_is_read_as_its_platform_gives_it(
    tmp_path: Path, answer: Any, platforms: list[str]
) -> None:
    items = read(tmp_path, answer)

    assert [item.platform for item in items if isinstance(item, Post)] == platforms
    assert all(isinstance(item, Post) and "Lamps" in item.text for item in items)


def test_what_a_moderator_of_lemmy_removed_is_gone(tmp_path: Path) -> None:
    gone = LEMMY | {"post": LEMMY["post"] | {"removed": True}}

    items = read(tmp_path, {"posts": [gone, LEMMY]})

    deletion, post = items
    assert isinstance(deletion, Deleted)
    assert isinstance(post, Post)
    assert deletion.id == "https://talk.example/post/1"
    assert (deletion.url, deletion.created_at) == (post.url, post.created_at)


@pytest.mark.parametrize(
    "item",
    [
        {
            "kind": "youtube#comment", "id": "Ug1", "snippet": {
                "textOriginal": "Secretname", "videoId": "dQw4w9WgXcQ", "moderationStatus": "heldForReview",
            },
        },
        {
            "id": "1abcd", "name": "t3_1abcd", "subreddit": "london", "created_utc": 1795167000,
            "permalink": "/r/london/comments/1abcd/lamps/", "title": "Secretname",
            "subreddit_type": "gold_only",
        },
        TUMBLR | {"state": "draft", "title": "Secretname"},
        TUMBLR | {"state": "private", "title": "Secretname"},
    ],
    ids=[
        "a comment that waits for its moderator", "a place for those who pay", "a draft on Tumblr",
        "a private post of Tumblr",
    ],
)  # fmt: skip
def test_nothing_is_kept_of_what_not_everybody_can_read(tmp_path: Path, item: Any) -> None:
    [rejected] = read(tmp_path, item)

    assert isinstance(rejected, Rejected)
    assert "Secretname" not in rejected.raw


def test_a_server_that_gives_the_quoted_status_itself_names_it(tmp_path: Path) -> None:
    account = {"acct": "wren", "url": "https://p.example/users/wren"}
    status = {"id": "A", "content": WORDS, "account": account, "created_at": "2026-11-20T09:30:00.000Z"}
    quoted = status | {"uri": "https://p.example/objects/1"}

    [post] = read(tmp_path, status | {"uri": "https://p.example/objects/2", "quote": quoted})

    assert isinstance(post, Post)
    assert (post.kind, post.parent) == (PostKind.QUOTE, "https://p.example/objects/1")
