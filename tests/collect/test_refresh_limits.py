"""How much is read again after a poll: what is due, as far as time, requests and money go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.collect import refresh
from monitor.collect.refresh import in_words, reread
from monitor.core.errors import RateLimited, Unavailable
from monitor.core.model import Outcome, Page
from monitor.sources.contract import KnownPost
from monitor.sources.shared.http import BoundedSession
from monitor.sources.shared.spend import PaidSettings
from tests.simulated.history import START
from tests.simulated.pond import DAY, Batch, Ledger, OneByOne, Paid, Simulated, simulated, stored
from tests.sources.archived import LONDON

HOUR = timedelta(hours=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a.db", LONDON) as opened:
        yield opened


def a_ledger(number: int, at: datetime = START) -> Ledger:
    """Return a ledger whose posts were all made at this time, and stay."""
    ledger = Ledger(1, number, losses=0)
    ids = [str(id) for id in range(number)]
    ledger.made, ledger.ended = dict.fromkeys(ids, at), dict.fromkeys(ids, START + 900 * DAY)
    return ledger


def known(platform: object, archive: Archive) -> Simulated:
    """Return a collector that has all posts of the platform, an hour ago."""
    collector = simulated(platform, archive)
    stored(collector, collector.platform.ledger.made)
    collector.platform.ledger.now += HOUR
    return collector


def due(collector: Simulated) -> set[int]:
    """Return which posts are to be read again by now."""
    queue = collector.archive.refresh_queue
    return {post.id for post in queue.due("pond", collector.clock(), 1000)}


@dataclass(slots=True)
class Broken(Batch):
    """A platform whose answers end as these do, and then well."""

    ends: list[Exception | Outcome] = field(default_factory=list)

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield nothing, or what there is."""
        end = self.ends.pop(0) if self.ends else None
        if isinstance(end, Exception):
            raise end
        if end is not None:
            yield Page(stream="", outcome=end)
            return
        yield from Batch.reread(self, posts)


@pytest.mark.heavy
def test_all_that_is_due_is_read_in_one_look_where_an_answer_has_many(archive):
    collector = known(Batch(a_ledger(300)), archive)
    reread(collector, "pond")
    assert (len(collector.platform.ledger.asked), due(collector)) == (12, set())


@pytest.mark.heavy
def test_one_by_one_a_look_takes_what_five_minutes_allow_and_the_next_goes_on(archive):
    collector = known(OneByOne(a_ledger(200)), archive)
    reread(collector, "pond")
    assert (len(collector.platform.ledger.asked), len(due(collector))) == (150, 50)
    reread(collector, "pond")
    assert (len(collector.platform.ledger.asked), due(collector)) == (200, set())


@pytest.mark.parametrize("seconds", [9.0, 45.0])
def test_no_question_is_begun_near_the_end_of_a_polls_time(archive, monkeypatch, seconds):
    times = iter([0.0, 0.0, 50.0 - seconds, 51.0])
    monkeypatch.setattr(refresh, "monotonic", lambda: next(times))
    collector = known(Batch(a_ledger(100)), archive)
    reread(collector, "pond")
    assert len(collector.platform.ledger.asked) == (2 if seconds > 10 else 1)


def test_whoever_stops_the_monitor_waits_for_one_answer_at_most(archive):
    collector = known(Batch(a_ledger(100)), archive)
    object.__setattr__(collector, "stop", lambda: len(collector.platform.ledger.asked) == 1)
    reread(collector, "pond")
    assert len(collector.platform.ledger.asked) == 1


@pytest.mark.heavy
def test_young_posts_are_read_before_old_ones_that_wait_longer(archive):
    ledger = a_ledger(170)
    ledger.made |= dict.fromkeys([str(id) for id in range(160)], START - 90 * DAY)
    collector = known(OneByOne(ledger), archive)
    archive.db.execute(
        "UPDATE posts SET due_unix = unixepoch('2026-01-01T00:00:00Z') WHERE created_at < '2026-10'"
    )
    reread(collector, "pond")
    waiting = {int(row.native_id) for row in archive.posts.by_ids(list(due(collector)))}
    assert len(waiting) == 20
    assert waiting < set(range(160))


def test_what_is_asked_in_vain_waits_an_hour_and_lets_others_pass(archive):
    collector = known(Broken(a_ledger(60), ends=[Unavailable("It is down.")]), archive)
    before = due(collector)
    reread(collector, "pond")
    assert len(collector.platform.ledger.asked) == 2
    assert due(collector) == set()
    collector.platform.ledger.now += HOUR
    assert len(before & due(collector)) == 25


@pytest.mark.parametrize("end", [RateLimited("Slow down.", START + DAY), Outcome.CAPPED])
def test_whoever_asks_us_to_stop_is_left_alone_and_the_same_posts_come_first_next_time(archive, end):
    collector = known(Broken(a_ledger(60), ends=[end]), archive)
    before = due(collector)
    reread(collector, "pond")
    assert (collector.platform.ledger.asked, due(collector)) == ([], before)


@dataclass(slots=True)
class HalfSlow(OneByOne):
    """Two servers, of which one asks us to slow down."""

    def _one(self, session: BoundedSession, server: str, key: str, post: KnownPost) -> Page:
        if int(post.id) < 60:
            self.ledger.asked.append(self.ledger.now)
            raise RateLimited("Slow down.", START + DAY)
        return OneByOne._one(self, session, server, key, post)


