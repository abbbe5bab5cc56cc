"""A row becomes what the types of a record say."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

import pytest

from monitor.core.records import record


@dataclass(frozen=True, kw_only=True)
class Letter:
    name: str
    number: int
    is_sent: bool
    body: bytes
    words: tuple[str, ...]
    due: date
    at: datetime | None


class Pair(NamedTuple):
    name: str | None
    is_known: bool


AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stored", "at"), [("2026-03-02T12:00:00Z", AT), (None, None), ("", None)], ids=["a time", "NULL", "none"]
)
def test_a_row_is_read_by_the_types_of_its_record(stored, at):
    letter = record(Letter, ["a", 3, 0, memoryview(b"x"), "one two", "2026-03-02", stored])
    assert letter == Letter(
        name="a", number=3, is_sent=False, body=b"x", words=("one", "two"), due=date(2026, 3, 2), at=at
    )
    assert (type(letter.is_sent), type(letter.body)) == (bool, bytes)


def test_zero_stays_zero_and_null_is_not_known():
    assert record(Pair, (None, None)) == Pair(None, None)
    assert record(Letter, ["", 0, 1, b"", "", "2026-03-02", None]).number == 0


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        record(Pair, ("a",))
