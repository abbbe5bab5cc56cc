"""Alerts for a chat: to the servers that may be written to, and nobody is told its address."""

import json
import logging
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from monitor.alerts.rules import Alert
from monitor.cli.collect import talk
from monitor.core.errors import ConfigError
from monitor.mail.outbox_delivery import deliver
from monitor.mail.store import Mail
from monitor.mail.webhook import Webhook, webhook
from tests.mail.messages import CAMPAIGN, MINUTE, NOW, a_mail, by_smtp, put

ALERT = Alert(
    rule="burst", subject="2026-11-23T13", title="14 people posted <here> & there",
    cause="No clear cause.",
    links={"The posts | of today": "/posts?since=2026-11-23"},
    pause=timedelta(hours=1),
)  # fmt: skip
BASE, SECRET = "https://dash.example.org", "T000-secret-B000"
HERE = ("127.0.0.1",)


class Chat:
    """A server that answers with `code`, or not at all, and keeps what it was sent."""

    def __init__(self):
        self.code, self.got, self.silent = 200, [], False
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                chat.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                if chat.silent:
                    self.close_connection = True
                    return
                self.send_response(chat.code)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.hook = webhook({"MONITOR_WEBHOOK": f"http://127.0.0.1:{self.server.server_port}/{SECRET}"}, HERE)


@pytest.fixture
def chat():
    made = Chat()
    yield made
    made.server.shutdown()
    made.server.server_close()


def queued(store, hook):
    body = hook.body(ALERT, title="#CallingTimeOnCrime", base=BASE)
    put(store, Mail(kind="webhook", period="x", address=hook.host, message_id="<chat@x>", body=body))


def state(store):
    return next(one for one in store.deliveries(CAMPAIGN) if one.kind == "webhook")


def test_an_alert_arrives_with_its_cause_and_links(store, chat):
    queued(store, chat.hook)
    assert deliver(store, by_smtp(1), lambda: NOW, chat.hook) == 1
    assert chat.got == [{
        "campaign": "#CallingTimeOnCrime", "rule": "burst", "subject": "2026-11-23T13", "title": ALERT.title,
        "cause": ALERT.cause,
        "links": [{"text": "The posts | of today", "url": f"{BASE}/posts?since=2026-11-23"}],
    }]  # fmt: skip
    assert state(store).state == "sent"


@pytest.mark.parametrize(("code", "expected"), [
    (204, "sent"), (429, "queued"), (503, "queued"), (404, "stopped"), (302, "stopped"),
])  # fmt: skip
def test_what_the_server_says_decides_whether_it_is_tried_again(store, chat, code, expected):
    chat.code = code
    queued(store, chat.hook)
    deliver(store, by_smtp(1), lambda: NOW, chat.hook)
    assert (state(store).state, len(chat.got)) == (expected, 1)  # a redirect is not followed


def test_without_an_answer_nobody_knows_and_without_a_server_it_waits(store, chat):
    queued(store, chat.hook)
    chat.silent = True
    deliver(store, by_smtp(1), lambda: NOW, chat.hook)
    assert state(store).state == "data"
    chat.silent = False
    deliver(store, by_smtp(1), lambda: NOW + 11 * MINUTE, chat.hook)
    assert (state(store).state, state(store).twice) == ("sent", True)


def test_a_server_that_is_not_there_is_tried_again(store):
    hook = webhook({"MONITOR_WEBHOOK": f"http://127.0.0.1:1/{SECRET}"}, HERE)
    queued(store, hook)
    deliver(store, by_smtp(1), lambda: NOW, hook)
    assert (state(store).state, state(store).reason) == ("queued", "The chat's server could not be reached.")


def test_a_chat_that_was_taken_away_stops_what_waits_and_mails_go_on(store, chat, server):
    queued(store, chat.hook)
    put(store, a_mail())
    assert deliver(store, by_smtp(server.port), lambda: NOW, None) == 1
    assert state(store).state == "stopped"
    assert chat.got == []


def test_its_address_is_in_no_log_and_no_reason(store, chat, caplog):
    talk()  # as the worker does; without it, urllib3 tells each address
    caplog.set_level(logging.DEBUG)
    for code in (500, 404):
        chat.code = code
        queued(store, chat.hook)
        deliver(store, by_smtp(1), lambda: NOW, chat.hook)
    said = repr(chat.hook) + chat.hook.words + state(store).reason + caplog.text
    assert SECRET not in said
    logging.getLogger("urllib3").setLevel(logging.DEBUG)
    put(store, replace(a_mail(), kind="webhook", message_id="<again@x>", body=b"{}"))
    deliver(store, by_smtp(1), lambda: NOW, chat.hook)
    assert SECRET in caplog.text  # the control
    talk()


@pytest.mark.parametrize(("url", "hosts"), [
    ("https://hooks.slack.com/services/x", ()), ("https://example.webhook.office.com/x", ()),
    ("https://prod-1.westeurope.logic.azure.com:443/x", ()),
    ("https://chat.example.org:8443/x", ("chat.example.org",)),
    ("http://localhost:9000/x", ("localhost",)),
])  # fmt: skip
def test_these_may_be_written_to(url, hosts):
    assert webhook({"MONITOR_WEBHOOK": url}, hosts).url == url


@pytest.mark.parametrize(("url", "hosts"), [
    ("http://hooks.slack.com/services/x", ()), ("https://hooks.slack.com.evil.example/x", ()),
    ("https://evil.example/hooks.slack.com", ()), ("https://evilwebhook.office.com.evil.example/x", ()),
    ("https://hooks.slack.com:8443/x", ()), ("https://hooks.slack.com@evil.example/x", ()),
    ("https://a:b@hooks.slack.com/x", ()), ("http://127.0.0.1:8000/x", ()), ("file:///etc/passwd", ()),
    ("http://chat.example.org/x", ("chat.example.org",)), ("https://[::1/x", ()), ("hooks.slack.com/x", ()),
    ("https://169.254.169.254/latest", ()), ("https://evil.com\\.webhook.office.com/x", ()),
    ("https://hooks.slack.com/a b", ()),
])  # fmt: skip
def test_nobody_else_may(url, hosts):
    with pytest.raises(ConfigError, match="MONITOR_WEBHOOK") as error:
        webhook({"MONITOR_WEBHOOK": url}, hosts)
    assert "services" not in str(error.value)


def test_without_an_address_there_is_no_chat():
    assert webhook({}, ()) is None


def test_slack_is_told_in_its_own_words_and_reads_no_marks_in_ours():
    said = json.loads(Webhook(url="https://hooks.slack.com/services/x").body(ALERT, title="#Tag", base=BASE))
    assert said["text"].splitlines() == [
        "*#Tag: 14 people posted &lt;here&gt; &amp; there*",
        "No clear cause.",
        f"<{BASE}/posts?since=2026-11-23|The posts | of today>",
    ]


def test_teams_is_told_by_a_card():
    said = json.loads(Webhook(url="https://x.webhook.office.com/x").body(ALERT, title="#Tag", base=BASE))
    card = said["attachments"][0]["content"]
    assert [one["text"] for one in card["body"]] == [f"#Tag: {ALERT.title}", ALERT.cause]
    assert card["actions"][0]["url"] == f"{BASE}/posts?since=2026-11-23"
