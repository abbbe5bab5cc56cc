"""A person in the odd places and spellings in which others name them."""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.erasure.data_subject import DataSubject
from monitor.archive.erasure.naming import MASK
from monitor.archive.erasure.person import BARE
from monitor.archive.erasure.tombstones import Tombstones
from monitor.archive.outcomes.echoes import Echo
from monitor.archive.outcomes.tallies import TallyEntry
from monitor.archive.values import Hold
from monitor.core.model import Author, Page, Picture, Post, Rejected
from monitor.manual_entry.crimes import CrimeCount
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

ANN = Author(id="https://towns.example/@annquill", handle="annquill@towns.example", name="Ann Quillbury")
BOB = Author(id="https://towns.example/@bob", handle="bob@towns.example")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(id="own", author=ANN, text="Sirens, again.")))
        yield archive


def who(archive: Archive, handle: str = "annquill@towns.example") -> DataSubject:
    [(author, *_)] = archive.persons.candidates(handle)
    person = archive.persons.person(author)
    assert person
    return person


def written(archive: Archive, *texts: str) -> list[int]:
    """Store texts by somebody else, and return their ids."""
    posts = [a_post(id=f"b{n}", author=BOB, text=text) for n, text in enumerate(texts)]
    saved(archive, a_page(*posts))
    ids = archive.posts.ids_of("mastodon", [post.id for post in posts])
    return [ids[post.id] for post in posts]


def erase(archive: Archive, posts: Collection[int] = ()) -> None:
    archive.persons.erase(who(archive), posts, NOON)


def texts_of(archive: Archive) -> list[str | None]:
    sql = "SELECT text FROM posts WHERE native_id GLOB 'b*' OR scrubbed_at IS NOT NULL ORDER BY id"
    return [text for (text,) in archive.db.execute(sql)][1:]


LEFT = {
    "the name": ("@annquill: Ann Quillbury did it", True),
    "the bare handle": ("@annquill and annquill", True),
    "nothing": ("@annquill did it", False),
}


@pytest.mark.heavy
@pytest.mark.parametrize(("text", "is_asked"), LEFT.values(), ids=LEFT.keys())
def test_a_post_that_mentions_them_is_asked_about_if_it_also_has_their_name(archive, text, is_asked):
    [post] = written(archive, text)
    mentions, namesakes = archive.persons.naming(who(archive))
    assert [row["id"] for row in mentions] == [post]
    assert [row["id"] for row in namesakes] == [post] * is_asked
    erase(archive, [post] * is_asked)
    assert texts_of(archive) == [None if is_asked else f"@{MASK} did it"]


@pytest.mark.parametrize("tag", ["annquill", "annquillbury"], ids=["of the handle", "of the name"])
def test_a_hashtag_of_the_name_goes_with_the_post_of_another_that_had_it(archive, tag):
    posts = [a_post(id="b1", author=BOB, text=f"#{tag} annquill lies", tags=frozenset({tag}))]
    saved(archive, a_page(*posts))
    ids = archive.posts.ids_of("mastodon", ["b1"])
    erase(archive, [*ids.values()])
    assert archive.db.number("SELECT count(*) FROM terms WHERE term = ?", [tag]) == 0


def test_a_hashtag_of_the_name_stays_while_others_use_it(archive):
    saved(archive, a_page(a_post(id="b1", author=BOB, text="#annquill", tags=frozenset({"annquill"}))))
    erase(archive)
    assert archive.db.number("SELECT count(*) FROM terms WHERE term = 'annquill'") == 1


HANDLES = ["zoëquill", "ÉMILEquill", "канарейка", "o'quill\"x", "Ｑｕｉｌｌｂｕｒｙ"]


def unread(archive: Archive, *items: object) -> None:
    saved(archive, a_page(rejected=tuple(Rejected.of("no date", item) for item in items)))


def left(archive: Archive) -> list[str]:
    return [raw for (raw,) in archive.db.execute("SELECT raw FROM rejected ORDER BY id")]


