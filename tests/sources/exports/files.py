"""Files as other programs write them, all made up: each with the posts in it, as they should be read."""

import io
import json
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
READ = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SECONDS, ISO, OLD = int(AT.timestamp()), "2026-11-20T09:30:00.000Z", "Fri Nov 20 09:30:00 +0000 2026"
READ_MS = int(READ.timestamp() * 1000)
TEXT = "Lamps & locks for Fern Road. #CallingTimeOnCrime"
ESCAPED = TEXT.replace("&", "&amp;")
TAG = {"callingtimeoncrime"}
DID = "did:plc:aaaabbbbccccddddeeeeffff"
FILED = AT + timedelta(seconds=2)


def key(at: datetime) -> str:
    """Return a record's key as Bluesky's programs make it of the time."""
    number, letters = round(at.timestamp() * 1_000_000) << 10 | 5, ""
    for _ in range(13):
        number, digit = divmod(number, 32)
        letters = "234567abcdefghijklmnopqrstuvwxyz"[digit] + letters
    return letters


BLUESKY = f"at://{DID}/app.bsky.feed.post/{key(FILED)}"
PICTURE = {"alt": "A lamp", "address": "https://pics.example/lamp.jpg"}
WREN = {"handle": "wren", "name": "Wren"}


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """A file of a program, and what its first post is: attributes of Post by name, dots between."""

    name: str
    content: bytes
    post: dict[str, Any]
    posts: int = 1
    others: int = 0  # items that are passed over


def lines(*items: Any) -> bytes:
    return "".join(json.dumps(item) + "\n" for item in items).encode()


def captured(site: str, data: Any) -> bytes:
    """Return a line as Zeeschuimer writes it."""
    return lines(
        {
            "nav_index": "1:1",
            "item_id": "1",
            "timestamp_collected": READ_MS,
            "source_platform": site,
            "source_platform_url": f"https://{site}",
            "source_url": f"https://{site}",
            "data": data,
        }
    )


def handed_on(site: str, data: dict[str, Any]) -> bytes:
    """Return a line as 4CAT hands the same on."""
    return lines({**data, "__import_meta": {"source_platform": site, "timestamp_collected": READ_MS}})


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def mojibake(text: str) -> str:
    """Return a text as Meta's exports have it: a letter for each byte."""
    return text.encode().decode("latin-1")


