"""The guard at the door: who asks, whether they may, and for whom a page may be kept."""

import ipaddress
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import Response, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import Authorization

from dashboard.access import cookie, csrf, page_permissions
from dashboard.services import Services
from monitor.accounts import NOBODY, OFFICE, Accounts, Person, Role, Session, role_of
from monitor.campaign import Campaign
from monitor.core.errors import AccessError
from monitor.report.wording import listed

_CALLER = "monitor.caller"
# What proxies, and the networks of hosts, add to a request that they hand on.
_HANDED_ON = re.compile(
    "HTTP_(FORWARDED|VIA|CDN_LOOP|TRUE_CLIENT_IP|X_.*|CF_.*|FLY_.*|FASTLY_.*|AKAMAI_.*|INCAP_.*|DO_.*)"
)
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
_OWN = (
    "/bring-a-file",
    "/people/find",
    "/login",
    "/set-up",
    "/settings",
    "/account",
    "/team",
    "/shares",
    "/s/",
    "/mail/",
    "/privacy",
)  # pages that are never kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks. `by_token`: a program of theirs."""

    person: Person
    by_token: bool = False
    session: Session | None = None


class Guard:
    """Stands before all pages. Without accounts everyone at this computer is the office."""

    def __init__(self, services: Services, accounts: Accounts | None) -> None:
        self._accounts = accounts
        self.has_accounts = accounts is not None
        self.services = services  # whose reports have all names
        self.now, self.campaign = services.now, services.campaign
        self._locked = False  # an account was seen, and accounts are never deleted

    @property
    def accounts(self) -> Accounts:
        """Return the accounts; only pages that are there with accounts may ask."""
        if self._accounts is None:
            raise AccessError("This dashboard runs without accounts.")
        return self._accounts

    def first_link(self, address: str) -> str | None:
        """Return a new one-time link to make the first account by; None: there is an account already.

        It begins with what the campaign file names as the dashboard's address, or with `address`, if that
        leads no further than this computer.
        """
        if self._accounts is None or self._accounts.anyone():
            return None
        token = self._accounts.invite(None, by="the console", now=self.now())
        digest = self.campaign.digest
        return f"{address if digest.is_local else digest.address.rstrip('/')}/set-up/{token}"

    def caller(self, environ: dict[str, Any]) -> Caller:
        """Return who asks; it is found out once for a request."""
        if _CALLER not in environ:
            environ[_CALLER] = self._caller(environ)
        return cast(Caller, environ[_CALLER])

    def vary(self, environ: dict[str, Any]) -> Hashable | None:
        """Return what a kept page of this request belongs to, beside its address; None: keep none."""
        if environ["PATH_INFO"].startswith(_OWN):
            return None
        caller = self.caller(environ)
        if not caller.person.role or (caller.session and caller.session.waits):
            return None
        return caller.person, caller.by_token

    def check(self) -> ResponseReturnValue | None:
        """Return an answer for a request that may not go on, else None."""
        caller, endpoint = self.caller(request.environ), request.endpoint
        if not caller.by_token and endpoint not in page_permissions.FROM_ANYWHERE and not csrf.is_ours(
            request.method, site=request.headers.get("Sec-Fetch-Site"), origin=request.headers.get("Origin"),
            host=request.host,
        ):  # fmt: skip
            return refusal(
                "Nothing was changed",
                "That request came from another site. Open the page here and try again.",
            )
        least = page_permissions.least_role(endpoint)
        if least is None or (caller.by_token and least and not page_permissions.takes_token(endpoint)):
            return refusal("Programs cannot open this page", "Tokens open the API, feeds and downloads only.")
        if not caller.person.may(least):
            return too_low() if caller.person.role else _ask_to_sign_in(endpoint)
        if self._needs_code(caller) and endpoint not in page_permissions.WITHOUT_CODE and least:
            if caller.by_token:
                return refusal(
                    "This token does not work yet", "Its owner must first switch on codes from a phone."
                )
            return redirect(url_for("account.phone", why="needed"), 303)
        return None

    def _caller(self, environ: dict[str, Any]) -> Caller:
        if self._is_open(environ):
            return Caller(person=OFFICE)
        if self._accounts is None:
            return Caller(person=NOBODY)
        now = self.now()
        if header := environ.get("HTTP_AUTHORIZATION"):
            person = self._accounts.person_of_token(_token(header), now)
            return Caller(person=person or NOBODY, by_token=person is not None)
        token = cookie.token(environ)
        is_use = environ.get("PATH_INFO") != "/live"  # which an open page asks for each minute
        session = self._accounts.session(token, now, is_use=is_use) if token else None
        if session is None:
            return Caller(person=NOBODY)
        return Caller(person=NOBODY if session.waits else session.person, session=session)

    def _is_open(self, environ: dict[str, Any]) -> bool:
        if self._accounts is not None:
            self._locked = self._locked or self._accounts.anyone()
        return not self._locked and not self._is_for_others and is_at_this_computer(environ)

    @property
    def _is_for_others(self) -> bool:
        """Return whether the campaign file names an address for people elsewhere: a proxy may be silent."""
        access, digest = self.campaign.access, self.campaign.digest
        return access.behind_proxy or (self.has_accounts and (bool(access.names) or not digest.is_local))

    def _needs_code(self, caller: Caller) -> bool:
        if not self.campaign.access.totp_for_admins or (caller.session is None and not caller.by_token):
            return False
        return caller.person.role == Role.ADMIN and not caller.person.two_steps


