"""One contract over every source: pure, each number kept or unknown, texts, UTC, web addresses only."""

import copy
import json
import socket
import time
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from monitor.core.model import WRONG, Metrics, Post
from monitor.platform_info import names
from monitor.sources import platforms, source
from tests.sources.contract import NUMBERS, at, faults, kept, leads_back, said

FIXTURES = Path(__file__).parents[1] / "fixtures"
PLATFORMS = names()


def item(name: str) -> Any:
    return json.loads((FIXTURES / name / "post.json").read_text())


def changed(value: Any, path: str, to: Any = None) -> Any:
    """Return a copy of an item with another value at 'a.b'; without it for None."""
    done = copy.deepcopy(value)
    *rooms, last = path.split(".")
    inner = done
    for room in rooms:
        inner = inner[room]
    if to is None:
        inner.pop(last, None)
    else:
        inner[last] = to
    return done


def without_web(value: Any) -> Any:
    """Return an item with every web address turned into a script."""
    if isinstance(value, dict):
        return {key: without_web(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_web(inner) for inner in value]
    return "javascript:alert(1)" if isinstance(value, str) and value.startswith("http") else value


def test_every_source_and_every_fixture_is_in_the_table() -> None:
    modules = [module.name for module in iter_modules(platforms.__path__)]
    fixtures = [path.name for path in FIXTURES.iterdir() if path.is_dir()]
    assert sorted(NUMBERS) == list(PLATFORMS) == sorted(fixtures) == sorted(modules)


def test_the_folder_of_platforms_is_listed_once() -> None:
    assert names() is names()


@pytest.mark.parametrize("name", PLATFORMS)
def test_parse_is_pure(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    platform, raw = source(name), item(name)

    def never(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("parse asked for the network or the time")

    before = copy.deepcopy(raw)
    with monkeypatch.context() as patch:
        patch.setattr(socket, "socket", never)
        patch.setattr(time, "time", never)
        first = platform.parse(raw)
    assert platform.parse(raw) == first
    assert raw == before


@pytest.mark.parametrize("name", PLATFORMS)
def test_the_fixture_keeps_the_contract(name: str) -> None:
    raw = item(name)
    assert faults(source(name).parse(raw), raw) == []


NAMED = [(name, metric) for name, paths in NUMBERS.items() for metric in paths]


@pytest.mark.parametrize(("name", "metric"), NAMED)
def test_a_number_is_kept_as_it_is_and_unknown_without_it(name: str, metric: str) -> None:
    raw, path = item(name), NUMBERS[name][metric].partition("|")[0]
    like = str if isinstance(at(raw, path), str) else int  # YouTube writes its numbers as texts
    for value in (0, 1, 7_654_321):
        one = changed(raw, path, like(value))
        post = source(name).parse(one)
        assert kept(post)[metric] == value
        assert faults(post, one) == []
    bare = changed(raw, path)
    post = source(name).parse(bare)
    assert kept(post)[metric] is None
    assert faults(post, bare) == []


@pytest.mark.parametrize("name", PLATFORMS)
def test_an_address_that_is_a_script_is_never_a_link(name: str) -> None:
    raw = without_web(item(name))
    try:
        post = source(name).parse(raw)
    except WRONG:
        return
    assert faults(post, raw) == []


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_post_s_address_leads_back_to_it(name: str) -> None:
    assert leads_back(source(name).parse(item(name)))


def test_control_an_address_that_leads_elsewhere_is_noticed() -> None:
    for name in ("bluesky", "x", "youtube"):
        post = source(name).parse(item(name))
        assert not leads_back(replace(post, url=post.author.url or "https://x.example/"))


def test_control_each_broken_post_is_noticed() -> None:
    raw = item("mastodon")
    post = source("mastodon").parse(raw)
    number: Any = 5
    local = post.created_at.astimezone(timezone(timedelta(hours=1)))
    broken: list[Post] = [
        replace(post, metrics=Metrics()),
        replace(post, metrics=replace(post.metrics, views=0)),
        replace(post, author=replace(post.author, followers=None)),
        replace(post, id=number),
        replace(post, created_at=local),
        replace(post, links=frozenset({"javascript:alert(1)"})),
        replace(post, url="ftp://x.example"),
    ]
    assert [len(faults(one, raw)) for one in broken] == [1] * len(broken)


def test_control_a_source_that_is_not_in_the_table_fails() -> None:
    with pytest.raises(KeyError):
        said("friendster", {})