# X.
API = {
    "id": "1990000000000000001",
    "text": ESCAPED,
    "author_id": "12",
    "created_at": ISO,
    "lang": "en",
    "conversation_id": "1990000000000000001",
    "attachments": {"media_keys": ["3_1"]},
    "entities": {"hashtags": [{"tag": "CallingTimeOnCrime"}]},
    "public_metrics": {"like_count": 3, "retweet_count": 1, "reply_count": 0, "quote_count": 0},
}
USER = {"id": "12", "username": "wren", "name": "Wren", "public_metrics": {"followers_count": 55}}
MEDIA = {"media_key": "3_1", "type": "photo", "alt_text": "A lamp", "url": PICTURE["address"]}
TWARC = {"__twarc": {"url": "https://api.example", "version": "2.14.0", "retrieved_at": READ.isoformat()}}
PAGE = {"data": [API], "includes": {"users": [USER], "media": [MEDIA]}, "meta": {"result_count": 1}, **TWARC}
FLAT = {**API, "author": USER, "attachments": {"media_keys": ["3_1"], "media": [MEDIA]}, **TWARC}
ENTITIES = {"hashtags": [{"text": "CallingTimeOnCrime", "indices": [1, 2]}], "urls": [], "user_mentions": []}
OLD_MEDIA = {
    "media": [
        {
            "type": "photo",
            "ext_alt_text": "A lamp",
            "media_url_https": PICTURE["address"],
            "display_url": "pic.twitter.com/x",
        }
    ]
}
OLD_POST = {
    "id": 1990000000000000001,
    "id_str": "1990000000000000001",
    "created_at": OLD,
    "full_text": ESCAPED,
    "lang": "en",
    "entities": {**ENTITIES, **OLD_MEDIA},
    "extended_entities": OLD_MEDIA,
    "favorite_count": 3,
    "retweet_count": 1,
}
OLD_USER = {"id_str": "12", "screen_name": "wren", "name": "Wren", "followers_count": 55, "protected": False}
LEGACY = {
    "created_at": OLD,
    "full_text": ESCAPED,
    "user_id_str": "12",
    "id_str": "1990000000000000001",
    "conversation_id_str": "1990000000000000001",
    "favorite_count": 3,
    "retweet_count": 1,
    "reply_count": 0,
    "quote_count": 0,
    "lang": "en",
    "entities": {**ENTITIES, **OLD_MEDIA},
}
GRAPH = {
    "__typename": "Tweet",
    "rest_id": "1990000000000000001",
    "id": "1990000000000000001",
    "source": "x",
    "core": {
        "user_results": {
            "result": {
                "rest_id": "12",
                "core": {"screen_name": "wren", "name": "Wren"},
                "legacy": {"followers_count": 55},
            }
        }
    },
    "legacy": LEGACY,
    "views": {"count": "99"},
}
SNSCRAPE = {
    "_type": "snscrape.modules.twitter.Tweet",
    "url": "https://twitter.com/wren/status/1990000000000000001",
    "date": "2026-11-20T09:30:00+00:00",
    "rawContent": ESCAPED,
    "id": 1990000000000000001,
    "user": {
        "_type": "snscrape.modules.twitter.User",
        "username": "wren",
        "id": 12,
        "displayname": "Wren",
        "followersCount": 55,
        "protected": None,
    },
    "replyCount": 0,
    "retweetCount": 1,
    "likeCount": 3,
    "quoteCount": 0,
    "viewCount": 99,
    "lang": "en",
    "conversationId": 1990000000000000001,
    "hashtags": ["CallingTimeOnCrime"],
    "links": None,
    "media": [
        {
            "_type": "snscrape.modules.twitter.Photo",
            "fullUrl": PICTURE["address"],
            "previewUrl": "https://pics.example/s.jpg",
            "altText": "A lamp",
        }
    ],
    "inReplyToTweetId": None,
    "retweetedTweet": None,
    "quotedTweet": None,
    "_snscrape": "0.7.0",
}
ARCHIVED = {
    "tweet": {
        **{key: part for key, part in OLD_POST.items() if key != "id"},
        "favorite_count": "3",
        "retweet_count": "1",
        "edit_info": {"initial": {"editTweetIds": ["1990000000000000001"]}},
    }
}
ACCOUNT = [
    {
        "account": {
            "email": "wren@post.example",
            "createdVia": "web",
            "username": "wren",
            "accountId": "12",
            "createdAt": "2011-01-01T00:00:00.000Z",
            "accountDisplayName": "Wren",
        }
    }
]
ON_X: dict[str, Any] = {
    "platform": "x",
    "id": "1990000000000000001",
    "url": "https://x.com/wren/status/1990000000000000001",
    "author.id": "12",
    "author.handle": "wren",
    "author.name": "Wren",
    "metrics.likes": 3,
    "metrics.reposts": 1,
    "media": {"image"},
    "pictures": [PICTURE],
}


def ytd(name: str, items: Any) -> bytes:
    """Return a file of X's archive, which is a script."""
    return f"window.YTD.{name}.part0 = {json.dumps(items, indent=2)}".encode()


def x_archive(**files: bytes) -> bytes:
    return zipped(
        {
            "Your archive.html": b"<html>",
            "data/account.js": ytd("account", ACCOUNT),
            "data/tweets.js": ytd("tweets", [ARCHIVED]),
            "data/direct-messages.js": b"private",
            **{f"data/{name.replace('_', '-')}.js": content for name, content in files.items()},
        }
    )


