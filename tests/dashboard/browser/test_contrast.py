"""Whether everyone can read the pages: contrast, computed from the style sheet."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "dashboard/static"
STYLE, CHARTS = ((STATIC / name).read_text() for name in ("style.css", "charts.css"))


def values(css: str, scheme: str) -> dict[str, str]:
    """Return the colours by name that a style sheet gives in a scheme."""
    light, _, rest = css.partition("@media screen and (prefers-color-scheme: dark)")
    dark = rest[: rest.index("\n}")]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light))
    return found | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", dark)) if scheme == "dark" else {})


def colours(scheme: str) -> dict[str, str]:
    """Return the colours of all style sheets."""
    return values(STYLE, scheme) | values(CHARTS, scheme)


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
    [fill] = re.findall(r"\.chart text \{[^}]*fill: var\(--([\w-]+)\)", CHARTS)
    of = colours(scheme)
    pairs = [(fill, "card"), (fill, "hatch-back"), ("look", "look-back")]
    pairs += [(text, back) for text in ("ink", "soft", "link", "good", "look") for back in ("page", "card")]
    poor = [pair for pair in pairs if contrast(of[pair[0]], of[pair[1]]) < 4.5]
    assert poor == []
    assert contrast(of["on-blue"], of["blue"]) >= 4.5  # the button
    assert contrast(of["card"], of["look"]) >= 4.5  # the number of what is owed a reply
