"""What the archive can keep: one odd item of a platform costs itself, never its page."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TypeGuard

from monitor.core.files.contents import Item
from monitor.core.model import Deleted, Page, Picture, Post, Rejected, encodable
from monitor.core.normal_text import LONGEST_TEXT

MOST = 2**53  # what a JSON number says exactly, and room in SQLite's 64 bits for sums
LONGEST = 2_000  # characters of an id, a name or an address
LONGEST_CURSOR = 20_000  # some have a number for each thread of a week
MOST_PICTURES = 20  # of a post
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # clocks differ, and some platforms forget their time zone


def storable(post: Post, now: datetime) -> Post | Rejected:
    """Return the post as the archive can keep it, or why it cannot."""
    fault = _wrong_text(post) or _wrong_number(post)
    if not fault and not _FIRST <= post.created_at <= now + _AHEAD:
        fault = f"its time is {post.created_at.isoformat()}"
    if fault:
        return Rejected.of(f"This post cannot be kept: {fault}.", dict(post.raw) or str(post))
    if "\0" in post.text or len(post.text) > LONGEST_TEXT:  # SQLite's own functions stop at NUL
        post = replace(post, text=post.text.replace("\0", " ")[:LONGEST_TEXT])
    return replace(post, pictures=_pictures(post)) if post.pictures else post


def storable_item(item: Item, now: datetime) -> Item:
    """Return an item of a file as the archive can keep it, or why it cannot."""
    if isinstance(item, Deleted) and not (_is_name(item.id) and _is_name(item.author)):
        return Rejected.of("This says that something is gone, but not what.", str(item))
    return storable(item, now) if isinstance(item, Post) else item


def storable_page(page: Page, now: datetime) -> Page:
    """Return the page with only what the archive can keep; what it cannot is among the rejected."""
    items = [storable(post, now) for post in page.posts]
    return replace(
        page,
        posts=tuple(item for item in items if isinstance(item, Post)),
        rejected=(*page.rejected, *(item for item in items if isinstance(item, Rejected))),
        cursor=page.cursor if _is_name(page.cursor, LONGEST_CURSOR) else None,
        detail=encodable(page.detail),
        deleted=tuple(post for post in page.deleted if _is_name(post)),
        deleted_authors=tuple(person for person in page.deleted_authors if _is_name(person)),
    )


def _pictures(post: Post) -> tuple[Picture, ...]:
    """Return the first pictures of a post, without what of them cannot be kept."""
    return tuple(
        Picture(
            alt=encodable(picture.alt).replace("\0", " ")[:LONGEST] if picture.alt else None,
            address=picture.address if _is_name(picture.address) else None,
            thumbnail=picture.thumbnail if _is_name(picture.thumbnail) else None,
        )
        for picture in post.pictures[:MOST_PICTURES]
    )


def _wrong_text(post: Post) -> str | None:
    """Return which text is none; empty ones are for the platforms to judge."""
    who = post.author
    needed = {"platform": post.platform, "id": post.id, "address": post.url, "writer's id": who.id}
    optional = {"language": post.lang, "handle": who.handle, "name": who.name, "writer's address": who.url,
                "parent": post.parent, "root": post.root, "mark": post.mark}  # fmt: skip
    listed = {"tags": post.tags, "links": post.links, "notes": post.notes}
    short = [*needed.items(), *((what, text) for what, text in optional.items() if text is not None)]
    short += [(what, text) for what, texts in listed.items() for text in texts]
    for what, text in short:
        if not _is_name(text):
            return f"its {what} is {ascii(text)[:100]}"
    beginning = post.text[:LONGEST_TEXT] if isinstance(post.text, str) else post.text
    return None if _is_text(beginning) else f"its text is {ascii(beginning)[:100]}"


def _wrong_number(post: Post) -> str | None:
    numbers = {field.name: getattr(post.metrics, field.name) for field in fields(post.metrics)}
    for what, number in (numbers | {"followers": post.author.followers}).items():
        if number is not None and not (type(number) is int and 0 <= number < MOST):
            return f"its number of {what} is {ascii(number)[:100]}"
    return None


def _is_name(value: object, longest: int = LONGEST) -> bool:
    return _is_text(value) and len(value) <= longest and "\0" not in value


def _is_text(value: object) -> TypeGuard[str]:
    """Return whether this is text; half of a character is none, and JSON can hold one."""
    return isinstance(value, str) and (value.isascii() or encodable(value) == value)
