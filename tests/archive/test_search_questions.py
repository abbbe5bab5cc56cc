"""The sixty questions: at least 55 find just what is meant, at once or by what the page then offers."""

from collections.abc import Iterator

import pytest

from monitor.archive import Archive
from monitor.archive.posts.query import Filter
from monitor.campaign import load
from monitor.core.gazetteer import Gazetteer
from tests.archive.saving import opened, saved
from tests.archive.search_questions import QUESTIONS, TEXTS, Question, posts
from tests.builders import NOON, a_page
from tests.recorded import ROOT

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


def test_each_question_names_posts_that_there_are():
    assert all(one.keys or not one.posts for one in QUESTIONS)
    assert len(set(TEXTS.values())) == len(TEXTS)
