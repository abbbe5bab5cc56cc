"""The bounded session against servers that hang, drip, flood, lie and lead elsewhere."""

import gzip
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest
import requests

from monitor.core.errors import Closed, RateLimited, Refused, SourceError, Unavailable, Unreadable
from monitor.sources.shared import http
from tests.sources.loopback import as_html, as_json, closed_port, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Talk = Callable[[socket.socket], None]


@contextmanager
def raw_server(talk: Talk) -> Iterator[str]:
    """Serve raw bytes: `talk` writes whatever it likes to each caller."""
    listener = socket.create_server(("127.0.0.1", 0))

    def one(conn: socket.socket) -> None:
        with conn:
            try:
                conn.recv(65536)
                talk(conn)
            except OSError:
                pass

    def accept() -> None:
        while True:
            try:
                conn, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(conn,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def drip(conn: socket.socket, first: bytes = b"") -> None:
    conn.sendall(first)
    while True:  # until the caller hangs up
        conn.sendall(b"a")
        time.sleep(0.1)


def hang(conn: socket.socket) -> None:
    conn.recv(1)


def drip_headers(conn: socket.socket) -> None:
    drip(conn, b"HTTP/1.1 200 OK\r\nX-Slow: ")


def drip_body(conn: socket.socket) -> None:
    drip(conn, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")


def drip_until_close(conn: socket.socket) -> None:
    drip(conn, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")


def drip_chunk_size(conn: socket.socket) -> None:
    drip(conn, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;")


def drip_zipped(conn: socket.socket) -> None:  # a gzip header whose file name never ends
    drip(conn, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\x03")


SLOW = (hang, drip_headers, drip_body, drip_until_close, drip_chunk_size, drip_zipped)


@pytest.mark.parametrize("talk", SLOW, ids=lambda t: t.__name__)
@pytest.mark.slow
def test_a_slow_server_cannot_hold_a_poll_beyond_its_time(talk: Talk) -> None:
    started = time.monotonic()
    with raw_server(talk) as url, http.BoundedSession(seconds=0.6) as session:
        with pytest.raises(Unavailable, match="too slow"):
            session.get(url)
        assert time.monotonic() - started < http.READ_SECONDS / 2  # of a busy machine; the server goes on
        with pytest.raises(Unavailable, match="too slow"):  # and nothing more is asked in this poll
            session.get(url)


@pytest.mark.slow
def test_a_session_that_is_used_again_after_its_end_is_watched_again() -> None:
    with http.BoundedSession(seconds=2) as session:
        with serving(lambda *_: as_json({})) as server:
            session.get(server.url)
        session.close()
        with raw_server(drip_headers) as url, pytest.raises(Unavailable, match="too slow"):
            session.get(url)


@pytest.mark.slow
def test_control_without_the_watchdog_dripped_headers_hold_a_plain_session() -> None:
    ended = threading.Event()

    def plain(url: str) -> None:
        try:
            requests.get(url, timeout=1)
        except requests.RequestException:
            ended.set()

    def drip_for_three_seconds(conn: socket.socket) -> None:
        conn.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(100):
            conn.sendall(b"a")
            time.sleep(0.03)

    with raw_server(drip_for_three_seconds) as url:
        asking = threading.Thread(target=plain, args=(url,))
        asking.start()
        assert not ended.wait(2)  # twice its timeout, and still waiting
        asking.join(60)


def test_a_flood_is_dropped_and_the_server_is_hung_up_on() -> None:
    hung_up = threading.Event()

    def flood(conn: socket.socket) -> None:
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n")
        try:
            for _ in range(800):
                conn.sendall(b"a" * 65536)
        except OSError:
            hung_up.set()

    with raw_server(flood) as url, http.BoundedSession(seconds=10) as session:
        with pytest.raises(Unreadable, match="far larger than a real one"):
            session.get(url)
        assert hung_up.wait(60)


@pytest.mark.slow
def test_a_gzip_bomb_is_dropped_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(bytes(200 * 2**20))
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    with serving(lambda *_: (200, headers, bomb)) as server, http.BoundedSession(seconds=10) as session:
        tracemalloc.start()
        with pytest.raises(Unreadable, match="far larger than a real one"):
            session.get(server.url)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 50 * 2**20


MANY = {
    "empty": b"[" + b"{}," * 200_000 + b"1]",
    "behind a mark": b"\xef\xbb\xbf[" + b"{}," * 200_000 + b"1]",
    "behind an odd space": b"\x1c[" + b"{}," * 200_000 + b"1]",
    "nested": b"[" * 300_000,
    "in UTF-16": ("[" + "{}," * 200_000 + "1]").encode("utf-16-be"),
}


@pytest.mark.parametrize("kind", MANY)
def test_an_answer_of_very_many_parts_is_dropped_unparsed(kind: str) -> None:
    with (
        serving(lambda *_: (200, {}, MANY[kind])) as server,
        http.BoundedSession(seconds=60) as session,
        pytest.raises(Unreadable, match="far larger than a real one"),
    ):
        session.get(server.url)


def test_a_broken_gzip_is_an_error_of_the_platform() -> None:
    headers = {"Content-Encoding": "gzip"}
    with (
        serving(lambda *_: (200, headers, b"not gzip")) as server,
        pytest.raises(Unreadable, match="garbled"),
    ):
        http.BoundedSession(seconds=5).get(server.url)


def test_an_answer_of_ordinary_size_arrives_whole_and_connections_are_reused() -> None:
    want = {"text": "ä" * 100_000}
    with serving(lambda *_: as_json(want)) as server, http.BoundedSession(seconds=5) as session:
        assert http.json_of(session.get(server.url), NOW) == want
        assert http.json_of(session.get(server.url), NOW) == want
        assert session.seconds_left > 0


HOPS = (301, 302, 303, 307, 308)


@pytest.mark.parametrize("status", HOPS)
def test_what_is_only_read_is_followed_within_its_server(status: int) -> None:
    moved = (status, {"Location": "/new?a=b"}, b"")
    with serving(lambda m, path, q: moved if path == "/" else as_json({"at": path} | q)) as server:
        with http.BoundedSession(seconds=5) as session:
            answer = session.get(server.url, params={"key": "k"}, headers={"X-Own": "1"})
        assert (answer.json(), answer.url) == ({"at": "/new", "a": "b"}, f"{server.url}/new?a=b")
        assert [hop.status_code for hop in answer.history] == [status]
        assert server.requests[1].headers["x-own"] == "1"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_changes_something_is_not_followed(method: str) -> None:
    with serving(lambda *_: (308, {"Location": "/new"}, b"")) as server:
        with http.BoundedSession(seconds=5) as session:
            assert session.request(method, server.url).status_code == 308
        assert server.paths == ["/"]


def test_a_server_that_forwards_without_end_is_left() -> None:
    with serving(lambda m, path, q: (302, {"Location": f"{path}x"}, b"")) as server:
        with http.BoundedSession(seconds=5) as session:
            answer = session.get(server.url)
        assert len(server.requests) == 6
        with pytest.raises(Unavailable, match=rf"redirects \(302\) to {server.url}/xxxxxx,"):
            http.check(answer, NOW)


@pytest.mark.parametrize("location", ["http://[", "", "javascript:alert(1)", "http://127.0.0.1:99999/", "file:///x",
                                      "http://127.0.0.1:0/", "\xff\xfe", "/" + "a" * 3_000])  # fmt: skip
def test_an_address_that_is_none_is_neither_followed_nor_shown(location: str) -> None:
    with serving(lambda *_: (301, {"Location": location}, b"")) as server:
        with http.BoundedSession(seconds=5) as session:
            answer = session.get(server.url)
        with pytest.raises(Unavailable, match=r"^It is not working at its end \(301\)\.$"):
            http.check(answer, NOW)
        assert server.paths == ["/"]


@pytest.mark.parametrize(
    ("asked", "told", "followed"),
    [
        ("http://a.example/", "https://a.example/feed", True),
        ("http://a.example:80/", "https://a.example:443/feed", True),
        ("https://a.example/", "http://a.example/feed", False),
        ("http://a.example:8000/", "https://a.example/feed", False),
        ("http://a.example/", "https://a.example:8443/feed", False),
        ("https://a.example/", "https://www.a.example/feed", False),
        ("https://a.example/", "https://a.example@b.example/feed", False),
        ("https://a.example/", "//b.example/feed", False),
    ],
)
def test_only_the_same_host_as_safe_or_safer_is_asked(
    asked: str, told: str, followed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = []

    def ask(self: http.BoundedSession, method: str, url: str, **_: object) -> requests.Response:
        answer = requests.Response()
        answer.url, answer.status_code = url, 200 if paths else 301
        answer.headers["Location"] = told
        paths.append(url)
        return answer

    monkeypatch.setattr(http.BoundedSession, "_ask", ask)
    answer = http.BoundedSession().get(asked)
    assert (len(paths) == 2, answer.status_code == 200) == (followed, followed)


def test_a_key_that_is_repeated_in_the_new_address_is_not_told() -> None:
    with serving(lambda *_: (301, {"Location": "https://new.example/v2?key=secret"}, b"")) as server:
        answer = http.BoundedSession(seconds=5).get(server.url, params={"key": "secret"})
    with pytest.raises(
        Unavailable, match=r"redirects \(301\) to https://new\.example/v2, which was not opened"
    ) as told:
        http.check(answer, NOW)
    assert "secret" not in str(told.value)


def test_a_redirect_to_another_server_is_not_followed() -> None:
    with serving(lambda *_: as_json({})) as other:
        to_other = {"Location": other.url + "/secret"}
        with serving(lambda *_: (302, to_other, b"")) as server, http.BoundedSession(seconds=5) as session:
            answer = session.get(server.url, allow_redirects=True)
        assert answer.status_code == 302
        assert other.requests == []
        with pytest.raises(Unavailable):
            http.check(answer, NOW)


def reset_midway(conn: socket.socket) -> None:
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    time.sleep(0.1)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def end_early(conn: socket.socket) -> None:
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")


@pytest.mark.parametrize("talk", [reset_midway, end_early], ids=lambda t: t.__name__)
def test_half_an_answer_is_none(talk: Talk) -> None:
    with raw_server(talk) as url, pytest.raises(Unavailable, match="could not be reached"):
        http.BoundedSession(seconds=5).get(url)


@contextmanager
def certified(folder: Path) -> Iterator[str]:
    """Serve by https under a certificate that only the office's own list has: own.pem."""
    key, own = folder / "key.pem", folder / "own.pem"
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    new = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    subprocess.run([*new, *subject, "-keyout", key, "-out", own], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_port}/missing"
        server.shutdown()


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
def test_a_site_that_only_the_offices_own_authority_vouches_for_is_read_if_the_office_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with certified(tmp_path) as url:
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # which other programs may have set
            monkeypatch.setenv(name, str(tmp_path / "own.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
        with pytest.raises(Unavailable, match="could not verify"):
            http.BoundedSession(seconds=20).get(url)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        assert http.BoundedSession(seconds=20).get(url).status_code == 404


def test_no_password_and_no_proxy_is_taken_from_the_surroundings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serving(lambda *_: as_json({})) as server, http.BoundedSession(seconds=5) as session:
        assert session.get(server.url).status_code == 200
        assert server.requests[0].headers["user-agent"].startswith("campaign-monitor/")
        assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, RateLimited), (401, Refused), (403, Refused), (404, Closed), (410, Closed),
     (500, Unavailable), (503, Unavailable), (301, Unavailable), (400, Unreadable)],
)  # fmt: skip
def test_every_status_has_its_error(status: int, error: type[SourceError]) -> None:
    with serving(lambda *_: as_json({}, status)) as server, pytest.raises(error):
        http.json_of(http.BoundedSession(seconds=5).get(server.url), NOW)


def test_data_nested_too_deeply_is_unreadable() -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    with serving(lambda *_: (200, {}, deep)) as server, pytest.raises(Unreadable):
        http.json_of(http.BoundedSession(seconds=5).get(server.url), NOW)


def test_a_web_page_where_data_was_asked_for_is_unreadable() -> None:
    with serving(lambda *_: as_html()) as server, pytest.raises(Unreadable, match="text/html"):
        http.json_of(http.BoundedSession(seconds=5).get(server.url), NOW)


MINUTE, QUARTER, HOUR = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, QUARTER),
        ({"Retry-After": "120"}, 2 * MINUTE),
        ({"Retry-After": "0"}, MINUTE),
        ({"Retry-After": "-5"}, MINUTE),
        ({"Retry-After": "999999"}, HOUR),
        ({"Retry-After": "Sun, 22 Nov 2026 12:10:00 GMT"}, 10 * MINUTE),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 300)}, 5 * MINUTE),
        ({"x-rate-limit-reset": "1"}, MINUTE),
        ({"X-RateLimit-Reset": "2026-11-22T12:20:00.000Z"}, 20 * MINUTE),
        ({"X-RateLimit-Reset": "2026-11-22T11:00:00Z"}, MINUTE),
        ({"X-RateLimit-Reset": "2026-11-22T12:20:00"}, 20 * MINUTE),
        ({"X-RateLimit-Reset": "soon"}, QUARTER),
        ({"Retry-After": "nan"}, QUARTER),
        ({"Retry-After": "inf"}, QUARTER),
        ({"Retry-After": "9" * 400}, QUARTER),
        ({"Retry-After": ""}, QUARTER),
    ],
    ids=str,
)
def test_when_to_ask_again_is_between_a_minute_and_an_hour(headers: dict[str, str], wait: timedelta) -> None:
    assert http.retry_at(headers, NOW) == NOW + wait


