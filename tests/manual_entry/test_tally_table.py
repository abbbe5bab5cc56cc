"""Of a table only the columns that count are read, however it is written, and bombs cost a sentence."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
import xlsxwriter

from monitor.core.errors import MonitorError
from monitor.core.files.confined import confined
from monitor.manual_entry import tally_table
from monitor.manual_entry.tally_table import read


def counts(text, kind="survey", **more):
    data = text if isinstance(text, bytes) else text.encode()
    return read(data, **{"kind": kind, "zone": "Europe/London", "places": {}} | more)


def sums(content):
    return [(cells["day"], cells["area"], cells["count"]) for _, cells in content["rows"]]


GOOGLE = (
    "Timestamp,Your name,Which ward do you live in?,E-mail\n"
    '"2026/11/19 6:42:10 pm GMT",Jo,Heath,jo@x.example\n'
    '"2026/11/19 7:42:10 pm GMT",Al,RM9 6AB,al@x.example\n'
    '"2026/07/19 11:42:10 pm GMT+1",Bo,Heath,bo@x.example\n'
)
ANSWERS = [("2026-11-19", "Heath", "1"), ("2026-11-19", "RM9", "1"), ("2026-07-19", "Heath", "1")]
MONKEY = (
    "Respondent ID,Collector ID,Date Created,IP Address,What is your area?,\n"
    ",,,,Response,Open-Ended Response\n"
    "118,42,11/20/2026 06:00:00 PM,192.0.2.1,Heath,hello\n"
    "119,42,11/03/2026 06:00:00 PM,192.0.2.2,Heath,hello\n"
)
TYPEFORM = (
    "#,Your area,Start Date (UTC),Submit Date (UTC),Network ID\n"
    "a1,Heath,2026-07-01 23:20:00,2026-07-01 23:30:00,f\n"
)
JOTFORM = "Submission Date,First Name,Postcode\n20/11/2026 09:00,Jo,rm10 8aa\n"
SERIAL = "ID,Start time,Completion time,Email,Ward\n1,46345.1,46345.7794,a@x.example,Heath\n"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (GOOGLE, ANSWERS),
        (MONKEY, [("2026-11-20", "Heath", "1"), ("2026-11-03", "Heath", "1")]),
        (TYPEFORM, [("2026-07-02", "Heath", "1")]),
        (JOTFORM, [("2026-11-20", "RM10", "1")]),
        (SERIAL, [("2026-11-19", "Heath", "1")]),
        (GOOGLE.replace(",", ";"), ANSWERS),
    ],
    ids=["Google Forms", "SurveyMonkey", "Typeform", "Jotform", "Excel's numbers", "semicolons"],
)  # fmt: skip
def test_the_time_and_the_area_are_found_in_any_forms_export(text, rows):
    content = counts(text)
    assert sums(content) == rows
    assert content["unread"] == []
    assert content["unclear"] == ""


PARTIAL = "Answers that were not finished, or only a test, and so are not counted: {}."
QUALTRICS = (
    "StartDate,EndDate,Status,Progress,Finished,RecordedDate,Q1\n"
    "Start Date,End Date,Response Type,Progress,Finished,Recorded Date,Which ward do you live in?\n"
    '"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}",,,"{""ImportId"":""finished""}",,\n'
    "2026-11-19 10:00:00,2026-11-19 10:05:00,IP Address,100,True,2026-11-19 10:05:01,Heath\n"
    "2026-11-19 10:00:00,2026-11-19 10:01:00,IP Address,40,False,2026-11-26 10:05:01,Heath\n"
    "2026-11-19 10:00:00,2026-11-19 10:01:00,Survey Preview,100,True,2026-11-19 10:05:01,Heath\n"
)


@pytest.mark.parametrize(
    ("text", "unfinished"),
    [
        ("Date Created,Response Status,Ward\n2026-11-19,completed,Heath\n2026-11-19,partial,Heath\n", 1),
        ("Date Submitted,Status,Ward\n2026-11-19,Complete,Heath\n2026-11-19,Disqualified,Heath\n", 1),
        ("Ended,Completed,Ward\n19/11/2026,Yes,Heath\n19/11/2026,No,Heath\n", 1),
        ("EndDate,Finished,Ward\n2026-11-19,1,Heath\n2026-11-19,0,Heath\n", 1),
        ("Date,Complete?,Ward\n2026-11-19,Yes,Heath\n2026-11-19,No,Heath\n", 1),
        ("Date,Status,Ward\n2026-11-19,100% complete,Heath\n2026-11-19,Complete 40%,Heath\n", 1),
        ("End,Progress (%),Ward\n2026-11-19,100,Heath\n2026-11-19,99,Heath\n", 1),
        ("Date,% complete,Ward\n2026-11-19,1,Heath\n2026-11-19,0.4,Heath\n2026-11-19,5%,Heath\n", 2),
        ("Date,Is complete?,Ward\n2026-11-19,Y,Heath\n2026-11-19,N,Heath\n", 1),
        ("Date,Survey status,Ward\n2026-11-19,Done,Heath\n2026-11-19,Quota full,Heath\n", 1),
        ("Date,Screened out,Ward\n2026-11-19,No,Heath\n2026-11-19,Yes,Heath\n", 1),
        (QUALTRICS, 2),
    ],
    ids=[
        "SurveyMonkey",
        "Alchemer",
        "SmartSurvey",
        "numbers",
        "a question mark",
        "percents in words",
        "percents",
        "parts of one",
        "a letter",
        "a full quota",
        "what is not counted",
        "Qualtrics",
    ],
)
def test_an_answer_that_was_not_finished_is_not_counted_and_the_page_says_how_many(text, unfinished):
    content = counts(text)
    assert sums(content) == [("2026-11-19", "Heath", "1")]
    assert content["broken"] == [PARTIAL.format(unfinished)]


@pytest.mark.parametrize(
    "head", ["Employment status", "Is your form completed?", "How completed", "What progress do you see?"]
)
def test_control_a_question_does_not_say_how_far_an_answer_came(head):
    content = counts(f"Timestamp,{head},Which ward?\n2026-11-19 10:00,Partial,Heath\n")
    assert (len(content["rows"]), content["broken"]) == (1, [])
    stalls = counts("Date,Status,Signatures\n2026-11-19,Partial,4\n", "paper")
    assert len(stalls["rows"]) == 1


@pytest.mark.parametrize("name", ["EndDate", "end_date", "Submission_Date", "SubmittedAt", "Completed Time"])
def test_a_column_is_known_with_and_without_gaps_in_its_name(name):
    assert sums(counts(f"Id,{name},Ward\n7,2026-11-19 10:00,Heath\n")) == [("2026-11-19", "Heath", "1")]


def test_nothing_of_another_column_leaves():
    said = repr(counts(GOOGLE)["rows"])
    assert not any(word in said for word in ("Jo", "x.example", "6AB"))
    assert "x.example" in repr(counts(GOOGLE, places={"area": 3})["rows"])  # the control


def test_a_day_that_may_be_two_is_asked_and_one_clear_date_settles_all():
    text = "Timestamp,Ward\n03/04/2026 09:00,Heath\n"
    assert counts(text)["unclear"] == "03/04/2026 09:00"
    assert sums(counts(text, order="month-first")) == [("2026-03-04", "Heath", "1")]
    assert counts(text, order="month-first")["unclear"] == ""
    assert sums(counts(text + "12/31/2025 10:00 am,Heath\n"))[0][0] == "2026-03-04"


def test_a_row_without_a_day_that_can_be_costs_a_row():
    content = counts(
        "Timestamp\n2026-11-20\nsoon\n0001-01-01 00:00:00 +14:00\n9999-12-31T23:59:59-12:00\n60000.5\n"
    )
    assert sums(content) == [("2026-11-20", "", "1")]
    assert content["unread"] == [3, 4, 5, 6]


def test_chosen_columns_are_read_and_none_is_none():
    content = counts("a,b,c\nx,2026-11-20,Heath\n", places={"day": 1, "area": 2})
    assert sums(content) == [("2026-11-20", "Heath", "1")]
    assert counts("a,b,c\nx,2026-11-20,Heath\n")["rows"] == []
    assert sums(counts(GOOGLE, places={"area": None}))[0] == ("2026-11-19", "", "1")
    assert counts(GOOGLE, places={"day": 99})["rows"] == []


def test_a_column_is_known_by_a_word_of_its_name_but_no_birthday_is_a_day():
    text = "Birth date,Date of stall,Ward / area,Road name,No. of signatures,No. of sheets\n"
    text += ",20/11/26,RM9,Elm,4,1\n"
    [(_, cells)] = counts(text, "paper")["rows"]
    assert cells == {
        "day": "2026-11-20", "area": "RM9", "street": "Elm", "count": "4", "sheets": "1", "collector": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        "Total sheets,Total signatures", "Sheet count,Signature count", "Signatures so far,Signatures today",
        "Total to date,Signatures", "Cumulative signatures,New signatures", "Invalid signatures,Signed",
        "Target signatures,Signatures",
        '"No. of\nsheets","No. of\nsignatures"',
    ],
)  # fmt: skip
def test_a_number_of_sheets_or_a_running_total_is_not_taken_for_one_of_signatures(names: str):
    [(_, cells)] = counts(f"Date,{names}\n2026-11-20,3,57\n", "paper")["rows"]
    assert cells["count"] == "57"


@pytest.mark.parametrize(
    "question", ["How safe do you feel in your area?", "Is crime worse in this town?", "Safe in the ward?"]
)
def test_a_question_about_an_area_does_not_ask_which_it_is(question: str):
    text = f"Timestamp,{question},Which ward do you live in?\n2026-11-20 10:00,Very unsafe,Heath\n"
    assert sums(counts(text)) == [("2026-11-20", "Heath", "1")]


def test_days_above_the_first_that_cannot_be_read_are_named_and_a_second_header_is_not():
    weeks = "Date,Visits\n9 Nov - 15 Nov 2026,40\n2026-10,70\nNov-26,9\n2026-11-16,5\nsoon,4\n"
    content = counts(weeks, "visits")
    assert (sums(content), content["unread"]) == ([("2026-11-16", "", "5")], [2, 3, 4, 6])
    assert counts(MONKEY)["unread"] == []
    assert counts("Date,Visits\nsoon,4\n9 Nov - 15 Nov 2026,40\n", "visits")["unread"] == [3]


@pytest.mark.parametrize("name", ["Week commencing", "Week (date)", "Month", "w/c"])
def test_a_number_of_a_week_or_month_is_counted_on_no_day(name: str):
    content = counts(f"{name},Visits\n2026-11-16,40\n", "visits", places={"day": 0, "count": 1})
    assert (content["rows"], content["broken"][0][:31]) == ([], "A number of a whole week or mon")
    assert sums(counts("Date (day/month/year),Visits\n16/11/2026,4\n", "visits"))[0][0] == "2026-11-16"
    assert not counts("Date,Visits this week\n2026-11-16,40\n", "visits")["rows"]


@pytest.mark.parametrize(
    "total", ["Total", "Running total", "Total for November", "Week total:", "Total signatures", "AVERAGE"]
)
@pytest.mark.parametrize("row", ["{},,,46", "2026-11-20,{},,46", "2026-11-20,,{},46"])
def test_a_row_that_sums_up_others_is_left_out_and_named(total: str, row: str):
    content = counts(
        f"Date,Area,Street,Signatures\n2026-11-20,RM9,Elm Road,46\n{row.format(total)}\n", "paper"
    )
    assert len(content["rows"]) == 1
    assert content["broken"] == ["Row 3 sums up other rows, which are counted themselves."]
    answer = counts("Date,Area\n2026-11-20,All\n")
    assert (len(answer["rows"]), answer["broken"]) == (1, [])


def stalls(text: str) -> list[list[str]]:
    rows = counts(text, "paper")["rows"]
    return [[cells[name] for name in ("day", "area", "street", "count")] for _, cells in rows]


@pytest.mark.parametrize("mark", ['"', "ditto (north side)", "Do.", "''", "〃", "as above"])
def test_a_ditto_mark_stands_for_what_the_row_of_a_stall_above_says(mark: str):
    quoted = '"' + mark.replace('"', '""') + '"'
    text = (
        f"Date,Area,Street,Signatures\n2026-11-20,RM9,Elm Road,46\nTotal,,,46\n{quoted},{quoted},{quoted},4\n"
    )
    assert stalls(text) == [["2026-11-20", "RM9", "Elm Road", number] for number in ("46", "4")]
    [*_, answer] = sums(counts(f"Date,Area\n2026-11-20,RM9\n2026-11-20,{quoted}\n"))
    assert answer == ("2026-11-20", mark, "1"), "whoever answers knows of no row above"


@pytest.mark.parametrize(
    "text",
    [
        "Dates,Areas,Streets,Signatures\n2026-11-20,RM9,Elm Road,4\n",
        "Day,Date,Area,Location,Signatures\nFriday,2026-11-20,RM9,Elm Road,4\n",
    ],
)
def test_columns_are_known_by_their_plurals_and_a_weekday_is_no_date(text: str):
    assert stalls(text) == [["2026-11-20", "RM9", "Elm Road", "4"]]


def test_a_thousand_that_its_comma_parts_in_two_is_no_other_number():
    text = "Date,Street,Signatures,Sheets\n2026-11-20,Elm Road,1,046,3\n2026-11-20,Elm Road,46,3,note\n"
    content = counts(text, "paper")
    assert [cells["count"] for _, cells in content["rows"]] == ["46"]
    assert "Row 2 cannot be read: it has a number or a text with a comma" in content["broken"][0]


def test_a_total_of_codes_is_not_a_code():
    content = counts(
        "Date,Session source,Sessions\n20261119,Grand total,120\n20261119,kit-x-v1,70\n", "visits"
    )
    assert [cells["code"] for _, cells in content["rows"]] == ["kit-x-v1"]


@pytest.mark.parametrize("head", ["Ended,Ward", "Submitted,Ward"], ids=["SmartSurvey", "Citizen Space"])
def test_an_answers_time_is_known_by_more_forms(head: str):
    assert sums(counts(f"{head}\n19/11/2026 18:42,Heath\n")) == [("2026-11-19", "Heath", "1")]


@pytest.mark.parametrize("head", ["date,engagements,", "Date,Clicks,", "Date,Visits,Label"])
def test_visits_are_known_by_what_shorteners_and_matomo_call_them(head: str):
    [(_, cells)] = counts(f"{head}\n2026-11-19,12,kit-x-v1\n", "visits")["rows"]
    assert (cells["count"], cells["code"]) == ("12", "kit-x-v1" if head.endswith("Label") else "")


def test_the_rows_of_stalls_have_their_numbers():
    content = counts("day,area,street,count,sheets,initials\n2026-11-20,RM9,Heathway,46,3,jb\n", "paper")
    [(number, cells)] = content["rows"]
    assert number == 2
    assert cells == {
        "day": "2026-11-20", "area": "RM9", "street": "Heathway", "count": "46", "sheets": "3",
        "collector": "jb",
    }  # fmt: skip


def a_workbook(*rows):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(at, column, value.replace(tzinfo=None), day)
            else:
                sheet.write(at, column, value)
    book.close()
    return out.getvalue()


def test_a_workbook_is_read_as_microsoft_forms_writes_it_and_no_formula_runs():
    at = datetime(2026, 11, 19, 18, 42, tzinfo=UTC)
    data = a_workbook(
        ["ID", "Start time", "Completion time", "Email", "Name", "Your ward"],
        [1, at, at, "anonymous", "=1+1", "Heath"],
    )
    assert sums(counts(data)) == [("2026-11-19", "Heath", "1")]


@pytest.mark.parametrize(
    "data",
    [b"\xff\xd8\xff\xe0 photo", b"\x89PNG\r\n", b"%PDF-1.7", b"\0\0\0\x20ftypheic"],
    ids=["JPEG", "PNG", "PDF", "HEIC"],
)
def test_a_photo_of_a_sheet_is_refused_with_why(data):
    with pytest.raises(MonitorError, match="names and addresses"):
        counts(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 EncryptedPackage", "locked with a password"), (b"\n\n", "No table"),
     (a_workbook(*[[]] * 3), "No table"), (b'"' + b"x" * 2_000_000, "No table")],
    ids=["locked workbook", "blank lines", "empty workbook", "an open quotation mark"],
)  # fmt: skip
def test_what_has_no_table_is_refused_with_why(data, words):
    with pytest.raises(MonitorError, match=words):
        counts(data)


def test_a_row_that_cannot_be_read_costs_a_row_and_is_called_by_its_number():
    content = counts('Timestamp,Ward\n2026-11-20,Heath\n"2026-11-21,Heath\n2026-11-22,Heath\n')
    assert sums(content) == [("2026-11-20", "Heath", "1")]
    assert len(content["broken"]) == 1
    assert "Row 3 cannot be read: a quotation mark on line 3 is never closed" in content["broken"][0]


def a_bomb(sheet: bytes) -> bytes:
    """Return a workbook whose sheet unpacks to hundreds of megabytes."""
    data, out = a_workbook(["Timestamp"], ["2026-11-19"]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in book.namelist():
            if name == "xl/worksheets/sheet1.xml":
                with bomb.open(name, "w", force_zip64=True) as part:
                    part.write(b'<worksheet xmlns="x"><sheetData>')
                    for _ in range(400):
                        part.write(sheet * (1_000_000 // len(sheet)))
                    part.write(b"</sheetData></worksheet>")
            else:
                bomb.writestr(name, book.read(name))
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        lambda: a_bomb(b'<row><c t="str"><v>x</v></c></row>'),
        lambda: a_bomb(b"x"),
        lambda: b"Timestamp\n" + b"2026-11-19\n" * 200_000,
        lambda: b"PK\x03\x04 no zip",
    ],
    ids=["rows", "one text", "many rows", "no zip"],
)
def test_a_bomb_costs_one_sentence(data):
    with pytest.raises(MonitorError) as error:
        confined(
            tally_table.__name__, data(), {"kind": "survey", "zone": "Europe/London", "places": {"day": 0}}
        )
    assert str(error.value).count(". ") <= 2
