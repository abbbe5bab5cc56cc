"""The made-up campaign: the same each time, like a real one, honest about numbers."""

import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest

from monitor.archive import Archive
from monitor.campaign import Campaign, SourceSettings, Track
from monitor.core.gazetteer import Borough, Gazetteer, PlacesFile
from monitor.core.model import Metrics, Post, Sentiment, Tone
from monitor.core.text import belongs
from monitor.demo import WEEKS, DemoStep, behaviour, fill, history
from tests.campaigns import shipped

NOW = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
UNTIL = datetime(2026, 11, 22, 21, tzinfo=UTC)
SHIPPED = shipped()
ON = SourceSettings(on=True, every_minutes=15)
CAMPAIGN = replace(SHIPPED, sources=dict.fromkeys(behaviour.PLATFORMS, ON))


class FakeAnalyzer:
    name = "fake-1"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


def steps(posts: int = 3000, seed: int = 1, campaign: Campaign = CAMPAIGN, **how: int) -> Iterator[DemoStep]:
    return history(campaign, UNTIL, posts=posts, seed=seed, **how)


def first_seen(made: Iterator[DemoStep]) -> list[Post]:
    found: dict[tuple[str, str], Post] = {}
    for step in made:
        for post in step.page.posts:
            found.setdefault((post.platform, post.id), post)
    return list(found.values())


@pytest.fixture(scope="module")
def posts() -> list[Post]:
    return first_seen(steps())


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("demo") / "a.db", CAMPAIGN.zone, demo=True) as archive:
        assert fill(archive, CAMPAIGN, FakeAnalyzer(), NOW, posts=600) == 600
        yield archive


@pytest.mark.slow
def test_the_same_seed_makes_the_same_history_and_another_another():
    assert list(steps(300)) == list(steps(300))
    assert list(steps(300)) != list(steps(300, seed=2))


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [1, 7, 1500])
@pytest.mark.parametrize("page_size", [5, 1000])
def test_there_are_exactly_as_many_posts_as_asked_for(wanted, page_size):
    assert len(first_seen(steps(wanted, page_size=page_size))) == wanted


def test_evenings_are_busier_than_nights(posts):
    at = Counter(post.created_at.astimezone(CAMPAIGN.zone).hour for post in posts)
    assert sum(at[hour] for hour in (18, 19, 20)) > 5 * sum(at[hour] for hour in (2, 3, 4))


