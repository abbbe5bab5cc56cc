"""What was missed, as a number: networks with planted misses, by whose truth each week's sample is judged."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from monitor.archive import Archive
from monitor.archive.coverage import CoverageWriter
from monitor.archive.values import RecallSample
from monitor.campaign import Track
from monitor.collect import Collector, recall
from monitor.collect.recall import check_recall
from monitor.core.clock import stamp
from monitor.sources.platforms.bluesky import search
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import Answer, as_json, serving

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
FIRST = MONDAY + 10 * HOUR  # when the monitor begins
TUESDAY = MONDAY + 8 * DAY + HOUR  # when the week is looked for
TRACK = Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",))
HERE = ""
ELSEWHERE, DELETED, HIDDEN = "on a server that is not checked", "deleted since", "hidden from searches"
UNREADABLE, NOT_SHOWN = "unreadable", "not shown in our searches"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Planted:
    """A post, and what becomes of it: HERE, or the cause for which it is missed."""

    number: int
    fate: str

    @property
    def at(self) -> datetime:
        """Return when it was written: every four hours of the week, from before the monitor begins."""
        return MONDAY + 4 * HOUR * self.number

    @property
    def number_on_server(self) -> int:
        """Return an id as Mastodon gives it: milliseconds and 16 bits."""
        return (((self.at - EPOCH) // timedelta(milliseconds=1)) << 16) + self.number


@dataclass(slots=True)
class Network:
    """Two ways into one network: the first lacks what was planted to be missed, the second shows all."""

    posts: list[Planted]
    now: datetime = FIRST
    asked: list[str] = field(default_factory=list)  # what the second way was asked
    urls: list[str] = field(default_factory=list)  # of the first server and of the second
    own: dict[str, Any] = field(default_factory=dict)  # the platform's settings
    env: dict[str, str] = field(default_factory=dict)

    def shown(self, *fates: str) -> list[Planted]:
        """Return what there is of these fates, the newest first."""
        return [post for post in reversed(self.posts) if post.at <= self.now and post.fate in fates]

    def by_second(self, path: str) -> list[Planted]:
        """Return all that there is, and note that it was asked for."""
        self.asked.append(path)
        return [post for post in reversed(self.posts) if post.at <= self.now]


def planted(**fates: int) -> list[Planted]:
    """Return a week of posts with so many of each fate, mixed."""
    names = {"elsewhere": ELSEWHERE, "deleted": DELETED, "hidden": HIDDEN, "unreadable": UNREADABLE,
             "not_shown": NOT_SHOWN, "here": HERE}  # fmt: skip
    each = [names[name] for name, number in fates.items() for _ in range(number)]
    order = sorted(range(len(each)), key=lambda n: n * 37 % 101)
    return [Planted(place, each[n]) for place, n in enumerate(order)]


# ---- Mastodon


def _status(network: Network, post: Planted, *, is_first: bool) -> dict[str, Any]:
    """Return a post as a server shows it; what will be deleted or hidden has its home on the first one."""
    far = "https://far.example" if post.fate in (HERE, ELSEWHERE, UNREADABLE) else network.urls[0]
    url = f"{far}/@ann/{post.number_on_server}"
    at = "yesterday" if is_first and post.fate == UNREADABLE else stamp(post.at)
    hides = {"noindex": True} if post.fate == HIDDEN and is_first else {}
    return {
        "id": str(post.number_on_server), "uri": url, "url": url, "created_at": at, "visibility": "public",
        "content": f"<p>{post.number} #CallingTimeOnCrime</p>", "tags": [{"name": "callingtimeoncrime"}],
        "account": {"acct": "ann", "url": f"{far}/@ann"} | hides,
    }  # fmt: skip


def mastodon(network: Network, *, is_first: bool) -> Callable[..., Answer]:
    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        if path == "/api/v2/instance":
            return as_json({"version": "4.5.0", "configuration": {}})
        if "/statuses/" in path:
            post = next(p for p in network.posts if str(p.number_on_server) in path)
            if is_first and post.fate == DELETED:
                return as_json({"error": "Record not found"}, 404)
            return as_json(_status(network, post, is_first=is_first))
        known = network.shown(HERE, UNREADABLE) if is_first else network.by_second(path)
        above, below = int(query.get("min_id", 0)), int(query.get("max_id", 2**63))
        items = [post for post in known if above < post.number_on_server < below]
        most = int(query["limit"])
        page = items[-most:] if "min_id" in query else items[:most]
        return as_json([_status(network, post, is_first=is_first) for post in page])

    return answer


# ---- Lemmy


def lemmy(network: Network, *, is_first: bool) -> Callable[..., Answer]:
    def view(post: Planted) -> dict[str, Any]:
        home = "https://talk.example"
        entry = {"id": post.number, "ap_id": f"{home}/post/{post.number}", "published": stamp(post.at),
                 "name": f"{post.number} #CallingTimeOnCrime"}  # fmt: skip
        return {"post": entry, "creator": {"actor_id": f"{home}/u/ann", "name": "ann"}, "counts": {}}

    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        known = network.shown(HERE) if is_first else network.by_second(path)
        start = 50 * (int(query["page"]) - 1)
        items = [view(post) for post in known[start : start + 50]] if query["type_"] == "Posts" else []
        return as_json({"posts": items, "comments": []})

    return answer


# ---- Reddit


def reddit(network: Network, *, is_first: bool) -> Callable[..., Answer]:
    def child(post: Planted) -> dict[str, Any]:
        path = f"/r/example/comments/p{post.number:04}/x/"
        return {"kind": "t3", "data": {
            "name": f"t3_p{post.number:04}", "title": f"{post.number} #CallingTimeOnCrime", "selftext": "",
            "author": "ann", "created_utc": post.at.timestamp(), "permalink": path, "score": 1,
        }}  # fmt: skip

    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        if path == "/api/v1/access_token":
            return as_json({"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": "*"})
        if path.startswith("/api/info"):
            names = query["id"].split(",")
            posts = [p for p in network.posts if f"t3_p{p.number:04}" in names and p.fate != DELETED]
        elif query["sort"] == "new":
            posts = network.shown(HERE)
        else:
            posts = network.by_second(path) if "after" not in query else []
        start = next((n + 1 for n, p in enumerate(posts) if query.get("after") == f"t3_p{p.number:04}"), 0)
        page = [child(post) for post in posts[start : start + 100]]
        after = page[-1]["data"]["name"] if page and start + 100 < len(posts) else None
        return as_json({"kind": "Listing", "data": {"children": page, "after": after}})

    return answer


# ---- Bluesky: the stream, and the search with the public view


def _did(post: Planted) -> str:
    return f"did:plc:p{post.number}"


def _record(post: Planted) -> dict[str, Any]:
    return {"text": f"{post.number} #CallingTimeOnCrime", "createdAt": post.at.isoformat(), "langs": ["en"]}


def _rkey(post: Planted) -> str:
    return f"3lmade2up2{post.number:03}".translate(str.maketrans("0189", "abcd"))


def bluesky(network: Network, *, is_first: bool) -> Callable[..., Answer]:
    def view(post: Planted) -> dict[str, Any]:
        return {"uri": f"at://{_did(post)}/app.bsky.feed.post/{_rkey(post)}", "cid": "c",
                "indexedAt": stamp(post.at), "author": {"did": _did(post), "handle": "p.example"},
                "record": _record(post)}  # fmt: skip

    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        name = path.rpartition(".")[2]
        if name == "createSession":
            return as_json({"accessJwt": "token", "refreshJwt": "r"})
        if name == "getProfiles":
            return as_json({"profiles": [{"did": query["actors"], "handle": "p.example"}]})
        if name == "getPosts":
            posts = [p for p in network.posts if _rkey(p) in query["uris"] and p.fate != DELETED]
            return as_json({"posts": [view(post) for post in posts]})
        if name != "searchPosts":  # of somebody's past, and where it is kept
            return as_json({"error": "NotFound"}, 404)
        known = network.by_second(path)
        since, until = (datetime.fromisoformat(query[name]) for name in ("since", "until"))
        posts = [post for post in known if since <= post.at < until][: int(query["limit"])]
        return as_json({"posts": [view(post) for post in posts]})

    return answer


@contextmanager
def jetstream(network: Network) -> Iterator[str]:
    """Serve the stream, which lacks what was planted; yield its address."""

    def event(post: Planted) -> str:
        commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": _rkey(post)}
        at = (post.at - EPOCH) // timedelta(microseconds=1)
        event = {
            "did": _did(post),
            "time_us": at,
            "kind": "commit",
            "commit": commit | {"record": _record(post)},
        }
        return json.dumps(event, separators=(",", ":"))

    def send(socket: ServerConnection) -> None:
        assert socket.request is not None
        start = EPOCH + timedelta(microseconds=int(socket.request.path.rpartition("cursor=")[2]))
        now = (network.now - EPOCH) // timedelta(microseconds=1)
        with suppress(ConnectionClosed):
            for post in reversed(network.shown(HERE)):
                if post.at >= start:
                    socket.send(event(post))
            socket.send(
                json.dumps({"did": "did:plc:x", "time_us": now, "kind": "identity"}, separators=(",", ":"))
            )
            socket.recv()

    with serve(send, "127.0.0.1", 0, compression=None) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        finally:
            server.shutdown()
            thread.join()


# ---- All of them

PLATFORMS: Mapping[str, tuple[Callable[..., Callable[..., Answer]], Mapping[str, int]]] = {
    "mastodon": (mastodon, {"here": 22, "elsewhere": 5, "deleted": 3, "hidden": 2, "unreadable": 4}),
    "lemmy": (lemmy, {"here": 30, "elsewhere": 7}),
    "reddit": (reddit, {"here": 25, "deleted": 3, "not_shown": 4}),
    "bluesky": (bluesky, {"here": 28, "deleted": 4, "not_shown": 6}),
}


@pytest.fixture(autouse=True)
def nobody_logged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_tokens", {})


@contextmanager
def running(name: str, posts: list[Planted]) -> Iterator[Network]:
    """Serve both ways into a network of these posts."""
    network, make = Network(posts), PLATFORMS[name][0]
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serving(make(network, is_first=is_first))) for is_first in (True, False)
        ]
        network.urls = first, second = [server.url for server in servers]
        network.own = {
            "mastodon": {"servers": [first], "second_server": second},
            "lemmy": {"servers": [first], "second_server": second},
            "reddit": {"oauth_url": first, "reddit_url": first},
            "bluesky": {"home": second, "public": second, "directory": second, "histories": False},
        }[name]
        if name == "bluesky":
            network.own["hosts"] = [stack.enter_context(jetstream(network))]
            network.env = {"BLUESKY_HANDLE": "office.example", "BLUESKY_APP_PASSWORD": "made-up"}
        if name == "reddit":
            network.env = {"REDDIT_CLIENT_ID": "made-up", "REDDIT_CLIENT_SECRET": "made-up"}
        yield network


def collector_of(name: str, network: Network, archive: Archive) -> Collector:
    """Return a collector whose clock is the network's."""
    return Collector(
        campaign=a_campaign(name, network.own, TRACK), archive=archive, analyzer=Neutral(), env=network.env,
        clock=lambda: network.now,
    )  # fmt: skip


