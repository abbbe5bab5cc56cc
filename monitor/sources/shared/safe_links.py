"""Web addresses that posts point to, and their pictures': only such as may be shown as a link get through."""

import html
import re
from collections.abc import Iterable
from itertools import islice

from monitor.core.model import Picture
from monitor.core.text import is_address
from monitor.sources.shared.link_target import link_target

_MOST_PICTURES = 10
_LONGEST_ALT = 2_000  # characters: Bluesky allows as many, Mastodon 1,500
_HREF = re.compile(r"""\bhref=(?:"([^"]*)"|'([^']*)')""")
_OWN = re.compile(r"""\bclass=["'][^"']*\b(?:mention|hashtag)\b""")
_TAG = re.compile(r"<[^<>]*>")


def addresses(values: Iterable[object]) -> frozenset[str]:
    """Return where those lead that may be shown as a link: see `is_address` and `link_target`."""
    return frozenset(link_target(value) for value in values if isinstance(value, str) and is_address(value))


def address(value: object) -> str:
    """Return this if it is an address that may be shown as a link; raises ValueError."""
    if not isinstance(value, str) or not is_address(value):
        raise ValueError(f"expected an address, got {value!r}")
    return value


def pictures(described: Iterable[tuple[object, ...]]) -> tuple[Picture, ...]:
    """Return the first ten pictures of a post: of each its words, its address, and one of a small copy.

    The last is given only where it may be fetched. Long words are cut; what may not be shown as a link is no
    address. Nothing is fetched.
    """
    return tuple(
        Picture(
            alt=alt.strip()[:_LONGEST_ALT] or None if isinstance(alt, str) else None,
            address=_safe(link),
            thumbnail=_safe(*small),
        )
        for alt, link, *small in islice(described, _MOST_PICTURES)
    )


def _safe(link: object = None) -> str | None:
    return link if isinstance(link, str) and is_address(link) else None


def in_markup(markup: str) -> list[str]:
    """Return where the links of a post's HTML lead, without those to hashtags and to people."""
    # Not html.parser, which takes a minute for 120 kB of "<a <a <a".
    hrefs = (_link(part) for part in markup.split("<a ")[1:])
    return [href for href in hrefs if href]


def _link(part: str) -> str | None:
    """Return the address in what follows "<a "; None for a hashtag or a person."""
    attributes, _, rest = part.partition(">")
    href, label = _HREF.search(attributes), _TAG.sub("", rest.partition("</a>")[0]).strip()
    # servers that do not name the class still write '#' or '@' first
    if href is None or _OWN.search(attributes) or label.startswith(("#", "@")):
        return None
    return html.unescape(href[1] or href[2] or "")
