"""What the numbers of a week are made up of, from a real archive."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bench.story import CAMPAIGN, HISTORY, MONDAY, PLACES, WEEK, Town, store
from monitor.archive import Archive
from monitor.campaign import Campaign, KeepSettings
from monitor.core.model import Author
from monitor.report import Breakdown, Report
from monitor.report.build import build
from monitor.report.story import story
from monitor.report.window import days, shifted

pytestmark = pytest.mark.heavy


def made(archive: Archive, town: Town, now: list, regular: int = 6) -> Report:
    """Return the report of a week with these posts, after weeks in which a neighbour posted so often."""
    for n in range(HISTORY, 0, -1):
        window = shifted(WEEK, timedelta(days=7 * n))
        own = [town.post(days(window)[k % 7], "neighbour") for k in range(regular)]
        store(archive, window, [*town.week(window), *own])
    store(archive, WEEK, now)
    return build(archive, CAMPAIGN, WEEK, now=MONDAY, sources=())


def parts(tmp_path, change) -> Breakdown:
    town = Town(3)
    with Archive.open(tmp_path / "archive.db", CAMPAIGN.zone) as archive:
        return made(archive, town, change(town, town.week(WEEK))).breakdown


def test_the_busiest_account_is_told_by_day_and_who_fell_silent_by_week(tmp_path):
    wednesday = days(WEEK)[2]
    found = parts(tmp_path, lambda town, posts: [*posts, *(town.post(wednesday, "loud") for _ in range(40))])
    assert found.busiest[0].posts == (0, 0, 40, 0, 0, 0, 0)
    assert found.busiest[0].before == ((0,) * 7,) * HISTORY
    assert sum(map(sum, found.busiest[1].before)) > 0
    assert found.silent.posts == (6,) * HISTORY
    assert found.silent.id != found.busiest[0].id


def test_a_place_that_more_people_name_is_counted_by_people(tmp_path):
    def change(town, posts):
        return [
            *(replace(post, places=frozenset([PLACES[0]])) for post in posts[:30]),
            *(town.post(days(WEEK)[1], "one", places=frozenset([PLACES[1]])) for _ in range(30)),
            *posts[30:],
        ]

    terms = {term.term: term.people for term in parts(tmp_path, change).terms if term.kind == "place"}
    assert 10 < terms[PLACES[0]][0] <= 30
    assert terms[PLACES[1]][0] < 10  # thirty posts, and hardly more people than ever
    assert len(terms[PLACES[0]]) == HISTORY + 1


def test_the_campaigns_own_hashtag_is_no_news_and_a_young_archive_knows_no_newcomers(tmp_path):
    found = parts(tmp_path, lambda town, posts: posts)
    assert all(term.term != "callingtimeoncrime" for term in found.terms)
    assert found.newcomers[-2:] == (None, None)
    assert None not in found.newcomers[:-2]


def test_where_too_little_is_known_nothing_is_looked_up(tmp_path):
    with Archive.open(tmp_path / "archive.db", CAMPAIGN.zone) as archive:
        store(archive, WEEK, Town(3).week(WEEK))
        assert build(archive, CAMPAIGN, WEEK, now=MONDAY, sources=()).breakdown is None


def test_posts_that_name_no_writer_have_no_busiest_account(tmp_path):
    def change(town, posts):
        return [replace(post, author=Author(id="")) for post in posts]

    found = parts(tmp_path, change)
    assert found.busiest == ()
    assert found.silent is None  # who wrote is not known


def test_terms_are_not_looked_up_in_more_posts_than_can_be_looked_through(tmp_path, monkeypatch):
    monkeypatch.setattr("monitor.report.lookup.breakdown._SCANNED", 10)
    found = parts(tmp_path, lambda town, posts: [replace(p, places=frozenset([PLACES[0]])) for p in posts])
    assert found.terms == ()


def themed(
    tmp_path, *, looked: bool = True, stalls: int = 30, weeks: int = HISTORY, campaign: Campaign = CAMPAIGN
) -> Report:
    """Return the report of a week in which so many people wrote of stalls, of which two did before."""
    town = Town(3)
    with Archive.open(tmp_path / "archive.db", CAMPAIGN.zone) as archive:
        archive.themes.save("Stalls", "stall", "", MONDAY)
        if looked:
            for _ in archive.theme_tags.update(*archive.themes.search()):
                pass
        for n in range(weeks, -1, -1):
            window = shifted(WEEK, timedelta(days=7 * n))
            told = [
                town.post(days(window)[k % 7], f"teller{k}", text="At the stall")
                for k in range(2 if n else stalls)
            ]
            store(archive, window, [*town.week(window), *told])
        if not looked:
            archive.themes.save("Stalls", "stall, stalls", "", MONDAY, theme=1, version=1)
        return build(archive, campaign, WEEK, now=MONDAY, sources=())


def test_a_theme_that_more_people_write_of_is_counted_and_told(tmp_path):
    report = themed(tmp_path)
    [theme] = report.themes
    assert (theme.title, theme.posts, theme.weeks) == ("Stalls", 30, (30, *(2,) * HISTORY))
    assert theme.finished == 30
    assert theme.usual.high < 10
    [people] = [term for term in report.breakdown.terms if term.kind == "theme"]
    assert (people.title, people.people) == ("Stalls", (30, *(2,) * HISTORY))
    assert any("30 people wrote about “Stalls”" in finding.sentence for finding in story(report))


def test_an_ordinary_week_of_a_theme_is_not_told(tmp_path):
    report = themed(tmp_path, stalls=2)
    assert all("Stalls" not in finding.sentence for finding in story(report))
    assert report.themes[0].usual.low <= 2


def test_a_theme_that_is_still_looked_for_has_no_number_and_is_no_news(tmp_path):
    report = themed(tmp_path, looked=False)
    [theme] = report.themes
    assert (theme.posts, *theme.weeks) == (None,) * (HISTORY + 2)
    assert (theme.finished, theme.usual) == (None, None)
    assert all(term.kind != "theme" for term in report.breakdown.terms)


def test_a_week_that_was_not_collected_has_no_number_of_a_theme(tmp_path):
    report = themed(tmp_path, weeks=2)
    [theme] = report.themes
    assert theme.weeks == (30, 2, 2, *(None,) * (HISTORY - 2))
    assert theme.usual is None


def test_weeks_whose_texts_were_gone_before_a_theme_was_kept_have_no_number_and_make_no_news(tmp_path):
    campaign = replace(CAMPAIGN, keep=KeepSettings(text_days=20))
    report = themed(tmp_path, campaign=campaign)
    [theme] = report.themes
    assert theme.weeks == (30, 2, *(None,) * (HISTORY - 1))
    assert (theme.finished, theme.usual) == (30, None)
    assert all(term.kind != "theme" for term in report.breakdown.terms)
