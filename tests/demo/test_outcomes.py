"""What was planted is found, what was not is not said, and all of it is labelled and lies behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from monitor.archive import Archive
from monitor.campaign import Campaign
from monitor.core.gazetteer import Borough, Gazetteer, PlacesFile
from monitor.demo import fill, outcomes
from monitor.demo.year import Year, data
from monitor.report.outcomes.event_change import event_change
from monitor.report.outcomes.forecast import forecast, forecast_words
from tests.demo.test_demo import SHIPPED, FakeAnalyzer

MONDAY = datetime(2026, 11, 23, 0, 10, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 29, 22, 50, tzinfo=UTC)
NAMES = ["petition:petition.example/sign", "paper", "survey:residents", "visits:file"]


def counted(path, now: datetime, campaign: Campaign = SHIPPED, seed: int = 1) -> Archive:
    archive = Archive.open(path / f"{now:%d}-{seed}.db", campaign.zone, demo=True)
    outcomes.count(archive, campaign, now, seed=seed)
    return archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with counted(tmp_path_factory.mktemp("outcomes"), NOW) as archive:
        yield archive


def begins(now: datetime, *, week: int) -> date:
    [event] = [one for one in data("year")["event"] if one["week"] == week]
    return now.date() - timedelta(days=now.weekday()) + timedelta(weeks=week, days=event["day"])


@pytest.mark.slow
def test_the_share_kit_is_passed_on_word_for_word_and_the_infographic_by_people_in_their_own(tmp_path):
    with Archive.open(tmp_path / "a.db", SHIPPED.zone, demo=True) as archive:
        fill(archive, SHIPPED, FakeAnalyzer(), NOW, posts=600)
        assert [item.has_picture for item in archive.kit.current()] == [False] * 3 + [True]
        assert {(item.version, item.has_imprint) for item in archive.kit.items() if item.has_picture} == {
            (1, False), (2, True),
        }  # fmt: skip
        assert archive.kit.is_searched()
        scope = archive.stats.scope(SHIPPED.tracks[0].name, date.min, NOW.date())
        uses, counts = archive.kit.uses(scope), archive.kit.counts(scope)
    assert sum(uses[text, 1] for text in (1, 2, 3)) >= 5
    assert min(counts["exact"], counts["part"], uses[4, 2]) >= 2
    assert counts["own"] > 10 * counts["exact"]


@pytest.mark.slow
@pytest.mark.parametrize("now", [MONDAY, NOW, SUNDAY], ids=["Monday", "Thursday", "Sunday"])
def test_signing_rose_after_the_door_knocking_and_after_no_stall_or_meeting(tmp_path, now):
    with counted(tmp_path, now) as archive:
        totals = archive.counters.day_totals(1)
    assert event_change(totals, begins(now, week=-12)).stands_out
    for week in (-30, -9, -6, -4):
        assert not event_change(totals, begins(now, week=week)).stands_out, week


def test_posts_surged_with_a_story_and_signing_did_not(archive):
    story, year = begins(NOW, week=-40), Year(NOW.date())
    assert year.pace(story) > 4 * year.pace(story - timedelta(days=7))
    assert not event_change(archive.counters.day_totals(1), story).stands_out


def test_signing_rose_once_without_anything_in_the_calendar(archive):
    rise = begins(NOW, week=-27)
    assert rise not in dict(Year(NOW.date()).calendar())
    assert event_change(archive.counters.day_totals(1), rise).stands_out


def test_the_petition_has_a_year_with_a_fall_days_not_read_and_a_threshold_ahead(archive):
    totals = archive.counters.day_totals(1)
    days = [NOW.date() - timedelta(days=ago) for ago in range(51 * 7, -1, -1)]
    unread = [day for day in days if day not in totals]
    assert len(unread) == 4
    read = [total for day, total in totals.items() if day in days]
    assert min(after - before for before, after in pairwise(read)) < -50
    assert forecast_words(forecast(totals, 10_000, NOW.date())).startswith("10,000: p")
    assert archive.counters.all()[0].read_at == NOW


def test_constituencies_have_a_part_of_the_signatures_each(archive):
    areas, [*_, last] = archive.counters.areas(1), archive.counters.readings(1)
    assert {area.area for area in areas} == {area.key for area in SHIPPED.areas.of("constituency")}
    assert last.total // 2 < sum(area.count for area in areas) < last.placed
    assert min(area.count for area in areas) > 100


def test_paper_comes_by_street_on_days_of_stalls_and_on_saturdays(archive):
    stalls = {day for day, title in Year(NOW.date()).calendar() if "stall" in title}
    days = set(archive.tallies.by_day(2))
    assert {day for day in stalls if day <= NOW.date()} <= days
    assert {day.weekday() for day in days} <= {5, *(day.weekday() for day in stalls)}
    titles = {place.title for place in SHIPPED.gazetteer.places.values()}
    assert {part.part for part in archive.tallies.by_part(2, "street")} <= titles
    assert len(archive.tallies.by_part(2, "street")) > 20
    assert {part.part for part in archive.tallies.by_part(2, "area")} <= {
        ward.key for ward in SHIPPED.areas.of("ward")
    }


def test_visits_are_told_by_the_code_of_a_link_and_some_by_none(archive):
    codes = [part.part for part in archive.tallies.by_part(4, "code")]
    assert None in codes
    assert all(code.startswith("kit-") for code in codes if code)


def test_recorded_crime_is_of_a_year_and_a_boroughs_is_that_of_its_wards(archive):
    crimes = archive.crimes.last_year()
    assert {(row.months, row.last, row.source) for row in crimes.values()} == {(12, "2026-09", "Made up")}
    wards = [area.key for area in SHIPPED.areas.of("ward") if area.boroughs == ("havering",)]
    assert crimes["havering"].number == sum(crimes[ward].number for ward in wards) > 1000


def test_all_is_labelled_and_nothing_lies_ahead(archive):
    counters = archive.counters.all()
    assert [counter.name for counter in counters] == NAMES
    assert all(counter.title.endswith("(made up)") for counter in counters)
    assert max(reading.at for reading in archive.counters.readings(1)) == NOW
    assert [echo.title[-9:] for echo in archive.echoes.latest()] == ["(made up)"] * 4
    assert max(archive.echoes.by_day()) <= NOW.date()
    assert max(max(archive.tallies.by_day(counter)) for counter in (2, 3, 4)) <= NOW.date()


@pytest.mark.slow
def test_the_same_seed_makes_the_same_and_another_another(archive, tmp_path):
    with counted(tmp_path, NOW) as same, counted(tmp_path, NOW, seed=2) as other:
        assert same.counters.day_totals(1) == archive.counters.day_totals(1) != other.counters.day_totals(1)
        assert same.tallies.by_day(2) == archive.tallies.by_day(2) != other.tallies.by_day(2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "gazetteer", [Gazetteer(), Gazetteer(PlacesFile(borough=(Borough(title="Oxford"),)))], ids=["none", "one"]
)
def test_a_campaign_with_other_places_or_none_has_outcomes(tmp_path, gazetteer):
    campaign = replace(SHIPPED, gazetteer=gazetteer, areas=type(SHIPPED.areas)(gazetteer))
    with counted(tmp_path, NOW, campaign) as archive:
        assert archive.counters.areas(1) == []
        assert sum(archive.tallies.by_day(3).values()) > 100
        assert bool(archive.tallies.by_day(2)) == bool(gazetteer.places)
