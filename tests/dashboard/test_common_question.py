"""From posts to one thing to do: what several people ask in a week, counted by people."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard import create_app
from monitor.archive import Archive
from monitor.archive.erasure.scrub import erase
from monitor.campaign import Own
from monitor.core.model import PostKind
from monitor.report import Report, Window
from monitor.report.build import build
from monitor.themes.week_reading import suggest
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.dashboard.archived import THEN, TRACK, an_archive, archived_office
from tests.dashboard.reports import CAMPAIGN, LAST, NOW

WEEK = Window(first=LAST - timedelta(days=6), last=LAST)
ASKED = (
    "Where do I hand in my petition sheet?", "Who takes the filled in forms?",
    "does anyone know where to hand in sheets", "Our sheet is full, who collects it?",
    "Can I leave full sheets at the library?",
)  # fmt: skip


@pytest.fixture
def archive(tmp_path) -> Iterator[Archive]:
    with an_archive(tmp_path) as archive:
        posts = [a_post(id=str(n), by=f"by{n}", text=text, created_at=THEN) for n, text in enumerate(ASKED)]
        again = a_post(id="again", by="by0", text="Where can I hand in sheets?", created_at=THEN)
        saved(
            archive, a_page(*posts, again, a_post(id="own", text="What a day.", created_at=THEN)), track=TRACK
        )
        suggest(archive, CAMPAIGN, NOW)
        yield archive


def the_report(archive: Archive, window: Window = WEEK, **changes: object) -> Report:
    return build(archive, CAMPAIGN, window, now=NOW, sources=(), **changes)


def ids_of(archive: Archive, *native: str) -> list[int]:
    return [archive.posts.ids_of("mastodon", [one])[one] for one in native]


def test_people_are_counted_and_all_their_posts_are_meant(archive):
    [question] = the_report(archive).suggestions.questions
    assert question.people == 5
    assert sorted(question.posts) == sorted(ids_of(archive, "0", "1", "2", "3", "4", "again"))
    assert {*question.open} == {*question.posts}
    assert question.quoted.text in {*ASKED, "Where can I hand in sheets?"}


def test_what_is_marked_or_answered_waits_no_more(archive):
    marked, answered = ids_of(archive, "0", "1")
    archive.marks.set([marked], "done", by="Jo", now=NOW)
    archive.db.execute("UPDATE posts SET replies = 1 WHERE id = ?", [answered])
    [question] = the_report(archive).suggestions.questions
    assert question.people == 5
    assert {*question.posts} - {*question.open} == {marked, answered}
    assert question.progress == "6 posts: 4 to answer, 1 with replies, 1 done"
    archive.marks.update(question.open, "later", {"until": "2026-12-24"}, by="Jo", now=NOW)
    [question] = the_report(archive).suggestions.questions
    assert question.progress == "6 posts: 4 on the reply desk, 1 with replies, 1 done"


def test_what_our_own_account_answered_waits_no_more_and_our_own_questions_never_do(archive):
    said = a_post(id="us", by="us", text="At the library!", parent="0", kind=PostKind.REPLY, created_at=THEN)
    asked = a_post(id="ours", by="us", text="Have you signed our petition yet?", created_at=NOW)
    saved(archive, a_page(said, asked), track=TRACK)
    campaign = replace(CAMPAIGN, own=Own(accounts=("@us@example.org",)))
    report = build(archive, campaign, WEEK, now=NOW, sources=())
    [question] = report.suggestions.questions
    assert question.progress == "6 posts: 5 to answer, 1 done"
    assert ids_of(archive, "0")[0] not in question.open
    settled = {post.id for post in report.latest if post.is_settled}
    assert settled == {*ids_of(archive, "0", "us", "ours")} & {post.id for post in report.latest}
    assert not any(post.is_settled for post in the_report(archive).latest)  # control: nobody is ours


def test_a_post_that_is_gone_is_neither_quoted_nor_listed(archive):
    [before] = the_report(archive).suggestions.questions
    with archive.db.transaction():
        erase(archive.db, [before.quoted.id], "2026-11-22T09:00:00Z")
    [question] = the_report(archive).suggestions.questions
    assert before.quoted.id not in question.posts
    assert question.quoted.text


@pytest.mark.parametrize(
    "window",
    [Window(first=LAST, last=LAST), Window(first=LAST - timedelta(days=27), last=LAST)],
    ids=["a day", "four weeks"],
)
def test_other_days_than_a_week_have_no_question(archive, window):
    assert the_report(archive, window).suggestions.questions == ()


@pytest.mark.heavy
def test_one_act_on_the_weeks_page_sees_to_all_who_ask(archive, tmp_path):
    office = archived_office(tmp_path, report=lambda choice: the_report(archive, choice.window))
    client = create_app(office).test_client()
    page = client.get(f"/?since={WEEK.first}&until={WEEK.last}").text
    assert "Answer 5 people who ask the same question" in page
    [question] = the_report(archive).suggestions.questions
    assert f"ids={'.'.join(map(str, question.open))}" in page
    data = {"act": "mark:done", "post": list(question.open), "together": "yes", "back": "/"}
    assert client.post("/posts/work", data=data).status_code == 303
    assert the_report(archive).suggestions.questions[0].open == ()
    assert "who ask the same question" not in client.get(f"/?since={WEEK.first}&until={WEEK.last}").text


def test_latest_posts_in_the_same_words_are_shown_once(archive):
    copies = [a_post(id=f"c{n}", by=f"c{n}", text="Please sign it today!", created_at=THEN) for n in range(3)]
    saved(archive, a_page(*copies), track=TRACK)
    report = the_report(archive)
    assert [post.alike for post in report.latest if post.text == "Please sign it today!"] == [2]
    assert sum(1 + post.alike for post in report.latest) == report.posts.value == 10
