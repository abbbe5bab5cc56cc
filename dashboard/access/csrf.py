"""Whether a request that changes something comes from our own pages. Pure.

As Go 1.25 does (net/http CrossOriginProtection), by what the browser says of each request and no
page can forge: https://pkg.go.dev/net/http#CrossOriginProtection . No form needs a token.
"""

from urllib.parse import urlsplit

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def is_ours(method: str, *, site: str | None, origin: str | None, host: str) -> bool:
    """Return whether a request may go on; the headers are Sec-Fetch-Site, Origin and Host.

    Unlike Go's, ours refuses a request that has neither header: all browsers send one with a form,
    and programs have tokens.
    """
    if method in READING:
        return True
    if site is not None:
        return site in ("same-origin", "none")  # none: typed, or from a bookmark
    return origin is not None and _is_host(origin, host)


def _is_host(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and parts.netloc.lower() == host.lower()
