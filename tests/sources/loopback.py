"""A real HTTP server on 127.0.0.1 for tests: a function answers, every request is written down."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import responses
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, BinaryIO
from urllib.parse import parse_qs

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


def _request(line: bytes, rest: BinaryIO) -> Request:
    """Read a request whose first line this is."""
    method, target, _ = line.decode("latin-1").split()
    path, _, query = target.partition("?")
    pairs = (header.decode("latin-1").partition(":") for header in iter(rest.readline, b"\r\n"))
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    last = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    return Request(method, path, last, headers, rest.read(int(headers.get("content-length", 0))))


def _written(answer: Answer) -> bytes:
    status, headers, content = answer
    said = {"Content-Length": len(content)} | headers
    lines = [f"HTTP/1.1 {status} {responses.get(status, '')}", *(f"{name}: {said[name]}" for name in said)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


@contextmanager
def serving(handler: Handler) -> Iterator[Server]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    connections = list[socket.socket]()

    class Answering(StreamRequestHandler):
        def handle(self) -> None:
            """Answer whatever comes on this line, until one side hangs up."""
            connections.append(self.connection)
            for line in iter(self.rfile.readline, b""):
                if not line.endswith(b" HTTP/1.1\r\n"):  # somebody tries TLS; the rest may have no end
                    break
                request = _request(line, self.rfile)
                server.requests.append(request)
                answer = handler(request.method, request.path, request.query)
                self.wfile.write(_written(answer))
                if "Content-Length" in answer[1]:  # of more than there is: the rest never comes
                    break

    tcp = ThreadingTCPServer(("127.0.0.1", 0), Answering)
    tcp.daemon_threads = True
    server = Server(f"http://127.0.0.1:{tcp.server_address[1]}")
    thread = threading.Thread(target=tcp.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        tcp.shutdown()
        tcp.server_close()
        thread.join()
        for connection in connections:
            with suppress(OSError):  # it is closed already
                connection.shutdown(socket.SHUT_RDWR)


_HELD: list[socket.socket] = []


def closed_port() -> str:
    """Return an address of 127.0.0.1 where nothing listens, nor will: the port is held until all is over."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    _HELD.append(held)
    return f"http://127.0.0.1:{held.getsockname()[1]}"