# The fediverse and Bluesky.
STATUS = {
    "id": "1160",
    "uri": "https://m.example/users/wren/statuses/1160",
    "url": "https://m.example/@wren/1160",
    "account": {
        "id": "1",
        "acct": "wren",
        "username": "wren",
        "url": "https://m.example/@wren",
        "display_name": "Wren",
        "followers_count": 3,
    },
    "content": f"<p>{ESCAPED}</p>",
    "created_at": ISO,
    "visibility": "public",
    "language": "en",
    "favourites_count": 3,
    "reblogs_count": 1,
    "replies_count": 0,
    "spoiler_text": "",
    "tags": [{"name": "callingtimeoncrime", "url": "https://m.example/tags/callingtimeoncrime"}],
    "media_attachments": [{"type": "image", "description": "A lamp", "url": PICTURE["address"]}],
}
AS_PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
NOTE = {
    "id": STATUS["uri"],
    "type": "Note",
    "summary": None,
    "inReplyTo": None,
    "published": "2026-11-20T09:30:00Z",
    "url": STATUS["url"],
    "attributedTo": "https://m.example/users/wren",
    "to": [AS_PUBLIC],
    "cc": ["https://m.example/users/wren/followers"],
    "content": f"<p>{ESCAPED}</p>",
    "attachment": [
        {"type": "Document", "mediaType": "image/jpeg", "url": "/media_attachments/a.jpg", "name": "A lamp"}
    ],
    "tag": [{"type": "Hashtag", "href": "https://m.example/tags/c", "name": "#CallingTimeOnCrime"}],
    "likes": {"type": "Collection", "totalItems": 3},
    "shares": {"type": "Collection", "totalItems": 1},
}
CREATE = {
    "id": f"{NOTE['id']}/activity",
    "type": "Create",
    "actor": "https://m.example/users/wren",
    "published": NOTE["published"],
    "to": NOTE["to"],
    "cc": NOTE["cc"],
    "object": NOTE,
}
ANNOUNCE = {
    "id": "https://m.example/users/wren/statuses/2/activity",
    "type": "Announce",
    "actor": "https://m.example/users/wren",
    "to": [AS_PUBLIC],
    "object": "https://other.example/1",
}
OUTBOX = {
    "@context": "https://www.w3.org/ns/activitystreams",
    "id": "outbox.json",
    "type": "OrderedCollection",
    "totalItems": 2,
    "orderedItems": [CREATE, ANNOUNCE],
}
ACTOR = {
    "id": "https://m.example/users/wren",
    "type": "Person",
    "preferredUsername": "wren",
    "name": "Wren",
    "url": "https://m.example/@wren",
}
TOOT = {
    "_type": "snscrape.modules.mastodon.Toot",
    "url": "https://m.example/@wren/1160",
    "id": "1160",
    "user": {"account": "@wren@m.example", "displayName": "Wren", "url": "https://m.example/@wren"},
    "date": "2026-11-20T09:30:00+00:00",
    "text": TEXT,
    "spoilerText": None,
    "links": None,
    "hashtags": ["#CallingTimeOnCrime"],
    "_snscrape": "0.7.0",
}
ON_MASTODON = {
    "platform": "mastodon",
    "id": STATUS["uri"],
    "url": STATUS["url"],
    "author.handle": "wren@m.example",
    "author.id": "https://m.example/@wren",
    "author.name": "Wren",
}
NUMBERS = {"metrics.likes": 3, "metrics.reposts": 1}
RECORD = {"$type": "app.bsky.feed.post", "text": TEXT, "createdAt": ISO, "langs": ["en"]}
EVENT = {
    "did": DID,
    "time_us": SECONDS * 1_000_000,
    "kind": "commit",
    "commit": {
        "rev": "3x",
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "cid": "b",
        "rkey": BLUESKY.rpartition("/")[2],
        "record": RECORD,
    },
}
VIEW = {
    "uri": BLUESKY,
    "cid": "b",
    "author": {"did": DID, "handle": "wren.example", "displayName": "Wren"},
    "record": RECORD,
    "likeCount": 3,
    "repostCount": 1,
    "replyCount": 0,
    "quoteCount": 0,
    "indexedAt": ISO,
    "labels": [],
}
LISTED = {"uri": BLUESKY, "cid": "b", "value": RECORD}
LIKE = {"uri": BLUESKY.replace("post", "like"), "cid": "c", "value": {"$type": "app.bsky.feed.like"}}
ON_BLUESKY = {"platform": "bluesky", "id": BLUESKY, "author.id": DID}

