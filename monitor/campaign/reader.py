"""Read a table of a TOML file into a dataclass; name each mistake with its key."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from monitor.core.errors import ConfigError

T = TypeVar("T")

_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def read(kind: type[T], table: object, where: str = "") -> T:
    """Return the table as `kind`; raises ConfigError naming the key, what is allowed and what came."""
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where or 'the file'}: expected a table of settings, got {table!r}.")
    hints = get_type_hints(kind)
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            allowed = ", ".join(sorted(known))
            raise ConfigError(f"{_at(where, key)}: there is no such setting. Allowed here: {allowed}.")
    values = {}
    for name, spec in known.items():
        if name in table:
            values[name] = _value(hints[name], table[name], _at(where, name))
        elif spec.default is MISSING and spec.default_factory is MISSING:
            raise ConfigError(f"{_at(where, name)}: this setting is missing.")
    return kind(**values)


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _value(kind: Any, value: object, where: str) -> object:
    origin = get_origin(kind)
    if origin is tuple:
        return _items(get_args(kind)[0], value, where)
    if origin is UnionType:
        return _value(get_args(kind)[0], value, where)  # `X | None`: a file cannot say None
    if origin in (dict, Mapping) or kind is dict:
        if isinstance(value, dict):
            return value
        raise ConfigError(f"{where}: expected a table of settings, got {value!r}.")
    if kind in _WORDS:
        if type(value) is kind or (kind is float and type(value) is int):
            return value
        raise ConfigError(f"{where}: expected {_WORDS[kind]}, got {value!r}.")
    return read(kind, value, where)


def _items(kind: Any, value: object, where: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        word = _WORDS.get(kind, "tables")
        raise ConfigError(f"{where}: expected a list of {word.removeprefix('a ')}, got {value!r}.")
    return tuple(_value(kind, item, f"{where}[{n}]") for n, item in enumerate(value))
