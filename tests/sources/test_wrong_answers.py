"""Answers of wrong types, stirred from the fixtures: each costs its stream, and is no bug of ours."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.core.model import Outcome, Page, Query
from monitor.sources import source
from tests.sources.loopback import Answer, serving

pytestmark = pytest.mark.heavy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
FIXTURES = Path(__file__).parents[1] / "fixtures"
KEYS = {
    "TUMBLR_API_KEY": "k" * 50, "THREADS_ACCESS_TOKEN": "t" * 50,
    "INSTAGRAM_ACCESS_TOKEN": "t" * 50, "INSTAGRAM_USER_ID": "17841400000000000",
}  # fmt: skip
# What an answer looks like around its items.
SHAPES: dict[str, Any] = {
    "mastodon": lambda item: [item, item],
    "lemmy": lambda item: {"posts": [item], "comments": [item]},
    "tumblr": lambda item: {"response": [item]},
    "threads": lambda item: {"data": [item], "paging": {"cursors": {"after": "x"}, "next": "x"}},
    "instagram": lambda item: {"data": [item]},
    "gdelt": lambda item: {"articles": [item]},
}
WRONG = (
    None, True, 0, -1, 2**70, 1e999, "", "x", "\ud800", "http://[", "javascript:1", "2026-13-45T00:00:00Z",
    "9" * 5000, [], [1], [None], [[]], {}, {"a": 1}, {"id": None},
)  # fmt: skip


def stirred(value: Any, random: Random) -> Any:
    """Return a value in which some parts are of another type, or are not there."""
    if random.random() < 0.08:
        return random.choice(WRONG)
    if isinstance(value, dict):
        return {key: stirred(inner, random) for key, inner in value.items() if random.random() < 0.98}
    return [stirred(inner, random) for inner in value] if isinstance(value, list) else value


def as_answer(value: Any) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


def looks(name: str, *urls: str) -> list[Page]:
    own = {"servers": list(urls)} if name in ("mastodon", "lemmy") else {"api": urls[0]}
    return list(source(name).open(own, KEYS, NOW).search(QUERY, {}))


def sound(name: str, path: str) -> Any:
    item = json.loads((FIXTURES / name / "post.json").read_text())
    return {} if path.endswith("/instance") else SHAPES[name](item)


MANY = [(name, 10) for name in SHAPES] + [pytest.param(name, 200, marks=pytest.mark.slow) for name in SHAPES]


@pytest.mark.parametrize(("name", "number"), MANY)
def test_wrong_types_end_no_poll_and_are_no_bug_of_ours(
    name: str, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    random = Random(number)
    with serving(lambda m, path, q: as_answer(stirred(sound(name, path), random))) as server:
        for _ in range(number):
            assert Outcome.BROKEN not in [page.outcome for page in looks(name, server.url)]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("name", ["mastodon", "lemmy"])
def test_a_server_of_wrong_types_takes_nothing_from_the_next(name: str) -> None:
    random = Random(1)
    with (
        serving(lambda m, path, q: as_answer(stirred(sound(name, path), random))) as wrong,
        serving(lambda m, path, q: as_answer(sound(name, path))) as right,
    ):
        alone = [page for page in looks(name, right.url) if page.posts]
        for _ in range(10):
            pages = looks(name, wrong.url, right.url)
            host = right.url.removeprefix("http://")
            assert [page.stream for page in pages if page.posts and host in page.stream] == [
                page.stream for page in alone
            ]


def test_control_a_reader_that_trusts_its_answers_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    lemmy = source("lemmy")
    monkeypatch.setattr(lemmy, "_items", lambda *_: sum(None for _ in "x"))  # type: ignore[misc]
    with serving(lambda m, path, q: as_answer({})) as server:
        assert {page.outcome for page in looks("lemmy", server.url)} == {Outcome.BROKEN}
