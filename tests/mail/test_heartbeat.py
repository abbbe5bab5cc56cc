"""A sign of life that holds nothing up."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from monitor.core.errors import ConfigError
from monitor.mail.heartbeat import ping
from tests.mail.week_decider import Time


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


def test_it_is_given_every_five_minutes(service):
    time = Time()
    alive = ping({"MONITOR_PING": f"http://127.0.0.1:{service.server_port}/x"}, time)
    given = []
    for _ in range(12):
        given.append(alive.beat())
        time.now += timedelta(minutes=1)
    assert given.count(True) == len(service.opened) == 3
    time.now -= timedelta(hours=3)  # the clock was set back
    assert alive.beat()


def test_a_service_that_is_gone_is_no_trouble(caplog):
    assert ping({"MONITOR_PING": "http://127.0.0.1:1/secret"}, Time()).beat()
    assert "secret" not in caplog.text
    assert "sign of life" in caplog.text


def test_without_an_address_there_is_none_and_a_wrong_one_is_named():
    assert not ping({}, Time()).beat()
    for url in ("http://example.org/x", "x", "file:///x", "https://[x"):
        with pytest.raises(ConfigError, match="MONITOR_PING"):
            ping({"MONITOR_PING": url}, Time())
