import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard import create_app
from monitor.core.model import Metrics
from monitor.report import Event
from monitor.report.window import length
from tests.dashboard.reports import LAST, a_post, a_report, served, some_services

HOSTILE = a_post(
    text="<script>document.title='run'</script><img src=x onerror=alert(1)> May I?",
    url="javascript:alert(1)", metrics=Metrics(),
)  # fmt: skip


@pytest.fixture(scope="module")
def address():
    app = create_app(
        some_services(lambda choice: a_report(length(choice.window).days, latest=(HOSTILE,), top=()))
    )
    with served(app) as at:
        yield f"{at}/?period=4-weeks"


def test_a_hostile_post_is_only_text(page, address):
    page.goto(address)
    expect(page.locator("blockquote").first).to_contain_text("<script>")
    expect(page).not_to_have_title("run")
    expect(page.locator("a[href^='javascript']")).to_have_count(0)


def test_the_browser_would_tell_of_a_broken_policy(page, address):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">control</p>')")
    while not any("Content Security Policy" in text for text in said):
        page.wait_for_timeout(20)


def explored(address: str) -> str:
    return address.replace("/?", "/explore?")


def read_out(page, chart="activity") -> str:
    return page.locator(f"#{chart}-figure .read").inner_text()


def cell(page, chart, row, column) -> str:
    return page.locator(f"#{chart}-figure tbody tr").nth(row).locator("th, td").nth(column).text_content()


def test_the_arrow_keys_read_out_a_day_at_a_time(page, address):
    page.goto(address)
    assert read_out(page) == ""
    expect(page.locator("#activity-figure .plot")).to_have_attribute("aria-label", re.compile("arrow keys"))
    page.locator("#activity-figure .plot").focus()
    said = []
    for key in ("End", "ArrowLeft", "ArrowRight", "ArrowRight", "Home", "ArrowLeft", "ArrowRight", "Escape"):
        page.keyboard.press(key)
        said.append(read_out(page).split(":")[0])
    sunday, saturday, monday = "Sunday 22 November", "Saturday 21 November", "Monday 26 October"
    assert said[:6] == [sunday, saturday, sunday, sunday, monday, monday]
    assert said[6] == "Tuesday 27 October"
    assert said[7] == ""
    expect(page.locator("#activity-figure .read[aria-live=polite]")).to_have_count(1)


