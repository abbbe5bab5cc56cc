"""Files to take away: each is offered, comes under a plain name, and holds the days of the address."""

import csv
import io
import re
import sys
from dataclasses import replace

import pytest

from dashboard import create_app
from monitor.charts import colours
from monitor.charts.standalone_chart import SIZES
from monitor.export.formats import KINDS
from tests.dashboard.archived import TRACK, filled, then
from tests.dashboard.reports import Told, a_report, some_services

START = {"png": b"\x89PNG", "pdf": b"%PDF-", "svg": b"<svg", "csv": b"\xef\xbb\xbf"}
NAMES = [f"{kind.what}.{kind.ending}" for kind in KINDS]


@pytest.fixture
def archived(tmp_path):
    posts = then(text="=cmd"), then(id="2", platform="x", text="From X", url="https://x.com/ann/status/2")
    services = filled(tmp_path, *posts)

    def report(choice, **_):
        return a_report(7, track=TRACK, platforms=tuple(choice.platforms))

    return create_app(replace(services, report=report)).test_client()


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
    assert re.findall(r'<a class="button" href="/takeaway/([^"?]+)', page) == [
        "brief.pdf",
        "brief.docx",
        "slides.pptx",
    ]


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

    client = create_app(some_services(report), changes=Told()).test_client()
    for _ in range(2):
        client.get("/takeaway/chart.svg", buffered=True)
        client.get("/")
    assert len(made) == 3  # the overview is kept, the file made twice


DAYS = "since=2026-11-16&until=2026-11-22"


def chart_file(path):
    services = some_services(lambda choice: a_report(7, window=choice.window))
    return create_app(services).test_client().get(f"/chart/{path}", buffered=True)


@pytest.mark.parametrize("name", ["activity", "tone", "hours"])
def test_each_chart_is_a_table_to_take_away(name):
    answer = chart_file(f"{name}.csv?{DAYS}")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 1 + 7
    assert {len(row) for row in rows} == {len(rows[0])}
    assert answer.headers["Content-Disposition"].endswith(f"{name}-2026-11-16-to-2026-11-22.csv")


def test_a_table_of_a_chart_has_what_its_address_asks_for():
    text = chart_file(f"activity.csv?{DAYS}&chart=tone").data.decode("utf-8-sig")
    assert text.startswith(
        'Day,Positive,Neutral,Negative,Unclear,"Not scored, or not shown",Time not seen\r\n'
    )
    assert (
        "9 to 15 November 2026" in chart_file(f"activity.csv?{DAYS}&compare=before").text.partition("\r")[0]
    )


@pytest.mark.parametrize("name", ["activity", "tone", "hours", "stance"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.slow
def test_a_picture_to_share_has_the_size_that_was_asked_for(size, name):
    data = chart_file(f"{name}.png?{DAYS}&size={size}").data
    assert data.startswith(START["png"])
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == SIZES[size][:2]


def test_a_picture_says_what_its_chart_shows():
    svg = chart_file(f"activity.svg?{DAYS}&chart=platform").text
    assert "By platform" not in svg
    assert "Posts per day by platform" in svg
    assert colours.PALETTE["sky"] in svg
    assert "by tone (how they sound" in chart_file(f"tone.svg?{DAYS}").text
    assert "44% of posts sound positive" in chart_file(f"tone.svg?{DAYS}").text
    hours = chart_file(f"hours.svg?{DAYS}").text
    assert {"Average posts an hour", "Fewest"} <= {*re.findall("(Average posts an hour|Fewest)", hours)}
    assert hours.count('class="h4"') == 6 * 24 + 10  # it is half past nine on the seventh day


@pytest.mark.parametrize("path", ["nothing.csv", "activity.exe", "hours.exe"])
def test_a_chart_that_is_not_there_is_not_found(path):
    assert chart_file(path).status_code == 404


def test_a_chart_of_no_sense_is_refused():
    assert chart_file("activity.csv?chart=pie").status_code == 400


def test_a_chart_offers_its_files_and_a_link_that_stays_the_same_later():
    page = create_app(some_services()).test_client().get("/?period=week&chart=tone").text
    days = "chart=tone&amp;since=2026-11-16&amp;until=2026-11-22"
    for address in (f"/chart/activity.png?size=square&amp;{days}", f"/chart/activity.csv?{days}",
                    f"/?{days}#activity-figure"):  # fmt: skip
        assert f'href="{address}"' in page
