"""The past of people on Bluesky: a directory, two of their servers and Bluesky's view, on this machine."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.collect import Collector
from monitor.collect.backfill import read_histories
from monitor.core.errors import ConfigError
from monitor.core.model import Outcome, Page, Query
from monitor.sources.platforms.bluesky import Bluesky, history
from monitor.sources.platforms.bluesky.history import Histories
from monitor.sources.platforms.bluesky.search import Views
from monitor.sources.shared.http import BoundedSession
from tests.collect.test_canary import until
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import Answer, Server, as_html, as_json, serving
from tests.sources.test_bluesky import END, event, jetstream
from tests.workers import a_worker

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
TRACK = Track(name="crime", title="Crime", tags=QUERY.tags, phrases=QUERY.phrases)
FIRST = datetime(2023, 5, 3, 9, tzinfo=UTC)
ANN, BOB, CAT, GONE = (f"did:plc:{name * 24}" for name in ("a", "b", "c", "g"))
POSTS = "app.bsky.feed.post"


def record(did: str, number: int, **value: Any) -> dict[str, Any]:
    """Return a person's record; each fifth one matches, by its tag or by the phrase, in turn."""
    words = ("#CallingTimeOnCrime", "we are calling time on crime")[number // 5 % 2]
    at = FIRST + timedelta(days=5 * number)
    return {
        "uri": f"at://{did}/{POSTS}/3k{number:04}",
        "cid": "c",
        "value": {
            "$type": POSTS,
            "text": f"{number} {words if number % 5 == 0 else 'my cat'}",
            "createdAt": at.isoformat().replace("+00:00", "Z"),
        }
        | value,
    }


def history_of(did: str, number: int = 250) -> list[dict[str, Any]]:
    return [record(did, n) for n in range(number)]


@dataclass
class Network:
    """Who is where: `documents` by id, `records` by server and id; and what was asked of each server."""

    documents: dict[str, Any] = field(default_factory=dict)
    records: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)  # of servers that do something else
    hiding: str = ""

    def puts(self, did: str, server: str, records: list[dict[str, Any]]) -> None:
        """Move a person and their records to a server; where they were, nobody knows them."""
        self.records = {key: value for key, value in self.records.items() if key[1] != did}
        self.records[server, did] = records
        services = [
            {"id": "#other", "serviceEndpoint": "https://elsewhere.example"},
            {"id": "#atproto_pds", "serviceEndpoint": self.servers[server].url},
        ]
        self.documents[did] = {"id": did, "service": services}

    def directory(self, method: str, path: str, query: dict[str, str]) -> Answer:
        if path.endswith("getProfiles"):
            return as_json({"profiles": [self.profile(query["actors"])]})
        if path[1:] == GONE:
            return as_json({"message": f"DID not available: {GONE}"}, 410)
        return as_json(self.documents[path[1:]])

    def profile(self, who: str) -> dict[str, Any]:
        did = ANN if who == "ann.example" else who
        labels = [{"val": "!no-unauthenticated"}] if did == self.hiding else []
        return {"did": did, "handle": f"{did[8]}.example", "followersCount": 41, "labels": labels}

    def server(self, name: str) -> Any:
        def answer(method: str, path: str, query: dict[str, str]) -> Answer:
            assert (path, query["collection"]) == ("/xrpc/com.atproto.repo.listRecords", POSTS)
            if name in self.answers:
                return self.answers[name]
            if (name, query["repo"]) not in self.records:
                return as_json({"error": "RepoNotFound", "message": "Could not find repo"}, 400)
            records = sorted(self.records[name, query["repo"]], key=lambda one: one["uri"], reverse=True)
            rest = [one for one in records if "cursor" not in query or rkey(one) < query["cursor"]]
            page = rest[: int(query["limit"])]
            return as_json({"records": page} | ({"cursor": rkey(page[-1])} if page else {}))

        return answer


def rkey(item: dict[str, Any]) -> str:
    return item["uri"].rpartition("/")[2]


@contextmanager
def a_network() -> Iterator[Network]:
    network = Network()
    with ExitStack() as stack:
        network.servers["directory"] = stack.enter_context(serving(network.directory))
        for name in ("old", "new"):
            network.servers[name] = stack.enter_context(serving(network.server(name)))
        yield network


def source(network: Network, now: datetime = NOW, **more: Any) -> Bluesky:
    at = network.servers["directory"].url
    return Bluesky.open({"directory": at, "public": at, **more}, {}, now)


