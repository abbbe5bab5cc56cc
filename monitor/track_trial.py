"""What other words would change for a track: which of the stored posts would come to it and leave it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.archive import ArchiveReader
from monitor.archive.values import StoredText
from monitor.core.model import Query
from monitor.core.text import allows, matches
from monitor.platform_info import about, names
from monitor.report.wording import moment, quantity

_SPAN = timedelta(days=30)
_MOST = 50_000  # posts that are looked at while somebody waits
_ANY = Query(track="")
_RULES = {
    "excluded": "for an excluded word",
    "required": "for lack of a required word",
    "near": "for lack of words near each other",
}
_NO_TERM = "for lack of a hashtag or phrase"
_NOTHING_ASKED = (
    "A track needs at least one hashtag or phrase: sources are searched for these, and the other words only"
    " filter what they find."
)
_LIMITS = (
    "Stored posts stay as they are: new words apply to what is collected from then on. Posts that were never"
    " collected, and texts that were removed, are not included here."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Which of the stored posts would come to a track and leave it, the newest first."""

    gains: Sequence[StoredText]
    losses: Sequence[StoredText]
    unsure: int  # by a source's own search, which finds more than the words
    posts: int  # that were looked at
    since: datetime  # in the campaign's time zone
    after: Query

    @property
    def sentences(self) -> list[str]:
        """Return what it comes to, and what it does not know."""
        words = [
            f"Of {quantity(self.posts, 'post', 'posts')} stored from {moment(self.since)} on,"
            f" {len(self.gains):,} more would match the track, and {len(self.losses):,} no longer would."
            if self.posts
            else f"No posts are stored from {moment(self.since)} on; once some are, this shows which match."
        ]
        if self.losses:
            words.append(f"Why they would not: {self._reasons}.")
        if not (self.after.tags or self.after.phrases):
            words.append(_NOTHING_ASKED)
        if self.posts >= _MOST:
            words.append("There are too many to check the older ones.")
        if self.unsure:
            others = quantity(self.unsure, "other", "others")
            words.append(f"For {others} this is not known: the source's own search found them.")
        return [*words, _LIMITS]

    @property
    def _reasons(self) -> str:
        """Return how many go by each rule."""
        rules = {
            words: replace(_ANY, **{field: getattr(self.after, field)}) for field, words in _RULES.items()
        }
        posts = Counter[str]()
        for text in self.losses:  # a text by all rules, as what is read of it is kept for a moment
            broken = [words for words, rule in rules.items() if not allows(rule, text.text)]
            posts.update(broken or [_NO_TERM])
        reasons = [f"{posts[words]:,} {words}" for words in (*rules, _NO_TERM) if posts[words]]
        reasons += ["some for more than one reason"] * (posts.total() > len(self.losses))
        return ", ".join(reasons)

    @property
    def lists(self) -> dict[str, Sequence[StoredText]]:
        """Return the newest posts of both kinds, under their headings."""
        both = {"Newly matched, such as": self.gains, "No longer matched, such as": self.losses}
        return {heading: texts[:10] for heading, texts in both.items() if texts}


def trial(archive: ArchiveReader, before: Query, after: Query, now: datetime) -> Trial:
    """Return what the posts of the last 30 days would gain and lose if a track asked for something else.

    A new track's `before` asks for nothing. What somebody brought into the track, by hand or with a file,
    stays; and a source that finds hashtags only is asked for nothing else.
    """
    texts = archive.posts.texts(before.track, now - _SPAN, _MOST)
    queries = {True: [replace(query, phrases=()) for query in (before, after)], False: [before, after]}
    tags_only = {name for name in names() if about(name).tags_only}
    verdicts = [(text, _belongs(text, *queries[text.platform in tags_only])) for text in texts]
    return Trial(
        gains=[text for text, belongs in verdicts if belongs and not text.is_member],
        losses=[text for text, belongs in verdicts if belongs is False and text.is_member],
        unsure=sum(belongs is None for _, belongs in verdicts),
        posts=len(texts),
        after=after,
        since=(texts[-1].created_at if len(texts) >= _MOST else now - _SPAN).astimezone(archive.zone),
    )


def _belongs(text: StoredText, before: Query, after: Query) -> bool | None:
    """Return whether a post would belong to the track; None if its source found it by what is not in it."""
    if (text.is_member and text.is_entered) or matches(after, text.text, text.tags):
        return True
    if not text.is_member or matches(before, text.text, text.tags) or not allows(after, text.text):
        return False
    return {*before.tags, *before.phrases} <= {*after.tags, *after.phrases} or None


def new_words(before: Query, after: Query) -> Query:
    """Return what to ask sources for: the tags and phrases that are new, or all if none is."""
    tags = tuple(tag for tag in after.tags if tag not in before.tags)
    phrases = tuple(phrase for phrase in after.phrases if phrase not in before.phrases)
    return replace(after, tags=tags, phrases=phrases) if tags or phrases else after
