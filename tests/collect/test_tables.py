"""Tables as a dozen programs write them, each in its own columns; every post is made up."""

import csv
import gzip
import io
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from monitor.collect.imports.file_import import read_file
from monitor.core.errors import MonitorError
from monitor.core.files.contents import Item
from monitor.core.model import Deleted, Metrics, Other, Post, PostKind, Rejected

LONDON = ZoneInfo("Europe/London")
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SECONDS = str(int(AT.timestamp()))
TEXT = "Street lights are back. #CallingTimeOnCrime"
TWEET = "1991430000000000017"


def read(path: Path, **answers: str) -> list[Item]:
    return list(read_file(path, answers, LONDON))


def a_table(*rows: dict[str, Any], mark: str = ",") -> str:
    """Return rows as CSV, by the columns of the first."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0], delimiter=mark)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def a_file(folder: Path, *rows: dict[str, Any]) -> Path:
    (folder / "posts.csv").write_text(a_table(*rows), encoding="utf-8", newline="")
    return folder / "posts.csv"


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A row as a program writes it, and what is right of its post."""

    row: dict[str, Any]
    platform: str
    id: str
    handle: str | None = "ann"
    metrics: Metrics = field(default_factory=Metrics)
    more: dict[str, Any] = field(default_factory=dict)  # of the post, by the names of its fields
    text: str = TEXT
    answers: dict[str, str] = field(default_factory=dict)  # to what such a table leaves open


