"""The tables of the archive: `migrations/` makes them, `rollups` says what its counts should be."""

from monitor.archive.schema.rollups import KEPT, rebuild
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import Schema

__all__ = ["SCHEMA"]

SCHEMA = Schema(
    name="monitor",
    package="monitor.archive.schema",
    fingerprint="0cc828e7bbc75d6c53f6e6fd132e326e53366c64a8efe75073cc9ca7d0d0a936",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, "post_keys", "sketches", "posts_fts", "checksums"),
    refill=rebuild,
    refilled_after=frozenset({"m011_messages"}),
)
