"""The page of people shows public handles and counts, and nobody's opinion, anywhere."""

import re
from datetime import timedelta
from html import unescape

import pytest

from dashboard import create_app
from dashboard.pages.people import VIEWS
from monitor.archive import Archive
from monitor.core.model import Author
from tests.dashboard.archived import THEN, an_archive, filled, then

OPINION = ("tone", "stance", "positive", "negative", "neutral", "unclear", "support", "oppose")


@pytest.fixture
def site(tmp_path):
    def by(name: str, followers: int | None) -> Author:
        return Author(
            id=name, handle=f"{name}@example.org", followers=followers, url=f"https://example.org/{name}"
        )

    services = filled(
        tmp_path,
        then(author=by("ann", 5)),
        then(id="2", author=by("ann", 5)),
        then(id="3", author=by("bob", 900), likes=40),
        then(id="4", author=by("cat", None), likes=0),
        then(id="5", author=by("ann", 5), created_at=THEN - timedelta(days=60)),
    )
    with an_archive(tmp_path) as archive:
        archive.annotations.label([1, 2, 3], "tone", "negative", by="Jo", now=THEN)
        archive.annotations.label([1], "stance", "oppose", by="Jo", now=THEN)
    return create_app(services).test_client()


def handles(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>(\w+)@example.org</a>', page)


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ("", ["ann", "bob", "cat"]),
        ("followers", ["bob", "ann"]),
        ("new", ["bob", "cat"]),
        ("thank", ["bob"]),
    ],
)
def test_people_come_in_the_order_that_the_address_says(site, by, found):
    page = site.get(f"/people?period=4-weeks&by={by}").text
    assert handles(page) == found


@pytest.mark.heavy
def test_each_account_leads_to_its_posts(site):
    page = site.get("/people?period=4-weeks").text
    address = re.search(r'href="(/posts\?[^"]*author=\d+)">2 posts', page)[1]
    assert len(re.findall(r'<li id="p', site.get(unescape(address)).text)) == 2


def test_what_nobody_said_is_not_known_and_zero_is_zero(site):
    page = site.get("/people?period=4-weeks").text
    assert page.count("not known") == 2  # what ann's posts got, and who follows cat
    assert ">0</td>" in page


def test_an_order_that_there_is_not_is_told(site):
    assert site.get("/people?by=opinion").status_code == 400


@pytest.mark.parametrize("by", VIEWS)
def test_nobody_found_is_said(tmp_path, by):
    page = create_app(filled(tmp_path)).test_client().get(f"/people?period=4-weeks&by={by}").text
    assert VIEWS[by].nothing in page


def opinions(page: str) -> set[str]:
    """Return the words for an opinion in a page, but for our promise that there are none."""
    said = re.sub(r'<p class="sub">.*?</p>', "", page[page.index('<main id="main"') :]).lower()
    return {word for word in OPINION if re.search(rf"\b{word}\b", said)}


@pytest.mark.heavy
def test_no_page_of_people_or_of_one_person_shows_an_opinion(site):
    for address in ("/people", *(f"/people?by={by}" for by in VIEWS), "/posts?author=1", "/posts?author=2"):
        assert opinions(site.get(address).text) == set(), address
    for opinion in ("tone=negative", "stance=oppose"):
        assert site.get(f"/posts?author=1&{opinion}").status_code == 400


@pytest.mark.heavy
def test_control_the_check_sees_opinions_in_the_form_that_asks_for_them(site):
    assert opinions(site.get("/posts").text) >= {"tone", "negative", "oppose"}


def profiles(archive: Archive) -> list[str]:
    """Return the tables and views with both an author and an opinion in a row, but for posts themselves."""
    found = []
    for name in [*archive.db.table_names(), *archive.db.view_names()]:
        columns = {row[1] for row in archive.db.execute(f"PRAGMA table_info('{name}')")}
        if columns & {"author_id", "handle", "author"} and columns & {*OPINION, "value"}:
            found.append(name)
    return found


def test_no_table_keeps_opinions_by_person(tmp_path):
    with an_archive(tmp_path) as archive:
        assert set(profiles(archive)) == {"posts"}  # a row is a post, not a person, and has no name


def test_control_the_check_sees_a_table_of_opinions_by_person(tmp_path):
    with an_archive(tmp_path) as archive:
        archive.db.execute("CREATE TABLE moods (author_id INTEGER, negative INTEGER)")
        assert "moods" in profiles(archive)


def test_a_list_of_one_persons_posts_keeps_their_tone_back_and_calls_none_unscored(site):
    found = re.search(r'href="(/posts\?[^"]*author=\d+)', site.get("/people?period=4-weeks").text)[1]
    author = unescape(found)
    assert "Not scored" not in site.get(author).text
    assert "Negative" not in site.get(author).text.split("<main")[1].split("</main>")[0].split("<form")[-1]
