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
    fingerprint="f22a813df3b68f91aeb58039fd3c98e588baeeb0da69c2be78aee526416deb54",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, "post_keys", "sketches", "posts_fts", "spellings", "checksums"),
    refill=rebuild,
    refilled_after={"m011_messages": rebuild, "m015_search": search_index.rebuild, "m016_erasure": repair},
)
