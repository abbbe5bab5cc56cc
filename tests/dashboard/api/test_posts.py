"""Posts as JSON and as an Atom feed: the same as on the page, and hostile text only text."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest

from dashboard import create_app
from dashboard.api import PAGE
from dashboard.api.feed import atom
from tests.dashboard.archived import filled, then

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> ]]> &amp; \x00\x0b￾ =1+1"


@pytest.fixture
def site(tmp_path):
    def made(*posts):
        return create_app(filled(tmp_path, *posts)).test_client()

    return made


def faults(client, answer) -> list[str]:
    components = client.get("/api/v1/openapi.json").json["components"]
    schema = {"$ref": "#/components/schemas/Posts", "components": components}
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(answer)]


def listed(client, address="/api/v1/posts"):
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert faults(client, answer.json) == []
    return answer.json


def several(number: int):
    first = then().created_at - timedelta(hours=number)
    return [then(id=str(n), created_at=first + timedelta(hours=n)) for n in range(number)]


def test_posts_are_as_the_document_says_and_unknown_numbers_are_null(site):
    [post] = listed(site(then(likes=3)))["posts"]
    assert (post["likes"], post["views"]) == (3, None)


@pytest.mark.heavy
def test_all_pages_together_hold_every_post_once(site):
    client, found, address = site(*several(2 * PAGE + 1)), [], "/api/v1/posts?period=campaign"
    while address:
        page = listed(client, address)
        found += [post["native_id"] for post in page["posts"]]
        address = page["next"]
    assert found == [str(n) for n in reversed(range(2 * PAGE + 1))]


def test_the_filters_of_the_page_hold(site):
    client = site(then(likes=1), then(id="2", likes=9, text="zebra"))
    assert [post["native_id"] for post in listed(client, "/api/v1/posts?q=zebra")["posts"]] == ["2"]
    assert [post["native_id"] for post in listed(client, "/api/v1/posts?order=biggest")["posts"]] == [
        "2",
        "1",
    ]


def test_nobodys_opinions_are_listed_by_person(site):
    client = site(then())
    assert "tone" not in listed(client)["posts"][0]
    assert client.get("/api/v1/posts?author=1&tone=neutral").status_code == 400


@pytest.mark.heavy
@pytest.mark.parametrize("query", ["order=loudest", "after=x", "author=me", "tone=angry", "since=x"])
def test_what_makes_no_sense_is_answered_in_a_sentence(site, query):
    for path in ("/api/v1/posts", "/feed.atom"):
        answer = site(then()).get(f"{path}?{query}")
        assert answer.status_code == (200 if (path, query) == ("/feed.atom", "after=x") else 400)


def entries(client, address="/feed.atom"):
    answer = client.get(address)
    assert answer.mimetype == "application/atom+xml"
    return ElementTree.fromstring(answer.data).findall(f"{ATOM}entry")


def test_the_feed_has_the_newest_posts_first_with_their_links(site):
    first, second = entries(site(then(), then(id="2", created_at=then().created_at + timedelta(hours=1))))
    assert first.findtext(f"{ATOM}id") == "urn:post:mastodon:2"
    assert second.findtext(f"{ATOM}content") == then().text
    assert first.findtext(f"{ATOM}updated") > second.findtext(f"{ATOM}updated")
    assert second.find(f"{ATOM}link").attrib["href"] == then().url


def test_hostile_text_is_text_and_the_feed_stays_well_formed(site):
    [entry] = entries(site(then(text=HOSTILE, url="javascript:alert(1)")))
    content = entry.find(f"{ATOM}content")
    assert content.attrib["type"] == "text"
    assert content.text.startswith("<script>alert(1)</script> ]]> &amp; \ufffd")
    assert entry.find(f"{ATOM}link") is None


def test_a_feed_without_posts_is_a_feed(site):
    assert entries(site()) == []


def test_a_removed_post_is_not_in_the_feed():
    gone = {"native_id": None, "created_at": "2026-11-22T09:00:00Z"}
    assert b"<entry>" not in atom([gone], title="t", address="http://localhost/feed.atom")