@pytest.mark.heavy
def test_a_server_that_asks_us_to_slow_down_does_not_keep_the_others_from_being_read(archive):
    ledger = a_ledger(160)
    collector = known(HalfSlow(ledger), archive)
    archive.db.execute("UPDATE posts SET again = 'slow.example/' || native_id WHERE native_id + 0 < 60")
    for _ in range(5):
        ledger.now += timedelta(minutes=5)
        reread(collector, "pond")
    assert due(collector) == set()
    assert len(ledger.asked) == 2 + 100 + 2  # it was asked once in each answer, and two posts more


def test_a_reading_planned_by_a_clock_that_was_ahead_is_brought_forward(archive):
    collector = known(Batch(a_ledger(30)), archive)
    collector.platform.ledger.now += 9 * DAY
    reread(collector, "pond")
    collector.platform.ledger.now -= 9 * DAY
    assert due(collector) == set()
    reread(collector, "pond")
    assert len(collector.platform.ledger.asked) == 4


def test_whoever_goes_over_to_daily_reading_need_not_wait_for_what_was_planned(archive):
    ledger = a_ledger(20)
    collector = known(Paid(ledger, PaidSettings(follow_deletions="sparse").ages), archive)
    for _ in range(9):
        ledger.now += DAY
        reread(collector, "pond")
    assert len(ledger.asked) == 3
    collector.platform.ages = PaidSettings().ages
    reread(collector, "pond")
    assert len(ledger.asked) == 4


def test_control_sparse_reading_stays_sparse(archive):
    ledger = a_ledger(20)
    collector = known(Paid(ledger, PaidSettings(follow_deletions="sparse").ages), archive)
    for _ in range(40):
        ledger.now += DAY
        reread(collector, "pond")
    assert len(ledger.asked) == 4


def thread_goes(archive: Archive) -> int:
    """Delete six posts that were written together, and nothing else; return how many are still readable."""
    ledger = a_ledger(10)
    ledger.made |= {str(id): START - 5 * DAY for id in range(6, 10)}
    collector = simulated(Batch(ledger), archive)
    stored(collector, map(str, range(6, 10)))
    ledger.now += HOUR
    stored(collector, map(str, range(6)))
    ledger.ended |= {str(id): ledger.now + HOUR for id in range(6)}
    while ledger.now < ledger.ended["0"] + DAY:
        ledger.now += timedelta(minutes=7)
        reread(collector, "pond")
    return archive.db.number("SELECT count(*) FROM posts WHERE text IS NOT NULL AND native_id + 0 < 6")


def test_a_whole_thread_that_goes_is_told_from_an_empty_answer_by_other_posts(archive):
    assert thread_goes(archive) == 0


@pytest.mark.heavy
def test_control_without_other_posts_a_thread_that_goes_is_taken_for_a_wrong_answer(archive, monkeypatch):
    monkeypatch.setattr("monitor.archive.posts.refresh_queue.RefreshQueue.witnesses", lambda *_: [])
    assert thread_goes(archive) > 0


def readable_after_an_empty_answer(archive: Archive) -> int:
    """Ask for one post again, of three, and be shown none; return how many are still readable."""
    ledger = a_ledger(3)
    ledger.made |= {str(id): START - 5 * DAY for id in (1, 2)}
    collector = simulated(Batch(ledger), archive)
    stored(collector, ["1", "2"])
    ledger.now += HOUR
    stored(collector, ["0"])
    ledger.now += 6 * HOUR
    ledger.ended |= dict.fromkeys(ledger.ended, START)
    reread(collector, "pond")
    return archive.db.number("SELECT count(*) FROM posts WHERE text IS NOT NULL")


def test_an_empty_answer_takes_nothing_away_however_few_were_asked_for(archive):
    assert readable_after_an_empty_answer(archive) == 3


def test_control_without_other_posts_an_empty_answer_takes_away_what_was_asked_for(archive, monkeypatch):
    monkeypatch.setattr("monitor.archive.posts.refresh_queue.RefreshQueue.witnesses", lambda *_: [])
    assert readable_after_an_empty_answer(archive) == 2


def test_numbers_that_did_not_change_are_not_stored_again(archive):
    collector = known(Batch(a_ledger(5)), archive)
    before = archive.db.number("SELECT count(*) FROM snapshots")
    for _ in range(3):
        collector.platform.ledger.now += DAY
        reread(collector, "pond")
    assert len(collector.platform.ledger.asked) == 3
    assert archive.db.number("SELECT count(*) FROM snapshots") == before


def test_a_backlog_says_how_many_posts_and_how_long_a_round_takes(archive):
    collector = known(OneByOne(a_ledger(200)), archive)
    now = collector.clock()
    assert in_words(archive, "pond", now + 3 * HOUR) == ""
    says = in_words(archive, "pond", now + 28 * HOUR)
    assert says.startswith("200 posts of the last 30 days should have been read again by now")
    assert "a round takes 2.0 days" in says
    assert in_words(archive, "pond", now + 60 * DAY) == ""  # they are old by then
