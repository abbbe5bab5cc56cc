"""The share kit on the command line."""

import json

import pytest
from click.testing import CliRunner

from monitor.cli import group
from monitor.kit import KitItem
from tests.archive.saving import opened
from tests.builders import NOON
from tests.cli.test_commands import CAMPAIGN


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    words = ["--campaign", "campaign.toml", "--archive", "archive.db", "kit"]
    return lambda *more: CliRunner().invoke(group, [*words, *more])


def test_each_item_that_is_suggested_is_listed_with_its_links(run, tmp_path):
    with opened(tmp_path) as archive:
        archive.kit.save(KitItem(words="Sign, please.", address="https://petition.example/sign"), NOON)
        archive.kit.save(KitItem(words="Not any more."), NOON)
        archive.kit.retire(2, 1, NOON)
    lines = run().stdout.splitlines()
    assert lines[0] == "1. Sign, please. (code v1)"
    assert "   print: https://petition.example/sign?s=kit-print-v1&utm_source=kit-print-v1" in lines
    [record] = map(json.loads, run("--json").stdout.splitlines())
    assert (record["text"], record["code"], record["version"]) == ("Sign, please.", "v1", 1)
    assert record["links"]["x"].endswith("?s=kit-x-v1&utm_source=kit-x-v1")


def test_an_empty_kit_says_where_to_add_to_it(run, tmp_path):
    opened(tmp_path).close()
    assert "Share kit page" in run().stderr
    assert run("--json").stdout == ""
