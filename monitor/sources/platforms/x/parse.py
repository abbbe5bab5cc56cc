"""What X answers, read: pure, and in both spellings, "tweet" and "post"."""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from monitor.core.clock import unstamp
from monitor.core.errors import NotPublicError
from monitor.core.model import Author, Media, Metrics, Page, Post, PostKind
from monitor.core.text import hashtags, normal_tag
from monitor.sources.shared import response_parsing
from monitor.sources.shared.response_parsing import by_id, table
from monitor.sources.shared.safe_links import addresses, pictures

_ID = re.compile(r"[0-9]{1,20}")  # a whole number of 64 bits; a longer one is later than the calendar
_NO_LANGUAGE = {"und", "zxx", "qam", "qct", "qht", "qme", "qst"}
_MEDIA = {"photo": Media.IMAGE, "video": Media.VIDEO, "animated_gif": Media.VIDEO}
_REPOST = {"retweeted", "reposted"}


def post_of(raw: Mapping[str, Any]) -> Post:
    """Return the post in `{"post": ..., "user": ... or None, "media": what it shows, as X lists it}`."""
    post, user, media = raw["post"], raw["user"], raw.get("media") or ()
    if user and user.get("protected"):
        raise NotPublicError("This was written for the account's followers only. Only public posts are kept.")
    own_id = _digits(post["id"])
    long = post.get("note_tweet") or post.get("note_post") or {}
    text = html.unescape(long.get("text") or post["text"])
    chain = post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids") or [own_id]
    lang = post.get("lang")
    return Post(
        platform="x",
        id=_digits(chain[0]),
        url=f"https://x.com/{user['username'] if user else 'i'}/status/{own_id}",
        author=_author(post, user),
        text=text,
        created_at=unstamp(post["created_at"]),
        kind=_kind(post),
        parent=_parent(post),
        root=root if (root := id_of(post.get("conversation_id"))) not in chain else None,
        lang=None if lang in _NO_LANGUAGE else lang,
        tags=_tags(post) | _tags(long) | hashtags(text),
        links=_links(post) | _links(long),
        media=frozenset(_MEDIA[item["type"]] for item in media if item.get("type") in _MEDIA),
        pictures=pictures(_pictures(media, is_open=post.get("possibly_sensitive") is False)),
        metrics=_metrics(post.get("public_metrics") or {}),
        reread_key=_digits(chain[-1]),
        raw=raw,
    )


def page_of(answer: Mapping[str, Any], ids: set[str], parse: Callable[[Mapping[str, Any]], Post]) -> Page:
    """Return the answer's posts whose ids are not in `ids`, and add them to it."""
    includes = table(answer.get("includes"))
    users = by_id(includes.get("users"))
    originals = by_id(includes.get("tweets") or includes.get("posts"))
    media = by_id(includes.get("media"), "media_key")

    def prepare(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
        original = original_of(item, originals)
        if original is None:
            return None
        keys = (original.get("attachments") or {}).get("media_keys") or ()
        attached = [media[key] for key in keys if key in media]
        return {"post": original, "user": users.get(original.get("author_id")), "media": attached}

    items = answer.get("data", [])
    candidates, rejected = response_parsing.results(items, lambda raw: raw and parse(raw), prepare)
    posts: list[Post] = []
    for post in candidates:
        if post and post.id not in ids:
            ids.add(post.id)
            posts.append(post)
    hidden = len(answer.get("errors") or ())
    detail = f"X could not show {hidden} posts or authors that were mentioned." if hidden else ""
    return Page(stream="", posts=tuple(posts), rejected=rejected, detail=detail)


def original_of(item: Mapping[str, Any], originals: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the item, or the post that it only passes on; None if that one is missing."""
    for reference in _references(item):
        if reference["type"] in _REPOST:
            return originals.get(reference["id"])
    return item


def _references(post: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return post.get("referenced_tweets") or post.get("referenced_posts") or ()


def _kind(post: Mapping[str, Any]) -> PostKind:
    types = {reference["type"] for reference in _references(post)}
    if "replied_to" in types:
        return PostKind.REPLY
    return PostKind.QUOTE if "quoted" in types else PostKind.POST


def _parent(post: Mapping[str, Any]) -> str | None:
    """Return the id of the post that this one answers, or else quotes."""
    ids = {reference["type"]: id_of(reference.get("id")) for reference in _references(post)}
    return ids.get("replied_to") or ids.get("quoted")


def _pictures(media: Sequence[Mapping[str, Any]], *, is_open: bool) -> Iterator[tuple[object, ...]]:
    """Yield the words for each picture and its address; of a film, of the picture that stands for it.

    A picture of a post that is not marked sensitive may be fetched.
    """
    for item in media:
        if item.get("type") == "photo" or item.get("alt_text"):
            link = item.get("url")
            yield item.get("alt_text"), link or item.get("preview_image_url"), link if is_open else None


def _author(post: Mapping[str, Any], user: Mapping[str, Any] | None) -> Author:
    if user is None:
        return Author(id=_digits(post["author_id"]))
    return Author(
        id=_digits(post["author_id"]),
        handle=user["username"],
        name=user.get("name"),
        url=f"https://x.com/{user['username']}",
        followers=response_parsing.count(user.get("public_metrics") or {}, "followers_count"),
    )


def _metrics(counts: Mapping[str, Any]) -> Metrics:
    return Metrics(
        likes=response_parsing.count(counts, "like_count"),
        reposts=response_parsing.count(counts, "retweet_count", "repost_count"),
        replies=response_parsing.count(counts, "reply_count"),
        quotes=response_parsing.count(counts, "quote_count"),
        views=response_parsing.count(counts, "impression_count"),
    )


def _tags(post: Mapping[str, Any]) -> frozenset[str]:
    tags = (post.get("entities") or {}).get("hashtags") or ()
    return frozenset(normal_tag(hashtag["tag"]) for hashtag in tags)


def _links(post: Mapping[str, Any]) -> frozenset[str]:
    """Return where the post's short links lead, without those to its own pictures."""
    return addresses(
        link.get("unwound_url") or link.get("expanded_url")
        for link in (post.get("entities") or {}).get("urls") or ()
        if not str(link.get("display_url")).startswith(("pic.twitter.com/", "pic.x.com/"))
    )


def id_of(value: Any) -> str | None:
    """Return the value if it can be an id of X."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _digits(value: Any) -> str:
    if (native_id := id_of(value)) is None:
        raise ValueError(f"{value!r} is not an id")
    return native_id


def unavailable_ids(answer: Mapping[str, Any]) -> set[str]:
    """Return the ids that X says nobody may see any more."""
    ended = ("/resource-not-found", "/not-authorized-for-resource")
    errors = [error for error in answer.get("errors") or () if isinstance(error, dict)]
    return {
        native_id
        for error in errors
        if str(error.get("type")).endswith(ended)
        and error.get("parameter") in (None, "ids")
        and (native_id := id_of(error.get("resource_id") or error.get("value")))
    }
