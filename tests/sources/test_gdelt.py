"""GDELT against a server on this machine that has its limits and its odd sentences."""

import json
import re
import runpy
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.collect import Collector
from monitor.core.clock import stamp
from monitor.core.errors import ConfigError
from monitor.core.model import Metrics, Outcome, Page, Query
from monitor.sources.platforms import gdelt
from monitor.sources.platforms.gdelt import Gdelt
from tests.sources.archived import LONDON, Neutral, a_campaign, polled, rows
from tests.sources.loopback import Answer, as_html, as_json, closed_port, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="Crime", tags=("CallingTimeOnCrime",), phrases=("Calling time on crime",))
STREAM = 'gdelt:crime:"calling time on crime"'
ONE = json.loads((Path(__file__).parents[1] / "fixtures/gdelt/post.json").read_text())
TOO_FAST = "Please limit requests to one every 5 seconds or contact us for larger queries."


def an_article(number: int, **changes: Any) -> dict[str, Any]:
    at = NOW - timedelta(hours=number)
    made = {"url": f"https://gazette.example/{number}", "seendate": at.strftime("%Y%m%dT%H%M%SZ")}
    return {**ONE, **made, **changes}


def a_sentence(text: str, status: int = 200) -> Answer:
    return status, {"Content-Type": "text/html; charset=utf-8"}, text.encode()


def asked(
    answer: Any,
    query: Query = QUERY,
    cursor: str | None = None,
    waiting: dict[str, datetime] | None = None,
) -> list[Page]:
    with serving(answer) as server:
        source = Gdelt.open({"api": server.url}, {}, NOW)
        return list(source.search(query, {STREAM: cursor} if cursor else {}, waiting or {}))


def ids(pages: list[Page]) -> list[str]:
    return [post.id.rsplit("/", 1)[1] for page in pages for post in page.posts]