def lived(name: str, network: Network, archive: Archive) -> Collector:
    """Poll twice a day from when the monitor begins until the week is over and a day more."""
    collector = collector_of(name, network, archive)
    while network.now < TUESDAY - HOUR:
        assert collector.poll(name).problems == ()
        network.now += 12 * HOUR
    network.now = TUESDAY
    assert collector.poll(name).problems == ()
    network.asked.clear()  # to fill a gap is no second look
    return collector


def truth(name: str, network: Network) -> RecallSample:
    """Return what the sample of a week that is smaller than one has to be."""
    way = {"mastodon": network.urls[1].removeprefix("http://"), "lemmy": network.urls[1].removeprefix("http://"),
           "reddit": "Reddit's search by relevance", "bluesky": "Bluesky's search"}[name]  # fmt: skip
    known = [post for post in network.posts if FIRST <= post.at < MONDAY + 7 * DAY]
    causes = Counter(post.fate for post in known if post.fate)
    return RecallSample(name, MONDAY.date(), way, len(known), len(known) - causes.total(), causes)


def faults(name: str, network: Network, archive: Archive) -> list[str]:
    """Return what is wrong with a week's number and with what it did to the archive."""
    collector = lived(name, network, archive)
    polls = archive.coverage.last_polls(network.now)
    check_recall(collector, name)
    wrong = []
    if (sample := archive.coverage.last_recall(name, network.now)) != (right := truth(name, network)):
        wrong.append(f"{sample} is not {right}")
    asked = len(network.asked)
    network.now += 2 * DAY  # another turn, and another start of the program
    check_recall(collector_of(name, network, archive), name)
    if len(network.asked) != asked or archive.coverage.last_recall(name, network.now) != sample:
        wrong.append("the same week was looked for again")
    if archive.coverage.last_polls(network.now) != polls:
        wrong.append("it was taken for a regular poll")
    known = {int(row.text.split()[0]) for row in archive.posts.every() if row.text}
    kept = {post.number for post in network.posts if post.at >= FIRST and post.fate not in (DELETED, HIDDEN)}
    if {number for number in known if number >= min(kept)} != kept:
        wrong.append("not the posts that are still there were taken in")
    return wrong


