"""What answers what: a conversation as it is here, what waits for an answer, and what is asked for again."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.archive.conversations import ThreadItem
from monitor.campaign import Own
from monitor.core.model import LONGEST_THREAD as MOST
from monitor.core.model import Author, Deleted, Post, PostKind, Purpose
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

OWN = Own(accounts=("us@example.org",)).handles
SINCE = NOON - timedelta(days=7)


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        yield archive


def a_reply(id: str, parent: str | None, minutes: int = 1, **changes: Any) -> Post:
    at = NOON + timedelta(minutes=minutes)
    usual = {"id": id, "parent": parent, "kind": PostKind.REPLY, "created_at": at, "text": f"No tag, {id}."}
    return a_post(**usual | changes)


def told(archive: Archive, *posts: Post) -> int:
    """Save posts as a conversation tells them; return how many are new."""
    page = a_page(*posts, purpose=Purpose.THREAD)
    return archive.ingest.save(
        page, source="mastodon", track="crime", scores=[None for _ in posts], analyzer="plain-1",
        started_at=NOON, now=NOON,
    )  # fmt: skip


def drawn(archive: Archive, id: str = "1") -> list[tuple[int, str | None]]:
    """Return the conversation of a post by native ids, each with its depth."""
    items = archive.conversations.of(archive.posts.ids_of("mastodon", [id])[id], OWN)
    names = {
        row.id: row.native_id for row in archive.posts.by_ids([item.post for item in items if item.post])
    }
    return [(item.depth, item.post and names[item.post]) for item in items]


def kept(archive: Archive) -> str:
    return str(archive.db.execute("SELECT * FROM posts").fetchall())


def test_a_conversation_is_the_same_from_each_of_its_posts(archive):
    saved(archive, a_page(a_post()))
    told(archive, a_reply("2", "1"), a_reply("3", "2", 2), a_reply("4", "1", 3))
    whole = [(0, "1"), (1, "2"), (2, "3"), (1, "4")]
    assert [drawn(archive, id) for id in "1234"] == [whole] * 4


def test_a_post_is_answered_by_its_address_too(archive):
    saved(archive, a_page(a_post()))
    told(archive, a_reply("2", a_post().url))
    assert drawn(archive) == [(0, "1"), (1, "2")]


def test_what_answers_a_post_that_is_not_here_stands_below_a_place_without_one(archive):
    saved(archive, a_page(a_post()))
    told(archive, a_reply("3", "2", root="1"), a_reply("4", "2", 2, root="1"))
    assert drawn(archive) == [(0, "1"), (1, None), (2, "3"), (2, "4")]


def test_a_circle_ends(archive):
    told(archive, a_reply("1", "3"), a_reply("2", "1", 2), a_reply("3", "2", 3), a_reply("4", "4", 4))
    assert drawn(archive) == [(0, "1"), (1, "2"), (2, "3")]
    assert drawn(archive, "4") == [(0, "4")]


def test_the_same_id_on_another_platform_is_no_part_of_it(archive):
    saved(archive, a_page(a_post()))
    told(archive, a_reply("2", "1", platform="lemmy"))
    assert drawn(archive) == [(0, "1")]


def test_replies_to_the_campaigns_own_posts_come_first(archive):
    saved(archive, a_page(a_post()))
    told(archive, a_reply("2", "1"), a_reply("3", "1", 2, by="us"), a_reply("4", "3", 3))
    assert drawn(archive) == [(0, "1"), (1, "3"), (2, "4"), (1, "2")]


@pytest.mark.heavy
def test_of_a_conversation_of_thousands_five_hundred_posts_are_shown(archive):
    saved(archive, a_page(a_post()))
    told(archive, *(a_reply(str(n), str(n - 1), n) for n in range(2, 2 * MOST)))
    items = archive.conversations.of(1)
    assert (len(items), items[-1]) == (MOST, ThreadItem(MOST - 1, MOST, 1))


def test_a_deleted_post_keeps_its_place_and_nothing_tells_its_id(archive):
    saved(archive, a_page(a_post(id="parent-id-1")))
    told(archive, a_reply("2", "parent-id-1", root="parent-id-1"), a_reply("3", a_post(id="parent-id-1").url))
    archive.ingest.follow([Deleted(platform="mastodon", id="parent-id-1")], NOON)
    told(archive, a_reply("4", "parent-id-1", 4, root="parent-id-1"))  # written after it was gone
    rows = archive.posts.by_ids([1, 2, 3, 4])
    assert {row.parent for row in rows[1:]} == {rows[0].native_id}
    assert rows[0].native_id.startswith("gone:")
    assert [item.depth for item in archive.conversations.of(1)] == [0, 1, 1, 1]
    assert "parent-id-1" not in kept(archive)


def test_control_while_it_is_there_its_id_is_told(archive):
    saved(archive, a_page(a_post(id="parent-id-1")))
    told(archive, a_reply("2", "parent-id-1"))
    assert "parent-id-1" in kept(archive)


def test_its_own_id_is_put_in_the_place_of_where_a_post_was_shown(archive):
    """A server names what is answered by where it shows it; the conversation by its own id."""
    shown = "https://far.example/statuses/77"
    saved(archive, a_page(a_post(), a_reply("2", shown)))
    assert drawn(archive) == [(0, "1")]
    told(archive, a_reply("2", "1"))
    saved(archive, a_page(a_reply("2", shown)))  # the next search does not take it back
    assert drawn(archive) == [(0, "1"), (1, "2")]


def test_a_reply_joins_the_track_once_a_search_finds_it(archive):
    saved(archive, a_page(a_post()))
    assert told(archive, a_reply("2", "1")) == 1
    assert archive.posts.count() == 1
    saved(archive, a_page(a_reply("2", "1")))
    assert archive.posts.count() == 2
    assert archive.differences() == []
    assert archive.checksums.damage() == []


def test_a_reply_is_part_of_a_message_once_a_search_finds_it(archive):
    bridged = {"platform": "bluesky", "copy_of": a_reply("2", "1").url}
    saved(archive, a_page(a_post()))
    told(archive, a_reply("2", "1"))
    saved(archive, a_page(a_post(id="3", **bridged)), source="bluesky")
    assert archive.posts.copies(3) == []
    saved(archive, a_page(a_reply("2", "1")))
    assert [row.id for row in archive.posts.copies(3)] == [2]
    assert archive.differences() == []


def test_a_reply_that_is_not_ours_stays_aside_when_a_search_finds_it(archive):
    saved(archive, a_page(a_post()))
    told(archive, a_reply("2", "1"))
    archive.marks.set([2], "not ours", by="Ann", now=NOON)
    saved(archive, a_page(a_reply("2", "1")))
    assert [row.id for row in archive.posts.every()] == [1]
    archive.marks.set([2], None, by="Ann", now=NOON)
    assert [row.id for row in archive.posts.every()] == [1, 2]
    assert archive.differences() == []


def test_a_post_of_the_track_stays_in_it_when_a_conversation_has_it_too(archive):
    saved(archive, a_page(a_post(reread_key="home.example/1")))
    assert told(archive, a_post(likes=4, reread_key="far.example/9")) == 0
    assert archive.posts.count() == 1
    assert archive.db.execute("SELECT again, likes FROM posts").fetchall() == [("home.example/1", 4)]


def waiting(archive: Archive) -> list[int]:
    return archive.conversations.unanswered(OWN, SINCE)


def test_a_reply_to_our_post_waits_until_one_of_our_accounts_answers_it(archive):
    saved(archive, a_page(a_post(by="us")))
    told(archive, a_reply("2", "1", by="bob"), a_reply("3", "1", 2, by="cat"), a_reply("4", "2", 3, by="dan"))
    assert waiting(archive) == [2, 3]
    told(archive, a_reply("5", "2", 4, by="us"))
    assert waiting(archive) == [3]


def test_an_answer_that_is_deleted_is_none(archive):
    saved(archive, a_page(a_post(by="us")))
    told(archive, a_reply("2", "1", by="bob"), a_reply("3", "2", 2, by="us"), a_reply("4", "1", by="us"))
    archive.ingest.follow([Deleted(platform="mastodon", id="3")], NOON)
    assert waiting(archive) == [2]


@pytest.mark.parametrize(("mark", "left"), [("done", []), ("not ours", []), ("needs reply", [2])])
def test_what_somebody_resolved_does_not_wait(archive, mark, left):
    saved(archive, a_page(a_post(by="us")))
    told(archive, a_reply("2", "1", by="bob"))
    archive.marks.set([2], mark, by="Ann", now=NOON)
    assert waiting(archive) == left


@pytest.mark.parametrize("handle", ["us@example.org", "@US@Example.org", " us@example.org"])
def test_a_handle_is_ours_however_it_is_written(archive, handle):
    saved(archive, a_page(a_post(by="us")))
    told(archive, a_reply("2", "1", by="bob"))
    assert archive.conversations.unanswered(Own(accounts=(handle,)).handles, SINCE) == [2]


@pytest.mark.parametrize(
    ("account", "handle", "place", "other"),
    [
        ("@jo@town.social", "jo@town.social", "mastodon", "bluesky"),
        ("jo@town.social", "Jo@town.social", "lemmy", "x"),
        ("jo.bsky.social", "jo.bsky.social", "bluesky", "instagram"),
        ("@jo.bsky.social", "jo.bsky.social", "bluesky", "youtube"),
        ("x:@jo", "@jo", "x", "tumblr"),
        ("Twitter:jo", "Jo", "x", "threads"),
        ("facebook:@jo", "jo", "facebook", "x"),
        ("instagram:jo.smith", "jo.smith", "instagram", "bluesky"),
    ],
)
def test_an_account_is_ours_on_its_own_platform_only(archive, account, handle, place, other):
    """A stranger of the same handle elsewhere closes no card, and is not "our own"."""
    for platform in (place, other):
        asked = a_post(id=platform, platform=platform)
        answer = a_reply(f"{platform}-2", platform, platform=platform, author=Author(id="s", handle=handle))
        saved(archive, a_page(asked, answer))
    own = Own(accounts=(account,)).handles
    ids = {
        place: archive.posts.ids_of(place, [place])[place],
        other: archive.posts.ids_of(other, [other])[other],
    }
    archive.marks.set([*ids.values()], "needs reply", by="Ann", now=NOON - timedelta(days=1))
    archive.marks.see_answers(own, NOON)
    acts = {platform: archive.marks.history(id)[0].act for platform, id in ids.items()}
    assert acts == {place: "answered", other: "needs reply"}
    theirs = {
        platform: [item.is_own for item in archive.conversations.of(id, own)] for platform, id in ids.items()
    }
    assert theirs == {place: [False, True], other: [False, False]}
    assert [row.platform for row in archive.posts.of_accounts(own, SINCE.date(), NOON.date())] == [place]


def test_without_accounts_of_our_own_nothing_waits(archive):
    saved(archive, a_page(a_post(by="us")))
    told(archive, a_reply("2", "1", by="bob"))
    assert archive.conversations.unanswered((), SINCE) == []


def due(archive: Archive, hours: float = 0) -> list[int]:
    now = NOON + timedelta(hours=hours)
    return [post.id for post in archive.conversations.due("mastodon", OWN, now, 10)]


def test_our_own_posts_and_those_that_need_a_reply_are_asked_for(archive):
    saved(archive, a_page(
        a_post(by="us", reread_key="a"),
        a_post(id="2", reread_key="b"),
        a_post(id="3", reread_key="c"),
        a_post(id="4", by="us", reread_key="d", created_at=NOON - timedelta(days=15)),
        a_post(id="5", by="us"),
    ))  # fmt: skip
    archive.marks.set([2], "needs reply", by="Ann", now=NOON)
    assert sorted(due(archive)) == [1, 2]
    archive.conversations.schedule(1, NOON + timedelta(hours=1))
    assert due(archive) == [2]
    assert due(archive, 1) == [2, 1]  # the longest waiting first


def test_what_a_wrong_clock_put_off_is_asked_for_all_the_same(archive):
    saved(archive, a_page(a_post(by="us", reread_key="a")))
    archive.conversations.schedule(1, NOON + timedelta(days=400))
    assert due(archive) == [1]
