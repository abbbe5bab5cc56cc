"""Posts that are one message, joined whenever one is stored, changed or removed.

`posts.message` is the lowest id of those that say the same: it does not matter in which order they came.
What a scrubbed post is known by stays, in numbers: it stays in its message, as it stays in all counts.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import itemgetter
from struct import pack, unpack_from
from typing import Any, NamedTuple

from monitor.archive.connection import GIVEN
from monitor.core.messages import HORIZON, Side, Sketch, Wording, are_one, first_of, keys, sketch_of
from monitor.core.model import PostKind
from monitor.sqlite import Database

_ARTICLE, _NONE = PostKind.ARTICLE.value, Sketch()
_MOST = 200  # posts of a key that a new one is held against: a flood of one text must not make storing slow
_BATCH = 1000
_DAY, _DAYS = 24 * 3600, HORIZON // (24 * 3600)


class _ClueTable(NamedTuple):
    """Where a part of what posts are known by stands, in statements for some posts."""

    rows: str
    store: str
    forget: str


_TABLES = {
    "post_keys": _ClueTable(
        f"SELECT post_id, key, day FROM post_keys WHERE post_id IN {GIVEN}",
        "INSERT INTO post_keys (post_id, key, day) VALUES (?, ?, ?)",
        f"DELETE FROM post_keys WHERE post_id IN {GIVEN}",
    ),
    "folds": _ClueTable(
        f"SELECT id, fold FROM posts WHERE fold IS NOT NULL AND id IN {GIVEN}",
        "UPDATE posts SET fold = ?2 WHERE id = ?1",
        f"UPDATE posts SET fold = NULL WHERE fold IS NOT NULL AND id IN {GIVEN}",
    ),
    "sketches": _ClueTable(
        f"SELECT post_id, sketch FROM sketches WHERE post_id IN {GIVEN}",
        "INSERT INTO sketches (post_id, sketch) VALUES (?, ?)",
        f"DELETE FROM sketches WHERE post_id IN {GIVEN}",
    ),
}
_WORDINGS = (
    f"SELECT p.id, p.created_unix, p.platform, a.native_id, a.handle, p.url, p.copy_of, p.text, p.kind"
    f" FROM posts p JOIN authors a ON a.id = p.author_id WHERE p.scrubbed_at IS NULL AND p.id IN {GIVEN}"
    " AND p.id NOT IN (SELECT post_id FROM replies)"  # two posts must not be one message by what answers them
)
_SIDES = (
    f"SELECT p.id, p.message, s.sketch, p.platform, p.author_id, p.kind, p.created_unix"
    f" FROM posts p LEFT JOIN sketches s ON s.post_id = p.id WHERE p.id IN {GIVEN}"
)
_NEIGHBOURS = (
    "SELECT k.post_id, k.key, n.value FROM post_keys k, json_each((SELECT json_group_array(post_id) FROM"
    " (SELECT o.post_id FROM post_keys o INDEXED BY post_keys_by_key WHERE o.key = k.key"
    f" AND o.day BETWEEN k.day - {_DAYS} AND k.day + {_DAYS} AND o.post_id <> k.post_id LIMIT {_MOST})))"
    f" n WHERE k.post_id IN {GIVEN}"
)
_SHARED = (
    "SELECT key, post_id, day FROM post_keys WHERE key IN"
    " (SELECT key FROM post_keys GROUP BY key HAVING count(*) > 1) ORDER BY key, day, post_id"
)


# The fold of a post p: the words of the first post of its message, or that post where it has few words.
FOLD = "coalesce(iif(p.message, (SELECT fold FROM posts WHERE id = p.message), p.fold), p.message, p.id)"
# The readable posts p of a fold, the messages that were written last first: by LIMIT the order is kept, and
# they are read as they are asked for. With OR for UNION, SQLite may look through all posts.
MEMBERS = (
    "(SELECT id FROM (SELECT id, created_unix AS at FROM posts WHERE fold = {fold} AND {fold} < 0"
    " UNION ALL SELECT {fold}, 0 WHERE {fold} > 0 ORDER BY at DESC) LIMIT -1) k CROSS JOIN posts p ON p.id IN"
    " (SELECT k.id UNION ALL SELECT id FROM posts WHERE message = k.id)"
    " AND ifnull(p.message, p.id) = k.id AND p.text IS NOT NULL"
)


def add(db: Database, posts: Collection[int]) -> None:
    """Join new posts with those that say the same."""
    _store_keys(db, posts)
    join(db, posts)


def renew(db: Database, posts: Collection[int]) -> None:
    """Join posts anew whose words, or whose writer's handle, have changed; scrubbed ones stay as they are."""
    if not posts:
        return
    changed = [post for post, *_ in db.execute(_WORDINGS, [json.dumps([*posts])])]
    others = members(db, changed)
    _forget_keys(db, changed)
    _store_keys(db, changed)
    join(db, {*others, *changed}, others)