@pytest.mark.parametrize("name", PLATFORMS)
def test_the_recall_of_a_network_with_planted_misses_equals_the_truth(name: str, tmp_path: Path) -> None:
    with (
        running(name, planted(**PLATFORMS[name][1])) as network,
        Archive.open(tmp_path / "a.db", LONDON) as archive,
    ):
        assert faults(name, network, archive) == []


def test_what_was_missed_is_taken_in_as_by_a_look_back(tmp_path: Path) -> None:
    posts = planted(here=20, elsewhere=6)
    with running("mastodon", posts) as network, Archive.open(tmp_path / "a.db", LONDON) as archive:
        check_recall(lived("mastodon", network, archive), "mastodon")
        host = network.urls[1].removeprefix("http://")
        origins = {row.created_at: archive.posts.origin(row.id) for row in archive.posts.every()}
        late = {at for at, origin in origins.items() if origin.stream == f"back:mastodon:{host}"}
        assert late == {post.at for post in posts if post.fate == ELSEWHERE and post.at >= FIRST}
        assert late


_COMPARE, _SAVE = recall._compare, CoverageWriter.save_recall


def taking_in_first(collector: Collector, name: str, monday: Any, way: str, pages: Any) -> None:
    """Count what is here after what was missed has been taken in."""
    for track, page in pages:
        collector.save(page, name, track, collector.clock())
    _COMPARE(collector, name, monday, way, pages)


