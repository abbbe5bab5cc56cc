"""The same words by many within a day are shown where they are not ours, and one message is said once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.archive.kit import SameWords
from monitor.core.model import PostKind
from monitor.kit import KitItem
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
TEXT = "They promised us officers and gave us cameras nobody watches at night."


def copies(people: int = 5, text: str = TEXT, every: timedelta = timedelta(minutes=7), **changes) -> list:
    some = (
        {"id": f"c{n}", "by": f"c{n}", "text": text, "created_at": NOON + n * every} | changes
        for n in range(people)
    )
    return [a_post(**one) for one in some]


def groups(archive, *own: str) -> list[SameWords]:
    return archive.kit.same_words(archive.stats.scope("crime", date(2026, 3, 2), date(2026, 3, 8)), own)


def test_five_people_within_a_day_are_shown_with_what_is_known_of_them(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(id="old", by="c1", created_at=NOON - timedelta(days=9))))
        elsewhere = copies(1, id="z", by="zoe", platform="bluesky", created_at=NOON + timedelta(hours=2))
        saved(archive, a_page(*copies(4), *elsewhere))
        assert groups(archive) == [SameWords(TEXT, 2, 5, 120, "mastodon,bluesky", 4)]


@pytest.mark.parametrize(
    "some",
    [
        copies(4),
        copies(9, by="ann"),
        copies(9, every=timedelta(hours=7)),
        copies(9, platform="x"),
        copies(9, kind=PostKind.ARTICLE),
        copies(9, text="Yes!"),
        copies(9, text="Calling time on crime, good morning!"),
        copies(9, copy_of="https://bsky.app/profile/a/post/b"),
    ],
    ids=[
        "four people",
        "one person",
        "over days",
        "terms forbid it",
        "an article",
        "a word",
        "few words",
        "bridged",
    ],
)
def test_what_is_no_group_is_not_shown(tmp_path, some):
    with opened(tmp_path) as archive:
        saved(archive, a_page(*some))
        assert groups(archive) == []


def test_what_is_ours_is_not_shown(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(*copies()))
        assert len(groups(archive)) == 1
        assert groups(archive, "@c3@example.org") == []
        archive.kit.save(KitItem(words=f"{TEXT} Ask them why."), NOW)
        assert groups(archive) == []  # a part of our words is ours, too


def test_a_longer_burst_counts_the_people_of_its_fullest_day(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(*copies(30, every=timedelta(hours=3))))
        assert [(one.people, one.minutes) for one in groups(archive)] == [(9, 24 * 60)]


def test_who_posted_before_is_new_in_no_hour_of_a_burst(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(id="old", by="c1", created_at=NOON - timedelta(days=9))))
        saved(archive, a_page(*copies(12, every=timedelta(minutes=25))))
        assert [(one.people, one.new_people) for one in groups(archive)] == [(12, 11)]
