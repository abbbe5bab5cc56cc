"""The tables of the archive: `migrations/` makes them, `rollups` says what its counts should be."""

from monitor.archive.schema.rollups import KEPT, rebuild
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import Schema

__all__ = ["SCHEMA"]

SCHEMA = Schema(
    name="monitor",
    package="monitor.archive.schema",
    fingerprint="1f533994445e6ef5eda5c4eba3cb5967981f48916e90488d5fcace0c62907b8a",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, "posts_fts", "checksums"),
    refill=rebuild,
)
