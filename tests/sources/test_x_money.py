"""X: what each question costs, older posts, posts read again, and people looked up once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor.core.errors import ConfigError, RateLimited, Refused, SourceError, Unavailable
from monitor.core.model import Author, Outcome, Page
from monitor.sources.contract import KnownPost
from monitor.sources.platforms.x import X
from monitor.sources.shared.spend import DOLLAR, UnsavedBudget
from tests.sources.loopback import Answer, Server, as_json, closed_port, serving
from tests.sources.test_x import ALL, NOW, QUERY, RECENT, an_answer, an_id, an_item, opened

CENT = DOLLAR // 100
COUNTS = "/2/tweets/counts/all"
SINCE, UNTIL = NOW - timedelta(days=60), NOW - timedelta(days=30)


class Known3(UnsavedBudget):
    """A budget whose book knows one person."""

    def people(self, ids):
        return {id: Author(id=id, handle="known", name="K", followers=3) for id in ids if id == "7"}


def asked(
    budget: UnsavedBudget, act: Callable[[X], Any], handler: Callable[..., Answer]
) -> tuple[list[Any], Server]:
    with serving(handler) as server:
        source = opened(server.url)
        source.budget = budget
        return list(act(source)), server


def searching(*items: dict[str, Any]) -> Callable[..., Answer]:
    """Answer a search with these posts, and say who anybody is."""

    def handler(_method: str, path: str, query: dict[str, str]) -> Answer:
        if path == "/2/users":
            ids = query["ids"].split(",")
            return as_json({"data": [{"id": id, "username": f"p{id}", "name": "P"} for id in ids]})
        return as_json(an_answer(*items) if items else {"meta": {"result_count": 0}})

    return handler


def a_search(source: X) -> Any:
    return source.search(QUERY, {})


@pytest.mark.parametrize(
    ("items", "cents"),
    [
        ([], 0),
        ([an_item(1)], 1.5),
        ([an_item(1), an_item(2)], 2),
        ([an_item(1), an_item(2, author_id="8")], 3),
    ],
)
def test_a_search_costs_its_posts_and_each_writer_once(items, cents):
    budget = UnsavedBudget(DOLLAR)
    asked(budget, a_search, searching(*items))
    assert DOLLAR - budget.balance() == cents * CENT


def test_the_same_again_on_a_day_costs_nothing_more():
    budget = UnsavedBudget(DOLLAR)
    for _ in range(3):
        asked(budget, a_search, searching(an_item(1)))
    assert DOLLAR - budget.balance() == 1.5 * CENT


def test_somebody_known_is_not_looked_up_again():
    budget = Known3(DOLLAR)
    budget.have["person"] = {"7"}
    [page], server = asked(budget, a_search, searching(an_item(1), an_item(2, author_id="8")))
    assert [request.query["ids"] for request in server.requests if request.path == "/2/users"] == ["8"]
    assert [(post.author.handle, post.author.followers) for post in page.posts] == [
        ("known", 3),
        ("p8", None),
    ]


@pytest.mark.parametrize(
    ("answer", "cents"),
    [
        (as_json({}, 429), 0),
        (as_json({}, 503), 0),
        (as_json({"title": "no"}, 403), 0),
        ((200, {"Content-Length": "900"}, b"{"), 50),  # X may have charged for the hundred posts
        (as_json([1]), 50),
    ],
)
def test_a_refusal_costs_nothing_and_what_broke_off_counts_as_paid(answer, cents):
    budget = UnsavedBudget(DOLLAR)
    with pytest.raises(SourceError):
        asked(budget, a_search, lambda *_: answer)
    assert DOLLAR - budget.balance() == cents * CENT


def test_where_there_is_no_line_to_x_nothing_was_spent():
    source = opened(closed_port())
    source.budget = UnsavedBudget(DOLLAR)
    with pytest.raises(Unavailable):
        list(a_search(source))
    assert source.budget.balance() == DOLLAR


@pytest.mark.parametrize(("cents", "size"), [(50, "100"), (20, "40"), (5, "10")])
def test_it_asks_for_no_more_than_it_can_pay(cents, size):
    _, server = asked(UnsavedBudget(cents * CENT), a_search, searching(an_item(1)))
    assert server.requests[0].query["max_results"] == size


def test_without_money_for_ten_posts_it_asks_nothing_and_says_until_when():
    [page], server = asked(UnsavedBudget(4 * CENT), a_search, searching(an_item(1)))
    assert server.requests == []
    assert (page.outcome, page.cursor, page.since) == (Outcome.CAPPED, None, None)
    assert "only $0.04 is left" in page.detail
    assert "newer posts are left unread" in page.detail
    assert "until 1 December" in page.detail


def test_a_writer_that_cannot_be_paid_for_costs_no_post_its_place():
    [page], _ = asked(UnsavedBudget(5 * CENT), a_search, searching(*(an_item(n) for n in range(1, 11))))
    assert len(page.posts) == 10
    assert {post.author for post in page.posts} == {Author(id="7")}


PAGES = {"": ("a", [9, 8]), "a": ("b", [7, 6]), "b": (None, [5])}


def old(_method: str, path: str, query: dict[str, str]) -> Answer:
    if path == COUNTS:
        return as_json({"data": [], "meta": {"total_tweet_count": 1200}})
    if path != ALL:
        return searching()(_method, path, query) if path == RECENT else searching(an_item(1))("", path, query)
    token, numbers = PAGES[query.get("next_token", "")]
    return as_json(an_answer(*map(an_item, numbers), token=token))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr("monitor.sources.platforms.x.time.sleep", lambda seconds: None)


def test_older_posts_are_read_from_any_mark():
    pages, server = asked(UnsavedBudget(10 * DOLLAR), lambda x: x.back(QUERY, SINCE, UNTIL, None), old)
    assert [post.id for page in pages for post in page.posts] == ["9", "8", "7", "6", "5"]
    assert [page.cursor for page in pages] == ["a", "b", None]
    assert (pages[-1].since, pages[-1].until) == (SINCE, UNTIL)
    assert server.requests[0].query["start_time"].startswith("2026-09-23T")
    later, _ = asked(UnsavedBudget(10 * DOLLAR), lambda x: x.back(QUERY, SINCE, UNTIL, "b"), old)
    assert [post.id for page in later for post in page.posts] == ["5"]


def test_a_look_back_stops_where_the_money_does_and_its_mark_stays():
    budget = UnsavedBudget(6 * CENT)
    pages, _ = asked(budget, lambda x: x.back(QUERY, SINCE, UNTIL, None), old)
    assert [page.cursor for page in pages] == ["a", None]
    assert (pages[-1].outcome, pages[-1].posts) == (Outcome.CAPPED, ())
    assert "left unread" in pages[-1].detail


def test_what_was_paid_for_of_a_gap_is_kept_when_the_next_answer_fails():
    def failing(method: str, path: str, query: dict[str, str]) -> Answer:
        return as_json({}, 503) if query.get("next_token") == "b" else old(method, path, query)

    def searched(x: X) -> Any:
        return x.search(QUERY, {"x:search:crime": an_id(NOW - timedelta(days=20))})

    with serving(failing) as server:
        source = opened(server.url, search_all=True)
        pages = list(searched(source))
    assert [post.id for page in pages for post in page.posts] == ["9", "8", "7", "6"]
    assert pages[-1].outcome is Outcome.GAP


def test_money_that_ends_midway_leaves_older_posts_unread():
    def endless(_method: str, path: str, query: dict[str, str]) -> Answer:
        if path != RECENT:
            return searching()("", path, query)
        first = 1000 - 10 * int(query.get("next_token", 0))
        items = [an_item(first - n) for n in range(10)]
        return as_json(an_answer(*items, token=str(int(query.get("next_token", 0)) + 1)))

    pages, _ = asked(UnsavedBudget(12 * CENT), a_search, endless)
    assert sum(len(page.posts) for page in pages) == 20
    assert (pages[-1].cursor, pages[-1].outcome, pages[-1].since) == ("1000", Outcome.CAPPED, None)
    assert "older posts from this check stay unread" in pages[-1].detail


def test_an_estimate_counts_first_and_says_the_most_it_can_cost():
    with serving(old) as server:
        source = opened(server.url)
        found = source.estimate(QUERY, SINCE, UNTIL)
    assert (found.posts, found.requests, found.dollars) == (1200, 12, 18.0)
    assert 10 * DOLLAR - source.budget.balance() == CENT


def test_a_count_whose_page_mark_comes_again_is_not_paid_for_without_end():
    counted = as_json({"data": [], "meta": {"total_tweet_count": 1, "next_token": "same"}})
    with serving(lambda *_: counted) as server:
        assert opened(server.url).estimate(QUERY, SINCE, UNTIL).posts == 2
    assert len(server.requests) == 2


def test_an_estimate_without_money_is_refused_in_words():
    source = opened("https://x.invalid", dollars_a_month=0)
    with pytest.raises(Refused, match="dollars_a_month"):
        source.estimate(QUERY, SINCE, UNTIL)


WORDS = {"resource_type": "tweet", "parameter": "ids", "title": "x"}
PROBLEM = "https://api.x.com/2/problems/"


def test_posts_read_again_tell_of_those_that_are_gone():
    errors = [
        {**WORDS, "resource_id": "2", "type": PROBLEM + "resource-not-found"},
        {**WORDS, "value": "31", "type": PROBLEM + "not-authorized-for-resource"},
        {**WORDS, "resource_id": "4", "type": PROBLEM + "something-else"},
        {**WORDS, "resource_id": "9", "type": PROBLEM + "resource-not-found"},
    ]
    now = an_answer(an_item(1, public_metrics={"like_count": 12}), errors=errors)
    known = [
        KnownPost(id=id, reread_key=key) for id, key in (("1", "1"), ("2", "2"), ("3", "31"), ("4", "4"))
    ]
    budget = UnsavedBudget(DOLLAR)
    [page], server = asked(budget, lambda x: x.reread(known), lambda *_: as_json(now))
    assert server.requests[0].query["ids"] == "1,2,31,4"
    assert [(post.id, post.metrics.likes) for post in page.posts] == [("1", 12)]
    assert set(page.deleted) == {"2", "3"}
    assert (page.cursor, page.detail) == (None, "")
    assert DOLLAR - budget.balance() == CENT / 2


@pytest.mark.parametrize(
    "answer", [as_json({}, 500), as_json({"errors": [{"type": "x"}]}), as_json({"data": []})]
)
def test_an_answer_that_says_nothing_of_a_post_takes_none_away(answer):
    def read(x: X) -> list[Page]:
        try:
            return list(x.reread([KnownPost(id="1", reread_key="1")]))
        except (Unavailable, RateLimited):
            return []

    pages, _ = asked(UnsavedBudget(DOLLAR), read, lambda *_: answer)
    assert [page.deleted for page in pages if page.deleted] == []


@pytest.mark.parametrize(("cents", "ids"), [(1.5, "1,2,3"), (1.2, "1,2"), (0.4, None), (-9, None)])
def test_as_many_posts_are_read_again_as_there_is_money_for(cents, ids):
    known = [KnownPost(id=id, reread_key=id) for id in ("1", "2", "3")]
    budget = UnsavedBudget(round(cents * CENT))
    [page], server = asked(budget, lambda x: x.reread(known), lambda *_: as_json({"data": []}))
    assert [request.query["ids"] for request in server.requests] == ([ids] if ids else [])
    assert (page.outcome is Outcome.CAPPED) == (ids != "1,2,3")


def test_following_deletions_is_one_of_two_ways():
    with pytest.raises(ConfigError, match=r"sources\.x\.follow_deletions: expected one of daily, sparse"):
        X.open({"follow_deletions": "never"}, {}, NOW)
    assert max(b - a for a, b in pairwise(opened("https://x.invalid").ages)) < timedelta(days=1)
    assert opened("https://x.invalid", follow_deletions="sparse").ages[-2:] == (
        timedelta(days=7), timedelta(days=30)
    )  # fmt: skip


def test_whether_it_fills_gaps_is_yes_or_no():
    with pytest.raises(ConfigError, match=r"sources\.x\.search_all"):
        X.open({"search_all": "yes"}, {}, NOW)


@pytest.mark.parametrize("value", ["10", -1, True, None, float("nan")])
def test_a_price_that_is_none_is_named(value):
    with pytest.raises(ConfigError, match=r"sources\.x\.dollars_a_month"):
        X.open({"dollars_a_month": value}, {}, NOW)


def test_the_months_of_money_are_those_of_utc():
    late = datetime(2026, 12, 31, 23, tzinfo=UTC)
    source = X.open({"dollars_a_month": 0}, {"X_BEARER_TOKEN": "t"}, late)
    [page] = source.search(QUERY, {})
    assert "until 1 January" in page.detail
