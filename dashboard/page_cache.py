"""Pages are kept until the archive or the minute changes: what was written is seen at once.

A kept page is given out before Flask sees the request. It was made for a request of the same host, address
and reader, by the same rules.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.datastructures import Headers as WerkzeugHeaders

from monitor.core.clock import Clock
from monitor.core.errors import MonitorError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_MOST = 64  # pages; a page has 60 kB or so
_KEY = "monitor.key"
_WORTH = 1000  # bytes, to be compressed
_LEVEL = 5  # beyond it the time grows faster than the gain

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class _CachedPage:
    """A page as it was made."""

    headers: Headers
    body: bytes
    etag: str

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
    """The latest pages, each under its address, its reader, and what it was made from.

    `reader` says for whom a page is made: equal for requests that may get the same page, and None
    for one whose pages are not kept.
    """

    def __init__(
        self,
        version: Callable[[], Hashable],
        now: Clock,
        reader: Callable[[dict[str, Any]], Hashable | None],
    ) -> None:
        self._version, self._now, self._reader = version, now, reader
        self._pages: OrderedDict[Hashable, _CachedPage] = OrderedDict()
        self._lock = Lock()

    def attach(self, app: Flask) -> None:
        """Answer from what is kept where that can be, and keep what is made.

        To be called before the `after_request` functions whose headers a page needs.
        """
        app.wsgi_app = self._before(app.wsgi_app)  # type: ignore[method-assign, assignment]
        app.after_request(self._keep)

    def _before(self, inner: "WSGIApplication") -> "WSGIApplication":
        def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            key = self._key(environ) if environ["REQUEST_METHOD"] == "GET" else None
            if key is None:
                return inner(environ, start)
            with self._lock:
                page = self._pages.get(key)
            if page is None:
                environ[_KEY] = key  # made before reading: a write meanwhile is not missed
                return inner(environ, start)
            if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
                start("304 NOT MODIFIED", page.unchanged)
                return []
            headers, body = _content(page, environ)
            start("200 OK", headers)
            return [body]

        return answer

    def _key(self, environ: dict[str, Any]) -> Hashable | None:
        try:
            reader, version = self._reader(environ), self._version()
        except MonitorError:  # who it is, or what is stored, cannot be found out now: the page will say so
            return None
        if reader is None:
            return None
        # The minute is in it because pages say how long ago something was.
        minute = self._now().replace(second=0, microsecond=0)
        address = environ.get("HTTP_HOST"), environ["PATH_INFO"], environ.get("QUERY_STRING")
        return address, reader, version, minute

    def _keep(self, response: Response) -> Response:
        key = request.environ.get(_KEY)
        if key is None or response.status_code != 200 or _is_for_one(response):
            return response
        if response.direct_passthrough:  # a file of static/: read it, and let it go
            response.direct_passthrough = False
            response.get_data()
            response.close()
        response.headers["Vary"] = "Accept-Encoding, Cookie"
        response.add_etag(overwrite=True)
        page = _CachedPage(list(response.headers), response.get_data(), response.headers["ETag"])
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > _MOST:
                self._pages.popitem(last=False)
        headers, body = _content(page, request.environ)
        response.set_data(body)
        response.headers = WerkzeugHeaders(headers)
        response.make_conditional(request)
        return response


def _is_for_one(response: Response) -> bool:
    """Return whether an answer is one person's, or a file to take away: those are made anew each time."""
    is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    return is_file or "Set-Cookie" in response.headers


def _content(page: _CachedPage, environ: dict[str, Any]) -> tuple[Headers, bytes]:
    packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    return page.zipped if packed else (page.headers, page.body)