def test_a_few_people_write_much_and_most_write_little(posts):
    each = sorted(Counter((post.platform, post.author.id) for post in posts).values(), reverse=True)
    assert sum(each[: len(each) // 100]) > 0.05 * len(posts)
    assert each[len(each) // 2] <= 3


def test_a_platform_that_gives_no_number_has_none_and_not_zero(posts):
    by = {platform: [post for post in posts if post.platform == platform] for platform in behaviour.PLATFORMS}
    assert all(by.values())
    for quiet in ("bluesky", "feeds"):
        assert {post.metrics for post in by[quiet]} == {Metrics()}
        assert {post.author.followers for post in by[quiet]} == {None}
    assert all(post.metrics.views is None for post in posts if post.platform != "x")
    assert all(post.metrics.views is not None and post.author.followers is not None for post in by["x"])


@pytest.mark.slow
def test_numbers_move_texts_are_corrected_and_posts_deleted_later():
    seen: dict[tuple[str, str], Post] = {}
    moved, corrected, deleted = 0, 0, 0
    for step in steps():
        deleted += len(step.page.deleted)
        for post in step.page.posts:
            before = seen.setdefault((post.platform, post.id), post)
            moved += post.metrics != before.metrics
            corrected += post.text != before.text
    assert moved > 100
    assert corrected > 5
    assert deleted > 20


@pytest.mark.heavy
def test_another_campaign_has_its_own_words():
    other = Campaign(
        name="Clean Rivers",
        zone=CAMPAIGN.zone,
        tracks=(Track(name="rivers", title="#CleanRivers", tags=("CleanRivers",)),),
        sources={},
        digest=CAMPAIGN.digest,
        gazetteer=Gazetteer(PlacesFile(borough=(Borough(title="Oxford"),))),
    )
    made = first_seen(steps(200, campaign=other))
    assert all(belongs(other.tracks[0].query, post) for post in made)
    said = " ".join(post.text for post in made)
    assert "#CleanRivers" in said
    assert "Oxford" in said
    assert "Dagenham" not in said
    assert "Calling" not in said


@pytest.mark.slow
def test_a_second_track_gets_some_of_the_posts_with_its_tag():
    second = Track(name="second", title="#Second", tags=("Second",))
    made = list(steps(800, campaign=replace(CAMPAIGN, tracks=(*CAMPAIGN.tracks, second))))
    there = first_seen(step for step in made if step.track == "second")
    assert 40 < len(there) < 200
    assert all("second" in post.tags for post in there)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_posts():
    tracemalloc.start()
    made = steps(20_000, page_size=100)
    assert sum(1 for _ in islice(made, 200)) == 200
    early = tracemalloc.get_traced_memory()[1]
    assert sum(1 for _ in made) > 800
    late = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert late < early + 3_000_000


@pytest.mark.slow
def test_a_platform_that_is_out_has_no_posts_and_covers_nothing_and_the_others_do(archive):
    known = archive.coverage.covered(CAMPAIGN.tracks[0].name, datetime(2025, 1, 1, tzinfo=UTC), NOW)
    rows = list(archive.posts.every())
    for platform in behaviour.DEMOS:
        start, end = behaviour.outage(platform, UNTIL)
        began = max(UNTIL - timedelta(weeks=WEEKS), behaviour.began(platform, UNTIL))
        assert platform not in {
            row.platform for row in rows if start <= row.created_at < end or row.created_at < began
        }
        times = [(a, b) for a, b in ((began, start), (end, UNTIL)) if a < b]
        assert [(a, b) for name, a, b in known if name == platform] == times
    assert {row.platform for row in rows} == set(behaviour.PLATFORMS)
    outcomes = archive.db.execute(
        "SELECT source, count(*) FROM coverage WHERE outcome = ? GROUP BY 1", ["gap"]
    )
    back = [platform for platform in behaviour.DEMOS if behaviour.outage(platform, UNTIL)[1] < UNTIL]
    assert dict(outcomes.fetchall()) == dict.fromkeys(back, 1)


@pytest.mark.slow
def test_one_platform_was_switched_on_in_the_middle_and_one_ails(archive):
    first = {platform: behaviour.began(platform, UNTIL) for platform in behaviour.DEMOS}
    late = [platform for platform, since in first.items() if since > UNTIL - timedelta(weeks=WEEKS - 4)]
    ails = [platform for platform in behaviour.DEMOS if behaviour.outage(platform, UNTIL)[1] == UNTIL]
    assert late == ails == ["lemmy"]
    last = {name: polls[-1].outcome for name, polls in archive.coverage.last_polls().items()}
    assert (last.pop("x"), last.pop("lemmy")) == ("refused", "unreachable")
    assert set(last.values()) == {"complete"}


def test_no_two_platforms_are_out_at_once():
    times = sorted(behaviour.outage(platform, UNTIL) for platform in behaviour.DEMOS)
    assert all(end <= start for (_, end), (start, _) in pairwise(times))


@pytest.mark.slow
def test_only_platforms_that_are_on_have_posts_and_x_is_not_refused_where_it_is_off(tmp_path):
    assert {post.platform for post in first_seen(steps(500, campaign=SHIPPED))} == {
        "bluesky", "feeds", "lemmy", "mastodon",
    }  # fmt: skip
    with Archive.open(tmp_path / "a.db", CAMPAIGN.zone, demo=True) as archive:
        assert fill(archive, SHIPPED, FakeAnalyzer(), NOW, posts=200) == 200
        assert "x" not in archive.coverage.last_polls()


@pytest.mark.heavy
@pytest.mark.parametrize("only", ["bluesky", "x"])
def test_one_platform_alone_has_all_posts_outside_its_outage(only):
    made = first_seen(steps(300, campaign=replace(CAMPAIGN, sources={only: ON})))
    start, end = behaviour.outage(only, UNTIL)
    assert len(made) == 300
    assert not [post for post in made if start <= post.created_at < end]


@pytest.mark.heavy
def test_the_counts_are_those_of_the_posts_and_no_post_lies_ahead(archive):
    assert archive.differences() == []
    assert max(row.created_at for row in archive.posts.every()) <= NOW
