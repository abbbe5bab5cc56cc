"""Who wrote a post: known by an id, or by a handle alone, and one account either way."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.erasure.tombstones import Tombstones
from monitor.core.model import Author, Post
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

ANN = Author(id="https://towns.example/@ann", handle="ann@towns.example", followers=70)
BOB = Author(id="https://towns.example/@bob", handle="bob@towns.example")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive
        assert archive.differences() == []


def by_handle(name: str) -> Author:
    return Author(id=name, handle=name)


def by(author: Author, id: str, **changes: object) -> Post:
    return a_post(id=id, author=author, **changes)


def writers(archive: Archive) -> list[tuple[str, str | None, int]]:
    """Return the id and handle of each account, with its posts."""
    return archive.db.execute(
        "SELECT a.native_id, a.handle, count(p.id) FROM authors a LEFT JOIN posts p ON p.author_id = a.id"
        " GROUP BY a.id ORDER BY a.id"
    ).fetchall()


def forget(archive: Archive, handle: str) -> None:
    [(author, *_)] = archive.persons.candidates(handle)
    person = archive.persons.person(author)
    Tombstones().adding(person.names).save(archive.db.path)
    archive.persons.erase(person, (), NOON)


def people(archive: Archive) -> int:
    return archive.db.number("SELECT sum(authors) FROM track_spans WHERE next_day = 99991231")


@pytest.mark.parametrize("name", ["ann@towns.example", "Ann@Towns.example"])
def test_who_comes_by_a_handle_only_is_the_account_that_is_known_by_an_id(archive, name):
    saved(archive, a_page(by(ANN, "1")))
    saved(archive, a_page(by(by_handle(name), "2", created_at=NOON + timedelta(days=1))))
    assert (writers(archive), people(archive)) == ([(ANN.id, ANN.handle, 2)], 1)


def test_an_account_known_by_its_handle_only_takes_the_id_that_comes_later(archive):
    saved(archive, a_page(by(by_handle("Ann@towns.example"), "1")))
    saved(archive, a_page(by(ANN, "2")))
    saved(archive, a_page(by(by_handle("ann@towns.example"), "3"), by(ANN, "4")))
    assert (writers(archive), people(archive)) == ([(ANN.id, ANN.handle, 4)], 1)


@pytest.mark.parametrize("order", [1, -1])
def test_a_page_that_has_some_posts_by_id_and_some_by_handle_makes_one_account(archive, order):
    posts = by(ANN, "1"), by(by_handle("ann@towns.example"), "2"), by(by_handle("ANN@towns.example"), "3")
    saved(archive, a_page(*posts[::order]))
    assert writers(archive) == [(ANN.id, ANN.handle, 3)]


def test_a_handle_that_two_accounts_have_had_is_neither_of_them(archive):
    other = Author(id="https://towns.example/users/9", handle="ann@towns.example")
    saved(archive, a_page(by(ANN, "1"), by(other, "2")))
    saved(archive, a_page(by(by_handle("ann@towns.example"), "3")))
    assert [posts for *_, posts in writers(archive)] == [1, 1, 1]


def test_two_who_claim_one_handle_at_once_stay_two(archive):
    other = Author(id="https://towns.example/users/9", handle="ann@towns.example")
    saved(archive, a_page(by(by_handle("ann@towns.example"), "1")))
    saved(archive, a_page(by(ANN, "2"), by(other, "3")))
    assert sorted(posts for *_, posts in writers(archive)) == [1, 2]


@pytest.mark.parametrize(
    ("platform", "name"), [("mastodon", "ann@parks.example"), ("mastodon", "ann"), ("lemmy", ANN.handle)]
)
def test_the_same_name_on_another_server_or_platform_is_somebody_else(archive, platform, name):
    saved(archive, a_page(by(ANN, "1")))
    saved(archive, a_page(by(by_handle(name), "2", platform=platform)))
    assert [posts for *_, posts in writers(archive)] == [1, 1]


def test_two_ids_with_one_handle_are_two_accounts(archive):
    other = Author(id="https://towns.example/users/9", handle="ann@towns.example")
    saved(archive, a_page(by(ANN, "1")))
    saved(archive, a_page(by(other, "2")))
    assert [posts for *_, posts in writers(archive)] == [1, 1]


def test_a_handle_of_digits_is_not_the_account_of_that_number(archive):
    saved(archive, a_page(by(Author(id="123", handle="bob"), "1", platform="x")))
    saved(archive, a_page(by(Author(id="@123", handle="123"), "2", platform="x")))
    saved(archive, a_page(by(Author(id="456", handle="123"), "3", platform="x")))
    assert writers(archive) == [("123", "bob", 1), ("456", "123", 2)]


@pytest.mark.parametrize(
    ("first", "later"), [(ANN, by_handle("Ann@towns.example")), (by_handle("ann@towns.example"), ANN)]
)
def test_who_is_forgotten_does_not_come_back_by_handle_nor_by_id(archive, first, later):
    saved(archive, a_page(by(first, "1"), by(BOB, "2")))
    forget(archive, "ann@towns.example")
    assert saved(archive, a_page(by(later, "3"), by(first, "4"))) == 0
    assert {handle for _, handle, _ in writers(archive)} == {None, BOB.handle}


def test_who_was_joined_is_forgotten_with_all_posts_by_either_way(archive):
    saved(archive, a_page(by(by_handle("ann@towns.example"), "1")))
    saved(archive, a_page(by(ANN, "2")))
    forget(archive, "ann@towns.example")
    assert archive.db.column("SELECT text FROM posts") == [None, None]
    assert saved(archive, a_page(by(by_handle("ANN@towns.example"), "3"))) == 0


def test_a_file_of_handles_alone_does_not_hide_how_many_follow_an_account(archive):
    saved(archive, a_page(by(ANN, "1")))
    saved(archive, a_page(by(by_handle("ann@towns.example"), "2", created_at=NOON + timedelta(days=1))))
    assert archive.db.execute(
        "SELECT known, followers FROM track_spans WHERE next_day = 99991231"
    ).fetchall() == [(1, 70)]
