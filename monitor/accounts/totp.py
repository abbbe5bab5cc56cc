"""The second step of signing in: a code from a phone (TOTP, RFC 6238), or a spare one from paper.

pyotp is loaded where it is used, as argon2 is.
"""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyotp import TOTP

from monitor.accounts.database import Connection, note
from monitor.accounts.roles import Person
from monitor.accounts.throttle import FREE_BY_ACCOUNT, Throttle
from monitor.accounts.token_hash import digest
from monitor.accounts.users import end_sessions
from monitor.core.errors import AccessError

_SPARE = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none looks like another
_STEPS_OFF = 1  # of 30 seconds: a phone's clock may be wrong by one


class Totp(Throttle):
    """Codes from phones."""

    def phone(self, person: Person) -> str:
        """Return a person's secret for the phone, made if there is none yet; not yet asked for."""
        from pyotp import random_base32

        with self._writing() as db:
            row = db.execute("SELECT code_secret FROM people WHERE id = ?", (person.id,)).fetchone()
            secret: str = row[0] or random_base32()
            db.execute("UPDATE people SET code_secret = ? WHERE id = ?", (secret, person.id))
        return secret

    def phone_address(self, person: Person, secret: str, campaign: str) -> str:
        """Return a secret as the address that a phone's camera reads."""
        return _totp(secret).provisioning_uri(name=person.name, issuer_name=campaign)

    def switch_on(self, person: Person, code: str, now: datetime) -> tuple[str, ...]:
        """Ask for codes from now on; return the spare ones, to be shown once.

        Raises AccessError if the code is not the phone's.
        """
        spare = tuple(_spare() for _ in range(_SPARE))
        with self._writing() as db:
            if not _is_from_phone(db, person, code, now):
                raise AccessError(
                    "That code is not right. Wait for the next one, and check the phone's clock."
                )
            db.execute("UPDATE people SET code_on = 1 WHERE id = ?", (person.id,))
            db.execute("DELETE FROM spare_codes WHERE person_id = ?", (person.id,))
            db.executemany(
                "INSERT INTO spare_codes VALUES (?, ?)",
                [(person.id, digest(_normal(code))) for code in spare],
            )
            note(db, person.name, "switched on codes from a phone", now)
        return spare

    def switch_off(self, person: Person, *, by: str, now: datetime) -> None:
        """Ask for codes no longer, and forget the phone."""
        with self._writing() as db:
            db.execute("UPDATE people SET code_on = 0, code_secret = NULL WHERE id = ?", (person.id,))
            db.execute("DELETE FROM spare_codes WHERE person_id = ?", (person.id,))
            if by != person.name:
                end_sessions(db, person.id)
            note(db, by, f"switched off codes from a phone for {person.name}", now)

    def passes(self, person: Person, code: str, now: datetime) -> bool | datetime:
        """Return whether a code is right, and use it up; after too many tries, when to try again."""
        key = {f"code {person.id}": FREE_BY_ACCOUNT}
        if until := self.claim(key, now):
            return until
        right = self._noted(lambda db: _is_from_phone(db, person, code, now) or _is_spare(db, person, code))
        if right:
            self.forgive(key)
        return right


def _totp(secret: str) -> "TOTP":
    from pyotp import TOTP

    return TOTP(secret)


def _is_from_phone(db: Connection, person: Person, code: str, now: datetime) -> bool:
    row = db.execute("SELECT code_secret, code_last FROM people WHERE id = ?", (person.id,)).fetchone()
    secret, last = row
    if not secret:
        return False
    from pyotp.exceptions import OTPVerificationError

    try:
        used = _totp(secret).verify_and_get_timecode(_normal(code), for_time=now, valid_window=_STEPS_OFF)
    except OTPVerificationError:
        return False
    if used <= last:
        return False
    db.execute("UPDATE people SET code_last = ? WHERE id = ?", (used, person.id))
    return True


def _is_spare(db: Connection, person: Person, code: str) -> bool:
    row = person.id, digest(_normal(code))
    return bool(db.execute("DELETE FROM spare_codes WHERE person_id = ? AND hash = ?", row).rowcount)


def _spare() -> str:
    """Return a code of 60 bits or so, in groups that can be read out."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join(letters[n : n + 4] for n in (0, 4, 8))


def _normal(code: str) -> str:
    return "".join(letter for letter in code.casefold() if letter.isalnum() and letter.isascii())[:40]