def is_at_this_computer(environ: dict[str, Any]) -> bool:
    """Return whether a request was made on this computer, and was not handed on by a proxy.

    A browser speaks HTTP/1.1. nginx hands on in HTTP/1.0, without a word, if nobody has told it otherwise.
    """
    if environ.get("SERVER_PROTOCOL") == "HTTP/1.0" or any(map(_HANDED_ON.fullmatch, environ)):
        return False
    host = environ.get("HTTP_HOST", "").lower()
    bare = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    try:
        return bare in _LOCAL and ipaddress.ip_address(environ.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:  # a socket without an address
        return False


def refusal(what: str, advice: str, code: int = 403) -> Response:
    return Response(render_template("error.html", what=what, advice=advice, code=code), code)


def too_low() -> Response:
    """Return the page that says no to a colleague, who may have had another role, and who can change that."""
    people = accounts().people() if guard().has_accounts else ()
    admins = [person.name for person in people if person.role == Role.ADMIN and not person.disabled]
    whom = listed(admins) or "an admin"
    advice = f"If you need it for your work, ask for another role. {whom} can give you one."
    if request.method in csrf.READING:
        return refusal("Your account cannot open this page", advice)
    more = " What you typed is not lost: reload this page then, and your browser sends it again."
    return refusal("Nothing was changed: your account may not do this", advice + more)


def _ask_to_sign_in(endpoint: str | None) -> ResponseReturnValue:
    if page_permissions.takes_token(endpoint):
        abort(401, "Send a token, or sign in first. You can create a token on your account page.")
    if "sign_in" not in current_app.blueprints:
        return refusal(
            "This only works on the computer the monitor runs on", "Open it there, or add accounts.", 401
        )
    if request.method not in csrf.READING:
        return Response(render_template("access/away.html"), 401)
    path = request.full_path.rstrip("?")
    return redirect(url_for("sign_in.show", next=None if path == "/" else path), 303)


def _token(header: str) -> str:
    """Return the token of an Authorization header: Bearer, or the password of Basic, as feed readers send."""
    authorization = Authorization.from_header(header)
    return "" if authorization is None else str(authorization.token or authorization.password or "")


def guard() -> Guard:
    return cast(Guard, current_app.extensions["guard"])


def accounts() -> Accounts:
    return guard().accounts


def campaign() -> Campaign:
    return guard().campaign


def now() -> datetime:
    return guard().now()


def who() -> Person:
    """Return who asks for this page; without a name and a role if they are not signed in."""
    return guard().caller(request.environ).person


def nobody_if_unknown() -> None:
    """Take whoever asks for nobody if it cannot be found out who it is: for the page that says why."""
    request.environ.setdefault(_CALLER, Caller(person=NOBODY))


def note(what: str) -> None:
    """Write on the audit trail what the one who asks has done; no text of posts, nobody's name there."""
    g.is_noted = True  # a page that was noted is not kept: each look at it is a line
    later_note(daily=guard().caller(request.environ).by_token)(what)


def later_note(*, daily: bool = False) -> Callable[[str], None]:
    """Return what writes on the audit trail for the one who asks, when the request is over, too."""
    here, name = guard(), who().name

    def write(what: str) -> None:
        if here.has_accounts:
            here.accounts.note(name, what, here.now(), daily=daily)

    return write


def need(role: str) -> None:
    """End the request with the page that says no, unless who asks has this role or a higher one."""
    if not may(role):
        abort(too_low())


def may(role: str) -> bool:
    """Return whether who asks has this role or a higher one: for templates."""
    return who().may(role_of(role))