@pytest.mark.parametrize("handle", HANDLES)
def test_a_handle_of_other_letters_is_found_and_goes_from_items_that_could_not_be_read(archive, handle):
    saved(archive, a_page(a_post(id="z", author=Author(id="77", handle=handle))))
    unread(archive, {"account": {"acct": handle}}, {"account": {"acct": "bob"}}, {"text": f"hi @{handle}"})
    person = who(archive, f"@{handle.upper()}")
    assert len(archive.persons.holdings(person)["items that could not be read"]) == 2
    archive.persons.erase(person, (), NOON)
    assert left(archive) == ['{"account": {"acct": "bob"}}']


@pytest.mark.parametrize("handle", HANDLES)
def test_such_a_handle_does_not_come_back_in_an_item_that_could_not_be_read(archive, tmp_path, handle):
    items = {"account": {"acct": handle}}, {"account": {"acct": "bob"}}
    Tombstones().adding([f"mastodon @{handle.casefold()}"]).save(tmp_path / "archive.db")
    unread(archive, *items)
    assert left(archive) == [json.dumps(items[1])]


@pytest.mark.parametrize("handle", ["content", "acct", "public", "other"])
def test_an_item_of_somebody_else_that_has_the_name_as_a_word_is_neither_shown_nor_removed(archive, handle):
    saved(archive, a_page(a_post(id="z", author=Author(id="77", handle=handle))))
    item = {"content": f"an {handle} day", "acct": "bob", "visibility": handle, "tags": [{"name": handle}]}
    unread(archive, item)
    person = who(archive, handle)
    assert archive.persons.holdings(person)["items that could not be read"] == []
    archive.persons.erase(person, (), NOON)
    assert left(archive) == [json.dumps(item)]


def test_an_item_that_was_cut_short_goes_for_a_long_name(archive):
    unread(archive, '{"account": {"acct": "annquill", "co', "<b>bob</b>")
    erase(archive)
    assert left(archive) == ["<b>bob</b>"]


HOME = "https://towns.example/@annquill"
WRITTEN = {
    "a mention": ("Ask @annquill for a photo", f"Ask @{MASK} for a photo"),
    "an address": (f"see {HOME}/1", f"see {MASK}"),
    "the bare handle": ("by annquill, not annquilla", f"by {MASK}, not annquilla"),
    "the name": ("met ANN QUILLBURY there", f"met {MASK} there"),
}


@pytest.mark.parametrize(("words", "after"), WRITTEN.values(), ids=WRITTEN.keys())
def test_what_the_office_wrote_and_was_told_is_found_and_loses_the_name(archive, words, after):
    [post] = written(archive, "hello")
    archive.annotations.add_note([post], words, by="jo", now=NOON)
    archive.holds.save(Hold(post=post, reason=words, by="jo", made_at=NOON, until=NOON + timedelta(days=9)))
    archive.db.execute("INSERT INTO events (day, title) VALUES ('2026-03-05', ?)", [words])
    saved(archive, Page(stream="s", detail=words))
    places = archive.persons.holdings(who(archive))["other places that name them"]
    assert {row["what"]: row["words"] for row in places} == dict.fromkeys(
        ("note", "hold", "event", "check"), words
    )
    erase(archive)
    for sql in ("text FROM notes", "reason FROM holds", "title FROM events"):
        assert archive.db.execute(f"SELECT {sql}").fetchall() == [(after,)]
    details = archive.db.execute("SELECT detail FROM coverage WHERE detail <> ''").fetchall()
    assert details == [(after,)]
    assert archive.checksums.damage() == []


@pytest.mark.parametrize(("words", "after"), WRITTEN.values(), ids=WRITTEN.keys())
def test_petitions_and_what_parliament_said_lose_the_name_and_members_stay(archive, tmp_path, words, after):
    speech = Echo("speech", "1", NOON.date(), words, "Ann Quillbury", f"{HOME}/1", None)
    archive.counters.add("petition", "petition:1", words, f"{HOME}/1")
    archive.echoes.save([speech])
    person = who(archive)
    assert len(archive.persons.holdings(person)["other places that name them"]) == 4
    erase(archive)
    sql = "SELECT title, address FROM counters UNION ALL SELECT title, url FROM echoes"
    assert archive.db.execute(sql).fetchall() == [(after, MASK)] * 2
    assert archive.echoes.latest()[0].member == "Ann Quillbury"
    assert archive.checksums.damage() == []
    Tombstones().adding(person.names).save(tmp_path / "archive.db")
    archive.counters.add("petition", "petition:1", "Ask @annquill@towns.example", f"{HOME}/1")
    archive.echoes.save([replace(speech, title="Ask @annquill@towns.example")])
    assert archive.db.execute("SELECT title, address FROM counters").fetchall() == [(f"Ask @{MASK}", MASK)]
    assert archive.echoes.latest()[0].title == f"Ask @{MASK}"


