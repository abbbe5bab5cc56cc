"""Bluesky: a stream from a microsecond on, of the last 36 hours; every history against the judge."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from monitor.sources.platforms import bluesky
from tests.simulated.history import HISTORIES, Covers, Judge, Made, World, lived

LOOK_BACK = timedelta(hours=36)
CLOCKS = timedelta(minutes=10)  # may differ by so much
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
POSTS = "app.bsky.feed.post"


def micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


@dataclass(slots=True)
class Jetstream:
    """The first version's stream: inclusive, some things twice, and an older cursor quietly moved up."""

    world: World
    fault: str | None = None
    events: list[tuple[int, str]] = field(init=False)  # with their microsecond, in order

    def __post_init__(self) -> None:
        made = [event for post in self.world.posts for event in _events(post)]
        span = micros(self.world.end) - micros(self.world.end - timedelta(hours=30))
        noise = [micros(self.world.end) - self.world.random.randrange(span) for _ in range(40)]
        made += [(at, _as_json(at, "did:plc:other", kind="identity")) for at in noise]
        self.events = sorted(made)

    def admit(self, socket: ServerConnection, request: Any) -> Any:
        """Refuse a handshake, where this poll is to meet that."""
        self.world.tick()
        self.fault = next(iter(self.world.faults.values()), None)
        if self.fault in ("429", "500"):
            return socket.respond(HTTPStatus(int(self.fault)), "no")
        return None

    def send(self, socket: ServerConnection) -> None:
        """Send from the cursor to now, and then what happens meanwhile."""
        assert socket.request is not None
        asked = parse_qs(urlsplit(socket.request.path).query)
        assert asked["wantedCollections"] == [POSTS]
        now = micros(self.world.now)
        start = max(int(asked["cursor"][0]), micros(self.world.now - LOOK_BACK))
        sent = [text for at, text in self.events if start <= at <= now]
        sent = [text for one in sent for text in [one] * self.world.random.choice([1, 1, 1, 2])]
        if self.fault == "cut":
            sent = sent[: self.world.random.randint(0, len(sent))]
        with suppress(ConnectionClosed):
            for text in sent:
                socket.send(text)
            if self.fault != "cut":
                socket.send(_as_json(now, "did:plc:other", kind="identity"))
                socket.recv()  # until the client has had enough


def _events(post: Made) -> Iterator[tuple[int, str]]:
    """Yield all that ever happens to a post; one in ten goes with its writer's whole account."""
    did = f"did:plc:writer-{post.number}"
    created = post.at.isoformat()
    changes = [("create", post.at), *([("update", post.edited)] if post.edited else [])]
    for operation, when in changes:
        if not (post.deleted and post.deleted < when):
            record = {"text": post.text(when), "createdAt": created, "langs": ["en"]}
            yield micros(when), _as_json(micros(when), did, commit=_commit(operation, post, record=record))
    if post.deleted and post.number % 10 == 9:
        at = micros(post.deleted)
        yield at, _as_json(at, did, kind="account", account={"active": False, "status": "deleted"})
    elif post.deleted:
        at = micros(post.deleted)
        yield at, _as_json(at, did, commit=_commit("delete", post))


def _commit(operation: str, post: Made, **more: Any) -> dict[str, Any]:
    return {"operation": operation, "collection": POSTS, "rkey": f"p{post.number}", **more}


def _as_json(at: int, did: str, kind: str = "commit", **more: Any) -> str:
    return json.dumps({"did": did, "time_us": at, "kind": kind, **more}, separators=(",", ":"))


@contextmanager
def serving(stream: Jetstream) -> Iterator[str]:
    """Serve on a free port of this machine; yield the address."""
    with serve(stream.send, "127.0.0.1", 0, process_request=stream.admit, compression=None) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        finally:
            server.shutdown()
            thread.join()


def found(seed: int, folder: Path) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed)

    def tells(post: Made, covers: Covers) -> bool:
        return post.deleted is not None and covers(post.deleted)

    judge = Judge(world, gives=lambda post, now: post.at > now - LOOK_BACK + CLOCKS, tells_deletes=tells)
    with serving(Jetstream(world)) as url:
        return lived("bluesky", {"hosts": [url]}, world, judge, folder)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky, "_PAGE_EVENTS", 15)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_post_is_lost(seed: int, tmp_path: Path) -> None:
    assert found(seed, tmp_path) == []


_PAGE, _ACT = bluesky._page, bluesky._act


def hasty(stream: str, batch: Any, *ended: Any) -> Any:
    """Move on to the end of the time that was asked for, whatever was read of it."""
    to = batch.latest - 5 * 60 * 10**6
    return replace(_PAGE(stream, batch, *ended), cursor=str(to))


def deaf(event: Any, batch: Any, query: Any) -> None:
    """Do not hear of what is gone."""
    if event["kind"] != "account" and event["commit"]["operation"] != "delete":
        _ACT(event, batch, query)


@pytest.mark.parametrize(
    ("name", "broken"), [("_page", hasty), ("_act", deaf), ("_LOOK_BACK", timedelta(days=30))]
)
def test_a_broken_variant_is_caught(
    name: str, broken: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bluesky, name, broken)
    assert any(found(seed, tmp_path) for seed in range(12))
