"""The share kit is kept by editors, and taken by everybody where an admin opened it, without a cookie."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from lxml import html

from dashboard import create_app, kit
from monitor.accounts import Accounts, Role
from monitor.campaign import Dissolution, KitSettings
from monitor.kit import PICTURES, KitItem
from monitor.report.build import build
from tests.dashboard.archived import THEN, an_archive, archived_office, filled, then
from tests.dashboard.reports import CAMPAIGN

pytestmark = pytest.mark.heavy

TEXT = "Our streets deserve more police officers. Add your name to ours before Friday, and tell a neighbour."
PETITION = "https://petition.example/sign"
PNG = PICTURES[0] + bytes(30)
OPEN = replace(CAMPAIGN, kit=KitSettings(public=True, imprint="Promoted by Jo Example, RM10 1AA"))


def office(folder, campaign=CAMPAIGN, **changes):
    def report(choice):
        with services.read() as archive:
            return build(archive, campaign, choice.window, now=THEN, sources=(), track=choice.track)

    services = archived_office(folder, report=report, campaign=campaign, **changes)
    return services


@pytest.fixture
def site(tmp_path):
    filled(tmp_path, then(text=TEXT), then(id="2", by="bob", text="Why so few on our streets?"))
    return create_app(office(tmp_path, now=lambda: THEN)).test_client()


def save(site, **fields):
    answer = site.post("/share-kit", data={"act": "save"} | fields, content_type="multipart/form-data")
    return answer.status_code, words(answer.text)


def words(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)))


@pytest.fixture
def stranger(tmp_path):
    """Return a function that gives somebody without an account, elsewhere."""

    def client(campaign=OPEN):
        accounts = Accounts.open(tmp_path / "access.db")
        if not accounts.anyone():
            accounts.add("Ann", Role.ADMIN, by="a test", now=THEN, password="three odd words")
        client = create_app(office(tmp_path, campaign, now=lambda: THEN), accounts=accounts).test_client()
        client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
        return client

    with an_archive(tmp_path) as archive:
        archive.kit.save(KitItem(words=TEXT, address=PETITION), THEN)
        archive.kit.save(KitItem(alt="612 officers, then 441", address=PETITION, code="a3"), THEN, PNG)
        archive.kit.save(KitItem(words="Not any more, please, thank you."), THEN)
        archive.kit.retire(3, 1, THEN)
    return client


def test_what_is_added_is_counted_in_posts_of_before_and_its_numbers_open_them(site):
    assert save(site, words=TEXT, address=PETITION)[0] == 303
    page = site.get("/share-kit").text
    counts = "1 pass the kit on word for word, 0 with changes, 1 in their own words."
    assert f"2 posts, 16 to 22 November 2026: {counts}" in words(page)
    assert page.index('class="card kit"') < page.index(
        "What people did with it"
    )  # what is to be passed on first
    texts = [site.get(f"/posts?kit={how}").text for how in ("exact", "own")]
    assert [("Add your name" in text, "Why so few" in text) for text in texts] == [
        (True, False),
        (False, True),
    ]
    assert 'href="/posts?kit=exact"' in page
    assert site.get("/posts?kit=all").status_code == 400
    assert site.get("/posts?kit=own&amp;tone=positive".replace("&amp;", "&")).status_code == 400


def test_an_item_is_edited_and_retired_and_two_who_edit_at_once_are_told(site):
    save(site, words=TEXT)
    assert save(site, id="1", version="1", words=TEXT + " Today.")[0] == 303
    status, page = save(site, id="1", version="1", words="Mine, not yours, says the other.")
    assert (status, "Somebody else edited or retired this" in page) == (400, True)
    assert "Mine, not yours" in page
    assert "Code v2, version 2" in words(site.get("/share-kit").text)
    site.post("/share-kit", data={"act": "retire", "id": "1", "version": "2"})
    page = words(site.get("/share-kit").text)
    assert "Nothing is suggested yet." in page
    assert "1 pass the kit on word for word" in page
    assert "No longer suggested: 2 versions" in page
    assert re.search(r"Code v1, version 1, until [0-9]+ [A-Z][a-z]+ 20[0-9]+: 1 post on these dates", page)
    assert site.post("/share-kit", data={"act": "restore", "id": "1", "version": "1"}).status_code == 303
    page = words(site.get("/share-kit?did=restore").text)
    assert "It is back in the kit." in page
    assert "1 post on these dates. Code v1, version 1." in page
    assert "No longer suggested: 1 version" in page


def test_who_brings_a_text_back_does_not_end_one_that_somebody_edited_meanwhile(site):
    save(site, words=TEXT)
    save(site, id="1", version="1", words=TEXT + " Today.")
    form = next(
        dict(form.form_values())
        for form in html.fromstring(site.get("/share-kit").text).forms
        if "seen" in form.fields
    )
    save(site, id="1", version="2", words="What a colleague wrote in the meantime.")
    answer = site.post("/share-kit", data=form | {"act": "restore"})
    assert (answer.status_code, "Somebody else edited or retired this" in answer.text) == (400, True)
    assert "Code v3, version 3" in words(site.get("/share-kit").text)
    assert site.post("/share-kit", data=form | {"act": "restore", "seen": "3"}).status_code == 303


@pytest.mark.parametrize("item", ["", "1"], ids=["something else", "another version"])
def test_what_is_wrong_with_an_item_stands_in_its_own_form_with_what_was_typed(site, item):
    save(site, words=TEXT)
    typed = {"act": "save", "words": "Sign it", "address": "example.org/sign", "id": item, "version": item}
    page = html.fromstring(site.post("/share-kit", data=typed).text)
    [form] = [form for form in page.forms if form.xpath(".//*[@autofocus]")]
    assert form.fields.get("id", "") == item
    assert (form.fields["words"].strip(), form.fields["address"]) == ("Sign it", "example.org/sign")
    says = "Give an address as https://example.org, or none. Nothing was changed."
    assert [slip.text for slip in form.find_class("slip")] == [says]
    assert [link.get("href") for link in page.xpath("//*[@role='alert']/a")] == ["#wrong"]
    assert not site.get("/share-kit").text.count("autofocus")  # the control


def test_a_picture_is_kept_with_its_description_and_reminds_of_the_imprint(site, monkeypatch):
    monkeypatch.setattr(kit, "_MOST_BYTES", 4_000)
    assert save(site, picture=(BytesIO(PNG), "a.png"))[0] == 400
    assert save(site, alt="A chart", picture=(BytesIO(b"<svg onload=alert(1)>"), "a.png"))[0] == 400
    assert save(site, alt="A chart", picture=(BytesIO(PNG + bytes(5_000)), "a.png"))[0] == 413
    assert save(site, alt="A chart", picture=(BytesIO(PNG), "a.png"))[0] == 303
    assert "The picture has no imprint." in site.get("/share-kit").text
    answer = site.get("/kit/1-1")
    assert (answer.data, answer.mimetype) == (PNG, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    save(site, id="1", version="1", alt="A chart", imprint="yes")
    assert site.get("/kit/1-2").data == PNG
    assert "The picture has no imprint." not in site.get("/share-kit").text


def test_the_public_page_is_closed_until_an_admin_opens_it_and_once_parliament_is_dissolved(stranger):
    closed = stranger(CAMPAIGN)
    assert [closed.get(path).status_code for path in ("/kit", "/kit/2-1")] == [404, 404]
    assert closed.get("/share-kit").status_code == 303
    dissolved = replace(OPEN, dissolution=Dissolution(day=THEN.date()))
    assert [stranger(dissolved).get(path).status_code for path in ("/kit", "/kit/2-1")] == [410, 404]


def test_a_picture_that_was_edited_or_retired_is_the_offices_only(stranger, tmp_path):
    client = stranger()
    with an_archive(tmp_path) as archive:
        archive.kit.save(replace(archive.kit.current()[1], code="a4"), THEN, PNG)
    assert [client.get(f"/kit/2-{version}").status_code for version in (1, 2)] == [404, 200]
    with an_archive(tmp_path) as archive:
        archive.kit.retire(2, 2, THEN)
    assert client.get("/kit/2-2").status_code == 404
    at_the_office = create_app(office(tmp_path, OPEN, now=lambda: THEN)).test_client()
    assert [at_the_office.get(f"/kit/2-{version}").status_code for version in (1, 2)] == [200, 200]


def test_strangers_get_texts_links_and_pictures_and_neither_a_cookie_nor_a_script_of_others(stranger):
    client = stranger()
    answers = [client.get(path) for path in ("/kit", "/kit/2-1", "/kit?server=mastodon.example")]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert all("Set-Cookie" not in answer.headers for answer in answers)
    page = answers[0].text
    assert re.findall(r"<script src=\"([^\"?]*)", page) == ["/static/copy.js"]
    assert "Not any more" not in page
    assert "Promoted by Jo Example, RM10 1AA" in page
    assert "pass the kit on word for word" not in page
    assert "No longer suggested" not in page
    assert "Counts are of" not in page
    assert "What five people or more" not in page
    encoded = "https%3A%2F%2Fpetition.example%2Fsign%3Fs%3Dkit-bluesky-v1%26utm_source%3Dkit-bluesky-v1"
    assert 'href="https://bsky.app/intent/compose?text=Our%20streets' in page
    assert encoded in page
    assert "s=kit-copy-a3" in page


def test_what_supporters_see_is_numbered_from_one_whatever_was_retired(stranger, tmp_path):
    client = stranger()
    with an_archive(tmp_path) as archive:
        archive.kit.retire(1, 1, THEN)
    assert re.findall(r"<h2[^>]*>(\d+)\. ([^<]{3})", client.get("/kit").text) == [("1", "612")]


def test_mastodon_opens_on_the_server_that_is_named_and_on_nothing_else(stranger):
    client = stranger()
    assert "/share?text=" not in client.get("/kit").text
    for server in (
        "Mas.Example",
        "https://mas.example",
        "mas.example/about",
        "@jo@mas.example",
        "https://mas.example/@jo",
    ):
        page = client.get("/kit", query_string={"server": server}).text
        assert 'href="https://mas.example/share?text=Our' in page, server
    for server in (
        "https://",
        "mas.example:80@evil",
        "javascript:alert(1)",
        "localhost",
        "mas.example?x",
        "[::1]",
    ):
        assert "/share?text=" not in client.get("/kit", query_string={"server": server}).text, server


def test_the_same_words_by_many_are_evidence_for_editors_without_names_of_what_they_are(tmp_path):
    same = "They promised us officers and gave us cameras nobody watches."
    posts = [
        then(id=f"s{n}", by=f"s{n}", text=same, created_at=THEN - timedelta(minutes=9 * n)) for n in range(5)
    ]
    filled(tmp_path, *posts)
    page = create_app(office(tmp_path, now=lambda: THEN)).test_client().get("/share-kit").text
    assert "5 people within 36 minutes on Mastodon; 5 accounts new here." in words(page)
    assert re.search(r'href="/posts\?like=[0-9]+"', page)
    assert not re.search("(?i)bots?\\b|coordinat|inauthentic|s0@example", page)
