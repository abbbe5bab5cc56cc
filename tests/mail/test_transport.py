import os
import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.archive import Archive
from monitor.cli import Paths
from monitor.cli.wiring import campaign_of
from monitor.cli.wiring.mail import mail_turn
from monitor.core.clock import ClockCheck, utcnow
from monitor.core.errors import AccessError, ConfigError, MailServerError
from monitor.core.model import Rejected
from monitor.mail.outbox_delivery import deliver
from monitor.mail.smtp import Smtp
from monitor.mail.store.outbox import KEPT
from monitor.mail.transport import Folder, remove_old, transport
from tests.archive.saving import saved
from tests.builders import a_page
from tests.campaigns import ONE_TRACK
from tests.mail.messages import CAMPAIGN, LATER, MINUTE, NOW, SENDER, a_mail, by_smtp, put, states
from tests.mail.week_decider import Time

CAMPAIGN_FILE = (
    ONE_TRACK
    + """\
[sources.mastodon]
on = false
"""
)


def sent(store, out, now=NOW):
    return deliver(store, out, lambda: now)


def test_each_reader_is_sent_one_message_and_no_other(store, server):
    put(store, a_mail(), a_mail("bob@example.org"))
    assert sent(store, by_smtp(server.port)) == 2
    assert sent(store, by_smtp(server.port)) == 0
    assert [(one.sender, one.readers) for one in server.taken] == [
        (SENDER.address, ("ann@example.org",)), (SENDER.address, ("bob@example.org",)),
    ]  # fmt: skip
    assert set(states(store).values()) == {"sent"}