@pytest.mark.parametrize(
    ("scheme", "words"),
    [("http", "no internet connection, or the site is down"), ("https", "date and time")],
)
def test_what_is_not_reached_or_not_trusted_is_said_in_plain_words(scheme: str, words: str) -> None:
    with serving(lambda *_: (200, {}, b"")) as plain:
        url = closed_port() if scheme == "http" else plain.url.replace("http:", "https:")
        with http.BoundedSession() as session, pytest.raises(Unavailable, match=words) as failed:
            session.get(url)
    assert "Error" not in str(failed.value)


@pytest.mark.parametrize("address", ["https://api.example", "http://127.0.0.1:8000"])
def test_a_key_may_be_sent_where_nobody_listens_in(address: str) -> None:
    assert http.is_safe(address)


@pytest.mark.parametrize(
    "address",
    ["http://api.example", "http://127.0.0.1.example", "http://127.0.0.1@api.example", "https://", "https://[",
     "ftp://api.example", "api.example", "", None, 5],
)  # fmt: skip
def test_a_key_may_not_be_sent_anywhere_else(address: object) -> None:
    assert not http.is_safe(address)


ADDRESSES = {
    "93.184.215.14": True, "2606:2800:21f::1": True, "127.0.0.1": False, "10.1.2.3": False,
    "192.168.1.1": False,
    "169.254.169.254": False, "100.64.0.1": False, "0.0.0.0": False, "::1": False, "fe80::1%eth0": False,
    "fd00::1": False, "::ffff:10.1.2.3": False, "::ffff:93.184.215.14": True,
}  # fmt: skip


