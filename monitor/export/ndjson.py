"""NDJSON: one JSON object a line, for programs."""

import json
from collections.abc import Iterable
from typing import TextIO

from monitor.archive.values import PostRow
from monitor.export import FILE_COLUMNS, file_record


def write_ndjson(rows: Iterable[PostRow], out: TextIO) -> int:
    """Write a line for each row; None is null. Return the number of rows."""
    number = 0
    for row in rows:
        record = file_record(row)
        out.write(json.dumps({name: record[name] for name in FILE_COLUMNS}, ensure_ascii=False) + "\n")
        number += 1
    return number
