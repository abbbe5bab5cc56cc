"""This week and the last are read for themes, and read again only where something has changed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.archive import Archive
from monitor.archive.values import ReadWeek
from monitor.campaign import Own
from monitor.core.model import PostKind
from monitor.manual_entry import BY_HAND, id_of
from monitor.themes import week_reading
from monitor.themes.week_reading import suggest
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post
from tests.campaigns import shipped
from tests.themes.test_new_themes import DEEDS, LIGHTS, THINGS

pytestmark = pytest.mark.heavy

CAMPAIGN = shipped()
TRACK = CAMPAIGN.tracks[0].name
MONDAY = date(2026, 3, 2)  # the day of NOON
DAY = timedelta(days=1)


def ordinary(week: int) -> list:
    at = NOON - week * 7 * DAY
    texts = [f"They {a} a {b} in the rain today" for a in DEEDS for b in THINGS[:3]]
    return [
        a_post(id=f"{week}-{n}", by=f"p{week}-{n}", text=text, created_at=at, tags=frozenset())
        for n, text in enumerate(texts)
    ]


def lit(**changes: object) -> list:
    """Return what several people say of one thing."""
    return [a_post(**{"id": f"l{n}", "by": f"l{n}", "text": text} | changes) for n, text in enumerate(LIGHTS)]


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        for week in range(9):
            saved(archive, a_page(*ordinary(week)), track=TRACK)
        yield archive


def names(archive: Archive, monday: date = MONDAY) -> list[str]:
    return [theme.name for theme in archive.suggestions.of(TRACK, monday, "theme")]


def test_the_running_week_and_the_one_before_are_read(archive):
    saved(archive, a_page(*lit()), track=TRACK)
    saved(
        archive,
        a_page(a_post(id="fr", text="Ras le bol de la violence dans les rues", lang="fr")),
        track=TRACK,
    )
    suggest(archive, CAMPAIGN, NOON)
    assert names(archive) == ["street lights"]
    assert archive.suggestions.week(TRACK, MONDAY) == ReadWeek(read=36, unread=1)
    assert archive.suggestions.week(TRACK, MONDAY - 7 * DAY) == ReadWeek(read=30, unread=0)
    assert archive.suggestions.week(TRACK, MONDAY - 14 * DAY) is None


@pytest.mark.parametrize(
    "posts",
    [lit(kind=PostKind.ARTICLE), lit(lang="de"), lit(by="own"), lit(is_only_counted=True)],
    ids=["articles", "another language", "the campaign's own", "not to be found"],
)
def test_what_is_not_read_makes_no_theme(archive, posts):
    saved(archive, a_page(*posts), track=TRACK)
    suggest(archive, replace(CAMPAIGN, own=Own(accounts=("@OWN@example.org",))), NOON)
    assert names(archive) == []
    assert archive.suggestions.week(TRACK, MONDAY) == ReadWeek(read=30, unread=6)


def test_entries_by_hand_from_one_place_are_one_person(archive):
    for place in ("WhatsApp", "Nextdoor"):
        entries = lit(platform=BY_HAND, tags=frozenset())
        entries = [replace(post, id=id_of(place, str(MONDAY), post.id)) for post in entries]
        saved(archive, a_page(*entries), track=TRACK, source=BY_HAND)
    suggest(archive, CAMPAIGN, NOON)
    assert names(archive) == []
    people = {post.author for post in archive.suggestions.posts(TRACK, MONDAY, (), 99)}
    assert len(people) == 30 + 2


def test_nothing_is_read_again_until_a_post_comes_or_goes_or_the_words_change(archive, monkeypatch):
    reads = []
    monkeypatch.setattr(week_reading, "new_themes", lambda *_, **__: reads.append(1) or [])
    suggest(archive, CAMPAIGN, NOON)
    suggest(archive, CAMPAIGN, NOON)
    assert len(reads) == 2 * len(CAMPAIGN.tracks)
    saved(archive, a_page(*lit()), track=TRACK)
    suggest(archive, CAMPAIGN, NOON)
    assert len(reads) == 2 * len(CAMPAIGN.tracks) + 1
    archive.marks.set([1], "not ours", by="jo", now=NOON)
    suggest(archive, CAMPAIGN, NOON)
    assert len(reads) == 2 * len(CAMPAIGN.tracks) + 2
    renamed = replace(CAMPAIGN, tracks=(replace(CAMPAIGN.tracks[0], tags=("other",)),))
    suggest(archive, renamed, NOON)
    assert len(reads) == 2 * len(CAMPAIGN.tracks) + 4


def test_what_several_people_ask_is_a_question_without_words(archive):
    texts = ("Where do we hand in the petition sheets?", "where can i hand in my petition sheets?")
    saved(
        archive,
        a_page(*(a_post(id=f"q{n}", by=f"q{n}", text=text) for n, text in enumerate(texts))),
        track=TRACK,
    )
    saved(
        archive,
        a_page(*(a_post(id=f"r{n}", by="q0", text="When is the next stall?") for n in range(3))),
        track=TRACK,
    )
    suggest(archive, CAMPAIGN, NOON)
    [question] = archive.suggestions.of(TRACK, MONDAY, "question")
    assert (question.words, question.people, len(question.posts)) == (("",), 2, 2)


def test_they_are_made_again_after_a_person_was_forgotten(archive):
    saved(archive, a_page(*lit()), track=TRACK)
    suggest(archive, CAMPAIGN, NOON)
    author = archive.posts.author_of(archive.posts.ids_of("mastodon", ["l0"])["l0"])
    archive.persons.erase(archive.persons.person(author), [], NOON)
    assert names(archive) == []
    suggest(archive, CAMPAIGN, NOON)
    [theme] = archive.suggestions.of(TRACK, MONDAY, "theme")
    assert (theme.name, theme.people) == ("street lights", 5)


def test_of_a_long_week_chance_draws_the_same_posts_each_time(archive):
    some = archive.suggestions.posts(TRACK, MONDAY, (), 10)
    assert 0 < len(some) < 30
    assert some == archive.suggestions.posts(TRACK, MONDAY, (), 10)
    assert len(archive.suggestions.posts(TRACK, MONDAY, (), 30)) == 30
