"""The same link is one address, and what is another page stays another."""

import time

import pytest

from monitor.core.text import is_address
from monitor.sources.shared.link_target import link_target
from monitor.sources.shared.safe_links import addresses

ONE = "https://news.example/patrols?id=7"
SPELLINGS = {
    "as it is": ONE,
    "http": "http://news.example/patrols?id=7",
    "capitals of the host": "HTTPS://News.Example/patrols?id=7",
    "the usual port": "https://news.example:443/patrols?id=7",
    "the usual port of http": "http://news.example:80/patrols?id=7",
    "a slash at the end": "https://news.example/patrols/?id=7",
    "a place on the page": "https://news.example/patrols?id=7#comments",
    "words to look at": "https://news.example/patrols?id=7#:~:text=lights",
    "a campaign's words": "https://news.example/patrols?utm_source=x&utm_medium=social&id=7&UTM_Term=a",
    "clicks": "https://news.example/patrols?id=7&fbclid=a&gclid=b&msclkid=c&twclid=d&igshid=e&igsh=f",
    "letters by mail": "https://news.example/patrols?mc_cid=a&id=7&mc_eid=b&mkt_tok=c&_hsenc=d&vero_id=e",
    "the BBC's": "https://news.example/patrols?id=7&at_medium=RSS&at_campaign=a&at_bbc_team=b&ns_mchannel=c",
    "where it was seen": "https://news.example/patrols?id=7&ref_src=twsrc%5Etfw&ref_url=https%3A%2F%2Fa.example",
    "papers' feeds": "https://news.example/patrols?xtor=RSS-1&ocid=a&id=7&WT.mc_id=b&smid=c",
    "odd separators": "https://news.example/patrols?&&id=7&",
    "a wrapper": "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fpatrols%3Fid%3D7%26fbclid%3Da&h=AT0",
    "the same on the site itself": "https://www.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fpatrols%3Fid%3D7",
    "a wrapper in a wrapper": "https://www.google.com/url?sa=t&url="
    "https%3A%2F%2Fl.instagram.com%2F%3Fu%3Dhttps%253A%252F%252Fnews.example%252Fpatrols%253Fid%253D7",
    "the post office of an office": "https://eur03.safelinks.protection.outlook.com/"
    "?url=https%3A%2F%2Fnews.example%2Fpatrols%3Fid%3D7&data=05%7Cjo%40office.example",
    "a wrapper that is not encoded": "https://steamcommunity.com/linkfilter/?url=https://news.example/patrols?id=7",
}
OTHERS = (
    "https://www.news.example/patrols?id=7",
    "https://news.example/patrols?id=8",
    "https://news.example/Patrols?id=7",
    "https://news.example/patrols",
    "https://news.example:8443/patrols?id=7",
    "http://news.example:8080/patrols?id=7",
    "https://news.example/patrols?id=7#/second",
    "https://news.example/patrols?id=7#!second",
    "https://news.example/patrols?id=7&page=2",
    "https://news.example/patrols?id=7&s=kit-bluesky-1",
    "https://news.example/patrols?id=7&source=direct",
    "https://news.example/patrols?id=7&utmost=1",
    "https://shop.example/amp/fender",
    "https://amp.example/fender",
    "https://amp.shop.example/",
    "https://shop.example/amp",
    "https://shop.example/champ",
)


@pytest.mark.parametrize("address", SPELLINGS.values(), ids=SPELLINGS)
def test_the_same_link_is_one_address(address: str) -> None:
    assert link_target(address) == ONE


