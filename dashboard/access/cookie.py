"""The cookies: one holds the token of a session, one says that this browser was signed in before."""

from datetime import timedelta
from typing import Any

from flask import Response, request
from werkzeug.http import parse_cookie

SESSION, DEVICE = "monitor", "monitor-device"
_SAFE = "__Host-"  # with this prefix, no other name of the same site and no plain http can set a cookie


def name(kind: str, *, https: bool) -> str:
    """Return a cookie's name. Without https a browser takes neither prefix nor Secure."""
    return _SAFE + kind if https else kind


def token(environ: dict[str, Any], kind: str = SESSION) -> str | None:
    cookies = parse_cookie(environ.get("HTTP_COOKIE"))
    return cookies.get(name(kind, https=environ["wsgi.url_scheme"] == "https"))


def set_token(response: Response, token: str, lasts: timedelta, kind: str = SESSION) -> Response:
    """Return the response with a new token for the browser."""
    response.set_cookie(
        name(kind, https=request.is_secure), token, max_age=lasts, path="/", secure=request.is_secure,
        httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


def clear(response: Response) -> Response:
    """Return the response that makes the browser forget who is signed in."""
    response.headers["Clear-Site-Data"] = '"cache"'  # else the Back button shows what was on the screen
    response.delete_cookie(
        name(SESSION, https=request.is_secure), path="/", secure=request.is_secure, httponly=True,
        samesite="Lax",
    )  # fmt: skip
    return response
