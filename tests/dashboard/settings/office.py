"""An office whose campaign file and keys are real files, and a form filled in as a browser does."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from difflib import ndiff
from pathlib import Path

from flask.testing import FlaskClient
from lxml import html

from dashboard import create_app
from dashboard.mail.services import MailServices
from monitor.accounts import Accounts
from monitor.campaign import campaign_in
from monitor.mail.store import MailStore
from monitor.settings_files import SettingsFiles
from monitor.sources import settings_type
from tests.dashboard.archived import archived_office
from tests.dashboard.reports import NOW
from tests.mail.week_decider import Time, a_weekly

ROOT = Path(__file__).parents[3]


class Office:
    """The shipped files in a folder. Each `client` is of an app made from them as they are now."""

    def __init__(self, folder: Path, text: str | None = None) -> None:
        shutil.copytree(ROOT / "config", folder / "config")
        self.path, self.dotenv = folder / "config/campaign.toml", folder / ".env"
        if text is not None:
            self.path.write_text(text)
        self.accounts = Accounts.open(folder / "access.db")
        self.services = {"is_public": lambda address: True}  # of addresses that are made up
        self.files = SettingsFiles(
            path=self.path, dotenv=self.dotenv, history=self.accounts, clock=lambda: NOW,
            read=lambda text, env: campaign_in(text, self.path), problems=lambda campaign, env: (),
        )  # fmt: skip
        self.before = self.path.read_text()

    def client(self) -> FlaskClient:
        """Return who asks at this computer."""
        settings = self.files.settings()
        services = replace(
            archived_office(self.path.parents[1]), campaign=settings.campaign, settings=settings,
            files=self.files, source_type=settings_type, **self.services,
        )  # fmt: skip
        weekly = a_weekly(MailStore.open(self.path.parents[1] / "access.db"), Time(NOW), settings.campaign)
        mails = MailServices(weekly=weekly, out="No mail server.")
        return create_app(services, accounts=self.accounts, mail_services=mails).test_client()

    def send(self, path: str, typed: Mapping[str, object], form: Mapping[str, str] | None = None):
        """Fill in the form of a section, in which all else stays as it is, and send it."""
        whole = {**(fields(self.client().get(path).text) if form is None else form), **typed}
        return self.client().post(path, data={name: text for name, text in whole.items() if text is not None})

    def difference(self) -> list[str]:
        """Return the lines that are new in the campaign file or gone from it, with + and - before them."""
        lines = ndiff(self.before.splitlines(), self.path.read_text().splitlines())
        return [line[0] + line[2:] for line in lines if line[0] in "+-" and line[2:]]


def fields(page: str) -> dict[str, str]:
    """Return what a browser would send of a page's form if nobody touched it."""
    values = html.fromstring(page).forms[-1].form_values()
    return {name: text.removeprefix("\n") for name, text in values}  # which is not a textarea's
