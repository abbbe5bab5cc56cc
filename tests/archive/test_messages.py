"""Posts that say one thing once are one message, in whatever order they come, whatever becomes of them."""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench.message_pairs import STORIES, a_social, an_article, pairs
from monitor.archive import Archive
from monitor.archive.posts import messages
from monitor.archive.values import AuthorCount, Mark
from monitor.core.model import Author, Post
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

pytestmark = pytest.mark.heavy

HOUR = timedelta(hours=1)


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        yield archive


def groups(archive: Archive) -> set[frozenset[str]]:
    """Return the native ids of the posts of each message; fails if a rebuild finds others."""
    assert archive.differences() == []
    known = {("", gone): native for (_, gone), native in gone_ids(archive).items()}
    sql = "SELECT group_concat(native_id, ' ') FROM posts WHERE message > 0 GROUP BY message"
    return {
        frozenset(known.get(("", native), native) for native in ids.split())
        for (ids,) in archive.db.execute(sql)
    }


def gone_ids(archive: Archive) -> dict[tuple[str, str], str]:
    """Return the ids of some posts by those that they have once they are scrubbed."""
    keys = [("bluesky", "bluesky-30"), ("web", "copy")]
    return {gone: native for (_, native), gone in archive.db.aliases(keys).items()}


def ids(archive: Archive, *native: str) -> list[int]:
    sql = "SELECT id FROM posts WHERE native_id = ?"
    return [archive.db.execute(sql, [one]).fetchone()[0] for one in native]


def a_cross_post(n: int, platform: str, text: str = "Our street needs officers.", **changes: object) -> Post:
    author = Author(id=f"{platform} rosa", handle="rosamarten")
    usual = {"id": f"{platform}-{n}", "platform": platform, "text": text, "author": author}
    return a_post(**usual | {"created_at": NOON + n * HOUR} | changes)


def in_pages(archive: Archive, posts: list[Post], chance: random.Random) -> None:
    while posts:
        number = chance.randint(1, 9)
        saved(archive, a_page(*posts[:number]))
        posts = posts[number:]


def mixed(chance: random.Random) -> list[Post]:
    """Return posts of 40 pairs, half of them in further places, so that messages grow and meet."""
    some = [post for pair in chance.sample(pairs(), 40) for post in (pair.first, pair.second)]
    again = [
        replace(post, id=f"{post.id}-b", platform=chance.choice(("threads", "x")), url=f"{post.url}/again",
                created_at=post.created_at + chance.choice((1, 30, 60)) * HOUR)
        for post in chance.sample(some, 40)
    ]  # fmt: skip
    return some + again


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.slow
def test_the_order_in_which_posts_come_makes_no_difference(seed):
    chance, found = random.Random(seed), []
    posts = mixed(chance)
    for _ in range(4):
        chance.shuffle(posts)
        with TemporaryDirectory() as folder, opened(Path(folder)) as archive:
            in_pages(archive, posts, chance)
            found.append(groups(archive))
            archive.rebuild()
            assert groups(archive) == found[-1]
    assert len(found[0]) > 20
    assert found == [found[0]] * 4


def test_control_keys_that_are_not_held_against_each_other_are_noticed(archive, monkeypatch):
    monkeypatch.setattr(messages, "join", lambda db, posts: None)
    saved(archive, a_page(a_cross_post(1, "mastodon"), a_cross_post(2, "bluesky")))
    assert archive.differences() == [
        "posts: the message of post 1 is None", "posts: the message of post 2 is None",
    ]  # fmt: skip


def test_all_pairs_in_one_archive_are_joined_only_where_a_person_joins_them(archive):
    labelled = pairs()
    saved(
        archive, a_page(*{post.id: post for pair in labelled for post in (pair.first, pair.second)}.values())
    )
    message = dict(archive.db.execute("SELECT native_id, ifnull(message, -id) FROM posts"))
    joined = [pair for pair in labelled if message[pair.first.id] == message[pair.second.id]]
    assert sum(pair.is_one for pair in joined) / len(joined) > 0.98
    assert sum(pair.is_one for pair in joined) / 250 > 0.9


