"""`monitor track try` on real files: what a change would do, and that nothing is saved."""

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from monitor.archive import Archive
from monitor.campaign import load
from monitor.cli import group
from monitor.core.clock import utcnow
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.campaigns import ONE_TRACK

TEXTS = ("police cuts #test", "cuts #test", "a film #other", "other #other")


@pytest.fixture
def tried(tmp_path):
    path = tmp_path / "campaign.toml"
    path.write_text(ONE_TRACK)
    with Archive.open(tmp_path / "a.db", load(path).zone) as archive:
        for number, text in enumerate(TEXTS):
            post = a_post(
                id=text,
                platform="bluesky",
                text=text,
                tags=frozenset(),
                created_at=utcnow() - timedelta(days=number),
            )
            saved(archive, a_page(post), track="test" if "#test" in text else "other", now=utcnow())

    def run(*arguments):
        paths = ("--campaign", str(path), "--archive", str(tmp_path / "a.db"))
        result = CliRunner().invoke(group, [*paths, "track", "try", *arguments])
        assert path.read_text() == ONE_TRACK
        return result

    return run


@pytest.mark.parametrize(
    ("change", "gains", "losses"),
    [
        ((), [], []),
        (("--tag", "other"), ["a film #other", "other #other"], []),
        (("--any", "film"), ["a film #other"], []),
        (("--all", "police"), [], ["cuts #test"]),
        (("--none", "police"), [], ["police cuts #test"]),
        (("--near", "cuts police~0"), [], ["cuts #test"]),
        (("--drop", "test", "--tag", "other", "--none", "film"),
         ["other #other"], ["police cuts #test", "cuts #test"]),
    ],
    ids=["nothing", "tag", "any", "all", "none", "near", "several"],
)  # fmt: skip
def test_each_option_changes_what_the_track_asks_for(tried, change, gains, losses):
    result = tried("test", *change)
    assert result.exit_code == 0
    assert "Of 4 posts stored from" in result.stdout
    assert f"{len(gains)} more would match the track, and {len(losses)} no longer would." in result.stdout
    lists = re.split("(?m)^(?=Newly|No longer)", result.stdout)[1:]
    assert lists == [
        f"{head}, such as\n" + "".join(f"  {text}\n" for text in texts)
        for head, texts in (("Newly matched", gains), ("No longer matched", losses))
        if texts
    ]


def test_a_name_that_is_not_in_the_file_is_a_new_track(tried):
    assert "1 more would match the track, and 0 no longer would." in tried("new", "--any", "film").stdout


def test_a_wrong_form_is_said_in_a_sentence(tried):
    error = tried("test", "--near", "police").exception
    assert str(error).startswith(
        "near: expected words and how many others may be between them, such as police"
    )


def test_sources_are_asked_only_if_one_wants_that(tried, monkeypatch):
    asked = []
    monkeypatch.setattr("monitor.cli.tracks.preview", lambda campaign, query, now: asked.append(query) or ())
    tried("test", "--tag", "other")
    assert asked == []
    tried("test", "--tag", "other", "--ask")
    assert [query.tags for query in asked] == [("other",)]
