"""Pictures are opened in a process with limits: a fault of one costs that one, and nothing is written."""

import io
import os
import signal
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from bench import pictures
from monitor.core.errors import PictureError
from monitor.pictures import code_reader
from monitor.pictures.code_reader import CodeReader

PROGRAM = Path(code_reader.__file__).with_name("reader_process.py")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, rows: bytes, more: bytes = b"") -> bytes:
    """Return a PNG that says it is so large, in grey, and has these rows."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def bomb() -> bytes:
    return png(12_000, 12_000, bytes(12_000 * 12_001))


def false_size() -> bytes:
    return png(5_000, 5_000, bytes(100))


def long_text() -> bytes:
    return png(8, 8, bytes(72), chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 9)))


def frames() -> bytes:
    """Return a GIF of 3,000 pictures, each behind a header that is wrong from the second on."""
    whole = saved(Image.new("L", (64, 64)), "GIF")
    body = whole[whole.index(b"\x2c") : -1]
    return whole[:-1] + (b"\x21\xff\x0b" + body) * 3000


HOSTILE = {
    "a bomb of 144 million pixels": bomb,
    "a PNG with less than it says": false_size,
    "200 MB of text in a PNG": long_text,
    "half a JPEG": lambda: pictures.file(pictures.infographic(1))[:20_000],
    "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "HTML": lambda: b"<!doctype html><script>alert(1)</script>",
    "TIFF": lambda: saved(Image.new("RGB", (64, 64)), "TIFF"),
    "BMP": lambda: saved(Image.new("RGB", (64, 64)), "BMP"),
    "9 MB": lambda: os.urandom(9_000_000),
    "noise behind a JPEG's head": lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + os.urandom(50_000),
    "nothing": lambda: b"",
    "a program": lambda: Path(sys.executable).read_bytes()[:100_000],
    "a PNG that ends in its head": lambda: b"\x89PNG\r\n\x1a\n\0\0",
}


@pytest.fixture(scope="module")
def reader():
    with CodeReader() as reader:
        yield reader


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_picture_is_one_error_and_the_next_is_read(reader, make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PictureError, match=r"^The picture"):
        reader.codes(make())
    assert reader.codes(saved(pictures.qr("https://a.example/s/a3", 200), "PNG")) == (
        "https://a.example/s/a3",
    )
    assert [*tmp_path.iterdir()] == []


def test_a_gif_of_3000_pictures_costs_its_first(reader):
    assert reader.codes(frames()) == ()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_format_is_read_and_what_others_say_in_it_is_left_alone(reader, kind):
    assert reader.codes(saved(pictures.qr("https://a.example/s/a3", 300), kind)) == (
        "https://a.example/s/a3",
    )
    assert reader.codes(saved(Image.new("RGB", (300, 300)), kind)) == ()


def test_a_text_with_a_line_break_is_one_text(reader):
    assert reader.codes(saved(pictures.qr("one\ntwo", 300), "PNG")) == ("one\ntwo",)


def test_a_picture_of_29_million_pixels_is_read(reader):
    page = Image.new("RGB", (5_800, 5_000), "white")
    page.paste(pictures.qr("https://a.example/s/a3", 1_500), (200, 200))
    assert reader.codes(saved(page, "PNG")) == ("https://a.example/s/a3",)


ACTS = {
    "writing": "open('mark', 'w').write('x')",
    "opening": "open('/etc/passwd')",
    "connecting": "__import__('socket').socket()",
    "a pipe": "os.pipe()",
    "memory": "bytearray(800 * 2**20)",
    "a file in memory": "os.write(os.memfd_create('x'), b'x')",
}


def process(act: str, folder: Path, *limits: str) -> subprocess.CompletedProcess[bytes]:
    code = f"import os, runpy, socket; own = runpy.run_path({str(PROGRAM)!r}); own['_warm_up']()"
    code = "; ".join([code, *(f"own['{limit}']()" for limit in limits), act])
    return subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, cwd=folder, timeout=60)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_what_a_picture_could_make_it_do_is_forbidden(act, tmp_path):
    assert process(act, tmp_path, "_limit", "_limit_time").returncode != 0
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_control_without_limits_it_is_not(act, tmp_path):
    assert process(act, tmp_path).returncode == 0


@pytest.mark.slow
def test_a_picture_that_is_worked_on_for_ever_ends_the_process(tmp_path):
    assert process("all(iter(lambda: 1, 0))", tmp_path, "_limit", "_limit_time").returncode == -signal.SIGXCPU


def test_the_process_knows_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("X_BEARER_TOKEN", "secret")
    with CodeReader() as reader:
        reader.codes(saved(pictures.qr("https://a.example/", 200), "PNG"))
        process = Path(f"/proc/{reader._process.pid}")
        assert b"secret" not in (process / "environ").read_bytes()
        assert sorted(os.listdir(process / "fd")) == ["0", "1", "2"]
        assert reader._process.poll() is None
    assert reader._process is None


def test_a_process_that_never_answers_is_ended(monkeypatch):
    monkeypatch.setattr(code_reader, "_SECONDS", 0.2)
    monkeypatch.setattr(code_reader, "_start", lambda: subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ))  # fmt: skip
    with CodeReader() as reader, pytest.raises(PictureError, match="could not be read"):
        reader.codes(b"x")


@pytest.mark.parametrize("answer", ["[[", "7", "null", "'" + "[" * 70_000 + "'"])
def test_an_answer_that_is_none_is_an_error(monkeypatch, answer):
    monkeypatch.setattr(code_reader, "_start", lambda: subprocess.Popen(
        [sys.executable, "-c", f"input(); print({answer!r})"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ))  # fmt: skip
    with CodeReader() as reader, pytest.raises(PictureError, match="could not be read"):
        reader.codes(b"\n" * 10)


def test_codes_are_read_from_shared_copies_and_no_other_is(reader):
    for way in ("320 pixels wide", "altered words", "photograph of a print", "mirrored"):
        assert pictures.readings(reader, way, range(2)) == (2, 0), way
    assert pictures.readings(reader, "right quarter cropped: the code is gone", range(2)) == (0, 0)
    assert pictures.wrong_of_others(reader, 2) == 0


def test_control_a_sibling_would_be_counted_if_it_had_the_same_code(reader, monkeypatch):
    right = pictures.code
    monkeypatch.setattr(pictures, "code", lambda number, sibling=False: right(number))
    assert pictures.wrong_of_others(reader, 2) == 2


def test_nothing_of_it_is_loaded_at_start_up():
    code = "import sys, monitor.cli, monitor.worker; print({'PIL', 'zxingcpp'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