FACES = {  # of one page each, which the first is
    "a post of X": (
        "https://x.com/i/status/1990", "https://x.com/ann/status/1990?s=20&t=a-b",
        "https://mobile.twitter.com/ann/status/1990", "https://x.com/i/web/status/1990",
        "https://x.com/ann/status/1990/photo/1", "https://nitter.example/ann/status/1990#m",
        "https://fxtwitter.com/ann/status/1990",
    ),
    "a video": (
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcQ?si=b",
        "https://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=youtu.be", "https://youtube.com/shorts/dQw4w9WgXcQ",
        "https://www.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=42s", "http://youtube.com/live/dQw4w9WgXcQ",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "https://music.youtube.com/watch?v=dQw4w9WgXcQ",
    ),
    "an article for phones": (
        "https://www.news.example/a/1", "https://amp.news.example/a/1", "https://www.news.example/a/1/amp",
        "https://www.news.example/a/1.amp", "https://www.news.example/a/1?amp", "https://www.news.example/a/1?amp=1",
        "https://www.news.example/a/1?outputType=amp", "https://www.google.com/amp/s/amp.news.example/a/1",
        "https://www-news-example.cdn.ampproject.org/c/s/www.news.example/a/1?amp_js_v=0.1&usqp=mq",
    ),
    "the BBC's two sites": (
        "https://www.bbc.co.uk/news/uk-1", "https://www.bbc.com/news/uk-1", "https://bbc.co.uk/news/uk-1.amp",
        "https://www.bbc.co.uk/news/amp/uk-1",
    ),
    "a page on Facebook": (
        "https://www.facebook.com/ward/posts/1", "https://m.facebook.com/ward/posts/1",
        "https://facebook.com/ward/posts/1?__cft__[0]=a&__tn__=b&mibextid=c", "https://web.facebook.com/ward/posts/1?__tn__=a",
    ),
    "what an app passes on": (
        "https://news.example/a", "https://go.bsky.app/redirect?u=https%3A%2F%2Fnews.example%2Fa",
        "https://www.linkedin.com/safety/go?url=https%3A%2F%2Fnews.example%2Fa",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FACES)
def test_a_page_is_one_address_at_all_hosts_that_show_it(name: str) -> None:
    assert {link_target(address) for address in FACES[name]} == {FACES[name][0]}


@pytest.mark.parametrize("address", OTHERS)
def test_control_another_page_stays_another(address: str) -> None:
    assert link_target(address) == address


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://x.com/ann?s=20&t=a-b", "https://x.com/ann"),
        ("https://www.youtube.com/playlist?list=a&si=b", "https://www.youtube.com/playlist?list=a"),
        ("https://youtu.be/dQw4w9WgXcQ?si=b&s=kit-x-1", "https://youtu.be/dQw4w9WgXcQ?s=kit-x-1"),
        ("https://x.com/a?utm_source=KIT-X-V1", "https://x.com/a?utm_source=KIT-X-V1"),
        ("https://www.theguardian.com/uk/a?CMP=share_btn_url", "https://www.theguardian.com/uk/a"),
        ("https://petition.example/sign?s=20&t=a&si=b", "https://petition.example/sign?s=20&t=a&si=b"),
        ("https://petition.example/?utm_content=kit-x-1&utm_source=x", "https://petition.example/?utm_content=kit-x-1"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example/?fbclid=a", "https://news.example/"),
        ("https://jo:secret@l.facebook.com/l.php?u=a", "https://jo:secret@l.facebook.com/l.php?u=a"),
        ("https://[::1]:8000/a/", "https://[::1]:8000/a"),
    ],
)  # fmt: skip
def test_words_are_taken_away_only_where_they_tell_who_passed_it_on(address: str, target: str) -> None:
    assert link_target(address) == target
    assert link_target(target) == target


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https%3A%2F%2F%5B%3A",
        "https://a%0Ab",
        "",
    ],
)
def test_a_wrapper_around_what_is_no_address_is_left_as_it_is(target: str) -> None:
    wrapper = f"https://l.facebook.com/l.php?u={target}"
    assert addresses([wrapper]) == {wrapper}


def test_an_address_that_would_become_too_long_to_keep_stays_as_it_is() -> None:
    longest = "http://news.example/" + "x" * 1980
    assert addresses([longest]) == {longest}


def test_wrappers_without_end_and_words_without_number_cost_little() -> None:
    address = "https://news.example/a"
    while len(address) < 1_900:
        address = f"https://l.facebook.com/l.php?u={address}"
    began = time.process_time()
    for hostile in (
        address,
        "https://news.example/?" + "&" * 1_900,
        "https://news.example/?" + "utm_a&" * 300,
    ):
        assert is_address(link_target(hostile))
    assert time.process_time() - began < 0.5


def test_google_news_has_one_address_for_a_story_whatever_it_adds() -> None:
    story = "https://news.google.com/rss/articles/CBMi"
    assert {link_target(f"{story}{words}") for words in ("", "?oc=5", "?oc=5&hl=en-GB&ceid=GB:en")} == {story}
