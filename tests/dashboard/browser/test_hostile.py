"""Texts that mean harm, on every page, in a browser whose policy is off: nothing runs, as all is escaped.

Ten posts a day, each of one such text in all that a platform may say, so that every page of as many
days as it has room for shows each of them. That the policy would stop what is not escaped is a second
wall, not tested here.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from html import unescape
from urllib.parse import quote, unquote, urlencode, urlsplit

import pytest
from lxml import html
from lxml.html import HTMLParser

from dashboard import create_app
from monitor.accounts import Accounts, Role, ShareRequest
from monitor.archive import Archive
from monitor.core.errors import MonitorError
from monitor.core.gazetteer import Borough, Gazetteer, PlacesFile
from monitor.core.model import Author, Media, Metrics, Page, Post, encodable
from tests.builders import a_sentiment
from tests.dashboard.browser.site import NOW, WHOLE, services
from tests.dashboard.reports import served
from tests.export.hostile import hostile, listed

pytestmark = pytest.mark.slow
A_DAY, PARTS = 10, 3  # the biggest five and the latest five, which the overview shows
TEXTS = tuple(dict.fromkeys(encodable(text).replace("\0", " ") for text in hostile()))
DAYS = -(-len(TEXTS) // A_DAY)  # neighbours, often in the same words, which a list folds, on several days
FIRST = NOW.date() - timedelta(days=DAYS - 1)
# Of a whole borough each page of posts lists two hundred places, none of which these texts have a part in.
CAMPAIGN = replace(
    WHOLE, gazetteer=Gazetteer(PlacesFile(borough=(Borough(title="Oxford", towns=("Cowley",)),)))
)
TRACK = CAMPAIGN.tracks[0].name
LISTS = {  # with the days that one page has room for
    "/posts": 1, "/posts?order=biggest": 1, "/people": 5, "/people?by=followers": 5, "/people?by=new": 5,
    "/people?by=thank": 5, "/reports": 3, "/feed.atom": 5, "/api/v1/posts": 3, "/api/v1/report": 3,
}  # fmt: skip
ROWS = {"/posts": '<li id="p', "/people": '<th scope="row">', "/feed.atom": "<entry>"}


def a_bad_post(n: int, text: str) -> Post:
    """Return a post that says this text wherever a platform can say something."""
    short = text[:2000]
    at = datetime.combine(day_of(n), time(12, n // DAYS), UTC)
    return Post(
        platform="mastodon", id=f"{n} {short[:1900]}", url=short, text=text, created_at=at, lang=short[:40],
        author=Author(id=f"a{n}", handle=short, name=short, url=short, followers=n),
        tags=frozenset({short.casefold()}), links=frozenset({short, f"https://e.example/{short[:900]}"}),
        media=frozenset({Media.IMAGE}), metrics=Metrics(likes=A_DAY - n // DAYS),
    )  # fmt: skip


def day_of(n: int) -> date:
    return FIRST + timedelta(days=n % DAYS)


def attempt(act, *words, **more):
    """Do what the program may refuse with a sentence; return whether it did it."""
    try:
        act(*words, **more)
    except MonitorError:
        return 0
    return 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return where an archive and accounts are, full of such texts."""
    folder = tmp_path_factory.mktemp("hostile")
    with Archive.open(folder / "a.db", CAMPAIGN.zone, demo=True) as archive:
        posts = tuple(a_bad_post(n, text) for n, text in enumerate(TEXTS))
        for start in range(0, len(posts), 500):
            some = posts[start : start + 500]
            archive.ingest.save(
                Page(stream=TEXTS[0], posts=some), source="mastodon", track=TRACK,
                scores=[a_sentiment() for _ in some], analyzer="plain", started_at=NOW, now=NOW,
            )  # fmt: skip
        failure = Page(stream="bluesky", outcome="refused", detail=" ".join(TEXTS)[:9000])
        archive.coverage.save_failure(failure, TRACK, started_at=NOW, now=NOW)
        ids = archive.db.execute("SELECT id FROM posts ORDER BY created_at").fetchall()
        written = sum(
            attempt(archive.annotations.add_note, [id], text[:2000], by=text[:40], now=NOW)
            + attempt(archive.events.add, day_of(n), text[:120])
            for n, ((id,), text) in enumerate(zip(ids, TEXTS, strict=True))
        )
    assert written > 1.8 * len(TEXTS)
    return folder


