"""`monitor recall`: it looks where that is still to be done, and says what is known and what is not."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from monitor.archive import Archive
from monitor.cli import group
from monitor.core.clock import stamp, utcnow
from monitor.report.window import last_week, midnight
from tests.archive.saving import LONDON
from tests.builders import a_page
from tests.campaigns import ONE_TRACK, PAPERS_LINES
from tests.sources.loopback import Server, as_json, serving

Run = Callable[..., Result]


def week() -> datetime:
    """Return the beginning of the week that is looked for today."""
    return midnight(LONDON, last_week((utcnow() - timedelta(days=1)).astimezone(LONDON).date()))


def status(number: int) -> dict[str, object]:
    at = week() + timedelta(hours=number + 1)
    url = f"https://far.example/@ann/{(int(at.timestamp() * 1000) << 16) + number}"
    return {
        "id": url.rpartition("/")[2], "uri": url, "url": url, "visibility": "public",
        "created_at": stamp(at), "content": "#Test", "tags": [{"name": "test"}],
        "account": {"acct": "ann", "url": "https://far.example/@ann"},
    }  # fmt: skip


@pytest.fixture
def second() -> Iterator[Server]:
    """A server that has twelve posts of the week."""

    def answer(method: str, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if "/timelines/tag/" not in path:
            return as_json({"configuration": {}})
        return as_json([status(number) for number in range(12)] if "max_id" not in query else [])

    with serving(answer) as server:
        yield server


@pytest.fixture
def run(tmp_path, monkeypatch, second) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campaign.toml").write_text(
        ONE_TRACK
        + f'[sources.mastodon]\non = true\nservers = ["first.example"]\nsecond_server = "{second.url}"\n'
        + "[sources.x]\non = true\n[sources.lemmy]\non = false\n"
        + PAPERS_LINES
    )
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        page = a_page(stream="mastodon")
        archive.coverage.save_failure(page, "test", started_at=week(), now=week())

    def command(*words: str) -> Result:
        files = ["--campaign", "campaign.toml", "--archive", "a.db"]
        return CliRunner().invoke(group, [*files, *words], catch_exceptions=False)

    return command


@pytest.mark.heavy
def test_it_looks_once_and_says_the_same_again(run, second):
    first = run("recall").output
    host = second.url.removeprefix("http://")
    assert "Mastodon: We had 0 of 12 posts from " in first
    assert f" that {host} found (0%, 0 to 24%): 12 " in first
    asked = len(second.requests)
    assert asked
    assert run("recall").output == first
    assert len(second.requests) == asked


def test_where_there_is_no_second_way_it_says_so_and_no_number(run):
    says = run("recall").output
    assert "X: not known. Second search: None: " in says
    assert "Lemmy" not in says


@pytest.mark.heavy
def test_what_is_known_stands_in_the_status_too_and_what_is_not_is_null(run):
    assert "We had" not in run("status").output
    run("recall")
    assert "We had 0 of 12 posts" in run("status").output
    sources = {
        source["name"]: source["recall"] for source in json.loads(run("status", "--json").output)["sources"]
    }
    assert (sources["mastodon"]["posts"], sources["mastodon"]["here"]) == (12, 0)
    assert sources["x"] is sources["lemmy"] is None
