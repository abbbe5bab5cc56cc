"""An address as a picture that a phone's camera opens."""

from markupsafe import Markup


def qr_code(address: str) -> Markup:
    """Return the picture as SVG, which a page holds itself: nobody else is asked to draw it."""
    import segno

    picture = segno.make(address, error="m")
    return Markup(picture.svg_inline(scale=5, light="#fff", omitsize=True, svgclass="qr"))
