"""Files that are packed, once or into each other, and such as are made to fill a memory."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from monitor.core.errors import MonitorError
from monitor.core.files import opening as file_opening
from monitor.core.files.opening import opened, text_of

TEXT = "id,text\n1,hello\n" * 1000


def read(path: Path) -> str:
    with opened(path) as file:
        return b"".join(iter(lambda: file.read(1 << 16), b"")).decode()


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [TEXT.encode(), gzip.compress(TEXT.encode()), zipped({"posts": TEXT}), zipped({"folder/posts": TEXT})],
    ids=["as it is", "gzip", "zip", "in a folder"],
)
def test_what_is_packed_is_read_as_if_it_were_not(tmp_path: Path, data: bytes):
    path = tmp_path / "file"
    path.write_bytes(data)
    assert read(path) == TEXT


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\x28\xb5\x2f\xfd", "compressed in a way not read here. Unpack it"),
        (b"BZh91AY", "compressed in a way not read here. Unpack it"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "a workbook that is locked with a password, or is from an Excel older than 2007.",
        ),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF or a picture. Save what it shows"),
        (b"<!DOCTYPE html>\n<title>a, b</title>", "a web page. Save what it shows"),
    ],
    ids=["zst", "bz2", "xls", "pdf", "html"],
)
def test_a_file_of_a_kind_that_is_not_read_is_called_by_it_and_told_what_to_do(
    tmp_path: Path, start: bytes, words: str
):
    path = tmp_path / "file"
    path.write_bytes(start + bytes(500))
    with pytest.raises(MonitorError, match=f"file is {words}"):
        read(path)


def test_it_can_be_read_again_from_the_beginning(tmp_path: Path):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(TEXT.encode()))
    with opened(path) as file:
        first = file.read()
        file.seek(0)
        assert file.read() == first


def test_a_zip_of_several_files_says_what_to_do(tmp_path: Path):
    path = tmp_path / "file.zip"
    path.write_bytes(zipped({"one": "a", "two": "b"}))
    with pytest.raises(MonitorError, match=r"file.zip holds 2 files. Unpack it"):
        read(path)


@pytest.mark.parametrize(
    ("part", "words"),
    [("content.xml", "LibreOffice"), ("Index/Document.iwa", "Apple Numbers"), ("word/document.xml", "Word")],
)
def test_a_file_of_an_office_program_is_called_by_it(tmp_path: Path, part: str, words: str):
    path = tmp_path / "posts"
    path.write_bytes(zipped({part: "a", "mimetype": "b"}))
    with pytest.raises(MonitorError, match=f"posts is {words}.* Save what it shows as a table"):
        read(path)


def test_a_mac_of_old_ends_lines_its_own_way_and_has_its_own_letters(tmp_path: Path):
    path = tmp_path / "file"
    for encoding, end in (("mac_roman", "\r"), ("cp1252", "\r\n")):
        path.write_bytes(f"text{end}Barking’s cafés".encode(encoding))
        with opened(path) as file, text_of(file) as text:
            assert text.read() == f"text{end}Barking’s cafés"


def test_what_a_mac_adds_to_a_zip_is_no_file_of_it(tmp_path: Path):
    path = tmp_path / "file.zip"
    path.write_bytes(zipped({"posts": TEXT, "__MACOSX/posts": "x"}))
    assert read(path) == TEXT


@pytest.mark.parametrize(
    "pack", [lambda data: gzip.compress(data), lambda data: zipped({"a": data.decode()})]
)
def test_a_file_that_unpacks_without_end_is_refused_long_before_it(tmp_path: Path, pack, monkeypatch):
    monkeypatch.setattr(file_opening, "MOST_UNPACKED", 200_000)
    path = tmp_path / "file"
    path.write_bytes(pack(b" " * 4_000_000))
    assert path.stat().st_size < 10_000
    with pytest.raises(MonitorError, match="no file of posts does"):
        read(path)
    monkeypatch.setattr(file_opening, "MOST_UNPACKED", 5_000_000)
    assert len(read(path)) == 4_000_000  # control


@pytest.mark.parametrize(
    "data",
    [gzip.compress(TEXT.encode())[:-9], gzip.compress(TEXT.encode())[:30] + b"x" * 50, b"\x1f\x8bxx"],
    ids=["cut", "broken", "no gzip"],
)
def test_a_packed_file_that_is_broken_is_said_in_words(tmp_path: Path, data: bytes):
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(MonitorError, match="broken or locked"):
        read(path)


def test_bytes_are_told_once_however_often_they_are_read(tmp_path: Path):
    path = tmp_path / "file"
    path.write_text(TEXT)
    told: list[int] = []
    with opened(path, told.append) as file:
        for _ in range(3):
            while file.read(1000):
                pass
            file.seek(0)
    assert sum(told) == path.stat().st_size


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_text_is_read_in_the_letters_it_was_written_in(tmp_path: Path, encoding: str):
    path, text = tmp_path / "posts.csv", "id,text\n1,a café in Barking\n"
    path.write_bytes(text.encode(encoding))
    with opened(path) as file, text_of(file) as read_text:
        assert read_text.read() == text


def test_a_few_damaged_bytes_do_not_cost_the_file(tmp_path: Path):
    path = tmp_path / "posts.csv"
    path.write_bytes(TEXT.encode() + b"2,he\0\0llo\n")
    with opened(path) as file, text_of(file) as text:
        assert text.read().startswith(TEXT)


def test_what_is_no_text_is_refused(tmp_path: Path):
    path = tmp_path / "picture"
    path.write_bytes(bytes(range(256)) * 4)
    with opened(path) as file, pytest.raises(MonitorError, match="not text"):
        text_of(file)
