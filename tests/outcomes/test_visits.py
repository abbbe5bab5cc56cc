"""Visits are counted by day and link code, by a real server of each kind; nothing else of them is kept."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.core.model import Outcome
from monitor.outcomes import services_of, visit
from tests.archive.saving import opened
from tests.outcomes.petition_server import a_campaign
from tests.sources.loopback import as_html, as_json, serving

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS = {"PLAUSIBLE_KEY": "p-key", "GOATCOUNTER_KEY": "g-key"}
DAY = date(2026, 11, 22)


def look(archive, address, now=NOON, env=KEYS):
    campaign = a_campaign(visits=(address,))
    [service] = services_of(campaign)
    return visit(service, campaign, archive, env, lambda: now)


def codes(archive):
    return [(part.part, part.count) for part in archive.tallies.by_part(1, "code")]


def plausible_rows(*rows):
    return as_json(
        {"results": [{"dimensions": [day, code], "metrics": [count]} for day, code, count in rows]}
    )


def test_plausible_is_asked_once_for_all_days_and_then_for_the_last(tmp_path):
    answers = [
        plausible_rows(
            (str(DAY), "kit-bsky-1", 9), (str(DAY), "(not set)", 230), (str(DAY), "jo@x.example", 2)
        ),
        plausible_rows((str(DAY), "kit-bsky-1", 11), ("2026-11-23", "kit-bsky-1", 1)),
    ]
    with opened(tmp_path) as archive, serving(lambda *_: answers.pop(0)) as server:
        assert look(archive, f"{server.url}/example.org").outcome is Outcome.COMPLETE
        assert codes(archive) == [(None, 232), ("kit-bsky-1", 9)]
        look(archive, f"{server.url}/example.org", NOON + timedelta(hours=1))
        assert codes(archive) == [(None, 232), ("kit-bsky-1", 12)]
        assert archive.counters.all()[0].read_at == NOON + timedelta(hours=1)
        first, second = (json.loads(request.body) for request in server.requests)
    assert (first["site_id"], first["date_range"]) == ("example.org", ["2025-11-23", "2026-11-23"])
    assert second["date_range"] == ["2026-11-22", "2026-11-23"]
    assert server.requests[0].headers["authorization"] == "Bearer p-key"


def test_goatcounter_is_asked_day_by_day_and_only_codes_are_kept(tmp_path):
    def answer(_, path, query):
        if path != "/api/v0/stats/toprefs" or query["start"] != "2026-11-22T00:00:00Z":
            return as_json({"stats": [], "more": False})
        more = {"name": "kit-bsky-1", "ref_scheme": "c", "count": 9}
        stats = [more, {"name": "www.example.org/jo", "ref_scheme": "h", "count": 4}]
        return as_json({"stats": stats if query["offset"] == "0" else [more], "more": query["offset"] == "0"})

    with opened(tmp_path) as archive, serving(answer) as server:
        assert look(archive, server.url).outcome is Outcome.COMPLETE
        assert codes(archive) == [("kit-bsky-1", 18), (None, 4)]
        assert archive.tallies.by_day(1) == {DAY: 22}
        assert len(server.requests) == 9
        assert server.requests[0].headers["authorization"] == "Bearer g-key"


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        ("2026-07-01", "2026-06-30T23:00:00Z", "2026-07-01T22:00:00Z"),
        ("2026-10-25", "2026-10-24T23:00:00Z", "2026-10-25T23:00:00Z"),
        ("2026-03-29", "2026-03-29T00:00:00Z", "2026-03-29T22:00:00Z"),
    ],
    ids=["of summer", "of 25 hours", "of 23 hours"],
)
def test_a_day_begins_and_ends_as_it_does_here(tmp_path, day, start, end):
    now = datetime.fromisoformat(f"{day}T12:00:00Z")
    with opened(tmp_path) as archive, serving(lambda *_: as_json({"stats": []})) as server:
        look(archive, server.url, now)
        last = server.requests[-1].query
    assert (last["start"], last["end"]) == (start, end)


@pytest.mark.heavy
def test_the_days_on_which_nobody_asked_are_read_later_and_none_is_left_out(tmp_path):
    def asked(now):
        server.requests.clear()
        page = look(archive, server.url, now)
        return page.outcome, [int(request.query["start"][8:10]) for request in server.requests]

    with opened(tmp_path) as archive, serving(lambda *_: as_json({"stats": []})) as server:
        ahead = timedelta(days=10)
        assert asked(NOON - timedelta(days=10))[1] == [*range(6, 14)]
        assert asked(NOON) == (Outcome.CAPPED, [*range(12, 20)])
        assert asked(NOON) == (Outcome.COMPLETE, [*range(18, 24)])
        assert asked(NOON) == (Outcome.COMPLETE, [22, 23])
        look(archive, server.url, NOON + ahead)
        look(archive, server.url, NOON + ahead)
        assert asked(NOON) == (Outcome.COMPLETE, [22, 23])  # the clock was ahead


@pytest.mark.parametrize(
    "answer",
    [
        as_html(),
        as_json({"results": 3}),
        as_json({"results": [{"dimensions": ["2026-11-22"], "metrics": [1]}]}),
        as_json({"results": [{"dimensions": ["2026-11-22", "a"], "metrics": []}]}),
        plausible_rows((str(DAY), "kit-bsky-1", -3)),
        plausible_rows(("2026-12-24", "kit-bsky-1", 3)),
        plausible_rows((str(DAY), "kit-bsky-1", None)),
    ],
    ids=["a page", "no list", "no code", "no number", "below 0", "the future", "null"],
)
def test_what_is_not_in_its_form_is_not_stored(tmp_path, answer):
    with opened(tmp_path) as archive, serving(lambda *_: answer) as server:
        assert look(archive, f"{server.url}/example.org").outcome is Outcome.UNREADABLE
        assert codes(archive) == []


def test_a_site_that_is_named_twice_is_counted_once():
    pages = [f"https://example.goatcounter.com{end}" for end in ("", "/")]
    assert [service.name for service in services_of(a_campaign(visits=pages))] == [
        "visits:example.goatcounter.com"
    ]


def test_without_its_key_nobody_is_asked(tmp_path):
    with opened(tmp_path) as archive, serving(lambda *_: as_html()) as server:
        page = look(archive, server.url, env={})
        assert "GOATCOUNTER_KEY" in page.detail
        assert server.requests == []
