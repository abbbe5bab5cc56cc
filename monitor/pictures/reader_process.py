"""The process that opens strangers' pictures: it has no file, no network, little memory, and nothing of ours.

It is run as a file, not imported. It takes pictures from its input, each behind its length, and writes for
each a line with the texts of its QR codes. Whatever is wrong with a picture ends it.
"""

import io
import json
import resource
import sys
import warnings

import zxingcpp
from PIL import Image, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_MOST_PIXELS, _EDGE = 30_000_000, 1600
_CPU_SECONDS, _MEMORY = 5, 700 * 2**20
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_LATE = (MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)  # Pillow would import these from within a picture


def codes(data: bytes) -> list[str]:
    """Return the texts of the QR codes in a picture; raises whatever Pillow does for what is none."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        image.draft("L", (_EDGE, _EDGE))
        image.thumbnail((_EDGE, _EDGE))
        barcodes = zxingcpp.read_barcodes(image.convert("L"), formats=_QR)
    return [barcode.text[:500] for barcode in barcodes][:20]


def _warm_up() -> None:
    """Have all imported that a picture needs: once files cannot be opened, each import would fail."""
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    warnings.simplefilter("error")
    for name in FORMATS:
        picture = io.BytesIO()
        Image.new("RGB", (8, 8)).save(picture, name)
        codes(picture.getvalue())


def _limit() -> None:
    """Give up what a picture needs not; raises ValueError or OSError where the system cannot."""
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_NOFILE, 3), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(what, (most, most))


def _limit_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + _CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def main() -> None:
    """Answer for each picture until there are no more."""
    _warm_up()
    _limit()
    while length := sys.stdin.buffer.read(4):
        _limit_time()
        print(json.dumps(codes(sys.stdin.buffer.read(int.from_bytes(length)))), flush=True)


if __name__ == "__main__":
    main()
