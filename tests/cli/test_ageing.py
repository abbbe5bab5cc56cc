"""What is let go after a time, by a worker that runs for months."""

from datetime import timedelta
from io import BytesIO

from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.campaign import KeepSettings
from monitor.cli.wiring.ageing import Ageing
from monitor.drop_box import DropBox
from tests.archive.saving import LONDON, opened, saved
from tests.builders import NOON, a_page, a_post
from tests.canary import CANARY, traces

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
