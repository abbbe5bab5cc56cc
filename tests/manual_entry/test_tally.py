"""A tally has counts and where they are from, and nothing of a person."""

from datetime import date

import pytest

from monitor.core.errors import EntryError
from monitor.manual_entry.tally import DayTally, district, number, tally, tally_file

TODAY = date(2026, 11, 30)
GOOD = {"day": "2026-11-28", "area": "rm9 ", "street": "Heathway", "count": "46"}


def area_of(text):
    return {"rm9": "RM9", "heath": "heath-ward", "five elms": "five-elms"}.get(text.casefold())


def read(**fields):
    return tally("paper", GOOD | fields, area_of, TODAY)


def slips(**fields):
    with pytest.raises(EntryError) as error:
        read(**fields)
    return error.value.by


def test_a_stall_in_four_fields_and_what_is_folded_away():
    assert read() == DayTally(date(2026, 11, 28), "RM9", "Heathway", 46, None, None, None)
    assert read(sheets="3", collector="j. b.", area="", street="") == DayTally(
        date(2026, 11, 28), None, None, 46, 3, "JB", None
    )


@pytest.mark.parametrize(
    "area",
    [
        "RM9 ",
        "rm9",
        "RM9",
        " Rm9",
        "RM9 6AB",
        "rm96ab",
        "12 Heathway, RM9 6AB",
        "rm 9",
        "RM-9",
        "RM9.",
        "RM9 6",
    ],
)
def test_a_district_is_one_area_however_it_is_written(area):
    assert read(area=area).area == "RM9"


@pytest.mark.parametrize(
    ("street", "kept"),
    [
        ("12 Heathway", "Heathway"),
        ("12a, Ripple Road", "Ripple Road"),
        ("12-14 Heathway", "Heathway"),
        ("Flat 3, 12 Heathway", "Heathway"),
        ("A13", "A13"),
        ("1st Avenue", "1st Avenue"),
        ("12 2nd Cross Road", "2nd Cross Road"),
        ("Elm Road 7", "Elm Road"),
        ("Heathway, RM10", "Heathway"),
        ("Elm Road 7, RM10", "Elm Road"),
        ("12", None),
        ("n/a", None),
        ("-", None),
        ("Elm Dr", "Elm Dr"),
        ("St Mary’s Lane", "St Mary’s Lane"),
        ("Bennett's Castle Lane", "Bennett's Castle Lane"),
        ("Ripple Rd/Heathway", "Ripple Rd/Heathway"),
        ("Outside Tesco", "Outside Tesco"),
        ("Five Elms", "Five Elms"),
        ("Heathway Heath", "Heathway Heath"),
        ("Rush Green", "Rush Green"),
        ("High St, Heath", "High St, Heath"),
        ("Heath, RM9", "Heath"),
        ("Broadway,     7", "Broadway"),
    ],
)
def test_a_street_loses_its_house_number(street, kept):
    assert read(street=street).street == kept


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *(("street", text) for text in (
            "Heathway RM9 6AB", "jo@example.org", "07700 900123", "Heathway, 020 7946 0000", "=HYPERLINK(1)",
            "@SUM(1)", "-1+cmd", "+cmd", "<b>Heathway</b>", "x" * 61, "Heathway\t07700900123",
            "Mrs Jones, Elm Road", "Dr Jones", "Rev. Jones", "Cllr Jo Example",
            "jo bloggs at gmail dot com", "(Heathway)", "Jo Bloggs", "jo bloggs", "J. Bloggs", "Bloggs, Jo",
            "Mary Ann Example", "Elm Road, Jo Bloggs", "Jo Bloggs (Elm Road)", "Elm Road - Jo Bloggs",
            "c/o Jo Bloggs",
        )),
        *(("area", text) for text in ("Atlantis", "jo@example.org", "07700 900123", "=1+1", "Jo Example")),
        *(("count", text) for text in ("", "0", "-5", "2001", "4.5", "=2", "forty", "1e9", "٤٦")),
        *(("collector", text) for text in ("John", "Margaret Example", "J0", "jo@x")),
        *(("day", text) for text in ("", "2026-12-01", "1999-01-01", "soon", "2026-02-30")),
        *(("sheets", text) for text in ("0", "-1", "many")),
    ],
)  # fmt: skip
def test_what_is_wrong_or_personal_is_refused_in_a_sentence_that_does_not_quote_it(field, text):
    said = slips(**{field: text})
    assert list(said) == [field]
    assert said[field].endswith(".")
    assert len(text) < 3 or text not in said[field]


