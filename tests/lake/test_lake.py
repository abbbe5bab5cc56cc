"""Many archives counted together give what one archive of all posts gives, and name nobody."""

import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import duckdb
import psutil
import pytest

from monitor.core.errors import ArchiveError
from monitor.lake import Lake
from monitor.lake.adding import Added
from monitor.lake.counting import runner
from tests.lake.offices import KEY, OFFICES, WHOLE, added, alone, archive, counted, differences, lake, words


@pytest.mark.heavy
def test_the_counts_of_a_lake_are_those_of_one_archive_that_has_all_posts(offices):
    assert differences(offices, counted(offices, alone)) == {}


@pytest.mark.heavy
def test_control_a_count_that_is_off_by_one_is_noticed(offices):
    with archive(offices, WHOLE) as whole, whole.db.transaction():
        whole.db.execute(
            "UPDATE track_spans SET known = known + 1 WHERE day = (SELECT max(day) FROM track_spans)"
        )
    assert [*differences(offices, counted(offices, alone))] == ["track_spans"]


@pytest.mark.heavy
def test_a_week_is_written_once_and_again_only_when_it_has_changed(offices):
    assert added(offices, "east") == Added(weeks=0, others=7)
    with archive(offices, "east") as east:
        (post, *_) = east.db.column("SELECT id FROM posts ORDER BY created_unix")
        with east.db.transaction():
            east.db.execute("UPDATE posts SET likes = 99 WHERE id = ?", [post])
    assert added(offices, "east") == Added(weeks=1, others=6)
    assert "days" in differences(offices, counted(offices, alone))  # which has not read it since


@pytest.mark.heavy
def test_nothing_of_a_person_is_in_a_lake_unless_their_names_are_asked_for(offices):
    assert not any(name in words(offices / "lake") for name in ("who1", "Who 1", "account-1", "Enough"))
    assert added(offices, "east", names=True).weeks == 7
    assert all(name in words(offices / "lake") for name in ("who1", "Who 1"))
    assert not any(name in words(offices / "lake") for name in ("account-1", "Enough"))


@pytest.mark.heavy
def test_what_is_half_written_or_named_by_no_office_is_not_counted(offices):
    weeks = offices / "lake/weeks"
    whole = sorted(weeks.iterdir())[0]
    (weeks / f"{whole.stem}.part").write_bytes(whole.read_bytes()[:200])
    (weeks / whole.name.replace("2026", "2025")).write_bytes(whole.read_bytes())
    (weeks / "tmp").mkdir()
    (weeks / "tmp/3.duckdb.77").write_bytes(b"half")
    assert differences(offices, counted(offices, alone)) == {}
    added(offices, "north")
    assert {path.suffix for path in weeks.iterdir()} == {".parquet"}
    assert {path.name[:4] for path in weeks.iterdir()} == {"2026"}


def test_control_a_week_that_an_office_names_and_is_half_there_stops_the_count(offices):
    whole = sorted((offices / "lake/weeks").iterdir())[0]
    whole.write_bytes(whole.read_bytes()[:200])
    with pytest.raises(ArchiveError, match="cannot be read"):
        counted(offices, alone)


def hunt(weeks: Path, most: int, ended: list[int], is_over: threading.Event) -> None:
    """End so many workers, each at a random moment while it writes the counts of a bucket."""
    chance = random.Random(7)
    while len(ended) < most and not is_over.is_set():
        with suppress(OSError):  # it is done, or already ended
            for part in weeks.glob("*/*.duckdb.*[0-9]"):
                time.sleep(chance.random() / 20)
                pid = int(part.suffix[1:])
                if part.exists() and pid in {own.pid for own in psutil.Process().children()} - {*ended}:
                    os.kill(pid, signal.SIGKILL)
                    ended.append(pid)
                    break


@pytest.mark.kills
def test_workers_that_are_killed_at_ten_moments_change_no_row(offices):
    ended, is_over = list[int](), threading.Event()
    weeks = offices / "lake/weeks"
    hunter = threading.Thread(target=hunt, args=(weeks, 10, ended, is_over), daemon=True)
    with runner(2, None) as run:
        hunter.start()
        for _ in range(100):  # counts, of which most have a worker that is killed
            if hunter.is_alive():
                assert differences(offices, counted(offices, run)) == {}
    is_over.set()
    assert len({*ended}) == 10
    assert not [path for path in weeks.iterdir() if path.is_dir()]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"key": bytes(32)}, "another key"),
        ({"demo": True}, "made-up posts"),
        ({"zone": "Europe/Paris"}, "another time zone"),
    ],
    ids=["key", "made up", "zone"],
)
def test_a_lake_is_of_one_kind(offices, changes, sentence):
    with pytest.raises(ArchiveError, match=sentence):
        Lake.begin(
            **{"folder": offices / "lake", "zone": "Europe/London", "demo": False, "key": KEY} | changes
        )


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", '{"name": "NAME", "weeks": {"1": ["", "../../secret"]}}',
        '{"name": "NAME", "weeks": {"1": 2}}', '{"name": "../../secret"}', "[" * 100_000,
        '{"name": "NAME", "weeks": {"../x": ["", "2026-03-02-0123456789abcdef-0123456789abcdef.parquet"]}}',
        '{"name": "NAME", "seen": 5}', '{"name": "NAME", "seen": [["a"]]}',
        '{"name": "NAME", "seen": [["a", "b", "bad", "worse"]]}',
        '{"name": "NAME", "seen": [["a", "b", "2026-03-02", "2026-03-03"]]}',
        '{"name": "NAME", "seen": [[1, "b", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"]]}',
        '{"name": "NAME", "departures": [{"a": 1}]}', '{"name": "NAME", "departures": 5}',
    ],
    ids=[
        "cut short", "a list", "another folder", "no file", "another name", "deep", "no Monday", "no times",
        "no time", "no date", "no zone", "no source", "no departures", "a number of departures",
    ],
)  # fmt: skip
def test_a_damaged_file_of_an_office_is_refused_in_a_sentence(offices, text):
    path = next((offices / "lake/offices").iterdir())
    path.write_text(text.replace("NAME", path.stem))
    with pytest.raises(ArchiveError, match="is damaged"):
        lake(offices).offices()


