"""Signing in: the name, the password, and the one-time links by which a password is chosen."""

from datetime import datetime, timedelta

from monitor import COMMAND
from monitor.accounts import passwords, token_hash
from monitor.accounts.database import Connection, note
from monitor.accounts.roles import Person
from monitor.accounts.throttle import FREE_BY_ACCOUNT, FREE_BY_ADDRESS, Throttle
from monitor.accounts.users import FIELDS, Users, first_admin, login, new_hash, person_of, store_password
from monitor.core.clock import stamp
from monitor.core.errors import AccessError, TooManyTriesError, WrongPasswordError

LINK_LASTS = timedelta(hours=24)
DEVICE_LASTS = timedelta(days=180)
_WRONG = "That name and password do not match. Check both and try again."


class SignIn(Users, Throttle):
    """How people come in."""

    def enter(
        self, name: str, password: str, *, address: str, now: datetime, device: str | None = None
    ) -> Person:
        """Return the person of a name and password. Raises WrongPasswordError or TooManyTriesError.

        `device` is what `remember` gave, if this is where they have signed in before.
        """
        keys = {f"account {login(name)}": FREE_BY_ACCOUNT, f"address {address}": FREE_BY_ADDRESS}
        if device and self.remembers(name, device):
            keys = {f"device {device}": FREE_BY_ACCOUNT}
        if until := self.claim(keys, now):
            raise TooManyTriesError(until)
        row = self._row(
            f"SELECT p.password, {FIELDS} FROM people p WHERE p.login = ? AND NOT p.disabled",
            (login(name),),
        )
        if not passwords.matches(row[0] if row else None, password) or row is None:
            raise WrongPasswordError(_WRONG)
        self.forgive(keys)
        return person_of(row[1:])

    def remember(self, person: Person, now: datetime) -> str:
        """Return a token by which a person's device is known again.

        Its tries are counted by themselves, so that nobody who guesses elsewhere keeps the person out:
        https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
        """
        token = token_hash.new()

        def store(db: Connection) -> None:
            db.execute("DELETE FROM devices WHERE made_at < ?", (stamp(now - DEVICE_LASTS),))
            row = token_hash.digest(token), person.id, stamp(now)
            db.execute("INSERT INTO devices VALUES (?, ?, ?)", row)

        self._noted(store)
        return token

    def remembers(self, name: str, device: str) -> bool:
        """Return whether a token is of a device of the person with this name."""
        with self._signed_in() as db:
            row = db.execute(
                "SELECT 1 FROM devices d JOIN people p ON p.id = d.person_id"
                " WHERE d.hash = ? AND p.login = ?",
                (token_hash.digest(device), login(name)),
            ).fetchone()
        return row is not None

    def invite(self, person: Person | None, *, by: str, now: datetime) -> str:
        """Return the token of a one-time link to choose a password; an older one ends.

        For None, who follows it becomes the first admin; raises AccessError if there is one already.
        """
        token = token_hash.new()
        with self._writing() as db:
            if person is None and db.execute("SELECT 1 FROM people LIMIT 1").fetchone():
                raise AccessError(
                    f"There is already an account. Sign in with it, or use: {COMMAND} users add NAME"
                )
            db.execute("DELETE FROM links WHERE person_id IS ?", (person and person.id,))
            db.execute(
                "INSERT INTO links VALUES (?, ?, ?)",
                (token_hash.digest(token), person and person.id, stamp(now + LINK_LASTS)),
            )
            note(db, by, f"created a set-up link for {person.name if person else 'the first account'}", now)
        return token

    def invitation(self, token: str, now: datetime) -> tuple[bool, Person | None]:
        """Return whether a link is still good, and whom it is for; None: for the first account."""
        with self._reading() as db:
            return _invitation(db, token, now)

    def accept(self, token: str, name: str, password: str, *, now: datetime) -> Person:
        """Return who chose this password by a link, which is used up.

        `name` is theirs if it is the first account's. Raises AccessError if the password will not do.
        """
        good, person = self.invitation(token, now)
        if not good:
            raise AccessError("This link has been used, or is more than a day old. Ask for a new one.")
        # Slow, so before anybody else is kept from writing.
        password_hash = new_hash(password, person.name if person else name)
        with self._writing() as db:
            if not _invitation(db, token, now)[0]:
                raise AccessError("This link has just been used. Ask for a new one.")
            db.execute("DELETE FROM links WHERE hash = ?", (token_hash.digest(token),))
            if person is None:
                return first_admin(db, name, password_hash, now)
            store_password(db, person, password_hash)
            key = token_hash.digest(f"account {login(person.name)}")
            db.execute("DELETE FROM tries WHERE key = ?", (key,))
            note(db, person.name, "chose a password with a set-up link", now)
        return person


def _invitation(db: Connection, token: str, now: datetime) -> tuple[bool, Person | None]:
    row = db.execute(
        f"SELECT l.person_id, {FIELDS} FROM links l LEFT JOIN people p ON p.id = l.person_id"
        " WHERE l.hash = ? AND l.expires_at > ? AND NOT ifnull(p.disabled, 0)"
        " AND (l.person_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM people))",
        (token_hash.digest(token), stamp(now)),
    ).fetchone()
    if row is None:
        return False, None
    return True, person_of(row[1:]) if row[0] is not None else None
