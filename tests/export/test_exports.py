"""What is taken away: nothing invented, nothing that a spreadsheet would run."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive
from monitor.archive.values import PostRow
from monitor.core.model import Author, Metrics, Tone
from monitor.export import TABLE_COLUMNS, file_record, posts_of
from monitor.export.csv import TABLES, table_of_days, write_csv, write_table
from monitor.export.formats import picture
from monitor.export.ndjson import write_ndjson
from monitor.export.provenance import about, file_name, source_line, unseen
from monitor.export.tone_counts import HEAD, HELD_BACK, ToneCounts
from monitor.report import ShownPerson, StanceWeek, Window
from monitor.report.figures import shown_on, statements
from monitor.report.measure import Face
from monitor.report.wording import stalled
from tests.archive.saving import saved
from tests.builders import NOON, a_page, a_post
from tests.dashboard.reports import a_report

ROW = PostRow(
    id=1, platform="mastodon", native_id="11", url=None, handle="a", name=None, text="hello",
    created_at=datetime(2026, 11, 22, 18, 30, tzinfo=UTC), day=date(2026, 11, 22), kind="post", lang=None,
    metrics=Metrics(likes=0), followers=None, tone=None,
)  # fmt: skip


def as_csv(**changes: object) -> dict[str, str]:
    out = io.StringIO(newline="")
    assert write_csv([replace(ROW, **changes)], out) == 1
    [row] = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    return row


def test_csv_leaves_the_unknown_empty_and_writes_zero_as_zero():
    row = as_csv()
    assert (row["likes"], row["views"], row["url"]) == ("0", "", "")
    assert (row["created_at"], row["day"]) == ("2026-11-22T18:30:00Z", "2026-11-22")


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
@pytest.mark.parametrize("column", ["text", "handle", "name"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(start: str, column: str):
    assert as_csv(**{column: start + "cmd"})[column] == "'" + start + "cmd"


@pytest.mark.parametrize("text", ["hello = 1", "#Tag", "'quoted'", ""])
def test_any_other_text_stays_as_it_is(text: str):
    assert as_csv(text=text)["text"] == text


def test_a_table_of_numbers_says_of_each_how_it_is_counted():
    out = io.StringIO(newline="")
    write_table(*TABLES["numbers"][1](a_report()), out)
    rows = {row["number"]: row for row in csv.DictReader(io.StringIO(out.getvalue(), newline=""))}
    assert {
        "Posts",
        "People posting",
        "Engagement",
        "Counted views",
        "Audience ceiling",
        "Likely seen",
    } <= set(rows)
    for one in (measure.definition for measure in shown_on(Face.CSV) if not measure.outcome):
        row = rows[one.title]
        assert row["definition version"] == str(one.version)
        assert (row["what it is"], row["how it is counted"], row["what it cannot say"]) == (
            one.what, one.formula, one.limits,
        )  # fmt: skip


def test_ndjson_says_null_for_the_unknown_and_keeps_texts_as_they_are():
    out = io.StringIO()
    assert write_ndjson([ROW, replace(ROW, text="=1+1\nü")], out) == 2
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["likes"], first["views"]) == (0, None)
    assert "tone" not in first  # beside the writer it would be a list of opinions
    assert second["text"] == "=1+1\nü"


def test_a_post_of_x_is_passed_on_by_its_number_alone():
    row = as_csv(platform="x", url="https://x.com/ann/status/11", name="Ann")
    assert row["url"] == "https://x.com/i/status/11"
    assert (row["text"], row["handle"], row["name"], row["likes"]) == ("", "", "", "0")
    assert as_csv(url="https://mas.to/@a/11")["text"] == "hello"  # others are left whole


@pytest.mark.parametrize("platform", ["x", "mastodon"])
def test_nothing_leads_to_a_post_that_was_removed(platform: str):
    row = as_csv(platform=platform, text=None, url="https://mas.to/@a/11")
    if platform == "mastodon":
        assert (row["text"], row["url"], row["handle"], row["native_id"]) == ("", "", "", "")


def test_days_that_were_not_collected_are_empty_and_zero_is_zero():
    out = io.StringIO(newline="")
    head, rows = table_of_days(a_report(8))
    write_table(head, rows, out)
    days = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    dark = next(day for day in days if day["day"] == "2026-11-19")
    assert (dark["bluesky"], dark["all"], dark["share of the day not seen"]) == ("", "", "1.0")
    assert days[0]["lemmy"] == "0"


@pytest.mark.parametrize("name", TABLES)
def test_each_table_has_as_many_cells_as_its_head_names(name: str):
    person = ShownPerson(platform="x", url="https://x.com/a", handle="=a", name=None, followers=1, posts=2,
                         engagement=3, is_new=True)  # fmt: skip
    head, rows = TABLES[name][1](a_report(top_people=(person,)))
    for row in rows:
        assert len(row) == len(head)
        assert "=a" not in row


@pytest.mark.heavy
def test_a_report_takes_away_the_posts_that_it_counts(tmp_path):
    with Archive.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        saved(archive, a_page(*(a_post(id=str(n)) for n in range(1, 1203))), track="hashtag")
        saved(archive, a_page(a_post(id="old", created_at=NOON - timedelta(days=40))), track="hashtag")
        window = Window(first=NOON.date(), last=NOON.date())
        found = list(posts_of(archive, a_report(track="hashtag", window=window)))
        assert sorted(int(row.native_id) for row in found) == list(range(1, 1203))
        other = a_report(track="hashtag", window=window, platforms=("bluesky",))
        assert list(posts_of(archive, other)) == []


@pytest.mark.parametrize(
    ("title", "start"),
    [("#CallingTimeOnCrime", "callingtimeoncrime-"), ("Calling Time on Crime", "calling-time-on-crime-"),
     ("../../etc/passwd\r\nX: 1", "etc-passwd-x-1-"), ("Überfälle", "uberfalle-"), ("犯罪", "campaign-")],
)  # fmt: skip
def test_a_file_has_a_plain_name(title: str, start: str):
    name = file_name(a_report(title=title), "", "xlsx")
    assert name == f"{start}2026-10-26-to-2026-11-22.xlsx"
    assert file_name(a_report(title=title), "by-day", "csv").startswith(f"{start}by-day-2026")


def test_every_number_carries_what_it_rests_on_and_its_version():
    stated = {one.key: one for one in statements(a_report(), Face.CSV)}
    posts, views, ceiling, seen = (stated[key] for key in ("posts", "views", "ceiling", "seen"))
    assert (posts.value, posts.before, posts.version) == (1394, 1454, 1)
    assert (views.value, views.words, views.basis) == (None, "not known", "known for 0 of 1,394 posts")
    assert ceiling.basis == "known for 182 of 212 people"
    assert (seen.value, seen.words) == (None, "1,800 to 37,000")


def test_days_that_were_not_seen_are_named():
    assert unseen(a_report()) == "Not covered at all: 19 Nov."
    dim = tuple(replace(day, unknown=0.5, posts={"x": 1}) for day in a_report(28).days)
    assert unseen(a_report(days=dim)).endswith("31 Oct and 22 more.")
    assert unseen(a_report(days=tuple(replace(day, unknown=0.0) for day in dim))) == ""
    dark = tuple(replace(day, unknown=1.0, posts={}) for day in dim)
    assert unseen(a_report(days=dark)) == "None of these days was covered."
    brought = (replace(dim[0], unknown=1.0), *(replace(day, unknown=0.0) for day in dim[1:]))
    told = unseen(a_report(days=brought))
    assert told == f"Not covered, although some posts are known: {dim[0].day:%-d %b}."


def test_days_that_were_not_seen_in_a_time_of_years_have_theirs():
    assert unseen(a_report(400)) == "Not covered at all: 19 Nov 2026."
    dim = tuple(replace(day, unknown=0.5, posts={"x": 1}) for day in a_report(3654).days)
    told = unseen(a_report(3654, days=dim))
    assert re.fullmatch(
        r"Only partly covered: (\d+ [A-Z][a-z]{2} 2016, ){5}\d+ [A-Z][a-z]{2} 2016 and 3,648 more.", told
    )


def test_what_a_persons_posts_got_is_empty_where_nobody_said_and_zero_where_it_was_zero():
    def row(engagement: int | None) -> dict[str, str]:
        person = ShownPerson(platform="bluesky", url="https://a.example", handle="a", name=None,
                             followers=None, posts=2, engagement=engagement, is_new=False)  # fmt: skip
        out = io.StringIO(newline="")
        write_table(*TABLES["people"][1](a_report(top_people=(person,))), out)
        [found] = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
        return found

    assert (row(None)["engagement"], row(0)["engagement"]) == ("", "0")


def test_a_picture_says_when_its_posts_were_counted_and_no_versions_that_a_paper_knows_nothing_of():
    svg = picture(a_report()).svg
    assert "Public posts, counted on 22 November 2026" in svg
    assert "Definitions" not in svg
    assert "Definitions" in source_line(a_report())  # control: files to work with have them


def test_files_say_since_when_the_numbers_stand_still():
    report = replace(a_report(), demo=False)
    late_sources = (replace(source, overdue_since=NOON, last_poll=NOON) for source in report.sources)
    late = replace(report, sources=tuple(late_sources))
    assert source_line(late) == f"{stalled(NOON)} {source_line(report)}"
    assert dict(about(late))["Collecting"] == stalled(NOON)
    assert "Collecting" not in dict(about(report))


MONDAYS = date(2026, 11, 9), date(2026, 11, 16)
LABELLED = replace(ROW, tone=Tone.NEGATIVE, terms=(("place", "dagenham"), ("tag", "crime")))  # fmt: skip


def opinions(rows: list[PostRow], **changes: Any) -> list[tuple[Any, ...]]:
    tones = ToneCounts(a_report(**changes))
    assert list(tones.each(rows)) == rows
    return [row[1:] for row in tones.rows()]


def by(people: int, **changes: Any) -> list[PostRow]:
    """Return a post of each of these people."""
    return [replace(ROW, id=n, author_id=f"{changes}{n}", **changes) for n in range(people)]


def test_tone_and_stance_are_counted_by_week_without_writers_and_words():
    rows = by(6, tone=Tone.NEGATIVE) + by(5, tone=Tone.NEUTRAL)
    weeks = [Window(first=day, last=day + timedelta(days=6)) for day in (date(2026, 10, 19), *MONDAYS)]
    labels = ({"support": 7, "oppose": 5}, {"support": 9, "oppose": 6}, {})
    stances = [
        StanceWeek(week=week, labels=each, is_random=True, posts=30)
        for week, each in zip(weeks, labels, strict=True)
    ]
    assert opinions(rows, stances=tuple(stances)) == [
        ("stance", "support", 9), ("stance", "oppose", 6), ("stance", HELD_BACK, 30),
        ("tone", "negative", 6), ("tone", "neutral", 5),
    ]  # fmt: skip
    tones = ToneCounts(a_report())
    assert len([*tones.each([ROW])]) == 1
    assert [row[0] for row in tones.rows()] == [date(2026, 11, 16)]
    assert not {"tone", "stance"} & {*TABLE_COLUMNS, *HEAD}


def test_no_number_is_the_opinion_of_a_few_who_are_named_beside_it():
    many = by(9, tone=Tone.NEUTRAL)
    few = by(4, tone=Tone.NEGATIVE)
    one = [replace(ROW, id=n, author_id="ann", tone=Tone.POSITIVE) for n in range(30)]  # who posts a lot
    others = by(8, tone=Tone.POSITIVE)
    assert opinions(many + few + one + others) == [
        ("tone", "positive", 38), ("tone", HELD_BACK, 13),
    ]  # fmt: skip
    assert opinions(many + few) == [("tone", HELD_BACK, 13)]
    assert opinions(many) == [("tone", HELD_BACK, 9)]
    assert {row[1] for row in opinions(many + others, tones={})} == {HELD_BACK}


@pytest.mark.heavy
def test_the_tones_of_an_archive_are_those_that_a_person_gave_last(tmp_path):
    with Archive.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        saved(archive, a_page(a_post(id="1", text="one"), a_post(id="2", platform="x", text="two")))
        ids = [row.id for row in archive.posts.every()]
        for value in ("negative", "positive"):
            archive.annotations.label(ids, "tone", value, by="ann", now=NOON)
        assert {row.tone for row in archive.posts.every()} == {"positive"}
        archive.annotations.label(ids, "tone", None, by="ann", now=NOON)
        assert {row.tone for row in archive.posts.every()} == {"neutral"}


def test_a_post_has_its_places_its_message_its_mark_its_notes_and_where_it_came_from(tmp_path):
    with Archive.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        text = "Police cut again on the Heathway, and nobody asked us first"
        rosa = {"text": text, "author": Author(id="rosa", handle="rosamarten")}
        first = a_post(id="1", places=frozenset({"heathway", "dagenham"}), **rosa)
        copy = a_post(id="2", platform="bluesky", created_at=NOON + timedelta(minutes=5), **rosa)
        saved(archive, a_page(copy, a_post(id="3", text="alone")))
        saved(archive, replace(a_page(first), stream="import:old posts.csv"), source="import")
        ids = archive.posts.ids_of("mastodon", ["1"])
        archive.marks.set(ids.values(), "needs reply", by="ann", now=NOON)
        for note in ("rang her", "=1+1"):
            archive.annotations.add_note(ids.values(), note, by="ann", now=NOON)
        rows = {row["native_id"]: row for row in map(file_record, archive.posts.every())}
    work = "places", "message", "mark", "notes", "came_from"
    assert [rows["1"][name] for name in work] == [
        "dagenham heathway", "1", "needs reply", "rang her\n---\n=1+1", "file old posts.csv",
    ]  # fmt: skip
    assert [rows["2"][name] for name in work] == [None, "1", None, None, "mastodon"]
    assert [rows["3"][name] for name in work] == [None, None, None, None, "mastodon"]


def test_of_a_post_that_may_not_be_passed_on_no_note_and_no_place_is_told():
    row = file_record(replace(LABELLED, platform="x", notes=("she wrote: hello",), message="5", mark="done"))
    assert (row["notes"], row["places"], row["message"], row["mark"]) == (None, None, None, "done")
    told = file_record(replace(LABELLED, notes=("she wrote: hello",)))
    assert (told["notes"], told["places"]) == ("she wrote: hello", "dagenham")  # the control
