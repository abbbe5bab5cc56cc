"""One poll: pages stored as they come, and every way in which a platform can fail."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.coverage import Coverage
from monitor.campaign import SourceSettings, load
from monitor.collect import Collector, due, past
from monitor.core.errors import RateLimited, Refused, SourceError, StorageError, Unavailable
from monitor.core.model import Author, Outcome, Page, Post, Query, Sentiment, Tone
from tests.archive.saving import places_of
from tests.disks import no_room

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAMPAIGN = replace(
    load(Path(__file__).parents[2] / "config/campaign.toml"),
    sources={"fake": SourceSettings(on=True, every_minutes=5)},
)


class FakeAnalyzer:
    name = "fake-1"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


class FakeSource:
    """A platform whose answer is given by the test."""

    def __init__(self, answer: Callable[[Mapping[str, str]], Iterator[Page]]) -> None:
        self.answer = answer

    def open(self, settings: object, env: object, now: datetime) -> "FakeSource":
        return self

    def search(self, query: Query, cursors: Mapping[str, str], waiting: object) -> Iterator[Page]:
        return self.answer(cursors)


def a_page(number: int, **changes: object) -> Page:
    post = Post(
        platform="fake",
        id=str(number),
        url=f"https://example.org/{number}",
        author=Author(id="a"),
        text="hello",
        created_at=NOW,
    )
    return replace(Page(stream="fake:s", posts=(post,), cursor=str(number)), **changes)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a.db", CAMPAIGN.zone) as opened:
        yield opened


@pytest.fixture
def poll(archive: Archive, monkeypatch: pytest.MonkeyPatch):
    def run(answer: Callable[[Mapping[str, str]], Iterator[Page]], **changes: object):
        monkeypatch.setattr("monitor.collect.source", lambda name: FakeSource(answer))
        collector = Collector(
            campaign=CAMPAIGN, archive=archive, analyzer=FakeAnalyzer(), env={}, clock=lambda: NOW
        )
        return replace(collector, **changes).poll("fake")

    return run


def failing_after(pages: int, error: SourceError) -> Callable[[Mapping[str, str]], Iterator[Page]]:
    def answer(cursors: Mapping[str, str]) -> Iterator[Page]:
        for number in range(pages):
            yield a_page(number)
        raise error

    return answer


def test_pages_are_stored_with_their_cursor_and_a_coverage_row_each(poll, archive):
    result = poll(lambda cursors: iter([a_page(1), a_page(2)]))
    assert (result.posts, result.new, result.problems) == (2, 2, ())
    assert archive.coverage.cursors(CAMPAIGN.tracks[0].name) == {"fake:s": "2"}
    assert [row.outcome for row in archive.coverage.last_polls()["fake"]] == ["complete", "complete"]


def test_the_places_that_a_post_names_are_stored_with_it(poll, archive):
    page = a_page(1)
    poll(lambda cursors: iter([replace(page, posts=(replace(page.posts[0], text="Safer Dagenham"),))]))
    assert places_of(archive, 1) == {1: ("barking-and-dagenham", "dagenham")}


def test_the_next_poll_is_given_the_stored_cursors(poll):
    poll(lambda cursors: iter([a_page(7)]))
    seen = []
    poll(lambda cursors: seen.append(dict(cursors)) or iter([a_page(8)]))
    assert seen == [{"fake:s": "7"}]


def test_two_tracks_on_one_stream_keep_their_own_cursors(poll, archive):
    second = replace(CAMPAIGN.tracks[0], name="second")
    numbers = iter([a_page(1), a_page(2)])
    poll(lambda cursors: iter([next(numbers)]), campaign=replace(CAMPAIGN, tracks=(*CAMPAIGN.tracks, second)))
    assert archive.coverage.cursors(CAMPAIGN.tracks[0].name) == {"fake:s": "1"}
    assert archive.coverage.cursors("second") == {"fake:s": "2"}


def test_what_came_before_a_failure_is_kept_and_the_reason_stored(poll, archive):
    result = poll(failing_after(2, Unavailable("It could not be reached.")))
    assert (result.new, result.problems) == (2, ("It could not be reached.",))
    last = archive.coverage.last_polls()["fake"][-1]
    assert (last.outcome, last.detail) == ("unreachable", "It could not be reached.")


def test_a_rate_limit_is_stored_and_not_slept_on(poll, archive):
    poll(failing_after(0, RateLimited("Too often.", NOW + timedelta(minutes=9))))
    assert past(archive, CAMPAIGN, NOW)["fake"].retry_at == NOW + timedelta(minutes=9)


def test_a_refused_key_is_stored_as_refused(poll, archive):
    poll(failing_after(0, Refused("The key X_BEARER_TOKEN is missing.")))
    assert archive.coverage.last_polls()["fake"][0].outcome == "refused"


def test_a_source_that_has_nothing_to_ask_is_not_called_complete(poll, archive):
    assert poll(lambda cursors: iter(())).problems
    assert archive.coverage.last_polls()["fake"][0].outcome == "closed"


def test_a_bug_in_one_track_is_stored_and_the_next_track_is_asked(poll, archive, caplog):
    answers = iter([ZeroDivisionError("a bug"), None])

    def answer(cursors: Mapping[str, str]) -> Iterator[Page]:
        if bug := next(answers):
            raise bug
        yield a_page(1)

    second = replace(CAMPAIGN.tracks[0], name="second")
    result = poll(answer, campaign=replace(CAMPAIGN, tracks=(CAMPAIGN.tracks[0], second)))
    assert (result.new, archive.coverage.cursors("second")) == (1, {"fake:s": "1"})
    assert result.problems == (archive.coverage.last_polls()["fake"][0].detail,)
    assert "fault in this program" in result.problems[0]
    assert "ZeroDivisionError" in caplog.text


def test_a_stop_is_heeded_after_the_page_at_hand_is_stored(poll, archive):
    result = poll(lambda cursors: iter([a_page(1), a_page(2)]), stop=lambda: True)
    assert (result.stopped, archive.posts.count()) == (True, 1)


def test_a_capped_poll_says_so(poll):
    page = a_page(1, outcome=Outcome.CAPPED, detail="More came than one poll may read.")
    assert poll(lambda cursors: iter([page])).problems == ("More came than one poll may read.",)


def test_who_asked_to_slow_down_for_one_track_is_not_asked_for_the_next(poll, archive):
    second = replace(CAMPAIGN.tracks[0], name="second")
    asked = []

    def answer(cursors: Mapping[str, str]) -> Iterator[Page]:
        asked.append(1)
        yield from failing_after(0, RateLimited("Too often.", NOW + timedelta(minutes=9)))(cursors)

    poll(answer, campaign=replace(CAMPAIGN, tracks=(CAMPAIGN.tracks[0], second)))
    assert asked == [1]
    assert [row.outcome for row in archive.coverage.last_polls()["fake"]] == ["rate-limited"] * 2


def polls_in_an_hour(poll, archive: Archive, ahead: timedelta) -> int:
    """Poll once `ahead` of the time; then tick for an hour, a poll every 5 minutes; return how many came."""
    number, now = 0, NOW
    poll(lambda cursors: iter([a_page(0)]), clock=lambda: NOW + ahead)
    for tick in range(180):
        now = NOW + tick * timedelta(seconds=20)
        if due(CAMPAIGN, past(archive, CAMPAIGN, now), now):
            number += 1
            poll(lambda cursors: iter([a_page(0)]), clock=lambda at=now: at)
    return number


def test_a_clock_that_was_ahead_once_costs_one_poll_and_not_one_a_tick(poll, archive, monkeypatch):
    assert polls_in_an_hour(poll, archive, timedelta(days=1)) == 12
    real = Coverage.last_polls
    monkeypatch.setattr(Coverage, "last_polls", lambda self, now, tracks: real(self))  # control: believes it
    assert polls_in_an_hour(poll, archive, timedelta(days=2)) == 0


def test_a_limit_set_while_the_clock_was_ahead_holds_nobody_up(poll, archive):
    def ahead() -> datetime:
        return NOW + timedelta(minutes=50)

    poll(failing_after(0, RateLimited("Too often.", NOW + timedelta(minutes=59))), clock=ahead)
    assert due(CAMPAIGN, past(archive, CAMPAIGN, NOW), NOW) == ["fake"]
    waiting = []
    done = poll(lambda cursors: waiting.append(1) or iter([a_page(1)]))
    assert (waiting, done.problems) == ([1], ())


def test_a_full_disk_ends_a_poll_and_is_not_stored_as_the_platforms_fault(poll, archive):
    with no_room(), pytest.raises(StorageError):
        poll(lambda cursors: iter([a_page(1)]))
    assert archive.coverage.last_polls() == {}
    assert poll(lambda cursors: iter([a_page(1)])).new == 1
