"""The dashboard and the commands on a lake: the figures of one archive, and no page that fails."""

import re
import subprocess
import sys
from datetime import UTC, date, datetime
from importlib.util import find_spec

import pytest
from click.testing import CliRunner

from monitor.archive.posts.lake import LakePosts
from monitor.archive.schema.rollups import mend
from monitor.campaign import load
from monitor.cli import Paths, group
from monitor.cli.wiring.web import flask_app
from monitor.core.errors import ArchiveError, ConfigError
from monitor.report import Window
from monitor.report.lookup import Lookup
from monitor.report.lookup.tone import to_read
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.lake.offices import KEY, OFFICES, WHOLE, added, alone, archive, counted

pytestmark = pytest.mark.heavy

CAMPAIGN = """
name = "Three offices"
[[track]]
name = "crime"
title = "#Crime"
tags = ["one"]
[[track]]
name = "police"
title = "#Police"
tags = ["two"]
"""
DAYS = "since=2026-03-09&until=2026-04-05"
NAMES = ("crime", "police")


@pytest.fixture
def campaign(offices):
    path = offices / "campaign.toml"
    path.write_text(CAMPAIGN)
    return path


def client(campaign, name):
    paths = Paths(campaign=campaign, archive=campaign.parent / name / "archive.db", env={})
    return flask_app(paths, load(campaign)).test_client()


@pytest.mark.usefixtures("counts")
@pytest.mark.parametrize("track", NAMES)
def test_the_dashboard_of_a_lake_shows_the_figures_of_one_archive(campaign, track):
    whole, lake = (
        client(campaign, name).get(f"/api/v1/report?{DAYS}&track={track}").json for name in (WHOLE, "counts")
    )
    assert whole["posts"]["value"] > 0 < whole["people"]["value"]
    for key in ("posts", "people", "messages", "ceiling"):
        assert lake[key] == whole[key], key
    for key in ("engagement", "views"):
        assert lake[key]["value"] == whole[key]["value"]
    for part in ("days", "heat", "links", "new_people", "covered"):
        assert lake[part] == whole[part], part
    assert [tag["posts"] for tag in lake["tags"]] == [tag["posts"] for tag in whole["tags"]]


@pytest.mark.usefixtures("counts")
def test_pages_of_a_lake_say_that_it_has_no_posts_and_none_fails(campaign):
    pages = client(campaign, "counts")
    rules = [rule.rule for rule in pages.application.url_map.iter_rules() if "GET" in rule.methods]
    answers = {rule: pages.get(f"{rule}?{DAYS}") for rule in rules if "<" not in rule}
    assert {rule: answer.status_code for rule, answer in answers.items() if answer.status_code >= 500} == {}
    for rule in ("/", "/posts", "/people", "/explore"):
        assert "from 3 archives, together." in answers[rule].text
        assert "A lake has no posts" in answers[rule].text
    assert "A lake has no posts" not in client(campaign, WHOLE).get("/posts").text  # the control
    assert "who1" not in answers["/people"].text
    assert answers["/api/v1/posts"].json["posts"] == []


@pytest.mark.usefixtures("counts")
def test_pages_of_a_lake_give_nothing_to_do_that_cannot_be_done(campaign):
    lake, whole = (
        {
            path: " ".join(client(campaign, name).get(f"{path}?{DAYS}").text.split())
            for path in ("/", "/posts", "/people", "/tone")
        }
        for name in ("counts", WHOLE)
    )
    for path, words in {
        "/posts": ("No posts found for these dates", "newest first", "Add a post by hand", "Show posts"),
        "/people": ("Nobody found for these dates",),
        "/tone": ("Start reading", "Read up to"),
        "/": ("No platform gave follower numbers",),
    }.items():
        assert not any(word in lake[path] for word in words), path
    assert "Posts can be looked at and searched in each office only." in lake["/posts"]
    assert "Only accounts that an office added" in lake["/people"]
    assert "each office reads its own" in lake["/tone"]
    assert "where many offices are counted together" in lake["/"]
    assert "newest first" in whole["/posts"]  # the control
    assert "each office" not in "".join(whole.values())


def test_who_posted_most_is_listed_where_an_office_gave_names(campaign):
    added(campaign.parent, "east", names=True)
    counted(campaign.parent, alone)
    assert "who1" in client(campaign, "counts").get(f"/people?{DAYS}").text


