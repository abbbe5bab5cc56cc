"""Lists of posts and people in large archives: the same rows as of small ones, for little work."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from monitor.archive import Archive, people, query
from monitor.archive.people import PeopleOrder
from monitor.archive.query.criteria import Cursor, Filter, Order, Total
from monitor.archive.stats import Stats
from monitor.core.model import Author, Post, Tone
from tests.archive.saving import opened
from tests.builders import a_page, a_post, a_sentiment

pytestmark = pytest.mark.heavy

START = datetime(2026, 3, 2, tzinfo=UTC)
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 31)
WORDS = ("enough", "knife crime", "police on the street", "a quiet night", "enough police")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def some_posts(chance: random.Random, number: int) -> Iterator[Post]:
    """Yield posts by few people, some of whose times do not follow the order in which they were stored."""
    for n in range(number):
        by = f"p{int(40 * chance.random() ** 2)}"
        platform = chance.choice(("mastodon", "bluesky"))
        minutes = n * 30 * 24 * 60 // number if chance.random() < 0.9 else chance.randrange(30 * 24 * 60)
        yield a_post(
            id=str(n), platform=platform, text=f"{chance.choice(WORDS)} {n}",
            author=Author(id=by, handle=by, followers=chance.choice((None, 0, 5, 5, 90, hash(by) % 999))),
            created_at=START + timedelta(minutes=minutes),
            likes=chance.choice((0, 0, 1, 1, 1, 2, 3, 3, 9, 70, 5000)),
            tags=frozenset(["police"] * (n % 7 == 0)),
        )  # fmt: skip


def kept(archive: Archive, posts: Iterator[Post], chance: random.Random) -> None:
    posts = [*posts]
    tones = chance.choices([*Tone], (4, 85, 6, 5), k=len(posts))
    archive.ingest.save(
        a_page(*posts), source="mastodon", track="crime", analyzer="plain-1",
        scores=[a_sentiment(tone) for tone in tones], started_at=START, now=START + timedelta(days=31),
    )  # fmt: skip


def work(archive: Archive, act: Callable[[], object]) -> int:
    """Return how many steps of SQLite's machine an act takes, in tens."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    archive.db.conn.set_progress_handler(step, 10)
    act()
    archive.db.conn.set_progress_handler(None, 0)
    return steps


def a_filter(archive: Archive, first: date = FIRST, last: date = LAST, **wish) -> Filter:
    scope = archive.stats.scope("crime", first, last, wish.pop("platforms", frozenset()))
    return Filter(scope=scope, **wish)


def pages(archive: Archive, asked: Filter, most: int = 50) -> list[tuple[int, ...]]:
    found, after = [], None
    while True:
        page = archive.post_query.page(asked, after=after, most=most)
        found.append(page.ids)
        if page.next is None:
            return found
        after = page.next


def depths(archive: Archive, order: Order) -> tuple[int, int]:
    """Return the work of the first page, and of the page that takes most."""
    asked, after, found = a_filter(archive, order=order), None, []
    while after is not None or not found:
        kept_after = after
        found.append(work(archive, lambda: archive.post_query.page(asked, after=kept_after, most=15)))  # noqa: B023
        after = archive.post_query.page(asked, after=after, most=15).next
    return found[0], max(found)


@pytest.mark.parametrize("order", Order)
def test_no_page_takes_more_work_than_the_first(archive, monkeypatch, order):
    chance = random.Random(1)
    kept(archive, some_posts(chance, 1500), chance)
    monkeypatch.setattr(query, "_FEW", 60)  # as in an archive of very many posts
    first, most = depths(archive, order)
    assert most <= 3 * first


