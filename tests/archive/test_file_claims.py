"""What people say of files: that one had everything on a platform of some days."""

from datetime import timedelta

import pytest

from monitor.archive.folding import fold
from monitor.archive.values import FileClaim
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page

DAY = timedelta(days=1)


def a_claim(**changes):
    usual = {"source": "x", "since": NOON - 2 * DAY, "until": NOON - DAY, "file": "x.csv", "at": NOON}
    return FileClaim(**usual | changes)


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        yield archive


def known(archive, track="crime"):
    return archive.coverage.covered(track, NOON - 9 * DAY, NOON + DAY)


def test_time_of_a_file_is_known_for_its_platform_and_track_alone(archive):
    archive.coverage.save_file_claim(a_claim(), "crime")
    assert known(archive) == [("x", NOON - 2 * DAY, NOON - DAY)]
    assert known(archive, "other") == []
    assert archive.coverage.file_claims("crime") == [a_claim()]
    assert archive.coverage.file_claims("other") == []
    assert archive.differences() == []


def test_a_platform_does_not_look_freshly_polled_by_a_file(archive):
    archive.coverage.save_file_claim(a_claim(), "crime")
    assert archive.coverage.last_polls(NOON) == {}
    assert archive.coverage.last_success(NOON) == {}


def test_control_a_poll_of_the_same_time_does(archive):
    saved(archive, a_page(since=NOON - 2 * DAY, until=NOON - DAY), source="x")
    assert list(archive.coverage.last_polls(NOON)) == ["x"]
    assert archive.coverage.last_success(NOON) == {"x": NOON}


def test_what_was_said_of_a_file_can_be_taken_back_and_what_a_poll_knows_stays(archive):
    saved(archive, a_page(since=NOON - 5 * DAY, until=NOON - 1.5 * DAY), source="x")
    saved(archive, a_page(since=NOON - 5 * DAY, until=NOON - 4 * DAY))
    before = known(archive)
    for _ in range(2):  # said twice, it is one thing to take back
        archive.coverage.save_file_claim(a_claim(), "crime")
    archive.coverage.save_file_claim(a_claim(), "other")
    assert ("x", NOON - 5 * DAY, NOON - DAY) in known(archive)
    archive.coverage.withdraw(a_claim(), "crime")
    assert known(archive) == before
    assert archive.coverage.file_claims("crime") == []
    assert known(archive, "other") == [("x", NOON - 2 * DAY, NOON - DAY)]
    assert archive.differences() == []


def test_a_platform_may_be_called_anything(archive):
    strange = a_claim(source="a/b:c'*", file="../x\n<b>.csv")
    archive.coverage.save_file_claim(strange, "crime")
    assert archive.coverage.file_claims("crime") == [strange]
    assert known(archive) == [("a/b:c'*", NOON - 2 * DAY, NOON - DAY)]


def test_it_outlives_the_folding_of_old_polls(archive):
    archive.coverage.save_file_claim(a_claim(), "crime")
    archive.coverage.save_file_claim(a_claim(since=NOON - DAY, until=NOON), "crime")
    fold(archive.db, NOON + 90 * DAY)
    assert len(archive.coverage.file_claims("crime")) == 2
    archive.coverage.withdraw(a_claim(), "crime")
    assert known(archive) == [("x", NOON - DAY, NOON)]
