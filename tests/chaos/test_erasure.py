"""Somebody erased beside a real worker, whose server goes on to show their posts and those that name them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.erasure.tombstones import Tombstones
from monitor.backup import Backups
from monitor.backup.eraser import Eraser
from tests.chaos.experiments.kills import CAMPAIGN, ZONE, Ledger, begin_at, ended, status, worker
from tests.planted_person import HANDLE, HOME, NAME, traces
from tests.sources.loopback import Answer, as_json, serving


class Town(Ledger):
    """A server on which one person writes each third post, and is named in each other third."""

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        if not path.startswith("/api/v1/timelines"):
            return super().answer(method, path, query)
        at = int(query.get("min_id", 0))
        super().answer(method, path, query)
        return as_json([post(number) for number in sorted(self.page(at, query), reverse=True)])


def post(number: int) -> dict[str, object]:
    """Return a status that the person wrote, or that names them, or neither."""
    made = status(number)
    if number % 3 == 1:
        uri = f"https://towns.example/users/{NAME}/statuses/{number}"
        account = {
            "url": HOME,
            "acct": HANDLE,
            "display_name": "Zebulonia Quillfeather",
            "followers_count": 3,
        }
        made |= {"uri": uri, "url": f"{HOME}/{number}", "account": account}
    if number % 3 == 2:
        made |= {"content": f"<p>@{NAME}, see {HOME}/{number - 1} <a>#test</a></p>"}
    return made


def erased(path: Path) -> list[str]:
    """Erase the person while a worker stores posts; return the traces once it has stored many more."""
    town, began = Town(), datetime.now(UTC)
    with serving(town.answer) as server:
        (path / "campaign.toml").write_text(CAMPAIGN.format(server=server.url))
        (path / "config").mkdir()
        begin_at(0, path / "a.db", server.url)
        with worker(path, began) as process:
            town.wait_for(20)
            backups = Backups(
                archive=path / "a.db", accounts=path / "access.db", config=path / "config",
                folder=path / "backups", zone=ZONE,
            )  # fmt: skip
            eraser = Eraser(
                backups=backups, mails=path / "mail", dotenv=path / ".env", waiting=path / "none",
                clock=lambda: datetime.now(UTC),
            )  # fmt: skip
            with Archive.open(path / "a.db", ZONE) as archive:
                [(author, *_)] = archive.persons.candidates(HANDLE)
                posts = archive.posts.count()
            assert posts > 10
            receipt = eraser.erase(author)
            assert receipt.posts > 3
            town.wait_to_the_end()
            assert ended(process) == 0
    with Archive.open(path / "a.db", ZONE) as archive:
        assert archive.posts.count() > posts
        assert archive.differences() == archive.checksums.damage() == []
    return traces(path)


def test_a_worker_that_goes_on_brings_nobody_back(tmp_path):
    assert erased(tmp_path) == []


def test_control_a_worker_that_asks_no_tombstones_does(tmp_path, monkeypatch):
    monkeypatch.setattr(Tombstones, "adding", lambda self, names: self)
    assert any(line.startswith("a.db") for line in erased(tmp_path))


pytestmark = pytest.mark.kills
