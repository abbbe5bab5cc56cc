"""Comments below the videos that YouTube's search found, against a server on this machine."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.collect import Collector
from monitor.core.clock import stamp
from monitor.core.model import Author, Metrics, Outcome, Page, Post, PostKind
from monitor.sources.contract import KnownPost
from monitor.sources.platforms.youtube import YouTube
from monitor.sources.shared import stream_reading
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import Answer, as_json, serving
from tests.sources.test_youtube import ENV, NOW, QUERY, Platform, a_video

TRACK = Track(name="crime", title="Crime", tags=QUERY.tags, phrases=QUERY.phrases)
HOUR = timedelta(hours=1)


def comment(own_id: str, text: str = "Well said #CallingTimeOnCrime", **more: Any) -> dict[str, Any]:
    snippet = {
        "textDisplay": text, "authorDisplayName": "@bob", "authorChannelId": {"value": "UCbob"},
        "likeCount": 3, "publishedAt": stamp(NOW - HOUR),
    }  # fmt: skip
    return {"id": own_id, "snippet": snippet | more}


def thread(top: dict[str, Any], *answers: dict[str, Any], number: int | None = None) -> dict[str, Any]:
    replies = {"replies": {"comments": list(answers)}} if answers else {}
    count = len(answers) if number is None else number
    return {"snippet": {"topLevelComment": top, "totalReplyCount": count}} | replies


@dataclass
class Comments:
    """YouTube with comments: `threads` by video; of a video in `broken`, another answer."""

    platform: Platform
    threads: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    broken: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, method: str, path: str, query: dict[str, str]) -> Answer:
        what = path.rsplit("/", 1)[1]
        if what == "comments":
            ids = query["id"].split(",")
            every = [one for threads in self.threads.values() for one in threads]
            tops = [one["snippet"]["topLevelComment"] for one in every]
            return as_json({"items": [top for top in tops if top["id"] in ids]})
        if what != "commentThreads":
            return self.platform(method, path, query)
        assert (query["textFormat"], query["order"], query["part"]) == (
            "plainText",
            "time",
            "snippet,replies",
        )
        self.asked.append(query["videoId"])
        return self.broken.get(query["videoId"]) or as_json({"items": self.threads.get(query["videoId"], [])})


def world(**numbers: int) -> Comments:
    """Return videos with so many comments."""
    videos = [a_video(name) for name in numbers]
    for video, number in zip(videos, numbers.values(), strict=True):
        video["statistics"] = {"viewCount": "5", "commentCount": str(number)}
    return Comments(Platform(videos=videos))


def below(pages: list[Page]) -> list[Post]:
    return [post for page in pages if page.stream == "youtube:comments:crime" for post in page.posts]


def look(source: Comments, cursors: dict[str, str], now: datetime = NOW) -> list[Page]:
    source.platform.now = now
    with serving(source) as server:
        pages = list(YouTube.open({"api": server.url}, ENV, now).search(QUERY, cursors))
    cursors |= {page.stream: page.cursor for page in pages if page.cursor is not None}
    return pages


def test_comments_and_answers_that_match_are_kept_as_what_they_are() -> None:
    source = world(a=4)
    answer = comment("Ug1.x", "calling time on crime, at last", parentId="Ug1")
    source.threads["a"] = [
        thread(comment("Ug1"), answer, comment("Ug1.y", "First!"), number=7),
        thread(comment("Ug2", "My cat")),
    ]
    first, second = below(look(source, {}))
    assert first == Post(
        platform="youtube",
        id="Ug1",
        url="https://www.youtube.com/watch?v=a&lc=Ug1",
        author=Author(id="UCbob", name="@bob", url="https://www.youtube.com/channel/UCbob"),
        text="Well said #CallingTimeOnCrime",
        created_at=NOW - HOUR,
        kind=PostKind.REPLY,
        parent="a",
        root="a",
        tags=frozenset({"callingtimeoncrime"}),
        metrics=Metrics(likes=3, replies=7),
        reread_key="a/Ug1",
    )
    assert (second.id, second.parent, second.root, second.metrics.replies) == ("Ug1.x", "Ug1", "a", None)


def test_a_video_is_asked_for_again_only_when_it_has_more_comments() -> None:
    source, cursors = world(a=2, b=0, c=1), dict[str, str]()
    look(source, cursors)
    look(source, cursors, NOW + HOUR)
    assert source.asked == ["a", "c"]
    source.platform.videos[2]["statistics"]["commentCount"] = "5"
    look(source, cursors, NOW + 2 * HOUR)
    assert source.asked == ["a", "c", "c"]


@pytest.mark.heavy
def test_many_videos_are_read_ten_at_a_look_and_all_in_the_end() -> None:
    source, cursors = world(**{f"v{n}": 1 for n in range(140)}), dict[str, str]()
    outcomes = [look(source, cursors, NOW + n * HOUR)[-1].outcome for n in range(20)]
    assert len(source.asked) == len(set(source.asked)) == 140
    assert (outcomes[0], outcomes[-1]) == (Outcome.CAPPED, Outcome.COMPLETE)


BROKEN = {
    "switched off": (
        as_json({"error": {"message": "x", "errors": [{"reason": "commentsDisabled"}]}}, 403), Outcome.CLOSED,
    ),
    "broken": (as_json({}, 500), Outcome.UNREACHABLE),
    "no list": (as_json({"items": 5}), Outcome.UNREADABLE),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "outcome"), BROKEN.values(), ids=[*BROKEN])
def test_a_video_whose_comments_are_not_given_costs_only_these(answer: Answer, outcome: Outcome) -> None:
    source = world(a=1, b=1)
    source.broken["a"] = answer
    source.threads["b"] = [thread(comment("Ug1"))]
    pages = look(source, {})
    assert [post.id for post in below(pages)] == ["Ug1"]
    assert pages[-1].outcome is outcome


ODD = [thread(comment("Ug2", authorChannelId=None)), thread({}), {"snippet": 5}, "x",
       thread(comment("Ug3", textDisplay=None))]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=["nobody wrote it", "empty", "no snippet", "a word", "no text"])
def test_an_odd_comment_costs_itself_only(odd: Any) -> None:
    source = world(a=1)
    source.threads["a"] = [odd, thread(comment("Ug1"))]
    pages = look(source, {})
    assert [post.id for post in below(pages)] == ["Ug1"]
    assert sum(len(page.rejected) for page in pages) == 1


def test_comments_are_read_again_beside_videos_and_those_that_are_gone_are_named() -> None:
    source = world(a=1)
    source.threads["a"] = [thread(comment("Ug1", "Edited #CallingTimeOnCrime", likeCount=9))]
    known = [KnownPost(id="a", reread_key="a"), KnownPost(id="Ug1", reread_key="a/Ug1"),
             KnownPost(id="Ug2", reread_key="a/Ug2")]  # fmt: skip
    with serving(source) as server:
        [page] = YouTube.open({"api": server.url}, ENV, NOW).reread(known)
    assert [(post.id, post.metrics.likes, post.root) for post in page.posts] == [
        ("a", None, None),
        ("Ug1", 9, "a"),
    ]
    assert page.deleted == ("Ug2",)


@pytest.mark.heavy
def test_the_archive_has_each_comment_once_and_the_numbers_of_a_week_of_threads(tmp_path: Path) -> None:
    source = world(**{f"video-{n:05}": 1 for n in range(140)})
    source.threads = {
        video["id"]: [thread(comment(f"Ug{n}"))] for n, video in enumerate(source.platform.videos)
    }
    with serving(source) as server, Archive.open(tmp_path / "a.db", LONDON) as archive:
        for look in range(20):
            source.platform.now = NOW + look * HOUR
            Collector(
                campaign=a_campaign("youtube", {"api": server.url}, TRACK), archive=archive,
                analyzer=Neutral(), env=ENV, clock=lambda: source.platform.now,
            ).poll("youtube")  # fmt: skip
        assert len(source.asked) == 140  # none twice: the cursor is kept, however long
        kinds = [row.kind for row in archive.posts.every()]
    assert (kinds.count(PostKind.REPLY), len(kinds)) == (140, 280)


def test_control_a_look_that_forgets_how_many_there_were_asks_each_time(monkeypatch) -> None:
    monkeypatch.setattr(stream_reading, "_numbers", lambda cursor: {})
    source, cursors = world(a=2), dict[str, str]()
    look(source, cursors)
    look(source, cursors, NOW + HOUR)
    assert source.asked == ["a", "a"]