def test_control_a_page_whose_time_does_not_end_what_is_read_takes_more(archive, monkeypatch):
    chance = random.Random(1)
    kept(archive, some_posts(chance, 1500), chance)
    monkeypatch.setattr(query, "_FEW", 60)
    bounded = query._newest

    def unbounded(way, plan, after):
        way = bounded(way, plan, after)
        return replace(way, values={**way.values, "until": plan.values["until"]})

    monkeypatch.setattr(query, "_newest", unbounded)
    first, most = depths(archive, Order.NEWEST)
    assert most > 6 * first


ASKED = {
    "all": {},
    "platform": {"platforms": frozenset({"bluesky"})},
    "word": {"words": "enough"},
    "word left out": {"words": "police -enough"},
    "rare tone": {"tone": Tone.POSITIVE},
    "word of a rare tone": {"tone": Tone.NEGATIVE, "words": "police"},
    "hashtag": {"tag": "police"},
    "new voices": {"new_voices": True},
    "new voices of a word": {"new_voices": True, "words": "crime"},
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("seed", range(3))
def test_large_and_small_archives_give_the_same_lists(archive, monkeypatch, name, seed):
    chance = random.Random(seed)
    kept(archive, some_posts(chance, 300), chance)
    windows = [(FIRST, LAST), (date(2026, 3, 9), date(2026, 3, 9)), (date(2026, 3, 20), date(2026, 3, 29))]
    wishes = [a_filter(archive, *days, order=order, **ASKED[name]) for days, order in product(windows, Order)]
    sorted_lists = [pages(archive, wish, most=7) for wish in wishes]
    assert any(ids for (ids, *_) in sorted_lists)
    for few, many, scanned, sieve in ((0, 0, 0, 0), (9, 0, 20_000, 0), (9, 20, 20_000, 99), (25, 9, 0, 99)):
        monkeypatch.setattr(query, "_FEW", few)
        monkeypatch.setattr(query, "_MANY", many)
        monkeypatch.setattr(query, "_SIEVE", sieve)
        monkeypatch.setattr(query, "SCANNED", scanned)
        assert [pages(archive, wish, most=7) for wish in wishes] == sorted_lists


def test_of_a_hashtag_that_few_posts_have_on_some_days_the_biggest_are_found_without_all_others(
    archive, monkeypatch
):
    chance = random.Random(1)
    posts = enumerate(some_posts(chance, 1500))
    tagged = (replace(post, tags=frozenset(["police"] * (n < 300 or n % 300 == 0))) for n, post in posts)
    kept(archive, tagged, chance)
    monkeypatch.setattr(query, "_FEW", 60)
    asked = a_filter(archive, date(2026, 3, 10), LAST, tag="police", order=Order.BIGGEST)
    works = []
    for sieve in (query._SIEVE, 0):  # the second is the control
        monkeypatch.setattr(query, "_SIEVE", sieve)
        monkeypatch.setattr(query, "_MANY", min(sieve, 25))
        works.append(work(archive, lambda: archive.post_query.page(asked)))
    assert works[0] * 1.5 < works[1]


def test_a_post_is_asked_for_its_hashtag_before_it_is_read(archive):
    kept(archive, some_posts(random.Random(1), 50), random.Random(1))
    statements: list[str] = []
    archive.db.conn.set_trace_callback(statements.append)
    archive.post_query.page(a_filter(archive, tag="police", words="enough"))
    archive.db.conn.set_trace_callback(None)
    [sql] = [sql for sql in statements if "ORDER BY p.created_unix" in sql]
    tests = [sql.index(name) for name in ("+p.id IN", "FROM post_series")]
    assert tests == sorted(tests)


def test_a_page_after_the_end_of_time_is_no_page():
    with pytest.raises(ValueError, match="no cursor"):
        Cursor.of("1.9999-12-31T23:59:59Z.1")


def test_that_a_word_is_in_many_posts_is_told_without_counting_them(archive, monkeypatch):
    chance = random.Random(3)
    kept(archive, some_posts(chance, 400), chance)
    asked = a_filter(archive, words="enough")
    posts = sum(map(len, pages(archive, asked)))
    monkeypatch.setattr(query, "SCANNED", 0)
    monkeypatch.setattr(query, "_FEW", 60)
    for most, told in ((30, Total(posts=30, more=True)), (posts, None)):
        monkeypatch.setattr(query, "MOST_COUNTED", most)
        assert archive.post_query.total(asked) == told


def lists_of_people(archive: Archive) -> list[list[tuple[str | None, int, int | None]]]:
    """Return people in every order, of several days and platforms, new ones and all."""
    days = ((FIRST, LAST), (date(2026, 3, 9), date(2026, 3, 12)), (date(2026, 3, 25), LAST), (LAST, LAST))
    platforms = (frozenset(), frozenset({"bluesky"}))
    return [
        [
            (person.handle, person.posts, person.engagement)
            for person in archive.people.ranked(scope, order, new_only=new_only, most=8)
        ]
        for (first, last), some, order, new_only in product(days, platforms, PeopleOrder, (False, True))
        for scope in [archive.stats.scope("crime", first, last, some)]
    ]


@pytest.mark.parametrize("seed", range(5))
def test_people_found_by_walking_down_are_those_found_by_adding_up(archive, monkeypatch, seed):
    chance = random.Random(seed)
    kept(archive, some_posts(chance, 400), chance)
    forgotten = {f"p{n}" for n in range(0, 12, 3)}
    posts = archive.db.execute("SELECT p.id, a.native_id FROM posts p JOIN authors a ON a.id = p.author_id")
    archive.ingest.scrub([post for post, author in posts.fetchall() if author in forgotten], START)
    added = lists_of_people(archive)
    assert any(added)
    monkeypatch.setattr(people, "SCANNED", 0)
    monkeypatch.setattr(people, "_FEW_KNOWN", 0)
    walks: list[str] = []
    walk = Stats.walk
    monkeypatch.setattr(Stats, "walk", lambda *args, **more: walks.append("") or walk(*args, **more))
    assert lists_of_people(archive) == added
    assert walks


@pytest.mark.parametrize("order", [PeopleOrder.POSTS, PeopleOrder.ENGAGEMENT])
def test_people_of_one_day_take_the_work_of_that_day(archive, monkeypatch, order):
    chance = random.Random(1)
    kept(archive, some_posts(chance, 3000), chance)
    monkeypatch.setattr(people, "SCANNED", 0)
    day, two_days = (archive.stats.scope("crime", LAST - timedelta(days=n), LAST) for n in (0, 1))
    one = work(archive, lambda: archive.people.ranked(day, order, most=9))
    assert one * 3 < work(archive, lambda: archive.people.ranked(two_days, order, most=9))


@pytest.mark.parametrize("order", [PeopleOrder.FOLLOWERS, PeopleOrder.ENGAGEMENT])
def test_ten_times_as_many_people_take_little_more_work(tmp_path, monkeypatch, order):
    works = []
    for number in (300, 3000):
        folder = tmp_path / str(number)
        folder.mkdir()
        with opened(folder) as archive:
            posts = (
                a_post(id=str(n), author=Author(id=f"p{n}", handle=f"p{n}", followers=n),
                       likes=10**6 // (n + 1), created_at=START)
                for n in range(number)
            )  # fmt: skip
            kept(archive, posts, random.Random(1))
            scope = archive.stats.scope("crime", FIRST, LAST)
            adding_up = work(archive, lambda: archive.people.ranked(scope, order, most=9))  # noqa: B023
            with monkeypatch.context() as patch:
                patch.setattr(people, "SCANNED", 0)
                patch.setattr(people, "_FEW_KNOWN", 0)
                walking = work(archive, lambda: archive.people.ranked(scope, order, most=9))  # noqa: B023
            works.append((adding_up, walking))
    (small_sum, small_walk), (large_sum, large_walk) = works
    assert large_walk <= 2 * small_walk
    assert large_sum > 5 * small_sum  # the control: that grows with the people
