"""Files as people bring them, opened: packed or not, in the letters of whichever program wrote them."""

import codecs
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from lzma import LZMAError
from pathlib import Path
from struct import error as StructError
from typing import IO, TYPE_CHECKING, Any, cast
from zipfile import BadZipFile
from zlib import error as ZlibError

from monitor.core.errors import MonitorError

if TYPE_CHECKING:
    Buffered = io.BufferedReader[Any]
else:
    Buffered = io.BufferedReader

Progress = Callable[[int], object]  # gets the bytes that each read came further; fewer than 0: went back
# What a packed file may hold: texts are packed to a tenth, and to a hundredth where they say one thing.
MOST_UNPACKED, MOST_TIMES = 64_000_000, 200
# What unpacking may raise when it is not what it should be.
BROKEN = (EOFError, OSError, RuntimeError, ValueError, LZMAError, StructError, ZlibError, BadZipFile)
_CHUNK = 1 << 16
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CONTROLS = bytes({*range(9), *range(14, 32)})  # are in no text
_SPARE = re.compile(r"/$|__MACOSX|(?:^|/)\.")  # in a zip: folders, and what systems note beside the files
_UNPACK = "Unpack it, and import the files inside."
LOCKED = (
    "a workbook that is locked with a password, or is from an Excel older than 2007. Save it as .xlsx without"
    " a password, or as CSV, and choose that file."
)
_AS_TABLE = "Save what it shows as a table (CSV or .xlsx)."
_OFFICE = {  # by a file that each has in it
    "content.xml": "LibreOffice's or OpenDocument's", "Index/Document.iwa": "Apple Numbers' or Pages'",
    "word/document.xml": "Word's", "ppt/presentation.xml": "PowerPoint's",
}  # fmt: skip
# How files begin that are often brought and cannot be read, what they are, and what to do.
_OTHERS = {
    rb"\x28\xb5\x2f\xfd|BZh\d1AY|\xfd7zXZ|7z\xbc\xaf|Rar!": f"compressed in a way not read here. {_UNPACK}",
    rb"\xd0\xcf\x11\xe0": LOCKED,
    rb"%PDF|\x89PNG|\xff\xd8\xff": f"a PDF or a picture. {_AS_TABLE}",
    rb"\s*<(?:!doctype|html)": f"a web page. {_AS_TABLE}",
    rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|rss|feed)": "XML, as feeds are: those are collected by their addresses.",
    rb"(?::\S*\s+)?event: ?\w": "a stream as it was sent. Save the JSON in it, an event a line.",
    # WhatsApp's: a time, in brackets or before a dash, and who wrote
    rb"(?:\xef\xbb\xbf|\xe2\x80\x8e)*\[?\d+[/.]\d+[/.]\d+,? \d+[:.]\d\d[^],;]{0,9}(?:] | - )": (
        "a chat, which is private. Enter what was public in it by hand."
    ),
}


class CountingFile(io.FileIO):
    """A file that reports how much further each read came: less than nothing, where it went back before."""

    def __init__(self, path: Path, progress: Progress) -> None:
        super().__init__(path)
        self._progress, self._at = progress, 0

    def readinto(self, buffer: Any) -> int:
        number, before = super().readinto(buffer) or 0, self._at
        self._at = self.tell()
        self._progress(self._at - before)
        return number


