"""The register of what people ask about their data, with the days by which the law wants an answer."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import randbelow

from monitor.accounts.database import AccountsDatabase, note
from monitor.core.errors import AccessError

MOST = 500  # requests that are read at once
LONGEST = 2000  # characters of what somebody writes
REQUESTS = {
    "access": "A copy of what you have about me",
    "erasure": "Erase what you have about me",
    "correction": "Correct something",
    "objection": "Stop, or limit what you do",
    "complaint": "A complaint",
    "question": "A question",
}
_SOON = timedelta(days=7)
_CONFIRM = timedelta(days=29)
_ACTS = {  # how each is written into the activity log, and what it does
    "confirm": ("confirmed", "UPDATE requests SET due = NULL WHERE id = :id AND closed IS NULL"),
    "close": ("answered", "UPDATE requests SET closed = :today WHERE id = :id AND closed IS NULL"),
    "remove": ("removed", "DELETE FROM requests WHERE id = :id"),
}


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """What somebody asked. `due` is None once a complaint is confirmed: it then has no fixed day."""

    id: int
    kind: str
    note: str
    received: date
    due: date | None
    closed: date | None

    def is_urgent(self, today: date) -> bool:
        """Return whether an answer is due soon, or overdue."""
        return self.closed is None and self.due is not None and self.due <= today + _SOON


class PrivacyRequests(AccountsDatabase):
    """The register; what is in it names people, and is for admins."""

    def ask(self, kind: str, text: str, *, received: date, by: str, now: datetime) -> int:
        """Return the number under which a request was entered; raises AccessError if it lacks something."""
        text = "".join(c for c in text if c.isprintable() or c == "\n").strip()
        if kind not in REQUESTS:
            raise AccessError("Choose what it is about.")
        if not 0 < len(text) <= LONGEST:
            raise AccessError(f"Write 1 to {LONGEST:,} characters. These are {len(text):,}.")
        with self._writing() as db:
            known = {number for (number,) in db.execute("SELECT id FROM requests")}
            while (number := 100_000 + randbelow(900_000)) in known:  # it does not tell how many there were
                pass
            row = (number, kind, str(received), str(last_day(kind, received)), text)
            db.execute("INSERT INTO requests (id, kind, received, due, note) VALUES (?, ?, ?, ?, ?)", row)
            note(db, by, f"request {number}: entered ({kind})", now)
        return number

    def requests(self, start: int = 0) -> tuple[PrivacyRequest, ...]:
        """Return MOST at most, after the first `start`: open ones first, and of these those due soonest."""
        sql = (
            "SELECT id, kind, note, received, due, closed FROM requests"
            " ORDER BY closed IS NOT NULL, due IS NULL, due, received DESC, id LIMIT ? OFFSET ?"
        )
        return self._records(PrivacyRequest, sql, (MOST, start))

    def handle(self, number: int, act: str, *, today: date, by: str, now: datetime) -> bool:
        """Return whether there was such a request to "confirm", "close" or "remove"; raises AccessError."""
        if act not in _ACTS:
            raise AccessError("That button no longer exists. Reload the page and try again.")
        word, statement = _ACTS[act]
        with self._writing() as db:
            if changed := db.execute(statement, {"id": number, "today": str(today)}).rowcount > 0:
                note(db, by, f"request {number}: {word}", now)
        return bool(changed)


def last_day(kind: str, received: date) -> date:
    """Return the last day to answer, or to confirm a complaint.

    A complaint is confirmed "within the period of 30 days beginning when the complaint is received":
    https://www.legislation.gov.uk/ukpga/2025/18/section/103 . All else is answered within a month, by the
    same date of the next month or its last day (UK GDPR, Article 12(3)); that a weekend or a holiday may
    move that day is left out, so it is never too late.
    """
    if kind == "complaint":
        return received + _CONFIRM
    first = (received.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(received.day, monthrange(first.year, first.month)[1]))
