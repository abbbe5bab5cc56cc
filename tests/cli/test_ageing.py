"""What is let go after a time, by a worker that runs for months."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest

from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.backup.mail_erasure import MailErasure
from monitor.campaign import KeepSettings
from monitor.cli import Paths
from monitor.cli.wiring import campaign_of
from monitor.cli.wiring.ageing import Ageing
from monitor.cli.wiring.mail import mail_turn
from monitor.core.errors import ArchiveError
from monitor.drop_box import DropBox
from monitor.mail.store import Mail, MailStore
from tests.archive.saving import LONDON, opened, saved
from tests.builders import NOON, a_page, a_post
from tests.campaigns import ONE_TRACK
from tests.canary import CANARY, traces

pytestmark = pytest.mark.heavy

DAY = timedelta(days=1)


def test_a_file_that_nobody_takes_in_goes_without_anybody_looking_at_the_dashboard(tmp_path):
    now = NOON
    box = DropBox(tmp_path / "incoming", lambda: now)
    box.put(BytesIO(b"text"), "posts.csv", "the office")
    ageing = Ageing(
        mails=tmp_path / "mail",
        box=box,
        archive=lambda: Archive.open(tmp_path / "a.db", LONDON),
        accounts=Accounts.open(tmp_path / "access.db"),
        keep=KeepSettings(),
        clock=lambda: now,
    )
    for hours, there in ((0, 2), (13, 2), (13, 0)):
        now += timedelta(hours=hours)
        ageing(lambda: False)
        assert len(list((tmp_path / "incoming").iterdir())) == there


def test_texts_and_names_that_are_too_old_are_gone_from_the_file_within_a_day(tmp_path):
    now = NOON
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(text=CANARY, by=CANARY), a_post(id="2", created_at=NOON + 300 * DAY)))
    ageing = Ageing(
        mails=tmp_path / "mail",
        box=DropBox(tmp_path / "incoming", lambda: now),
        archive=lambda: opened(tmp_path),
        accounts=Accounts.open(tmp_path / "access.db"),
        keep=KeepSettings(),
        clock=lambda: now,
    )
    ageing(lambda: False)
    assert traces(tmp_path) != {}
    now += 366 * DAY
    ageing(lambda: False)
    assert traces(tmp_path) == {}
    with opened(tmp_path) as archive:
        assert [row.text is None for row in archive.posts.every()] == [True, False]
        assert archive.retention.is_compact
        assert archive.differences() == []


def mailed(folder: Path, name: str, words: str, *, is_delivered: bool = True) -> None:
    """Put a mail into the outbox, and into the folder of those that were not sent."""
    mail = EmailMessage()
    mail.set_content(words, cte="base64")
    (folder / "mail").mkdir(exist_ok=True)
    (folder / f"mail/{name}.eml").write_bytes(mail.as_bytes())
    with closing(MailStore.open(folder / "access.db")) as store:
        post = Mail(
            kind="digest", period="w", address=f"{name}@b.example", message_id=name, body=mail.as_bytes()
        )
        store.enqueue("c", [post], until=NOON + DAY, now=NOON)
        if is_delivered:
            claimed = store.claim(NOON)
            assert claimed
            store.hand_over(claimed, NOON)
            store.arrived(claimed, NOON)


def test_delivered_mails_that_show_a_post_which_was_deleted_go_within_a_day_and_others_stay(tmp_path):
    mailed(tmp_path, "gone", f"{CANARY} https://m.example/posts/1")
    mailed(tmp_path, "other", "words /posts/2 /posts/999")
    mailed(tmp_path, "waiting", "words /posts/1", is_delivered=False)
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(text=CANARY), a_post(id="2")))
        archive.ingest.scrub([1], NOON)
        outbox = MailErasure.open(tmp_path / "access.db")
        outbox.forget_shown(archive.retention.has_scrubbed, tmp_path / "mail")
    assert traces(tmp_path) == {}
    assert [file.name for file in (tmp_path / "mail").iterdir()] == ["other.eml"]
    with closing(sqlite3.connect(tmp_path / "access.db")) as db:
        kept = db.execute("SELECT message_id FROM outbox WHERE body IS NOT NULL ORDER BY id").fetchall()
    assert kept == [("other",), ("waiting",)]


def test_mails_that_show_a_deleted_post_go_even_while_old_data_cannot(tmp_path, monkeypatch):
    def breaks(self, stop):
        raise ArchiveError("Others are at work on it.")

    monkeypatch.chdir(tmp_path)  # where no .env is
    monkeypatch.setattr(Ageing, "__call__", breaks)
    (tmp_path / "campaign.toml").write_text(ONE_TRACK)
    paths = Paths(campaign=tmp_path / "campaign.toml", archive=tmp_path / "archive.db")
    mailed(tmp_path, "gone", f"{CANARY} /posts/1")
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post()))
        archive.ingest.scrub([1], NOON)
    mail_turn(paths, campaign_of(paths))(lambda: False)
    assert not (tmp_path / "mail/gone.eml").exists()
