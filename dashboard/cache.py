"""Pages are kept until the archive or the minute changes: what was written is seen at once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from flask import Flask, Response, request
from werkzeug.datastructures import Headers

from monitor.clock import Clock

KEPT = "monitor.kept"  # in the environment of a request that is answered with a kept page, as it was
_MOST = 64  # pages; a page has 30 kB or so


@dataclass(frozen=True, slots=True)
class _Kept:
    body: bytes
    headers: Headers  # shared by all answers, as making them anew is most of the cost


class Pages:
    """The latest pages, each under its address and what it was made from."""

    def __init__(self, version: Callable[[], Hashable], now: Clock) -> None:
        self._version, self._now = version, now
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = Lock()

    def attach(self, app: Flask) -> None:
        """Answer from what is kept where that can be, and keep what is made."""
        app.before_request(self._answer)
        app.after_request(self._keep)

    def _key(self) -> Hashable:
        # The minute is in it because pages say how long ago something was.
        address = request.environ["PATH_INFO"], request.environ.get("QUERY_STRING", "")
        return address, self._version(), self._now().replace(second=0, microsecond=0)

    def _answer(self) -> Response | None:
        if request.method != "GET" or request.endpoint == "static":
            return None
        request.environ["monitor.key"] = key = self._key()  # before reading: a write meanwhile is not missed
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            return None
        request.environ[KEPT] = True
        if "HTTP_IF_NONE_MATCH" not in request.environ:
            return Response(kept.body, headers=kept.headers)
        response = Response(kept.body, headers=kept.headers.copy())  # it loses some of them
        response.make_conditional(request)
        return response

    def _keep(self, response: Response) -> Response:
        key = request.environ.get("monitor.key")
        if key is None or KEPT in request.environ or response.status_code != 200:
            return response
        response.add_etag()
        with self._lock:
            self._kept[key] = _Kept(response.get_data(), response.headers.copy())
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        response.make_conditional(request)
        return response
