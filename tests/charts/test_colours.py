"""Each colour of charts is written once for light pages, pictures, documents and mails, and can be seen."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from monitor.charts import colours
from monitor.charts.series import MOST, by_platform, style_of
from monitor.manual_entry import BY_HAND
from monitor.platform_info import ELSEWHERE, names
from monitor.report import Day
from monitor.report.wording import title_of
from tests.dashboard.browser.test_contrast import CHARTS, STYLE, contrast, values
from tests.dashboard.reports import LAST

ROOT = Path(__file__).parents[2]
OURS = {
    *colours.SERIES.values(), colours.INK, colours.SOFT, colours.BLUE, colours.USUAL, colours.USUAL_EDGE,
    colours.SEEN, colours.UNSEEN,
}  # fmt: skip
PLATFORMS = [*names(), *ELSEWHERE, BY_HAND]
FILLS = ("posts", "odd", "rest", *(f"c-{name}" for name in colours.PALETTE))


def in_pictures() -> dict[str, str]:
    """Return the colours of pictures by the names that the style sheet gives them."""
    others = {
        "odd": colours.BLUE, "usual-back": colours.USUAL, "usual-edge": colours.USUAL_EDGE,
        "seen": colours.SEEN, "unseen": colours.UNSEEN,
    }  # fmt: skip
    return colours.SERIES | others


def copies(text: str) -> set[str]:
    """Return the chart's colours that are written out in a text."""
    return OURS & set(re.findall("#[0-9a-f]{6}", text.lower()))


def test_light_pages_have_the_colours_of_the_pictures():
    assert values(CHARTS, "light") == in_pictures()


def test_dark_pages_have_a_colour_for_each_of_them():
    light, dark = values(CHARTS, "light"), values(CHARTS, "dark")
    assert [name for name in light if light[name] == dark[name]] == []


def test_control_another_colour_in_the_style_sheet_is_found():
    other = CHARTS.replace(f"--c-teal: {colours.PALETTE['teal']}", "--c-teal: #28a198", 1)
    assert values(other, "light") != in_pictures()


def test_no_module_and_no_template_writes_a_colour_of_the_charts_again():
    files = [
        path
        for room in ("monitor", "dashboard")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".html", ".js"} and path.name != "colours.py"
    ]
    assert len(files) > 100
    assert {path.name: found for path in files if (found := copies(path.read_text()))} == {}


def test_control_a_copy_in_either_case_is_found():
    assert copies("fill = '#12436D'") == copies("color: #12436d") == {"#12436d"}
    assert copies("color: #123456") == set()


def test_each_platform_has_a_colour_of_its_own_and_the_same_in_every_view():
    styles = {name: style_of(name) for name in PLATFORMS}
    assert len(set(styles.values())) == len(PLATFORMS)
    assert {f"c-{name}" for name in colours.PALETTE} == {*styles.values(), "c-grey"}
    for posts in ({"bluesky": 9, "mastodon": 1}, {"bluesky": 1, "mastodon": 9}):
        series = by_platform([Day(day=LAST, posts=posts, unknown=0.0)])
        assert {one.name: one.style for one in series} == {title_of(name): styles[name] for name in posts}


def test_platforms_beyond_the_first_are_one_grey_that_no_platform_has():
    day = Day(day=LAST, posts={name: 9 - n for n, name in enumerate(PLATFORMS[: MOST + 2])}, unknown=0.0)
    assert [one.style for one in by_platform([day])][MOST:] == ["c-grey"]
    assert "c-grey" not in {style_of(name) for name in PLATFORMS}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_bar_differs_from_what_is_behind_it(scheme):
    """Between the parts of a bar is a gap of that ground: WCAG 2.2, 1.4.11, asks for 3 to 1 beside it."""
    chart, page = values(CHARTS, scheme), values(STYLE, scheme)
    grounds = {page["card"], page["page"]}
    poor = {name for name in FILLS for ground in grounds if contrast(chart[name], ground) < 3}
    assert poor == set()
    assert contrast(chart["odd"], chart["posts"]) >= 2.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_two_platforms_look_alike(scheme):
    chart = values(CHARTS, scheme)
    pairs = combinations([style_of(name) for name in PLATFORMS], 2)
    assert [pair for pair in pairs if distance(*(chart[name] for name in pair)) < 0.05] == []
    assert distance("#6737b7", "#6a3ab9") < 0.05  # control


def distance(one: str, other: str) -> float:
    """Return how far two colours are apart in Oklab: https://bottosson.github.io/posts/oklab/."""
    return sum((a - b) ** 2 for a, b in zip(oklab(one), oklab(other), strict=True)) ** 0.5


def oklab(colour: str) -> tuple[float, float, float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )
