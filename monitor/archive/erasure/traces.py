"""Where others' rows name a person: their texts, what they answer and link to, and what could not be read."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import quote

from monitor.archive.connection import GIVEN, WriteConnection
from monitor.archive.erasure.data_subject import DataSubject
from monitor.archive.erasure.naming import MASK
from monitor.archive.posts import messages, rejected, search_index
from monitor.core.model import Post
from monitor.core.normal_text import normal, plain
from monitor.sqlite import Database

Mask = Callable[[str, str], str]  # of a text, of a platform
_LEAST = 8  # letters of an id that is looked for in streams: a short number is in many
_NAMING = (
    "SELECT p.id, p.platform, p.text FROM posts_fts f JOIN posts p ON p.id = f.rowid"
    " WHERE posts_fts MATCH ? AND p.text IS NOT NULL"
)
_HAS = "EXISTS (SELECT 1 FROM json_each(?) WHERE instr(lower({}), value))"
ADDRESSES = (
    "ifnull(url, '') || ' ' || ifnull(parent, '') || ' ' || ifnull(root, '') || ' ' || ifnull(copy_of, '')"
)
_CELLS = f"SELECT id, platform, url, parent, root, copy_of FROM posts WHERE {_HAS.format(ADDRESSES)}"
SHOWN = "ifnull(name, '') || ' ' || ifnull(url, '')"
_ACCOUNTS = f"SELECT id, platform, name, url FROM authors WHERE {_HAS.format(SHOWN)}"
_LINKS = f"SELECT id, term FROM terms WHERE kind = 'link' AND {_HAS.format('term')}"
_OWN_TAG = (
    "SELECT t.id FROM terms t WHERE kind = 'tag' AND term IN (?, ?) AND NOT EXISTS (SELECT 1 FROM"
    " post_terms m JOIN posts p ON p.id = m.post_id WHERE m.term_id = t.id AND p.scrubbed_at IS NULL)"
)
WRITTEN = {  # what we wrote, or were told, by what it is: the table, of which post it is, and the column
    "note": ("notes", "post_id", "text"),
    "hold": ("holds", "post_id", "reason"),
    "event": ("events", "NULL", "title"),
    "check": ("coverage", "NULL", "detail"),
    "theme": ("themes", "NULL", "name"),
    "theme's word": ("themes", "NULL", "words"),
    "word against a theme": ("themes", "NULL", "without"),
    "suggested text": ("kit_items", "NULL", "words"),
    "file, or stream of a platform": ("origins", "NULL", "stream"),
    "publisher of recorded crime": ("crimes", "NULL", "source"),
    "answer about a table": ("import_answers", "NULL", "answer"),
    "street of a stall": ("tallies", "NULL", "street"),
    "description of a picture": ("kit_items", "NULL", "alt"),
    "suggested link": ("kit_items", "NULL", "address"),
    "name of a petition or survey": ("counters", "NULL", "name"),
    "title of a petition or site": ("counters", "NULL", "title"),
    "address of a petition or site": ("counters", "NULL", "address"),
    "what Parliament said": ("echoes", "NULL", "title"),  # who said it stays, as in its own public record
    "address of what Parliament said": ("echoes", "NULL", "url"),
}
# What is one of its kind has to be so without the name: what was there gives it a number.
_ALONE = "{0} = ?1 || ' ' || substr(gone_id((SELECT salt FROM salts), '', ?2), 6, 8) WHERE {0} = ?2"
_CHANGES = {  # where a text that names somebody is not only masked
    ("pictures", column): (f"DELETE FROM pictures WHERE {column} = ?2",)
    for column in ("alt", "address", "thumbnail")
} | {
    ("counters", "name"): (f"UPDATE counters SET {_ALONE.format('name')}",),
    ("rejected", "reason"): ("UPDATE rejected SET reason = ?1 WHERE reason = ?2",),
    ("cursors", "cursor"): ("DELETE FROM cursors WHERE cursor = ?2",),  # it is read from the beginning again
    **{
        (table, "stream"): (f"UPDATE {table} SET {_ALONE.format('stream')}",)
        for table in ("origins", "coverage", "rejected")
    },
}
_STREAM = (
    "UPDATE {0} SET {1} = replace({1}, ?1, gone_id((SELECT salt FROM salts), '', ?1)) WHERE instr({1}, ?1)"
)


def phrases(names: Iterable[str]) -> str:
    """Return what the search index is asked for texts with one of these names; "" if none has a letter."""
    coded = (quote, lambda name: quote(f"@{name}"), lambda name: quote(quote(f"@{name}")))
    forms = {spelling(name) for name in names if name for spelling in (normal, plain, *coded)}
    words = (form.replace('"', " ").replace("\0", " ") for form in forms)
    return " OR ".join(f'"{word}"' for word in words if any(map(str.isalnum, word)))


def remove_traces(db: WriteConnection, people: Iterable[DataSubject]) -> None:
    """Remove what names these people from what others wrote; in a text it is masked."""
    for person in people:
        match = phrases(person.words)
        remove_names(db, person.words, db.execute(_NAMING, [match]).fetchall() if match else [], person.mask)
        _remove_terms(db, db.column(_OWN_TAG, person.own_tags))
        rejected.forget(db, person.is_in_item)
        remove_words(db, person.words, person.mask)


def remove_names(
    db: WriteConnection, words: list[str], texts: Iterable[tuple[int, str, str]], mask: Mask
) -> None:
    """Mask these texts, and what other accounts are called; remove links and addresses in which something is
    to be masked; of these words.

    Of an address that a post answers, quotes or copies "" is left: it is not to come again.
    """

    def whole(address: str | None, platform: str) -> str | None:
        return "" if address and mask(address, platform) != address else address

    choice = json.dumps(words)
    changed = [(left, post) for post, platform, text in texts if (left := mask(text, platform)) != text]
    db.executemany("UPDATE posts SET text = ? WHERE id = ?", changed)
    search_index.add(db, [(post, text) for text, post in changed])
    rows = db.execute(_CELLS, [choice]).fetchall()
    cells = [
        (*fresh, post)
        for post, platform, *before in rows
        if (fresh := [whole(cell, platform) for cell in before]) != before
    ]
    sql = "UPDATE posts SET url = nullif(?, ''), parent = ?, root = ?, copy_of = ? WHERE id = ?"
    db.executemany(sql, cells)
    accounts = [
        (name and mask(name, platform), whole(url, platform), account)
        for account, platform, name, url in db.execute(_ACCOUNTS, [choice]).fetchall()
    ]
    db.executemany("UPDATE authors SET name = ?, url = nullif(?, '') WHERE id = ?", accounts)
    _remove_terms(
        db, [term for term, link in db.execute(_LINKS, [choice]).fetchall() if mask(link, "") != link]
    )
    messages.renew(db, {post for *_, post in (*changed, *cells)})


def remove_words(db: WriteConnection, words: list[str], mask: Mask) -> None:
    """Remove pictures in which something is to be masked, and mask what the office wrote; of these words."""
    for table, column in dict.fromkeys(
        (*_CHANGES, *((table, column) for table, _, column in WRITTEN.values()))
    ):
        platform = "(SELECT platform FROM posts WHERE id = post_id)" if table == "pictures" else "''"
        sql = f"SELECT DISTINCT {column}, {platform} FROM {table} WHERE {_HAS.format(column)}"
        rows = db.execute(sql, [json.dumps(words)]).fetchall()
        pairs = [(left, text) for text, on in rows if (left := mask(text, on)) != text]
        usual = (f"UPDATE {table} SET {column} = ?1 WHERE {column} = ?2",)
        for change in _CHANGES.get((table, column), usual) if pairs else ():
            db.executemany(change, pairs)


def as_masked(post: Post, text: str | None) -> Post:
    """Return a post with the text that the archive has of it, if that is the same but for what it masks."""
    if text is None or MASK not in text:
        return post
    first, *between, last = text.split(MASK)
    place, end = len(first), len(post.text) - len(last)
    for part in between:
        start = post.text.find(part, place, end)
        place = start + len(part) if start >= 0 else end + 1
    is_same = post.text.startswith(first) and post.text.endswith(last) and place <= end
    return replace(post, text=text, links=frozenset()) if is_same else post


def _remove_terms(db: WriteConnection, terms: list[int]) -> None:
    for table, column in (("post_terms", "term_id"), ("terms", "id")):
        db.execute(f"DELETE FROM {table} WHERE {column} IN {GIVEN}", [json.dumps(terms)])


def remove_streams(db: Database, native_ids: Iterable[str]) -> None:
    """Forget where people's own streams of older posts go on, and that they were theirs."""
    streams = "\n".join(stream for (stream,) in db.execute("SELECT stream FROM origins").fetchall())
    for native_id in native_ids:
        if len(native_id) < _LEAST or native_id not in streams:
            continue
        db.execute(_STREAM.format("origins", "stream"), [native_id])
        db.execute("DELETE FROM cursors WHERE instr(stream, ?)", [native_id])
        for column in ("stream", "detail"):
            db.execute(_STREAM.format("coverage", column), [native_id])
