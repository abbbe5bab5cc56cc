"""An answer takes 50 MiB of memory at most (R10), however it is made; each bound has a control without it."""

import json
from pathlib import Path

import pytest

from monitor.sources.platforms import feeds, gdelt
from monitor.sources.shared.response_parsing import _PART, MOST
from tests.sources.memory import grown_by

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc here"),
]

WIDE = "\N{GRINNING FACE}".encode()  # one makes Python keep four bytes of each character of a text
PARTS = b'{"k%x":1.5},'
FIXTURES = Path(__file__).parents[1] / "fixtures"
POST = json.loads((FIXTURES / "lemmy/post.json").read_text())
POST["post"]["body"] = "TEXT"
ARTICLE = json.loads((FIXTURES / "gdelt/post.json").read_text()) | {"title": "TEXT"}
LEMMY = json.dumps({"posts": [POST]}).encode()
GDELT = json.dumps({"articles": [ARTICLE]}).encode()
HEAD = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title>'
ITEM = b"<item><title>TEXT</title><link>https://n.example/</link></item>"
TORN = b"</channel></rs"  # then feedparser reads it twice, the second time with a parser that forgives
FEED = HEAD + ITEM + b"</channel></rss>"


def words(size: int) -> bytes:
    return b"crime " * (size // 6) + WIDE


def parts(weight: int) -> bytes:
    """Return as many parts of JSON as weigh so much, by the count of the session."""
    return b"".join(PARTS % n for n in range(weight // (len(PARTS % 60_000) + 2 * _PART)))


def many(unit: bytes, number: int) -> bytes:
    return HEAD + unit * number + TORN


# Each answer is made by the test that reads it: finding the tests makes none.
LARGEST = {
    "a text": ("lemmy", LEMMY, lambda: LEMMY.replace(b"TEXT", words(MOST - 9_000))),
    "parts": ("lemmy", LEMMY, lambda: LEMMY.replace(b"[", b"[" + parts(MOST - 9_000), 1)),
    "both": (
        "lemmy", LEMMY,
        lambda: LEMMY.replace(b"[", b"[" + parts(MOST // 2), 1).replace(b"TEXT", words(MOST // 2 - 9_000)),
    ),
    "an article": (
        "gdelt", GDELT,
        lambda: GDELT.replace(b"TEXT", words(gdelt._MOST_BYTES // 2) + b"\\q" * 260_000),
    ),
    "elements": ("feeds", FEED, lambda: many(b"<a>", feeds.MOST // 28 - 99)),
    "items and a text": (
        "feeds", FEED,
        lambda: many(b"<item><title>a</title></item>", feeds.MOST // 258).replace(
            TORN, ITEM.replace(b"TEXT", words(feeds.MOST // 2 - 9_000)) + TORN
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", LARGEST)
def test_the_largest_answer_that_is_read_takes_50_mib_at_most(kind):
    name, small, make = LARGEST[kind]
    grown, outcome = grown_by(name, small, make())
    assert (outcome in ("complete", "capped"), grown <= 50) == (True, True), (outcome, grown)


CONTROLS = {
    "JSON": (
        "lemmy", LEMMY, lambda: LEMMY.replace(b"[", b"[" + parts(2 * MOST), 1),
        "from monitor.sources.shared import response_parsing; response_parsing._PART = 0",
    ),
    "feed": (
        "feeds", FEED, lambda: many(b"<a>", 110_000),
        "from monitor.sources.platforms import feeds; feeds.MOST = 10**9",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", CONTROLS)
def test_control_without_the_bound_an_answer_takes_more(kind):
    name, small, make, control = CONTROLS[kind]
    large = make()
    grown, _ = grown_by(name, small, large)
    assert grown < 20  # it is dropped
    grown, outcome = grown_by(name, small, large, control=control)
    assert (outcome, grown > 60) == ("complete", True)
