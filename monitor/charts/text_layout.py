"""Letters that XML can hold, and lines of a width: for pictures and documents, not for pages."""

import re
import textwrap

# What XML 1.0 has no place for, even as a number: https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSEEN = "\ufffd"
_WIDE = 0.56  # of the type size, a letter's mean width in the fonts that are asked for


def printable(text: str) -> str:
    """Return a text with each character that XML cannot hold replaced by the sign for such."""
    return _NO_XML.sub(_UNSEEN, text)


def flat(text: str, most: int) -> str:
    """Return a text on one line, of at most `most` characters, with '…' where it was cut."""
    line = " ".join(printable(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def wrapped(text: str, width: float, size: float, most: int) -> list[str]:
    """Return a text as at most `most` lines that fit `width` pixels in type of `size` pixels.

    They end with '…' where there was more.
    """
    room = max(1, int(width / (size * _WIDE)))
    return textwrap.wrap(printable(text), room, max_lines=most, placeholder="…", break_on_hyphens=False)
