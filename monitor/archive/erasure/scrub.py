"""Posts scrubbed: nothing stays of them but counts, and ids by which they are known when they come again."""

import json
from collections.abc import Collection

from monitor.archive.connection import GIVEN, WriteConnection
from monitor.archive.erasure.data_subject import DataSubject
from monitor.archive.erasure.traces import remove_streams, remove_traces
from monitor.archive.posts.annotations import forget_words
from monitor.archive.posts.identities import address_key
from monitor.sqlite import Database

COMPACT = "compact"  # of `meta`: the file is to be written anew, for what was scrubbed leaves traces in it
_HASHED = "native_id = gone_id((SELECT salt FROM salts), platform, native_id)"
_SCRUB = (
    "UPDATE posts SET text = NULL, fold = NULL, url = NULL, again = NULL, due_unix = NULL, parent = NULL,"
    " root = NULL,"
    f" copy_of = iif(copy_of IS NULL, NULL, ''), scrubbed_at = ?, {_HASHED}"
    " WHERE id = ? AND scrubbed_at IS NULL"
)
# By which it is known under whatever address it comes again; of a page, whenever it is read: day 0.
_KEEP_KEY = "INSERT OR IGNORE INTO post_keys (post_id, key, day) VALUES (?, ?, 0)"
# What answers a post that is gone goes on answering it, by the id that tells no name.
_GONE_ID = "gone_id((SELECT salt FROM salts), p.platform, p.native_id)"
_UNNAME = (
    f"UPDATE posts SET {{0}} = {_GONE_ID} FROM posts p WHERE p.id = ? AND +posts.platform = p.platform"
    " AND posts.{0} IN (p.native_id, p.url)"
)
_UNNAMED = (
    "UPDATE posts SET {0} = p.native_id FROM posts p WHERE posts.{1} AND p.platform = posts.platform"
    " AND p.native_id = gone_id((SELECT salt FROM salts), posts.platform, posts.{0})"
    " AND p.native_id <> posts.{0}"
)
_ANSWERED = ("parent", "root")
# A link may name its writer; hashtags, places and kinds of media say nobody's name, and are tallied on.
_UNLINK = (
    "DELETE FROM post_terms WHERE post_id = ? AND term_id IN (SELECT id FROM terms WHERE kind = 'link')"
    " RETURNING term_id"
)
_UNUSED = (
    "DELETE FROM terms WHERE kind = 'link' AND id IN {}"
    " AND NOT EXISTS (SELECT 1 FROM post_terms WHERE term_id = terms.id)"
)
_SILENT = "NOT EXISTS (SELECT 1 FROM posts WHERE author_id = authors.id AND scrubbed_at IS NULL)"
_BOUGHT = "DELETE FROM bought WHERE (source, kind, native_id) IN (SELECT platform, '{}', native_id FROM {})"
_FORGET = f"UPDATE authors SET handle = NULL, name = NULL, url = NULL, {_HASHED} WHERE {_SILENT}"


def erase(db: WriteConnection, posts: Collection[int], at: str) -> None:
    """Scrub posts that are gone where they came from; who has no other is not named any more, by nobody."""
    writers = DataSubject.of(db, posts)
    scrub(db, posts, at)
    remove_traces(db, [writers[author] for author in forget_names(db, writers.keys())])


def scrub(db: Database, posts: Collection[int], at: str) -> None:
    """Forget text, address, links and whatever people said of posts; their writers' names are left."""
    links = set[int]()
    db.execute(_BOUGHT.format("post", f"posts WHERE id IN {GIVEN}"), [json.dumps([*posts])])
    rows = db.execute(f"SELECT id, platform, url FROM posts WHERE id IN {GIVEN}", [json.dumps([*posts])])
    own = ((post, address_key(platform, url or "")) for post, platform, url in rows.fetchall())
    db.conn.executemany(_KEEP_KEY, [(post, key) for post, key in own if key])
    for post in posts:
        forget_words(db, post)
        links.update(link for (link,) in db.execute(_UNLINK, [post]).fetchall())
        db.execute("DELETE FROM pictures WHERE post_id = ?", [post])
        for column in _ANSWERED:
            db.execute(_UNNAME.format(column), [post])
        db.execute(_SCRUB, [at, post])
    db.execute(_UNUSED.format(GIVEN), [json.dumps([*links])])
    db.execute("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", [COMPACT, at])


def forget_names(db: Database, authors: Collection[int]) -> list[int]:
    """Forget the names of those of these people who have no readable post; return who they are."""
    return _forget(db, f"id IN {GIVEN}", json.dumps([*authors]))


def forget_silent(db: Database, since: str) -> None:
    """Forget the names of all who have written nothing since then, and have no readable post."""
    _forget(
        db,
        "native_id NOT GLOB 'gone:*' AND native_id <> ''"
        " AND NOT EXISTS (SELECT 1 FROM posts WHERE author_id = authors.id AND created_unix >= unixepoch(?))",
        since,
    )


def _forget(db: Database, condition: str, value: str) -> list[int]:
    """Forget names, and what was asked, of those who have no readable post; return who they are."""
    silent = f"authors WHERE {_SILENT} AND {condition}"
    rows = db.execute(f"SELECT id, native_id FROM {silent}", [value]).fetchall()
    db.execute(_BOUGHT.format("person", silent), [value])
    db.execute(f"{_FORGET} AND {condition}", [value])
    remove_streams(db, [native_id for _, native_id in rows])
    return [author for author, _ in rows]


def forget_ids(db: Database) -> None:
    """Forget the ids and links of what was scrubbed by an earlier version of this program."""
    db.execute(f"UPDATE posts SET {_HASHED} WHERE scrubbed_at IS NOT NULL")
    db.execute(f"{_FORGET} AND coalesce(handle, name, url) IS NULL")
    db.execute(_UNUSED.format("(SELECT id FROM terms)"))
    unname_answered(db)


def unname_answered(db: Database, posts: Collection[int] | None = None) -> None:
    """Let these posts, or all, answer those that are gone by the ids that tell no name."""
    for column in _ANSWERED:
        where = f"{column} IS NOT NULL" if posts is None else f"id IN {GIVEN}"
        db.execute(_UNNAMED.format(column, where), [] if posts is None else [json.dumps([*posts])])


def repair(db: Database) -> None:
    """Do the same, and leave out of the search index what no text has any more."""
    forget_ids(db)
    db.execute("INSERT INTO posts_fts (posts_fts) VALUES ('optimize')")


def erase_all(db: WriteConnection, at: str) -> None:
    """Scrub every post, some at a time, and forget every name: in the end nobody is left to be named."""
    rows = "SELECT id FROM posts WHERE scrubbed_at IS NULL LIMIT 500"
    while posts := db.column(rows):
        with db.transaction():
            scrub(db, posts, at)
    with db.transaction():
        forget_silent(db, "~")  # later than any time
        for table in ("rejected", "cursors"):  # whose streams may be named after a person
            db.execute(f"DELETE FROM {table}")
