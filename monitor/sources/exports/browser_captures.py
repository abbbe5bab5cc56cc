"""Posts that a browser was shown, kept by Zeeschuimer or handed on by 4CAT: one a line, as the site has it.

The names are those that 4CAT reads: https://github.com/digitalmethodsinitiative/4cat/tree/master/datasources
"""

import html
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.core.clock import of_epoch
from monitor.core.model import Author, Media, Metrics, Post, PostKind
from monitor.core.text import hashtags
from monitor.sources.shared.response_parsing import whole_number
from monitor.sources.shared.safe_links import addresses

_Item = Mapping[str, Any]


def site_of(item: _Item) -> str:
    """Return the site that a line is from, such as "tiktok"; "" if it is no such line."""
    site = item.get("source_platform") if "data" in item else None
    if site is None and isinstance(item.get("__import_meta"), dict):  # 4CAT's own file of the same
        site = item["__import_meta"].get("source_platform")
    host = site.removeprefix("www.") if isinstance(site, str) else ""
    return _NAMES.get(host, host.partition(".")[0])


def post_of(item: _Item) -> Post:
    """Return the post in one line; raises one of `monitor.core.model.WRONG` on a line that holds none."""
    site = site_of(item)
    if site not in READ:
        raise ValueError(f"posts of {site} are not read")
    return READ[site](item["data"] if "__import_meta" not in item else item)


def _tiktok(post: _Item) -> Post:
    who, counts = post["author"], post.get("statsV2") or post.get("stats") or {}
    handle = who["uniqueId"] if isinstance(who, dict) else who
    followers = (post.get("authorStats") or {}).get("followerCount")
    tags = [extra.get("hashtagName") for extra in post.get("textExtra") or ()]
    return Post(
        platform="tiktok",
        id=str(post["id"]),
        url=f"https://www.tiktok.com/@{handle}/video/{post['id']}",
        author=Author(
            id=handle,
            handle=handle,
            name=(who.get("nickname") if isinstance(who, dict) else post.get("nickname")) or None,
            url=f"https://www.tiktok.com/@{handle}",
            followers=whole_number(followers),
        ),
        text=post["desc"],
        created_at=_at(post["createTime"]),
        lang=post.get("textLanguage") if post.get("textLanguage") not in ("", "un") else None,
        tags=hashtags(post["desc"]) | {tag.casefold() for tag in tags if tag},
        media=frozenset({Media.VIDEO}),
        metrics=Metrics(
            likes=whole_number(counts.get("diggCount")),
            reposts=whole_number(counts.get("repostCount")),
            replies=whole_number(counts.get("commentCount")),
            views=whole_number(counts.get("playCount")),
        ),
    )


def _instagram(post: _Item) -> Post:
    who = post.get("user") or post["owner"]
    text = (post.get("caption") or {}).get("text") or ""
    return Post(
        platform="instagram",
        id=str(post.get("pk") or post["id"]),
        url=f"https://www.instagram.com/p/{post['code']}/",
        author=_of_meta(who, "https://www.instagram.com/"),
        text=text,
        created_at=_at(post["taken_at"]),
        tags=hashtags(text),
        media=frozenset(_INSTAGRAM[kind] for kind in [post.get("media_type")] if kind in _INSTAGRAM),
        metrics=Metrics(
            likes=_shown_likes(post),
            replies=whole_number(post.get("comment_count")),
            views=whole_number(post.get("play_count") or post.get("view_count")),
        ),
    )


def _shown_likes(post: _Item) -> int | None:
    # Who hides the likes of a post is told as a few of them.
    return None if post.get("like_and_view_counts_disabled") else whole_number(post.get("like_count"))


