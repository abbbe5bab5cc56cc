"""The page of themes: kept, changed, merged and dropped by editors; names and numbers only for the others."""

import re
from datetime import date
from html import unescape

import pytest

from dashboard import create_app
from dashboard.pages import themes
from monitor.archive.values import ReadWeek, Suggestion
from monitor.core.errors import ArchiveError
from monitor.report import ThemeCount, Usual
from monitor.report.build import build
from tests.dashboard.archived import THEN, TRACK, an_archive, archived_office, filled, then
from tests.dashboard.reports import CAMPAIGN

pytestmark = pytest.mark.heavy


@pytest.fixture
def site(tmp_path):
    office = filled(
        tmp_path, then(text="Where is the stall?"), then(id="2", by="bob", text="Sign the petition")
    )

    def report(choice):
        with office.read() as archive:
            return build(archive, CAMPAIGN, choice.window, now=THEN, sources=(), track=choice.track)

    return create_app(archived_office(tmp_path, report=report)).test_client()


def keep(site, name: str = "Stalls", words: str = "stall\nstalls", **more):
    return site.post("/themes", data={"act": "save", "name": name, "words": words, "without": ""} | more)


def look_again(tmp_path) -> None:
    with an_archive(tmp_path) as archive:
        for _ in archive.theme_tags.update(*archive.themes.search()):
            pass


def text(site, path: str = "/themes") -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", site.get(path).text)))


def test_without_a_theme_the_page_says_what_one_is_for(site):
    assert "No theme is kept yet. Keep one below" in text(site)


def test_a_theme_of_a_small_archive_has_its_posts_at_once(site):
    assert keep(site).location == "/themes?did=save"
    assert "1 post of the theme Stalls" in text(site, "/themes?did=save")


def test_a_theme_is_kept_and_leads_to_its_posts(site, tmp_path, monkeypatch):
    monkeypatch.setattr(themes, "_AT_ONCE", 0)
    keep(site)
    assert "Still looking through older posts" in text(site, "/themes?did=save")
    assert "theme: Stalls (still looking through older posts)" in text(site, "/posts?theme=1")
    look_again(tmp_path)
    assert "1 post of the theme Stalls" in text(site)
    posts = text(site, "/posts?theme=1")
    assert "Where is the stall?" in posts
    assert "Sign the petition" not in posts
    assert "theme: Stalls ×" in posts


def test_other_programs_ask_for_the_posts_of_a_theme(site):
    keep(site)
    answer = site.get("/api/v1/posts?theme=1").json
    assert [post["text"] for post in answer["posts"]] == ["Where is the stall?"]
    assert "Where is the stall?" in site.get("/feed.atom?theme=1").text
    assert "Sign the petition" not in site.get("/feed.atom?theme=1").text
    assert "theme=1" in site.get("/themes").text


def test_what_a_week_suggests_is_kept_with_its_words(site, tmp_path):
    stalls = Suggestion(words=("stall", "the stall"), people=4, posts=(1,))
    sheets = Suggestion(words=("",), people=3, posts=(2,))
    with an_archive(tmp_path) as archive:
        week, found = ReadWeek(read=2, unread=0), {"theme": [stalls], "question": [sheets]}
        archive.suggestions.save(TRACK, date(2026, 11, 16), week, found, state="then")
    assert (
        "New this week “stall” 4 people, 1 post Where is the stall? Its words: stall, the stall Keep"
        in text(site)
    )
    assert "What people ask 3 people ask the same question" in text(site)
    page = site.get("/themes").text
    fields = dict(re.findall(r'<input type="hidden" name="(name|words)" value="([^"]*)">', page))
    assert fields == {"name": "stall", "words": "stall\nthe stall"}
    keep(site, **fields)
    assert "1 post of the theme stall" in text(site)
    change = {"id": "1", "version": "1", "name": "Our stalls", "words": "stall"}
    assert site.post("/themes", data=change | {"act": "save"}).location == "/themes?did=change"
    assert "“stall”" not in text(site)
    assert "New themes are found for whole weeks" not in text(site)
    for days in ("period=campaign", "since=2026-11-09&until=2026-11-15"):
        page = text(site, f"/themes?{days}")
        assert "New this week" not in page
        assert "New themes are found for whole weeks" in page


def test_a_theme_is_changed_merged_and_dropped(site, tmp_path):
    keep(site)
    keep(site, "Petition", "petition")
    change = {"id": "1", "version": "1", "name": "Our stalls", "words": "stalls"}
    assert site.post("/themes", data=change | {"act": "save"}).location == "/themes?did=change"
    assert "Our stalls" in text(site)
    merge = {"act": "merge", "id": "1", "version": "2", "into": "2"}
    assert site.post("/themes", data=merge).location == "/themes?did=merge&id=1&version=3&into=2"
    assert "Our stalls" not in text(site)
    look_again(tmp_path)
    assert "1 post of the theme Petition" in text(site)
    drop = {"act": "drop", "id": "2", "version": "2", "into": "1"}
    assert site.post("/themes", data=drop).location == "/themes?did=drop&id=2&version=3&into=0"
    assert "No theme is kept yet" in text(site)
    assert "theme: not kept any more" in text(site, "/posts?theme=2")


