"""The cookie that holds the token of a session."""

from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any

from flask import Response, request

_SAFE, _PLAIN = "__Host-monitor", "monitor"  # with the prefix, no other name and no plain http can set it


def name(*, https: bool) -> str:
    """Return the cookie's name. Without https a browser takes neither prefix nor Secure."""
    return _SAFE if https else _PLAIN


def token(environ: dict[str, Any]) -> str | None:
    """Return the token of a request; None if there is none."""
    try:
        found = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(
            name(https=environ["wsgi.url_scheme"] == "https")
        )
    except CookieError:
        return None
    return found.value if found else None


def give(response: Response, token: str, lasts: timedelta) -> Response:
    """Return the response with a new token for the browser."""
    response.set_cookie(
        name(https=request.is_secure), token, max_age=lasts, path="/", secure=request.is_secure,
        httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


def take(response: Response) -> Response:
    """Return the response that makes the browser forget its token."""
    response.delete_cookie(
        name(https=request.is_secure), path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return response
