"""The tables of the archive: `migrations/` makes them, `rollups` says what its counts should be."""

from monitor.archive.schema.rollups import KEPT, rebuild
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import Schema

__all__ = ["SCHEMA"]

SCHEMA = Schema(
    name="monitor",
    package="monitor.archive.schema",
    fingerprint="8d9045bd0fcfd606b992be538956d83f7c1cf4bb99019aac341657ee45c44657",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, "posts_fts", "checksums"),
    refill=rebuild,
)