@pytest.mark.parametrize("column", ["alt", "address"])
def test_a_picture_of_another_that_names_them_goes(archive, column):
    pictures = (Picture(**{column: f"{HOME}/pic.png"}), Picture(alt="a bench"))
    saved(archive, a_page(a_post(id="b1", author=BOB, pictures=pictures)))
    erase(archive)
    assert archive.db.execute("SELECT alt, address FROM pictures").fetchall() == [("a bench", None)]


SPELT = {  # as it is written, and what is left of it
    "an address in percent form": ("see https://towns.example/%40annquill/1 now", f"see {MASK} now"),
    "a letter that nobody sees": ("hi @ann\u200bquill there", f"hi {MASK} there"),
    "an entity": ("hi &#64;annquill there", f"hi {MASK} there"),
    "wide letters": ("hi ＠ａｎｎｑｕｉｌｌ there", f"hi {MASK} there"),
    "two forms": ("@annquill @ann\u00adquill", f"@{MASK} {MASK}"),
    "somebody else": (
        "hi &#64;annquilla, 100% & @ann\u200bquilla",
        "hi &#64;annquilla, 100% & @ann\u200bquilla",
    ),
}


@pytest.mark.parametrize(("text", "after"), SPELT.values(), ids=SPELT.keys())
def test_a_name_goes_however_it_is_spelt_and_does_not_come_back(archive, tmp_path, text, after):
    written(archive, text)
    names = who(archive).names
    erase(archive)
    assert texts_of(archive) == [after]
    assert archive.differences() == []
    Tombstones().adding(names).save(tmp_path / "archive.db")
    saved(archive, a_page(a_post(id="b7", author=BOB, text=text)))
    assert texts_of(archive) == [after, after]


def test_a_bare_name_is_asked_about_however_it_is_spelt(archive):
    posts = written(archive, "ann\u200bquill did it", "Ａｎｎ Quillbury did it", "annquilla did not")
    assert [row["id"] for row in archive.persons.naming(who(archive))[1]] == posts[:2]


def come(archive: Archive, tmp_path: Path, *posts: Post) -> list[tuple[str, str]]:
    """Forget the person, let posts come, and return id and text of what is stored of them."""
    names = who(archive).names
    erase(archive)
    Tombstones().adding(names).save(tmp_path / "archive.db")
    saved(archive, a_page(*posts), source="import")
    return archive.db.execute("SELECT native_id, text FROM posts WHERE id > 1").fetchall()


def by(**account: str | None) -> Author:
    return Author(**{"id": "", "handle": None} | account)


BACK = {  # posts of theirs by which nobody sees, or not at once, whose they are
    "no writer, an address that names them": a_post(id="7", author=by(), url=f"{HOME}/7"),
    "no writer, an id that names them": a_post(id=f"{HOME}/7", author=by()),
    "an address in percent form": a_post(id="7", author=by(), url="https://towns.example/%40annquill/7"),
    "an id with http": a_post(id="7", author=by(id="http://towns.example/@annquill")),
    "only the address of a profile": a_post(id="7", author=by(url=f"{HOME}/")),
    "a handle with @": a_post(id="7", author=by(handle="@annquill@towns.example")),
    "a handle that is an address": a_post(id="7", author=by(handle=HOME)),
    "from another platform": a_post(id="7", platform="bluesky", author=by(id="did:1"), url=f"{HOME}/7"),
}


@pytest.mark.parametrize("post", BACK.values(), ids=BACK.keys())
def test_a_post_of_theirs_does_not_come_back_by_any_file(archive, tmp_path, post):
    assert come(archive, tmp_path, post) == []


@pytest.mark.parametrize("post", BACK.values(), ids=BACK.keys())
def test_control_the_same_of_somebody_else_comes(archive, tmp_path, post):
    author = post.author
    other = {
        name: (getattr(author, name) or "").replace("annquill", "annquilla")
        for name in ("id", "handle", "url")
    }
    post = replace(post, id=f"{post.id}a", url=post.url.replace("annquill", "annquilla"), author=by(**other))
    post = replace(post, id=post.id.replace("annquill", "annquilla"))
    assert len(come(archive, tmp_path, post)) == 1


