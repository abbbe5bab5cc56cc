"""Histories of an archive, and a plain memory of what each should leave: obviously right, and slow."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from monitor.archive import Archive
from monitor.archive.values import Mark
from monitor.core.model import Author, Media, Metrics, Post, Query, Tone
from monitor.kit import KitItem
from tests.builders import a_page, a_post, a_sentiment

LONDON = ZoneInfo("Europe/London")
TRACKS = ("crime", "knives")
START = datetime(2026, 3, 25, 21, tzinfo=UTC)  # the clocks go forward on the 29th
FIRST = date(2026, 3, 25)
DAYS = 9
TEXTS = ("Enough is enough.", "Now!", "Who pays?")
NUMBERS = ("likes", "reposts", "replies", "quotes", "views")
Key = tuple[str, str]


@dataclass
class Remembered:
    """What should be known of one post."""

    post: Post
    tracks: set[str]
    order: int  # in which it was stored
    score: tuple[str, Tone] | None = None  # who scored it, and how
    label: Tone | None = None
    scrubbed: bool = False
    mark: str | None = None

    @property
    def local(self) -> datetime:
        return self.post.created_at.astimezone(LONDON)

    @property
    def tone(self) -> Tone | None:
        if self.label:
            return self.label
        return self.score[1] if self.score else None

    def is_scored(self, analyzer: str, tone: Tone | None) -> None:
        """Remember a score; the first by an analyzer stays, until it does not score the post at all."""
        if tone is None or self.score is None or self.score[0] != analyzer:
            self.score = tone and (analyzer, tone)

    @property
    def engagement(self) -> int | None:
        said = self.post.metrics
        known = [n for n in (said.likes, said.reposts, said.replies, said.quotes) if n is not None]
        return sum(known) if known else None

    def terms(self, kind: str) -> frozenset[str]:
        if kind == "link":
            return frozenset() if self.scrubbed else self.post.links
        return self.post.tags if kind == "tag" else frozenset(str(medium) for medium in self.post.media)


@dataclass
class History:
    """Acts on an archive, and the memory of them."""

    archive: Archive
    posts: dict[Key, Remembered] = field(default_factory=dict)
    said: dict[str, Tone] = field(default_factory=dict)  # of a text, by a person
    now: datetime = START
    stored: int = 0

    def live(self, acts: Iterable[tuple[str, object]]) -> "History":
        for name, what in acts:
            self.now += timedelta(minutes=1)
            getattr(self, name)(what)
        return self

    def save(self, what: tuple[str, list[tuple[Post, Tone | None]], str]) -> None:
        track, scored, analyzer = what
        posts, tones = [post for post, _ in scored], [tone for _, tone in scored]
        self.archive.ingest.save(
            a_page(*posts), source="mastodon", track=track, 
            scores=[tone and a_sentiment(tone) for tone in tones],
            analyzer=analyzer, started_at=self.now, now=self.now,
        )  # fmt: skip
        for post, tone in {(p.platform, p.id): (p, t) for p, t in scored}.values():
            self._saved(post, tone, track, analyzer)

    def label(self, what: tuple[int, Tone | None]) -> None:
        if found := self._pick(what[0]):
            self.archive.annotations.label([self.id(found)], "tone", what[1], by="jo", now=self.now)
            if not found.scrubbed:
                self._said(found.post.text, what[1])

    def mark(self, what: tuple[int, str | None]) -> None:
        if found := self._pick(what[0]):
            self.archive.marks.set([self.id(found)], what[1], by="jo", now=self.now)
            if not (found.scrubbed and what[1] == Mark.NEEDS_REPLY):  # nobody can answer it
                found.mark = what[1]

    def rescore(self, what: tuple[int, Tone | None]) -> None:
        if found := self._pick(what[0]):
            score = what[1] and a_sentiment(what[1])
            self.archive.tone_scores.save([(self.id(found), score)], "later", self.now)
            found.is_scored("later", what[1])

    def scrub(self, which: int) -> None:
        if found := self._pick(which):
            self.archive.ingest.scrub([self.id(found)], self.now)
            found.scrubbed = True
            if all(other.scrubbed for other in self.posts.values() if other.post.text == found.post.text):
                self.said.pop(found.post.text, None)

    def ask(self, what: tuple[str, frozenset[str], frozenset[str]]) -> None:
        track, tags, phrases = what
        self.archive.history.save_words(
            Query(track=track, tags=tuple(tags), phrases=tuple(phrases)), self.now
        )

    def suggest(self, words: str) -> None:
        self.archive.kit.save(KitItem(words=words, address="https://a.example/"), self.now)
        for _ in self.archive.kit.update(self.now):
            pass

    def delete(self, which: int) -> None:
        if found := self._pick(which):
            self.archive.ingest.delete([self.id(found)])
            del self.posts[found.post.platform, found.post.id]

    def id(self, remembered: Remembered) -> int:
        native_id = remembered.post.id
        return self.archive.posts.ids_of(remembered.post.platform, [native_id])[native_id]

    def within(self, track: str, first: date, last: date) -> list[Remembered]:
        ours = [one for one in self.posts.values() if one.mark != "not ours"]
        return [one for one in ours if track in one.tracks and first <= one.local.date() <= last]

    def _said(self, text: str, label: Tone | None) -> None:
        for one in self.posts.values():
            if one.post.text == text and not one.scrubbed:
                one.label = label
        self.said.pop(text, None)
        if label:
            self.said[text] = label

    def _pick(self, which: int) -> Remembered | None:
        return list(self.posts.values())[which % len(self.posts)] if self.posts else None

    def _saved(self, post: Post, tone: Tone, track: str, analyzer: str) -> None:
        key = (post.platform, post.id)
        if key not in self.posts:
            self.stored += 1
            self.posts[key] = Remembered(
                post, {track}, self.stored, tone and (analyzer, tone), self.said.get(post.text)
            )
            return
        known = self.posts[key]
        known.tracks.add(track)
        if known.scrubbed:
            return
        if post.text != known.post.text:
            known.score = None
            known.label = self.said.get(post.text)
            known.post = replace(
                known.post, text=post.text, tags=post.tags, links=post.links, media=post.media
            )
        else:
            more = {
                name: getattr(known.post, name) | getattr(post, name) for name in ("tags", "links", "media")
            }
            known.post = replace(known.post, **more)
        known.post = replace(known.post, copy_of=known.post.copy_of or post.copy_of)
        known.is_scored(analyzer, tone)
        numbers = {
            name: old if (new := getattr(post.metrics, name)) is None else new
            for name in NUMBERS
            for old in [getattr(known.post.metrics, name)]
        }
        author = known.post.author
        if author.followers is None:
            author = replace(author, followers=post.author.followers)
        known.post = replace(known.post, metrics=Metrics(**numbers), author=author)


_few = st.integers(0, 5)
_maybe = st.none() | _few
_scored = st.none() | st.sampled_from(Tone)  # None: in another language


# Each strategy is made once, not for each post: the few that there are of each thing collide.
_numbers = st.tuples(*[_maybe] * len(NUMBERS))
_writers = st.builds(
    lambda name, followers: Author(id=name, handle=f"@{name}smith", followers=followers),
    st.sampled_from("abcd"), st.sampled_from((None, 0, 7, 999, 1000, 250_000)),
)  # fmt: skip
_posts = st.builds(
    lambda numbers, minutes, **said: a_post(
        created_at=START + timedelta(minutes=minutes * 30),
        **said | {name: number for name, number in zip(NUMBERS, numbers, strict=True) if number is not None},
    ),
    _numbers,
    st.integers(0, DAYS * 24 * 2),
    platform=st.sampled_from(("mastodon", "bluesky")),
    id=st.integers(0, 14).map(str),
    author=_writers,
    text=st.sampled_from(TEXTS),
    tags=st.frozensets(st.sampled_from(("ours", "police", "barking"))),
    copy_of=st.sampled_from((None, None, None, *(f"https://example.org/posts/{n}" for n in range(4)))),
    links=st.frozensets(st.sampled_from(("https://a.example/?s=kit-print-v1", "https://b.example/"))),
    media=st.frozensets(st.sampled_from(Media)),
)


_which = st.integers(0, 1000)
_saves = st.tuples(
    st.sampled_from(TRACKS),
    st.lists(st.tuples(_posts, _scored), min_size=1, max_size=5),
    st.sampled_from(("one", "two")),
)
_asks = st.tuples(
    st.sampled_from(TRACKS),
    st.frozensets(st.sampled_from(("ours", "police", "barking"))),
    st.frozensets(st.sampled_from(("enough", "now"))),
)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("save"), _saves),
        st.tuples(st.just("save"), _saves),
        st.tuples(st.just("label"), st.tuples(_which, st.none() | st.sampled_from(Tone))),
        st.tuples(st.just("mark"), st.tuples(_which, st.none() | st.sampled_from(Mark))),
        st.tuples(st.just("rescore"), st.tuples(_which, _scored)),
        st.tuples(st.just("scrub"), _which),
        st.tuples(st.just("ask"), _asks),
        st.tuples(st.just("suggest"), st.sampled_from(TEXTS)),
        st.tuples(st.just("delete"), _which),
    ),
    min_size=1,
    max_size=25,
)