X_NUMBERS = Metrics(likes=12, reposts=3, replies=1, quotes=0, views=900)
TOOLS = {
    "twarc-csv": Tool(
        row={
            "id": TWEET, "conversation_id": TWEET, "referenced_tweets.replied_to.id": "",
            "referenced_tweets.retweeted.id": "", "referenced_tweets.quoted.id": "", "author_id": "77",
            "created_at": "2026-11-20T09:30:00.000Z", "text": r"Crime &amp; grime\nat night", "lang": "en",
            "source": "Web", "public_metrics.impression_count": "900", "public_metrics.reply_count": "1",
            "public_metrics.retweet_count": "3", "public_metrics.quote_count": "0",
            "public_metrics.like_count": "12", "author.id": "77", "author.username": "ann",
            "author.name": "Ann", "author.description": "I am",
            "author.public_metrics.followers_count": "310",
            "__twarc.retrieved_at": "2026-11-21T10:00:00+00:00", "Unnamed: 73": "",
        },
        platform="x", id=TWEET, metrics=X_NUMBERS, text="Crime & grime\nat night",
        more={"lang": "en", "read_at": datetime(2026, 11, 21, 10, tzinfo=UTC), "root": None,
              "url": f"https://x.com/i/status/{TWEET}"},
    ),
    "minet, of X": Tool(
        row={
            "id": TWEET, "timestamp_utc": SECONDS, "local_time": "2026-11-20T10:30:00",
            "user_screen_name": "ann", "text": TEXT, "retweet_count": "3", "like_count": "12",
            "reply_count": "1", "impression_count": "900", "lang": "en", "to_tweetid": "1991",
            "user_id": "77",
            "user_name": "Ann", "user_followers": "310", "retweeted_id": "", "quoted_id": "",
            "collection_time": "2026-11-21T10:00:00", "url": f"https://twitter.com/ann/status/{TWEET}",
            "links": "https://a.example|https://b.example",
        },
        platform="x", id=TWEET, metrics=Metrics(likes=12, reposts=3, replies=1, views=900),
        more={"kind": PostKind.REPLY, "parent": "1991", "reread_key": TWEET, "links": frozenset()},
    ),
    "minet, of TikTok": Tool(
        row={
            "id": "7301", "description": TEXT, "timestamp": SECONDS, "utc_time": "2026-11-20T09:30:00",
            "author_id": "6", "author_unique_id": "ann", "author_nickname": "Ann",
            "author_follower_count": "41", "digg_count": "7", "share_count": "5", "comment_count": "2",
            "play_count": "900",
        },
        platform="tiktok", id="7301", metrics=Metrics(likes=7, replies=2, views=900),
    ),
    "minet, of Instagram": Tool(
        row={
            "username": "ann", "full_name": "Ann", "id": "55", "shortcode": "Cxyz",
            "url": "https://www.instagram.com/p/Cxyz/", "caption": TEXT, "like_count": "12",
            "comment_count": "3", "taken_at_timestamp": SECONDS, "utc_time": "2026-11-20T09:30:00",
        },
        platform="instagram", id="55", metrics=Metrics(likes=12, replies=3),
    ),
    "minet, of comments on YouTube": Tool(
        row={
            "video_id": "dQw4w9WgXcQ", "comment_id": "Ugx1", "author_name": "ann", "author_channel_id": "UC1",
            "text": TEXT, "like_count": "4", "published_at": "2026-11-20T09:30:00Z", "reply_count": "",
            "parent_comment_id": "Ugx0",
        },
        platform="youtube", id="Ugx1", handle=None, metrics=Metrics(likes=4),
        more={"kind": PostKind.REPLY, "parent": "Ugx0", "reread_key": None},
    ),
    "snscrape and pandas": Tool(
        row={
            "": "0", "url": f"https://twitter.com/ann/status/{TWEET}", "date": "2026-11-20 09:30:00+00:00",
            "rawContent": TEXT, "renderedContent": TEXT, "id": TWEET, "user": "{'username': 'ann', 'id': 77}",
            "replyCount": "1.0", "retweetCount": "3.0", "likeCount": "12.0", "quoteCount": "0.0",
            "conversationId": TWEET, "lang": "en", "retweetedTweet": "", "viewCount": "nan",
            "media": "[Photo()]",
        },
        platform="x", id=TWEET, handle="ann", metrics=Metrics(likes=12, reposts=3, replies=1, quotes=0),
    ),
    "4CAT, of X": Tool(
        row={
            "id": TWEET, "thread_id": TWEET, "timestamp": "2026-11-20 09:30:00", "unix_timestamp": SECONDS,
            "link": f"https://x.com/ann/status/{TWEET}", "body": TEXT, "author": "ann",
            "author_fullname": "Ann", "author_id": "77", "retweet_count": "3", "reply_count": "1",
            "like_count": "12", "quote_count": "0", "impression_count": "900", "is_retweet": "no",
        },
        platform="x", id=TWEET, metrics=X_NUMBERS,
    ),
    "4CAT, of Bluesky": Tool(
        row={
            "id": "at://did:plc:abc/app.bsky.feed.post/3k",
            "thread_id": "at://did:plc:abc/app.bsky.feed.post/3j",
            "created_at": "2026-11-20T09:30:00+00:00", "author": "ann.example", "author_id": "did:plc:abc",
            "body": TEXT, "link": "https://bsky.app/profile/ann.example/post/3mabcdefghijk",
            "like_count": "4", "quote_count": "0", "reply_count": "1", "repost_count": "2",
            "replied_to_post": "https://bsky.app/profile/b.example/post/3mabcdefghijj", "timestamp": SECONDS,
        },
        platform="bluesky", id="at://did:plc:abc/app.bsky.feed.post/3k", handle="ann.example",
        metrics=Metrics(likes=4, reposts=2, replies=1, quotes=0),
        more={"kind": PostKind.REPLY, "root": "at://did:plc:abc/app.bsky.feed.post/3j"},
    ),
    "4CAT, of Telegram": Tool(
        row={
            "id": "ch-5", "thread_id": "ch", "author": "ann", "body": TEXT,
            "timestamp": "2026-11-20 09:30:00", "link": "https://t.me/ch/5", "views": "12",
        },
        platform="telegram", id="ch-5", metrics=Metrics(views=12),
    ),
    "YouTube Data Tools, comments": Tool(
        row={
            "id": "Ugx1", "replyCount": "2", "likeCount": "4", "publishedAt": "2026-11-20 09:30:00",
            "authorName": "ann", "text": TEXT, "authorChannelId": "UC1", "isReply": "", "isReplyTo": "",
        },
        platform="youtube", id="Ugx1", handle=None, metrics=Metrics(likes=4, replies=2),
    ),
    "YouTube Data Tools, videos": Tool(
        row={
            "position": "1", "channelId": "UC1", "channelTitle": "Ann's videos", "videoId": "dQw4w9WgXcQ",
            "publishedAt": "2026-11-20T09:30:00Z", "videoTitle": "Street lights are back.",
            "videoDescription": "#CallingTimeOnCrime", "viewCount": "900", "likeCount": "12",
            "commentCount": "3",
        },
        platform="youtube", id="dQw4w9WgXcQ", handle=None, metrics=Metrics(likes=12, replies=3, views=900),
        text="Street lights are back.\n#CallingTimeOnCrime",
    ),
    "Google Takeout": Tool(
        row={
            "Comment ID": "Ugx1", "Channel ID": "UC1",
            "Comment Create Timestamp": "2026-11-20T09:30:00.155+00:00",
            "Price": "0", "Parent Comment ID": "", "Post ID": "", "Video ID": "dQw4w9WgXcQ",
            "Comment Text": '{"text":"Street lights are back. "},{"text":"#CallingTimeOnCrime"}',
            "Top-Level Comment ID": "",
        },
        platform="youtube", id="Ugx1", handle=None,
    ),
    "CrowdTangle, of a page": Tool(
        row={
            "Page Name": "Ann's page", "User Name": "ann", "Facebook Id": "99", "Page Category": "NEWS",
            "Likes at Posting": "50", "Followers at Posting": "310",
            "Post Created": "2026-11-20 04:30:00 EST",
            "Post Created Date": "2026-11-20", "Post Created Time": "04:30:00", "Type": "Photo",
            "Total Interactions": "1,022", "Likes": "1,012", "Comments": "3", "Shares": "2",
            "Post Views": "0",
            "URL": "https://www.facebook.com/99/posts/101", "Message": TEXT, "Link": "https://news.example/a",
            "Description": "no text of the post",
        },
        platform="facebook", id="https://www.facebook.com/99/posts/101",
        metrics=Metrics(likes=1012, reposts=2, replies=3, views=0),
    ),
    "CrowdTangle, of Instagram": Tool(
        row={
            "Account": "Ann", "User Name": "ann", "Followers at Posting": "310",
            "Post Created": "2026-11-20 09:30:00 GMT", "Type": "Photo", "Likes": "12", "Comments": "3",
            "Views": "0", "URL": "https://www.instagram.com/p/Cxyz/", "Link": "",
            "Photo": "https://i.example/1",
            "Title": "", "Description": TEXT,
        },
        platform="instagram", id="https://www.instagram.com/p/Cxyz",
        metrics=Metrics(likes=12, replies=3, views=0),
    ),
    "TAGS": Tool(
        row={
            "id_str": TWEET, "from_user": "ann", "text": TEXT, "created_at": "Fri Nov 20 09:30:00 +0000 2026",
            "time": "20/11/2026 09:30:00", "user_followers": "310", "user_lang": "en",
        },
        platform="x", id=TWEET,
    ),
    "rtweet": Tool(
        row={
            "user_id": "77", "status_id": TWEET, "created_at": "2026-11-20T09:30:00Z", "screen_name": "ann",
            "text": TEXT, "favorite_count": "12", "retweet_count": "3", "followers_count": "310",
            "is_retweet": "FALSE",
        },
        platform="x", id=TWEET, metrics=Metrics(likes=12, reposts=3),
    ),
    "Reddit and pandas": Tool(
        row={
            "id": "abc12", "subreddit": "london", "title": "Street lights are back.", "author": "ann",
            "selftext": "#CallingTimeOnCrime", "created_utc": f"{SECONDS}.0", "score": "12",
            "num_comments": "3", "url": "https://www.reddit.com/r/london/comments/abc12/street_lights/",
        },
        platform="reddit", id="t3_abc12", metrics=Metrics(likes=12, replies=3),
        text="Street lights are back.\n\n#CallingTimeOnCrime", more={"reread_key": "t3_abc12"},
    ),
    "a table by hand, with names beside handles": Tool(
        row={
            "url": f"https://x.com/ann/status/{TWEET}", "text": TEXT, "created_at": "2026-11-20T09:30:00Z",
            "author": "Ann of Heathway", "author_handle": "ann",
        },
        platform="x", id=TWEET,
    ),
    "Brandwatch": Tool(
        row={
            "Query Name": "crime", "Date": "2026-11-20 09:30:00.0 GMT", "Title": "ann on X",
            "Snippet": "Street …",
            "Url": f"http://twitter.com/ann/statuses/{TWEET}", "Page Type": "twitter", "Language": "en",
            "Author": "ann", "Full Name": "Ann", "Full Text": TEXT, "Impressions": "5000",
            "Thread Entry Type": "post", "Twitter Followers": "310", "Twitter Reply Count": "1",
            "Twitter Retweets": "3",
        },
        platform="x", id=TWEET, metrics=Metrics(reposts=3, replies=1),
    ),
    "X's own analytics": Tool(
        row={
            "Post id": TWEET, "Date": "Fri, Nov 20, 2026, 9:30 AM", "Post text": TEXT,
            "Post Link": f"https://x.com/ann/status/{TWEET}", "Impressions": "900", "Likes": "12",
            "Engagements": "40", "Bookmarks": "1", "Shares": "9", "New follows": "0", "Replies": "1",
            "Reposts": "3", "Profile visits": "1",
        },
        platform="x", id=TWEET, metrics=Metrics(likes=12, reposts=3, replies=1, views=900),
    ),
    "Sprout Social": Tool(
        row={
            "Date": "11/20/2026 9:30 am", "Post ID": "5_9", "Network": "Facebook", "Post Type": "Post",
            "Profile": "Ward news", "Sent by": "Ann", "Link": "https://www.facebook.com/5/posts/9",
            "Post": TEXT, "Impressions": "900", "Reach": "700", "Reactions": "14", "Likes": "12",
            "Comments": "1", "Shares": "3",
        },
        platform="facebook", id="5_9", handle=None,
        metrics=Metrics(likes=12, reposts=3, replies=1, views=900), answers={"zone": "UTC"},
    ),
    "Meta Business Suite": Tool(
        row={
            "Post ID": "9", "Page ID": "5", "Page name": "Ward news", "Title": "", "Description": TEXT,
            "Duration (sec)": "0", "Publish time": "11/20/2026 09:30",
            "Permalink": "https://www.facebook.com/5/posts/9", "Post type": "Photos", "Languages": "",
            "Date": "Lifetime", "Views": "900", "Reach": "700", "Reactions": "12", "Comments": "1",
            "Shares": "3",
        },
        platform="facebook", id="9", handle=None,
        metrics=Metrics(likes=12, reposts=3, replies=1, views=900), answers={"zone": "UTC"},
    ),
    "Mastodon and pandas": Tool(
        row={
            "id": "1160", "created_at": "2026-11-20T09:30:00.000Z", "visibility": "public",
            "uri": "https://m.example/users/ann/statuses/1160", "url": "https://m.example/@ann/1160",
            "replies_count": "1", "reblogs_count": "3", "favourites_count": "12",
            "content": f"<p>{TEXT}</p>", "account.id": "1", "account.username": "ann", "account.acct": "ann",
            "account.url": "https://m.example/@ann", "account.display_name": "Ann",
            "account.followers_count": "310",
        },
        platform="mastodon", id="https://m.example/users/ann/statuses/1160", handle="ann@m.example",
        metrics=Metrics(likes=12, reposts=3, replies=1),
    ),
    "Bluesky and pandas": Tool(
        row={
            "uri": "at://did:plc:abc/app.bsky.feed.post/3k", "cid": "b", "author.did": "did:plc:abc",
            "author.handle": "ann", "author.displayName": "Ann", "record.text": TEXT,
            "record.createdAt": "2026-11-20T09:30:00.000Z", "record.langs": "['en']", "likeCount": "12",
            "repostCount": "3", "replyCount": "1", "quoteCount": "0", "indexedAt": "2026-11-20T09:30:01Z",
        },
        platform="bluesky", id="at://did:plc:abc/app.bsky.feed.post/3k",
        metrics=Metrics(likes=12, reposts=3, replies=1, quotes=0),
    ),
    "our own table": Tool(
        row={
            "platform": "Forum", "id": "5", "url": "https://f.example/5", "author": "ann", "text": TEXT,
            "created_at": "2026-11-20T09:30:00Z", "likes": "4", "followers": "310",
        },
        platform="forum", id="5", metrics=Metrics(likes=4),
    ),
    "someone's spreadsheet": Tool(
        row={
            "Date": "Fri 20 November 2026", "Time": "9:30 am GMT", "Network": "X (formerly Twitter)",
            "Username": "@ann", "Tweet": TEXT, "Retweets": "1.2K", "Likes": "-",
            "Post URL": f"https://x.com/ann/status/{TWEET}",
        },
        platform="x", id=TWEET, metrics=Metrics(reposts=1200),
    ),
}  # fmt: skip


