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
    fingerprint="f183cd292ea26dc889bf0845931fa4bf225bf8b49e184fe51ecc87e63e576fb9",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, "post_keys", "sketches", "posts_fts", "spellings", "checksums"),
    refill=rebuild,
    refilled_after={"m011_messages": rebuild, "m015_search": search_index.rebuild, "m016_erasure": repair},
)
