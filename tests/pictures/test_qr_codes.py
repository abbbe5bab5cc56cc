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
from monitor.core.errors import MonitorError
from monitor.pictures.qr_codes import qr_codes

pytestmark = pytest.mark.heavy


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


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_picture_is_one_error_and_the_next_is_read(make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MonitorError, match=r"^This file is broken"):
        qr_codes(make())
    assert qr_codes(saved(pictures.qr("https://a.example/s/a3", 200), "PNG")) == ["https://a.example/s/a3"]
    assert [*tmp_path.iterdir()] == []


def test_a_gif_of_3000_pictures_costs_its_first():
    assert qr_codes(frames()) == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_format_is_read_and_what_others_say_in_it_is_left_alone(kind):
    assert qr_codes(saved(pictures.qr("https://a.example/s/a3", 300), kind)) == ["https://a.example/s/a3"]
    assert qr_codes(saved(Image.new("RGB", (300, 300)), kind)) == []


def test_a_text_with_a_line_break_is_one_text():
    assert qr_codes(saved(pictures.qr("one\ntwo", 300), "PNG")) == ["one\ntwo"]


def test_a_picture_of_29_million_pixels_is_read():
    page = Image.new("RGB", (5_800, 5_000), "white")
    page.paste(pictures.qr("https://a.example/s/a3", 1_500), (200, 200))
    assert qr_codes(saved(page, "PNG")) == ["https://a.example/s/a3"]


ACTS = {
    "writing": "open('mark', 'w').write('x')",
    "opening": "open('/etc/passwd')",
    "connecting": "__import__('socket').socket()",
    "a pipe": "os.pipe()",
    "memory": "bytearray(800 * 2**20)",
    "a file in memory": "os.write(os.memfd_create('x'), b'x')",
}


def process(act: str, folder: Path, *, is_limited: bool = True) -> subprocess.CompletedProcess[bytes]:
    work = f"lambda data: {act} and None"
    code = f"import os; from monitor.pictures import qr_codes as q; q._warm_up(); w = {work}; "
    code += "q.serve(w, q._LIMITS.items())" if is_limited else "w(b'')"
    command = [sys.executable, "-c", code, "{}"]
    env = {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(command, input=b"", capture_output=True, cwd=folder, env=env, timeout=60)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_what_a_picture_could_make_it_do_is_forbidden(act, tmp_path):
    assert process(act, tmp_path).returncode != 0
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_control_without_limits_it_is_not(act, tmp_path):
    assert process(act, tmp_path, is_limited=False).returncode == 0


@pytest.mark.slow
def test_a_picture_that_is_worked_on_for_ever_ends_the_process(tmp_path):
    assert process("all(iter(lambda: 1, 0))", tmp_path).returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_codes_are_read_from_shared_copies_and_no_other_is():
    for way in ("320 pixels wide", "altered words", "photograph of a print", "mirrored"):
        assert pictures.readings(way, range(2)) == (2, 0), way
    assert pictures.readings("right quarter cropped: the code is gone", range(2)) == (0, 0)
    assert pictures.wrong_of_others(2) == 0


def test_control_a_sibling_would_be_counted_if_it_had_the_same_code(monkeypatch):
    right = pictures.code
    monkeypatch.setattr(pictures, "code", lambda number, sibling=False: right(number))
    assert pictures.wrong_of_others(2) == 2


def test_nothing_of_it_is_loaded_at_start_up():
    code = "import sys, monitor.cli, monitor.worker; print({'PIL', 'zxingcpp'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_a_code_in_black_on_a_clear_picture_is_read(mode):
    code = pictures.qr("https://petition.example/sign?s=kit-print-v1", 300).convert("L")
    clear = Image.new(mode, code.size, 0)
    clear.putalpha(code.point(lambda grey: 255 if grey < 128 else 0))
    assert qr_codes(saved(clear, "PNG")) == ["https://petition.example/sign?s=kit-print-v1"]
