"""What a page leaves in the archive."""

import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.query.criteria import Filter
from monitor.archive.readers import Changes
from monitor.archive.values import AuthorCount, LargestAccount
from monitor.core.errors import StorageError
from monitor.core.model import Author, Media, Metrics, Outcome, Page, Tone
from tests.archive.saving import LONDON, opened, saved
from tests.builders import NOON, a_page, a_post, a_sentiment

DAY = date(2026, 3, 2)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def only(archive: Archive):
    (row,) = archive.posts.every()
    return row


def cells(archive: Archive, sql: str) -> list[tuple[object, ...]]:
    return archive.db.execute(sql).fetchall()


def test_a_saved_post_comes_back_as_it_was(archive):
    post = a_post(likes=3, views=40, lang="en")
    assert saved(archive, a_page(post)) == 1
    row = only(archive)
    assert (row.platform, row.native_id, row.url, row.text) == (post.platform, post.id, post.url, post.text)
    assert (row.handle, row.name, row.followers) == ("ann@example.org", "Ann", 7)
    assert (row.created_at, row.day, row.lang, row.tone) == (NOON, DAY, "en", Tone.NEUTRAL)
    assert row.metrics == Metrics(likes=3, views=40)


def test_the_same_page_again_adds_nothing(archive):
    page = a_page(a_post(likes=1), a_post(id="2", likes=2))
    assert [saved(archive, page), saved(archive, page, now=LATER)] == [2, 0]
    assert archive.posts.count() == 2
    assert cells(archive, "SELECT count(*) FROM snapshots") == [(2,)]


def test_one_id_on_two_platforms_is_two_posts(archive):
    saved(archive, a_page(a_post(), a_post(platform="bluesky")))
    assert archive.posts.count() == 2


def test_a_post_just_after_midnight_in_london_counts_on_that_day_in_summer_time(archive):
    saved(archive, a_page(a_post(created_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))))
    assert only(archive).day == date(2026, 7, 2)


def test_a_moved_number_is_kept_and_remembered(archive):
    saved(archive, a_page(a_post(likes=1)))
    saved(archive, a_page(a_post(likes=5)), now=LATER)
    assert only(archive).metrics == Metrics(likes=5)
    assert cells(archive, "SELECT likes FROM snapshots ORDER BY read_at") == [(1,), (5,)]


def test_a_number_that_is_not_said_again_keeps_its_last_reading(archive):
    saved(archive, a_page(a_post(likes=4, views=9)))
    saved(archive, a_page(a_post(likes=5)), now=LATER)
    assert only(archive).metrics == Metrics(likes=5, views=9)


def test_an_edited_text_is_scored_anew(archive):
    saved(archive, a_page(a_post()))
    archive.ingest.save(
        a_page(a_post(text="Glad!")), source="mastodon", track="crime", scores=[a_sentiment(Tone.POSITIVE)],
        analyzer="plain-1", started_at=LATER, now=LATER,
    )  # fmt: skip
    assert (only(archive).text, only(archive).tone) == ("Glad!", Tone.POSITIVE)


def test_a_post_whose_writer_takes_the_hashtag_out_later_still_counts(archive):
    saved(archive, a_page(a_post(text="Enough #callingtimeoncrime")))
    saved(archive, a_page(a_post(text="Enough")), now=LATER)
    assert only(archive).text == "Enough"
    [count] = archive.stats.day_counts(archive.stats.scope("crime", DAY, DAY))
    assert count.posts == 1


def test_a_writers_name_that_is_not_said_again_is_kept(archive):
    saved(archive, a_page(a_post()))
    saved(archive, a_page(a_post(author=Author(id="ann", followers=9))), now=LATER)
    assert only(archive).name == "Ann"
    assert cells(archive, "SELECT followers FROM authors") == [(9,)]


def test_a_deletion_scrubs_text_address_and_writer_and_keeps_the_tally(archive):
    saved(archive, a_page(a_post()))
    saved(archive, a_page(deleted=("1",)), now=LATER)
    row = only(archive)
    assert (row.text, row.url, row.handle, row.name) == (None, None, None, None)
    scope = archive.stats.scope("crime", DAY, DAY)
    (count,) = archive.stats.day_counts(scope)
    assert (count.day, count.platform, count.posts) == (DAY, "mastodon", 1)
    assert archive.post_query.page(Filter(scope=scope, words="enough")).ids == ()