# Sites that a browser was shown.
TIKTOK = {
    "id": "7301",
    "desc": TEXT,
    "createTime": SECONDS,
    "textLanguage": "en",
    "privateItem": False,
    "author": {"id": "1", "uniqueId": "wren", "nickname": "Wren", "privateAccount": False},
    "authorStats": {"followerCount": 55},
    "textExtra": [{"hashtagName": "callingtimeoncrime"}],
    "statsV2": {"diggCount": "3", "commentCount": "2", "playCount": "900", "repostCount": "1"},
}
META_USER = {"pk": "12", "id": "12", "username": "wren", "full_name": "Wren", "is_private": False}
IMAGE = {"image_versions2": {"candidates": [{"url": PICTURE["address"]}]}, "accessibility_caption": "A lamp"}
THREADS = {
    "pk": "66",
    "id": "66_12",
    "code": "Dxyz",
    "taken_at": SECONDS,
    "caption": {"text": TEXT},
    **IMAGE,
    "user": META_USER,
    "like_count": 3,
    "media_type": 1,
    "carousel_media": None,
    "text_post_app_info": {"repost_count": 1, "quote_count": 0, "direct_reply_count": 2, "is_reply": False},
}
INSTAGRAM = {
    "pk": "55",
    "id": "55_12",
    "code": "Cxyz",
    "taken_at": SECONDS,
    "caption": {"text": TEXT},
    "user": META_USER,
    "like_count": 3,
    "comment_count": 2,
    "media_type": 8,
    "carousel_media": [{"media_type": 1, **IMAGE}, {"media_type": 2}],
}
GRAPH_IMAGE = {
    "__typename": "GraphImage",
    "id": "55",
    "shortcode": "Cxyz",
    "taken_at_timestamp": SECONDS,
    "edge_media_to_caption": {"edges": [{"node": {"text": TEXT}}]},
    "display_url": PICTURE["address"],
    "owner": {"id": "12", "username": "wren", "full_name": "Wren", "is_private": False},
    "edge_media_preview_like": {"count": 3},
    "edge_media_to_comment": {"count": 2},
    "accessibility_caption": "A lamp",
}

# YouTube and Reddit.
SNIPPET = {
    "publishedAt": "2026-11-20T09:30:00Z",
    "channelId": "UCwren",
    "title": TEXT,
    "description": "",
    "channelTitle": "Wren",
}
VIDEO = {
    "kind": "youtube#video",
    "id": "abcdefghijk",
    "snippet": SNIPPET,
    "status": {"privacyStatus": "public"},
    "statistics": {"viewCount": "99", "likeCount": "3", "commentCount": "2"},
}
COMMENT = {
    "kind": "youtube#comment",
    "id": "Ugx1",
    "snippet": {
        "videoId": "abcdefghijk",
        "textDisplay": ESCAPED,
        "textOriginal": TEXT,
        "likeCount": 3,
        "authorDisplayName": "@wren",
        "authorChannelId": {"value": "UCwren"},
        "publishedAt": "2026-11-20T09:30:00Z",
    },
}
ANSWER = {**COMMENT, "id": "Ugx1.2", "snippet": {**COMMENT["snippet"], "parentId": "Ugx1"}}
THREAD = {
    "kind": "youtube#commentThread",
    "id": "Ugx1",
    "snippet": {"topLevelComment": COMMENT},
    "replies": {"comments": [ANSWER]},
}
INFO = {
    "id": "abcdefghijk",
    "title": TEXT,
    "description": "",
    "timestamp": SECONDS,
    "upload_date": "20261120",
    "channel": "Wren",
    "channel_id": "UCwren",
    "uploader_id": "@wren",
    "channel_follower_count": 55,
    "view_count": 99,
    "like_count": 3,
    "comment_count": 2,
    "availability": "public",
    "epoch": READ_MS // 1000,
    "extractor_key": "Youtube",
    "webpage_url": "https://www.youtube.com/watch?v=abcdefghijk",
    "comments": [
        {
            "id": "Ugx1",
            "text": TEXT,
            "timestamp": SECONDS,
            "author": "@owl",
            "author_id": "UCowl",
            "like_count": 0,
            "parent": "root",
        }
    ],
}
ON_YOUTUBE = {"platform": "youtube", "author.id": "UCwren", "metrics.likes": 3}
SUBMISSION = {
    "id": "abc",
    "name": "t3_abc",
    "title": ESCAPED,
    "selftext": "",
    "subreddit": "romford",
    "author": "wren",
    "created_utc": SECONDS,
    "permalink": "/r/romford/comments/abc/lamps/",
    "score": 3,
    "num_comments": 2,
    "url": "https://news.example/a",
}
REDDIT_COMMENT = {
    "id": "def",
    "body": ESCAPED,
    "subreddit": "romford",
    "author": "wren",
    "created_utc": str(SECONDS),
    "permalink": "/r/romford/comments/abc/lamps/def/",
    "score": 3,
    "parent_id": "t3_abc",
    "link_id": "t3_abc",
}
SCRAPED = {
    "_type": "snscrape.modules.reddit.Submission",
    "author": "wren",
    "date": "2026-11-20T09:30:00+00:00",
    "id": "t3_abc",
    "link": None,
    "selftext": None,
    "subreddit": "romford",
    "title": TEXT,
    "url": "https://old.reddit.com/r/romford/comments/abc/lamps/",
    "_snscrape": "0.7.0",
}
ON_REDDIT = {"platform": "reddit", "author.handle": "wren"}

