"""No answer gives a named person's tone or stance, whatever is asked for and by whom.

Two offices hold the same posts of the same people, but some of these have exchanged what they think. An
answer that differs between the two tells of opinions: so it may say of none of these people who they are,
neither by name or address nor by the archive's number of them or of their post. What to ask for is found by
walking: each route that there is, and each argument that it is seen to read.
"""

import io
import re
import zipfile
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import product
from typing import ClassVar

import pytest
from flask import Blueprint, Request, jsonify, request
from pypdf import PdfReader
from werkzeug.datastructures import ImmutableMultiDict

from bench.truth.world import DOT
from dashboard import create_app
from dashboard.access import page_permissions
from dashboard.api.openapi import document
from dashboard.filters import MONTH
from dashboard.posts import actions, search_of
from dashboard.services import services as of_the_app
from monitor.accounts import Accounts, Role, ShareRequest
from monitor.archive import Archive
from monitor.archive.posts.annotations import Stance
from monitor.charts.svg_to_png import png
from monitor.core.model import Author, Tone
from monitor.core.text import fingerprint
from monitor.export import record
from monitor.export.formats import KINDS
from tests.builders import a_page, a_post, a_sentiment
from tests.dashboard.browser.site import NAMES, NOW, WHOLE, a_desk, services

pytestmark = pytest.mark.heavy

FIRST_POST, FIRST_AUTHOR = 7654321, 8765432  # numbers that stand for nothing else in any answer
SWAPPED = 6  # people, in pairs
IDENTITY = re.compile(rb"canary|765432\d|876543\d", re.IGNORECASE)
NOT_WALKED = {"static"}


def writer(n: int, of: str) -> Author:
    url = f"https://towns.example/@{of}{n}"
    return Author(id=url, handle=f"@{of}{n}@towns.example", name=f"{of} {n}", followers=900 + n, url=url)


def crowd():
    """Yield posts of forty people and how each sounds, on two days."""
    for n in range(40):
        at = NOW - timedelta(days=1 + n % 2, minutes=n)
        yield (
            a_post(id=f"c{n}", author=writer(n, "crowd"), text=f"Crime is talked of {n}", created_at=at),
            [*Tone][n % 4],
        )


def swapped(is_exchanged: bool):
    """Yield posts of people who think otherwise in the other office: two on a day of their own."""
    for n in range(SWAPPED):
        tone = (Tone.POSITIVE, Tone.NEGATIVE)[(n % 2) ^ is_exchanged]
        at = NOW - timedelta(days=n if n > 3 else 1, hours=2, minutes=n)
        name = f"https://towns.example/@canary{n}/1"
        yield a_post(
            id=name, url=name, author=writer(n, "canary"), text=f"Would the mayor come to street {n}?",
            created_at=at, likes=60 + n,
        ), tone  # fmt: skip


def store(archive: Archive, posts) -> list[int]:
    """Save posts with their tones; return their numbers."""
    posts, tones = zip(*posts, strict=True)
    archive.ingest.save(
        a_page(*posts), source="mastodon", track=WHOLE.tracks[0].name, analyzer="plain",
        scores=[a_sentiment(tone) for tone in tones], started_at=NOW, now=NOW,
    )  # fmt: skip
    return [*archive.posts.ids_of("mastodon", [post.id for post in posts]).values()]