def without_asking(*asked: Any) -> None:
    """Do not ask whether a post is still there."""


def week_from_its_start(self: Any, source: str, track: str) -> datetime:
    """Count posts from before the monitor began as missed."""
    return MONDAY - DAY


def as_if_all_were_here(self: CoverageWriter, sample: RecallSample, now: datetime) -> None:
    """Say that nothing was missed."""
    _SAVE(self, replace(sample, here=sample.posts, causes={}), now)


def again_and_again(self: Any, source: str, monday: Any, now: datetime, pause: timedelta) -> bool:
    """Look whenever there is a turn."""
    return True


def as_a_regular_poll(collector: Collector, name: str, monday: Any, way: str, pages: Any) -> None:
    """Take in what was missed as if a poll had brought it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recall, "BACK", "")
        _COMPARE(collector, name, monday, way, pages)


@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
@pytest.mark.parametrize(
    ("where", "what", "broken", "complaint"),
    [
        ("collect.recall", "_compare", taking_in_first, "is not RecallSample"),
        ("collect.recall", "fetch_post", without_asking, "is not RecallSample"),
        ("collect.recall", "NOT_TO_KEEP", (), "were taken in"),
        ("collect.recall", "_compare", as_a_regular_poll, "a regular poll"),
        ("archive.coverage.Coverage", "first_poll", week_from_its_start, "is not RecallSample"),
        ("archive.coverage.CoverageWriter", "claim_recall", again_and_again, "looked for again"),
        ("archive.coverage.CoverageWriter", "save_recall", as_if_all_were_here, "is not RecallSample"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_control_a_broken_variant_is_caught(
    name: str,
    where: str,
    what: str,
    broken: Any,
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"monitor.{where}.{what}", broken)
    with (
        running(name, planted(**PLATFORMS[name][1])) as network,
        Archive.open(tmp_path / "a.db", LONDON) as archive,
    ):
        assert any(complaint in fault for fault in faults(name, network, archive))
