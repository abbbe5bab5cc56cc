"""Who a person is to the dashboard, and what each role may do."""

from dataclasses import dataclass
from enum import IntEnum

from monitor.core.errors import AccessError

LONGEST_NAME = 100


class Role(IntEnum):
    """What somebody may do; each may do all that the ones below it may."""

    NOBODY = 0  # not signed in
    VIEWER = 1  # read pages
    EDITOR = 2  # work on posts and events, and share
    ADMIN = 3  # people and settings

    @property
    def word(self) -> str:
        """Return the role as it is written in files, addresses and pages."""
        return self.name.lower()


ROLES = tuple(role for role in Role if role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who uses the dashboard. `id` is None for those who have no account."""

    id: int | None
    name: str
    role: Role
    disabled: bool = False
    has_password: bool = True
    two_steps: bool = False  # signing in takes a code from a phone, too

    def may(self, least: Role) -> bool:
        return self.role >= least


NOBODY = Person(id=None, name="", role=Role.NOBODY)
OFFICE = Person(id=None, name="the team", role=Role.ADMIN)  # everyone, while nobody has an account


def role_of(word: str) -> Role:
    """Return the role of a word; raises AccessError, naming those there are."""
    for role in ROLES:
        if role.word == word:
            return role
    raise AccessError(f"There is no role {word!r}. Choose one of: viewer, editor, admin.")
