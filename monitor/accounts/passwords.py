"""Passwords: which are taken, and how they are kept and compared.

argon2 is loaded where it is used: the worker opens the same database, and has no use for that megabyte.
"""

import re
import unicodedata
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

from monitor.core.errors import AccessError

SHORTEST, LONGEST = 8, 200
# Of a password that is long forgotten: with the parameters that the others have.
_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$S8XR5IcLibGAsfNOTngAmg$QaD4TWBmMvHnQadvZay20B0emKItWm4bXXrBVSMLBvE"
_TURNS = BoundedSemaphore(2)  # a comparison takes 64 MB of memory: a flood of them must not take it all

# The roots of the passwords that people choose most; what is added at the end does not make them better.
_COMMON = """
    abcdefgh access administrator asdfasdf asdfghjk asdfghjkl baseball basketball batman blink butterfly
    callingtimeoncrime campaign cheese chelsea chocolate computer dagenham dashboard donald dragon england
    facebook flower football freedom google hello iloveyou internet jennifer jessica jordan labour letmein
    liverpool login london lovely manchester manutd master michael michelle monkey monitor mustang office
    parliament pass passw0rd password passwort pokemon princess qazwsx qazwsxedc qwerty qwertyui qwertyuiop
    samantha secret shadow spurs starwars summer sunshine superman trustno welcome whatever winter
    westham westminster zaqwsx zxcvbn zxcvbnm admin arsenal user test changeme default guest
"""
_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "1q2w3e4r5t6y7u8i9o0p")


def check(password: str, name: str) -> None:
    """Raise AccessError, saying how to do better, if a password is too short, too long or easily guessed."""
    password = _plain(password)
    if len(password) < SHORTEST:
        raise AccessError(
            f"That password is too short. Use {SHORTEST} characters or more: three unrelated words work well."
        )
    if len(password) > LONGEST:
        raise AccessError(f"That password is too long. Use {LONGEST} characters or fewer.")
    if _is_common(password, name):
        raise AccessError(
            "That password is one of the first that others would try. Three unrelated words work well."
        )


def hash_of(password: str) -> str:
    """Return what is stored of a password."""
    with _TURNS:
        return _hasher().hash(_plain(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether a password is the stored one. None, for nobody, takes as much work and never matches."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _TURNS:
        try:
            return _hasher().verify(password_hash or _NOBODYS, _plain(password)) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


def _plain(password: str) -> str:
    # The same letters can be typed in several ways; NIST SP 800-63B asks to make them one.
    return unicodedata.normalize("NFKC", password[: LONGEST * 4])


def _is_common(password: str, name: str) -> bool:
    typed = password.casefold()
    root = re.sub(r"[\W_]+", "", re.sub(r"[\W\d_]+$", "", typed))
    own = re.split(r"[\W_]+", name.casefold())
    return root in {*_COMMON.split(), *own} or len(set(typed)) < 4 or any(typed in run for run in _RUNS)
