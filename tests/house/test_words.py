"""Texts for users hold to plain English and to one word for each thing: docs/glossary.md has the terms."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli import COMMANDS
from tests.house.graph import parse

ROOT = Path(__file__).parents[2]
INSTEAD = tomllib.loads((ROOT / "tests/house/banned_phrases.toml").read_text())["instead"]
BANNED = {re.compile(rf"\b(?:{phrase})\b"): better for phrase, better in INSTEAD.items()}
ANY_BANNED = re.compile(rf"\b(?:{'|'.join(INSTEAD)})\b")
TOO = re.compile(r"(?<!yes), too\b(?! \w)")  # "also" says it without the pause
TEXTS = (".html", ".js", ".md", ".py", ".toml", ".txt")
# The changelog is history, programs write the tables of safety and speed, developers have their own terms.
OTHERS = {ROOT / "docs/safety.md", ROOT / "docs/speed.md", *(ROOT / "docs/develop").glob("*.md")}
PAGES = sorted({ROOT / "README.md", *(ROOT / "docs").rglob("*.md")} - OTHERS)
PROGRAM = [
    path
    for room in ("monitor", "dashboard")
    for path in (ROOT / room).rglob("*")
    if path.suffix in TEXTS and path.name != "OFL.txt"
]
# A name or a key is no sentence, and SQL is for SQLite.
NO_SENTENCE = re.compile(r"^[^ ]*$|\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|WHERE|JOIN)\b")


def texts(path: Path, source: str) -> Iterator[str]:
    """Yield what a user may read of a file: a program's sentences, the lines of others."""
    if path.suffix == ".py":
        yield from _literals(source, of_commands="cli" in path.parts)
    elif path.suffix == ".md":
        yield from re.sub(r"(?ms)^ *```.*?^ *```", "", source).splitlines()
    else:  # of Jinja's code, only what is in quotation marks is shown
        lines = (line for line in source.splitlines() if not line.lstrip().startswith(("#", "//")))
        yield from (
            re.sub(r"{[%{].*?[%}]}", lambda code: " ".join(re.findall('"([^"]*)"', code[0])), line)
            for line in lines
        )


def _literals(code: str, *, of_commands: bool) -> Iterator[str]:
    """Yield the sentences in a program; of its docstrings only those that a command shows as help."""
    tree, docs = parse(code), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            shown = of_commands and isinstance(node, ast.FunctionDef) and node.decorator_list
            docs |= set() if shown else {id(node.body[0].value)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield from () if NO_SENTENCE.search(node.value) else (node.value,)


def faults(path: Path, source: str) -> list[str]:
    """Return what a file says that it should not, each with what to write instead."""
    found = []
    for text in texts(path, source):
        plain = re.sub(r"`[^`]*`|\]\([^)]*\)", "", text).lower()
        found += [f"{hit[0]!r} in {text.strip()[:90]!r}: {better}"
                  for phrase, better in (BANNED.items() if ANY_BANNED.search(plain) else ())
                  for hit in [phrase.search(plain)] if hit]  # fmt: skip
        if TOO.search(plain):
            found.append(f"', too' in {text.strip()[:90]!r}: also")
    return found


@pytest.mark.parametrize("path", [*PAGES, *PROGRAM], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_for_users_has_a_phrase_that_a_native_reader_would_strike(path: Path) -> None:
    assert faults(path, path.read_text()) == []


@pytest.mark.parametrize(
    ("name", "source", "count"),
    [
        ("page.html", '<h2>Take away</h2>{{ "Tried by itself" if one is none }}', 2),
        ("page.html", '{% if one is none %}<p class="told">Add an account</p>{% endif %}', 0),
        ("code.py", 'def f():\n    """Made anew."""\n    return f"It needs you, {name}."', 1),
        ("cli/code.py", '@command\ndef f():\n    """Made anew."""', 1),
        ("code.py", 'SQL = "SELECT taken in, known already"\nkey = "by itself"', 1),
        ("page.md", "The first look is told by\n`by itself`\n```\nanew\n```", 2),
        ("page.md", "Files, too. Two, too few. It is told apart from noise.", 1),
        ("list.toml", '# anew\nfast = "At the next look."', 1),
    ],
)
def test_control_a_banned_phrase_is_noticed_where_a_user_may_read_it(name: str, source: str, count: int):
    assert len(faults(Path(name), source)) == count


@pytest.mark.parametrize(
    "sentence",
    [
        "The stall caused 40 signatures.", "The rise was driven by a post.", "A post drove signing up.",
        "The stall led to 40 signatures.", "A leaflet leads to more of them.", "Up 40 because of the stall.",
        "Thanks to the stall, 40 more signed.", "The rise is due to the stall.", "The mail boosted signing.",
        "The news sparked 40 signatures.", "A post triggered the rise.", "40 more, as a result of the mail.",
        "The mail resulted in 40 signatures.", "The effect of the stall: 40.", "Its impact on signing.",
        "Bluesky brought in 9.", "Posts brought 9 signatures.", "The stall generated 40 signatures.",
        "40 are attributed to the mail.", "The stall paid off.", "The video persuaded people to sign.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["page.html", "mail.txt", "docs.md", "story.py"])
def test_control_a_word_of_cause_is_noticed_on_a_page_in_a_mail_a_story_and_the_documentation(name, sentence):
    assert faults(Path(name), f'story = f"{sentence}"' if name == "story.py" else sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "More than in most weeks: 140 in the 7 days from then on.", "It is due to be read at 8:00.",
        "9 people who came by kit-bsky-1 signed.", "A bar leads to its posts.", "Timing does not show cause.",
    ],
)  # fmt: skip
def test_what_was_counted_when_may_be_said(sentence):
    assert faults(Path("page.html"), sentence) == []


def test_each_term_of_the_glossary_is_there_once_and_in_order() -> None:
    terms = re.findall(r"(?m)^\| \*\*(.+?)\*\* \|", (ROOT / "docs/glossary.md").read_text())
    assert len(terms) >= 55
    assert terms == sorted(set(terms), key=str.lower)


TYPED = re.compile(rf"(?<![Tt]he )\bmonitor (?:{'|'.join(COMMANDS)})\b")


def typed(path: Path) -> list[str]:
    """Return the commands that a file tells users to type by the program's bare name."""
    return [match for text in texts(path, path.read_text()) for match in TYPED.findall(text)]


@pytest.mark.heavy
def test_what_to_type_is_written_by_its_one_owner() -> None:
    """In a checkout it is `.venv/bin/monitor`: `monitor.COMMAND` knows."""
    places = {path.relative_to(ROOT).as_posix(): typed(path) for path in PROGRAM if path.suffix != ".md"}
    del places["monitor/report/figures/seen.py"]  # which is about itself, in the docs
    assert {path: commands for path, commands in places.items() if commands} == {}


def test_control_a_bare_command_is_noticed(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text('HINT = "Type: monitor users list"\nSTATE = f"the monitor backup {HINT}"\n')
    assert typed(planted) == ["monitor users"]
