"""The page of places says where posts speak of, and what is not known."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from dashboard import create_app
from dashboard.pages.places import against
from monitor.archive import Archive
from monitor.archive.outcomes.counters import CounterReading
from monitor.archive.outcomes.tallies import TallyEntry
from monitor.campaign import load
from monitor.campaign.areas import Areas
from monitor.core.gazetteer import Gazetteer, PlaceKind
from monitor.core.model import Outcome, Page
from monitor.manual_entry.crimes import CrimeCount
from monitor.report import PlaceCount
from monitor.report.build import build
from tests.archive.saving import saved
from tests.axe import faults
from tests.builders import a_page
from tests.campaigns import ONE_TRACK
from tests.dashboard.archived import THEN, TRACK, an_archive, archived_office, then
from tests.dashboard.reports import CAMPAIGN, NOW, a_report, served, some_services

pytestmark = pytest.mark.heavy

WEEK = timedelta(days=7)
PLACE = PlaceCount(
    key="romford",
    title="Romford",
    borough="havering",
    kind=PlaceKind.TOWN,
    posts=3,
    finished=None,
    before=None,
)


def covering(archive: Archive, weeks_ago: int) -> None:
    """Let a platform have been collected all through the week of the posts, or one before it."""
    since = THEN.replace(day=16, hour=0, minute=0) - weeks_ago * WEEK
    page = Page(stream="local", since=since, until=min(since + WEEK, NOW), outcome=Outcome.COMPLETE)
    saved(archive, page, track=TRACK)


def shown(folder, *texts: str, before: tuple[str, ...] = (), weeks: int = 1):
    """Return a client of pages that show this week's report of posts of these texts."""
    with an_archive(folder) as archive:
        posts = [then(id=f"a{n}", text=text) for n, text in enumerate(texts)]
        posts += [then(id=f"b{n}", text=text, created_at=THEN - WEEK) for n, text in enumerate(before)]
        saved(archive, CAMPAIGN.gazetteer.with_places(a_page(*posts)), track=TRACK)
        for ago in range(weeks):
            covering(archive, ago)

    def report(choice):
        with an_archive(folder) as archive:
            now = NOW + timedelta(days=1)
            return build(archive, CAMPAIGN, choice.window, now=now, sources=())

    return create_app(archived_office(folder, report=report)).test_client()


def rows(page: str) -> dict[str, list[str]]:
    """Return the cells of the table by the area of their row, as they are read."""
    cells = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.S)
    return {
        words(area): [words(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", rest, re.S)]
        for area, rest in cells
    }


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def test_each_borough_has_its_posts_once_a_post(tmp_path):
    site = shown(tmp_path, "Romford and Hornchurch", "In Romford", "Nowhere")
    boroughs = rows(site.get("/places?period=week").text)
    assert boroughs["Havering"][0].startswith("2 posts mentioning Havering")
    assert boroughs["Redbridge"][0].startswith("0")
    places = rows(site.get("/places?period=week&by=place").text)
    assert [cells[0][:1] for cells in places.values()] == ["1", "2"]  # of so few none is ranked
    assert list(places) == ["Hornchurch, Havering", "Romford, Havering"]


def test_a_place_leads_to_the_posts_that_name_it(tmp_path):
    site = shown(tmp_path, "Romford and Hornchurch", "In Romford", "Nowhere")
    page = site.get("/places?period=week&by=place").text
    address = re.search(r'href="([^"]*place=romford)"', page)[1].replace("&amp;", "&")
    assert len(re.findall(r'<li id="p', site.get(address).text)) == 2


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (("Romford",), "Compared with 1 the week before"),
        (("Romford",) * 2, "As in the week before"),
        (("Romford",) * 3, "Compared with 3 the week before"),
        ((), "Compared with none the week before"),
    ],
)
def test_a_change_is_said_in_words_when_both_weeks_were_collected(tmp_path, before, said):
    site = shown(tmp_path, "Romford", "Hornchurch", before=before, weeks=2)
    assert said in rows(site.get("/places?period=week").text)["Havering"][0]


def test_nothing_is_compared_when_the_week_before_was_not_collected(tmp_path):
    page = shown(tmp_path, "Romford").get("/places?period=week").text
    assert "There are no earlier posts to compare with yet" in rows(page)["Havering"][0]


def test_what_was_not_collected_is_not_known_and_never_none(tmp_path):
    page = shown(tmp_path, weeks=0).get("/places?period=week").text
    assert "Nothing is known about these areas" in page
    assert not rows(page)


