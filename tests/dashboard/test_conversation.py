"""The conversation on a post's own page: drawn whole whatever it is like, and nothing but text."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html

from dashboard import create_app
from monitor.accounts import Accounts, Role
from monitor.campaign import Own
from monitor.core.model import LONGEST_THREAD, Deleted, Post, PostKind, Purpose
from tests.archive.saving import saved
from tests.builders import a_page
from tests.dashboard.archived import TRACK, an_archive, archived_office, then
from tests.dashboard.reports import CAMPAIGN, NOW

HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(1)> {{ 7*7 }} \u202e javascript:alert(1)"
OURS = replace(CAMPAIGN, own=Own(accounts=("@us@example.org",)))


def reply(n: int, to: int | str | None = 1, **changes) -> Post:
    at = then().created_at + timedelta(minutes=n)
    usual = {"id": str(n), "parent": to and str(to), "kind": PostKind.REPLY, "created_at": at, "by": f"b{n}"}
    return then(**usual | {"text": f"Reply {n}."} | changes)


def office(folder, *replies: Post, accounts=None):
    with an_archive(folder) as archive:
        saved(archive, a_page(then(by="us")), track=TRACK)
        saved(archive, a_page(*replies, purpose=Purpose.THREAD), track=TRACK)
    return create_app(archived_office(folder, campaign=OURS), accounts=accounts).test_client()


def page(client, post: int = 1) -> html.HtmlElement:
    answer = client.get(f"/posts/{post}")
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def drawn(tree: html.HtmlElement) -> list[str]:
    """Return each place of the conversation: how far it is moved in, and its words."""
    words = "string(.//blockquote | .//p[@class='gone'])"
    items = tree.xpath("//ol[@class='thread']/li")
    return [f"{item.get('class')} {' '.join(item.xpath(words).split())}" for item in items]


def test_a_conversation_is_drawn_with_a_missing_post_and_a_circle(tmp_path):
    client = office(
        tmp_path,
        reply(2),
        reply(3, 2),
        reply(5, 4, root="1"),
        reply(6, 8, root="1"),
        reply(7, 6),
        reply(8, 7),
    )
    assert drawn(page(client)) == [
        "d0 Enough is enough. #CallingTimeOnCrime", "d1 Reply 2.", "d2 Reply 3.",
        "d1 A post that we do not have", "d2 Reply 5.", "d0 Reply 6.", "d1 Reply 7.", "d2 Reply 8.",
    ]  # fmt: skip


@pytest.mark.heavy
def test_five_hundred_replies_each_to_the_one_before_are_drawn(tmp_path):
    client = office(tmp_path, *(reply(n, n - 1) for n in range(2, LONGEST_THREAD + 200)))
    tree = page(client)
    places = drawn(tree)
    assert (len(places), places[1], places[-1]) == (LONGEST_THREAD, "d1 Reply 2.", "d6 Reply 500.")
    assert "There may be more" in tree.text_content()


def test_what_waits_for_an_answer_of_ours_is_counted_and_marked(tmp_path):
    client = office(tmp_path, reply(2), reply(3), reply(4, 2, by="us"), reply(5, 2))
    tree = page(client)
    assert "unanswered: 1" in tree.text_content()
    [waiting] = tree.xpath('//ol[@class="thread"]/li[p/span[text()="Unanswered"]]')
    assert "Reply 3." in waiting.text_content()
    assert len(tree.xpath('//ol[@class="thread"]//span[text()="Our own"]')) == 2


def test_a_post_alone_has_no_conversation(tmp_path):
    assert "Conversation" not in page(office(tmp_path)).text_content()


def test_a_reply_has_a_page_of_its_own_with_the_same_conversation(tmp_path):
    client = office(tmp_path, reply(2))
    assert drawn(page(client, 2)) == drawn(page(client))


def test_of_a_removed_post_only_the_place_is_left(tmp_path):
    client = office(tmp_path, reply(2), reply(3, 2, root="1"))
    with an_archive(tmp_path) as archive:
        archive.ingest.follow([Deleted(platform="mastodon", id="2")], NOW)
    assert drawn(page(client))[1:] == ["d1 A post that we do not have", "d2 Reply 3."]


def test_hostile_replies_are_only_text(tmp_path):
    bad = {"text": HOSTILE, "by": HOSTILE, "url": "javascript:alert(1)", "lang": HOSTILE}
    client = office(tmp_path, reply(2, **bad), reply(3, HOSTILE, root=HOSTILE, **bad))
    for post in (1, 3):
        tree = page(client, post)
        assert not tree.xpath(
            '//img[@src="x"] | //script[contains(., "alert")] | //a[contains(@href, "alert")]'
        )
        assert HOSTILE.split()[0] in tree.text_content()


@pytest.mark.parametrize(("role", "sees"), [(Role.VIEWER, False), (Role.EDITOR, True)])
def test_only_who_works_on_posts_sees_who_wrote_them(tmp_path, role, sees):
    accounts = Accounts.open(tmp_path / "access.db")
    client = office(tmp_path, reply(2, text="Thank you @us@example.org"), accounts=accounts)
    accounts.add("Ann", Role.ADMIN, by="a test", now=NOW)
    sam = accounts.add("Sam", role, by="a test", now=NOW)
    client.set_cookie("monitor", accounts.begin(sam, "a test", NOW))
    text = client.get("/posts/1").text
    assert ("b2@example.org" in text, "us@example.org" in text) == (sees, sees)
    assert "Thank you" in text