def matching(did: str, number: int = 250) -> set[str]:
    return {f"at://{did}/{POSTS}/3k{n:04}" for n in range(0, number, 5)}


def turns(
    network: Network, *people: str, number: int = 1, cursors: dict[str, str], **more: Any
) -> list[Page]:
    """Return the pages of so many turns, an hour apart; `cursors` is what was stored meanwhile."""
    pages = []
    for turn in range(number):
        now = NOW + timedelta(hours=turn)
        for page in source(network, now, **more).histories(QUERY, people, cursors):
            pages.append(page)
            cursors |= {page.stream: page.cursor} if page.cursor is not None else {}
    return pages


@pytest.mark.heavy
def test_three_writers_are_read_back_to_their_first_post_each_once_beside_the_stream(tmp_path, monkeypatch):
    monkeypatch.setattr(history, "_ANSWERS", 2)
    with a_network() as network, jetstream([live(ANN, 245), live(GONE, 5), live(BOB, 0), END]) as (url, _):
        at = network.servers["directory"].url
        network.puts(ANN, "old", history_of(ANN))
        network.puts(BOB, "old", history_of(BOB))
        network.puts(CAT, "new", history_of(CAT))
        own = {"hosts": [url], "directory": at, "public": at, "writers": [CAT]}
        clock = [NOW]
        with Archive.open(tmp_path / "a.db", LONDON) as archive:
            collector = Collector(
                campaign=a_campaign("bluesky", own, TRACK), archive=archive, analyzer=Neutral(), env={},
                clock=lambda: clock[0],
            )  # fmt: skip
            assert collector.poll("bluesky").new == 3
            before = archive.coverage.covered("crime", FIRST, NOW)
            read_histories(collector, "bluesky")
            read_histories(collector, "bluesky")
            assert archive.coverage.cursors("crime")[f"back:bluesky:{BOB}"].endswith(" 2024-01 3k0050")
            network.puts(BOB, "new", history_of(BOB))  # who moves while their posts are read
            for _ in range(3):
                clock[0] += timedelta(minutes=5)
                read_histories(collector, "bluesky")
            assert Counter(row.native_id for row in archive.posts.every()) == Counter(
                [*matching(ANN), *matching(BOB), *matching(CAT), f"at://{GONE}/{POSTS}/3k0005"]
            )
            assert archive.coverage.covered("crime", FIRST, NOW) == before  # no word of the time
            rows = [tuple(row) for row in archive.db.execute(
                "SELECT stream, outcome, detail, covered_from FROM coverage WHERE stream GLOB 'back:*'"
            )]  # fmt: skip
            asked = sum(len(server.requests) for server in network.servers.values())
            read_histories(collector, "bluesky")
            assert sum(len(server.requests) for server in network.servers.values()) == asked  # once is enough
    last = {stream: (outcome, detail, since) for stream, outcome, detail, since in rows}
    assert last[f"back:bluesky:{GONE}"] == ("complete", f"The account {GONE} is gone.", None)
    assert {since for _, _, _, since in rows} == {None}
    assert "history of 3 writers read to 2023-05" in {detail for _, _, detail, _ in rows}


@pytest.mark.heavy
def test_the_worker_reads_on_after_a_look(tmp_path) -> None:
    with a_network() as network, jetstream([live(ANN, 245), END]) as (url, _):
        at = network.servers["directory"].url
        network.puts(ANN, "old", history_of(ANN))
        worker = a_worker(
            campaign=a_campaign("bluesky", {"hosts": [url], "directory": at, "public": at}, TRACK),
            archive=tmp_path / "a.db", analyzer=Neutral(), env={}, clock=lambda: NOW,
        )  # fmt: skip
        worker.tick()
        until(lambda: len(network.servers["old"].requests) >= 4)
        worker.stop()
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        assert {row.native_id for row in archive.posts.every()} == matching(ANN)


def live(did: str, number: int) -> str:
    """Return the event by which the stream brought a record."""
    item = record(did, number)
    raw = json.loads(event(number))
    commit = raw["commit"] | {"rkey": rkey(item), "record": item["value"]}
    return json.dumps(raw | {"did": did, "commit": commit})


