"""What was missed: when it is looked for, what a sample says, and what is never said."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.archive.values import RecallSample
from monitor.campaign import Track
from monitor.collect import Collector, recall
from monitor.collect.recall import check_recall
from monitor.collect.source_status import states
from monitor.core.errors import Refused, Unavailable
from monitor.core.model import Outcome, Page, Post, Query
from monitor.platform_info import about, names
from monitor.report import wording
from monitor.report.tone_estimate import wilson
from monitor.sources import source
from monitor.sources.contract import Estimate, SecondWay
from tests.builders import a_page, a_post
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import as_json, serving
from tests.workers import a_worker

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
TUESDAY = MONDAY + 8 * DAY  # a day after the week's end
TRACK = Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",))


@dataclass
class Way:
    """Another way to find posts: a search that gives these pages, and notes that it was asked."""

    pages: Sequence[Page] = ()
    error: Exception | None = None
    asked: int = 0

    def search(self, query: Query, cursors: Any) -> Iterator[Page]:
        self.asked += 1
        if self.error:
            raise self.error
        yield from self.pages


@dataclass
class Parts(Way):
    """One that looks back, a page in each part, until it has said all; or for ever."""

    marks: list[str | None] = field(default_factory=list)
    is_endless: bool = False

    def estimate(self, *asked: Any) -> Estimate:
        return Estimate()

    def back(self, query: Query, since: datetime, until: datetime, mark: str | None) -> Iterator[Page]:
        self.marks.append(mark)
        number = int(mark or 0)
        is_last = number + 1 == len(self.pages) and not self.is_endless
        outcome = Outcome.COMPLETE if is_last else Outcome.CAPPED
        yield replace(self.pages[number % len(self.pages)], cursor=str(number + 1), outcome=outcome)


@dataclass
class Platform:
    """A platform with another way."""

    way: Way | None

    def second_way(self) -> tuple[str, Any] | None:
        return ("the other way", self.way) if self.way else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking(Collector):
    """A collector of one made-up platform."""

    platform: Any

    def open_source(self, name: str, at: datetime) -> Any:
        return self.platform


@pytest.fixture
def archive(tmp_path: Any) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        archive.coverage.save_failure(
            a_page(stream="mastodon"), "crime", started_at=MONDAY - DAY, now=MONDAY - DAY
        )
        yield archive


def written(number: int, **changes: Any) -> Post:
    """Return a post of the week."""
    return a_post(id=f"p{number}", created_at=MONDAY + HOUR + number * timedelta(minutes=5), **changes)


def stored(archive: Archive, *posts: Post, track: str = "crime", **changes: Any) -> None:
    page = a_page(*posts, stream="mastodon:t:crime", **changes)
    scores = [Neutral().score("") for _ in posts]
    archive.ingest.save(
        page, source="mastodon", track=track, scores=scores, analyzer="none", started_at=MONDAY, now=MONDAY
    )


def checked(
    archive: Archive, way: Way | None, now: datetime = TUESDAY, pause: timedelta = recall.PAUSE
) -> RecallSample | None:
    """Look for what was missed at a time; return what is known of it then."""
    collector = Looking(
        campaign=a_campaign("mastodon", {}, TRACK), archive=archive, analyzer=Neutral(), env={},
        clock=lambda: now, platform=Platform(way),
    )  # fmt: skip
    check_recall(collector, "mastodon", pause)
    return archive.coverage.last_recall("mastodon", now)


def says(archive: Archive, now: datetime = TUESDAY) -> str:
    """Return what the Sources page says of it."""
    [state] = states(archive, a_campaign("mastodon", {}, TRACK), now)
    return wording.recall(state)


def test_a_sample_says_what_share_was_here_and_why_the_others_were_not(archive):
    posts = [written(number) for number in range(50)]
    stored(archive, *posts[:47], since=MONDAY, until=MONDAY + 7 * DAY)
    assert checked(archive, Way([a_page(*posts)])) == RecallSample(
        "mastodon", MONDAY.date(), "the other way", 50, 47, {"not shown in our searches": 3}
    )
    assert says(archive) == (
        "We had 47 of 50 posts from 16 to 22 November 2026 that the other way found (94%, 84 to 98%):"
        " 3 not shown in our searches."
    )


def test_a_gap_is_the_cause_of_what_was_missed_in_it(archive):
    gap = [written(number) for number in range(24, 36)]
    stored(archive, since=MONDAY, until=MONDAY + 2 * HOUR)
    stored(archive, since=MONDAY + 5 * HOUR, until=MONDAY + 7 * DAY)
    assert checked(archive, Way([a_page(*gap)])).causes == {"from a time when nothing was collected": 12}


def test_of_few_posts_no_share_is_given(archive):
    checked(archive, Way([a_page(*map(written, range(9)))]))
    assert says(archive) == (
        "We had 0 of 9 posts from 16 to 22 November 2026 that the other way found, too few to give a"
        " percentage."
    )
    assert "%" not in says(archive)


@pytest.mark.parametrize(
    "way",
    [
        None,
        Way([a_page(outcome=Outcome.CLOSED, detail="closed")]),
        Way(error=Unavailable("away")),
        Way(error=Refused("no")),
        Way(error=ValueError("a bug")),
        Way([]),
    ],
    ids=["no way", "closed", "away", "refused", "bug", "nothing at all"],
)
def test_what_is_not_known_is_no_number(archive, way):
    assert checked(archive, way) is None
    assert says(archive) == ""


def test_that_the_other_way_found_nothing_either_is_known_and_no_share(archive):
    assert checked(archive, Way([a_page()])).posts == 0
    assert "%" not in says(archive)


@pytest.mark.heavy
def test_a_week_is_looked_for_once_whatever_starts_again(archive, tmp_path):
    way = Way([a_page(*map(written, range(20)))])
    first = checked(archive, way)
    assert first.here == 0
    for hours in (0, 1, 30, 6 * 24 - 1):
        with Archive.open(tmp_path / "a.db", LONDON) as another:
            assert checked(another, way, TUESDAY + hours * HOUR, pause=timedelta()) == first
    assert way.asked == 1
    checked(archive, way, TUESDAY + 7 * DAY)
    assert way.asked == 2


def test_only_one_of_two_processes_looks(archive, tmp_path):
    with Archive.open(tmp_path / "a.db", LONDON) as another:
        claims = [
            one.coverage.claim_recall("mastodon", MONDAY.date(), TUESDAY, DAY) for one in (archive, another)
        ]
    assert claims == [True, False]


def test_a_look_that_failed_is_made_again_a_day_later_or_when_somebody_asks(archive):
    broken, way = Way(error=Unavailable("away")), Way([a_page(*map(written, range(10)))])
    checked(archive, broken)
    checked(archive, broken, TUESDAY + 23 * HOUR)
    assert broken.asked == 1
    checked(archive, broken, TUESDAY + 23 * HOUR, pause=timedelta())
    assert broken.asked == 2
    assert checked(archive, way, TUESDAY + 48 * HOUR).posts == 10


def test_a_clock_that_was_set_back_holds_nothing_up(archive):
    checked(archive, Way(error=Unavailable("away")), TUESDAY + 3 * DAY)
    assert checked(archive, Way([a_page(*map(written, range(10)))]), TUESDAY).posts == 10


def test_a_week_is_left_a_day_for_what_comes_late(archive):
    way = Way([a_page(*map(written, range(10)))])
    assert checked(archive, way, TUESDAY - timedelta(seconds=1)).monday == date(2026, 11, 9)
    assert checked(archive, way, TUESDAY).monday == MONDAY.date()


def test_what_was_written_before_the_source_was_asked_is_not_missed(tmp_path):
    with Archive.open(tmp_path / "b.db", LONDON) as archive:
        way = Way([a_page(*map(written, range(40)))])
        assert checked(archive, way) is None  # it never was
        begun = MONDAY + 3 * HOUR
        archive.coverage.save_failure(a_page(stream="mastodon"), "crime", started_at=begun, now=begun)
        sample = checked(archive, way, TUESDAY + DAY)
        assert sample.posts == sum(written(number).created_at >= begun for number in range(40))
    assert way.asked == 1


def test_a_post_is_here_by_its_address_and_as_a_copy_too(archive):
    posts = [written(number) for number in range(10)]
    ours = "https://bsky.app/profile/ann/post/1"
    stored(
        archive,
        written(0, platform="bluesky", url=ours),
        *(replace(post, id=f"other{post.id}") for post in posts[1:6]),
    )
    posts[0] = replace(posts[0], copy_of=ours)
    assert checked(archive, Way([a_page(*posts)])).here == 6


def test_what_cannot_be_stored_is_in_no_sample(archive):
    posts = [written(number) for number in range(12)]
    assert (
        checked(archive, Way([a_page(*posts, written(20, url="\0"), written(21, text="\ud800"))])).posts == 12
    )


def test_what_is_of_another_week_is_in_no_sample(archive):
    others = [a_post(id="early", created_at=MONDAY - HOUR), a_post(id="late", created_at=MONDAY + 7 * DAY)]
    assert checked(archive, Way([a_page(*others, *map(written, range(11)))])).posts == 11
    assert archive.posts.ids_of("mastodon", ["early", "late"]) == {}


@pytest.mark.parametrize(("is_endless", "parts"), [(False, 3), (True, 8)])
def test_a_look_back_is_read_in_parts_and_has_an_end(archive, is_endless, parts):
    pages = [a_page(*map(written, range(start, start + 5))) for start in (0, 5, 10)]
    way = Parts(pages, is_endless=is_endless)
    assert checked(archive, way).posts == 15
    assert way.marks == [None, *map(str, range(1, parts))]


def test_one_that_is_told_to_stop_says_nothing_and_looks_again(archive):
    way = Way([a_page(*map(written, range(12)))])
    collector = Looking(
        campaign=a_campaign("mastodon", {}, TRACK), archive=archive, analyzer=Neutral(), env={},
        clock=lambda: TUESDAY, platform=Platform(way), stop=lambda: True,
    )  # fmt: skip
    check_recall(collector, "mastodon")
    assert archive.coverage.last_recall("mastodon", TUESDAY) is None
    assert checked(archive, way, TUESDAY + DAY).posts == 12


@pytest.mark.heavy
def test_the_range_holds_the_share_of_a_large_week_19_times_in_20(archive, monkeypatch):
    posts = [written(number) for number in range(400)]
    stored(archive, *posts[:320])
    monkeypatch.setattr(Looking, "save", lambda *asked, **more: None)
    collector = Looking(
        campaign=a_campaign("mastodon", {}, TRACK), archive=archive, analyzer=Neutral(), env={},
        clock=lambda: TUESDAY, platform=None,
    )  # fmt: skip
    ranges = []
    for week in range(100):
        monday = MONDAY.date() + timedelta(weeks=week)
        archive.coverage.claim_recall("mastodon", monday, TUESDAY, DAY)
        recall._compare(collector, "mastodon", monday, "the other way", [(TRACK, a_page(*posts))])
        sample = archive.coverage.last_recall("mastodon", TUESDAY)
        assert sample.posts == 50
        ranges.append(wilson(sample.here, sample.posts))
    hits = sum(low <= 320 / 400 <= high for low, high in ranges)
    assert hits >= 90
    assert len(set(ranges)) > 5  # by chance, and not always the same


@pytest.mark.parametrize("name", names())
def test_each_platform_says_whether_it_has_a_second_way(name):
    has_none = about(name).second[0].startswith("None: ")
    assert has_none is not issubclass(source(name), SecondWay)


def test_what_costs_money_has_no_second_way():
    assert not issubclass(source("x"), SecondWay)


@pytest.mark.parametrize("name", ["mastodon", "lemmy"])
def test_a_server_that_is_read_is_no_second_one(name):
    here = source(name).open({"servers": ["one.example"], "second_server": "one.example"}, {}, MONDAY)
    there = source(name).open({"servers": ["one.example"], "second_server": "two.example"}, {}, MONDAY)
    assert here.second_way() is None
    assert there.second_way()[0] == "two.example"
    assert there.second_way()[1].servers == ("https://two.example",)


def test_bluesky_has_a_second_way_only_with_a_log_in():
    keys = {"BLUESKY_HANDLE": "a.example", "BLUESKY_APP_PASSWORD": "made-up"}
    assert source("bluesky").open({}, {}, MONDAY).second_way() is None
    assert source("bluesky").open({}, keys, MONDAY).second_way()[0] == "Bluesky's search"


@pytest.mark.heavy
def test_the_worker_looks_after_a_look_at_the_source(tmp_path):
    tags = []

    def answer(method, path, query):
        tags.append(path)
        return as_json([] if "/timelines/tag/" in path else {"configuration": {}})

    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        archive.coverage.save_failure(a_page(stream="mastodon"), "crime", started_at=MONDAY, now=MONDAY)
    with serving(answer) as first, serving(answer) as second:
        own = {"servers": [first.url], "second_server": second.url}
        worker = a_worker(
            campaign=a_campaign("mastodon", own, TRACK), archive=tmp_path / "a.db", analyzer=Neutral(),
            env={}, clock=lambda: TUESDAY,
        )  # fmt: skip
        worker.tick()
        end = time.monotonic() + 120
        while not any("/timelines/tag/london" in path for path in first.paths):
            assert time.monotonic() < end
            time.sleep(0.02)
        worker.stop()
    assert any("/timelines/tag/callingtimeoncrime" in path for path in second.paths)
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        assert archive.coverage.last_recall("mastodon", TUESDAY).posts == 0
