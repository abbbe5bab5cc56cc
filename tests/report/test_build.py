"""The Report of a window, from a real archive."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.archive import Archive
from monitor.core.model import Metrics, Outcome
from monitor.report import Day, Report, SourceState, Window
from monitor.report.build import build
from monitor.report.window import bounds, last_days
from tests.report.stored import CAMPAIGN, NOW, a_post, save

WEEK = Window(first=date(2026, 11, 16), last=date(2026, 11, 22))


def values(report: Report) -> dict[str, int | None]:
    return {name: figure.value for name, figure in report.figures.items()}


def report(archive: Archive, window: Window = WEEK, **more: bool) -> Report:
    return build(archive, CAMPAIGN, window, now=NOW, sources=(), **more)


def test_an_empty_archive_gives_no_posts_and_unknown_time_not_zeros(archive):
    empty = report(archive)
    assert set(values(empty)) >= {"posts", "people", "engagement", "views", "ceiling"}
    assert set(values(empty).values()) == {None}
    assert all(day.posts == {} and day.unknown == 1.0 for day in empty.days)
    assert empty.posts.before is None


def test_posts_and_people_are_counted_in_the_window_only(archive):
    early = NOW - timedelta(days=7)
    save(archive, a_post("1"), a_post("2"), a_post("3", author="b"), a_post("4", at=early, author="c"))
    assert (report(archive).posts.value, report(archive).figures["people"].value) == (3, 2)


def test_a_number_no_platform_gave_stays_unknown_and_a_zero_stays_zero(archive):
    save(archive, a_post("1"), a_post("2", metrics=Metrics(likes=0)))
    found = report(archive)
    engagement = found.figures["engagement"]
    assert (engagement.value, engagement.known, engagement.of) == (0, 1, 2)
    assert (found.figures["views"].value, found.figures["views"].known) == (None, 0)


def test_engagement_is_likes_reposts_quotes_and_replies_without_views(archive):
    save(archive, a_post("1", metrics=Metrics(likes=1, reposts=2, replies=4, quotes=8, views=100)))
    assert (report(archive).figures["engagement"].value, report(archive).figures["views"].value) == (15, 100)


def test_a_covered_day_without_posts_is_zero_and_an_uncovered_one_is_unknown(archive):
    start = datetime(2026, 11, 17, tzinfo=UTC)
    save(archive, since=start, until=start + timedelta(days=1))
    days = {day.day.day: day for day in report(archive).days}
    assert (days[17].posts, days[17].unknown) == ({"mastodon": 0}, 0.0)
    assert (days[18].posts, days[18].unknown) == ({}, 1.0)


def test_half_a_day_covered_is_half_unknown(archive):
    start = datetime(2026, 11, 17, tzinfo=UTC)
    save(archive, since=start, until=start + timedelta(hours=12))
    assert report(archive).days[1].unknown == pytest.approx(0.5)


def test_time_since_a_source_was_last_asked_is_missing_only_once_it_is_overdue(archive):
    """Asked every six hours, and last at seven; it is noon."""
    save(archive, since=NOW - timedelta(days=8), until=NOW - timedelta(hours=5))
    state = SourceState(name="mastodon", title="Mastodon", on=True, last_success=NOW, last_poll=NOW,
                        outcome="complete", detail="", needs_person=False)  # fmt: skip

    def today(source: SourceState, now: datetime = NOW) -> Day:
        return build(archive, CAMPAIGN, WEEK, now=now, sources=(source,)).days[-1]

    assert today(state) == Day(day=NOW.date(), posts={"mastodon": 0}, unknown=0.0, passed=0.5)
    assert today(replace(state, overdue_since=NOW - timedelta(hours=5))).unknown == pytest.approx(4 / 11)
    assert today(replace(state, outcome="unreachable")).unknown == pytest.approx(4 / 11)
    assert today(state, NOW + timedelta(days=1)).unknown == pytest.approx(17 / 24)  # that day is over


def test_a_day_says_how_much_of_it_is_over(archive):
    week = Window(first=NOW.date() - timedelta(days=1), last=NOW.date() + timedelta(days=1))
    assert [day.passed for day in report(archive, week).days] == [1.0, 0.5, 0.0]
    assert [day.is_open for day in report(archive, week).days] == [False, True, False]


def test_a_gap_or_a_refusal_is_not_known_time(archive):
    start = datetime(2026, 11, 17, tzinfo=UTC)
    save(archive, since=start, until=start + timedelta(days=1), outcome=Outcome.GAP)
    assert report(archive).days[1].unknown == 1.0


def covered(archive: Archive, window: Window, source: str = "mastodon") -> None:
    start, end = bounds(CAMPAIGN.zone, window)
    save(archive, source=source, since=start, until=min(end, NOW))


BEFORE = Window(first=date(2026, 11, 9), last=date(2026, 11, 15))


def test_the_week_before_is_compared_only_when_both_were_collected(archive):
    save(archive, a_post("1", at=NOW - timedelta(days=8)))
    found = [report(archive).posts.before]
    for window in (BEFORE, WEEK):
        covered(archive, window)
        found.append(report(archive).posts.before)
    assert found == [None, None, 1]


def test_a_day_on_which_one_of_two_platforms_was_collected_is_half_unknown(archive):
    covered(archive, WEEK)
    covered(archive, Window(first=WEEK.first, last=WEEK.first), "bluesky")
    assert [day.unknown for day in report(archive).days[:2]] == [0.0, pytest.approx(0.5)]


def test_a_window_that_was_collected_and_has_no_posts_has_zero(archive):
    covered(archive, WEEK)
    assert (report(archive).posts.value, report(archive).figures["people"].value) == (0, 0)


def test_a_source_that_is_on_and_was_never_collected_is_told_as_zero_percent(archive):
    covered(archive, WEEK)
    shares = {one.source: one.share for one in report(archive).covered}
    assert (shares["mastodon"], shares["lemmy"]) == (pytest.approx(1.0), 0.0)
    assert "x" not in shares


@pytest.mark.parametrize(("is_dated", "share"), [(True, 0.0), (False, None)], ids=["dated", "control"])
def test_a_source_that_was_not_reached_in_these_days_covers_none_of_them(archive, is_dated, share):
    covered(archive, WEEK)
    if is_dated:
        covered(archive, BEFORE, "lemmy")
    lemmy = SourceState(
        name="lemmy", title="Lemmy", on=True, last_success=NOW - timedelta(days=8), last_poll=NOW,
        outcome=Outcome.UNREACHABLE, detail="It cannot be reached.", needs_person=False,
    )  # fmt: skip
    found = build(archive, CAMPAIGN, WEEK, now=NOW, sources=(lemmy,)).covered
    assert {one.source: one.share for one in found}["lemmy"] == share


def test_a_day_at_the_clock_change_has_25_hours_and_one_has_23(archive):
    for day, hours in ((date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 11, 22), 24)):
        start, end = bounds(CAMPAIGN.zone, Window(first=day, last=day))
        assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)


def test_a_post_late_in_the_evening_in_summer_belongs_to_the_next_local_day(archive):
    at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    save(archive, a_post("1", at=at))
    window = Window(first=date(2026, 7, 2), last=date(2026, 7, 2))
    assert (report(archive, window).posts.value, report(archive, window).days[0].posts) == (
        1,
        {"mastodon": 1},
    )


def test_the_last_days_end_today_in_the_campaigns_zone():
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert last_days(CAMPAIGN.zone, 7, late) == Window(first=date(2026, 6, 25), last=date(2026, 7, 1))


def test_an_address_that_is_no_web_address_is_not_handed_on(archive):
    urls = "javascript:alert(1)", "http://[", "https://example.org/ok"
    save(archive, *(a_post(f"{n}", url=url) for n, url in enumerate(urls)))
    assert sorted(post.url for post in report(archive).latest) == ["", "", "https://example.org/ok"]


def test_the_biggest_posts_come_first_in_top_and_the_newest_in_latest(archive):
    small = a_post("small", metrics=Metrics(likes=1))
    big = a_post("big", at=NOW - timedelta(days=1), metrics=Metrics(likes=9))
    save(archive, small, big)
    found = report(archive)
    assert found.top[0].metrics.likes == 9
    assert found.latest[0].metrics.likes == 1


def test_time_that_was_covered_twice_is_counted_once(archive):
    for first, last in ((9, 7), (8, 6), (4, 1)):
        save(archive, since=NOW - timedelta(hours=first), until=NOW - timedelta(hours=last))
    [collected] = [one.share for one in report(archive).covered if one.source == "mastodon"]
    elapsed = NOW - bounds(CAMPAIGN.zone, WEEK)[0]
    assert collected == pytest.approx(timedelta(hours=3 + 3) / elapsed)


def test_only_a_definition_that_took_the_place_of_another_is_told(archive):
    archive.history.save_definitions({"tone": 2, "posts": 1}, NOW)
    found = build(archive, CAMPAIGN, WEEK, now=NOW, sources=())
    assert found.redefined == ()  # an archive that begins with the second was never counted by the first
    archive.history.save_definitions({"posts": 2}, NOW)
    found = build(archive, CAMPAIGN, WEEK, now=NOW, sources=())
    assert [(one.definition, one.version) for one in found.redefined] == [("posts", 2)]


def one_day(archive: Archive, day: date, now: datetime = NOW) -> Report:
    return build(archive, CAMPAIGN, Window(first=day, last=day), now=now, sources=())


def test_a_window_of_one_day_has_its_hours_and_a_longer_one_has_none(archive):
    nine = datetime(2026, 11, 17, 9, 10, tzinfo=UTC)
    start = datetime(2026, 11, 17, tzinfo=UTC)
    save(archive, a_post("1", at=nine), a_post("2", at=nine + timedelta(minutes=5)),
         since=start, until=start + timedelta(hours=9, minutes=30))  # fmt: skip
    hours = one_day(archive, date(2026, 11, 17)).hours
    assert [hour.hour for hour in hours] == list(range(24))
    assert (hours[9].total, hours[9].unknown) == (2, pytest.approx(0.5))
    assert (hours[8].total, hours[8].unknown) == (0, 0.0)
    assert (hours[12].total, hours[12].unknown) == (None, 1.0)
    assert report(archive).hours == ()


def test_hours_that_are_still_to_come_have_not_passed(archive):
    hours = one_day(archive, NOW.date()).hours
    assert [hour.passed for hour in hours[NOW.hour - 1 : NOW.hour + 2]] == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("day", "posts"), [(date(2026, 10, 25), 2), (date(2026, 10, 26), 1)], ids=["clocks back", "control"]
)
def test_the_hour_that_comes_twice_is_one_of_two(archive, day, posts):
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    both = (midnight + timedelta(minutes=30), midnight + timedelta(minutes=90))  # 1:30 twice, by the clock
    save(archive, *(a_post(str(n), at=at) for n, at in enumerate(both)))
    assert one_day(archive, day).hours[1].total == posts


def test_the_hour_that_the_clocks_skip_is_over_and_missed_nothing(archive):
    hours = one_day(archive, date(2026, 3, 29)).hours
    assert (hours[1].passed, hours[1].unknown, hours[1].posts) == (1.0, 0.0, {})
    assert hours[2].unknown == 1.0  # control
