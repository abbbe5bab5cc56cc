"""What a week suggests is kept with its posts, and its words go with them."""

from datetime import date, timedelta

import pytest

from monitor.archive import Archive
from monitor.archive.values import ReadWeek, Suggestion
from monitor.campaign import KeepSettings
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

MONDAY = date(2026, 3, 2)
WEEK = ReadWeek(read=4, unread=1)
LIGHTS = Suggestion(words=("street lights", "lights"), people=4, posts=(3, 1, 2))
SHEETS = Suggestion(words=("hand in sheets",), people=2, posts=(2, 4))


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(*(a_post(id=str(n), by=f"p{n}") for n in range(1, 5))))
        archive.suggestions.save("crime", MONDAY, WEEK, {"theme": [LIGHTS], "question": [SHEETS]}, state="1")
        yield archive


def words(archive: Archive) -> list[str]:
    return sorted(text for (text,) in archive.db.execute("SELECT words FROM suggestions"))


def test_a_weeks_suggestions_come_back_as_they_were(archive):
    assert archive.suggestions.week("crime", MONDAY) == WEEK
    assert archive.suggestions.of("crime", MONDAY, "theme") == [LIGHTS]
    assert archive.suggestions.of("crime", MONDAY, "question") == [SHEETS]
    assert LIGHTS.name == "street lights"
    assert archive.suggestions.state("crime", MONDAY) == "1"


def test_a_week_or_track_that_was_not_read_is_told_from_one_without_suggestions(archive):
    archive.suggestions.save("crime", MONDAY, WEEK, {}, state="2")
    assert archive.suggestions.week("crime", MONDAY) == WEEK
    assert archive.suggestions.of("crime", MONDAY, "theme") == []
    assert archive.suggestions.week("crime", MONDAY - timedelta(days=7)) is None
    assert archive.suggestions.state("crime", MONDAY - timedelta(days=7)) == ""
    archive.suggestions.save("no such track", MONDAY, WEEK, {"theme": [LIGHTS]}, state="1")
    assert archive.suggestions.week("no such track", MONDAY) is None


@pytest.mark.heavy
def test_a_post_that_is_gone_or_not_ours_is_not_shown(archive):
    archive.ingest.delete([3])
    archive.marks.set([1], "not ours", by="jo", now=NOON)
    assert [one.posts for one in archive.suggestions.of("crime", MONDAY, "theme")] == [(2,)]


@pytest.mark.heavy
def test_the_words_go_with_the_last_post(archive):
    archive.ingest.delete([1, 2])
    assert words(archive) == ["hand in sheets", "street lights\nlights"]
    archive.ingest.delete([3])
    assert words(archive) == ["hand in sheets"]


def test_retention_leaves_no_words(archive):
    [*archive.retention.apply(KeepSettings(), NOON + timedelta(days=3000))]
    assert words(archive) == []


def test_forgetting_a_person_leaves_no_words(archive):
    person = archive.persons.person(archive.posts.author_of(1))
    archive.persons.erase(person, [], NOON)
    assert words(archive) == []
    assert archive.suggestions.week("crime", MONDAY) is None
