"""What people decide about posts: labels, marks, notes and events."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from monitor.archive import Archive
from monitor.archive.annotations import LONGEST_NOTE, Mark
from monitor.core.errors import ArchiveError
from monitor.core.model import Tone
from monitor.core.text import fingerprint
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post, a_sentiment

DAY = date(2026, 3, 2)
LATER = NOON + timedelta(hours=2)
BY = {"by": "Jo", "now": LATER}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def tones(archive: Archive) -> list[str | None]:
    return [row.tone for row in archive.posts(list(range(1, archive.count() + 1)))]


def counted(archive: Archive) -> int:
    return sum(day.posts for day in archive.day_counts(archive.scope("crime", DAY, DAY)))


COPIES = (
    "Enough is enough! https://t.example/a1",
    "  ENOUGH is\nenough!   https://t.example/b2 ",
    "enough is enough!",
)


@pytest.mark.parametrize("text", COPIES)
def test_texts_of_the_same_words_have_one_fingerprint(text):
    assert fingerprint(text) == fingerprint(COPIES[0])


@pytest.mark.parametrize("text", ["Enough is not enough!", "Enough is enough", "enoughisenough!", "", None])
def test_control_other_words_have_another_fingerprint(text):
    assert fingerprint(text) != fingerprint(COPIES[0])


@pytest.mark.parametrize("text", ["", None, "https://t.example/a", "!!! 😡", " \n"])
def test_a_text_without_words_is_like_no_other(text):
    assert fingerprint(text) is None


def test_a_label_holds_for_all_posts_of_the_same_words(archive):
    saved(archive, a_page(*(a_post(id=str(n), text=text) for n, text in enumerate((*COPIES, "Enough.")))))
    assert archive.label([2], "tone", "positive", **BY) == 3
    assert tones(archive) == ["positive", "positive", "positive", "neutral"]
    assert archive.differences() == []


def test_a_label_holds_for_posts_of_the_same_words_that_come_later(archive):
    saved(archive, a_page(a_post(text=COPIES[0])))
    archive.label([1], "tone", "negative", **BY)
    archive.label([1], "stance", "support", **BY)
    saved(archive, a_page(a_post(id="2", text=COPIES[1]), a_post(id="3", text="No.")), now=LATER)
    assert tones(archive) == ["negative", "negative", "neutral"]
    assert archive.worked([2])[2].latest("stance").value == "support"
    assert archive.worked([2])[2].latest("stance").by == "Jo"
    assert 3 not in archive.worked([1, 2, 3])
    assert archive.differences() == []


def test_a_post_that_is_edited_to_the_same_words_gets_their_label(archive):
    saved(archive, a_page(a_post(text=COPIES[0]), a_post(id="2", text="Draft")))
    archive.label([1], "tone", "negative", **BY)
    saved(archive, a_page(a_post(id="2", text=COPIES[1])), now=LATER)
    assert tones(archive) == ["negative", "negative"]
    assert archive.differences() == []


def test_a_label_wins_over_scores_to_come_until_it_is_taken_back(archive):
    saved(archive, a_page(a_post(text=COPIES[0]), a_post(id="2", text=COPIES[1])))
    archive.label([1], "tone", "negative", **BY)
    archive.save_tones([(1, a_sentiment(Tone.UNCLEAR)), (2, a_sentiment(Tone.UNCLEAR))], "fancy-2", LATER)
    assert tones(archive) == ["negative", "negative"]
    assert archive.label([2], "tone", None, **BY) == 2
    assert tones(archive) == ["unclear", "unclear"]
    saved(archive, a_page(a_post(id="3", text=COPIES[2])), now=LATER)
    assert tones(archive)[2] == "neutral"
    assert archive.differences() == []


def test_every_word_of_a_label_is_kept_the_latest_first(archive):
    saved(archive, a_page(a_post()))
    for value in ("positive", "negative", "negative", None):
        archive.label([1], "tone", value, **BY)
    worked = archive.worked([1])[1]
    assert [label.value for label in worked.labels] == [None, "negative", "positive"]
    assert worked.latest("tone") is None


def test_a_label_that_says_nothing_new_changes_nothing(archive):
    saved(archive, a_page(a_post()))
    assert [archive.label([1], "tone", value, **BY) for value in (None, "positive", "positive")] == [0, 1, 0]
    assert archive.label([99], "tone", "positive", **BY) == 0


def test_posts_without_words_are_labelled_one_by_one(archive):
    saved(archive, a_page(a_post(text="😡"), a_post(id="2", text="😡")))
    assert archive.label([1], "tone", "negative", **BY) == 1
    assert tones(archive) == ["negative", "neutral"]


@pytest.mark.parametrize("text", ['He said "no" AND left', "NEAR(a b) * ^x -y", 'a"b" "c', "x\x00y words"])
def test_texts_that_look_like_a_query_are_compared_as_texts(archive, text):
    saved(archive, a_page(a_post(text=text), a_post(id="2", text=text.upper())))
    assert archive.label([1], "tone", "negative", **BY) == 2


@pytest.mark.parametrize(("field", "value"), [("tone", "angry"), ("stance", "positive")])
def test_only_known_values_are_stored(archive, field, value):
    saved(archive, a_page(a_post()))
    with pytest.raises(ValueError, match=value):
        archive.label([1], field, value, **BY)
    assert archive.worked([1]) == {}


def test_a_post_that_is_not_ours_leaves_all_counts_and_can_come_back(archive):
    saved(archive, a_page(a_post(likes=3, tags=frozenset({"a"})), a_post(id="2", by="bob")))
    saved(archive, a_page(a_post(likes=3, tags=frozenset({"a"}))), track="knives")
    assert archive.mark([1], "not ours", **BY) == 1
    assert (counted(archive), archive.differences()) == (1, [])
    assert archive.top_posts(archive.scope("knives", DAY, DAY)) == []
    assert archive.mark([1], None, **BY) == 1
    assert (counted(archive), archive.differences()) == (2, [])
    assert archive.top_posts(archive.scope("knives", DAY, DAY)) == [1]


def test_the_next_poll_does_not_bring_back_what_is_not_ours(archive):
    saved(archive, a_page(a_post()))
    archive.mark([1], "not ours", **BY)
    saved(archive, a_page(a_post(likes=9)), now=LATER)
    saved(archive, a_page(a_post(likes=9)), track="knives", now=LATER)
    assert (counted(archive), archive.differences()) == (0, [])
    archive.mark([1], "done", **BY)
    assert [archive.top_posts(archive.scope(track, DAY, DAY)) for track in ("crime", "knives")] == [[1], [1]]
    assert archive.differences() == []


def test_control_without_its_trigger_the_next_poll_brings_it_back(archive):
    archive.db.execute("DROP TRIGGER not_ours_stays_aside")
    saved(archive, a_page(a_post()))
    archive.mark([1], "not ours", **BY)
    saved(archive, a_page(a_post(likes=9)), now=LATER)
    assert counted(archive) == 1


def test_others_of_the_page_are_stored_beside_one_that_is_not_ours(archive):
    saved(archive, a_page(a_post()))
    archive.mark([1], "not ours", **BY)
    saved(archive, a_page(a_post(id="0"), a_post(), a_post(id="2")), now=LATER)
    assert counted(archive) == 2


def test_a_rebuild_keeps_aside_what_is_not_ours(archive):
    saved(archive, a_page(a_post(), a_post(id="2")))
    archive.mark([1], "not ours", **BY)
    archive.rebuild()
    assert counted(archive) == 1


def test_a_post_has_one_mark_with_who_made_it_and_when(archive):
    saved(archive, a_page(a_post(), a_post(id="2")))
    assert archive.mark([1, 1, 2, 99], "needs reply", **BY) == 2
    assert archive.mark([1], "done", by="Al", now=LATER) == 1
    assert archive.mark([1], "done", **BY) == 0
    worked = archive.worked([1])[1]
    assert (worked.mark, worked.marked_by, worked.marked_at) == (Mark.DONE, "Al", LATER)


def test_a_mark_that_there_is_not_is_refused(archive):
    with pytest.raises(ValueError, match="later"):
        archive.mark([1], "later", **BY)


def test_notes_are_kept_in_their_order_until_taken_away(archive):
    saved(archive, a_page(a_post(), a_post(id="2")))
    assert archive.note([1, 2, 99], " Rang her <b>today</b> ", **BY) == 2
    archive.note([1], "No answer", by="Al", now=LATER)
    first, second = archive.worked([1])[1].notes
    assert (first.text, first.by, second.text, second.by) == (
        "Rang her <b>today</b>",
        "Jo",
        "No answer",
        "Al",
    )
    assert [archive.remove_note(first.id, post) for post in (99, 1, 1)] == [False, True, False]
    assert archive.worked([1])[1].notes == (second,)


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST_NOTE + 1)])
def test_a_note_is_neither_empty_nor_endless(archive, text):
    saved(archive, a_page(a_post()))
    with pytest.raises(ArchiveError, match="A note has 1 to 2,000 characters"):
        archive.note([1], text, **BY)


def test_with_a_posts_text_go_notes_and_stance(archive):
    saved(archive, a_page(a_post()))
    archive.note([1], "Ann wrote this", **BY)
    archive.label([1], "stance", "oppose", **BY)
    archive.label([1], "tone", "negative", **BY)
    archive.scrub([1], LATER)
    worked = archive.worked([1])[1]
    assert (worked.notes, worked.latest("stance"), worked.latest("tone").value) == ((), None, "negative")
    assert archive.differences() == []


def test_nothing_new_is_said_of_a_post_without_text(archive):
    saved(archive, a_page(a_post()))
    archive.scrub([1], LATER)
    assert archive.label([1], "stance", "oppose", **BY) == 0
    assert archive.note([1], "Ann wrote this", **BY) == 0
    assert archive.mark([1], "done", **BY) == 1


def test_with_a_post_goes_all_work_on_it(archive):
    saved(archive, a_page(a_post()))
    archive.note([1], "Hm", **BY)
    archive.label([1], "tone", "negative", **BY)
    archive.mark([1], "not ours", **BY)
    archive.delete([1])
    left = [
        archive.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("notes", "labels", "marks", "set_aside")
    ]
    assert (left, archive.differences()) == ([0, 0, 0, 0], [])


@pytest.mark.parametrize("broken", ["marks", "set_aside", "text_labels"])
def test_an_act_that_fails_midway_leaves_no_trace(archive, broken):
    saved(archive, a_page(a_post(), a_post(id="2", text="Other")))
    archive.db.execute(
        f"CREATE TRIGGER break_it BEFORE INSERT ON {broken} BEGIN SELECT RAISE(ABORT, 'broken'); END"
    )
    act = archive.label if broken == "text_labels" else archive.mark
    what = ("tone", "negative") if broken == "text_labels" else ("not ours",)
    with pytest.raises(sqlite3.IntegrityError, match="broken"):
        act([1, 2], *what, **BY)
    assert (archive.worked([1, 2]), counted(archive), archive.differences()) == ({}, 2, [])


def test_events_are_added_changed_and_taken_away(archive):
    first = archive.add_event(DAY, "  Stall at   Heathway ")
    archive.add_event(DAY + timedelta(days=1), "Hand-in")
    assert [event.title for event in archive.calendar()] == ["Hand-in", "Stall at Heathway"]
    assert archive.change_event(first, DAY + timedelta(days=2), "Stall")
    assert [(event.id, event.day.day) for event in archive.calendar()] == [(1, 4), (2, 3)]
    assert archive.events(DAY, DAY + timedelta(days=1)) == [(DAY + timedelta(days=1), "Hand-in")]
    assert [archive.remove_event(first), archive.remove_event(first)] == [True, False]
    assert not archive.change_event(first, DAY, "Gone")


@pytest.mark.parametrize("title", ["", "  ", "x" * 121])
def test_an_event_has_a_title_of_a_line(archive, title):
    with pytest.raises(ArchiveError, match="title of 1 to 120"):
        archive.add_event(DAY, title)
    assert archive.calendar() == []
