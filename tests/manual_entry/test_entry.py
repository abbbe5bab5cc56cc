"""What was typed: a post, or a sentence for each field that is wrong."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.core.errors import EntryError
from monitor.core.model import Metrics
from monitor.manual_entry import PLACES, common_place, place_of
from monitor.manual_entry.entry import FIELDS, entry

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAID = {"where": "Facebook group", "when": "2026-11-20T18:30", "text": "43 signed at Heathway #Enough"}


def read(**said):
    return entry(SAID | said, LONDON, NOW)


def slips(**said):
    with pytest.raises(EntryError) as told:
        read(**said)
    return told.value.by


def test_three_fields_are_enough_and_the_rest_is_not_known():
    post = read()
    assert (post.platform, post.url, post.author.name, post.author.handle) == ("by-hand", "", None, None)
    assert (post.metrics, post.tags) == (Metrics(), {"enough"})
    assert place_of(post.platform, post.id) == "Facebook group"


def test_a_number_that_was_typed_is_kept_and_zero_is_zero():
    assert read(likes="1.2K").metrics.likes == 1200  # as a phone shows it
    assert read(likes="-", shares="<5", comments="n/a").metrics == Metrics()
    post = read(likes="1,204", shares="0", comments="", views="7")
    assert post.metrics == Metrics(likes=1204, reposts=0, replies=None, views=7)


def test_a_time_is_by_the_campaigns_clock():
    assert read(when="2026-07-20 18:30").created_at == datetime(2026, 7, 20, 17, 30, tzinfo=UTC)
    assert read(when="20/07/2026 18:30").created_at == datetime(2026, 7, 20, 17, 30, tzinfo=UTC)
    assert read(when="20/07/26 18:30").created_at == datetime(2026, 7, 20, 17, 30, tzinfo=UTC)
    assert read(when="2026-11-20T18:30").created_at == datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("where", " ", "Enter where"),
        ("where", "x" * 61, "Shorten it to 60"),
        ("when", "", "date and time are missing"),
        ("when", "2026-11-20", "not a date and time"),
        ("when", "11/20/2026 18:30", "not a date and time"),
        ("when", "0026-11-20T18:30", "not a date and time"),
        ("when", "2026-11-23T09:00", "is in the future"),
        ("when", "2026-03-29T01:30", "the clocks went forward"),
        ("text", "\n ", "Enter what was said"),
        ("text", "x" * 5001, "Shorten it to 5,000"),
        ("link", "javascript:alert(1)", "begins with https"),
        ("link", "//example.org", "begins with https"),
        ("link", "https://", "begins with https"),
        ("link", "https://[", "begins with https"),
        ("link", "https://a.example/ x", "begins with https"),
        ("likes", "-1", "not a whole number"),
        ("shares", "1.25", "not a whole number"),
        ("comments", "²", "not a whole number"),
        ("views", "9" * 11, "not a whole number"),
        ("who", "x" * 101, "Shorten it to 100"),
    ],
)
def test_a_slip_is_told_by_its_field_and_by_no_other(field, typed, said):
    told = slips(**{field: typed})
    assert list(told) == [field]
    assert said in told[field]


def test_all_slips_are_told_at_once():
    assert set(slips(**dict.fromkeys(FIELDS, "\0"))) == {"where", "when", "text"}
    assert len(slips(where="", when="x", text="", link="x", likes="x", who="x" * 200)) == 6


def test_the_same_words_in_the_same_place_on_the_same_day_are_the_same_entry():
    one = read(text="Great  stall\r\ntoday", when="2026-11-20T09:00").id
    assert read(text="great stall today ", when="2026-11-20T20:00").id == one
    assert read(text="great stall today", when="2026-11-21T09:00").id != one
    assert read(text="great stall today", where="Nextdoor").id != one
    assert read(text="great stall, today").id != one
    assert read(text="It’s “dark” – again").id == read(text='It\'s "dark" - again').id


def test_the_day_is_the_campaigns_and_not_that_of_utc():
    assert "|2026-07-21|" in read(when="2026-07-21T00:30").id


def test_a_place_of_the_list_is_known_in_any_letters_and_another_is_kept_as_typed():
    assert {place_of("by-hand", read(where=place.upper()).id) for place in PLACES} == set(PLACES)
    other = read(where="Village | hall\n board")
    assert place_of("by-hand", other.id) == "Village | hall board"
    assert common_place("Village | hall board") == ""
    assert place_of("mastodon", other.id) == ""
    assert place_of("by-hand", "1") == ""


def test_without_a_name_a_place_is_one_account_and_a_name_is_one_of_its_own():
    assert read(text="a").author == read(text="b").author
    named = {read(who="Cllr Ann").author.id, read(who="cllr ann").author.id, read().author.id}
    assert len(named) == 2
    assert read(who="Cllr Ann").author.name == "Cllr Ann"
