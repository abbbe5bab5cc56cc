"""Files to take away: each is offered, comes under a plain name, and holds the days of the address."""

import re
import sys
from dataclasses import replace

import pytest

from dashboard import create_app
from monitor.export.formats import KINDS
from tests.dashboard.archived import TRACK, filled, then
from tests.dashboard.reports import a_report, some_services

START = {"png": b"\x89PNG", "pdf": b"%PDF-", "svg": b"<svg", "csv": b"\xef\xbb\xbf"}
NAMES = [f"{kind.what}.{kind.ending}" for kind in KINDS]


@pytest.fixture
def archived(tmp_path):
    posts = then(text="=cmd"), then(id="2", platform="x", text="From X", url="https://x.com/ann/status/2")
    services = filled(tmp_path, *posts)

    def report(choice, **_):
        return a_report(7, track=TRACK, platforms=tuple(choice.platforms))

    return create_app(replace(services, report=report, detailed=report)).test_client()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.slow
def test_each_file_comes_whole_and_under_a_plain_name(archived, name):
    answer = archived.get(f"/takeaway/{name}?period=week", buffered=True)
    assert answer.status_code == 200
    ending = name.rpartition(".")[2]
    assert answer.data.startswith(START.get(ending, b"PK"))
    said = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=[a-z0-9-]+\.[a-z]+", said), said
    assert said.endswith(f"-to-2026-11-22.{ending}")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in answer.headers


def test_posts_are_inert_and_those_of_x_are_numbers(archived):
    text = archived.get("/takeaway/posts.csv?period=week", buffered=True).data.decode("utf-8-sig")
    assert "'=cmd" in text
    assert "https://x.com/i/status/2" in text
    assert "From X" not in text
    assert "ann/status" not in text
    assert (
        archived.get("/takeaway/posts.csv?period=week&platform=lemmy", buffered=True).data.count(b"\r\n") == 1
    )


def test_one_button_of_each_page_leads_to_every_file_for_its_own_days():
    client = create_app(some_services()).test_client()
    for path in ("/", "/explore"):
        assert (
            'href="/reports?period=4-weeks&amp;platform=bluesky">Make a brief'
            in client.get(f"{path}?period=4-weeks&platform=bluesky").text
        )
    page = client.get("/reports?period=4-weeks&platform=bluesky").text
    for name in NAMES:
        assert f'href="/takeaway/{name}?period=4-weeks&amp;platform=bluesky"' in page


@pytest.mark.parametrize("path", ["posts.exe", "nothing.csv", "posts.csv.exe", "..%2f..%2fetc.csv"])
def test_what_is_not_offered_is_not_there(path):
    assert (
        create_app(some_services()).test_client().get(f"/takeaway/{path}", buffered=True).status_code == 404
    )


def test_a_senseless_address_is_told_on_a_page():
    answer = create_app(some_services()).test_client().get("/takeaway/chart.svg?period=never", buffered=True)
    assert answer.status_code == 400
    assert "text/html" in answer.content_type


def test_without_the_program_that_draws_a_page_says_what_to_take(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    answer = create_app(some_services()).test_client().get("/takeaway/chart.png", buffered=True)
    assert answer.status_code == 503
    assert "Use the SVG" in answer.text


def test_files_are_not_kept_in_memory():
    made = []

    def report(choice, **_):
        made.append(choice)
        return a_report()

    client = create_app(some_services(report), version=lambda: 1).test_client()
    for _ in range(2):
        client.get("/takeaway/chart.svg", buffered=True)
        client.get("/")
    assert len(made) == 3  # the overview is kept, the file made twice
