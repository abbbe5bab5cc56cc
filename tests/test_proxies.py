"""The proxies of docs/run/proxy.md, with the very text of the page, in front of a real dashboard."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from monitor.accounts import Accounts, token_hash
from tests.cli.test_serve import CAMPAIGN, served

PAGE = (Path(__file__).parents[1] / "docs/run/proxy.md").read_text()
NAME = "dashboard.example.org"
CALLER, CLAIMED = "127.0.0.2", "203.0.113.9"  # who asks, and as whom they pretend to
NGINX = """
daemon off; pid {folder}/pid; error_log stderr; {user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {server}
}}
"""
CADDY = """
{{
    admin off
    local_certs
    skip_install_trust
    auto_https disable_redirects
    storage file_system {folder}
}}
{server}
"""


def block(kind: str) -> str:
    """Return the text of the page for a proxy, or for the campaign file."""
    (found,) = re.findall(rf"(?ms)^```{kind}\n(.*?)^```", PAGE)
    return str(found)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def put(text: str, **changes: str) -> str:
    """Return a text with parts that are there once replaced."""
    for old, new in changes.values():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def nginx(folder: Path, port: int, web: int, server: str) -> list[str]:
    certificate, key = folder / "dashboard.pem", folder / "dashboard.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", f"/CN={NAME}", "-days", "1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    server = put(
        server, listen=("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        pem=("/etc/ssl/dashboard.pem", str(certificate)), key=("/etc/ssl/dashboard.key", str(key)),
        web=("127.0.0.1:8000", f"127.0.0.1:{web}"),
    )  # fmt: skip
    user = "user root;" if Path.home() == Path("/root") else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user, server=server))
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def caddy(folder: Path, port: int, web: int, server: str) -> list[str]:
    server = put(server, name=(f"{NAME} {{", f"{NAME}:{port} {{"), web=("127.0.0.1:8000", f"127.0.0.1:{web}"))
    (folder / "Caddyfile").write_text(CADDY.format(folder=folder, server=server))
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


PROXIES = {"nginx": (nginx, "nginx"), "caddy": (caddy, "caddyfile")}


class Visitor:
    """Somebody elsewhere, who opens the dashboard by its name, and claims to be another."""

    def __init__(self, port: int) -> None:
        self._port, self._context = port, ssl.create_default_context()
        self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, form: dict[str, str] | None = None) -> http.client.HTTPResponse:
        door = socket.create_connection(("127.0.0.1", self._port), 60, source_address=(CALLER, 0))
        connection = http.client.HTTPSConnection("127.0.0.1")
        connection.sock = self._context.wrap_socket(door, server_hostname=NAME)
        headers = {"Host": NAME, "X-Forwarded-For": CLAIMED, "X-Forwarded-Proto": "http"}
        headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers |= {"Origin": f"https://{NAME}", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("GET" if form is None else "POST", path, form and urlencode(form), headers)
        with closing(connection):
            answer = connection.getresponse()
            answer.read()
        return answer


@contextmanager
def in_front(command: list[str], port: int) -> Iterator[Visitor]:
    """Run a proxy; yield a visitor of it once it listens."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            for _ in range(400):
                with socket.socket() as door:
                    if process.poll() is not None or not door.connect_ex(("127.0.0.1", port)):
                        break
                time.sleep(0.05)
            assert process.poll() is None, process.stderr and process.stderr.read()
            yield Visitor(port)
        finally:
            process.terminate()


@pytest.fixture(scope="module", params=PROXIES)
def office(request, tmp_path_factory):
    """Return a new dashboard behind a proxy: a visitor of it, the link to its first account, its accounts."""
    if shutil.which(request.param) is None:
        pytest.skip(f"there is no {request.param} here")
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "campaign.toml").write_text(CAMPAIGN + block("toml"))
    write, kind = PROXIES[request.param]
    port = free_port()
    with served(folder, "web", "--port", "0") as (process, web):
        link = re.search(r"/set-up/[\w-]{43}", process.stderr.readline())[0]
        with in_front(write(folder, port, web, block(kind)), port) as visitor:
            yield visitor, link, folder


pytestmark = pytest.mark.kills


def test_a_visitor_gets_nothing_before_the_first_account_and_makes_it_by_the_link_only(office):
    visitor, link, _ = office
    for path in ("/", "/posts", "/set-up", "/api/v1/report"):
        assert visitor.ask(path).status in (303, 401), path
    form = {"name": "Ann", "password": "three odd words"}
    assert visitor.ask("/set-up", form).status == 401
    answer = visitor.ask(link, form)  # a form that works
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    cookies = answer.headers.get_all("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert "; Secure;" in f"{cookie};"
        visitor.cookies |= dict([cookie.partition(";")[0].split("=", 1)])
    page = visitor.ask("/account")
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"]
    assert visitor.ask(link).status == 410


def test_another_visitor_is_asked_to_sign_in_and_counted_by_their_own_address(office):
    visitor, _, folder = office
    visitor.cookies.clear()
    assert visitor.ask("/").headers["Location"].endswith("/login")
    assert visitor.ask("/login", {"name": "Ann", "password": "guessed"}).status == 401
    assert counted(folder) == {CALLER}


def counted(folder: Path) -> set[str]:
    """Return from which of the addresses in question somebody tried to sign in."""
    accounts = Accounts.open(folder / "access.db")
    with accounts._reading() as db:
        keys = {key for (key,) in db.execute("SELECT key FROM tries")}
    accounts.close()
    return {who for who in (CALLER, CLAIMED, "127.0.0.1") if token_hash.digest(f"address {who}") in keys}


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx here")
def test_control_each_header_of_nginx_is_needed(tmp_path):
    (tmp_path / "campaign.toml").write_text(CAMPAIGN + block("toml"))
    seen = {}
    with served(tmp_path, "web", "--port", "0") as (_, web):
        for lost in ("Host $host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme"):
            folder, port = tmp_path / lost.split()[0], free_port()
            folder.mkdir()
            text = put(block("nginx"), lost=(f"proxy_set_header {lost};", ""))
            with in_front(nginx(folder, port, web, text), port) as visitor:
                wrong = visitor.ask("/login", {"name": "Ann", "password": "guessed"})
            is_https = "Strict-Transport-Security" in wrong.headers
            seen[lost.split()[0]] = (wrong.status, is_https, counted(tmp_path))
    assert seen == {
        "Host": (403, True, set()),  # as from another site
        "X-Forwarded-For": (401, True, {CLAIMED}),
        "X-Forwarded-Proto": (401, False, {CLAIMED, CALLER}),
    }
