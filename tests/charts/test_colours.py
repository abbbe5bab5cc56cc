"""Each colour of the charts is written once: pages, pictures, documents and the mail have the same."""

import re
from pathlib import Path

from monitor.charts import colours
from monitor.charts.layout import UNKNOWN
from monitor.charts.svg import fill
from tests.dashboard.browser.test_contrast import CSS

ROOT = Path(__file__).parents[2]
OURS = {*colours.SERIES.values(), *colours.MORE, colours.INK, colours.SOFT, colours.GRID,
        colours.HATCH, colours.HATCH_BACK, colours.HATCH_STRONG}  # fmt: skip


def on_light_pages(css: str) -> dict[str, str]:
    """Return the colours of series and of the hatch that a style sheet has for light screens."""
    light = css.partition("@media")[0]
    return dict(re.findall(r"--(s[0-9x]|hatch|hatch-back): (#[0-9a-f]{6});", light))


def copies(text: str) -> set[str]:
    """Return the chart's colours that are written out in a text."""
    return OURS & set(re.findall("#[0-9a-f]{6}", text.lower()))


def test_light_pages_have_the_colours_of_the_pictures():
    hatch = {"hatch": colours.HATCH, "hatch-back": colours.HATCH_BACK}
    assert on_light_pages(CSS) == colours.SERIES | hatch


def test_control_another_colour_in_the_style_sheet_is_found():
    other = CSS.replace(f"--s1: {colours.SERIES['s1']}", "--s1: #28a198", 1)
    assert on_light_pages(other) != on_light_pages(CSS)
    assert on_light_pages(other)["s1"] == "#28a198"


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


def test_each_series_and_unknown_time_are_painted_apart():
    paints = [fill(style) for style in (*colours.SERIES, UNKNOWN)]
    assert len(set(paints)) == len(paints) == 6
