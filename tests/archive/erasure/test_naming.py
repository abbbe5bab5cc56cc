"""What names somebody, by names that are known and by hashes of them alike."""

import pytest

from monitor.archive.erasure.data_subject import DataSubject
from monitor.archive.erasure.naming import MASK, is_beginning, is_in_item
from monitor.archive.erasure.tombstones import Tombstones

ANN = DataSubject(
    "mastodon", "https://towns.example/@ann-", "ann-@towns.example", "Ann Quillbury",
    frozenset({"ann-.blogs.example", "towns.example/@ann-"}),
)  # fmt: skip
HASHED = Tombstones().adding(ANN.names)

TEXTS = {  # what is written, and what is left of it
    "a mention that ends with a hyphen": ("ask @ann- about it", f"ask @{MASK} about it"),
    "a possessive": ("@ann-'s view", f"@{MASK} view"),
    "a site of their own": ("see ann-.blogs.example and go", f"see {MASK} and go"),
    "a site of their own, in capitals": ("HTTPS://ANN-.BLOGS.EXAMPLE/x", MASK),
    "two addresses": ("https://towns.example/@ann-/1 https://b.example/", f"{MASK} https://b.example/"),
    "in quotation marks": ('"@ann-"', f'"@{MASK}"'),
    "somebody else": ("@anna, @ann.b and towns.example", "@anna, @ann.b and towns.example"),
    "a fraction": ("1/77 of us, 2/3 of them", "1/77 of us, 2/3 of them"),
    "a mail address": ("write to ann-@other.example", "write to ann-@other.example"),
}


@pytest.mark.parametrize("names", [ANN.names, HASHED], ids=["known", "hashed"])
@pytest.mark.parametrize(("text", "after"), TEXTS.values(), ids=TEXTS.keys())
def test_known_and_hashed_names_mask_alike(names, text, after):
    masked = ANN.mask(text) if names is ANN.names else HASHED.mask(text, "mastodon")
    assert masked == after


@pytest.mark.parametrize("names", [ANN.names, HASHED], ids=["known", "hashed"])
def test_items_and_addresses_are_known_by_both(names):
    assert is_in_item('{"account": {"acct": "ANN-"}}', "mastodon", names)
    assert not is_in_item('{"account": {"acct": "ann-"}}', "bluesky", names)
    assert is_beginning("https://www.towns.example/%40ann-/7", names)
    assert not is_beginning("https://towns.example/@ann-b/7", names)


def test_a_text_of_nothing_but_dots_and_signs_is_read_in_a_moment():
    for text in ("a." * 20_000, "@" * 20_000, "-" * 20_000, "a-" * 20_000, "x/" * 20_000, "@a'" * 9000):
        assert ANN.mask(text) == text
