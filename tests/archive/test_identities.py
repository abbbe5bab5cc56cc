"""One post that comes by two numbers, or by a number and by its address: it is one, whatever comes first."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.erasure import scrub
from monitor.archive.posts import identities
from monitor.collect.imports import import_run
from monitor.core.model import Author, Deleted, Post
from tests.archive.saving import opened, saved
from tests.archive.test_readings import LATER, LEFT
from tests.builders import NOON, a_page, a_post

HOUR = timedelta(hours=1)
CODE, NUMBER = "DRxyzAbC-_1", "3768931021145317301"
REEL = f"https://www.instagram.com/reel/{CODE}/"
NOBODY = Author(id="[not said]:17900000000000001")
ANN = Author(id="55", handle="ann.wren", name="Ann Wren", followers=40)
BY_HANDLE = Author(id="ann.wren", handle="ann.wren")
WRITERS = "SELECT handle, name FROM authors a WHERE id IN (SELECT author_id FROM posts)"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def cells(archive: Archive, sql: str) -> list[tuple[object, ...]]:
    return archive.db.execute(sql).fetchall()


def ids(archive: Archive) -> list[str]:
    return sorted(id for (id,) in cells(archive, "SELECT native_id FROM posts"))


def collected(**changes: object) -> Post:
    """Return the post as Instagram's own answers have it."""
    usual = {"platform": "instagram", "id": "17900000000000001", "url": REEL, "author": NOBODY}
    return a_post(**usual | changes)


def captured(**changes: object) -> Post:
    """Return it as Instagram's pages have it."""
    usual = {"id": NUMBER, "url": f"https://www.instagram.com/p/{CODE}/", "author": ANN}
    return collected(**usual | changes)


def of_table(**changes: object) -> Post:
    """Return it as a table has it that gives its address alone."""
    url = f"https://www.instagram.com/ann.wren/p/{CODE}/?igsh=abc"
    usual = {"id": url.partition("?")[0].rstrip("/"), "url": url, "author": BY_HANDLE}
    return collected(**usual | changes)


WAYS = {
    "instagram": ([collected(), captured(), of_table(), of_table(author=Author(id=""))], "17900000000000001"),
    "threads": (
        [
            a_post(platform="threads", id=id, url=url, author=author)
            for id, url, author in (
                ("18050206876707110", "https://www.threads.com/@ann.wren/post/DAbc-_1", BY_HANDLE),
                ("3474200000000000000", "https://www.threads.net/@ann.wren/post/DAbc-_1?xmt=1", ANN),
                ("https://www.threads.net/t/DAbc-_1", "https://www.threads.net/t/DAbc-_1/", Author(id="")),
            )
        ],
        "18050206876707110",
    ),
    "linkedin": (
        [
            a_post(platform="linkedin", id=id, url=url, author=Author(id="Ann Wren", name="Ann Wren"))
            for id, url in (
                ("7398000000000000001", "https://www.linkedin.com/feed/update/urn:li:activity:7398000000000000001/"),
                ("urn:li:share:7398000000000000000", "https://www.linkedin.com/posts/ann-wren_crime-activity-7398000000000000001-aB_c"),
            )
        ],
        "7398000000000000001",
    ),
}  # fmt: skip


@pytest.mark.heavy
@pytest.mark.parametrize("platform", WAYS)
def test_a_post_that_comes_by_several_ids_is_one_in_whatever_order(tmp_path: Path, platform: str):
    posts, own = WAYS[platform]
    for number, order in enumerate([posts, posts[::-1], posts[1:] + posts[:1]]):
        (tmp_path / str(number)).mkdir()
        with opened(tmp_path / str(number)) as archive:
            assert [saved(archive, a_page(post), now=NOON + HOUR) for post in order + order].count(1) == 1
            assert ids(archive) == [own]
            assert archive.differences() == []


@pytest.mark.heavy
def test_a_page_that_has_it_twice_stores_it_once_with_all_its_numbers(archive):
    posts = [collected(likes=5), captured(views=90), of_table(replies=2)]
    assert saved(archive, a_page(*(replace(post, read_at=NOON) for post in posts)), now=LATER) == 1
    assert cells(archive, "SELECT likes, views, replies FROM posts") == [(5, 90, 2)]


def test_who_wrote_it_is_who_is_known_best_and_nobody_else_is_counted(archive):
    for post in (collected(), of_table(), captured(), collected()):
        saved(archive, a_page(post), now=NOON + HOUR)
    assert cells(archive, WRITERS) == [("ann.wren", "Ann Wren")]
    assert cells(archive, "SELECT count(*) FROM authors") == [(1,)]
    assert archive.differences() == []


