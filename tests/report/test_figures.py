"""What stands beside a number on its tile."""

from dataclasses import replace

from monitor.core.model import Tone
from monitor.report.figures import posts, tone
from monitor.report.measure import TileNote
from tests.dashboard.reports import a_report
from tests.digest.letters import a_week


def test_a_tone_that_nobody_rated_is_said_and_not_shown_as_nothing():
    tile = tone.MEASURE.tile_of(a_report(tones=dict.fromkeys(Tone, 0)))
    assert (tile.tag, tile.notes) == ("not checked", (TileNote(text="No post has been scored yet"),))


def test_of_tones_that_may_not_all_be_told_the_others_are_and_how_many_posts_are_left():
    tile = tone.MEASURE.tile_of(a_report(tones={Tone.NEGATIVE: 394}))
    assert (tile.words, tile.unit, dict(tile.parts)) == ("394", "of 1,394 negative", {})
    assert tile.notes[1].text == "1,000 others not shown separately: that could show what single people think"
    words = tone.MEASURE.words_of(a_report(tones={Tone.NEGATIVE: 394}))
    assert words == f"394 negative (of 1,394 posts, by the program; not checked; {tile.notes[1].text})"


def test_a_tone_that_may_not_be_told_says_so_in_the_numbers_place_and_why_once():
    tile = tone.MEASURE.tile_of(a_report(tones={}))
    assert (tile.words, tile.notes) == (
        "not shown", (TileNote(text="That could show what single people think"),)
    )  # fmt: skip
    assert "not shown: that could show" in tone.MEASURE.words_of(a_report(tones={}))


def test_a_week_that_a_person_checked_says_so_beside_its_tone():
    week = a_week()
    note = TileNote(strong="Read by people:", text="net −12 (−31 to +7), 9 to 15 November 2026")
    assert note in tone.MEASURE.tile_of(week).shared
    unchecked = a_week(checked=None)
    assert [note.strong for note in tone.MEASURE.tile_of(unchecked).shared] == [""]


def test_of_the_whole_campaign_it_is_said_how_long_it_is_in_place_of_what_was_before():
    report = replace(a_report(35), new_people=None, comparison=None, news=None)
    figures = {
        key: replace(one, usual=None, finished=None, before=None) for key, one in report.figures.items()
    }
    alone = {**figures, "messages": replace(figures["messages"], value=report.posts.value)}
    assert posts.MEASURE.tile_of(replace(report, figures=alone)).notes == (TileNote(text="In 35 days"),)
