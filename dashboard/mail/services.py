"""What the pages about mail may ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

from monitor.mail.weekly import DigestJob


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServices:
    """The weekly mail, and where mails go in words.

    `hurry` delivers what waits, where no worker does.
    """

    weekly: DigestJob
    out: str
    demo: bool = False
    hurry: Callable[[], object] = lambda: None


def mail_services() -> MailServices:
    """Return what this app's pages about mail may ask for."""
    return cast(MailServices, current_app.extensions["mail_services"])
