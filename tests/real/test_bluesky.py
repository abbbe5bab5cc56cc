"""Our source against Bluesky's own servers, on this machine: `docs/platforms/bluesky.md` says how."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from monitor.core.model import Metrics, Page, Query
from monitor.sources.platforms.bluesky import Bluesky

FOLDER = os.environ.get("BLUESKY_DEV_ENV")
QUERY = Query(track="crime", tags=("callingtimeoncrime",))
PASSWORD = "a long password"


@dataclass
class Network:
    """Bluesky's servers and three people on them."""

    process: subprocess.Popen[str]
    pds: str
    appview: str
    stream: str

    def says(self, name: str, token: str = "", **body: object) -> dict[str, str]:
        """Ask the people's server to do something."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.post(f"{self.pds}/xrpc/{name}", json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def person(self, name: str) -> dict[str, str]:
        return self.says(
            "com.atproto.server.createAccount", email=f"{name}@example.org", handle=f"{name}.test",
            password=PASSWORD,
        )  # fmt: skip

    def writes(self, who: dict[str, str], collection: str, **record: object) -> dict[str, str]:
        """Let somebody write a record; return its address."""
        record |= {"$type": collection, "createdAt": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
        return self.says(
            "com.atproto.repo.createRecord", who["accessJwt"], repo=who["did"], collection=collection,
            record=record,
        )  # fmt: skip

    def settle(self) -> None:
        """Return when all that was written is known to all."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("settle\n")
        self.process.stdin.flush()
        while self.process.stdout.readline().strip() != "done":
            pass
        time.sleep(1)  # the stream of ours is passed on beside it

    def source(self) -> Bluesky:
        env = {"BLUESKY_HANDLE": "ann.test", "BLUESKY_APP_PASSWORD": PASSWORD}
        own = {"hosts": [self.stream], "home": self.pds, "public": self.appview}
        return Bluesky.open(own, env, datetime.now(UTC))


@pytest.fixture(scope="module")
def network():
    if not FOLDER:
        pytest.skip("BLUESKY_DEV_ENV names no folder with @atproto/dev-env")
    command = ["node", str(Path(__file__).with_name("bluesky.mjs"))]
    with subprocess.Popen(
        command,
        cwd=FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith('{"pds"'):
                addresses = {
                    name: at.replace("localhost", "127.0.0.1") for name, at in json.loads(line).items()
                }
                yield Network(process, **addresses)
                break
        process.kill()


def posts(pages: list[Page]) -> dict[str, Page]:
    return {post.id: post for page in pages for post in page.posts}


@pytest.mark.kills
def test_a_post_its_likes_and_its_end_are_seen(network):
    ann, bob, cat = (network.person(name) for name in ("ann", "bob", "cat"))
    network.writes(bob, "app.bsky.graph.follow", subject=ann["did"])
    text = "We are here today. #callingtimeoncrime"
    tag = {"$type": "app.bsky.richtext.facet#tag", "tag": "callingtimeoncrime"}
    facets = [{"index": {"byteStart": 19, "byteEnd": len(text)}, "features": [tag]}]
    ours = network.writes(ann, "app.bsky.feed.post", text=text, facets=facets)
    network.writes(bob, "app.bsky.feed.post", text="Something else.")
    for who in (bob, cat):
        network.writes(who, "app.bsky.feed.like", subject={"uri": ours["uri"], "cid": ours["cid"]})
    network.writes(cat, "app.bsky.feed.repost", subject={"uri": ours["uri"], "cid": ours["cid"]})
    network.settle()

    pages = list(network.source().search(QUERY, {}))
    streamed = posts(pages)
    assert set(streamed) == {ours["uri"]}
    author = streamed[ours["uri"]].author
    assert (author.id, author.handle, author.followers) == (ann["did"], "ann.test", 1)

    now = datetime.now(UTC)
    found = posts(list(network.source().back(QUERY, now - timedelta(days=1), now, None)))
    assert found[ours["uri"]].metrics == Metrics(likes=2, reposts=1, replies=0, quotes=0)

    network.says(
        "com.atproto.repo.deleteRecord", ann["accessJwt"], repo=ann["did"], collection="app.bsky.feed.post",
        rkey=ours["uri"].rsplit("/", 1)[1],
    )  # fmt: skip
    network.settle()
    [cursor] = {page.cursor for page in pages[-1:]}
    later = list(network.source().search(QUERY, {"bluesky:jetstream:crime": cursor}))
    assert ours["uri"] in {gone for page in later for gone in page.deleted}
    assert posts(list(network.source().back(QUERY, now - timedelta(days=1), now, None))) == {}