def test_a_repost_that_only_its_words_tell_is_left_out(tmp_path: Path):
    row = TOOLS["TAGS"].row
    post, repost = read(a_file(tmp_path, row, {**row, "id_str": "3", "text": f"RT @ann: {TEXT}"}))
    assert (type(post), type(repost)) == (Post, Other)


BY_HAND = {"Platform": "X", "Link": f"https://x.com/ann/status/{TWEET}", "Text": TEXT, "Date": AT.isoformat()}


@pytest.mark.parametrize("column", ["Retweet?", "Is retweet", "Is it a repost?", "Repost?", "is_repost"])
@pytest.mark.parametrize("word", ["Yes", "TRUE", "1", "y"])
def test_a_row_that_says_it_is_a_repost_is_left_out(tmp_path: Path, column: str, word: str):
    [item] = read(a_file(tmp_path, BY_HAND | {column: word}))
    assert isinstance(item, Other)


@pytest.mark.parametrize("word", ["No", "", "0", "false", "12", "1204", "0.0", "3.0", "Nein"])
def test_control_a_row_that_says_it_is_none_or_how_often_it_was_reposted_is_a_post(tmp_path: Path, word: str):
    [item] = read(a_file(tmp_path, BY_HAND | {"Retweet?": word}))
    assert isinstance(item, Post)


