"""A file taken in part by part: by one process or several alike, with room for others between two parts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive
from monitor.campaign import load
from monitor.collect.imports import import_run
from monitor.collect.imports.import_run import ImportRun
from monitor.core.errors import MissingModelError, MonitorError
from monitor.core.files.contents import ImportCounts, Item
from monitor.core.files.opening import Progress
from monitor.core.model import Deleted, Post, Sentiment, Tone
from tests.builders import a_post, a_sentiment
from tests.campaigns import ONE_TRACK

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
PART = 10


class ByLength:
    """Scores by length and notes what it scored; a class of a module, so that other processes can load it."""

    name = "length-1"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def score(self, text: str, lang: str | None = None) -> Sentiment | None:
        self.texts.append(text)
        return a_sentiment(Tone.POSITIVE if len(text) % 2 else Tone.NEGATIVE)


class Gone(ByLength):
    """Has lost its model."""

    def score(self, text: str, lang: str | None = None) -> Sentiment | None:
        raise MissingModelError("The model is gone.")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_run, "_PART", PART)


def a_run(folder: Path, archive: Archive, *, matching: bool = False, processes: int = 0) -> ImportRun:
    (folder / "campaign.toml").write_text(ONE_TRACK)
    campaign = load(folder / "campaign.toml")
    return ImportRun(
        campaign=campaign, tracks=campaign.tracks, matching=matching, archive=archive, analyzer=ByLength(),
        clock=lambda: NOW, started_at=NOW, processes=processes,
    )  # fmt: skip


def some_posts(number: int, text: str = "What {} of us #test said in Romford") -> list[Post]:
    return [a_post(id=str(n), text=text.format(n % 7), raw={"id": n}) for n in range(number)]


def taken(run: ImportRun, items: list[Item], fault: str = "") -> Iterator[ImportCounts]:
    def read(progress: Progress) -> Iterator[Item]:
        yield from items
        if fault:
            raise MonitorError(fault)

    return run.take(read, "a file")


def tones(archive: Archive) -> list[tuple[str, str]]:
    return archive.db.execute("SELECT native_id, tone FROM posts ORDER BY 1").fetchall()


@pytest.mark.slow
def test_several_processes_store_what_one_does(tmp_path):
    items: list[Item] = [*some_posts(25), Deleted(platform="mastodon", id="3"), *some_posts(5)]
    stored = []
    for processes in (0, 2):
        with Archive.open(tmp_path / f"{processes}.db", LONDON) as archive:
            run = a_run(tmp_path, archive, processes=processes)
            counts = sum(taken(run, items), ImportCounts())
            places = archive.db.execute("SELECT term FROM terms WHERE kind = 'place'").fetchall()
            stored.append((counts, tones(archive), places, archive.differences()))
    assert stored[0] == stored[1]
    assert (len(stored[0][1]), stored[0][0].new, stored[0][3]) == (25, 25, [])


def test_a_text_is_read_once_in_a_part_and_not_where_no_track_asks_for_it(tmp_path):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        run = a_run(tmp_path, archive, matching=True)
        posts = [*some_posts(8), *some_posts(4, "Nothing {} to see")]
        [*taken(run, [replace(post, id=str(n)) for n, post in enumerate(posts)])]
        assert isinstance(run.analyzer, ByLength)
        assert sorted(run.analyzer.texts) == sorted({post.text for post in posts[:8]})
        assert len(tones(archive)) == 8


def test_parts_before_a_fault_are_stored_and_told_of_first(tmp_path):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        parts = taken(a_run(tmp_path, archive), [*some_posts(PART + 3)], "The file breaks off.")
        assert [next(parts).new, next(parts).new] == [PART, 3]
        with pytest.raises(MonitorError, match="breaks off"):
            next(parts)
        assert len(tones(archive)) == PART + 3


def test_between_two_parts_others_can_write_at_once(tmp_path):
    with Archive.open(tmp_path / "a.db", LONDON) as archive, Archive.open(tmp_path / "a.db", LONDON) as other:
        other.db.execute("PRAGMA busy_timeout = 0")
        for number, _ in enumerate(taken(a_run(tmp_path, archive), [*some_posts(3 * PART)]), 1):
            assert len(tones(other)) == number * PART
            with other.db.transaction():
                other.db.set_meta("note", str(number))


@pytest.mark.heavy
@pytest.mark.parametrize("processes", [0, 1])
def test_without_its_model_a_file_is_taken_in_and_what_is_scored_stays(tmp_path, processes):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        run = a_run(tmp_path, archive, processes=processes)
        assert sum(part.new for part in taken(run, some_posts(5))) == 5
        counts = [*taken(replace(run, analyzer=Gone()), some_posts(25))]
        assert sum(part.new for part in counts) == 20
        assert archive.tone_scores.progress("length-1") == (5, 0)
        assert archive.differences() == []
