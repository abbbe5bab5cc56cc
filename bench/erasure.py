"""What it takes to erase somebody from a large archive, whole, with a worker that could go on meanwhile."""

import sqlite3
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from bench.ratios import Ratio, seconds
from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.backup import Backups
from monitor.backup.eraser import Eraser
from monitor.core.clock import utcnow
from tests.archive.saving import LONDON

POSTS_OF_ONE = 300  # of the person, about


def measure(path: Path) -> list[Ratio]:
    """Return how long it takes in a copy of an archive of 300,000 posts."""
    with TemporaryDirectory(prefix="bench-", dir=path.parent) as scratch:
        folder = Path(scratch)
        archive = Path(copyfile(path, folder / "archive.db"))
        with sqlite3.connect(archive) as db:  # nobody is erased from made-up posts
            db.execute("UPDATE meta SET value = 'no' WHERE key = 'demo'")
        with Archive.open(archive, LONDON) as opened:
            [(author, posts)] = opened.db.execute(
                "SELECT author_id, count(*) FROM posts GROUP BY 1 ORDER BY abs(count(*) - ?) LIMIT 1",
                [POSTS_OF_ONE],
            )
        Accounts.open(folder / "access.db").close()
        backups = Backups(
            archive=archive,
            accounts=folder / "access.db",
            config=folder,
            folder=folder / "backups",
            zone=LONDON,
        )
        eraser = Eraser(backups=backups, mails=folder / "mail", waiting=folder / "none", clock=utcnow)
        wait = seconds(lambda: eraser.erase(author))
    note = f"{posts} posts are theirs"
    return [
        Ratio(goal="erasing a person of 300,000 posts, s", value=wait, target=5, at_least=False, note=note)
    ]
