"""Every route of the app x who asks x how x from where: all as the table of rules says."""

from functools import cache
from itertools import product

import pytest
from werkzeug.exceptions import HTTPException

from dashboard.access import csrf, page_permissions
from dashboard.access.oidc import Provider
from dashboard.mail.services import MailServices
from monitor.accounts import Role
from monitor.mail.store import MailStore
from tests.dashboard.access.conftest import Site
from tests.mail.week_decider import Time, a_weekly

WHO = ("anonymous", "viewer", "editor", "admin", "share link", "token of an admin")
FROM = {
    "own page": {"Sec-Fetch-Site": "same-origin"},
    "no header": {},
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "old browser, own page": {"Origin": "http://localhost"},
    "old browser, other site": {"Origin": "https://evil.example"},
}
OURS = ("own page", "old browser, own page")
ROLES = {"viewer": Role.VIEWER, "editor": Role.EDITOR, "admin": Role.ADMIN, "token of an admin": Role.ADMIN}


@pytest.fixture
def site(tmp_path):
    """Return a dashboard with all the pages that there can be."""
    provider = Provider(issuer="https://login.example.org", client="us", secret="hush")
    desk = MailServices(weekly=a_weekly(MailStore.open(tmp_path / "access.db"), Time()), out="")
    made = Site(tmp_path, provider, desk).with_people()
    yield made
    made.accounts.close()


def paths(app):
    """Return an address of each route."""
    for rule in app.url_map.iter_rules():
        values = {name: {"filename": "style.css"}.get(name, "1") for name in rule.arguments}
        with app.test_request_context():
            yield rule.build(values)[1]


def endpoint_of(app, path, method):
    """Return which endpoint an address has for a method; None if it has none."""
    try:
        return app.url_map.bind("localhost").match(path, method)[0]
    except HTTPException:
        return None


def asked(site, who):
    """Return what tells the app who asks: headers, and the cookie."""
    if who == "token of an admin":
        token = site.accounts.add_token(site.person(Role.ADMIN), "a program", site.now)
        return {"Authorization": f"Bearer {token}"}, None
    if who in ROLES:
        return {}, site.accounts.begin(site.person(ROLES[who]), "a test", site.now)
    return {}, "s" * 22 if who == "share link" else None  # a slug opens nothing where a session does


@pytest.fixture
def client(site):
    client = site.app.test_client()
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    return client


EXPECTED = {  # written here once more: a rule that is loosened by mistake differs from it
    Role.NOBODY: [
        "sign_in.accept",
        "sign_in.ask_code",
        "sign_in.give_code",
        "sign_in.invited",
        "sign_in.show",
        "sign_in.sign_in",
        "sign_in.sign_out",
        "mail.change",
        "mail.show",
        "oidc.back",
        "oidc.start",
        "shared.show",
        "shared.preview",
        "static",
        "health.show",
        "privacy.show",
        "privacy.ask",
        "kit.public",
        "kit.picture",
    ],
    Role.VIEWER: [
        "account.add_token",
        "account.change_password",
        "account.end_token",
        "account.phone",
        "account.show",
        "account.sign_out_everywhere",
        "account.switch_off",
        "account.switch_on",
        "api.openapi",
        "api.report",
        "events.show",
        "kit.show",
        "live.show",
        "mails.ask",
        "mails.show",
        "methods.show",
        "missing.show",
        "outcomes.show",
        "overview.show",
        "explore.show",
        "places.sheet",
        "places.show",
        "themes.show",
        "posts.detail",
        "posts.show",
        "reports.show",
        "sources.show",
        "downloads.show",
        "downloads.chart_file",
        "tone.show",
    ],
    Role.EDITOR: [
        "kit.work",
        "api.posts",
        "events.work",
        "feed.show",
        "file_import.detail",
        "file_import.receive",
        "file_import.show",
        "file_import.work",
        "tallies.add",
        "tallies.table",
        "tallies.total",
        "tallies.undo",
        "manual_entry.show",
        "manual_entry.template",
        "manual_entry.work",
        "mails.drop",
        "mails.resend",
        "evidence.make",
        "people.show",
        "places.take_crimes",
        "posts.label",
        "posts.work",
        "replies.show",
        "settings.show",
        "shares.add",
        "overview.put_off",
        "shares.revoke",
        "shares.show",
        "themes.work",
        "tone_audit.draw",
        "tone_audit.read",
        "tone_audit.answer",
    ],
    Role.ADMIN: [
        "person.show",
        "person.work",
        "privacy.document",
        "privacy.register",
        "privacy.work",
        "sign_in.first",
        "guide.form",
        "guide.save",
        "guide.show",
        "settings.earlier",
        "settings.form",
        "settings.save",
        "settings.undo",
        "team.add",
        "team.change",
        "team.show",
        "team.trail",
        "evidence.show",
    ],
}


