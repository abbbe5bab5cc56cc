"""Where others' rows name a person: their texts, what they answer and link to, and what could not be read."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Self
from urllib.parse import quote, unquote

from sqlite_utils import Database

from monitor.archive.connection import GIVEN, Connection, WriteConnection
from monitor.archive.posts import messages, rejected, search_index
from monitor.archive.values import IMPORT
from monitor.core.model import Post
from monitor.core.normal_text import normal
from monitor.core.text import normal_tag

MASK = "[name removed]"  # stands in others' texts for what names a person
FREE = r"(?<![\w@])(?<![^\s/]/)"  # before a mention: not where an address goes on
_LEAST = 8  # letters of an id that is looked for in addresses: a short number is in many
_PEOPLE = (
    "SELECT a.id, a.platform, a.handle, a.name, a.native_id, a.url, p.url, p.native_id FROM posts p"
    f" JOIN authors a ON a.id = p.author_id WHERE p.id IN {GIVEN}"
)
_NAMING = (
    "SELECT p.id, p.platform, p.text FROM posts_fts f JOIN posts p ON p.id = f.rowid"
    " WHERE posts_fts MATCH ? AND p.text IS NOT NULL"
)
_HAS = "EXISTS (SELECT 1 FROM json_each(?) WHERE instr(lower({}), value))"
_CELLS = "ifnull(posts.parent, '') || ' ' || ifnull(posts.root, '') || ' ' || ifnull(copy_of, '')"
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
}
_STREAM = (
    "UPDATE {0} SET {1} = replace({1}, ?1, gone_id((SELECT salt FROM salts), '', ?1)) WHERE instr({1}, ?1)"
)


@dataclass(frozen=True, slots=True)
class Traces:
    """By what a person is named in what others wrote."""

    platform: str
    native_id: str
    handle: str = ""
    title: str = ""  # the name that they show
    addresses: frozenset[str] = frozenset()  # how addresses of theirs begin, in small letters, after https://

    @classmethod
    def of(cls, db: Connection, posts: Collection[int]) -> dict[int, Self]:
        """Return how those who wrote posts are named, by their archive ids."""
        people = dict[int, Self]()
        rows = db.execute(_PEOPLE, [json.dumps([*posts])]).fetchall()
        for author, platform, handle, title, native_id, *addresses in rows:
            person = people.setdefault(author, cls(platform, native_id, handle or "", title or ""))
            begins = {start for text in (native_id, *addresses) for start in person.begins(text or "")}
            people[author] = replace(person, addresses=person.addresses | begins)
        return people

    @property
    def name(self) -> str:
        """Return the handle without its server, in small letters."""
        return self.handle.partition("@")[0].casefold()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return what an item says of whom it is by."""
        return self.native_id, self.handle, self.name

    @property
    def words(self) -> list[str]:
        """Return what each address has that names the person."""
        tail = self.native_id.casefold().rpartition("://")[2]
        return [word for word in (self.name, tail if len(tail) >= _LEAST else "") if word]

    @property
    def tags(self) -> list[str]:
        """Return the hashtags that are made of a name."""
        return [normal_tag("".join(name.split())) for name in (self.name, self.title)]

    def begins(self, address: str) -> Iterator[str]:
        """Yield how an address begins up to where it names the person; nothing if it does not."""
        _, scheme, rest = address.casefold().partition("://")
        rest = rest.removeprefix("www.")
        host = rest.partition("/")[0]
        if self.name and host.startswith(f"{self.name}.") and host.count(".") > 1:  # a site of their own
            yield host
        for word in self.words if scheme else ():
            start = len(host) if word == self.name else 0
            if match := re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])").search(rest, start):
                yield rest[: match.end()]

    @property
    def address(self) -> str:
        """Return the handle if it is nobody else's on any platform, else ""."""
        return self.handle if "@" in self.handle or self.handle.count(".") > 1 else ""

    def pattern(self, platform: str | None = None) -> re.Pattern[str]:
        """Return what matches the person's addresses, and @name or u/name: on other platforms a whole one."""
        either, server = "|".join(map(re.escape, sorted(self.addresses))), self.handle.partition("@")[2]
        address = rf"(?<![\w.-])(?:https?://)?(?:www\.)?(?:{either})(?![\w-])\S*" if either else r"(?!)"
        name = rf"{re.escape(self.name)}(?:@{re.escape(server)})?" if self.name else ""
        if platform not in (None, self.platform):
            name = re.escape(self.address)
        mention = rf"{FREE}(@|/?\w/){name}(?!\w|[@-]|\.\w)" if name else "(?!)()"
        return re.compile(f"{address}|{mention}", re.IGNORECASE)

    def mask(self, text: str, platform: str | None = None) -> str:
        """Return a text, of a platform, without what names the person, however that is spelt."""
        pattern = self.pattern(platform)
        return mask_words(text, lambda text: pattern.sub(lambda match: (match[1] or "") + MASK, text))