@pytest.mark.parametrize("column", ["Deleted?", "deleted", "Is deleted", "Post deleted", "Removed?"])
@pytest.mark.parametrize("word", ["Yes", "TRUE", "1", "deleted", "oui", "✓", "2026-11-21 10:00"])
def test_a_row_that_says_its_post_was_deleted_is_that(tmp_path: Path, column: str, word: str):
    gone = Deleted(platform="x", id=TWEET, url=BY_HAND["Link"], created_at=AT)
    assert read(a_file(tmp_path, BY_HAND | {column: word})) == [gone]


def test_a_deleted_row_needs_no_text_and_one_without_an_id_is_left_out(tmp_path: Path):
    rows = [BY_HAND | {"Deleted?": "yes", "Text": ""}, BY_HAND | {"Deleted?": "yes", "Link": ""}]
    gone, other = read(a_file(tmp_path, *rows))
    assert (type(gone), type(other)) == (Deleted, Other)


@pytest.mark.parametrize("word", ["No", "", "0", "0.0", "not deleted", "-", "?"])
def test_control_a_row_that_does_not_say_so_is_a_post(tmp_path: Path, word: str):
    [item] = read(a_file(tmp_path, BY_HAND | {"Deleted?": word}))
    assert isinstance(item, Post)


def test_a_row_of_totals_is_that_though_only_addresses_say_where_posts_are_from(tmp_path: Path):
    row = {"Link": BY_HAND["Link"], "Text": TEXT, "Date": AT.isoformat(), "Likes": "5"}
    _, total = read(a_file(tmp_path, row, {"Likes": "5"}))
    assert isinstance(total, Other)