def _threads(post: _Item) -> Post:
    who, more, text = post["user"], post["text_post_app_info"], (post.get("caption") or {}).get("text") or ""
    return Post(
        platform="threads",
        id=str(post["pk"]),
        url=f"https://www.threads.com/@{who['username']}/post/{post['code']}",
        author=_of_meta(who, "https://www.threads.com/@"),
        text=text,
        created_at=_at(post["taken_at"]),
        kind=PostKind.REPLY if more.get("is_reply") else PostKind.POST,
        tags=hashtags(text),
        links=addresses([(more.get("link_preview_attachment") or {}).get("url")]),
        metrics=Metrics(
            likes=_shown_likes(post),
            reposts=whole_number(more.get("repost_count")),
            replies=whole_number(more.get("direct_reply_count")),
            quotes=whole_number(more.get("quote_count")),
        ),
    )


def _of_meta(who: _Item, address: str) -> Author:
    return Author(
        id=str(who.get("pk") or who["id"]),
        handle=who["username"],
        name=who.get("full_name") or None,
        url=f"{address}{who['username']}",
        followers=whole_number(who.get("follower_count")),
    )


def _x(post: _Item) -> Post:
    tweet = _inner(post)
    legacy, user = tweet["legacy"], tweet["core"]["user_results"]["result"]
    names = {**user.get("legacy", {}), **user.get("core", {})}  # the second since 2025
    long = ((tweet.get("note_tweet") or {}).get("note_tweet_results") or {}).get("result") or {}
    first = ((tweet.get("edit_control") or {}).get("edit_tweet_ids") or [tweet["rest_id"]])[0]
    entities = legacy.get("entities") or {}
    text = html.unescape(long.get("text") or legacy["full_text"])
    return Post(
        platform="x",
        id=str(first),
        url=f"https://x.com/{names['screen_name']}/status/{tweet['rest_id']}",
        author=Author(
            id=str(legacy["user_id_str"]),
            handle=names["screen_name"],
            name=names.get("name") or None,
            url=f"https://x.com/{names['screen_name']}",
            followers=whole_number(names.get("followers_count")),
        ),
        text=text,
        created_at=datetime.strptime(legacy["created_at"], "%a %b %d %H:%M:%S %z %Y").astimezone(UTC),
        kind=_kind_on_x(legacy),
        lang=None if str(legacy.get("lang")) in _NO_LANGUAGE else legacy["lang"],
        tags=hashtags(text) | {tag["text"].casefold() for tag in entities.get("hashtags") or ()},
        links=addresses(link.get("expanded_url") for link in entities.get("urls") or ()),
        media=frozenset(_X[item["type"]] for item in entities.get("media") or () if item["type"] in _X),
        metrics=Metrics(
            likes=whole_number(legacy.get("favorite_count")),
            reposts=whole_number(legacy.get("retweet_count")),
            replies=whole_number(legacy.get("reply_count")),
            quotes=whole_number(legacy.get("quote_count")),
            views=whole_number((tweet.get("views") or {}).get("count")),
        ),
        reread_key=str(tweet["rest_id"]),
    )


def _inner(post: _Item) -> _Item:
    """Return the post, or the one that it only passes on."""
    passed = (post["legacy"].get("retweeted_status_result") or {}).get("result")
    tweet: _Item = passed or post
    return tweet.get("tweet") or tweet


def _kind_on_x(legacy: _Item) -> PostKind:
    if legacy.get("in_reply_to_status_id_str"):
        return PostKind.REPLY
    return PostKind.QUOTE if legacy.get("is_quote_status") else PostKind.POST


def _at(seconds: Any) -> datetime:
    return of_epoch(int(seconds))


READ: Mapping[str, Callable[[_Item], Post]] = {
    "tiktok": _tiktok,
    "instagram": _instagram,
    "threads": _threads,
    "x": _x,
}
_NAMES = {"twitter.com": "x", "x.com": "x"}
_NO_LANGUAGE = {"None", "und", "zxx", "qam", "qct", "qht", "qme", "qst"}
_X = {"photo": Media.IMAGE, "video": Media.VIDEO, "animated_gif": Media.VIDEO}
_INSTAGRAM = {1: Media.IMAGE, 2: Media.VIDEO, 8: Media.IMAGE}
