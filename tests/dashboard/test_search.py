"""The box in the header, what it offers, the live line, and what another app hands over."""

import json
import re
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest

from dashboard import create_app
from monitor.accounts import Accounts, Role
from monitor.core.model import Author
from tests.archive.saving import saved
from tests.archive.test_search import HOSTILE
from tests.builders import a_page
from tests.dashboard.archived import THEN, TRACK, an_archive, archived_office, filled, then
from tests.dashboard.reports import CAMPAIGN, Told
from tests.recorded import ROOT

BY_RITA = Author(id="rita", handle="rita@example.org", name="Rita", followers=None)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    services = filled(
        tmp_path_factory.mktemp("search"),
        then(text="Sign the petition"),
        then(id="2", author=BY_RITA, text="Good morning"),
        then(id="3", text="Well said, @rita", created_at=THEN - timedelta(hours=1)),
        then(id="4", text="A night in RM8 #Chadwell", places=frozenset({"chadwell-heath"}),
             tags=frozenset({"chadwell"}), created_at=THEN - timedelta(days=90)),
    )  # fmt: skip
    return create_app(replace(services, began=lambda: THEN.date() - timedelta(days=90))).test_client()


def found(client, words: str, **more: str) -> str:
    answer = client.get("/posts?" + urlencode({"q": words, **more}))
    assert answer.status_code == 200
    return answer.text


def ids(page: str) -> list[str]:
    return re.findall(r'<li id="p(\d+)"', page)


def links(page: str) -> dict[str, str]:
    return {text: unescape(address) for address, text in re.findall(r'<a href="([^"]+)">([^<]+)</a>', page)}


@pytest.mark.heavy
def test_the_box_in_the_header_searches_the_whole_campaign_from_any_page(client):
    for path in ("/", "/posts?period=week", "/places", "/sources"):
        form = re.search(r'<form class="search".*?</form>', client.get(path).text, re.DOTALL)[0]
        assert 'action="/posts"' in form
        assert '<input type="hidden" name="period" value="campaign">' in form
    assert ids(found(client, "night", period="campaign")) == ["4"]


def test_what_is_found_outside_these_days_is_one_step_away(client):
    page = found(client, "night", period="week")
    assert ids(page) == []
    assert ids(client.get(links(page)["look in the whole campaign"]).text) == ["4"]


def test_a_typing_error_is_answered_with_the_word_that_there_is(client):
    page = found(client, "petiton")
    assert ids(page) == []
    assert ids(client.get(links(page)["petition"]).text) == ["1"]
    assert "Did you mean" not in found(client, "petition")
    assert "Did you mean" not in found(client, "zebra")


def test_an_account_finds_its_posts_and_where_it_is_named(client):
    page = found(client, "@rita")
    assert ids(page) == ["2", "3"]
    assert ids(client.get(links(page)["posts by rita@example.org on Mastodon"]).text) == ["2"]


@pytest.mark.parametrize("words", ["@rita", "morning OR @rita", "-@rita"])
def test_no_tone_is_asked_for_where_one_account_is_looked_for(client, words):
    assert client.get("/posts?" + urlencode({"q": words, "tone": "neutral"})).status_code == 400
    assert client.get("/posts?tone=neutral&q=rita").status_code == 200  # control


@pytest.mark.heavy
def test_a_viewer_does_not_learn_who_wrote_a_post(tmp_path):
    services = filled(tmp_path, then(author=BY_RITA, text="Good morning"), then(id="2", text="For @rita"))
    accounts = Accounts.open(tmp_path / "access.db")
    accounts.add("Ann", Role.ADMIN, by="a test", now=THEN, password="three odd words")
    viewer = accounts.add("Vic", Role.VIEWER, by="a test", now=THEN, password="three odd words")
    client = create_app(services, accounts=accounts).test_client()
    client.set_cookie("monitor", accounts.begin(viewer, "a browser", services.now()))
    for at in ("@", "＠", "﹫", "@\u200b", "@@"):
        page = found(client, f"{at}rita")
        assert ids(page) == ["2"]
        assert "posts by rita" not in page
    accounts.close()


def test_a_place_and_a_hashtag_are_offered_as_such(client):
    page = found(client, "Chadwell Heath", period="campaign")
    assert ids(page) == ["4"]
    assert "place=chadwell-heath" in links(page)["posts that mention Chadwell Heath"]
    assert "tag=chadwell" in links(found(client, "#Chadwell"))["posts tagged #chadwell"]
    assert "Or see" not in found(client, "petition")


