"""For or against by week: its ranges, its weeks that are not told, and whose posts have no stance."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from monitor.archive.posts.annotations import Stance
from monitor.archive.query.criteria import Filter
from monitor.archive.values import StanceCount
from monitor.campaign import Own
from monitor.charts.activity import ChartKind, activity
from monitor.core.model import Author
from monitor.digest.content import letter
from monitor.report import StanceWeek, ToneShare, Window
from monitor.report.build import build
from monitor.report.figures.stance import (
    LIMITS,
    STANCES,
    advice,
    change,
    clear_change,
    finding,
    rows,
    share,
    stance_week,
)
from monitor.report.tone_estimate import wilson
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
    weeks = (a_week(20, 10, 5), replace(a_week(0, 0, monday=WEEK.first), labels={}))
    report = replace(a_report(), stances=weeks)
    first, last = rows(report)
    assert first[1:] == ("57% (35 to 78%)", "29% (10 to 50%)", "14% (0 to 35%)",
                         "about 35 of 120 posts")  # fmt: skip
    assert last == ("16 to 22 November 2026", *["not given"] * 4)
    low, high = activity(report, ChartKind.STANCE).series
    assert (low.counts, high.counts) == ((35, None), (43, None))


def test_that_labels_were_chosen_by_people_is_said_of_them():
    report = replace(a_report(), stances=(a_week(20, 10, is_random=False),))
    assert next(rows(report))[-1] == "about 30 of 120 posts, not a random sample"


@pytest.mark.parametrize(
    ("weeks", "words"),
    [
        ((a_week(10, 25), a_week(25, 10, monday=WEEK.first)), "clearly up from 10 to 50%, 9 to 15 November"),
        ((a_week(25, 10), a_week(10, 25, monday=WEEK.first)), "clearly down from 50 to 90%"),
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
    earlier, later = (
        ToneShare(value=100 * posts / whole, low=100 * low, high=100 * high)
        for posts, whole in ((48, 80), (56, 70))
        for low, high in [wilson(posts, whole)]
    )
    net = change(earlier, later)
    assert (net.value, net.low, net.high) == pytest.approx((20, 5.24, 33.39), abs=0.01)


@pytest.mark.parametrize(
    ("weeks", "sentence", "hint"),
    [
        ((a_week(20, 15),), "About 57% of a random sample of posts support the campaign, 9 to 15"
         " November 2026: 35 to 78% of all posts", "Quote the range of all posts"),
        ((a_week(20, 15, is_random=False),), "people chose which to label", "Do not quote this for all"),
        ((a_week(15, 20), a_week(20, 15, monday=WEEK.first)), ": 35", "No clear change from 9"),
        ((a_week(15, 20, is_random=False), a_week(20, 15)), "of all posts", "cannot be compared"),
        ((a_week(10, 25), a_week(25, 10, monday=WEEK.first)), "of all posts support", "Quote the range"),
    ],
    ids=["by chance", "chosen", "no change", "chosen before", "a change"],
)  # fmt: skip
def test_what_is_so_of_labelled_posts_is_not_said_of_all(weeks, sentence, hint):
    report = replace(a_report(), stances=weeks)
    assert sentence in finding(report)
    assert hint in advice(report)
    assert ("of all posts" in finding(report)) == weeks[-1].is_random


def test_without_labels_the_chart_says_why_weeks_have_no_bar_and_nothing_to_quote():
    assert advice(replace(a_report(), stances=())) == LIMITS


def labels(support: int, oppose: int, posts: int, own: tuple[str, ...] = ()) -> tuple[int, ...]:
    counts = [StanceCount(WEEK.first, "support", support, support, 0),
              StanceCount(WEEK.first, "oppose", oppose, oppose, 0)]  # fmt: skip
    return tuple(stance_week(counts, WEEK, posts, own).labels.values())


@pytest.mark.heavy
@pytest.mark.parametrize("support", [7, 8, 10, 11])
def test_leaving_one_person_out_does_not_tell_their_stance(support):
    """Whoever is left out, the counts go up and down as often, within a step, by chance."""
    offices = range(100, 2100)
    for out in ((support - 1, 6), (support, 5), (support, 6)):
        before = [labels(support, 6, posts) for posts in offices]
        marked = [labels(*out, posts - 1) for posts in offices]
        named = [labels(*out, posts, ("@jo@example.org",)) for posts in offices]
        for after in (marked, named):
            same = sum(a == b for a, b in zip(before, after, strict=True)) / len(offices)
            assert 0.15 < same < 0.85  # of a multiple of five, chance leaves most as it is
    assert {count % 5 for week in before for count in week} == {0}
    assert labels(support, 6, 100) == labels(support, 6, 100)


@pytest.mark.slow
def test_of_weeks_that_do_not_differ_one_change_in_twenty_is_told():
    chance, times = random.Random(3), 2000
    drawn = [Counter(chance.choices(["support", "oppose"], (6, 4), k=30)) for _ in range(times + 1)]
    weeks = [of(**{stance: max(5, number) for stance, number in each.items()}) for each in drawn]
    called = sum(change(*map(share, pair)).is_clear for pair in pairwise(weeks))
    held = sum(share(week).low <= 60 <= share(week).high for week in weeks)
    assert called / times <= 0.05
    assert 0.95 <= held / times < 1


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
    assert week.labels["support"] in (5, 10)
    assert week.labels["unclear"] == 0
    assert (week.posts, listed, week.is_random) == (15, 8, False)


def test_control_without_own_accounts_they_are(tmp_path):
    report, listed = labelled(tmp_path)
    assert (report.stances[0].labels["support"] in (5, 10), report.stances[0].posts, listed) == (True, 15, 9)


@pytest.mark.heavy
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
