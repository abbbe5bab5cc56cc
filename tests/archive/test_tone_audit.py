"""A week's sample: drawn once, by chance, from posts that can be read and were scored."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from monitor.archive import Archive
from monitor.core.model import Author, Tone
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post, a_sentiment

MONDAY = date(2026, 10, 19)  # the clocks go back on the Sunday of that week
NOW = datetime(2026, 10, 27, 9, tzinfo=UTC)
START = datetime(2026, 10, 18, 23, tzinfo=UTC)  # midnight in London, in summer time
END = datetime(2026, 10, 26, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def filled(archive, number: int = 200) -> None:
    posts = [
        a_post(id=str(n), text=f"Text {n}", created_at=START + timedelta(minutes=n)) for n in range(number)
    ]
    saved(archive, a_page(*posts))


def draw(archive, most: int = 50, seed: int = 1, track: str = "crime") -> bool:
    return archive.tone_audits.draw(track, MONDAY, most, chance=Random(seed), now=NOW)


def the_audit(archive):
    return next(archive.tone_audits.samples("crime", MONDAY, MONDAY), None)


@pytest.mark.heavy
def test_a_sample_is_drawn_once_and_stays(archive):
    filled(archive)
    draw(archive)
    first = the_audit(archive)
    draw(archive, seed=2)
    assert the_audit(archive) == first
    assert (first.posts, len(first.sample), first.monday, first.sunday) == (
        200,
        50,
        MONDAY,
        date(2026, 10, 25),
    )
    assert len({one.post for one in first.sample}) == 50


@pytest.mark.heavy
def test_every_post_is_drawn_as_often_as_any_other(archive):
    filled(archive, 20)
    found = [0] * 21
    for seed in range(400):
        draw(archive, 5, seed)
        for one in the_audit(archive).sample:
            found[one.post] += 1
        archive.db.execute("DELETE FROM audits")
    assert all(60 <= many <= 140 for many in found[1:])  # of 100 expected


def test_only_the_weeks_posts_are_drawn_by_the_campaigns_clock(archive):
    posts = [
        a_post(id="before", created_at=START - timedelta(seconds=1)), a_post(id="first", created_at=START),
        a_post(id="last", created_at=END - timedelta(seconds=1)), a_post(id="after", created_at=END),
    ]  # fmt: skip
    saved(archive, a_page(*posts))
    draw(archive)
    drawn = archive.posts.by_ids([one.post for one in the_audit(archive).sample])
    assert {row.native_id for row in drawn} == {"first", "last"}


def test_what_has_no_score_no_text_or_is_not_ours_is_not_drawn(archive):
    filled(archive, 4)
    archive.tone_scores.save([(1, None)], "plain", NOW)
    archive.ingest.scrub([2], NOW)
    archive.marks.set([3], "not ours", by="jo", now=NOW)
    draw(archive)
    assert [one.post for one in the_audit(archive).sample] == [4]


def test_another_track_has_a_sample_of_its_own(archive):
    filled(archive, 3)
    draw(archive, track="other")
    assert the_audit(archive) is None
    assert list(archive.tone_audits.samples("other", MONDAY, MONDAY)) == []
    draw(archive)
    assert the_audit(archive).posts == 3


def test_it_remembers_how_the_program_scored_when_it_was_drawn(archive):
    filled(archive, 4)
    archive.tone_scores.save(
        [(1, a_sentiment(Tone.POSITIVE)), (2, a_sentiment(Tone.POSITIVE))], "plain-2", NOW
    )
    draw(archive)
    archive.tone_scores.save([(n, a_sentiment(Tone.NEGATIVE)) for n in range(1, 5)], "plain-3", NOW)
    found = the_audit(archive)
    assert sorted((one.post, one.scored) for one in found.sample)[:3] == [
        (1, Tone.POSITIVE), (2, Tone.POSITIVE), (3, Tone.NEUTRAL),
    ]  # fmt: skip
    assert (found.mean, found.variance) == pytest.approx((0.5, 0.25))


def test_what_a_person_says_of_a_text_counts_for_all_of_its_posts(archive):
    same = [a_post(id=str(n), text="The same words", created_at=START + timedelta(hours=n)) for n in range(3)]
    by = [replace(post, author=Author(id=post.id)) for post in same]
    saved(archive, a_page(*by, a_post(id="9", text="Other words", created_at=START)))
    draw(archive)
    archive.annotations.label([1], "tone", "negative", by="jo", now=NOW)
    found = the_audit(archive)
    assert {one.post: one.label for one in found.sample} == {
        1: Tone.NEGATIVE, 2: Tone.NEGATIVE, 3: Tone.NEGATIVE, 4: None,
    }  # fmt: skip
    assert [one.post for one in found.unread] == [4]


@pytest.mark.heavy
def test_a_post_that_goes_leaves_the_sample_or_need_not_be_read(archive):
    filled(archive, 3)
    draw(archive)
    archive.ingest.scrub([1], NOW)
    archive.ingest.delete([2])
    found = the_audit(archive)
    assert sorted(one.post for one in found.sample) == [1, 3]
    assert [one.post for one in found.unread] == [3]
    assert archive.differences() == []


def test_an_empty_week_has_no_sample(archive):
    assert not draw(archive)
    assert the_audit(archive) is None


def test_many_late_posts_make_it_be_drawn_again_and_what_was_said_stays(archive):
    filled(archive, 20)
    assert draw(archive)
    archive.annotations.label(
        [one.post for one in the_audit(archive).sample], "tone", "positive", by="jo", now=NOW
    )
    saved(archive, a_page(a_post(id="late", text="Late 1", created_at=START)))
    assert (the_audit(archive).late, the_audit(archive).is_outdated) == (1, False)
    later = [a_post(id=f"late {n}", text=f"Late {n}", created_at=START) for n in range(2, 5)]
    saved(archive, a_page(*later))
    assert the_audit(archive).is_outdated
    assert draw(archive)
    found = the_audit(archive)
    assert (found.posts, found.late, len(found.unread)) == (24, 0, 4)


def test_what_is_found_not_to_be_ours_need_not_be_read(archive):
    filled(archive, 3)
    draw(archive)
    archive.marks.set([2], "not ours", by="jo", now=NOW)
    assert sorted(one.post for one in the_audit(archive).unread) == [1, 3]


def test_the_programs_word_of_today_stands_beside_that_of_then(archive):
    filled(archive, 3)
    draw(archive)
    archive.annotations.label([1], "tone", "positive", by="jo", now=NOW)
    archive.tone_scores.save([(1, a_sentiment(Tone.NEGATIVE)), (2, None)], "plain-9", NOW)
    found = {one.post: (one.scored, one.rescored) for one in the_audit(archive).sample}
    assert found == {
        1: (Tone.NEUTRAL, Tone.NEGATIVE), 2: (Tone.NEUTRAL, None), 3: (Tone.NEUTRAL, Tone.NEUTRAL),
    }  # fmt: skip


def test_posts_that_have_a_persons_word_are_counted_by_day_and_track(archive):
    filled(archive, 4)
    saved(archive, a_page(a_post(id="later", created_at=END, text="Later")))
    archive.annotations.label([1, 2, 3, 5], "tone", "positive", by="jo", now=NOW)
    archive.annotations.label([2], "tone", None, by="jo", now=NOW)
    archive.marks.set([3], "not ours", by="jo", now=NOW)
    archive.annotations.label([4], "stance", "support", by="jo", now=NOW)
    week = (MONDAY, date(2026, 10, 25))
    assert archive.tone_audits.labelled("crime", *week) == 1
    assert archive.tone_audits.labelled("crime", MONDAY, date(2026, 10, 26)) == 2
    assert archive.tone_audits.labelled("other", *week) == 0
