"""Viewers see what was said and how much, and nowhere who said it."""

import io
import zipfile
from datetime import timedelta

import pytest
from pypdf import PdfReader

from dashboard import create_app
from monitor.accounts import Accounts, Role
from monitor.archive import Archive
from monitor.core.model import Author
from monitor.export.formats import KINDS
from tests.builders import a_page, a_post, a_sentiment
from tests.dashboard.access.conftest import GOOD, NAMES
from tests.dashboard.browser.site import NOW, WHOLE, services

CANARY = b"canary"  # in all that tells of the writer, and in nothing else
PAGES = ("/", "/?period=4-weeks", "/explore", "/posts", "/posts?order=biggest", "/posts/1", "/places",
         "/events", "/reports", "/sources", "/methods", "/api/v1/report", "/posts?after=x",
         "/nothing")  # fmt: skip
NAMING = ("/people?period=4-weeks", "/people?by=thank&period=4-weeks", "/api/v1/posts", "/feed.atom",
          "/posts?author=1",
          *(f"/takeaway/{one.what}.{one.ending}" for one in KINDS if one.names))  # fmt: skip
FILES = tuple(f"/takeaway/{one.what}.{one.ending}" for one in KINDS if not one.names)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("viewers")
    who = Author(id="https://c.example/@canary", handle="@canary@c.example", name="Canary", followers=9,
                 url="https://c.example/@canary")  # fmt: skip
    posts = [
        a_post(
            id=f"https://c.example/@canary/{n}", url=f"https://c.example/@canary/{n}", author=who,
            likes=50 - n, text=f"Thank you @canary@c.example, see www.canary.example/{n}, number {n}",
            links=frozenset({"https://canary.example/petition"}), created_at=NOW - timedelta(days=n),
        )
        for n in range(25)
    ]  # fmt: skip
    with Archive.open(folder / "a.db", WHOLE.zone, demo=True) as archive:
        archive.ingest.save(
            a_page(*posts), source="mastodon", track=WHOLE.tracks[0].name, analyzer="plain",
            scores=[a_sentiment() for _ in posts], started_at=NOW, now=NOW,
        )  # fmt: skip
    accounts = Accounts.open(folder / "access.db")
    for role, name in NAMES.items():
        accounts.add(name, role, by="a test", now=NOW, password=GOOD)
    return create_app(services(folder / "a.db"), accounts=accounts)


def browser(app, role):
    client = app.test_client()
    assert client.post("/login", data={"name": NAMES[role], "password": GOOD}).status_code == 303
    return client


def told(app, role, path) -> tuple[int, bytes]:
    """Return how somebody is answered: the status, and the words, a file's too, in small letters."""
    with browser(app, role).get(path) as answer:
        found, status = answer.data, answer.status_code
    if found.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(found)) as opened:
            found = b"".join(map(opened.read, opened.namelist()))
    if found.startswith(b"%PDF"):
        found = PdfReader(io.BytesIO(found)).pages[0].extract_text().encode()
        assert b"What people wrote" in found
    return status, found.lower()


@pytest.mark.slow
@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_a_viewer_finds_nobody_named(app, path):
    status, found = told(app, Role.VIEWER, path)
    assert status in (200, 400, 404)
    assert CANARY not in found


@pytest.mark.slow
@pytest.mark.parametrize("path", NAMING)
def test_what_says_who_posted_is_for_editors(app, path):
    assert told(app, Role.VIEWER, path)[0] == 403
    status, found = told(app, Role.EDITOR, path)
    assert status == 200
    assert CANARY in found


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/posts", "/posts/1", "/api/v1/report"])
def test_control_an_editor_is_told_by_the_same_pages(app, path):
    assert CANARY in told(app, Role.EDITOR, path)[1]


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/takeaway/brief.docx", "/takeaway/brief.pdf", "/takeaway/slides.pptx"])
def test_what_is_handed_on_names_nobody_whoever_makes_it(app, path):
    status, found = told(app, Role.EDITOR, path)
    assert status == 200
    assert CANARY not in found


@pytest.mark.slow
def test_a_viewer_reads_what_was_said(app):
    page = browser(app, Role.VIEWER).get("/posts").text
    assert "Thank you @…, see [link] number 3" in page
    assert "Someone" in page


@pytest.mark.heavy
def test_no_page_of_a_viewer_leads_to_one_that_is_not_theirs(app):
    viewer = browser(app, Role.VIEWER)
    for path in PAGES:
        page = viewer.get(path).text
        assert [
            one for one in ("/people", "/feed.atom", "/api/v1/posts", "posts.csv") if f'"{one}' in page
        ] == []


@pytest.mark.heavy
def test_viewers_are_not_told_to_add_events_that_they_cannot_add(app):
    pages = {}
    for role in (Role.VIEWER, Role.EDITOR):
        client = app.test_client()
        client.post("/login", data={"name": NAMES[role], "password": GOOD})
        pages[role] = client.get("/").text + client.get("/events").text
    assert "Add your plans" in pages[Role.EDITOR]  # control
    assert "Add your plans" not in pages[Role.VIEWER]
    assert "Add stalls" not in pages[Role.VIEWER]
