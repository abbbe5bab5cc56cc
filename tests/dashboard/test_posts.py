"""The page of posts: found by what the address says, worked on by forms, hostile text only text."""

import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest

from dashboard import create_app
from dashboard.posts import SHOWN
from dashboard.posts.actions import ACTS, sentence
from monitor.accounts import Accounts, Role
from monitor.core.errors import ArchiveError
from monitor.core.model import Author
from tests.dashboard.archived import an_archive, archived_office, filled, then
from tests.dashboard.reports import NOW

HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(1)> {{ 7*7 }}"


@pytest.fixture
def site(tmp_path):
    def made(*posts):
        return create_app(filled(tmp_path, *posts)).test_client()

    return made


def shown(client, address="/posts") -> str:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def ids(page: str) -> list[int]:
    return [int(id) for id in re.findall(r'<li id="p(\d+)"', page)]


def heading(page: str) -> str:
    return re.search(r'<h2 id="found">(.*?)</h2>', page)[1]


def act(client, act: str, *posts: int, back: str = "/posts", **more):
    return client.post("/posts/work", data={"act": act, "post": list(posts), "back": back} | more)


def test_every_post_is_listed_newest_first_or_biggest_first(site):
    client = site(then(likes=9), then(id="2", created_at=then().created_at + timedelta(hours=1), likes=1))
    page = shown(client)
    assert (ids(page), heading(page)) == ([2, 1], "2 posts, newest first")
    page = shown(client, "/posts?order=biggest")
    assert (ids(page), heading(page)) == ([1, 2], "2 posts, top first")


@pytest.mark.heavy
def test_a_post_of_another_year_has_its_year(site):
    old = then().created_at.replace(year=2023)
    client = site(then(), then(id="2", created_at=old))
    page = shown(client, "/posts?since=2023-01-01")
    assert [bool(re.search(r" 2023, \d\d:\d\d<", part)) for part in page.split('<li id="p')[1:]] == [
        False,
        True,
    ]
    assert f"{old:%b} 2023, " in shown(client, "/posts/2")


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("year", "is_said"), [(2014, True), (2017, False)], ids=["twelve years", "nine years"]
)
@pytest.mark.parametrize("path", ["/", "/posts"])
def test_a_campaign_of_more_than_ten_years_says_what_it_does_not_show(tmp_path, path, year, is_said):
    office = replace(filled(tmp_path, then()), began=lambda: date(year, 3, 1))
    client = create_app(office).test_client()
    said = "“Campaign” shows the last ten years. The first post is of 1 March"
    assert (said in shown(client, f"{path}?period=campaign")) == is_said
    assert said not in shown(client, path)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=PETITION", [1]),
        ("q=%22sign+the%22", [1]),
        ("q=zebra", []),
        ("tag=police", [2]),
        ("platform=mastodon", [1, 2, 3]),
        ("platform=bluesky", []),
        ("author=2", [2]),
        ("mark=done", []),
        ("new=yes", [1, 2, 3]),
        ("period=week", [1, 2, 3]),
        ("since=2026-11-01&until=2026-11-02", []),
        ("q=petition&tag=police", []),
    ],
)
def test_each_filter_finds_its_posts(site, query, found):
    client = site(
        then(text="Sign the petition"),
        then(id="2", by="bob", tags=frozenset({"police"})),
        then(id="3", by="cat"),
    )
    assert sorted(ids(shown(client, f"/posts?{query}"))) == found


@pytest.mark.heavy
def test_every_filter_can_be_removed_by_itself(site):
    client = site(then())
    page = shown(client, "/posts?q=zebra&platform=mastodon&mark=done&new=yes&tag=x&place=Bow")
    assert "Remove one of them above" in page
    chips = re.findall(r'<li><a href="([^"]+)"><span>(.*?)</span>', page)
    assert [text for _, text in chips] == [
        "words: zebra", "#x", "mentions: Bow", "marked “done”", "new voices only",
        "on mastodon",
    ]  # fmt: skip
    for address, text in chips:
        assert text not in re.findall(r"<span>(.*?)</span>", shown(client, address.replace("&amp;", "&")))


def test_the_form_leads_to_an_address_without_empty_fields(site):
    answer = site(then()).get("/posts?q=petition&tag=&tone=&order=&period=&since=&until=&platform=mastodon")
    assert (answer.status_code, answer.location) == (302, "/posts?platform=mastodon&q=petition")


