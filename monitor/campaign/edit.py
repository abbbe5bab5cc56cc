"""Pure: the text of a campaign file with some settings changed, and every other line as it was.

A setting is named as in `digest.hour`; of tracks, the second part is the track's name: `track.crime.tags`.
Lines are put in and taken out as text, so that no note is ever written anew. What comes of it is read again,
and nobody gets it unless it says what it should.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from monitor.campaign import CampaignFile, Track
from monitor.core.errors import ConfigError

Changes = Mapping[str, object]  # a mapping adds a table; None takes a setting or a table out
Path = tuple[str, ...]
_TRACK = "track"


def with_settings(text: str, changes: Changes) -> str:
    """Return the text with these settings.

    Raises ConfigError, with the lines to write by hand, where the file is written as nothing here can change.
    """
    for key, value in changes.items():
        try:
            text = _changed(text, tuple(key.split(".")), value)
        except ValueError as error:  # tomllib's own are such, too
            raise ConfigError(
                "The campaign file is written in a way that cannot be changed from here. Nothing was"
                f" changed. Write into it by hand: {by_hand({key: value})}"
            ) from error
    return text


def setting(text: str, key: str) -> Any:
    """Return what the text of a campaign file says for this; None: nothing. Raises ConfigError."""
    try:
        return _at(_tables(text), tuple(key.split(".")))
    except ValueError as error:
        raise ConfigError(f"The campaign file cannot be understood: {error}.") from error


def by_hand(changes: Changes) -> str:
    """Return the lines that a person would have to type into the campaign file."""
    lines = list[str]()
    for key, value in changes.items():
        path = tuple(key.split("."))
        if value is None:
            lines.append(f"# take out {key}")
        else:
            lines += (
                _block(path, value) if isinstance(value, Mapping) else _block(path[:-1], {path[-1]: value})
            )
    return "\n".join(dict.fromkeys(lines))


def _changed(text: str, path: Path, value: object) -> str:
    tables, value = _tables(text), _plain(value)
    if path[:-1] == (_TRACK,) and isinstance(value, Mapping):
        value = {"name": path[1], **value}
    present = _at(tables, path)
    if present == value or (present is None and value == _plain(_usual(path))):
        return text
    result = _with(tables, path, value)
    lines = _TomlLines.of(text, tables)
    for attempt in _ATTEMPTS:
        try:
            changed = attempt(lines, path, value)
            if changed is not None and _tables(changed) == result:
                return changed
        except (tomllib.TOMLDecodeError, TypeError):
            continue
    raise ValueError(f"{path} cannot be set")


@dataclass(frozen=True, slots=True, kw_only=True)
class _TomlStatement:
    """A table's heading, or a setting with its value."""

    begin: int  # its lines
    end: int
    table: Path
    key: Path = ()  # of a heading: none
    value: Any = None

    @property
    def path(self) -> Path:
        return self.table + self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class _TomlLines:
    """The lines of a file, and where in them each thing is said."""

    lines: list[str]
    statements: list[_TomlStatement]
    line_end: str

    @classmethod
    def of(cls, text: str, tables: Mapping[str, Any]) -> "_TomlLines":
        lines = re.findall(r"[^\n]*\n|[^\n]+", text)  # `splitlines` would cut a text with U+2028 in two
        names = list(tables.get(_TRACK, ()))
        return cls(
            lines=lines, statements=_statements(lines, names), line_end="\r\n" if "\r\n" in text else "\n"
        )

    def with_lines(self, begin: int, end: int, new: Sequence[str]) -> str:
        """Return the text with others in the place of these lines."""
        before = self.lines[:begin]
        if before and new and not before[-1].endswith("\n"):
            before[-1] += self.line_end
        return "".join(
            [
                *before,
                *(line if line.endswith("\n") else line + self.line_end for line in new),
                *self.lines[end:],
            ]
        )


