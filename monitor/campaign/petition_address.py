"""Addresses of petitions: what their counters are called, and where their counts are told. Pure."""

import re
from urllib.parse import urlsplit

_PARLIAMENT = "petition.parliament.uk"
# As UK Parliament and ControlShift write it, which puts a language before it:
# https://github.com/alphagov/e-petitions/blob/c87c8b60/config/routes.rb, https://github.com/controlshift/slate
_PATH = re.compile(
    r"((?:/[a-z]{2}(?:-[A-Za-z]{2,4})?)?/(?:archived/)?petitions/([\w-]{1,200}))"
    r"(?:\.json|/(?:signatures|sponsors|moderation-info|gathering-support|count)\b[\w./-]*)?/*"
)


def counter_name(address: str) -> str:
    """Return what the counter of a petition, and the stream of its checks, is called: 'petition:799001'."""
    parts = urlsplit(address)
    match = _PATH.fullmatch(parts.path)
    if match and parts.hostname == _PARLIAMENT:
        return f"petition:{match[2]}"
    return f"petition:{parts.netloc}{match[1] if match else parts.path}".rstrip("/")


def count_address(address: str) -> str | None:
    """Return where a petition's count is told, if its address is of a known kind; None: nobody can read it.

    Whether it is told there shows only when it is asked for.
    """
    parts = urlsplit(address)
    match = _PATH.fullmatch(parts.path)
    scheme = parts.scheme if parts.hostname == "127.0.0.1" else "https"  # whatever people type
    return f"{scheme}://{parts.netloc}{match[1]}.json" if match else None
