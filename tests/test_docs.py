"""The docs are checked against the program: nothing is left undocumented."""

import importlib.util
import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive
from monitor.cli import COMMANDS
from monitor.sources import names, source, title

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_paragraph(command):
    assert f"\n## {command}\n" in (ROOT / "docs/commands.md").read_text()


@pytest.mark.parametrize("name", names())
def test_every_platform_has_its_page_and_its_place_in_the_readme(name):
    assert (ROOT / f"docs/platforms/{name}.md").read_text().startswith("#")
    assert title(name) == source(name).title
    assert f"| {title(name)} |" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", names())
def test_every_platform_has_a_fixture_that_parses_to_what_we_expect(name):
    folder = ROOT / "tests/fixtures" / name
    spec = importlib.util.spec_from_file_location(f"expected_{name}", folder / "post.py")
    expected = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(expected)
    raw = json.loads((folder / "post.json").read_text())
    assert source(name).parse(raw) == expected.EXPECTED


def test_every_table_is_described(tmp_path):
    with Archive.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        tables = [*archive.db.table_names(), *archive.db.view_names()]
    described = (ROOT / "docs/data.md").read_text()
    for table in tables:
        if not table.startswith(("posts_fts", "_", "sqlite_")):
            assert f"| `{table}` |" in described


def test_every_key_of_the_shipped_campaign_file_is_described():
    described = (ROOT / "docs/campaign-file.md").read_text()
    keys = set(re.findall(r"(?m)^#? ?(\w+) = ", (ROOT / "config/campaign.toml").read_text()))
    assert keys
    for key in keys:
        assert f"`{key}`" in described


def test_every_link_of_the_readme_leads_somewhere():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", (ROOT / "README.md").read_text())
    assert links
    for link in links:
        assert (ROOT / link).exists(), link
