"""What a file that somebody brings is, before it is taken in: its kind, its columns, ten of its posts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.collect.imports.file_import import as_of, is_table, read_file
from monitor.collect.imports.table_import import survey
from monitor.core.errors import MonitorError
from monitor.core.files.contents import Inspection, Item, with_answers
from monitor.core.model import Post

SAMPLE, _TEXT = 10, 2_000  # items that are shown, and characters of each


def inspect(path: Path, answers: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Inspection:
    """Return what a file is taken for, with these answers to questions about it.

    `zone` is the campaign's. Raises MonitorError, saying what is understood, for a file of no known kind.
    """
    look = survey(path, answers, zone) if is_table(path) else None
    sample = () if look and look.question else _sample(read_file(path, answers, zone))
    is_undated = any(isinstance(item, Post) and item.read_at is None for item in sample)
    plain = Inspection(
        kind="a file of posts in JSON", sample=sample, read_at=as_of(path, now) if is_undated else None
    )
    if not look:
        return plain
    return replace(
        plain, kind=look.kind, header=look.header, columns=tuple(look.layout.taken_for()),
        choices=look.layout.choices, question=look.question,
    )  # fmt: skip


def inspect_again(
    path: Path,
    answers: Mapping[str, str],
    remembered: Callable[[str], Mapping[str, str]],
    zone: ZoneInfo,
    now: datetime,
) -> tuple[Inspection, Mapping[str, str]]:
    """Return the same, and the answers, with those that are `remembered` for a table of these columns."""
    look = inspect(path, answers, zone, now)
    if before := remembered(look.header) if look.header else {}:
        answers = with_answers(before, answers)
        look = inspect(path, answers, zone, now)
    return look, answers


def _sample(items: Iterator[Item]) -> tuple[Item, ...]:
    """Return the first items, shortened; of a file that breaks off, those before that."""
    sample: list[Item] = []
    try:
        for item in islice(items, SAMPLE):
            sample.append(replace(item, text=item.text[:_TEXT], raw={}) if isinstance(item, Post) else item)
    except MonitorError:
        if not sample:
            raise
    return tuple(sample)
