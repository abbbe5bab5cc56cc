"""A sign of life that holds nothing up."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from monitor.core.errors import ConfigError
from monitor.mail.heartbeat import opened, ping, problem


@pytest.fixture
def service():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.opened.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.opened = []
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_it_opens_the_address(service):
    alive = ping({"MONITOR_PING": f"http://127.0.0.1:{service.server_port}/x"})
    alive.beat()
    alive.beat()
    assert service.opened == ["/x", "/x"]


def test_a_service_that_is_gone_is_no_trouble(caplog):
    ping({"MONITOR_PING": "http://127.0.0.1:1/secret"}).beat()
    assert "secret" not in caplog.text
    assert "heartbeat was not accepted" in caplog.text


def test_without_an_address_there_is_none_and_a_wrong_one_is_named(caplog):
    ping({}).beat()
    assert caplog.text == ""
    for url in ("http://example.org/x", "x", "file:///x", "https://[x"):
        with pytest.raises(ConfigError, match="MONITOR_PING"):
            ping({"MONITOR_PING": url})


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://93.184.215.14/x", None), ("https://nobody.invalid/x", None),
        ("http://93.184.215.14/x", "https"), ("https://", "https"), ("https://[x", "https"), ("x", "https"),
        ("https://127.0.0.1/x", "own network"), ("https://localhost/x", "own network"),
        ("https://192.168.1.9/x", "own network"), ("https://10.0.0.1:8443/x", "own network"),
        ("https://169.254.169.254/x", "own network"), ("https://[::1]/x", "own network"),
        ("https://[fd00::1]/x", "own network"), ("https://0.0.0.0/x", "own network"),
        ("https://2130706433/x", "own network"),
    ],
)  # fmt: skip
def test_an_address_of_a_service_elsewhere_is_told_from_one_that_stops_together_with_us(url, why):
    assert problem(url) is None if why is None else why in problem(url)


def test_what_came_back_is_a_status_or_the_kind_of_error(service):
    assert opened(f"http://127.0.0.1:{service.server_port}/x") == 200
    assert opened("http://127.0.0.1:1/secret") == "ConnectionError"
