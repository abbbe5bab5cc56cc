"""What is compared equals a count by hand, post for post, whatever was watched, came late or was copied."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.model import Metrics, Post
from monitor.report import Window
from tests.archive.saving import opened, saved
from tests.builders import a_page
from tests.report.watched import HOUR, TRACK, at, post, report

NOW = Window(first=date(2026, 11, 19), last=date(2026, 11, 21))
THEN = Window(first=date(2026, 11, 16), last=date(2026, 11, 18))
BEGUN, END = at(16, 0), at(22, 0)
LOOKED = at(22, 9)
POLLS = 6 * HOUR
PLATFORMS = ("mastodon", "bluesky")
STREAMS = ("late", "back:mastodon:a/b", "import:a.csv")


@dataclass
class Stored:
    """A post, when it came, and by what; and its likes, by when they were read."""

    post: Post
    seen: datetime
    stream: str
    likes: dict[datetime, int] = field(default_factory=dict)

    def likes_at(self, when: datetime) -> int | None:
        known = [self.likes[at] for at in sorted(self.likes) if at <= when]
        return known[-1] if known else None


@dataclass
class ByHand:
    """All that was polled and stored, and the rules in plain words."""

    polls: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    stored: list[Stored] = field(default_factory=list)

    def covered(self, platform: str, since: datetime, until: datetime) -> timedelta:
        parts = [min(b, until) - max(a, since) for a, b in self.polls[platform]]
        return sum((part for part in parts if part > timedelta()), timedelta())

    def platforms(self) -> set[str]:
        """Return what saw nine tenths of both times."""
        halves = ((BEGUN, at(19, 0)), (at(19, 0), END))
        return {
            name for name in PLATFORMS if all(self.covered(name, a, b) >= 0.9 * (b - a) for a, b in halves)
        }

    def is_compared(self, one: Stored) -> bool:
        start = (one.post.created_at - BEGUN) // HOUR % 72
        for first in (BEGUN, at(19, 0)):
            if self.covered(one.post.platform, first + start * HOUR, first + (start + 1) * HOUR) < HOUR:
                return False
        if one.post.copy_of:
            return False
        cut = LOOKED if one.post.created_at >= at(19, 0) else LOOKED - 72 * HOUR
        created = one.post.created_at
        was_polled = any(a <= created < b and b <= cut for a, b in self.polls[one.post.platform])
        is_late = one.seen > created + HOUR and (
            one.seen > cut or one.stream.startswith(("back:", "import:"))
        )
        return not (is_late and was_polled)

    def counts(self, since: datetime, until: datetime) -> tuple[tuple[int, int, int, int | None], float]:
        """Return posts, people, messages, and likes as they were when these days were as old as now; and of
        what share of the posts likes were known then.
        """
        some = [
            one
            for one in self.stored
            if since <= one.post.created_at < until and one.post.platform in self.platforms()
            if self.is_compared(one)
        ]
        people = {(one.post.platform, one.post.author.id) for one in some}
        then, now = (
            [likes for one in some if (likes := one.likes_at(when)) is not None]
            for when in (LOOKED - (END - until), LOOKED)
        )
        is_known = then and len(then) >= 0.9 * len(now)
        numbers = len(some), len(people), len(some), sum(then) if is_known else None
        return numbers, len(then) / len(some) if some else 0


post_acts = st.tuples(
    st.sampled_from(PLATFORMS), st.integers(0, 143), st.integers(1, 59), st.sampled_from("abcdef"),
    st.sampled_from(["poll", "poll", "poll", *STREAMS]), st.integers(0, 130), st.booleans(),
    st.none() | st.integers(0, 9), st.none() | st.tuples(st.integers(1, 140), st.integers(0, 9)),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    missed=st.sets(st.tuples(st.sampled_from(PLATFORMS), st.integers(0, 23)), max_size=3),
    acts=st.lists(post_acts, max_size=40),
)
@pytest.mark.slow
def test_what_is_compared_equals_a_count_by_hand(missed, acts):
    with TemporaryDirectory() as folder, opened(Path(folder)) as archive:
        hand = ByHand({name: [] for name in PLATFORMS})
        for name in PLATFORMS:
            for n in range(24):
                since = BEGUN + n * POLLS
                if (name, n) not in missed:
                    hand.polls[name].append((since, since + POLLS))
                    page = a_page(since=since, until=since + POLLS)
                    saved(archive, page, source=name, now=since + POLLS, track=TRACK)
        for number, (name, hour, minute, by, stream, later, is_copy, likes, again) in enumerate(acts):
            when = BEGUN + hour * HOUR + minute * HOUR / 60
            seen = when + HOUR / 10 if stream == "poll" else min(when + later * HOUR, LOOKED)
            copy_of = f"https://else.example/{number}" if is_copy and name == "bluesky" else None
            text = f"number {number}"
            new = post(f"{number}", when, name, by=by, copy_of=copy_of, text=text, likes=likes)
            source = "import" if stream.startswith("import") else name
            saved(archive, a_page(new, stream=stream), source=source, now=seen, track=TRACK)
            one = Stored(new, seen, stream, {} if likes is None else {seen: likes})
            hand.stored.append(one)
            if again and seen + again[0] * HOUR <= LOOKED:
                one.likes[seen + again[0] * HOUR] = again[1]
                reread = replace(new, metrics=Metrics(likes=again[1]))
                page = a_page(reread, stream=f"again:{name}")
                saved(archive, page, source=name, now=seen + again[0] * HOUR, track=TRACK)
        shown = report(archive, NOW, LOOKED)
    (now, part), (then, other) = hand.counts(at(19, 0), END), hand.counts(BEGUN, at(19, 0))
    if now[0] and then[0] and abs(part - other) > 1 / 3:  # known of many more posts, or of fewer
        then = *then[:3], None
    every = sum(
        at(19, 0) <= one.post.created_at < END
        and not (one.post.copy_of and one.post.platform in hand.platforms())
        for one in hand.stored
    )
    keys = ("posts", "people", "messages", "engagement")
    if hand.platforms() and 2 * now[0] >= every:
        assert tuple(shown.figures[key].finished for key in keys) == now
        assert tuple(shown.figures[key].before for key in keys) == then
    else:
        assert shown.comparison is None
