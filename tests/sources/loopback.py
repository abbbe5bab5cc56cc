"""A real HTTP server on 127.0.0.1 for tests: a function answers, every request is written down."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Mapping[str, str], bytes]
Handler = Callable[[str, str, dict[str, str]], Answer]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked: the query holds the last value of each name."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    body: bytes = b""


@dataclass(slots=True)
class Server:
    """A running server: its address without a slash at the end, and what it was asked."""

    url: str
    requests: list[Request] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """Return the paths asked for, in order."""
        return [request.path for request in self.requests]


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """Return a JSON answer; `headers` with '_' for '-'."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return status, {"Content-Type": "application/json"} | named, json.dumps(value).encode()


def as_html(text: str = "<html><body>Just a moment...</body></html>", status: int = 200) -> Answer:
    """Return a web page, as a proxy or a captcha does where data was asked for."""
    return status, {"Content-Type": "text/html; charset=utf-8"}, text.encode()


@contextmanager
def serving(handler: Handler) -> Iterator[Server]:
    """Serve on a free port of 127.0.0.1 until the block ends."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.requests.append(Request(self.command, parts.path, query, headers, body))
            status, answered, content = handler(self.command, parts.path, query)
            self.send_response(status)
            for name, value in answered.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing on the terminal."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    httpd.daemon_threads = True
    server = Server(f"http://127.0.0.1:{httpd.server_address[1]}")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


_HELD: list[socket.socket] = []


def closed_port() -> str:
    """Return an address of 127.0.0.1 where nothing listens, nor will: the port is held until all is over."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    _HELD.append(held)
    return f"http://127.0.0.1:{held.getsockname()[1]}"
