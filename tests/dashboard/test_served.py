"""What a test serves has ended with it: no thread of it meets what a later test patches."""

import threading
from http.client import HTTPConnection
from urllib.parse import urlsplit

from flask import Flask

from tests.dashboard.reports import Server, served

LIMIT = 60  # seconds, of which a busy machine may need some


def answering(monkeypatch, are_waited_for: bool) -> bool:
    """Return whether a server has ended while it still answers."""
    monkeypatch.setattr(Server, "daemon_threads", not are_waited_for)
    app, begun, may_end, ended = Flask("slow"), *(threading.Event() for _ in range(3))

    @app.get("/")
    def slow() -> str:
        begun.set()
        may_end.wait(0.2 if are_waited_for else LIMIT)
        ended.set()
        return "late"

    with served(app) as at:
        connection = HTTPConnection(urlsplit(at).netloc, timeout=LIMIT)
        connection.request("GET", "/")
        assert begun.wait(LIMIT)
    is_answering = not ended.is_set()
    may_end.set()
    connection.close()
    return is_answering


def test_a_server_that_has_ended_answers_no_more(monkeypatch):
    assert not answering(monkeypatch, are_waited_for=True)


def test_control_a_server_that_waits_for_nobody_still_does(monkeypatch):
    assert answering(monkeypatch, are_waited_for=False)


def test_a_connection_that_is_kept_open_holds_up_no_end():
    with served(Flask("any")) as at:
        connection = HTTPConnection(urlsplit(at).netloc, timeout=LIMIT)
        connection.request("GET", "/")
        assert connection.getresponse().read()
    connection.close()
