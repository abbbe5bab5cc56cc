"""One odd item costs itself: not its page, nor the other servers, nor the other tracks."""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import Archive, ArchiveReader
from monitor.campaign import Track
from monitor.collect.validation import LONGEST_TEXT, storable, storable_page
from monitor.core.model import Author, Metrics, Page, Post, Rejected
from tests.builders import a_page, a_post, a_sentiment
from tests.sources.archived import LONDON, a_campaign, polled, rows
from tests.sources.loopback import Answer, Handler, as_json, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE = json.loads((Path(__file__).parents[1] / "fixtures/mastodon/post.json").read_text())
TAGS = {"one": "CallingTimeOnCrime", "two": "crime"}
TRACKS = tuple(Track(name=name, title=name, tags=(tag,)) for name, tag in TAGS.items())
HALF = "\ud800"
ODD: dict[str, dict[str, Any]] = {
    "more likes than there are": {"favourites_count": 2**70},
    "likes that are a word": {"favourites_count": "abc"},
    "likes that are no whole number": {"favourites_count": 1.5},
    "likes below nothing": {"favourites_count": -9},
    "likes that are a yes": {"favourites_count": True},
    "half a character in the text": {"content": f"hi {HALF} #CallingTimeOnCrime #crime"},
    "half a character in a tag": {"tags": [{"name": name} for name in ("crime", "callingtimeoncrime", HALF)]},
    "half a character in the name": {"account": ONE["account"] | {"display_name": HALF}},
    "a name that is a number": {"account": ONE["account"] | {"display_name": 5}},
    "followers that are a word": {"account": ONE["account"] | {"followers_count": "many"}},
    "a language that is a table": {"language": {"a": 1}},
    "an endless address": {"url": "https://towns.example/" + "x" * 3000},
    "an address that is none": {"account": ONE["account"] | {"url": "https://[", "acct": "a@b.example"}},
    "the year 1": {"created_at": "0001-01-01T00:00:00Z"},
    "a year before the year 1": {"created_at": "0001-01-01T00:00:00+14:00"},
    "the far future": {"created_at": "2999-01-01T00:00:00Z"},
}


def status(number: int, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(ONE) | {"content": "hi #CallingTimeOnCrime #crime"}
    return made | {"id": str(1000 + number), "uri": f"https://towns.example/{number}"} | changes


def timeline(*items: Mapping[str, Any]) -> Handler:
    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        first = "min_id" not in query and "max_id" not in query
        return as_json({} if path.endswith("instance") else items if first else [])

    return answer


def stored(path: Path, *odd: Mapping[str, Any]) -> tuple[set[str], Any]:
    """Poll a server with odd items between good ones, and a good server; return what is kept."""
    items = [status(9), *(status(n, **one) for n, one in enumerate(odd, 1000)), status(1)]
    with serving(timeline(*items)) as bad, serving(timeline(status(5))) as good:
        campaign = a_campaign("mastodon", {"servers": [bad.url, good.url]}, *TRACKS)
        done = polled(path, campaign, NOW)
    with ArchiveReader.open(path, LONDON) as archive:
        return {row.native_id[-1] for row in rows(path)}, (
            done,
            archive.coverage.cursors("one"),
            archive.coverage.cursors("two"),
        )


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.slow
def test_a_bad_item_costs_itself_only(tmp_path: Path, odd: dict[str, Any]) -> None:
    kept, (done, one, two) = stored(tmp_path / "a.db", odd)
    assert kept == {"9", "1", "5"}
    assert (done.problems, done.rejected) == ((), 2)  # one in each track
    assert (len(one), len(two)) == (2, 2)  # both servers, in both tracks, go on from where they are


@pytest.mark.parametrize("name", ["more likes than there are", "half a character in the text"])
def test_without_the_check_an_odd_item_takes_its_whole_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("monitor.collect.storable_page", lambda page, now: page)  # control
    kept, (done, one, _) = stored(tmp_path / "a.db", ODD[name])
    assert (kept, one) == (set(), {})
    assert len(done.problems) == 2  # a break is stored for each track


HOSTILE: dict[str, dict[str, Any]] = {
    **{f"{one!r} {name}": {"metrics": Metrics(**{name: one})} for name in ("likes", "views")
       for one in (2**53, -1, 1.5, "3", True)},
    "followers": {"author": Author(id="u", followers=2**63 - 1)},
    "half an id": {"id": HALF},
    "half a handle": {"author": Author(id="u", handle=HALF)},
    "no text": {"text": None},
    "a language": {"lang": 5},
    "NUL in an id": {"id": "a\0b"},
    "a long id": {"id": "x" * 2001},
    "a long handle": {"author": Author(id="u", handle="x" * 2001)},
    "1989": {"created_at": datetime(1989, 12, 31, tzinfo=UTC)},
    "the day after tomorrow": {"created_at": NOW + timedelta(days=1, seconds=1)},
}  # fmt: skip


@pytest.mark.parametrize("odd", HOSTILE.values(), ids=HOSTILE)
def test_what_the_archive_cannot_keep_is_put_aside_with_the_reason(odd: dict[str, Any]) -> None:
    found = storable(a_post(**{"raw": {"said": HALF}} | odd), NOW)
    assert isinstance(found, Rejected)
    assert found.reason.startswith("This post cannot be kept: its ")
    assert f"{found.reason}{found.raw}".encode()


@pytest.mark.parametrize(
    "fine",
    [
        a_post(likes=0, views=2**53 - 1),
        a_post(text="", url="", lang="en"),
        a_post(created_at=NOW + timedelta(days=1)),
        a_post(created_at=datetime(1990, 1, 1, tzinfo=UTC)),
        a_post(text="🕯️ Enough is enough"),
    ],
)
def test_what_the_archive_can_keep_stays_as_it_is(fine: Post) -> None:
    assert storable(fine, NOW) is fine


def test_a_text_is_kept_without_nul_and_up_to_a_length() -> None:
    assert storable(a_post(text="a\0b"), NOW) == a_post(text="a b")
    assert storable(a_post(text="x" * 10**6), NOW) == a_post(text="x" * LONGEST_TEXT)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "b.db", LONDON) as opened:
        yield opened


def test_a_page_of_nothing_but_oddities_can_be_saved(archive: Archive) -> None:
    page = a_page(*(a_post(**odd) for odd in HOSTILE.values()), cursor=HALF, detail=HALF)
    page = replace(page, deleted=(HALF, {}, "1"), deleted_authors=(5,), rejected=(Rejected.of(HALF, [HALF]),))
    assert saved(archive, storable_page(page, NOW)) == 0
    assert archive.coverage.cursors("t") == {}
    with pytest.raises(UnicodeEncodeError):  # control
        saved(archive, replace(page, posts=(), deleted=(), deleted_authors=()))


def saved(archive: Archive, page: Page) -> int:
    scores = [a_sentiment() for _ in page.posts]
    return archive.ingest.save(
        page, source="s", track="t", scores=scores, analyzer="a", started_at=NOW, now=NOW
    )


@pytest.mark.heavy
def test_what_is_nested_too_deeply_to_be_shown_is_still_put_aside() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert "nested too deeply" in Rejected.of(RecursionError("deep"), deep).raw


@pytest.mark.parametrize(("length", "is_kept"), [(20_000, True), (20_001, False)], ids=["long", "too long"])
def test_a_mark_of_where_to_read_on_may_be_long(length: int, is_kept: bool) -> None:
    page = storable_page(a_page(cursor="7" * length), NOW)
    assert (page.cursor is not None) is is_kept
