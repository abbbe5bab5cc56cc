"""Pages are kept until the archive or the minute changes; whether it has is asked once a second at most.

A kept page is given out before Flask sees the request. It was made for a request of the same host, address
and reader, by the same rules. What a form has changed is seen at once. Of many who ask for the same page at
the same time, one makes it.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

from flask import Flask, Response, g, request
from werkzeug.datastructures import Headers as WerkzeugHeaders

from dashboard.access.csrf import READING
from monitor.archive.readers import Changes
from monitor.core.clock import Clock
from monitor.core.errors import MonitorError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_MOST, _MOST_BYTES = 64, 16 * 2**20  # of all pages; one has 60 kB or so, and may have megabytes
_KEY = "monitor.key"
_WORTH = 1000  # bytes, to be compressed
_LEVEL = 5  # beyond it the time grows faster than the gain
_OLDEST = timedelta(seconds=1)
_PATIENCE = timedelta(seconds=5)  # with another who makes the page
_CLOCK_STEP = timedelta(seconds=5)  # that a clock may be set back without the page being made anew

Headers = list[tuple[str, str]]


class _State(NamedTuple):
    """When a page was last asked for, the last form by then, and the version of what is stored."""

    asked_at: datetime
    form: int
    version: Hashable


@dataclass
class _CachedPage:
    """A page as it was made, and what it is known to be true of."""

    headers: Headers
    body: bytes
    etag: str
    state: _State

    @cached_property
    def zipped(self) -> tuple[Headers, bytes]:
        """The page compressed, if that is worth it; done when it is first asked for."""
        if len(self.body) < _WORTH:
            return self.headers, self.body
        small = gzip.compress(self.body, _LEVEL, mtime=0)
        other = [(name, text) for name, text in self.headers if name != "Content-Length"]
        return [*other, ("Content-Encoding", "gzip"), ("Content-Length", str(len(small)))], small

    @cached_property
    def unchanged(self) -> Headers:
        """The headers of an answer without a body."""
        return [
            (name, text)
            for name, text in self.headers
            if not name.startswith("Content-T") and name != "Content-Length"
        ]


class PageCache:
    """The latest pages, each under its address, its reader and its minute.

    `version` is equal to the last one for as long as no page would differ; `changes` tells of forms.
    `reader` says for whom a page is made: equal for requests that may get the same page, and None
    for one whose pages are not kept.
    """

    def __init__(
        self,
        version: Callable[[], Hashable],
        changes: Changes,
        now: Clock,
        reader: Callable[[dict[str, Any]], Hashable | None],
    ) -> None:
        self._version, self._changes, self._now, self._reader = version, changes, now, reader
        self._pages: OrderedDict[Hashable, _CachedPage] = OrderedDict()
        self._turns: WeakValueDictionary[Hashable, Lock] = WeakValueDictionary()
        self._lock = Lock()

    def attach(self, app: Flask) -> None:
        """Answer from what is kept where that can be, and keep what is made.

        To be called before the `after_request` functions whose headers a page needs.
        """
        app.wsgi_app = self._before(app.wsgi_app)  # type: ignore[method-assign, assignment]
        app.after_request(self._keep)

    def _before(self, inner: "WSGIApplication") -> "WSGIApplication":
        def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] not in READING:
                try:
                    return inner(environ, start)
                finally:
                    self._changes.note_form()
            now = self._now()
            key = self._key(environ, now) if environ["REQUEST_METHOD"] == "GET" else None
            if key is None:
                return inner(environ, start)
            page = self._young(key, now)
            if page is None:
                with self._turn(key):
                    page = self._young(key, now) or self._unchanged(key, environ)
                    if page is None:
                        return inner(environ, start)
            if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
                start("304 NOT MODIFIED", page.unchanged)
                return []
            headers, body = _content(page, environ)
            start("200 OK", headers)
            return [body]

        return answer

    def _key(self, environ: dict[str, Any], now: datetime) -> Hashable | None:
        try:
            reader = self._reader(environ)
        except MonitorError:  # who it is cannot be found out now: the page will say so
            return None
        if reader is None:
            return None
        # The minute is in it because pages say how long ago something was.
        minute = now.replace(second=0, microsecond=0)
        address = environ.get("HTTP_HOST"), environ["PATH_INFO"], environ.get("QUERY_STRING")
        return address, reader, minute

    @contextmanager
    def _turn(self, key: Hashable) -> Iterator[None]:
        """Wait while another makes this page; not for long, as it may hang."""
        with self._lock:
            turn = self._turns.setdefault(key, Lock())
        is_mine = turn.acquire(timeout=_PATIENCE.total_seconds())
        try:
            yield
        finally:
            if is_mine:
                turn.release()

    def _young(self, key: Hashable, now: datetime) -> _CachedPage | None:
        """Return the page if it is a second old at most, or newer than `now`, and no form came since."""
        page = self._pages.get(key)
        if page is None or page.state.form != self._changes.last_form():
            return None
        return page if -_CLOCK_STEP < now - page.state.asked_at < _OLDEST else None

    def _unchanged(self, key: Hashable, environ: dict[str, Any]) -> _CachedPage | None:
        """Return the page if it is still true, else note what the next one is made from."""
        try:
            # Asked before anything is read, the version last: neither a form nor a write meanwhile is missed.
            state = _State(self._now(), self._changes.last_form(), self._version())
        except MonitorError:  # what is stored cannot be found out now: the page will say so
            return None
        page = self._pages.get(key)
        if page and page.state.version == state.version:
            page.state = state
            return page
        environ[_KEY] = key, state
        return None

    def _bytes(self) -> int:
        return sum(len(page.body) for page in self._pages.values())

    def _keep(self, response: Response) -> Response:
        key, state = request.environ.get(_KEY, (None, None))
        if state is None or response.status_code != 200 or _is_for_one(response):
            return response
        if response.direct_passthrough:  # a file of static/: read it, and let it go
            response.direct_passthrough = False
            response.get_data()
            response.close()
        response.headers["Vary"] = "Accept-Encoding, Cookie"
        response.add_etag(overwrite=True)
        page = _CachedPage(list(response.headers), response.get_data(), response.headers["ETag"], state)
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > _MOST or self._bytes() > _MOST_BYTES:
                self._pages.popitem(last=False)
        headers, body = _content(page, request.environ)
        response.set_data(body)
        response.headers = WerkzeugHeaders(headers)
        response.make_conditional(request)
        return response


def _is_for_one(response: Response) -> bool:
    """Return whether an answer is one person's, or to be noted each time, or a file to take away."""
    is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    return is_file or "Set-Cookie" in response.headers or g.get("is_noted", False)


def _content(page: _CachedPage, environ: dict[str, Any]) -> tuple[Headers, bytes]:
    packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    return page.zipped if packed else (page.headers, page.body)