@pytest.mark.parametrize("act", ["drop", "merge"])
def test_one_click_brings_back_what_another_took(site, act):
    keep(site)
    keep(site, "Petition", "petition")
    before = re.sub(r"Merge .*? Merge", "", text(site))
    answer = site.post("/themes", data={"act": act, "id": "1", "version": "1", "into": "2"})
    page = site.get(answer.location).text
    form = re.search(r'<form class="did".*?</form>', page, re.DOTALL)[0]
    fields = dict(re.findall(r'name="(\w+)" value="(\w+)"', form))
    assert fields["act"] == "undo"
    assert "1 post of the theme Stalls" not in text(site)
    assert site.post("/themes", data=fields).location == "/themes?did=undo"
    assert re.sub(r"Merge .*? Merge", "", text(site)) == before
    assert "cannot be undone" in site.post("/themes", data=fields).text


def test_what_somebody_else_did_meanwhile_is_not_overwritten_and_what_was_typed_stays(site):
    keep(site)
    first = {"act": "save", "id": "1", "version": "1", "name": "Ann’s", "words": "stall"}
    site.post("/themes", data=first)
    answer = site.post("/themes", data=first | {"name": "Bob’s", "words": "table"})
    assert answer.status_code == 400
    assert "Somebody else has changed or dropped this theme" in answer.text
    assert 'value="Bob’s"' in answer.text
    assert "<h3>Ann’s</h3>" in answer.text
    site.post("/themes", data={"act": "drop", "id": "1", "version": "2"})
    answer = site.post("/themes", data=first | {"name": "Bob’s"})
    assert 'value="Bob’s"' in answer.text  # to be kept as another one


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"act": "save", "name": "", "words": "stall"}, "A theme needs a name"),
        ({"act": "save", "name": "<b>", "words": "?"}, "Use at most 50 words"),
        ({"act": "merge", "id": "7", "version": "1", "into": "8"}, "Choose another theme"),
        ({"act": "burn"}, "That cannot be done to a theme"),
        ({}, "That cannot be done to a theme"),
    ],
    ids=["no name", "no word", "no theme", "no act", "nothing"],
)
def test_a_slip_is_told_and_changes_nothing(site, data, says):
    answer = site.post("/themes", data=data)
    assert (answer.status_code, says in answer.text, "<b>&" in answer.text) == (400, True, False)
    assert "No theme is kept yet" in text(site)


def test_markup_in_a_theme_is_shown_as_text(site):
    keep(site, "<i>Stalls</i>", "</textarea><script>")
    page = site.get("/themes").text
    assert "<i>" not in page
    assert "<script>alert" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page


def test_the_days_on_which_its_words_changed_are_told(site, tmp_path):
    keep(site)
    with an_archive(tmp_path) as archive:
        archive.themes.save("Stalls", "table", "", THEN.replace(day=12), theme=1, version=1)
    assert "Its words changed on Thursday 12 November; all weeks are counted with the new ones." in text(site)


@pytest.mark.parametrize(
    ("days", "bars", "first"),
    [
        ("since=2026-11-16&until=2026-11-22", 9, "21 September 2026"),
        ("since=2026-11-09&until=2026-11-22", 2, "9 November 2026"),
        ("since=2026-10-24&until=2026-11-22", 4, "26 October 2026"),
        ("since=2022-01-01&until=2026-11-22", 104, "25 November 2024"),
        ("since=2026-11-10&until=2026-11-22", 0, ""),
        ("since=2026-11-19&until=2026-11-19", 0, ""),
    ],
    ids=["a week", "two", "four, and two days", "very many", "not two", "a day"],
)
def test_a_theme_has_a_bar_and_a_row_for_each_week(site, days, bars, first):
    keep(site)
    page = site.get(f"/themes?{days}").text
    spark, rows = page.partition('class="spark"')[2].partition("</svg>")[0], page.partition("<tbody>")[2]
    assert all(float(width) > 0 for width in re.findall(r' width="([-0-9.]+)%"', spark))
    assert (spark.count("<rect"), rows.count('<th scope="row">')) == (bars, bars)
    assert f'<th scope="row">{first}</th>' in rows or not bars
    assert ("Choose a week or more to see bars." in page) == (not bars)


@pytest.mark.parametrize(
    ("posts", "finished", "words"),
    [
        (30, 30, "more than usual (12 to 20)"),
        (2, 2, "fewer than usual (12 to 20)"),
        (15, 15, "as usual (12 to 20)"),
        (31, 30, "more than usual (12 to 20) up to yesterday"),
        (None, None, ""),
    ],
    ids=["more", "fewer", "as usual", "a running week", "not known"],
)
def test_the_usual_is_told_where_it_is_known(posts, finished, words):
    usual = Usual(median=15, low=12, high=20, weeks=8)
    theme = ThemeCount(key="1", title="x", posts=posts, weeks=(), finished=finished, usual=usual, changes=())
    assert themes._beside(theme) == words


def test_few_posts_are_never_called_more(site):
    usual = Usual(median=0, low=0, high=1, weeks=8)
    theme = ThemeCount(key="1", title="x", posts=5, weeks=(), finished=5, usual=usual, changes=())
    assert themes._beside(theme) == "usually 0 to 1"


def test_a_theme_is_kept_though_its_older_posts_cannot_be_looked_through_now(site, monkeypatch):
    def busy(tags, find, version):
        raise ArchiveError("The archive is busy with other work.")

    monkeypatch.setattr("monitor.archive.posts.term_tags.TermTags.update", busy)
    assert keep(site).location == "/themes?did=save"
    assert "Stalls Still looking through older posts" in text(site)
