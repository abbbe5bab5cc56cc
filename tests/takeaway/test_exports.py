"""What is taken away: nothing invented, nothing that a spreadsheet would run."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.archive.reading import Row
from monitor.model import Metrics
from monitor.takeaway.csv import write_csv
from monitor.takeaway.ndjson import write_ndjson

ROW = Row(
    id=1, platform="x", native_id="11", url=None, handle="a", name=None, text="hello",
    created_at=datetime(2026, 11, 22, 18, 30, tzinfo=UTC), day=date(2026, 11, 22), kind="post", lang=None,
    metrics=Metrics(likes=0), followers=None, tone=None,
)  # fmt: skip


def as_csv(**changes: object) -> dict[str, str]:
    out = io.StringIO(newline="")
    assert write_csv([replace(ROW, **changes)], out) == 1
    [row] = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    return row


def test_csv_leaves_the_unknown_empty_and_writes_zero_as_zero():
    row = as_csv()
    assert (row["likes"], row["views"], row["url"]) == ("0", "", "")
    assert (row["created_at"], row["day"]) == ("2026-11-22T18:30:00Z", "2026-11-22")


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
@pytest.mark.parametrize("column", ["text", "handle", "name"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(start: str, column: str):
    assert as_csv(**{column: start + "cmd"})[column] == "'" + start + "cmd"


@pytest.mark.parametrize("text", ["hello = 1", "#Tag", "'quoted'", ""])
def test_any_other_text_stays_as_it_is(text: str):
    assert as_csv(text=text)["text"] == text


def test_ndjson_says_null_for_the_unknown_and_keeps_texts_as_they_are():
    out = io.StringIO()
    assert write_ndjson([ROW, replace(ROW, text="=1+1\nü")], out) == 2
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["likes"], first["views"], first["tone"]) == (0, None, None)
    assert second["text"] == "=1+1\nü"
