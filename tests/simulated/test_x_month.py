"""A month of X for ten dollars: never a cent more by X's own reckoning, and what is left unread is said."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.archive import Archive, ArchiveReader
from monitor.collect import Collector
from monitor.collect.refresh import reread
from monitor.collect.source_status import states
from monitor.collect.spend_limit import SpendLimit
from monitor.core.model import Outcome
from monitor.sources.shared.spend import DOLLAR
from tests.simulated.history import KEYS, TRACK
from tests.simulated.test_x import LAG, WINDOW, id_of
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import Answer, as_json, serving

START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 3, tzinfo=UTC)
EVERY = timedelta(hours=1)
POST, PERSON = 5_000, 10_000  # millionths of a dollar, August 2026
KILLS = 0.15  # of polls, and of answers that break off midway


class Killed(BaseException):
    """The program ended there."""


@dataclass(slots=True)
class Billing:
    """X with a bill: each post and person read is charged once a UTC day, if the answer has data."""

    seed: int
    posts: int = 6_000
    now: datetime = START
    bill: dict[str, int] = field(default_factory=dict)  # by month
    read: set[tuple[str, str, str]] = field(default_factory=set)
    torn: bool = False
    readings: int = 0  # of posts again
    random: Random = field(init=False)
    made: Sequence[tuple[int, str, datetime]] = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        seconds = sorted(self.random.uniform(0, (END - START).total_seconds()) for _ in range(self.posts))
        times = [START + timedelta(seconds=at) for at in seconds]
        self.made = [
            (id_of(at, n), str(100 + int(3000 * self.random.random() ** 3)), at) for n, at in enumerate(times)
        ]

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        if path == "/2/users":
            ids = query["ids"].split(",")
            self._charge("person", ids, PERSON)
            return self._sent({"data": [{"id": id, "username": f"p{id}", "name": "P"} for id in ids]})
        if path == "/2/tweets":
            asked = set(map(int, query["ids"].split(",")))
            self.readings += len(asked)
            known = [one for one in self.made if one[0] in asked]
            self._charge("post", [str(id) for id, _, _ in known], POST)
            return self._sent({"data": [_item(*one) for one in known]})
        since, below = int(query.get("since_id", 0)), int(query.get("next_token", 2**63))
        first = bisect_right(self.made, self.now - WINDOW, key=itemgetter(2))
        last = bisect_left(self.made, self.now - LAG, key=itemgetter(2))
        newest = (one for one in reversed(self.made[first:last]) if one[0] < below)
        found = list(takewhile(lambda one: one[0] > since, newest))
        page = found[: int(query["max_results"])]
        self._charge("post", [str(id) for id, _, _ in page], POST)
        meta: dict[str, Any] = {"result_count": len(page)}
        if page:
            meta["newest_id"] = str(page[0][0])
        if len(found) > len(page):
            meta["next_token"] = str(page[-1][0])
        return self._sent({"data": [_item(*one) for one in page], "meta": meta} if page else {"meta": meta})

    def _charge(self, kind: str, ids: Sequence[str], price: int) -> None:
        day = self.now.date().isoformat()
        new = {(day, kind, id) for id in ids} - self.read
        self.read |= new
        month = day[:7]
        self.bill[month] = self.bill.get(month, 0) + len(new) * price

    def _sent(self, value: Any) -> Answer:
        if self.torn and self.random.random() < KILLS:
            return 200, {"Content-Type": "application/json", "Content-Length": "9000"}, b'{"data": [{"id"'
        return as_json(value)


def _item(id: int, author: str, at: datetime) -> dict[str, Any]:
    said = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"id": str(id), "author_id": author, "created_at": said, "text": f"{id} #CallingTimeOnCrime"}


@dataclass(slots=True)
class Dying:
    """A look at the clock that may be the last thing the program does."""

    x: Billing
    kills: bool
    rereads: bool = False  # what is known, after each poll
    left: int = 0
    at: datetime | None = None  # our time, where X's is another

    def __call__(self) -> datetime:
        self.left -= 1
        if self.left == 0 and self.kills:
            raise Killed
        return self.at or self.x.now

    def poll(self, archive: Archive, campaign: Any) -> None:
        self.left = self.x.random.randint(2, 12) if self.x.random.random() < KILLS else -1
        collector = Collector(campaign=campaign, archive=archive, analyzer=Neutral(), env=KEYS, clock=self)
        with suppress(Killed):
            collector.poll("x")
            if self.rereads:
                reread(collector, "x")


def a_month(
    x: Billing, folder: Path, *, kills: bool = True, rereads: bool = False, every: timedelta = EVERY
) -> list[str]:
    """Poll again and again to the end; return what was said of polls that left something unread."""
    with serving(x.answer) as server, Archive.open(folder / "a.db", LONDON) as archive:
        campaign, clock = a_campaign("x", {"api": server.url}, TRACK), Dying(x, kills, rereads)
        while x.now < END:
            clock.poll(archive, campaign)
            x.now += every
        asked = (
            "SELECT DISTINCT detail FROM coverage WHERE outcome = ? AND stream NOT LIKE 'again:%' ORDER BY id"
        )
        return [said for (said,) in archive.db.execute(asked, [str(Outcome.CAPPED)])]


@pytest.mark.parametrize("seed", range(3))
def test_it_never_costs_more_than_the_cap_however_often_it_is_killed(seed: int, tmp_path: Path) -> None:
    x = Billing(seed, torn=True)
    said = a_month(x, tmp_path)
    assert set(x.bill) == {"2026-11", "2026-12"}
    assert all(bill <= 10 * DOLLAR for bill in x.bill.values())
    assert x.bill["2026-11"] > 4 * DOLLAR  # of which it may not be sure that X charged for it
    assert any("for X only $" in one and "is not searched until 1 December" in one for one in said)


def test_undisturbed_it_spends_nearly_all_and_reads_on_in_the_new_month(tmp_path: Path) -> None:
    x = Billing(7)
    a_month(x, tmp_path, kills=False)
    assert 9.9 * DOLLAR < x.bill["2026-11"] <= 10 * DOLLAR
    with ArchiveReader.open(tmp_path / "a.db", LONDON) as archive:
        assert archive.spend.spent("x", END - EVERY) == x.bill["2026-12"] > 0
        assert archive.spend.spent("x", END - timedelta(days=5)) == x.bill["2026-11"]


def test_a_small_campaign_is_read_whole(tmp_path: Path) -> None:
    x = Billing(8, posts=400)
    assert a_month(x, tmp_path, kills=False) == []
    with ArchiveReader.open(tmp_path / "a.db", LONDON) as archive:
        assert archive.posts.count() == len([at for _, _, at in x.made if at < END - EVERY - LAG])


def test_control_money_that_is_not_set_aside_is_overspent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only what has come whole is written down, a kill or a torn answer makes it forget a bill."""
    monkeypatch.setattr(
        SpendLimit, "reserve", lambda self, most: self.archive.spend.reserve("x", 0, 10**9, self.clock())
    )
    x = Billing(0, torn=True)
    a_month(x, tmp_path)
    assert x.bill["2026-11"] > 10 * DOLLAR


