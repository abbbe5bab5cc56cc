"""Hashtags as people write them, and posts that link to the campaign's petition."""

from dataclasses import replace

import pytest

from monitor.archive import Archive
from monitor.report import Report
from monitor.report.build import build
from tests.report.stored import CAMPAIGN
from tests.report.watched import MONDAY, THIS, at, post, watch


def shown(archive: Archive, *posts, **changes) -> Report:
    watch(archive, at(16, 0), MONDAY, posts)
    return build(archive, replace(CAMPAIGN, **changes), THIS, now=MONDAY, sources=())


def titles(report: Report) -> dict[str, str]:
    return {tag.term: tag.title for tag in report.tags}


def tagged(id: str, text: str, *tags: str):
    return post(id, at(18), text=text, tags=frozenset(tags))


def test_a_hashtag_is_written_as_the_campaign_file_has_it(archive):
    report = shown(archive, tagged("1", "#callingtimeoncrime", "callingtimeoncrime"))
    assert titles(report) == {"callingtimeoncrime": "CallingTimeOnCrime"}


def test_another_hashtag_is_written_as_most_people_did(archive):
    texts = (
        "#SaferStreets",
        "#saferstreets now",
        "#SaferStreets for all",
        "#SAFERSTREETS",
        "#SaferStreetsNow",
    )
    posts = [tagged(str(n), text, "saferstreets") for n, text in enumerate(texts)]
    assert titles(shown(archive, *posts)) == {"saferstreets": "SaferStreets"}


def test_a_hashtag_that_stands_in_no_text_is_written_as_it_is_stored(archive):
    assert titles(shown(archive, tagged("1", "no tag in it", "hidden"))) == {"hidden": ""}


@pytest.mark.parametrize(
    ("link", "is_petition"),
    [
        ("https://petition.example.org/123456?utm_source=x", True),
        ("https://www.petition.example.org/123456/", True),
        ("https://petition.example.org/123456/sign", True),
        ("https://petition.example.org/1234567", False),
        ("https://petition.example.org.evil.example/123456", False),
        ("http://[petition.example.org/123456", False),
        ("https://example.org/?to=https://petition.example.org/123456", False),
    ],
    ids=[
        "asked with more",
        "www",
        "a page below",
        "another petition",
        "another host",
        "no address",
        "said",
    ],
)
def test_a_post_that_links_to_the_petition_is_known_by_it(archive, link, is_petition):
    petition = ("https://petition.example.org/123456",)
    [one] = shown(archive, post("1", at(18), links=frozenset({link})), petition=petition).latest
    assert one.is_petition is is_petition


def test_without_a_petition_no_post_links_to_it(archive):
    [one] = shown(archive, post("1", at(18), links=frozenset({"https://example.org/"}))).latest
    assert not one.is_petition
