"""Posts in the same words on pages: one is shown, and opens all of them; what several ask is one card."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard import create_app
from dashboard.posts import sentence
from monitor.archive.query.criteria import Order, Total
from tests.dashboard.archived import filled, then
from tests.dashboard.test_posts import heading, ids, shown

TEXT = "Please sign the petition today"


@pytest.fixture
def site(tmp_path):
    """Return a client of a dashboard with four posts: three in the same words, of which one has a link."""
    texts = (TEXT, "Something of my own to say", f"{TEXT.upper()} https://example.org/?utm_source=2", TEXT)
    posts = [
        replace(then(id=str(n), by=f"by{n}", text=text), created_at=then().created_at + timedelta(minutes=n))
        for n, text in enumerate(texts, 1)
    ]
    return create_app(filled(tmp_path, *posts)).test_client()


def test_a_list_shows_the_first_of_posts_in_the_same_words_and_says_how_many_more(site):
    page = shown(site)
    assert ids(page) == [4, 2]
    assert heading(page) == "4 posts, newest first; 2 of them grouped with others in the same words"
    assert page.count("and 2 like it") == 1


@pytest.mark.heavy
def test_what_is_folded_opens_and_is_complete(site):
    address = re.search(r'href="([^"]*like=4[^"]*)"', shown(site))[1].replace("&amp;", "&")
    page = shown(site, address)
    assert ids(page) == [4, 3, 1]
    assert heading(page) == "3 posts, newest first"
    assert "in the same words" in page
    assert "like it" not in page


def test_posts_are_listed_by_their_numbers(site):
    page = shown(site, "/posts?ids=1.2.3")
    assert ids(page) == [3, 2, 1]  # each, though two are in the same words
    assert heading(page) == "3 posts, newest first"
    assert "only 3 posts chosen together" in page


@pytest.mark.parametrize(
    "query",
    ["ids=1.x", "ids=1..2", "ids=-1", f"ids={'.'.join(map(str, range(201)))}", "ids=1&tone=positive",
     "like=1&stance=support", "theme=1&tone=negative", "mark=done&stance=oppose",
     "q=sheets+OR+crime&tone=negative", "q=-sheets&stance=support"],
    ids=["a letter", "a gap", "below zero", "too many", "tone of chosen posts", "stance of the same words",
         "tone of a theme", "stance of marked posts",
         "tone of one word or another", "stance but of a word"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_or_would_tell_an_opinion_is_refused(site, query):
    assert site.get(f"/posts?{query}").status_code == 400


@pytest.mark.parametrize(
    ("total", "says"),
    [
        (Total(posts=1500), "1,500 posts, newest first; those in the same words are grouped"),
        (Total(posts=1500, folds=1500), "1,500 posts, newest first"),
        (
            Total(posts=1500, folds=300),
            "1,500 posts, newest first; 1,200 of them grouped with others in the same words",
        ),
        (Total(posts=0), "No posts"),
    ],
    ids=["too many to say how many", "none", "many", "no post"],
)
def test_a_heading_says_that_posts_stand_together(total, says):
    assert sentence(total, Order.NEWEST) == says