def test_each_endpoint_is_open_to_those_who_were_meant():
    assert {
        endpoint: role for role, endpoints in EXPECTED.items() for endpoint in endpoints
    } == page_permissions.LEAST


def declared(endpoint, who, method, origin):
    """Return what the rules say: 'in', 'refused', or 'sign in'."""
    by_token = who == "token of an admin"
    if method != "GET" and origin not in OURS and not by_token and endpoint != "mail.change":
        return "refused"
    least = page_permissions.least_role(endpoint)
    if least is None or (by_token and least and not page_permissions.takes_token(endpoint)):
        return "refused"
    if ROLES.get(who, Role.NOBODY) >= least:
        return "in"
    return "refused" if who in ROLES else "sign in"


def happened(answer):
    if (
        answer.status_code == 401
        or (answer.location or "").startswith("/login?")
        or answer.location == "/login"
    ):
        return "sign in"
    return "refused" if answer.status_code == 403 else "in"


@pytest.mark.slow
def test_every_route_is_open_to_exactly_those_the_table_says(site, client, monkeypatch):
    # What the pages do is tested elsewhere: here it is whether they are reached.
    for endpoint in site.app.view_functions:
        monkeypatch.setitem(site.app.view_functions, endpoint, lambda **_: "reached")
    wrong, seen, known = [], 0, cache(endpoint_of)
    for who in WHO:
        headers, cookie = asked(site, who)
        if cookie:
            client.set_cookie("monitor", cookie)
        for path, method, origin in product(paths(site.app), ("GET", "POST", "DELETE"), FROM):
            answer = client.open(path, method=method, headers=headers | FROM[origin])
            expected = declared(known(site.app, path, method), who, method, origin)
            seen += 1
            if happened(answer) != expected:
                wrong.append((path, who, method, origin, answer.status_code, expected))
        client.delete_cookie("monitor")
    assert wrong == []
    assert seen > 2000


def test_every_route_has_its_row(site):
    assert {rule.endpoint for rule in site.app.url_map.iter_rules()} - page_permissions.LEAST.keys() == set()


def test_a_route_without_a_row_is_open_to_nobody(tmp_path):
    site = Site(tmp_path).with_people()
    site.app.add_url_rule("/new", "new.page", lambda: "secret")
    answer = site.browser(Role.ADMIN).get("/new")
    assert (answer.status_code, "secret" in answer.text) == (403, False)
    site.accounts.close()


def test_without_the_guard_the_matrix_would_fail(site, client, monkeypatch):
    # The control: the same questions to an app that lost its guard.
    site.app.before_request_funcs[None] = []
    assert happened(client.get("/team")) == "in"
    assert declared("team.show", "anonymous", "GET", "own page") == "sign in"


def test_every_page_that_is_read_needs_a_viewer_at_least():
    open_to_all = {endpoint for endpoint, least in page_permissions.LEAST.items() if not least}
    rooms = {endpoint.partition(".")[0] for endpoint in open_to_all}
    assert rooms == {"static", "health", "sign_in", "mail", "oidc", "shared", "privacy", "kit"}
    assert all(
        least == Role.ADMIN
        for endpoint, least in page_permissions.LEAST.items()
        if endpoint.startswith("team.")
    )