@pytest.mark.parametrize(
    "code",
    [
        "07700900123",
        "jo@example.org",
        "a b",
        "=1",
        "-a",
        "x" * 61,
        "(not set)",
        "unknown",
        "NULL",
        "direct",
        "RM108YB",
        "rm10-8yb",
        "jo.at.example.com",
    ],
)
def test_what_may_be_no_code_of_a_link_is_not_known(code):
    assert read(code=code).code is None
    assert read(code="kit-bsky-1").code == read(code="KIT-Bsky-1").code == "kit-bsky-1"
    assert read(code="Facebook").code == "Facebook"


def rows(*counts, area="Heath", day="2026-11-28"):
    return [
        (number, {"day": day, "area": area, "count": str(count), "street": ""})
        for number, count in enumerate(counts, 2)
    ]


def test_a_stall_twice_is_one_and_another_count_is_another():
    file = tally_file("paper", rows(46, 46, 31), area_of, TODAY)
    assert (file.total, file.known) == (77, 1)
    again = tally_file("paper", rows(31, 46), area_of, TODAY)
    assert sorted(file.tallies) == sorted(again.tallies)


def test_answers_of_a_day_and_area_are_one_tally_whose_count_may_grow():
    few = tally_file("survey", rows(3), area_of, TODAY)
    more = tally_file("survey", [*rows(3), *rows(2, area="heath"), *rows(1, 1, area="Mars")], area_of, TODAY)
    assert [each.count for each in more.tallies.values()] == [5, 2]
    assert more.unplaced == 2
    assert next(iter(few.tallies)) == next(iter(more.tallies))


def test_visits_are_summed_by_day_and_code_and_what_is_not_known_is_no_zero():
    cells = [("bsky-1", "9"), ("bsky-1", "1,001"), ("", "0"), ("(not set)", "4"), ("x", "-"), ("x", "-4")]
    file = tally_file(
        "visits",
        [(2 + n, {"day": "2026-11-28", "code": cell[0], "count": cell[1]}) for n, cell in enumerate(cells)],
        area_of, TODAY,
    )  # fmt: skip
    assert [(each.code, each.count) for each in file.tallies.values()] == [("bsky-1", 1010), (None, 4)]
    assert [words[:6] for words in file.wrong] == ["Row 6,", "Row 7,"]


def test_visits_of_a_day_that_are_more_than_can_be_cost_a_row():
    row = {"day": "2026-11-28", "code": "a", "count": "1 000 000"}
    file = tally_file("visits", [(2, row), (3, row)], area_of, TODAY)
    assert file.total == 1_000_000
    assert file.wrong == ("Row 3, number: With those above, more than 1,000,000 a day.",)


@pytest.mark.parametrize("text", ["1204", "1,204", "1 204", " 1\u00a0204 ", "1204.0", "1,204.00"])
def test_a_number_is_read_as_people_write_it(text):
    assert number(text, 0, 2_000) == 1204


@pytest.mark.parametrize("text", ["12 04", "1,2", "1.2k", "-5", "", "1" * 13, "4 6", "2001", "1.000"])
def test_control_what_may_be_another_number_is_refused(text):
    with pytest.raises(ValueError, match="from 0 to 2,000"):
        number(text, 0, 2_000)


@pytest.mark.parametrize(
    "text", ["12 signatures", "12sigs", "Signatures: 12", "12 Names.", "12 people have signed"]
)
def test_a_number_may_say_of_what_it_is(text):
    assert (read(count=text).count, read(sheets="1 sheet").sheets) == (12, 1)


@pytest.mark.parametrize(
    "text",
    ["12 sheets", "about 12 signatures", "12 or 13 names", "12 signatures on 3", "signatures", "12.", ""],
)
def test_control_a_number_of_something_else_or_a_guess_is_refused(text):
    assert "whole number" in slips(count=text)["count"]
    assert "whole number" in slips(sheets="12 signatures")["sheets"]


@pytest.mark.parametrize("street", ["Total", "TOTAL:", "Grand total", "Sub-total"])
def test_a_total_of_other_rows_is_not_counted_again(street):
    assert "total of other rows" in slips(street=street)["street"]
    assert read(street="Total Road").street == "Total Road"


def test_what_an_optional_cell_does_not_say_costs_no_stall():
    said = read(area="N/A", sheets="-", collector="n/a", street="unknown")
    assert (said.area, said.sheets, said.collector, said.street) == (None, None, None, None)
    assert "count" in slips(count="-")


def test_a_wrong_row_costs_a_row_and_is_called_by_its_number():
    file = tally_file("paper", rows(46, 0, 3), area_of, TODAY)
    assert file.total == 49
    assert file.wrong == ("Row 3, number: Give a whole number from 1 to 2,000.",)


def test_a_text_without_a_postcode_is_itself_and_bounded():
    assert district("Heath") == "Heath"
    assert len(district("x" * 1000)) == 60
