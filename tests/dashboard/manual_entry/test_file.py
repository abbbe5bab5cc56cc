"""A file of entries: the good rows are stored once, each wrong one is named, and its size has an end."""

import pytest

from dashboard import create_app
from monitor.manual_entry.csv_import import MOST_BYTES, MOST_ROWS
from tests.dashboard.archived import archived_office, filled, then
from tests.dashboard.manual_entry.test_form import stored

HEAD = "where,when,text,likes\n"
GOOD = "Nextdoor,2026-11-20 18:30,Hello,3\n"


@pytest.fixture
def client(tmp_path):
    filled(tmp_path, then())
    return create_app(archived_office(tmp_path)).test_client()


def give(client, data: str | bytes):
    """Send a file as a browser does; the client's own way leaves a large one open."""
    made = data if isinstance(data, bytes) else data.encode()
    head = 'Content-Disposition: form-data; name="{}"'
    act = f"--x\r\n{head.format('act')}\r\n\r\nfile\r\n"
    file = f'--x\r\n{head.format("file")}; filename="posts.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = f"{act}{file}".encode() + made + b"\r\n--x--\r\n"
    return client.post("/by-hand", data=body, content_type="multipart/form-data; boundary=x")


@pytest.mark.heavy
def test_the_template_is_taken_back_and_has_no_entries(client, tmp_path):
    template = client.get("/by-hand/template.csv")
    assert template.headers["Content-Disposition"] == "attachment; filename=by-hand.csv"
    assert "0 posts saved." in give(client, template.data).text
    filled_in = template.data + b"WhatsApp,20/11/2026 18:30,Hello,,1,,,,\r\n"
    assert "1 post saved." in give(client, filled_in).text
    assert [row.metrics.likes for row in stored(tmp_path)] == [1]


@pytest.mark.heavy
def test_good_rows_are_stored_and_wrong_ones_named(client, tmp_path):
    page = give(
        client, HEAD + GOOD + "Nextdoor,soon,<b>Hi</b>,x\n" + "Newspaper,2026-11-20 09:00,Two,\n"
    ).text
    assert "2 posts saved, 1 row not saved." in page
    assert "<li>Row 3: when: &#39;soon&#39; is not a date and time." in page
    assert [row.text for row in stored(tmp_path)] == ["Two", "Hello"]


@pytest.mark.heavy
def test_nothing_is_stored_twice(client, tmp_path):
    give(client, HEAD + GOOD + GOOD)
    assert (
        "1 post saved, 2 already here."
        in give(client, HEAD + GOOD * 2 + "WhatsApp,2026-11-20 18:30,New,").text
    )
    assert len(stored(tmp_path)) == 2


def test_wrong_rows_beyond_some_are_only_counted(client):
    assert "<li>and 10 more</li>" in give(client, HEAD + "Nextdoor,soon,Hi,\n" * 60).text


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"", 400, "Choose a file that is not empty"),
        (b"a,b\n", 400, "no column called where"),
        (b"PK\x03\x04", 400, "This workbook is broken"),
        (HEAD.encode() + b"x" * MOST_BYTES, 413, "larger than 1 MB"),
        (HEAD.encode() + b"a,b,c,\n" * (MOST_ROWS + 1), 400, "more than 5,000 rows"),
    ],
    ids=["empty", "other columns", "workbook", "large", "many rows"],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(client, tmp_path, data, status, said):
    answer = give(client, data)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert "Nothing was saved." in answer.text
    assert stored(tmp_path) == []


def test_no_file_at_all_is_said(client):
    assert "Choose a file" in client.post("/by-hand", data={"act": "file"}).text


def test_what_is_much_larger_is_not_even_read(client):
    answer = give(client, b"y" * (MOST_BYTES + 200_000))
    assert (answer.status_code, "larger than 1 MB" in answer.text) == (413, True)
