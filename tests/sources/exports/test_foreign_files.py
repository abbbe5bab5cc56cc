"""Files as some twenty programs write them are taken without an edit, and each wrong one gets a sentence."""

import html
import json
from dataclasses import replace
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.imports.file_import import read_file
from monitor.core.errors import MonitorError
from monitor.core.files.contents import Item
from monitor.core.model import Deleted, Other, Picture, Post, Rejected
from monitor.sources import source
from monitor.sources.exports.forms import instant
from monitor.sources.platforms.x.parse import page_of
from tests.sources.exports import files as made

FILES = list(made.files())


def read(folder: Path, content: bytes, name: str = "file") -> list[Item]:
    (folder / name).write_bytes(content)
    return list(read_file(folder / name, {}, ZoneInfo("Europe/London")))


def test_a_date_in_json_is_no_number_and_no_guess() -> None:
    for text in ("20261122183000", "202611221830", "2026-11-22T18:30:00Z"):
        assert instant(text) == datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="may be two days"):
        instant("11/12/2026 18:30 UTC")


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_a_file_of_another_program_is_read_as_it_is(file: made.WrittenFile, tmp_path: Path) -> None:
    items = read(tmp_path, file.content, file.name)
    posts = [item for item in items if isinstance(item, Post)]
    assert len(posts) == file.posts, items
    assert [type(item) for item in items if not isinstance(item, Post)] == [Other] * file.others
    wanted: dict[str, Any] = {"text": made.TEXT, "created_at": made.AT, "tags": made.TAG, **file.post}
    if "pictures" in wanted:
        wanted["pictures"] = tuple(Picture(**picture) for picture in wanted["pictures"])
    assert {name: attrgetter(name)(posts[0]) for name in wanted} == wanted


@pytest.mark.parametrize("name", made.WRONG)
def test_a_file_of_something_else_gets_a_sentence(name: str, tmp_path: Path) -> None:
    content, said = made.WRONG[name]
    [item] = read(tmp_path, content, name)
    assert isinstance(item, Rejected)
    assert said in item.reason
    assert "Error" not in item.reason


@pytest.mark.parametrize("name", made.PRIVATE)
def test_what_not_everybody_may_see_is_refused_and_none_of_it_kept(name: str, tmp_path: Path) -> None:
    items = read(tmp_path, made.PRIVATE[name])
    assert items
    for item in items:
        assert isinstance(item, Rejected)
        assert "Only public posts are kept." in item.reason
        assert "Fern Road" not in item.reason


@pytest.mark.parametrize("name", made.REFUSED)
def test_nothing_is_kept_of_what_may_be_a_private_message(name: str, tmp_path: Path) -> None:
    items = read(tmp_path, made.REFUSED[name])
    assert [(item.raw, "Fern Road" in item.reason) for item in items] == [("", False)]


def test_what_is_unlisted_is_public(tmp_path: Path) -> None:
    unlisted = made.lines({**made.STATUS, "visibility": "unlisted"})
    note = {**made.NOTE, "to": made.NOTE["cc"], "cc": made.NOTE["to"]}
    for content in (unlisted, made.lines({**made.CREATE, "object": note})):
        [item] = read(tmp_path, content)
        assert isinstance(item, Post)


@pytest.mark.parametrize("name", made.DELETIONS)
def test_what_a_file_says_of_deletions_is_read(name: str, tmp_path: Path) -> None:
    post, deletion = read(tmp_path, b"".join(made.DELETIONS[name]))
    assert isinstance(post, Post)
    assert isinstance(deletion, Deleted)
    assert deletion.means(post)


def test_what_is_withheld_elsewhere_only_stays(tmp_path: Path) -> None:
    elsewhere = {"status_withheld": {**made.WITHHELD["status_withheld"], "withheld_in_countries": ["DE"]}}
    [item] = read(tmp_path, made.lines(elsewhere))
    assert isinstance(item, Other)