# Meta's exports of an account.
OWN = {
    "media": [
        {"uri": "media/posts/202611/a.jpg", "creation_timestamp": SECONDS, "title": mojibake(f"{TEXT} ✊")}
    ]
}
ABOUT = {
    "profile_user": [
        {
            "string_map_data": {
                "Username": {"value": "wren"},
                "Name": {"value": mojibake("Wrén")},
                "Email": {"value": "wren@post.example"},
                "Private Account": {"value": "False"},
            }
        }
    ]
}


def meta_export(about: Any = ABOUT) -> bytes:
    return zipped(
        {
            "personal_information/personal_information/personal_information.json": json.dumps(about).encode(),
            "your_instagram_activity/media/posts_1.json": json.dumps([OWN]).encode(),
            "your_instagram_activity/threads/threads_and_replies.json": json.dumps(
                {"text_post_app_text_posts": [OWN]}
            ).encode(),
            "your_instagram_activity/messages/inbox/owl_1/message_1.json": b"private",
        }
    )


def files() -> Iterable[WrittenFile]:
    """Yield every file that is read as it is."""

    def a(name: str, content: bytes, post: dict[str, Any], *more: dict[str, Any], **of: Any) -> WrittenFile:
        return WrittenFile(
            name=name,
            content=content,
            post=dict(post).__or__({k: v for d in more for k, v in d.items()}),
            **of,
        )

    shown, counted = {"read_at": READ}, {"author.followers": 55}
    yield a("twarc2.jsonl", lines(PAGE), ON_X, shown, counted)
    yield a("twarc2-flat.jsonl", lines(FLAT), ON_X, shown, counted)
    yield a("twarc2.json", json.dumps(PAGE, indent=2).encode(), ON_X, shown)
    yield a("twarc1.jsonl", lines({**OLD_POST, "user": OLD_USER}), ON_X, counted)
    yield a("zeeschuimer-x.ndjson", captured("x.com", GRAPH), ON_X, shown, counted, {"metrics.views": 99})
    yield a("4cat-x.ndjson", handed_on("twitter.com", GRAPH), ON_X, shown, counted)
    yield a("snscrape-x.jsonl", lines(SNSCRAPE), ON_X, counted, {"metrics.views": 99})
    yield a("twitter-2026-11-21.zip", x_archive(), ON_X)
    yield a("statuses.json", json.dumps([STATUS]).encode(), ON_MASTODON, NUMBERS, {"pictures": [PICTURE]})
    again = {**STATUS, "uri": f"{STATUS['uri']}9", "in_reply_to_id": "1160"}
    pretty = "".join(json.dumps(status, indent=2) + "\n" for status in (STATUS, again))
    with_commas = lines(STATUS, again).replace(b"\n", b",\n")
    talk = {"ancestors": [STATUS], "descendants": [again]}
    yield a("from-jq.json", pretty.encode(), ON_MASTODON, NUMBERS, posts=2)
    yield a("lines-with-commas.json", with_commas, ON_MASTODON, NUMBERS, posts=2)
    pages = "".join(json.dumps([status]) + "\n" for status in (STATUS, again))
    yield a("a-list-a-line.json", pages.encode(), ON_MASTODON, NUMBERS, posts=2)
    yield a("context.json", json.dumps(talk).encode(), ON_MASTODON, NUMBERS, posts=2)
    yield a("note.json", json.dumps(NOTE).encode(), {**ON_MASTODON, "author.name": None}, NUMBERS)
    below = {"post": {**VIEW, "uri": f"{BLUESKY[:-1]}y"}, "replies": []}
    thread = {"thread": {"post": VIEW, "replies": [below]}}
    yield a("thread.json", json.dumps(thread).encode(), ON_BLUESKY, NUMBERS, posts=2)
    yield a("stream.jsonl", lines({"event": "update", "payload": json.dumps(STATUS)}), ON_MASTODON, NUMBERS)
    yield a("search.json", json.dumps({"accounts": [], "statuses": [STATUS]}).encode(), ON_MASTODON, NUMBERS)
    yield a(
        "outbox.json", json.dumps(OUTBOX).encode(), {**ON_MASTODON, "author.name": None}, NUMBERS, others=1
    )
    packed = {
        "actor.json": json.dumps(ACTOR).encode(),
        "outbox.json": json.dumps(OUTBOX).encode(),
        "likes.json": b"{}",
    }
    yield a(
        "archive-2026.tar.gz",
        tarred(packed),
        ON_MASTODON,
        NUMBERS,
        {"pictures": [{**PICTURE, "address": None}]},
        others=1,
    )
    yield a("archive-2026.zip", zipped(packed), ON_MASTODON, NUMBERS, others=1)
    yield a("snscrape-mastodon.jsonl", lines(TOOT), ON_MASTODON)
    yield a("jetstream.jsonl", lines(EVENT), ON_BLUESKY)
    yield a("searchPosts.json", json.dumps({"posts": [VIEW], "cursor": "1"}).encode(), ON_BLUESKY, NUMBERS)
    yield a(
        "getAuthorFeed.json",
        json.dumps({"feed": [{"post": VIEW}]}).encode(),
        ON_BLUESKY,
        NUMBERS,
        {"author.handle": "wren.example"},
    )
    yield a(
        "listRecords.json",
        json.dumps({"records": [LISTED, LIKE], "cursor": "3k"}).encode(),
        ON_BLUESKY,
        others=1,
    )
    tiktok = {
        "platform": "tiktok",
        "id": "7301",
        "author.handle": "wren",
        "media": {"video"},
        "metrics.likes": 3,
        "metrics.reposts": 1,
    }
    yield a("zeeschuimer-tiktok.ndjson", captured("tiktok.com", TIKTOK), tiktok, shown, counted)
    threads = {
        "platform": "threads",
        "id": "66",
        "author.handle": "wren",
        "pictures": [PICTURE],
        "metrics.replies": 2,
    }
    yield a("zeeschuimer-threads.ndjson", captured("threads.com", THREADS), threads, shown)
    instagram = {
        "platform": "instagram",
        "id": "55",
        "author.handle": "wren",
        "pictures": [PICTURE],
        "metrics.replies": 2,
    }
    yield a(
        "zeeschuimer-instagram.ndjson",
        captured("instagram.com", INSTAGRAM),
        instagram,
        shown,
        {"media": {"image", "video"}},
    )
    yield a(
        "4cat-instagram.ndjson",
        handed_on("instagram.com", GRAPH_IMAGE),
        instagram,
        shown,
        {"media": {"image"}},
    )
    yield a("instaloader.json", json.dumps({"node": GRAPH_IMAGE, "instaloader": {}}).encode(), instagram)
    video = {**ON_YOUTUBE, "id": "abcdefghijk", "metrics.views": 99, "kind": "post"}
    yield a(
        "videos.json", json.dumps({"kind": "youtube#videoListResponse", "items": [VIDEO]}).encode(), video
    )
    yield a(
        "lamps.info.json",
        json.dumps(INFO).encode(),
        video,
        shown,
        counted,
        {"author.handle": "wren"},
        posts=2,
    )
    comment = {**ON_YOUTUBE, "id": "Ugx1", "kind": "reply", "parent": "abcdefghijk", "author.name": "@wren"}
    yield a("commentThreads.json", json.dumps({"items": [THREAD]}).encode(), comment, posts=2)
    yield a(
        "reddit.json",
        json.dumps({"kind": "Listing", "data": {"children": [{"kind": "t3", "data": SUBMISSION}]}}).encode(),
        {**ON_REDDIT, "id": "t3_abc", "metrics.likes": 3},
    )
    yield a(
        "pushshift.jsonl",
        lines(REDDIT_COMMENT),
        {**ON_REDDIT, "id": "t1_def", "parent": "t3_abc", "metrics.likes": 3},
    )
    yield a("snscrape-reddit.jsonl", lines(SCRAPED), {**ON_REDDIT, "id": "t3_abc"})
    own = {"author.handle": "wren", "author.name": "Wrén", "text": f"{TEXT} ✊", "id": f"wren {SECONDS}"}
    yield a("instagram-wren-2026-11-21.zip", meta_export(), own, {"platform": "instagram"}, posts=2)