@pytest.mark.heavy
def test_links_and_files_that_others_planted_lead_nowhere(offices):
    precious = offices / "precious"
    precious.write_text("whole")
    lock, weeks = offices / "lake/.lock", offices / "lake/weeks"
    lock.unlink()
    lock.symlink_to(precious)
    (weeks / "folder").symlink_to(offices)
    for path in [*weeks.glob("*.parquet")]:
        path.with_suffix(".part").symlink_to(precious)
    added(offices, "east", names=True)
    assert precious.read_text() == "whole"
    assert (offices / "east/archive.db").exists()
    assert [path for path in weeks.iterdir() if path.suffix != ".parquet"] == []


@pytest.mark.heavy
def test_a_week_whose_file_is_lost_is_written_again(offices):
    for path in (offices / "lake/weeks").glob("*"):
        path.unlink()
    for office in OFFICES:
        added(offices, office)
    assert differences(offices, counted(offices, alone)) == {}


def changed(offices, change):
    """Return the file of a week in whose posts something is other than it was."""
    path = next((offices / "lake/weeks").iterdir())
    rows = duckdb.sql(f"SELECT * REPLACE ({change}) FROM '{path}'").fetchall()
    assert len(rows) > 10
    duckdb.sql(f"COPY (SELECT * REPLACE ({change}) FROM '{path}') TO '{path}.2' (FORMAT parquet)")
    return Path(f"{path}.2").replace(path)


@pytest.mark.heavy
@pytest.mark.parametrize(
    "change",
    [
        "-5 AS likes", "1000000000000000 AS views", "77 AS bucket", "(bucket + 1) % 16 AS bucket",
        "NULL::INTEGER AS bucket", "'evil' AS tone", "['<script>'] AS tracks", "['crime', ''] AS tracks",
        "[]::VARCHAR[] AS tracks", "NULL::VARCHAR[] AS tracks", "'a b' AS platform", "'2026-02-30' AS day",
        "'zzzz' AS hour", "'a' AS author",
    ],
)  # fmt: skip
def test_a_file_of_posts_that_cannot_be_stops_the_count_and_is_named(offices, change):
    path = changed(offices, change)
    with pytest.raises(ArchiveError, match=f"{path.name} has posts that cannot be. Delete it"):
        counted(offices, alone)


@pytest.mark.heavy
def test_once_such_a_file_is_deleted_its_office_adds_it_again(offices):
    path = changed(offices, "-5 AS likes")
    with pytest.raises(ArchiveError, match="Delete it"):
        counted(offices, alone)
    path.unlink()
    for office in OFFICES:
        added(offices, office)
    assert differences(offices, counted(offices, alone)) == {}


@pytest.mark.heavy
def test_values_that_cannot_be_stored_stop_the_count_in_a_sentence(offices):
    for path in [*(offices / "lake/weeks").iterdir()]:
        duckdb.sql(f"COPY (SELECT * REPLACE (1.5 AS likes) FROM '{path}') TO '{path}.2' (FORMAT parquet)")
        Path(f"{path}.2").replace(path)
    with pytest.raises(ArchiveError, match="cannot be read"):
        counted(offices, alone)


@pytest.mark.heavy
def test_a_file_of_other_columns_stops_the_count_in_a_sentence(offices):
    path = next((offices / "lake/weeks").iterdir())
    duckdb.sql("SELECT 3 AS bucket").write_parquet(str(path))
    with pytest.raises(ArchiveError, match="cannot be read"):
        counted(offices, alone)


@pytest.mark.parametrize("zone", ['"../secret"', '"Europe/Nowhere"', "3", "null"])
def test_a_lake_of_a_zone_that_there_is_not_is_refused_in_a_sentence(offices, zone):
    (offices / "lake/lake.json").write_text(f'{{"zone": {zone}, "demo": false, "key": "0"}}')
    with pytest.raises(ArchiveError, match="is damaged"):
        Lake.at(offices / "lake")
