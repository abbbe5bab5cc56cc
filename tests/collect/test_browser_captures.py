"""Files of Zeeschuimer and 4CAT: what a browser was shown of four sites. All made up."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.imports.file_import import read_file
from monitor.core.errors import MonitorError
from monitor.core.model import Author, Media, Metrics, Picture, Post, PostKind, Rejected

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SECONDS = int(AT.timestamp())
TAGS = frozenset({"callingtimeoncrime"})
TEXT = "Street lights are back. #CallingTimeOnCrime"

TIKTOK = {
    "id": "7301", "desc": TEXT, "createTime": SECONDS, "textLanguage": "en",
    "author": {"id": "1", "uniqueId": "ann", "nickname": "Ann"}, "authorStats": {"followerCount": 41},
    "statsV2": {"diggCount": "7", "commentCount": "2", "playCount": "900", "shareCount": "5"},
    "textExtra": [{"hashtagName": "CallingTimeOnCrime"}, {"hashtagName": ""}],
}  # fmt: skip
INSTAGRAM = {
    "pk": "55", "id": "55_1", "code": "Cxyz", "taken_at": SECONDS, "media_type": 2, "like_count": 12,
    "comment_count": 3, "play_count": 400, "caption": {"text": TEXT},
    "user": {"pk": "1", "username": "ann", "full_name": "Ann"},
}  # fmt: skip
THREADS = {
    "pk": "66", "code": "Dxyz", "taken_at": SECONDS, "caption": {"text": TEXT}, "like_count": 4,
    "user": {"pk": "1", "username": "ann", "full_name": "Ann"},
    "text_post_app_info": {"repost_count": 1, "quote_count": None, "direct_reply_count": 2, "is_reply": True},
}  # fmt: skip
X: dict[str, Any] = {
    "rest_id": "1990000000000000002",
    "edit_control": {"edit_tweet_ids": ["1990000000000000001", "1990000000000000002"]},
    "core": {"user_results": {"result": {"legacy": {"followers_count": 310},
                                         "core": {"screen_name": "ann", "name": "Ann"}}}},
    "views": {"count": "840", "state": "EnabledWithCount"},
    "legacy": {"created_at": "Fri Nov 20 09:30:00 +0000 2026", "full_text": TEXT, "user_id_str": "1",
               "favorite_count": 12, "retweet_count": 3, "reply_count": 1, "quote_count": 0, "lang": "en",
               "entities": {"hashtags": [{"text": "CallingTimeOnCrime"}],
                            "urls": [{"expanded_url": "https://news.example/a"}],
                            "media": [{"type": "photo", "ext_alt_text": "A lamp",
                                       "media_url_https": "https://pbs.twimg.com/media/a.jpg"}]}},
}  # fmt: skip


def line(site: str, data: dict[str, Any]) -> str:
    """Return a line as Zeeschuimer writes it."""
    return json.dumps({
        "nav_index": "1", "item_id": "1", "timestamp_collected": SECONDS * 1000, "source_platform": site,
        "source_platform_url": f"https://{site}/tag/x", "source_url": f"https://{site}/api", "data": data,
    })  # fmt: skip


def exported(site: str, data: dict[str, Any]) -> str:
    """Return a line as 4CAT hands the same on."""
    return json.dumps({**data, "__import_meta": {"source_platform": site, "source_url": f"https://{site}/"}})


def read(folder: Path, *lines: str, name: str = "file.ndjson") -> list[Any]:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(read_file(folder / name, {}, ZoneInfo("Europe/London")))


def ann(address: str, **more: Any) -> Author:
    return Author(**{"id": "1", "handle": "ann", "name": "Ann", "url": f"{address}ann", **more})


WANTED = {
    "tiktok.com": (TIKTOK, Post(
        platform="tiktok", id="7301", url="https://www.tiktok.com/@ann/video/7301", text=TEXT, created_at=AT,
        author=ann("https://www.tiktok.com/@", id="ann", followers=41), lang="en", tags=TAGS,
        media=frozenset({Media.VIDEO}), metrics=Metrics(likes=7, replies=2, views=900),
    )),
    "instagram.com": (INSTAGRAM, Post(
        platform="instagram", id="55", url="https://www.instagram.com/p/Cxyz/", text=TEXT, created_at=AT,
        author=ann("https://www.instagram.com/"), tags=TAGS, media=frozenset({Media.VIDEO}),
        metrics=Metrics(likes=12, replies=3, views=400),
    )),
    "threads.net": (THREADS, Post(
        platform="threads", id="66", url="https://www.threads.com/@ann/post/Dxyz", text=TEXT, created_at=AT,
        author=ann("https://www.threads.com/@"), tags=TAGS, kind=PostKind.REPLY,
        metrics=Metrics(likes=4, reposts=1, replies=2),
    )),
    "twitter.com": (X, Post(
        platform="x", id="1990000000000000001", url="https://x.com/ann/status/1990000000000000002", text=TEXT,
        created_at=AT, author=ann("https://x.com/", followers=310), lang="en", tags=TAGS,
        links=frozenset({"https://news.example/a"}), media=frozenset({Media.IMAGE}),
        pictures=(Picture(alt="A lamp", address="https://pbs.twimg.com/media/a.jpg"),),
        metrics=Metrics(likes=12, reposts=3, replies=1, quotes=0, views=840),
        reread_key="1990000000000000002",
    )),
}  # fmt: skip


@pytest.mark.parametrize("form", [line, exported])
@pytest.mark.parametrize("site", WANTED)
def test_a_post_of_each_site_is_read_with_all_that_was_shown(site, form, tmp_path):
    data, wanted = WANTED[site]
    read_at = AT if form is line else None  # 4CAT's own file of the same may leave it out
    assert read(tmp_path, form(site, data)) == [replace(wanted, read_at=read_at)]


def test_a_post_that_is_only_passed_on_stands_for_its_original(tmp_path):
    passed = {
        **X,
        "rest_id": "5",
        "legacy": {**X["legacy"], "retweeted_status_result": {"result": {"tweet": X}}},
    }
    assert read(tmp_path, line("x.com", passed)) == [replace(WANTED["twitter.com"][1], read_at=AT)]


def test_what_a_site_hides_is_none_and_not_nought(tmp_path):
    quiet = {**INSTAGRAM, "like_and_view_counts_disabled": True, "like_count": 3, "comment_count": None}
    [post] = read(tmp_path, line("instagram.com", {**quiet, "play_count": None}))
    assert post.metrics == Metrics()


def test_a_line_that_is_none_costs_itself_only(tmp_path):
    bad = [{"id": 1}, {**TIKTOK, "createTime": "soon"}, {**TIKTOK, "statsV2": {"diggCount": "many"}}]
    found = read(tmp_path, *(line("tiktok.com", one) for one in bad), line("tiktok.com", TIKTOK))
    assert [isinstance(one, Rejected) for one in found] == [True, True, True, False]
    assert found[0].reason.startswith("line 1: ")


def test_a_site_that_is_not_read_is_told_by_name(tmp_path):
    [found] = read(tmp_path, line("9gag.com", {"id": "1"}))
    assert "Captures of 9gag are not read." in found.reason


TABLE = (
    "id,thread_id,author,author_full,author_followers,body,timestamp,unix_timestamp,tiktok_url,likes,comments,plays",
    f'7301,7301,ann,Ann,41,"{TEXT}",2026-11-20 09:30:00,{SECONDS},https://www.tiktok.com/@ann/video/7301,7,,900',
)


@pytest.mark.parametrize("with_seconds", [True, False])
def test_a_table_of_4cat_is_read_by_its_own_column_names(with_seconds, tmp_path):
    rows = TABLE if with_seconds else tuple(row.replace(str(SECONDS), "") for row in TABLE)
    [post] = read(tmp_path, *rows, name="tiktok.csv")
    assert (post.platform, post.id, post.created_at, post.text) == ("tiktok", "7301", AT, TEXT)
    assert post.metrics == Metrics(likes=7, views=900)
    assert (post.author.handle, post.author.followers) == ("ann", 41)


def test_a_row_that_is_none_costs_itself_only(tmp_path):
    bad = TABLE[1].replace("https://www.tiktok.com/@ann/video/7301", "https://[")
    found = read(tmp_path, TABLE[0], bad, TABLE[1], name="tiktok.csv")
    assert [isinstance(one, Rejected) for one in found] == [True, False]


def test_control_another_table_is_asked_about(tmp_path):
    with pytest.raises(MonitorError, match="Where were these posts written"):
        read(tmp_path, "id,author,body,timestamp", "1,a,b,2026-11-20", name="other.csv")
