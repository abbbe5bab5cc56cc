"""What was not alike in the times compared is said whole: every file, source and word, or how many."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.report import LeftOut, SeriesStep, Step
from monitor.report.story import story
from monitor.report.story.breaks import basis
from monitor.report.wording import ERASED
from tests.report.story.weeks import a_week


def on(day: int, step: Step, subject: str, posts: int | None = None) -> SeriesStep:
    return SeriesStep(day=date(2026, 11, day), step=step, subject=subject, posts=posts)


def said(*steps: SeriesStep, **changes: object) -> str:
    return story(a_week(steps=steps, **changes))[1].sentence


FILES = [on(day, Step.FILE, f"week{day}.csv", 10) for day in (16, 18, 18, 20)]
SOURCES = [on(17, Step.SOURCE_ON, name, 5) for name in ("bluesky", "lemmy", "x")]


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (FILES, "40 posts from 4 files came in between Monday 16 November and Friday 20 November"),
        (FILES[1:3], "20 posts from 2 files came in on Wednesday 18 November"),
        (FILES[:1], "10 posts from the file “week16.csv” came in on Monday 16 November"),
        (SOURCES, "Bluesky, Lemmy and X have only been covered since Tuesday 17 November, with 15 posts"),
        ([*SOURCES, *(on(17, Step.SOURCE_ON, f"site{n}") for n in range(4))],
         "Bluesky, Lemmy, X, site0, site1 and 2 more have only been covered since Tuesday 17 November,"
         " with 15 posts"),
        ([on(17, Step.TAG_ADDED, "#a"), on(17, Step.TAG_ADDED, "#b")],
         "#a and #b were only searched for from Tuesday 17 November"),
        ([on(13, Step.LOOK_BACK, "lemmy", 4), on(19, Step.LOOK_BACK, "lemmy", 2)],
         "Older posts from Lemmy were collected between Friday 13 November and Thursday 19 November,"
         " with 6 posts"),
    ],
    ids=["four files", "two of a day", "one file", "three sources", "seven sources", "words", "looks back"],
)  # fmt: skip
def test_steps_of_one_kind_are_one_clause_with_all_of_them(steps, sentence):
    assert said(*steps) == sentence


def test_posts_that_are_said_not_to_be_counted_are_not_said_again():
    report = a_week(steps=SOURCES)
    assert "with 15 posts" in story(report)[1].sentence  # control
    left_out = (LeftOut(source="x", posts=5, reason="not covered in the week before"),)
    report = replace(report, comparison=replace(report.comparison, left_out=left_out))
    assert "with 10 posts" in story(report)[1].sentence


def test_posts_of_people_who_were_erased_are_said_to_be_that():
    report = a_week()
    left_out = (LeftOut(source="mastodon", posts=5, reason=ERASED),)
    report = replace(report, comparison=replace(report.comparison, left_out=left_out))
    assert basis(report)[1] == f", not counting 5 {ERASED}"


def test_of_very_many_changes_it_is_said_how_many_more_there_are():
    days = [on(day, Step.SOURCE_ON, f"platform{day}") for day in range(16, 22)]
    assert said(*days[:4]).count(". ") == 3  # four are told whole
    assert said(*days).endswith("Wednesday 18 November. 3 more changes affect the comparison")


def test_items_that_could_not_be_read_are_told_where_they_are_many():
    assert said(unread=9) == "9 items that arrived could not be read: see Sources"
    assert [finding.sentence for finding in story(a_week(unread=3))] == [story(a_week())[0].sentence]


def test_no_posts_is_not_said_alone_where_items_could_not_be_read():
    none = a_week(days=(0,) * 7, unread=1)
    assert [finding.sentence for finding in story(none)] == [
        "No posts found, but 1 item that arrived could not be read: see Sources"
    ]