LATE = {  # by platform and text, and what is left of it
    "after two strokes": ("mastodon", "hi //@annquill there", f"hi //@{MASK} there"),
    "an address without a scheme": ("mastodon", "www.towns.example/@annquill", MASK),
    "an address within another": (
        "mastodon", "see https://a.example/?u=https%3A%2F%2Ftowns.example%2F%40annquill", f"see {MASK}",
    ),
    "a copy of an address": (
        "mastodon", "see https://copies.example/2/https://towns.example/@annquill/1", f"see {MASK}",
    ),
    "a mention in an address": ("mastodon", "https://a.example/?to=@annquill", MASK),
    "a hashtag of the handle": ("mastodon", "see #AnnQuill.", f"see #{MASK}."),
    "a hashtag of the name": ("bluesky", "see #AnnQuillbury", f"see #{MASK}"),
    "a whole handle elsewhere": ("bluesky", "ask @annquill@towns.example", f"ask @{MASK}"),
    "an address elsewhere": ("bluesky", f"see {HOME}/1", f"see {MASK}"),
    "somebody of that name elsewhere": ("bluesky", "ask @annquill", "ask @annquill"),
    "somebody on another server": ("mastodon", "https://b.example/@annquill", "https://b.example/@annquill"),
}  # fmt: skip


@pytest.mark.parametrize(("platform", "text", "after"), LATE.values(), ids=LATE.keys())
def test_what_others_write_later_is_stored_without_the_name(archive, tmp_path, platform, text, after):
    author, words = Author(id="did:1", handle="bob.example"), text.split()
    links = frozenset(word for word in words if "://" in word)
    tags = frozenset(word.strip("#.").lower() for word in words if word[0] == "#")
    post = a_post(id="7", platform=platform, author=author, text=text, links=links, tags=tags)
    assert come(archive, tmp_path, post) == [("7", after)]
    terms = {term for (term,) in archive.db.execute("SELECT term FROM terms WHERE kind IN ('link', 'tag')")}
    assert terms & (links | tags) == (links | tags if after == text else set())


def test_a_hashtag_that_others_use_is_not_taken_from_them_for_somebody_who_is_called_so(archive, tmp_path):
    named = Author(id="77", handle="campaigner", name="Calling Time On Crime")
    saved(archive, a_page(a_post(id="b1", author=named), a_post(id="b2", author=BOB)))
    assert not any(name.startswith("#calling") for name in who(archive, "campaigner").names)


ELSEWHERE = ("an address elsewhere", "a whole handle elsewhere", "somebody of that name elsewhere")


@pytest.mark.parametrize(("platform", "text", "after"), [LATE[key] for key in ELSEWHERE], ids=ELSEWHERE)
def test_what_others_wrote_on_another_platform_loses_the_name(archive, platform, text, after):
    post = a_post(id="b1", platform=platform, author=Author(id="did:1", handle="bob.example"), text=text)
    saved(archive, a_page(post), source="bluesky")
    erase(archive)
    assert texts_of(archive) == [after]


def test_what_others_wrote_is_in_the_record_without_them(archive):
    words = "@annquill met @bob, u/bob and https://towns.example/@bob/7, see https://news.example/story"
    [post] = written(archive, words)
    archive.annotations.add_note([post], words, by="jo", now=NOON)
    item = {"account": {"acct": "bob", "display_name": "bob"}, "content": words, "name": "bob"}
    saved(archive, a_page(rejected=(Rejected.of("no date", item),)))
    held = archive.persons.holdings(who(archive))
    texts = [row["text"] for row in held["posts by others that mention them"]]
    texts += [row["words"] for row in held["other places that name them"]]
    texts += [row["raw"] for row in held["items that could not be read"]]
    assert texts == ["@annquill met @…, @… and @… see https://news.example/story"] * 3