@pytest.mark.parametrize(
    ("site", "origin", "host", "ours"),
    [
        ("same-origin", None, "localhost", True),
        ("none", None, "localhost", True),
        ("same-site", "http://localhost", "localhost", False),
        ("cross-site", "http://localhost", "localhost", False),
        ("", "http://localhost", "localhost", False),
        ("SAME-ORIGIN", None, "localhost", False),
        (None, "http://localhost:8000", "localhost:8000", True),
        (None, "http://LOCALHOST:8000", "localhost:8000", True),
        (None, "http://localhost:8001", "localhost:8000", False),
        (None, "null", "localhost", False),
        (None, "http://[", "localhost", False),
        (None, "", "", False),
        (None, "file://", "", False),
        (None, None, "localhost", False),
    ],
)
def test_what_browsers_say_of_a_form_decides(site, origin, host, ours):
    assert csrf.is_ours("POST", site=site, origin=origin, host=host) is ours
    assert csrf.is_ours("DELETE", site=site, origin=origin, host=host) is ours
    assert csrf.is_ours("GET", site=site, origin=origin, host=host)


def test_a_refused_form_says_that_nothing_was_changed(site):
    client = site.browser(Role.ADMIN)
    answer = client.post(
        "/team", data={"name": "Eve", "role": "admin"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    assert len(site.accounts.people()) == 3


def test_whose_role_was_lowered_meanwhile_is_told_that_nothing_was_saved_and_how_it_still_can_be(site):
    client, ed = site.browser(Role.EDITOR), site.accounts.person("Ed")
    site.accounts.set_role(ed, Role.VIEWER, by="Ann", now=site.now)
    answers = [client.post("/shares", data={"name": "typed for half an hour"})]
    answers.append(site.browser(Role.VIEWER).post("/shares", data={"name": "typed"}))
    for answer in answers:
        assert answer.status_code in (401, 403)
        assert "What you typed is not lost" in answer.text
    assert "Nothing was changed: your account may not do this" in answers[-1].text
    assert not site.accounts.shares()
    assert "cannot open this page" in site.browser(Role.VIEWER).get("/shares").text  # nothing was typed


def test_while_it_is_open_other_sites_can_change_nothing_either(empty):
    form = {"name": "Eve", "password": "three odd words"}
    link = "/set-up/" + empty.accounts.invite(None, by="the console", now=empty.now)
    answer = empty.browser().post(link, data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not empty.accounts.anyone()


@pytest.mark.heavy
@pytest.mark.parametrize("who", [Role.NOBODY, Role.ADMIN])
def test_every_answer_has_its_headers(site, who):
    client = site.browser(who)
    for path in (*paths(site.app), "/nothing", "/static/nothing", "/s/nothing", "/?period=year"):
        for method in ("GET", "POST", "DELETE"):
            with client.open(path, method=method) as answer:
                headers = answer.headers
            assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';"), (
                path
            )
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert headers["Referrer-Policy"] in ("same-origin", "no-referrer"), path
            assert path.startswith("/static") or headers["Cache-Control"], path


def test_with_https_browsers_are_told_to_keep_to_it(site):
    answer = site.app.test_client().get("/login", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in site.browser().get("/login").headers


@pytest.mark.heavy
def test_a_page_that_is_not_for_a_colleague_says_who_can_change_that_and_tells_no_stranger(site):
    gone = site.accounts.add("Gone", Role.ADMIN, by="a test", now=site.now)
    site.accounts.disable(gone, by="a test", now=site.now)
    site.accounts.add("Bo <b>", Role.ADMIN, by="a test", now=site.now)
    admin = "Ann and Bo &lt;b&gt;"
    for role in (Role.VIEWER, Role.EDITOR):
        page = site.browser(role).get("/team").text
        assert f"{admin} can give you one." in page
        assert "Gone" not in page
    for path in ("/team", "/login", "/", "/privacy"):
        assert f"{admin} can give you one" not in site.browser().get(path, follow_redirects=True).text
