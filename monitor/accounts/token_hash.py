"""Secrets that this program makes: only their digests are stored, so a stolen file opens no door."""

import secrets
from hashlib import sha256


def new(bits: int = 256) -> str:
    """Return a fresh secret that fits into an address."""
    return secrets.token_urlsafe(bits // 8)


def digest(secret: str) -> str:
    """Return what is stored of a secret. It needs no slow hash, as nobody can guess so many bits."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
