"""Texts that mean harm: a few of ours, and the public lists where they are at hand."""

import json
from functools import cache
from pathlib import Path

LISTS = Path(__file__).parents[3] / "shared/data/hostile"
OURS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", "{=1}",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://evil.example","x")', "http://evil.example", "mailto:a@b.example", "internal:Posts!A1",
    "a\x00b\x07\x1b[31m", "\ufffe\uffff\ud800", "_x0000_", "]]>", "<script>alert(1)</script>",
    "<!ENTITY x 'y'>",
    "&#0;&x;", '"><svg onload=alert(1)>', "\u202eevil", "1e5", "007", "TRUE", "", " ", "x" * 40_000, "😀" * 9,
)  # fmt: skip


@cache
def hostile() -> tuple[str, ...]:
    """Return our texts and those of the lists, if they are there."""
    return (*OURS, *listed())


@cache
def listed() -> tuple[str, ...]:
    """Return the texts of the public lists; empty where they are absent."""
    if not LISTS.is_dir():
        return ()
    lines = [
        line
        for path in sorted(LISTS.glob("*.txt"))
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
    ]
    return (*json.loads((LISTS / "blns.json").read_text(encoding="utf-8")), *lines)
