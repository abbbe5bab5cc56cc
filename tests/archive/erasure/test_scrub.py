"""What is deleted where it came from leaves no name: not in its own rows, not in others', and in no byte."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from monitor.archive import Archive
from monitor.archive.connection import gone_id
from monitor.archive.erasure.compaction import compact
from monitor.archive.erasure.data_subject import DataSubject
from monitor.archive.erasure.naming import MASK
from monitor.archive.erasure.traces import as_masked
from monitor.archive.values import AuthorCount
from monitor.campaign import KeepSettings
from monitor.core.model import Author, Media, Picture, PostKind, Rejected
from monitor.platform_info import profiles
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post
from tests.canary import CANARY, forms, traces

LATER = NOON + timedelta(hours=1)
HOME = f"https://towns.example/@{CANARY}"
URI = f"https://towns.example/users/{CANARY}/statuses"
WRITER = Author(id=HOME, handle=f"{CANARY}@towns.example", name="Zqxcanary Person", url=HOME, followers=9)
FIRST = a_post(
    id=f"{URI}/1", url=f"{HOME}/1", author=WRITER, text=f"I, {CANARY}, have had enough.",
    tags=frozenset({"callingtimeoncrime", CANARY}), media=frozenset({Media.IMAGE}),
    links=frozenset({f"https://{CANARY}.example/", "https://news.example/story"}),
    pictures=(Picture(alt=f"{CANARY} on a bench", address=f"https://towns.example/{CANARY}.jpg"),),
    reread_key=f"towns.example/{CANARY}1",
)  # fmt: skip
SECOND = replace(FIRST, id=f"{URI}/2", url=f"{HOME}/2", text="Again.", links=frozenset(), pictures=())
QUOTE = a_post(
    id="https://towns.example/users/bob/statuses/3", url="https://towns.example/@bob/3", by="bob",
    text=f"So says @{CANARY} in https://towns.example/@{CANARY}/1 too", kind=PostKind.QUOTE,
    links=frozenset({f"{HOME}/1", "https://news.example/story"}), parent=FIRST.id, root=f"{HOME}/1",
)  # fmt: skip
BLUESKY = "did:web:zqxcanary.example"
WRITERS = {  # of each other platform that tells deletions: the native id, handle, and address of a post
    "x": ("77889900", CANARY, f"https://x.com/{CANARY}/status/1"),
    "reddit": (CANARY, CANARY, f"https://www.reddit.com/user/{CANARY}/comments/abc1/title/"),
    "youtube": (f"UC{CANARY}77889900aabb", CANARY, "https://www.youtube.com/watch?v=abcdefghijk"),
    "lemmy": (f"https://towns.example/u/{CANARY}", f"{CANARY}@towns.example", "https://towns.example/post/7"),
    "tumblr": (f"t:{CANARY}", CANARY, f"https://{CANARY}.tumblr.com/post/123456"),
    "bluesky": (
        f"did:web:{CANARY}.example",
        f"{CANARY}.example",
        f"https://bsky.app/profile/{CANARY}.example/post/3",
    ),
    "mastodon": (HOME, f"{CANARY}@towns.example", f"{HOME}/7"),
}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def planted(archive: Archive) -> Archive:
    """Plant the name wherever one may be kept."""
    wrong = Rejected.of("no text", {"account": {"acct": CANARY, "bio": f"I am {CANARY}"}})
    saved(archive, a_page(FIRST, SECOND, QUOTE, rejected=(wrong,)))
    archive.annotations.add_note([1, 3], "A note of ours", by="kim", now=NOON)
    archive.annotations.add_note([1], f"Ask {CANARY} about this", by="kim", now=NOON)
    archive.annotations.label([1], "stance", "support", by="kim", now=NOON)
    archive.annotations.label([1], "tone", "negative", by="kim", now=NOON)
    person = Author(id=BLUESKY, handle=f"{CANARY}.example", url=f"https://sky.example/{CANARY}.example")
    post = a_post(
        platform="bluesky", id=f"at://{BLUESKY}/post/1", url=f"{person.url}/post/1", author=person,
        text="On the other side",
    )  # fmt: skip
    history = a_page(post, stream=f"back:bluesky:{BLUESKY}", cursor="2026", detail=f"{BLUESKY} is slow.")
    saved(archive, history, source="bluesky")
    named = a_post(
        id="31", by="bob", text="look",
        pictures=(Picture(alt=f"a picture of @{CANARY}"), Picture(address=f"{HOME}/pic.png")),
    )  # fmt: skip
    elsewhere = a_post(platform="bluesky", id="32", by="eve", text=f"see {HOME}/1, by @{WRITER.handle}")
    saved(archive, a_page(named, elsewhere, stream=f"back:mastodon:{HOME}", cursor="1"))
    archive.annotations.add_note([5], f"Ask @{CANARY}, at {HOME}", by="kim", now=NOON)
    paid = [("person", HOME), ("post", FIRST.id)]
    archive.db.executemany("INSERT INTO bought VALUES ('mastodon', ?, ?, '2026-03-03')", paid)
    return archive


def delete_all(archive: Archive) -> None:
    """Let the platforms say that the posts are gone."""
    saved(archive, a_page(deleted=(FIRST.id, SECOND.id)), now=LATER)
    saved(archive, a_page(deleted_authors=(BLUESKY,)), source="bluesky", now=LATER)
    compact(archive.db.path)


@pytest.mark.heavy
def test_what_is_deleted_leaves_no_byte_of_the_name_and_moves_no_count(archive, tmp_path):
    planted(archive)
    scope = archive.stats.scope("crime", NOON.date(), NOON.date())
    before = archive.stats.day_counts(scope), AuthorCount.of(archive.stats.audience(scope))
    assert len(traces(tmp_path)) > 0
    delete_all(archive)
    assert traces(tmp_path) == {}
    assert (archive.stats.day_counts(scope), AuthorCount.of(archive.stats.audience(scope))) == before
    assert archive.stats.top_terms(scope, "tag") == [("callingtimeoncrime", 6)]
    assert archive.stats.top_terms(scope, "link") == [
        ("https://news.example/story", 1)
    ]  # of the one that stays
    assert archive.differences() == []
    while archive.checksums.seal():
        pass
    assert archive.checksums.damage() == []


@pytest.mark.heavy
@pytest.mark.parametrize("platform", WRITERS)
def test_of_each_platform_what_is_deleted_goes_from_its_own_and_from_others_posts(
    archive, tmp_path, platform
):
    native_id, handle, address = WRITERS[platform]
    writer = Author(id=native_id, handle=handle, name=f"{CANARY} Person", url=address.partition("/status")[0])
    parts = {"user": CANARY, "server": "towns.example", "id": native_id}
    if platform == "bluesky":
        parts["user"] = handle
    forms = [form.format(**parts) for form in profiles(platform)]
    texts = [*(form if form[0] == "@" else f"https://www.{form}/x" for form in forms), f"so says @{handle}."]
    theirs = a_post(
        platform=platform, id=f"{native_id}/7", url=address, author=writer, text="Enough is enough"
    )
    named = (
        a_post(
            platform=platform, id=str(n), by=f"bob{n}", text=text, parent=theirs.id, links=frozenset({text})
        )
        for n, text in enumerate(texts)
    )
    saved(archive, a_page(theirs, *named), source=platform)
    assert sum(traces(tmp_path).values()) > len(texts)  # the control
    saved(archive, a_page(deleted=(theirs.id,)), source=platform, now=LATER)
    compact(archive.db.path)
    assert traces(tmp_path) == {}
    assert len(archive.posts.by_ids([*range(2, 2 + len(texts))])) == len(texts)


def test_control_a_scrub_of_the_own_rows_alone_is_noticed(archive, tmp_path):
    planted(archive)
    archive.db.execute("UPDATE posts SET text = NULL, url = NULL, scrubbed_at = 'now' WHERE id IN (1, 2, 4)")
    archive.db.execute("UPDATE authors SET handle = NULL, name = NULL, url = NULL WHERE handle LIKE 'zqx%'")
    compact(archive.db.path)
    assert traces(tmp_path)["archive.db UTF-8"] > 10


def test_control_traces_are_noticed_until_the_file_is_written_anew(archive, tmp_path):
    planted(archive)
    archive.db.execute("PRAGMA wal_checkpoint (TRUNCATE)")
    saved(archive, a_page(deleted=(FIRST.id, SECOND.id)), now=LATER)
    assert {place.split()[0] for place in traces(tmp_path)} == {"archive.db", "archive.db-wal"}
    assert not archive.retention.is_compact


@pytest.mark.parametrize("form", forms().items(), ids=lambda form: form[0])
def test_control_the_name_is_found_however_it_is_coded(tmp_path, form):
    name, coded = form
    texts = [f"{'x' * n} {CANARY} {CANARY.upper()}" for n in range(3)]
    codings = [*(text.encode(c) for text in texts for c in ("utf-8", "utf-16-le", "utf-16-be"))]
    codings += [b64encode(text.encode()) for text in texts] + [quote(CANARY).encode(), coded]
    (tmp_path / "file").write_bytes(b"|".join(codings))
    assert traces(tmp_path)[f"file {name}"] >= 1


@pytest.mark.heavy
def test_a_deleted_post_that_comes_again_brings_nothing_back(archive, tmp_path):
    planted(archive)
    delete_all(archive)
    assert saved(archive, a_page(FIRST, SECOND), now=LATER) == 0
    compact(archive.db.path)
    assert traces(tmp_path) == {}
    assert archive.posts.ids_of("mastodon", [FIRST.id, SECOND.id]) == {FIRST.id: 1, SECOND.id: 2}


@pytest.mark.heavy
def test_a_quote_that_is_read_again_does_not_bring_the_name_back(archive, tmp_path):
    planted(archive)
    delete_all(archive)
    saved(archive, a_page(replace(QUOTE, reread_key="towns.example/3")), now=LATER)
    compact(archive.db.path)
    assert traces(tmp_path) == {}
    assert archive.posts.by_ids([3])[0].text == f"So says @{MASK} in {MASK} too"


def test_other_peoples_names_that_begin_alike_are_left(archive):
    planted(archive)
    others = f"@{CANARY}-else @{CANARY}@other.example {CANARY} https://towns.example/@{CANARY}2/1"
    saved(archive, a_page(a_post(id="9", by="cat", text=others, links=frozenset({f"{HOME}2/1"}))))
    delete_all(archive)
    (post,) = archive.posts.by_ids([7])
    assert (post.text, post.terms_of("link")) == (others, (f"{HOME}2/1",))


@pytest.mark.heavy
def test_who_is_deleted_and_writes_again_is_the_same_person_and_named_again(archive):
    planted(archive)
    delete_all(archive)
    saved(archive, a_page(replace(FIRST, id=f"{URI}/7", url=f"{HOME}/7")), now=LATER)
    (post,) = archive.posts.by_ids([7])
    assert (post.handle, post.author_id, archive.posts.author_of(7)) == (WRITER.handle, HOME, 1)


def test_a_label_is_remembered_while_another_post_says_the_same(archive):
    alike = [a_post(id=str(n), by=f"p{n}", text="The same words.") for n in range(4)]
    saved(archive, a_page(*alike[:2]))
    archive.annotations.label([1], "tone", "negative", by="kim", now=NOON)
    saved(archive, a_page(deleted=("0",)), now=LATER)
    saved(archive, a_page(alike[2]), now=LATER)
    assert archive.posts.by_ids([3])[0].tone == "negative"
    saved(archive, a_page(deleted=("1", "2")), now=LATER)
    saved(archive, a_page(alike[3]), now=LATER)
    assert archive.posts.by_ids([4])[0].tone != "negative"


@pytest.mark.heavy
def test_a_removed_post_leaves_no_name_either(archive, tmp_path):
    planted(archive)
    archive.ingest.delete([1, 2, 4])
    compact(archive.db.path)
    assert traces(tmp_path) == {}
    assert archive.differences() == []


def test_what_stands_for_an_id_is_another_in_another_archive_and_on_another_platform():
    ids = {gone_id(salt, platform, "1") for salt in ("00", "01") for platform in ("mastodon", "x")}
    assert len(ids) == 4
    assert {gone_id("02", "x", one) for one in (*ids, "")} == {*ids, ""}


@pytest.mark.parametrize(
    ("text", "is_same"),
    [
        ("Hello @ann and ann, bye", True),
        ("Hello @ann and bob, goodbye", False),
        ("Hello @ann, bye", False),
        ("Hello @ and , bye", True),
        ("Hello @, bye and , bye", True),
    ],
)  # fmt: skip
def test_a_masked_text_is_known_again(text, is_same):
    stored = f"Hello @{MASK} and {MASK}, bye"
    assert (as_masked(a_post(text=text), stored).text == stored) == is_same


def test_a_text_of_nothing_but_masks_is_compared_at_once():
    stored, text = MASK * 500 + "!", "x" * 20_000
    assert as_masked(a_post(text=text), stored).text == text


@pytest.mark.parametrize(
    ("handle", "address", "begins"),
    [
        ("town@towns.example", "https://towns.example/@town/1", {"towns.example/@town"}),
        ("town@town.example", "https://town.example/@bob/1", set()),
        ("x", "https://x.com/x/status/1", {"x.com/x"}),
        ("ann", "https://ann.blogs.example/post/1", {"ann.blogs.example"}),
        ("ann", "https://towns.example/annals/ann-b/1", set()),
        ("ann.b.example", "https://b.example/profile/ann.b.example/1", {"b.example/profile/ann.b.example"}),
        ("ann", "7", set()),
    ],
)  # fmt: skip
def test_an_address_names_a_person_up_to_their_name_and_by_no_word_of_a_host(handle, address, begins):
    assert {*DataSubject("mastodon", "12", handle).begins(address)} == begins


def test_what_is_too_old_leaves_nothing_of_whom_and_what_was_asked_for(archive):
    planted(archive)
    archive.db.execute("UPDATE posts SET created_unix = unixepoch('2020' || substr(created_at, 5))")
    tables = ("origins", "cursors", "coverage", "bought", "authors")

    def named() -> set[str]:
        rows = {name: str(archive.db.execute(f"SELECT * FROM {name}").fetchall()).lower() for name in tables}
        return {name for name, text in rows.items() if CANARY in text}

    assert named() == set(tables)
    for _ in archive.retention.apply(KeepSettings(), NOON):
        pass
    assert named() == set()
    assert archive.checksums.damage() == []
