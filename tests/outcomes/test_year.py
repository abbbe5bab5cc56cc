"""Months of a petition, read each hour over the wire, and the samples that are kept beside the repository."""

import json
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.core.model import Outcome
from monitor.outcomes import parliament, services_of, visit
from monitor.outcomes.petitions import parse
from tests.archive.saving import LONDON, opened
from tests.outcomes.petition_server import a_campaign, constituencies, petition_site
from tests.sources.loopback import serving

SAMPLES = Path(__file__).parents[3] / "shared/data/outcomes"
START = datetime(2026, 11, 20, 0, 0, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
AREAS = ("E14001189", "E14001073", "E14001292", "S14000001")


def sample(name: str) -> bytes:
    if not (SAMPLES / name).is_file():
        pytest.skip("shared/data/outcomes is not beside the repository; our own answers are used alone")
    return (SAMPLES / name).read_bytes()


def lived(site, hours: int, chance: random.Random):
    """Let a petition grow, fall, be moved to the archive, and be away for a day; yield each hour."""
    counts, ahead = dict.fromkeys(AREAS, 0), 0
    for number in range(hours):
        at = START + number * HOUR
        if chance.random() < 0.3:
            counts[chance.choice(AREAS)] += chance.choice((1, 2, 5, 40))
        if chance.random() < 0.01:  # signatures that turned out not to be valid
            counts["E14001189"] = counts["E14001189"] * 9 // 10
        placed = constituencies(**counts)
        # the whole is counted by another job: the parts are ahead of it, or behind
        ahead = chance.choice((0, 0, 3, -2)) if chance.random() < 0.1 else ahead
        total = max(0, sum(counts.values()) + ahead)
        if site.said != site.said | placed | {"signature_count": total}:
            site.change(at - timedelta(minutes=5), signature_count=total, **placed)
        site.is_gone = hours // 2 <= number < hours // 2 + 24
        site.archive = {"period": "2024-2029"} if number > hours * 2 // 3 else None
        yield at, None if site.is_gone else total, None if site.is_gone else placed


def hourly_readings(folder: Path, hours: int) -> None:
    """Read a petition so many hours, and compare each with what the site said."""
    campaign, said, areas = None, [], {}
    with petition_site() as site, opened(folder) as archive:
        campaign = a_campaign(site.address)
        [service] = services_of(campaign)
        for at, total, placed in lived(site, hours, random.Random(1)):
            visit(service, campaign, archive, {}, lambda at=at: at)
            in_uk = placed and placed["signatures_by_country"][0]["signature_count"]
            said.append((at, total, in_uk))
            if placed:
                areas = {
                    item["ons_code"]: item["signature_count"] for item in placed["signatures_by_constituency"]
                }
        readings = archive.counters.readings(1)
        assert {area.area: area.count for area in archive.counters.areas(1)} == areas
        days = [(*counts, at.astimezone(LONDON).date()) for at, *counts in said]
        moved = [said[0], *(said[n] for n in range(1, len(said)) if days[n] != days[n - 1])]
        kept = [(reading.at, reading.total, reading.placed) for reading in readings]
        assert {*moved} <= {*kept} <= {*said}
        assert len(kept) == len({at for at, *_ in kept})
        totals = [total for _, total, _ in kept if total is not None]
        assert any(later < before for before, later in pairwise(totals))
        assert any(placed > total for _, total, placed in kept if total is not None)
        assert site.answers.count(304) > hours // 10
        names = {milestone.name for milestone in archive.counters.milestones(1) if milestone.at}
        assert names == {"opened", "archived"}


@pytest.mark.heavy
def test_three_weeks_of_hourly_readings_are_what_the_site_said(tmp_path):
    hourly_readings(tmp_path, 500)


@pytest.mark.slow
def test_hourly_readings_until_the_clocks_change_are_what_the_site_said(tmp_path):
    hourly_readings(tmp_path, 3_300)


def test_the_sample_of_an_open_petition_is_read():
    count = parse(json.loads(sample("petition-open.json")))
    assert (count.total, count.placed, count.state, count.marks) == (12_004, 12_006, "open", ())
    assert count.areas["E14001189"] == 2_950
    assert count.milestones["response_threshold_reached"] == datetime(2026, 11, 27, 21, 14, tzinfo=UTC)


def test_the_sample_of_an_archived_petition_is_read():
    count = parse(json.loads(sample("petition-archived.json")))
    assert (count.total, count.state, count.marks, count.thresholds) == (
        14_110, "closed", ("archived",), (10_000, 100_000),
    )  # fmt: skip


def test_the_sample_of_a_controlshift_petition_is_read():
    count = parse(json.loads(sample("controlshift-petition.json")))
    assert (count.title, count.total, count.state) == ("Repair the Yellow Brick Road", 223, "closed")


@pytest.mark.parametrize(
    ("name", "service", "number"),
    [("hansard-spoken.json", 0, 1), ("written-questions.json", 1, 0), ("edm-list.json", 2, 1)],
)
def test_the_samples_of_parliament_are_searched(tmp_path, monkeypatch, name, service, number):
    content = sample(name)
    monkeypatch.setattr(parliament, "_CUT", 10_000)
    with opened(tmp_path) as archive, serving(lambda *_: (200, {}, content)) as server:
        campaign = a_campaign(parliament=True)
        chosen = services_of(campaign)[service]
        here = type(chosen)(
            name=chosen.name, title="", every=chosen.every, module=chosen.module, address=server.url
        )
        assert (
            visit(here, campaign, archive, {}, lambda: START + timedelta(days=400)).outcome
            is Outcome.COMPLETE
        )
        assert len(archive.echoes.latest()) == number