def test_what_reddit_has_in_the_place_of_a_text_is_no_post(tmp_path: Path):
    row = {"subreddit": "london", "created_utc": SECONDS, "id": "1abcde", "title": "A title"}
    url = {"permalink": "/r/london/comments/1abcde/a_title/"}
    gone, post = read(a_file(tmp_path, row | url | {"selftext": "[removed]"}, row | url | {"selftext": ""}))
    assert isinstance(gone, Deleted)
    assert (gone.platform, gone.id) == ("reddit", "t3_1abcde")
    assert isinstance(post, Post)


@pytest.mark.parametrize(
    ("platform", "url", "native_id"),
    [
        ("TikTok", "https://www.tiktok.com/@ann/video/7398000000000000001?lang=en", "7398000000000000001"),
        ("TikTok", "https://m.tiktok.com/v/7398000000000000001.html", "7398000000000000001"),
        ("LinkedIn", "linkedin.com/posts/a_b-activity-7398000000000001-aB_c?rcm=x", "7398000000000001"),
        ("LinkedIn", "uk.linkedin.com/feed/update/urn:li:activity:7398000000000001/", "7398000000000001"),
        ("Instagram", "https://www.instagram.com/ann.wren/p/BAAAAAAAAAA/?igsh=x", str(64**10)),
        ("Instagram", "instagram.com/reel/BAAAAAAAAAA" + "B" * 28, str(64**10)),
        ("Threads", "https://www.threads.net/@ann/post/BAAAAAAAAAC", str(64**10 + 2)),
    ],
)  # fmt: skip
def test_a_post_without_an_id_has_the_number_in_its_address(tmp_path, platform, url, native_id):
    row = {"Platform": platform, "Text": TEXT, "Date": AT.isoformat(), "Link": url}
    [post] = read(a_file(tmp_path, row))
    assert isinstance(post, Post)
    assert post.id == native_id