def test_a_story_on_many_sites_is_one_message(archive):
    headline, lead, rest = STORIES[2]
    posts = [an_article(f"Site {n}", headline, f"{lead} {rest}", n * HOUR) for n in range(12)]
    for post in posts:
        saved(archive, a_page(post))
    assert groups(archive) == {frozenset(post.id for post in posts)}
    assert {message for (message,) in archive.db.execute("SELECT message FROM posts")} == {1}


def test_an_edit_takes_a_post_out_of_its_message_and_another_takes_it_in(archive):
    saved(
        archive, a_page(a_cross_post(1, "mastodon"), a_cross_post(2, "bluesky"), a_cross_post(3, "x", "No!"))
    )
    assert groups(archive) == {frozenset({"mastodon-1", "bluesky-2"})}
    later = {"now": NOON + 5 * HOUR}
    saved(archive, a_page(a_cross_post(1, "mastodon", "No!")), **later)
    assert groups(archive) == {frozenset({"mastodon-1", "x-3"})}


def test_a_message_that_held_together_by_a_deleted_post_comes_apart(archive):
    posts = [a_cross_post(n, platform) for n, platform in ((0, "mastodon"), (30, "bluesky"), (60, "x"))]
    saved(archive, a_page(*posts))
    assert len(groups(archive).pop()) == 3
    archive.ingest.delete(ids(archive, "bluesky-30"))
    assert groups(archive) == set()


def test_a_message_whose_first_post_is_deleted_goes_by_the_next(archive):
    posts = [a_cross_post(n, platform) for n, platform in ((1, "mastodon"), (2, "bluesky"), (3, "x"))]
    saved(archive, a_page(*posts))
    archive.ingest.delete(ids(archive, "mastodon-1"))
    assert groups(archive) == {frozenset({"bluesky-2", "x-3"})}


def test_of_a_post_that_stays_in_its_message_nothing_is_written(archive):
    saved(
        archive, a_page(a_cross_post(1, "mastodon"), a_cross_post(2, "bluesky"), a_cross_post(3, "x", "No!"))
    )
    refuses = "BEGIN SELECT RAISE(ABORT, 'it was in this message before'); END"
    archive.db.execute(f"CREATE TEMP TRIGGER t BEFORE UPDATE OF message ON posts {refuses}")
    with archive.db.transaction():
        messages.renew(archive.db, ids(archive, "mastodon-1", "x-3"))
    archive.db.execute("DROP TRIGGER t")
    assert groups(archive) == {frozenset({"mastodon-1", "bluesky-2"})}


def test_a_scrubbed_post_stays_in_its_message_and_nothing_tells_its_words(archive):
    posts = [a_cross_post(n, platform) for n, platform in ((0, "mastodon"), (30, "bluesky"), (60, "x"))]
    copy = a_post(id="copy", platform="web", text="", by="bridge", copy_of=posts[1].url)
    saved(archive, a_page(*posts, copy))
    before = groups(archive)
    archive.ingest.scrub(ids(archive, "bluesky-30", "copy"), NOON)
    assert groups(archive) == before == {frozenset({"mastodon-0", "bluesky-30", "x-60", "copy"})}
    archive.rebuild()
    assert groups(archive) == before
    assert archive.db.execute("SELECT copy_of FROM posts ORDER BY id").fetchall() == [
        (None,),
        (None,),
        (None,),
        ("",),
    ]


def test_a_handle_that_is_told_later_joins_what_was_stored_before(archive):
    nameless = a_cross_post(1, "bluesky", author=Author(id="did:plc:rosa"))
    saved(archive, a_page(a_cross_post(0, "mastodon"), nameless))
    assert groups(archive) == set()
    named = replace(nameless, author=Author(id="did:plc:rosa", handle="rosamarten.bsky.social"))
    saved(archive, a_page(named), now=NOON + HOUR)
    assert groups(archive) == {frozenset({"mastodon-0", "bluesky-1"})}


