"""Themes that the office keeps: what is found for them, and what two people at once do."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from monitor.archive import Archive
from monitor.archive.query.criteria import Filter
from monitor.core.errors import ArchiveError
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

WORDS = ("stall", "stalls", "petition", "hand in", "police", "burglary", "rain", "RAIN", "queue", "#stall")


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        yield archive


def keep(archive: Archive, name: str = "Stalls", words: str = "stall, stalls", without: str = "", **how):
    archive.themes.save(name, words, without, NOON, **how)
    return archive.themes.current()[-1]


def look_again(archive: Archive, most: int = 500, steps: int | None = None) -> None:
    """Do as the worker does; with `steps`, be killed after so many."""
    find, version = archive.themes.search()
    for n, _ in enumerate(archive.theme_tags.update(find, version, most=most)):
        if n == steps:
            return


def themes_of(archive: Archive) -> dict[int, tuple[str, ...]]:
    return {row.id: row.terms_of("theme") for row in archive.posts.every()}


def slowly(archive: Archive) -> dict[int, tuple[str, ...]]:
    """Return the same by a plain look at each text: words are what stands between spaces."""
    latest = "SELECT max(version) FROM themes WHERE id = t.id"
    rows = archive.db.execute(
        f"SELECT id, words, without FROM themes t WHERE version = ({latest})"
    ).fetchall()

    def has(text: str, lines: str) -> bool:
        return any(f" {line.lower()} " in f" {text.lower().replace(' #', ' # ')} ".replace(" # ", " #")
                   or (not line.startswith("#") and f" #{line.lower()} " in f" {text.lower()} ")
                   for line in lines.split("\n") if line)  # fmt: skip

    return {
        row.id: tuple(sorted(str(n) for n, words, without in rows
                             if has(row.text or "", words) and not has(row.text or "", without)))
        for row in archive.posts.every()
    }  # fmt: skip


def count(archive: Archive, theme: str) -> int:
    scope = archive.stats.scope("crime", NOON.date(), NOON.date())
    [counts] = archive.stats.term_counts(scope, "theme", [(NOON.date(), NOON.date())])
    assert len(archive.post_query.page(Filter(scope=scope, theme=theme)).ids) == counts.get(theme, 0)
    return counts.get(theme, 0)


def a_text(chance: Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(1, 5)))


def change_a_theme(archive: Archive, chance: Random) -> None:
    themes, words = archive.themes.current(), "\n".join(chance.sample(WORDS, 2))
    without = chance.choice(("", "", chance.choice(WORDS)))
    if not themes or (len(themes) < 4 and chance.random() < 0.4):
        keep(archive, f"Theme {chance.random()}", words, without)
        return
    one, other = chance.choice(themes), chance.choice(themes)
    act = chance.random()
    if act < 0.6:
        archive.themes.save(one.name, words, without, NOON, theme=one.id, version=one.version)
    elif act < 0.8:
        archive.themes.drop(one.id, one.version, NOON)
    elif one != other:
        archive.themes.merge(one.id, one.version, other.id, NOON)
    if act >= 0.6 and (act < 0.8 or one != other) and chance.random() < 0.5:
        look_again(archive, steps=chance.choice((0, None)))
        saved(archive, a_page(a_post(id=f"meanwhile {chance.random()}", text=a_text(chance))))
        archive.themes.undo(one.id, one.version + 1, 0 if act < 0.8 else other.id)


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(12))
def test_what_is_found_is_what_a_slow_look_finds_whatever_happens(archive, seed):
    chance, number = Random(seed), 0
    for _ in range(60):
        act = chance.random()
        if act < 0.4:
            number += 1
            saved(archive, a_page(a_post(id=str(number), text=a_text(chance))))
        elif act < 0.55 and number:
            edited = str(chance.randint(1, number))
            saved(archive, a_page(a_post(id=edited, text=a_text(chance))), now=NOON + timedelta(minutes=1))
        elif act < 0.6 and number > 3:
            archive.ingest.delete(row.id for row in [*archive.posts.every()][:1])
        elif act < 0.8:
            change_a_theme(archive, chance)
        else:
            look_again(archive, most=chance.choice((1, 2, 500)), steps=chance.choice((0, 1, 3, None)))
        counted = {str(one.id) for one in archive.themes.current() if one.is_counted}
        for post, right in slowly(archive).items():  # what is said to be counted is right at any moment
            assert counted & {*themes_of(archive)[post]} == counted & {*right}
    look_again(archive)
    assert themes_of(archive) == slowly(archive)
    assert all(one.is_counted for one in archive.themes.current())
    assert archive.differences() == []


def test_control_without_another_look_a_changed_theme_has_the_wrong_posts(archive):
    saved(archive, a_page(a_post(text="the petition")))
    keep(archive)
    look_again(archive)
    one = archive.themes.current()[0]
    archive.themes.save("Stalls", "petition", "", NOON, theme=1, version=one.version)
    assert themes_of(archive) != slowly(archive)
    assert not archive.themes.current()[0].is_counted


def test_posts_are_found_as_they_come_and_counted_by_day(archive):
    keep(archive, words="stall", without="rain")
    look_again(archive)
    texts = ("The stall is open", "A stall in the rain", "Stallholders", "#Stall today", "It stalled")
    saved(archive, a_page(*(a_post(id=str(n), text=text) for n, text in enumerate(texts))))
    assert count(archive, "1") == 2
    assert count(archive, "2") == 0


def test_a_new_name_leaves_the_counts_and_new_words_wait_for_the_worker(archive):
    one = keep(archive)
    look_again(archive)
    archive.themes.save("Street stalls", "stalls, stall, STALL", "", NOON, theme=1, version=one.version)
    assert not archive.themes.current()[0].is_counted  # the order is another
    archive.themes.save("Our stalls", "stalls\nSTALL", "", NOON, theme=1, version=2)
    look_again(archive)
    archive.themes.save("Stalls", "stalls\nSTALL", "", NOON, theme=1, version=3)
    [theme] = archive.themes.current()
    assert (theme.name, theme.is_counted, theme.version) == ("Stalls", True, 4)


def test_the_days_on_which_words_changed_are_known(archive):
    keep(archive)
    for days, (name, words) in enumerate((("Stalls", "stall"), ("A", "stall"), ("A", "stall, table")), 1):
        archive.themes.save(name, words, "", NOON + timedelta(days=days), theme=1, version=days)
    assert [day.day for day in archive.themes.current()[0].changes] == [2, 3, 5]
    archive.themes.save("A", "stall", "", NOON + timedelta(days=3), theme=1, version=4)
    assert [day.day for day in archive.themes.current()[0].changes] == [2, 3, 5]  # a day once


def test_the_words_of_long_ago_are_not_taken_for_counted(archive):
    keep(archive, words="stall")
    look_again(archive)
    archive.themes.save("Stalls", "table", "", NOON, theme=1, version=1)
    saved(archive, a_page(a_post(text="A table")))
    archive.themes.save("Stalls", "stall", "", NOON, theme=1, version=2)
    assert not archive.themes.current()[0].is_counted


def test_two_people_at_once_lose_nothing(archive):
    one = keep(archive)
    archive.themes.save("Ann's name", "stall", "", NOON, theme=1, version=one.version)
    for act in (
        lambda: archive.themes.save("Bob's", "table", "", NOON, theme=1, version=one.version),
        lambda: archive.themes.drop(1, one.version, NOON),
        lambda: archive.themes.save("ann’s NAME", "table", "", NOON),
    ):
        with pytest.raises(ArchiveError):
            act()
    assert [theme.name for theme in archive.themes.current()] == ["Ann's name"]


@pytest.mark.parametrize(
    ("theme", "version"), [(77, 0), (10**18 - 1, 0), (1, 0), (1, 2), (2, 1), (0, 1)], ids=str
)
def test_a_theme_that_is_not_kept_is_neither_made_nor_changed_nor_brought_back(archive, theme, version):
    keep(archive)
    archive.themes.drop(1, 1, NOON)
    keep(archive, "Petition", "petition")
    archive.themes.save("Petitions", "petition", "", NOON, theme=2, version=1)
    before = archive.themes.current()
    for act in (
        lambda: archive.themes.save("Mine", "mine", "", NOON, theme=theme, version=version),
        lambda: archive.themes.drop(theme, version, NOON),
        lambda: archive.themes.merge(theme, version, 2, NOON),
    )[not theme :]:
        with pytest.raises(ArchiveError):
            act()
    assert archive.themes.current() == before


def test_merged_themes_have_the_posts_of_both(archive):
    keep(archive, words="stall", without="Rain, queue")
    keep(archive, "Petition", "petition, stall", "rain, police")
    archive.themes.merge(1, 1, 2, NOON)
    [theme] = archive.themes.current()
    assert (theme.id, theme.name) == (2, "Petition")
    assert (theme.words, theme.without) == (("petition", "stall"), ("rain",))
    for into in (2, 1, 7):
        with pytest.raises(ArchiveError, match="Choose another theme"):
            archive.themes.merge(2, 2, into, NOON)


@pytest.mark.parametrize("into", [0, 2], ids=["dropped", "merged"])
def test_what_was_dropped_or_merged_is_as_it_was_after_undo(archive, into):
    keep(archive, words="stall", without="rain")
    keep(archive, "Petition", "petition")
    look_again(archive)
    before = [replace(theme, version=0) for theme in archive.themes.current()]
    later = NOON + timedelta(days=3)
    if into:
        archive.themes.merge(1, 1, into, later)
    else:
        archive.themes.drop(1, 1, later)
    archive.themes.undo(1, 2, into)
    assert not archive.themes.current()[0].is_counted
    look_again(archive)
    assert [replace(theme, version=0) for theme in archive.themes.current()] == before
    with pytest.raises(ArchiveError, match="Somebody else"):  # on a page of before
        archive.themes.drop(1, 2, later)
    with pytest.raises(ArchiveError, match="cannot be undone"):
        archive.themes.undo(1, 2, into)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda themes: themes.save("Petition", "paper", "", NOON + timedelta(1), theme=2, version=2),
        lambda themes: themes.save("stalls", "paper", "", NOON),
        lambda themes: themes.drop(2, 2, NOON + timedelta(1)),
    ],
    ids=["changed", "the name is another's", "dropped as well"],
)
def test_what_somebody_did_since_is_not_undone(archive, meanwhile):
    keep(archive, words="stall")
    keep(archive, "Petition", "petition")
    archive.themes.merge(1, 1, 2, NOON)
    meanwhile(archive.themes)
    before = archive.themes.current()
    for into in (2, 7):
        with pytest.raises(ArchiveError, match="cannot be undone"):
            archive.themes.undo(1, 2, into)
    assert archive.themes.current() == before


@pytest.mark.parametrize(
    ("name", "words", "without"),
    [
        (" ", "stall", ""),
        ("x" * 61, "stall", ""),
        ("@ann", "stall", ""),
        ("＠ann", "stall", ""),
        ("Stalls", " , \n", ""),
        ("Stalls", "x" * 81, ""),
        ("Stalls", "stall", "?!"),
        ("Stalls", "\n".join(f"w{n}" for n in range(51)), ""),
    ],
    ids=[
        "no name",
        "long name",
        "an account",
        "in wide letters",
        "no words",
        "long word",
        "no letters",
        "many words",
    ],
)
def test_what_cannot_be_a_theme_is_refused(archive, name, words, without):
    with pytest.raises(ArchiveError):
        archive.themes.save(name, words, without, NOON)
    assert archive.themes.current() == []


def test_there_are_no_more_themes_than_each_text_can_be_asked_for(archive):
    for n in range(40):
        keep(archive, f"Theme {n}")
    with pytest.raises(ArchiveError, match="40 themes already"):
        keep(archive, "One more")


def test_a_person_who_is_forgotten_leaves_no_word_in_a_theme(archive):
    saved(
        archive, a_page(a_post(text="Me", by="zqxcanary"), a_post(id="2", text="Hello @somebody", by="bob"))
    )
    keep(archive, "Zqxcanary", "@zqxcanary, stall", "zqxcanary")
    archive.themes.save("Stalls", "stall, @zqxcanary", "zqxcanary", NOON, theme=1, version=1)
    person = archive.persons.person(archive.posts.author_of(1))
    archive.persons.erase(person, [], NOON)
    rows = archive.db.execute("SELECT name, words, without FROM themes").fetchall()
    assert "zqxcanary" not in str(rows).lower()
    [theme] = archive.themes.current()
    assert (theme.words, theme.without) == (("stall",), ())
    saved(archive, a_page(a_post(id="3", text="[name removed] was here", by="bob")))
    assert themes_of(archive)[3] == ()


def test_a_person_is_told_the_themes_of_their_posts_by_name(archive):
    keep(archive, "Street stalls", "stall")
    saved(archive, a_page(a_post(text="The stall")))
    archive.themes.drop(1, 1, NOON)
    held = archive.persons.holdings(archive.persons.person(archive.posts.author_of(1)))
    rows = held["hashtags, links, places and themes"]
    assert [row["term"] for row in rows if row["kind"] == "theme"] == ["Street stalls"]