def test_an_id_that_is_not_the_address_s_is_the_post_s_as_of_a_comment(tmp_path: Path):
    row = {"Platform": "Instagram", "Text": TEXT, "Date": AT.isoformat(), "id": "17900000000000001"}
    [post] = read(a_file(tmp_path, row | {"Link": "https://www.instagram.com/p/BAAAAAAAAAA/"}))
    assert isinstance(post, Post)
    assert post.id == "17900000000000001"


def test_a_writer_on_a_platform_of_one_site_is_one_person_by_the_address_of_the_account(tmp_path: Path):
    row = {**TOOLS["a table by hand, with names beside handles"].row, "author_handle": "https://x.com/ann"}
    [post] = read(a_file(tmp_path, row))
    assert isinstance(post, Post)
    assert post.author.id == "ann"


@pytest.mark.parametrize(
    ("url", "handle", "expected"),
    [
        ("https://m.example/@ann/1160", "@ann", "ann@m.example"),
        ("https://m.example/users/Ann/statuses/1160", "ann", "ann@m.example"),
        ("https://m.example/@ann@other.example/1160", "ann", "ann"),
        ("https://m.example/@joanna/1160", "ann", "ann"),
    ],
)
def test_a_name_on_one_of_many_servers_has_the_server_that_its_post_is_on(tmp_path, url, handle, expected):
    row = {"platform": "mastodon", "url": url, "author": handle, "text": TEXT, "created_at": AT.isoformat()}
    [post] = read(a_file(tmp_path, row))
    assert isinstance(post, Post)
    assert (post.author.id, post.author.handle) == (expected, expected)


def test_a_handle_of_digits_is_not_the_number_of_an_account(tmp_path: Path):
    row = {"platform": "x", "id": TWEET, "author": "123", "text": TEXT, "created_at": AT.isoformat()}
    [post] = read(a_file(tmp_path, row))
    assert isinstance(post, Post)
    assert (post.author.id, post.author.handle) == ("@123", "123")


@pytest.mark.parametrize("name", TOOLS)
def test_a_table_of_each_program_is_taken_without_an_edit(tmp_path: Path, name: str):
    tool = TOOLS[name]
    [post] = read(a_file(tmp_path, tool.row), **tool.answers)
    assert isinstance(post, Post), post
    assert (post.platform, post.id, post.text, post.created_at) == (tool.platform, tool.id, tool.text, AT)
    assert (post.author.handle, post.metrics) == (tool.handle, tool.metrics)
    assert {thing: getattr(post, thing) for thing in tool.more} == tool.more
    assert post.author.followers in (None, 310, 41)


def a_workbook(path: Path, *rows: dict[str, Any]) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for at, row in enumerate([[*rows[0]], *([*row.values()] for row in rows)]):
        for column, value in enumerate(row):
            sheet.write_string(at, column, str(value))
    book.close()


def write(path: Path, form: str, *rows: dict[str, Any]) -> None:
    """Write rows in a form that a table comes in."""
    if form == "workbook":
        return a_workbook(path, *rows)
    text = a_table(*rows, mark="\t" if form == "Unicode text" else ";" if form == "semicolons" else ",")
    data = {
        "Unicode text": lambda: text.encode("utf-16"),
        "semicolons": lambda: b"sep=;\r\n" + text.encode("cp1252"),
        "gzip": lambda: gzip.compress(text.encode()),
        "titles": lambda: b"Posts of November\r\n\r\n" + text.encode(),
    }[form]()
    path.write_bytes(data)
    return None


@pytest.mark.parametrize("form", ["workbook", "Unicode text", "semicolons", "gzip", "titles"])
@pytest.mark.parametrize("name", ["twarc-csv", "4CAT, of Bluesky", "CrowdTangle, of a page", "our own table"])
def test_the_same_in_each_form_is_the_same_post(tmp_path: Path, name: str, form: str):
    row = {thing: str(cell).replace("…", "...") for thing, cell in TOOLS[name].row.items()}
    write(tmp_path / "posts", form, row)
    assert read(tmp_path / "posts") == read(a_file(tmp_path, row))


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("4CAT, of X", "is_retweet", "yes"), ("twarc-csv", "referenced_tweets.retweeted.id", "50"),
        ("minet, of X", "retweeted_id", "50"), ("snscrape and pandas", "retweetedTweet", "{'id': 50}"),
        ("rtweet", "is_retweet", "TRUE"), ("Brandwatch", "Thread Entry Type", "share"),
    ],
)  # fmt: skip
def test_who_only_passes_a_post_on_is_no_second_post(tmp_path: Path, name: str, column: str, value: str):
    row = TOOLS[name].row
    post, repost = read(a_file(tmp_path, row, {**row, column: value}))
    assert isinstance(post, Post)
    assert isinstance(repost, Other)
    assert "only the original counts" in repost.reason


