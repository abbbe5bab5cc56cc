"""What is asked of a table, once, and what follows from the answer."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.imports.file_inspection import inspect, inspect_again
from monitor.collect.imports.table_import import survey
from monitor.core.errors import MonitorError
from monitor.core.files.contents import Inspection, with_answers
from monitor.core.model import Post
from tests.collect.test_file_import import STATUS
from tests.collect.test_tables import AT, TEXT, TOOLS, a_file, read

NOW = datetime(2026, 11, 29, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
ROW = {"platform": "forum", "id": "7", "author": "ann", "text": TEXT, "created_at": "2026-11-20T09:30:00Z"}


def look(path: Path, **answers: str) -> Inspection:
    return inspect(path, answers, LONDON, NOW)


def dated(folder: Path, *dates: str) -> Path:
    return a_file(folder, *({**ROW, "id": str(n), "created_at": date} for n, date in enumerate(dates)))


def days(path: Path, **answers: str) -> list[tuple[int, int]]:
    posts = [post for post in read(path, **answers) if isinstance(post, Post)]
    return [(post.created_at.day, post.created_at.month) for post in posts]


def test_of_a_clear_table_nothing_is_asked(tmp_path: Path):
    found = look(a_file(tmp_path, ROW))
    assert found.question is None
    assert [item.created_at for item in found.sample if isinstance(item, Post)] == [AT]


def test_where_no_date_tells_the_day_from_the_month_it_is_asked(tmp_path: Path):
    path = dated(tmp_path, "04/04/2026 10:00 GMT", "03/04/2026 10:00 GMT", "11/12/2025 10:00 GMT")
    question = look(path).question
    assert question
    assert (question.key, question.words) == (
        "dates",
        "Is 03/04/2026 10:00 GMT 3 April 2026 or 4 March 2026?",
    )
    assert dict(question.options) == {"day-first": "3 April 2026", "month-first": "4 March 2026"}
    assert look(path).sample == ()
    assert days(path, dates="day-first") == [(4, 4), (3, 4), (11, 12)]
    assert days(path, dates="month-first") == [(4, 4), (4, 3), (12, 11)]
    assert look(path, dates="month-first").question is None


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("last", "read_as"), [("13/04/2026 10:00 GMT", (3, 4)), ("04/13/2026 10:00 GMT", (4, 3))]
)
def test_one_clear_date_tells_it_for_all_even_far_below(tmp_path: Path, last: str, read_as: tuple[int, int]):
    path = dated(tmp_path, *["03/04/2026 10:00 GMT"] * 1500, last)
    assert look(path).question is None
    assert days(path)[0] == read_as


def test_when_a_row_was_collected_is_read_in_the_order_of_its_other_dates(tmp_path: Path):
    row = {**ROW, "created_at": "04/13/2026 10:00 GMT", "collected_at": "05/06/2026 10:00 GMT"}
    [post] = read(a_file(tmp_path, row))
    assert isinstance(post, Post)
    assert post.read_at == datetime(2026, 5, 6, 10, tzinfo=UTC)


def test_where_dates_are_written_both_ways_it_is_asked(tmp_path: Path):
    path = dated(tmp_path, "13/04/2026 10:00 GMT", "04/13/2026 10:00 GMT", "03/04/2026 10:00 GMT")
    assert getattr(look(path).question, "key", None) == "dates"


def test_where_times_name_no_zone_it_is_asked_with_the_campaigns_first(tmp_path: Path):
    path = dated(tmp_path, "2026-06-19 23:30")
    question = look(path).question
    assert question
    assert (question.key, [value for value, _ in question.options]) == ("zone", ["Europe/London", "UTC"])
    assert days(path, zone="Europe/London") == [(19, 6)]
    assert days(path, zone="America/New_York") == [(20, 6)]


def test_a_program_that_is_known_to_write_utc_is_believed(tmp_path: Path):
    assert look(a_file(tmp_path, TOOLS["4CAT, of X"].row)).question is None


def test_a_zone_that_is_none_is_refused(tmp_path: Path):
    for zone in ("London", "America/Argentina"):  # a part of the world is a folder
        with pytest.raises(MonitorError, match=f"no time zone called '{zone}'"):
            look(dated(tmp_path, "2026-06-19 23:30"), zone=zone)


@pytest.mark.parametrize("key", ["text", "created_at"])
def test_a_column_that_no_name_tells_is_asked_for(tmp_path: Path, key: str):
    row = {("Betreff" if thing == key else thing): cell for thing, cell in ROW.items()}
    path = a_file(tmp_path, row)
    question = look(path).question
    assert question
    assert question.key == key
    assert ("Betreff", "Betreff") in question.options
    [post] = read(path, **{key: "Betreff"})
    assert isinstance(post, Post)
    assert (post.text, post.created_at) == (TEXT, AT)


def test_where_nothing_says_on_which_platform_it_is_asked(tmp_path: Path):
    row = {thing: cell for thing, cell in ROW.items() if thing != "platform"}
    path = a_file(tmp_path, row)
    question = look(path).question
    assert question
    assert question.key == "platform"
    assert {("x", "X"), ("facebook", "Facebook")} <= {*question.options}
    assert [post.platform for post in read(path, platform="Twitter") if isinstance(post, Post)] == ["x"]


def test_an_answer_fills_only_what_rows_leave_open(tmp_path: Path):
    path = a_file(tmp_path, ROW, {**ROW, "id": "8", "platform": ""})
    posts = read(path, platform="facebook")
    assert [post.platform for post in posts if isinstance(post, Post)] == ["forum", "facebook"]


@pytest.mark.parametrize(
    ("address", "platform"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "youtube"), ("https://x.com/ann/status/5", "x"),
        ("https://pages.example/ann/posts/5", None), ("https://www.facebook.com/ann/posts/5", "facebook"),
        ("https://www.tiktok.com/@ann/video/7301", "tiktok"), ("https://news.example/a", None),
    ],
)  # fmt: skip
def test_the_address_of_a_post_tells_its_platform(tmp_path: Path, address: str, platform: str | None):
    row = {"id": "7", "text": TEXT, "created_at": "2026-11-20T09:30:00Z", "url": address}
    path = a_file(tmp_path, row)
    if platform is None:
        assert getattr(look(path).question, "key", None) == "platform"
    else:
        assert [post.platform for post in read(path) if isinstance(post, Post)] == [platform]


def test_one_question_at_a_time_until_none_is_open(tmp_path: Path):
    row = {"id": "7", "Betreff": TEXT, "created_at": "03/04/2026 10:00"}
    path, answers, keys = a_file(tmp_path, row), dict[str, str](), []
    while question := look(path, **answers).question:
        keys.append(question.key)
        answers[question.key] = "Betreff" if question.key == "text" else question.options[0][0]
    assert keys == ["text", "platform", "dates", "zone"]


def test_answers_are_remembered_by_the_names_of_the_columns(tmp_path: Path):
    first = look(dated(tmp_path, "03/04/2026 10:00 GMT"))
    asked: list[str] = []

    def remembered(header: str) -> dict[str, str]:
        asked.append(header)
        return {"dates": "month-first"} if header == first.header else {}

    path = dated(tmp_path, "05/06/2026 10:00 GMT")
    again, answers = inspect_again(path, {}, remembered, LONDON, NOW)
    assert (again.question, answers) == (None, {"dates": "month-first"})
    again, answers = inspect_again(path, {"dates": "day-first"}, remembered, LONDON, NOW)
    assert answers == {"dates": "day-first"}  # what is said now counts
    before = {"views": "platform", "zone": "UTC", "likes": ""}
    answers = inspect_again(path, {"lang": "Platform", "quotes": ""}, lambda _: before, LONDON, NOW)[1]
    assert answers == {"lang": "Platform", "quotes": "", "zone": "UTC", "likes": ""}
    other = a_file(tmp_path, {**ROW, "created_at": "05/06/2026 10:00 GMT", "more": ""})
    assert inspect_again(other, {}, remembered, LONDON, NOW)[0].question


def test_a_column_that_is_called_like_a_platform_can_hold_the_text(tmp_path: Path):
    path = tmp_path / "plan.csv"
    path.write_text("id,Facebook,When\n1,Lamps for Fern Road,2026-11-20 10:00\n")
    answers: dict[str, str] = {}
    for key, answer in [("text", "Facebook"), ("platform", "facebook"), ("zone", "UTC")]:
        question = look(path, **answers).question
        assert question
        assert question.key == key
        answers = with_answers(answers, {key: answer})
    assert [post.text for post in read(path, **answers) if isinstance(post, Post)] == ["Lamps for Fern Road"]


def test_each_column_is_shown_with_what_it_is_taken_for(tmp_path: Path):
    found = look(a_file(tmp_path, TOOLS["4CAT, of X"].row))
    assert found.kind == "a table of posts, as 4CAT writes it"
    told = dict(found.columns)
    assert (told["body"], told["like_count"]) == ("its words", "likes")
    assert (told["thread_id"], told["author_fullname"]) == (
        "where its conversation begins",
        "the writer's name",
    )
    assert look(a_file(tmp_path, {**ROW, "weather": "fine"})).columns[-1] == ("weather", None)


def test_the_files_own_date_is_told_where_it_says_no_other(tmp_path: Path):
    path = a_file(tmp_path, ROW)
    os.utime(path, (AT.timestamp(), AT.timestamp()))
    assert look(path).read_at == AT
    os.utime(path, (NOW.timestamp() + 999,) * 2)  # by a clock that is fast
    assert look(path).read_at == NOW
    assert look(a_file(tmp_path, TOOLS["twarc-csv"].row)).read_at is None


def test_a_file_of_json_is_shown_too(tmp_path: Path):
    (tmp_path / "posts").write_text(json.dumps(STATUS))
    found = look(tmp_path / "posts")
    assert (found.columns, found.question) == ((), None)
    assert [item.platform for item in found.sample if isinstance(item, Post)] == ["mastodon"]


def test_only_ten_posts_are_read_to_show_them(tmp_path: Path):
    assert len(look(dated(tmp_path, *["2026-11-20T09:30:00Z"] * 50)).sample) == 10


def test_a_long_clear_table_is_not_read_to_its_end(tmp_path: Path, monkeypatch):
    path = dated(tmp_path, *["2026-11-20T09:30:00Z"] * 5000)
    rows = 0
    from monitor.sources.exports.tables import TableLayout

    before = TableLayout.time

    def time(*place: object, **named: object):
        nonlocal rows
        rows += 1
        return before(*place, **named)

    monkeypatch.setattr(TableLayout, "time", time)
    survey(path, {}, LONDON)
    assert rows == 1000


@pytest.mark.parametrize("answer", ["first-day", ""])
def test_an_answer_that_is_none_leaves_the_question_open(tmp_path: Path, answer: str):
    assert (
        getattr(look(dated(tmp_path, "03/04/2026 10:00 GMT"), dates=answer).question, "key", None) == "dates"
    )


@pytest.mark.heavy
def test_a_header_without_end_is_not_shown_without_end(tmp_path: Path):
    row = {**ROW, "x" * 50_000: "", **{f"c{n}": "" for n in range(5000)}}
    columns = look(a_file(tmp_path, row)).columns
    assert len(columns) == 200
    assert max(len(column) for column, _ in columns) == 100


def test_of_a_list_that_breaks_off_what_is_before_is_shown(tmp_path: Path):
    (tmp_path / "posts").write_text(json.dumps([STATUS] * 3)[:-9])
    assert len(look(tmp_path / "posts").sample) == 2
    (tmp_path / "posts").write_text("[{")
    with pytest.raises(MonitorError, match="broken or ends early"):
        look(tmp_path / "posts")