@pytest.fixture(scope="module")
def shares(folder):
    """Return accounts with links and tokens named so, and a link to all that can be shown."""
    accounts = Accounts.open(folder / "access.db")
    made = sum(
        attempt(accounts.share, ShareRequest(name=text[:60]), by=text[:60], now=NOW) for text in TEXTS[::3]
    )
    assert made > len(TEXTS) / 4
    asked = urlencode({"since": FIRST.isoformat(), "until": day_of(DAYS - 1).isoformat()})
    return accounts, accounts.share(
        ShareRequest(name="all", handles=True, texts=True, query=asked), by="Ed", now=NOW
    )


def app_of(folder, accounts=None):
    # of an archive that stays as it is, so that each report is made once
    made = services(folder / "a.db", CAMPAIGN)
    return create_app(replace(made, report=cache(made.report)), accounts=accounts)


@pytest.fixture(scope="module")
def address(folder):
    with served(app_of(folder)) as at:
        yield at


RAN = (
    "window.ran = []; for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = "
    + ("(...said) => { window.ran.push([name, ...said].join(' ')) }")
)
UNFOLD = """() => {
  document.querySelectorAll('details').forEach((one) => { one.open = true });
  for (const chart of document.querySelectorAll('.plot[tabindex]')) {
    chart.focus();
    chart.dispatchEvent(new KeyboardEvent('keydown', {key: 'End', bubbles: true})) } }"""
ODD = """() => {
  const web = (said) => { try { return ['http:', 'https:'].includes(new URL(said, location).protocol) }
    catch { return false } };
  const odd = (one) => [...one.attributes].some(({name, value}) =>
    name.startsWith('on') || name === 'srcdoc' ||
    (['href', 'src', 'action', 'formaction', 'data', 'xlink:href'].includes(name) && !web(value)
      && value !== 'data:,'));
  const odds = [...document.querySelectorAll('*')].filter((one) => odd(one) ||
    ['iframe', 'object', 'embed', 'base', 'marquee', 'math', 'frame', 'applet'].includes(one.localName) ||
    (one.localName === 'script' && !one.src.startsWith(location.origin + '/static/')) ||
    (one.localName === 'meta' && one.httpEquiv));
  return [...(window.ran || []), ...odds.map((one) => one.outerHTML.slice(0, 200))] }"""


class Watched:
    """A page that says of each address what ran, what was odd in it, and who else was asked."""

    def __init__(self, browser, at):
        low = {"width": 1180, "height": 120}  # as all is read and nothing looked at, which takes painting
        self.at, self.context = at, browser.new_context(bypass_csp=True, viewport=low)
        self.page, self.found = self.context.new_page(), []
        self.page.add_init_script(RAN)
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.found.append(str(error)))

    def _dialog(self, dialog):
        self.found.append(f"asked {dialog.message}")
        dialog.dismiss()

    def _request(self, request):
        if urlsplit(request.url).netloc not in (urlsplit(self.at).netloc, ""):
            self.found.append(f"asked {request.url}")

    def see(self, path):
        """Open an address, unfold it, and ask each chart for what a pointer would be told."""
        self.page.goto(self.at + path)
        self.page.evaluate(UNFOLD)
        self.found += self.page.evaluate(ODD)  # by a second call: what unfolds says so a moment later
        if unquote(self.page.url) != unquote(self.at + path):
            self.found.append(f"led from {path} to {self.page.url}")
        return self


@pytest.fixture(scope="module")
def window(browser, address):
    window = Watched(browser, address)
    yield window
    window.context.close()


@pytest.fixture
def watched(window):
    window.found.clear()
    return window


def within(path: str, first: date, days: int) -> str:
    """Return the address of a page for some days."""
    last = first + timedelta(days=days - 1)
    return f"{path}{'&' if '?' in path else '?'}since={first}&until={last}"


def all_days(days: int) -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(0, DAYS, days)]


def test_each_text_is_on_the_pages_that_are_looked_at(folder):
    client = app_of(folder).test_client()

    def pages(path: str) -> list:
        return [client.get(within(path, day, LISTS[path])) for day in all_days(LISTS[path])]

    posts = [post["text"] for page in pages("/api/v1/posts") for post in page.json["posts"]]
    assert sorted(posts) == sorted(TEXTS)
    for path in LISTS:
        if shown := ROWS.get(urlsplit(path).path):
            assert sum(page.text.count(shown) for page in pages(path)) == len(TEXTS)
    for n in range(0, DAYS, 10):
        shown = unescape(client.get(within("/", day_of(n), 1)).text)
        assert [text for text in TEXTS[n::DAYS] if text.strip()[:60] not in shown] == []


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_runs_on_the_overview_of_each_day(watched, part):
    for day in all_days(1)[part::PARTS]:
        watched.see(within("/", day, 1))
    assert watched.found == []


