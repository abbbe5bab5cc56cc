"""Posts to take away: the same rows as CSV for spreadsheets and as NDJSON for programs."""

from collections.abc import Mapping
from dataclasses import asdict

from monitor.archive.reading import Row
from monitor.clock import stamp

COLUMNS = (
    "id", "platform", "native_id", "url", "handle", "name", "text", "created_at", "day", "kind", "lang",
    "likes", "reposts", "replies", "quotes", "views", "followers", "tone",
)  # fmt: skip


def record(row: Row) -> Mapping[str, str | int | None]:
    """Return a row by COLUMNS, dates as ISO 8601; None: scrubbed, or the platform did not say."""
    said = {
        **asdict(row),
        **asdict(row.metrics),
        "created_at": stamp(row.created_at),
        "day": row.day.isoformat(),
        "tone": None if row.tone is None else row.tone.value,
    }
    return {name: said[name] for name in COLUMNS}