def test_a_day_that_is_not_over_is_not_compared_with_a_whole_one():
    place = replace(PLACE, posts=30, finished=20, before=20)
    assert against(place, a_report(7)) == "Up to yesterday: 20 posts, as on the same days of the week before"
    assert (
        against(place, a_report(7, is_over=True))
        == "Counting only what was collected the same way both times: 20 posts, as in the week before"
    )


def test_a_campaign_without_places_says_what_to_do():
    bare = replace(CAMPAIGN, gazetteer=Gazetteer(), areas=Areas())
    page = create_app(some_services(campaign=bare)).test_client().get("/places").text
    assert "No places set up yet" in page


def test_the_page_says_that_it_is_not_about_where_people_live(tmp_path):
    assert "never where the author lives" in shown(tmp_path).get("/places").text


@pytest.fixture
def signs(tmp_path):
    """Return the pages of a campaign that has every sign; no two wards have the same counts of crime."""
    site = shown(tmp_path, *("Romford and Heath ward, Dagenham",) * 3)
    with an_archive(tmp_path) as archive:
        petition = archive.counters.add(
            "petition", "petition:1", "More officers", "https://petition.example/1"
        )
        archive.counters.add("petition", "petition:2", "Read by nobody yet")
        areas = {"E14001189": 812, "E14001448": 310, "E14001300": 9, "E14001334": 31}
        archive.counters.save(petition, CounterReading(NOW, 1200, 1162, "open"), areas, {})
        paper = archive.counters.add("paper", "paper", "On paper")
        entries = [
            ("RM10", "Heathway", 46),
            ("RM6", "High Road", 11),
            ("heath-ward", "", 7),
            ("E14001189", "", 20),
        ]
        archive.tallies.save(
            paper,
            [
                TallyEntry(
                    day=NOW.date(), area=area, street=street, count=count, sheets=1, key=f"key{n}", at=NOW
                )
                for n, (area, street, count) in enumerate(entries)
            ],
        )
        wards = CAMPAIGN.areas.of("ward")
        archive.crimes.save(
            [
                CrimeCount(ward.key, f"2026-{month:02}", "Robbery", n, "Police")
                for n, ward in enumerate(wards[1:])
                for month in range(1, 13)
            ]
        )
    return site  # fmt: skip


@pytest.mark.parametrize("sign", ["posts", "people", "paper", "crimes"])
def test_the_map_and_the_table_say_the_same_of_every_ward(signs, sign):
    page = signs.get(f"/places?period=week&by=ward&sign={sign}").text
    tiles = dict(re.findall(r"<title>([^<:]*): ([^<]*)</title>", page))
    column = ["posts", "people", "paper", "crimes"].index(sign)
    table = {area: cells[column] for area, cells in rows(page).items()}
    assert len(tiles) == 61
    assert {unescape(area) for area in tiles} == set(table)
    for area, number in tiles.items():
        assert re.match(rf"{number}\b", table[unescape(area)]), area
    hatches = page.count('fill="url(#map-h)"')
    assert hatches == list(tiles.values()).count("not known") == {"crimes": 1, "paper": 60}.get(sign, 0)


def test_a_constituency_over_two_boroughs_is_there_once_with_both_names(signs):
    areas = rows(signs.get("/places?period=week&by=constituency").text)
    assert len(areas) == 8
    [ours] = [cells for area, cells in areas.items() if area.startswith("Dagenham and Rainham")]
    assert "Dagenham and Rainham, Barking & Dagenham and Havering" in areas
    assert ours == [
        "812 11.0 per 1,000 electors (10.3 to 11.8)",
        "20 1 stall, the latest on Sunday 22 November",
    ]
    assert areas["Barking, Barking & Dagenham"] == ["not known", "not known"]
    assert areas["Leyton and Wanstead, Redbridge and Waltham Forest"][0] == "31 electors not known"


def test_those_of_few_come_last_and_are_grey(signs):
    page = signs.get("/places?period=week&by=constituency").text
    assert list(rows(page))[:2] == [
        "Dagenham and Rainham, Barking & Dagenham and Havering",
        "Romford, Havering",
    ]
    assert re.search(r'class="few">9<', page)
    assert not re.search(r'class="few">310<', page)


def test_paper_of_a_shared_district_is_in_no_borough(signs):
    page = signs.get("/places?period=week").text
    assert [cells[2] for cells in rows(page).values()] == [
        "53 2 stalls, the latest on Sunday 22 November", "0 no stall entered yet", "0 no stall entered yet",
    ]  # fmt: skip
    assert "elsewhere: 31. " in page
    assert "RM6 (half Barking &amp; Dagenham, half Redbridge): 11." in page