def members(db: Database, posts: Collection[int]) -> set[int]:
    """Return all that are in the messages of posts."""
    of = f"SELECT message FROM posts WHERE message IS NOT NULL AND id IN {GIVEN}"
    rows = db.execute(f"SELECT id FROM posts WHERE message IN ({of})", [json.dumps([*posts])])
    return {post for (post,) in rows}


def join(db: Database, posts: Collection[int], apart: Collection[int] = frozenset()) -> None:
    """Join posts, whose keys are stored, with those that say the same; messages of `apart` end first.

    Nothing is written of a post that stays in its message: what counts messages would follow each step.
    """
    neighbours = db.execute(_NEIGHBOURS, [json.dumps([*posts])]).fetchall()
    sides = _sides(db, {post for pair in neighbours for post in pair[::2]})
    sides |= {post: (post, sides[post][1]) for post in apart if post in sides}
    first = dict[int, int]()
    _merge(first, neighbours, sides)
    moves = {post: first_of(first, post) if post in first else None for post in apart}
    for old in first.keys() - moves.keys():
        rows = db.execute("SELECT id FROM posts WHERE id = ?1 OR message = ?1", [old])
        moves |= {post: first_of(first, old) for (post,) in rows if post not in apart}
    db.conn.executemany("UPDATE posts SET message = ?2 WHERE id = ?1 AND message IS NOT ?2", [*moves.items()])


def rebuild(db: Database) -> None:
    """Make the keys of all posts that are readable, and all messages, anew."""
    renew_keys(db)
    mend(db, wrong(db))


def renew_keys(db: Database) -> None:
    """Make the keys of all posts that are readable anew."""
    pack_sketches(db)
    for posts in _batches(db):
        _forget_keys(db, posts)
        _store_keys(db, posts)


def pack_sketches(db: Database) -> None:
    """Store sketches that are in JSON, as they once were, in bytes.

    They cannot be made anew: a scrubbed post has no words to make its sketch from.
    """
    rows = db.execute("SELECT sketch, post_id FROM sketches WHERE typeof(sketch) = 'text'").fetchall()
    db.conn.executemany(
        "UPDATE sketches SET sketch = ? WHERE post_id = ?",
        [(_packed(Sketch(*json.loads(sketch))), post) for sketch, post in rows],
    )


def wrong_keys(db: Database) -> Iterator[tuple[str, int]]:
    """Yield each table and post whose keys or sketch a rebuild would change."""
    for posts in _batches(db):
        for table, right in zip(_TABLES, _rows(db, posts), strict=True):
            rows = db.execute(_TABLES[table].rows, [json.dumps(posts)])
            yield from ((table, post) for post in sorted({row[0] for row in set(rows) ^ {*right}}))


def mend_keys(db: Database, wrong: Collection[tuple[str, int]]) -> None:
    """Make the keys of these posts anew."""
    posts = {post for _, post in wrong}
    _forget_keys(db, posts)
    _store_keys(db, posts)


def wrong(db: Database) -> list[tuple[int, int | None, int | None]]:
    """Return the posts whose message is another by the keys that are stored, with that, and what it is."""
    first = _all(db)
    rows = db.execute("SELECT id, message FROM posts")
    return [(post, first.get(post), message) for post, message in rows if message != first.get(post)]


def mend(db: Database, wrong: Collection[tuple[int, int | None, int | None]]) -> None:
    """Give posts their right message, where they still have the wrong one."""
    db.conn.executemany("UPDATE posts SET message = ?2 WHERE id = ?1 AND message IS ?3", wrong)


