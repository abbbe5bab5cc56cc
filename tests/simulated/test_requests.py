"""What we ask of X and Mastodon, against their own descriptions of what may be asked."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import Query
from monitor.sources.contract import KnownPost
from monitor.sources.platforms.x import X
from tests.simulated import test_mastodon, test_x
from tests.simulated.history import START
from tests.sources import loopback

SPECS = Path(__file__).parents[2] / "../shared/data/platforms/specs"
X_SPECS = ("x_openapi_2.166.json", "x_openapi_2.167.json")
MASTODON = "mastodon_openapi.json"
# X renamed these in 2.167 and says nothing of when the old ones end; its own pages still use them.
RENAMED = {
    "tweet.fields": "post.fields",
    "referenced_tweets.id": "referenced_posts",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
}
MOVED = {"author_id", "referenced_posts", "edit_history_post_ids"}  # from the fields to the expansions


@cache
def spec(name: str) -> Any:
    path = SPECS / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine")
    return json.loads(path.read_text(encoding="utf-8"))


def wrong(name: str, request: loopback.Request) -> list[str]:
    """Return what the document has against a request: its path, its parameters and their values."""
    document = spec(name)
    found = [(path, said) for path, said in document["paths"].items() if _is_at(path, request.path)]
    if not found:
        return [f"there is no {request.path}"]
    parameters = [
        _followed(document, one) for one in found[0][1][request.method.lower()].get("parameters", ())
    ]
    known = {one["name"]: one for one in parameters if one["in"] == "query"}
    missing = [key for key, one in known.items() if one.get("required") and key not in request.query]
    faults = [f"{key} is missing" for key in missing]
    for key, value in request.query.items():
        if key not in known:
            faults.append(f"{key} is no parameter")
        else:
            faults += [f"{key}: {why}" for why in _against(document, known[key]["schema"], value)]
    return faults


def _is_at(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None


def _followed(document: Any, said: Any) -> Any:
    while "$ref" in said:
        found = document
        for part in said["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        said = found
    return said


def _against(document: Any, schema: Any, value: str) -> list[str]:
    schema = _followed(document, schema)
    if schema.get("type") == "array":
        parts = value.split(",")
        again = ["the same twice"] if len(set(parts)) < len(parts) else []
        return again + [why for part in parts for why in _against(document, schema["items"], part)]
    if schema.get("type") == "integer":
        least, most = schema.get("minimum", 0), schema.get("maximum") or _said_most(schema)
        return (
            [] if value.isdecimal() and least <= int(value) <= most else [f"{value} is not {least}..{most}"]
        )
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6):
        return ["its length"]
    if not re.search(schema.get("pattern", ""), value):
        return [f"{value!r} is not {schema['pattern']}"]
    return [] if value in schema.get("enum", [value]) else [f"{value!r} is not allowed"]


def _said_most(schema: Any) -> int:
    """Return the most that a description gives in words only, as Mastodon's does."""
    said = re.search(r"Max (\d+)", schema.get("description", ""))
    return int(said[1]) if said else 10**9


def renamed(request: loopback.Request) -> loopback.Request:
    """Return the request as it would be with the names of 2.167."""
    query = {RENAMED.get(key, key): value for key, value in request.query.items()}
    fields, expansions = (
        {RENAMED.get(one, one) for one in query.get(key, "").split(",") if one}
        for key in ("post.fields", "expansions")
    )
    query["post.fields"] = ",".join(fields - MOVED)
    query["expansions"] = ",".join(expansions | (fields & MOVED))
    said = {key: value for key, value in query.items() if value}
    return loopback.Request(request.method, request.path, said, request.headers)


def asked(module: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Sequence[loopback.Request]:
    """Return every request of a few histories."""
    made: list[loopback.Server] = []

    @contextmanager
    def remembering(handler: loopback.Handler) -> Iterator[loopback.Server]:
        with loopback.serving(handler) as server:
            made.append(server)
            yield server

    monkeypatch.setattr(module, "serving", remembering)
    for seed in (*range(4), 37):  # the last is away for longer than X's recent search goes back
        module.found(seed, folder)
    return [request for server in made for request in server.requests]


def test_x_is_asked_what_its_description_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = X_SPECS
    spec(old)
    requests = asked(test_x, tmp_path, monkeypatch)
    assert {"/2/users", "/2/tweets/search/all"} <= {request.path for request in requests}
    assert {"since_id", "next_token"} <= {key for request in requests for key in request.query}
    assert [why for request in requests for why in wrong(old, request)] == []
    assert [why for request in requests for why in wrong(new, renamed(request))] == []


def test_what_x_is_paid_for_otherwise_is_asked_as_its_descriptions_allow() -> None:
    now = START + timedelta(days=60)
    query = Query(track="a", tags=("A",))

    def handler(_method: str, path: str, query: dict[str, str]) -> loopback.Answer:
        more = {} if "next_token" in query or "search" in path else {"next_token": "t"}
        return loopback.as_json({"data": [], "meta": {"total_post_count": 3, **more}})

    with loopback.serving(handler) as server:
        x = X.open({"api": server.url}, {"X_BEARER_TOKEN": "made-up"}, now)
        assert x.estimate(query, START, now).posts == 6  # X counts a month in each answer
        x.estimate(query, now - timedelta(days=2), now)
        list(x.back(query, START, now, "t"))
        list(x.reread([KnownPost(id=str(n), reread_key=str(n)) for n in range(1, 101)]))
    assert {request.path.removeprefix("/2/tweets") for request in server.requests} == {
        "", "/counts/all", "/counts/recent", "/search/all",
    }  # fmt: skip
    old, new = X_SPECS
    assert [why for request in server.requests for why in wrong(old, request)] == []
    assert [why for request in server.requests for why in wrong(new, renamed(request))] == []


def test_mastodon_is_asked_what_its_description_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec(MASTODON)
    requests = asked(test_mastodon, tmp_path, monkeypatch)
    assert {"min_id", "max_id"} <= {key for request in requests for key in request.query}
    assert [why for request in requests for why in wrong(MASTODON, request)] == []


SEARCH = {"query": "#a", "max_results": "100", "expansions": "author_id", "tweet.fields": "lang"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"max_result": "10"}, "max_result is no parameter"),
        ({"max_results": "101"}, "max_results: 101 is not 10..100"),
        ({"tweet.fields": "lang,langs"}, "tweet.fields: 'langs' is not allowed"),
        ({"since_id": "abc"}, "since_id: 'abc' is not ^[0-9]{1,19}$"),
        ({}, None),
    ],
)
def test_a_misspelt_request_is_caught(changes: Mapping[str, str], why: str | None) -> None:
    request = loopback.Request("GET", "/2/tweets/search/recent", SEARCH | dict(changes), {})
    assert wrong(X_SPECS[0], request) == ([why] if why else [])


@pytest.mark.parametrize(
    ("query", "why"), [({"min": "1"}, "min is no parameter"), ({"limit": "41"}, "limit: 41 is not 0..40")]
)
def test_a_misspelt_request_of_mastodon_is_caught(query: dict[str, str], why: str) -> None:
    assert wrong(MASTODON, loopback.Request("GET", "/api/v1/timelines/tag/a", query, {})) == [why]
