"""Why a post is not here: what its address, the archive and the campaign file say of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from monitor import COMMAND
from monitor.archive import ArchiveReader
from monitor.archive.posts.status import KnownTime, StoredPost
from monitor.campaign import Campaign, Track
from monitor.core.model import Pointer, Post
from monitor.core.text import allows, belongs, matches
from monitor.report import SourceState
from monitor.report.wording import title_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformAnswer:
    """What a platform says of a post now. Without a post it is gone, or its writer wants not to be found."""

    post: Post | None = None
    is_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person knows of a post."""

    address: str
    words: str = ""
    day: date | None = None  # on which it was written


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a post, in sentences; and its number in the archive if it is here."""

    sentences: tuple[str, ...]
    post: int | None = None
    cause: str = ""  # of a post that is not here, in a few words: "deleted since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """All that an answer is made from. Times in it are the campaign's."""

    archive: ArchiveReader
    campaign: Campaign
    states: Mapping[str, SourceState]
    now: datetime

    def answer(
        self, question: Question, pointers: Sequence[Pointer], reply: PlatformAnswer | None = None
    ) -> Answer:
        """Return what became of a post: by what its address says, and what its platform shows of it."""
        status = self.archive.post_status
        posts = filter(None, map(status.find, pointers))
        post = status.find_at(question.address) or next(posts, None)
        if post:
            return Answer(sentences=tuple(self._here(post)), post=post.id)
        if not pointers:
            return Answer(sentences=(_UNKNOWN,))
        pollable = [pointer for pointer in pointers if pointer.platform in self.states]
        return self.why_missing(question, (pollable or pointers)[0], reply)

    def why_missing(self, question: Question, pointer: Pointer, reply: PlatformAnswer | None) -> Answer:
        """Return why a post is not here, of which that is known."""
        reasons = list(self._reasons(question, pointer, reply))
        return Answer(
            sentences=tuple(sentence for _, sentence in reasons),
            cause=next(filter(None, (cause for cause, _ in reasons)), ""),
        )

    def _here(self, post: StoredPost) -> Iterator[str]:
        yield f"It is here. It came in on {self._moment(post.first_seen_at)}."
        if post.mark == "not ours":
            yield "Somebody marked it “not ours”, so it is not counted; you can undo this on its page."
        elif tracks := [track.title for track in self.campaign.tracks if track.name in post.tracks]:
            yield f"It is counted under {' and '.join(tracks)}."
        else:
            yield "It belongs to a track that is no longer in the campaign file."
        if post.is_scrubbed:
            yield (
                "Its text is no longer kept: it was deleted, is too old, or its author asks not to be found"
                " in searches. It still counts as one post."
            )

    def _reasons(
        self, question: Question, pointer: Pointer, reply: PlatformAnswer | None
    ) -> Iterator[tuple[str, str]]:
        """Yield sentences, each with the cause that it tells, in a few words, or ""; the first one counts."""
        title = title_of(pointer.platform)
        state = self.states.get(pointer.platform)
        if off := _why_not_polled(title, pointer.platform, state):
            yield "not read", off
            return
        if aside := self.archive.post_status.put_aside(pointer):
            came = f"It arrived on {self._moment(aside[0])}"
            yield "unreadable", f"{came}, but could not be read, and was set aside: {aside[1]}"
            return
        if self.archive.post_status.may_be_scrubbed(pointer):
            yield "", _NAMELESS
        if reply and not reply.post:
            ended = f"{title} no longer shows it: it was deleted or hidden."
            yield (_HIDDEN, _PRIVATE) if reply.is_private else (_DELETED, ended)
            return
        tracks, fits = self._fitting_tracks(question, reply)
        if fits is False:
            words = reply.post.text if reply and reply.post else question.words
            yield from ((_STRANGE, _mismatch(track, words)) for track in tracks)
            return
        if server := self._strange_server(pointer):
            yield "", server
        written_at = _time_of(pointer, question, reply, self.campaign.zone)
        if written_at:
            yield from self._time(pointer, tracks[0], written_at, is_elsewhere=bool(server))
        else:
            yield "", "Its address does not show when it was written. Enter the date and try again."
        if fits is None:
            looked_for = " and ".join(_terms(track) for track in tracks)
            yield "", f"The monitor searches for {looked_for}. Enter the text of the post and try again."

    def _fitting_tracks(
        self, question: Question, reply: PlatformAnswer | None
    ) -> tuple[Sequence[Track], bool | None]:
        """Return the tracks that a post fits, and whether there are any; all if none, or if nobody knows."""
        tracks = self.campaign.tracks
        if reply and reply.post:
            fit = [track for track in tracks if belongs(track.query, reply.post)]
        elif question.words:
            fit = [track for track in tracks if matches(track.query, question.words)]
        else:
            return tracks, None
        return fit or tracks, bool(fit)

    def _strange_server(self, pointer: Pointer) -> str:
        """Return what to say if a post is on a server that is not checked; "" if it is asked."""
        polls = self.archive.coverage.last_polls(self.now).get(pointer.platform, ())
        servers = {poll.stream.split(":")[1] for poll in polls if poll.stream.count(":") > 1}
        if not pointer.server or not servers or pointer.server in servers:
            return ""
        return (
            f"It was seen on {pointer.server}, a server the monitor does not check. It checks:"
            f" {', '.join(sorted(servers))}; these show only posts that have reached them. To check"
            f" it as well, add it to the servers under [sources.{pointer.platform}] in the campaign file."
        )

    def _time(
        self, pointer: Pointer, track: Track, at: datetime, *, is_elsewhere: bool
    ) -> Iterator[tuple[str, str]]:
        title, name = title_of(pointer.platform), pointer.platform
        period = self.archive.post_status.known_around(name, track.name, at)
        cause, clause = self._time_clause(title, period)
        cause = "on a server that is not checked" if is_elsewhere and period.is_known else cause
        yield cause, f"It was written on {self._moment(at)}, {clause}"
        if period.is_known:
            yield "", f"The Sources page lists what {title} never shows."
            return
        for trouble in self.archive.post_status.troubles(
            name, track.name, period.until or at, period.since or self.now
        ):
            yield "", trouble
        if period.since:
            day = at.astimezone(self.campaign.zone).date()
            yield "", f"{_BACK} {COMMAND} backfill --source {name} --since {day} --until {day}"

    def _time_clause(self, title: str, period: KnownTime) -> tuple[str, str]:
        """Return what is known of the time when a post was written, as a cause and the end of a sentence."""
        if period.is_known:
            return (
                "not shown in our searches",
                f"a time for which {title} returned everything it found. The post was not included: it"
                " was hidden from searches, deleted quickly, or published later than its date says.",
            )
        if period.until and period.since:
            gap = f"{self._moment(period.until)} and {self._moment(period.since)}"
            return "from a time when nothing was collected", f"and between {gap} nothing was collected."
        if period.since:
            return "from before the first check", f"before {title} was first checked."
        if period.until:
            clause = (
                f"after {title} was last read. If it is still there, one of the next checks will find it."
            )
            return "from after the last check", clause
        return (
            "from a time that may not be covered",
            f"but {title} does not say what period its answers cover: they may have left it out.",
        )

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(self.campaign.zone)
        return f"{local:%-d %B %Y at %H:%M}"


