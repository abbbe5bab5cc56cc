"""Taking a file of posts into the archive: in parts, each stored whole, with a count for every item.

A part is stored in one transaction: whoever is ended midway loses at most the parts that were being worked
on, and to take the same file in again stores nothing twice. Of a large file the words are read by other
processes, while this one, which alone writes, stores and reads on.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from monitor.archive import Archive
from monitor.archive.posts.annotations import PostAnnotations
from monitor.archive.values import IMPORT, Mark
from monitor.campaign import Campaign, Track
from monitor.collect.tone_scoring import scored
from monitor.collect.validation import storable_item
from monitor.core.clock import Clock
from monitor.core.errors import MonitorError
from monitor.core.files.contents import ImportCounts, Item
from monitor.core.files.opening import Progress
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Deleted, Other, Page, Post, Rejected, Sentiment
from monitor.core.text import belongs
from monitor.tone import Analyzer
from monitor.tone.process_pool import results

# Posts that are stored together, and what was read of the file for them. Nobody else can write meanwhile, for
# less than a second; as SQLite tries again after a tenth of one, the time between two has to be as long.
_PART, _PART_BYTES = 1_000, 2_000_000
_Text = tuple[str, str | None]  # a text, and its language as the platform says it
_Words = tuple[str, Sentiment | None, frozenset[str]]  # who says how it sounds, and the places that it names
Reader = Callable[[Progress], Iterator[Item]]


@dataclass(frozen=True, slots=True)
class _Part:
    """What is stored together: items as the archive can keep them, and of each post in the end its tracks."""

    items: Sequence[Item]
    posts: Sequence[Post]
    deletions: Sequence[Deleted]
    homes: Sequence[Sequence[Track]]

    @property
    def texts(self) -> list[_Text]:
        """Return each text of a post that belongs to a track once."""
        pairs = zip(self.posts, self.homes, strict=True)
        return [*dict.fromkeys((post.text, post.lang) for post, tracks in pairs if tracks)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """How files are taken in: each post into all `tracks`, or (`matching`) into those that it matches.

    Without an archive the items are read and counted, and nothing is stored. `processes` read words beside
    this one.
    """

    campaign: Campaign
    tracks: Sequence[Track]
    matching: bool
    archive: Archive | None
    analyzer: Analyzer
    clock: Clock
    started_at: datetime
    processes: int = 0

    def take(
        self,
        reader: Reader,
        name: str,
        progress: Progress = lambda number: None,
        read_at: datetime | None = None,
    ) -> Iterator[ImportCounts]:
        """Take in the file called `name`, part by part; yield the counts of each part once it is stored.

        `progress` gets the bytes of each read; `read_at` is when numbers were read of which the file does not
        say it. Raises MonitorError, as the reader does, after storing what came before the fault.
        """
        parts = (self._part(items) for items in _parts(reader, progress, partial(self._item, read_at)))
        tasks = ((part, part.texts if self.archive else []) for part in parts)
        read = partial(_words, self.analyzer, self.campaign.gazetteer)
        with closing(results(read, tasks, self.processes)) as pairs:
            for part, words in pairs:
                yield self._store(part, words, name)

    def _item(self, read_at: datetime | None, item: Item) -> Item:
        """Return an item as the archive can keep it, and not what it was made from: that takes most room."""
        item = storable_item(item, self.clock())
        return replace(item, raw={}, read_at=item.read_at or read_at) if isinstance(item, Post) else item

    def _part(self, items: Sequence[Item]) -> _Part:
        posts, deletions = _as_it_ends(items)
        homes = [[t for t in self.tracks if not self.matching or belongs(t.query, post)] for post in posts]
        return _Part(items, posts, deletions, homes)

    def _store(self, part: _Part, words: Mapping[_Text, _Words], name: str) -> ImportCounts:
        posts = part.posts
        rejected = [item for item in part.items if isinstance(item, Rejected)]
        new = 0
        if self.archive and part.deletions:
            self.archive.ingest.follow(part.deletions, self.clock())
        if self.archive and rejected:  # of no track, where each post finds its own
            self._save("" if self.matching else self.tracks[0].name, name, (), {}, rejected)
        for track in self.tracks if self.archive else ():
            if fits := [post for post, home in zip(posts, part.homes, strict=True) if track in home]:
                new += self._save(track.name, name, fits, words, ())
        if self.archive:
            _restore(self.archive, posts, f"file {name}", self.clock())
        left_out = self._left_out(part.items)
        others = sum(isinstance(item, Other) for item in part.items)
        left_out[Deleted.reason] = len(part.items) - len(posts) - len(rejected) - others
        return ImportCounts(
            read=len(part.items), new=new if self.archive else None, rejected=len(rejected),
            other=part.homes.count([]) + left_out.total(), left_out=+left_out,
            reasons=tuple(item.reason for item in rejected), days=self._days(posts),
        )  # fmt: skip

    def _left_out(self, part: Sequence[Item]) -> Counter[str]:
        """Return why items are no posts, and how many; those that stand for a known post are known."""
        others = [item for item in part if isinstance(item, Other)]
        ids = {
            item.platform: [other.id for other in others if other.platform == item.platform]
            for item in others
            if item.id
        }
        known = {(item.platform, item.id) for item in part if isinstance(item, Post)}
        for name, all_ in ids.items():
            of_archive = self.archive.posts.ids_of(name, all_) if self.archive else ()
            known.update((name, native_id) for native_id in of_archive)
        return Counter(item.reason for item in others if (item.platform, item.id) not in known)

    def _save(
        self, track: str, name: str, posts: Sequence[Post], words: Mapping[_Text, _Words],
        rejected: Sequence[Rejected],
    ) -> int:  # fmt: skip
        assert self.archive
        read = [(post, *words[post.text, post.lang]) for post in posts]
        placed = tuple(replace(post, places=places) if places else post for post, _, _, places in read)
        # Under a name of its own: an import must not make a platform look freshly polled.
        return self.archive.ingest.save(
            Page(stream=f"{IMPORT}:{name}", posts=placed, rejected=tuple(rejected)),
            source=IMPORT, track=track, scores=[score for _, _, score, _ in read],
            analyzer=next((by for _, by, _, _ in read), ""), started_at=self.started_at, now=self.clock(),
        )  # fmt: skip

    def _days(self, posts: Sequence[Post]) -> dict[str, tuple[date, date]]:
        days: dict[str, list[date]] = {}
        for post in posts:
            days.setdefault(post.platform, []).append(post.created_at.astimezone(self.campaign.zone).date())
        return {platform: (min(all_), max(all_)) for platform, all_ in days.items()}


def _restore(archive: Archive, posts: Sequence[Post], by: str, now: datetime) -> None:
    """Give posts the mark and notes that a file of ours has; where the office has its own, these stay."""
    for post in archive.ingest.settled([post for post in posts if post.mark or post.notes]):
        for post_id in archive.posts.ids_of(post.platform, [post.id]).values():
            here = archive.annotations.of_posts([post_id]).get(post_id, PostAnnotations())
            if post.mark in {*Mark} and not here.mark:
                archive.marks.set([post_id], post.mark, by=by, now=now)
            for note in filter(str.strip, () if here.notes else post.notes):
                archive.annotations.add_note([post_id], note, by=by, now=now)


def _as_it_ends(items: Sequence[Item]) -> tuple[list[Post], list[Deleted]]:
    """Return the posts that are there at the end, and what was said to be gone: what comes later counts."""
    deletions = [item for item in items if isinstance(item, Deleted)]
    posts: list[Post] = []
    for item in items:
        if isinstance(item, Deleted):
            posts = [post for post in posts if not item.means(post)]
        elif isinstance(item, Post):
            posts.append(item)
    return posts, deletions


def _words(analyzer: Analyzer, gazetteer: Gazetteer, texts: Sequence[_Text]) -> dict[_Text, _Words]:
    by, scores = scored(analyzer, texts)
    return {text: (by, score, gazetteer.find(text[0])) for text, score in zip(texts, scores, strict=True)}


def _parts(reader: Reader, progress: Progress, checked: Callable[[Item], Item]) -> Iterator[list[Item]]:
    """Yield the items that are stored together; of a file that breaks off, also those before that."""
    part: list[Item] = []
    size = 0

    def count(number: int) -> None:
        nonlocal size
        size += number
        progress(number)

    try:
        for item in map(checked, reader(count)):
            part.append(item)
            if len(part) == _PART or size > _PART_BYTES:
                yield part
                part, size = [], 0
    except MonitorError:  # the file breaks off there
        yield part
        raise
    if part:
        yield part
