"""What each platform says that a post answers or quotes, what its pictures show, and who may see it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from monitor.core.errors import NotPublicError
from monitor.core.model import Picture, PostKind
from monitor.sources import source
from monitor.sources.shared.safe_links import pictures

FIXTURES = Path(__file__).parents[1] / "fixtures"
BSKY = "at://did:plc:bob/app.bsky.feed.post/3lmade2up3333"
COMMENT = {"id": 9, "content": "Yes", "ap_id": "https://talk.example/comment/9",
           "published": "2026-11-20T09:30:00Z"}  # fmt: skip
PUBLIC = "Only public posts are kept"


def item(platform: str, place: str = "", /, **more: Any) -> Any:
    """Return the fixture of a platform with other values at 'a.b'; None takes one out."""
    raw = json.loads((FIXTURES / platform / "post.json").read_text())
    inner = raw
    for room in filter(None, place.split(".")):
        inner = inner[room]
    inner.update(more)
    for key in [key for key, value in more.items() if value is None]:
        del inner[key]
    return raw


def bluesky(**record: Any) -> Any:
    return item("bluesky", "commit.record", **record)


def embed(kind: str, **more: Any) -> dict[str, Any]:
    return {"$type": f"app.bsky.embed.{kind}"} | more


QUOTED = {"uri": "https://far.example/users/cat/statuses/1"}
# a platform's item; its kind, what it answers or quotes, and where that conversation begins
CONVERSATIONS: Mapping[str, tuple[str, Any, PostKind, str | None, str | None]] = {
    "bluesky, alone": ("bluesky", bluesky(reply=None), PostKind.POST, None, None),
    "bluesky, a quote": (
        "bluesky",
        bluesky(reply=None, embed=embed("record", record={"uri": BSKY})),
        PostKind.QUOTE,
        BSKY,
        None,
    ),
    "bluesky, a quote with a picture": (
        "bluesky",
        bluesky(
            reply=None,
            embed=embed(
                "recordWithMedia",
                record=embed("record", record={"uri": BSKY}),
                media=embed("images", images=[]),
            ),
        ),
        PostKind.QUOTE,
        BSKY,
        None,
    ),
    "bluesky, a reply that quotes": (
        "bluesky",
        bluesky(
            reply={"parent": {"uri": BSKY}, "root": {"uri": BSKY}},
            embed=embed("record", record={"uri": "at://did:plc:cat/app.bsky.feed.post/1"}),
        ),
        PostKind.REPLY,
        BSKY,
        BSKY,
    ),
    "bluesky, a reply to nothing": ("bluesky", bluesky(reply={"parent": 5}), PostKind.REPLY, None, None),
    "mastodon, alone": ("mastodon", item("mastodon", in_reply_to_id=None), PostKind.POST, None, None),
    "mastodon, a reply on a known server": (
        "mastodon",
        item("mastodon", server="https://far.example"),
        PostKind.REPLY,
        "https://far.example/statuses/900000000000000000",
        None,
    ),
    "mastodon, a quote": (
        "mastodon",
        item("mastodon", quote={"state": "accepted", "quoted_status": QUOTED}),
        PostKind.QUOTE,
        QUOTED["uri"],
        None,
    ),
    "mastodon, a quote within a quote": (
        "mastodon",
        item("mastodon", server="https://far.example", quote={"state": "accepted", "quoted_status_id": "77"}),
        PostKind.QUOTE,
        "https://far.example/statuses/77",
        None,
    ),
    "mastodon, a quote that was taken back": (
        "mastodon",
        item("mastodon", quote={"state": "revoked", "quoted_status": None}),
        PostKind.QUOTE,
        None,
        None,
    ),
    "mastodon, a reply to no id": (
        "mastodon",
        item("mastodon", in_reply_to_id="../x"),
        PostKind.REPLY,
        None,
        None,
    ),
    "lemmy, a comment on the post": (
        "lemmy",
        item("lemmy", comment=COMMENT | {"path": "0.9"}),
        PostKind.REPLY,
        "https://talk.example/post/1",
        "https://talk.example/post/1",
    ),
    "lemmy, an answer to a comment": (
        "lemmy",
        item("lemmy", comment=COMMENT | {"path": "0.7.9"}, server="https://talk.example"),
        PostKind.REPLY,
        "https://talk.example/comment/7",
        "https://talk.example/post/1",
    ),
    "lemmy, an answer on an unknown server": (
        "lemmy",
        item("lemmy", comment=COMMENT | {"path": "0.7.9"}),
        PostKind.REPLY,
        None,
        "https://talk.example/post/1",
    ),
    "reddit, a comment": (
        "reddit",
        item("reddit", name="t1_a", body="Yes", parent_id="t1_b", link_id="t3_made01"),
        PostKind.REPLY,
        "t1_b",
        "t3_made01",
    ),
    "reddit, passed on from elsewhere": (
        "reddit",
        item("reddit", crosspost_parent="t3_first"),
        PostKind.POST,
        "t3_first",
        None,
    ),
    "threads, a reply": (
        "threads",
        item(
            "threads",
            is_quote_post=False,
            is_reply=True,
            quoted_post=None,
            replied_to={"id": "18"},
            root_post={"id": "17"},
        ),
        PostKind.REPLY,
        "18",
        "17",
    ),
    "x, a reply": (
        "x",
        item("x", "post", conversation_id="7", referenced_tweets=[{"type": "replied_to", "id": "8"}]),
        PostKind.REPLY,
        "8",
        "7",
    ),
    "x, a reply that quotes": (
        "x",
        item(
            "x",
            "post",
            conversation_id="7",
            referenced_tweets=[{"type": "quoted", "id": "9"}, {"type": "replied_to", "id": "8"}],
        ),
        PostKind.REPLY,
        "8",
        "7",
    ),
    "x, in the words of August 2026": (
        "x",
        item("x", "post", referenced_tweets=None, referenced_posts=[{"type": "quoted", "id": "9"}]),
        PostKind.QUOTE,
        "9",
        None,
    ),
}


@pytest.mark.parametrize(
    ("name", "raw", "kind", "parent", "root"), CONVERSATIONS.values(), ids=[*CONVERSATIONS]
)
def test_a_post_names_what_it_answers_or_quotes(name, raw, kind, parent, root):
    post = source(name).parse(raw)
    assert (post.kind, post.parent, post.root) == (kind, parent, root)


CDN = "https://cdn.bsky.app/img/feed_fullsize/plain/did:plc:madeupmadeup/"
PICTURES: Mapping[str, tuple[str, Any, tuple[Picture, ...]]] = {
    "bluesky, beside a quote": (
        "bluesky",
        bluesky(
            embed=embed(
                "recordWithMedia",
                record=embed("record", record={"uri": BSKY}),
                media=embed("images", images=[{"alt": "A bus", "image": {"ref": {"$link": "bafkrei2"}}}]),
            )
        ),
        (Picture(alt="A bus", address=f"{CDN}bafkrei2"),),
    ),
    "bluesky, the words of a film": (
        "bluesky",
        bluesky(embed=embed("video", alt="A bus drives by", video={})),
        (Picture(alt="A bus drives by"),),
    ),
    "bluesky, an address of the record's own": (
        "bluesky",
        bluesky(
            embed=embed(
                "images",
                images=[
                    {
                        "alt": "x",
                        "image": {"ref": {"$link": "../../evil"}},
                        "thumb": "https://evil.example/1.png",
                    }
                ],
            )
        ),
        (Picture(alt="x"),),
    ),
    "mastodon, a film with words and one without": (
        "mastodon",
        item(
            "mastodon",
            media_attachments=[
                {"type": "video", "description": "A bus", "url": "https://f.example/1"},
                {"type": "video", "url": "https://f.example/2"},
            ],
        ),
        (Picture(alt="A bus", address="https://f.example/1"),),
    ),
    "mastodon, of one who is not to be indexed": (
        "mastodon",
        item("mastodon", "account", noindex=True),
        (),
    ),
    "lemmy, a page and no picture": (
        "lemmy",
        item("lemmy", "post", url_content_type="text/html", thumbnail_url="https://f.example/1"),
        (),
    ),
    "reddit, a gallery in its order": (
        "reddit",
        item(
            "reddit",
            post_hint=None,
            is_gallery=True,
            gallery_data={
                "items": [{"media_id": "b", "caption": "A bus"}, {"media_id": "a"}, {"media_id": "gone"}]
            },
            media_metadata={
                "a": {"s": {"u": "https://i.example/a.jpg"}},
                "b": {"s": {"u": "https://i.example/b.jpg"}},
            },
        ),
        (
            Picture(alt="A bus", address="https://i.example/b.jpg"),
            Picture(address="https://i.example/a.jpg"),
            Picture(),
        ),
    ),
    "threads, a film": ("threads", item("threads", media_type="VIDEO"), ()),
    "tumblr, a set of photos": (
        "tumblr",
        item(
            "tumblr",
            body="",
            photos=[{"caption": "A bus", "original_size": {"url": "https://m.example/1.jpg"}}],
        ),
        (Picture(alt="A bus", address="https://m.example/1.jpg"),),
    ),
    "x, a film with words": (
        "x",
        item(
            "x",
            media=[{"type": "video", "alt_text": "A bus", "preview_image_url": "https://p.example/1.jpg"}],
        ),
        (Picture(alt="A bus", address="https://p.example/1.jpg"),),
    ),
    "gdelt, no picture": ("gdelt", item("gdelt", socialimage=""), ()),
}


@pytest.mark.parametrize(("name", "raw", "expected"), PICTURES.values(), ids=[*PICTURES])
def test_a_post_has_the_words_for_its_pictures(name, raw, expected):
    assert source(name).parse(raw).pictures == expected


HIDDEN = {
    "mastodon, a private message": ("mastodon", item("mastodon", visibility="direct"), PUBLIC),
    "mastodon, for followers": ("mastodon", item("mastodon", visibility="private"), PUBLIC),
    "mastodon, for a circle": ("mastodon", item("mastodon", visibility="limited"), PUBLIC),
    "mastodon, no word at all": ("mastodon", item("mastodon", visibility="") | {"visibility": None}, PUBLIC),
    "x, a protected account": ("x", item("x", "user", protected=True), "followers only"),
    "reddit, a private place": ("reddit", item("reddit", subreddit_type="private"), PUBLIC),
    "lemmy, for members": ("lemmy", item("lemmy", community={"visibility": "LocalOnly"}), PUBLIC),
}


@pytest.mark.parametrize(("name", "raw", "words"), HIDDEN.values(), ids=[*HIDDEN])
def test_a_post_that_is_not_public_is_refused_in_words(name, raw, words):
    with pytest.raises(NotPublicError, match=words):
        source(name).parse(raw)


OPEN = {
    "mastodon, unlisted": ("mastodon", item("mastodon", visibility="unlisted")),
    "x, not protected": ("x", item("x", "user", protected=False)),
    "reddit, a person's own page": ("reddit", item("reddit", subreddit_type="user")),
    "lemmy, open to all": ("lemmy", item("lemmy", community={"visibility": "Public"})),
}


@pytest.mark.parametrize(("name", "raw"), OPEN.values(), ids=[*OPEN])
def test_control_a_public_post_is_read(name, raw):
    assert source(name).parse(raw).text


QUOTE_LINE = '<p class="quote-inline">RE: <a href="https://far.example/@cat/1">far.example/@cat/1</a></p>'


def test_the_line_that_stands_for_a_quote_is_no_words_of_the_writer():
    quote = {"state": "accepted", "quoted_status": QUOTED}
    markup = f'<p>Look</p>{QUOTE_LINE}<p>and <a href="https://news.example/2">read</a></p>'
    post = source("mastodon").parse(item("mastodon", content=markup, quote=quote, spoiler_text="", card=None))
    assert (post.text.split(), post.links) == (["Look", "and", "read"], {"https://news.example/2"})
    control = source("mastodon").parse(item("mastodon", content=markup, spoiler_text=""))
    assert "RE:" in control.text  # where the quote is not told, the line is all there is of it


def test_pictures_are_few_their_words_short_and_their_addresses_safe():
    [first, *rest] = pictures([("x" * 5_000, "javascript:alert(1)"), *[(7, "https://f.example/1")] * 50])
    assert first == Picture(alt="x" * 2_000)
    assert rest == [Picture(address="https://f.example/1")] * 9
