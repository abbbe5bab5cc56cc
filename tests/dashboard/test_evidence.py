"""A post as evidence: a file that `sha256sum` confirms, a hold that ends, and a line in the activity log."""

import io
import re
import subprocess
from datetime import date, timedelta
from zipfile import ZipFile

import pytest

from dashboard import create_app
from monitor.accounts import Accounts, Role
from monitor.archive.values import Hold
from monitor.core.model import Author
from monitor.export.evidence import LONGEST
from monitor.report.wording import day_name
from tests.archive.saving import saved
from tests.builders import a_page
from tests.dashboard.access.conftest import GOOD
from tests.dashboard.archived import THEN, an_archive, filled, then
from tests.dashboard.reports import NOW

UNTIL = NOW.date() + timedelta(days=90)
FORM = {"reason": "A threat against the MP", "until": f"{UNTIL}"}
THREAT = then(
    id="77", text="I know where you live\n#CallingTimeOnCrime", likes=3,
    author=Author(id="9", handle="@mallory\nMade by: the police", name="Mallory"),
)  # fmt: skip


@pytest.fixture
def accounts(tmp_path):
    made = Accounts.open(tmp_path / "access.db")
    for name, role in (("Ann", Role.ADMIN), ("Ed", Role.EDITOR), ("Vic", Role.VIEWER)):
        made.add(name, role, by="a test", now=NOW, password=GOOD)
    yield made
    made.close()


@pytest.fixture
def app(tmp_path, accounts):
    return create_app(filled(tmp_path, THREAT, then(id="78")), accounts=accounts)


def browser(app, name):
    client = app.test_client()
    client.post("/login", data={"name": name, "password": GOOD})
    return client


def made(app, name="Ed", **form):
    return browser(app, name).post("/posts/1/evidence", data=FORM | form)


def files(answer):
    with ZipFile(io.BytesIO(answer.data)) as zipped:
        return {name: zipped.read(name).decode() for name in zipped.namelist()}


@pytest.mark.heavy
def test_the_file_has_the_post_as_it_was_collected_and_its_numbers_over_time(app, tmp_path):
    with an_archive(tmp_path) as archive:
        saved(archive, a_page(then(id="77", text=THREAT.text, author=THREAT.author, likes=9)), now=NOW)
    parts = files(made(app))
    assert sorted(parts) == ["README.txt", "SHA256SUMS", "numbers.csv", "post.txt"]
    assert parts["post.txt"] == THREAT.text
    assert [line.split(",")[1] for line in parts["numbers.csv"].splitlines()] == ["likes", "3", "9"]
    readme = parts["README.txt"]
    for words in (
        "Address: https://example.org/posts/77\n", f"Written at: {THEN:%Y-%m-%dT%H:%M:%SZ}", "Made by: Ed\n",
        "Reason: A threat against the MP\n", f"Kept here until: {UNTIL}T00:00:00Z", "What this is not",
        "Name of the account: Mallory\n", "Found on Mastodon on",
    ):  # fmt: skip
        assert words in readme
    assert readme.count("\nMade by: ") == 1  # a name of two lines adds none


@pytest.mark.heavy
def test_sha256sum_confirms_the_file_and_finds_a_change(app, tmp_path):
    for name, text in files(made(app)).items():
        (tmp_path / name).write_bytes(text.encode())
    check = ["sha256sum", "-c", "--strict", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "post.txt").write_text("I wish you well")  # the control
    assert subprocess.run(check, cwd=tmp_path, check=False, capture_output=True).returncode == 1


def test_it_is_in_the_activity_log_without_a_name_or_a_reason(app, accounts):
    made(app)
    line = accounts.trail()[0]
    assert (line.who, line.what) == ("Ed", f"person 1: made evidence of post 1, held until {UNTIL}")


@pytest.mark.parametrize(
    "form",
    [
        {"reason": " "}, {"until": ""}, {"until": "soon"}, {"until": f"{NOW.date()}"},
        {"until": f"{NOW.date() + timedelta(days=184)}"}, {"until": "9999-12-31"},
    ],
)  # fmt: skip
def test_a_hold_has_a_reason_and_ends_within_six_months(app, tmp_path, form):
    answer = made(app, **form)
    assert (answer.status_code, "a day within the next six months" in answer.text) == (422, True)
    assert f'max="{NOW.date() + LONGEST}"' in answer.text
    typed = FORM | form
    assert f'value="{typed["until"]}"' in answer.text
    assert typed["reason"].strip() in answer.text
    with an_archive(tmp_path) as archive:
        assert archive.holds.all(NOW) == []


@pytest.mark.heavy
def test_admins_see_the_holds(app):
    made(app)
    ann = browser(app, "Ann")
    text = ann.get("/evidence").text
    assert "A threat against the MP" in text
    assert "By Ed" in text


@pytest.mark.heavy
def test_a_hold_ends_with_its_day_and_with_the_post(app, tmp_path):
    made(app)
    with an_archive(tmp_path) as archive:
        end = archive.holds.all(NOW)[0].until
        assert archive.holds.all(end - timedelta(seconds=1))
        assert archive.holds.all(end) == []
        archive.ingest.scrub([1], NOW)  # as when its author deletes it
        assert archive.holds.all(NOW) == []
    assert made(app).status_code == 404


@pytest.mark.heavy
def test_a_second_hold_of_a_post_takes_the_place_of_the_first(app, tmp_path):
    made(app)
    made(app, reason="It was reported")
    with an_archive(tmp_path) as archive:
        assert [hold.reason for hold in archive.holds.all(NOW)] == ["It was reported"]


@pytest.mark.heavy
def test_the_form_says_until_when_a_post_can_be_kept_and_takes_that_day(app):
    page = browser(app, "Ed").get("/posts/1").text
    last = date.fromisoformat(re.search(r'name="until"[^>]* max="([\d-]+)"', page)[1])
    assert made(app, until=last.isoformat()).status_code == 200
    assert made(app, until=(last + timedelta(days=1)).isoformat()).status_code in (400, 422)


@pytest.mark.heavy
def test_a_hold_made_again_does_not_last_longer_than_six_months_from_the_first(app, tmp_path):
    began = NOW - timedelta(days=100)
    with an_archive(tmp_path) as archive:
        archive.holds.save(Hold(1, "A threat", "Ed", began, NOW + timedelta(days=9)))
    last = (began + LONGEST).date()
    answer = made(app, until=f"{last + timedelta(days=1)}")
    assert answer.status_code == 422
    assert f"It has been kept since {day_name(began.date())}" in answer.text
    assert made(app, until=f"{last}").status_code == 200
    with an_archive(tmp_path) as archive:
        [hold] = archive.holds.all(NOW)
    assert (hold.made_at, hold.until.date()) == (began, last)


def test_the_form_is_for_editors_and_its_page_for_admins(app):
    assert "Keep as evidence" in browser(app, "Ed").get("/posts/1").text
    assert "Keep as evidence" not in browser(app, "Vic").get("/posts/1").text
    assert made(app, "Vic").status_code == 403
    assert browser(app, "Ed").get("/evidence").status_code == 403
