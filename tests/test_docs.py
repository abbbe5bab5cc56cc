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
from monitor.sources.wire.about import about

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


@pytest.mark.parametrize("name", names())
def test_each_platform_s_page_says_in_short_what_the_program_says(name):
    page = (ROOT / f"docs/platforms/{name}.md").read_text()
    short = page.partition("\n## In short\n")[2].partition("\n## ")[0].split("\n\n")
    told = ["\n".join([f"{heading}: {said[0]}", *said[1:]]) for heading, said in about(name).facts()]
    assert [part.rstrip() for part in short] == told


@pytest.mark.parametrize("name", names())
def test_each_key_is_named_where_people_look_for_it(name):
    wanted = (*source(name).keys, *about(name).optional)
    page, example = (
        (ROOT / path).read_text() for path in (f"docs/platforms/{name}.md", "config/.env.example")
    )
    for key in wanted:
        assert f"`{key}`" in page
        assert f"\n{key}=\n" in example
    assert bool(source(name).keys) != (about(name).key[0] == "None.")
    assert bool(source(name).keys) == bool(source(name).how_to)


def test_control_a_source_without_its_facts_is_noticed():
    with pytest.raises(FileNotFoundError):
        about("friendster")