def _statements(lines: Sequence[str], tracks: list[str]) -> list[_TomlStatement]:
    """Return what is said in which lines: a statement ends with the first line that makes sense of it."""
    statements, table, begin = list[_TomlStatement](), Path(), 0
    for end in range(1, len(lines) + 1):
        part = "".join(lines[begin:end])
        try:
            data = tomllib.loads(part)
        except tomllib.TOMLDecodeError:
            continue
        if part.lstrip().startswith("["):
            table = _chain(data)
            if table == (_TRACK,) and tracks:
                table = (_TRACK, tracks.pop(0))
            statements.append(_TomlStatement(begin=begin, end=end, table=table))
        elif data:
            key = _chain(tomllib.loads(f"{part.partition('=')[0]}= 0"))
            statements.append(
                _TomlStatement(begin=begin, end=end, table=table, key=key, value=_at(data, key))
            )
        begin = end
    return statements


def _without(file: _TomlLines, path: Path, value: object) -> str | None:
    """Take a setting or a table out, with the notes within it, and leave those around it."""
    parts = [each for each in file.statements if each.path[: len(path)] == path]
    if value is not None or not parts:
        return None
    begin, end = parts[0].begin, parts[-1].end
    is_apart = all(not line.strip() for line in (*file.lines[end : end + 1], *file.lines[begin - 1 : begin]))
    return file.with_lines(begin - (is_apart and begin > 0), end, ())


def _with_value(file: _TomlLines, path: Path, value: object) -> str | None:
    """Put another value where there is one."""
    for each in file.statements:
        if each.key and each.path == path[: len(each.path)]:
            new = _with(each.value, path[len(each.path) :], value)
            lines = file.lines[each.begin : each.end]
            return file.with_lines(each.begin, each.end, _statement_with(lines, each.value, new))
    return None


def _with_line(file: _TomlLines, path: Path, value: object) -> str | None:
    """Add a setting below the last of its table."""
    ends = [each.end for each in file.statements if each.table == path[:-1]] or [0] * (len(path) == 1)
    if value is None or isinstance(value, Mapping) or not ends:
        return None
    return file.with_lines(ends[-1], ends[-1], [f"{path[-1]} = {_toml(value)}"])


def _with_table(file: _TomlLines, path: Path, value: object) -> str | None:
    """Add a table: a track below the last one, any other at the end."""
    block = _block(path, value) if isinstance(value, Mapping) else _block(path[:-1], {path[-1]: value})
    ends = [each.end for each in file.statements if each.table[:1] == path[:1] == (_TRACK,)]
    place = ends[-1] if ends else len(file.lines)
    gap = [""] if place and file.lines[place - 1].strip() else []
    return file.with_lines(place, place, [*gap, *block])


_ATTEMPTS: tuple[Callable[[_TomlLines, Path, object], str | None], ...] = (
    _without, _with_value, _with_line, _with_table
)  # fmt: skip


def _statement_with(lines: list[str], old: object, new: object) -> list[str]:
    """Return the lines of a setting with another value; a list of several lines keeps its notes."""
    is_open = lines[0].partition("#")[0].rstrip().endswith("[") and lines[-1].lstrip().startswith("]")
    if len(lines) > 1 and is_open and isinstance(new, list):
        return [lines[0], *_items_with(lines[1:-1], new), lines[-1]]
    part = "".join(lines)
    if len(lines) > 1 and part.count("#") > _toml(old).count("#"):
        raise TypeError("a note stands within the value")
    before, note = _cut(part, lambda text: tomllib.loads(text) == tomllib.loads(part))
    head, _, rest = part.partition("=")
    after = f"{head}={rest[: len(rest) - len(rest.lstrip())]}{_toml(new)}"
    gap = len(note) - len(note.lstrip(" \t"))
    if gap > 1 and "#" in note:  # notes that stand below each other go on doing so
        note = " " * max(len(before) + gap - len(after), 2) + note.lstrip(" \t")
    return [after + note]


