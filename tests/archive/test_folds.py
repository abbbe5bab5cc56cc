"""Lists in which posts of the same words stand together: each post is in one place, over all pages."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.archive import Archive, query
from monitor.archive.erasure.scrub import erase
from monitor.archive.query import PostQuery
from monitor.archive.query.criteria import Cursor, Filter, Order, PostPage
from monitor.archive.values import Mark
from monitor.core.model import Post, PostKind
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

COPIES = ("Enough is enough in our street", "Please sign the petition today", "Where are the police now?")
OWN = "Number {n} of my own words"
DAY = NOON.date()


@pytest.fixture
def archive(tmp_path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def a_copy(n: int, text: str, **changes: object) -> Post:
    usual = {"id": str(n), "text": text, "by": f"by{n}", "url": f"https://example.org/{n}"}
    return a_post(**usual | {"created_at": NOON + timedelta(minutes=n)} | changes)


def some_posts(chance: random.Random, number: int = 60) -> list[Post]:
    """Return posts of which many are copies, some with other links and hashtags, and some one story."""
    posts = []
    for n in range(number):
        text = chance.choice([*COPIES, *COPIES, OWN.format(n=n), "Yes!"])
        end = chance.choice(("", " #CallingTimeOnCrime", f" https://example.org/?{n}", " #Crime #Police"))
        kind = {"kind": PostKind.ARTICLE, "url": f"https://news.example.org/story?utm_source={n}"}
        posts.append(
            a_copy(n, text + end, likes=chance.choice((0, 1, 50)),
                   platform=chance.choice(("mastodon", "web")),
                   created_at=NOON + timedelta(minutes=chance.randrange(40)), by=chance.choice("abcdefgh"),
                   **(kind if chance.random() < 0.1 else {}))
        )  # fmt: skip
    return posts


def a_filter(archive: Archive, **changes: object) -> Filter:
    return Filter(scope=archive.stats.scope("crime", DAY, DAY), **changes)


def pages(archive: Archive, asked: Filter, most: int) -> Iterator[PostPage]:
    after = None
    while True:
        page = archive.post_query.folded(asked, after=after, most=most)
        yield page
        if page.next is None:
            return
        after = Cursor.of(str(page.next))


def every(archive: Archive, asked: Filter) -> list[int]:
    return [*archive.post_query.page(asked, most=1000).ids]


def folds(archive: Archive, asked: Filter, most: int) -> dict[int, set[int]]:
    """Return the posts of each fold by its first, as a reader opens them; fails if a number is wrong."""
    opened_by: dict[int, set[int]] = {}
    for page in pages(archive, asked, most):
        for post in page.ids:
            assert post not in opened_by, "a post came back"
            same = set(every(archive, replace(asked, like=post))) or {post}
            assert len(same) == 1 + page.alike.get(post, 0)
            opened_by[post] = same
    return opened_by


def are_partition(archive: Archive, asked: Filter, most: int) -> bool:
    posts = [post for fold in folds(archive, asked, most).values() for post in fold]
    return sorted(posts) == sorted(every(archive, asked))


FILTERS = {
    "all": {}, "biggest": {"order": Order.BIGGEST}, "words": {"words": "police"}, "mark": {"mark": "done"},
    "biggest words": {"order": Order.BIGGEST, "words": "enough"}, "left out": {"words": "-sign"},
}  # fmt: skip


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("few", [3000, 0], ids=["sorted", "walked"])
@pytest.mark.parametrize("changes", FILTERS.values(), ids=FILTERS)
def test_each_post_of_a_filter_is_in_exactly_one_fold_over_all_pages(
    archive, monkeypatch, changes, few, seed
):
    chance = random.Random(seed)
    saved(archive, a_page(*some_posts(chance)))
    ids = every(archive, a_filter(archive))
    archive.marks.set(chance.sample(ids, 20), Mark.DONE, by="Jo", now=NOON)
    with archive.db.transaction():
        erase(archive.db, chance.sample(ids, 5), "2026-03-02T13:00:00Z")
    monkeypatch.setattr(query, "_FEW", few)
    asked = a_filter(archive, **changes)
    assert are_partition(archive, asked, chance.choice((1, 3, 7)))
    shown = folds(archive, asked, 100)
    assert archive.post_query.total(asked).posts == len(every(archive, asked))
    assert archive.post_query.total(asked).folds == len(shown)
    assert [*shown] == [post for post in every(archive, asked) if post in shown], "out of order"
    assert archive.differences() == []


def test_a_fold_that_looks_at_its_own_page_only_is_found(archive, monkeypatch):
    texts = (COPIES[0] if n % 2 else OWN.format(n=n) for n in range(18))
    saved(archive, a_page(*(a_copy(n, text) for n, text in enumerate(texts))))
    asked = a_filter(archive)
    assert are_partition(archive, asked, 3)
    monkeypatch.setattr(PostQuery, "_earlier", lambda self, plan, begin, folds: set())
    assert not are_partition(archive, asked, 3)


def test_the_posts_of_a_flood_are_counted_so_far_and_no_further(archive, monkeypatch):
    monkeypatch.setattr(query, "MOST_COUNTED", 4)
    saved(archive, a_page(*(a_copy(n, COPIES[n < 3]) for n in range(12))))
    page = archive.post_query.folded(a_filter(archive))
    assert [page.alike[post] for post in page.ids] == [5, 2]


def first_page(archive: Archive, *texts: str, **changes: object) -> list[int]:
    """Return how many more each shown post stands for, the newest first."""
    saved(archive, a_page(*(a_copy(n, text, **changes) for n, text in enumerate(texts))))
    page = archive.post_query.folded(a_filter(archive))
    return [page.alike.get(post, 0) for post in page.ids]


@pytest.mark.parametrize(
    ("texts", "folds"),
    [
        ((COPIES[0], COPIES[0], COPIES[0]), [2]),
        ((f"{COPIES[0]} https://example.org/a?utm_source=x",
          f"{COPIES[0].upper()}  https://www.example.org/a/. #CallingTimeOnCrime"), [1]),
        ((COPIES[0], COPIES[0].replace("our", "your")), [0, 0]),
        ((COPIES[0], f"“{COPIES[0]}” …!"), [1]),
        (("Yes!", "Yes!"), [0, 0]),
        (("Sign it", "Sign it"), [0, 0]),
        (("#CallingTimeOnCrime", "#CallingTimeOnCrime"), [0, 0]),
        (("We love #Barking more", "We love #Dagenham more"), [0, 0]),
    ],
    ids=["exact", "capitals, links and hashtags at the end", "one word", "punctuation", "short", "two words",
         "a hashtag", "hashtags within"],
)  # fmt: skip
def test_posts_of_the_same_words_stand_together(archive, texts, folds):
    assert first_page(archive, *texts) == folds


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Crime is +5% here now", "Crime is -5% here now"),
        ("Crime is at 5% here", "Crime is at 5 here"),
        ("Crime ↑ in our town", "Crime ↓ in our town"),
        ("Police > crime in town", "Police < crime in town"),
        ("We get £5 each week", "We get $5 each week"),
        ("Don't trust the police here 👍", "Don't trust the police here 👎"),
        ("This is great news 🙂", "This is great news https://a.example/b 😡"),
        ("Read this now https://a.example/support", "Read this now https://b.example/oppose"),
        ("Watch this now www.a.example/?v=1", "Watch this now www.a.example/?v=2"),
        ("मैं हस्ताक्षर करूंगा आज", "मैं हस्ताक्षर करूंगी आज"),
    ],
    ids=["plus and minus", "percent", "arrows", "more and less", "currency", "thumbs", "faces",
         "pages", "videos", "vowel signs"],
)  # fmt: skip
def test_what_may_say_another_thing_stands_alone_and_its_copies_together(archive, text, other):
    assert first_page(archive, text, f"  {text.upper()}", other, other) == [1, 1]


def test_copies_of_many_people_are_no_message(archive):
    assert first_page(archive, *[COPIES[0]] * 5, platform="mastodon") == [4]
    assert archive.db.number("SELECT count(*) FROM posts WHERE message IS NOT NULL") == 0


@pytest.mark.heavy
def test_what_is_gone_stands_alone_and_its_words_are_told_by_nothing(archive):
    saved(archive, a_page(*(a_copy(n, COPIES[0]) for n in range(3))))
    gone, *_ = every(archive, a_filter(archive))
    with archive.db.transaction():
        erase(archive.db, [gone], "2026-03-02T13:00:00Z")
    page = archive.post_query.folded(a_filter(archive))
    assert page.ids[0] == gone
    assert [page.alike.get(post, 0) for post in page.ids] == [0, 1]
    assert every(archive, a_filter(archive, like=gone)) == []
    assert archive.db.number(f"SELECT count(fold) FROM posts WHERE id = {gone}") == 0
    assert archive.differences() == []


def test_words_that_were_edited_leave_their_fold(archive):
    first_page(archive, COPIES[0], COPIES[0])
    assert first_page(archive, COPIES[0], COPIES[1]) == [0, 0]


def test_a_flood_of_one_text_ends_a_page_early_and_loses_nothing(archive, monkeypatch):
    monkeypatch.setattr(query, "_LOOKED_AT", 2)
    saved(archive, a_page(a_copy(0, OWN), *(a_copy(n, COPIES[0]) for n in range(1, 40))))
    asked = a_filter(archive)
    found = [*pages(archive, asked, 3)]
    assert [len(page.ids) for page in found[:2]] == [1, 0]
    assert sum(len(page.ids) for page in found) == 2


def test_a_folded_list_is_read_once_however_many_say_the_same(archive):
    saved(archive, a_page(*(a_copy(n, COPIES[0]) for n in range(60))))
    statements: list[str] = []
    archive.db.conn.set_trace_callback(statements.append)
    page = archive.post_query.folded(a_filter(archive), most=3)
    archive.db.conn.set_trace_callback(None)
    assert len(page.ids) == 1
    assert sum(sql.startswith(f"SELECT {query._COLUMNS} FROM") for sql in statements) == 1


def test_posts_are_asked_for_by_their_ids(archive):
    saved(archive, a_page(*(a_copy(n, OWN.format(n=n)) for n in range(5))))
    ids = every(archive, a_filter(archive))
    assert every(archive, a_filter(archive, ids=(ids[3], ids[1], 999))) == [ids[1], ids[3]]
    assert archive.post_query.total(a_filter(archive, ids=tuple(ids[:2]))).posts == 2


@pytest.mark.parametrize("few", [{"ids": (1,)}, {"like": 1}], ids=["ids", "like"])
@pytest.mark.parametrize("opinion", [{"tone": "positive"}, {"stance": "support"}], ids=["tone", "stance"])
def test_no_opinion_is_listed_of_chosen_posts(archive, few, opinion):
    with pytest.raises(ValueError, match="never listed"):
        a_filter(archive, **few, **opinion)


def test_folds_are_by_platform_where_that_is_asked_for(archive):
    posts = [a_copy(n, COPIES[0], platform=name) for n, name in enumerate(("mastodon", "web", "web"))]
    saved(archive, a_page(*posts))
    scope = archive.stats.scope("crime", DAY, DAY, frozenset({"web"}))
    shown = defaultdict(int, archive.post_query.folded(Filter(scope=scope)).alike)
    assert [*shown.values()] == [1]


@pytest.mark.parametrize(
    "wish", [{}, {"tag": "callingtimeoncrime"}, {"words": "enough"}], ids=["all", "tag", "word"]
)
def test_the_copies_of_a_page_are_found_without_a_look_at_every_post(archive, monkeypatch, wish):
    for limit in ("_FEW", "_MANY"):
        monkeypatch.setattr(query, limit, 0)  # as in an archive of very many posts
    saved(archive, a_page(*some_posts(random.Random(1))))
    said: list[str] = []
    archive.db.conn.set_trace_callback(said.append)
    asked = a_filter(archive, **wish)
    archive.post_query.folded(asked, after=archive.post_query.folded(asked, most=5).next, most=5)
    archive.db.conn.set_trace_callback(None)
    folds = [sql for sql in said if ") k CROSS JOIN" in sql]
    steps = [row[3] for sql in folds for row in archive.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert any(step.startswith("SEARCH p USING INTEGER PRIMARY KEY") for step in steps)
    assert "SCAN p" not in steps
    assert [step for step in steps if "ORDER BY" in step] == [], "all posts of a fold are sorted"
