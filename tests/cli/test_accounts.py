"""People and shares at the command line; no secret is ever typed as a word of a command."""

import http.client
import os
import re
import subprocess
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from pyotp import TOTP

from monitor.accounts import Accounts, Role
from monitor.campaign import Access
from monitor.cli import group
from monitor.cli.wiring.web import provider_of
from monitor.core.errors import AccessError, ConfigError
from tests.cli.test_serve import ROOT, folder, served, words  # noqa: F401  # a fixture

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
GOOD = "three odd words"


@pytest.fixture
def run(tmp_path):
    def command(*said, **how):
        return CliRunner().invoke(group, ["--archive", str(tmp_path / "a.db"), *said], **how)

    return command


@pytest.fixture
def accounts(tmp_path):
    made = Accounts.open(tmp_path / "access.db")
    yield made
    made.close()


def test_accounts_of_the_demo_are_not_those_of_the_real_dashboard(tmp_path):
    def said(archive, *words):
        return CliRunner().invoke(group, ["--archive", str(tmp_path / archive), "users", *words])

    assert said("demo.db", "add", "anna").exit_code == 0
    assert said("demo.db", "list").stdout.startswith("anna")
    nobody = said("archive.db", "list")
    assert (nobody.stdout, "monitor users add YOUR-NAME" in nobody.stderr) == ("", True)


def token(output):
    return re.search(r"http://127\.0\.0\.1:8000/set-up/([\w-]{43})$", output, re.M)[1]


def test_the_first_person_is_an_admin_and_gets_a_link(run, accounts):
    done = run("users", "add", "Ann")
    assert "Ann now has an account, with the role admin." in done.output
    assert accounts.invitation(token(done.output), datetime.now(UTC))[1].name == "Ann"
    run("users", "add", "Vic")
    assert accounts.person("Vic").role == Role.VIEWER
    assert run("users", "list").stdout == "Ann\tadmin\tno password yet\nVic\tviewer\tno password yet\n"


def test_a_password_is_asked_for_and_not_shown(run, accounts):
    done = run("users", "add", "Ann", "--password", input=f"{GOOD}\n{GOOD}\n")
    assert done.exit_code == 0
    assert GOOD not in done.output
    assert accounts.enter("Ann", GOOD, address="", now=NOW).name == "Ann"


@pytest.mark.parametrize("more", [["--password", "secret words"], ["secret words"]])
def test_a_password_cannot_be_a_word_of_the_command(run, more):
    assert run("users", "add", "Ann", *more).exit_code == 2


def test_the_setup_link_makes_the_first_account_only(run, accounts):
    link = token(run("users", "setup-link").output)
    accounts.accept(link, "Ann", GOOD, now=datetime.now(UTC))
    assert isinstance(run("users", "setup-link").exception, AccessError)


def test_roles_sessions_and_accounts_are_changed(run, accounts):
    ann, bob = (
        accounts.add(name, Role.ADMIN, by="a test", now=NOW, password=GOOD) for name in ("Ann", "Bob")
    )
    tokens = [accounts.begin(person, "Firefox", NOW) for person in (ann, bob)]
    assert "Ann is signed out." in run("users", "sign-out", "ann").output.replace("ann", "Ann")
    assert [bool(accounts.session(token, NOW)) for token in tokens] == [False, True]
    run("users", "role", "Bob", "editor")
    assert accounts.session(tokens[1], NOW) is None
    assert "last admin" in str(run("users", "disable", "Ann").exception)
    run("users", "disable", "Bob")
    assert "Bob\teditor\tswitched off" in run("users", "list").stdout
    run("users", "enable", "Bob")
    assert not accounts.person("Bob").disabled
    assert "Everyone is signed out." in run("users", "sign-out", "--everyone").output
    assert run("users", "sign-out").exit_code == 2
    assert "There is no account called 'Eve'" in str(run("users", "reset-password", "Eve").exception)


def test_a_lost_phone_and_a_forgotten_password_are_mended(run, accounts):
    ann = accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password=GOOD)
    accounts.switch_on(ann, TOTP(accounts.phone(ann)).at(NOW), NOW)
    done = run("users", "reset-password", "Ann", "--lost-phone")
    assert not accounts.person("Ann").two_steps
    assert accounts.invitation(token(done.output), datetime.now(UTC)) == (True, accounts.person("Ann"))


def test_a_share_is_made_listed_and_ended(run, accounts):
    done = run(
        "share", "add", "the MP", "--days", "3", "--asked", "period=week", "--site", "https://example.org"
    )
    slug = re.search(r"/s/([\w-]{22})$", done.stdout, re.M)[1]
    found = accounts.share_of(slug, datetime.now(UTC))
    assert (found.query, found.sites, found.handles) == ("period=week", ("https://example.org",), False)
    listed = r"1\tthe MP\toverview\tuntil \d+ \w+ \d{4}, \d\d:\d\d\tby the console( \(.+\))?\n"
    assert re.match(listed, run("share", "list").stdout)
    assert run("share", "revoke", "1").exit_code == 0
    assert "\tended\t" in run("share", "list").stdout
    assert accounts.share_of(slug, datetime.now(UTC)) is None


@pytest.mark.slow
@pytest.mark.parametrize("command", ["web", "up"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_nobody_listens_to_others_without_an_account(folder, command, host):  # noqa: F811
    done = subprocess.run(
        words(folder, command, "--host", host), capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 78
    assert done.stderr.strip().splitlines()[-1].endswith("Type: monitor users add YOUR-NAME")


@pytest.mark.slow
def test_with_an_account_it_listens_and_asks_everyone_to_sign_in(folder):  # noqa: F811
    accounts = Accounts.open(folder / "access.db")
    accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password=GOOD)
    accounts.close()
    with served(folder, "web", "--port", "0", "--host", "0.0.0.0") as (_, port):
        assert ask(port, "GET", "/").headers["Location"] == "/login"
        assert ask(port, "GET", "/", Host="evil.example").status == 400
        assert ask(port, "GET", "/", Host=f"192.0.2.7:{port}").status == 303
        form = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
        body = "name=ann&password=three+odd+words"
        cookie = ask(port, "POST", "/login", body, **form).headers["Set-Cookie"].split(";")[0]
        assert ask(port, "GET", "/", Cookie=cookie).status == 200
        assert ask(port, "POST", "/logout", Cookie=cookie, **form).status == 303
        assert ask(port, "GET", "/", Cookie=cookie).status == 303


@pytest.mark.slow
def test_a_proxys_requests_are_not_taken_for_those_of_this_computer(folder):  # noqa: F811
    with served(folder, "web", "--port", "0") as (_, port):
        assert ask(port, "GET", "/").status == 200
        assert ask(port, "GET", "/", **{"X-Forwarded-For": "192.0.2.7"}).status == 303


def ask(port, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_signing_in_elsewhere_needs_its_keys():
    access = Access(oidc_issuer="https://login.example.org")
    assert provider_of(Access(), {}) is None
    with pytest.raises(ConfigError, match="OIDC_CLIENT_SECRET"):
        provider_of(access, {"OIDC_CLIENT_ID": "us"})
    provider = provider_of(access, {"OIDC_CLIENT_ID": "us", "OIDC_CLIENT_SECRET": "hush"})
    assert (provider.host, provider.client) == ("login.example.org", "us")