def as_read(text: str) -> str:
    """Return a text as it reads: with entities and percent signs decoded, in normal spelling."""
    return normal(unescape(unquote(text)))


def mask_words(text: str, mask: Callable[[str], str]) -> str:
    """Return a text masked, and with it each whole word in which something is to be masked as it reads."""

    def whole(match: re.Match[str]) -> str:
        word = match[0]
        if word.isascii() and "%" not in word and "&" not in word:
            return word
        return word if mask(read := as_read(word)) == read else MASK

    return re.sub(r"\S+", whole, mask(text))


def phrases(names: Iterable[str]) -> str:
    """Return what the search index is asked for texts with one of these names; "" if none has a letter."""
    forms = (form for name in names if name for form in (normal(name), quote(name), quote(f"@{name}")))
    words = (re.sub(r'["\x00]', " ", form) for form in forms)
    return " OR ".join(f'"{word}"' for word in words if any(map(str.isalnum, word)))


def remove_traces(db: WriteConnection, people: Iterable[Traces]) -> None:
    """Remove what names these people from what others wrote; in a text it is masked."""
    for person in people:
        pattern = person.pattern()
        _remove_terms(db, person, pattern)
        messages.renew(db, {*_mask_texts(db, person), *_remove_addresses(db, person, pattern)})
        for source in (person.platform, IMPORT):
            rejected.forget(db, source, person.ids, pattern)
        remove_words(db, person.words, person.mask)


def remove_words(db: WriteConnection, words: list[str], mask: Callable[[str], str]) -> None:
    """Remove pictures in which something is to be masked, and mask what the office wrote; of these words."""
    pictures = [("pictures", column) for column in ("alt", "address")]
    for table, column in (*pictures, *((table, column) for table, _, column in WRITTEN.values())):
        sql = f"SELECT DISTINCT {column} FROM {table} WHERE {_HAS.format(column)}"
        texts = [text for (text,) in db.execute(sql, [json.dumps(words)]).fetchall()]
        pairs = [(masked, text) for text in texts if (masked := mask(text)) != text]
        change = "UPDATE {0} SET {1} = ?1" if table != "pictures" else "DELETE FROM {0}"
        db.executemany(f"{change} WHERE {{1}} = ?2".format(table, column), pairs)


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


def _remove_terms(db: WriteConnection, person: Traces, pattern: re.Pattern[str]) -> None:
    """Remove links that lead to the person, and a hashtag of the name that nobody else uses."""
    rows = db.execute(_LINKS, [json.dumps(person.words)]).fetchall()
    terms = [term for term, link in rows if pattern.search(unquote(link))]
    terms += [term for (term,) in db.execute(_OWN_TAG, person.tags)]
    for table, column in (("post_terms", "term_id"), ("terms", "id")):
        db.execute(f"DELETE FROM {table} WHERE {column} IN {GIVEN}", [json.dumps(terms)])


def _mask_texts(db: WriteConnection, person: Traces) -> list[int]:
    match = phrases(person.words)
    rows = db.execute(_NAMING, [match]).fetchall() if match else []
    masked = [(person.mask(text, platform), post, text) for post, platform, text in rows]
    changed = [(text, post) for text, post, before in masked if text != before]
    db.executemany("UPDATE posts SET text = ? WHERE id = ?", changed)
    search_index.add(db, [(post, text) for text, post in changed])
    return [post for _, post in changed]


def _remove_addresses(db: WriteConnection, person: Traces, pattern: re.Pattern[str]) -> list[int]:
    """Forget what posts answer, quote or copy where it names the person; '': it is not to come again."""
    sql = f"SELECT id, parent, root, copy_of FROM posts WHERE {_HAS.format(_CELLS)}"
    rows = db.execute(sql, [json.dumps(person.words)]).fetchall()
    left = [
        (*("" if cell and pattern.search(unquote(cell)) else cell for cell in cells), post)
        for post, *cells in rows
    ]
    db.executemany("UPDATE posts SET parent = ?, root = ?, copy_of = ? WHERE id = ?", left)
    return [post for post, *_ in rows]


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