def test_deletions_are_followed_with_what_new_posts_leave(tmp_path: Path) -> None:
    x = Billing(8, posts=200)
    every = timedelta(hours=6)
    assert a_month(x, tmp_path, kills=False, rereads=True, every=every) == []  # no new post was left unread
    assert x.readings > 500
    assert 9 * DOLLAR < x.bill["2026-11"] <= 10 * DOLLAR
    with ArchiveReader.open(tmp_path / "a.db", LONDON) as archive:
        assert archive.posts.count() == len([at for _, _, at in x.made if at < END - every - LAG])
        assert archive.spend.limit_of("x", END - every) == 10 * DOLLAR
        [state] = states(archive, a_campaign("x", {}, TRACK), END)
    assert "posts of the last 30 days should have been read again by now" in state.doubt
    assert "would cost about $" in state.money
    assert "more than the limit" in state.money


def test_control_without_a_share_for_new_posts_they_are_left_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.collect.refresh.share_of_new_posts", lambda limit, now: 0)
    assert a_month(Billing(8, posts=200), tmp_path, kills=False, rereads=True, every=timedelta(hours=6)) != []


def about_midnight(x: Billing, skew: timedelta, start: datetime, folder: Path) -> None:
    """Poll for half an hour while X's clock differs, and more is posted than the money buys."""
    x.made = [
        (id_of(at, n), str(n), at)
        for n in range(3600)
        for at in [NEW_MONTH + timedelta(seconds=2 * n - 3600)]
    ]
    with serving(x.answer) as server, Archive.open(folder / "a.db", LONDON) as archive:
        campaign = a_campaign("x", {"api": server.url, "dollars_a_month": 1}, TRACK)
        for minutes in range(0, 30, 3):
            now = start + timedelta(minutes=minutes)
            x.now = now + skew
            Dying(x, kills=False, at=now).poll(archive, campaign)


NEW_MONTH = datetime(2026, 12, 1, tzinfo=UTC)
EDGES = [
    (timedelta(minutes=5), NEW_MONTH - timedelta(minutes=4)),  # to X it is December already
    (timedelta(minutes=-5), NEW_MONTH - timedelta(minutes=20)),  # to X it is November still
]


@pytest.mark.parametrize(("skew", "start"), EDGES)
def test_no_month_costs_more_where_the_clock_of_x_differs(
    skew: timedelta, start: datetime, tmp_path: Path
) -> None:
    x = Billing(0, posts=1)
    about_midnight(x, skew, start, tmp_path)
    assert 0.8 * DOLLAR < max(x.bill.values()) <= DOLLAR


@pytest.mark.parametrize(("skew", "start"), EDGES)
def test_control_months_that_end_on_the_second_are_overspent(
    skew: timedelta, start: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.archive.spend._EDGE", timedelta())
    x = Billing(0, posts=1)
    about_midnight(x, skew, start, tmp_path)
    assert max(x.bill.values()) > DOLLAR


def test_what_was_answered_after_midnight_is_not_taken_for_free_that_day(tmp_path: Path) -> None:
    times = [NEW_MONTH - timedelta(seconds=2), NEW_MONTH + timedelta(seconds=2), NEW_MONTH + EVERY]
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        book = SpendLimit(archive, "x", DOLLAR, lambda: times[0])
        reservation = book.reserve(POST)
        assert reservation is not None
        del times[0]
        book.settle(reservation, POST, {"post": ["1"]})
        del times[0]
        assert book.bought("post", ["1"], 0) == set()
