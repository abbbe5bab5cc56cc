"""Who is not to come back: keyed hashes in a file beside the archive, which no restore puts back in time.

Nobody is named there. What comes later, by whatever way, is held against the hashes before it is stored.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Self

from monitor.archive.erasure import naming
from monitor.archive.values import IMPORT
from monitor.core.errors import ArchiveError
from monitor.core.model import Page, Post, Sentiment
from monitor.core.normal_text import normal
from monitor.core.storage import write_whole

_Scores = Sequence[Sentiment | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedErasure:
    """One that was begun: of whom, by the archive's id, and which posts of others go with them."""

    author: int
    posts: tuple[int, ...] = ()
    copies: bool = False  # of the archive, too
    words: bool = False  # of the office that have the short name, too
    mails: tuple[int, ...] = ()  # that told of the person, by their numbers


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The hashes, by the key that each was made with; and what is not erased everywhere yet."""

    hashes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unfinished: tuple[UnfinishedErasure, ...] = ()

    @classmethod
    def beside(cls, archive: Path) -> Self:
        """Return those of an archive; none if there is no file of them."""
        try:
            values = json.loads(file_of(archive).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        except ValueError as error:  # without it, who was erased would come back
            raise ArchiveError(f"{file_of(archive)} is damaged. Copy it from a backup.") from error
        hashes = {key: frozenset(texts) for key, texts in values["hashes"].items()}
        return cls(hashes, tuple(UnfinishedErasure(**one) for one in values["unfinished"]))

    def save(self, archive: Path) -> None:
        """Write them beside an archive, whole or not at all; raises StorageError."""
        hashes = {key: sorted(texts) for key, texts in self.hashes.items()}
        values = {"hashes": hashes, "unfinished": [asdict(one) for one in self.unfinished]}
        write_whole(file_of(archive), json.dumps(values).encode())

    def __or__(self, other: Self) -> Self:
        hashes = {
            key: self.hashes.get(key, frozenset()) | other.hashes.get(key, frozenset())
            for key in {*self.hashes, *other.hashes}
        }
        return replace(self, hashes=hashes)

    def __contains__(self, name: str) -> bool:
        return any(_digest(key, name) in texts for key, texts in self.hashes.items())

    def adding(self, names: Iterable[str]) -> Self:
        """Return these with more names, under the key that is there."""
        key = next(iter(self.hashes), None) or secrets.token_hex(32)
        return self | type(self)({key: frozenset(_digest(key, name) for name in names)})

    def clean(self, page: Page, scores: _Scores, source: str) -> tuple[Page, _Scores]:
        """Return a page without what people who are forgotten wrote, and in which nobody names them."""
        if not self.hashes:
            return page, scores
        pairs = [pair for pair in zip(page.posts, scores, strict=True) if not self.is_of(pair[0])]
        platforms = {source, *(post.platform for post in page.posts)}
        rejected = (
            item
            for item in page.rejected
            if not any(naming.is_in_item(item.raw, platform, self) for platform in platforms)
        )
        posts = tuple(self._masked(post) for post, _ in pairs)
        stream = self.mask(page.stream, "") if source == IMPORT else page.stream  # the name of a file
        page = replace(page, stream=stream, posts=posts, rejected=tuple(rejected))
        return page, [score for _, score in pairs]

    def is_of(self, post: Post) -> bool:
        """Return whether a post is by somebody who is forgotten, or was forgotten itself."""
        author, name = post.author, post_name(post.platform, post.id)
        is_named = name in self or self.is_author(post.platform, author.id, author.handle)
        return is_named or any(map(self.is_theirs, (post.id, post.url, author.url)))

    def is_author(self, platform: str, native_id: str, handle: str | None) -> bool:
        """Return whether this is the account of somebody who is forgotten."""
        names = [native_id, *([f"@{handle.lstrip('@')}"] if handle else ())]
        is_named = any(f"{platform} {name}" in self for name in names)
        return is_named or self.is_theirs(native_id) or self.is_theirs(handle)

    def is_theirs(self, address: str | None) -> bool:
        """Return whether an address begins like those of somebody who is forgotten."""
        return naming.is_beginning(address or "", self)

    def mask(self, text: str, platform: str) -> str:
        """Return a text without the mentions and addresses of people who are forgotten."""
        return naming.mask(text, platform, self)

    def _masked(self, post: Post) -> Post:
        def whole(address: str | None) -> str | None:
            return address if self.mask(address or "", post.platform) == (address or "") else None

        pictures = (
            replace(
                picture,
                alt=picture.alt and self.mask(picture.alt, post.platform),
                address=whole(picture.address),
                thumbnail=whole(picture.thumbnail),
            )
            for picture in post.pictures
        )
        name = post.author.name and self.mask(post.author.name, post.platform)
        return replace(
            post, text=self.mask(post.text, post.platform), url=whole(post.url) or "",
            author=replace(post.author, name=name, url=whole(post.author.url)),
            links=frozenset(filter(whole, post.links)),
            tags=frozenset(tag for tag in post.tags if f"#{tag}" not in self),
            pictures=tuple(pictures), parent=whole(post.parent), root=whole(post.root),
            copy_of=whole(post.copy_of),
        )  # fmt: skip


def file_of(archive: Path) -> Path:
    """Return where the tombstones of an archive lie; a backup has them under the same name."""
    return archive.with_name(f"{archive.stem}-forgotten.json")


def post_name(platform: str, native_id: str) -> str:
    """Return what a post is known by that is forgotten for what it says of somebody."""
    return f"{platform} post {native_id}"


def _digest(key: str, name: str) -> str:
    return blake2b(
        normal(name).encode("utf-8", "replace"), key=bytes.fromhex(key), digest_size=16
    ).hexdigest()
