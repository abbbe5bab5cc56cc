"""Files of recorded crime: counts by area are taken, and nothing else; hostile files cost one sentence."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from monitor.archive.outcomes.crimes import AreaCrimes
from monitor.core.errors import MonitorError
from monitor.manual_entry import crimes
from monitor.manual_entry.crimes import crimes_in
from tests.archive.saving import opened
from tests.campaigns import shipped

AREAS = shipped().areas
TODAY = date(2026, 11, 30)
STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n"
)
POLICE = "data.police.uk, under the Open Government Licence v3.0"
WARDS = "Group,SubGroup,WardName,WardCode,LookUp_BoroughName,202608,202609\n"


def street(borough: str, kind: str = "Robbery", month: str = "2026-09") -> str:
    return (
        f"abc,{month},Met,Met,0.1,51.5,On or near High Road,E01002200,{borough},{kind},Under investigation,\n"
    )


def letters(number: int) -> str:
    return f"{number:06}".translate(str.maketrans("0123456789", "abcdefghij"))


def read(folder: Path, text: str | bytes, name: str = "crimes.csv"):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return sorted(crimes_in(path, AREAS, TODAY)[0])


def test_a_street_file_is_counted_by_borough_and_no_point_is_kept(tmp_path):
    text = STREET + street("Havering 012A") * 3 + street("Havering 002C", "Drugs") + street("Hackney 001A")
    text += street("Barking and Dagenham 001A") + street("", "Drugs")
    assert read(tmp_path, text) == [
        ("barking-and-dagenham", "2026-09", "Robbery", 1, POLICE),
        ("havering", "2026-09", "Drugs", 1, POLICE),
        ("havering", "2026-09", "Robbery", 3, POLICE),
    ]


@pytest.mark.parametrize(
    "month", ["202609", "2026-9", "Sep-26", "September 2026", "01/09/2026", "2026-09-01 00:00:00", "09/2026"]
)
def test_a_month_is_read_as_excel_turns_it(tmp_path, month):
    text = f'area,month,category,count\nHavering,{month},Robbery,"1,204"\n'
    assert [count[:4] for count in read(tmp_path, text)] == [("havering", "2026-09", "Robbery", 1204)]


def test_another_day_than_the_first_is_no_month(tmp_path):
    with pytest.raises(MonitorError, match="“09/02/2026” is not a month"):
        read(tmp_path, "area,month,category,count\nHavering,09/02/2026,Robbery,4\n")


def test_boroughs_are_known_by_either_name_of_their_column(tmp_path):
    for column in ("LookUp_BoroughName", "BoroughName"):
        text = f"MajorText,MinorText,{column},202609\nROBBERY,PERSONAL,Havering,4\n"
        assert [count[:4] for count in read(tmp_path, text)] == [("havering", "2026-09", "ROBBERY", 4)]


def test_wards_are_known_by_their_codes_and_months_by_their_columns(tmp_path):
    text = (
        WARDS
        + "ROBBERY,PERSONAL,Gooshays,E05013971,Havering,4,6\n"
        + "ROBBERY,BUSINESS,Gooshays,E05013971,Havering,1,2\n"
    )
    text += "ROBBERY,PERSONAL,Abbey,E05009999,Elsewhere,9,9\n"
    assert [count[:4] for count in read(tmp_path, text)] == [
        ("gooshays-ward", "2026-08", "ROBBERY", 5),
        ("gooshays-ward", "2026-09", "ROBBERY", 8),
    ]


def test_a_borough_file_and_an_own_table_are_read_too(tmp_path):
    text = "MajorText,MinorText,LookUp_BoroughName,202609\nBurglary,Homes,Redbridge,12\n"
    assert read(tmp_path, text)[0][:4] == ("redbridge", "2026-09", "Burglary", 12)
    own = "area;month;category;count\nHeath;2026-09;Burglary;3\nRM9;2026-09;Burglary;3\n"
    assert [count[:4] for count in read(tmp_path, own)] == [("heath-ward", "2026-09", "Burglary", 3)]


def test_a_zip_with_one_csv_in_it_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("2026-09/street.csv", STREET + street("Havering 012A"))
    assert crimes_in(tmp_path / "a.zip", AREAS, TODAY)[0][0].number == 1


@pytest.mark.parametrize(
    "rows",
    [
        "Havering,2026-09,=HYPERLINK(1),5\n",
        "Havering,2026-09,Robbery,=1+1\n",
        "Havering,2026-09,Robbery,-5\n",
        "Havering,2026-13,Robbery,5\n",
        "Havering,2026-09,Robbery,99999999\n",
        "Havering,2026-09,<script>,5\n",
        f"Havering,2026-09,{'x' * 400},5\n",
        "Jo Bloggs,2026-09,Robbery,5\n",
        "Havering,2026-09,Jo Bloggs of 4 High St RM10 8YB,5\n",
        "Havering,2026-09,Robbery,999999\n" * 2,
    ],
    ids=[
        "formula",
        "formula as count",
        "negative",
        "no month",
        "huge",
        "markup",
        "long",
        "a name",
        "an address as category",
        "too many",
    ],
)
def test_what_is_no_count_of_an_area_is_not_taken(tmp_path, rows):
    with pytest.raises(MonitorError, match="nothing was stored"):
        read(tmp_path, "area,month,category,count\n" + rows)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Havering,2026-09,Robbery,-3", "Row 3: “-3” is not a number of crimes"),
        ("Havering,2026-09,Robbery,12 or so", "Row 3: “12 or so” is not a number of crimes"),
        ("Havering,Sept,Robbery,3", "Row 3: “Sept” is not a month such as 2026-09"),
        ("Havering,2026-12,Robbery,3", "Row 3: “2026-12” is not a month that has begun"),
        ("Havering,2099-12,Robbery,3", "Row 3: “2099-12” is not a month that has begun"),
        ("Havering,2026-09,Robbery 2,3", "Row 3: “Robbery 2” is not a category of crime"),
        ("Havering,2026-09,Robbery,1000001", "Row 3: “1000001” is not a number of crimes"),
    ],
)
def test_a_row_of_ours_that_cannot_be_taken_is_named_and_none_is(tmp_path, row, said):
    with pytest.raises(MonitorError, match=said):
        read(tmp_path, f"area,month,category,count\nHavering,2026-08,Robbery,2\n{row}\n")


def test_a_thousand_may_have_a_comma_and_an_empty_cell_is_not_known(tmp_path):
    own = 'area,month,category,count\nHavering,2026-09,Robbery,"1,234"\nHavering,2026-11,Robbery,\n'
    assert [count[1:4] for count in read(tmp_path, own)] == [("2026-09", "Robbery", 1234)]


def test_a_month_with_an_empty_cell_beside_others_is_not_taken_for_whole(tmp_path):
    own = "area,month,category,count\nHavering,2026-09,Robbery,3\n"
    for row in ("Havering,2026-09,Drugs,", "Havering,2026-09,Drugs"):
        with pytest.raises(MonitorError, match="Row 3: “” is not a number of crimes, so nothing was stored"):
            read(tmp_path, f"{own}{row}\n")
    assert len(read(tmp_path, f"{own}Havering,2026-10,Drugs,\nHavering,2026-09,Total,\n")) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Havering,2026-09,Robbery,1,204", "Row 2 .*a number or a text with a comma"),
        ('"Havering,2026\nx\n', "Row 2 .*never closed"),
    ],
)
def test_a_row_whose_cells_cannot_be_told_apart_is_named_and_none_is_taken(tmp_path, row, said):
    with pytest.raises(MonitorError, match=said):
        read(tmp_path, f"area,month,category,count\n{row}\nHavering,2026-09,Drugs,3\n")


def test_an_outcome_of_crimes_is_no_crime(tmp_path):
    text = "area,month,category,measure,count\nHavering,2026-09,Robbery,Offences,12\n"
    text += "Havering,2026-09,Robbery,Positive outcomes,2\n"
    assert [count.number for count in read(tmp_path, text)] == [12]


def test_a_rate_is_no_number_of_crimes(tmp_path):
    with pytest.raises(MonitorError, match="not a file of recorded crime"):
        read(tmp_path, "area,month,category,rate\nHavering,2026-09,Robbery,3.4\n")


@pytest.mark.parametrize(
    "total",
    [
        "Total", "Grand total", "all crime", "Total notifiable offences", "Total recorded crime",
        "Crime total", "Total number of offences", "Total recorded crime (excluding fraud)", "Overall",
    ],
)  # fmt: skip
def test_a_total_beside_its_parts_is_left_out_and_alone_it_counts(tmp_path, total):
    own = f"area,month,category,count\nHavering,2026-09,{total},30\nHavering,2026-08,{total},9\n"
    own += "Havering,2026-09,Robbery,10\nHavering,2026-09,All other theft,20\n"
    assert [count[1:4] for count in read(tmp_path, own)] == [
        ("2026-08", total, 9),
        ("2026-09", "All other theft", 20),
        ("2026-09", "Robbery", 10),
    ]


def kinds(folder: Path, **numbers: int) -> tuple[dict[str, int], set[str]]:
    """Return what is counted of these categories of a month, and which are left out as totals."""
    rows = (f"Havering,2026-09,{name.replace('_', ' ')},{number}\n" for name, number in numbers.items())
    path = folder / "crimes.csv"
    path.write_text("area,month,category,count\n" + "".join(rows))
    counts, totals = crimes_in(path, AREAS, TODAY)
    return {count.category: count.number for count in counts}, totals


def test_a_total_of_a_kind_of_which_no_part_is_there_is_a_category(tmp_path):
    counts, totals = kinds(tmp_path, Violence_total=120, Theft_total=20, Burglary=10, All_other_theft=3)
    assert counts == {"Violence total": 120, "Burglary": 10, "All other theft": 3}
    assert totals == {"Theft total"}
    counts, totals = kinds(tmp_path, Violence_total=120, Burglary_total=10, Total_crime=130)
    assert (counts, totals) == ({"Violence total": 120, "Burglary total": 10}, {"Total crime"})


@pytest.mark.parametrize("total", ["Violence_total", "Total_violence", "Violence_sub_total"])
def test_a_total_of_a_kind_beside_its_parts_is_left_out_and_named(tmp_path, total):
    counts, totals = kinds(
        tmp_path, Violence_with_injury=40, Violence_without_injury=80, Drugs=1, **{total: 120}
    )
    assert sum(counts.values()) == 121
    assert totals == {total.replace("_", " ")}


@pytest.mark.parametrize("name", ["Theft – from the person", "Driver’s offences", "Robbery: personal"])
def test_a_category_may_have_the_marks_that_word_processors_write(tmp_path, name):
    text = f"area,month,category,count\nHavering,2026-09,{name},3\n"
    assert [count[2:4] for count in read(tmp_path, text)] == [(name, 3)]


@pytest.mark.parametrize(
    "text",
    [b"name,email\nJo,jo@example.org\n", b"", b"\x89PNG\r\n\x1a\n" + bytes(900), b"%PDF-1.7 \x00\x01" * 50],
    ids=["another table", "empty", "a picture", "a PDF"],
)
def test_another_file_is_refused_in_a_sentence(tmp_path, text):
    with pytest.raises(MonitorError):
        read(tmp_path, text)


@pytest.mark.heavy
def test_a_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("street.csv", STREET + street("Havering 012A") * 1_000_000)
    with pytest.raises(MonitorError, match="200 times its size"):
        crimes_in(tmp_path / "bomb.zip", AREAS, TODAY)


def test_ever_other_categories_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(crimes, "_MOST_COUNTS", 200)
    rows = [f"Havering,2026-09,Kind {letters(n)},1" for n in range(201)]
    header = "area,month,category,count\n"
    assert len(read(tmp_path, header + "\n".join(rows[:-1]))) == 200
    with pytest.raises(MonitorError, match="not a file of recorded crime"):
        read(tmp_path, header + "\n".join(rows))


def test_the_last_twelve_months_are_summed_and_a_month_that_comes_again_replaces_itself(tmp_path):
    rows = [
        f"Havering,20{n // 12 + 25}-{n % 12 + 1:02},{kind},{n + 1}"
        for n in range(15)
        for kind in ("Robbery", "Drugs")
    ]
    with opened(tmp_path) as archive:
        for _ in range(2):
            archive.crimes.save(read(tmp_path, "area,month,category,count\n" + "\n".join(rows)))
        ours, of_months = "the office's table", range(4, 16)
        assert archive.crimes.last_year() == {
            "havering": AreaCrimes("havering", 2 * sum(of_months), 12, "2026-03", ours)
        }
        assert archive.crimes.last_year(["robbery"])["havering"].number == sum(of_months)
        assert archive.crimes.last_year(["Arson"])["havering"].number == 0
        archive.crimes.save(read(tmp_path, "area,month,category,count\nHavering,2026-03,Robbery,100\n"))
        assert archive.crimes.last_year()["havering"].number == 2 * sum(range(4, 15)) + 100
