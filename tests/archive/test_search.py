"""Search takes whatever people type."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.posts.query import Filter
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

HOSTILE = [
    '"', '""', '"unclosed', "' OR 1=1 --", "AND", "OR", "NOT", "NEAR(a b)", "text:knife", "*", "kni*", "^",
    "(", ")", "a AND", "-knife", "{text}", "a + b", "%", "_", ";", "\\", "\x00", "a\x00b", "🙂", "é" * 5000,
    "'; DROP TABLE posts; --", "\ud800",
]  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        old = a_post(text="Knife crime in Barking")
        new = a_post(id="2", text="A knife, and no crime", created_at=NOON + timedelta(hours=1))
        saved(archive, a_page(old, new))
        yield archive


def ids(archive: Archive, words: str) -> list[str]:
    scope = archive.stats.scope("crime", NOON.date(), NOON.date())
    page = archive.post_query.page(Filter(scope=scope, words=words))
    return [row.native_id for row in archive.posts.by_ids(page.ids)]


@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
def test_hostile_words_find_nothing_wrong_and_break_nothing(archive, words):
    assert set(ids(archive, words)) <= {"1", "2"}
    assert archive.posts.count() == 2


@pytest.mark.parametrize("words", [" ", "\n\t"], ids=ascii)
def test_a_search_for_spaces_finds_nothing(archive, words):
    assert ids(archive, words) == []


def test_without_words_all_posts_are_listed(archive):
    assert ids(archive, "") == ["2", "1"]


def test_all_words_must_be_there_newest_first(archive):
    assert ids(archive, "knife CRIME") == ["2", "1"]
    assert ids(archive, "knife barking") == ["1"]
    assert ids(archive, "knife absent") == []


def test_an_operator_is_an_ordinary_word(archive):
    assert ids(archive, "knife AND crime") == ["2"]


def test_an_edited_text_is_found_by_its_new_words_only(archive):
    saved(archive, a_page(a_post(text="Something else")))
    assert ids(archive, "barking") == []
    assert ids(archive, "something") == ["1"]
