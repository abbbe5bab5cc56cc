"""The year of the demo: on whatever day it is started, there is news; and the office has worked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.archive import Archive
from monitor.collect.source_status import states
from monitor.demo import fill
from monitor.demo.year import Year, data
from monitor.digest.content import letter
from monitor.report import Report, Window
from monitor.report.build import build
from monitor.report.story import headline
from monitor.report.window import last_week
from tests.demo.test_demo import SHIPPED, FakeAnalyzer

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONDAY = datetime(2026, 11, 30, 9, 20, tzinfo=UTC)
TRACK = SHIPPED.tracks[0].name


# The week that is over is the same on all days; from Thursday on, the one that is not has news, too.
@pytest.fixture(scope="module", params=(0, 2, 3, 6), ids=lambda day: DAYS[day])
def started(request, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, datetime]]:
    now = MONDAY + timedelta(days=request.param, hours=request.param)
    with Archive.open(tmp_path_factory.mktemp("demo") / "a.db", SHIPPED.zone, demo=True) as archive:
        fill(archive, SHIPPED, FakeAnalyzer(), now)
        yield archive, now


def report(archive: Archive, now: datetime, first: date) -> Report:
    week = Window(first=first, last=first + timedelta(days=6))
    sources = states(archive, SHIPPED, now)
    return build(archive, SHIPPED, week, now=now, sources=sources)


def sentences(found: Report) -> str:
    news = headline(found)
    return ". ".join((news.answer, *news.others))


@pytest.mark.slow
def test_the_week_that_is_over_begins_with_its_news(started):
    archive, now = started
    found = report(archive, now, last_week(now.date()))
    said = sentences(found)
    assert "“Survey is published”" in said
    assert "Busier than usual" in said
    assert letter(found, base="http://127.0.0.1:8000").subject.endswith(headline(found).answer)
    assert headline(found).todo


@pytest.mark.slow
def test_from_thursday_on_the_week_that_is_not_over_has_news_of_its_own(started):
    archive, now = started
    if now.weekday() >= 3:
        said = sentences(report(archive, now, last_week(now.date()) + timedelta(days=7)))
        assert "usier than usual" in said or "“Petition hand-in”" in said


@pytest.mark.slow
def test_nothing_that_an_office_works_on_is_empty(started):
    archive, now = started
    marks = dict(archive.db.execute("SELECT mark, count(*) FROM marks GROUP BY 1").fetchall())
    assert marks["needs reply"] >= 3
    assert marks["done"] >= 3
    labels = {field for (field,) in archive.db.execute("SELECT DISTINCT field FROM labels")}
    assert labels == {"tone", "stance"}
    assert archive.db.execute("SELECT count(*) FROM notes").fetchone()[0] >= 3
    assert report(archive, now, last_week(now.date())).coming
    read = [audit for audit in archive.tone_audits.samples(TRACK, date(2026, 1, 1), now.date())]
    assert [len(audit.labelled) >= 30 for audit in read] == [True, True]
    assert archive.coverage.last_recall("mastodon", now).here > 40
    assert {word.since is None for word in archive.history.words(TRACK)} == {True, False}
    assert archive.differences() == []


@pytest.mark.parametrize("day", range(7), ids=DAYS)
def test_the_story_lies_in_the_same_weeks_whatever_the_day(day):
    today = MONDAY.date() + timedelta(days=day)
    story = Year(today)
    survey = next(day for day, title in story.calendar() if title == "Survey is published")
    assert survey == date(2026, 11, 26)
    assert story.talk(survey) == story.talk(survey + timedelta(days=1)) == "survey"
    assert (story.sites(survey), story.sites(survey + timedelta(days=1))) == (4, 0)
    assert story.pace(survey) > 3 * story.pace(survey - timedelta(days=1))
    assert max(day for day, _ in story.calendar()) > today + timedelta(days=7)


def test_the_story_has_a_launch_a_hostile_week_and_a_quiet_time():
    year = data("year")
    talks = [event["talk"] for event in year["event"]]
    assert talks[0] == "launch"
    assert "hostile" in talks
    pace = year["pace"]
    assert len(pace) == 53
    assert sum(pace[28:34]) < 0.2 * sum(pace[-6:])
    weeks = [(event["week"], event["day"]) for event in year["event"]]
    assert weeks == sorted(weeks)


def test_every_talk_is_one_that_residents_know():
    lines = data("texts")["voices"]["resident"]
    for event in data("year")["event"]:
        assert event["talk"] in {*lines, "hostile"}
    assert all(kind in lines for kind in ("general", "agree", "argue"))