def test_the_message_arrives_as_it_was_frozen(store, server):
    mail = a_mail(text=".a line that begins with a dot\n..two\nünï\n" + "x" * 2000 + "\n")
    put(store, mail)
    sent(store, by_smtp(server.port))
    assert server.taken[0].body == mail.body


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_server_that_says_later_is_asked_later_each_time_after_a_longer_wait(store, server, step):
    server.answers[step] = ["451 greylisted"] * 5
    put(store, a_mail())
    now, waits = NOW, []
    for _ in range(5):
        assert sent(store, by_smtp(server.port), now) == 0
        found = store.deliveries(CAMPAIGN)[0]
        assert (found.state, found.reason) == ("queued", "The mail server answered: 451 greylisted")
        waits.append((found.next_at - now) // MINUTE)
        now = found.next_at
    assert waits == [1, 5, 30, 60, 60]
    assert sent(store, by_smtp(server.port), now) == 1
    assert not store.deliveries(CAMPAIGN)[0].twice


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_server_that_says_never_is_not_asked_again_and_its_reason_is_shown(store, server, step):
    server.answers[step] = ["550 no such user"]
    put(store, a_mail(), a_mail("bob@example.org"))
    assert sent(store, by_smtp(server.port)) == 1  # the other one goes all the same
    assert states(store) == {"ann@example.org": "stopped", "bob@example.org": "sent"}
    assert store.deliveries(CAMPAIGN)[1].reason == "The mail server answered: 550 no such user"
    assert sent(store, by_smtp(server.port), LATER) == 0


def test_a_connection_lost_before_the_answer_leaves_it_open_then_one_repeat_with_the_same_number(
    store, server
):
    put(store, a_mail())
    server.drop = True
    assert sent(store, by_smtp(server.port)) == 0
    assert states(store) == {"ann@example.org": "data"}
    assert sent(store, by_smtp(server.port), NOW + 9 * MINUTE) == 0
    server.drop = False
    assert sent(store, by_smtp(server.port), NOW + 11 * MINUTE) == 1
    assert list(server.counted().values()) == [2]
    assert store.deliveries(CAMPAIGN)[0].twice


def test_without_a_server_the_mail_waits(store):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        put(store, a_mail())
        assert sent(store, by_smtp(closed.getsockname()[1])) == 0
    found = store.deliveries(CAMPAIGN)[0]
    assert found.state == "queued"
    assert found.reason.startswith("The mail server 127.0.0.1 cannot be used:")


def test_a_server_that_never_speaks_is_left_in_time(store):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        put(store, a_mail())
        assert sent(store, by_smtp(silent.getsockname()[1], timeout=0.2)) == 0
    assert "timed out" in store.deliveries(CAMPAIGN)[0].reason


def test_a_message_with_a_header_of_its_own_is_never_sent(store, server):
    good = a_mail()
    put(store, type(good)(**{**{f: getattr(good, f) for f in ("kind", "period", "address", "message_id")},
                            "body": b"Bcc: eve@evil.example\r\n" + good.body}))  # fmt: skip
    assert sent(store, by_smtp(server.port)) == 0
    assert server.taken == []
    assert states(store) == {"ann@example.org": "stopped"}
    assert "Bcc" in store.deliveries(CAMPAIGN)[0].reason


@pytest.mark.slow
def test_two_at_once_send_each_mail_once(store, server):
    put(store, *(a_mail(f"{n}@example.org") for n in range(40)))
    server.slow = 0.002
    threads = [threading.Thread(target=sent, args=(store, by_smtp(server.port))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(server.counted().values()) == {1}
    assert len(server.taken) == 40


def test_without_a_server_set_mails_are_put_into_a_folder_once(store, tmp_path):
    mail = a_mail()
    put(store, mail)
    out = transport({}, tmp_path / "mail")
    assert str(tmp_path / "mail") in out.words
    assert store.hand_over(store.claim(NOW), NOW)  # somebody died here, perhaps after it was written
    assert sent(store, out, NOW + 11 * MINUTE) == 1
    files = list((tmp_path / "mail").iterdir())
    assert [file.read_bytes() for file in files] == [mail.body]
    assert files[0].name == "digest.2026-W47.ann-example.org-dash.example.org.eml"
    [kept] = store.deliveries(CAMPAIGN)
    assert (kept.words, kept.reason) == ("saved, not sent", out.words)  # nobody waits for it to arrive


def test_a_folder_that_cannot_be_written_to_lets_the_mail_wait(store, tmp_path):
    (tmp_path / "mail").write_text("a file")
    put(store, a_mail())
    assert sent(store, Folder(path=tmp_path / "mail")) == 0
    assert states(store) == {"ann@example.org": "queued"}


def test_messages_in_the_folder_are_removed_when_they_are_old_and_nothing_else_is(tmp_path):
    for name, days in {"new.eml": 29, "old.eml": 31, "half.part": 31, "people.txt": 31}.items():
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, times=((NOW - days * 24 * 60 * MINUTE).timestamp(),) * 2)
    remove_old(tmp_path, NOW - KEPT)
    assert {file.name for file in tmp_path.iterdir()} == {"new.eml", "people.txt"}
    remove_old(tmp_path / "none", NOW)  # before the first mail


@pytest.mark.heavy
@pytest.mark.parametrize(("believable", "left"), [(True, 0), (False, 1)])
def test_the_worker_ages_mails_and_the_archive_while_its_clock_is_believed(
    tmp_path, monkeypatch, believable, left
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ClockCheck, "is_believable", lambda self: believable)
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail/old.eml").write_text("x")
    os.utime(tmp_path / "mail/old.eml", times=((utcnow() - 31 * 24 * 60 * MINUTE).timestamp(),) * 2)
    (tmp_path / "campaign.toml").write_text(CAMPAIGN_FILE)
    paths = Paths(campaign=tmp_path / "campaign.toml", archive=tmp_path / "archive.db")
    with Archive.open(paths.archive, campaign_of(paths).zone) as archive:
        ago = utcnow().replace(hour=12) - 40 * 24 * 60 * MINUTE
        saved(archive, a_page(), now=ago - MINUTE)  # the first stays; the two after it are made one
        saved(archive, a_page(rejected=(Rejected.of("odd", "x"),)), now=ago)
        saved(archive, a_page(), now=ago + MINUTE)
        saved(archive, a_page(), now=utcnow())
        mail_turn(paths, campaign_of(paths))(lambda: False)
        assert len(list((tmp_path / "mail").iterdir())) == left
        assert archive.db.number("SELECT count(*) FROM rejected") == left
        assert archive.db.number("SELECT count(*) FROM coverage") == 3 + left


SERVER = {"MONITOR_SMTP_HOST": "mail.example.org", "MONITOR_MAIL_FROM": "Monitor@example.org"}


def test_the_environment_names_the_server():
    assert transport(SERVER, None) == Smtp(host="mail.example.org", port=587, sender="monitor@example.org")
    more = {"MONITOR_SMTP_TLS": "tls", "MONITOR_SMTP_USER": "u", "MONITOR_SMTP_PASSWORD": "secret-word"}
    found = transport(SERVER | more, None)
    assert (found.port, found.user, found.tls) == (465, "u", "tls")
    assert "secret-word" not in repr(found) + found.words + str(found)
    assert transport(SERVER | {"MONITOR_SMTP_PORT": "2525"}, None).port == 2525


@pytest.mark.parametrize(("wrong", "said"), [
    ({"MONITOR_MAIL_FROM": ""}, "MONITOR_MAIL_FROM"),
    ({"MONITOR_SMTP_TLS": "ssl"}, "starttls, tls or none"),
    ({"MONITOR_SMTP_TLS": "none"}, "everything unencrypted"),
    ({"MONITOR_SMTP_PORT": "x"}, "a number such as 587"),
    ({"MONITOR_SMTP_PORT": "70000"}, "a number such as 587"),
    ({"MONITOR_SMTP_USER": "u"}, "go together"),
    ({"MONITOR_SMTP_HOST": "localhost", "MONITOR_SMTP_TLS": "none", "MONITOR_SMTP_USER": "u",
      "MONITOR_SMTP_PASSWORD": "p"}, "everything unencrypted"),
])  # fmt: skip
def test_a_wrong_setting_is_named(wrong, said):
    with pytest.raises(ConfigError, match=said):
        transport(SERVER | wrong, None)


def test_a_mail_that_waits_too_long_is_stopped(store):
    put(store, a_mail(), until=NOW + timedelta(hours=1))
    assert sent(store, by_smtp(1), NOW + timedelta(hours=2)) == 0
    assert states(store) == {"ann@example.org": "stopped"}


def test_a_server_that_is_away_is_asked_once_and_all_mails_wait_but_not_the_chat(store):
    put(store, *(a_mail(f"{n}@example.org") for n in range(20)))
    put(store, replace(a_mail(), address="chat", kind="webhook", message_id="<chat@x>"))
    asked, told = [], []

    class Away:
        def deliver(self, mail, hand_over):
            asked.append(mail.address)
            raise MailServerError("The mail server cannot be used.")

    class Chat:
        def deliver(self, mail, hand_over):
            told.append(mail.address)
            return hand_over()

    assert deliver(store, Away(), lambda: NOW, Chat()) == 1
    assert (len(asked), told) == (1, ["chat"])
    waiting = [one for one in store.deliveries(CAMPAIGN) if one.kind == "digest"]
    assert {(one.state, one.next_at, one.reason) for one in waiting} == {
        ("queued", NOW + MINUTE, "The mail server cannot be used.")
    }


def test_a_fault_of_ours_in_one_mail_holds_up_no_other(store):
    put(store, a_mail(), a_mail("bob@example.org"))

    class Breaks:
        def deliver(self, mail, hand_over):
            if mail.address.startswith("ann"):
                raise ZeroDivisionError
            return hand_over()

    assert deliver(store, Breaks(), lambda: NOW) == 1
    assert states(store) == {"ann@example.org": "queued", "bob@example.org": "sent"}
    assert "A fault in this program" in store.deliveries(CAMPAIGN)[1].reason


def test_one_turn_does_not_last_for_ever(store):
    put(store, *(a_mail(f"{n}@example.org") for n in range(9)))
    time = Time(NOW)

    class Slow:
        def deliver(self, mail, hand_over):
            time.now += MINUTE
            return hand_over()

    assert deliver(store, Slow(), time) == 5
    assert deliver(store, Slow(), time) == 4


def test_a_message_that_the_server_does_not_ask_for_was_not_handed_over(store, server):
    server.answers["DATA COMMAND"] = ["451 later", "554 never", ""]
    put(store, a_mail())
    assert sent(store, by_smtp(server.port)) == 0
    assert states(store) == {"ann@example.org": "queued"}
    sent(store, by_smtp(server.port), NOW + MINUTE)
    assert states(store) == {"ann@example.org": "stopped"}
    put(store, a_mail("bob@example.org"))
    sent(store, by_smtp(server.port))  # the line goes dead before the server asks for it
    assert states(store)["bob@example.org"] == "queued"
    assert server.taken == []


def test_a_name_that_no_server_can_have_lets_mails_wait(store):
    put(store, a_mail())
    out = Smtp(host="127.0.0.1", port=1, sender=SENDER.address, tls="none", user="ü", password="£")
    assert sent(store, replace(out, host="mail..example.org")) == 0
    assert "cannot be used" in store.deliveries(CAMPAIGN)[0].reason


def test_a_mail_that_was_taken_is_noted_even_if_the_file_is_held(store, server, monkeypatch):
    put(store, a_mail())
    real, held = type(store).arrived, []

    def busy(self, mail, now, *, folder):
        held.append(1)
        if len(held) < 4:
            raise AccessError("Another program is changing the accounts.")
        real(self, mail, now, folder=folder)

    monkeypatch.setattr(type(store), "arrived", busy)
    assert sent(store, by_smtp(server.port)) == 1
    assert states(store) == {"ann@example.org": "sent"}
