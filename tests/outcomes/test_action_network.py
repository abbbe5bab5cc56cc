"""Action Network tells its organisation who signed; the archive gets how many, and nobody's name."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.core.model import Outcome
from monitor.outcomes import action_network, services_of, visit
from tests.archive.saving import opened
from tests.outcomes.petition_server import WHO, a_campaign
from tests.sources.loopback import as_json, serving

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADDRESS = "https://actionnetwork.org/petitions/more-officers"
KEY = {"ACTION_NETWORK_KEY": "secret-key"}
SIGNED = "2026-11-22T23:30:00Z"


def signature(source=None, postcode=None, at=SIGNED, **more):
    person = {"given_name": WHO, "email_addresses": [{"address": "zqx@example.org"}]}
    person |= {"postal_addresses": [{"postal_code": postcode}]} if postcode else {}
    return {
        "created_date": at, "comments": f"I am {WHO}", "action_network:person_id": "zqx-77",
        "action_network:referrer_data": {"source": source}, "_embedded": {"osdi:person": person},
    } | more  # fmt: skip


class Network:
    """Its lists, 25 to a page."""

    def __init__(self) -> None:
        petition = {"title": "More officers", "browser_url": ADDRESS, "total_signatures": 40}
        self.petitions = [
            {"title": "Other", "browser_url": f"{ADDRESS}-2", "total_signatures": 9, "identifiers": ["x:1"]},
            petition | {"identifiers": ["own:5", "action_network:abc-1"], "creator": {"given_name": WHO}},
        ]
        self.signatures = [signature("kit-bsky-1", "RM10 9AA")] * 30 + [signature("none", "nonsense")] * 10

    def answer(self, method, path, query):
        items = {"/petitions": self.petitions, "/petitions/abc-1/signatures": self.signatures}[path]
        start = 25 * (int(query["page"]) - 1)
        return as_json({"_embedded": {f"osdi:{path.rpartition('/')[2]}": items[start : start + 25]}})


@pytest.fixture
def network(monkeypatch):
    network = Network()
    with serving(network.answer) as server:
        network.server = server
        monkeypatch.setattr(action_network, "API", server.url)
        yield network


def look(archive, now=NOON, env=KEY, address=ADDRESS):
    campaign = a_campaign(address)
    [service] = services_of(campaign)
    return visit(service, campaign, archive, env, lambda: now)


def test_counts_by_day_code_and_district_are_all_that_is_kept(tmp_path, network):
    with opened(tmp_path) as archive:
        assert look(archive).outcome is Outcome.COMPLETE
        [counter] = archive.counters.all()
        assert [reading.total for reading in archive.counters.readings(counter.id)] == [40]
        day = date(2026, 11, 22)
        kept = {
            (tally.day, tally.code, tally.area, tally.count) for tally in archive.tallies.latest(counter.id)
        }
        assert kept == {(day, "kit-bsky-1", "RM10", 30), (day, None, None, 10)}
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"kit-bsky-1" in stored
    for word in (WHO, "zqx", "9AA", "secret-key", "nonsense"):
        assert word.encode() not in stored


@pytest.mark.parametrize(
    "address", [ADDRESS.replace("https", "http"), f"{ADDRESS}/?source=kit", f"{ADDRESS}/"]
)
def test_a_petition_is_known_by_any_address_of_its_page(tmp_path, network, address):
    with opened(tmp_path) as archive:
        assert look(archive, address=address).outcome is Outcome.COMPLETE
        assert archive.counters.readings(1)[0].total == 40


def test_signatures_are_read_once_a_day_and_never_counted_twice(tmp_path, network):
    with opened(tmp_path) as archive:
        look(archive)
        look(archive, NOON + timedelta(hours=1))
        assert network.server.paths.count("/petitions/abc-1/signatures") == 2
        network.signatures.append(signature("kit-bsky-1", "RM10 9AA"))
        look(archive, NOON + timedelta(days=1))
        assert archive.tallies.by_day(1) == {date(2026, 11, 22): 41}


def test_a_summer_signature_counts_on_the_day_of_the_campaign():
    summer = signature(at="2026-07-01T23:30:00Z")
    assert action_network.parse(summer, a_campaign().zone) == (date(2026, 7, 2), None, None)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"action_network:referrer_data": "x"}, (None, None)),
        ({"action_network:referrer_data": {"source": "jo@example.org"}}, (None, None)),
        ({"action_network:referrer_data": {"source": "jo.bloggs"}}, (None, None)),
        ({"action_network:referrer_data": {"source": "jo-RM10-8YB"}}, (None, None)),
        ({"action_network:referrer_data": {"source": 5}, "_embedded": None}, (None, None)),
        ({"_embedded": {}, "person": {"postal_addresses": [{"postal_code": "rm9"}]}}, (None, "RM9")),
        ({"_embedded": {}, "person": {"postal_addresses": [{"postal_code": "SW1A2AA"}]}}, (None, "SW1A")),
        ({"_embedded": {"osdi:person": {"postal_addresses": [None]}}}, (None, None)),
    ],
    ids=str,
)
def test_what_is_no_code_and_no_postcode_is_not_known(changes, part):
    assert action_network.parse(signature(**changes), a_campaign().zone)[1:] == part


@pytest.mark.parametrize("at", [None, "soon", 5])
def test_a_signature_without_a_day_is_wrong(at):
    with pytest.raises(ValueError, match=r"time|day"):
        action_network.parse(signature(at=at), a_campaign().zone)


def test_without_a_key_it_is_not_asked_and_says_what_to_do(tmp_path, network):
    with opened(tmp_path) as archive:
        page = look(archive, env={})
    assert (page.outcome, network.server.requests) == (Outcome.CLOSED, [])
    assert "ACTION_NETWORK_KEY" in page.detail


def test_a_petition_of_somebody_else_and_a_strange_answer_say_so(tmp_path, network):
    with opened(tmp_path) as archive:
        network.signatures = [5]
        assert look(archive).outcome is Outcome.UNREADABLE
        assert archive.counters.readings(1)[0].total == 40  # what was told is kept
        network.petitions[1]["total_signatures"] = 10_000
        page = look(archive)
        assert (page.outcome, page.detail[:10]) == (Outcome.CAPPED, "More than ")
        network.petitions = network.petitions[:1]
        assert look(archive).outcome is Outcome.CLOSED
        for names in (["x:1"], ["action_network:../5"], ["none"], None):
            network.petitions = [network.petitions[0] | {"browser_url": ADDRESS, "identifiers": names}]
            assert look(archive).outcome is Outcome.UNREADABLE
