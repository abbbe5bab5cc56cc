"""A file that somebody brings: shown, taken in, counted, and gone."""

import stat
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.core.errors import StorageError
from monitor.drop_box import MOST_BYTES
from tests.dashboard.file_import.conftest import HEADER, bring, table, take_in, wait
from tests.dashboard.reports import CAMPAIGN, a_report

BAD = "mastodon,9,,a,text,yesterday,\n"
HOSTILE = "<script>alert(1)</script>\"&'\u202e{{ 7*7 }}"


@pytest.mark.heavy
def test_a_file_is_shown_before_anything_is_taken_in(office):
    client = office.browser()
    answer = bring(client, table(*range(1, 13)) + BAD)
    assert answer.status_code == 303
    shown = client.get(answer.location).text
    assert shown.count("<blockquote") == 10
    assert "hello #CallingTimeOnCrime 0" in shown
    assert "Sunday 1 November 2026, 10:00" in shown
    assert office.posts() == 0


@pytest.mark.heavy
def test_it_is_taken_in_counted_and_gone(office):
    client = office.browser()
    take_in(office, client, table(3))
    at = take_in(office, client, table(3, 4, 5) + BAD, track=CAMPAIGN.tracks[0].name)
    shown = client.get(at).text
    assert "4 items read: 2 new posts, 1 already here, 1 that could not be read." in shown
    assert "&#39;yesterday&#39; is not a time we can read" in shown
    assert office.posts() == 3
    assert office.waiting == []
    trail = [entry.what for entry in office.accounts.trail()]
    assert trail[:2] == ["from a file: 2 posts added, of 4 items", "from a file: 1 post added, of 1 item"]


@pytest.mark.heavy
def test_only_posts_that_match_go_into_their_tracks_and_the_rest_is_counted(office):
    client = office.browser()
    other = HEADER + "mastodon,1,,a,nothing to see,2026-11-03T10:00:00Z,1\n"
    assert "1 left out because they match no track" in client.get(take_in(office, client, other)).text
    assert office.posts() == 0
    take_in(office, client, other, track=CAMPAIGN.tracks[0].name)  # control: the person vouches for them
    assert office.posts() == 1


@pytest.mark.heavy
def test_to_take_the_same_file_in_again_stores_nothing_twice(office):
    client = office.browser()
    for expected in ("2 new posts, 0 already here", "0 new posts, 2 already here"):
        assert expected in client.get(take_in(office, client, table(3, 4))).text
    assert office.posts() == 2


@pytest.mark.heavy
def test_cancelled_it_is_gone_and_nothing_was_taken_in(office):
    client = office.browser()
    at = bring(client, table(3)).location
    assert len(office.waiting) == 1
    assert "Nothing was imported" in client.post(at, data={"act": "cancel"}, follow_redirects=True).text
    assert (client.get(at).status_code, office.waiting, office.posts()) == (404, [], 0)
    assert list(office.box._folder.iterdir()) == []


def test_nobody_else_on_the_computer_can_read_what_waits(office):
    bring(office.browser(), table(3))
    assert stat.S_IMODE(office.box._folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in office.box._folder.iterdir()} == {0o600}


@pytest.mark.parametrize("name", ["admin", "viewer"])
def test_a_file_belongs_to_whoever_brought_it(office, name):
    at = bring(office.browser(), table(3)).location
    other = office.browser(name)
    assert other.get(at).status_code == {"admin": 404, "viewer": 403}[name]
    for act in ("take", "cancel", "answer", "everything"):
        assert other.post(at, data={"act": act}).status_code == {"admin": 404, "viewer": 403}[name]
    assert "posts.csv" not in other.get("/bring-a-file").text
    assert len(office.waiting) == 1
    assert "posts.csv" in office.browser().get("/bring-a-file").text  # control


@pytest.mark.parametrize("token", ["..%2Faccess", "x", "../archive.db", "a" * 22, "." * 22, "%00" * 22])
def test_an_address_that_is_none_leads_nowhere(office, token):
    bring(office.browser(), table(3))
    assert office.browser().get(f"/bring-a-file/{token}").status_code == 404
    assert office.browser().post(f"/bring-a-file/{token}", data={"act": "cancel"}).status_code == 404
    assert len(office.waiting) == 1