SPOILT = {
    "as a power": ["1.57699E+18", "1.57699E+18"],
    "with more digits": ["1.5769912345E+18"],
    "with zeros": ["1576990000000010000", "1576990000000020000", "1576990000000030000"],
}


@pytest.mark.parametrize("kind", SPOILT)
def test_ids_that_a_spreadsheet_rounded_are_refused_in_words(tmp_path: Path, kind: str):
    row = {
        "platform": "facebook",
        "id": "",
        "author": "ann",
        "text": TEXT,
        "created_at": "2026-11-20T10:00:00Z",
    }
    items = read(a_file(tmp_path, *({**row, "id": one} for one in SPOILT[kind])))
    assert [type(item) for item in items] == [Rejected] * len(SPOILT[kind])
    assert all("Excel has rounded its ID" in item.reason for item in items if isinstance(item, Rejected))


@pytest.mark.parametrize("ids", [["1576991234567890123"] * 3 + ["1576991234567890000"], ["100000000000000"]])
def test_control_long_ids_of_which_one_ends_in_zeros_are_ids(tmp_path: Path, ids: list[str]):
    row = {
        "platform": "facebook",
        "id": "",
        "author": "ann",
        "text": TEXT,
        "created_at": "2026-11-20T10:00:00Z",
    }
    posts = read(a_file(tmp_path, *({**row, "id": one} for one in ids)))
    assert [post.id for post in posts if isinstance(post, Post)] == ids


def test_a_rounded_id_is_mended_by_the_address_of_the_post(tmp_path: Path):
    row = {"platform": "x", "id": "1.99143E+18", "url": f"https://x.com/ann/status/{TWEET}", "text": TEXT,
           "created_at": "2026-11-20T10:00:00Z", "author_id": "7.7E+17"}  # fmt: skip
    [post] = read(a_file(tmp_path, row))
    assert isinstance(post, Post)
    assert (post.id, post.author.id) == (TWEET, "")


@pytest.mark.parametrize("written", [TWEET, f"'{TWEET}", f'="{TWEET}"', f"{TWEET}.0"])
def test_an_id_is_the_same_however_it_was_kept_from_a_spreadsheet(tmp_path: Path, written: str):
    row = {"platform": "x", "id": written, "text": TEXT, "created_at": "2026-11-20T10:00:00Z"}
    [post] = read(a_file(tmp_path, row))
    assert isinstance(post, Post)
    assert post.id == TWEET


@pytest.mark.parametrize(
    "name",
    [
        "X",
        "x",
        "Twitter",
        "twitter",
        " tweets ",
        "X (formerly Twitter)",
        "twitter.com",
        "Twitter (X)",
        "X/Twitter",
    ],
)
def test_one_platform_has_one_name(tmp_path: Path, name: str):
    row = {"platform": name, "id": "7", "text": TEXT, "created_at": "2026-11-20T10:00:00Z"}
    [post] = read(a_file(tmp_path, row))
    assert isinstance(post, Post)
    assert (post.platform, post.id, post.url) == ("x", "7", "https://x.com/i/status/7")


@pytest.mark.parametrize(
    ("number", "value"), [("12.0", 12), ("1,234", 1234), ("", None), ("nan", None), ("None", None), ("0", 0)]
)
def test_a_number_that_is_not_told_is_no_zero(tmp_path: Path, number: str, value: int | None):
    row = {
        "platform": "forum",
        "id": "7",
        "text": TEXT,
        "created_at": "2026-11-20T10:00:00Z",
        "likes": number,
    }
    [post] = read(a_file(tmp_path, row))
    assert isinstance(post, Post)
    assert post.metrics == Metrics(likes=value)


