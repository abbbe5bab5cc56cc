"""Rows of a database as records, whose types say what is a time, a day, or true or false."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from monitor.core.clock import unstamp

R = TypeVar("R")
_READERS: dict[Any, Callable[[Any], Any]] = {
    datetime: lambda text: unstamp(text) if text else None,
    date: date.fromisoformat, bool: bool, bytes: bytes, tuple: lambda text: tuple(text.split()),
}  # fmt: skip


def record(kind: type[R], row: Iterable[Any]) -> R:
    """Return a row as a dataclass or a named tuple, by the order of its fields. NULL is None."""
    fields = zip(_readers(kind).items(), row, strict=True)  # type: ignore[arg-type]
    return kind(**{name: value if value is None else read(value) for (name, read), value in fields})


@cache
def _readers(kind: Any) -> dict[str, Callable[[Any], Any]]:
    hints = {name: (hint, get_origin(hint), *get_args(hint)) for name, hint in get_type_hints(kind).items()}
    return {
        name: next((read for part, read in _READERS.items() if part in parts), lambda value: value)
        for name, parts in hints.items()
    }
