"""Where the kit is passed on: of each channel a link with a code, and what opens with the text. Pure."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from monitor.kit import CODE, KitItem
from monitor.platform_info import about, names

# WhatsApp: https://faq.whatsapp.com/5913398998672934. E-mail: RFC 6068.
_OTHERS = {
    "whatsapp": ("WhatsApp", "https://wa.me/?text={text}"),
    "email": ("E-mail", "mailto:?body={lines}"),
    "copy": ("Copied", ""),
    "print": ("Print", ""),
}
# Behind which words sites that ask for signatures keep a code: ControlShift utm_source, Action Network
# source, UK Parliament none. "s" is what posts are found by.
_WORDS = {"petition.parliament.uk": ("s",), "actionnetwork.org": ("s", "source")}
_USUAL = ("s", "utm_source")


class ChannelLink(NamedTuple):
    """How an item is passed on by one channel."""

    channel: str
    title: str
    link: str  # where the item leads, with the code; "" for nowhere
    text: str  # what is suggested, with the link
    opens: str  # the channel with that text; "" where nothing opens, or its server is not known


def ways(item: KitItem, server: str = "") -> Iterator[ChannelLink]:
    """Yield the channels of an item; on a platform of many servers it opens on this one."""
    shares = {name: (info.title, info.share) for name in names() if (info := about(name)).share}
    for channel, (title, share) in (shares | _OTHERS).items():
        link = _link(item, channel)
        text = "\n".join(filter(None, (item.words, link)))
        is_open = share and text and (server or "{server}" not in share)
        lines = quote("\r\n".join(text.splitlines()), safe="")  # as mail breaks them
        opens = share.format(text=quote(text, safe=""), lines=lines, server=server) if is_open else ""
        yield ChannelLink(channel, title, link, text, opens)


def asking() -> list[str]:
    """Return the titles of platforms of many servers, which open on the one that somebody names."""
    return [info.title for name in names() if "{server}" in (info := about(name)).share]


def _link(item: KitItem, channel: str) -> str:
    if not item.address:
        return ""
    parts = urlsplit(item.address)
    words = _WORDS.get(parts.hostname or "", _USUAL)
    # A link that somebody copied may have codes of its own: of two, sites and our search take the first.
    rest = [part for part in parts.query.split("&") if part and part.partition("=")[0] not in words]
    codes = [f"{word}={CODE}{channel}-{item.code}" for word in words]
    return parts._replace(query="&".join([*rest, *codes])).geturl()