def test_what_is_in_no_row_is_told_in_full_however_many_areas_it_has(signs, tmp_path):
    page = words(signs.get("/places?period=week&by=constituency").text)
    assert "Signed online elsewhere in the United Kingdom" not in page
    with an_archive(tmp_path) as archive:
        archive.counters.save(1, CounterReading(NOW, 1300, 1262, "open"), {}, {})
        entries = [
            TallyEntry(day=NOW.date(), area=ward.key, count=2, sheets=1, key=f"ward{n}", at=NOW)
            for n, ward in enumerate(CAMPAIGN.areas.of("ward")[:15])
        ]
        archive.tallies.save(3, entries)
    page = words(signs.get("/places?period=week&by=constituency").text)
    assert "Signed online elsewhere in the United Kingdom: 100." in page
    assert "Signed on paper elsewhere: 94. RM10: 46;" in page
    assert "5 other areas: 10." in page


def test_a_boroughs_sheet_has_its_constituencies_and_brackets_only_where_there_are_some(signs):
    page = words(signs.get("/places/havering/sheet?period=week").text)
    assert (
        "Signed online, by constituency: Dagenham and Rainham, Barking & Dagenham and Havering: 812;"
        " Romford, Havering: 310." in page
    )
    assert "In brackets" not in page
    assert "In brackets" in words(signs.get("/places/E14001448/sheet?period=week").text)


def test_a_page_opens_with_a_sign_that_has_numbers_to_rank(signs):
    page = signs.get("/places?period=week&by=ward").text
    assert "Recorded crime, by ward" in page
    assert "Mentions, by ward" in signs.get("/places?period=week&by=ward&sign=posts").text
    assert 'href="/places?by=ward&amp;sign=posts"' in page


def test_every_sign_says_its_source_and_day(signs):
    page = words(signs.get("/places?period=week&by=constituency").text)
    assert "More officers" in page
    assert (
        "read Sun 22 Nov, 09:30. Electors: Boundary Commission for England, 2023 Review, Monday 2 March 2020"
        in page
    )
    page = words(signs.get("/places?period=week&by=ward").text)
    assert "12 months to December 2026" in page
    assert "Open Government Licence v3.0" in page
    assert "A place that nobody mentions is not necessarily a safe one" in page


def test_a_page_of_all_wards_is_small(signs):
    assert len(signs.get("/places?period=week&by=ward&sign=crimes").data) <= 60_000


def test_a_sheet_has_what_is_known_and_what_posts_say_without_who_they_are(signs):
    page = signs.get("/places/heath-ward/sheet?period=week").text
    assert list(rows(page)) == ["Heath ward, Barking & Dagenham"]
    assert '<blockquote class="words">Romford and Heath ward, Dagenham</blockquote>' in page
    assert "Signed online. Petition sites place signatures by constituency only." in words(page)
    assert "@" not in re.sub(r"<head>.*?</head>", "", page, flags=re.S)
    assert signs.get("/places/nowhere/sheet").status_code == 404


def test_another_campaign_without_tiles_has_the_table_alone(tmp_path):
    (tmp_path / "places.toml").write_text('[[borough]]\ntitle = "Leeds"\nwards = ["Armley", "Beeston"]\n')
    (tmp_path / "campaign.toml").write_text('places = "places.toml"\n' + ONE_TRACK)
    leeds = load(tmp_path / "campaign.toml")
    counts = [
        PlaceCount(
            key=key,
            title=place.title,
            borough="leeds",
            kind=place.kind,
            posts=12,
            finished=None,
            before=None,
            weeks=(10, 12, 11, 9, 13),
        )
        for key, place in leeds.gazetteer.places.items()
    ]
    office = some_services(lambda choice: a_report(7, places=tuple(counts)), campaign=leeds)
    page = create_app(office).test_client().get("/places?by=ward").text
    table = rows(page)
    assert list(table) == ["Armley ward, Leeds", "Beeston ward, Leeds"]
    assert table["Armley ward, Leeds"][0] == "12 posts mentioning Armley ward, Leeds usually 6 to 17"
    assert 'class="tiles"' not in page
    assert "Constituencies" not in page