MANY = [
    "(" * 200,
    '"' * 200,
    "a OR " * 40,
    "-x " * 66,
    "@" * 200,
    "#a " * 60,
    "- OR NOT AND",
    "a* b* c*",
    "Ω" * 200,
]


@pytest.mark.parametrize("words", [*HOSTILE, *MANY], ids=ascii)
def test_whatever_is_asked_the_answer_is_a_page(client, words):
    words = words.encode("utf-8", "ignore").decode()
    for order in ("", "biggest"):
        answer = client.get("/posts?" + urlencode({"q": words, "order": order}), follow_redirects=True)
        assert answer.status_code == (400 if len(words) > 200 else 200)
        assert "<script>" not in answer.text


@pytest.mark.heavy
def test_the_live_line_says_how_many_posts_came_since_the_page_was_made(tmp_path):
    folder = tmp_path
    services = replace(filled(folder, then()), last_post=lambda: 1)
    client = create_app(services).test_client()
    address = unescape(re.search(r'id="live" data-from="([^"]+)"', client.get("/").text)[1])
    assert "new post" not in client.get(address).text
    with an_archive(folder) as archive:
        saved(archive, a_page(then(id="2"), then(id="3")), track=TRACK)
        saved(archive, a_page(then(id="4")), track="another")
    answer = client.get(address)
    assert '<a class="new" href="">2 new posts: reload</a>' in answer.text
    assert len(answer.data) < 1000
    assert unescape(re.search(r'data-from="([^"]+)"', answer.text)[1]) == address


def test_the_live_line_is_not_sent_again_while_it_is_the_same(tmp_path):
    client = create_app(filled(tmp_path, then()), changes=Told()).test_client()
    first = client.get("/live?after=0")
    again = client.get("/live?after=0", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40])
def test_a_live_line_after_no_post_is_refused(client, after):
    assert client.get(f"/live?after={after}").status_code == 400


def field(page: str, name: str) -> str:
    if name == "text":
        return unescape(re.search(r'<textarea id="text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)[1])
    return unescape(re.search(rf'id="{name}" name="{name}" value="([^"]*)"', page)[1])


HANDED_OVER = {
    "address and words": ({"title": "A talk", "text": "Tonight", "link": "https://a.example/1"},
                          "A talk\nTonight", "https://a.example/1"),
    "the address in the text": ({"text": "Look https://a.example/1?b=2"}, "Look", "https://a.example/1?b=2"),
    "an address alone": ({"text": "https://a.example/1"}, "", "https://a.example/1"),
    "the title again": ({"title": "A talk", "text": "A talk tonight"}, "A talk tonight", ""),
    "nothing": ({}, "", ""),
    "hostile": ({"text": "</textarea><script>x</script>", "link": '"><script>y</script>'},
                "</textarea><script>x</script>", '"><script>y</script>'),
    "long": ({"text": "x" * 9000, "link": "https://a.example/" + "y" * 3000}, "x" * 5000, ""),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "text", "link"), HANDED_OVER.values(), ids=HANDED_OVER)
def test_what_an_app_shares_is_in_the_form_and_stored_only_by_its_button(tmp_path, fields, text, link):
    archive = an_archive(tmp_path)
    client = create_app(archived_office(tmp_path, write=lambda: nullcontext(archive))).test_client()
    page = client.get("/by-hand?" + urlencode(fields)).text
    assert (field(page, "text"), field(page, "link")) == (text, link)
    assert "<script>" not in page
    assert archive.posts.count() == 0
    archive.close()


def test_the_manifest_shares_to_the_form_and_starts_at_the_week(client):
    manifest = json.loads(client.get("/static/manifest.webmanifest", buffered=True).text)
    assert manifest["share_target"] == {
        "action": "/by-hand", "method": "GET", "params": {"title": "title", "text": "text", "url": "link"},
    }  # fmt: skip
    assert (manifest["start_url"], manifest["scope"]) == ("/", "/")
    for icon in manifest["icons"]:
        assert client.get(f"/static/{icon['src']}", buffered=True).status_code == 200


def test_all_scripts_together_are_small():
    scripts = (ROOT / "dashboard/static").glob("*.js")
    assert sum(len(script.read_bytes()) for script in scripts) <= 6 * 1024


def test_the_made_up_place_is_one_of_the_campaign():
    assert CAMPAIGN.gazetteer.key_of("chadwell heath") == "chadwell-heath"
