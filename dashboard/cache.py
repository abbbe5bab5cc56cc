"""Pages are kept until the archive or the minute changes: what was written is seen at once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from flask import Flask, Response, request

from monitor.clock import Clock

_MOST = 64  # pages; a page has 30 kB or so


class Pages:
    """The latest pages, each under its address and what it was made from."""

    def __init__(self, version: Callable[[], Hashable], now: Clock) -> None:
        self._version, self._now = version, now
        self._kept: OrderedDict[Hashable, Response] = OrderedDict()
        self._lock = Lock()

    def attach(self, app: Flask) -> None:
        """Answer from what is kept where that can be, and keep what is made."""
        app.before_request(self._answer)
        app.after_request(self._keep)

    def _key(self) -> Hashable:
        # The minute is in it because pages say how long ago something was.
        return request.full_path, self._version(), self._now().replace(second=0, microsecond=0)

    def _answer(self) -> Response | None:
        if request.method != "GET" or request.endpoint == "static":
            return None
        request.environ["monitor.key"] = key = self._key()  # before reading: a write meanwhile is not missed
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            return None
        request.environ["monitor.kept"] = True
        return _copy(kept)

    def _keep(self, response: Response) -> Response:
        key = request.environ.get("monitor.key")
        if key is None or response.status_code != 200:
            return response
        response.add_etag()
        if "monitor.kept" not in request.environ:
            with self._lock:
                self._kept[key] = _copy(response)
                while len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
        response.make_conditional(request)
        return response


def _copy(response: Response) -> Response:
    # Made conditional, a response loses its body: each visitor gets one of their own.
    return Response(response.get_data(), headers=response.headers, mimetype=response.mimetype)
