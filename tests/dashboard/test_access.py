"""Whether everyone can use the pages: axe in a real browser, and contrast computed from the style sheet."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from dashboard import create_app
from monitor.report.window import length
from tests.dashboard.reports import SOURCES, a_figure, a_report, a_source, an_office, served

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
CSS = (Path(__file__).parents[2] / "dashboard/static/style.css").read_text()
NEVER = tuple(a_source(s.name, s.title, last_success=None, outcome=None) for s in SOURCES)
SERIES = ("s0", "s1", "s2", "s3")


def report(choice):
    """Return a full report, or that of a first run for this week."""
    n = length(choice.window).days
    return (
        a_report(n, posts=a_figure("posts", 0), days=(), latest=(), top=(), sources=NEVER)
        if n == 7
        else a_report(n, demo=True)
    )


@pytest.fixture(scope="module")
def address():
    with served(create_app(an_office(report))) as at:
        yield at


def faults(page) -> list[str]:
    found = axe.Axe().run(page).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize(
    "path", ["/", "/sources", "/nothing", "/?period=week"], ids=["full", "sources", "404", "first"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1180])
def test_axe_finds_no_fault(browser, address, path, scheme, width):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(address + path)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert faults(page) == []
    page.close()


def test_axe_finds_a_picture_without_words_and_pale_text(browser):
    page = browser.new_page()
    page.set_content(
        "<main><h1>a</h1><img src='data:,'><p style='color:#ccc;background:#fff'>pale</p></main>"
    )
    assert {fault.split(":")[0] for fault in faults(page)} >= {"image-alt", "color-contrast"}
    page.close()


def colours(scheme: str) -> dict[str, str]:
    """Return the colours by name that the style sheet gives in a scheme."""
    light, _, rest = CSS.partition("@media screen and (prefers-color-scheme: dark)")
    dark = rest[: rest.index("\n}")]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light))
    return found | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", dark)) if scheme == "dark" else {})


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, 1 to 21."""

    def light(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ccc", "#fff") < 4.5  # control: pale text is found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_in_charts_and_elsewhere_has_enough_contrast(scheme):
    [fill] = re.findall(r"\.chart text \{[^}]*fill: var\(--([\w-]+)\)", CSS)
    of = colours(scheme)
    pairs = [(fill, "card"), (fill, "hatch-back"), ("look", "look-back")]
    pairs += [(text, back) for text in ("ink", "soft", "link", "good", "look") for back in ("page", "card")]
    poor = [pair for pair in pairs if contrast(of[pair[0]], of[pair[1]]) < 4.5]
    assert poor == []
    assert contrast(of["s0"], "#fff") >= 4.5  # the button and the chosen period


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_bars_differ_from_the_card_and_from_their_neighbours(scheme):
    of = colours(scheme)
    poor = [s for s in (*SERIES, "sx") if round(contrast(of[s], of["card"]), 1) < 3]
    poor += [pair for pair in pairwise(SERIES) if contrast(of[pair[0]], of[pair[1]]) < 3]
    assert poor == []
