"""A sign of life for a service elsewhere, which tells people when it stops. It never holds anything up."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.core.clock import Clock
from monitor.core.errors import ConfigError

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)
_SECONDS = 10.0


@dataclass(kw_only=True)
class Heartbeat:
    """Opens an address every few minutes. The address is a secret: whoever has it can pretend to be us."""

    url: str = field(repr=False)
    clock: Clock
    _last: datetime | None = None

    def beat(self) -> bool:
        """Give a sign of life if it is time; return whether one was given, whatever came of it."""
        now = self.clock()
        if not self.url or (self._last and self._last <= now < self._last + EVERY):
            return False
        self._last = now
        import requests

        try:
            with requests.Session() as session:
                session.trust_env = False
                session.get(self.url, timeout=_SECONDS, allow_redirects=False, stream=True).close()
        except requests.RequestException as error:
            log.warning(
                "the sign of life was not taken (%s); it is given again in a while", type(error).__name__
            )
        return True


def ping(env: Mapping[str, str], clock: Clock) -> Heartbeat:
    """Return what gives the sign of life that the environment asks for; raises ConfigError."""
    url = env.get("MONITOR_PING", "")
    with suppress(ValueError):  # no address at all
        parts = urlsplit(url)
        is_here = parts.hostname in ("localhost", "127.0.0.1")
        if not url or is_here or (parts.hostname and parts.scheme == "https"):
            return Heartbeat(url=url, clock=clock)
    raise ConfigError("MONITOR_PING: expected an address that begins with https://.")
