"""What a link shows to those without an account, and what it never shows."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard import create_app
from dashboard.pages.charts import finding
from dashboard.share.redact import redact
from monitor.accounts import Role, ShareRequest
from monitor.report import ShownPerson, Term
from monitor.report.anonymise import without_names
from monitor.report.story import headline
from tests.dashboard.access.conftest import CAMPAIGN
from tests.dashboard.reports import NOW, a_post, a_report, changed, some_services

NAMED = a_post(handle="@canary", name="Canary Bird", url="https://x.example/canary/1",
               text="Thanks @canary@mas.to and https://x.example/canary for Dagenham")  # fmt: skip
UPSETTING = a_post(id=5, text="Someone should shoot that MP")
REPORT = changed(
    a_report(),
    top=(NAMED,),
    latest=(NAMED, UPSETTING),
    links=(Term(term="https://x.example/canary", posts=3),),
    top_people=(
        ShownPerson(platform="x", url="https://x.example/canary", handle="@canary", name="Canary Bird",
                    followers=1, posts=1, engagement=1, is_new=True),
    ),
)  # fmt: skip


@pytest.fixture
def shown(site):
    """Return a function that shares something and returns what a stranger is shown."""
    site.app = create_app(
        some_services(REPORT, campaign=CAMPAIGN, now=lambda: site.now), accounts=site.accounts
    )

    def stranger(**wanted):
        slug = site.accounts.share(ShareRequest(**{"name": "the MP"} | wanted), by="Ed", now=NOW)
        client = site.app.test_client()
        client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
        return client.get(f"/s/{slug}")

    return stranger


def test_a_stranger_sees_the_numbers_and_no_name_no_text_no_way_on(shown):
    answer = shown()
    assert answer.status_code == 200
    assert "26 October to 22 November 2026" in answer.text
    assert not re.search("(?i)canary|dagenham", answer.text)
    assert "Add X_BEARER_TOKEN" not in answer.text
    links = re.findall(r'<a [^>]*href="([^"]*)"', answer.text)
    assert links == ["#main", "/privacy"]
    assert "<form" not in answer.text


def test_with_texts_the_names_in_them_are_gone(shown):
    text = shown(texts=True).text
    assert "Thanks @… and [link] for Dagenham" in text
    assert not re.search("(?i)canary", text)


def test_words_that_may_be_upsetting_are_shut_for_strangers_too(shown):
    text = shown(texts=True).text
    assert text.count("This may be upsetting: show") == 1
    assert text.index("This may be upsetting") < text.index("shoot that MP")


def test_with_names_they_are_shown(shown):
    # The control of both tests above.
    text = shown(texts=True, handles=True).text
    assert "@canary" in text
    assert "https://x.example/canary/1" in text


def test_one_chart_is_one_chart(shown):
    text = shown(shows="tone").text
    assert re.findall(r'<figure[^>]* id="([\w-]+)"', text) == ["tone-figure"]
    assert "People posting" not in text


@pytest.mark.heavy
def test_a_link_shows_its_own_days(shown, site):
    site.app = create_app(some_services(campaign=CAMPAIGN), accounts=site.accounts)
    assert "16 to 22 November 2026" in shown(query="period=week").text


def test_a_link_to_a_track_that_is_gone_has_ended(shown):
    answer = shown(query="track=gone")
    assert (answer.status_code, "no longer works" in answer.text) == (410, True)


@pytest.mark.heavy
def test_an_unknown_an_ended_and_a_revoked_link_say_the_same(shown, site):
    slug = site.accounts.share(ShareRequest(name="x", days=1), by="Ed", now=NOW)
    client = site.app.test_client()
    assert client.get(f"/s/{slug}").status_code == 200
    site.later(days=1)
    ended, unknown = client.get(f"/s/{slug}"), client.get("/s/unknown")
    assert ended.status_code == unknown.status_code == 410
    assert ended.text == unknown.text


def test_no_search_engine_keeps_it_and_no_site_embeds_it(shown):
    headers = shown().headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


@pytest.mark.heavy
def test_only_the_sites_that_were_named_embed_it(shown):
    policy = shown(sites=("https://example.org", "https://b.example")).headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors https://example.org https://b.example")
    assert policy.startswith("default-src 'none'")
    assert shown().headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


@pytest.fixture
def public(site):
    """Return a function that shares something where others can open it, and returns a stranger's browser."""
    digest = replace(CAMPAIGN.digest, address="https://monitor.example.org/")
    campaign = replace(CAMPAIGN, digest=digest)
    site.app = create_app(
        some_services(REPORT, campaign=campaign, now=lambda: site.now), accounts=site.accounts
    )

    def share(shows="overview"):
        slug = site.accounts.share(ShareRequest(name="the MP", shows=shows), by="Ed", now=NOW)
        return site.app.test_client(), f"/s/{slug}"

    return share


