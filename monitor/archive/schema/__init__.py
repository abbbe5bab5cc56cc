"""The tables of the archive: `migrations/` makes them, `rollups` says what its counts should be."""

from monitor.archive.erasure.scrub import repair
from monitor.archive.posts import search_index
from monitor.archive.posts.messages import pack_sketches, renew_keys
from monitor.archive.schema.rollups import KEPT, fill, rebuild
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import Schema

__all__ = ["SCHEMA"]

_DERIVED = ("post_keys", "sketches", "posts_fts", "spellings", "checksums", "suggestion_weeks", "suggestions")

SCHEMA = Schema(
    name="monitor",
    package="monitor.archive.schema",
    fingerprint="cb29da6f31780ce341c9ac0b25ce91b368a2d7822efc0f394a871adc40d48ec9",
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
        "m031_folds": pack_sketches,
        "m032_copies_counted": lambda db: fill(db, ("repeats", "bridges")),
        "m033_kit_and_words_counted": lambda db: fill(db, ("kit_days", "word_days")),
    },
)
