"""Texts of the kit are found however they are passed on, own words are left alone, links keep their code."""

import re
import time

import pytest

from bench.kit import KIT, kit, verdicts
from dashboard.qr_code import qr_code
from monitor.charts.svg_to_png import png
from monitor.kit import Kit, KitItem, code_in, kit_of
from monitor.kit.channels import ways
from monitor.pictures.qr_codes import qr_codes
from monitor.sources.shared.link_target import link_target

PETITION = "https://petition.example/sign"


@pytest.mark.parametrize("seed", range(1, 9))
def test_copies_are_told_from_own_words_in_a_made_up_week(seed):
    taken = verdicts(seed)
    assert taken["exact", "exact"] == 40
    assert taken["edited", "near"] >= 17
    assert taken["own", "exact"] + taken["own", "near"] <= 1


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (KIT[2], "exact"),
        (f"RT @jo@mas.example {KIT[2].upper()}", "near"),
        (f"@jo {KIT[2]} #a #b www.example.org/x petition.example/sign…", "exact"),
        (" ".join(KIT[2].split()[::-1]), None),
        ("Tell us.", None),
        ("", None),
        ("#CallingTimeOnCrime https://petition.example", None),
        ("It is time to bring something better", None),
    ],
    ids=[
        "itself",
        "capitals and a word",
        "names, tags and links",
        "backwards",
        "two words",
        "nothing",
        "no words",
        "a turn of phrase",
    ],
)
def test_a_text_is_like_the_kit_or_not(text, how):
    assert [match.how for match in kit().matches(text, (), ())] == ([how] if how else [])


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Enough is enough! We need more police officers", "exact"),
        ("Signed. Enough is enough, we need more police officers", "near"),
        ("Enough is enough. We do not need more police officers", None),
        ("Calling time on crime!!!", None),
        ("We're calling time on crime", "exact"),
    ],
    ids=["word for word", "all of it and more", "the opposite", "the campaign's phrase", "a short one"],
)
def test_of_a_short_text_little_may_be_shared_by_chance(text, how):
    words = ("Enough is enough. We need more police officers", "We're calling time on crime")
    find = Kit([KitItem(id=n, version=1, words=text, code=f"v{n}") for n, text in enumerate(words)]).matches
    assert [match.how for match in find(text, (), ())] == ([how] if how else [])


