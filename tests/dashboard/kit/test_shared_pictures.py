"""Who shared a picture of the kit, by version; and what somebody has to look at, and said of it."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from dashboard import create_app
from monitor.campaign import PictureSettings
from monitor.core.model import Picture
from monitor.kit import KitItem
from tests.dashboard.archived import THEN, TRACK, an_archive, filled, then
from tests.dashboard.kit.test_share_kit import PETITION, PNG, office, words
from tests.dashboard.reports import CAMPAIGN

pytestmark = pytest.mark.heavy

ALT = "612 officers in our borough in 2010, then 441"
BEFORE, AFTER = THEN - timedelta(days=2), THEN - timedelta(hours=2)


def shown(id, alt=None, at=BEFORE):
    picture = Picture(alt=alt, address="https://cdn.bsky.app/1", thumbnail=f"https://cdn.bsky.app/{id}")
    return then(id=id, by=f"p{id}", platform="bluesky", text=f"Look {id}", pictures=(picture,), created_at=at)


@pytest.fixture
def folder(tmp_path):
    """Two versions; four posts with a code: ours, an old one, one described otherwise, one not at all."""
    with an_archive(tmp_path) as archive:
        archive.kit.save(KitItem(alt=ALT, address=PETITION, code="a3"), BEFORE, PNG)
        [item] = archive.kit.current()
        archive.kit.save(
            replace(item, code="a4", alt="431 officers in our borough this year"), THEN - timedelta(hours=12)
        )
    posts = [shown("1", ALT), shown("2", at=AFTER), shown("3", "1 officer, then none"), shown("4")]
    with_code(tmp_path, *posts)
    return tmp_path


def with_code(folder, *posts):
    filled(folder, *posts)
    with an_archive(folder) as archive:
        items = {item.code: item for item in archive.kit.items()}
        while picture := archive.pictures.waiting(["bluesky"], THEN):
            archive.pictures.claim(picture, THEN)
            archive.pictures.save(picture, ["a3"], items, THEN)


def site(folder, *, on=True):
    campaign = replace(CAMPAIGN, pictures=PictureSettings(on=on))
    return create_app(office(folder, campaign, now=lambda: THEN)).test_client()


def section(page):
    return re.search(r'<section[^>]*aria-labelledby="pictures".*?</section>', page, re.S)[0]


def test_posts_and_people_are_counted_by_version_and_open_the_posts(folder):
    client = site(folder)
    part = section(client.get("/share-kit").text)
    assert re.search(r"a3 ?4 ?4 ?not checked", words(part))
    assert "4 pictures were read so far." in words(part)
    page = client.get(unescape(re.search(r'href="(/posts\?[^"]*ids=[^"]*)"', part)[1])).text
    assert all(f"Look {n}" in page for n in "1234")


def test_an_old_version_and_another_description_are_for_a_person_to_look_at(folder):
    client = site(folder)
    part = words(section(client.get("/share-kit").text))
    assert part.count("It is altered") == 2
    assert "an older version" in part
    assert "another description" in part
    assert "fake" not in part
    assert "<img" not in section(client.get("/share-kit").text)


def test_three_are_asked_about_at_a_time_and_the_next_come_after_them(folder):
    with_code(folder, *(shown(id, at=AFTER) for id in "567"))
    client, asked = site(folder), []
    for _ in range(5):
        found = re.findall(r'name="post" value="(\d+)"', client.get("/share-kit").text)
        assert len(found) == min(3, 5 - len(asked))
        client.post("/share-kit", data={"act": "ours", "post": found[0], "id": "1"})
        asked += found[:1]
    assert len(set(asked)) == 5
    assert "Perhaps altered" not in client.get("/share-kit").text


@pytest.mark.parametrize(("act", "altered"), [("ours", 0), ("altered", 1)])
def test_what_somebody_says_is_kept_and_not_asked_again(folder, act, altered):
    client = site(folder)
    post = re.search(r'name="post" value="(\d+)"', client.get("/share-kit").text)[1]
    assert client.post("/share-kit", data={"act": act, "post": post, "id": "1"}).status_code == 303
    page = client.get(f"/share-kit?did={act}").text
    assert f"Marked as {act}." in page
    assert words(section(page)).count("It is altered") == 1
    with an_archive(folder) as archive:
        [version] = archive.pictures.versions(
            archive.stats.scope(TRACK, THEN.date() - timedelta(days=6), THEN.date())
        )
        said = archive.db.execute("SELECT verdict FROM pictures WHERE post_id = ?", [post]).fetchone()
        by = archive.db.number("SELECT count(*) FROM kit_matches WHERE said_by <> '' AND how = 'code'")
    assert (version.altered, said, by) == (altered, (act,), 1)


def test_where_pictures_are_not_read_the_page_says_so_and_who_can_change_it(folder):
    part = words(section(site(folder, on=False).get("/share-kit").text))
    assert (
        "Pictures are not read for the kit’s QR code: an admin can switch it on in Settings, Pictures."
        in part
    )


def test_a_week_without_any_says_so(folder):
    part = words(section(site(folder).get("/share-kit?since=2026-10-05&until=2026-10-11").text))
    assert "No post, 5 to 11 October 2026, is known to show one of them." in part


def test_a_post_is_counted_once_by_its_code_even_where_its_description_is_that_of_another_version(folder):
    with an_archive(folder) as archive:
        scope = archive.stats.scope(TRACK, THEN.date() - timedelta(days=6), THEN.date())
        before = archive.pictures.versions(scope)
        with archive.db.transaction():
            archive.db.execute("UPDATE kit_matches SET version = 2 WHERE how = 'alt'")
        assert archive.pictures.versions(scope) == before
        with archive.db.transaction():
            archive.db.execute("DELETE FROM kit_matches WHERE how = 'code'")
        assert [(version.code, version.posts) for version in archive.pictures.versions(scope)] == [("a4", 1)]