@pytest.mark.parametrize(
    "query",
    ["tone=angry", "stance=1", "mark=x", "order=random", "author=me", "author=%C2%B2", "after=1",
     "after=1.2.3", "q=" + "x" * 201, "platform=myspace", "track=none",
     "author=1&tone=negative", "author=1&stance=oppose", "tone=neutral&stance=oppose"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_told_so_in_words(site, query):
    answer = site(then()).get(f"/posts?{query}")
    assert answer.status_code == 400
    assert "<h1>This address is not valid</h1>" in answer.text


@pytest.mark.heavy
def test_pages_go_on_until_all_posts_were_shown(site):
    client = site(*(then(id=str(n), likes=n % 5) for n in range(2 * SHOWN + 5)))
    for address in ("/posts", "/posts?order=biggest"):
        found, page = [], shown(client, address)
        assert "Back to the first page" not in page
        while True:
            found += ids(page)
            onward = re.search(r'<a href="([^"]+)" rel="next">', page)
            if not onward:
                break
            page = shown(client, onward[1].replace("&amp;", "&"))
        assert sorted(found) == list(range(1, 2 * SHOWN + 6))
        assert "Back to the first page" in page


def test_hostile_text_is_only_text(site):
    client = site(
        then(text=HOSTILE, url="javascript:alert(1)", author=Author(id="x", handle=HOSTILE, name=HOSTILE))
    )
    for page in (
        shown(client),
        shown(client, "/posts/1"),
        shown(client, "/posts?" + urlencode({"q": HOSTILE})),
    ):
        assert "<script>" not in page.replace('<script src="/static', "")
        assert "<img" not in page.replace('<img src="/static/icons/', "")
        assert 'href="javascript' not in page
        assert "49" not in page or "{{ 7*7 }}" in page


def test_the_original_is_opened_without_telling_where_from(site):
    page = shown(site(then(url="https://social.example/@ann/1")))
    link = re.search(r'<a href="https://social.example/@ann/1" rel="([^"]+)">.*?</a>', page)
    assert link[1] == "noopener noreferrer nofollow"
    assert "at social.example</a>" in link[0]


def test_a_number_that_the_platform_did_not_say_is_not_a_zero(site):
    page = shown(site(then(likes=0)))
    assert "0 likes" in page
    assert re.search(r"\d replies", page) is None


def test_a_scrubbed_post_shows_no_text_and_no_name(tmp_path, site):
    client = site(then())
    with an_archive(tmp_path) as archive:
        archive.ingest.scrub([1], then().created_at)
    page = shown(client)
    assert "Deleted by its author, or removed by us" in page
    assert "ann@example.org" not in page


def test_upsetting_text_waits_for_a_click(site):
    page = shown(site(then(text="someone should shoot her"), then(id="2", text="Crime kills.")))
    hidden = re.search(
        r'<details class="blur"><summary>This may be upsetting: show</summary>(.*?)</details>', page
    )
    assert "someone should shoot her" in hidden[1]
    assert page.count('class="blur"') == 1


def test_nothing_in_these_days_says_what_to_do(site):
    page = shown(site(), "/posts")
    assert "No posts found for these dates." in page
    assert "period=campaign" in page


@pytest.mark.heavy
def test_mark_and_note_are_shown_with_their_author(site):
    client = site(then())
    act(client, "mark:needs reply", 1)
    act(client, "note", 1, note=HOSTILE)
    page = shown(client)
    for text in ("the team, Sun", "Needs a reply", "&lt;script&gt;alert(1)"):
        assert text in page
    assert "Marked “needs a reply” by the team" in shown(client, "/posts/1")
    assert "<script>alert" not in page
    act(client, "unnote:1", 1)
    assert "&lt;script&gt;alert(1)" not in shown(client)


@pytest.mark.heavy
def test_several_posts_are_marked_at_once(site):
    client = site(*(then(id=str(n)) for n in range(4)))
    answer = act(client, "mark:not ours", 1, 3)
    page = shown(client, answer.location)
    assert (ids(page), "2 posts left out of all counts" in page) == ([4, 2], True)
    assert ids(shown(client, "/posts?mark=not+ours")) == [3, 1]
    act(client, "mark:", 1, 3)
    assert ids(shown(client)) == [4, 3, 2, 1]


@pytest.mark.heavy
@pytest.mark.parametrize("one", [one for one in ACTS if one.startswith("mark")])
def test_every_act_of_the_list_can_be_done_and_is_said(site, one):
    client = site(then())
    answer = act(client, one, 1)
    assert answer.status_code == 303
    assert 'role="status"' in shown(client, answer.location)
    assert sentence(one, 3)


def test_where_counting_new_posts_ended_the_line_says_so(site, monkeypatch):
    client = site(then(), then(id="2"), then(id="3"))
    assert "2 new posts: reload" in client.get("/live?after=1").text
    for module in ("monitor.archive.posts", "dashboard.api.live"):
        monkeypatch.setattr(f"{module}.MOST_NEW", 2)
    assert "2 or more new posts: reload" in client.get("/live?after=0").text


def test_nothing_chosen_is_told(site):
    client = site(then())
    assert "Tick at least one post first" in shown(client, act(client, "mark:done").location)


@pytest.mark.parametrize(
    ("one", "posts", "more"),
    [("tone:negative", ["1"], {}), ("stance:oppose", ["1"], {}),
     ("drop:", ["1"], {}), ("", ["1"], {}), ("note", ["1"], {"note": " "}),
     ("note", ["1"], {"note": "x" * 2001}), ("unnote:x", ["1"], {}), ("mark:done", ["1 OR 1"], {}),
     ("mark:done", [str(n) for n in range(201)], {})],
)  # fmt: skip
def test_an_act_that_cannot_be_done_changes_nothing(tmp_path, site, one, posts, more):
    client = site(then())
    answer = client.post("/posts/work", data={"act": one, "post": posts} | more)
    assert answer.status_code in (400, 409)
    with an_archive(tmp_path) as archive:
        assert archive.annotations.of_posts([1]) == {}


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/posts",
        "//evil.example/posts",
        "javascript:alert(1)",
        "/posts/../x",
        "\r\nX: y",
        "http://[x",
        "/sources",
    ],
)
def test_a_form_leads_back_to_our_own_page_only(site, back):
    answer = act(site(then()), "mark:done", 1, back=back)
    assert answer.location.startswith("/posts?did=")