WRONG: dict[str, tuple[bytes, str]] = {
    "users.jsonl": (lines({"data": [USER], "includes": {}}), "This is an account, not a post."),
    "flat-users.jsonl": (lines(USER), "This is an account, not a post."),
    "old-users.jsonl": (lines(OLD_USER), "This is an account, not a post."),
    "accounts.json": (json.dumps([STATUS["account"]]).encode(), "This is an account, not a post."),
    "tweets.js": (ytd("tweets", [ARCHIVED]), "does not say here who wrote it"),
    "like.js": (ytd("like", [{"like": {"tweetId": "1", "fullText": "x"}}]), "This is a like, not a post."),
    "direct-messages.js": (ytd("direct_messages", [{"dmConversation": {}}]), "These are private messages."),
    "posts_1.json": (json.dumps([OWN]).encode(), "neither who wrote them nor who may see them"),
    "your_posts_1.json": (
        json.dumps([{"timestamp": SECONDS, "data": [{"post": TEXT}]}]).encode(),
        "does not say which posts are public",
    ),
    "watch-history.json": (
        json.dumps(
            [
                {
                    "header": "YouTube",
                    "title": "Watched",
                    "titleUrl": "https://x.example",
                    "products": ["YouTube"],
                }
            ]
        ).encode(),
        "what somebody watched",
    ),
    "search.json": (
        json.dumps({"items": [{"kind": "youtube#searchResult", "snippet": SNIPPET}]}).encode(),
        "Import the answer of videos.list instead.",
    ),
    "vimeo.info.json": (json.dumps({**INFO, "extractor_key": "Vimeo"}).encode(), "of YouTube only"),
    "telegram.jsonl": (
        lines({"_type": "snscrape.modules.telegram.TelegramPost", "_snscrape": "0.7.0"}),
        "whose posts are not read",
    ),
    "9gag.ndjson": (captured("9gag.com", {"id": "1"}), "Captures of 9gag are not read."),
    "linkedin.ndjson": (
        captured("linkedin.com", {"actor": {}}),
        "Captures of linkedin are not read. Let 4CAT write them as a table (CSV), and import that.",
    ),
    "cut.jsonl": (lines({**PAGE, "data": [{"id": "1"}]}), "it has no 'text'"),
    "truth.ndjson": (captured("truthsocial.com", STATUS), "Captures of truthsocial are not read."),
}
REFUSED: dict[str, bytes] = {  # whatever else they say, they may be private
    "letters on X": ytd("direct_messages", [{"dmConversation": {"messages": [{"text": TEXT}]}}]),
    "a list of Facebook": json.dumps([{"timestamp": SECONDS, "data": [{"post": TEXT}]}]).encode(),
    "a group on Telegram": json.dumps(
        {"type": "private_group", "messages": [{"date_unixtime": "1", "text": TEXT}]}
    ).encode(),
    "a capture of a site that is not read": captured("linkedin.com", {"text": TEXT}),
}
PRIVATE: dict[str, bytes] = {
    "direct": lines({**STATUS, "visibility": "direct"}),
    "followers only": lines({**STATUS, "visibility": "private"}),
    "a boost of one": lines(
        {**STATUS, "uri": "https://m.example/9", "reblog": {**STATUS, "visibility": "private"}}
    ),
    "one in a stream": lines({"event": "update", "payload": json.dumps({**STATUS, "visibility": "direct"})}),
    "one in an outbox": json.dumps(
        {"orderedItems": [{**CREATE, "object": {**NOTE, "to": NOTE["cc"], "cc": []}}]}
    ).encode(),
    "one in an outbox, to nobody": json.dumps(
        {"orderedItems": [{**CREATE, "object": {**NOTE, "to": [], "cc": []}}]}
    ).encode(),
    "twarc2, protected": lines({**PAGE, "includes": {"users": [{**USER, "protected": True}]}}),
    "twarc2 flat, protected": lines({**FLAT, "author": {**USER, "protected": True}}),
    "twarc1, protected": lines({**OLD_POST, "user": {**OLD_USER, "protected": True}}),
    "snscrape, protected": lines({**SNSCRAPE, "user": {**SNSCRAPE["user"], "protected": True}}),
    "X's archive, protected": x_archive(
        protected_history=ytd(
            "protected_history",
            [{"protectedHistory": {"action": "Unprotect"}}, {"protectedHistory": {"action": "Protect"}}],
        )
    ),
    "tiktok, item": captured("tiktok.com", {**TIKTOK, "privateItem": True}),
    "tiktok, account": captured(
        "tiktok.com", {**TIKTOK, "privateItem": False, "author": {**TIKTOK["author"], "privateAccount": True}}
    ),
    "instagram": captured("instagram.com", {**INSTAGRAM, "user": {**META_USER, "is_private": True}}),
    "instagram, older": captured(
        "instagram.com", {**GRAPH_IMAGE, "owner": {**GRAPH_IMAGE["owner"], "is_private": True}}
    ),
    "threads": captured("threads.com", {**THREADS, "user": {**META_USER, "is_private": True}}),
    "youtube, private": lines({**VIDEO, "status": {"privacyStatus": "private"}}),
    "youtube, unlisted": lines({**VIDEO, "status": {"privacyStatus": "unlisted"}}),
    "yt-dlp, unlisted": lines({**INFO, "availability": "unlisted", "comments": None}),
    "reddit": lines({**SUBMISSION, "subreddit_type": "private"}),
    "bluesky, for members only": lines({**VIEW, "labels": [{"val": "!no-unauthenticated"}]}),
    "bluesky, record": lines(
        {
            **EVENT,
            "commit": {
                **EVENT["commit"],
                "record": {**RECORD, "labels": {"values": [{"val": "!no-unauthenticated"}]}},
            },
        }
    ),
    "Meta's export of a private account": meta_export(
        {
            "profile_user": [
                {"string_map_data": {"Username": {"value": "wren"}, "Private Account": {"value": "True"}}}
            ]
        }
    ),
    "Meta's export that does not say": meta_export(
        {"profile_user": [{"string_map_data": {"Username": {"value": "wren"}}}]}
    ),
}
WITHHELD = {
    "status_withheld": {"id": 1990000000000000001, "user_id": 12, "withheld_in_countries": ["DE", "XX"]}
}
DELETIONS: dict[str, tuple[bytes, bytes]] = {  # a post, and what says that it is gone
    "jetstream": (
        lines(EVENT),
        lines(
            {
                **EVENT,
                "commit": {
                    "rev": "3x",
                    "operation": "delete",
                    "collection": "app.bsky.feed.post",
                    "rkey": EVENT["commit"]["rkey"],
                },
            }
        ),
    ),
    "jetstream, account": (
        lines(EVENT),
        lines(
            {
                "did": DID,
                "time_us": 1,
                "kind": "account",
                "account": {"active": False, "did": DID, "status": "deleted"},
            }
        ),
    ),
    "jetstream, takedown": (
        lines(EVENT),
        lines(
            {
                "did": DID,
                "time_us": 1,
                "kind": "account",
                "account": {"active": False, "did": DID, "status": "takendown"},
            }
        ),
    ),
    "twarc compliance, post": (
        lines(PAGE),
        lines(
            {"id": API["id"], "action": "delete", "created_at": ISO, "redacted_at": ISO, "reason": "deleted"}
        ),
    ),
    "twarc compliance, person": (
        lines(PAGE),
        lines({"id": "12", "action": "delete", "created_at": ISO, "redacted_at": ISO, "reason": "suspended"}),
    ),
    "twarc1 stream": (
        lines(PAGE),
        lines({"delete": {"status": {"id": 1, "id_str": API["id"], "user_id": 12}}}),
    ),
    "twarc1 withheld": (lines(PAGE), lines(WITHHELD)),
    "X's compliance stream": (
        lines(PAGE),
        lines({"data": {"delete": {"tweet": {"id": API["id"], "author_id": "12"}}}}),
    ),
    "X's compliance stream, person": (lines(PAGE), lines({"data": {"user_protect": {"user": {"id": "12"}}}})),
    "twarc2 errors": (
        lines(PAGE),
        lines(
            {
                "errors": [
                    {
                        "resource_id": API["id"],
                        "parameter": "ids",
                        "type": "https://api.twitter.com/2/problems/resource-not-found",
                    }
                ],
                "includes": {},
                **TWARC,
            }
        ),
    ),
    "an outbox": (
        lines(STATUS),
        lines({"type": "Delete", "actor": ACTOR["id"], "object": {"id": STATUS["uri"], "type": "Tombstone"}}),
    ),
    "a stream's capture": (
        lines({"event": "update", "payload": json.dumps(STATUS)}),
        lines({"event": "delete", "payload": "1160"}),
    ),
    "reddit": (lines(SUBMISSION), lines({**SUBMISSION, "selftext": "[deleted]"})),
}
