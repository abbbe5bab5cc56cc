"""What a platform that is set up is asked first, and what its answer means."""

from datetime import UTC, datetime

import pytest

from monitor.campaign import Track
from monitor.collect import source_setup
from monitor.collect.source_setup import check, question
from monitor.core.model import Outcome, Query
from monitor.platform_info import about
from tests.sources.archived import a_campaign
from tests.sources.loopback import as_html, as_json, serving


def test_the_question_costs_nothing_where_posts_do():
    campaign = Query(track="t", tags=("One", "Two"), phrases=("a b",))
    assert question("tumblr", campaign).tags == ("One",)
    assert question("x", campaign).tags == (about("x").probe,) != ("One",)
    assert question("youtube", Query(track="t", phrases=("a b",))).phrases == ("a b",)


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKEN = "canary7391"
TRACK = Track(name="t", title="T", tags=("One",))
EMPTY = as_json({"meta": {"result_count": 0}})
LOGIN = {"BLUESKY_HANDLE": "ann.example", "BLUESKY_APP_PASSWORD": TOKEN}


def told(name, answer, env, *names):
    """Return the verdict on these keys where the platform answers so, and how often it was asked."""
    with serving(lambda *_: answer) as server:
        campaign = a_campaign(name, dict.fromkeys(names, server.url), TRACK)
        return check(campaign, name, env, NOW), server.paths


@pytest.mark.parametrize(
    ("answer", "works", "words"),
    [
        (EMPTY, True, "It works."),
        (as_json({"title": "Unauthorized", "detail": f"{TOKEN} is bad"}, 401), False, "It does not work."),
        (as_json({"title": "Too Many Requests"}, 429), None, "slow down"),
        (as_html(status=502), None, "This could not be checked. "),
        (as_html(), None, "answer we cannot read"),
    ],
)
def test_what_x_answers_is_told_and_never_the_key(answer, works, words):
    verdict, paths = told("x", answer, {"X_BEARER_TOKEN": TOKEN}, "api")
    assert verdict.works is works
    assert words in verdict.says
    assert TOKEN not in verdict.says
    assert len(paths) == 1


def test_a_form_says_once_that_a_site_was_not_reached_and_promises_nothing():
    own = {"urls": ["https://127.0.0.1:1/rss"], "google_news": False}
    verdict = check(a_campaign("feeds", own, TRACK), "feeds", {}, NOW)
    assert verdict.works is None
    assert verdict.says == (
        "This could not be checked. It could not be reached: this computer has no internet connection, or the"
        " site is down."
    )


@pytest.mark.parametrize(
    ("answer", "works", "words"),
    [
        (
            (200, {}, b"<rss version='2.0'><channel><title>The Post</title></channel></rss>"),
            True,
            "“The Post”",
        ),
        (as_html(), None, "not a feed"),
        (as_html(status=404), False, "It does not work."),
    ],
)
def test_the_address_of_a_feed_is_tried_and_its_title_told(answer, works, words):
    with serving(lambda *_: answer) as server:
        verdict = check(a_campaign("feeds", {"urls": [server.url]}, TRACK), "feeds", {}, NOW)
        assert server.paths == ["/"]
    assert verdict.works is works
    assert words in verdict.says
    assert "key" not in verdict.says


def test_the_app_password_of_bluesky_is_tried_by_logging_in():
    refused = as_json({"error": "AuthenticationRequired", "message": TOKEN}, 401)
    verdict, paths = told("bluesky", refused, LOGIN, "home", "public")
    assert (verdict.works, paths) == (False, ["/xrpc/com.atproto.server.createSession"])
    assert TOKEN not in verdict.says
    session = as_json({"accessJwt": "j", "refreshJwt": "r", "did": "did:x", "posts": []})
    assert told("bluesky", session, LOGIN, "home", "public")[0].works is True


def test_control_without_crossing_out_an_answer_could_show_the_key(monkeypatch):
    monkeypatch.setattr(source_setup, "_SAYS", {})
    assert TOKEN in source_setup._verdict(Outcome.REFUSED, TOKEN, {}).says
    assert TOKEN not in source_setup._verdict(Outcome.REFUSED, TOKEN, {"KEY": TOKEN}).says
