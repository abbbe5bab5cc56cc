"""Pure: the text of a campaign file with some settings changed, and every other line as it was.

A setting is named as in `digest.hour`; of tracks, the second part is the track's name: `track.crime.tags`.
What comes of a change is read again, and nobody gets it unless it says what it should.
"""

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

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
            text = _changed(text, tuple(key.split(".")), _plain(value))
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
        ) as error:  # tomllib's and tomlkit's are such
            raise ConfigError(
                "The campaign file is written in a way that cannot be changed from here. Nothing was"
                f" changed. Write into it by hand: {by_hand({key: value})}"
            ) from error
    return text


def setting(text: str, key: str) -> Any:
    """Return what the text of a campaign file says for this; None: nothing. Raises ConfigError."""
    try:
        return _at(tables_of(text), tuple(key.split(".")))
    except ValueError as error:
        raise ConfigError(f"The campaign file cannot be understood: {error}.") from error


def by_hand(changes: Changes) -> str:
    """Return the lines that a person would have to type into the campaign file."""
    lines = list[str]()
    for key, value in changes.items():
        *table, name = path = tuple(key.split("."))
        if value is None:
            lines.append(f"# take out {key}")
        else:
            block = _block(path, value) if isinstance(value, Mapping) else _block(tuple(table), {name: value})
            lines += block.splitlines()
    return "\n".join(dict.fromkeys(lines))


def _changed(text: str, path: Path, value: Any) -> str:
    tables, unix = tables_of(text), text.replace("\r\n", "\n")
    if path[:-1] == (_TRACK,) and isinstance(value, dict):
        value = {"name": path[1], **value}
    present = _at(tables, path)
    if present == value:
        return text
    if value is None and not isinstance(present, dict) and _at(tables, path[:-1]) == {path[-1]: present}:
        lines, begin, end = _place(unix, path[:-1], tables)
        if "#" not in "".join(lines[begin:end]):  # notes would go with the table
            path, present = path[:-1], {path[-1]: present}
    if value is None and isinstance(present, dict):
        new = _without_table(unix, path, tables)
    elif isinstance(value, dict) or _at(tables, path[:-1]) is None:
        new = _with_table(unix, path, value, tables)
    else:
        new, value = _with_value(unix, path, value)
    if tables_of(new) != _with(tables, path, value):
        raise ValueError(f"{path} cannot be set")
    return new.replace("\n", "\r\n") if "\r\n" in text else new


def _with_value(text: str, path: Path, value: Any) -> tuple[str, Any]:
    """Put a value in the place of another, or below the last of its table; return it as it is then."""
    import tomlkit

    document = tomlkit.parse(text)
    table: Any = document
    for key in path[:-1]:
        table = next(each for each in table if each["name"] == key) if isinstance(table, list) else table[key]
    old = table.get(path[-1])
    if isinstance(old, tomlkit.items.Array) and isinstance(value, list) and "\n" in old.as_string():
        value = _update(old, value)
    elif value is None:
        del table[path[-1]]
    elif old is None and isinstance(table, tomlkit.items.Table):
        body = table.value.body  # whose last notes are about what follows it
        end = next((n for n in range(len(body), 0, -1) if body[n - 1][0] is not None), 0)
        notes, body[end:] = body[end:], ()
        table[path[-1]] = value
        body.extend(notes)
    else:
        table[path[-1]] = value
    return tomlkit.dumps(document), value


def _update(array: Any, items: list[Any]) -> list[Any]:
    """Let a list of several lines, which may have notes between them, hold these; return its order."""
    for n in reversed(range(len(array))):
        if array[n] not in items:
            del array[n]
    indent = re.search(r"\n([ \t]+)", array.as_string())
    for item in items:
        if item not in array:
            array.add_line(item, indent=indent[1] if indent else "    ")
    return list(array.unwrap())


def _with_table(text: str, path: Path, value: Any, tables: Mapping[str, Any]) -> str:
    """Add a table: a track below the last one, any other at the end; none is put below another's notes."""
    block = _block(path, value) if isinstance(value, dict) else _block(path[:-1], {path[-1]: value})
    if path[0] == _TRACK and tables[_TRACK]:
        lines, _, end = _place(text, (_TRACK, [*tables[_TRACK]][-1]), tables)
        return "".join([*lines[:end], "\n", block, *lines[end:]])
    return f"{text.rstrip()}\n\n{block}".lstrip()


def _without_table(text: str, path: Path, tables: Mapping[str, Any]) -> str:
    """Take a table out, with the notes within it; those above it stay, and those above the next one."""
    lines, begin, end = _place(text, path, tables)
    begin -= begin > 0 and not lines[begin - 1].strip() and not "".join(lines[end : end + 1]).strip("\n")
    return "".join([*lines[:begin], *lines[end:]])


def _place(text: str, path: Path, tables: Mapping[str, Any]) -> tuple[list[str], int, int]:
    """Return the lines of a text, with where a table begins in them, and where it ends."""
    lines = text.splitlines(keepends=True)
    heads = [n for n, line in enumerate(lines) if line.startswith("[")]
    titles = [lines[n].partition("#")[0].strip().strip("[]").replace(" ", "") for n in heads]
    if path[0] == _TRACK:
        place = [n for n, title in enumerate(titles) if title == _TRACK][[*tables[_TRACK]].index(path[1])]
    else:
        place = titles.index(".".join(path))
    begin, end = heads[place], [*heads, len(lines)][place + 1]
    while lines[end - 1].startswith(("#", "\n")):
        end -= 1
    return lines, begin, end


def _block(path: Path, values: Mapping[str, object]) -> str:
    import tomlkit

    if path[:1] == (_TRACK,):
        return tomlkit.dumps({_TRACK: [{"name": path[1], **values}]})
    return tomlkit.dumps(_with({}, path, dict(values)))


def tables_of(text: str) -> dict[str, Any]:
    """Return what a text says, its tracks by name."""
    tables = tomllib.loads(text)
    tables[_TRACK] = {track.get("name", ""): track for track in tables.get(_TRACK, ())}
    return tables


def _plain(value: Any) -> Any:
    """Return a value as a file says it: in a list, nothing comes twice, in capitals or not, but addresses."""
    if isinstance(value, (list, tuple)):
        keys = [each.casefold() if isinstance(each, str) and "/" not in each else each for each in value]
        return [each for n, each in enumerate(value) if keys[n] not in keys[:n]]
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, Mapping) else value


def _at(tables: Any, path: Path) -> Any:
    for key in path:
        tables = tables.get(key) if isinstance(tables, dict) else None
    return tables


def _with(tables: Any, path: Path, value: object) -> Any:
    """Return the tables with this value at the end of a path."""
    if not path:
        return value
    tables = deepcopy(tables) if isinstance(tables, dict) else {}
    if value is None and len(path) == 1:
        tables.pop(path[0], None)
    else:
        tables[path[0]] = _with(tables.get(path[0]), path[1:], value)
    return tables
