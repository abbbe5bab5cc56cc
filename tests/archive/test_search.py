"""Search takes whatever people type."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.posts import search_index
from monitor.archive.query.criteria import Filter
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


def test_an_operator_of_the_index_is_an_ordinary_word(archive):
    assert ids(archive, "knife NEAR crime") == []


def test_an_edited_text_is_found_by_its_new_words_only(archive):
    saved(archive, a_page(a_post(text="Something else")))
    assert ids(archive, "barking") == []
    assert ids(archive, "something") == ["1"]


SPELLINGS = {
    "a curly apostrophe": ("It’s about crime", "it's"),
    "an apostrophe typed with the other": ("It's about crime", "it’s"),
    "an accent": ("The caf\u00e9 closes", "cafe"),
    "an accent typed apart": ("The caf\u00e9 closes", "cafe\u0301"),
    "an accent written apart": ("The cafe\u0301 closes", "caf\u00e9"),
    "full-width letters typed": ("Knives found", "ｋｎｉｖｅｓ"),
    "a zero-width mark typed": ("Knives found", "kni\u200bves"),
    "styled letters as they are": ("𝗞𝗻𝗶𝘃𝗲𝘀 found", "𝗞𝗻𝗶𝘃𝗲𝘀"),
    "a phrase with other quotation marks": ("Stop and search", "«stop and»"),
    "a hyphen": ("Stop-and-search", '"stop‑and‑search"'),
}


@pytest.mark.parametrize(("text", "words"), SPELLINGS.values(), ids=SPELLINGS)
def test_words_are_found_however_they_are_spelt(archive, text, words):
    saved(archive, a_page(a_post(id="3", text=text)))
    assert ids(archive, words) == ["3"]


def test_a_letter_that_only_its_own_spelling_finds_is_found_by_it(archive):
    saved(archive, a_page(a_post(id="3", text="Die Straße")))
    assert ids(archive, "straße") == ["3"]


def test_control_words_that_are_not_there_are_not_found_in_any_spelling(archive):
    saved(archive, a_page(a_post(id="3", text="It’s about crime")))
    assert ids(archive, "ｋｎｉｖｅｓ") == ids(archive, "item") == []


@pytest.mark.heavy
def test_the_parts_of_the_index_become_one_a_few_pages_at_a_time(archive, monkeypatch):
    parts = "SELECT count(DISTINCT segid) FROM posts_fts_idx"
    for n in range(9):
        saved(archive, a_page(*(a_post(id=f"{n} {k}", text=f"word{k} of {n}") for k in range(50))))
    found = archive.db.column("SELECT rowid FROM posts_fts WHERE posts_fts MATCH 'word7'")
    before = archive.db.number(parts)
    search_index.merge(archive.db, lambda: True)
    assert archive.db.number(parts) == before > 1
    monkeypatch.setattr(search_index, "_PAGES", 1)
    search_index.merge(archive.db, lambda: False)
    assert archive.db.number(parts) == 1
    assert archive.db.column("SELECT rowid FROM posts_fts WHERE posts_fts MATCH 'word7'") == found
    assert archive.differences() == []
