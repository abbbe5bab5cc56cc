"""Writes what the program knows of its platforms into the README, their pages and the example of keys.

Each part lies between two comments that name it. `make docs` runs this; a test says when that is due.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # where this is run as a script

from monitor.campaign.reader import Rule  # noqa: E402
from monitor.platform_info import about, names  # noqa: E402
from monitor.sources import settings_type  # noqa: E402

_BY_HAND = "| By hand | none | free | anything nobody recorded; it is for local groups, the radio, stalls |"


def pages() -> dict[Path, str]:
    """Return each file that has such a part, as it should be."""
    made = {
        ROOT / "README.md": [("sources", _table())],
        ROOT / "config/.env.example": [("keys", _keys())],
        ROOT / "docs/index.md": [("platforms", _links())],
    }
    for name in names():
        made[ROOT / f"docs/platforms/{name}.md"] = [("in short", _short(name)), ("settings", _settings(name))]
    return {path: with_parts(path.read_text(encoding="utf-8"), parts) for path, parts in made.items()}


def with_parts(page: str, parts: list[tuple[str, str]]) -> str:
    """Return a page with each part in its place; raises ValueError for a page without a place for one."""
    for name, text in parts:
        between = re.compile(rf"(?sm)((?:<!--|^#) {name}(?: -->)?\n).*?((?:<!--|^#) /{name}\b)")
        page, found = between.subn(lambda place, text=text: f"{place[1]}{text}\n{place[2]}", page)
        if found != 1:
            raise ValueError(f"There is not one place for {name!r}, but {found}.")
    return page


def _table() -> str:
    rows = [(info.title, *info.row) for info in map(about, names())]
    lines = [f"| {' | '.join(row)} |" for row in sorted(rows, key=lambda row: row[0].casefold())]
    return "\n".join(["| Source | Key | Price | What is missing |", "|---|---|---|---|", *lines, _BY_HAND])


def _links() -> str:
    titles = sorted((about(name).title, name) for name in names())
    return "\n".join(f"  - [{title}](platforms/{name}.md)" for title, name in titles)


def _keys() -> str:
    groups = []
    for name in names():
        info = about(name)
        if keys := info.keys or info.optional_keys:
            head = f"# {info.title}: see docs/platforms/{name}.md. {info.key_note}"
            groups.append("\n".join([head, *(f"{key}=" for key in keys)]))
    return "\n\n".join(groups)


def _short(name: str) -> str:
    facts = about(name).facts()
    return "\n\n".join("\n".join([f"{heading}: {said[0]}", *said[1:]]) for heading, said in facts)


def _settings(name: str) -> str:
    settings = settings_type(name)
    return "\n".join(_lines(settings))


def _lines(settings: Any) -> Iterator[str]:
    hints = get_type_hints(settings, include_extras=True)
    for field in fields(settings):
        _, *extras = get_args(hints[field.name])
        says = [extra for extra in extras if isinstance(extra, str)]
        limits = [f" ({extra.expected})" for extra in extras if isinstance(extra, Rule)]
        yield f"`{field.name}`: {says[0]}{''.join(limits)}; without it, `{json.dumps(field.default)}`."


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