def _items_with(lines: Sequence[str], items: Sequence[object]) -> list[str]:
    """Return the lines within a list's brackets, for these items: those that stay keep theirs."""
    own = [(line, tomllib.loads(f"a = [\n{line}\n]")["a"]) for line in lines]
    indent = next((line[: len(line) - len(line.lstrip())] for line, values in own if values), "    ")
    lines_by_item = {json.dumps(values[0]): line for line, values in own if len(values) == 1}
    rows = [(line, values) for line, values in own if all(value in items for value in values)]
    stay = [value for _, values in rows for value in values]
    new = [item for item in items if item not in stay]
    if [*stay, *new] != items:  # they are to stand in another order
        rows, new = [(line, values) for line, values in own if not values], list(items)
    result = [line for line, _ in rows]
    result += [lines_by_item.get(json.dumps(item), f"{indent}{_toml(item)},") for item in new]
    return [*map(_with_comma, result[:-1]), *result[-1:]]


def _with_comma(line: str) -> str:
    """Return a line of a list so that another item can follow."""
    values = tomllib.loads(f"a = [\n{line}\n]")["a"]
    item, note = _cut(line, lambda text: tomllib.loads(f"a = [\n{text}\n]")["a"] == values)
    return f"{item},{note}" if values and not item.endswith(",") else line


def _cut(text: str, is_whole: Callable[[str], bool]) -> tuple[str, str]:
    """Return what a line says, and the space and the note behind it."""
    for at in [match.start() for match in re.finditer("#", text)]:
        try:
            if is_whole(text[:at]):
                break
        except tomllib.TOMLDecodeError:
            continue
    else:
        at = len(text)
    value = text[:at].rstrip()
    return value, text[len(value) :]


def _block(path: Path, values: Mapping[str, object]) -> list[str]:
    """Return the lines of a table."""
    if path[:1] == (_TRACK,):
        head, values = ["[[track]]"], {"name": path[1], **values}
    else:
        head = [f"[{'.'.join(path)}]"] if path else []
    return [*head, *(f"{key} = {_toml(value)}" for key, value in values.items())]


def _toml(value: object) -> str:
    """Return a value as TOML writes it, which JSON does for texts, but for one character."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} = {_toml(each)}' for key, each in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _tables(text: str) -> dict[str, Any]:
    """Return what a text says, its tracks by name."""
    tables = tomllib.loads(text)
    if isinstance(tracks := tables.get(_TRACK), list):
        tables[_TRACK] = {track.get("name", ""): track for track in tracks}
    return tables


def _usual(path: Path) -> Any:
    """Return what a setting is where the file does not say it; None: a source knows, or nobody."""
    usual: Any = Track if path[0] == _TRACK else CampaignFile
    for key in path[2:] if usual is Track else path:
        defaults = {each.name: each.default for each in fields(usual)} if is_dataclass(usual) else {}
        usual = defaults.get(key)
    return usual


def _plain(value: Any) -> Any:
    """Return a value as a file says it: in a list, nothing comes twice."""
    if isinstance(value, (list, tuple)):
        return [each for n, each in enumerate(value) if each not in value[:n]]
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, Mapping) else value


def _at(tables: Any, path: Path) -> Any:
    for key in path:
        tables = tables.get(key) if isinstance(tables, dict) else None
    return tables


def _with(tables: Any, path: Path, value: object) -> Any:
    """Return the tables with this value at the end of a path."""
    if not path:
        return value
    first, *rest = path
    tables = deepcopy(tables) if isinstance(tables, dict) else {}
    if value is None and not rest:
        tables.pop(first, None)
    else:
        tables[first] = _with(tables.get(first), tuple(rest), value)
    return tables


def _chain(data: Any) -> Path:
    """Return the keys down to what is no table of one thing."""
    path = Path()
    while isinstance(data, dict) and len(data) == 1:
        ((key, data),) = data.items()
        path += (key,)
    return path
