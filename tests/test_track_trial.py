"""What other words would change: of stored posts, each way in which one can come to a track or leave it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor import track_trial
from monitor.archive import Archive
from monitor.core.model import Query
from monitor.manual_entry import BY_HAND
from monitor.track_trial import new_words, trial
from tests.archive.saving import saved
from tests.builders import a_page, a_post

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
BEFORE = Query(track="a", tags=("Crime",), phrases=("knife crime",))


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "a.db", LONDON) as opened:
        yield opened


def store(archive, text, *, days=2, track="a", source="bluesky", **changes):
    """Store a post by the words of its id."""
    at = NOW - days * DAY
    made = {"platform": "bluesky", "id": text, "text": text, "tags": frozenset(), "created_at": at} | changes
    saved(archive, a_page(a_post(**made)), track=track, source=source)


def changed(archive, before=BEFORE, **words):
    result = trial(archive, before, replace(before, **words), NOW)
    return [text.text for text in result.gains], [text.text for text in result.losses], result.unsure


@pytest.mark.parametrize(
    ("words", "gains", "losses"),
    [
        ({}, [], []),
        ({"tags": ("Crime", "Bus")}, ["On the #Bus"], []),
        ({"tags": ("Bus",)}, ["On the #Bus"], ["A film of #crime", "#Crime, and police cuts"]),
        ({"phrases": ()}, [], ["Knife crime again"]),
        ({"phrases": ("knife crime", "night bus")}, ["A night bus"], []),
        ({"excluded": ("film",)}, [], ["A film of #crime"]),
        ({"required": ("police",)}, [], ["A film of #crime", "Knife crime again"]),
        ({"near": ("cuts police~1",)}, [], ["A film of #crime", "Knife crime again"]),
        (
            {"near": ("cuts crime~1",)},
            [],
            ["A film of #crime", "Knife crime again", "#Crime, and police cuts"],
        ),
    ],
    ids=["nothing", "tag", "other tag", "no phrase", "phrase", "none", "all", "near", "too far"],
)
def test_stored_posts_come_and_go_by_the_words(archive, words, gains, losses):
    for text in ("#Crime, and police cuts", "Knife crime again", "A film of #crime"):
        store(archive, text)
    for text in ("A night bus", "On the #Bus", "A park"):
        store(archive, text, track="b")
    found, lost, unsure = changed(archive, **words)
    assert (sorted(found), sorted(lost), unsure) == (sorted(gains), sorted(losses), 0)


def test_a_new_track_gains_from_other_tracks_hand_and_files(archive):
    store(archive, "One bus", track="b")
    store(archive, "Two bus", track="b", source="import")
    store(archive, "Three bus", track="b", platform=BY_HAND, source=BY_HAND)
    new = Query(track="new")
    assert sorted(changed(archive, new, phrases=("bus",))[0]) == ["One bus", "Three bus", "Two bus"]


def test_a_reply_that_came_with_a_conversation_is_a_gain(archive):
    store(archive, "A bus", track="b")
    archive.db.execute("DELETE FROM post_series")
    archive.db.execute("INSERT INTO replies SELECT id FROM posts")
    assert changed(archive, phrases=("bus",))[0] == ["A bus"]


def test_what_is_not_ours_too_old_or_without_a_text_is_left_out(archive):
    for text in ("Marked bus", "Gone bus"):
        store(archive, text, track="b")
    store(archive, "Old bus", track="b", days=31)
    store(archive, "New bus", track="b", days=29)
    ids = {row.text: row.id for row in archive.posts.every()}
    archive.marks.set([ids["Marked bus"]], "not ours", by="a", now=NOW)
    archive.ingest.scrub([ids["Gone bus"]], NOW)
    assert changed(archive, phrases=("bus",))[0] == ["New bus"]


@pytest.mark.parametrize("source", [BY_HAND, "import"])
def test_what_somebody_brought_into_the_track_stays(archive, source):
    store(archive, "Of #Crime", source=source)
    store(archive, "Without the words", source=source)
    assert changed(archive, tags=("Bus",), phrases=(), excluded=("words",)) == ([], [], 0)


def test_what_a_search_found_by_more_than_its_words_is_not_known_if_it_is_asked_for_others(archive):
    store(archive, "A headline about a park")
    assert changed(archive, tags=("Crime", "Bus")) == ([], [], 0)
    assert changed(archive, excluded=("park",)) == ([], ["A headline about a park"], 0)
    assert changed(archive, phrases=()) == ([], [], 1)
    result = trial(archive, BEFORE, replace(BEFORE, phrases=()), NOW)
    assert "For 1 other this is not known: the source's own search found them." in result.sentences


def test_a_source_of_hashtags_only_brings_nothing_for_a_phrase(archive):
    store(archive, "A night bus", track="b", platform="mastodon")
    store(archive, "#Crime on the night bus", platform="mastodon")
    store(archive, "Another night bus", track="b", platform="bluesky")
    assert changed(archive, phrases=("night bus",))[0] == ["Another night bus"]
    assert changed(archive, tags=(), phrases=("night bus",))[1] == ["#Crime on the night bus"]


def test_a_tag_that_a_platform_lists_beside_the_text_counts(archive):
    store(archive, "A photo", track="b", tags=frozenset({"Bus"}))
    assert changed(archive, tags=("bus",))[0] == ["A photo"]


def test_of_very_many_posts_the_newest_are_looked_at_and_it_says_so(archive, monkeypatch):
    monkeypatch.setattr(track_trial, "_MOST", 2)
    for days in (1, 2, 3):
        store(archive, f"bus {days}", track="b", days=days)
    result = trial(archive, BEFORE, replace(BEFORE, phrases=("bus",)), NOW)
    assert [text.text for text in result.gains] == ["bus 1", "bus 2"]
    assert result.sentences[0] == (
        "Of 2 posts stored from Fri 20 Nov, 12:00 on, 2 more would match the track, and 0 no longer would."
    )
    assert "There are too many to check the older ones." in result.sentences


def test_ten_of_each_are_shown_and_all_are_counted(archive):
    for number in range(12):
        store(archive, f"bus {number}", track="b", days=number + 1)
    result = trial(archive, BEFORE, replace(BEFORE, phrases=("bus",)), NOW)
    assert {heading: len(texts) for heading, texts in result.lists.items()} == {"Newly matched, such as": 10}
    assert "12 more would match" in result.sentences[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"excluded": ("film",)}, "Why they would not: 1 for an excluded word."),
        ({"phrases": ()}, "Why they would not: 1 for lack of a hashtag or phrase."),
        (
            {"excluded": ("film",), "required": ("crime",), "near": ("police cuts~1",)},
            "Why they would not: 1 for an excluded word, 1 for lack of a required word,"
            " 3 for lack of words near each other, some for more than one reason.",
        ),
    ],
    ids=["one", "no phrase", "several"],
)
def test_it_is_told_by_which_rule_posts_would_go(archive, words, says):
    for text in ("Knife crime, police cuts", "#Crime is up", "A film of #crime", "#Crime: cuts of police"):
        store(archive, text)
    store(archive, "#criminal", tags=frozenset({"Crime"}))
    result = trial(archive, BEFORE, replace(BEFORE, **words), NOW)
    assert says in result.sentences
    assert not [one for one in trial(archive, BEFORE, BEFORE, NOW).sentences if "Why they would not" in one]


def test_where_nothing_is_stored_yet_no_post_is_said_to_come_or_go(archive):
    first = trial(archive, BEFORE, replace(BEFORE, tags=("Bus",)), NOW).sentences[0]
    assert first.startswith("No posts are stored from ")
    assert " 0 " not in first


def test_a_track_without_a_hashtag_or_phrase_is_told_to_bring_nothing(archive):
    store(archive, "Police cuts", track="b")
    only_near = Query(track="new", near=("police cuts~5",))
    result = trial(archive, Query(track="new"), only_near, NOW)
    assert result.sentences[1].startswith("A track needs at least one hashtag or phrase")
    assert "at least one hashtag" not in str(trial(archive, BEFORE, BEFORE, NOW).sentences)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ({"tags": ("Crime", "Bus")}, (("Bus",), ())),
        ({"phrases": ("knife crime", "night bus")}, ((), ("night bus",))),
        ({"tags": ("Bus",), "phrases": ()}, (("Bus",), ())),
        ({"excluded": ("film",)}, (("Crime",), ("knife crime",))),
    ],
    ids=["tag", "phrase", "another", "nothing new"],
)
def test_sources_are_asked_for_what_comes_anew(words, asked):
    query = new_words(BEFORE, replace(BEFORE, required=("police",), **words))
    assert (query.tags, query.phrases) == asked
    assert query.required == ("police",)
