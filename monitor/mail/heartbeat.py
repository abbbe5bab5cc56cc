"""A sign of life for a service elsewhere, which tells people when it stops. It never holds anything up."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from socket import SOCK_STREAM, getaddrinfo
from urllib.parse import urlsplit

from monitor.core.errors import ConfigError

log = logging.getLogger(__name__)

_SECONDS = 10.0
_TOO_NEAR = (
    "This address is on this computer or its own network, which may go down together with the"
    " monitor. Use a service elsewhere."
)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """An address to be opened again and again. It is a secret: whoever has it can pretend to be us."""

    url: str = field(repr=False)

    def beat(self) -> None:
        """Give a sign of life, if there is an address."""
        if self.url and isinstance(answer := opened(self.url), str):
            log.warning("the heartbeat was not accepted (%s); it will be sent again shortly", answer)


def opened(url: str) -> int | str:
    """Open an address once; return the status of its answer, or the kind of error that came."""
    import requests

    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, timeout=_SECONDS, allow_redirects=False, stream=True)
            answer.close()
            return answer.status_code
    except requests.RequestException as error:
        return type(error).__name__


def problem(url: str) -> str | None:
    """Return why an address is not that of a service elsewhere, in a sentence; None if it may be."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "https" and parts.hostname:
            return None if _is_elsewhere(parts.hostname) else _TOO_NEAR
    except ValueError:  # no address at all
        pass
    return "The address must begin with https://."


def _is_elsewhere(host: str) -> bool:
    """Return whether no address of a host is this computer's or its network's; unknown ones may be."""
    try:
        addresses = {str(entry[4][0]) for entry in getaddrinfo(host, 443, type=SOCK_STREAM)}
    except (OSError, UnicodeError):  # it is tried next, which says so
        return True
    return all(ip_address(address.partition("%")[0]).is_global for address in addresses)


def ping(env: Mapping[str, str]) -> Heartbeat:
    """Return what gives the sign of life that the environment asks for; raises ConfigError."""
    url = env.get("MONITOR_PING", "")
    with suppress(ValueError):  # no address at all
        parts = urlsplit(url)
        is_here = parts.hostname in ("localhost", "127.0.0.1")
        if not url or is_here or (parts.hostname and parts.scheme == "https"):
            return Heartbeat(url)
    raise ConfigError("MONITOR_PING: expected an address that begins with https://.")
