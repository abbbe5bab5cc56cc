"""SVG to PNG, behind one function: whoever asks can live without it."""

from pathlib import Path

from monitor.charts.colours import PAPER
from monitor.core.errors import PictureError

FONTS = Path(__file__).with_name("fonts")
FAMILY = "Inter, Arial, Liberation Sans, DejaVu Sans, sans-serif"
BOLD = f'font-family="Inter SemiBold, {FAMILY}" font-weight="600"'  # its file has a family of its own


def png(svg: str, *, width: int) -> bytes:
    """Return an SVG as a PNG of this many pixels' width.

    Letters are drawn with the fonts beside this file, those that these lack with the machine's.
    Raises PictureError.
    """
    if not any(FONTS.glob("*.ttf")):  # a picture without its words would look whole, and be wrong
        raise PictureError("The fonts for pictures are missing. Reinstall the program, or use the SVG.")
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise PictureError(
            "This computer cannot draw PNG pictures (resvg-py is missing). Use the SVG: browsers,"
            " Word and PowerPoint can also open it."
        ) from error
    try:
        return bytes(
            svg_to_bytes(
                svg_string=svg, width=width, font_dirs=[str(FONTS)], sans_serif_family="Inter",
                font_family="Inter", background=PAPER,
            )
        )  # fmt: skip
    except ValueError as error:
        raise PictureError(f"The picture could not be drawn ({error}). Use the SVG.") from error