def test_a_writer_that_a_later_look_names_has_the_post(archive):
    saved(archive, a_page(a_post(author=Author(id=""))))
    saved(archive, a_page(a_post()))
    assert cells(archive, WRITERS) == [("ann@example.org", "Ann")]
    assert cells(archive, "SELECT sum(authors) FROM track_spans") == [(1,)]
    assert archive.differences() == []


def test_a_number_that_is_stored_at_another_time_keeps_its_post(archive):
    for post in (captured(created_at=NOON + timedelta(minutes=1)), of_table(likes=1), captured(likes=7)):
        saved(archive, a_page(post), now=NOON + HOUR)
    assert cells(archive, "SELECT native_id, likes FROM posts") == [(NUMBER, None), (of_table().id, 7)]
    assert archive.differences() == []


def test_a_post_that_is_here_twice_stays_two(archive, monkeypatch):
    monkeypatch.setattr(identities, "post_address", lambda platform: None)  # as in versions that did not know
    saved(archive, a_page(captured(), of_table()))
    monkeypatch.undo()
    saved(archive, a_page(collected()))
    assert len(ids(archive)) == 3


BY_NAME = Author(id="Ann Wren", name="Ann Wren")


@pytest.mark.parametrize("second", [BY_NAME, Author(id="")], ids=["by name", "unsigned"])
def test_who_is_known_by_name_goes_only_when_every_post_of_a_page_is_stored(archive, second):
    saved(archive, a_page(a_post(id="1", author=BY_NAME)))
    if second != BY_NAME:
        saved(archive, a_page(a_post(id="2", author=second)))
    saved(archive, a_page(a_post(id="1", author=ANN), a_post(id="2", author=BY_NAME)))
    sql = "SELECT p.native_id, a.native_id FROM posts p JOIN authors a ON a.id = p.author_id ORDER BY p.id"
    assert cells(archive, sql) == [("1", "55"), ("2", "Ann Wren")]
    assert archive.differences() == []


def test_whose_handle_has_changed_is_the_same_person(archive):
    for post in (captured(), replace(collected(), author=replace(ANN, handle="annie.wren"))):
        saved(archive, a_page(post), now=NOON + HOUR)
    assert ids(archive) == ["17900000000000001"]


def test_what_answers_a_post_goes_on_answering_it_by_its_other_number(archive):
    reply = captured(parent=NUMBER, root=NUMBER, created_at=NOON + HOUR)
    saved(
        archive, a_page(captured(), replace(reply, id="99", url="https://www.instagram.com/p/DRxyzAbC-_9/"))
    )
    saved(archive, a_page(collected()))
    assert cells(archive, "SELECT parent, root FROM posts WHERE native_id = '99'") == [
        ("17900000000000001",) * 2
    ]


def test_a_note_of_an_export_comes_to_the_post_by_its_other_number(archive):
    saved(archive, a_page(collected()))
    post = captured(notes=("Rang her",))
    saved(archive, a_page(post), source="import")
    import_run._restore(archive, [post], "Jo", NOON)
    [annotations] = archive.annotations.of_posts([1]).values()
    assert [note.text for note in annotations.notes] == ["Rang her"]


def test_many_posts_of_a_day_without_a_time_are_found_again(archive, monkeypatch):
    monkeypatch.setattr(identities, "_SAME_SECOND", identities._SAME_SECOND.replace("20000", "1"))
    pages = [f"https://www.instagram.com/p/DRxyzAbC-_{number}/" for number in range(2)]
    for first in ("37", "17"):
        for number, url in enumerate(pages):
            saved(archive, a_page(captured(id=f"{first}{number}00000000000", url=url)))
    # The control: with so low a bound, the second is not.
    assert len(ids(archive)) == 3
    monkeypatch.undo()
    saved(archive, a_page(captured(id="16000000000000", url=pages[0])))
    assert len(ids(archive)) == 3


APART = {
    "another second": {"created_at": NOON + timedelta(seconds=1)},
    "another address": {"url": "https://www.instagram.com/p/DRxyzAbC-_2/"},
    "another writer": {"author": Author(id="66", handle="bob.wren")},
    "an account's address": {"url": "https://www.instagram.com/ann.wren/"},
    "another platform": {"platform": "threads"},
}


