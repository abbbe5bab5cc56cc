"""The tables of the archive: `migrations/` makes them, `rollups` says what its counts should be."""

from monitor.archive.schema.rollups import KEPT, rebuild
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import Schema

__all__ = ["SCHEMA"]

SCHEMA = Schema(
    name="monitor",
    package="monitor.archive.schema",
    fingerprint="1b377a4ab577e67b14c90651fe370272c3b5ae52f260e1f3b6c66ced822be55d",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, "posts_fts", "checksums"),
    refill=rebuild,
)
