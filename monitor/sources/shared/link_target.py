"""One address for the page that a link leads to, so that the same link is counted once. Nothing is fetched.

The lists of sites are ours, and leave alone what they do not know.
"""

import re
from functools import cache
from urllib.parse import SplitResult, unquote, urlsplit

from monitor.core.text import LONGEST_ADDRESS, is_address
from monitor.core.tracking import is_tracking
from monitor.kit import CODE
from monitor.platform_info import about, link_by_id, names
from monitor.platform_info.post_urls import pointers, site

_TRACKING_AT = {  # words that elsewhere may mean something: a campaign's own links have codes, such as "?s="
    "x.com": {"s", "t"},  # https://github.com/brave/brave-browser/issues/26756
    "twitter.com": {"s", "t"},
    "youtube.com": {"si", "feature"},  # https://github.com/brave/brave-browser/issues/34719
    "youtu.be": {"si", "feature"},
    "theguardian.com": {"cmp"},
    "news.google.com": {"oc", "hl", "gl", "ceid"},
    "facebook.com": {"__cft__[0]", "__tn__", "__xts__[0]", "rdid"},
}
_WRAPPER = re.compile(  # what sites put around the links in them; that of an office's mail names who got it
    r"(?:(?:lm?\.)?facebook\.com/l\.php|l\.(?:instagram|threads)\.(?:com|net)|google\.(?:com|co\.uk)/url"
    r"|out\.reddit\.com|youtube\.com/redirect|t\.umblr\.com/redirect|steamcommunity\.com/linkfilter"
    r"|linkedin\.com/(?:redir/redirect|safety/go)|go\.bsky\.app/redirect"
    r"|(?:\w+\.)?safelinks\.protection\.outlook\.com)/?"
)
# What keeps pages for phones puts before the page's own address: https://developers.google.com/amp/cache
_PHONE_CACHE = re.compile(
    r"(?:google\.[a-z.]{2,6}/amp|bing\.com/amp|[\w-]+\.cdn\.ampproject\.org/[cv])/(?:s/)?(?=[^/]+\.)"
)
_TARGET = {"u", "url", "q", "z"}  # the words behind which they have it
_DEEPEST = 3  # wrappers in wrappers that are undone
# Hosts and paths at which the same pages are shown, as to phones: what stands for each part of the address.
_FACES = (
    (re.compile(r"^amp\.(?=[^/.]+\.[^/]*/.)"), "www."),
    (re.compile(r"^(?:(?:m|web|mbasic|touch|www)\.)?facebook\.com/"), "www.facebook.com/"),
    (re.compile(r"^(?:www\.)?bbc\.(?:com|co\.uk)/(news/)?(?:amp/)?"), r"www.bbc.co.uk/\1"),
    (re.compile(r"^([^/]+/.+)[./]amp$"), r"\1"),
)
_SPARE = re.compile(  # of pages for phones, and of papers' feeds
    r"amp(?:_\w+)?(?:=.*)?|(?:usqp|xtor|ocid|dcmp|ftcamp|smid|wt[._](?:mc|tsrc)\w*)=.*|outputType=amp", re.I
)


def link_target(address: str) -> str:
    """Return where an address leads, as far as it says itself, without what only tells who passed it on.

    "http" is "https", and neither a slash at the end nor a place on the page tells pages apart; "www." does,
    as many a site is not found without it. An address with a user's name in it is left as it is.
    """
    parts, depth = urlsplit(address), 0
    while depth < _DEEPEST and (target := _unwrapped(parts)):
        address, parts, depth = target, urlsplit(target), depth + 1
    if "@" in parts.netloc:
        return address
    if (pointer := next(iter(pointers(address, _platforms())), None)) and CODE not in parts.query:
        return link_by_id(pointer.platform, pointer.id) or address
    host = parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")
    scheme = parts.scheme if ":" in host else "https"
    page = f"{host}{parts.path.rstrip('/') or '/'}"
    for face, own in _FACES:
        page = face.sub(own, page)
    at_site = _TRACKING_AT.get(site(page.partition("/")[0]), set())
    words = [word for word in parts.query.split("&") if word and not _is_tracking(word, at_site)]
    query = f"?{'&'.join(words)}" if words else ""
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!")) else ""  # a page of its own
    plain = f"{scheme}://{page}{query}{fragment}"
    return plain if len(plain) <= LONGEST_ADDRESS else address


@cache
def _platforms() -> tuple[str, ...]:
    """Return the platforms whose posts have one address, by their ids alone."""
    return tuple(name for name in names() if (post := about(name).post) and post.link)


def _unwrapped(parts: SplitResult) -> str | None:
    """Return the target that an address holds; None if it is no wrapper's."""
    place = site(parts.netloc.lower()) + parts.path
    pairs = [word.partition("=") for word in parts.query.split("&") if _WRAPPER.fullmatch(place)]
    targets = [unquote(value) for name, _, value in pairs if name in _TARGET]
    if match := _PHONE_CACHE.match(place):
        targets = [f"https://{place[match.end() :]}?{parts.query}".rstrip("?")]
    return next(filter(is_address, targets), None)


def _is_tracking(word: str, at_site: set[str]) -> bool:
    name, _, value = word.partition("=")
    is_spare = name.casefold() in at_site or _SPARE.fullmatch(word) or is_tracking(word)
    return bool(is_spare) and not value.lower().startswith(CODE)
