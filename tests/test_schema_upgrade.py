"""SQL of many statements: each is run once, and none of them when one fails."""

import sqlite3

import pytest
from sqlite_utils import Database

from monitor.schema_upgrade import run

SCRIPT = """
CREATE TABLE a (n INTEGER);  -- a comment; with a semicolon
CREATE TABLE log (
  said TEXT                  -- what; and why
);
CREATE TRIGGER t AFTER INSERT ON a WHEN NEW.n > 0 BEGIN
  INSERT INTO log VALUES ('one; ' || NEW.n);
  INSERT INTO log VALUES ('two');
END;

INSERT INTO a VALUES (7); -- the last
"""


def a_database() -> Database:
    return Database(sqlite3.connect(":memory:", isolation_level=None), execute_plugins=False)


def test_each_statement_is_run_triggers_and_comments_and_all() -> None:
    db = a_database()
    run(db, SCRIPT)
    assert db.execute("SELECT said FROM log").fetchall() == [("one; 7",), ("two",)]


def test_a_statement_without_its_semicolon_is_run_too() -> None:
    db = a_database()
    run(db, "CREATE TABLE a (n);\nINSERT INTO a VALUES (1)")
    assert db.execute("SELECT n FROM a").fetchall() == [(1,)]


def test_when_one_fails_the_transaction_takes_back_those_before_it() -> None:
    db = a_database()
    with pytest.raises(sqlite3.OperationalError), db.atomic():
        run(db, f"{SCRIPT}CREATE TABLE a (n);\n")
    assert db.table_names() == []


def test_two_statements_on_a_line_are_refused_not_forgotten() -> None:
    with pytest.raises((sqlite3.Warning, sqlite3.ProgrammingError)):
        run(a_database(), "CREATE TABLE a (n); CREATE TABLE b (n);\n")