def test_the_arrow_keys_walk_over_hours_and_weekdays(page, address):
    page.goto(explored(address))
    page.locator("#hours-figure .plot").focus()
    for key in ("Home", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    assert read_out(page, "hours") == f"Tuesday, 1am: {cell(page, 'hours', 1, 2)}"


@pytest.mark.parametrize("width", [320, 1180])
@pytest.mark.parametrize("nth", [0, 13, 24, 27])
def test_the_day_under_the_pointer_is_that_of_the_table(page, address, width, nth):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    page.locator("#activity-figure .plot").scroll_into_view_if_needed()
    across = page.locator("#activity-figure .plot .zero").first.bounding_box()
    page.mouse.move(across["x"] + across["width"] * (nth + 0.5) / 28, across["y"] - 50)
    head = page.locator("#activity-figure thead th").all_text_contents()
    day, *cells = page.locator("#activity-figure tbody tr").nth(nth).locator("th, td").all_text_contents()
    said = read_out(page)
    assert said == f"{day}: " + ", ".join(
        f"{name} {text}" for name, text in zip(head[1:], cells, strict=True)
    )
    assert ("All posts not known, Time not seen 100%" in said) == (nth == 24)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_hour_under_the_pointer_is_that_of_the_table(page, address):
    page.goto(explored(address))
    square = page.locator("#hours-figure svg rect.h4").nth(24 * 3 + 18)
    square.hover()
    assert read_out(page, "hours") == f"Thursday, 6pm: {cell(page, 'hours', 3, 19)}"


def test_without_javascript_nothing_on_the_chart_waits_for_a_key(pages, address):
    with pages.lend(java_script_enabled=False) as page:
        page.goto(address)
        expect(page.locator(".plot[tabindex], .read")).to_have_count(0)


def test_the_script_is_small_and_brings_no_markup():
    script = (Path(__file__).parents[3] / "dashboard/static/app.js").read_bytes()
    assert len(script) <= 4000
    assert not any(word in script for word in (b"innerHTML", b"eval", b".style", b"fetch"))


def test_a_page_is_printed_in_ink_on_white_also_from_a_dark_screen(page, address):
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    token = "getComputedStyle(document.documentElement).getPropertyValue('--link')"
    on_screen = page.evaluate(token)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(token) == "#0b4f9e" != on_screen
    expect(page.locator(".read").first).to_be_hidden()


@pytest.fixture
def week(address):
    return f"{address.partition('?')[0]}?period=week"


def test_a_bar_is_a_link_that_the_keyboard_reaches_and_that_has_a_name(page, week):
    page.goto(f"{week}")
    first = page.locator("#activity-figure a.column").first
    first.focus()
    names = page.locator("#activity-figure a.column").evaluate_all("all => all.map(a => a.ariaLabel)")
    assert [name.split(":")[0] for name in names] == [f"{day} {date}" for day, date in WEEK]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel").startswith("Tuesday 17 November: ")
    page.keyboard.press("ArrowLeft")  # read out by the plot alone: a link keeps its keys
    assert read_out(page) == ""


WEEK = (
    ("Monday", "16 November"), ("Tuesday", "17 November"), ("Wednesday", "18 November"),
    ("Thursday", "19 November"), ("Friday", "20 November"), ("Saturday", "21 November"),
    ("Sunday", "22 November"),
)  # fmt: skip


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_click_on_a_bar_opens_its_posts(pages, week, scripts):
    with pages.lend(java_script_enabled=scripts) as page:
        page.goto(f"{week}")
        target = page.locator("#activity-figure a.column").nth(1)
        expect(target).to_have_attribute("href", "/posts?since=2026-11-17&until=2026-11-17&order=biggest")
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8
        with page.expect_request("**/posts?since=2026-11-17&until=2026-11-17&order=biggest"):
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 5)


def test_enter_opens_the_posts_of_the_day_that_is_read_out(page, week):
    page.goto(f"{week}")
    page.locator("#activity-figure .plot").focus()
    for key in ("Home", "ArrowRight"):
        page.keyboard.press(key)
    with page.expect_request("**/posts?since=2026-11-17&until=2026-11-17&order=biggest"):
        page.keyboard.press("Enter")


@pytest.mark.parametrize("kind", ["posts", "platform", "tone"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_words_of_the_chart_leave_the_page_or_lie_on_each_other(page, week, kind, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{week}&chart={kind}&compare=before")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    labels = [box for label in page.locator("#activity-figure .xlab").all() if (box := label.bounding_box())]
    assert len(labels) == 7 if kind != "tone" else len(labels) >= 3  # tone is by week
    assert all(a["x"] + a["width"] <= b["x"] for a, b in pairwise(labels))
    assert labels[0]["x"] >= 0
    assert labels[-1]["x"] + labels[-1]["width"] <= width


def test_the_chart_is_printed_without_what_only_a_screen_can_do(page, week):
    page.goto(f"{week}&compare=before")
    page.emulate_media(media="print")
    expect(page.locator("#activity-figure .chart")).to_be_visible()
    expect(page.locator("#activity-figure .legend")).to_be_visible()
    expect(page.locator("#activity-figure .tools")).to_be_hidden()


@pytest.mark.parametrize("number", [4, 5], ids=["few stand open", "many are folded"])
def test_what_many_marks_stand_for_is_folded_on_a_screen_and_told_on_paper(page, number):
    events = [Event(day=LAST - timedelta(days=4 * n), title=f"Stall {n}") for n in range(number)]
    with served(create_app(some_services(lambda choice: a_report(28, events=events)))) as at:
        page.goto(f"{at}/?period=4-weeks")
        key = page.locator("#activity-figure .marks")
        expect(key).to_be_visible(visible=number == 4)
        page.emulate_media(media="print")
        expect(key).to_be_visible()
        expect(key.locator("li")).to_have_count(number)
        expect(page.get_by_text("Events and changes")).to_be_hidden()
