"""What is suggested stays as it was, whoever edits it, and posts that pass it on are found for good."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.archive.values import Scope
from monitor.core.errors import ArchiveError
from monitor.core.model import Picture, Tone
from monitor.kit import KitItem
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
TEXT = "Our streets deserve more police officers. Add your name to ours before Friday and tell a neighbour."
NEAR = "Our streets deserve more police officers! Add your name to ours before Friday, and tell your mum."
OWN = "I have lived here for forty years and never saw so few officers on the beat as this winter."
ALT = "A chart of officers in our borough: 612 in 2010, 441 today"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
PETITION = "https://petition.example/sign"


def posts(*texts: str, **changes: object) -> list:
    return [a_post(id=f"{n}-{text[:9]}", by=f"p{n}", text=text, **changes) for n, text in enumerate(texts)]


def matches(archive) -> list[tuple]:
    return archive.db.execute(
        "SELECT post_id, item, version, how FROM kit_matches ORDER BY 1, 2, 4"
    ).fetchall()


def week(archive) -> Scope:
    return archive.stats.scope("crime", date(2026, 3, 2), date(2026, 3, 8))


def counts(archive) -> dict[str, int]:
    return archive.kit.counts(week(archive))


def test_posts_are_told_apart_by_what_they_pass_on_when_they_are_stored(tmp_path):
    with opened(tmp_path) as archive:
        archive.kit.save(KitItem(words=TEXT, address=PETITION), NOW)
        archive.kit.save(KitItem(alt=ALT, address=PETITION, code="a3", has_imprint=True), NOW, PNG)
        link, picture = f"{PETITION}?s=kit-print-a3", Picture(alt=ALT.upper())
        some = posts(f"{TEXT} {PETITION} #ours", NEAR, OWN)
        some += [a_post(id="l", text="Sign it!", links=frozenset({link}))]
        some += [a_post(id="p", text="Look at this", pictures=(picture,))]
        saved(archive, a_page(*some))
        exact, near, by_link, by_alt = (
            (1, 1, 1, "exact"),
            (2, 1, 1, "near"),
            (4, 2, 1, "link"),
            (5, 2, 1, "alt"),
        )
        assert matches(archive) == [exact, near, by_link, by_alt]
        assert counts(archive) == {"exact": 1, "near": 1, "own": 3, "part": 2}
        assert archive.kit.uses(week(archive)) == {(1, 1): 2, (2, 1): 2}
        before = archive.stats.scope("crime", date(2026, 2, 23), date(2026, 3, 1))
        assert archive.kit.uses(before) == {}


def test_editing_and_retiring_change_no_old_match_and_what_was_retired_is_still_found(tmp_path):
    with opened(tmp_path) as archive:
        archive.kit.save(KitItem(words=TEXT), NOW)
        saved(archive, a_page(*posts(TEXT)))
        before = matches(archive)
        archive.kit.save(KitItem(id=1, version=1, words=OWN), NOW)
        archive.kit.retire(1, 2, NOW)
        assert [item.words for item in archive.kit.items()] == [TEXT, OWN]
        assert archive.kit.current() == []
        for _ in archive.kit.update(NOW):
            pass
        assert matches(archive) == before
        saved(archive, a_page(*posts("hello", "there", TEXT, OWN)))
        assert matches(archive)[1:] == [(4, 1, 1, "exact"), (5, 1, 2, "exact")]
        assert archive.kit.uses(week(archive)) == {(1, 1): 2, (1, 2): 1}


def test_a_post_with_the_code_of_one_version_and_the_description_of_another_counts_once_by_its_code(tmp_path):
    with opened(tmp_path) as archive:
        archive.kit.save(KitItem(alt=ALT, code="a3"), NOW, PNG)
        archive.kit.save(KitItem(id=1, version=1, alt=OWN, code="a4"), NOW)
        saved(archive, a_page(a_post(text="Look at this", pictures=(Picture(alt=OWN),))))
        assert archive.kit.uses(week(archive)) == {(1, 2): 1}
        archive.db.execute("INSERT INTO kit_matches VALUES (1, 1, 1, 'code', NULL, '', 'now')")
        assert archive.kit.uses(week(archive)) == {(1, 1): 1}


def test_a_version_that_was_edited_or_retired_is_suggested_again_in_the_place_of_the_present_one(tmp_path):
    with opened(tmp_path) as archive:
        archive.kit.save(KitItem(words=TEXT), NOW)
        archive.kit.save(KitItem(words=NEAR), NOW)
        archive.kit.save(KitItem(id=1, version=1, words=OWN), NOW)
        for version, suggestions in ((1, [TEXT, NEAR]), (2, [OWN, NEAR]), (1, [TEXT, NEAR])):
            archive.kit.restore(1, version, NOW)
            assert [item.words for item in archive.kit.current()] == suggestions
        archive.kit.save(KitItem(id=1, version=1, words="Another text of ours altogether"), NOW)
        assert [(item.id, item.version) for item in archive.kit.current()] == [(1, 3), (2, 1)]
        archive.kit.retire(2, 1, NOW)
        archive.kit.restore(2, 1, NOW)
        before = archive.kit.items()
        with pytest.raises(ArchiveError):
            archive.kit.restore(1, 9, NOW)
        assert archive.kit.items() == before


def test_posts_of_before_are_looked_through_for_a_new_item(tmp_path):
    with opened(tmp_path) as archive:
        link = frozenset({f"{PETITION}?s=kit-print-v1"})
        saved(archive, a_page(*posts(TEXT, OWN, links=link, pictures=(Picture(alt=ALT),))))
        assert archive.kit.is_searched()
        archive.kit.save(KitItem(words=TEXT, alt=ALT, address=PETITION), NOW, PNG)
        assert not archive.kit.is_searched()
        assert [step.changed for step in archive.kit.update(NOW, most=1)] == [1, 1]
        every = [(1, "alt"), (1, "exact"), (1, "link"), (2, "alt"), (2, "link")]
        assert [(post, how) for post, _, _, how in matches(archive)] == every
        assert archive.kit.is_searched()


def test_the_words_of_a_post_that_was_edited_count_and_a_scrubbed_post_keeps_what_it_had(tmp_path):
    with opened(tmp_path) as archive:
        archive.kit.save(KitItem(words=TEXT), NOW)
        saved(archive, a_page(a_post(id="1", text=TEXT), a_post(id="2", text=TEXT)))
        saved(archive, a_page(a_post(id="1", text=OWN)), now=NOON + timedelta(hours=1))
        archive.ingest.scrub([2], NOW)
        assert matches(archive) == [(2, 1, 1, "exact")]
        archive.ingest.delete([2])
        assert matches(archive) == []
        assert archive.differences() == []


@pytest.mark.parametrize(
    ("item", "picture"),
    [
        (KitItem(), b""),
        (KitItem(), PNG),
        (KitItem(words="x" * 2001), b""),
        (KitItem(words=TEXT, code="a3"), b""),
        (KitItem(words=TEXT, code="a-3"), b""),
        (KitItem(words=TEXT, code="v" + "1" * 20), b""),
        (KitItem(words=TEXT, address="javascript:alert(1)"), b""),
        (KitItem(words=TEXT, address="https://[x"), b""),
        (KitItem(words=TEXT, address="https://exa℀mple.org"), b""),
        (KitItem(words=TEXT, address="https://"), b""),
        (KitItem(alt=ALT), b"<svg>"),
        (KitItem(words=TEXT, id=1, version=7), b""),
    ],
    ids=[
        "nothing",
        "no alt",
        "long",
        "code used",
        "code",
        "long code",
        "address",
        "no host at all",
        "letters that are a slash",
        "nothing behind it",
        "no picture",
        "old version",
    ],
)
def test_what_cannot_be_suggested_is_refused_and_nothing_changes(tmp_path, item, picture):
    with opened(tmp_path) as archive:
        archive.kit.save(KitItem(words=TEXT, code="a3"), NOW)
        before = archive.kit.items()
        with pytest.raises(ArchiveError):
            archive.kit.save(item, NOW, picture)
        assert archive.kit.items() == before


def test_a_code_that_somebody_typed_is_not_made_again(tmp_path):
    with opened(tmp_path) as archive:
        for code in ("v2", "", "", "v3x", ""):
            archive.kit.save(KitItem(words=TEXT, code=code), NOW)
        assert [item.code for item in archive.kit.items()] == ["v2", "v3", "v4", "v3x", "v5"]


def test_tones_of_copies_are_not_told_of_a_few_people(tmp_path):
    with opened(tmp_path) as archive:
        archive.kit.save(KitItem(words=TEXT), NOW)
        saved(archive, a_page(*posts(*[TEXT] * 4, *[f"{OWN} {n}" for n in range(5)])), tone=Tone.POSITIVE)
        scope = archive.stats.scope("crime", date(2026, 3, 2), date(2026, 3, 8))
        assert archive.kit.tones(scope) == {}
        saved(archive, a_page(a_post(id="9", by="p9", text=TEXT)), tone=Tone.POSITIVE)
        assert archive.kit.tones(scope) == {"positive": 5}