@pytest.mark.parametrize("path", LISTS)
def test_nothing_runs_on_any_list(watched, path):
    for day in all_days(LISTS[path]):
        watched.see(within(path, day, LISTS[path]))
    assert watched.found == []


def test_nothing_runs_where_a_text_is_looked_for(watched):
    for text in TEXTS[::20]:  # and more, without a browser, in the test of addresses below
        watched.see(EMPTY.format(quote(text[:200], safe="")))
    assert watched.found == []


def test_nothing_runs_where_people_are_told_of_links_or_shown_one(browser, folder, shares):
    accounts, slug = shares
    with served(app_of(folder, accounts)) as at:
        watched = Watched(browser, at)
        for path in (f"/s/{slug}", *OTHERS):
            watched.see(path)
        assert watched.found == []
        watched.context.close()


NONE = "/posts?since=2019-01-01&until=2019-01-02"  # days without posts
EMPTY = NONE + "&q={}"
OTHERS = ("/shares", "/team", "/team/trail", "/account", "/settings", "/events", "/places", "/sources")
ASKED = (EMPTY, "/?period={}", "/?track={}", "/?since={}", "/?platform={}", "/posts?tone={}",
         "/posts?after={}", "/posts?author={}", f"{NONE}&place={{}}", "/people?by={}",
         "/takeaway/{}.csv", "/{}", "/s/{}", "/set-up/{}", "/login?next={}", "/posts/{}")  # fmt: skip


OF_ACCOUNTS = ("/s/{}", "/set-up/{}", "/login?next={}")  # there are such pages where there are people
OF_TEXTS = 4  # each address is asked for one text in so many, the next address for the next
KNOWN = ("/", "/posts", "/posts?q=zebra", "/posts/1", "/people", "/nothing")


@pytest.mark.parametrize("path", ASKED)
def test_an_address_of_such_a_text_is_answered_in_our_own_markup_only(folder, tmp_path, path):
    client = app_of(folder).test_client()
    ours = {tag for known in KNOWN for tag in tags(client.get(known))}
    if path in OF_ACCOUNTS:
        accounts = Accounts.open(tmp_path / "access.db")
        accounts.add("Kim", Role.ADMIN, by="test", now=NOW, password="only made up 1828")
        client = app_of(folder, accounts).test_client()
        answer = client.get(path.format("zebra"))
        assert answer.status_code in (200, 410)
        ours |= tags(answer) | tags(client.get("/nothing"))
    some = [quote(text[:200], safe="") for text in TEXTS[ASKED.index(path) % OF_TEXTS :: OF_TEXTS] if text]
    assert {tag for text in some for tag in tags(client.get(path.format(text)))} <= ours


def tags(answer) -> set[str]:
    """Return the tags of a page with the names of what they have, without their texts and values."""
    page = html.document_fromstring(answer.data, HTMLParser(encoding="utf-8"))
    return {
        f"{tag} {' '.join(sorted(keys))}" for tag, *keys in {(tag.tag, *tag.keys()) for tag in page.iter()}
    }


def test_control_unescaped_texts_run(browser, folder):
    app = app_of(folder)
    app.jinja_env.autoescape = False
    with served(app) as at:
        watched = Watched(browser, at)
        for day in all_days(3)[:4]:
            watched.see(within("/posts", day, 3))
        assert any(said.startswith("alert") for said in watched.found)
        assert any("<script>" in said for said in watched.found)
        watched.context.close()


def test_control_markup_of_others_is_told_from_ours(folder):
    app = app_of(folder)
    app.jinja_env.autoescape = False
    client = app.test_client()
    assert not tags(client.get(EMPTY.format("<b+onclick=x()>"))) <= tags(client.get("/posts"))


def test_control_a_link_that_is_none_is_seen(browser, folder):
    app = app_of(folder)
    app.jinja_env.filters["link"] = lambda said: said
    day = day_of(next(n for n, text in enumerate(TEXTS) if text.startswith("mailto:")))
    with served(app) as at:
        watched = Watched(browser, at).see(within("/posts", day, 1))
        assert any('href="mailto:' in said for said in watched.found)
        watched.context.close()


def test_the_public_lists_are_among_the_texts():
    if not listed():
        pytest.skip("shared/data/hostile is not beside the repository; our own texts are used alone")
    assert len(TEXTS) > 900
