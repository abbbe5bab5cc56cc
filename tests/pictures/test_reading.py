"""Pictures are asked for once, of the hosts of a list only, and only the kit's codes are kept of them."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from bench import pictures
from monitor.archive.kit import pictures as store
from monitor.campaign import SourceSettings
from monitor.core.errors import Refused, Unavailable
from monitor.core.model import Picture
from monitor.kit import KitItem
from monitor.pictures import reading
from monitor.pictures.reading import fetched, read_pictures
from monitor.sources.shared import http
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post
from tests.campaigns import shipped
from tests.sources.loopback import as_html, as_json, serving

CAMPAIGN = shipped()
PAGE = "https://petition.example/sign"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
COPY = {code: pictures.file(pictures.qr(f"{PAGE}?s=kit-print-{code}", 300)) for code in ("v1", "v2", "v9")}
PLAIN = pictures.file(pictures.photograph(1))


def image(content):
    return 200, {"Content-Type": "image/jpeg", "Set-Cookie": "seen=1; Path=/"}, content


class World:
    """An archive with a kit of two versions, a server that shows pictures, and one that is on no list."""

    def __init__(self, archive, cdn, trap, answers):
        self.archive, self.cdn, self.trap, self.answers = archive, cdn, trap, answers
        own = {"servers": [cdn.url]}
        on = SourceSettings(on=True, every_minutes=15, own=own)
        self.campaign = replace(CAMPAIGN, sources={"mastodon": on})
        archive.kit.save(KitItem(alt="A chart", address=PAGE), NOON, PNG)
        [item] = archive.kit.current()
        archive.kit.save(replace(item, code=""), NOON)

    def post(self, *paths, id="1", at=None, text="Look at this", **changes):
        shown = tuple(
            Picture(address=f"{at or self.cdn.url}{p}", thumbnail=f"{at or self.cdn.url}{p}") for p in paths
        )
        saved(self.archive, a_page(a_post(id=id, by=id, text=text, pictures=shown, **changes)))

    def read(self, at=NOON, stop=lambda: False):
        read_pictures(self.archive, self.campaign, {}, lambda: at, stop)

    @property
    def asked(self):
        """Return the pictures that were asked for."""
        return [path for path in self.cdn.paths if not path.startswith("/api")]

    @property
    def codes(self):
        return [
            codes
            for (codes,) in self.archive.db.execute("SELECT codes FROM pictures ORDER BY post_id, place")
        ]

    @property
    def matches(self):
        sql = "SELECT post_id, item, version, how, said_by FROM kit_matches ORDER BY post_id, version"
        return self.archive.db.execute(sql).fetchall()


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setattr(http, "_is_public", lambda address: True)
    answers = {"/v1": image(COPY["v1"]), "/v2": image(COPY["v2"]), "/plain": image(PLAIN)}
    with ExitStack() as stack:
        cdn = stack.enter_context(
            serving(lambda method, path, query: answers.get(path, as_html("gone", 404)))
        )
        trap = stack.enter_context(serving(lambda method, path, query: image(COPY["v1"])))
        yield World(stack.enter_context(opened(tmp_path)), cdn, trap, answers)


@pytest.mark.heavy
def test_a_picture_is_asked_for_once_and_its_version_is_noted(world):
    world.post("/plain", "/v1")
    world.post("/v2", id="2")
    for _ in range(3):
        world.read()
    assert sorted(world.asked) == ["/plain", "/v1", "/v2"]
    assert world.codes == ["", "v1", "v2"]
    assert world.matches == [(1, 1, 1, "code", ""), (2, 1, 2, "code", "")]


@pytest.mark.heavy
def test_no_picture_goes_with_a_cookie_and_each_knows_who_asks(world):
    world.answers["/onward"] = (302, {"Location": "/v1", "Set-Cookie": "seen=1; Path=/"}, b"")
    world.post("/v1", "/plain", "/onward")
    world.read()
    assert world.codes == ["v1", "", "v1"]
    asked = [request.headers for request in world.cdn.requests if not request.path.startswith("/api")]
    assert len(asked) == 4
    assert all("cookie" not in headers and headers["user-agent"] == http.USER_AGENT for headers in asked)


@pytest.mark.heavy
def test_a_host_that_is_not_on_the_list_is_never_asked(world):
    world.post("/v1", at=world.trap.url)
    world.answers["/away"] = (302, {"Location": f"{world.trap.url}/v1"}, b"")
    world.post("/away", id="2")
    world.read()
    assert world.trap.requests == []
    assert world.codes == [None, None]
    assert world.matches == []


@pytest.mark.heavy
def test_control_a_host_on_the_list_would_have_been_asked(world, monkeypatch):
    both = frozenset(server.url.removeprefix("http://") for server in (world.cdn, world.trap))
    monkeypatch.setattr(reading, "_hosts", lambda *settings: both)
    world.post("/v1", at=world.trap.url)
    world.answers["/away"] = (302, {"Location": f"{world.trap.url}/v1"}, b"")
    world.post("/away", id="2")
    world.read()
    assert world.trap.paths == ["/v1", "/v1"]


@pytest.mark.heavy
def test_a_server_says_where_its_pictures_are(world):
    world.answers["/api/v2/instance"] = as_json({"thumbnail": {"url": f"{world.trap.url}/preview.png"}})
    world.post("/v1", at=world.trap.url)
    world.read()
    assert world.trap.paths == ["/v1"]


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/a.jpg",
        "https://cdn.example.evil.example/a.jpg",
        "https://cdn.example:8443/a.jpg",
        "https://someone@cdn.example/a.jpg",
        "https://cdn.example\\@evil.example/a.jpg",
        "https://evil.example/https://cdn.example/a.jpg",
        "https://evil.example?cdn.example",
        "https://evil.example#@cdn.example",
        "http://cdn.example/a.jpg",
        "ftp://cdn.example/a.jpg",
        "file:///etc/passwd",
        "//cdn.example/a.jpg",
        "https://[cdn.example/a.jpg",
        "https://",
    ],
)
def test_an_address_that_only_looks_like_one_of_the_list_is_refused(monkeypatch, address):
    monkeypatch.setattr(http.BoundedSession, "get", lambda *args, **more: pytest.fail("it was asked"))
    with pytest.raises(Refused):
        fetched(address, {"cdn.example"}, NOON)


def test_control_an_address_of_the_list_is_asked(monkeypatch):
    monkeypatch.setattr(http.BoundedSession, "get", lambda *args, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fetched("https://cdn.example/a.jpg", {"cdn.example"}, NOON)


def test_a_host_of_the_list_that_leads_into_this_network_is_not_asked(world, monkeypatch):
    monkeypatch.undo()
    world.post("/v1")
    with pytest.raises(Unavailable):
        fetched(f"{world.cdn.url}/v1", {world.cdn.url.removeprefix("http://")}, NOON)
    assert world.cdn.requests == []


@pytest.mark.heavy
@pytest.mark.parametrize(
    "answer",
    [
        as_html(),
        as_html("gone", 404),
        image(COPY["v1"] + bytes(2_000_000)),
        image(b""),
        (302, {"Location": "/loop"}, b""),
        (200, {"Content-Length": "9000000"}, COPY["v1"]),
    ],
    ids=["a page", "gone", "too large", "nothing", "a loop", "half of it"],
)
def test_what_is_no_picture_costs_itself(world, answer):
    world.answers["/loop"] = answer
    world.post("/loop", "/v1")
    world.read()
    assert world.codes == [None, "v1"]
    assert len(world.asked) <= 4


def test_a_server_that_asks_to_be_left_alone_is(world):
    world.answers["/v2"] = as_html("slow down", 429)
    world.post("/v2", "/v1")
    world.read()
    assert world.asked == ["/v2"]


def test_nothing_is_fetched_without_a_picture_in_the_kit(world):
    with world.archive.db.transaction():
        world.archive.db.execute("UPDATE kit_items SET picture = NULL")
    world.post("/v1")
    world.read()
    assert world.cdn.requests == []


def test_nothing_is_fetched_of_a_platform_that_is_off_nor_when_all_is_to_end(world):
    world.post("/v1")
    world.read(stop=lambda: True)
    assert world.asked == []
    world.campaign = replace(world.campaign, sources={})
    world.read()
    assert world.asked == []


def test_a_picture_that_may_not_be_fetched_is_not(world):
    saved(world.archive, a_page(a_post(pictures=(Picture(address=f"{world.cdn.url}/v1"),))))
    world.read()
    assert world.cdn.requests == []


def test_a_post_that_was_marked_sensitive_since_is_left_alone(world):
    world.post("/v1")
    saved(
        world.archive,
        a_page(a_post(by="1", text="Look at this", pictures=(Picture(address=f"{world.cdn.url}/v1"),))),
    )
    world.read()
    assert world.cdn.requests == []


@pytest.mark.heavy
def test_there_are_200_a_day_at_most(world, monkeypatch):
    monkeypatch.setattr(store, "MOST_A_DAY", 3)
    world.answers |= {f"/{n}": image(PLAIN) for n in range(5)}
    for n in range(5):
        world.post(f"/{n}", id=str(n))
    world.read()
    world.read(NOON + timedelta(hours=23))
    assert world.asked == ["/4", "/3", "/2"]
    world.read(NOON + timedelta(days=1, seconds=1))
    assert world.asked == ["/4", "/3", "/2", "/1", "/0"]


@pytest.mark.heavy
def test_a_picture_at_two_posts_is_asked_for_once(world):
    world.post("/v1")
    world.read()
    world.post("/v1", id="2")
    world.read()
    assert world.asked == ["/v1"]
    assert world.codes == ["v1", "v1"]
    assert [post for post, *_ in world.matches] == [1, 2]


@pytest.mark.heavy
@pytest.mark.parametrize("answer", [image(COPY["v1"]), as_html("broken", 500)], ids=["read", "not read"])
def test_a_picture_at_many_posts_is_asked_for_once(world, answer):
    world.answers["/v1"] = answer
    for n in range(5):
        world.post("/v1", id=str(n))
    world.read()
    world.post("/v1", id="later")
    world.read(NOON + timedelta(days=3))
    assert world.asked == ["/v1"]
    assert {code for code in world.codes if code} == ({"v1"} if answer[0] == 200 else set())
    assert len(world.matches) == (6 if answer[0] == 200 else 0)
    assert world.archive.pictures.progress() == (1, answer[0] == 200)


@pytest.mark.heavy
def test_a_post_that_is_erased_gives_no_request_back(world, monkeypatch):
    monkeypatch.setattr(store, "MOST_A_DAY", 1)
    world.post("/v1")
    world.read()
    saved(world.archive, a_page(deleted=("1",)))
    world.post("/v2", id="2")
    world.read(NOON + timedelta(hours=1))
    assert world.asked == ["/v1"]


@pytest.mark.heavy
def test_a_platform_without_its_key_costs_only_its_own_pictures(world):
    reddit = SourceSettings(on=True, every_minutes=15, own=CAMPAIGN.sources["reddit"].own)
    world.campaign = replace(world.campaign, sources={**world.campaign.sources, "reddit": reddit})
    world.post("/v1")
    for n in range(25):
        world.post(f"/{n}", id=f"r{n}", platform="reddit")
    world.read()
    assert world.asked == ["/v1"]
    waiting = "SELECT count(*) FROM pictures WHERE looked_at IS NULL"
    assert world.archive.db.number(waiting) == 25  # until the key is there


@pytest.mark.heavy
def test_a_picture_is_not_asked_for_again_when_its_post_is_read_or_edited(world):
    world.post("/v1", "/plain")
    world.read()
    world.post("/v1", "/plain")
    world.post("/v1", "/v2", text="Look at this, edited")
    world.read()
    assert sorted(world.asked) == ["/plain", "/v1", "/v2"]
    assert world.codes == ["v1", "v2"]
    assert [version for _, _, version, *_ in world.matches] == [1]


@pytest.mark.heavy
def test_an_edited_post_without_the_picture_has_it_no_more(world):
    world.post("/v1")
    world.read()
    world.post("/plain", text="Another picture")
    world.read()
    assert world.codes == [""]
    assert world.matches == []


@pytest.mark.heavy
def test_a_code_of_somebody_else_is_not_kept(world):
    theirs = [
        "https://elsewhere.example/?s=kit-print-v1x&about=somebody",
        "https://other-campaign.example/donate?s=kit-print-v1",
        "https://elsewhere.example/s/v2",
    ]
    world.answers |= {
        f"/other{n}": image(pictures.file(pictures.qr(link, 300))) for n, link in enumerate(theirs)
    }
    world.answers["/unknown"] = image(COPY["v9"])
    world.post("/other0", "/other1", "/other2", "/unknown")
    world.read()
    assert world.codes == [""] * 4
    assert world.matches == []


def test_an_interrupted_request_is_not_made_again(world, monkeypatch):
    world.post("/v1")
    monkeypatch.setattr(reading, "fetched", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        world.read()
    monkeypatch.undo()
    world.read()
    assert world.asked == []


@pytest.mark.heavy
def test_a_scrubbed_post_has_no_picture_left_nor_a_trace_of_its_words(world, tmp_path):
    words = "Woman in a yellow coat beside our chart"
    shown = Picture(alt=words, address=f"{world.cdn.url}/v1", thumbnail=f"{world.cdn.url}/v1?somebody")
    saved(world.archive, a_page(a_post(pictures=(shown,))))
    world.read()
    saved(world.archive, a_page(deleted=("1",)))
    assert world.archive.db.number("SELECT count(*) FROM pictures") == 0
    assert [match[1:4] for match in world.matches] == [(1, 1, "code")]
    world.archive.db.execute("PRAGMA wal_checkpoint (TRUNCATE)")
    whole = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"yellow coat" not in whole
    assert b"?somebody" not in whole
