"""What the file of accounts and mail holds of one person: mails, shares, requests and alerts."""

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote_plus

from monitor.accounts.database import AccountsDatabase
from monitor.archive.erasure.compaction import rewrite
from monitor.archive.erasure.data_subject import DataSubject
from monitor.core.clock import stamp

_STOPPED = "It named somebody who was erased since, so its text was removed."
_PLACES = {  # a table, perhaps with a column: what of a row is read, and what is done if it names the person
    "shares": (
        "name || ' ' || asked || ' ' || sites",
        "UPDATE shares SET name = 'erased', asked = '', sites = '', revoked_at = ifnull(revoked_at, :at)",
    ),
    "requests": (
        "note",
        "UPDATE requests SET note = 'What was written here named somebody who was erased since.'",
    ),
    "alerts": ("title || ' ' || subject", "UPDATE alerts SET title = 'erased', subject = 'erased ' || id"),
    "campaign_versions": ("text", "DELETE FROM campaign_versions"),
    "tokens": ("name", "UPDATE tokens SET name = 'erased'"),
    "subscriptions": ("address", "DELETE FROM subscriptions"),
    "outbox.address": ("address", "UPDATE outbox SET address = 'erased ' || id"),
    "outbox.period": ("period", "UPDATE outbox SET period = 'erased ' || id"),
    "outbox.reason": ("reason", "UPDATE outbox SET reason = 'What the server said named somebody.'"),
}


class MailErasure(AccountsDatabase):
    """The file, by what it holds of one person."""

    def mails_with(self, person: DataSubject) -> list[tuple[int, str, str, str]]:
        """Return id, kind, address and state of the mails whose text is still here and names somebody."""
        rows = self._rows("SELECT id, kind, address, state, body FROM outbox WHERE body IS NOT NULL")
        return [tuple(row) for *row, body in rows if person.is_in(readable(bytes(body)))]

    def others_with(self, person: DataSubject) -> list[tuple[str, int]]:
        """Return place and id of the other rows that name somebody."""
        # A bare word of the campaign file is what the campaign looks for.
        masks = {"campaign_versions": person.mask}
        return [
            (place, number)
            for place, (text, _) in _PLACES.items()
            for number, words in self._rows(f"SELECT id, {text} FROM {place.partition('.')[0]}")
            if masks.get(place, person.masked)(plain := unquote_plus(words)) != plain  # of an address
        ]

    def forget(self, person: DataSubject, now: datetime) -> None:
        """Remove the texts of mails that name somebody, and whatever else does.

        A mail that has not gone yet does not go any more.
        """
        mails, others = [mail for mail, *_ in self.mails_with(person)], self.others_with(person)
        with self._writing() as db:
            db.executemany(
                "UPDATE outbox SET body = NULL, reason = iif(state = 'sent', reason, ?2),"
                " state = iif(state IN ('sent', 'unsure'), state, 'stopped') WHERE id = ?1",
                [(mail, _STOPPED) for mail in mails],
            )
            for place, number in others:
                values = {"id": number, "at": stamp(now)}
                db.execute(f"{_PLACES[place][1]} WHERE id = :id", values)

    def forget_shown(self, is_gone: Callable[[Collection[int]], bool], folder: Path) -> None:
        """Remove the texts of delivered mails, here and in a folder, that show a post which is gone."""
        final = "state IN ('sent', 'stopped', 'unsure')"
        rows = self._rows(f"SELECT id, body FROM outbox WHERE body IS NOT NULL AND {final}")
        mails = [(mail,) for mail, body in rows if is_gone(_posts_in(bytes(body)))]
        for file in folder.glob("*.eml"):
            with suppress(OSError):  # somebody was quicker
                if is_gone(_posts_in(file.read_bytes())):
                    file.unlink()
        if mails:
            with self._writing() as db:
                db.executemany("UPDATE outbox SET body = NULL WHERE id = ?", mails)
            rewrite(self._path)


def _posts_in(message: bytes) -> list[int]:
    return [int(post) for post in {*re.findall(r"/posts/(\d{1,18})\b", readable(message))}]


def readable(message: bytes) -> str:
    """Return the headers and texts of a message, whatever they are coded in."""
    from email import message_from_bytes  # so that a worker that waits stays small
    from email.policy import default

    mail = message_from_bytes(message, policy=default)
    texts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*map(str, mail.values()), *texts])
