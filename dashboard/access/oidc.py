"""Signing in with the account that people have elsewhere (OpenID Connect), such as the office's.

It stands for the password only: who may come in, and what they may do, is decided here.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.access import cookie
from dashboard.access.guard import accounts, now, refusal
from dashboard.access.sign_in import own_path, start_session
from monitor.accounts import OidcState, Person
from monitor.accounts import token_hash as secret
from monitor.core.errors import AccessError

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

log = logging.getLogger(__name__)

_STATE = "monitor-state"
_LASTS = timedelta(minutes=10)
_TIMEOUT = 10  # seconds
_ALGORITHMS = ["RS256", "PS256", "ES256"]  # with a public key; never "none", and no shared secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who vouches for people. `issuer` is its address; it gave us the other two."""

    issuer: str
    client: str
    secret: str = field(repr=False)

    @property
    def host(self) -> str:
        """Return the name that people know it by."""
        return urlsplit(self.issuer).netloc


page = Blueprint("oidc", __name__, url_prefix="/login/office")


@page.get("")
def start() -> ResponseReturnValue:
    onward, back = own_path(request.args.get("next")), url_for("oidc.back", _external=True)
    try:
        address, handshake = sign_in_address(_provider(), back, onward)
    except AccessError as error:
        return refusal("That did not work", str(error), 502)
    accounts().keep(handshake, now())
    # The cookie ties the way back to this browser: a link that somebody else began opens nothing.
    return cookie.set_token(redirect(address, 303), handshake.state, _LASTS, _STATE)  # type: ignore[arg-type]


@page.get("/back")
def back() -> ResponseReturnValue:
    state = request.args.get("state", "")
    handshake = accounts().redeem(state, now())
    if handshake is None or cookie.token(request.environ, _STATE) != state:
        why = "Or you started in another browser. Start again, and sign in here."
        return refusal("That took too long", why)
    try:
        here = url_for("oidc.back", _external=True)
        address = vouched_address(_provider(), here, handshake, request.args, now())
        person = _person(address)
    except AccessError as error:
        return refusal("That did not work", str(error))
    onward = url_for("sign_in.ask_code", next=handshake.onward) if person.two_steps else handshake.onward
    return start_session(person, onward, waits=person.two_steps)


def sign_in_address(provider: Provider, back: str, onward: str) -> tuple[str, OidcState]:
    """Return where to send the browser, and what to keep until it is back. Raises AccessError."""
    handshake = OidcState(
        state=secret.new(), nonce=secret.new(), verifier=secret.new(bits=512), onward=onward
    )
    with _session(provider, back) as session:
        address, _ = session.create_authorization_url(
            _provider_metadata(session, provider)["authorization_endpoint"],
            state=handshake.state, code_verifier=handshake.verifier, nonce=handshake.nonce,
        )  # fmt: skip
    return str(address), handshake


def vouched_address(
    provider: Provider, back: str, handshake: OidcState, answer: Mapping[str, str], at: datetime
) -> str:
    """Return the e-mail address that the provider vouches for. Raises AccessError."""

    with _session(provider, back) as session:
        published = _provider_metadata(session, provider)
        try:
            token = session.fetch_token(
                published["token_endpoint"], code=answer["code"], code_verifier=handshake.verifier
            )
            keys = session.get(published["jwks_uri"], withhold_token=True).json()
            return _address(_claims(provider, handshake, token["id_token"], keys, at))
        except Exception as error:  # of three libraries, about a foreign answer: none lets anyone in
            log.warning("signing in with %s failed: %s", provider.host, type(error).__name__)
            raise AccessError(_FAILED.format(host=provider.host)) from error


_FAILED = "{host} did not confirm who you are. Try again, or sign in with your password."


def _claims(
    provider: Provider, handshake: OidcState, token: str, keys: Any, at: datetime
) -> Mapping[str, Any]:
    """Return what a signed token says, checked as OpenID Connect Core 3.1.3.7 asks."""
    from joserfc import jwt
    from joserfc.jwk import KeySet

    decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
    jwt.JWTClaimsRegistry(
        now=int(at.timestamp()), leeway=60, exp={"essential": True},
        iss={"essential": True, "value": provider.issuer}, aud={"essential": True, "value": provider.client},
        nonce={"essential": True, "value": handshake.nonce},
    ).validate(decoded.claims)  # fmt: skip
    return decoded.claims


def _address(claims: Mapping[str, Any]) -> str:
    if claims.get("email_verified") is not True:
        raise ValueError("the address is not verified")
    return str(claims["email"])


def _person(address: str) -> Person:
    """Return who has an account under this address. Raises AccessError."""
    person = next((one for one in accounts().people() if one.name.casefold() == address.casefold()), None)
    if person is None or person.disabled:
        raise AccessError(f"There is no account for {address} here. Ask an admin to add it.")
    return person


def _session(provider: Provider, back: str) -> "OAuth2Session":
    from authlib.integrations.requests_client import OAuth2Session

    session = OAuth2Session(
        provider.client, provider.secret, scope="openid email", redirect_uri=back,
        code_challenge_method="S256", default_timeout=_TIMEOUT,
    )  # fmt: skip
    session.max_redirects = 0  # it answers itself, or not at all
    return session


def _provider_metadata(session: "OAuth2Session", provider: Provider) -> Mapping[str, str]:
    """Return what the provider says of itself. Raises AccessError."""
    where = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        metadata: dict[str, str] = session.get(where, withhold_token=True).json()
        if metadata["issuer"] != provider.issuer:
            raise ValueError("it calls itself something else")
        return {name: metadata[name] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    except (OSError, ValueError, LookupError, TypeError) as error:  # those of requests are OSErrors
        log.warning("%s could not be asked: %s", provider.host, type(error).__name__)
        raise AccessError(
            f"{provider.host} cannot be reached at the moment. Sign in with your password."
        ) from error


def _provider() -> Provider:
    return cast(Provider, current_app.extensions["provider"])
