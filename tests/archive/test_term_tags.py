"""Places found again in stored posts: counts follow, and nothing else moves."""

import pytest

from monitor.archive import Archive
from tests.archive.saving import opened, places_of, saved
from tests.builders import NOON, a_page, a_post

POSTS = (
    a_post(text="Romford", places=frozenset({"romford", "havering"})),
    a_post(id="2", text="Ilford", links=frozenset({"https://example.org/ilford"})),
    a_post(id="3", text="Nowhere", places=frozenset({"old"})),
)


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(*POSTS))
        yield archive


def found(text: str) -> frozenset[str]:
    return frozenset({text.lower()}) - {"nowhere"}


def placed(archive: Archive, most: int = 500) -> int:
    return sum(step.changed for step in archive.place_tags.update(found, "2", most=most))


def counts(archive: Archive) -> dict[str, int]:
    return archive.stats.term_counts(
        archive.stats.scope("crime", NOON.date(), NOON.date()), "place", [(NOON.date(),) * 2]
    )[0]


def test_places_are_kept_and_counted_when_a_post_is_saved(archive):
    assert counts(archive) == {"romford": 1, "havering": 1, "old": 1}
    assert places_of(archive, 1, 2, 3) == {1: ("havering", "romford"), 3: ("old",)}


@pytest.mark.parametrize("most", [1, 2, 500])
def test_places_are_found_again_and_the_counts_follow(archive, most):
    assert placed(archive, most) == 3
    assert counts(archive) == {"romford": 1, "ilford": 1}
    assert archive.differences() == []
    assert placed(archive, most) == 0


def test_places_are_of_a_version_only_when_all_posts_were_looked_at(archive):
    assert not archive.place_tags.are_of("2")
    next(archive.place_tags.update(found, "2", most=1))
    assert not archive.place_tags.are_of("2")
    placed(archive)
    assert archive.place_tags.are_of("2")
    assert not archive.place_tags.are_of("3")


def test_tags_and_links_stay(archive):
    before = [
        archive.stats.top_terms(archive.stats.scope("crime", NOON.date(), NOON.date()), k)
        for k in ("tag", "link")
    ]
    placed(archive)
    after = [
        archive.stats.top_terms(archive.stats.scope("crime", NOON.date(), NOON.date()), k)
        for k in ("tag", "link")
    ]
    assert before == after


def test_a_forgotten_text_keeps_the_places_that_were_found_in_it(archive):
    archive.ingest.scrub([1], NOON)
    placed(archive)
    assert places_of(archive, 1) == {1: ("havering", "romford")}


@pytest.mark.heavy
def test_an_edited_text_has_the_places_of_its_new_words(archive):
    saved(archive, a_page(a_post(text="Ilford now", places=frozenset({"ilford"}))))
    assert places_of(archive, 1) == {1: ("ilford",)}
    assert archive.differences() == []