def _all(db: Database) -> dict[int, int]:
    """Return the message of each post that shares one, by the keys that are stored."""
    first = dict[int, int]()
    groups = groupby(db.execute(_SHARED), key=itemgetter(0))
    pairs = (pair for _, group in groups for pair in _pairs([*group]))
    while some := [*islice(pairs, 20 * _BATCH)]:
        sides = _sides(db, {post for pair in some for post in pair[::2]})
        _merge(first, some, {post: (post, side) for post, (_, side) in sides.items()})
    return {post: first_of(first, post) for post in first}


def _pairs(members: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield which posts of a key are held against each other: as `join` does if they come in order."""
    begin = 0
    for place, (key, post, day) in enumerate(members):
        while day - members[begin][2] > _DAYS:
            begin += 1
        yield from ((other, key, post) for _, other, _ in members[begin : min(place, begin + _MOST)])


def _merge(
    first: dict[int, int],
    neighbours: Iterable[tuple[int, int, int]],
    sides: Mapping[int, tuple[int, Side]],
) -> None:
    """Note of each message that is joined with a lower one, by whichever way, one that is.

    What is joined already is not held against each other again: a story on many sites costs no more for it.
    """
    for post, key, other in neighbours:
        low, high = sorted((first_of(first, sides[post][0]), first_of(first, sides[other][0])))
        if low != high and are_one(key, sides[post][1], sides[other][1]):
            first |= {low: low, high: low}


def _sides(db: Database, posts: Collection[int]) -> dict[int, tuple[int, Side]]:
    """Return the message, or its own id, of each post, and what it is compared by."""
    rows = db.execute(_SIDES, [json.dumps([*posts])]) if posts else ()
    return {
        post: (message or post, Side(platform, author, kind, at, _sketch(sketch)))
        for post, message, sketch, platform, author, kind, at in rows
    }


def _packed(sketch: Sketch) -> bytes:
    """Return a sketch as it is stored: how many numbers each part has, then these, in four bytes each."""
    numbers = [number for part in sketch for number in part]
    return pack(f">3B{len(numbers)}I", *map(len, sketch), *numbers)


def _sketch(packed: bytes | None) -> Sketch:
    if not packed:
        return _NONE
    first, second, third = packed[:3]
    numbers = unpack_from(f">{first + second + third}I", packed, 3)
    return Sketch(numbers[:first], numbers[first : first + second], numbers[first + second :])


def _rows(db: Database, posts: Collection[int]) -> tuple[list[tuple[Any, ...]], ...]:
    """Return the rows of each table that keeps what posts are known by; of scrubbed posts none."""
    known_by, folds, sketches = list[tuple[Any, ...]](), list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    for post, at, *columns in db.execute(_WORDINGS, [json.dumps([*posts])]):
        wording = Wording(*columns)
        sketch = sketch_of(wording) if wording.kind == _ARTICLE else _NONE
        # The lowest bits are 0 for an address (`Clue`): it is of the same page, whenever it is written.
        every = keys(wording, sketch)
        known_by += [(post, key, at // _DAY if key & 3 else 0) for key in every if key > 0]
        folds += [(post, key) for key in every if key < 0]
        if any(sketch):
            sketches.append((post, _packed(sketch)))
    return known_by, folds, sketches


def _store_keys(db: Database, posts: Collection[int]) -> None:
    for table, rows in zip(_TABLES.values(), _rows(db, posts), strict=True):
        if rows:
            db.conn.executemany(table.store, sorted(rows, key=itemgetter(1)))  # each page of a tree once


def _forget_keys(db: Database, posts: Collection[int]) -> None:
    for table in _TABLES.values():
        db.execute(table.forget, [json.dumps([*posts])])


def _batches(db: Database) -> Iterator[list[int]]:
    """Yield all readable posts, some at a time."""
    last = 0
    sql = f"SELECT id FROM posts WHERE scrubbed_at IS NULL AND id > ? ORDER BY id LIMIT {_BATCH}"
    while posts := [post for (post,) in db.execute(sql, [last])]:
        yield posts
        last = posts[-1]
