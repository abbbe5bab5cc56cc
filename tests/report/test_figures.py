"""What a number shows on its tile where there is nothing to show yet."""

from monitor.report.figures import tone
from monitor.report.measure import Note
from tests.dashboard.reports import a_report


def test_a_tone_that_nobody_rated_is_said_and_not_shown_as_nothing():
    assert tone.MEASURE.tile_of is not None
    tile = tone.MEASURE.tile_of(a_report(tones={}))
    assert (tile.tag, tile.notes) == ("uncalibrated", (Note(text="No post has been rated yet"),))
