"""A post as evidence: a ZIP of what was collected of it, with the hash of each file."""

import io
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from zipfile import ZipFile, ZipInfo

from monitor.archive.values import Hold, PostRow
from monitor.core.clock import stamp
from monitor.core.text import one_line
from monitor.export.csv import Cell, write_table

LONGEST = timedelta(days=183)  # of a hold: six months
HEAD = ("read_at", "likes", "reposts", "replies", "quotes", "views", "followers")
_FACTS = ("platform", "url", "native_id", "handle", "name", "author_id")
_README = """\
A public post, as {program} collected it

Platform: {platform}
Address: {url}
Number there: {native_id}
Account: {handle}
Name of the account: {name}
Number of the account there: {author_id}
Written at: {written}
{origin}
This file made at: {made}
Made by: {hold.by}
Reason: {hold.reason}
Kept here until: {until}
All times are UTC unless they say otherwise. A value of None was not given by the platform.

What this is
post.txt is the text of the post as it was collected. numbers.csv has each reading of its numbers; an empty
cell was not given by the platform. SHA256SUMS has the SHA-256 hash of each file: "sha256sum -c SHA256SUMS"
in the folder in which they were unpacked says whether one was changed since this file was made.

What this is not
It is no picture of the page, and no proof that a certain person wrote the post: an account may be shared,
stolen or false.
The hashes show that nothing was changed after this file was made, not that the platform told the truth.
It is not legal advice. It holds personal data: give it only to those who need it, such as the police, and
delete it when they have it. In an emergency call 999.
"""


def evidence(
    row: PostRow, readings: Sequence[Sequence[Cell]], hold: Hold, *, origin: str, program: str
) -> bytes:
    """Return the ZIP of a post with text; `readings` are rows by HEAD, `origin` says what brought it."""
    numbers = io.StringIO(newline="")
    write_table(HEAD, readings, numbers)
    facts = {name: one_line(str(getattr(row, name))) for name in _FACTS}  # strangers wrote them
    readme = _README.format(
        **facts, hold=hold, origin=origin, program=program, written=stamp(row.created_at),
        made=stamp(hold.made_at), until=stamp(hold.until),
    )  # fmt: skip
    texts = {"README.txt": readme, "post.txt": row.text or "", "numbers.csv": numbers.getvalue()}
    files = {name: text.encode("utf-8", "replace") for name, text in texts.items()}
    sums = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    out = io.BytesIO()
    with ZipFile(out, "w") as zipped:
        for name, data in (files | {"SHA256SUMS": sums.encode()}).items():
            zipped.writestr(ZipInfo(name, hold.made_at.timetuple()[:6]), data)
    return out.getvalue()
