"""Draws the rooms of the program on their floors, with what each imports, as docs/architecture.svg."""

import ast
import textwrap
import tomllib
from pathlib import Path

import grimp
from markupsafe import escape

ROOT = Path(__file__).parents[1]
_WIDTH, _HEIGHT, _GAP, _MARGIN = 1200, 92, 8, 16
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2937 } .name { font-weight: 600; font-size: 15px }
  .sees { fill: #4b5563; font-size: 12px } rect { fill: #f8fafc; stroke: #64748b }
  svg { background: #ffffff }
  @media (prefers-color-scheme: dark) {
    svg { background: #0f172a } text { fill: #e2e8f0 } .sees { fill: #a8b4c4 } rect { fill: #1e293b }
  }
"""


def floors() -> list[list[str]]:
    """Return the rooms of each floor, the highest first, as the contract in pyproject.toml has them."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[room.strip() for room in layer.split("|")] for layer in layers]


def picture() -> str:
    """Return the SVG: a box a room, with its docstring and the rooms that it imports."""
    graph = grimp.build_graph("monitor", "dashboard", cache_dir=None)
    rows = _rooms_by_floor()
    height = 2 * _MARGIN + len(rows) * (_HEIGHT + _GAP) - _GAP
    boxes = "".join(
        _box(graph, room, row, place, len(rooms))
        for row, rooms in enumerate(rows)
        for place, room in enumerate(rooms)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
        f"<title>The rooms of the program, each above those that it may import</title><style>{_STYLE}</style>"
        f"{boxes}</svg>\n"
    )


def imports(graph: grimp.ImportGraph, room: str) -> list[str]:
    """Return the rooms that a room imports, by name."""
    inside = {room} | graph.find_descendants(room)
    seen = {_room_of(other) for module in inside for other in graph.find_modules_directly_imported_by(module)}
    return sorted(name.removeprefix("monitor.") for name in seen - {room, "monitor"})


def _rooms_by_floor() -> list[list[str]]:
    rows: list[list[str]] = []
    for floor in floors():
        rooms = [*dict.fromkeys(_room_of(module) for module in floor)]
        if rows and rooms == rows[-1]:
            continue  # the ground floor has floors of its own
        rows.append(rooms)
    return rows


def _room_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "monitor" else parts[0]


def _box(graph: grimp.ImportGraph, room: str, row: int, place: int, rooms: int) -> str:
    width = (_WIDTH - 2 * _MARGIN - (rooms - 1) * _GAP) / rooms
    x, y = _MARGIN + place * (width + _GAP), _MARGIN + row * (_HEIGHT + _GAP)
    letters = int(width / 7.4)
    about = textwrap.wrap(_docstring(room), letters, max_lines=2, placeholder=" …")
    sees = textwrap.wrap(
        f"imports {', '.join(imports(graph, room)) or 'no other room'}", letters, max_lines=2
    )
    lines = [
        (room.removeprefix("monitor."), "name"),
        *((line, "") for line in about),
        *((line, "sees") for line in sees),
    ]
    texts = "".join(
        f'<text class="{style}" x="{x + 10:.0f}" y="{y + 20 + 16 * n:.0f}">{escape(line)}</text>'
        for n, (line, style) in enumerate(lines)
    )
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{_HEIGHT}" rx="4"/>{texts}'


def _docstring(room: str) -> str:
    path = ROOT / room.replace(".", "/")
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return (ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or "").split("\n")[0]


if __name__ == "__main__":
    (ROOT / "docs" / "architecture.svg").write_text(picture(), encoding="utf-8")
