"""Tokens: what a program of a person's shows to read the same numbers."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.accounts import token_hash
from monitor.accounts.database import AccountsDatabase, note
from monitor.accounts.roles import Person
from monitor.accounts.users import FIELDS, person_of
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import AccessError, StorageError

_MOST = 20
_TOUCHED = timedelta(minutes=1)


class Token(NamedTuple):
    """A program's way in. `used_at` is right to the minute."""

    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


class Tokens(AccountsDatabase):
    """The tokens of all people."""

    def add_token(self, person: Person, name: str, now: datetime) -> str:
        """Return a new token, to be shown once; raises AccessError without a name or with too many."""
        name = " ".join(name.split())[:100]
        if not name:
            raise AccessError("Give the token a name, such as that of the program that will use it.")
        token = "cm_" + token_hash.new()
        with self._writing() as db:
            have = db.execute("SELECT count(*) FROM tokens WHERE person_id = ?", (person.id,)).fetchone()[0]
            if have >= _MOST:
                raise AccessError(f"You already have {_MOST} tokens. Revoke one that you no longer use.")
            db.execute(
                "INSERT INTO tokens (person_id, name, hash, made_at) VALUES (?, ?, ?, ?)",
                (person.id, name, token_hash.digest(token), stamp(now)),
            )
            note(db, person.name, "created a token", now)  # whose name may be somebody's
        return token

    def tokens(self, person: Person) -> tuple[Token, ...]:
        """Return a person's tokens, the newest first."""
        sql = "SELECT id, name, made_at, used_at FROM tokens WHERE person_id = ? ORDER BY id DESC"
        return self._records(Token, sql, (person.id,))

    def end_token(self, person: Person, number: int, now: datetime) -> None:
        """Take away one of a person's own tokens."""
        with self._writing() as db:
            if db.execute("DELETE FROM tokens WHERE id = ? AND person_id = ?", (number, person.id)).rowcount:
                note(db, person.name, "revoked a token", now)

    def person_of_token(self, token: str, now: datetime) -> Person | None:
        """Return whose token this is, which counts as use of it; None if it is nobody's."""
        row = self._row(
            f"SELECT t.id, t.used_at, {FIELDS} FROM tokens t JOIN people p ON p.id = t.person_id"
            " WHERE t.hash = ? AND NOT p.disabled",
            (token_hash.digest(token),),
        )
        if row is None:
            return None
        if row[1] is None or now - unstamp(row[1]) >= _TOUCHED:
            with suppress(AccessError, StorageError), self._writing() as db:  # it is noted the next time
                db.execute("UPDATE tokens SET used_at = ? WHERE id = ?", (stamp(now), row[0]))
        return person_of(row[2:])