def test_an_original_that_a_later_look_names_joins_its_copy(archive):
    original, copy = (
        a_social("mastodon", "rosa@mas.example", "First."),
        a_social("bluesky", "rosa-ap", "Cut…"),
    )
    saved(archive, a_page(original, copy))
    assert groups(archive) == set()
    saved(archive, a_page(replace(copy, copy_of=original.url)), now=NOON + HOUR)
    assert groups(archive) == {frozenset({original.id, copy.id})}


def test_a_post_that_is_not_ours_leaves_the_counts_and_comes_back(archive):
    saved(archive, a_page(a_cross_post(1, "mastodon"), a_cross_post(2, "bluesky")))
    copies = "SELECT count(*), count(DISTINCT message) FROM copies"
    assert archive.db.execute(copies).fetchone() == (2, 1)
    archive.marks.set([1], Mark.NOT_OURS, by="jo", now=NOON)
    assert archive.db.execute(copies).fetchone() == (1, 1)
    archive.marks.set([1], None, by="jo", now=NOON)
    assert archive.db.execute(copies).fetchone() == (2, 1)
    assert archive.differences() == []


def test_a_flood_of_one_text_is_held_against_so_many_posts_and_no_more(archive, monkeypatch):
    compared = []
    monkeypatch.setattr(messages, "are_one", lambda *sides: compared.append(sides))
    flood = [
        a_cross_post(0, "x", id=f"x-{n}", created_at=NOON + n * timedelta(seconds=1)) for n in range(600)
    ]
    saved(archive, a_page(*flood))
    compared.clear()
    saved(archive, a_page(a_cross_post(1, "bluesky")))
    assert len(compared) == 200


def test_a_burst_is_of_people_who_say_something_new(archive):
    headline, lead, rest = STORIES[3]
    story = [an_article(f"Site {n}", headline, f"{lead} {rest}") for n in range(30)]
    own = [a_social("mastodon", f"person{n}@mas.example", f"My street, number {n}.") for n in range(3)]
    saved(archive, a_page(*story, *own, a_social("x", "person1", "My street, number 1.", HOUR / 4)))
    day = story[0].created_at.date()
    scope = archive.stats.scope("crime", day, day)
    start = story[0].created_at - HOUR
    joiners = archive.alerts.joiners(scope, start, start + 3 * HOUR)
    assert {one.platform: one.people for one in joiners} == {"mastodon": 3, "feeds": 1}
    story = archive.stats.biggest_story(scope)
    assert (story.sites, story.posts, story.ids[:6]) == (30, tuple(range(1, 31)), "1.2.3.")
    assert archive.stats.copies(scope) == 30


def test_an_account_that_a_bridge_made_is_nobody_beside_the_one_that_it_repeats(archive):
    original = a_post(id="1", platform="bluesky", author=Author(id="did", handle="wren", followers=70))
    bridge = Author(id="b", handle="wren@bridge.example", followers=3)
    copy = a_post(id="2", author=bridge, url="https://b.example/2", copy_of=original.url)
    saved(archive, a_page(original, copy, a_post(id="3", by="ann")))
    day = NOON.date()
    both = archive.stats.scope("crime", day, day)
    assert AuthorCount.of(archive.stats.audience(both)) == (2, 2, 77)
    assert sum(part.authors for part in archive.stats.audience(both)) == 2
    copies_alone = archive.stats.scope("crime", day, day, frozenset({"mastodon"}))
    assert AuthorCount.of(archive.stats.audience(copies_alone)) == (2, 2, 10)
    first, second = ids(archive, "1", "2")
    archive.ingest.scrub([first, second], NOON)
    assert AuthorCount.of(archive.stats.audience(both)) == (2, 2, 77)
    archive.ingest.delete([first])
    assert AuthorCount.of(archive.stats.audience(both)) == (2, 2, 10)