SIAN = Author(id="https://towns.example/users/7", handle="Sian.Ll_7@towns.example", name="Siân Llywelyn")
TYPED = (
    "Sian Llywelyn", "SIÂN LLYWELYN", "sian.ll_7", "towns.example/@sian.ll_7?page=2", "http://towns.example/@Sian.Ll_7/",
    "https://other.example/@sian.ll_7@towns.example", "https://towns.example/users/sian.ll_7/statuses/1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "question"),
    [("Łucja Ørsted", "Lucja Orsted"), ("Gwen Strauß", "gwen strauss"), ("Lucja Orsted", "Łucja Ørsted")],
)
def test_somebody_is_found_without_the_letters_of_their_name(archive, name, question):
    saved(archive, a_page(a_post(id="s", author=Author(id="77", handle="nobody", name=name))))
    assert who(archive, question).name == name


@pytest.mark.parametrize("question", TYPED)
def test_somebody_is_found_by_each_address_and_without_accents(archive, question):
    saved(archive, a_page(a_post(id="s", author=SIAN)))
    assert who(archive, question).handle == SIAN.handle


@pytest.mark.parametrize("question", ["https://towns.example/@sian", "https://b.example/sian.ll_7", "%", "/"])
def test_control_nobody_is_found_by_an_address_of_somebody_else(archive, question):
    saved(archive, a_page(a_post(id="s", author=SIAN)))
    assert archive.persons.candidates(question) == []


def test_a_post_whose_writer_nobody_said_is_theirs_by_its_address_and_goes_with_them(archive):
    unsigned, other = (
        a_post(id=id, author=by(), url=f"https://towns.example/@{id}/7") for id in ("annquill", "bob")
    )
    saved(archive, a_page(unsigned, other), source="import")
    person = who(archive)
    assert [row["url"] for row in archive.persons.holdings(person)["posts"]][1:] == [unsigned.url]
    erase(archive)
    rows = archive.db.execute("SELECT url, text IS NULL FROM posts ORDER BY id").fetchall()
    assert rows[1:] == [(None, 1), (other.url, 0)]


def test_an_item_of_another_platform_that_names_them_for_certain_goes(archive):
    items = {"text": f"see {HOME}/1"}, {"text": "ask @annquill"}  # who is somebody else there
    page = a_page(rejected=tuple(Rejected.of("no date", item) for item in items))
    saved(archive, page, source="bluesky")
    assert len(archive.persons.holdings(who(archive))["items that could not be read"]) == 1
    erase(archive)
    assert left(archive) == [json.dumps(items[1])]


def test_files_surveys_and_stalls_lose_the_name_and_stay_apart(archive, tmp_path):
    for name in ("Ann Quillbury.csv", "@annquill.csv"):
        saved(archive, a_page(a_post(id=name, author=BOB), stream=f"import:{name}"), source="import")
        archive.counters.add("survey", f"survey:{name}", "Our survey")
    counter = archive.counters.add("paper", "paper", "Paper")
    stall = {"day": NOON.date(), "area": "RM10", "street": "by Ann Quillbury's house", "count": 3}
    archive.tallies.save(counter, [TallyEntry(**stall, key="k", by="jo", at=NOON)])
    archive.import_answers.save("h", {"title": "For Ann Quillbury"}, NOON)
    person = who(archive)
    kinds = Counter(row["what"] for row in archive.persons.holdings(person)["other places that name them"])
    assert kinds["file, or stream of a platform"] == kinds["name of a petition or survey"] == 2
    assert kinds["street of a stall"] == kinds["answer about a table"] == 1
    erase(archive)
    assert archive.db.number("SELECT count(DISTINCT stream) FROM origins WHERE source = 'import'") == 2
    for table in ("origins", "coverage", "counters", "tallies", "import_answers"):
        assert "quill" not in str(archive.db.execute(f"SELECT * FROM {table}").fetchall()).casefold(), table
    assert archive.checksums.damage() == []
    Tombstones().adding(person.names).save(tmp_path / "archive.db")
    name = "@annquill@towns.example"
    saved(archive, a_page(stream=f"import:{name}.csv", detail=f"{name} has no more"), source="import")
    archive.coverage.save_failure(a_page(detail=f"{name} is not there"), "t", started_at=NOON, now=NOON)
    archive.counters.add("survey", f"survey:{name}", "Theirs")
    archive.crimes.save([CrimeCount("rm10", "2026-01", "Theft", 3, f"made by {name}")])
    archive.tallies.save(counter, [TallyEntry(**stall | {"street": f"at {name}"}, key="l", by="jo", at=NOON)])
    for table in ("origins", "coverage", "counters", "crimes", "tallies"):
        assert "quill" not in str(archive.db.execute(f"SELECT * FROM {table}").fetchall()).casefold(), table


