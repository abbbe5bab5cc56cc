"""What the address of a post tells: whose it is, which one, and often when it was written."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from monitor.core.model import Pointer
from monitor.platform_info import IdTime, PostAddress, post_address

_LONGEST = 2_000
_LONGEST_NUMBER = 11  # digits of 64; behind them Instagram writes who may see a private post
_SPARE = re.compile(r"^(?:www|mobile|m|old|new)\.", re.IGNORECASE)


def pointers(address: str, platforms: Iterable[str]) -> list[Pointer]:
    """Return what an address says by the rules of each platform that has such addresses.

    Pure: nothing is asked for. Servers of many kinds may look alike, so there may be several.
    """
    if not (place := _place(address)):
        return []
    return [pointer for name in platforms if (pointer := _pointer(name, place))]


def site(host: str) -> str:
    """Return a host without what stands before it where the same pages are shown."""
    return _SPARE.sub("", host)


def _place(address: str) -> str:
    """Return an address as the rules know it: no scheme, no www, its query only where it is `v=`."""
    try:
        parts = urlsplit(address.strip()[:_LONGEST])
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in ("https", "http") or not host:
        return ""
    query = f"?{parts.query}" if re.search(r"(^|&)v=", parts.query) else ""
    return f"{site(host)}{port}{parts.path.rstrip('/')}{query}"


def name_in(address: str, platform: str) -> str:
    """Return what an address tells a post of this platform by; "" for an address of something else."""
    rule, groups = _read(platform, _place(address))
    return (rule.reread_key.format(**groups) or groups["id"]) if rule else ""


def _read(platform: str, place: str) -> tuple[PostAddress | None, dict[str, str]]:
    rule = post_address(platform)
    match = re.fullmatch(rule.address, place, re.ASCII) if rule else None
    return (rule, match.groupdict()) if match else (None, {})


def _pointer(platform: str, place: str) -> Pointer | None:
    rule, groups = _read(platform, place)
    if not rule:
        return None
    reread_key = rule.reread_key.format(**groups)
    number = _number(groups["id"][:_LONGEST_NUMBER], rule.digits) if rule.digits else groups["id"]
    return Pointer(
        platform=platform,
        id=groups["id"],
        own_id=reread_key or str(number),
        server=groups.get("server") or "",
        reread_key=reread_key,
        written_at=_time_in(groups["id"], rule.time) if rule.time else None,
    )


def _number(native_id: str, digits: str) -> int:
    number = 0
    for digit in native_id:
        number = number * len(digits) + digits.index(digit)
    return number


def _time_in(native_id: str, rule: IdTime) -> datetime | None:
    number = _number(native_id, rule.digits)
    try:
        since = timedelta(milliseconds=rule.since_ms, seconds=(number >> rule.bits) / rule.per_second)
        return datetime(1970, 1, 1, tzinfo=UTC) + since
    except OverflowError:
        return None