@pytest.mark.parametrize("part", [".", "a.", "a./", "x", "/", "#", "@ ", "www.", "https://", "a b c "])
def test_a_text_made_to_take_long_does_not(part):
    began = time.process_time()
    kit().matches(part * (100_000 // len(part)), (), ())
    assert time.process_time() - began < 5  # seconds; dots in cubic time took a minute for 4,000


def test_of_several_versions_the_likest_counts_and_of_equal_ones_the_latest():
    texts = (KIT[2], KIT[2] + " Thank you.", KIT[2])
    find = Kit(
        [KitItem(id=1, version=n, words=text, code=f"v{n}") for n, text in enumerate(texts, 1)]
    ).matches
    assert [match.version for text in texts for match in find(text, (), ())] == [3, 2, 3]


@pytest.mark.parametrize(
    ("link", "code"),
    [
        (f"{PETITION}?s=kit-bluesky-v2", "v2"),
        (f"{PETITION}?a=b&utm_source=kit-print-a3#here", "a3"),
        ("https://short.example/s/a3", "a3"),
        (f"{PETITION}?s=kit-bluesky-v2".upper(), "v2"),
        ("HTTPS://SHORT.EXAMPLE/S/A3", "a3"),
        (f"{PETITION}?s=kit-bluesky-v2).", "v2"),
        (f"{PETITION}?s=bluesky", ""),
        ("https://[petition", ""),
        ("", ""),
    ],
)
def test_a_code_is_read_from_an_address(link, code):
    assert code_in(link) == code


def test_a_code_counts_at_the_address_of_its_item_only():
    item = KitItem(id=4, version=2, address=f"{PETITION}/", code="a3")
    some = (
        f"{PETITION}?s=kit-x-a3",
        "https://evil.example/sign?s=kit-x-a3",
        f"{PETITION}?s=kit-x-a4",
        PETITION,
    )
    matches = [Kit([item]).matches("", [link], ()) for link in some]
    assert [[match[:3] for match in few] for few in matches] == [[(4, 2, "link")], [], [], []]


@pytest.mark.parametrize(
    "link",
    [
        "https://petition.parliament.uk/petitions/799001/signatures/new?s=kit-x-a3",
        "https://petition.parliament.uk/archived/petitions/799001?s=kit-x-a3",
        "HTTPS://PETITION.PARLIAMENT.UK/PETITIONS/799001?S=KIT-X-A3",
        "http://www.petition.parliament.uk/petitions/799001/?s=kit-x-a3",
    ],
)
def test_a_petition_has_one_page_wherever_its_link_leads_within_it(link):
    item = KitItem(id=4, address="https://petition.parliament.uk/petitions/799001", code="a3")
    assert Kit([item]).linked(link) == item
    assert Kit([item]).linked(link.lower().replace("799001", "799002")) is None


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (PETITION, f"{PETITION}?s=kit-email-v1&utm_source=kit-email-v1"),
        (f"{PETITION}?a=1#b", f"{PETITION}?a=1&s=kit-email-v1&utm_source=kit-email-v1#b"),
        (
            f"{PETITION}?utm_source=facebook&s=kit-copy-v0&a=%20&utm_medium=web",
            f"{PETITION}?a=%20&utm_medium=web&s=kit-email-v1&utm_source=kit-email-v1",
        ),
        (
            "https://petition.parliament.uk/petitions/7",
            "https://petition.parliament.uk/petitions/7?s=kit-email-v1",
        ),
        (
            "https://actionnetwork.org/petitions/a",
            "https://actionnetwork.org/petitions/a?s=kit-email-v1&source=kit-email-v1",
        ),
        ("", ""),
    ],
    ids=["plain", "with a query", "copied with other codes", "UK Parliament", "Action Network", "none"],
)
def test_each_channel_has_a_link_with_its_code(address, link):
    links = {way.channel: way.link for way in ways(KitItem(words="Sign", address=address, code="v1"))}
    assert links["email"] == link
    assert {*links} == {"bluesky", "mastodon", "threads", "x", "whatsapp", "email", "copy", "print"}
    for channel, one in links.items():
        if one:  # as it comes back from a platform
            assert code_in(link_target(one)) == "v1", channel


def test_what_opens_a_channel_holds_the_whole_text_and_nothing_breaks_out_of_it():
    item = KitItem(words='100% "ours" & {text}\nSign? #now', address=PETITION, code="v1")
    opens = {way.channel: way.opens for way in ways(item, "mas.example")}
    assert opens["print"] == opens["copy"] == ""
    assert opens["mastodon"].startswith(
        "https://mas.example/share?text=100%25%20%22ours%22%20%26%20%7Btext%7D%0ASign%3F%20%23now"
    )
    assert all(not re.search(r"[\"<>\s]", address) for address in opens.values())


def test_a_mail_breaks_its_lines_as_mail_does():
    item = KitItem(words="Sign.\nPass it on.", address=PETITION, code="v1")
    opens = {way.channel: way.opens for way in ways(item)}
    assert opens["email"].startswith("mailto:?body=Sign.%0D%0APass%20it%20on.%0D%0Ahttps%3A")
    assert opens["whatsapp"].startswith("https://wa.me/?text=Sign.%0APass")


@pytest.mark.heavy
@pytest.mark.parametrize("dots_an_inch", [100, 300])
def test_a_code_printed_at_25_mm_is_read_back(dots_an_inch):
    link = next(way.link for way in ways(KitItem(address=PETITION, code="a3")) if way.channel == "print")
    printed = png(str(qr_code(link)), width=round(25 / 25.4 * dots_an_inch))
    assert qr_codes(printed) == [link]


def test_a_kit_is_made_once():
    items = (KitItem(id=1, version=1, words=KIT[0], code="v1"),)
    assert kit_of(items) is kit_of((KitItem(id=1, version=1, words=KIT[0], code="v1"),))