@pytest.mark.parametrize("name", APART)
def test_control_two_posts_that_differ_in_one_of_these_are_two(archive, name):
    saved(archive, a_page(captured(), replace(captured(), id="99", **APART[name])))
    assert len(ids(archive)) == 2


def test_control_two_people_s_posts_by_one_key_on_bluesky_are_two(archive):
    for who in ("did:plc:ann", "did:plc:bob"):
        url = f"https://bsky.app/profile/{who}/post/3lmade2up2222"
        post = a_post(platform="bluesky", id=f"at://{who}/app.bsky.feed.post/3lmade2up2222", url=url)
        saved(archive, a_page(replace(post, author=Author(id=who))))
    assert len(ids(archive)) == 2


@pytest.mark.parametrize("url", [captured().url, REEL, of_table().url], ids=["the same", "as a reel", "long"])
def test_what_is_gone_does_not_come_back_by_its_other_number(archive, url):
    saved(archive, a_page(captured()))
    archive.ingest.follow([Deleted(platform="instagram", id=NUMBER)], NOON)
    assert saved(archive, a_page(captured(id="17900000000000001", url=url))) == 0
    assert cells(archive, "SELECT text FROM posts") == [(None,)]
    assert archive.differences() == []


def test_control_without_the_key_of_all_its_addresses_it_would(archive, monkeypatch):
    monkeypatch.setattr(scrub, "address_key", lambda platform, url: None)
    saved(archive, a_page(captured()))
    archive.ingest.follow([Deleted(platform="instagram", id=NUMBER)], NOON)
    assert saved(archive, a_page(collected())) == 1


@pytest.mark.parametrize("turn", [1, -1])
def test_what_is_gone_stays_gone_if_one_page_has_it_by_both_numbers(archive, turn):
    saved(archive, a_page(captured()))
    archive.ingest.follow([Deleted(platform="instagram", id=NUMBER)], NOON)
    looks = captured(id="17900000000000001"), captured(created_at=NOON + timedelta(seconds=1))
    for _ in range(2):
        saved(archive, a_page(*looks[::turn]))
        assert cells(archive, "SELECT count(*), count(text) FROM posts") == [(1, 0)]


def test_what_is_gone_gets_no_writer_from_a_later_page(archive):
    saved(archive, a_page(a_post(id="1", author=Author(id=""))))
    archive.ingest.follow([Deleted(platform="mastodon", id="1")], NOON)
    saved(archive, a_page(a_post(id="1", author=ANN), a_post(id="2", author=ANN)))
    sql = "SELECT a.handle FROM posts p JOIN authors a ON a.id = p.author_id ORDER BY p.id"
    assert cells(archive, sql) == [(None,), ("ann.wren",)]


def test_a_deletion_finds_a_post_that_is_stored_by_another_number(archive):
    saved(archive, a_page(collected()))
    other = replace(collected(), id="98", url="https://www.instagram.com/p/DRxyzAbC-_2/")
    saved(archive, a_page(other))  # of the same second
    gone = Deleted(platform="instagram", id=NUMBER, url=captured().url, created_at=NOON)
    archive.ingest.follow([gone], NOON)
    assert cells(archive, "SELECT native_id FROM posts WHERE text IS NOT NULL") == [("98",)]


def shuffles(tmp_path: Path, times: int) -> set[str]:
    """Return how ten captures of one post by four ways end, in so many orders."""
    chance, ends = random.Random(7), set()
    ways = (collected, captured, of_table, lambda **more: of_table(author=Author(id=""), **more))
    texts = [f"Enough #tag{number // 4}" for number in range(10)]
    posts = [
        replace(chance.choice(ways)(text=text, likes=chance.randrange(9)), read_at=NOON + number * HOUR)
        for number, text in enumerate(texts)
    ]
    for number in range(times):
        folder = tmp_path / str(number)
        folder.mkdir()
        with opened(folder) as archive:
            for post in posts:
                saved(archive, a_page(post), now=LATER)
            assert archive.differences() == []
            ends.add(repr([ids(archive), *(cells(archive, sql) for sql in (WRITERS, *LEFT[0:1], *LEFT[2:]))]))
        chance.shuffle(posts)
    return ends


@pytest.mark.slow
def test_ten_captures_by_four_ways_in_any_order_end_the_same(tmp_path):
    assert len(shuffles(tmp_path, 100)) == 1


@pytest.mark.slow
def test_control_if_the_first_id_stays_they_do_not(tmp_path, monkeypatch):
    monkeypatch.setattr(identities, "_RENAMES", ())
    assert len(shuffles(tmp_path, 10)) > 1
