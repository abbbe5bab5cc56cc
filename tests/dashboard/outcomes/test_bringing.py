"""What people bring to the Outcomes page: counted once, taken back whole, and nobody's name kept."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard import create_app
from dashboard.outcomes import tally_files
from monitor.accounts import Accounts, Role
from monitor.archive.outcomes.counters import BY_HAND
from tests.canary import CANARY, traces
from tests.dashboard.archived import an_archive, archived_office
from tests.dashboard.reports import CAMPAIGN, NOW

pytestmark = pytest.mark.heavy

STALL = {"day": "2026-11-21", "area": "rm9 ", "street": "12 Heathway", "count": "46"}
PETITION = "https://petition.example.org/123"
SURVEY = (
    "Timestamp,Name,Ward,E-mail\n20/11/2026 09:00,Jo,Heath,jo@x.example\n"
    "20/11/2026 10:00,Al,Mars,al@x.example\n"
)
LATER = SURVEY + "21/11/2026 09:00,Bo,Heath,bo@x.example\n20/11/2026 11:00,Di,heath,di@x.example\n"
HEAD = "day,area,street,count,sheets,initials"
STALLS = ("2026-11-20,RM10,Reede Road,31,2,jb", "20/11/2026,rm10 ,Reede Road,12,1,")
PAPER = "\n".join((HEAD, *STALLS, STALLS[0]))  # a row twice is a mistake


@pytest.fixture
def client(tmp_path):
    office = archived_office(tmp_path)
    return create_app(replace(office, campaign=replace(CAMPAIGN, petition=(PETITION,)))).test_client()


def counted(folder, name="paper"):
    with an_archive(folder) as archive:
        ids = [counter.id for counter in archive.counters.all() if counter.name == name]
        return archive.tallies.by_day(ids[0]) if ids else {}


def give(client, content, kind):
    """Send a table as a browser does, which the client's own way leaves open; return how it is read."""
    data = content if isinstance(content, bytes) else content.encode()
    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
    file = part.replace(b"\r\n\r\n", b'; filename="table.csv"\r\n\r\n') % b"file"
    body = part % b"kind" + kind.encode() + b"\r\n" + file + data + b"\r\n--x--\r\n"
    return client.post("/outcomes/table", data=body, content_type="multipart/form-data; boundary=x")


def take(client, content, kind, **chosen):
    """Send a table and count it as it is read."""
    page = give(client, content, kind).text
    [token] = re.findall(r'name="token" value="([\w-]+)"', page)
    places = dict(re.findall(r'<select id="(\w+)".*?value="(\d*)" selected', page))
    hidden = dict(re.findall(r'name="(title|replaces)" value="([^"]*)"', page))
    return client.post(
        "/outcomes/table", data={"kind": kind, "token": token, "act": "take"} | places | hidden | chosen
    )


def test_a_number_with_its_unit_fits_into_its_field(client, tmp_path):
    page = client.get("/outcomes").text
    room = {name: int(most) for name, most in re.findall(r'name="(\w+)"[^>]*maxlength="(\d+)"', page)}
    typed = {"count": "1,204 signatures", "sheets": "12 sheets", "total": "1,204,000 signatures"}
    assert all(room[name] >= len(text) for name, text in typed.items())
    client.post("/outcomes/paper", data=STALL | typed)
    assert counted(tmp_path) == {date(2026, 11, 21): 1_204}


def undone(client, page):
    """Press the first Undo of a page; return the page after that."""
    [form] = re.findall(r'action="/outcomes/undo">(.*?)</form>', page)[:1]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    return client.post("/outcomes/undo", data=fields, follow_redirects=True).text


