"""Which posts are one message: right on labelled pairs, and on cases that each rule is there for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bench.message_pairs import STORIES, Pair, a_social, an_article, pairs
from bench.messages import TARGET, are_joined, scores
from monitor.core import messages
from monitor.core.messages import Sketch, keys
from monitor.core.model import Post, PostKind

WORDS = "Two in three of us do not feel safe after dark."
HEADLINE, LEAD, REST = STORIES[0]


@pytest.mark.heavy
def test_precision_on_500_labelled_pairs_is_above_the_bar():
    labelled = pairs()
    assert (len(labelled), sum(pair.is_one for pair in labelled)) == (500, 250)
    precision, recall = scores(labelled)
    assert precision > TARGET
    assert recall > 0.95


@pytest.mark.heavy
def test_control_words_without_their_writer_fall_below_the_bar(monkeypatch):
    monkeypatch.setattr("monitor.core.messages._person", lambda handle: "anybody")
    assert scores(pairs())[0] < TARGET


def one(first: Post, second: Post) -> bool:
    assert are_joined(Pair("", True, second, first)) == are_joined(Pair("", True, first, second))
    return are_joined(Pair("", True, first, second))


@pytest.mark.parametrize(("first", "second", "after", "is_one"), [
    (("mastodon", "@kim.jones@mas.example"), ("x", "KimJones"), 1, True),
    (("bluesky", "kim-jones.bsky.social"), ("threads", "kim_jones"), 35, True),
    (("bluesky", "kim-jones.bsky.social"), ("threads", "kim_jones"), 37, False),
    (("mastodon", "kimjones@mas.example"), ("mastodon", "kimjones@other.example"), 1, False),
    (("mastodon", "jo@mas.example"), ("x", "jo"), 1, False),
    (("threads", "kim.jones"), ("x", "kim"), 1, False),
    (("mastodon", None), ("x", None), 1, False),
], ids=["one name", "a day", "later", "one platform", "a short name", "a first name", "no name"])  # fmt: skip
def test_the_same_words_are_a_cross_post_by_the_same_name_on_two_platforms_in_a_day(
    first, second, after, is_one
):
    posts = [a_social(platform, handle, WORDS) for platform, handle in (first, second)]
    later = replace(posts[1], created_at=posts[0].created_at + timedelta(hours=after))
    assert one(posts[0], later) == is_one


def test_an_answer_in_the_same_words_is_no_cross_post():
    first = a_social("mastodon", "kimjones@mas.example", "Thank you!")
    assert not one(first, a_social("x", "kimjones", "Thank you!", kind=PostKind.REPLY))


@pytest.mark.parametrize("change", [
    lambda url: url + "?utm_source=a&fbclid=b", lambda url: url.replace("https://www.", "http://m."),
    lambda url: url + "/amp/", lambda url: url + "#top", lambda url: url.replace("example", "EXAMPLE"),
], ids=["tracking", "another face", "amp", "a fragment", "capitals"])  # fmt: skip
def test_an_article_is_known_by_its_address_however_it_is_written(change):
    url = "https://www.news.example/a/1"
    first = an_article("A", "Some title", url=url)
    assert one(first, an_article("B", "Other words", url=change(url)))


@pytest.mark.parametrize("url", ["https://news.example", "https://news.example/?utm_source=x", "none", ""])
def test_a_front_page_and_what_is_no_address_join_nothing(url):
    assert not one(
        an_article("A", "Some title here", url=url), an_article("B", "Quite another thing", url=url + "/")
    )


def test_news_that_a_feed_gives_one_address_stay_apart():
    first = an_article(
        "Council", "Road closed in Axe Street", "Works by Thames.", url="https://c.example/news"
    )
    other = an_article(
        "Council", "Library of Rainham opens", "With Kofi Annor.", url="https://c.example/news"
    )
    assert not one(first, other)


@pytest.mark.parametrize(("other", "is_one"), [
    ((HEADLINE, f"{LEAD} {REST}"), True),
    ((HEADLINE.replace("200", "300"), f"{LEAD} {REST}".replace("200", "300")), False),
    (("Residents sign for safer streets", f"{LEAD} {REST}"), True),
    (("Residents sign for safer streets", f"{LEAD} {REST}".replace("Rainham", "Newham")), False),
], ids=["as it is", "another figure", "another headline", "another place"])  # fmt: skip
def test_a_story_is_told_by_headline_and_text_and_other_facts_are_another_story(other, is_one):
    first = an_article("Site A", HEADLINE, f"{LEAD} {REST}")
    second = an_article("Site B", *other)
    assert one(first, replace(second, created_at=first.created_at + timedelta(days=3))) == is_one
    assert not one(first, replace(second, created_at=first.created_at + timedelta(days=5)))


def test_words_that_are_said_again_are_read_once():
    messages._words.cache_clear()
    first, second = (keys(a_wording(n), Sketch()) for n in range(2))
    assert len(first & second) == 1
    assert messages._words.cache_info()[:2] == (1, 1)  # kept, read


def a_wording(n):
    text = "We are all out tonight for safer streets"
    return messages.Wording("forum", str(n), f"@person{n}", f"https://a.example/{n}", None, text, "post")