@pytest.mark.parametrize(("address", "is_public"), ADDRESSES.items(), ids=[*ADDRESSES])
def test_an_address_of_this_network_is_told_from_one_of_the_public_internet(address, is_public):
    assert http._is_public(address) is is_public


@pytest.mark.parametrize(
    ("host", "family"),
    [("127.0.0.1", socket.AF_INET), ("localhost", socket.AF_INET), ("[::1]", socket.AF_INET6)],
    ids=["this machine", "by a name", "by the new protocol"],
)
def test_what_a_stranger_names_is_not_asked_within_this_network(host: str, family: int) -> None:
    asked: list[bytes] = []

    def answer(listener: socket.socket) -> None:
        while True:
            try:
                conn, _ = listener.accept()
            except OSError:
                return
            with conn:
                if data := conn.recv(65536):
                    asked.append(data)
                    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    with socket.create_server(("::1" if "::" in host else "127.0.0.1", 0), family=family) as listener:
        thread = threading.Thread(target=answer, args=(listener,), daemon=True)
        thread.start()
        address = f"http://{host}:{listener.getsockname()[1]}/"
        with http.BoundedSession(is_public_only=True) as session, pytest.raises(Unavailable):
            session.get(address)
        assert asked == []
        with http.BoundedSession() as session:  # the control
            assert session.get(address).text == "{}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert len(asked) == 1