def test_a_stall_is_counted_shown_and_undone(client, tmp_path):
    page = client.post("/outcomes/paper", data=STALL, follow_redirects=True).text
    assert "The stall was saved: 46 signatures, Saturday 21 November, Heathway, RM9." in page
    assert "46 signatures are on paper in all. House numbers are left out.</p>" in page
    assert 'name="day" value="2026-11-21"' in page  # it stays on the day and the area
    assert 'name="area" value="RM9"' in page
    assert "Heathway, RM9: 46 signatures" in page
    assert counted(tmp_path) == {date(2026, 11, 21): 46}
    assert "no longer counted" in undone(client, page)
    assert counted(tmp_path) == {}


def test_the_same_stall_is_counted_once_however_it_is_brought_and_two_alike_are_told_apart(client, tmp_path):
    client.post("/outcomes/paper", data=STALL)
    again = client.post("/outcomes/paper", data=STALL, follow_redirects=True).text
    assert "This stall is already here." in again
    take(client, f"{HEAD}\n21/11/2026,RM9,Heathway,46,,\n", "paper")
    assert counted(tmp_path) == {date(2026, 11, 21): 46}
    page = client.post("/outcomes/paper", data=STALL | {"collector": "ks"}, follow_redirects=True).text
    assert "One with this day, area, street and number was here before" in page
    assert counted(tmp_path) == {date(2026, 11, 21): 92}


def test_an_error_is_one_sentence_at_its_field_and_keeps_what_was_typed(client, tmp_path):
    answer = client.post("/outcomes/paper", data=STALL | {"count": "many", "collector": "John"})
    assert answer.status_code == 400
    assert answer.text.index('<a href="#count">Give a whole') < answer.text.index('id="add-paper"')
    assert answer.text.index('id="add-paper"') < answer.text.index("Period")
    assert 'id="count-slip">Give a whole number from 1 to 2,000.</span>' in answer.text
    assert 'id="collector-slip">Give initials' in answer.text
    assert 'value="12 Heathway"' in answer.text
    assert "correct the 2 fields marked below" in answer.text
    one = client.post("/outcomes/paper", data=STALL | {"count": "many"}).text
    assert "correct the field marked below" in one
    assert counted(tmp_path) == {}


def test_a_district_of_two_boroughs_says_so(client):
    page = client.post("/outcomes/paper", data=STALL | {"area": "RM6"}, follow_redirects=True).text
    assert "RM6 (half Barking &amp; Dagenham, half Redbridge): 46 signatures" in page


def test_a_table_of_stalls_twice_is_none_new_and_can_be_undone(client, tmp_path):
    assert "It counts 43 signatures of 2 stalls</h2>" in give(client, PAPER, "paper").text
    page = take(client, PAPER, "paper").text
    assert "2 stalls saved, 1 already here." in page
    assert "2 of which are here already" in give(client, PAPER, "paper").text
    assert "0 stalls saved, 3 already here." in take(client, PAPER, "paper").text
    assert counted(tmp_path) == {date(2026, 11, 20): 43}
    undone(client, page)
    assert counted(tmp_path) == {}


def test_a_table_of_stalls_is_removed_also_when_its_notice_is_gone(client, tmp_path):
    take(client, PAPER, "paper")
    page = client.get("/outcomes").text.split("Remove an imported table")[1]
    assert "2 stalls, 43 signatures, entered Sun 22 Nov, 09:30" in page
    undone(client, page)
    assert counted(tmp_path) == {}


def test_a_link_from_elsewhere_undoes_nothing_of_others(client, tmp_path):
    client.post("/outcomes/paper", data=STALL)
    with an_archive(tmp_path) as archive:
        petition = archive.counters.add("visits", "visits:example.org", "Visits")
        archive.tallies.save(petition, [replace(archive.tallies.latest(1)[0], key="v", by="")])
        stall = archive.tallies.save(1, [replace(archive.tallies.latest(1)[0], key="o", by="Somebody")])[0]
    assert "was saved" in client.get("/outcomes?did=paper&undo=1").text  # the control: it is one’s own
    for given in ("1,2", str(stall), "99"):
        assert "was saved" not in client.get(f"/outcomes?did=paper&undo={given}").text
    client.post("/outcomes/undo", data={"counter": petition})
    assert counted(tmp_path, "visits:example.org") == {date(2026, 11, 21): 46}


