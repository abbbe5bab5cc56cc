"""A dashboard with accounts, and people who sign in to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard import create_app
from monitor.accounts import Accounts, Role
from tests.dashboard.reports import CAMPAIGN, NOW, some_services

GOOD = "three odd words"
NAMES = {Role.ADMIN: "Ann", Role.EDITOR: "Ed", Role.VIEWER: "Vic"}


class Site:
    """A dashboard whose clock is ours. `browser(role)` is signed in with that role."""

    def __init__(self, path, provider=None, mail_services=None, **access):
        self.now = NOW
        self.accounts = Accounts.open(path / "access.db")
        campaign = replace(CAMPAIGN, access=replace(CAMPAIGN.access, **access))
        services = some_services(campaign=campaign, now=lambda: self.now)
        self.app = create_app(
            services, accounts=self.accounts, provider=provider, mail_services=mail_services
        )

    def with_people(self):
        for role in sorted(NAMES, reverse=True):
            self.accounts.add(NAMES[role], role, by="a test", now=NOW, password=GOOD)
        return self

    def browser(self, role=Role.NOBODY):
        client = self.app.test_client()
        if role:
            done = client.post("/login", data={"name": NAMES[role], "password": GOOD})
            assert (done.status_code, done.location) == (303, "/")
        return client

    def person(self, role):
        return self.accounts.person(NAMES[role])

    def later(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def empty(tmp_path):
    site = Site(tmp_path)
    yield site
    site.accounts.close()


@pytest.fixture
def site(empty):
    return empty.with_people()