class _Unpacked(io.RawIOBase):
    """What a packed file holds; raises MonitorError once that is far more than a file of posts can be."""

    def __init__(self, file: IO[bytes], packed: int) -> None:
        self._file, self._most, self._read = file, max(MOST_UNPACKED, MOST_TIMES * packed), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._read = self._file.seek(offset, whence)
        return self._read

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._file.read(len(buffer))
        except BROKEN as error:
            raise MonitorError(f"This compressed file is broken or locked ({error}). {_UNPACK}") from error
        self._read += len(data)
        if self._read > self._most:
            raise MonitorError(
                f"This compressed file expands to more than {MOST_TIMES} times its size, which no"
                " file of posts does, so it was not read further. If you trust it, unpack it first."
            )
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def opened(path: Path, progress: Progress = lambda _: None) -> Iterator[Buffered]:
    """Give the bytes of a file, unpacked if it is gzip, or a zip with one file in it; a workbook stays one.

    Raises MonitorError for a zip of several files, and while reading for one that is broken or a bomb, or
    that the disk does not give.
    """
    try:
        with ExitStack() as stack:
            yield _opened(path, progress, stack)
    except OSError as error:
        raise MonitorError(f"{path} cannot be read: {error.strerror or error}.") from error


def _opened(path: Path, progress: Progress, stack: ExitStack) -> Buffered:
    file: Buffered = stack.enter_context(io.BufferedReader(CountingFile(path, progress)))
    start, size = file.peek(4)[:4], path.stat().st_size
    if start.startswith(b"\x1f\x8b"):
        unpacked = stack.enter_context(gzip.GzipFile(fileobj=file))
        return io.BufferedReader(_Unpacked(cast(IO[bytes], unpacked), size))
    if what := next((what for mark, what in _OTHERS.items() if re.match(mark, file.peek(100), re.I)), ""):
        raise MonitorError(f"{path.name} is {what}")
    if start == b"PK\x03\x04" and (packed := _member(path, file)):
        return io.BufferedReader(_Unpacked(stack.enter_context(packed), size))
    return file


def _member(path: Path, file: IO[bytes]) -> IO[bytes] | None:
    """Return the one file in a zip; None for a workbook."""
    try:
        packed = zipfile.ZipFile(file)
        names = [name for name in packed.namelist() if not _SPARE.search(name)]
        if "xl/workbook.xml" in names:
            file.seek(0)
            return None
        if len(names) == 1:
            return packed.open(names[0])
    except BROKEN as error:
        raise MonitorError(f"{path.name} is a zip that is broken or locked ({error}).") from error
    if whose := next((whose for name, whose in _OFFICE.items() if name in names), ""):
        raise MonitorError(f"{path.name} is {whose} own kind of file. {_AS_TABLE}")
    raise MonitorError(f"{path.name} holds {len(names)} files. {_UNPACK}")


def text_of(file: Buffered) -> io.TextIOWrapper:
    """Return a file's text: in UTF-8 or UTF-16, or in Windows' letters where it is no UTF-8.

    Excel's "Unicode text" is UTF-16, its plain CSV has Windows' letters, and JSON is UTF-8.
    Raises MonitorError for no text. A few bytes that are none, as in a damaged file, cost what they stand in.
    """
    start = file.peek(_CHUNK)[:_CHUNK]
    encoding = next((name for mark, name in _BOMS.items() if start.startswith(mark)), _utf_16(start))
    if not encoding:
        if (len(start) - len(start.translate(None, _CONTROLS))) * 100 > len(start):
            raise MonitorError("This file is not text.")
        is_utf8 = start.lstrip()[:1] in (b"[", b"{") or _is_utf8(file)
        of_mac = b"\r" in start and b"\n" not in start  # as Excel ends lines in its "CSV (Macintosh)"
        encoding = "utf-8" if is_utf8 else "mac_roman" if of_mac else "cp1252"
        file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")


def _utf_16(start: bytes) -> str:
    """Return the kind of UTF-16 without a mark that this is: every other byte of Latin letters is 0."""
    for encoding, bytes_of_zero in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if bytes_of_zero.count(0) * 2 > len(bytes_of_zero):
            return encoding
    return ""


def _is_utf8(file: IO[bytes]) -> bool:
    """Return whether more of the letters beyond ASCII are UTF-8 than are not: one may be cut."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    while chunk := file.read(_CHUNK):
        letters = decoder.decode(chunk)
        bad += letters.count("\ufffd")
        good += len(chunk) - len(letters)  # a letter beyond ASCII has several bytes
    return bad <= good