def count_from(archive: Archive, table: str, number: int) -> None:
    """Let the next row of a table have this number."""
    columns = [row[1] for row in archive.db.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
    rest = ", ".join(f"'{c}'||{c}" if c == "native_id" else c for c in columns)
    archive.db.execute(
        f"INSERT INTO {table} (id, {', '.join(columns)}) SELECT {number - 1}, {rest} FROM {table} LIMIT 1"
    )


def fill(path, is_exchanged: bool) -> None:
    """Make an archive; the people of `swapped` have exchanged what they think, in pairs, or have not."""
    with Archive.open(path, WHOLE.zone, demo=True) as archive:
        many = store(archive, crowd())
        count_from(archive, "posts", FIRST_POST)
        count_from(archive, "authors", FIRST_AUTHOR)
        some = store(archive, swapped(is_exchanged))
        with archive.db.durable_transaction():
            archive.db.execute("DELETE FROM posts WHERE id = ?", [FIRST_POST - 1])
            archive.db.execute("DELETE FROM authors WHERE id = ?", [FIRST_AUTHOR - 1])
        for n, post in enumerate(many + sorted(some)):
            stance = (Stance.SUPPORT, Stance.OPPOSE)[(n % 2) ^ (is_exchanged and post >= FIRST_POST)]
            archive.annotations.label([post], "stance", stance, by="Jo", now=NOW)
        for n, post in enumerate(sorted(some)[:4]):
            tone = (Tone.NEGATIVE, Tone.POSITIVE)[(n % 2) ^ is_exchanged]
            archive.annotations.label([post], "tone", tone, by="Jo", now=NOW)
        archive.marks.set([*some[:2], *many[:30]], "needs reply", by="Jo", now=NOW)
        archive.events.add(NOW.date(), "Hand-in")
        archive.themes.save("Streets", "street, mayor", "", NOW)
        for _ in archive.theme_tags.update(*archive.themes.search()):
            pass


class Arguments(ImmutableMultiDict):
    """The arguments of an address, which remember by which names they were asked for."""

    names: ClassVar[set[str]] = set()

    def get(self, key, *rest, **more):
        self.names.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key, *rest, **more):
        self.names.add(key)
        return super().getlist(key, *rest, **more)

    def __getitem__(self, key):
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        self.names.add(key)
        return super().__contains__(key)


class Asked(Request):
    parameter_storage_class = Arguments


class Office:
    """A dashboard with people of each role, who ask it things."""

    def __init__(self, folder, is_exchanged, planted=None):
        folder.mkdir()
        fill(folder / "a.db", is_exchanged)
        self.accounts = Accounts.open(folder / "access.db")
        for role, name in NAMES.items():
            self.accounts.add(name, role, by="a test", now=NOW)
        office = services(folder / "a.db")
        kept = replace(office, report=cache(office.report))
        self.app = create_app(kept, accounts=self.accounts, mail_services=a_desk(folder / "access.db"))
        if planted:
            self.app.register_blueprint(planted)
        self.app.request_class = type("Request", (Asked, self.app.request_class), {})
        self.slug = self.accounts.share(ShareRequest(name="all", handles=True, texts=True), by="Ed", now=NOW)
        self.clients = {role: self.app.test_client() for role in NAMES}
        for role, client in self.clients.items():
            client.set_cookie(
                "monitor", self.accounts.begin(self.accounts.person(NAMES[role]), "Firefox", NOW)
            )

        self.work((Stance.SUPPORT, Stance.OPPOSE)[is_exchanged])

    def work(self, stance) -> None:
        """Let an editor look at one of the people's posts, and say what they think: the log has both."""
        editor = self.clients[Role.EDITOR]
        editor.get(f"/posts?author={FIRST_AUTHOR}")
        words = fingerprint("Would the mayor come to street 0?")
        address = f"/posts?stance={stance}&period=4-weeks"
        editor.post(address, data={"act": f"stance:{stance}", "words": [words]})
        told = {"posts: stance of 1 post", f"person {FIRST_AUTHOR}: looked at their posts"}
        assert told <= {line.what.partition(" (")[0] for line in self.accounts.trail()}

    def answer(self, role, path) -> bytes:
        """Return the words of an answer, a file's too, without what differs from one request to the next."""
        with closing(self.clients[role].get(path)) as answer:
            body = answer.data + (answer.location or "").encode()
        if body.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(body)) as file:
                body = b"".join(map(file.read, sorted(file.namelist())))
        if body.startswith(b"%PDF"):
            body = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(body)).pages).encode()
        return body.replace(self.slug.encode(), b"")


