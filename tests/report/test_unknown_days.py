"""What nobody asked for, and what could not be read, is unknown: no day of it is a zero."""

from datetime import date

import pytest

from monitor.core.errors import NotPublicError
from monitor.core.model import Query, Rejected
from monitor.digest.content import letter
from monitor.digest.plain_text import text
from monitor.report import Day, Report, Window
from monitor.report.build import build
from monitor.report.story import story
from tests.archive.saving import saved
from tests.builders import a_page
from tests.report.stored import CAMPAIGN
from tests.report.watched import MONDAY, THIS, TRACK, at, daily, post, report, watch

pytestmark = pytest.mark.heavy

BEGUN = at(5, 0, month=10)


def ask(archive, when, *tags: str) -> None:
    archive.history.save_words(Query(track=TRACK, tags=tags), when)


def day_of(shown: Report, day: int) -> Day:
    return next(one for one in shown.days if one.day == date(2026, 11, day))


def by_new_tag(archive, first: int) -> None:
    """Watch all the time, and find posts of a new hashtag from a day on."""
    watch(archive, BEGUN, MONDAY, daily(at(first), at(22), 4, tags=frozenset({"new"})))


def test_days_on_which_a_hashtag_was_not_asked_for_are_no_zeros(archive):
    ask(archive, BEGUN, "old")
    ask(archive, at(18, 0), "new")
    by_new_tag(archive, 18)
    shown = report(archive)
    assert [(day.posts, day.unknown) for day in shown.days[:2]] == [({}, 1.0)] * 2
    assert [day.posts for day in shown.days[2:]] == [{"mastodon": 4}] * 5
    whole = build(archive, CAMPAIGN, THIS, now=MONDAY, sources=())
    mail = letter(whole, base="https://example.org").chart
    assert mail.days[:3] == ("Mon 16: not seen", "Tue 17: not seen", "Wed 18: 4")


def test_where_another_hashtag_was_asked_for_its_posts_count_and_a_day_without_any_is_unknown(archive):
    ask(archive, BEGUN, "old")
    ask(archive, at(18, 0), "old", "new")
    watch(archive, BEGUN, MONDAY, [post("a", at(17)), *daily(at(18), at(22), 4)])
    shown = report(archive)
    assert (day_of(shown, 16).posts, day_of(shown, 16).unknown) == ({}, 0.0)
    assert day_of(shown, 17).posts == {"mastodon": 1}


def test_a_source_that_fell_silent_before_these_days_is_missing_from_each_of_them(archive):
    watch(archive, BEGUN, MONDAY, daily(BEGUN, at(22), 4))
    watch(archive, BEGUN, at(14, 0), daily(BEGUN, at(13), 2, "bluesky"), "bluesky")
    shown = report(archive)
    assert {day.unknown for day in shown.days} == {0.5}
    assert letter(shown, base="https://example.org").unseen.startswith("Only partly covered: 16 Nov, 17 Nov")


def test_control_a_source_that_is_off_or_came_later_is_missing_from_no_day(archive):
    watch(archive, BEGUN, MONDAY, daily(BEGUN, at(22), 4))
    watch(archive, BEGUN, at(14, 0), daily(BEGUN, at(13), 2, "threads"), "threads")
    watch(archive, at(23, 0), MONDAY, [], "bluesky")
    assert not (CAMPAIGN.sources.get("threads") and CAMPAIGN.sources["threads"].on)
    assert {day.unknown for day in report(archive).days} == {0.0}


def test_where_other_words_were_asked_for_most_of_the_time_that_is_said(archive):
    ask(archive, BEGUN, "old")
    ask(archive, at(20, 12), "new")
    watch(archive, BEGUN, MONDAY, daily(at(16), at(22), 4))
    first, step = story(report(archive))[:2]
    assert first.sentence == "For most of this period, other words were searched for: at least 28 posts"
    assert "#new was only searched for from Friday 20 November" in step.sentence


def test_a_mail_of_days_without_data_says_so_once(archive):
    watch(archive, BEGUN, at(9, 0), daily(BEGUN, at(8), 4))
    mail = letter(report(archive), base="https://example.org")
    assert (mail.answer, mail.unseen) == ("No data was collected for these dates.", "")
    assert "\n\nhttps://example.org/?since=" in text(mail, why_me="", leave="")


def test_control_a_quiet_day_on_which_all_was_asked_for_is_zero(archive):
    ask(archive, BEGUN, "new", "gone")
    ask(archive, at(17, 0), "new")  # what is not asked for any more is not missed
    by_new_tag(archive, 18)
    assert [day.posts for day in report(archive).days[:2]] == [{"mastodon": 0}] * 2


def reject(archive, day: int, *reasons: object, source: str = "mastodon") -> None:
    items = tuple(Rejected.of(reason, {"id": f"{day}-{n}"}) for n, reason in enumerate(reasons))
    saved(archive, a_page(rejected=items), source=source, track=TRACK, now=at(day))


def test_items_that_could_not_be_read_are_counted_and_told_in_place_of_no_posts(archive):
    watch(archive, BEGUN, MONDAY)
    reject(archive, 11, "likes out of range")
    reject(archive, 18, "likes out of range", "likes out of range")
    reject(archive, 19, NotPublicError("private"), "no id", source="bluesky")
    shown = report(archive)
    assert shown.unread == 3
    assert story(shown)[0].sentence == (
        "No posts found, but 3 items that arrived could not be read: see Sources"
    )
    alone = build(archive, CAMPAIGN, THIS, now=MONDAY, sources=(), platforms=frozenset({"bluesky"}))
    assert alone.unread == 1


@pytest.mark.parametrize("first", [2, 23], ids=["before", "after"])
def test_items_of_other_days_are_not_counted(archive, first):
    reject(archive, 18, "likes out of range")
    window = Window(first=date(2026, 11, first), last=date(2026, 11, first + 6))
    assert report(archive, window).unread == 0
