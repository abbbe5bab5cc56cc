"""A message as bytes, and the check that nothing slipped into its headers.

Before Python 3.13 (and its security releases of the older versions) the standard library writes a header
of its own for a line break that hides in an encoded word (CVE-2024-6923). So no text of a post goes into
any header, and what was written is read again before it is sent.
"""

from collections.abc import Iterator
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import Policy
from email.utils import format_datetime, getaddresses
from functools import cache

from monitor.core.errors import UnsafeMailError
from monitor.mail.envelope import Content, Heading, Sender
from monitor.mail.store import Mail

MOST = 90_000  # bytes of HTML: Gmail cuts a message off at about 102 kB
_CID = "week"
_ONCE = frozenset({
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
})  # fmt: skip
_MAY = _ONCE | {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Transfer-Encoding"}
_OF_PARTS = frozenset({
    "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID", "MIME-Version",
})  # fmt: skip


class _Whole(UnstructuredHeader, BaseHeader):
    """A header on one line: the library would encode a long address in it, and no program reads that."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _CachedRegistry(HeaderRegistry):
    """The library's, which would make a new class for each header of each message."""

    __getitem__ = cache(HeaderRegistry.__getitem__)


_REGISTRY = _CachedRegistry()
for _name in ("Message-ID", "List-Id", "List-Unsubscribe"):
    _REGISTRY.map_to_type(_name.lower(), _Whole)
_POLICY = policy.SMTP.clone(header_factory=_REGISTRY)


def message(content: Content, heading: Heading, sender: Sender) -> bytes:
    """Return a message as it is sent; raises UnsafeMailError if its headers are not those that were meant."""
    email = EmailMessage(policy=_POLICY)
    for name, value in _headers(content, heading, sender):
        email[name] = value
    email.set_content(content.text, cte="quoted-printable")
    if content.html:
        email.add_alternative(content.html, subtype="html", cte="quoted-printable")
    if content.html and content.png:
        page = email.get_payload()[1]  # type: ignore[index]
        page.add_related(  # type: ignore[union-attr]
            content.png, "image", "png", cid=f"<{_CID}>", disposition="inline", filename="posts-a-day.png"
        )
    body = email.as_bytes()
    check(body, to=heading.to, sender=sender.address)
    return body


def mail_of(content: Content, heading: Heading, *, sender: Sender, kind: str, period: str) -> Mail:
    """Return a message for the outbox; raises UnsafeMailError as `message` does."""
    return Mail(
        kind=kind, period=period, address=heading.to, message_id=heading.message_id,
        body=message(content, heading, sender),
    )  # fmt: skip


def _headers(content: Content, heading: Heading, sender: Sender) -> Iterator[tuple[str, object]]:
    yield "Message-ID", heading.message_id
    yield "Date", format_datetime(heading.date)
    yield "From", Address(display_name=_plain(sender.name), addr_spec=sender.address)
    yield "To", Address(addr_spec=heading.to)
    yield "Subject", _plain(content.subject)
    yield "Auto-Submitted", "auto-generated"  # RFC 3834: no out-of-office answers
    if heading.list_id:
        yield "List-Id", f"<{heading.list_id}>"
        if heading.leave.startswith("https://"):
            yield "List-Unsubscribe", f"<{heading.leave}>"
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"  # RFC 8058: only over https
        else:
            yield "List-Unsubscribe", f"<mailto:{sender.address}?subject=Leave>"


def _plain(text: str) -> str:
    """Return a text for a header: on one line, and not to be taken for an encoded word."""
    return " ".join(text.split()).replace("=?", "= ?")


def check(body: bytes, *, to: str, sender: str | None = None) -> None:
    """Raise UnsafeMailError unless a message has just the headers it may have, and goes to `to` only.

    `sender` is who it has to be from, where that is known.
    """
    email = BytesParser(policy=policy.compat32).parsebytes(body)
    names = list(email)
    if len(set(names)) != len(names) or not _ONCE <= set(names) <= _MAY:
        raise UnsafeMailError(
            f"This message has headers that it should not have: {', '.join(sorted(set(names) - _MAY))}."
        )
    for name, only in (("To", to), ("From", sender)):
        if only and [address for _, address in getaddresses([str(email[name])])] != [only]:
            raise UnsafeMailError(f"This message would go {name.lower()} somebody else.")
    for part in email.walk():
        if part is not email and not set(part.keys()) <= _OF_PARTS:
            raise UnsafeMailError("A part of this message has headers that it should not have.")
    kinds = [part.get_content_type() for part in email.walk() if not part.is_multipart()]
    if kinds not in (["text/plain"], ["text/plain", "text/html"], ["text/plain", "text/html", "image/png"]):
        raise UnsafeMailError("This message has parts that it should not have.")
