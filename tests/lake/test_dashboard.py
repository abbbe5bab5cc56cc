"""The dashboard and the commands on a lake: the figures of one archive, and no page that fails."""

import subprocess
import sys
from importlib.util import find_spec

import pytest
from click.testing import CliRunner

from monitor.archive.schema.rollups import mend
from monitor.campaign import load
from monitor.cli import Paths, group
from monitor.cli.wiring.web import flask_app
from monitor.core.errors import ArchiveError, ConfigError
from tests.lake.offices import KEY, OFFICES, WHOLE, alone, archive, counted

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


@pytest.mark.parametrize("track", NAMES)
def test_the_dashboard_of_a_lake_shows_the_figures_of_one_archive(campaign, track):
    counted(campaign.parent, alone)
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


def test_pages_of_a_lake_say_that_it_has_no_posts_and_none_fails(campaign):
    counted(campaign.parent, alone)
    pages = client(campaign, "counts")
    rules = [rule.rule for rule in pages.application.url_map.iter_rules() if "GET" in rule.methods]
    answers = {rule: pages.get(f"{rule}?{DAYS}") for rule in rules if "<" not in rule}
    assert {rule: answer.status_code for rule, answer in answers.items() if answer.status_code >= 500} == {}
    for rule in ("/", "/posts", "/people", "/explore"):
        assert "The counts of 3 archives together." in answers[rule].text
        assert "A lake has no posts" in answers[rule].text
    assert "A lake has no posts" not in client(campaign, WHOLE).get("/posts").text  # the control
    assert "who1" not in answers["/people"].text
    assert answers["/api/v1/posts"].json["posts"] == []


def test_what_would_lose_the_counts_of_a_lake_is_refused(offices):
    counted(offices, alone)
    with archive(offices, "counts") as counts:
        for act in (counts.rebuild, counts.differences, lambda: [*mend(counts.db)]):
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
    assert "Counted: 3 archives." in run(campaign, "count", "own", "--into", "own.db").stderr
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
