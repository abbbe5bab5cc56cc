"""A server's statuses: read, and nothing asked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from monitor.core.clock import unstamp
from monitor.core.errors import NotPublicError
from monitor.core.model import LONGEST_THREAD, Author, Media, Metrics, Page, Post, PostKind, Query
from monitor.core.text import matches, normal_tag, plain
from monitor.sources.shared import response_parsing
from monitor.sources.shared.safe_links import addresses, in_markup, pictures

# Bridgy Fed names what it copied in the copy's own id, an at:// address of Bluesky or a page of the web:
# https://github.com/snarfed/bridgy-fed/blob/main/models.py
_BRIDGED = re.compile(
    r"https?://[a-z]+\.brid\.gy/(?:r|convert/ap)/(https?://\S+|at://([^/\s]+)/app\.bsky\.feed\.post/(\w+))"
)
ID = re.compile(r"(?!0+$)[0-9A-Za-z]{1,40}")
# https://docs.joinmastodon.org/entities/Status/#visibility; "unlisted" is public, and shown in no timeline
_PUBLIC = {"public", "unlisted"}
_MEDIA = {"image": Media.IMAGE, "gifv": Media.VIDEO, "video": Media.VIDEO, "audio": Media.AUDIO}


def post_of(raw: Mapping[str, Any]) -> Post:
    """Return the post in one status, which says in `server` who showed it, if that is known.

    Its text and name are left out if its author asks for that, and its address is not to be kept.
    """
    if raw.get("visibility", "public") not in _PUBLIC:
        raise NotPublicError("This is a private message, or for followers. Only public posts are kept.")
    account, hidden = raw["account"], wants_no_index(raw["account"])
    return Post(
        platform="mastodon",
        id=str(raw["uri"]),
        url=_address(raw.get("url") or raw["uri"]),
        author=_author(account, hidden=hidden),
        text="" if hidden else _text(raw),
        created_at=unstamp(raw["created_at"]),
        kind=_kind(raw),
        parent=None if hidden else _parent(raw),
        lang=raw.get("language"),
        tags=frozenset(normal_tag(tag["name"]) for tag in raw.get("tags") or ()),
        links=frozenset() if hidden else _links(raw),
        media=frozenset() if hidden else _media(raw),
        pictures=() if hidden else pictures(_pictures(raw)),
        copy_of=_original(str(raw["uri"])),
        metrics=Metrics(
            likes=raw.get("favourites_count"),
            reposts=raw.get("reblogs_count"),
            replies=raw.get("replies_count"),
            quotes=raw.get("quotes_count"),
        ),
        is_only_counted=hidden,
        raw={} if hidden else raw,
    )


def thread_page(above: list[Any], ids: dict[str, str], below: list[Any], server: str) -> Page:
    """Return the posts around another, each with the own id of what it answers where that is among them."""
    items, host = [*above, *below][:LONGEST_THREAD], urlsplit(server).netloc
    of_above, of_below = (
        {key: str(item.get("uri")) for key, item in response_parsing.by_id(part).items()}
        for part in (above, below)
    )
    ids = of_above | ids | of_below
    root = next(iter(ids.values()))

    def parse(item: Mapping[str, Any]) -> Post | None:
        post = post_of({**item, "server": server})
        parent = post.parent if item.get("quote") else ids.get(str(item.get("in_reply_to_id"))) or post.parent
        metrics = post.metrics if home_of(post) == host else Metrics()
        post = replace(post, parent=parent, root=root, metrics=metrics, reread_key=reread_key(post, host))
        return None if post.is_only_counted else post

    posts, rejected = response_parsing.results(items, parse)
    return Page(stream="", posts=tuple(filter(None, posts)), rejected=rejected)


def reread_key(post: Post, host: str) -> str | None:
    return f"{host}/{post.raw['id']}" if "id" in post.raw else None


def _original(uri: str) -> str | None:
    """Return the address of the post that a bridge made this one from; None if none did."""
    match = _BRIDGED.fullmatch(uri)
    if match is None:
        return None
    return f"https://bsky.app/profile/{match[2]}/post/{match[3]}" if match[2] else match[1]


def home_of(post: Post) -> str:
    return urlsplit(post.author.id).netloc.lower()


def is_wanted(item: Mapping[str, Any], query: Query) -> bool:
    if item.get("reblog") or item.get("visibility", "public") != "public":
        return False
    return matches(query, _text(item), [tag["name"] for tag in item.get("tags") or ()])


def _text(raw: Mapping[str, Any]) -> str:
    warning, text = raw.get("spoiler_text") or "", plain(_content(raw))
    return f"{warning}\n{text}" if warning else text


def _content(raw: Mapping[str, Any]) -> str:
    """Return a status's markup without the line that stands for a quote where those are not known.

    Mastodon hides it, too: https://docs.joinmastodon.org/methods/statuses/#create
    """
    content: str = raw["content"]
    before, _, line = content.partition('<p class="quote-inline">')
    return f"{before}{line.partition('</p>')[2]}" if raw.get("quote") else content


def _links(raw: Mapping[str, Any]) -> frozenset[str]:
    return addresses([(raw.get("card") or {}).get("url"), *in_markup(_content(raw))])


def _media(raw: Mapping[str, Any]) -> frozenset[Media]:
    kinds = {attached["type"] for attached in raw.get("media_attachments") or ()}
    return frozenset(_MEDIA[kind] for kind in kinds if kind in _MEDIA)


def _pictures(raw: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield the description and address of each picture, and of each film that has one.

    A small copy is given of pictures that are not behind a warning.
    """
    is_open = raw.get("sensitive") is False and not raw.get("spoiler_text")
    for attached in raw.get("media_attachments") or ():
        if attached["type"] == "image" or (attached["type"] in _MEDIA and attached.get("description")):
            small = attached.get("preview_url") if is_open and attached["type"] == "image" else None
            yield attached.get("description"), attached.get("url"), small


