"""The tables of the archive: `migrations/` makes them, `rollups` says what its counts should be."""

from monitor.archive.erasure.scrub import repair
from monitor.archive.posts import search_index
from monitor.archive.schema.rollups import KEPT, rebuild
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import Schema

__all__ = ["SCHEMA"]

SCHEMA = Schema(
    name="monitor",
    package="monitor.archive.schema",
    fingerprint="89232378f73297b877b83a746e5cf4bae8103a21f2d26400ce2e28402e98a04c",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, "post_keys", "sketches", "posts_fts", "spellings", "checksums"),
    refill=rebuild,
    refilled_after={"m011_messages": rebuild, "m015_search": search_index.rebuild, "m016_erasure": repair},
)
