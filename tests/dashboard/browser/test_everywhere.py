"""Every page in every state: axe finds no fault, nothing is asked elsewhere, keys and no scripts suffice."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from werkzeug.exceptions import HTTPException

from tests.axe import axe, faults
from tests.dashboard.browser.site import BY_OTHERS, NOT_PAGES, SPOTS, Spot, closed, opened

LOOKS = [("light", 1180), ("dark", 320)]  # between them each colour, each width and what scripts add
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true })"
SMALL = """[...document.querySelectorAll('a, button, select, summary, input:not(.vh, [type=hidden])')]
  .filter((one) => one.offsetParent && !one.closest('p, li, td, .skip'))
  .map((one) => one.matches('[type=checkbox], [type=radio]') ? one.labels[0] : one)
  .filter((one) => one.getBoundingClientRect().height < 24).map((one) => one.outerHTML)"""

TOO_BIG = """[...document.querySelectorAll('section h3')].filter((one) => {
  const [size, above] = [one, one.closest('section').querySelector('h2')].map(
    (it) => it && parseFloat(getComputedStyle(it).fontSize));
  return above && size > above }).map((one) => one.outerHTML)"""


CHARTED = ("overview", "explore", "new explore", "shared", "outcomes")  # unless all posts of few are shown


SHOWN = """() => { const all = (which) => [...document.querySelectorAll(which)];
  return [all('svg.chart').length, all('svg.chart g rect, svg.chart path').length,
    document.querySelector('main').innerText, all('.read').map((one) => one.innerText)] }"""


def shown(page):
    """Return the charts of a page, what is drawn in them, and its words but those on how to read a chart."""
    charts, marks, words, how_to_read = page.evaluate(SHOWN)
    for sentence in how_to_read:
        words = words.replace(sentence, "", 1)
    return charts, marks, words.split()


def complaints(visit):
    """Return what the browser complained about, but that the page itself was answered with an error.

    Nor that a busy machine took seconds to draw with a font that was there.
    """
    passing = (
        "the server responded with a status of",
        "was preloaded using link preload but not used within",
    )
    return [text for text in visit.said if not any(words in text for words in passing)]


def elsewhere(visit):
    """Return what was asked of others than the site itself."""
    home = urlsplit(visit.page.url).netloc
    return [url for url in visit.asked if urlsplit(url).netloc not in (home, "")]


@pytest.fixture(scope="module", params=SPOTS)
def visit(sites, request):
    """Visit a page once for the tests that look at every page, in the order in which they stand here."""
    with sites.visit(SPOTS[request.param]) as visit:
        visit.name, visit.shown = request.param, shown(visit.page)
        yield visit


def test_the_tab_key_reaches_everything_in_sight_and_shows_where_it_is(visit):
    assert walk(visit.page) == ([], [])


def test_a_page_has_no_fault_stays_at_home_is_quiet_and_fits(visit):
    page = visit.page
    page.evaluate(OPEN_ALL)
    assert visit.answer.status == SPOTS[visit.name].status
    for colours, width in LOOKS:
        page.emulate_media(color_scheme=colours)
        page.set_viewport_size({"width": width, "height": 800})
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL) == []
    assert page.evaluate(TOO_BIG) == []
    assert complaints(visit) == []
    assert elsewhere(visit) == []


def test_without_scripts_a_page_shows_the_same_words_and_charts(visit, sites):
    with sites.visit(SPOTS[visit.name], java_script_enabled=False) as plain:
        without = shown(plain.page)
    assert without == visit.shown
    is_charted = visit.name.startswith(CHARTED) and "Posts, newest first" not in " ".join(without[2])
    assert (without[0] > 0) == is_charted


def comes(page, true):
    """Return once this is so, which a browser may take its time to tell."""
    for _ in range(1000):
        if true():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it did not come")


BAD = """document.querySelector('main').insertAdjacentHTML('beforeend', '<p style="color:red">red</p>' +
  '<img src="http://localhost:9/x.png"><p class="pale">pale</p><button class="bad">x</button>');
  document.querySelector('.pale').style.cssText = 'width:3000px;color:#ccc;background:#fff';
  document.querySelector('.bad').style.cssText = 'height:9px;padding:0'"""


def test_control_each_of_these_faults_is_seen(sites):
    with sites.visit(SPOTS["methods"], width=320) as visit:
        page = visit.page
        page.evaluate(BAD)
        comes(page, lambda: "Content Security Policy" in "".join(complaints(visit)))
        assert {fault.split(":")[0] for fault in faults(page)} >= {"image-alt", "color-contrast"}
        assert page.evaluate("document.documentElement.scrollWidth") > 320
        assert len(page.evaluate(SMALL)) == 1


def test_axe_finds_the_same_faults_as_without_our_changes_for_speed(sites):
    found = []
    for script in (axe.AXE_SCRIPT, None):
        with sites.visit(SPOTS["methods"], width=320) as visit:
            visit.page.evaluate(BAD)
            if script:
                visit.page.evaluate(script)
            found.append(faults(visit.page))
    assert found[0] == found[1] != []


def test_control_a_request_to_another_host_is_seen(sites):
    with sites.visit(SPOTS["methods"], bypass_csp=True) as visit:
        visit.page.evaluate(BAD)
        comes(visit.page, lambda: elsewhere(visit))
        assert elsewhere(visit) == ["http://localhost:9/x.png"]


@pytest.mark.slow
def test_every_page_of_the_program_is_in_the_list(tmp_path):
    visited, pages = set(), set()
    for site in (opened(tmp_path), closed(tmp_path)):
        rules = site.app.url_map.bind("localhost")
        pages |= {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in rule.methods}
        for spot in SPOTS.values():
            path = urlsplit(re.sub("{.+?}", "1", spot.path)).path
            try:
                visited.add(rules.match(path)[0])
            except HTTPException:
                assert spot.status == 404
    assert pages - visited == NOT_PAGES | BY_OTHERS


def test_what_could_not_be_saved_is_shown_again_without_fault(sites):
    with sites.visit(Spot("/posts/600", "busy"), width=320) as visit:
        page = visit.page
        page.evaluate(OPEN_ALL)
        page.locator("textarea[name=note]").first.fill("Asked the ward office.")
        with page.expect_response("**/posts/work") as answer:
            page.locator("button[value=note]").first.click()
        assert answer.value.status == 409
        expect(page.locator("#note")).to_have_value("Asked the ward office.")
        assert faults(page) == []


MOVED = """(most) => new Promise((said) => {
  new PerformanceObserver((list) => said(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => said(0), most) })"""


PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("width", [320, 1180])
@pytest.mark.parametrize(
    "name", ["overview", "explore", "posts", "people", "places", "themes", "events", "reports", "sources"]
)
def test_nothing_moves_while_a_page_opens(sites, name, width):
    with sites.first_visit(SPOTS[name], width=width) as visit:
        # On a busy machine a font may come a moment late, and a line is then some pixels longer.
        assert visit.page.evaluate(MOVED, 250) < 0.001


def test_control_what_moves_is_seen(sites):
    with sites.visit(SPOTS["methods"]) as visit:
        visit.page.evaluate(PAINTED)
        visit.page.evaluate("document.querySelector('main').style.marginTop = '300px'")
        assert visit.page.evaluate(MOVED, 60_000) > 0.001


# From the top, even where a page sets the focus further down; each stop is looked at as its key comes up.
RECORD = """() => {
  const top = document.createElement('i');
  top.tabIndex = -1; document.body.prepend(top); top.focus();
  top.addEventListener('blur', () => top.remove());
  Object.assign(window, {stops: [], wrong: [], isLeft: false});
  document.addEventListener('keyup', () => { const at = document.activeElement;
    // out of the page, or round to its top
    window.isLeft ||= !at || at === document.body || (stops.length > 1 && at === stops[0]);
    if (isLeft || stops.includes(at)) return;  // a date has a stop for its day, month and year
    stops.push(at);
    const style = getComputedStyle(at), box = at.getBoundingClientRect();
    const label = at.labels && at.labels[0] ? getComputedStyle(at.labels[0]) : style;
    const ringed = [style, label].some((one) => one.outlineStyle !== 'none' && one.outlineWidth !== '0px');
    if (!ringed || box.bottom <= 0 || box.top >= innerHeight) wrong.push(at.outerHTML.slice(0, 200)) }) }"""
IS_LEFT = "() => isLeft || !document.activeElement || document.activeElement === document.body"
LEFT = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
  .filter((one) => one.checkVisibility() && !one.disabled && one.ariaHidden !== 'true')
  .filter((one) => !stops.some(
    (stop) => stop === one || stop.type === 'radio' && stop.name === one.name))
  .map((one) => one.outerHTML.slice(0, 200))"""
MOST, AT_ONCE = 900, 10


DRAWN = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"


def walk(page):
    """Press Tab until the page is left; return what was wrong on the way, and what was never reached."""
    page.evaluate(DRAWN)  # a page puts the focus where it wants it when it is first drawn
    page.evaluate(RECORD)
    for _ in range(0, MOST, AT_ONCE):
        for _ in range(AT_ONCE):
            page.keyboard.press("Tab")
        if page.evaluate(IS_LEFT):
            return page.evaluate("wrong"), page.evaluate(LEFT)
    return [f"caught at {page.evaluate('document.activeElement.outerHTML')}"], []


def test_the_first_stop_skips_the_menu(sites):
    with sites.visit(SPOTS["overview"]) as visit:
        for key in ("Tab", "Enter", "Tab"):
            visit.page.keyboard.press(key)
        assert visit.page.evaluate("!!document.activeElement.closest('main')")


def test_control_what_the_tab_key_misses_is_seen(sites):
    with sites.visit(SPOTS["methods"]) as visit:
        visit.page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('beforeend',"
            " '<button tabindex=-1>never</button><button class=\"dim\">dim</button>');"
            " document.styleSheets[0].insertRule('.dim:focus-visible { outline: none !important }')"
        )
        wrong, left = walk(visit.page)
        assert ["dim" in one for one in wrong] == [True]
        assert ["never" in one for one in left] == [True]


def test_the_list_names_each_state_once():
    assert len(set(SPOTS.values())) == len(SPOTS)
    assert all(isinstance(spot, Spot) for spot in SPOTS.values())


def test_the_calendar_is_printed_without_its_form(sites):
    with sites.visit(SPOTS["events"]) as visit:
        form = visit.page.get_by_text("Add an event")
        expect(form).to_be_visible()
        visit.page.emulate_media(media="print")
        expect(form).to_be_hidden()
