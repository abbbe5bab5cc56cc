"""Our own files, taken in by another archive: nothing is lost, and nothing comes twice."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from monitor.archive import Archive
from monitor.collect.imports.file_import import read_file
from monitor.core.files.csv_reader import table
from monitor.core.model import Author, Media, Other, Picture, Post, PostKind, Rejected
from monitor.export.csv import MARK, write_csv
from monitor.export.ndjson import write_ndjson
from monitor.export.xlsx import write_xlsx
from monitor.sources.exports.tables import KnownNames
from tests.archive.saving import saved
from tests.builders import NOON, a_page, a_post
from tests.dashboard.reports import a_report

LONDON = ZoneInfo("Europe/London")
POSTS = [
    a_post(
        id="https://m.example/1", text="'=1+1 \r\n ends with a space ", parent="https://m.example/0",
        root="r",
        pictures=(Picture(alt='a "flood", at night', address="https://i.example/1.jpg"), Picture()),
        links=frozenset({"https://a.example/x", "https://b.example/"}), media=frozenset({Media.IMAGE}),
        read_at=NOON - timedelta(hours=1), likes=0, views=5,
    ),
    a_post(id="3", text="", author=Author(id="")),
    a_post(
        id="2", text="=cmd #Tag", kind=PostKind.QUOTE, lang="en-GB",
        author=Author(id="5", handle="@ann", name="-", url="https://a.example/@ann", followers=0),
    ),
    a_post(id="4", text="'for boys'-only", author=Author(id="nan", handle="None", name="null")),
    a_post(id="5", text="''-", created_at=NOON - timedelta(days=200)),
    a_post(platform="bluesky", id="at://did:plc:a/app.bsky.feed.post/1", text="\t tab; and, more | bars"),
    a_post(platform="by-hand", id="Nextdoor|2026-11-20|ab", url="", author=Author(id="a: b", name="Ann")),
]  # fmt: skip


def as_csv(archive: Archive) -> bytes:
    out = io.StringIO(newline="")
    out.write(MARK)
    write_csv(archive.posts.every(), out)
    return out.getvalue().encode()


def as_ndjson(archive: Archive) -> bytes:
    out = io.StringIO()
    write_ndjson(archive.posts.every(), out)
    return out.getvalue().encode()


def as_xlsx(archive: Archive) -> bytes:
    out = io.BytesIO()
    write_xlsx(a_report(), archive.posts.every(), out)
    return out.getvalue()


def the_same(data: bytes) -> bytes:
    return data


def the_posts(data: bytes) -> list[list[str]]:
    return [[*row.cells] for row in table(io.BufferedReader(io.BytesIO(data)), KnownNames()).rows]


FORMS: dict[str, tuple[Callable[[Archive], bytes], Callable[[bytes], object]]] = {
    "csv": (as_csv, the_same),
    "ndjson": (as_ndjson, the_same),
    "xlsx": (as_xlsx, the_posts),
}


@pytest.mark.heavy
@pytest.mark.parametrize("form", FORMS)
def test_taken_out_taken_in_and_out_again_it_is_the_same(tmp_path: Path, form: str):
    write, of_it = FORMS[form]
    posts = (
        [replace(post, text=post.text.replace("\r\n", "\n")) for post in POSTS] if form == "xlsx" else POSTS
    )
    files: list[bytes] = []
    for number in range(3):
        with Archive.open(tmp_path / f"{number}.db", LONDON) as archive:
            assert saved(archive, a_page(*posts), now=NOON + timedelta(days=number)) == len(POSTS)
            files.append(write(archive))
        path = tmp_path / f"{number}.{form}"
        path.write_bytes(files[-1])
        posts = [item for item in read_file(path, {}, LONDON) if isinstance(item, Post)]
    assert of_it(files[0]) == of_it(files[1]) == of_it(files[2])


@pytest.mark.parametrize("form", FORMS)
def test_taken_in_where_it_came_from_nothing_is_new_and_nothing_changes(tmp_path: Path, form: str):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        saved(archive, a_page(*POSTS))
        (tmp_path / "file").write_bytes(FORMS[form][0](archive))
        before = as_ndjson(archive)
        posts = [item for item in read_file(tmp_path / "file", {}, LONDON) if isinstance(item, Post)]
        if form != "xlsx":  # whose lines end in another way
            assert saved(archive, a_page(*posts), source="import", now=NOON + timedelta(days=9)) == 0
            assert as_ndjson(archive) == before
        assert {(post.platform, post.id) for post in posts} == {(post.platform, post.id) for post in POSTS}


def test_control_without_the_apostrophes_undone_it_is_another_text(tmp_path: Path, monkeypatch):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        saved(archive, a_page(*POSTS))
        (tmp_path / "file").write_bytes(as_csv(archive))
    texts = {item.text for item in read_file(tmp_path / "file", {}, LONDON) if isinstance(item, Post)}
    assert texts == {post.text for post in POSTS}
    assert "'=cmd #Tag" in (tmp_path / "file").read_text()


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_posts_that_may_not_be_passed_on_are_no_posts_and_removed_ones_neither(tmp_path: Path, form: str):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        saved(archive, a_page(a_post(platform="x", id="5"), a_post(id="6")))
        archive.ingest.scrub([archive.posts.ids_of("mastodon", ["6"])["6"]], NOON)
        (tmp_path / "file").write_bytes(FORMS[form][0](archive))
    withheld, removed = sorted(
        read_file(tmp_path / "file", {}, LONDON), key=lambda item: item.platform, reverse=True
    )
    assert isinstance(withheld, Other)
    assert isinstance(removed, Other)
    assert (withheld.platform, withheld.id) == ("x", "5")
    assert "does not allow posts to be passed on" in withheld.reason
    assert "was deleted" in removed.reason


def test_an_export_that_a_spreadsheet_has_spoilt_is_refused(tmp_path: Path):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        saved(archive, a_page(a_post(platform="tumblr", id="798765432109876543")))
        (tmp_path / "file").write_bytes(as_csv(archive).replace(b"798765432109876543", b"7.98765E+17"))
    [item] = read_file(tmp_path / "file", {}, LONDON)
    assert isinstance(item, Rejected)
    assert "Excel has rounded its ID" in item.reason


def test_a_file_from_before_it_held_all_of_this_is_taken_in(tmp_path: Path):
    (tmp_path / "file").write_text(
        "id,platform,native_id,url,handle,name,text,created_at,day,kind,lang,likes,reposts,replies,quotes,"
        "views,followers\r\n1,mastodon,https://m.example/9,https://m.example/@a/9,a@m.example,A,hello #Tag,"
        "2026-11-20T10:00:00Z,2026-11-20,reply,en,4,1,0,0,,55\r\n"
    )
    [post] = read_file(tmp_path / "file", {}, LONDON)
    assert isinstance(post, Post)
    assert (post.id, post.kind, post.author.handle, post.author.followers) == (
        "https://m.example/9", PostKind.REPLY, "a@m.example", 55,
    )  # fmt: skip
    assert post.tags == {"tag"}


def test_what_is_not_known_is_null_and_an_empty_text_is_a_text(tmp_path: Path):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        saved(archive, a_page(a_post(id="3", text="", author=Author(id=""))))
        record = json.loads(as_ndjson(archive))
    assert (record["text"], record["handle"], record["author_id"], record["likes"]) == ("", None, None, None)
    assert "id" not in record  # another archive gives another


def test_a_table_that_was_saved_as_a_workbook_has_its_texts_back(tmp_path: Path):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        saved(archive, a_page(a_post(id="5", text="=cmd")))
        rows = [*csv.reader(io.StringIO(as_csv(archive).decode("utf-8-sig"), newline=""))]
    book = xlsxwriter.Workbook(str(tmp_path / "file"))
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(at, column, cell)
    book.close()
    assert [item.text for item in read_file(tmp_path / "file", {}, LONDON) if isinstance(item, Post)] == [
        "=cmd"
    ]
