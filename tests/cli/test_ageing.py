"""What is let go after a time, by a worker that runs for months."""

from datetime import timedelta
from io import BytesIO

from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.cli.wiring.ageing import Ageing
from monitor.drop_box import DropBox
from tests.archive.saving import LONDON
from tests.builders import NOON


def test_a_file_that_nobody_takes_in_goes_without_anybody_looking_at_the_dashboard(tmp_path):
    now = NOON
    box = DropBox(tmp_path / "incoming", lambda: now)
    box.put(BytesIO(b"text"), "posts.csv", "the office")
    ageing = Ageing(
        mails=tmp_path / "mail",
        box=box,
        archive=lambda: Archive.open(tmp_path / "a.db", LONDON),
        accounts=Accounts.open(tmp_path / "access.db"),
        clock=lambda: now,
        is_believable=lambda: True,
    )
    for hours, there in ((0, 2), (13, 2), (13, 0)):
        now += timedelta(hours=hours)
        ageing(lambda: False)
        assert len(list((tmp_path / "incoming").iterdir())) == there