def paths(office) -> list[str]:
    """Return an address of each route that is read, or several where its parts can be guessed."""
    values = {
        "post_id": [FIRST_POST, FIRST_POST + 3], "slug": [office.slug], "key": ["x"], "token": ["x"],
        "path": ["campaign", "tone"], "item": [1], "version": [1], "step": ["name", "mail"],
    }  # fmt: skip
    of_endpoints = {
        "downloads.show": [{"what": kind.what, "ending": kind.ending} for kind in KINDS],
        "downloads.chart_file": [
            {"name": name, "ending": "csv"} for name in ("activity", "tone", "stance", "hours")
        ],
        "places.sheet": [{"key": "dagenham"}, {"key": "barking-and-dagenham"}],
        "privacy.document": [{"name": name} for name in ("map", "notice", "dpia")],
    }
    urls, found = office.app.url_map.bind("localhost"), set()
    for rule in office.app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint not in NOT_WALKED:
            names = sorted(rule.arguments)
            every = of_endpoints.get(rule.endpoint) or [
                dict(zip(names, some, strict=True)) for some in product(*(values[name] for name in names))
            ]
            found |= {urls.build(rule.endpoint, some) for some in every}
    return sorted(found)


def table(office) -> dict[str, list[str]]:
    """Return what each argument may be: as the programs' description has it, and what only pages have."""
    rows = document(list(WHOLE.sources), list(WHOLE.track_names))["paths"]["/api/v1/posts"]["get"][
        "parameters"
    ]
    values = {
        row["name"]: row["schema"].get("enum", row["schema"].get("items", {}).get("enum", []))[:4]
        for row in rows
    }
    day = str((NOW - timedelta(days=5)).date())
    more = {
        "tone": [*map(str, Tone)], "stance": [*map(str, Stance)], "author": [str(FIRST_AUTHOR)],
        "q": ["mayor", '"come to street 5"', "@canary5"], "since": [day], "until": [day],
        "platform": ["mastodon"],
        "by": ["thank"], "chart": ["tone", "platform"], "compare": ["before"], "after": ["1"],
        "tag": ["callingtimeoncrime"], "place": ["dagenham"], "theme": ["1"],
        "period": ["campaign", "today", "4-weeks"],
    }  # fmt: skip
    return values | more


OPINIONS = [f"tone={tone}" for tone in (Tone.POSITIVE, Tone.NEGATIVE)] + ["stance=support"]


def questions(office, path) -> list[str]:
    """Return an address with each argument that it is seen to read, alone, and with an opinion or a day."""
    Arguments.names = set()
    office.answer(Role.ADMIN, f"{path}?period=4-weeks")
    office.answer(Role.ADMIN, f"{path}?tone=positive")
    known = table(office)
    singles = [
        f"{name}={value}" for name in sorted(Arguments.names)
        for value in known.get(name, ["positive"])
    ]  # fmt: skip
    days = [one.partition("=")[2] for one in singles if one.startswith("since=")]
    small = [f"since={day}&until={day}{more}" for day in days for more in ("", "&platform=mastodon")]
    pairs = ["period=campaign", "period=4-weeks", *singles] if Arguments.names & {"tone", "stance"} else []
    asked = ["period=4-weeks", *singles, *small, *(f"{one}&{other}" for one in OPINIONS for other in pairs)]
    return [f"{path}?{question}" for question in asked]


def roles(question: str) -> tuple[Role, ...]:
    """Return who asks a question: editors all, viewers those of an opinion or a day, admins one of a page."""
    if question.endswith("?period=4-weeks"):
        return Role.VIEWER, Role.EDITOR, Role.ADMIN
    is_viewers = re.search(r"\?(since|tone|stance)=[^&]*($|&until=)", question)
    return (Role.VIEWER, Role.EDITOR) if is_viewers else (Role.EDITOR,)


