"""What a post says, and whether it is about a track."""

import time
from dataclasses import replace

import pytest

from monitor.core.model import Query
from monitor.core.text import belongs, hashtags, matches, plain
from tests.builders import a_post

QUERY = Query(
    track="crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",), excluded=("film",)
)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Safe &amp; sound</p>", "Safe & sound"),
        ("one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"),
        ("<p>one</p> <p class='x'>two</p>", "one\ntwo"),
        ('#<a href="https://example.org"><span>Crime</span></a>', "#Crime"),
        ("&lt;b&gt; is shown", "<b> is shown"),
        ("<h2>Patrols</h2><ul><li>Lamps</li><li>Locks</li></ul>", "Patrols\nLamps\nLocks"),
        ("<p>one</p><!-- a > b --><style>p {}</style>\n<p>two</p><script>1 < 2", "one\ntwo"),
        ("5 < 6 and 7 > 3, I <3 it", "5 < 6 and 7 > 3, I <3 it"),
        ("", ""),
    ],
)
def test_markup_becomes_plain_text(markup, text):
    assert plain(markup) == text


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#One #TWO, (#three)", {"one", "two", "three"}),
        ("#Élan #犯罪", {"élan", "犯罪"}),
        ("a#b &#39; https://example.org/#part", set()),
        ("# alone and #", set()),
    ],
)
def test_hashtags_are_found_and_look_alikes_are_not(text, tags):
    assert hashtags(text) == tags


@pytest.mark.parametrize(
    "text",
    [
        "#callingtimeoncrime",
        "#CALLINGTIMEONCRIME now",
        "We are Calling  Time\non crime!",
        "“calling time on crime”",
    ],
)
def test_a_text_about_the_track_matches(text):
    assert matches(QUERY, text)


@pytest.mark.parametrize(
    "text", ["", "#CallingTime on", "calling time on crimes", "callingtimeoncrime", "recalling time on crime"]
)
def test_a_text_about_something_else_does_not_match(text):
    assert not matches(QUERY, text)


def test_an_excluded_word_wins_and_a_longer_word_is_another_word():
    assert not matches(QUERY, "#CallingTimeOnCrime, the Film")
    assert matches(QUERY, "#CallingTimeOnCrime, the filming")


@pytest.mark.parametrize(
    ("text", "belongs"),
    [
        ("#CallingTimeOnCrime in Dagenham, by night BUS", True),
        ("#CallingTimeOnCrime in #Dagenham: night bus", True),
        ("#CallingTimeOnCrime in Dagenham by bus", False),
        ("#CallingTimeOnCrime on the night bus", False),
        ("The night bus of Dagenham", False),
    ],
)
def test_every_required_word_must_be_there(text, belongs):
    query = replace(QUERY, required=("dagenham", "night bus"))
    assert matches(query, text) is belongs
    assert not matches(replace(query, excluded=("dagenham",)), text)


def test_a_tag_that_the_platform_lists_counts_without_being_written():
    assert matches(QUERY, "No tag here", ["callingtimeoncrime"])


def test_signs_in_a_phrase_are_only_signs():
    assert matches(Query(track="t", phrases=("a.b (c)",)), "say a.b (c) now")
    assert not matches(Query(track="t", phrases=("a.b",)), "axb")


def test_a_post_belongs_by_its_text_or_its_tags():
    assert belongs(QUERY, a_post())
    assert belongs(QUERY, a_post(text="no tag"))
    assert not belongs(QUERY, a_post(text="no tag", tags=frozenset()))


@pytest.mark.parametrize("piece", ["<", "<p", "</p> ", "&", "#", "<a <a", "<!--", "<script>"])
def test_a_hostile_text_is_read_in_time(piece):
    began = time.process_time()
    assert isinstance(plain(piece * 200_000), str)
    hashtags(piece * 200_000)
    assert time.process_time() - began < 5  # seconds; a quadratic reading takes minutes


NEAR = replace(
    QUERY, tags=(), phrases=("dagenham",), excluded=(), near=("police cuts~2", "fewer night buses~1")
)


@pytest.mark.parametrize(
    ("text", "belongs"),
    [
        ("Dagenham: police cuts", True),
        ("Dagenham: CUTS to the Police", True),
        ("Dagenham: police, and then cuts", True),
        ("Dagenham: police and then more cuts", False),
        ("Dagenham: the cuts of the great police", False),
        ("Police cuts", False),
        ("Dagenham police", False),
        ("Dagenham: policecuts, police cutting", False),
        ("Dagenham: cuts here, and more of them; police? Police! No cuts", True),
        ("Dagenham has fewer buses a night", True),
        ("Dagenham has fewer buses in a night", False),
        ("#Dagenham #police #cuts", True),
        ("Dagenham: police https://example.org/a/long/way/to/go cuts", True),
        ("Dagenham: police https://example.org/cuts", False),
    ],
)
def test_words_near_each_other_are_found_in_any_order(text, belongs):
    assert matches(NEAR, text) is belongs


def test_a_long_text_of_words_that_are_near_nothing_is_read_in_time():
    began = time.process_time()
    assert not matches(replace(NEAR, near=("police cuts~99",)), "Dagenham " + "police " * 15_000)
    assert time.process_time() - began < 5
