"""People: who has an account, and what they may do."""

import unicodedata
from dataclasses import replace
from datetime import datetime

from monitor import COMMAND
from monitor.accounts import passwords
from monitor.accounts.database import AccountsDatabase, Connection, note
from monitor.accounts.roles import LONGEST_NAME, Person, Role, role_of
from monitor.core.clock import stamp
from monitor.core.errors import AccessError

FIELDS = "p.id, p.name, p.role, p.disabled, p.password IS NOT NULL, p.code_on"


class Users(AccountsDatabase):
    """Everything about accounts but signing in."""

    def anyone(self) -> bool:
        """Return whether an account exists: from then on, people sign in."""
        return self._row("SELECT 1 FROM people LIMIT 1") is not None

    def people(self) -> tuple[Person, ...]:
        """Return everyone who has an account, by name."""
        rows = self._rows(f"SELECT {FIELDS} FROM people p ORDER BY p.login")
        return tuple(person_of(row) for row in rows)

    def person(self, name: str) -> Person:
        """Return the person of this name; raises AccessError if there is none."""
        row = self._row(f"SELECT {FIELDS} FROM people p WHERE p.login = ?", (login(name),))
        if row is None:
            raise AccessError(f"There is no account called {name!r}. To list them: {COMMAND} users list")
        return person_of(row)

    def add(self, name: str, role: Role, *, by: str, now: datetime, password: str | None = None) -> Person:
        """Return a new person; without a password, who is to choose one by a link.

        Raises AccessError if the name or the password will not do.
        """
        person = Person(id=None, name=_name(name), role=role)
        password_hash = new_hash(password, person.name) if password is not None else None
        with self._writing() as db:
            return _insert(db, person, password_hash=password_hash, by=by, now=now)

    def set_role(self, person: Person, role: Role, *, by: str, now: datetime) -> None:
        """Give a person another role, and end their sessions; raises AccessError for the last admin."""
        with self._writing() as db:
            if role != Role.ADMIN:
                _keep_an_admin(db, person)
            db.execute("UPDATE people SET role = ? WHERE id = ?", (role.word, person.id))
            end_sessions(db, person.id)
            note(db, by, f"made {person.name} {'an' if role > Role.VIEWER else 'a'} {role.word}", now)

    def disable(self, person: Person, *, by: str, now: datetime) -> None:
        """Shut a person out at once; raises AccessError for the last admin."""
        with self._writing() as db:
            _keep_an_admin(db, person)
            _change(db, person, "disabled", 1)
            note(db, by, f"switched off the account of {person.name}", now)

    def enable(self, person: Person, *, by: str, now: datetime) -> None:
        """Let a person in again, with the password they had."""
        with self._writing() as db:
            db.execute("UPDATE people SET disabled = 0 WHERE id = ?", (person.id,))
            note(db, by, f"switched on the account of {person.name}", now)

    def set_password(self, person: Person, password: str, *, by: str, now: datetime) -> None:
        """Give a person another password, and end their sessions; raises AccessError if it will not do."""
        password_hash = new_hash(password, person.name)
        with self._writing() as db:
            store_password(db, person, password_hash)
            note(db, by, f"changed the password of {person.name}", now)


def person_of(row: tuple[int, str, str, int, int, int]) -> Person:
    """Return the person of a row of FIELDS."""
    person_id, name, role, disabled, has_password, two_steps = row
    return Person(
        id=person_id, name=name, role=role_of(role), disabled=bool(disabled),
        has_password=bool(has_password), two_steps=bool(two_steps),
    )  # fmt: skip


def login(name: str) -> str:
    """Return a name without the differences that do not count when people sign in."""
    return unicodedata.normalize("NFKC", name[: 4 * LONGEST_NAME]).strip().casefold()


def first_admin(db: Connection, name: str, password_hash: str, now: datetime) -> Person:
    """Return the first person; raises AccessError as `add` does, and if there is somebody already."""
    name = _name(name)
    if db.execute("SELECT 1 FROM people LIMIT 1").fetchone():
        raise AccessError(
            "Somebody has already created the first account. Ask them for a link to create yours."
        )
    admin = Person(id=None, name=name, role=Role.ADMIN)
    return _insert(db, admin, password_hash=password_hash, by=name, now=now)


def store_password(db: Connection, person: Person, password_hash: str) -> None:
    """Change a password; whatever the old one opened is shut."""
    _change(db, person, "password", password_hash)


def _change(db: Connection, person: Person, column: str, value: str | int) -> None:
    """Change what a person signs in by, and shut all that was open to them."""
    db.execute(f"UPDATE people SET {column} = ? WHERE id = ?", (value, person.id))
    db.execute("DELETE FROM links WHERE person_id = ?", (person.id,))
    db.execute("DELETE FROM tokens WHERE person_id = ?", (person.id,))
    end_sessions(db, person.id)


def end_sessions(db: Connection, person_id: int | None) -> None:
    db.execute("DELETE FROM sessions WHERE person_id = ?", (person_id,))


def _insert(db: Connection, person: Person, *, password_hash: str | None, by: str, now: datetime) -> Person:
    name, role = person.name, person.role
    if role != Role.ADMIN and not db.execute("SELECT 1 FROM people LIMIT 1").fetchone():
        raise AccessError("The first account must be an admin's, or nobody could manage the others.")
    if db.execute("SELECT 1 FROM people WHERE login = ?", (login(name),)).fetchone():
        raise AccessError(f"There is already an account called {name!r}. Choose another name.")
    person_id = db.execute(
        "INSERT INTO people (name, login, role, password, made_at) VALUES (?, ?, ?, ?, ?)",
        (name, login(name), role.word, password_hash, stamp(now)),
    ).lastrowid
    note(db, by, f"created an account for {name}, {role.word}", now)
    return replace(person, id=person_id, has_password=password_hash is not None)


def _name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise AccessError(f"Enter a name or an e-mail address of 1 to {LONGEST_NAME} characters.")
    return name


def new_hash(password: str, name: str) -> str:
    """Return what is stored of a new password of `name`; raises AccessError if it will not do."""
    passwords.check(password, name)
    return passwords.hash_of(password)


def _keep_an_admin(db: Connection, person: Person) -> None:
    """Refuse to take away the last admin who can sign in."""
    others = "role = 'admin' AND NOT disabled AND password IS NOT NULL AND id != ?"
    other_admin = db.execute(f"SELECT 1 FROM people WHERE {others} LIMIT 1", (person.id,)).fetchone()
    if person.role == Role.ADMIN and not person.disabled and not other_admin:
        raise AccessError(
            f"{person.name} is the last admin who can sign in. Make somebody else an admin first."
        )