def test_a_whole_postcode_is_in_no_address(client):
    answer = client.post("/outcomes/paper", data=STALL | {"area": "RM10 8YB"})
    assert "area=RM10&" in answer.location + "&"


def test_a_second_survey_has_a_name_of_its_own(client, tmp_path):
    take(client, SURVEY, "survey")
    other = "Completion time,Ward\n2026-11-20,Heath\n"
    assert "They are counted as “Survey 2”, a new survey." in give(client, other, "survey").text
    take(client, other, "survey")
    assert counted(tmp_path, "survey:survey") == {date(2026, 11, 20): 2}
    assert counted(tmp_path, "survey:survey 2") == {date(2026, 11, 20): 1}


def test_what_a_survey_replaces_is_named_asked_and_undone(tmp_path):
    now = NOW
    client = create_app(archived_office(tmp_path, now=lambda: now)).test_client()
    take(client, SURVEY, "survey", title="Residents")
    now += timedelta(minutes=1)
    other = "Completion time,Ward\n2026-11-20,Heath\n"
    page = take(client, other, "survey", title="Residents").text  # typed after the preview
    assert "Not counted yet: “Residents” has 2 answers already." in page
    assert "These answers replace the 2 answers that “Residents” has now, from a table with other" in page
    assert counted(tmp_path, "survey:residents") == {date(2026, 11, 20): 2}
    page = take(client, other, "survey", title="Residents", replaces="Residents").text
    assert "1 answer is counted now, as “Residents”, in place of 2." in page
    assert counted(tmp_path, "survey:residents") == {date(2026, 11, 20): 1}
    now += timedelta(minutes=1)
    undone(client, page)
    assert counted(tmp_path, "survey:residents") == {date(2026, 11, 20): 2}


def test_a_later_export_of_a_survey_replaces_the_earlier(client, tmp_path):
    preview = give(client, SURVEY, "survey").text
    assert "It counts 2" in preview
    assert "1 answer names an area that is not in the file of places" in preview
    assert "x.example" not in preview
    take(client, SURVEY, "survey", title="Residents")
    for _ in range(2):
        assert (
            "4 answers are counted now, as “Residents”, in place of"
            in take(client, LATER, "survey", title="Residents").text
        )
        assert counted(tmp_path, "survey:residents") == {date(2026, 11, 20): 3, date(2026, 11, 21): 1}
    take(client, SURVEY, "survey", title="Residents")
    assert counted(tmp_path, "survey:residents") == {date(2026, 11, 20): 2}
    with an_archive(tmp_path) as archive:
        [survey] = archive.counters.all()
        parts = archive.tallies.by_part(survey.id, "area")
        assert [(part.part, part.count) for part in parts] == [(None, 1), ("heath-ward", 1)]
    client.post("/outcomes/undo", data={"counter": survey.id})
    assert counted(tmp_path, "survey:residents") == {}


def test_the_columns_that_were_chosen_are_remembered(client):
    odd = "when,x,who lives where\n20/11/2026 09:00,Heath,Jo\n"
    assert "Nothing can be counted yet" in give(client, odd, "survey").text
    take(client, odd, "survey", day="0", area="1", title="Odd")
    page = give(client, odd, "survey").text
    assert "It counts 1" in page
    assert 'name="title" value="Odd"' in page


def test_an_unclear_date_is_asked_before_anything_is_counted(client, tmp_path):
    text = "Timestamp,Ward\n03/04/2026 09:00,Heath\n"
    assert "Choose how dates are written first." in take(client, text, "survey").text
    assert counted(tmp_path, "survey:survey") == {}
    take(client, text, "survey", dates="month-first")
    assert counted(tmp_path, "survey:survey") == {date(2026, 3, 4): 1}