@dataclass
class Platform:
    """GDELT with a clock of its own: it refuses a question within five seconds of the last one."""

    articles: list[dict[str, Any]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    refused: int = 0

    def __call__(self, _method: str, _path: str, _query: dict[str, str]) -> Answer:
        at = time.monotonic() + sum(self.slept)
        too_fast = bool(self.times) and at - self.times[-1] < 5
        self.times.append(at)
        self.refused += too_fast
        return a_sentence(TOO_FAST, 429) if too_fast else as_json({"articles": self.articles})


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A platform beside which no test really sleeps."""
    made = Platform()
    monkeypatch.setattr("monitor.sources.platforms.gdelt.time.sleep", made.slept.append)
    return made


def test_the_made_up_item_is_the_post_we_expect() -> None:
    folder = Path(__file__).parents[1] / "fixtures/gdelt"
    post = Gdelt.parse(ONE)
    assert post == runpy.run_path(str(folder / "post.py"))["EXPECTED"]
    assert post.metrics == Metrics()
    assert (post.author.followers, Gdelt.parse(an_article(1, language="Klingon")).lang) == (None, None)


def test_what_is_asked() -> None:
    with serving(lambda *_: as_json({})) as server:
        list(Gdelt.open({"api": server.url}, {}, NOW).search(QUERY, {}))
    [request] = server.requests
    assert request.path == "/api/v2/doc/doc"
    assert request.query == {
        "query": '"calling time on crime" sourcecountry:UK', "mode": "artlist", "format": "json",
        "sort": "datedesc", "maxrecords": "250", "timespan": "168h",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "questions"),
    [
        (
            Query(track="a", phrases=("One Two", "knife-crime", "Iran", "one two")),
            ['("one two" OR "knife-crime" OR iran)'],
        ),
        (Query(track="a", tags=("OneTwo",)), ["onetwo"]),
        (Query(track="a", phrases=('say "no"',)), ['"say  no"']),
        (Query(track="a", phrases=("x" * 90, "y" * 90)), [f"{'x' * 90}", f"{'y' * 90}"]),
        (Query(track="a"), []),
    ],
)
def test_questions_are_short_and_in_brackets_only_where_gdelt_wants_them(
    query: Query, questions: list[str], platform: Platform
) -> None:
    with serving(platform) as server:
        list(Gdelt.open({"api": server.url}, {}, NOW).search(query, {}))
    assert [request.query["query"] for request in server.requests] == [
        f"{question} sourcecountry:UK" for question in questions
    ]
    assert platform.refused == 0


@pytest.mark.parametrize(
    ("cursor", "since", "hours"),
    [
        (None, timedelta(days=7), 168),
        ("x", timedelta(days=7), 168),
        (stamp(NOW - timedelta(hours=1)), timedelta(hours=1), 24),  # the day is read again, for late ones
        (stamp(NOW - timedelta(hours=30, minutes=5)), timedelta(hours=30, minutes=5), 31),
        (stamp(NOW - timedelta(days=200)), timedelta(days=90), 2160),
        ("2999-01-01T00:00:00Z", timedelta(0), 24),
    ],
)
def test_a_look_reaches_back_to_the_last_one(cursor: str | None, since: timedelta, hours: int) -> None:
    with serving(lambda *_: as_json({"articles": [an_article(1)]})) as server:
        cursors = {STREAM: cursor} if cursor else {}
        [page] = Gdelt.open({"api": server.url}, {}, NOW).search(QUERY, cursors)
    assert server.requests[0].query["timespan"] == f"{hours}h"
    assert (page.since, page.until, page.cursor) == (NOW - since, NOW, stamp(NOW))


def test_no_article_is_an_empty_page_that_is_complete() -> None:
    [page] = asked(lambda *_: as_json({}))
    assert (page.posts, page.outcome, page.since) == ((), Outcome.COMPLETE, NOW - timedelta(days=7))


def test_a_full_answer_is_capped_at_its_oldest_article() -> None:
    [page] = asked(
        lambda *_: as_json(
            {"articles": [an_article(n % 9, url=f"https://a.example/{n}") for n in range(250)]}
        )
    )
    assert (page.outcome, page.since, len(page.posts)) == (Outcome.CAPPED, NOW - timedelta(hours=8), 250)
    assert "250 articles at most" in page.detail


def test_an_excluded_word_in_the_headline_leaves_the_article_out() -> None:
    query = Query(track="Crime", phrases=QUERY.phrases, excluded=("film",))
    pages = asked(lambda *_: as_json({"articles": [an_article(1), an_article(2, title="A Film")]}), query)
    assert ids(pages) == ["1"]


def test_backslashes_and_line_ends_that_json_forbids_are_read_all_the_same() -> None:
    text = json.dumps({"articles": [an_article(1, title="A B")]}).replace("A B", "Over\\50 at C:\\d\tnow")
    [page] = asked(lambda *_: (200, {}, text.encode()))
    assert [post.text for post in page.posts] == ["Over\\50 at C:\\d\tnow"]


BAD: tuple[Any, ...] = (
    {}, "text", None, an_article(2, url="javascript:alert(1)"), an_article(2, url=None),
    an_article(2, url=[]),
    an_article(2, title=None), an_article(2, title=" "), an_article(2, domain=""), an_article(2, domain=7),
    an_article(2, seendate="yesterday"), an_article(2, seendate=None), an_article(2, language=["English"]),
    an_article(2, url="https://a.example/" + "x" * 3000), an_article(2, seendate="99991231T235959-2359"),
)  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: json.dumps(bad)[:50])
def test_a_bad_article_costs_itself_only(bad: Any) -> None:
    [page] = asked(lambda *_: as_json({"articles": [bad, an_article(1)]}))
    assert ids([page]) == ["1"]
    assert len(page.rejected) == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (a_sentence(TOO_FAST), Outcome.RATE_LIMITED, "slow down"),
        (a_sentence(TOO_FAST, 429), Outcome.RATE_LIMITED, "slow down"),
        (a_sentence("The specified phrase is too short."), Outcome.CLOSED, "answer: “The specified phrase"),
        (a_sentence("One or more of your keywords were too common"), Outcome.CLOSED, "longer words"),
        (a_sentence("Your query was too short or too long."), Outcome.CLOSED, "longer words"),
        (a_sentence("Invalid mode. <b>No</b>"), Outcome.UNREADABLE, "“Invalid mode. No”"),
        (a_sentence(""), Outcome.UNREADABLE, "not data"),
        (as_html(), Outcome.UNREADABLE, "not data"),
        (as_html(status=503), Outcome.UNREACHABLE, "503"),
        (as_json([]), Outcome.UNREADABLE, "instead of articles"),
        (as_json({"articles": {}}), Outcome.UNREADABLE, "not a list"),
        (a_sentence('{"articles": ['), Outcome.UNREADABLE, "broken"),
        (a_sentence('{"a":' + "[" * 99_999), Outcome.UNREADABLE, "broken"),
    ],
)  # fmt: skip
def test_every_refusal_is_told_in_words_and_leaves_the_cursor(
    answer: Answer, outcome: Outcome, words: str
) -> None:
    [page] = asked(lambda *_: answer)
    assert (page.outcome, page.cursor, page.since) == (outcome, None, None)
    assert words in page.detail
    if outcome is Outcome.RATE_LIMITED:
        assert page.retry_at == NOW + timedelta(minutes=15)


def test_one_that_asked_to_be_left_alone_is_not_asked() -> None:
    [page] = asked(lambda *_: as_json({}), waiting={"gdelt:other:x": NOW + timedelta(minutes=9)})
    assert (page.outcome, page.retry_at) == (Outcome.RATE_LIMITED, NOW + timedelta(minutes=9))
    [page] = asked(lambda *_: as_json({}), waiting={"gdelt:other:x": NOW + timedelta(days=9)})  # no such wait
    assert page.outcome is Outcome.COMPLETE


def test_without_time_for_the_pause_the_rest_is_asked_next_time_and_first(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.sources.shared.time_limit.POLL_SECONDS", 3.0)
    query, cursors = Query(track="a", phrases=("x" * 120, "y" * 120)), dict[str, str]()
    with serving(platform) as server:
        for number in range(2):
            source = Gdelt.open({"api": server.url}, {}, NOW + timedelta(hours=number))
            done, left = source.search(query, cursors)
            assert left.outcome is Outcome.UNREACHABLE
            assert "no time left" in left.detail
            cursors[done.stream] = str(done.cursor)
            platform.times.clear()  # an hour has passed for it
    assert [request.query["query"][0] for request in server.requests] == ["x", "y"]


TRACKS = tuple(
    Track(name=f"t{n}", title="T", tags=(), phrases=("calling time", f"{'z' * 175} {n}")) for n in range(2)
)


def looks(platform: Platform, path: Path) -> None:
    """Look three times in three hours at two tracks of two questions each, while articles arrive."""
    with serving(platform) as server:
        campaign = a_campaign("gdelt", {"api": server.url}, *TRACKS)
        for hour in range(3):
            platform.articles.append(an_article(-hour))
            platform.times.clear()
            platform.slept.clear()
            with Archive.open(path, LONDON) as archive:
                Collector(
                    campaign=campaign,
                    archive=archive,
                    analyzer=Neutral(),
                    env={},
                    clock=lambda: NOW + timedelta(hours=hour, seconds=sum(platform.slept)),  # noqa: B023
                ).poll("gdelt")


@pytest.mark.heavy
def test_tracks_and_questions_leave_gdelt_its_pauses_and_each_article_is_stored_once(
    platform: Platform, tmp_path: Path
) -> None:
    looks(platform, tmp_path / "a.db")
    assert (platform.refused, len(platform.times), len(platform.slept)) == (0, 4, 3)
    assert [row.native_id for row in rows(tmp_path / "a.db")] == [an_article(-n)["url"] for n in range(3)]
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        assert {cursor[:13] for cursor in archive.coverage.cursors("t1").values()} == {"2026-11-22T14"}


@pytest.mark.heavy
def test_control_without_pauses_gdelt_refuses(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gdelt, "_SPACING", timedelta(0))
    looks(platform, tmp_path / "a.db")
    assert platform.refused > 0


@pytest.mark.slow
def test_a_site_that_is_down_is_told(tmp_path: Path) -> None:
    campaign = a_campaign("gdelt", {"api": closed_port()}, TRACKS[0])
    assert "could not be reached" in polled(tmp_path / "a.db", campaign, NOW).problems[0]


@pytest.mark.parametrize("settings", [{"api": "http://x.invalid"}, {"api": 5}, {"country": "FR"}], ids=str)
def test_a_wrong_setting_is_named(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"sources\.gdelt\.{next(iter(settings))}"):
        Gdelt.open(settings, {}, NOW)


@dataclass
class Remembering(Platform):
    """One that keeps to the time that is asked for, and shows the newest of it."""

    def __call__(self, method: str, path: str, query: dict[str, str]) -> Answer:
        answer = super().__call__(method, path, query)
        if answer[0] != 200:
            return answer
        since, until = query["startdatetime"], query["enddatetime"]
        fits = [a for a in self.articles if since <= re.sub("[TZ]", "", a["seendate"]) <= until]
        return as_json({"articles": fits[:250]})


def read_back(server: Any, days: int) -> list[str]:
    """Return the articles that parts of a look back bring, as long as there are more."""
    found, mark, more = [], None, True
    while more:
        source = Gdelt.open({"api": server.url}, {}, NOW)
        pages = list(source.back(QUERY, NOW - timedelta(days=days), NOW, mark))
        found += ids(pages)
        mark, more = pages[-1].cursor, pages[-1].outcome is Outcome.CAPPED
    return found


@pytest.mark.parametrize(("days", "hours"), [(5, 120), (60, 1440), (400, 2160)])
@pytest.mark.slow
def test_a_look_back_brings_every_article_that_it_remembers(monkeypatch, days, hours):
    platform = Remembering(articles=[an_article(n) for n in range(1, 9600)])
    monkeypatch.setattr("monitor.sources.platforms.gdelt.time.sleep", platform.slept.append)
    with serving(platform) as server:
        found = read_back(server, days)
    assert {int(id) for id in found} == set(range(1, hours + 1))
    assert platform.refused == 0


def test_an_answer_far_larger_than_a_real_one_is_dropped() -> None:
    (page,) = asked(
        lambda *_: as_json({"articles": [an_article(1, title="Calling time on crime " * 50_000)]})
    )
    assert (page.outcome, page.posts) == (Outcome.UNREADABLE, ())
    assert page.detail == "GDELT's answer was larger than 1 MiB and was ignored."
