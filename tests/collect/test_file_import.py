"""Files that people bring, all made up."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.imports.file_import import read_by_hand, read_file
from monitor.core.errors import MonitorError
from monitor.core.files.contents import Item
from monitor.core.model import Deleted, Other, Post, PostKind, Rejected

NOW = datetime(2026, 11, 29, tzinfo=UTC)
HEAD = "platform,id,url,author,text,created_at,likes\n"
ROW = "forum,1,,a,hello,2026-11-22T18:30:00Z,\n"
TWEET = {"id": "11", "author_id": "7", "text": "hello #Tag", "created_at": "2026-11-22T18:30:00.000Z"}
USER = {"id": "7", "username": "someone", "name": "Some One"}
VIEW = {
    "uri": "at://did:plc:abc/app.bsky.feed.post/3k",
    "indexedAt": "2026-11-22T18:30:01Z",
    "author": {"did": "did:plc:abc", "handle": "a.example.org"},
    "record": {"text": "hello", "createdAt": "2026-11-22T18:30:00Z"},
    "likeCount": 3,
}
STATUS = {
    "uri": "https://m.example.org/1",
    "created_at": "2026-11-22T18:30:00Z",
    "content": "<p>hello</p>",
    "visibility": "public",
    "account": {"id": "1", "acct": "a", "username": "a", "url": "https://m.example.org/@a", "uri": "https://m.example.org/a"},
}  # fmt: skip


def posts_of(path: Path, progress: Callable[[int], object] = lambda _: None) -> Iterator[Item]:
    return read_file(path, {}, ZoneInfo("Europe/London"), progress)


def read(tmp_path: Path, text: str) -> list[Item]:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    return list(posts_of(path))


def only(tmp_path: Path, text: str) -> Post:
    [post] = read(tmp_path, text)
    assert isinstance(post, Post), post
    return post


@pytest.mark.parametrize(
    "line",
    [
        "[20/11/2026, 09:30:12] Ann: yes, really",
        "\u200e[20.11.26, 09:30:12] Ann: yes",
        "20/11/2026, 9:30 am - Ann: yes, no",
    ],
)
def test_a_chat_is_refused_as_private(tmp_path: Path, line: str):
    with pytest.raises(MonitorError, match="file is a chat, which is private"):
        read(tmp_path, f"{line}\n{line}\n")


@pytest.mark.heavy
@pytest.mark.parametrize("row", [ROW, json.dumps({**TWEET, "author": USER}) + "\n"], ids=["table", "lines"])
def test_what_is_told_of_a_file_is_how_far_its_items_are_read(tmp_path: Path, row: str):
    path, steps = tmp_path / "file", []
    path.write_text((HEAD if row == ROW else "") + row * 5_000)
    items = posts_of(path, steps.append)
    next(items)
    assert sum(steps) < path.stat().st_size / 2  # though a table was read before, to tell its letters
    assert len([*items]) == 4_999
    assert sum(steps) == path.stat().st_size


@pytest.mark.parametrize(
    "line",
    [{"data": [TWEET], "includes": {"users": [USER]}}, {**TWEET, "author": USER}],
    ids=["page", "flattened"],
)
def test_twarc_lines_of_both_kinds_are_read(tmp_path: Path, line: dict):
    post = only(tmp_path, json.dumps(line) + "\n")
    assert (post.platform, post.id, post.author.handle) == ("x", "11", "someone")


def test_a_bare_repost_without_its_original_is_counted_and_is_no_post(tmp_path: Path):
    repost = {**TWEET, "author": USER, "referenced_tweets": [{"type": "retweeted", "id": "1"}]}
    [item] = read(tmp_path, json.dumps(repost))
    assert isinstance(item, Other)
    assert (item.platform, item.id) == ("x", "1")


@pytest.mark.parametrize("form", ["list", "lines"])
@pytest.mark.parametrize(("platform", "item"), [("mastodon", STATUS), ("bluesky", VIEW)])
def test_mastodon_and_bluesky_are_read_as_a_list_and_as_lines(
    tmp_path: Path, platform: str, item: dict, form: str
):
    text = json.dumps([item] * 2) if form == "list" else f"{json.dumps(item)}\n" * 2
    posts = read(tmp_path, text)
    assert [(p.platform, p.text, p.kind) for p in posts] == [(platform, "hello", PostKind.POST)] * 2


def test_a_bluesky_view_has_the_numbers_it_gives_and_no_others(tmp_path: Path):
    post = only(tmp_path, json.dumps([VIEW]))
    assert (post.metrics.likes, post.metrics.replies, post.author.handle) == (3, None, "a.example.org")


def test_one_broken_line_costs_itself_only(tmp_path: Path):
    good = json.dumps(STATUS)
    assert [type(i) for i in read(tmp_path, f"{good}\n{{broken\n{good}\n")] == [Post, Rejected, Post]


def test_an_empty_cell_is_not_known_and_a_zero_is_zero(tmp_path: Path):
    line = "forum,{},https://example.org,a,hello,2026-11-22T18:30:00Z,{}\n"
    first, second = read(tmp_path, HEAD + line.format(1, "") + line.format(2, "0"))
    assert (first.metrics.likes, second.metrics.likes) == (None, 0)


def test_the_semicolons_and_the_byte_order_mark_of_excel_are_understood(tmp_path: Path):
    text = "\ufeff" + HEAD.replace(",", ";") + "forum;1;;a;hello, you;2026-11-22T18:30:00Z;4\n"
    post = only(tmp_path, text)
    assert (post.platform, post.text, post.metrics.likes) == ("forum", "hello, you", 4)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("last week,4", "write it as 22/11/2026 18:30"),
        ("2026-11-22T18:30:00Z,many", "its number of likes: 'many'"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line(tmp_path: Path, cells: str, said: str):
    [item] = read(tmp_path, HEAD + f"forum,1,,a,hello,{cells}\n")
    assert isinstance(item, Rejected)
    assert "line 2" in item.reason
    assert said in item.reason


@pytest.mark.parametrize(
    "text", ["", '{"weather": 1}', "word\n1\n", "[1]"], ids=["empty", "json", "csv", "numbers"]
)
def test_another_kind_of_file_is_named_with_what_is_understood(tmp_path: Path, text: str):
    with pytest.raises(MonitorError, match="These can be read"):
        read(tmp_path, text)


def event(**changes: object) -> dict:
    record = {"$type": "app.bsky.feed.post", "text": "hello", "createdAt": "2026-11-22T18:30:00Z"}
    commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "3k", "record": record}
    return {"did": "did:plc:abc", "time_us": 1795372201000000, "kind": "commit", "commit": commit | changes}


def test_jetstream_events_bring_posts_and_deletions_and_pass_over_what_is_neither(tmp_path: Path):
    account = {"did": "did:plc:abc", "time_us": 1795372201000000, "kind": "identity", "identity": {}}
    like = event(collection="app.bsky.feed.like", record={"subject": {}})
    events = [account, like, event(), event(operation="delete", record=None), event(record={"text": None})]
    *others, post, deleted, broken = read(tmp_path, "\n".join(json.dumps(one) for one in events))
    assert [type(item) for item in others] == [Other, Other]
    assert isinstance(post, Post)
    assert deleted == Deleted(platform="bluesky", id=post.id)
    assert (post.platform, post.id) == ("bluesky", "at://did:plc:abc/app.bsky.feed.post/3k")
    assert isinstance(broken, Rejected)
    assert "line 5" in broken.reason


def test_a_boost_stands_for_the_post_that_it_passes_on(tmp_path: Path):
    boost = {**STATUS, "uri": "https://m.example.org/2", "content": "", "reblog": STATUS}
    assert only(tmp_path, json.dumps(boost)).id == STATUS["uri"]


def test_files_of_two_kinds_in_one_are_read(tmp_path: Path):
    posts = read(tmp_path, f"{json.dumps(STATUS)}\n{json.dumps(VIEW)}\n")
    assert [post.platform for post in posts] == ["mastodon", "bluesky"]


def test_one_object_spread_over_lines_is_read(tmp_path: Path):
    assert only(tmp_path, json.dumps(STATUS, indent=2)).id == STATUS["uri"]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["lines", "csv"])
def test_a_long_file_needs_no_more_memory_than_a_short_one(tmp_path: Path, form: str):
    status = json.dumps({**STATUS, "content": "hello " * 300}) + "\n"
    line, head = (
        (status, "") if form == "lines" else (f"forum,1,,a,{'hello ' * 300},2026-11-22T18:30:00Z,\n", HEAD)
    )
    path = tmp_path / "long"
    path.write_text(head + line * 5000)  # 10 MB

    def peak(read: Callable[[], object]) -> int:
        tracemalloc.start()
        try:
            read()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(lambda: sum(1 for _ in posts_of(path))) < 1_500_000
    assert peak(path.read_text) > 9_000_000  # control


def test_a_list_is_read_item_by_item_wherever_its_parts_end(tmp_path: Path, monkeypatch):
    statuses = [{**STATUS, "uri": f"https://m.example.org/{n}"} for n in range(20)]
    for chunk, indent in ((5, None), (7, 1), (300, None)):
        monkeypatch.setattr("monitor.sources.exports.json_reader._CHUNK", chunk)
        posts = read(tmp_path, f"\n {json.dumps(statuses, indent=indent)}\n")
        assert [post.id for post in posts] == [status["uri"] for status in statuses]


LONG = {
    "a line": (json.dumps(STATUS) + "\n{}\n" + json.dumps(STATUS), "x" * 6_000_000, [Post, Rejected, Post]),
    "a line of many parts": (
        json.dumps(STATUS) + "\n{}\n" + json.dumps(STATUS),
        "[{" + "},{" * 200_000 + "}]",
        [Post, Rejected, Post],
    ),
    "a row": (HEAD + "forum,1,,a,{},2026-11-22T18:30:00Z,\n" + ROW, "x," * 3_000_000, [Rejected, Post]),
}


@pytest.mark.parametrize("kind", LONG)
def test_one_item_far_larger_than_a_post_costs_itself_only(tmp_path: Path, kind: str):
    whole, item, kinds = LONG[kind]
    assert [type(one) for one in read(tmp_path, whole.replace("{}", item))] == kinds


@pytest.mark.slow
def test_a_row_that_takes_in_the_whole_file_is_cut(tmp_path: Path):
    first, *_ = read(tmp_path, HEAD + '"\n",' * 400_000)
    assert isinstance(first, Rejected)
    assert "the row is longer than 1,000,000 characters" in first.reason


def test_an_item_of_a_list_far_larger_than_a_post_is_said_where_it_is(tmp_path: Path):
    (tmp_path / "posts").write_text(json.dumps([STATUS, {**STATUS, "content": "x" * 6_000_000}]))
    items = posts_of(tmp_path / "posts")
    with pytest.raises(MonitorError, match=r"at item 2, or has an item far larger than a post"):
        list(items)


def test_a_list_that_ends_early_is_said_to_be_broken(tmp_path: Path):
    with pytest.raises(MonitorError, match="broken or ends early"):
        read(tmp_path, json.dumps([STATUS] * 3)[:-9])


def test_a_cell_too_long_for_csv_costs_its_line_only(tmp_path: Path):
    row = "forum,1,,a,{},2026-11-22T18:30:00Z,\n"
    kinds = [type(item) for item in read(tmp_path, HEAD + row.format("x" * 200_000) + row.format("hello"))]
    assert kinds == [Rejected, Post]


def test_every_byte_read_is_told(tmp_path: Path):
    path = tmp_path / "posts"
    path.write_text(HEAD + "forum,1,,a,hello,2026-11-22T18:30:00Z,\n" * 1000)
    told: list[int] = []
    assert sum(1 for _ in posts_of(path, told.append)) == 1000
    assert sum(told) >= path.stat().st_size


def test_what_is_no_text_is_refused_in_words(tmp_path: Path):
    path = tmp_path / "posts"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(MonitorError, match="This file is not text"):
        list(posts_of(path))


def test_without_ids_two_texts_of_one_minute_are_two_posts_and_one_twice_is_one(tmp_path: Path):
    head, row = "platform,author,text,created_at\n", "forum,,{},2026-11-22T18:30:00Z\n"
    items = read(tmp_path, head + "".join(row.format(text) for text in ("hello", "goodbye", "hello")))
    first, second, again = (item.id for item in items if isinstance(item, Post))
    assert first != second
    assert again == first


def test_entries_by_hand_come_from_their_own_table(tmp_path: Path):
    path = tmp_path / "seen.csv"
    path.write_text("where,when,text\nNextdoor,2026-11-20 18:30,Hello\nNextdoor,soon,Hello\n")
    told: list[int] = []
    found = list(
        read_by_hand(path, ZoneInfo("Europe/London"), datetime(2026, 11, 22, tzinfo=UTC), told.append)
    )
    assert [type(one) for one in found] == [Post, Rejected]
    assert told == [path.stat().st_size]
