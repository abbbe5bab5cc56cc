"""What became of a post that somebody saw: one sentence for each thing that can happen to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.archive import Archive
from monitor.campaign import Campaign, Privacy, Track
from monitor.core.model import Outcome, Page, Rejected
from monitor.platform_info import names
from monitor.platform_info.post_urls import pointers
from monitor.report import SourceState
from monitor.why_missing import Inquiry, PlatformAnswer, Question
from tests.builders import a_page, a_post, a_sentiment
from tests.sources.archived import LONDON, SHIPPED

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRACKS = (
    Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",), excluded=("cricket",)),
    Track(name="knife", title="Knives", tags=("KnifeFree",), phrases=("knife crime",)),
)
CAMPAIGN = replace(SHIPPED, tracks=TRACKS)
# When the platform was read: two days with half a day between them.
FIRST = (NOW - 3 * DAY, NOW - 2 * DAY)
SECOND = (NOW - 36 * HOUR, NOW - HOUR)


def at(when: datetime) -> str:
    """Return the id that Mastodon gives at a time."""
    return str(int(when.timestamp() * 1000) << 16)


def address(when: datetime, server: str = "towns.example") -> str:
    return f"https://{server}/@ann/{at(when)}"


def a_state(name: str, *, on: bool = True, last_poll: datetime | None = NOW) -> SourceState:
    return SourceState(
        name=name, title=name.title(), on=on, last_success=last_poll, last_poll=last_poll,
        outcome="complete", detail="", needs_person=False,
    )  # fmt: skip


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        for since, until in (FIRST, SECOND):
            for track in TRACKS:
                keep(archive, track=track.name, since=since, until=until)
        yield archive


def keep(archive: Archive, *posts, track: str = "crime", source: str = "mastodon", **page) -> None:
    archive.ingest.save(
        a_page(*posts, **{"stream": f"{source}:towns.example:callingtimeoncrime"} | page), source=source,
        track=track, scores=[a_sentiment() for _ in posts], analyzer="none", started_at=NOW, now=NOW,
    )  # fmt: skip


def told(
    archive: Archive, where: str, *, words: str = "", day: date | None = None,
    shown: PlatformAnswer | None = None, campaign: Campaign = CAMPAIGN,
    states: tuple[SourceState, ...] = (a_state("mastodon"), a_state("x", on=False)),
) -> str:  # fmt: skip
    inquiry = Inquiry(
        archive=archive, campaign=campaign, states={one.name: one for one in states},
        now=NOW,
    )  # fmt: skip
    asked = Question(address=where, words=words, day=day)
    answer = inquiry.answer(asked, pointers(where, names()), shown)
    return " ".join(answer.sentences) + (f" ->{answer.post}" if answer.post else "")


def stored(archive: Archive, when: datetime = NOW - DAY, **changes) -> str:
    """Store a post, and return its address."""
    where = address(when)
    keep(archive, a_post(id=where.replace("/@", "/users/"), url=where, created_at=when, **changes))
    return where


def test_a_post_that_is_here_is_found_by_its_address(archive):
    where = stored(archive)
    for one in (where, f" {where}/ ", where.replace("https://", "https://www."), f"{where}?lang=en"):
        assert told(archive, one) == (
            "It is here. It came in on 20 November 2026 at 12:00. It is counted under Crime. ->1"
        )


def test_a_post_seen_on_another_server_is_found_by_what_its_source_knows(archive):
    when = NOW - DAY
    keep(archive, a_post(id="https://far.example/1", created_at=when, reread_key=f"towns.example/{at(when)}"))
    assert told(archive, f"https://towns.example/@ann@far.example/{at(when)}").startswith("It is here.")
    assert "->" not in told(archive, address(when, "other.example"))


def test_a_post_of_two_tracks_names_both_and_one_set_aside_none(archive):
    where = stored(archive)
    keep(archive, a_post(id=where.replace("/@", "/users/"), url=where, created_at=NOW - DAY), track="knife")
    assert "counted under Crime and Knives" in told(archive, where)
    archive.marks.set([1], "not ours", by="Jo", now=NOW)
    assert "not ours" in told(archive, where)
    assert "counted under" not in told(archive, where)


def test_a_post_whose_words_went_is_found_and_says_so(archive):
    id = str((int((NOW - DAY).timestamp() * 1000) - 1288834974657) << 22)  # X's own first millisecond
    where = f"https://x.com/ann/status/{id}"
    keep(archive, a_post(platform="x", id=id, url=where, created_at=NOW - DAY), source="x")
    keep(archive, deleted=(id,), source="x")
    said = told(archive, where)
    assert "It is here." in said
    assert "no longer kept" in said


def test_a_post_whose_address_went_may_be_one_of_those_without(archive):
    where = stored(archive)
    assert "may be one of the posts" not in told(archive, where.replace("@ann", "@bob") + "1")
    keep(archive, deleted=(where.replace("/@", "/users/"),))
    assert "may be one of the posts that are counted here" in told(archive, where)


def test_a_post_that_came_and_could_not_be_read_says_why(archive):
    id = at(NOW - DAY)
    keep(archive, rejected=(Rejected.of("KeyError: 'content'", {"id": id}),))
    assert "could not be read, and was set aside: KeyError: 'content'" in told(archive, address(NOW - DAY))


@pytest.mark.parametrize(
    "where", ["https://www.bbc.co.uk/news/1", "ftp://x.com/a/status/1", "hello", "https://["]
)
def test_what_is_no_post_s_address_says_what_to_copy(archive, where):
    assert "Copy the address of the post itself" in told(archive, where)


def test_an_article_is_found_by_its_address(archive):
    where = "https://news.example/crime"
    keep(archive, a_post(platform="feeds", url=where), source="feeds")
    assert told(archive, f"{where}/").startswith("It is here.")


@pytest.mark.parametrize(
    ("states", "part"),
    [
        ((), "Mastodon is not one of the sources in the campaign file."),
        ((a_state("mastodon", on=False),), "Mastodon is switched off in the campaign file."),
        ((a_state("mastodon", last_poll=None),), "Mastodon has not been checked yet."),
    ],
)
def test_a_platform_that_is_not_read_is_the_reason(archive, states, part):
    said = told(archive, address(NOW - DAY), states=states)
    assert said.startswith(part)
    assert "type" in said


def test_a_platform_that_waits_for_the_offices_papers_is_not_called_switched_off(archive):
    waiting = replace(a_state("mastodon", on=False), needs_person=True, detail=Privacy().why_off)
    said = told(archive, address(NOW - DAY), states=(waiting,))
    assert said.startswith("Mastodon is not asked. This stays off until the office has named the controller")
    assert "switched off" not in said


def test_words_that_nobody_looks_for_are_the_reason_and_are_named(archive):
    said = told(archive, address(NOW - DAY), words="A lovely day in the park")
    assert said == (
        "It contains none of the words that Crime searches for: #CallingTimeOnCrime. It contains none of"
        " the words that Knives searches for: #KnifeFree or “knife crime”."
    )


def test_a_word_that_a_track_requires_is_named(archive):
    tracks = (replace(TRACKS[0], required=("dagenham",)), TRACKS[1])
    said = told(
        archive, address(NOW - DAY), words="#CallingTimeOnCrime", campaign=replace(CAMPAIGN, tracks=tracks)
    )
    assert "It lacks the word “dagenham”, and Crime leaves out posts without it." in said


def test_words_that_a_track_wants_near_each_other_are_named(archive):
    tracks = (replace(TRACKS[0], near=("police cuts~2", "fewer officers~3")), TRACKS[1])
    said = told(
        archive, address(NOW - DAY), words="#CallingTimeOnCrime", campaign=replace(CAMPAIGN, tracks=tracks)
    )
    assert "It does not have police cuts~2 or fewer officers~3 near each other, and Crime leaves out" in said


def test_a_word_that_a_track_leaves_out_is_named(archive):
    said = told(archive, address(NOW - DAY), words="#CallingTimeOnCrime at the cricket")
    assert "It contains the word “cricket”, and Crime excludes posts with it." in said


def test_words_that_fit_leave_only_the_time(archive):
    said = told(archive, address(NOW - DAY), words="Compared with knife crime")
    assert "none of the words" not in said
    assert "a time for which Mastodon returned everything it found" in said
    assert "Enter the text" not in said


@pytest.mark.parametrize(
    ("when", "part"),
    [
        (NOW - 5 * DAY, "before Mastodon was first checked."),
        (
            NOW - 42 * HOUR,
            "between 18 November 2026 at 12:00 and 19 November 2026 at 00:00 nothing was collected.",
        ),
        (NOW - DAY, "a time for which Mastodon returned everything it found."),
        (NOW - HOUR / 2, "after Mastodon was last read."),
    ],
)
def test_the_time_in_its_id_is_held_against_what_was_collected(archive, when, part):
    assert part in told(archive, address(when))


def test_a_gap_names_what_was_said_then_and_how_to_look_back(archive):
    failure = Page(stream="mastodon", outcome=Outcome.UNREACHABLE, detail="It could not be reached.")
    archive.coverage.save_failure(failure, "crime", started_at=NOW - 42 * HOUR, now=NOW - 42 * HOUR)
    said = told(archive, address(NOW - 42 * HOUR))
    assert "It could not be reached." in said
    assert said.index("monitor backfill --source mastodon --since 2026-11-18 --until 2026-11-18") > 0


def test_without_a_time_in_the_address_the_day_is_asked_for_and_used(archive):
    youtube = (a_state("youtube"),)
    where = "https://youtu.be/dQw4w9WgXcQ"
    assert "Enter the date" in told(archive, where, states=youtube)
    keep(archive, source="youtube", since=NOW - 3 * DAY, until=NOW - 2 * DAY)
    assert "before YouTube was first checked" in told(archive, where, states=youtube, day=date(2026, 11, 2))


def test_a_server_that_is_not_asked_is_named_with_those_that_are(archive):
    said = told(archive, address(NOW - DAY, "far.example"))
    assert "It was seen on far.example, a server the monitor does not check. It checks: towns.example" in said
    assert "does not check" not in told(archive, address(NOW - DAY))


def test_what_the_platform_shows_now_goes_before_all_guesses(archive):
    where = address(NOW - 5 * DAY)
    assert "deleted or hidden" in told(archive, where, shown=PlatformAnswer())
    assert "asks not to be found" in told(archive, where, shown=PlatformAnswer(is_private=True))
    other = PlatformAnswer(post=a_post(text="Nothing", tags=frozenset()))
    assert "none of the words" in told(archive, where, shown=other)
    ours = PlatformAnswer(post=a_post(created_at=NOW - DAY))
    assert "a time for which Mastodon returned everything" in told(archive, where, shown=ours)
