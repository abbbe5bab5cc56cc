"""One bounded HTTP session for every platform: time, bytes and redirects have limits."""

import contextlib
import json
import logging
import os
import re
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from monitor import __version__
from monitor.campaign.reader import SOME, Rule
from monitor.core.errors import Closed, RateLimited, Refused, Unavailable, Unreadable
from monitor.core.files.written_values import instant_in
from monitor.sources.shared.response_parsing import MOST, is_too_large
from monitor.sources.shared.safe_links import addresses
from monitor.sources.shared.time_limit import poll_seconds, shares

log = logging.getLogger(__name__)
# At DEBUG it writes each address into the log, and with it the key of a platform that wants it there.
logging.getLogger("urllib3").setLevel(logging.INFO)

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
_MOST_REDIRECTS = 5
USER_AGENT = f"campaign-monitor/{__version__} (hashtag monitor; reads public posts)"

T = TypeVar("T")

LATER = " It will be retried automatically."  # is so of a source that is watched
NOT_REACHED = (
    f"It could not be reached: this computer has no internet connection, or the site is down.{LATER}"
)
FORWARDS = (
    "It redirects ({}) to {}, which was not opened: redirects are followed only within a site, and only "
    "a few times. If that is now the right address, put it in the campaign file instead of the old one."
)
_TOO_LARGE = "Its answer was far larger than a real one and was ignored."
_TOO_SLOW = "It was too slow to answer; the rest will be requested next time."
_NOT_TRUSTED = (
    "It was not contacted, because this computer could not verify that it is the right site, or it has no"
    " https. Check its address, this computer's date and time, and whether its network asks you to sign in"
    f" first.{LATER}"
)


class _Lines:
    """The sockets of one session, so that a timer can end a read that drips on for ever.

    A socket's own timeout starts anew with every byte, so a server that sends one byte
    a second passes it. Twins (`dup`) are kept because TLS takes the first socket over.
    """

    def __init__(self, *, is_public_only: bool = False) -> None:
        self._is_public_only = is_public_only
        self._twins: list[tuple[HTTPConnection, socket.socket]] = []

    def add(self, connection: HTTPConnection, sock: socket.socket) -> None:
        """Take a socket in; raises OSError for one that leads to where this session may not go."""
        if self._is_public_only and not _is_public(sock.getpeername()[0]):
            sock.close()
            raise OSError("not an address of the public internet")
        self._twins.append((connection, sock.dup()))

    def cut(self) -> None:
        for _, twin in tuple(self._twins):
            with contextlib.suppress(OSError):  # already gone
                twin.shutdown(socket.SHUT_RDWR)

    def tidy(self, *, everything: bool = False) -> None:
        """Close the twins of closed connections: an open twin would keep the server waiting."""
        twins = []
        for connection, twin in self._twins:
            if everything or connection.sock is None:
                twin.close()
            else:
                twins.append((connection, twin))
        self._twins[:] = twins


class _BoundedConnection(HTTPConnection):
    def __init__(self, lines: _Lines, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = lines

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self._lines.add(self, sock)
        return sock


class _SecureConnection(_BoundedConnection, HTTPSConnection):
    """The same, by TLS."""


class _Adapter(HTTPAdapter):
    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_pool, HTTPConnectionPool, partial(_BoundedConnection, self._lines)),
            "https": partial(_pool, HTTPSConnectionPool, partial(_SecureConnection, self._lines)),
        }


def _pool(kind: Callable[..., T], connection: object, *args: Any, **kwargs: Any) -> T:
    """Return a pool whose connections belong to one session."""
    pool = kind(*args, **kwargs)
    pool.ConnectionCls = connection  # type: ignore[attr-defined]
    return pool


