"""What stands beside a number on its tile."""

from monitor.report.figures import tone
from monitor.report.measure import TileNote
from tests.dashboard.reports import a_report
from tests.digest.letters import a_week


def test_a_tone_that_nobody_rated_is_said_and_not_shown_as_nothing():
    tile = tone.MEASURE.tile_of(a_report(tones={}))
    assert (tile.tag, tile.notes) == ("not checked", (TileNote(text="No post has been scored yet"),))


def test_a_week_that_a_person_checked_says_so_beside_its_tone():
    week = a_week()
    note = TileNote(strong="Read by people:", text="net −12 (−31 to +7), 9 to 15 November 2026")
    assert note in tone.MEASURE.tile_of(week).shared
    unchecked = a_week(checked=None)
    assert [note.strong for note in tone.MEASURE.tile_of(unchecked).shared] == ["", ""]