@pytest.mark.heavy
def test_a_turn_is_bounded_and_the_longest_waiting_come_first() -> None:
    people = [f"did:plc:{letter * 24}" for letter in "abcdef"]
    with a_network() as network:
        for did in people:
            network.puts(did, "old", history_of(did, 700))
        cursors: dict[str, str] = {}
        turns(network, *people, cursors=cursors)
        assert len(network.servers["old"].requests) == 3 * 5  # people, answers
        turns(network, *people, cursors=cursors)
        assert {request.query["repo"] for request in network.servers["old"].requests[15:]} == set(people[3:])
        pages = turns(network, *people, number=6, cursors=cursors)
    assert {cursor for cursor in cursors.values()} == {"read 2023-05"}
    assert pages[-1].detail == "history of 6 writers read to 2023-05"


def test_somebody_is_named_by_their_handle_in_the_campaign_file() -> None:
    with a_network() as network:
        network.puts(ANN, "new", history_of(ANN, 20))
        [*pages] = turns(network, cursors={}, writers=["ann.example"])
        assert {post.id for page in pages for post in page.posts} == matching(ANN, 20)
        assert turns(network, ANN, cursors={}, histories=False) == []
    with pytest.raises(ConfigError, match="lower case"):
        Bluesky.open({"writers": ["Ann Example"]}, {}, NOW)


def test_who_hides_from_strangers_is_left_out() -> None:
    with a_network() as network:
        network.puts(ANN, "new", history_of(ANN, 20))
        network.hiding = ANN
        [*pages] = turns(network, ANN, cursors={})
    assert [page.posts for page in pages] == [()] * len(pages)
    assert ANN in {did for page in pages for did in page.deleted_authors}


BROKEN = {
    "it does not know the account": as_json({"error": "RepoDeactivated"}, 400),
    "it is broken": as_json({}, 500),
    "a web page": as_html(),
    "no list": as_json({"records": {"a": 1}}),
    "not even a table": as_json([1]),
    "it asks to slow down": as_json({}, 429),
    "it forwards": as_json({}, 302, Location="https://elsewhere.example/"),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=[*BROKEN])
def test_a_server_s_fault_costs_only_its_people_and_they_are_asked_for_a_week_later(answer: Answer) -> None:
    with a_network() as network:
        network.puts(ANN, "old", history_of(ANN, 20))
        network.puts(BOB, "new", history_of(BOB, 20))
        network.answers["old"] = answer
        cursors: dict[str, str] = {}
        pages = turns(network, ANN, BOB, number=3, cursors=cursors)
        assert [page.outcome is Outcome.COMPLETE for page in pages].count(False) == 1
        assert {post.id for page in pages for post in page.posts} == matching(BOB, 20)
        assert len(network.servers["old"].requests) == 1
        del network.answers["old"]
        late = [*source(network, NOW + timedelta(days=7, hours=1)).histories(QUERY, [ANN], cursors)]
    assert {post.id for page in late for post in page.posts} == matching(ANN, 20)


ODD = {
    "of somebody else": ({"uri": f"at://{BOB}/{POSTS}/3k0000"}, 1),
    "no time": ({"value": {"text": "#CallingTimeOnCrime"}}, 1),
    "no text": ({"value": {"createdAt": 5}}, 1),
    "not even a record": ({"value": None}, 1),
    "it asks to be hidden": (
        {"value": record(ANN, 0)["value"] | {"labels": {"values": [{"val": "!no-unauthenticated"}]}}}, 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("odd", "rejected"), ODD.values(), ids=[*ODD])
def test_an_odd_record_costs_itself_only(odd: dict[str, Any], rejected: int) -> None:
    with a_network() as network:
        network.puts(
            ANN, "old", [record(ANN, 0) | {"uri": f"at://{ANN}/{POSTS}/3k9999"} | odd, *history_of(ANN, 6)]
        )
        pages = turns(network, ANN, cursors={})
    assert {post.id for page in pages for post in page.posts} == matching(ANN, 6)
    assert sum(len(page.rejected) for page in pages) == rejected


@pytest.mark.parametrize(
    ("key", "latest"),
    [("3lmade2up2222", datetime(2025, 4, 8, tzinfo=UTC)), ("own-name", NOW)],
    ids=["by its key", "else by now"],
)
def test_a_post_that_says_it_is_of_the_future_was_written_before_it_came(key: str, latest: datetime) -> None:
    value = record(ANN, 0)["value"] | {"createdAt": "2031-01-01T00:00:00Z"}
    with a_network() as network:
        network.puts(ANN, "old", [{"uri": f"at://{ANN}/{POSTS}/{key}", "value": value}])
        [post] = [post for page in turns(network, ANN, cursors={}) for post in page.posts]
    assert latest - timedelta(days=1) < post.created_at <= latest


def test_a_server_that_gives_the_same_mark_for_ever_is_left() -> None:
    with a_network() as network:
        network.puts(ANN, "old", [])
        network.answers["old"] = as_json({"records": [record(ANN, 5)], "cursor": "same"})
        turns(network, ANN, number=4, cursors={})
        assert len(network.servers["old"].requests) == 2


ENDPOINTS = {
    "not encrypted": "http://pds.example",
    "another scheme": "file:///etc/passwd",
    "a page of its own": "https://pds.example/a?b=",
    "a name and a password": "https://ann:secret@pds.example",
    "an address in brackets": "https://[::1]",
    "no text": 5,
}


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=[*ENDPOINTS])
def test_a_document_cannot_lead_elsewhere(endpoint: object) -> None:
    with a_network() as network:
        network.documents[ANN] = {"service": [{"id": f"{ANN}#atproto_pds", "serviceEndpoint": endpoint}]}
        [page] = turns(network, ANN, cursors={})
    assert (page.outcome, page.posts) == (Outcome.UNREADABLE, ())


