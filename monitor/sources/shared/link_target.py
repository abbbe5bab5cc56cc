"""One address for the page that a link leads to, so that the same link is counted once. Nothing is fetched.

The lists of sites are ours, and leave alone what they do not know.
"""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from monitor.core.text import LONGEST_ADDRESS, is_address
from monitor.core.tracking import is_tracking
from monitor.kit import CODE

_TRACKING_AT = {  # words that elsewhere may mean something: a campaign's own links have codes, such as "?s="
    "x.com": {"s", "t"},  # https://github.com/brave/brave-browser/issues/26756
    "twitter.com": {"s", "t"},
    "youtube.com": {"si", "feature"},  # https://github.com/brave/brave-browser/issues/34719
    "youtu.be": {"si", "feature"},
    "theguardian.com": {"cmp"},
}
_WRAPPER = re.compile(  # what sites put around the links in them; that of an office's mail names who got it
    r"(?:(?:lm?\.)?facebook\.com/l\.php|l\.(?:instagram|threads)\.(?:com|net)|google\.(?:com|co\.uk)/url"
    r"|out\.reddit\.com|youtube\.com/redirect|t\.umblr\.com/redirect|steamcommunity\.com/linkfilter"
    r"|(?:\w+\.)?safelinks\.protection\.outlook\.com)/?"
)
_TARGET = {"u", "url", "q", "z"}  # the words behind which they have it
_DEEPEST = 3  # wrappers in wrappers that are undone
_SUBDOMAIN = re.compile(r"^(?:www|m|mobile)\.")  # the same site


def link_target(address: str) -> str:
    """Return where an address leads, as far as it says itself, without what only tells who passed it on.

    "http" is "https", and neither a slash at the end nor a place on the page tells pages apart; "www." does,
    as many a site is not found without it. An address with a user's name in it is left as it is.
    """
    parts, depth = urlsplit(address), 0
    while parts.query and depth < _DEEPEST and (target := _unwrapped(parts)):
        address, parts, depth = target, urlsplit(target), depth + 1
    if "@" in parts.netloc:
        return address
    host = parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")
    scheme = parts.scheme if ":" in host else "https"
    at_site = _TRACKING_AT.get(_site(host), set())
    words = [word for word in parts.query.split("&") if word and not _is_tracking(word, at_site)]
    query = f"?{'&'.join(words)}" if words else ""
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!")) else ""  # a page of its own
    plain = f"{scheme}://{host}{parts.path.rstrip('/') or '/'}{query}{fragment}"
    return plain if len(plain) <= LONGEST_ADDRESS else address


def _unwrapped(parts: SplitResult) -> str | None:
    """Return the target that an address holds; None if it is no wrapper's."""
    if not _WRAPPER.fullmatch(_site(parts.netloc.lower()) + parts.path):
        return None
    pairs = (word.partition("=") for word in parts.query.split("&"))
    targets = (unquote(value) for name, _, value in pairs if name in _TARGET)
    return next((target for target in targets if is_address(target)), None)


def _is_tracking(word: str, at_site: set[str]) -> bool:
    name, _, value = word.partition("=")
    return (name.casefold() in at_site or is_tracking(word)) and not value.startswith(CODE)


def _site(host: str) -> str:
    return _SUBDOMAIN.sub("", host)
