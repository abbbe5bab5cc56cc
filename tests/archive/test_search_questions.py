"""The sixty questions: at least 55 find just what is meant, at once or by what the page then offers."""

from collections.abc import Iterator

import pytest

from monitor.archive import Archive, query
from monitor.archive.query.criteria import Filter, Order
from monitor.archive.query.search_terms import half_word
from monitor.campaign import load
from monitor.core.gazetteer import Gazetteer
from tests.archive.saving import opened, saved
from tests.archive.search_questions import QUESTIONS, TEXTS, Question, posts
from tests.builders import NOON, a_page
from tests.recorded import ROOT

pytestmark = pytest.mark.heavy

LEAST = 55


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load(ROOT / "config/campaign.toml").gazetteer


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, gazetteer: Gazetteer) -> Iterator[Archive]:
    with opened(tmp_path_factory.mktemp("search")) as archive:
        saved(archive, a_page(*posts(gazetteer)))
        yield archive


def found(archive: Archive, words: str, place: str | None) -> set[str]:
    """Return the keys of the posts of the first page, or of the first question that it offers instead.

    With them are the posts by the accounts that the page offers for a name without its sign.
    """
    scope = archive.stats.scope("crime", NOON.date(), NOON.date())
    criteria = Filter(scope=scope, words=words, named_place=place)
    ids = archive.post_query.page(criteria, most=500).ids
    for account, _, _ in archive.people.accounts(words):
        ids += archive.post_query.page(Filter(scope=scope, author=account), most=500).ids
    if not ids and (other := archive.post_query.similar(criteria)):
        return found(archive, other, None)
    return {row.native_id for row in archive.posts.by_ids(ids)}


def wrong(archive: Archive, gazetteer: Gazetteer, questions: tuple[Question, ...]) -> list[str]:
    return [
        one.words for one in questions
        if found(archive, one.words, gazetteer.key_of(one.words)) != one.keys
    ]  # fmt: skip


def test_at_least_fifty_five_of_sixty_questions_find_what_is_meant(archive, gazetteer):
    assert len(QUESTIONS) == 60
    assert wrong(archive, gazetteer, QUESTIONS)[60 - LEAST :] == []


def test_control_other_posts_than_those_that_are_meant_are_seen(archive, gazetteer):
    others = tuple(Question(one.words, f"{one.posts} petty") for one in QUESTIONS)
    assert len(wrong(archive, gazetteer, others)) == 60


@pytest.mark.parametrize("order", Order)
def test_common_words_find_the_same_in_the_same_order_as_rare_ones(archive, gazetteer, order, monkeypatch):
    """Of words in more than 50,000 posts each post is asked for its own: here of all words."""
    scope = archive.stats.scope("crime", NOON.date(), NOON.date())
    archive.db.execute("UPDATE posts SET likes = (id * 7919) % 97 WHERE id % 3")
    archive.rebuild()

    def pages(words: str) -> list[int]:
        criteria = Filter(scope=scope, words=words, order=order, named_place=gazetteer.key_of(words))
        ids, after = list[int](), None
        while ids == [] or after:
            page = archive.post_query.page(criteria, after=after, most=7)
            ids, after = [*ids, *page.ids], page.next
            if not page.ids:
                break
        return ids

    asked = [*(one.words for one in QUESTIONS if "*" not in one.words), "was", "the -was", "the OR @rita"]
    before = {words: pages(words) for words in asked}
    assert len(before["the -was"]) > 50
    monkeypatch.setattr(query, "_FEW", 0)
    monkeypatch.setattr(query, "_MANY", 0)
    whole = [words for words in asked if half_word(words) is None]
    assert len(whole) > 30
    assert {words: pages(words) for words in whole} == {words: before[words] for words in whole}


def test_each_question_names_posts_that_there_are():
    assert all(one.keys or not one.posts for one in QUESTIONS)
    assert len(set(TEXTS.values())) == len(TEXTS)