@pytest.mark.parametrize(
    "columns",
    [
        ("Likes (total)", "Comments #"),
        ("Total likes", "Number of comments"),
        ("Like count", "no. of replies"),
    ],
)
def test_a_number_is_known_by_what_people_write_around_its_name(tmp_path: Path, columns: tuple[str, str]):
    row = {"platform": "forum", "what they said": TEXT, "When posted": "2026-11-20T10:00:00Z"}
    [post] = read(a_file(tmp_path, row | dict(zip(columns, ("1,204", "3"), strict=True))))
    assert isinstance(post, Post)
    assert post.metrics == Metrics(likes=1204, replies=3)


def test_control_a_plain_name_goes_before_one_with_words_around_it(tmp_path: Path):
    row = {"platform": "forum", "text": TEXT, "date": "2026-11-20T10:00:00Z"}
    [post] = read(
        a_file(tmp_path, row | {"Total likes": "9", "Likes": "4", "Post #": "1", "Total followers": "2"})
    )
    assert isinstance(post, Post)
    assert (post.text, post.metrics) == (TEXT, Metrics(likes=4))


def test_without_a_column_for_them_nobody_is_named(tmp_path: Path):
    row = {"platform": "forum", "id": "7", "text": TEXT, "created_at": "2026-11-20T10:00:00Z"}
    [post] = read(a_file(tmp_path, row))
    assert isinstance(post, Post)
    assert (post.author.id, post.author.handle, post.author.name) == ("", None, None)


WRONG = {
    "weather": (
        "place,degrees\nLondon,7\n",
        "holds the text of a post[?] Answer with one of: text=place, text=degrees",
    ),
    "accounts": (
        "id,username,name,description,pinned_tweet_id\n1,ann,Ann,I am,\n",
        "of accounts, not of posts",
    ),
    "accounts of another program": (
        "user_id,screen_name,name,description,timestamp_utc,followers,friends\n1,a,A,I am,1400000000,5,6\n",
        "of accounts, not of posts",
    ),
    "counts": ("start,end,tweet_count\n2026,2026,5\n", "of counts, not of posts"),
    "deletions": (
        "id,action,created_at,redacted_at,reason\n1,delete,2026,2026,\n",
        "of deletions, not of posts",
    ),
    "ids": ("id\n1\n2\n", "only one column"),
    "nothing": ("\n\n", "is empty"),
    "a header alone": ("id,text,created_at,platform\n", None),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_table_of_something_else_gets_a_sentence(tmp_path: Path, kind: str):
    text, words = WRONG[kind]
    (tmp_path / "table.csv").write_text(text)
    if words is None:
        assert read(tmp_path / "table.csv") == []
        return
    with pytest.raises(MonitorError, match=words):
        read(tmp_path / "table.csv")


@pytest.mark.heavy
@pytest.mark.parametrize("form", ["workbook", "gzip", "Unicode text", "semicolons"])
def test_a_file_of_broken_bytes_ends_in_rows_or_in_words(tmp_path: Path, form: str):
    chance, ends = random.Random(form), set[str]()
    write(tmp_path / "whole", form, TOOLS["our own table"].row, TOOLS["our own table"].row)
    whole = (tmp_path / "whole").read_bytes()
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        (tmp_path / "broken").write_bytes(data)
        try:
            ends |= {type(item).__name__ for item in read(tmp_path / "broken")}
        except MonitorError:
            ends.add("words")
    assert {"Post", "words"} <= ends


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": ""}, "its text is empty"), ({"created_at": "soon"}, "'soon' is not a time we can read"),
        ({"likes": "many"}, "its number of likes: 'many' is not a whole number"),
        ({"id": "1.5E+18"}, "Excel has rounded its ID"),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_costs_itself_and_says_why(tmp_path: Path, change: dict[str, str], words: str):
    row = {"platform": "forum", "id": "7", "text": TEXT, "created_at": "2026-11-20T10:00:00Z", "likes": "1"}
    first, wrong, last = read(a_file(tmp_path, row, {**row, **change}, row))
    assert isinstance(first, Post)
    assert last == first
    assert isinstance(wrong, Rejected)
    assert wrong.reason.startswith("line 3: ")
    assert words in wrong.reason


def test_an_address_that_is_none_is_left_out_and_is_no_link(tmp_path: Path):
    row = {"platform": "forum", "id": "7", "text": TEXT, "created_at": "2026-11-20T10:00:00Z"}
    for address in ("javascript:alert(1)", "https://[", "file:///etc/passwd", "a b"):
        [post] = read(a_file(tmp_path, {**row, "url": address}))
        assert isinstance(post, Post)
        assert post.url == ""
