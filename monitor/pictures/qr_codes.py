"""The QR codes in a stranger's picture, read in a process without files, network and much memory."""

import io
import resource
import warnings
from typing import Any

from monitor.core.files.confined import confined, serve

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_MOST_PIXELS, _EDGE = 30_000_000, 1600
_MOST, _LONGEST = 20, 500  # codes in a picture, and characters of one
_LIMITS = {resource.RLIMIT_CPU: 5, resource.RLIMIT_AS: 700 << 20, resource.RLIMIT_NOFILE: 3}


def qr_codes(picture: bytes) -> list[str]:
    """Return the texts of the QR codes in a picture; raises MonitorError for what cannot be read as one."""
    return [str(text) for text in confined(__name__, picture, {})]


def _codes(data: bytes) -> list[str]:
    """Return the texts; whatever Pillow raises for what is no picture ends the process."""
    import zxingcpp
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        image.draft("L", (_EDGE, _EDGE))
        image.thumbnail((_EDGE, _EDGE))
        page: Image.Image = image
        if image.has_transparency_data:  # what is clear looks white on a page, and would be black here
            page = Image.new("RGBA", image.size, "white")
            page.alpha_composite(image.convert("RGBA"))
        grey, formats = page.convert("L"), zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    barcodes = zxingcpp.read_barcodes(grey, formats=formats)
    if not barcodes and max(grey.size) < _EDGE // 2:  # a dot of such a copy is hardly more than a pixel
        barcodes = zxingcpp.read_barcodes(grey.resize((2 * grey.width, 2 * grey.height)), formats=formats)
    return [barcode.text[:_LONGEST] for barcode in barcodes][:_MOST]


def _warm_up() -> tuple[Any, ...]:
    """Import all that a picture may need: once no file can be opened, Pillow would fail to."""
    from PIL import Image, MpoImagePlugin, TiffImagePlugin

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    warnings.simplefilter("error")
    for name in _FORMATS:
        picture = io.BytesIO()
        Image.new("RGB", (8, 8)).save(picture, name)
        _codes(picture.getvalue())
    return MpoImagePlugin, TiffImagePlugin  # JPEGs of phones are such


if __name__ == "__main__":
    _warm_up()
    serve(_codes, _LIMITS.items())