def profiles(offices, begin="/") -> list[str]:
    """Return each role and address whose answer tells somebody's opinion and who that is."""
    one, other = offices
    return [
        f"{role} {question}"
        for path in paths(one) if path.startswith(begin)
        for question in questions(one, path)
        for role in roles(question)
        if tells(one.answer(role, question), other.answer(role, question.replace(one.slug, other.slug)))
    ]  # fmt: skip


def tells(answer: bytes, twin: bytes) -> bool:
    return answer != twin and bool(IDENTITY.search(answer) or IDENTITY.search(twin))


def words_of_picture(svg_string: str, **how: object) -> bytes:
    """Return a picture of one dot that says in letters what would be drawn, where it can be read."""
    return DOT + svg_string.encode()


@contextmanager
def two(folder, planted=None):
    offices = [Office(folder / str(n), bool(n), planted) for n in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("resvg_py.svg_to_bytes", words_of_picture)
        yield offices
    for office in offices:
        office.accounts.close()


@pytest.mark.slow
def test_no_answer_says_who_thinks_what(tmp_path):
    with two(tmp_path) as offices:
        assert profiles(offices) == []


planted = Blueprint("planted", __name__, url_prefix="/planted")


@planted.get("/posts")
def posts():
    """Answer as the API did before it refused to: four questions, and each person's tone is known."""
    choice = of_the_app().choice(MONTH)
    with of_the_app().read() as archive:
        ids = archive.post_query.page(search_of(request.args).filter(archive, choice)).ids
        return jsonify([record(row) for row in archive.posts.by_ids(ids)])


@planted.get("/numbers")
def numbers():
    """Name nobody but by the archive's numbers, by an argument that no other page has."""
    with of_the_app().read() as archive:
        return jsonify([row.id for row in archive.posts.every() if row.tone == request.args.get("mood")])


@planted.get("/days")
def days():
    """Tell how many posts of each tone there are, of however few people, beside these people."""
    report = of_the_app().report(of_the_app().choice())
    with of_the_app().read() as archive:
        scope = archive.stats.scope(report.track, report.window.first, report.window.last)
        tones = [archive.stats.total(tone, scope) for tone in Tone]
    return jsonify([tones, [post.handle for post in report.top]])


@planted.get("/tags")
def tags():
    """Show a tone beside a name."""
    with of_the_app().read() as archive:
        return "".join(f"<li>{row.name}: <b>{row.tone}</b></li>" for row in archive.posts.every())


@planted.get("/picture")
def picture():
    """Show the same in a picture."""
    return png(f"<svg>{tags()}</svg>", width=100)


@pytest.mark.slow
def test_control_each_way_to_tell_who_thinks_what_is_seen(tmp_path, monkeypatch):
    for view in (posts, numbers, days, tags, picture):
        monkeypatch.setitem(page_permissions.LEAST, f"planted.{view.__name__}", Role.EDITOR)
    with two(tmp_path, planted) as offices:
        seen = {line.split()[1].partition("?")[0] for line in profiles(offices, "/planted")}
        assert seen == {f"/planted/{name}" for name in ("posts", "numbers", "days", "tags", "picture")}


def test_control_a_log_that_said_which_stance_was_set_is_seen(tmp_path, monkeypatch):
    real = actions.note
    monkeypatch.setattr(actions, "note", lambda what: real(f"{what} ({request.form['act']})"))
    with two(tmp_path) as offices:
        assert {line.split()[1].partition("?")[0] for line in profiles(offices, "/team")} == {"/team/trail"}


def test_no_view_has_a_writer_and_an_opinion_in_a_row(tmp_path):
    fill(tmp_path / "a.db", is_exchanged=False)
    with Archive.open(tmp_path / "a.db", WHOLE.zone, demo=True) as archive:
        columns = {row[1] for row in archive.db.execute("PRAGMA table_info(posts_view)")}
    assert {"handle", "name"} <= columns
    assert not columns & {"tone", "stance", "label"}