def test_a_document_that_names_this_machine_is_refused_unless_the_directory_is_here_too(monkeypatch) -> None:
    with a_network() as network:
        network.puts(ANN, "old", history_of(ANN, 6))
        document = network.documents[ANN]
        requests = network.servers["old"].requests
        [page] = histories(monkeypatch, "https://plc.directory", document)
        assert (page.outcome, len(requests)) == (Outcome.UNREACHABLE, 0)
        control = histories(monkeypatch, network.servers["directory"].url, document)
        assert ({page.outcome for page in control}, len(requests)) == ({Outcome.COMPLETE}, 2)


def histories(monkeypatch: pytest.MonkeyPatch, directory: str, document: dict[str, Any]) -> list[Page]:
    """Return the pages where this directory gives this document, which no network is asked for."""
    reader = Histories(Views(directory, directory, NOW), directory, NOW)
    get = BoundedSession.get

    def answer(session: BoundedSession, address: str, **more: Any) -> Any:
        return Given(document) if address.startswith(f"{directory}/did:") else get(session, address, **more)

    monkeypatch.setattr(BoundedSession, "get", answer)
    pages = list(reader.pages(QUERY, [ANN], {}))
    monkeypatch.setattr(BoundedSession, "get", get)
    return pages


@dataclass
class Given:
    """An answer of a server that is not asked."""

    document: Any
    status_code: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    is_redirect: bool = False
    url: str = "https://plc.example/"

    @property
    def content(self) -> bytes:
        return json.dumps(self.document).encode()


WEB = {
    "did:web:ann.example": "https://ann.example/.well-known/did.json",
    "did:web:ann.example%3A8443": "https://ann.example:8443/.well-known/did.json",
}


@pytest.mark.parametrize(("did", "address"), WEB.items(), ids=[*WEB])
def test_whoever_keeps_their_own_document_is_asked_for_it(did: str, address: str, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(BoundedSession, "get", lambda session, at, **_: asked.append(at) or Given({}, 404))
    [page] = Histories(Views("", "", NOW), "https://plc.directory", NOW).pages(QUERY, [did], {})
    assert (asked, page.cursor) == ([address], "gone")


@pytest.mark.parametrize(
    "did", ["did:web:a.example:user", "did:plc:short", "did:key:z6Mk", "did:web:a/b", "did:plc:../x"]
)
def test_an_id_of_another_kind_is_not_asked_for(did: str) -> None:
    with a_network() as network:
        [page] = turns(network, did, cursors={})
        assert (page.outcome, network.servers["directory"].requests) == (Outcome.CLOSED, [])


@pytest.mark.parametrize(
    "host", ["a" * 200, "a..b", "127.0.0.1%3A99999", "127.0.0.1", "127.0.0.1%3A0"],
    ids=["too long", "two dots", "no such port", "this machine", "port 0"],
)  # fmt: skip
def test_an_odd_or_near_host_of_somebody_costs_only_them(host: str) -> None:
    people = [f"did:web:{host}", "did:key:z"]
    pages = list(Histories(Views("", "", NOW), "https://plc.directory", NOW).pages(QUERY, people, {}))
    assert [page.outcome for page in pages] == [Outcome.UNREACHABLE, Outcome.CLOSED]
