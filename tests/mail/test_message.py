"""What a message may say in its headers, whatever a stranger wrote."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.parser import BytesHeaderParser

import pytest

from monitor.core.errors import UnsafeMailError
from monitor.digest.content import letter
from monitor.digest.plain_text import text
from monitor.mail.envelope import Content, Heading
from monitor.mail.message import MOST, check, message
from monitor.mail.weekly.writing import content
from monitor.report import Report
from tests.dashboard.reports import a_post
from tests.digest.letters import ASKS, BASE, HELPED, NEW, a_week
from tests.export.hostile import hostile
from tests.mail.messages import NOW, SENDER

HEADERS = {
    "Message-ID": "<digest.2026-W47.1@dash.example.org>",
    "Date": "Mon, 23 Nov 2026 08:00:00 +0000",
    "From": "Calling Time on Crime <monitor@dash.example.org>",
    "To": "ann@example.org",
    "Subject": "A usual week",
    "Auto-Submitted": "auto-generated",
    "List-Id": "<digest.dash.example.org>",
    "List-Unsubscribe": "<https://dash.example.org/mail/k>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}
HEADING = Heading(to="ann@example.org", message_id=HEADERS["Message-ID"], date=NOW,
                  list_id="digest.dash.example.org", leave="https://dash.example.org/mail/k")  # fmt: skip
INJECTED = "Top: =?utf-8?q?Hi=0D=0ABcc:_evil@x.invalid?="


def headers(body: bytes) -> dict[str, str]:
    read = BytesHeaderParser(policy=policy.default).parsebytes(body)
    return {name: str(value) for name, value in read.items() if not name.startswith(("MIME", "Content"))}


def written(subject: str = "A usual week", **said: object) -> bytes:
    return message(Content(subject=subject, text="Hello.\n", **said), HEADING, SENDER)


def test_a_message_has_these_headers_and_no_others():
    assert headers(written()) == HEADERS


def test_one_click_is_offered_over_https_only():
    plain = replace(HEADING, leave="http://192.168.1.5:8000/mail/k")
    found = headers(message(Content(subject="x", text="x"), plain, SENDER))
    assert "List-Unsubscribe-Post" not in found
    assert found["List-Unsubscribe"] == "<mailto:monitor@dash.example.org?subject=Leave>"


def test_a_long_address_to_leave_by_stays_in_one_piece():
    long = replace(
        HEADING, leave=f"https://dashboard.of.a.very.long.name.example.org/{'x' * 60}/mail/{'k' * 22}"
    )
    body = message(Content(subject="x", text="x"), long, SENDER)
    assert f"<{long.leave}>" in body.decode().replace("\r\n ", " ")
    assert b"=?" not in body


def test_it_has_text_and_html_and_a_picture_of_its_own():
    read = message_from_bytes(written(html="<img src='cid:week'>", png=b"\x89PNG"))
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    assert [part["Content-ID"] for part in read.walk()][-1] == "<week>"


def test_a_header_that_hides_in_an_encoded_word_does_not_come_out():
    assert headers(written(INJECTED)) | {"Subject": ""} == HEADERS | {"Subject": ""}


def test_without_our_care_the_check_finds_it(monkeypatch):
    # On a Python that has mended CVE-2024-6923, this says nothing of the check: the next test does.
    monkeypatch.setattr("monitor.mail.message._plain", lambda text: text)
    try:
        body = written(INJECTED)
    except UnsafeMailError as error:
        found = str(error)
    else:
        found = "no Bcc" if "Bcc" not in message_from_bytes(body) else ""
    assert "Bcc" in found


@pytest.mark.parametrize("line", ["Bcc: eve@evil.example", "To: eve@evil.example", "Subject: twice",
                                  "X-Mine: 1", "Reply-To: eve@evil.example"])  # fmt: skip
def test_a_header_too_many_is_found(line):
    with pytest.raises(UnsafeMailError, match="headers that it should not have"):
        check(line.encode() + b"\r\n" + written(), to="ann@example.org")


def test_another_reader_or_sender_is_found():
    for to, sender in (("bob@example.org", None), ("ann@example.org", "eve@evil.example")):
        with pytest.raises(UnsafeMailError, match="somebody else"):
            check(written(), to=to, sender=sender)
    two = written().replace(b"To: ann@example.org", b"To: ann@example.org, eve@evil.example")
    with pytest.raises(UnsafeMailError, match="somebody else"):
        check(two, to="ann@example.org")


def test_a_part_too_many_is_found():
    body = written(html="<p>x</p>").replace(b"Content-Type: text/html", b"Content-Type: application/x-evil")
    with pytest.raises(UnsafeMailError, match="parts"):
        check(body, to="ann@example.org")


def bad_week(usual: Report, said: str) -> Report:
    bad = {"text": said, "name": said[:500], "handle": said[:500], "url": said[:500]}
    posts = tuple(replace(post, **bad) for post in (HELPED, ASKS, NEW))
    return replace(usual, top=posts, latest=tuple(reversed(posts)))


@pytest.mark.slow
def test_every_hostile_text_as_text_name_and_handle_changes_no_header_and_no_reader():
    week = a_week()
    usual = headers(mailed(week))
    for said in hostile():
        found = headers(mailed(bad_week(week, said)))
        subject = found.pop("Subject")
        assert found == {name: value for name, value in usual.items() if name != "Subject"}
        assert re.fullmatch(r"#CallingTimeOnCrime: A usual week: 567 posts", subject)


def mailed(report: Report) -> bytes:
    said = letter(report, base=BASE)
    words = text(said, why_me="You asked for it.", leave=HEADING.leave)
    return message(Content(subject=said.subject, text=words), HEADING, SENDER)


def test_a_full_mail_is_far_from_where_mail_programs_cut_it_off():
    full = content(letter(a_week(), base=BASE), "You asked for it.", HEADING.leave, None)
    assert len(full.html.encode()) <= MOST / 3
    worst = a_post(text="😀" * 5000)
    bad = content(letter(a_week(top=(worst,), latest=()), base=BASE), "x", "", None)
    assert len(bad.html.encode()) <= MOST