def brought(site, text: str | bytes):
    """Send a file as a browser does; made by hand, as Werkzeug leaves a large one open."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="crimes.csv"\r\n\r\n'
    body = head + (text.encode() if isinstance(text, str) else text) + b"\r\n--x--\r\n"
    return site.post(
        "/places", data=body, content_type="multipart/form-data; boundary=x",
        headers={"Origin": "http://localhost"}, follow_redirects=True,
    )  # fmt: skip


def test_a_file_of_crimes_is_on_the_page_at_once(tmp_path):
    site = shown(tmp_path, "In Romford")
    answer = brought(
        site, "area,month,category,count\nHavering,2026-09,Robbery,40\nRedbridge,2026-09,Robbery,31\n"
    )
    assert "Saved: recorded crime in 2 areas." in answer.text
    assert rows(answer.text)["Havering"][-1] == "40 1 month to September 2026; residents not known"
    assert rows(answer.text)["Barking & Dagenham"][-1] == "not known"
    answer = brought(
        site, "area,month,category,count\nHavering,2026-09,Robbery,4\nHavering,2026-09,Total,4\n"
    )
    assert "in 1 area. 1 category that adds up others was left out, as those are counted." in answer.text
    answer = site.post("/places?act=remove", headers={"Origin": "http://localhost"}, follow_redirects=True)
    assert "No recorded crime is stored." in answer.text
    assert "1 month to September 2026" not in answer.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,email\nJo,jo@example.org\n", "not a file of recorded crime"),
        ("area,month,category,count\nHavering,2026-09,=cmd(),5\n", "nothing was stored"),
        ("area,month,category,count\nHavering,2099-12,Robbery,5\n", "not a month that has begun"),
        (b"\x89PNG" + bytes(500), "a PDF or a picture"),
        (b"area," + b"x" * 50_200_000, "larger than 50 MB"),
    ],
    ids=["names", "a formula", "a month to come", "a picture", "50 MB"],
)
def test_a_hostile_file_costs_one_sentence_and_leaves_nothing(tmp_path, text, said):
    site = shown(tmp_path, "In Romford")
    answer = brought(site, text)
    assert said in answer.text
    assert answer.status_code in (400, 413)
    assert b"jo@example" not in (tmp_path / "archive.db").read_bytes()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1180])
def test_the_pages_fit_and_everyone_can_use_them(signs, page, width, scheme):
    with served(signs.application) as at:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        for path in (
            "/places",
            "/places?by=ward&sign=crimes",
            "/places?by=place",
            "/places/heath-ward/sheet",
        ):
            page.goto(f"{at}/places{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert faults(page) == []
            small = (
                "[...document.querySelectorAll('main a')].filter(a => a.offsetParent && a.offsetHeight < 24)"
                ".map(a => a.outerHTML)"
            )
            assert page.evaluate(small) == []


CONTRASTS = """[...document.querySelectorAll('.tiles g')].map(tile => {
  const parts = colour => colour.match(/[0-9.]+/g).slice(0, 3).map(Number).map(
    part => part / 255 <= .04045 ? part / 255 / 12.92 : ((part / 255 + .055) / 1.055) ** 2.4)
  const light = node => {
    const [r, g, b] = parts(getComputedStyle(node).fill)
    return .2126 * r + .7152 * g + .0722 * b
  }
  const text = tile.querySelector('text')
  if (!text) return 21
  const [low, high] = [light(text), light(tile.querySelector('path'))].sort((a, b) => a - b)
  return (high + .05) / (low + .05)
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tiles_number_can_be_read_on_each_of_its_shades(signs, page, scheme):
    with served(signs.application) as at:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{at}/places?by=ward&sign=crimes")
        shades = page.evaluate(
            "[...new Set([...document.querySelectorAll('.tiles g')].map(g => g.className.baseVal))]"
        )
        assert {"h0", "h1", "h2", "h3", "h4"} <= set(shades)
        assert min(page.evaluate(CONTRASTS)) >= 4.5


def test_the_map_fits_a_phone_with_numbers_large_enough_to_read(signs, page):
    with served(signs.application) as at:
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto(f"{at}/places?by=ward&sign=crimes")
        assert page.evaluate("(m => m.scrollWidth <= m.clientWidth)(document.querySelector('.map'))")
        sizes = "[...document.querySelectorAll('.tiles text')].map(t => t.getBoundingClientRect().height)"
        assert min(page.evaluate(sizes)) >= 10


def test_a_sheet_is_one_printed_page(signs, page):
    with served(signs.application) as at:
        page.goto(f"{at}/places/heath-ward/sheet")
        pdf = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
