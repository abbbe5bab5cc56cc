"""Servers on 127.0.0.1 that misbehave at the level of bytes, and answers that never end well."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

Send = Callable[[socket.socket, threading.Event], None]
MEGABYTE = b" " * 2**20
TOKEN = {"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": "*"}


def hang(client: socket.socket, over: threading.Event) -> None:
    """Take the question and never answer."""
    over.wait()


def drip(client: socket.socket, over: threading.Event) -> None:
    """Answer with one byte a second, for ever."""
    client.sendall(_head(200, {"Content-Type": "application/json", "Content-Length": "100000"}))
    while not over.wait(1):
        client.sendall(b" ")


def flood(client: socket.socket, over: threading.Event) -> None:
    """Answer with 50 MB."""
    client.sendall(_head(200, {"Content-Type": "application/json", "Content-Length": str(50 * 2**20)}))
    for _ in range(50):
        client.sendall(MEGABYTE)


def close(client: socket.socket, over: threading.Event) -> None:
    """Take the question and hang up."""


def cut(client: socket.socket, over: threading.Event) -> None:
    """Hang up in the middle of an answer."""
    head = _head(200, {"Content-Type": "application/json", "Content-Length": "1000"})
    client.sendall(head + b'{"data": [{"id": "1')


def answer(status: int, content: bytes, **headers: str) -> Send:
    """Answer each question with the same thing; `headers` with '_' for '-'."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}

    def send(client: socket.socket, over: threading.Event) -> None:
        client.sendall(_head(status, named | {"Content-Length": str(len(content))}) + content)

    return send


def as_json(value: Any) -> Send:
    """Answer each question with the same data."""
    return answer(200, json.dumps(value).encode(), Content_Type="application/json")


@contextmanager
def serving(send: Send) -> Iterator[tuple[str, list[str]]]:
    """Serve until the block ends; yield `host:port` and the list of what is asked.

    Reddit's key and Mastodon's description of itself are given properly, so that the fault
    meets the question that matters.
    """
    over, asked = threading.Event(), list[str]()

    def one(client: socket.socket) -> None:
        with client, suppress(OSError):
            path = _path(client)
            asked.append(path)
            known: Mapping[str, Any] = {"/api/v1/access_token": TOKEN, "/api/v2/instance": {}}
            (as_json(known[path]) if path in known else send)(client, over)

    def every() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=one, args=[listener.accept()[0]], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=every, daemon=True).start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}", asked
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def streaming(messages: Iterator[str]) -> Iterator[tuple[str, list[str]]]:
    """Serve a websocket that sends these and then keeps still; yield as `serving` does."""
    over, asked = threading.Event(), list[str]()

    def one(client: ServerConnection) -> None:
        asked.append("/subscribe")
        with suppress(ConnectionClosed):
            for message in messages:
                client.send(message)
            over.wait()

    with serve(one, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.socket.getsockname()[1]}", asked
        finally:
            over.set()
            server.shutdown()


def _path(client: socket.socket) -> str:
    said = b""
    while b"\r\n\r\n" not in said and (more := client.recv(65536)):
        said += more
    return said.split(b" ")[1].split(b"?")[0].decode() if said else ""


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} So", "Connection: close", *(f"{n}: {v}" for n, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()
