"""What people decide about posts: labels, marks, notes and events."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from monitor.archive import Archive
from monitor.archive.posts.annotations import LONGEST_NOTE
from monitor.archive.values import Mark
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
    return [row.tone for row in archive.posts.by_ids(list(range(1, archive.posts.count() + 1)))]


def counted(archive: Archive) -> int:
    return sum(day.posts for day in archive.stats.day_counts(archive.stats.scope("crime", DAY, DAY)))


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
    assert archive.annotations.label([2], "tone", "positive", **BY) == 3
    assert tones(archive) == ["positive", "positive", "positive", "neutral"]
    assert archive.differences() == []


def test_a_label_holds_for_posts_of_the_same_words_that_come_later(archive):
    saved(archive, a_page(a_post(text=COPIES[0])))
    archive.annotations.label([1], "tone", "negative", **BY)
    archive.annotations.label([1], "stance", "support", **BY)
    saved(archive, a_page(a_post(id="2", text=COPIES[1]), a_post(id="3", text="No.")), now=LATER)
    assert tones(archive) == ["negative", "negative", "neutral"]
    assert archive.annotations.of_posts([2])[2].latest("stance").value == "support"
    assert archive.annotations.of_posts([2])[2].latest("stance").by == "Jo"
    assert 3 not in archive.annotations.of_posts([1, 2, 3])
    assert archive.differences() == []


def test_a_post_that_is_edited_to_the_same_words_gets_their_label(archive):
    saved(archive, a_page(a_post(text=COPIES[0]), a_post(id="2", text="Draft")))
    archive.annotations.label([1], "tone", "negative", **BY)
    saved(archive, a_page(a_post(id="2", text=COPIES[1])), now=LATER)
    assert tones(archive) == ["negative", "negative"]
    assert archive.differences() == []


CURLY, STRAIGHT = "It’s enough! 😡", "It's enough! 😡\ufe0f"


def said_before(archive: Archive, text: str, value: str) -> None:
    """Keep what was said of a text as it was kept while only capitals and spaces were made alike."""
    archive.db.execute(
        "INSERT INTO text_labels (text, field, value, by, at)"
        " VALUES (?, 'tone', ?, 'Al', '2025-01-01T00:00:00Z')",
        [fingerprint(text, str.casefold), value],
    )


def kept(archive: Archive) -> list[tuple[str, str]]:
    return archive.db.execute("SELECT text, value FROM text_labels").fetchall()


def test_a_label_holds_for_all_spellings_of_a_text(archive):
    saved(archive, a_page(a_post(text=CURLY), a_post(id="2", text=STRAIGHT)))
    assert archive.annotations.label([2], "tone", "negative", **BY) == 2
    saved(archive, a_page(a_post(id="3", text="ＩＴ´Ｓ enough! 😡")), now=LATER)
    assert tones(archive) == ["negative"] * 3


def test_what_was_said_of_a_text_before_spellings_were_made_alike_still_holds(archive):
    said_before(archive, CURLY, "negative")
    saved(archive, a_page(a_post(text=CURLY), a_post(id="2", text="It’s not enough!")))
    assert tones(archive) == ["negative", "neutral"]
    assert archive.annotations.of_posts([1])[1].latest("tone").by == "Al"


def test_control_the_two_fingerprints_of_a_text_of_curly_apostrophes_differ():
    assert fingerprint(CURLY, str.casefold) != fingerprint(CURLY)
    assert fingerprint("Enough  IS enough! https://a.example", str.casefold) == fingerprint(
        "enough is enough!"
    )


def test_what_is_said_now_counts_rather_than_what_was_said_before(archive):
    said_before(archive, CURLY, "negative")
    saved(archive, a_page(a_post(id="2", text=STRAIGHT)))
    archive.annotations.label([1], "tone", "positive", **BY)
    assert len(kept(archive)) == 2  # of the other spelling there is no post that could be looked up
    saved(archive, a_page(a_post(text=CURLY)), now=LATER)
    assert tones(archive) == ["positive", "positive"]
    assert [label.value for label in archive.annotations.of_posts([2])[2].labels] == ["positive"]


@pytest.mark.parametrize("value", ["positive", None])
def test_a_new_word_replaces_what_was_said_before_of_each_spelling(archive, value):
    said_before(archive, CURLY, "negative")
    saved(archive, a_page(a_post(text=CURLY), a_post(id="2", text=STRAIGHT)))
    archive.annotations.label([2], "tone", value, **BY)
    assert kept(archive) == ([(fingerprint(CURLY), value)] if value else [])


def test_what_was_said_before_of_the_words_of_a_forgotten_post_is_forgotten(archive):
    said_before(archive, CURLY, "negative")
    saved(archive, a_page(a_post(text=CURLY)))
    archive.ingest.scrub([1], LATER)
    assert kept(archive) == []


def test_a_label_wins_over_scores_to_come_until_it_is_taken_back(archive):
    saved(archive, a_page(a_post(text=COPIES[0]), a_post(id="2", text=COPIES[1])))
    archive.annotations.label([1], "tone", "negative", **BY)
    archive.tone_scores.save(
        [(1, a_sentiment(Tone.UNCLEAR)), (2, a_sentiment(Tone.UNCLEAR))], "fancy-2", LATER
    )
    assert tones(archive) == ["negative", "negative"]
    assert archive.annotations.label([2], "tone", None, **BY) == 2
    assert tones(archive) == ["unclear", "unclear"]
    saved(archive, a_page(a_post(id="3", text=COPIES[2])), now=LATER)
    assert tones(archive)[2] == "neutral"
    assert archive.differences() == []


def test_every_word_of_a_label_is_kept_the_latest_first(archive):
    saved(archive, a_page(a_post()))
    for value in ("positive", "negative", "negative", None):
        archive.annotations.label([1], "tone", value, **BY)
    worked = archive.annotations.of_posts([1])[1]
    assert [label.value for label in worked.labels] == [None, "negative", "positive"]
    assert worked.latest("tone") is None


def test_a_label_that_says_nothing_new_changes_nothing(archive):
    saved(archive, a_page(a_post()))
    assert [
        archive.annotations.label([1], "tone", value, **BY) for value in (None, "positive", "positive")
    ] == [0, 1, 0]
    assert archive.annotations.label([99], "tone", "positive", **BY) == 0


def test_posts_without_words_are_labelled_one_by_one(archive):
    saved(archive, a_page(a_post(text="😡"), a_post(id="2", text="😡")))
    assert archive.annotations.label([1], "tone", "negative", **BY) == 1
    assert tones(archive) == ["negative", "neutral"]


@pytest.mark.parametrize("text", ['He said "no" AND left', "NEAR(a b) * ^x -y", 'a"b" "c', "x\x00y words"])
def test_texts_that_look_like_a_query_are_compared_as_texts(archive, text):
    saved(archive, a_page(a_post(text=text), a_post(id="2", text=text.upper())))
    assert archive.annotations.label([1], "tone", "negative", **BY) == 2


@pytest.mark.parametrize(("field", "value"), [("tone", "angry"), ("stance", "positive")])
def test_only_known_values_are_stored(archive, field, value):
    saved(archive, a_page(a_post()))
    with pytest.raises(ValueError, match=value):
        archive.annotations.label([1], field, value, **BY)
    assert archive.annotations.of_posts([1]) == {}


@pytest.mark.heavy
def test_a_post_that_is_not_ours_leaves_all_counts_and_can_come_back(archive):
    saved(archive, a_page(a_post(likes=3, tags=frozenset({"a"})), a_post(id="2", by="bob")))
    saved(archive, a_page(a_post(likes=3, tags=frozenset({"a"}))), track="knives")
    assert archive.marks.set([1], "not ours", **BY) == 1
    assert (counted(archive), archive.differences()) == (1, [])
    assert archive.stats.top_post_ids(archive.stats.scope("knives", DAY, DAY)) == []
    assert archive.marks.set([1], None, **BY) == 1
    assert (counted(archive), archive.differences()) == (2, [])
    assert archive.stats.top_post_ids(archive.stats.scope("knives", DAY, DAY)) == [1]


def test_the_next_poll_does_not_bring_back_what_is_not_ours(archive):
    saved(archive, a_page(a_post()))
    archive.marks.set([1], "not ours", **BY)
    saved(archive, a_page(a_post(likes=9)), now=LATER)
    saved(archive, a_page(a_post(likes=9)), track="knives", now=LATER)
    assert (counted(archive), archive.differences()) == (0, [])
    archive.marks.set([1], "done", **BY)
    assert [
        archive.stats.top_post_ids(archive.stats.scope(track, DAY, DAY)) for track in ("crime", "knives")
    ] == [[1], [1]]
    assert archive.differences() == []


def test_control_without_its_trigger_the_next_poll_brings_it_back(archive):
    archive.db.execute("DROP TRIGGER not_ours_stays_aside")
    saved(archive, a_page(a_post()))
    archive.marks.set([1], "not ours", **BY)
    saved(archive, a_page(a_post(likes=9)), now=LATER)
    assert counted(archive) == 1


def test_others_of_the_page_are_stored_beside_one_that_is_not_ours(archive):
    saved(archive, a_page(a_post()))
    archive.marks.set([1], "not ours", **BY)
    saved(archive, a_page(a_post(id="0"), a_post(), a_post(id="2")), now=LATER)
    assert counted(archive) == 2


def test_a_rebuild_keeps_aside_what_is_not_ours(archive):
    saved(archive, a_page(a_post(), a_post(id="2")))
    archive.marks.set([1], "not ours", **BY)
    archive.rebuild()
    assert counted(archive) == 1


def test_a_post_has_one_mark_with_who_made_it_and_when(archive):
    saved(archive, a_page(a_post(), a_post(id="2")))
    assert archive.marks.set([1, 1, 2, 99], "needs reply", **BY) == 2
    assert archive.marks.set([1], "done", by="Al", now=LATER) == 1
    assert archive.marks.set([1], "done", **BY) == 0
    worked = archive.annotations.of_posts([1])[1]
    latest = archive.marks.history(1)[0]
    assert (worked.mark, latest.act, latest.by, latest.at) == (Mark.DONE, Mark.DONE, "Al", LATER)


def test_a_mark_that_there_is_not_is_refused(archive):
    with pytest.raises(ValueError, match="later"):
        archive.marks.set([1], "later", **BY)


def test_notes_are_kept_in_their_order_until_taken_away(archive):
    saved(archive, a_page(a_post(), a_post(id="2")))
    assert archive.annotations.add_note([1, 2, 99], " Rang her <b>today</b> ", **BY) == 2
    archive.annotations.add_note([1], "No answer", by="Al", now=LATER)
    first, second = archive.annotations.of_posts([1])[1].notes
    assert (first.text, first.by, second.text, second.by) == (
        "Rang her <b>today</b>",
        "Jo",
        "No answer",
        "Al",
    )
    assert [archive.annotations.remove_note(first.id, post) for post in (99, 1, 1)] == [False, True, False]
    assert archive.annotations.of_posts([1])[1].notes == (second,)


def test_a_double_tap_writes_one_note_and_says_so_of_the_same_posts(archive):
    saved(archive, a_page(a_post(), a_post(id="2")))
    tap = partial(archive.annotations.add_note, [1, 2], "Rang her", by="Jo")
    assert (tap(now=LATER), tap(now=LATER + timedelta(seconds=2))) == (2, 2)
    assert [note.text for note in archive.annotations.of_posts([1])[1].notes] == ["Rang her"]
    # control: again an hour later, or by somebody else, it is another note
    tap(now=LATER + timedelta(hours=1))
    tap(by="Al", now=LATER + timedelta(hours=1))
    assert [note.by for note in archive.annotations.of_posts([2])[2].notes] == ["Jo", "Jo", "Al"]


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST_NOTE + 1)])
def test_a_note_is_neither_empty_nor_endless(archive, text):
    saved(archive, a_page(a_post()))
    with pytest.raises(ArchiveError, match="A note has 1 to 2,000 characters"):
        archive.annotations.add_note([1], text, **BY)


def test_with_a_posts_text_go_notes_and_stance(archive):
    saved(archive, a_page(a_post()))
    archive.annotations.add_note([1], "Ann wrote this", **BY)
    archive.annotations.label([1], "stance", "oppose", **BY)
    archive.annotations.label([1], "tone", "negative", **BY)
    archive.ingest.scrub([1], LATER)
    worked = archive.annotations.of_posts([1])[1]
    assert (worked.notes, worked.latest("stance"), worked.latest("tone").value) == ((), None, "negative")
    assert archive.differences() == []


def test_nothing_new_is_said_of_a_post_without_text(archive):
    saved(archive, a_page(a_post()))
    archive.ingest.scrub([1], LATER)
    assert archive.annotations.label([1], "stance", "oppose", **BY) == 0
    assert archive.annotations.add_note([1], "Ann wrote this", **BY) == 0
    assert archive.marks.set([1], "done", **BY) == 1


@pytest.mark.heavy
def test_with_a_post_goes_all_work_on_it(archive):
    saved(archive, a_page(a_post()))
    archive.annotations.add_note([1], "Hm", **BY)
    archive.annotations.label([1], "tone", "negative", **BY)
    archive.marks.set([1], "not ours", **BY)
    archive.ingest.delete([1])
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
    act = archive.annotations.label if broken == "text_labels" else archive.marks.set
    what = ("tone", "negative") if broken == "text_labels" else ("not ours",)
    with pytest.raises(sqlite3.IntegrityError, match="broken"):
        act([1, 2], *what, **BY)
    assert (archive.annotations.of_posts([1, 2]), counted(archive), archive.differences()) == ({}, 2, [])


def test_events_are_added_changed_and_taken_away(archive):
    first = archive.events.add(DAY, "  Stall at   Heathway ")
    archive.events.add(DAY + timedelta(days=1), "Hand-in")
    assert [event.title for event in archive.events.calendar()] == ["Hand-in", "Stall at Heathway"]
    assert archive.events.change(first, DAY + timedelta(days=2), "Stall")
    assert [(event.id, event.day.day) for event in archive.events.calendar()] == [(1, 4), (2, 3)]
    assert archive.events.between(DAY, DAY + timedelta(days=1)) == [(DAY + timedelta(days=1), "Hand-in")]
    assert [archive.events.remove(first), archive.events.remove(first)] == [True, False]
    assert not archive.events.change(first, DAY, "Gone")


def test_only_the_events_of_the_days_that_are_asked_for_are_read(archive):
    archive.events.add(DAY, "Vigil")
    archive.db.execute("INSERT INTO events (day, title) VALUES ('2026-99-99', 'Damaged')")
    assert archive.events.between(DAY, DAY) == [(DAY, "Vigil")]


@pytest.mark.parametrize("title", ["", "  ", "x" * 121])
def test_an_event_has_a_title_of_a_line(archive, title):
    with pytest.raises(ArchiveError, match="title of 1 to 120"):
        archive.events.add(DAY, title)
    assert archive.events.calendar() == []


def test_what_is_put_off_comes_back_on_the_next_day_also_after_a_restart(tmp_path):
    with opened(tmp_path) as archive:
        archive.annotations.postpone("tone", DAY)
        archive.annotations.postpone("events", DAY)
        archive.annotations.postpone("events", DAY)
    with opened(tmp_path) as archive:
        days = [archive.annotations.put_off(DAY + timedelta(days=n)) for n in range(2)]
    assert days == [("events", "tone"), ()]


def test_what_was_put_off_can_be_taken_up_again(archive):
    for name in ("post 7", "events"):
        archive.annotations.postpone(name, DAY)
    archive.annotations.take_up("post 7")
    archive.annotations.take_up("post 8")  # which nobody put off
    assert archive.annotations.put_off(DAY) == ("events",)


def test_what_has_come_back_leaves_nothing_behind(archive):
    before = archive.db.number("SELECT count(*) FROM meta")
    for n in range(9):
        archive.annotations.postpone(f"post {n}", DAY + timedelta(days=n))
    assert archive.db.number("SELECT count(*) FROM meta") == before + 1
