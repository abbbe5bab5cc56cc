"""Rates have exact intervals, and what stands out is said by them and by the usual range."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.archive.outcomes.counters import AreaReading, CounterReading
from monitor.archive.outcomes.tallies import PartSum
from monitor.core.clock import utcnow
from monitor.core.gazetteer import PlaceKind
from monitor.report import Breakdown, PlaceCount, TermPeople
from monitor.report.outcomes.area_signs import (
    AreaSigns,
    AreaTable,
    area_table,
    per_thousand,
    poisson_interval,
    standouts,
)
from tests.dashboard.archived import an_archive
from tests.dashboard.reports import CAMPAIGN, NOW, a_report


def at_most(count: int, mean: float) -> float:
    """Return Poisson's chance of so many or fewer, straight from its definition."""
    return math.fsum(math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(count + 1))


def halved(chance, low: float, high: float) -> float:
    """Return where a falling chance is 0."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) > 0 else (low, middle)
    return low


@pytest.mark.heavy
@pytest.mark.parametrize("count", [*range(1, 40), 46, 99, 310, 812, 2405, 12004])
def test_an_interval_is_poissons_exact_one(count):
    most = 2 * count + 40.0
    exact = (
        halved(lambda mean: at_most(count - 1, mean) - 0.975, 1e-9, most),
        halved(lambda mean: at_most(count, mean) - 0.025, 1e-9, most),
    )
    assert poisson_interval(count) == pytest.approx(exact, rel=1e-8)


def test_of_nothing_the_interval_begins_at_nothing():
    assert poisson_interval(0) == pytest.approx((0, -math.log(0.025)))


def test_control_the_usual_approximation_is_not_the_exact_interval():
    assert 10 - 1.96 * math.sqrt(10) != pytest.approx(poisson_interval(10)[0], rel=0.1)


@pytest.mark.parametrize(("count", "of"), [(None, 100), (5, None), (5, 0)])
def test_what_is_not_known_has_no_rate(count, of):
    assert per_thousand(count, of) is None


def row(key: str, signed: int | None = None, paper: PartSum | None = None) -> AreaSigns:
    online = None if signed is None else AreaReading(key, signed, utcnow())
    return AreaSigns(area=CAMPAIGN.areas.by_key[key], talk=None, online=online, paper=paper, crimes=None)


def news(*rows: AreaSigns, people: dict[str, tuple[int, ...]] | None = None) -> list[str]:
    terms = tuple(
        TermPeople(kind="place", term=key, title=key, people=numbers)
        for key, numbers in (people or {}).items()
    )
    report = replace(a_report(7), breakdown=Breakdown(newcomers=(), busiest=(), silent=None, terms=terms))
    return list(standouts(AreaTable(rows=rows, petition=None, elsewhere=()), report))


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        (None, ""),
        (PartSum("harold-hill", 0, date.min, 0), ", no stall entered yet"),
        (
            PartSum("harold-hill", 41, date(2026, 11, 14), 2),
            ", 2 stalls, the latest on Saturday 14 November",
        ),
    ],
    ids=["nobody enters paper", "no stall", "a stall"],
)
def test_a_place_that_more_people_speak_of_than_usual_stands_out(paper, said):
    place = row("harold-hill", paper=paper)
    assert news(place, people={"harold-hill": (14, 4, 5, 3, 6, 4)}) == [
        f"Harold Hill, Havering: mentioned by 14 people (usually 2 to 12){said}"
    ]


@pytest.mark.parametrize(
    "people", [(8, 1, 1, 2, 1, 1), (14, 13, 15, 12, 14, 16), (14, 4, 5)], ids=["few", "usual", "too young"]
)
def test_few_people_or_a_usual_number_do_not_stand_out(people):
    assert news(row("harold-hill"), people={"harold-hill": people}) == []


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        (26, ["Havering: mentioned in 26 posts (usually 6 to 17)"]),
        (17, []),
        (None, []),
    ],
    ids=["more", "as usual", "not known"],
)
def test_an_area_that_more_posts_name_than_usual_stands_out(posts, said):
    count = PlaceCount(
        key="havering", title="Havering", borough="havering", kind=PlaceKind.BOROUGH,
        posts=posts, finished=posts, before=None, weeks=(10, 12, 11, 9, 13),
    )  # fmt: skip
    assert news(replace(row("havering"), talk=count)) == said


def test_a_rate_above_that_of_the_others_together_stands_out():
    rows = row("E14001189", 812), row("E14001448", 310), row("E14001300", 300), row("E14001334", 4000)
    assert news(*rows) == [
        "Dagenham and Rainham, Barking & Dagenham and Havering:"
        " 11.0 per 1,000 electors (10.3 to 11.8) signed online, 4.1 in the others together"
    ]


def test_beside_others_of_whom_few_signed_nothing_stands_out():
    assert news(row("E14001189", 812), row("E14001448", 9)) == []
    assert news(row("E14001189", 812), row("E14001448")) == []


@pytest.mark.parametrize(("apart", "title"), [(timedelta(hours=1), "Ours"), (timedelta(days=8), "Another")])
def test_of_two_petitions_the_first_is_shown_while_it_is_read(tmp_path, apart, title):
    with an_archive(tmp_path) as archive:
        for number, at in enumerate((NOW - apart, NOW), 1):
            name = ["Ours", "Another"][number - 1]
            petition = archive.counters.add("petition", f"petition:{number}", name)
            archive.counters.save(
                petition, CounterReading(at, 50, 40, "open"), {"E14001189": 40 * number}, {}
            )
        table = area_table(archive, CAMPAIGN.areas, replace(a_report(), made_at=NOW), "constituency")
    assert table.petition.title == title


def test_a_petition_whose_site_names_no_areas_is_passed_over(tmp_path):
    with an_archive(tmp_path) as archive:
        for name, areas in (("Elsewhere", {}), ("Ours", {"E14001189": 40})):
            petition = archive.counters.add("petition", f"petition:{name}", name)
            archive.counters.save(petition, CounterReading(NOW, 50, 40, "open"), areas, {})
        table = area_table(archive, CAMPAIGN.areas, replace(a_report(), made_at=NOW), "constituency")
    assert table.petition.title == "Ours"