@pytest.mark.parametrize("year", ["1970-01-01T00:00:00.000Z", "0001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
def test_a_bluesky_post_of_an_absurd_time_has_the_time_when_it_was_seen(year: str, tmp_path: Path) -> None:
    record = {**made.RECORD, "createdAt": year}
    event = {**made.EVENT, "commit": {**made.EVENT["commit"], "record": record}}
    listed = {**made.LISTED, "value": record}
    streamed, filed = read(tmp_path, made.lines(event, listed))
    assert isinstance(streamed, Post)
    assert isinstance(filed, Post)
    assert streamed.created_at == made.AT
    assert filed.created_at == made.FILED  # as its key says


def test_a_bridged_copy_keeps_what_names_the_original(tmp_path: Path) -> None:
    at = "https://bsky.brid.gy/r/https://bsky.app/profile/did:plc:aaaabbbbccccddddeeeeffff/post/3mzzz"
    [post] = read(tmp_path, made.lines({**made.STATUS, "url": at, "uri": at.replace("/r/", "/convert/ap/")}))
    assert isinstance(post, Post)
    assert post.url == at


def test_a_repost_stands_for_its_original_and_alone_is_counted(tmp_path: Path) -> None:
    reposts = [
        {
            **made.GRAPH,
            "rest_id": "5",
            "legacy": {
                **made.LEGACY,
                "full_text": "RT @wren: Lamps",
                "retweeted_status_result": {"result": {"tweet": made.GRAPH}},
            },
        },
        {
            **made.OLD_POST,
            "id_str": "5",
            "full_text": "RT @wren: Lamps",
            "user": {**made.OLD_USER, "screen_name": "owl"},
            "retweeted_status": {**made.OLD_POST, "user": made.OLD_USER},
        },
        {**made.SNSCRAPE, "id": 5, "rawContent": "RT @wren: Lamps", "retweetedTweet": made.SNSCRAPE},
        {
            **made.API,
            "id": "5",
            "text": "RT @wren: Lamps",
            "author": made.USER,
            "referenced_tweets": [{"type": "retweeted", **made.FLAT}],
        },
    ]
    for item in read(tmp_path, made.lines(*reposts)):
        assert isinstance(item, Post)
        assert (item.id, item.author.handle, item.text) == (made.API["id"], "wren", made.TEXT)
    alone = [
        {**made.OLD_POST, "full_text": "RT @owl: Lamps", "user": made.OLD_USER},
        {**made.PAGE, "data": [{**made.API, "referenced_tweets": [{"type": "retweeted", "id": "7"}]}]},
    ]
    assert [type(item) for item in read(tmp_path, made.lines(*alone))] == [Other, Other]


def test_the_first_of_a_chain_of_edits_names_a_post(tmp_path: Path) -> None:
    chain = ["1990000000000000001", "1990000000000000002"]
    edits = [
        {
            **made.GRAPH,
            "rest_id": chain[1],
            "edit_control": {"edit_control_initial": {"edit_tweet_ids": chain}},
        },
        {**made.API, "id": chain[1], "edit_history_tweet_ids": chain, "author": made.USER},
        {**made.SNSCRAPE, "id": int(chain[1]), "editState": {"editTweetIds": [int(one) for one in chain]}},
    ]
    assert [getattr(item, "id", item) for item in read(tmp_path, made.lines(*edits))] == [chain[0]] * 3


def test_a_long_post_is_whole_and_a_reply_knows_what_it_answers(tmp_path: Path) -> None:
    long = {**made.GRAPH, "note_tweet": {"note_tweet_results": {"result": {"text": "Long &gt; short " * 40}}}}
    answers = [
        {
            **made.GRAPH,
            "legacy": {**made.LEGACY, "in_reply_to_status_id_str": "7", "conversation_id_str": "5"},
        },
        {**made.SNSCRAPE, "inReplyToTweetId": 7, "conversationId": 5},
    ]
    whole, *replies = read(tmp_path, made.lines(long, *answers))
    assert isinstance(whole, Post)
    assert whole.text == "Long > short " * 40
    for reply in replies:
        assert isinstance(reply, Post)
        assert (reply.kind, reply.parent, reply.root) == ("reply", "7", "5")


def test_every_item_of_a_page_is_counted_whatever_it_is(tmp_path: Path) -> None:
    page = {"data": [made.API, made.API, {"id": "1"}, "odd", None], "includes": {"users": [made.USER]}}
    items = read(tmp_path, made.lines(page, {"includes": {"tweets": [made.API]}, **made.TWARC}))
    assert [type(item) for item in items] == [Post, Post, Rejected, Rejected, Rejected, Other]
    assert [item.reason.partition(":")[0] for item in items[2:5] if isinstance(item, Rejected)] == [
        "line 1, post 3",
        "line 1, post 4",
        "line 1, post 5",
    ]


def test_a_list_in_an_object_far_larger_than_a_post_is_read_bit_by_bit(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("monitor.sources.exports.json_reader._LONGEST", 20_000)
    outbox = {**made.OUTBOX, "orderedItems": [made.CREATE] * 30}
    for indent in (None, 2):
        items = read(tmp_path, json.dumps(outbox, indent=indent).encode())
        assert [type(item) for item in items] == [Post] * 30


def test_an_archive_that_breaks_off_says_so(tmp_path: Path) -> None:
    cut = made.zipped(
        {
            "data/account.js": made.ytd("account", made.ACCOUNT),
            "data/tweets.js": b"window.YTD.tweets.part0 = [{",
        }
    )
    with pytest.raises(MonitorError, match=r"data/tweets\.js is JSON that is broken"):
        read(tmp_path, cut)
    with pytest.raises(MonitorError, match="Download it again"):
        read(tmp_path, made.zipped({"data/tweets.js": made.ytd("tweets", [made.ARCHIVED])}))


def test_a_bluesky_repository_is_refused_with_what_to_take_instead(tmp_path: Path) -> None:
    start = bytes.fromhex("3aa265726f6f747381d82a58250001711220") + b"a" * 32 + b"gversion\x01"
    with pytest.raises(MonitorError, match="listRecords"):
        read(tmp_path, start, "repo.car")


def test_nothing_but_posts_is_opened_in_an_archive(tmp_path: Path) -> None:
    items = read(
        tmp_path, made.x_archive(direct_messages=made.ytd("direct_messages", [{"dmConversation": {}}]))
    )
    assert [type(item) for item in items] == [Post]


@pytest.mark.heavy
def test_hostile_values_cost_their_item_only(tmp_path: Path) -> None:
    odd: list[Any] = [[], {}, "x", 3.5, True, None, {"a": [1]}, "\ud800"]
    lines = [
        {**item, name: value}
        for item in (
            made.GRAPH,
            made.SNSCRAPE,
            made.TIKTOK,
            made.THREADS,
            made.INSTAGRAM,
            made.INFO,
            made.VIDEO,
            made.CREATE,
            made.LISTED,
            made.SUBMISSION,
        )
        for name in item
        for value in odd
    ]
    items = read(tmp_path, made.lines(*lines))
    assert len(items) >= len(lines)
    assert not [item.reason for item in items if isinstance(item, Rejected) and "Error" in item.reason]


def live_posts() -> dict[str, tuple[bytes, Post]]:
    """Return files of each platform, and the post that its own module reads from the same."""
    x = page_of(made.PAGE, set(), source("x").parse).posts[0]
    thread = made.THREAD["snippet"]["topLevelComment"]
    return {
        "x": (made.lines(made.PAGE), x),
        "x, flat": (made.lines(made.FLAT), x),
        "x, snscrape": (made.lines({**made.SNSCRAPE, "viewCount": None}), x),
        "x, captured": (made.captured("x.com", {**made.GRAPH, "views": {}}), x),
        "mastodon": (made.lines(made.STATUS), source("mastodon").parse(made.STATUS)),
        "bluesky": (made.lines(made.EVENT), source("bluesky").parse(made.EVENT)),
        "youtube": (made.lines(made.VIDEO), source("youtube").parse({"video": made.VIDEO, "channel": None})),
        "a comment": (
            made.lines(thread),
            source("youtube").parse({"comment": thread, "below": "abcdefghijk"}),
        ),
        "reddit": (
            json.dumps({"data": {"children": [{"data": made.SUBMISSION}]}}).encode(),
            source("reddit").parse(made.SUBMISSION),
        ),
    }


@pytest.mark.parametrize("name", live_posts())
def test_a_post_is_the_same_from_a_file_and_collected(name: str, tmp_path: Path) -> None:
    content, live = live_posts()[name]
    [post] = read(tmp_path, content)
    assert isinstance(post, Post)
    assert replace(post, read_at=None) == replace(live, text=post.text)
    assert post.text in (live.text, html.unescape(live.text))


@pytest.mark.parametrize("name", ["data", "post", "items", "node"])
def test_items_wrapped_without_end_are_no_posts(name: str, tmp_path: Path) -> None:
    wrapped: Any = made.STATUS
    for _ in range(400):
        wrapped = {name: [wrapped] if name == "items" else wrapped}
    items = read(tmp_path, made.lines(made.STATUS, wrapped))
    assert isinstance(items[0], Post)
    assert len(items) == 2


def test_a_reply_in_an_outbox_knows_what_it_answers(tmp_path: Path) -> None:
    note = {**made.NOTE, "inReplyTo": "https://other.example/users/owl/statuses/7"}
    [post] = read(tmp_path, made.lines({**made.CREATE, "object": note}))
    assert isinstance(post, Post)
    assert (post.kind, post.parent) == ("reply", note["inReplyTo"])