def test_a_scrubbed_post_keeps_its_hashtags_for_the_tally_and_loses_its_links(archive):
    saved(archive, a_page(a_post(links=frozenset({"https://example.org/@ann"}))))
    saved(archive, a_page(deleted=("1",)), now=LATER)
    scope = archive.stats.scope("crime", DAY, DAY)
    assert archive.stats.top_terms(scope, "tag") == [("callingtimeoncrime", 1)]
    assert archive.stats.top_terms(scope, "link") == []


def test_a_scrubbed_post_stays_scrubbed_when_it_comes_again(archive):
    saved(archive, a_page(a_post()))
    saved(archive, a_page(deleted=("1",)), now=LATER)
    assert saved(archive, a_page(a_post(likes=9)), now=LATER) == 0
    assert (only(archive).text, only(archive).name, only(archive).metrics) == (None, None, Metrics())


def test_a_writer_with_another_readable_post_keeps_the_name(archive):
    saved(archive, a_page(a_post(), a_post(id="2")))
    saved(archive, a_page(deleted=("1",)), now=LATER)
    assert {row.name for row in archive.posts.every()} == {"Ann"}


def test_a_deleted_account_scrubs_all_its_posts_and_no_others(archive):
    saved(archive, a_page(a_post(), a_post(id="2"), a_post(id="3", by="bob")))
    saved(archive, a_page(deleted_authors=("ann",)), now=LATER)
    assert sorted(row.native_id for row in archive.posts.every() if row.text) == ["3"]


def test_a_deletion_on_one_platform_leaves_the_other_alone(archive):
    saved(archive, a_page(a_post(), a_post(platform="bluesky")))
    saved(archive, a_page(deleted=("1",)), source="bluesky", now=LATER)
    assert {row.platform: bool(row.text) for row in archive.posts.every()} == {
        "mastodon": True,
        "bluesky": False,
    }


def test_a_deleted_post_is_gone_with_all_that_hung_on_it(archive):
    saved(archive, a_page(a_post(likes=1)))
    archive.ingest.delete([row.id for row in archive.posts.every()])
    for table in ("posts", "post_tracks", "post_tags", "snapshots", "tones", "days", "author_days"):
        assert cells(archive, f"SELECT count(*) FROM {table}") == [(0,)], table


def test_a_cursor_is_stored_with_its_page_and_none_leaves_it_alone(archive):
    saved(archive, a_page(cursor="17"))
    saved(archive, a_page(cursor=None), now=LATER)
    assert archive.coverage.cursors("crime") == {"local": "17"}
    assert archive.coverage.cursors("other") == {}


def test_a_page_that_fails_midway_leaves_nothing_at_all(archive):
    broken = a_post(id="2", text=object())
    with pytest.raises(Exception, match=r"type|bind|support"):
        saved(archive, a_page(a_post(), broken, cursor="17"))
    assert archive.posts.count() == 0
    assert archive.coverage.cursors("crime") == {}
    assert archive.coverage.last_polls() == {}


def test_a_failed_poll_says_why_and_when_to_ask_again(archive):
    failure = Page(stream="x", outcome=Outcome.RATE_LIMITED, detail="Too often.", retry_at=LATER)
    archive.coverage.save_failure(failure, "crime", started_at=NOON, now=NOON)
    (poll,) = archive.coverage.last_polls()["x"]
    assert (poll.outcome, poll.detail, poll.retry_at) == ("rate-limited", "Too often.", LATER)
    assert archive.coverage.last_success() == {}


def test_a_break_in_the_program_is_told_without_its_details(archive):
    archive.coverage.save_break(source="x", track="crime", now=NOON)
    (poll,) = archive.coverage.last_polls()["x"]
    assert "fault in this program" in poll.detail