@pytest.mark.parametrize(
    "did", ["hack-1", "%3Cscript%3E-1", "mark:done-x", "-1", "tone:-", "tone:hack-1", "tone:negative-1"]
)
def test_an_address_cannot_put_words_into_our_mouth(site, did):
    page = shown(site(then()), f"/posts?did={did}")
    assert 'class="did"' not in page


def test_a_busy_archive_is_told_in_words(tmp_path, site):
    site(then())

    def busy():
        raise ArchiveError("The archive is busy with other work. Nothing was changed.")

    client = create_app(archived_office(tmp_path, write=busy)).test_client()
    answer = act(client, "note", 1, note="Rang them.\r\nThey will call.")
    assert (answer.status_code, "busy with other work" in answer.text) == (409, True)
    assert "Rang them.\nThey will call.</textarea>" in answer.text  # what was typed is not lost


def test_one_post_has_a_page_of_its_own_with_all_of_its_text(site):
    long = "word " * 200 + "end of it"
    client = site(then(text=long))
    assert "end of it" not in shown(client)
    assert "end of it" in shown(client, "/posts/1")
    assert client.get("/posts/2").status_code == 404


def signed_in(folder, *posts, role: Role):
    """Return the site as somebody called Sam sees it."""
    accounts = Accounts.open(folder / "access.db")
    for name, least in (("Ann", Role.ADMIN), ("Sam", role)):
        accounts.add(name, least, by="a test", now=NOW)
    client = create_app(filled(folder, *posts), accounts=accounts).test_client()
    client.set_cookie("monitor", accounts.begin(accounts.person("Sam"), "a test", NOW))
    return client


@pytest.mark.heavy
def test_work_is_kept_under_the_name_of_who_did_it_and_on_the_trail(tmp_path):
    client = signed_in(tmp_path, then(), role=Role.EDITOR)
    act(client, "mark:done", 1)
    act(client, "note", 1, note="Rang her")
    assert "Sam, " in shown(client)
    trail = {(line.who, line.what) for line in Accounts.open(tmp_path / "access.db").trail()}
    assert {("Sam", "posts: mark of 1 post"), ("Sam", "posts: note of 1 post")} <= trail


@pytest.mark.heavy
def test_a_viewer_sees_posts_and_neither_notes_nor_forms(tmp_path):
    client = signed_in(tmp_path, then(), role=Role.VIEWER)
    with an_archive(tmp_path) as archive:
        archive.annotations.add_note([1], "For the office only", by="Jo", now=NOW)
        archive.marks.set([1], "done", by="Jo", now=NOW)
    for address in ("/posts", "/posts/1"):
        page = shown(client, address)
        assert "Enough is enough" in page
        assert 'action="/posts/work"' not in page
        assert "For the office only" not in page
    assert act(client, "mark:needs reply", 1).status_code == 403
    events = client.get("/events").text
    assert 'method="post"' not in events[events.index("<main") :]


def test_a_post_lists_where_else_it_is(site):
    author = Author(id="did", handle="anna.bsky.example")
    original = then(id="1", platform="bluesky", author=author)
    copy = then(id="2", copy_of=original.url)
    client = site(original, copy, then(id="3"))
    page = shown(client, "/posts/1")
    assert re.search(
        r'Also on: <a href="/posts/2[^>]*>Mastodon \(<bdi>[^<]+</bdi>\), [^<]+</a>\. Together', page
    )
    assert "anna.bsky.example" in shown(client, "/posts/2")
    assert "Also on" not in shown(client, "/posts/3")
