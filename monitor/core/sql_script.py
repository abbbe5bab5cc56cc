"""SQL of many statements, run inside the transaction that is open."""

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # pysqlite3 where there is one


def run(db: Database, script: str) -> None:
    """Execute every statement of a script; each ends at the end of a line.

    `Database.executescript` asks after each character whether a statement is whole, which takes a second
    for the tables of an archive.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if ";" in line and sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    if statement.strip():
        db.execute(statement)