def test_a_link_that_others_can_open_has_a_picture_with_hashtag_week_and_headline(public):
    client, path = public()
    said = dict(re.findall(r'property="og:(\w+)" content="([^"]*)"', client.get(path).text))
    assert said["image"] == f"https://monitor.example.org{path}/preview.png"
    assert said["title"].startswith("#CallingTimeOnCrime: ")
    assert said["description"] == "26 October to 22 November 2026"


@pytest.mark.parametrize("shows", ["overview", "activity"])
def test_the_preview_of_one_chart_has_its_title_and_not_the_headline(public, monkeypatch, shows):
    drawn = []
    monkeypatch.setattr("dashboard.share.page.png", lambda svg, width: drawn.append(svg) or b"png")
    client, path = public(shows)
    [said] = re.findall('property="og:title" content="([^"]*)"', client.get(path).text)
    client.get(f"{path}/preview.png")
    told = f"{said} {' '.join(re.findall('<text[^>]*>([^<]*)<', drawn[0]))}"
    assert (headline(REPORT).answer[:20] in told) == (shows == "overview")
    assert (finding(REPORT) in told) == (shows == "activity")


def test_a_link_that_opens_on_this_computer_only_names_no_picture(shown):
    assert "og:image" not in shown().text


def test_the_picture_names_nobody_and_is_kept_nowhere(public, monkeypatch):
    drawn = []
    monkeypatch.setattr("dashboard.share.page.png", lambda svg, width: drawn.append(svg) or b"png")
    client, path = public("activity")
    answer = client.get(f"{path}/preview.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search("(?i)canary|dagenham", drawn[0])
    assert "#CallingTimeOnCrime" in drawn[0]


@pytest.mark.parametrize("shows", ["tone", "hours"])
def test_the_picture_is_only_of_what_was_shared(public, shows):
    client, path = public(shows)
    assert client.get(f"{path}/preview.png").status_code == 410
    assert "og:image" not in client.get(path).text


def test_a_link_that_has_ended_has_no_picture(public, site):
    client, path = public()
    site.later(days=60)
    assert client.get(f"{path}/preview.png").status_code == 410


def test_an_editor_makes_a_link_and_ends_it(site):
    editor = site.browser(Role.EDITOR)
    form = {"name": "the MP", "shows": "overview", "period": "week", "days": "14", "sites": ""}
    made = editor.post("/shares?platform=bluesky", data=form)
    path = re.search(r"http://localhost(/s/[\w-]{22})", made.text)[1]
    [share] = site.accounts.shares()
    assert (share.query, share.made_by) == ("platform=bluesky&period=week", "Ed")
    assert share.expires_at == NOW + timedelta(days=14)
    assert site.browser().get(path).status_code == 200
    assert path not in editor.get("/shares").text
    done = editor.post(f"/shares/{share.id}/revoke")
    assert "The link has been ended." in editor.get(done.location).text
    assert site.browser().get(path).status_code == 410
    assert editor.post("/shares/99/revoke").status_code == 422


@pytest.mark.parametrize(
    ("address", "host", "link", "is_said"),
    [
        ("http://localhost:8000", "localhost", "http://localhost/s/", True),
        ("http://localhost:8000", "127.0.0.1:8731", "http://127.0.0.1:8731/s/", True),
        ("http://localhost:8000", "office.example", "http://office.example/s/", False),
        ("https://office.example/", "127.0.0.1", "https://office.example/s/", False),
    ],
    ids=["this computer", "by its number", "asked for by a name", "a name in the campaign file"],
)
def test_of_a_link_that_opens_nowhere_else_that_is_said(site, address, host, link, is_said):
    campaign = replace(CAMPAIGN, digest=replace(CAMPAIGN.digest, address=address))
    site.app = create_app(
        some_services(REPORT, campaign=campaign, now=lambda: site.now),
        accounts=site.accounts, hosts={"localhost", "127.0.0.1", "office.example"},
    )  # fmt: skip
    form = {"name": "the MP", "shows": "overview", "period": "week", "days": "14", "sites": ""}
    session = site.accounts.begin(site.person(Role.EDITOR), "Firefox", NOW)
    made = site.app.test_client(use_cookies=False).post(
        "/shares", data=form, base_url=f"http://{host}", headers={"Cookie": f"monitor={session}"}
    ).text  # fmt: skip
    assert re.search(re.escape(link) + r"[\w-]{22}", made)
    assert ("It opens on this computer only." in made) == is_said


def test_a_link_that_cannot_be_made_keeps_what_was_typed(site):
    form = {"name": "the MP", "shows": "tone", "period": "week", "days": "many", "sites": "x", "texts": "on"}
    answer = site.browser(Role.EDITOR).post("/shares", data=form)
    assert answer.status_code == 422
    assert "1 to 366 days" in answer.text
    assert 'value="the MP"' in answer.text
    assert '<option value="tone" selected>' in answer.text
    assert 'name="texts" checked' in answer.text


def test_chosen_dates_can_be_shared(site):
    editor = site.browser(Role.EDITOR)
    assert "Other dates" not in editor.get("/shares").text
    query = "since=2026-11-01&until=2026-11-08"
    assert '<option value="dates" selected>' in editor.get(f"/shares?{query}").text
    form = {"name": "x", "shows": "overview", "period": "dates", "days": "1"}
    editor.post(f"/shares?{query}", data=form)
    assert site.accounts.shares()[0].query == query


def test_hiding_leaves_the_numbers():
    hidden = redact(REPORT)
    assert (hidden.posts, hidden.days, hidden.tags, hidden.tones) == (
        REPORT.posts, REPORT.days, REPORT.tags, REPORT.tones,
    )  # fmt: skip
    assert redact(REPORT, handles=True, texts=True).top == REPORT.top


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ask @Jo_Smith.bsky.social now", "ask @… now"),
        ("@a@mas.to @b", "@… @…"),
        ("see www.x.com/jo and HTTPS://x.com/jo!", "see [link] and [link]"),
        ("60 at 9 o'clock", "60 at 9 o'clock"),
        ("@ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ 问@王小明 吧", "@… ਸਿੰਘ 问@… 吧"),
        (r"thanks u/jo_7, /u/al and u/a\_b", "thanks @…, @… and @…"),
        ("＠ｊｏ &#64;jo @\u200bjo @j\u200bo", "@… @… @… @…"),
        ("mail jo.a@mas.to, acct:jo@mas.to", "mail @…, acct:@…"),
        ("twitter.com/jo jo.blogs.example did:plc:abc at://did:plc:abc/x", "[link] [link] [link] [link]"),
        (
            "and/or 24/7, 1.2.2026 e.g. U.S. enough.Stop £1,000.50",
            "and/or 24/7, 1.2.2026 e.g. U.S. enough.Stop £1,000.50",
        ),
    ],
)
def test_names_and_addresses_go_from_a_text(text, left):
    assert without_names(text) == left


@pytest.mark.parametrize("sign", ["a", "@", "a.", "a@", "u/", "x/"])
def test_a_long_text_of_signs_loses_its_names_in_a_moment(sign):
    without_names(sign * 40_000)