def test_covered_time_leaves_out_what_is_not_known(archive):
    bounds = {"since": NOON, "until": LATER}
    saved(archive, a_page(**bounds), now=LATER)
    saved(archive, a_page(**bounds, outcome=Outcome.GAP), source="bluesky", now=LATER)
    assert archive.coverage.covered("crime", NOON, LATER) == [("mastodon", NOON, LATER)]
    assert archive.coverage.last_success() == {"mastodon": LATER}


def test_a_heartbeat_is_the_last_one(archive):
    assert archive.coverage.heartbeat("worker", LATER) is None
    archive.coverage.beat("worker", NOON)
    archive.coverage.beat("worker", LATER)
    archive.coverage.beat("alerts", NOON)
    assert archive.coverage.heartbeat("worker", LATER) == LATER


def test_a_heartbeat_changes_no_page_and_only_its_owner_reads_it(archive):
    changes = Changes(archive.db.path)
    before = changes()
    archive.coverage.beat("worker", NOON)
    assert changes() == before
    [file] = archive.db.path.parent.glob("*worker-heartbeat*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    archive.coverage.save_canary("mastodon", "answered", NOON)  # control: what is stored changes pages
    assert changes() != before


@pytest.mark.parametrize(
    ("ahead", "known"),
    [(timedelta(0), True), (timedelta(minutes=1), True), (timedelta(seconds=61), False),
     (timedelta(days=36525), False)],
    ids=["now", "a minute", "a minute and a second", "a century"],
)  # fmt: skip
def test_a_heartbeat_of_a_clock_that_was_ahead_is_not_known(archive, ahead, known):
    archive.coverage.beat("worker", NOON + ahead)
    assert archive.coverage.heartbeat("worker", NOON) == (NOON + ahead if known else None)


@pytest.mark.parametrize("place", ["a.db.worker-heartbeat", ".a.db.worker-heartbeat.part"])
def test_a_folder_in_the_place_of_a_heartbeat_is_named_in_a_sentence(tmp_path, place):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        (tmp_path / place).mkdir()
        with pytest.raises(StorageError, match=f"A folder is at .*/{place}, where the monitor keeps a file"):
            archive.coverage.beat("worker", NOON)
        assert archive.coverage.heartbeat("worker", NOON) is None
        (tmp_path / place).rmdir()
        archive.coverage.beat("worker", NOON)
        assert archive.coverage.heartbeat("worker", NOON) == NOON


@pytest.mark.parametrize(
    "content",
    [b"", b"2026-11-22T12:0", b"2026-11-22", b"\xff\xfe", b"never", b"0" * 10**6],
    ids=["empty", "torn", "a day", "no text", "a word", "huge"],
)
def test_a_heartbeat_that_cannot_be_read_is_not_known(archive, content):
    archive.coverage.beat("worker", NOON)
    [file] = archive.db.path.parent.glob("*worker-heartbeat")
    file.write_bytes(content)
    assert archive.coverage.heartbeat("worker", LATER) is None
    archive.coverage.beat("worker", LATER)
    assert archive.coverage.heartbeat("worker", LATER) == LATER


def test_tones_by_another_analyzer_are_made_later(archive):
    saved(archive, a_page(a_post()))
    waiting = archive.tone_scores.unscored("fancy-2")
    archive.tone_scores.save([(id, a_sentiment(Tone.NEGATIVE)) for id, *_ in waiting], "fancy-2", LATER)
    assert archive.tone_scores.unscored("fancy-2") == []
    assert only(archive).tone == Tone.NEGATIVE


def test_a_score_takes_the_place_of_an_earlier_one_and_may_go_back(archive):
    saved(archive, a_page(a_post()))
    archive.tone_scores.save([(1, a_sentiment(Tone.NEGATIVE))], "fancy-2", LATER)
    archive.tone_scores.save([(1, a_sentiment(Tone.POSITIVE))], "plain", NOON)  # the clock was set back
    assert only(archive).tone == Tone.POSITIVE
    assert [archive.tone_scores.outdated(name) for name in ("plain", "fancy-2")] == [0, 1]
    assert archive.tone_scores.unscored_number("fancy-2") == 1


def test_a_score_of_words_that_were_replaced_meanwhile_is_not_stored(archive):
    saved(archive, a_page(a_post(text="before"), a_post(id="2", text="same")))
    archive.tone_scores.save(
        [(1, a_sentiment(Tone.NEGATIVE)), (2, None)], "fancy-2", LATER, of={1: "older still", 2: "same"}
    )
    assert [row.tone for row in archive.posts.by_ids([1, 2])] == [Tone.NEUTRAL, None]


def test_a_post_in_another_language_has_no_tone(archive):
    saved(archive, a_page(a_post()))
    archive.tone_scores.save([(1, None)], "fancy-2", LATER)
    assert only(archive).tone is None
    assert archive.tone_scores.unscored_number("fancy-2") == 1  # looked at again when scores are made again
    assert archive.differences() == []


def test_a_persons_label_wins_over_any_score_until_it_is_taken_back(archive):
    saved(archive, a_page(a_post()))
    archive.annotations.label([1], "tone", Tone.POSITIVE, by="jo", now=NOON)
    archive.tone_scores.save([(1, a_sentiment(Tone.NEGATIVE))], "fancy-2", LATER)
    assert only(archive).tone == Tone.POSITIVE
    archive.annotations.label([1], "stance", "support", by="jo", now=LATER)
    assert only(archive).tone == Tone.POSITIVE
    archive.annotations.label([1], "tone", None, by="jo", now=LATER)
    assert only(archive).tone == Tone.NEGATIVE


def test_posts_come_newest_first(archive):
    saved(archive, a_page(a_post(likes=9), a_post(id="2", created_at=LATER, likes=1)))
    assert [row.native_id for row in archive.posts.newest(archive.stats.scope("crime", DAY, DAY))] == [
        "2",
        "1",
    ]
    assert archive.posts.newest(archive.stats.scope("other", DAY, DAY)) == []


def test_posts_come_in_the_order_in_which_they_are_asked_for(archive):
    saved(archive, a_page(a_post(), a_post(id="2")))
    assert [row.id for row in archive.posts.by_ids([2, 1])] == [2, 1]


def test_a_day_tells_known_numbers_from_unknown_ones(archive):
    saved(archive, a_page(a_post(likes=2, views=10), a_post(id="2")))
    (count,) = archive.stats.day_counts(archive.stats.scope("crime", DAY, DAY))
    assert (count.day, count.posts, count.engagement, count.engagement_known) == (DAY, 2, 2, 1)
    assert (count.views, count.views_known) == (10, 1)


def test_a_post_twice_in_a_page_is_one_post_as_the_last_one_says(archive):
    assert saved(archive, a_page(a_post(likes=1), a_post(likes=2, text="Now!"))) == 1
    assert (only(archive).text, only(archive).metrics.likes) == ("Now!", 2)


def test_followers_that_come_later_are_filled_in_and_then_stay(archive):
    for followers in (None, 40, 50):
        saved(archive, a_page(a_post(author=Author(id="ann", followers=followers))))
    assert only(archive).followers == 40
    (part,) = archive.stats.audience(archive.stats.scope("crime", DAY, DAY))
    assert (part.authors, part.followers) == (1, 40)


@pytest.mark.parametrize("last", [DAY, DAY + timedelta(days=7)])
def test_a_crowd_is_all_of_the_audience_together(archive, last):
    assert AuthorCount.of(archive.stats.audience(archive.stats.scope("crime", DAY, last))) == (0, 0, 0)
    for n, followers in enumerate((None, 40, 5_000)):
        author = Author(id=f"p{n}", followers=followers)
        later = a_post(id=f"later{n}", author=author, created_at=NOON + timedelta(days=n))
        saved(archive, a_page(a_post(id=str(n), author=author), later))
    scope = archive.stats.scope("crime", DAY, last)
    parts = archive.stats.audience(scope)
    followed = [part for part in parts if part.followers is not None]
    said = sum(part.authors for part in followed), sum(part.followers for part in followed)
    assert (
        AuthorCount.of(archive.stats.audience(scope))
        == (sum(part.authors for part in parts), *said)
        == (3, 2, 5_040)
    )


def test_the_account_with_most_followers_is_found_by_what_its_last_post_says(archive):
    def posted(n: int, who: str, followers: int, day: int, platform: str = "mastodon") -> None:
        author = Author(id=who, handle=f"@{who}", followers=followers)
        at = NOON + timedelta(days=day, seconds=n)
        saved(
            archive,
            a_page(a_post(id=str(n), platform=platform, author=author, created_at=at)),
            source=platform,
        )

    for n in range(9):
        posted(n, f"p{n}", 100, n % 3)
    posted(20, "giant", 900, 0)
    posted(21, "giant", 1_500, 2)
    posted(22, "shrunk", 5_000, 0, "bluesky")
    posted(23, "shrunk", 10, 1, "bluesky")
    posted(24, "later", 9_000, 5)
    scope = archive.stats.scope("crime", DAY, DAY + timedelta(days=2))
    largest = LargestAccount(platform="mastodon", handle="@giant", followers=1_500)
    assert archive.stats.account_above(scope, 1_210) == largest
    assert archive.stats.account_above(scope, 1_500) is None
    first_day = archive.stats.scope("crime", DAY, DAY)
    assert archive.stats.account_above(first_day, 3_000).handle == "@shrunk"  # control: not yet shrunk
    assert (
        archive.stats.account_above(archive.stats.scope("crime", DAY, DAY + timedelta(9)), 5_400).handle
        == "@later"
    )


@pytest.mark.slow
def test_a_page_of_thousands_is_stored_whole(archive):
    assert saved(archive, a_page(*(a_post(id=str(n), by=f"p{n}") for n in range(2500)))) == 2500
    assert saved(archive, a_page(*(a_post(id=str(n), by=f"p{n}") for n in range(2600)))) == 100
    assert archive.differences() == []


def test_a_picture_or_link_that_comes_with_a_later_reading_is_kept(archive):
    saved(archive, a_page(a_post()))
    saved(archive, a_page(a_post(links=frozenset({"https://example.org/"}), media=frozenset({Media.IMAGE}))))
    scope = archive.stats.scope("crime", DAY, DAY)
    assert [archive.stats.top_terms(scope, kind) for kind in ("link", "media")] == [
        [("https://example.org/", 1)],
        [("image", 1)],
    ]
    assert archive.differences() == []


def test_each_sources_last_poll_of_each_track_is_found_among_many(archive):
    for minute in range(5):
        for source in ("mastodon", "bluesky"):
            for track in ("crime", "knives"):
                now = NOON + timedelta(minutes=minute)
                saved(archive, a_page(detail=str(minute)), source=source, track=track, now=now)
    found = archive.coverage.last_polls()
    last = {source: [(poll.track, poll.detail) for poll in polls] for source, polls in found.items()}
    assert last["bluesky"] == last["mastodon"] == [("crime", "4"), ("knives", "4")]
    assert archive.coverage.last_success() == dict.fromkeys(
        ("bluesky", "mastodon"), NOON + timedelta(minutes=4)
    )


def test_unscored_posts_come_in_batches_each_after_the_last(archive):
    saved(archive, a_page(*(a_post(id=str(n)) for n in range(5))))
    first = archive.tone_scores.unscored("other", most=3)
    rest = archive.tone_scores.unscored("other", after=first[-1][0])
    assert [id for id, *_ in (*first, *rest)] == [1, 2, 3, 4, 5]


def test_a_hashtag_is_stored_once_however_it_is_spelt(archive):
    spellings = frozenset({"Caf\u00e9", "cafe\u0301", "＃ｃａｆｅ\u0301", "caf\u00e9\u200b", "#", "\u200b"})
    saved(archive, a_page(a_post(tags=spellings), a_post(id="2", tags=frozenset({"caf\u00e9", "cafe"}))))
    assert archive.db.execute("SELECT tag, count(*) FROM post_tags GROUP BY tag ORDER BY tag").fetchall() == [
        ("cafe", 1),
        ("caf\u00e9", 2),
    ]
    assert archive.differences() == []
