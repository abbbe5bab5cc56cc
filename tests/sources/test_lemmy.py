"""Lemmy against a real server on this machine."""

import copy
import json
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.core.clock import stamp
from monitor.core.errors import ConfigError
from monitor.core.model import Outcome, Page, PostKind, Query
from monitor.sources.platforms.lemmy import Lemmy
from tests.sources.loopback import Answer, Handler, as_html, as_json, closed_port, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",))
ONE = json.loads((Path(__file__).parents[1] / "fixtures/lemmy/post.json").read_text())


def view(number: int, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(ONE)
    made["post"] |= {
        "ap_id": f"https://talk.example/{number}",
        "published": stamp(NOW - timedelta(hours=number)),
    }
    made["post"] |= changes
    return made


def answering(items: list[Any], size: int = 2) -> Handler:
    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        start = (int(query["page"]) - 1) * size
        return as_json(
            {"posts": items[start : start + size] if query["type_"] == "Posts" else [], "comments": []}
        )

    return answer


def poll(*servers: str, cursor: str | None = None) -> list[Page]:
    cursors = {f"lemmy:{s.split('//')[1]}:posts:callingtimeoncrime": cursor for s in servers if cursor}
    return list(Lemmy.open({"servers": list(servers)}, {}, NOW).search(QUERY, cursors))


def ids(pages: list[Page]) -> list[str]:
    return [post.id.rsplit("/", 1)[1] for page in pages for post in page.posts]


def test_the_first_poll_gives_the_cursor_with_its_last_page() -> None:
    with serving(answering([view(1), view(2), view(3)])) as server:
        pages = [page for page in poll(server.url) if ":posts:" in page.stream]
    assert ids(pages) == ["1", "2", "3"]
    assert [page.cursor for page in pages] == [None, None, None, stamp(NOW - timedelta(hours=1))]


def test_the_next_poll_stops_a_day_before_where_the_last_one_was() -> None:
    with serving(answering([view(n) for n in (1, 2, 4, 28, 29, 30)])) as server:
        pages = poll(server.url, cursor=stamp(NOW - timedelta(hours=3)))
    assert ids(pages) == ["1", "2", "4", "28"]


@pytest.mark.parametrize("cursor", [None, stamp(NOW - timedelta(hours=3)), "2999-01-01T00:00:00Z"])
def test_a_post_from_the_future_does_not_set_the_cursor_there(cursor: str | None) -> None:
    ahead = view(0, published="2999-01-01T00:00:00Z")
    with serving(answering([ahead, *(view(n) for n in range(1, 9))], 3)) as server:
        *pages, last = [page for page in poll(server.url, cursor=cursor) if ":posts:" in page.stream]
    assert (last.cursor, last.until) == (stamp(NOW), NOW)
    assert last.since is not None
    assert last.since <= NOW
    assert "1" in ids(pages)


def test_a_first_look_covers_a_day_at_most() -> None:
    old = view(5, published="2009-01-01T00:00:00Z")
    for items, hours in (([view(1), old], 24), ([view(1), view(2)], 2)):
        with serving(answering(items)) as server:
            last = [page for page in poll(server.url) if ":posts:" in page.stream][-1]
        assert last.since == NOW - timedelta(hours=hours)


def test_more_than_four_pages_are_capped() -> None:
    with serving(answering([view(n) for n in range(1, 20)])) as server:
        pages = poll(server.url, cursor=stamp(NOW - timedelta(hours=30)))
    assert len(ids(pages)) == 8
    assert Outcome.CAPPED in [page.outcome for page in pages]


def test_a_server_that_repeats_its_page_is_stopped() -> None:
    with serving(lambda m, p, q: as_json({"posts": [view(1)], "comments": []})) as server:
        pages = poll(server.url)
        assert len(server.requests) == 3
    assert Outcome.UNREADABLE in [page.outcome for page in pages]


def test_deleted_posts_are_left_out_and_a_bad_one_costs_itself() -> None:
    with serving(answering([view(1), view(2, deleted=True), {"post": {}}, "x"], 50)) as server:
        pages = poll(server.url)
    assert ids(pages) == ["1"]
    assert sum(len(page.rejected) for page in pages) == 2


def test_a_comment_is_a_reply() -> None:
    comment = {"ap_id": "https://talk.example/c/1", "content": "#Yes", "published": "2026-11-20T09:30:00"}
    post = Lemmy.parse(ONE | {"comment": comment, "counts": {"upvotes": 1, "child_count": 0}})
    assert (post.kind, post.text, post.metrics.replies) == (PostKind.REPLY, "#Yes", 0)
    assert post.created_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (as_html(), Outcome.UNREADABLE),
        (as_json({}, 429), Outcome.RATE_LIMITED),
        (as_json({}, 429, Retry_After="60"), Outcome.RATE_LIMITED),
        (as_html(status=502), Outcome.UNREACHABLE),
        (as_json([]), Outcome.UNREADABLE),
    ],
)
def test_a_fault_of_one_server_does_not_stop_the_other(answer: Answer, outcome: Outcome) -> None:
    with serving(lambda *_: answer) as bad, serving(answering([view(1)])) as good:
        pages = poll(bad.url, closed_port(), good.url)
    assert [page.outcome for page in pages[:4]] == [outcome] * 2 + [Outcome.UNREACHABLE] * 2
    assert ids(pages) == ["1"]


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ConfigError, match=r"sources\.lemmy\.servers: expected a list of text, got 'x'"):
        Lemmy.open({"servers": "x"}, {}, NOW)


def test_the_made_up_item_is_the_post_we_expect() -> None:
    folder = Path(__file__).parents[1] / "fixtures/lemmy"
    expected = runpy.run_path(str(folder / "post.py"))["EXPECTED"]
    assert Lemmy.parse(json.loads((folder / "post.json").read_text())) == expected
