"""The tables of the archive: `migrations/` makes them, `rollups` says what its counts should be."""

from monitor.archive.posts import search_index
from monitor.archive.schema.rollups import KEPT, rebuild
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import Schema

__all__ = ["SCHEMA"]

SCHEMA = Schema(
    name="monitor",
    package="monitor.archive.schema",
    fingerprint="97b7c59c36f8fd2b61984ed9f13a5e6b2626f49c9e9281d3084db4b75c52cd11",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, "post_keys", "sketches", "posts_fts", "spellings", "checksums"),
    refill=rebuild,
    refilled_after={"m011_messages": rebuild, "m015_search": search_index.rebuild},
)
