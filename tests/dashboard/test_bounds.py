"""What is sent is bounded: too much, or a number that no row has, is refused in a sentence."""

import pytest

from dashboard import create_app
from monitor.accounts import Accounts
from tests.dashboard.archived import filled, then
from tests.dashboard.reports import some_services

MEGABYTE = 2**20
NUMBERS = ("0", "9" * 18, "9" * 19, "9" * 40, "-1", "１")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    return create_app(filled(tmp_path_factory.mktemp("bounds"), then(id="1"))).test_client()


@pytest.mark.parametrize(
    "path", ["/posts?author={}", "/feed.atom?author={}", "/api/v1/posts?author={}", "/posts/{}"]
)
@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_no_row_has_is_no_fault_of_ours(client, path, number):
    assert client.get(path.format(number)).status_code in (200, 400, 404)


def test_nobody_has_the_number_0(client):
    answer = client.get("/posts?author=0")
    assert (answer.status_code, "There is no such account" in answer.text) == (400, True)


@pytest.mark.parametrize("path", ["/login", "/set-up/{token}", "/login/code"])
def test_a_form_of_more_than_a_megabyte_is_refused_before_it_is_read(tmp_path, path):
    accounts = Accounts.open(tmp_path / "access.db")
    services = some_services()
    path = path.format(token=accounts.invite(None, by="a test", now=services.now()))
    client = create_app(services, accounts=accounts).test_client()
    for data, refused in (("name=" + "x" * MEGABYTE, True), ("name=x", False)):
        answer = client.post(path, data=data, content_type="application/x-www-form-urlencoded")
        assert (answer.status_code == 413) is refused
        assert ("That is too much at once" in answer.text) is refused
    accounts.close()


def test_control_without_a_bound_a_large_form_is_read(tmp_path):
    accounts = Accounts.open(tmp_path / "access.db")
    app = create_app(some_services(), accounts=accounts)
    app.config["MAX_CONTENT_LENGTH"] = None
    answer = app.test_client().post(
        "/login", data="name=" + "x" * MEGABYTE, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code != 413
    accounts.close()


@pytest.mark.parametrize("path", ["/login", "/set-up/{token}"])
def test_a_form_of_300000_fields_is_refused_before_it_is_taken_apart(tmp_path, monkeypatch, path):
    taken_apart = []
    monkeypatch.setattr("werkzeug.formparser.parse_qsl", lambda text, **_: taken_apart.append(text) or [])
    accounts = Accounts.open(tmp_path / "access.db")
    services = some_services()
    path = path.format(token=accounts.invite(None, by="a test", now=services.now()))
    client = create_app(services, accounts=accounts).test_client()
    for number, refused in ((300_000, True), (1001, True), (1000, False)):
        data = "&".join(["a="] * number)
        answer = client.post(path, data=data, content_type="application/x-www-form-urlencoded")
        assert (answer.status_code == 413) is refused
        assert ("1,000 fields" in answer.text) is refused
    assert [text.count("&") for text in taken_apart] == [999]
    accounts.close()
