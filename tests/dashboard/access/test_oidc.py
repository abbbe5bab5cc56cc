"""Signing in with an account elsewhere: a real exchange with a made-up provider on this machine."""

import base64
import hashlib
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask, jsonify, redirect, request

pytest.importorskip("authlib", reason="the extra 'oidc' is not installed")

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pyotp import TOTP

from dashboard import create_app
from dashboard.access.oidc import Provider
from monitor.accounts import Role
from tests.dashboard.reports import NOW, served, some_services


@cache
def key_of(owner):
    """Return the key of the provider, or of another who says the same of theirs."""
    return RSAKey.generate_key(2048, {"kid": "1"})


def public_pem():
    return key_of("provider").as_pem(private=False).decode()


class Vouching:
    """A provider that vouches for `email`; the tests break one part of what it says."""

    def __init__(self):
        self.email, self.claims, self.header, self.asked = "jo@example.org", {}, {}, {}
        self.key = key_of("provider")
        self.app = Flask("provider")
        self.app.add_url_rule("/.well-known/openid-configuration", "about", self.about)
        self.app.add_url_rule("/authorize", "authorize", self.authorize)
        self.app.add_url_rule("/token", "token", self.token, methods=["POST"])
        own = key_of("provider").as_dict(private=False)
        self.app.add_url_rule("/keys", "keys", lambda: jsonify(keys=[own]))

    def about(self):
        at = request.host_url
        return jsonify(
            issuer=self.issuer, authorization_endpoint=f"{at}authorize", token_endpoint=f"{at}token",
            jwks_uri=f"{at}keys",
        )  # fmt: skip

    def authorize(self):
        self.asked = request.args.to_dict()
        return redirect(f"{self.asked['redirect_uri']}?code=abc&state={self.asked['state']}")

    def token(self):
        proof = base64.urlsafe_b64encode(hashlib.sha256(request.form["code_verifier"].encode()).digest())
        right = proof.decode().rstrip("=") == self.asked["code_challenge"] and request.form["code"] == "abc"
        if not right or (request.authorization.username, request.authorization.password) != ("us", "hush"):
            return jsonify(error="invalid_grant"), 400
        said = {
            "iss": self.issuer, "aud": "us", "sub": "1", "nonce": self.asked["nonce"],
            "exp": int(NOW.timestamp()) + 300, "email": self.email, "email_verified": True,
        } | self.claims  # fmt: skip
        signed = jwt.encode(
            {"alg": "RS256", "kid": "1"} | self.header, said, self.key, algorithms=["RS256", "HS256"]
        )
        return jsonify(access_token="x", token_type="Bearer", id_token=signed)


@contextmanager
def office_with(site, vouching):
    with served(vouching.app) as at:
        vouching.issuer = at.replace("127.0.0.1", "localhost")
        provider = Provider(issuer=vouching.issuer, client="us", secret="hush")
        services = some_services(now=lambda: site.now)
        site.app = create_app(services, accounts=site.accounts, provider=provider)
        yield site


@pytest.fixture
def vouching():
    return Vouching()


@pytest.fixture
def services(site, vouching):
    site.accounts.add("Jo@Example.org", Role.EDITOR, by="Ann", now=NOW)
    with office_with(site, vouching) as made:
        yield made


def gone(client, path="/login/office"):
    """Return the address that the provider sends the browser back to."""
    away = client.get(path)
    assert away.status_code == 303
    back = requests.get(away.location, allow_redirects=False, timeout=10).headers["Location"]
    return back.removeprefix("http://localhost")


@pytest.mark.heavy
def test_who_is_vouched_for_is_in_with_their_role_here(services, vouching):
    client = services.app.test_client()
    assert "sign in with localhost:" in client.get("/login").text
    back = client.get(gone(client, "/login/office?next=/sources"))
    assert back.location == "/sources"
    assert "signed in as <b>Jo@Example.org</b>, editor" in client.get("/account").text
    assert vouching.asked["scope"] == "openid email"
    assert vouching.asked["code_challenge_method"] == "S256"


BREAKS = {
    "not verified": lambda v: v.claims.update(email_verified=False),
    "verified in words": lambda v: v.claims.update(email_verified="true"),
    "for another program": lambda v: v.claims.update(aud="them"),
    "by another provider": lambda v: v.claims.update(iss="https://evil.example"),
    "too old": lambda v: v.claims.update(exp=int(NOW.timestamp()) - 61),
    "of another exchange": lambda v: v.claims.update(nonce="x"),
    "signed by another": lambda v: setattr(v, "key", key_of("another")),
    "signed with a public secret": lambda v: (
        setattr(v, "key", OctKey.import_key(public_pem().replace("-----", ""))),
        v.header.update(alg="HS256"),
    ),
}


@pytest.mark.parametrize("how", BREAKS)
def test_what_the_provider_says_has_to_be_right(services, vouching, how):
    BREAKS[how](vouching)
    client = services.app.test_client()
    answer = client.get(gone(client))
    assert (answer.status_code, "did not confirm who you are" in answer.text) == (403, True)
    assert client.get("/account").status_code == 303


@pytest.mark.heavy
def test_who_has_no_account_here_or_no_more_is_told_so(services, vouching):
    vouching.email = "eve@example.org"
    client = services.app.test_client()
    assert "no account for eve@example.org" in client.get(gone(client)).text
    services.accounts.disable(services.accounts.person("jo@example.org"), by="Ann", now=NOW)
    vouching.email = "jo@example.org"
    assert "no account for jo@example.org" in client.get(gone(client)).text
    assert client.get("/account").status_code == 303


@pytest.mark.heavy
def test_the_way_back_works_once_in_the_same_browser_and_soon(services):
    client, other = services.app.test_client(), services.app.test_client()
    assert other.get(gone(client)).status_code == 403  # a link that somebody else began
    back = gone(client)
    assert [client.get(back).status_code for _ in range(2)] == [303, 403]
    late = gone(client)
    services.later(minutes=11)
    assert client.get(late).status_code == 403
    assert client.get("/login/office/back").status_code == 403


@pytest.mark.heavy
def test_a_code_from_the_phone_is_asked_for_too(services):
    jo = services.accounts.person("jo@example.org")
    secret = services.accounts.phone(jo)
    services.accounts.switch_on(jo, TOTP(secret).at(NOW - timedelta(seconds=30)), NOW)
    client = services.app.test_client()
    assert client.get(gone(client)).location == "/login/code?next=/"
    assert client.get("/account").status_code == 303
    assert client.post("/login/code", data={"code": TOTP(secret).at(NOW)}).status_code == 303


def test_it_leads_to_our_own_pages_only(services):
    client = services.app.test_client()
    assert client.get(gone(client, "/login/office?next=//evil.example")).location == "/"


def test_a_provider_that_does_not_answer_or_is_another_is_said(services, vouching):
    vouching.issuer = "https://evil.example"
    answer = services.app.test_client().get("/login/office")
    assert (answer.status_code, "cannot be reached at the moment" in answer.text) == (502, True)


def test_the_secret_is_not_in_the_address_nor_in_what_is_printed(services, vouching):
    away = services.app.test_client().get("/login/office").location
    assert "hush" not in away
    assert "hush" not in repr(services.app.extensions["provider"])
    assert parse_qs(urlsplit(away).query)["client_id"] == ["us"]


def test_without_a_provider_there_is_no_such_page(site):
    assert site.browser().get("/login/office").status_code == 303
    assert "sign in with" not in site.browser().get("/login").text