def _address(text: Any) -> str:
    if not isinstance(text, str) or not text.startswith(("https://", "http://")):
        raise ValueError(f"expected an address, got {text!r}")
    if "[" in text or "]" in text or not text.isascii():  # else it splits; to ask is half of parsing
        urlsplit(text)  # raises ValueError here, where it costs one item, for "https://[", which is none
    return text


def wants_no_index(account: Mapping[str, Any]) -> bool:
    return account.get("noindex") is True or account.get("indexable") is False


def _author(account: Mapping[str, Any], *, hidden: bool) -> Author:
    # `url` is the same on every server; `id` and `acct` are not
    url = _address(account["url"])
    acct = account["acct"] if "@" in account["acct"] else f"{account['acct']}@{url.split('/', 3)[2]}"
    followers = account.get("followers_count")
    if hidden:
        return Author(id=url, followers=followers)
    return Author(id=url, handle=acct, name=account.get("display_name") or None, url=url, followers=followers)


def _kind(raw: Mapping[str, Any]) -> PostKind:
    if raw.get("quote"):
        return PostKind.QUOTE
    return PostKind.REPLY if raw.get("in_reply_to_id") else PostKind.POST


def _parent(raw: Mapping[str, Any]) -> str | None:
    """Return the address of what a status quotes or answers, or its bare id where `server` is not known.

    Quotes: https://docs.joinmastodon.org/entities/Quote, which leaves out what may not be shown. Of what is
    answered there is only an id that this server gave it, so it goes with the server, as its pages do:
    https://github.com/mastodon/mastodon/blob/main/config/routes/web_app.rb
    """
    quoted = raw.get("quote") or {}
    native_id = quoted.get("quoted_status_id") if quoted else raw.get("in_reply_to_id")
    if uri := (quoted.get("quoted_status") or quoted).get("uri"):  # Akkoma gives the status itself
        return _address(uri)
    if not isinstance(native_id, str) or not ID.fullmatch(native_id):
        return None
    return f"{raw['server']}/statuses/{native_id}" if "server" in raw else native_id