class BoundedSession(requests.Session):
    """A requests session that cannot hang, flood or be led elsewhere.

    One session serves one poll: its clock starts when it is made.
    Looking up a host's name is the one thing without a limit of ours: the system has its own.
    """

    def __init__(self, *, seconds: float | None = None, is_public_only: bool = False) -> None:
        """Make one for so many seconds; for `poll_seconds()`, if they are not given.

        With `is_public_only`, for the addresses that strangers give, nothing in this machine's own network is
        asked: it goes by what was connected to, before anything is sent, and not by what a name says before.
        """
        super().__init__()
        self.headers["User-Agent"] = USER_AGENT
        self.headers["Accept-Encoding"] = "gzip, deflate"
        # Nothing is taken from the surroundings: a .netrc would send a password to a platform,
        # a forgotten HTTP_PROXY would show every key to whoever runs the proxy.
        # An office that must use a proxy needs a transparent one; there is no setting for it.
        self.trust_env = False
        # But for the authorities to be trusted: those of an office whose network reads along are on no list.
        own = os.environ.get("SSL_CERT_FILE", "")
        self.verify = own if os.path.isfile(own) else True
        self._lines = _Lines(is_public_only=is_public_only)
        adapter = _Adapter(self._lines)
        for scheme in ("http://", "https://"):
            self.mount(scheme, adapter)
        weakref.finalize(self, self._lines.tidy, everything=True)
        self._watchdog: threading.Timer | None = None
        self._deadline = time.monotonic() + (poll_seconds() if seconds is None else seconds)

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Return the answer with its whole body read; raises Unavailable or Unreadable.

        GET is followed within its server, and from http to https; `history` has the answers that forwarded.
        """
        most = _MOST_REDIRECTS if kwargs.pop("allow_redirects", True) and method == "GET" else 0
        answer, history = self._ask(method, url, *args, **kwargs), list[requests.Response]()
        while len(history) < most and (onward := target(answer)):
            # another host or port, or from https to http
            if self.should_strip_auth(answer.url, onward):  # type: ignore[no-untyped-call]
                break
            history.append(answer)
            answer = self._ask(method, onward, headers=kwargs.get("headers"))
        answer.history = history
        return answer

    def _ask(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        if self.seconds_left <= 0:
            raise Unavailable(_TOO_SLOW)
        kwargs.update(
            timeout=(min(CONNECT_SECONDS, self.seconds_left), min(READ_SECONDS, self.seconds_left)),
            allow_redirects=False,
            stream=True,
        )
        try:
            self._watch()
            return self._read(super().request(method, url, *args, **kwargs))
        except urllib3.exceptions.DecodeError as error:
            raise Unreadable("Its answer was garbled: it could not be unpacked.") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable(self._why(error)) from error
        finally:
            self._lines.tidy()

    def resolve_redirects(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Return nothing: requests would raise ValueError for half an address, and leave the socket open."""
        return iter(())

    def close(self) -> None:
        super().close()
        self._lines.tidy(everything=True)
        if self._watchdog:
            self._watchdog.cancel()
            self._watchdog = None  # whoever asks once more is watched again

    def _why(self, error: Exception) -> str:
        log.debug("not reached: %s", type(error).__name__)
        if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
            return _NOT_TRUSTED
        silent = isinstance(error, requests.ReadTimeout | urllib3.exceptions.ReadTimeoutError)
        return _TOO_SLOW if silent or self.seconds_left <= 0 else NOT_REACHED

    def _watch(self) -> None:
        """Begin, with the first question, to wait for the end of this session's time."""
        if self._watchdog is None:
            self._watchdog = threading.Timer(self.seconds_left, self._lines.cut)
            self._watchdog.daemon = True
            self._watchdog.start()
            weakref.finalize(self, self._watchdog.cancel)

    def _read(self, response: requests.Response) -> requests.Response:
        body, chunk = bytearray(), b" "
        try:
            while chunk and len(body) <= MOST and self.seconds_left > 0:
                chunk = response.raw.read1(65536, decode_content=True)
                body += chunk
        finally:
            response.close()
        if self.seconds_left <= 0:  # the watchdog's cut looks like an ordinary end
            raise Unavailable(_TOO_SLOW)
        if is_too_large(body):
            raise Unreadable(_TOO_LARGE)
        response._content = bytes(body)
        response._content_consumed = True  # type: ignore[attr-defined]
        return response


def _is_public(address: str) -> bool:
    """Return whether an address, in numbers, is of the public internet, an old one within a new one too."""
    ip = ip_address(address.partition("%")[0])
    return (getattr(ip, "ipv4_mapped", None) or ip).is_global


