"""The week in a real browser, with a whole made-up campaign: what is seen at once, and what it costs."""

import gzip
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from dashboard import create_app
from monitor.archive import Archive
from monitor.core.model import Tone
from monitor.demo import fill
from tests.builders import a_sentiment
from tests.dashboard.browser.site import NOW, WHOLE, Plain, services
from tests.dashboard.reports import served

LAPTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
HEIGHT = "document.documentElement.scrollHeight"
BOTTOM = "(which) => Math.round(document.querySelector(which).getBoundingClientRect().bottom)"
RIGHT = """one => Math.max(...[one, ...one.querySelectorAll(':not(.vh)')].map(
  (part) => part.getBoundingClientRect().right))"""
STATIC = Path(__file__).parents[3] / "dashboard/static"
OTHERS = (
    "/posts", "/posts?period=campaign&order=biggest", "/people", "/people?period=campaign", "/places",
    "/outcomes",
    "/events", "/explore", "/reports", "/sources", "/settings", "/methods", "/tone", "/missing",
    "/by-hand", "/bring-a-file", "/reports/mail",
)  # fmt: skip


class Mixed(Plain):
    """Scores texts by their length, so that each tone comes up."""

    def score(self, text: str, lang: str | None = None):
        return a_sentiment([*Tone][len(text) % 4])


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Return the services of a whole demo, on its own archive."""
    path = tmp_path_factory.mktemp("week") / "demo.db"
    with Archive.open(path, WHOLE.zone, demo=True) as archive:
        fill(archive, WHOLE, Mixed(), NOW, posts=1500)
        today = NOW.astimezone(WHOLE.zone).date()
        ids = [
            post.id for post in archive.posts.newest(archive.stats.scope(WHOLE.tracks[0].name, today, today))
        ]
        archive.marks.set(ids[-1:], "needs reply", by="Jo", now=NOW)
    return services(path)


@pytest.fixture(scope="module")
def address(office):
    with served(create_app(office)) as at:
        yield at


@pytest.fixture
def sized(browser, address):
    """Return a function that opens a page in a window of this size."""
    contexts = []

    def opened(path, size, **how):
        contexts.append(browser.new_context(viewport=size, **how))
        page = contexts[-1].new_page()
        page.goto(address + path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("size", "most"), [(LAPTOP, 1700), (PHONE, 3000)], ids=["laptop", "phone"])
def test_the_week_is_short(sized, size, most):
    assert sized("/", size).evaluate(HEIGHT) <= most


@pytest.mark.parametrize(("size", "most"), [(LAPTOP, 900), (PHONE, 844)], ids=["laptop", "phone"])
def test_headline_chart_and_the_first_thing_to_do_are_seen_at_once(sized, size, most):
    page = sized("/", size)
    places = [page.evaluate(BOTTOM, which) for which in (".lead h2", ".main svg.chart", ".todo h3")]
    assert max(places) <= most
    if size is PHONE:
        assert sorted(places) == places


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("path", ["/", "/outcomes"])
def test_a_phone_shows_every_outcome_without_scrolling_aside(sized, path, width):
    page = sized(path, {"width": width, "height": 844})
    edges = page.evaluate(f"[...document.querySelectorAll('.ladder li')].map({RIGHT})")
    assert len(edges) == 5
    assert max(edges) <= width
    page.evaluate("document.querySelector('.ladder li:last-child small').style.cssText = 'white-space: pre'")
    page.evaluate("document.querySelector('.ladder li:last-child small').textContent = 'm'.repeat(99)")
    assert page.evaluate(f"({RIGHT})(document.querySelector('.ladder li:last-child'))") > width  # control


def test_a_number_of_millions_is_on_one_line_on_the_narrowest_phone(sized):
    page = sized("/", {"width": 320, "height": 844})
    lines = """(size) => [...document.querySelectorAll('.kpi .v')].map((one) => {
      one.textContent = '12,300,000'; one.style.fontSize = size;
      const all = document.createRange(); all.selectNodeContents(one);
      return all.getClientRects().length; })"""
    assert set(page.evaluate(lines, "")) == {1}
    assert max(page.evaluate(lines, "1.75rem")) > 1  # control


@pytest.mark.parametrize("path", OTHERS)
def test_every_other_page_is_short_enough_on_a_phone(sized, path):
    assert sized(path, PHONE).evaluate(HEIGHT) <= 5000


def test_control_a_page_that_is_too_long_is_seen(sized):
    page = sized("/", PHONE)
    page.evaluate("document.querySelector('main').style.minHeight = '5001px'")
    assert page.evaluate(HEIGHT) > 5000


def test_a_first_visit_costs_little(browser, address):
    context, sizes = browser.new_context(), {}

    def note(answer):
        sizes[answer.url.removeprefix(address)] = len(gzip.compress(answer.body()))

    page = context.new_page()
    page.on("response", note)
    page.goto(f"{address}/", wait_until="networkidle")
    context.close()
    assert {"/", "/static/style.css", "/static/fonts/inter-400.woff2"} <= sizes.keys()
    assert sum(sizes.values()) <= 120_000


def test_all_scripts_together_are_small():
    assert sum(script.stat().st_size for script in STATIC.glob("*.js")) <= 6144


def test_the_week_fits_one_sheet_of_a4(sized):
    page = sized("/", LAPTOP)
    assert sheets(page.pdf(format="A4")) == 1
    page.evaluate("document.querySelector('main').style.minHeight = '500mm'")  # control
    assert sheets(page.pdf(format="A4")) > 1


WHOLE_CARDS = """document.styleSheets[0].insertRule(
  '@media print { .card { break-inside: avoid !important } }', document.styleSheets[0].cssRules.length)"""


@pytest.mark.parametrize("path", OTHERS)
def test_in_print_each_sheet_but_the_last_is_full(sized, path):
    assert half_empty(sized(path, LAPTOP)) == []


def test_control_a_card_that_leaves_a_sheet_empty_is_seen(sized):
    page = sized("/posts", LAPTOP)
    page.evaluate(WHOLE_CARDS)
    assert half_empty(page) == [0]


def half_empty(page) -> list[int]:
    """Return the sheets, from 0, that hold less than half of what the fullest does."""
    pdf = PdfReader(BytesIO(page.pdf(format="A4")))
    *letters, _ = [len(sheet.extract_text()) for sheet in pdf.pages]
    return [number for number, most in enumerate(letters) if most < max(letters) / 2]


def sheets(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n") or pdf.count(b"/Type/Page\n") or pdf.count(b"/Type /Page ")


def test_on_a_phone_four_pages_and_more_are_under_the_thumb(sized):
    page = sized("/", PHONE)
    entries = page.locator("nav[aria-label=Main] > ul > li:visible")
    names = ("Week", "Posts", "Replies", "More")
    expect(entries).to_have_text([re.compile(rf"^\s*{name}\b") for name in names])
    assert all(entries.nth(n).bounding_box()["y"] > PHONE["height"] - 60 for n in range(4))
    page.get_by_text("More", exact=True).click()
    expect(page.get_by_role("link", name="Events", exact=True)).to_be_visible()


def test_without_scripts_something_is_put_off_and_something_is_done(browser, office):
    with served(create_app(replace(office))) as at:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{at}/")
        titles, count = page.locator(".todo h3"), page.locator(".menu .count")
        waiting, cards = int(count.inner_text().split()[0]), page.locator(".todo li")
        asked, owed = titles.all_inner_texts()[-2:]
        expect(cards.filter(has_text=owed).locator(".meta")).to_contain_text("Marked by ")
        cards.filter(has_text=asked).get_by_role("button", name="Later").click()
        expect(page.locator(".did")).to_contain_text(re.compile(r"\d posts put off until \w+day"))
        expect(titles.filter(has_text=asked)).to_have_count(0)
        page.locator(".did").get_by_role("button", name="Undo").click()
        expect(page.locator(".did")).to_contain_text(re.compile(r"\d posts as before\."))
        cards.filter(has_text=asked).get_by_role("button", name="Later").click()
        expect(titles.filter(has_text=asked)).to_have_count(0)
        cards.filter(has_text=owed).get_by_role("button", name="Done").click()
        expect(page.locator(".did")).to_contain_text("1 post marked “done”.")
        expect(titles.filter(has_text=owed)).to_have_count(0)
        left = int(count.inner_text().split()[0]) if count.count() else 0
        assert left == waiting - 1
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Replies").click()
        page.get_by_role("navigation", name="Lists").get_by_role("link", name="Later").click()
        group = page.locator("main ol.posts > li")  # one answer is for all of them
        expect(group).to_contain_text(re.compile(r"And \d other posts: one answer for all"))
        group.get_by_role("button", name="Now").click()
        expect(page.locator(".did")).to_contain_text(re.compile(r"\d posts back on the reply desk\."))
        context.close()


def test_the_steps_to_the_weeks_before_and_to_a_comparison(sized):
    page = sized("/", LAPTOP)  # 0: a Sunday, so the running week
    expect(page.locator("h1")).to_have_text("16 to 22 November")
    page.get_by_label("The days before").click()  # 1
    expect(page.locator("h1")).to_have_text("9 to 15 November")
    for name in ("Places", "Week"):  # the days stay
        page.locator("nav[aria-label=Main]").get_by_role("link", name=name).click()
        expect(page.locator(".dates summary")).to_contain_text("9 to 15 November")
    page.get_by_label("The days after").click()
    expect(page.get_by_label("The days after")).to_have_count(0)
    page.locator(".dates summary").click()  # 1
    page.get_by_role("link", name="Compare with the week before").click()  # 2
    expect(page).to_have_url(re.compile("compare=before"))
    page.locator(".dates summary").click()
    page.get_by_role("link", name="Stop comparing").click()
    expect(page).not_to_have_url(re.compile("compare"))


@pytest.mark.parametrize("period", ["week", "4-weeks"])
def test_each_number_of_posts_beside_the_tone_opens_so_many(sized, period):
    page = sized(f"/?period={period}", LAPTOP)
    links = page.locator("[aria-labelledby=k-tone] a[href*='tone=']")
    told = {one.get_attribute("href"): one.inner_text().split()[0] for one in links.all()}
    assert {*told.values()} != {"0"}
    for path, number in told.items():
        page.goto(urljoin(page.url, path))
        listed = page.locator("#found").inner_text().split()[0].replace("No", "0")
        assert listed == number


def test_where_nothing_was_posted_no_empty_card_is_as_high_as_what_is_to_be_done(sized):
    page = sized("/?since=2026-11-22&until=2026-11-22", LAPTOP)
    page.evaluate("document.querySelector('.hero > .main').replaceChildren('No posts.')")
    page.evaluate("document.querySelector('.todo').style.minHeight = '700px'")
    assert page.locator(".hero > .main").bounding_box()["height"] < 100


def test_on_a_phone_the_days_stand_in_the_middle_though_there_are_none_later(sized):
    page = sized("/", PHONE)
    expect(page.get_by_label("The days after")).to_have_count(0)
    days, arrow = (page.locator(which).bounding_box() for which in (".dates summary", ".step > a"))
    left, right = days["x"] - arrow["x"] - arrow["width"], PHONE["width"] - days["x"] - days["width"]
    assert abs(left - right) < 20


def test_few_posts_are_shown_whole_with_one_line_of_numbers(sized):
    page = sized("/?since=2026-11-21&until=2026-11-21", LAPTOP)
    expect(page.locator("svg.chart, .kpis")).to_have_count(0)
    posts = page.locator("ol.posts > li").count()
    assert 0 < posts < 30
    expect(page.locator(".lead .sub")).to_contain_text(f"Posts: {posts};")


def test_on_a_phone_the_first_ten_of_few_posts_lead_to_all(sized):
    page = sized("/?since=2026-11-20&until=2026-11-21", PHONE)
    listed = page.locator(".hero ol.posts > li")
    total = listed.count()
    assert 10 < total < 30
    for n in range(total):
        expect(listed.nth(n)).to_be_visible(visible=n < 10)
    assert page.evaluate(HEIGHT) <= 3500
    expect(page.get_by_role("link", name=f"All {total} posts")).to_be_visible()


def test_the_arrow_keys_step_unless_something_has_the_focus(sized):
    page = sized("/", LAPTOP)
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/?since=2026-11-09&until=2026-11-15")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/?since=2026-11-16&until=2026-11-22")
    page.locator("#search").focus()
    page.keyboard.press("ArrowLeft")
    page.locator("#activity-figure .plot").focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"/\?since=2026-11-16&until=2026-11-22$"))


def test_a_brief_takes_two_steps(sized):
    page = sized("/", LAPTOP)
    page.get_by_role("link", name="Make a brief").click()  # 1
    with page.expect_download() as file:
        page.get_by_role("link", name="One-page brief (Word)").click()  # 2
    assert file.value.suggested_filename.endswith(".docx")


def test_the_biggest_post_of_a_day_is_marked_in_three_steps(browser, office):
    with served(create_app(office)) as at:
        context = browser.new_context(viewport=LAPTOP, java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{at}/")
        page.locator("#activity-figure svg a").nth(1).click()  # 1: Tuesday
        expect(page).to_have_url(re.compile("since=2026-11-17&until=2026-11-17"))
        first = page.locator("ol.posts > li").first
        first.locator(".work summary").click()  # 2
        first.locator("button[value='mark:needs reply']").click()  # 3
        expect(page.locator("ol.posts > li").first.locator(".m-needs-reply")).to_have_count(1)
        context.close()
