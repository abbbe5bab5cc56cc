"""Tables that would bring what is not for everybody, or the same post twice."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.imports.file_import import read_file
from monitor.core.model import Other, Post, Rejected

LONDON = ZoneInfo("Europe/London")
HEAD = "platform,id,author,text,created_at,url"
ROW = "{platform},{id},ann,SECRET #test,2026-11-20T10:00:00Z,{url}"


def items(folder: Path, *rows: str, head: str = HEAD):
    path = folder / "table.csv"
    path.write_text("\n".join((head, *rows)))
    return [*read_file(path, {}, LONDON)]


def row(**cells: str) -> str:
    return ROW.format(**{"platform": "facebook", "id": "", "url": "", **cells})


@pytest.mark.parametrize(
    ("column", "cell", "is_public"),
    [
        ("visibility", "private", False), ("visibility", "direct", False), ("visibility", "public", True),
        ("visibility", "unlisted", True), ("protected", "True", False), ("protected", "False", True),
        ("privacy", "friends", False), ("is_private", "1", False), ("audience", "", True),
    ],
)  # fmt: skip
def test_a_row_that_is_not_for_everybody_is_refused_and_nothing_of_it_kept(tmp_path, column, cell, is_public):
    [item] = items(tmp_path, f"{row(id='1')},{cell}", head=f"{HEAD},{column}")
    assert isinstance(item, Post) == is_public
    assert is_public or (isinstance(item, Rejected) and item.raw == "" and "public" in item.reason)


def test_a_line_that_breaks_off_is_kept_unless_it_is_private(tmp_path):
    status = '{"uri": "https://m.example/1", "account": {}, "content": "SECRET", "visibility": "%s", "x": '
    path = tmp_path / "file.jsonl"
    sound = '{"did": "did:plc:a", "time_us": 1, "commit": {"operation": "delete"}}'
    path.write_text("\n".join((sound, status % "private", status % "direct", status % "public")))
    raws = [item.raw for item in read_file(path, {}, LONDON) if isinstance(item, Rejected)]
    assert [("SECRET" in raw) for raw in raws[-3:]] == [False, False, True]


def test_one_address_with_and_without_what_tracks_it_is_one_post(tmp_path):
    base = "https://www.facebook.com/a/posts/1"
    forms = [base, f"{base}/", f"{base}?utm_source=x", "http://www.facebook.com/a/posts/1?fbclid=x"]
    posts = items(tmp_path, *(row(url=url) for url in forms))
    assert {post.id for post in posts} == {base}


@pytest.mark.parametrize("spoilt", ["1860000000000001024.0", "1.86E+18"])
def test_an_id_that_has_lost_digits_is_refused(tmp_path, spoilt):
    [item] = items(tmp_path, row(platform="x", id=spoilt))
    assert isinstance(item, Rejected)


def test_a_small_id_with_a_point_is_whole(tmp_path):
    [post] = items(tmp_path, row(id="12.0"))
    assert post.id == "12"


def test_the_site_for_phones_is_the_same_platform(tmp_path):
    [post] = items(tmp_path, row(platform="", url="https://m.facebook.com/a/posts/1"))
    assert post.platform == "facebook"


def said(folder: Path, column: str, cell: str):
    """Return what comes of a row that says this of itself."""
    cells = {
        "platform": "facebook",
        "text": "SECRET #test",
        "created_at": "2026-11-20T09:30:00Z",
        column: cell,
    }
    return items(folder, ",".join(cells.values()), head=",".join(cells))


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Public?", "No"), ("is_public", "FALSE"), ("Public/private", "Private"), ("Visible to", "Friends"),
        ("Who can see this?", "Friends of friends"), ("Type", "Direct message"), ("Account type", "Private"),
        ("platform", "Facebook Messenger"), ("platform", "Instagram DM"), ("platform", "WhatsApp"),
    ],
)  # fmt: skip
def test_what_a_row_says_is_not_public_is_not_kept(tmp_path: Path, column: str, cell: str):
    [item] = said(tmp_path, column, cell)
    assert isinstance(item, Rejected)
    assert ("Only public posts" in item.reason, item.raw) == (True, "")


@pytest.mark.parametrize(("column", "cell"), [("Public?", "Yes"), ("Private?", "N"), ("Type", "Photo")])
def test_what_a_row_says_is_public_is_kept(tmp_path: Path, column: str, cell: str):
    assert [type(item) for item in said(tmp_path, column, cell)] == [Post]


def test_a_row_of_the_type_retweet_is_a_repost(tmp_path: Path):
    assert [type(item) for item in said(tmp_path, "Type", "Retweet")] == [Other]