_DELETED, _HIDDEN, _STRANGE = "deleted since", "hidden from searches", "without your words"
NOT_TO_KEEP = (_DELETED, _HIDDEN, _STRANGE)  # the causes for which a post is rightly not here
_BACK = "Collecting older posts may find it; on the computer the monitor runs on, type:"
_NAMELESS = (
    "It may be one of the posts that are counted here, but whose text and address were removed because they"
    " were deleted, or are too old."
)
_UNKNOWN = (
    "It is not here, and this is not the address of a post on a platform that the monitor can search."
    " Copy the address of the post itself, from the browser or with Share. News articles are only"
    " found if their headline or summary contains the words. You can add by hand what no program can see."
)
_PRIVATE = "Its author asks not to be found in searches, so the monitor does not keep it."


def _why_not_polled(title: str, name: str, state: SourceState | None) -> str:
    """Return why a platform is not read at all; "" if it is."""
    how = f"To collect it, type this on the computer the monitor runs on: {COMMAND} setup {name}"
    if state is None:
        return f"{title} is not one of the sources in the campaign file. {how}"
    if not state.on:  # what needs the office's papers is asked nothing new without them, and says so
        off = f"{title} is switched off in the campaign file. {how}"
        return f"{title} is not asked. {state.detail}" if state.needs_person else off
    if state.last_poll is None:
        return (
            f"{title} has not been checked yet. To see whether the monitor is running, type: {COMMAND} status"
        )
    return ""


def _time_of(
    pointer: Pointer, question: Question, reply: PlatformAnswer | None, zone: ZoneInfo
) -> datetime | None:
    if reply and reply.post:
        return reply.post.created_at
    if pointer.written_at or not question.day:
        return pointer.written_at
    return datetime.combine(question.day, time(12), zone)


def _terms(track: Track) -> str:
    """Return what a track looks for: '#A, #B or “knife crime”'."""
    *some, last = [*(f"#{tag}" for tag in track.tags), *(f"“{phrase}”" for phrase in track.phrases)]
    return f"{', '.join(some)} or {last}" if some else last


def _mismatch(track: Track, words: str) -> str:
    """Return why a text is not of a track: a word that it has, or those that it lacks."""
    for word in track.excluded:
        if matches(Track(name="", title="", phrases=(word,)).query, words):
            return f"It contains the word “{word}”, and {track.title} excludes posts with it."
    for word in track.required:
        if not matches(Track(name="", title="", phrases=(word,)).query, words):
            return f"It lacks the word “{word}”, and {track.title} leaves out posts without it."
    if not allows(Track(name="", title="", near=track.near).query, words):
        terms = " or ".join(track.near)
        return f"It does not have {terms} near each other, and {track.title} leaves out posts without it."
    return f"It contains none of the words that {track.title} searches for: {_terms(track)}."
