"""Who is erased in one office is in no file of the lake, and is counted all the same."""

from datetime import timedelta

import pytest

from monitor.lake.adding import Adder, Aliases
from tests.builders import NOON
from tests.lake.offices import KEY, OFFICES, WHOLE, added, alone, archive, counted, differences, lake, words

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