def test_a_form_of_another_site_brings_and_changes_nothing(office):
    client = office.browser()
    at = bring(client, table(3)).location
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert bring(client, table(4)).status_code == 403
    assert client.post(at, data={"act": "take", "track": ""}).status_code == 403
    assert client.post(at, data={"act": "cancel"}).status_code == 403
    assert (len(office.waiting), office.posts()) == (1, 0)


@pytest.mark.heavy
@pytest.mark.parametrize(
    "name",
    [HOSTILE, "../../../etc/passwd", "x" * 5000, "\ud800.csv", "nul\0.csv"],
    ids=["markup", "a path", "long", "half a letter", "a zero byte"],
)
def test_a_hostile_name_is_shown_and_nothing_more(office, name):
    client = office.browser()
    answer = bring(client, table(3), name.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    pages = [client.get(answer.location), client.get("/bring-a-file")]
    client.post(answer.location, data={"act": "take", "track": "", "saved_on": "2026-11-20"})
    wait(office)
    pages += [client.get(answer.location), client.get("/posts")]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "x" * 101 not in page.text
    assert office.posts() == 1
    assert {path.parent for path in office.folder.rglob("*.json")} == {office.box._folder}


def test_a_name_with_a_header_in_it_is_words(office):
    client = office.browser()
    head = "Content-Disposition: form-data; name=file; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3D1.csv"
    body = f"--b\r\n{head}\r\nContent-Type: text/csv\r\n\r\n{table(3)}\r\n--b--\r\n"
    answer = client.post("/bring-a-file", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 303
    shown = client.get(answer.location)
    assert "<h1>a Set-Cookie: x=1.csv</h1>" in shown.text
    assert "x=1" not in str(shown.headers)


def test_hostile_cells_are_shown_as_they_are(office):
    client = office.browser()
    cells = (
        f'mastodon,1,javascript:alert(1),"{HOSTILE.replace(chr(34), "")}","{HOSTILE.replace(chr(34), "")}",'
    )
    at = bring(client, HEADER + cells + "2026-11-03T10:00:00Z,5\n").location
    shown = client.get(at).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "{{ 7*7 }}" in shown
    assert "<script>alert" not in shown
    assert "javascript:" not in shown


@pytest.mark.heavy
def test_a_file_that_is_too_large_is_refused_with_what_to_type(office):
    client = office.browser()
    for size in (MOST_BYTES + 1, MOST_BYTES + 200_000):
        answer = bring(client, b"x" * size)
        assert answer.status_code == 413
        assert "monitor import FILE" in answer.text
    assert (office.waiting, list(office.box._folder.glob("*"))) == ([], [])


@pytest.mark.heavy
def test_a_file_of_the_largest_size_is_not(office):
    assert bring(office.browser(), b"x" * MOST_BYTES).status_code == 303


def test_an_empty_file_is_refused(office):
    answer = bring(office.browser(), b"")
    assert (answer.status_code, office.waiting) == (409, [])
    assert "Choose a file that is not empty first." in answer.text


@pytest.mark.parametrize(
    "content",
    [b"\x00\x01\x02", b'[{"a": 1}]', b"%PDF-1.7", b"word\n1\n"],
    ids=["bytes", "json", "pdf", "csv"],
)
def test_what_is_no_file_of_posts_gets_a_sentence_without_our_paths(office, content):
    client = office.browser()
    at = bring(client, content, "strange.bin").location
    shown = client.get(at).text
    assert "strange.bin" in shown
    assert str(office.folder) not in shown
    assert "Remove this file" in shown
    assert 'value="take"' not in shown


@pytest.mark.heavy
def test_a_file_that_breaks_off_says_so_and_what_was_taken_in_before(office):
    client = office.browser()
    status = (
        '{"uri": "https://m.example/%d", "created_at": "2026-11-03T10:00:00Z", "content": "<p>hi</p>",'
        ' "visibility": "public", "account": {"id": "1", "acct": "a", "url": "https://m.example/@a"}}'
    )
    posts = ", ".join(status % n for n in range(12))
    at = take_in(office, client, f"[{posts}, {{", "list.json", track=CAMPAIGN.tracks[0].name)
    shown = client.get(at).text
    assert "broken or ends early" in shown
    assert "12 new posts of 12 items" in shown
    assert str(office.folder) not in shown
    assert office.posts() == 12
    assert 'value="take"' in shown  # again
    assert "12 posts added, of 12 items before it broke off" in office.accounts.trail()[0].what


def test_what_waits_for_a_day_is_removed(office):
    at = bring(office.browser(), table(3)).location
    office.later(hours=23)
    office.browser().get("/bring-a-file")
    assert len(office.waiting) == 1
    office.later(hours=2)
    office.browser().get("/bring-a-file")
    assert list(office.box._folder.iterdir()) == []
    assert office.browser().get(at).status_code == 404


@pytest.mark.heavy
def test_so_many_files_may_wait_and_no_more(office):
    client = office.browser()
    answers = [bring(client, table(3)) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [303] * 20 + [409]
    assert "20 files were uploaded today" in answers[-1].text
    assert len(office.waiting) == 20
    client.post(answers[0].location, data={"act": "cancel"})
    assert bring(client, table(3)).status_code == 303


def test_a_full_disk_is_said_and_leaves_nothing_behind(office, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.drop_box.copyfileobj", full)
    answer = bring(office.browser(), table(3))
    assert (answer.status_code, list(office.box._folder.iterdir())) == (409, [])
    assert "The disk is full" in answer.text


@pytest.mark.heavy
def test_an_archive_that_cannot_be_written_ends_it_with_words(office, monkeypatch):
    def full(*_, **__):
        raise StorageError("The disk is full.")

    monkeypatch.setattr("monitor.archive.posts.ingest.Ingest.save", full)
    client = office.browser()
    shown = client.get(take_in(office, client, table(3))).text
    assert "The disk is full." in shown
    assert 'value="take"' in shown


@pytest.mark.heavy
def test_the_day_of_the_numbers_is_asked_where_nobody_knows_it(office, monkeypatch):
    inspect = office.imports.inspect
    asked = replace(office.imports, inspect=lambda file: replace(inspect(file), read_at=office.now))
    monkeypatch.setitem(
        office.app.extensions, "services", replace(office.app.extensions["services"], imports=asked)
    )
    client = office.browser()
    known, unknown = bring(client, table(3)).location, bring(client, table(3), saved_at="").location
    assert 'name="saved_on" required value="2025-11-22"' in client.get(known).text
    assert 'name="saved_on" required>' in client.get(unknown).text
    refused = client.post(unknown, data={"act": "take", "track": "", "saved_on": "soon"})
    assert (refused.status_code, "Give each day as" in refused.text, office.posts()) == (400, True, 0)


@pytest.mark.parametrize("saved_at", ["", "soon", "nan", "inf", "1e400", "-5", "99999999999999999", "0"])
def test_a_time_that_makes_no_sense_is_not_believed(office, saved_at):
    assert bring(office.browser(), table(3), saved_at=saved_at).status_code == 303
    [file] = office.box.files(str(office.accounts.person("editor").id))
    assert file.saved_at is None


@pytest.mark.heavy
def test_the_time_that_a_browser_tells_becomes_that_of_the_file(office):
    at = datetime(2026, 11, 3, 12, tzinfo=office.now.tzinfo)
    bring(office.browser(), table(3), saved_at=str(int(at.timestamp() * 1000)))
    [path] = office.waiting
    assert path.stat().st_mtime == at.timestamp()
    assert office.now - at > timedelta(days=1)


@pytest.mark.parametrize("act", ["", "look", "undo"])
def test_an_act_that_is_none_is_refused(office, act):
    client = office.browser()
    at = bring(client, table(3)).location
    assert client.post(at, data={"act": act}).status_code == 400


def test_a_track_that_is_none_is_refused(office):
    client = office.browser()
    at = bring(client, table(3)).location
    answer = client.post(at, data={"act": "take", "track": "nothing"})
    assert (answer.status_code, office.posts(), len(office.waiting)) == (400, 0, 1)


@pytest.mark.parametrize("path", ["/by-hand", "/sources", "/settings"])
def test_it_is_linked_from_where_people_look(office, path):
    office.start(report=lambda choice: a_report(sources=()))
    assert 'href="/bring-a-file"' in office.browser("admin").get(path).text


@pytest.mark.heavy
def test_items_that_are_no_posts_are_not_said_to_match_no_track(office):
    client = office.browser()
    at = take_in(office, client, table(3), track=CAMPAIGN.tracks[0].name)
    owner = str(office.accounts.person("editor").id)
    file = office.box.file(at.rpartition("/")[2], owner)
    counts = replace(file.counts, read=4, other=3, left_out={"it is a retweet": 2})
    office.box.save(replace(file, counts=counts))
    shown = client.get(at).text
    assert "1 left out because they match no track" in shown
    assert "2 items left out: it is a retweet." in shown