@pytest.mark.usefixtures("counts")
def test_a_sample_of_a_lake_is_not_asked_for(campaign):
    now = datetime(2026, 3, 18, 12, tzinfo=UTC)  # a Wednesday, after a week of many posts
    week = Window(first=date(2026, 3, 9), last=date(2026, 3, 15))
    asked = {}
    for name in ("counts", WHOLE):
        with archive(campaign.parent, name) as one:
            settings = load(campaign)
            lookup = Lookup(one, settings, settings.tracks[0], week, frozenset(), now)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("monitor.report.lookup.tone._WORTH_READING", 1)
                asked[name] = to_read(lookup)
    assert asked == {"counts": None, WHOLE: week}


@pytest.mark.usefixtures("counts")
@pytest.mark.parametrize("command", ["status", "doctor"])
def test_commands_say_of_how_many_posts_a_lake_is(campaign, command):
    files = ["--campaign", f"{campaign}", "--archive", f"{campaign.parent / 'counts/archive.db'}"]
    output = CliRunner().invoke(group, [*files, command]).output
    assert re.search(r"400 posts by \d+ people, from 3 archives in ", output), output


@pytest.mark.usefixtures("counts")
def test_what_would_lose_the_counts_of_a_lake_is_refused(offices):
    with archive(offices, "counts") as counts:
        acts = (
            counts.rebuild,
            counts.differences,
            lambda: [*mend(counts.db)],
            lambda: saved(counts, a_page(a_post())),
            lambda: LakePosts(counts.db).office,
        )
        for act in acts:
            with pytest.raises(ArchiveError, match="the counts of a lake"):
                act()
        assert counts.stats.scope("crime", *[counts.posts.first_day()] * 2).series
    with pytest.raises(ArchiveError, match="posts of its own"):
        counted(offices, alone, WHOLE)


def run(campaign, *words, name="east"):
    files = ["--campaign", f"{campaign}", "--archive", f"{campaign.parent / name / 'archive.db'}"]
    return CliRunner().invoke(group, [*files, "lake", *words])


def test_a_lake_is_made_counted_and_checked_by_commands(campaign, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAKE_KEY", run(campaign, "key").stdout.strip().removeprefix("LAKE_KEY="))
    for name in OFFICES:
        assert run(campaign, "add", "own", name=name).exit_code == 0
    assert "Written: 0 weeks. As before: 7." in run(campaign, "add", "own").stderr
    counted_words = run(campaign, "count", "own", "--into", "own.db").stderr
    with archive(campaign.parent, WHOLE) as whole:
        (people,) = whole.db.column("SELECT count(DISTINCT author_id) FROM author_totals")
        assert f"Counted: {whole.posts.count()} posts by {people} people, from 3 archives." in counted_words
    files = [f"{campaign.parent / name / 'archive.db'}" for name in OFFICES]
    assert run(campaign, "check", "own", *files).exit_code == 0
    missing = run(campaign, "check", "own", f"{campaign.parent / WHOLE / 'archive.db'}")
    assert (missing.exit_code, len(missing.stdout.splitlines())) == (1, 7)
    monkeypatch.setenv("LAKE_KEY", KEY.hex())
    assert "another key" in str(run(campaign, "add", "own").exception)


@pytest.mark.parametrize("key", ["", "abc", "g" * 64])
def test_without_the_key_of_the_offices_nothing_is_written(campaign, tmp_path, monkeypatch, key):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAKE_KEY", key)
    result = run(campaign, "add", "own")
    assert isinstance(result.exception, ConfigError)
    assert "monitor lake key" in str(result.exception)
    assert not (tmp_path / "own").exists()


def test_without_the_extra_a_sentence_says_what_to_install(campaign, monkeypatch):
    monkeypatch.setattr(
        "monitor.cli.lake.find_spec", lambda name: None if name == "distributed" else find_spec(name)
    )
    result = run(campaign, "key")
    assert str(result.exception) == (
        "A lake needs other libraries. Type: pip install 'campaign-monitor[lake]'"
    )


def test_nothing_of_it_is_loaded_before_it_is_asked_for():
    code = "import sys, monitor.cli.lake; print({'dask', 'distributed', 'duckdb'} & {*sys.modules})"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "set()"
