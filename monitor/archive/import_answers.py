"""What people said of the columns of their files, by the fingerprint of these columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.archive.connection import Connection, WriteConnection
from monitor.core.clock import stamp


@dataclass(frozen=True, slots=True)
class ImportAnswers:
    """The answers that are remembered."""

    db: Connection

    def of(self, header: str) -> dict[str, str]:
        """Return the answers for files with these columns, by the keys of their questions."""
        sql = "SELECT question, answer FROM import_answers WHERE header = ?"
        return dict(self.db.execute(sql, [header]).fetchall())


@dataclass(frozen=True, slots=True)
class ImportAnswersWriter(ImportAnswers):
    """The answers, and what is said anew."""

    db: WriteConnection

    def save(self, header: str, answers: Mapping[str, str], now: datetime) -> None:
        """Remember these answers; all before them go."""
        rows = [(header, question, answer, stamp(now)) for question, answer in answers.items()]
        with self.db.transaction():
            self.db.execute("DELETE FROM import_answers WHERE header = ?", [header])
            self.db.executemany("INSERT INTO import_answers VALUES (?, ?, ?, ?)", rows)
