"""The tables of the archive: `migrations/` makes them, `rollups` says what its counts should be."""

from monitor.archive.schema.rollups import KEPT, rebuild
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import Schema

__all__ = ["SCHEMA"]

SCHEMA = Schema(
    name="monitor",
    package="monitor.archive.schema",
    fingerprint="516898987904182bcd1c357173114a2e8bb9f47a1bcc03f7b7fb029c1f29a8a6",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, "post_keys", "sketches", "posts_fts", "checksums"),
    refill=rebuild,
    refilled_after=frozenset({"m011_messages"}),
)
