"""Petitions are stored as their sites say them, by a real server and a real archive; time is passed in."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.archive.outcomes.counters import CounterReading
from monitor.campaign import Dissolution
from monitor.campaign.petition_address import count_address, counter_name
from monitor.core.model import Outcome
from monitor.outcomes import due_services, services_of, visit
from monitor.outcomes.petitions import parse
from tests.archive.saving import opened
from tests.outcomes.petition_server import (
    WHO,
    a_campaign,
    attributes,
    constituencies,
    petition_site,
)
from tests.sources.loopback import as_html, as_json, closed_port, serving

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
REACHED = "response_threshold_reached"


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        yield archive


@pytest.fixture
def site():
    with petition_site() as site:
        yield site


def look(archive, address: str, now: datetime = NOON):
    """Ask for one petition at a time; return how it ended."""
    campaign = a_campaign(address)
    [service] = services_of(campaign)
    return visit(service, campaign, archive, {}, lambda: now)


def totals(archive) -> list[tuple[int | None, int | None, str]]:
    return [tuple(reading[1:]) for reading in archive.counters.readings(1)]


def milestones(archive) -> dict[str, datetime | None]:
    return {one.name: one.at for one in archive.counters.milestones(1)}


def test_a_petition_is_stored_as_it_was_said(archive, site):
    site.change(NOON - HOUR, signature_count=12_004, **constituencies(E14001189=9_000, E14001073=3_006))
    assert look(archive, site.address).outcome is Outcome.COMPLETE
    [counter] = archive.counters.all()
    assert (counter.kind, counter.title, counter.read_at) == (
        "petition",
        "More officers on our streets",
        NOON,
    )
    assert archive.counters.readings(1) == [CounterReading(NOON, 12_004, 12_006, "open")]
    assert {area.area: area.count for area in archive.counters.areas(1)} == {
        "E14001189": 9_000,
        "E14001073": 3_006,
    }
    assert milestones(archive) == {"opened": datetime(2026, 11, 20, 10, tzinfo=UTC)}


def test_what_is_unchanged_is_told_by_304_and_stores_only_when_it_was_read(archive, site):
    site.change(NOON - HOUR)
    look(archive, site.address)
    look(archive, site.address, NOON + HOUR)
    assert site.answers == [200, 304]
    assert len(totals(archive)) == 1
    assert archive.counters.all()[0].read_at == NOON + HOUR


def test_the_first_look_of_a_day_asks_for_everything(archive, site):
    site.change(NOON - HOUR)
    look(archive, site.address)
    site.said |= constituencies(E14001189=7)  # counted after the petition's own time
    look(archive, site.address, NOON + HOUR)
    look(archive, site.address, NOON + 12 * HOUR)
    assert site.answers == [200, 304, 200]
    assert totals(archive) == [(100, None, "open"), (100, 7, "open")]


def test_a_change_in_the_seconds_of_the_last_look_is_not_missed(archive, site):
    site.change(NOON)
    look(archive, site.address)
    site.said["signature_count"] = 101  # within the ten seconds that Last-Modified has
    look(archive, site.address, NOON + HOUR)
    assert [total for total, *_ in totals(archive)] == [100, 101]


def test_a_fall_is_a_fall_and_a_threshold_can_go_back(archive, site):
    reached = "2026-11-23T10:00:00.000Z"
    site.change(NOON - HOUR, signature_count=10_001, response_threshold_reached_at=reached)
    look(archive, site.address)
    assert milestones(archive)[REACHED] == NOON - 2 * HOUR
    site.change(NOON, signature_count=9_990, response_threshold_reached_at=None)
    look(archive, site.address, NOON + HOUR)
    assert [total for total, *_ in totals(archive)] == [10_001, 9_990]
    assert milestones(archive)[REACHED] is None


def test_thresholds_that_were_passed_between_two_looks_come_in_their_order(archive, site):
    look(archive, site.address)
    times = {"response": "2026-11-23T11:10:00Z", "debate": "2026-11-23T12:50:00Z"}
    site.change(NOON, signature_count=100_003, **{f"{k}_threshold_reached_at": at for k, at in times.items()})
    look(archive, site.address, NOON + HOUR)
    assert [*milestones(archive)][-2:] == [REACHED, "debate_threshold_reached"]


def test_the_day_on_which_it_closes_stays_known_once_it_has_closed(archive, site):
    site.said["closing_date"] = "2027-05-20"
    look(archive, site.address)
    del site.said["closing_date"]
    site.said["closed_at"] = "2026-11-23T12:30:00Z"
    look(archive, site.address, NOON + HOUR)
    assert milestones(archive)["closes"] == datetime(2027, 5, 20, tzinfo=UTC)
    assert milestones(archive)["closed"] == NOON + HOUR / 2


def test_an_archived_petition_goes_on_in_its_series_with_a_mark(archive, site):
    look(archive, site.address)
    site.archive = {"period": "2024-2029", "response_threshold": 20_000, "debate_threshold": 200_000}
    site.said |= {"signature_count": 140, "state": "closed"}
    for hours in (1, 2):
        look(archive, site.address, NOON + hours * HOUR)
    assert len(archive.counters.all()) == 1
    assert totals(archive) == [(100, None, "open"), (140, None, "closed")]
    assert milestones(archive)["archived"] == NOON + HOUR
    assert archive.counters.thresholds(1) == (20_000, 200_000)


def test_a_removed_page_is_said_to_be_removed_and_what_was_read_stays(archive, site):
    look(archive, site.address)
    site.is_gone = True
    page = look(archive, site.address, NOON + HOUR)
    look(archive, site.address, NOON + 2 * HOUR)
    assert (page.outcome, page.detail[:20]) == (Outcome.CLOSED, "Its site has removed")
    assert totals(archive) == [(100, None, "open"), (None, None, "removed")]
    assert milestones(archive)["removed"] == NOON + HOUR
    assert [*archive.counters.day_totals(1).values()] == [100]
    site.is_gone = False
    look(archive, site.address, NOON + 3 * HOUR)
    assert milestones(archive)["removed"] is None


def test_who_began_a_petition_is_stored_nowhere(tmp_path, site):
    with opened(tmp_path) as archive:
        look(archive, site.address)
        assert archive.counters.readings(1)
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"More officers" in stored
    assert WHO.encode() not in stored


def whole(**changes) -> dict:
    return {"data": {"type": "petition", "attributes": attributes(**changes)}}


HOSTILE = {
    "negative": whole(signature_count=-1),
    "huge": whole(signature_count=10**30),
    "text": whole(signature_count="12,004"),
    "empty": whole(signature_count=""),
    "NaN": whole(signature_count=float("nan")),
    "a fraction": whole(signature_count=1.5),
    "true": whole(signature_count=True),
    "null": whole(signature_count=None),
    "missing": {"data": {"type": "petition", "attributes": {"action": "A"}}},
    "no data": {"data": None},
    "a list": [1],
}


def an_area(code: object, count: object) -> dict:
    return {"signatures_by_constituency": [{"ons_code": code, "signature_count": count}]}


UNREADABLE = {
    "a title that is a table": {"action": {}},
    "no title": {"action": None},
    "a state that is markup": {"state": "<b>open</b>"},
    "a state that is none": {"state": None},
    "a time that is none": {"opened_at": "soon"},
    "a time that is empty": {"debate_outcome_at": ""},
    "a time that is a number": {"opened_at": 5},
    "a time long ago": {"opened_at": "0001-01-01"},
    "an area without a code": an_area(None, 1),
    "an area of markup": an_area("<i>", 1),
    "an area without a count": an_area("E14000001", None),
    "an area below nothing": constituencies(E14000001=-1) | {"signatures_by_country": None},
    "an area told twice": {"signatures_by_constituency": [
        {"ons_code": "E14000001", "signature_count": count} for count in (5, 90)
    ]},
    "areas that are a number": {"signatures_by_constituency": 5, "signatures_by_country": []},
}  # fmt: skip


@pytest.mark.parametrize("part", UNREADABLE.values(), ids=UNREADABLE)
def test_a_part_that_cannot_be_read_costs_itself_and_the_count_is_stored(archive, site, part):
    site.change(NOON - HOUR, **constituencies(E14001189=7))
    look(archive, site.address)
    before = milestones(archive)
    site.change(NOON, signature_count=120, **{"signatures_by_country": None} | part)
    assert look(archive, site.address, NOON + HOUR).outcome is Outcome.COMPLETE
    assert (archive.counters.readings(1)[-1].total, milestones(archive)) == (120, before)
    assert archive.counters.all()[0].title == "More officers on our streets"
    assert [area.count for area in archive.counters.areas(1)] == [7]


@pytest.mark.parametrize("steps", [None, 5, {}, {"response_threshold": "x", "debate_threshold": 2}])
def test_thresholds_that_cannot_be_read_are_the_usual_ones(steps):
    assert parse({"data": whole()["data"] | {"parliament": steps}}).thresholds is None


def test_a_number_or_a_state_in_another_form_is_the_same():
    petition = parse(whole(signature_count="12004", state="Open", **an_area("e14001189 ", "9")))
    assert (petition.total, petition.state, petition.areas) == (12_004, "open", {"E14001189": 9})


def test_an_area_that_its_site_lists_no_more_is_not_known_and_counted_in_no_sum(archive, site):
    site.change(NOON - HOUR, **constituencies(E14000657=900, E14001073=50))
    look(archive, site.address)
    site.change(NOON, **constituencies(E14001189=905, E14001073=50))  # one is renamed
    look(archive, site.address, NOON + HOUR)
    assert {area.area: area.count for area in archive.counters.areas(1)} == {
        "E14001189": 905,
        "E14001073": 50,
    }
    assert [area.area for area in archive.counters.areas(1, NOON)] == ["E14000657", "E14001073"]
    site.change(NOON + HOUR, signatures_by_constituency=[])  # which says nothing of any
    look(archive, site.address, NOON + 2 * HOUR)
    assert len(archive.counters.areas(1)) == 2
    site.change(NOON + 2 * HOUR, **constituencies(E14000657=901))  # and one that is back
    look(archive, site.address, NOON + 3 * HOUR)
    assert [area.count for area in archive.counters.areas(1)] == [901]


def test_another_petition_at_the_address_does_not_go_on_in_the_series(archive, site):
    look(archive, site.address)
    other = as_json({"data": {"type": "petition", "id": 111, "attributes": attributes(action="Other")}})
    with serving(lambda *_: other) as server:
        page = look(archive, f"{server.url}/petitions/799001")
    assert (page.outcome, page.detail[:30]) == (Outcome.UNREADABLE, "It answered with another petit")
    assert [counter.title for counter in archive.counters.all()] == ["More officers on our streets"]


@pytest.mark.parametrize(
    "end",
    [
        "/",
        ".json",
        "/signatures/new",
        "/signatures/thank-you",
        "/moderation-info",
        "/count.json",
        "?s=kit-v1",
    ],
)
def test_a_petition_is_read_by_any_address_of_its_page(archive, site, end):
    site.change(NOON - HOUR, signature_count=5)
    assert look(archive, site.address + end).outcome is Outcome.COMPLETE
    assert totals(archive)[0][0] == 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_json_is_read_in_its_own_encoding_whatever_its_head_says(archive, encoding):
    content = json.dumps({"title": "Café", "signature_count": 3}, ensure_ascii=False).encode(encoding)
    with serving(lambda *_: (200, {"Content-Type": "text/plain"}, content)) as server:
        look(archive, f"{server.url}/petitions/cafe")
    assert archive.counters.all()[0].title == "Café"


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer_stores_nothing_and_costs_one_sentence(archive, answer):
    with serving(lambda *_: as_json(answer)) as server:
        page = look(archive, f"{server.url}/petitions/more-officers")
    assert (page.outcome, page.detail) == (
        Outcome.UNREADABLE, "It gave no count. If it never does, type its total on the Outcomes page.",
    )  # fmt: skip
    assert archive.counters.all() == []


@pytest.mark.heavy
def test_an_answer_of_fifty_megabytes_is_not_read(archive):
    flood = 200, {"Content-Type": "application/json"}, b'{"a": "' + b"a" * 50_000_000
    with serving(lambda *_: flood) as server:
        page = look(archive, f"{server.url}/petitions/more-officers")
    assert page.outcome is Outcome.UNREADABLE


def test_a_petition_on_controlshift_is_read_with_its_language_and_without_its_founder(archive):
    answer = as_json({
        "title": "Light our streets", "signature_count": 223, "goal": 500, "ended": True,
        "created_at": "2026-10-02T01:43:17Z", "creator_name": WHO,
    })  # fmt: skip
    with serving(lambda *_: answer) as server:
        look(archive, f"{server.url}/en-GB/petitions/light-our-streets?source=kit")
        assert server.paths == ["/en-GB/petitions/light-our-streets.json"]
    assert totals(archive) == [(223, None, "closed")]
    assert archive.counters.all()[0].title == "Light our streets"


@pytest.mark.parametrize("path", ["p/light-our-streets", "petitions/local/barking", "petitions/1/edit"])
def test_an_address_of_another_kind_is_not_asked(path):
    assert services_of(a_campaign(f"https://petition.example/{path}")) == []


def test_addresses_of_one_petition_are_asked_once():
    page = "https://petition.parliament.uk/petitions/799001"
    again = f"{page}/", page.replace("/petitions", "/archived/petitions"), f"{page}?utm=1"
    [service] = services_of(a_campaign(page, *again))
    assert (service.name, service.address) == ("petition:799001", page)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(404, Outcome.CLOSED), (410, Outcome.CLOSED), (429, Outcome.RATE_LIMITED), (503, Outcome.UNREACHABLE)],
)
def test_a_failure_is_kept_with_its_reason(archive, status, outcome):
    with serving(lambda *_: as_html(status=status)) as server:
        page = look(archive, f"{server.url}/petitions/1")
    assert page.outcome is outcome
    assert page.detail
    assert archive.counters.all() == []


def test_a_redirect_to_another_site_is_not_followed(archive, site):
    with serving(lambda *_: (302, {"Location": site.address}, b"")) as server:
        page = look(archive, f"{server.url}/petitions/1")
    assert site.answers == []
    assert "which was not opened" in page.detail


def turns(campaign, archive, now: datetime) -> int:
    return len(due_services(campaign, archive, now))


def test_each_is_asked_once_an_hour_and_later_if_it_asks_for_that(archive, site):
    campaign, minute = a_campaign(site.address), timedelta(minutes=1)
    assert turns(campaign, archive, NOON) == 1
    look(archive, site.address)
    assert [turns(campaign, archive, at) for at in (NOON, NOON + HOUR - minute, NOON + HOUR)] == [0, 0, 1]
    with serving(lambda *_: as_html(status=429)) as server:
        campaign = a_campaign(f"{server.url}/petitions/1", every_minutes=10)
        look(archive, *campaign.petition)
    assert [turns(campaign, archive, NOON + n * minute) for n in (14, 16)] == [0, 1]


def test_none_is_asked_once_parliament_is_dissolved(archive, site):
    campaign = replace(a_campaign(site.address), dissolution=Dissolution(day=date(2026, 11, 24)))
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    assert [turns(campaign, archive, at) for at in (NOON, midnight)] == [1, 0]
    page = visit(services_of(campaign)[0], campaign, archive, {}, lambda: midnight)
    assert (page.outcome, site.answers) == (Outcome.CLOSED, [])
    assert "dissolved" in page.detail


def test_time_between_two_looks_is_known_only_where_they_are_near(archive, site):
    for hours in (0, 1, 2, 9, 10):
        look(archive, site.address, NOON + hours * HOUR)
    name, second = counter_name(site.address), timedelta(seconds=1)
    assert archive.coverage.covered("", NOON - HOUR, NOON + 20 * HOUR) == [
        (name, NOON - second, NOON + 2 * HOUR),
        (name, NOON + 9 * HOUR - second, NOON + 10 * HOUR),
    ]


def test_a_site_that_is_down_costs_only_itself(archive, site):
    look(archive, f"{closed_port()}/petitions/1")
    assert look(archive, site.address).outcome is Outcome.COMPLETE


def test_a_parse_tells_a_petition_from_its_archive():
    marked = parse({"data": {"type": "archived-petition", "attributes": attributes()}})
    assert (marked.marks, parse(whole()).marks) == (("archived",), ())


@pytest.mark.parametrize(
    ("address", "name", "count"),
    [
        ("https://petition.parliament.uk/petitions/799001", "petition:799001",
         "https://petition.parliament.uk/petitions/799001.json"),
        ("https://petition.parliament.uk/archived/petitions/799001.json?x=1#y", "petition:799001",
         "https://petition.parliament.uk/archived/petitions/799001.json"),
        ("https://you.example.org/de/petitions/licht/", "petition:you.example.org/de/petitions/licht",
         "https://you.example.org/de/petitions/licht.json"),
        ("https://petition.parliament.uk/petitions/799001/signatures/new", "petition:799001",
         "https://petition.parliament.uk/petitions/799001.json"),
        ("http://petition.example/petitions/1", "petition:petition.example/petitions/1",
         "https://petition.example/petitions/1.json"),
        ("https://change.example/p/licht", "petition:change.example/p/licht", None),
        ("https://you.example.org/petitions/a/../b", "petition:you.example.org/petitions/a/../b", None),
    ],
)  # fmt: skip
def test_an_address_says_where_its_count_is_told(address, name, count):
    assert (counter_name(address), count_address(address)) == (name, count)
