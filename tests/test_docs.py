"""The docs are checked against the program: nothing is left undocumented."""

import importlib.util
import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from docs.platforms.build import pages, with_parts
from monitor import __version__ as VERSION
from monitor.archive import Archive
from monitor.cli import COMMANDS, group
from monitor.core.errors import ConfigError
from monitor.platform_info import about, names
from monitor.sources import source

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_paragraph(command):
    assert f"\n## {command}\n" in (ROOT / "docs/commands.md").read_text()


@pytest.mark.parametrize("name", names())
def test_every_platform_has_its_page_and_its_place_in_the_readme(name):
    assert (ROOT / f"docs/platforms/{name}.md").read_text().startswith("#")
    assert f"| {about(name).title} |" in (ROOT / "README.md").read_text()


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


def dead_links(page: Path, text: str) -> list[str]:
    """Return the links of a page to places beside it that are not there: files, and headings in them."""
    dead = []
    for link in re.findall(r"\]\((?!\w+:)([^)]+)\)", text):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            dead.append(link)
    return dead


def headings(page: Path) -> set[str]:
    """Return the headings of a page as links name them."""
    found = re.findall(r"(?m)^#+ (.+)$", page.read_text())
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_every_link_leads_somewhere(page):
    assert dead_links(page, page.read_text()) == []


@pytest.mark.parametrize("link", ["nowhere.md", "docs/run/nowhere.md", "README.md#nowhere", "#nowhere"])
def test_control_a_dead_link_is_noticed(link):
    readme = ROOT / "README.md"
    assert dead_links(readme, f"[live](README.md#start) [dead]({link})") == [link]


def test_every_page_is_in_the_index():
    index = ROOT / "docs/index.md"
    linked = {(index.parent / link).resolve() for link in re.findall(r"\]\(([^)#]+)\)", index.read_text())}
    assert [page for page in (ROOT / "docs").rglob("*.md") if page != index and page not in linked] == []


def unknown(text: str) -> list[str]:
    """Return the commands in a page's code that the program would not understand."""
    code = "\n".join(re.findall(r"(?ms)^ *```.*?^ *```|`[^`\n]+`", text))
    typed = re.findall(r"(?m)(?:^|[`/]|-m )monitor ([-a-z][^`;|\n]*)", code)
    return [words for words in typed if not is_known(group, words.split())]


def is_known(command: click.Command, words: list[str]) -> bool:
    """Return whether a command has these subcommands and options; what is given to them is not looked at."""
    options = {name: part for part in command.get_params(click.Context(command)) for name in part.opts}
    while words:
        first, *words = words
        if first.startswith("-"):
            if first not in options:
                return False
            words = words if options[first].is_flag else words[1:]
        elif isinstance(command, click.Group):
            below = command.get_command(click.Context(command), first)
            return below is not None and is_known(below, words)
    return True


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_every_command_that_a_page_names_is_one(page):
    assert unknown(page.read_text()) == []


@pytest.mark.parametrize("line", ["monitor colect", "monitor up --porte 1", "venv/bin/monitor users ad ANN"])
def test_control_a_command_that_is_none_is_noticed(line):
    assert unknown(f"`monitor status`, `monitor --archive a.db up --port 1`, `{line}`") != []
    assert unknown(f"```\n{line}\n```") != []


def test_the_docs_and_the_changelog_are_of_this_version():
    changes = (ROOT / "CHANGELOG.md").read_text()
    released = re.search(r"(?m)^## (\d\S+) - \d{4}-\d\d-\d\d$", changes)[1]
    if "\n- " in changes.partition("## Unreleased")[2].partition("\n## ")[0]:
        assert VERSION.endswith(".dev0"), "pip would take it for the one that was released"
        assert released < VERSION
    else:
        assert released == VERSION
    wheels = [name for page in PAGES for name in re.findall(r"campaign_monitor-(.+?)-py3", page.read_text())]
    assert set(wheels) == {"VERSION"}


def echoes(changelog: str) -> list[str]:
    """Return the beginnings, of six words, that two entries of one section share."""
    sections = re.split(r"(?m)^##+ .*", changelog)
    begins = [[tuple(line.split()[1:7]) for line in part.splitlines() if line[:2] == "- "]
              for part in sections]  # fmt: skip
    return [" ".join(entry) for part in begins for entry in sorted(set(part)) if part.count(entry) > 1]


def test_no_two_entries_of_the_changelog_begin_alike():
    assert echoes((ROOT / "CHANGELOG.md").read_text()) == []


def test_control_an_entry_that_two_merges_brought_is_noticed():
    changelog = "### Added\n- A box for it is at the top.\n### Fixed\n- A box for it is at the side.\n"
    assert echoes(changelog) == []
    assert echoes(f"{changelog}- A box for it is at hand.\n") == ["A box for it is at"]


def test_what_the_program_knows_of_platforms_is_on_its_pages():
    for path, made in pages().items():
        assert path.read_text() == made, f"{path.name} is old: run `make docs`"


def test_control_a_page_that_is_old_or_has_no_place_is_noticed():
    page = "# Pond\n<!-- in short -->\nold\n<!-- /in short -->\n"
    assert with_parts(page, [("in short", "new")]) == page.replace("old", "new") != page
    with pytest.raises(ValueError, match="not one place for 'settings'"):
        with_parts(page, [("settings", "new")])


@pytest.mark.parametrize("name", names())
def test_each_key_is_named_where_people_look_for_it(name):
    wanted = (*about(name).keys, *about(name).optional_keys)
    page, example = (
        (ROOT / path).read_text() for path in (f"docs/platforms/{name}.md", "config/.env.example")
    )
    for key in wanted:
        assert f"`{key}`" in page
        assert f"\n{key}=\n" in example
    assert bool(about(name).keys) != (about(name).key[0] == "None.")
    assert bool(wanted) == bool(about(name).how_to)


def test_control_a_source_without_its_facts_is_noticed():
    with pytest.raises(ConfigError, match="no source called 'friendster'"):
        about("friendster")
