"""Every figure of a report equals a slow, obviously right count, after any history."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from math import ceil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.archive import Archive, stats
from monitor.campaign import Campaign, Digest, Track
from monitor.core.model import Post, Tone
from monitor.report import Report, ShownPost, Window
from monitor.report.baseline import of_amounts
from monitor.report.build import build
from monitor.report.figures import measures
from monitor.report.window import shifted
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post
from tests.history import DAYS, FIRST, LONDON, START, TRACKS, History, Remembered, acts

CAMPAIGN = Campaign(
    name="Test",
    zone=LONDON,
    tracks=tuple(Track(name=name, title=name, tags=(name,)) for name in TRACKS),
    sources={},
    digest=Digest(),
)
NOW = START + timedelta(days=30)
WEEK = timedelta(days=7)
BANDS = (1_000, 10_000, 100_000, 1_000_000)
windows = st.builds(
    lambda first, days: Window(
        first=FIRST + timedelta(days=first), last=FIRST + timedelta(days=first + days)
    ),
    st.integers(-2, DAYS + 1),
    st.sampled_from((0, 2, 6, 11)),
)
platforms = st.sampled_from((frozenset(), frozenset({"bluesky"}), frozenset({"bluesky", "mastodon"})))


def chosen(history: History, track: str, window: Window, platforms: frozenset[str]) -> list[Remembered]:
    posts = history.within(track, window.first, window.last)
    return [one for one in posts if not platforms or one.post.platform in platforms]


def author(one: Remembered) -> tuple[str, str]:
    return one.post.platform, one.post.author.id


def age(one: Remembered) -> tuple[datetime, int]:
    return one.post.created_at, one.order


def last_posts(posts: list[Remembered]) -> dict[tuple[str, str], Remembered]:
    return {author(one): one for one in sorted(posts, key=age)}


def band(followers: int) -> int:
    return 1 + sum(followers >= step for step in BANDS)


def ceiling(posts: list[Remembered]) -> tuple[int | None, int, int]:
    last = [one.post.author.followers for one in last_posts(posts).values()]
    known = [followers for followers in last if followers is not None]
    return sum(known) if known else None, len(known), len(last)


def are_one(one: Post, two: Post) -> bool:
    """Return whether the definition takes two posts for one message: by address, or as a cross-post."""
    if one.platform == two.platform:
        return False
    apart = abs(one.created_at - two.created_at)
    is_cross_post = one.author.handle == two.author.handle and apart <= timedelta(hours=36)
    return bool({one.url, one.copy_of} & {two.url, two.copy_of} - {None}) or (
        is_cross_post and one.text == two.text
    )


def messages(everything: list[Remembered]) -> dict[int, int]:
    """Return the message of each post, by the order of both, going on as long as two can be joined."""
    message = {one.order: one.order for one in everything}
    pairs = [(a.order, b.order) for a, b in combinations(everything, 2) if are_one(a.post, b.post)]
    while apart := [pair for pair in pairs if message[pair[0]] != message[pair[1]]]:
        for one, two in apart:
            message[one] = message[two] = min(message[one], message[two])
    return message


def without_bridges(everything: list[Remembered], posts: list[Remembered]) -> list[Remembered]:
    """Return the posts without all that is by accounts which only repeat others that have posted, too."""
    message = messages(everything)
    originals = {message[one.order] for one in posts if one.post.copy_of is None}
    copied = [one for one in posts if one.post.copy_of and message[one.order] in originals]
    bridges = {author(one) for one in copied}
    return [one for one in posts if author(one) not in bridges]


def engagement(posts: list[Remembered]) -> tuple[int | None, int, int]:
    known = [one.engagement for one in posts if one.engagement is not None]
    return sum(known) if known else None, len(known), len(posts)


def views(posts: list[Remembered]) -> tuple[int | None, int, int]:
    known = [one.post.metrics.views for one in posts if one.post.metrics.views is not None]
    return sum(known) if known else None, len(known), len(posts)


def figure(report: Report, name: str) -> tuple[int | None, int, int]:
    found = report.figures[name]
    return found.value, found.known, found.of


def slow_figures(history: History, posts: list[Remembered]) -> dict[str, tuple[int | None, int, int]]:
    everything = list(history.posts.values())
    by_people, message = without_bridges(everything, posts), messages(everything)
    people = len({author(one) for one in by_people})
    return {
        "posts": (len(posts), len(posts), len(posts)),
        "messages": (len({message[one.order] for one in posts}), len(posts), len(posts)),
        # Posts without anybody who counts, as where each has only passed another's on: not known, never zero.
        "people": (people if people or not posts else None, people, people),
        "engagement": engagement(posts),
        "views": views(posts),
        "ceiling": ceiling(by_people),
    }


def slow_heat(posts: list[Remembered], window: Window) -> dict[tuple[int, int], float]:
    """Return the posts of each hour of the week by how often it came, for all of it was collected."""
    first, end = (datetime.combine(day, time(), LONDON) for day in (window.first, window.last + timedelta(1)))
    hours, hour = Counter[tuple[int, int]](), first.astimezone(UTC)
    while hour < min(end, NOW):
        hours[hour.astimezone(LONDON).weekday(), hour.astimezone(LONDON).hour] += 1
        hour += timedelta(hours=1)
    numbers = Counter((one.local.weekday(), one.local.hour) for one in posts)
    return {cell: round(number / hours[cell], 3) for cell, number in numbers.items()}


def slow_terms(posts: list[Remembered], kind: str) -> Counter[str]:
    return Counter(term for one in posts for term in one.terms(kind))


def slow_new(history: History, track: str, posts: list[Remembered], window: Window) -> int:
    before = {author(one) for one in history.within(track, date.min, window.first - timedelta(days=1))}
    return len({author(one) for one in posts} - before)


def slow_seen(everything: list[Remembered], by_people: list[Remembered]) -> tuple[int, int] | None:
    """As the definition says of too few posts to measure by; `everything` is the track's, until its end.

    What is measured has tests of its own: test_reach.py and test_documented_sql.py.
    """
    assert sum(one.post.metrics.views is not None for one in everything) < 30
    last = [one.post.author.followers for one in last_posts(by_people).values()]
    known = [followers for followers in last if followers is not None]
    each = [one for one in known if len(known) < 3 or one < 100_000 or 2 * one <= sum(known)]
    return (int(round(0.01 * sum(each), 6)), ceil(round(0.20 * sum(each), 6))) if known else None


def tones(posts: list[Remembered]) -> dict[Tone, int]:
    """Return how many posts have each tone that may be told; those in other languages have none."""
    counts, people = Counter(one.tone for one in posts), defaultdict(set)
    for one in posts:
        people[one.tone].add(author(one))
    large = [
        tone
        for tone in (None, Tone.UNCLEAR, Tone.NEUTRAL, Tone.POSITIVE, Tone.NEGATIVE)
        if len(people[tone]) >= 5
    ]
    if len(large) < 2:
        return {}
    safe = large[1:] if any(len(people[tone]) < 5 for tone in counts if tone) else large
    return {tone: counts[tone] for tone in safe if tone}


def check(history: History, report: Report, track: str, posts: list[Remembered]) -> None:
    window, tops = report.window, {kind: slow_terms(posts, kind) for kind in ("tag", "link", "media")}
    assert {name: figure(report, name) for name in slow_figures(history, posts)} == slow_figures(
        history, posts
    )
    assert tones(posts) == {t: n for t, n in report.tones.items() if n}
    began = history.archive.posts.first_day()
    assert report.new_people == (
        slow_new(history, track, posts, window) if began and began < window.first else None
    )
    found_heat = {(d, h): n for d, hours in enumerate(report.heat) for h, n in enumerate(hours) if n}
    assert found_heat == slow_heat(posts, window)
    for kind, found in (("tag", report.tags), ("link", report.links), ("media", report.media)):
        assert {term.term: term.posts for term in found} == dict(tops[kind])
        assert [term.posts for term in found] == sorted(tops[kind].values(), reverse=True)
    per_day = Counter((one.local.date(), one.post.platform) for one in posts)
    assert {(d.day, p): n for d in report.days for p, n in d.posts.items() if n} == dict(per_day)
    for day in report.days:
        of = [one for one in posts if one.local.date() == day.day]
        engaged = [one.engagement for one in of if one.engagement is not None]
        assert day.engagement == (sum(engaged) if engaged else None)
    biggest = sorted((one.engagement for one in posts if one.engagement), reverse=True)[:10]
    top = [sum(filter(None, (p.metrics.likes, p.metrics.reposts, p.metrics.quotes, p.metrics.replies)))
           for p in report.top]  # fmt: skip
    whole_list(top, biggest, report.top)
    newest = [one.post.created_at for one in sorted(posts, key=age, reverse=True)[:10]]
    whole_list([p.created_at for p in report.latest], newest, report.latest)
    busiest = Counter(author(one) for one in posts)
    engaged = {who: engagement([one for one in posts if author(one) == who])[0] for who in busiest}
    found_people = [(one.posts, one.engagement) for one in report.top_people]
    assert Counter(found_people) == Counter((number, engaged[who]) for who, number in busiest.items())
    assert found_people == sorted(found_people, key=lambda one: (one[0], one[1] or 0), reverse=True)


def whole_list(first: list[Any], every: list[Any], shown: Sequence[ShownPost]) -> None:
    """Check a list of posts where those in the same words are folded: it begins alike, in order."""
    assert first[:1] == every[:1]
    assert not Counter(first) - Counter(every)
    assert first == sorted(first, reverse=True)
    assert sum(1 + post.alike for post in shown) == len(every)


def cover(archive: Archive) -> None:
    """Say that every platform was collected all the time, so that no count is unknown."""
    for source in ("mastodon", "bluesky"):
        for track in TRACKS:
            saved(archive, a_page(since=START - timedelta(days=90), until=NOW), source=source, track=track)


def build_at(archive: Archive, track: str, window: Window, platforms: frozenset[str]) -> Report:
    chosen = next(one for one in CAMPAIGN.tracks if one.name == track)
    return build(archive, CAMPAIGN, window, now=NOW, sources=(), track=chosen, platforms=platforms)


@pytest.mark.slow
@pytest.mark.parametrize("few", [3_000, 0], ids=["read the posts", "walk down the totals"])
@settings(max_examples=60)
@given(acts=acts, track=st.sampled_from(TRACKS), window=windows, platforms=platforms)
def test_every_figure_equals_a_slow_count(few, acts, track, window, platforms):
    with (
        TemporaryDirectory() as folder,
        opened(Path(folder)) as archive,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(stats, "_FEW", few)
        cover(archive)
        history = History(archive).live(acts)
        report = build_at(archive, track, window, platforms)
        posts = chosen(history, track, window, platforms)
        check(history, report, track, posts)
        earlier = chosen(history, track, Window(first=date.min, last=window.last), platforms)
        found = report.seen and (report.seen.low, report.seen.high)
        assert found == slow_seen(earlier, without_bridges(list(history.posts.values()), posts))
        shares = [len(chosen(history, name, window, platforms)) for name in TRACKS]
        assert [share.posts for share in report.shares] == shares


@pytest.mark.slow
@settings(max_examples=25)
@given(acts=acts, ends=st.integers(-3, DAYS))
def test_the_usual_week_equals_a_slow_one(acts, ends):
    last = FIRST + timedelta(days=ends)
    window = Window(first=last - timedelta(days=6), last=last)
    with TemporaryDirectory() as folder, opened(Path(folder)) as archive:
        cover(archive)
        history = History(archive).live(acts)
        report = build_at(archive, "crime", window, frozenset())
        weeks = [
            [
                one
                for one in chosen(history, "crime", shifted(window, n * WEEK), frozenset())
                if one.post.copy_of is None  # which is not compared
            ]
            for n in range(1, 9)
        ]
        slow = [slow_figures(history, week) for week in weeks]
        assert set(slow[0]) == {one.key for one in measures() if one.count}
        for name in ("posts", "messages", "people"):  # the others: see test_comparison
            known = [n for n in (week[name][0] for week in slow) if n is not None]
            usual = report.figures[name].usual
            assert report.figures[name].before == slow[0][name][0]
            if len(known) < 4:
                assert usual is None
            else:
                assert (usual.median, usual.weeks) == (median(known), len(known))
                if name != "posts":
                    assert (usual.low, usual.high) == of_amounts(known)


@pytest.mark.parametrize(
    "platforms", [frozenset(), frozenset({"mastodon"})], ids=["on all platforms", "on one"]
)
def test_control_a_span_that_is_off_by_one_is_caught(tmp_path, monkeypatch, platforms):
    posts = [
        (a_post(id=f"{day}", platform=platform, created_at=START + timedelta(days=day)), Tone.NEUTRAL)
        for day in range(3)
        for platform in ("mastodon", "bluesky")
    ]
    window = Window(first=FIRST, last=FIRST + timedelta(days=1))
    with opened(tmp_path) as archive:
        history = History(archive).live([("save", ("crime", [post], "one")) for post in posts])
        slow = slow_figures(history, chosen(history, "crime", window, platforms))["people"]
        assert figure(build_at(archive, "crime", window, platforms), "people") == slow
        monkeypatch.setattr(stats, "_LAST_DAY", "next_day >= :last")
        assert figure(build_at(archive, "crime", window, platforms), "people") != slow
