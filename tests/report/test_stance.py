"""For or against by week: its ranges, its weeks that are not told, and whose posts have no stance."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from monitor.archive.posts.annotations import Stance
from monitor.archive.posts.query import Filter
from monitor.archive.values import StanceCount
from monitor.campaign import Own
from monitor.charts.activity import ChartKind, activity
from monitor.core.model import Author
from monitor.digest.content import letter
from monitor.report import StanceWeek, Window
from monitor.report.build import build
from monitor.report.figures.stance import STANCES, change, clear_change, finding, rows, share, stance_week
from tests.archive.saving import saved
from tests.builders import a_page
from tests.dashboard.archived import THEN, TRACK, an_archive, then
from tests.dashboard.reports import CAMPAIGN, a_report

MONDAY = date(2026, 11, 9)
WEEK = Window(first=date(2026, 11, 16), last=date(2026, 11, 22))
LATER = THEN + timedelta(days=5)


def a_week(support: int, oppose: int, unclear: int = 0, *, monday: date = MONDAY, is_random=True):
    return StanceWeek(
        week=Window(first=monday, last=monday + timedelta(days=6)), posts=120, is_random=is_random,
        labels={"support": support, "oppose": oppose, "unclear": unclear},
    )  # fmt: skip


def of(**people: int) -> StanceWeek:
    """Return the week in which so many people each wrote one post of a stance."""
    counts = [StanceCount(WEEK.first, stance, number, number, number) for stance, number in people.items()]
    return stance_week(counts, WEEK, 120)


@pytest.mark.parametrize(
    ("people", "is_told"),
    [
        ({"support": 5, "oppose": 5}, True),
        ({"support": 20, "oppose": 9, "unclear": 6}, True),
        ({"support": 20, "oppose": 4}, False),
        ({"support": 20, "oppose": 9, "unclear": 1}, False),
        ({"support": 20}, False),
        ({}, False),
    ],
    ids=["enough", "all three", "few oppose", "one is unclear", "all alike", "none"],
)
def test_a_week_is_told_only_where_each_stance_is_of_enough_people(people, is_told):
    assert bool(of(**people).labels) == is_told


def test_many_posts_of_few_people_are_not_told():
    counts = [StanceCount(WEEK.first, "support", 90, 4, 0), StanceCount(WEEK.first, "oppose", 60, 60, 0)]
    assert stance_week(counts, WEEK, 200).labels == {}
    assert tuple(Stance) == STANCES


def test_a_week_that_is_not_told_is_no_zero_in_the_table_nor_in_the_chart():
    weeks = (a_week(20, 10, 4), replace(a_week(0, 0, monday=WEEK.first), labels={}))
    report = replace(a_report(), stances=weeks)
    first, last = rows(report)
    assert first[1:] == ("59% (42 to 74%)", "29% (17 to 46%)", "12% (5 to 27%)",
                         "34 of 120 posts")  # fmt: skip
    assert last == ("16 to 22 November 2026", *["not given"] * 4)
    low, high = activity(report, ChartKind.STANCE).series
    assert (low.counts, high.counts) == ((42, None), (32, None))


def test_that_labels_were_chosen_by_people_is_said_of_them():
    report = replace(a_report(), stances=(a_week(20, 10, is_random=False),))
    assert next(rows(report))[-1] == "30 of 120 posts, not by chance"


@pytest.mark.parametrize(
    ("weeks", "words"),
    [
        ((a_week(10, 25), a_week(25, 10, monday=WEEK.first)), "clearly up from 16 to 45%, 9 to 15 November"),
        ((a_week(25, 10), a_week(10, 25, monday=WEEK.first)), "clearly down from 55 to 84%"),
        ((a_week(18, 17), a_week(20, 15, monday=WEEK.first)), ""),
        ((a_week(10, 25, is_random=False), a_week(25, 10, monday=WEEK.first)), ""),
        ((a_week(10, 25), a_week(25, 10, monday=WEEK.first, is_random=False)), ""),
        ((a_week(10, 25, monday=date(2026, 10, 26)), a_week(25, 10, monday=date(2026, 11, 2))), ""),
        ((a_week(25, 10),), ""),
        ((), ""),
    ],
    ids=["up", "down", "within chance", "chosen before", "chosen now", "long ago", "one week", "none"],
)
def test_a_change_is_told_only_where_its_range_excludes_0_and_chance_drew_both(weeks, words):
    report = replace(a_report(), stances=weeks)
    assert words in clear_change(report)
    assert bool(clear_change(report)) == bool(words)
    assert finding(report).startswith(clear_change(report))
    assert bool(finding(report)) == bool(weeks)
    mail = " ".join(letter(replace(report, window=WEEK), base="https://monitor.example").others)
    assert ("support the campaign" in mail) == bool(words)


def test_newcombes_range_of_a_change():
    """The first example in Newcombe 1998, Table II: 56 of 70 less 48 of 80 is 0.20, from 0.0524 to 0.3339."""
    net = change(a_week(48, 32), a_week(56, 14))
    assert (net.value, net.low, net.high) == pytest.approx((20, 5.24, 33.39), abs=0.01)


@pytest.mark.slow
def test_of_weeks_that_do_not_differ_one_change_in_twenty_is_told():
    chance, called, times = random.Random(3), 0, 2000
    drawn = [Counter(chance.choices(["support", "oppose"], (6, 4), k=30)) for _ in range(times + 1)]
    weeks = [a_week(each["support"], each["oppose"]) for each in drawn]
    called = sum(change(*pair).is_clear for pair in pairwise(weeks))
    held = sum(share(week).low <= 60 <= share(week).high for week in weeks)
    assert called / times <= 0.06
    assert held / times >= 0.93


def labelled(folder, *, own: Own = Own()):  # noqa: B008 - frozen
    """Return a report of a week in which fourteen people and the campaign wrote, and all was labelled."""
    names = [f"@a{n}@towns.example" for n in range(14)] + ["@Campaign@towns.example"]
    posts = [
        then(id=f"p{n}", text=f"The police, said {n}", author=Author(id=name, handle=name), created_at=THEN)
        for n, name in enumerate(names)
    ]  # fmt: skip
    with an_archive(folder) as archive:
        saved(archive, a_page(*posts), track=TRACK)
        ids = archive.posts.ids_of("mastodon", [post.id for post in posts])
        for n, post in enumerate(posts):
            stance = Stance.OPPOSE if n < 6 else Stance.SUPPORT
            archive.annotations.label([ids[post.id]], "stance", stance, by="jo", now=LATER)
        campaign = replace(CAMPAIGN, own=own)
        report = build(archive, campaign, WEEK, now=LATER, sources=())
        scope = archive.stats.scope(TRACK, WEEK.first, WEEK.last)
        asked = Filter(scope=scope, stance="support", own=own.handles)
        return report, archive.post_query.total(asked).posts


@pytest.mark.parametrize("name", ["@campaign@towns.example", "Campaign@towns.example"])
def test_the_campaigns_own_posts_are_never_support_and_not_among_the_posts(tmp_path, name):
    report, listed = labelled(tmp_path, own=Own(accounts=(name,)))
    [week] = report.stances
    assert week.labels == {"support": 8, "oppose": 6, "unclear": 0}
    assert (week.posts, listed, week.is_random) == (15, 8, False)


def test_control_without_own_accounts_they_are(tmp_path):
    report, listed = labelled(tmp_path)
    assert (report.stances[0].labels["support"], report.stances[0].posts, listed) == (9, 15, 9)


def test_what_chance_drew_is_known_by_its_week(tmp_path):
    labelled(tmp_path)
    with an_archive(tmp_path) as archive:
        archive.tone_audits.draw(TRACK, WEEK.first, 50, chance=random.Random(1), now=LATER)
        report = build(archive, CAMPAIGN, WEEK, now=LATER, sources=())
        assert report.stances[0].is_random
        assert build(archive, CAMPAIGN, WEEK, now=LATER, sources=(),
                     platforms=frozenset({"bluesky"})).stances == ()  # fmt: skip
        sunday = Window(first=WEEK.first, last=WEEK.last - timedelta(days=1))
        assert build(archive, CAMPAIGN, sunday, now=LATER, sources=()).stances == ()  # of no part of a week
