"""The report on the command line: the numbers of the page, with how they are counted."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from monitor.archive import Archive
from monitor.campaign import load
from monitor.cli import group
from monitor.cli.report import lines, window_of
from monitor.core.errors import ConfigError
from monitor.report import Usual, Window
from monitor.report.figures import definitions
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.cli.test_commands import CAMPAIGN
from tests.dashboard.reports import a_report

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    with Archive.open(tmp_path / "a.db", load(tmp_path / "campaign.toml").zone) as archive:
        posts = a_post(likes=2), a_post(id="2", platform="bluesky", created_at=NOW - timedelta(days=3))
        saved(archive, a_page(*posts), track="test")

    def command(*words: str):
        files = ["--campaign", "campaign.toml", "--archive", "a.db"]
        return CliRunner().invoke(
            group, [*files, "report", "--since", "2026-03-01", "--until", "2026-03-07", *words]
        )

    return command


def test_json_holds_every_number_and_how_each_is_counted(run):
    found = json.loads(run("--json").stdout)
    assert (found["posts"]["value"], found["people"]["value"]) == (1, 1)
    assert found["engagement"] == {
        "definition": "engagement", "value": 2, "known": 1, "of": 1, "finished": None,
        "before": None, "usual": None,
    }  # fmt: skip
    assert found["views"]["value"] is None
    assert set(found["methods"]) == set(definitions())
    assert all(found[name]["definition"] in found["methods"] for name in ("posts", "views", "ceiling"))


def test_text_says_what_is_known_and_what_is_not(run):
    text = run().stdout
    assert "Posts: 1\n" in text
    assert "Counted views: not known (known for 0 of 1 post)" in text
    assert "Tone: not shown: that could show what single people think\n" in text  # it is one person's post
    assert "Tone: not known\n" in run("--platform", "bluesky").stdout


def test_a_platform_can_be_chosen(run):
    found = json.loads(run("--json", "--platform", "bluesky").stdout)
    assert (found["platforms"], found["posts"]["value"]) == (["bluesky"], None)


def test_an_unknown_track_is_named_with_those_that_exist(run):
    error = run("--track", "other").exception
    assert isinstance(error, ConfigError)
    assert "It has: test." in str(error)


def test_days_that_end_before_they_begin_are_refused():
    march, april = datetime(2026, 3, 1), datetime(2026, 4, 1)  # noqa: DTZ001 as click gives them
    with pytest.raises(ConfigError, match="is before the first"):
        window_of(april, march, Window(first=march.date(), last=april.date()))


def test_the_days_before_are_told_when_they_are_known():
    assert any("in the days before " in line for line in lines(a_report()))


@pytest.mark.parametrize("year", [1, 1999, 2101, 9999])
def test_days_out_of_all_reason_are_refused(year):
    day = datetime(year, 1, 1)  # noqa: DTZ001 as click gives them
    with pytest.raises(ConfigError, match="such as 2026-11-01"):
        window_of(None, day, Window(first=NOW.date(), last=NOW.date()))


def test_an_unknown_platform_is_refused_and_not_counted_as_none(run):
    error = run("--platform", "twitter").exception
    assert isinstance(error, ConfigError)
    assert "mastodon" in str(error)


@pytest.mark.parametrize("form", ["xlsx", "docx", "pdf", "pptx", "png", "svg", "csv", "json", "text"])
@pytest.mark.slow
def test_each_format_goes_to_a_file_or_to_standard_output(run, tmp_path, form):
    start = {
        "png": b"\x89PNG",
        "svg": b"<svg",
        "pdf": b"%PDF-",
        "csv": b"\xef\xbb\xbfnumber",
        "json": b"{",
        "text": b"#Test",
    }
    assert run("--format", form, "--out", "taken").exit_code == 0
    assert (tmp_path / "taken").read_bytes()[:9].startswith(start.get(form, b"PK")), form
    assert run("--format", form).stdout_bytes[:9].startswith(start.get(form, b"PK"))


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(run):
    done = run("--format", "csv", "--out", "nowhere/taken.csv")
    assert isinstance(done.exception, ConfigError)
    assert "--out" in str(done.exception)


def test_a_number_that_is_compared_is_said_where_it_is_another():
    figure = replace(a_report().posts, value=55, finished=50, before=70)
    said = "\n".join(lines(a_report(posts=figure)))
    assert "Posts: 55" in said
    assert "Posts: 55 (50 counted as in the days before, in the days before 70)" in said
    usual = Usual(median=60, low=40, high=80, weeks=8)
    unusual = "\n".join(lines(a_report(posts=replace(figure, usual=usual))))
    assert "Posts: 55 (50 counted as in earlier weeks, usually 40 to 80; in the days before 70)" in unusual
    whole = "\n".join(lines(a_report(posts=replace(figure, finished=55))))
    assert "Posts: 55 (in the days before 70)" in whole