def test_a_short_name_in_words_of_the_office_is_shown_and_goes_if_somebody_says_so(archive):
    saved(
        archive,
        a_page(a_post(id="r", author=Author(id="https://b.example/@rose", handle="rose", name="Rose"))),
    )
    for title in ("Rose speaks", "@rose and roses"):
        archive.db.execute("INSERT INTO events (day, title) VALUES ('2026-03-05', ?)", [title])
    person = who(archive, "rose")
    held = archive.persons.holdings(person)
    assert [row["words"] for row in held["other places that name them"]] == ["@rose and roses"]
    assert [row["words"] for row in held[BARE]] == ["Rose speaks"]
    titles = "SELECT title FROM events ORDER BY id"
    archive.persons.erase(replace(person, least=1), (), NOON)
    assert archive.db.column(titles) == [f"{MASK} speaks", f"@{MASK} and roses"]


@pytest.mark.parametrize("text", ["昨天王小明说得对", "王小明", "Ask 王小明!"])
def test_a_name_of_a_script_without_spaces_is_asked_about_within_a_text(archive, text):
    saved(
        archive,
        a_page(
            a_post(id="w", platform="youtube", author=Author(id="UCabcdefgh7", handle=None, name="王小明"))
        ),
    )
    [post] = written(archive, text)
    assert [row["id"] for row in archive.persons.naming(who(archive, "王小明"))[1]] == [post]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Siân Rees", "I met Sian Rees"),
        ("Sian Rees", "I met Siân Rees"),
        ("Łucja Ørsted-Æbø", "I met Lucja Orsted-Aebo"),
        ("Đorđe Işık", "I met DORDE ISIK"),
    ],
)
def test_a_name_is_asked_about_with_and_without_its_accents(archive, name, text):
    saved(archive, a_page(a_post(id="w", author=Author(id="77", handle=None, name=name))))
    [post] = written(archive, text)
    assert [row["id"] for row in archive.persons.naming(who(archive, name))[1]] == [post]


@pytest.mark.parametrize(("question", "platform"), [("@zoequill", "mastodon"), ("u/zoequill", "reddit")])
def test_somebody_of_whom_there_are_only_mentions_is_found_and_erased(archive, tmp_path, question, platform):
    post = a_post(id="b1", platform=platform, author=BOB, text=f"{question} said so")
    saved(archive, a_page(post), source=platform)
    assert archive.persons.candidates("zoequill") == []  # a bare word is nobody's
    before = archive.db.conn.total_changes
    [(who, on, name, posts)] = archive.persons.candidates(question)
    assert (on, name, posts) == (platform, "zoequill", 0)
    person = archive.persons.person(who)
    assert len(archive.persons.holdings(person)["posts by others that mention them"]) == 1
    assert archive.db.conn.total_changes == before  # who looks writes nothing
    archive.persons.erase(archive.persons.account(who), (), NOON)
    assert "zoequill" not in str(archive.db.execute("SELECT text FROM posts").fetchall())
    assert archive.db.number("SELECT count(*) FROM authors WHERE handle = 'zoequill'") == 0
    Tombstones().adding(person.names).save(tmp_path / "archive.db")
    saved(archive, a_page(replace(post, id="b2")), source=platform)
    assert "zoequill" not in str(archive.db.execute("SELECT text FROM posts").fetchall())
    assert archive.differences() == []


@pytest.mark.parametrize(("source", "platform"), [("reddit", ""), ("import", "reddit")])
def test_somebody_who_is_only_in_an_item_that_could_not_be_read_is_found_and_erased(
    archive, source, platform
):
    item = {"author": "@zoequill", "text": "hello"}
    saved(archive, a_page(rejected=(Rejected.of("no date", item),)), source=source)
    assert archive.persons.candidates("@somebody-else", platform) == []
    [(who, on, name, _)] = archive.persons.candidates("@zoequill", platform)
    assert (on, name) == ("reddit", "zoequill")
    archive.persons.erase(archive.persons.account(who), (), NOON)
    assert archive.db.number("SELECT count(*) FROM rejected") == 0
