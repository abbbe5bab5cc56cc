"""The tables of the archive: `migrations/` makes them, `rollups` says what its counts should be."""

from monitor.archive.erasure.scrub import repair
from monitor.archive.posts import search_index
from monitor.archive.posts.messages import renew_keys
from monitor.archive.schema.rollups import KEPT, rebuild
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import Schema

__all__ = ["SCHEMA"]

_DERIVED = ("post_keys", "sketches", "posts_fts", "spellings", "checksums", "suggestion_weeks", "suggestions")

SCHEMA = Schema(
    name="monitor",
    package="monitor.archive.schema",
    fingerprint="940911eb01c13598e29cbbd609381e92f1984870a19f406d12f23d2ec6b4d216",
    error=ArchiveError,
    title="an archive",
    advice=" Name another file with --archive.",
    expendable=(*KEPT, *_DERIVED),
    refill=rebuild,
    refilled_after={
        "m011_messages": rebuild,
        "m015_search": search_index.rebuild,
        "m016_erasure": repair,
        "m019_conversations": repair,
        "m020_suggestions": renew_keys,
    },
)
