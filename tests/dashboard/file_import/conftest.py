"""An office on a real archive, to which files can be brought."""

import threading
from datetime import timedelta
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from dashboard import create_app
from monitor.accounts import Accounts, Role
from monitor.archive import ArchiveReader
from monitor.cli import Paths
from monitor.cli.wiring.imports import imports_of
from tests.builders import a_sentiment
from tests.dashboard.archived import archived_office
from tests.dashboard.reports import CAMPAIGN, NOW

HEADER = "platform,id,url,author,text,created_at,likes\n"
ROW = "mastodon,{n},https://m.example/{n},a{n},hello #CallingTimeOnCrime {n},2026-11-{day:02}T10:00:00Z,{n}\n"


def table(*days):
    """Return a table with a post on each of these days of November 2026."""
    return HEADER + "".join(ROW.format(n=n, day=day) for n, day in enumerate(days))


class Gate:
    """Scores every text alike; while it is shut, it waits."""

    name = "plain"

    def __init__(self):
        self._open = threading.Event()
        self._open.set()
        self.is_reached = threading.Event()

    def shut(self):
        self._open.clear()
        self.is_reached.clear()

    def open(self):
        self._open.set()

    def score(self, text, lang=None):
        self.is_reached.set()
        assert self._open.wait(60)
        return a_sentiment()


class Office:
    """A dashboard with people, whose clock is ours, and whose scoring of tones can be held up."""

    def __init__(self, folder, campaign=CAMPAIGN):
        self.folder, self.campaign, self.now, self.gate = folder, campaign, NOW, Gate()
        self.accounts = Accounts.open(folder / "access.db")
        for role in (Role.ADMIN, Role.EDITOR, Role.VIEWER):
            self.accounts.add(role.word, role, by="a test", now=NOW, password="three odd words")
        self.start()

    def start(self, **changes):
        """Make the app, as a new process does."""
        paths = Paths(campaign=self.folder / "campaign.toml", archive=self.folder / "archive.db")
        self.imports = imports_of(paths, self.campaign, self.gate, demo=False)
        self.box = self.imports.box
        self.box._clock = lambda: self.now
        usual = {"campaign": self.campaign, "now": lambda: self.now, "imports": self.imports}
        services = archived_office(self.folder, **usual | changes)
        self.app = create_app(services, accounts=self.accounts)

    def browser(self, name="editor"):
        client = self.app.test_client()
        client.set_cookie("monitor", self.accounts.begin(self.accounts.person(name), "a test", self.now))
        return client

    def archive(self):
        return ArchiveReader.open(self.folder / "archive.db", self.campaign.zone)

    def posts(self):
        with self.archive() as archive:
            return archive.posts.count()

    @property
    def waiting(self):
        """Return what lies in the folder, without the notes."""
        return sorted(self.box._folder.glob("*.file"))

    def later(self, **time):
        self.now += timedelta(**time)


def bring(client, content, name="posts.csv", **fields):
    """Send a file, as the form does; return the answer."""
    data = content if isinstance(content, bytes) else content.encode()
    form = {"saved_at": "1763800000000", "act": "look"} | fields
    file = FileStorage(BytesIO(data), name)
    boundary, body = encode_multipart(MultiDict(form | {"file": file}))
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post("/bring-a-file", data=body, content_type=kind)


def take_in(office, client, content, name="posts.csv", track=""):
    """Bring a file and take it in; return its address when that is over."""
    at = bring(client, content, name).location
    client.post(at, data={"act": "take", "track": track, "saved_on": "2026-11-20"})
    wait(office)
    return at


def wait(office):
    """Wait until nothing is being taken in any more."""
    for thread in list(office.box._running.values()):
        thread.join(60)
    assert not office.box._running


@pytest.fixture
def office(tmp_path):
    made = Office(tmp_path)
    yield made
    made.gate.open()
    wait(made)
    made.accounts.close()