def test_visits_by_code_are_updated_by_a_later_table(client, tmp_path):
    head = "date,code,visits\n2026-11-20,bsky-1,9\n"
    take(client, head, "visits")
    take(client, "date,code,visits\n2026-11-20,bsky-1,11\n2026-11-21,,2\n", "visits")
    assert counted(tmp_path, "visits:file") == {date(2026, 11, 20): 11, date(2026, 11, 21): 2}


def test_a_total_read_off_a_page_is_a_reading_of_its_time_and_may_be_corrected(client, tmp_path):
    form = {"petition": PETITION, "at": "2026-11-22T08:30", "total": "1,204"}
    client.post("/outcomes/total", data=form)
    page = client.post("/outcomes/total", data=form | {"total": "1 240"}, follow_redirects=True).text
    assert "The total was saved: 1,240, read Sun 22 Nov, 08:30, of petition.example.org/123." in page
    with an_archive(tmp_path) as archive:
        [counter] = archive.counters.all()
        [reading] = archive.counters.readings(counter.id)
    assert (reading.total, reading.state, reading.at) == (1240, BY_HAND, NOW - timedelta(hours=1))
    assert counter.address == PETITION
    undone(client, page)
    with an_archive(tmp_path) as archive:
        assert archive.counters.readings(counter.id) == []
    assert client.get("/outcomes").status_code == 200


def test_a_table_that_counts_nothing_is_not_offered_to_be_counted(client):
    page = give(client, "date,code,visits\n2026-11-20,a,0\n2026-11-20,b,-1\n", "visits").text
    assert "Nothing can be counted yet" in page
    assert "Row 3, number: Give a whole number" in page
    assert "Count them" not in page


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        *(({"total": text}, "from 0 to 999,999,999") for text in ("-", "many", "-5", "1.2k", "9" * 15)),
        ({"at": "2026-11-23T08:30"}, "not in the future"), ({"at": ""}, "day and time"),
        ({"at": "0026-11-20T08:30"}, "since 2000"),
        ({"petition": "https://x.example"}, "one of the campaign"),
    ],
)  # fmt: skip
def test_a_total_that_cannot_be_is_refused_with_why(client, tmp_path, slip, words):
    form = {"petition": PETITION, "at": "2026-11-22T08:30", "total": "1204"} | slip
    answer = client.post("/outcomes/total", data=form)
    assert answer.status_code == 400
    assert words in answer.text
    with an_archive(tmp_path) as archive:
        assert archive.counters.all() == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "not empty"), (b"\xff\xd8\xff photo", "names and addresses"), (b"x" * 20_000_001, "than 20 MB"),
     (b"x" * 50_000_000, "than 20 MB"), (b"PK\x03\x04 no zip", "broken")],
    ids=["empty", "photo", "21 MB", "50 MB", "no workbook"],
)  # fmt: skip
def test_what_is_no_table_costs_one_sentence(client, content, words):
    answer = give(client, content, "survey")
    assert answer.status_code in (400, 413)
    assert len(re.findall(words, re.search('role="alert">(.*?)</p>', answer.text)[1])) == 1


def test_a_file_waits_for_its_person_and_not_for_long(tmp_path, monkeypatch):
    now = NOW
    office = archived_office(tmp_path, now=lambda: now)
    client = create_app(office).test_client()
    [token] = re.findall(r'name="token" value="([\w-]+)"', give(client, SURVEY, "survey").text)
    again = {"kind": "survey", "token": token}
    assert client.post("/outcomes/table", data=again).status_code == 200
    now += timedelta(minutes=16)
    assert "Choose it again" in client.post("/outcomes/table", data=again).text
    assert tally_files._waiting == {}
    for _ in range(5):
        give(client, SURVEY, "survey")
    assert len(tally_files._waiting) == 3


