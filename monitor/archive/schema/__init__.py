"""The tables of the archive: `migrations/` makes them, `rollups` says what its counts should be."""

from monitor.archive.schema.rollups import KEPT, rebuild
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import Schema

__all__ = ["SCHEMA"]

SCHEMA = Schema(
    name="monitor",
    package="monitor.archive.schema",
    fingerprint="22e7f4e52add2281d226514d8b2116353e83e0809c475b4186b77aa5ba63d44e",
    error=ArchiveError,
    expendable=(*KEPT, "posts_fts"),
    refill=rebuild,
)
