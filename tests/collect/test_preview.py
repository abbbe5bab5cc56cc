"""What words would bring: real sources, asked on this machine."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.campaign import SourceSettings
from monitor.collect import preview as previews
from monitor.collect.preview import preview
from monitor.core.model import Query
from tests.sources.archived import SHIPPED
from tests.sources.loopback import as_html, as_json, closed_port, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = Query(track="new", tags=("SafeStreets",))
ITEM = (
    "<item><title>{0} #SafeStreets</title><link>https://paper.example/{0}</link><guid>{0}</guid>"
    "<pubDate>{1:%a, %d %b %Y} 09:00:00 GMT</pubDate></item>"
)
FEED = "<rss version='2.0'><channel><title>Paper</title>{}</channel></rss>"


def a_campaign(sources):
    return replace(SHIPPED, sources=sources)


def feed(*items):
    text = FEED.format("".join(ITEM.format(*item) for item in items))
    return 200, {"Content-Type": "application/rss+xml"}, text.encode()


def feeds(*addresses, on=True):
    return SourceSettings(on=on, every_minutes=30, own={"urls": addresses, "google_news": False})


def test_a_source_shows_what_it_finds_newest_first_and_nothing_else_of_the_feed():
    answer = feed(("old", NOW.replace(day=19)), ("new", NOW.replace(day=21)))
    with serving(lambda *_: answer) as server:
        (found,) = preview(a_campaign({"feeds": feeds(f"{server.url}/a")}), WORDS, NOW)
        (none,) = preview(
            a_campaign({"feeds": feeds(f"{server.url}/a")}), Query(track="new", tags=("Other",)), NOW
        )
    assert [post.url.rpartition("/")[2] for post in found.posts] == ["new", "old"]
    assert found.title == "News and feeds"
    assert none.posts == ()


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        ({"feeds": feeds(on=False)}, []),
        ({"youtube": SourceSettings(on=True, every_minutes=30), "feeds": feeds()}, ["News and feeds"]),
        ({}, []),
    ],
    ids=["switched off", "with a key", "no source"],
)
def test_only_what_is_on_and_needs_no_key_is_asked(sources, names):
    assert [one.title for one in preview(a_campaign(sources), WORDS, NOW)] == names


def test_nothing_is_asked_for_words_that_no_source_searches_by():
    with serving(lambda *_: pytest.fail("asked")) as server:
        campaign = a_campaign({"feeds": feeds(f"{server.url}/a")})
        assert preview(campaign, Query(track="new", near=("police cuts~5",)), NOW) == ()


@pytest.mark.heavy
def test_a_source_that_does_not_answer_says_why_and_costs_no_other():
    with serving(lambda *_: feed(("new", NOW))) as server:
        lemmy = SourceSettings(on=True, every_minutes=60, own={"servers": [closed_port()]})
        silent, found = preview(a_campaign({"lemmy": lemmy, "feeds": feeds(f"{server.url}/a")}), WORDS, NOW)
    assert "no internet connection" in silent.sentence
    assert "retried" not in silent.sentence
    assert (silent.posts, len(found.posts)) == ((), 1)


def test_a_source_says_from_when_on_it_has_read_all():
    answer = feed(("old", NOW.replace(day=19)), ("new", NOW.replace(day=21)))
    later = feed(("late", NOW))
    with serving(lambda method, path, query: later if path == "/b" else answer) as server:
        two = feeds(f"{server.url}/a", f"{server.url}/b")
        (found,) = preview(a_campaign({"feeds": two}), WORDS, NOW)
        broken = feeds(f"{server.url}/a", closed_port())
        (half,) = preview(a_campaign({"feeds": broken}), WORDS, NOW)
    # The later of the two: before it, only one was read.
    whole = "All are shown only from Sun 22 Nov, 09:00 on."
    assert found.sentence == f"It shows 3 posts from the last seven days. {whole}"
    assert half.sentence.startswith("It shows 2 posts from the last seven days. Whether these are all is not")
    assert "It could not be reached" in half.sentence


@pytest.mark.parametrize(
    ("days", "number", "problem", "says"),
    [
        (9, 2, "", "The last seven days would have brought 2 posts."),
        (7, 0, "", "The last seven days would have brought 0 posts."),
        (2, 1, "", "It shows 1 post from the last seven days. All are shown only from Fri 20 Nov, 12:00 on."),
        (None, 0, "", "It shows 0 posts from the last seven days. Whether these are all is not known."),
        (None, 0, "It is down.", "It is down."),
    ],
)  # fmt: skip
def test_a_source_says_how_much_it_has_and_whether_it_is_all(days, number, problem, says):
    since = None if days is None else NOW - timedelta(days=days)
    assert previews._sentence(number, since, problem, NOW) == says


def test_what_is_older_than_a_week_is_not_counted():
    with serving(lambda *_: feed(("old", NOW.replace(day=1)), ("new", NOW.replace(day=21)))) as server:
        (found,) = preview(a_campaign({"feeds": feeds(f"{server.url}/a")}), WORDS, NOW)
    assert [post.url.rpartition("/")[2] for post in found.posts] == ["new"]


def test_a_source_that_knows_no_phrases_asks_for_a_hashtag():
    own = SourceSettings(on=True, every_minutes=10, own={"servers": [closed_port()]})
    (none,) = preview(a_campaign({"mastodon": own}), Query(track="new", phrases=("night bus",)), NOW)
    assert none.sentence == "It cannot be searched for these words: give it a hashtag."


def test_a_setting_that_is_wrong_is_a_sentence():
    (wrong,) = preview(a_campaign({"feeds": feeds("ftp://paper.example")}), WORDS, NOW)
    assert "an address with https://" in wrong.sentence


@pytest.mark.slow
def test_a_source_that_never_ends_is_not_waited_for():
    released, over = threading.Event(), threading.Event()

    def never(*_):
        released.wait(60)
        over.set()
        return as_html()

    with serving(never) as server:
        (slow,) = preview(a_campaign({"feeds": feeds(f"{server.url}/a")}), WORDS, NOW, seconds=0.2)
        assert not over.is_set()  # else it has waited for the server
        released.set()
    assert slow.sentence


def test_a_source_of_very_many_pages_is_asked_a_few_times_only():
    servers = []

    def empty(method, path, query):
        servers.append(path)
        return as_json({"version": "4.5.0", "configuration": {}} if path.endswith("instance") else [])

    tags = tuple(f"tag{number}" for number in range(50))
    with serving(empty) as server:
        own = SourceSettings(on=True, every_minutes=10, own={"servers": [server.url]})
        (cut,) = preview(a_campaign({"mastodon": own}), Query(track="new", tags=tags), NOW)
    assert "Whether these are all is not known." in cut.sentence
    assert len(servers) <= previews._PAGES + 4  # beside the timelines it is asked what it is