HOSTILE = (  # a name, or worse, in twelve columns, and in those that count
    f"{HEAD},name,{CANARY},email,phone,postcode,notes\n"
    f"2026-11-20,RM10 8{CANARY},Reede Road,31,2,{CANARY},{CANARY},"
    f"{CANARY},{CANARY}@x.example,07700 900123,RM9 6AB,=cmd|{CANARY}\n"
    f"2026-11-20,{CANARY}@x.example,Reede Road,31,2,jb,{CANARY},{CANARY},a,b,c,d\n"
    f"2026-11-20,RM10,{CANARY}@x.example,31,2,jb,{CANARY},{CANARY},a,b,c,d\n"
    f"2026-11-20,RM10,=HYPERLINK({CANARY}),31,2,jb,{CANARY},{CANARY},a,b,c,d\n"
    f"2026-11-20,RM10,Reede Road RM10 8AA {CANARY},31,2,jb,{CANARY},{CANARY},a,b,c,d\n"
    f"2026-11-20,RM10 8AA,Reede Road,{CANARY},2,jb,{CANARY},{CANARY},a,b,c,d\n"
    f"{CANARY},RM10,Reede Road,31,2,jb,{CANARY},{CANARY},a,b,c,d\n"
    f"2026-11-20,RM10 8AA,9 Reede Road,31,2,jb,{CANARY},{CANARY},07700 900123,{CANARY},RM10 8AA,{CANARY}\n"
)  # fmt: skip


@pytest.mark.parametrize("kind", ["paper", "survey", "visits"])
def test_nothing_of_a_person_reaches_a_file(client, tmp_path, caplog, kind):
    caplog.set_level(0)
    take(client, HOSTILE, kind)
    client.post("/outcomes/paper", data=STALL | {"collector": CANARY, "street": f"{CANARY}@x.example"})
    assert counted(tmp_path, {"survey": "survey:survey", "visits": "visits:file"}.get(kind, kind))
    assert traces(tmp_path) == {}
    for word in ("07700", "900123", "8AA", "6AB", "x.example"):
        assert traces(tmp_path, word) == {}
    assert CANARY not in caplog.text


def test_control_a_name_in_a_street_that_looks_like_one_is_noticed(client, tmp_path):
    client.post("/outcomes/paper", data=STALL | {"street": f"{CANARY} Road"})
    assert traces(tmp_path)


def test_viewers_see_no_form_and_bring_nothing_and_the_log_has_a_line_of_each_act(tmp_path):
    accounts = Accounts.open(tmp_path / "access.db")
    for name, role in (("Ann", Role.ADMIN), ("Ed", Role.EDITOR), ("Vi", Role.VIEWER)):
        accounts.add(name, role, by="a test", now=NOW, password="a long good password")
    app = create_app(archived_office(tmp_path), accounts=accounts)
    editor, viewer = app.test_client(), app.test_client()
    editor.post("/login", data={"name": "Ed", "password": "a long good password"})
    viewer.post("/login", data={"name": "Vi", "password": "a long good password"})
    page = editor.post("/outcomes/paper", data=STALL, follow_redirects=True).text
    undone(editor, page)
    with an_archive(tmp_path) as archive:
        counter = archive.counters.add("survey", "survey:x", "What Ann Quillbury says")
    editor.post("/outcomes/undo", data={"counter": counter})
    for act in ("paper", "undo", "total", "table"):
        assert viewer.post(f"/outcomes/{act}", data=STALL).status_code == 403
    assert "/outcomes/paper" in editor.get("/outcomes").text
    assert "/outcomes/paper" not in viewer.get("/outcomes").text
    said = [(line.who, line.what) for line in accounts.trail() if line.what.startswith("outcomes")]
    acts = ("undone, survey", "undone, 1 stall", "46 signatures on paper")  # without a title: nobody's name
    assert said == [("Ed", f"outcomes: {act}") for act in acts]
    accounts.close()
