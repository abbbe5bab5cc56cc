"""The page of places says where posts speak of, and what is not known."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard import create_app
from dashboard.pages.places import against
from monitor.archive import Archive
from monitor.core.gazetteer import PlaceKind
from monitor.core.model import Outcome, Page
from monitor.report import PlaceCount
from monitor.report.build import build
from tests.archive.saving import saved
from tests.axe import faults
from tests.builders import a_page
from tests.dashboard.archived import THEN, TRACK, an_archive, archived_office, then
from tests.dashboard.reports import CAMPAIGN, NOW, a_report, served, some_services

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
            return build(archive, CAMPAIGN, choice.window, now=now, sources=(), details=True)

    return create_app(archived_office(folder, report=report, detailed=report)).test_client()


def boroughs(page: str) -> dict[str, str]:
    """Return the words of each borough's card."""
    cards = re.findall(r'<section class="card kpi".*?<h2[^>]*>(.*?)</h2>(.*?)</section>', page, re.S)
    return {name: " ".join(re.sub(r"<[^>]*>", " ", rest).split()) for name, rest in cards}


def test_each_borough_has_its_posts_once_a_post(tmp_path):
    page = shown(tmp_path, "Romford and Hornchurch", "In Romford", "Nowhere").get("/places?period=week").text
    assert boroughs(page)["Havering"].startswith("2 posts mentioning Havering")
    assert boroughs(page)["Redbridge"].startswith("No posts")
    assert re.search(r"Romford: .*2 posts", page)
    assert re.search(r"Hornchurch: .*1 post<", page)


def test_a_place_leads_to_the_posts_that_name_it(tmp_path):
    site = shown(tmp_path, "Romford and Hornchurch", "In Romford", "Nowhere")
    page = site.get("/places?period=week").text
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
    assert said in boroughs(site.get("/places?period=week").text)["Havering"]


def test_nothing_is_compared_when_the_week_before_was_not_collected(tmp_path):
    page = shown(tmp_path, "Romford").get("/places?period=week").text
    assert "There are no earlier posts to compare with yet" in boroughs(page)["Havering"]


def test_what_was_not_collected_is_not_known_and_never_none(tmp_path):
    page = shown(tmp_path, weeks=0).get("/places?period=week").text
    assert boroughs(page) == {
        name: "Not known No data was collected for these dates."
        for name in ("Barking & Dagenham".replace("&", "&amp;"), "Havering", "Redbridge")
    }
    assert "No posts" not in page


def test_a_day_that_is_not_over_is_not_compared_with_a_whole_one():
    place = replace(PLACE, posts=30, finished=20, before=20)
    assert against(place, a_report(7)) == "Up to yesterday: 20 posts, as on the same days of the week before"
    assert (
        against(place, a_report(7, is_over=True))
        == "Counting only sources covered both times: 20 posts, as in the week before"
    )


def test_a_campaign_without_places_says_what_to_do():
    page = create_app(some_services()).test_client().get("/places").text
    assert "No places set up yet" in page


def test_the_page_says_that_it_is_not_about_where_people_live(tmp_path):
    assert "never where the author lives" in shown(tmp_path).get("/places").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1180])
def test_the_page_fits_and_everyone_can_use_it(page, width, scheme):
    counts = [
        PlaceCount(
            key=one.key,
            title=one.title,
            borough=one.borough,
            kind=one.kind,
            posts=n % 40 + 1,
            finished=None,
            before=None,
        )
        for n, one in enumerate(CAMPAIGN.gazetteer.places.values())
    ]
    with served(create_app(some_services(lambda choice: a_report(28, places=tuple(counts))))) as at:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{at}/places")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert faults(page) == []
        small = (
            "[...document.querySelectorAll('main a')].filter(a => a.offsetParent && a.offsetHeight < 28)"
            ".map(a => a.outerHTML)"
        )
        assert page.evaluate(small) == []