def is_public(address: str) -> bool:
    """Return whether all that an address's host stands for is of the public internet, or nobody knows it."""
    try:
        host = urllib3.util.parse_url(address).host or ""  # as it is read when it is asked
        known = socket.getaddrinfo(host.strip("[]"), None)
    except socket.gaierror:
        return True
    except ValueError:
        return False
    return all(_is_public(str(place[0])) for *_, place in known)


def is_safe(address: object) -> bool:
    """Return whether a key may be sent there: encrypted, or to this very machine."""
    try:
        parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or parts.hostname == "127.0.0.1")


def target(response: requests.Response) -> str | None:
    """Return the address that an answer forwards to; None if it does not, or to none that may be shown."""
    try:
        location = response.headers["Location"] if response.is_redirect else ""
        address = urljoin(response.url, location.encode("latin-1").decode())
        return address if location and addresses([address]) and urlsplit(address).port != 0 else None
    except ValueError:  # half an address
        return None


def _server_address(server: str) -> str:
    whole = server.strip().rstrip("/").lower()
    return whole if "://" in whole else f"https://{whole}"


# addresses of servers, as the setting of a platform of many: each without a slash at the end
_SERVER = re.compile(r"https?://([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?")
Server = Annotated[str, Rule("servers such as example.social", _SERVER.fullmatch, _server_address)]
Servers = Annotated[tuple[Server, ...], SOME]
# the address of a service, as a platform's setting
Address = Annotated[str, Rule("an address that begins with https://", is_safe, lambda at: at.rstrip("/"))]


def in_turn(hosts: Sequence[T]) -> Iterator[tuple[T, BoundedSession]]:
    """Yield each host with a session of its own and an even share of the time."""
    for host, seconds in shares(hosts):
        with BoundedSession(seconds=seconds) as session:
            yield host, session


def without(secret: str, response: requests.Response) -> requests.Response:
    """Return the answer with a key that it repeats, as some do in links and in errors, crossed out."""
    body = response.content
    for form in (secret, quote(secret, safe="")):
        body = body.replace(form.encode(), b"[key]")
    response._content = body
    return response


def json_of(response: requests.Response, now: datetime) -> Any:
    """Return an answer's JSON; raises the SourceError that its status stands for."""
    check(response, now)
    try:
        with contextlib.suppress(UnicodeDecodeError):  # JSON tells its encoding itself
            return json.loads(response.content)
        return response.json()
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("Content-Type", "no content type")
        raise Unreadable(f"It answered with something that is not data ({kind[:40]}).") from error


def check(response: requests.Response, now: datetime, explanation: str = "") -> None:
    """Raise the SourceError that an answer's status stands for; nothing for 2xx.

    `explanation` is a sentence with what the platform says about it, put behind ours.
    """
    status, more = response.status_code, f" {explanation}" if explanation else ""
    if status == 429:
        raise RateLimited("It asked us to slow down.", retry_at(response.headers, now))
    if status in (401, 403):
        raise Refused(f"It refused the request ({status}): a key is missing, wrong or not allowed.{more}")
    if status in (404, 410):
        raise Closed(f"It does not show this page to the public ({status}).{more}")
    if address := target(response):  # without what follows "?", which may repeat a key
        raise Unavailable(FORWARDS.format(status, address.partition("?")[0]))
    if status >= 500 or 300 <= status < 400:
        raise Unavailable(f"It is not working at its end ({status}).{more}")
    if status >= 400:
        raise Unreadable(f"It did not understand the request ({status}).{more}")


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return when to ask again: the platform's word within 1 minute to 1 hour, else 15 minutes.

    Servers say it as seconds (Retry-After, Reddit), as a date (Retry-After), as an epoch (X)
    or as ISO time (Mastodon, where a recorded one lies in the past).
    """
    values = map(headers.get, ("Retry-After", "x-rate-limit-reset", "X-RateLimit-Reset"))
    value = next(filter(None, values), None)
    at = _instant(value, now) if value else None
    if at is None:
        at = now + timedelta(minutes=15)
    return min(max(at, now + timedelta(minutes=1)), now + timedelta(hours=1))


def _instant(text: str, now: datetime) -> datetime | None:
    try:
        number = float(text)
    except ValueError:
        return instant_in(text)
    try:
        return datetime.fromtimestamp(number, UTC) if number > 1e9 else now + timedelta(seconds=number)
    except (OverflowError, ValueError, OSError):
        return None
