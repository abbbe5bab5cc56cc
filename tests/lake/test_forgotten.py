"""Who is erased in one office is in no file of the lake, and is counted all the same."""

from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from monitor.core.errors import ArchiveError
from monitor.lake.adding import Adder, Aliases
from tests.archive.saving import saved
from tests.builders import NOON, a_page, a_post
from tests.lake.offices import KEY, OFFICES, WHOLE, added, alone, archive, counted, differences, lake, words

pytestmark = pytest.mark.heavy

BUSY = "account-1"  # who posts often enough to be known to all
LATER = NOON + timedelta(weeks=7)


def alias(platform: str) -> str:
    return Aliases(KEY, frozenset(), {}).author(0, 0, platform, BUSY)


@pytest.fixture
def platform(offices):
    """Return where somebody posts whom all offices know."""
    known = []
    for office in OFFICES:
        with archive(offices, office) as one:
            known.append({*one.db.column("SELECT platform FROM authors WHERE native_id = ?", [BUSY])})
    return sorted(set.intersection(*known))[0]


def forget(folder, office: str, platform: str) -> None:
    with archive(folder, office) as one:
        [author] = one.db.column(
            "SELECT id FROM authors WHERE native_id = ? AND platform = ?", [BUSY, platform]
        )
        one.persons.erase(one.persons.person(author), (), LATER)


def people(differing):
    """Return the differences but for those of who it is that posted, and of links, which may name them."""
    whole = {
        table: [row for row in rows if not any(str(value).startswith("link ") for value in row)]
        for table, rows in differing.items()
        if table not in ("author_days", "author_totals")
    }
    return {table: rows for table, rows in whole.items() if rows}


def test_who_is_forgotten_in_one_office_is_in_no_file_of_the_lake(offices, platform):
    assert alias(platform) in words(offices / "lake")  # the control
    forget(offices, "east", platform)
    assert alias(platform) in words(offices / "lake")
    added(offices, "east")
    assert alias(platform) not in words(offices / "lake")
    assert people(differences(offices, counted(offices, alone))) == {}  # still one person in all offices
    for office in OFFICES:  # nor do those bring them back who were not asked to forget them
        added(offices, office)
    assert alias(platform) not in words(offices / "lake")
    assert people(differences(offices, counted(offices, alone))) == {}


def test_an_addition_that_is_cut_short_takes_them_out_the_next_time(offices, platform, monkeypatch):
    forget(offices, "east", platform)
    with monkeypatch.context() as patch:
        patch.setattr("monitor.lake.Lake.save", lambda self, office: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            added(offices, "east")
    assert people(differences(offices, counted(offices, alone))) == {}
    added(offices, "east")
    assert alias(platform) not in words(offices / "lake")


def test_posts_that_retention_scrubs_are_still_the_same_in_all_offices(offices):
    with archive(offices, "north") as north:
        north.ingest.scrub(north.db.column("SELECT id FROM posts WHERE id % 2"), LATER)
    added(offices, "north")
    assert people(differences(offices, counted(offices, alone))) == {}
    added(offices, "west")
    assert people(differences(offices, counted(offices, alone))) == {}


def test_the_check_tells_where_the_lake_is_not_as_the_archive_is(offices):
    with archive(offices, "east") as east:
        adder = Adder(east, lake(offices), KEY)
        assert [*adder.differences()] == []
        with east.db.transaction():
            east.db.execute("UPDATE posts SET likes = 99 WHERE id = (SELECT min(id) FROM posts)")
        assert [line.partition(": ")[2] for line in adder.differences()] == ["missing: 1", "wrong: 1"]
    with archive(offices, WHOLE) as whole:  # which was never added
        assert len([*Adder(whole, lake(offices), KEY).differences()]) == 7


def test_neither_names_nor_links_of_the_forgotten_come_back_from_another_office(offices, platform):
    with archive(offices, "north") as north:
        [(_, handle, name)] = north.db.execute(
            "SELECT id, handle, name FROM authors WHERE native_id = ? AND platform = ?", [BUSY, platform]
        ).fetchall()
        link, at = f"https://{BUSY}.example/blog", NOON + timedelta(days=9)
        post = a_post(id="post-own", platform=platform, created_at=at, links=frozenset({link}))
        post = replace(post, author=replace(post.author, id=BUSY, handle=handle, name=name))
        saved(north, a_page(post), source=platform, now=at)
    added(offices, "north", names=True)
    assert all(word in words(offices / "lake") for word in (f"'{handle}'", f"'{name}'", link))  # the control
    forget(offices, "east", platform)
    added(offices, "east")
    for _ in range(2):
        of_them = duckdb.read_parquet(f"{offices}/lake/weeks/*.parquet").filter(f"platform = '{platform}'")
        assert f"'{handle}'" not in str(of_them.fetchall())
        assert link not in words(offices / "lake")
        added(offices, "north", names=True)


def test_a_post_whose_writer_one_office_does_not_know_is_one_post(offices):
    at = NOON + timedelta(days=10, seconds=1)
    known = a_post(id="post-both", platform="x", created_at=at)
    for name, post in (("east", replace(known, author=replace(known.author, id=""))), ("west", known)):
        for office in (name, WHOLE):
            with archive(offices, office) as one:
                saved(one, a_page(post), source="x", now=at + timedelta(hours=1 + OFFICES.index(name)))
        added(offices, name)
    assert "hours" not in differences(offices, counted(offices, alone))
    assert "days" not in differences(offices, counted(offices, alone))


def test_two_archives_that_began_as_one_file_do_not_take_each_others_place(offices):
    with archive(offices, "east") as east, archive(offices, "copy") as copy:
        [salt] = east.db.column("SELECT salt FROM salts")
        with copy.db.transaction():
            copy.db.execute("UPDATE salts SET salt = ?", [salt])
        saved(copy, a_page(a_post(id="other")))
    with pytest.raises(ArchiveError, match="a copy of the same file"):
        added(offices, "copy")
    assert differences(offices, counted(offices, alone)) == {}
    with archive(offices, "copy") as copy:
        assert Adder(copy, lake(offices), KEY, replace=True).add().weeks == 1
