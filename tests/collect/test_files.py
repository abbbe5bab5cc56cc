"""Files that people bring, all made up."""

import json
from pathlib import Path

import pytest

from monitor.collect.files import read_file
from monitor.errors import MonitorError
from monitor.model import Kind, Post, Rejected

HEAD = "platform,id,url,author,text,created_at,likes\n"
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


def read(tmp_path: Path, text: str) -> list[Post | Rejected]:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    return list(read_file(path))


def only(tmp_path: Path, text: str) -> Post:
    [post] = read(tmp_path, text)
    assert isinstance(post, Post), post
    return post


@pytest.mark.parametrize(
    "line",
    [{"data": [TWEET], "includes": {"users": [USER]}}, {**TWEET, "author": USER}],
    ids=["page", "flattened"],
)
def test_twarc_lines_of_both_kinds_are_read(tmp_path: Path, line: dict):
    post = only(tmp_path, json.dumps(line) + "\n")
    assert (post.platform, post.id, post.author.handle) == ("x", "11", "someone")


def test_a_bare_repost_without_its_original_is_not_a_post(tmp_path: Path):
    repost = {**TWEET, "author": USER, "referenced_tweets": [{"type": "retweeted", "id": "1"}]}
    assert read(tmp_path, json.dumps(repost)) == []


@pytest.mark.parametrize("form", ["list", "lines"])
@pytest.mark.parametrize(("platform", "item"), [("mastodon", STATUS), ("bluesky", VIEW)])
def test_mastodon_and_bluesky_are_read_as_a_list_and_as_lines(
    tmp_path: Path, platform: str, item: dict, form: str
):
    text = json.dumps([item] * 2) if form == "list" else f"{json.dumps(item)}\n" * 2
    posts = read(tmp_path, text)
    assert [(p.platform, p.text, p.kind) for p in posts] == [(platform, "hello", Kind.POST)] * 2


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
    [("22/11/2026 18:30,4", "year first"), ("2026-11-22T18:30:00Z,many", "likes is 'many'")],
)
def test_a_wrong_cell_is_refused_with_its_line(tmp_path: Path, cells: str, said: str):
    [item] = read(tmp_path, HEAD + f"forum,1,,a,hello,{cells}\n")
    assert isinstance(item, Rejected)
    assert "line 2" in item.reason
    assert said in item.reason


@pytest.mark.parametrize(
    "text", ["", '{"weather": 1}', "a,b\n1,2\n", "[1]"], ids=["empty", "json", "csv", "numbers"]
)
def test_another_kind_of_file_is_named_with_what_is_understood(tmp_path: Path, text: str):
    with pytest.raises(MonitorError, match="Understood are"):
        read(tmp_path, text)
