"""What the doctor says of each address of a source that has several."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.archive import Archive
from monitor.cli import group
from monitor.core.clock import utcnow
from monitor.report import wording
from tests.archive.saving import LONDON
from tests.campaigns import ONE_TRACK
from tests.sources.loopback import Answer, Server, serving

CAMPAIGN = (
    ONE_TRACK
    + """\
[sources.feeds]
on = true
google_news = false
urls = [{}]
"""
)
_MOMENT = r"[A-Z][a-z]{2} \d\d? [A-Z][a-z]{2}, \d\d:\d\d"
FEED = b'<rss version="2.0"><channel><title>Example</title></channel></rss>'


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def command(*words: str, urls: list[str], more: str = "") -> str:
        (tmp_path / "campaign.toml").write_text(CAMPAIGN.format(", ".join(map(json.dumps, urls))) + more)
        files = ["--campaign", "campaign.toml", "--archive", "a.db"]
        return CliRunner().invoke(group, [*files, *words]).stdout

    return command


@contextmanager
def feeds(answers: dict[str, Answer]) -> Iterator[Server]:
    with serving(lambda method, path, query: answers[path]) as server:
        yield server


def test_each_feed_has_a_line_with_how_it_answered_last_and_when(run) -> None:
    moved = (301, {"Location": "/new"}, b"")
    answers = {"/good": (200, {}, FEED), "/old": moved, "/new": (200, {}, FEED), "/bad": (200, {}, b"")}
    with feeds(answers) as server:
        urls = [f"{server.url}{path}" for path in ("/good", "/old", "/bad")]
        run("collect", urls=urls)
        checks = json.loads(run("doctor", "--json", urls=[*urls, f"{server.url}/later"]))
    says = {check["part"].removeprefix(server.url): check for check in checks}
    assert {path: check["state"] for path, check in says.items() if path.startswith("/")} == {
        "/good": "ok", "/old": "warn", "/bad": "warn", "/later": "ok"
    }  # fmt: skip
    assert re.fullmatch(rf"read at the last check, {_MOMENT}", says["/good"]["says"])
    assert f"It has moved permanently, to {server.url}/new" in says["/old"]["says"]
    assert says["/old"]["mend"].startswith("replace this address in the campaign file")
    assert re.match(rf"could not be read at the last check, {_MOMENT}: ", says["/bad"]["says"])
    assert says["/bad"]["says"].endswith("It has never been read")
    assert says["/later"]["says"] == "not checked yet"


def test_before_the_first_check_collecting_is_not_called_fine(run) -> None:
    def collecting(urls: list[str]) -> str:
        checks = {check["part"]: check for check in json.loads(run("doctor", "--json", urls=urls))}
        return checks["collecting"]["state"]

    with feeds({"/rss": (200, {}, FEED)}) as server:
        urls = [f"{server.url}/rss"]
        Archive.open(Path("a.db"), LONDON).close()
        assert collecting(urls) == "warn"
        run("collect", urls=urls)
        assert collecting(urls) == "ok"


@pytest.mark.parametrize(("posts", "said"), [(0, "0 posts seen"), (1, "1 post seen"), (2, "2 posts seen")])
def test_a_check_says_how_many_posts_it_saw_in_english(run, posts: int, said: str) -> None:
    items = "".join(
        f"<item><link>https://a.example/{n}</link><title>#test {n}</title></item>" for n in range(posts)
    )
    feed = FEED.replace(b"</channel>", f"{items}</channel>".encode())
    with feeds({"/rss": (200, {}, feed)}) as server:
        assert run("collect", urls=[f"{server.url}/rss"]).startswith(f"feeds: {said}, {posts} new, 0 ")


@pytest.mark.parametrize("status", [429, None], ids=["it asks to slow down", "it cannot be reached"])
def test_a_source_that_failed_is_not_said_to_have_failed_twice(run, status: int | None) -> None:
    with feeds({"/rss": (status or 200, {}, FEED)}) as server:
        urls = [f"{server.url}/rss"]
        if status:
            run("collect", urls=urls)
    if not status:
        run("collect", urls=urls)
    [says] = [
        c["says"] for c in json.loads(run("doctor", "--json", urls=urls)) if c["part"] == "News and feeds"
    ]
    words = re.findall(r"\w+", says.casefold())
    runs = [tuple(words[n : n + 3]) for n in range(len(words) - 2)]
    assert [some for some in runs if runs.count(some) > 1] == [], says


@pytest.mark.parametrize("others", [True, False], ids=["two sources", "one source"])
def test_where_no_source_can_be_reached_the_connection_is_looked_at_first(run, others: bool) -> None:
    with feeds({"/a": (200, {}, FEED)}) as server:
        urls = [f"{server.url}/a"]
    more = f'[sources.lemmy]\non = true\nservers = ["{server.url.partition("//")[2]}"]\n' * others
    run("collect", urls=urls, more=more)
    checks = json.loads(run("doctor", "--json", urls=urls, more=more))
    [silence] = [check for check in checks if check["part"] == ("internet" if others else urls[0])]
    assert silence["mend"].startswith("check this computer's internet" if others else "open the address")
    assert urls[0] not in silence["says"]
    if others:
        assert silence["says"] == "no answer at the last check: News and feeds, Lemmy"
        assert [check["mend"] for check in checks].count(silence["mend"]) == 1
        assert not any("could not be reached" in check["says"] for check in checks)


def test_of_a_feed_that_stopped_it_is_said_when_it_was_read_last(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.cli import wiring

    start, answers = utcnow() - timedelta(days=3), {"/rss": (200, {}, FEED)}
    with feeds(answers) as server:
        urls = [f"{server.url}/rss"]
        monkeypatch.setattr(wiring, "utcnow", lambda: start)
        run("collect", urls=urls)
        answers["/rss"] = (500, {}, b"")
        monkeypatch.setattr(wiring, "utcnow", lambda: start + timedelta(days=1))
        run("collect", urls=urls)
        [check] = [c for c in json.loads(run("doctor", "--json", urls=urls)) if c["part"] in urls]
    last = wording.moment(start.astimezone(LONDON), utcnow())
    assert check["says"].endswith(f"It is not working at its end (500). Last read {last}")


def test_one_server_that_fails_is_not_taken_for_another_whose_address_begins_as_its_does(run) -> None:
    answers = {"/rss": (200, {}, FEED), "/rss/2": (404, {}, b"")}
    with feeds(answers) as server:
        urls = [f"{server.url}{path}" for path in answers]
        run("collect", urls=urls)
        checks = {check["part"]: check["state"] for check in json.loads(run("doctor", "--json", urls=urls))}
    assert [checks[url] for url in urls] == ["ok", "warn"]
