"""Lists of posts against a plain memory of them: every filter, both orders, every page."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive, people, query, stats
from monitor.archive.people import PeopleOrder
from monitor.archive.query.criteria import Cursor, Filter, Order, Total
from monitor.core.model import Author, Post, Tone
from tests.archive.saving import LONDON, opened, places_of, saved
from tests.builders import NOON, a_page, a_post, a_sentiment

START = datetime(2026, 3, 25, 21, tzinfo=UTC)  # the clocks go forward on the 29th
FIRST, LAST = date(2026, 3, 26), date(2026, 4, 1)
WORDS = ("Enough is enough", "Is enough said about knife crime", "Police, please!", "Knife. And crime.")
BY = {"by": "Jo", "now": NOON}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


@pytest.fixture(params=[3000, 9, 0], ids=["sorted", "sorted in parts", "walked"])
def way(request, monkeypatch) -> int:
    """All ways of finding posts must find the same."""
    monkeypatch.setattr(query, "_FEW", request.param)
    return request.param


def some_posts(seed: int, number: int = 120) -> list[tuple[Post, Tone]]:
    chance = random.Random(seed)
    return [
        (
            a_post(
                id=str(n), platform=chance.choice(("mastodon", "bluesky")), by=chance.choice("abcde"),
                text=f"{chance.choice(WORDS)} {n}", tags=frozenset(chance.sample(("ours", "police"), 1)),
                created_at=START + timedelta(minutes=30 * chance.randrange(9 * 48)),
                **({"likes": chance.choice((0, 1, 1, 3, 70))} if chance.random() < 0.7 else {}),
            ),
            chance.choice(list(Tone)),
        )
        for n in range(number)
    ]  # fmt: skip


def kept(archive: Archive, scored: list[tuple[Post, Tone]]) -> None:
    archive.ingest.save(
        a_page(*(post for post, _ in scored)), source="mastodon", track="crime", analyzer="plain-1",
        scores=[a_sentiment(tone) for _, tone in scored], started_at=NOON, now=NOON,
    )  # fmt: skip


def pages(archive: Archive, asked: Filter, most: int = 7) -> list[int]:
    """Return the ids of all pages, which never repeat."""
    found: list[int] = []
    after = None
    while True:
        page = archive.post_query.page(asked, after=after, most=most)
        found += page.ids
        if page.next is None:
            assert len(page.ids) <= most
            return found
        assert len(page.ids) == most
        after = Cursor.of(str(page.next))


def asked(archive: Archive, **filters) -> Filter:
    scope = archive.stats.scope("crime", FIRST, LAST, filters.pop("platforms", frozenset()))
    return Filter(scope=scope, **filters)


FILTERS = {
    "all": ({}, lambda post, tone: True),
    "platform": ({"platforms": frozenset({"bluesky"})}, lambda post, tone: post.platform == "bluesky"),
    "word": ({"words": "ENOUGH"}, lambda post, tone: "enough" in post.text.lower()),
    "words": ({"words": "crime knife"}, lambda post, tone: "nife" in post.text),
    "phrase": ({"words": '"knife crime"'}, lambda post, tone: "knife crime" in post.text),
    "curly": ({"words": "said \u201cknife crime\u201d"}, lambda post, tone: "knife crime" in post.text),
    "tag": ({"tag": "#Police"}, lambda post, tone: "police" in post.tags),
    "tone": ({"tone": Tone.NEGATIVE}, lambda post, tone: tone == Tone.NEGATIVE),
    "author": ({"author": 1}, lambda post, tone: (post.platform, post.author.id) == FIRST_AUTHOR[0]),
    "several": (
        {"words": "enough", "tag": "ours", "tone": Tone.NEUTRAL, "platforms": frozenset({"mastodon"})},
        lambda post, tone: (
            "nough" in post.text
            and "ours" in post.tags
            and tone == Tone.NEUTRAL
            and post.platform == "mastodon"
        ),
    ),
    "nothing": ({"words": "zebra"}, lambda post, tone: False),
    "no words": ({"words": "?!"}, lambda post, tone: False),
}
FIRST_AUTHOR: list[tuple[str, str]] = []


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.slow
def test_all_pages_together_hold_what_is_asked_for_in_its_order(archive, way, name, order):
    scored = some_posts(seed=len(name))
    kept(archive, scored)
    FIRST_AUTHOR[:] = [(scored[0][0].platform, scored[0][0].author.id)]
    filters, holds = FILTERS[name]
    local = [
        (n, post, tone, post.created_at.astimezone(LONDON).date().isoformat())
        for n, (post, tone) in enumerate(scored, 1)
    ]
    wanted = [
        (n, post) for n, post, tone, day in local if str(FIRST) <= day <= str(LAST) and holds(post, tone)
    ]
    big = order == Order.BIGGEST
    wanted.sort(key=lambda x: (big and (x[1].metrics.likes or 0), x[1].created_at, x[0]), reverse=True)
    found = pages(archive, asked(archive, order=order, **filters))
    assert found == [n for n, _ in wanted]
    total = archive.post_query.total(asked(archive, order=order, **filters))
    assert total == Total(posts=len(wanted), folds=len(wanted))


def test_the_days_are_local_days(archive):
    before, after = datetime(2026, 3, 30, 22, 59, tzinfo=UTC), datetime(2026, 3, 30, 23, tzinfo=UTC)
    kept(
        archive, [(a_post(created_at=before), Tone.NEUTRAL), (a_post(id="2", created_at=after), Tone.NEUTRAL)]
    )
    day = archive.stats.scope("crime", date(2026, 3, 31), date(2026, 3, 31))
    assert archive.post_query.page(Filter(scope=day)).ids == (2,)


@pytest.mark.heavy
def test_posts_are_found_by_mark_stance_place_and_new_voice(archive, way):
    kept(archive, some_posts(1))
    inside = pages(archive, asked(archive))
    one, two, three = inside[:3]
    archive.marks.set([one, two], "needs reply", **BY)
    archive.marks.set([three], "not ours", **BY)
    archive.annotations.label([two], "stance", "support", **BY)
    archive.annotations.label([one], "stance", "support", **BY)
    archive.annotations.label([one], "stance", "oppose", **BY)
    assert pages(archive, asked(archive, mark="needs reply")) == [one, two]
    assert pages(archive, asked(archive, mark="not ours")) == [three]
    assert pages(archive, asked(archive, mark="not ours", order=Order.BIGGEST)) == [three]
    assert pages(archive, asked(archive, stance="support")) == [two]
    with pytest.raises(ValueError, match="that somebody chose"):
        asked(archive, stance="support", mark="needs reply")
    assert pages(archive, asked(archive)) == [id for id in inside if id != three]


@pytest.mark.heavy
def test_posts_are_found_by_the_places_they_name(archive, way):
    kept(archive, some_posts(1))
    one, two = pages(archive, asked(archive))[:2]
    archive.db.execute(
        "INSERT INTO terms (id, kind, term) VALUES (90, 'place', 'Havering'), (91, 'place', 'Bow')"
    )
    archive.db.execute(
        "INSERT INTO post_terms (post_id, term_id) VALUES (?, 90), (?, 91), (?, 90)", [one, one, two]
    )
    assert pages(archive, asked(archive, place="Havering")) == [one, two]
    assert pages(archive, asked(archive, place="bow")) == [one]
    assert places_of(archive, one, two, 3) == {one: ("Bow", "Havering"), two: ("Havering",)}


def test_new_voices_had_not_posted_before_these_days(archive, way):
    at = datetime(2026, 3, 27, 12, tzinfo=UTC)
    kept(archive, [
        (a_post(id="0", by="old", created_at=START), Tone.NEUTRAL),
        (a_post(id="1", by="old", created_at=at), Tone.NEUTRAL),
        (a_post(id="2", by="new", created_at=at), Tone.NEUTRAL),
    ])  # fmt: skip
    assert pages(archive, asked(archive, new_voices=True)) == [3]


def test_tone_and_stance_are_never_listed_by_person(archive):
    for opinion in ({"tone": Tone.NEGATIVE}, {"stance": "oppose"}):
        with pytest.raises(ValueError, match="never listed by person"):
            asked(archive, author=1, **opinion)


@pytest.mark.heavy
def test_a_post_that_comes_meanwhile_neither_repeats_nor_hides_another(archive):
    kept(archive, some_posts(2))
    wanted = pages(archive, asked(archive))
    first = archive.post_query.page(asked(archive), most=10)
    newest = datetime(2026, 4, 1, 22, 59, tzinfo=UTC)
    saved(archive, a_page(a_post(id="late", created_at=newest)))
    second = archive.post_query.page(asked(archive), after=first.next, most=10)
    assert [*first.ids, *second.ids] == wanted[:20]


def test_posts_whose_writer_nobody_knows_are_listed(archive, way):
    at = datetime(2026, 3, 28, 12, tzinfo=UTC)
    unknown = replace(a_post(id="2", created_at=at), author=Author(id=""))
    saved(archive, a_page(a_post(id="1", created_at=at), unknown))
    assert len(pages(archive, asked(archive))) == 2


def test_each_post_comes_with_its_author(archive):
    kept(archive, [(a_post(created_at=START + timedelta(days=1)), Tone.NEUTRAL)])
    found = archive.post_query.page(asked(archive))
    assert (found.authors, archive.people.name_of(found.authors[1])) == (
        {1: 1},
        ("mastodon", "ann@example.org"),
    )
    assert archive.people.name_of(2) is None


@pytest.mark.heavy
def test_a_long_count_ends_at_a_thousand(archive, monkeypatch):
    monkeypatch.setattr(query, "MOST_COUNTED", 10)
    kept(archive, some_posts(2))
    assert archive.post_query.total(asked(archive, words="enough")) == Total(posts=10, more=True)
    assert archive.post_query.total(asked(archive)).posts > 10


@pytest.mark.heavy
def test_what_would_take_long_is_not_counted(archive, monkeypatch):
    kept(archive, some_posts(2))
    monkeypatch.setattr(query, "_FEW", 3)
    monkeypatch.setattr(query, "SCANNED", 3)
    assert archive.post_query.total(asked(archive, words="enough")) is None
    assert archive.post_query.page(asked(archive, words="enough")).ids


AT = "2026-03-02T12:00:00Z"


@pytest.mark.parametrize(
    "text", ["", "1", "1.2.3", f"-1.{AT}.1", f"1.{AT}.1.2", f"1.{AT}.99999999999999999999", f"²{AT}.1"]
)
def test_an_address_that_was_changed_by_hand_is_no_cursor(text):
    with pytest.raises(ValueError, match=r".*"):
        Cursor.of(text)


def ranked(archive: Archive) -> dict[str, list[str]]:
    scope = archive.stats.scope("crime", FIRST, LAST)
    return {order: [p.handle for p in archive.people.ranked(scope, order)] for order in PeopleOrder}


def test_people_come_by_posts_followers_or_engagement(archive):
    def said(id: str, by: str, followers: int | None, **changes):
        author = Author(id=by, handle=by, followers=followers)
        return a_post(id=id, author=author, created_at=START + timedelta(days=2), **changes), Tone.NEUTRAL

    kept(archive, [said("1", "ann", 5, likes=1), said("2", "ann", 5), said("3", "bob", None, likes=40),
                   said("4", "cat", 900), said("5", "gone", 10_000, likes=99)])  # fmt: skip
    scope = archive.stats.scope("crime", FIRST, LAST)
    for found in (archive.people.ranked(scope, PeopleOrder.POSTS), archive.stats.top_authors(scope)):
        assert {p.handle: p.engagement for p in found if p.handle != "gone"} == {
            "ann": 1,
            "bob": 40,
            "cat": None,
        }
    archive.ingest.scrub([5], NOON)
    assert ranked(archive) == {
        "posts": ["ann", "bob", "cat"],
        "followers": ["cat", "ann"],
        "engagement": ["bob", "ann"],
    }


def test_people_who_lost_their_names_do_not_keep_others_from_the_list(archive):
    then = START + timedelta(days=2)
    posts = (a_post(id=f"{n}", by=f"p{n}", likes=90 - n, created_at=then) for n in range(9))
    kept(archive, [(post, Tone.NEUTRAL) for post in posts])
    archive.ingest.scrub(range(1, 8), NOON)
    scope = archive.stats.scope("crime", FIRST, LAST)
    for order in (PeopleOrder.POSTS, PeopleOrder.ENGAGEMENT):
        assert [p.name for p in archive.people.ranked(scope, order, most=2)] == ["P7", "P8"]


@pytest.mark.heavy
@pytest.mark.parametrize("way", ["added up", "walked"])
def test_who_posted_most_is_as_a_plain_count_has_it(archive, monkeypatch, way):
    if way == "walked":
        monkeypatch.setattr(people, "SCANNED", 0)
        monkeypatch.setattr(stats, "_FEW", 0)
        monkeypatch.setattr(people, "_NEW_PEOPLE", "this is not asked")
    chance = random.Random(way)
    posts = [
        a_post(id=f"{n}", by=f"p{int(30 * chance.random() ** 2)}", likes=chance.randrange(3),
               created_at=START + timedelta(hours=chance.randrange(9 * 24)))
        for n in range(400)
    ]  # fmt: skip
    kept(archive, [(post, Tone.NEUTRAL) for post in posts])
    gone = [n for n, post in enumerate(posts, 1) if post.author.id in ("p1", "p5")]
    archive.ingest.scrub(gone, NOON)
    within = [post for post in posts if FIRST <= post.created_at.astimezone(LONDON).date() <= LAST]
    counted = Counter(post.author.id for post in within if post.author.id not in ("p1", "p5"))
    scope = archive.stats.scope("crime", FIRST, LAST)
    found = archive.people.ranked(scope, PeopleOrder.POSTS, most=8)
    assert [person.posts for person in found] == [number for _, number in counted.most_common(8)]
    assert {person.name: person.posts for person in found}.items() <= {
        name.title(): number for name, number in counted.items()
    }.items()
    likes = {person.name: person.engagement for person in found}
    assert likes == {
        name: sum(post.metrics.likes for post in within if post.author.name == name) for name in likes
    }
    assert found == sorted(found, key=lambda one: (-one.posts, -one.engagement, one.id))


def test_new_people_are_told_from_those_who_posted_before(archive):
    days = (0, 1, 2)
    kept(archive, [
        (a_post(id=f"{n}", by="old" if n != 2 else "new", created_at=START + timedelta(days=n)), Tone.NEUTRAL)
        for n in days
    ])  # fmt: skip
    scope = archive.stats.scope("crime", FIRST, LAST)
    assert [(p.name, p.is_new, p.posts) for p in archive.people.ranked(scope, PeopleOrder.POSTS)] == [
        ("Old", False, 1),
        ("New", True, 1),
    ]
    assert [p.name for p in archive.people.ranked(scope, PeopleOrder.POSTS, new_only=True)] == ["New"]


def plans(archive: Archive, asked: Filter) -> str:
    """Return how SQLite goes about a page: each step of each statement."""
    said: list[str] = []
    archive.db.conn.set_trace_callback(said.append)
    archive.post_query.page(asked)
    archive.db.conn.set_trace_callback(None)
    steps = [archive.db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in said if "posts p" in sql]
    return "; ".join(row[3] for rows in steps for row in rows)


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["all", "platform", "word", "tag", "tone", "several"])
def test_many_posts_are_walked_in_the_order_of_time_and_never_sorted(archive, monkeypatch, name):
    monkeypatch.setattr(query, "_FEW", 0)
    kept(archive, some_posts(1))
    plan = plans(archive, asked(archive, **FILTERS[name][0]))
    assert "SEARCH p USING INDEX posts_by_time (created_unix>? AND created_unix<?)" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.heavy
def test_control_a_sorted_page_is_seen_in_its_plan(archive):
    kept(archive, some_posts(1))
    assert "TEMP B-TREE FOR ORDER BY" in plans(archive, asked(archive, tag="ours"))
