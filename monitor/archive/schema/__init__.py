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
    fingerprint="0880f7dac1f5c0834e7fa1aef81054ac23a44ab69a2d2b0d48d6215790e8fa6e",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, "post_keys", "sketches", "posts_fts", "spellings", "checksums"),
    refill=rebuild,
    refilled_after={
        "m011_messages": rebuild,
        "m015_search": search_index.rebuild,
        "m016_erasure": repair,
        "m019_conversations": repair,
    },
)
