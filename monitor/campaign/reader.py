"""Read a table of a TOML file into a dataclass; name each mistake with its key.

A type may carry rules: `Annotated[int, between(0, 23)]`. A text in it is the setting's line in the docs.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from types import UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from monitor.core.errors import ConfigError
from monitor.core.normal_text import cleaned

T = TypeVar("T")

_WORDS = {
    str: "text", int: "a whole number", float: "a number", bool: "true or false",
    date: "a day such as 2026-05-31",
}  # fmt: skip
_MOST = 2_000  # characters of a text, and items of a list
_TEXT = re.compile(rf"[^\x00-\x08\x0b-\x1f\x7f-\x9f]{{,{_MOST}}}")  # without control characters
_SHOWN = 100  # characters of a mistake
NOTHING = "nothing that can be seen"  # in place of a mistake of which nobody sees a character


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting must keep beside its type; it is cleaned first, and only then looked at."""

    expected: str  # what is allowed, as in "expected ..., got ..."
    allows: Callable[[Any], bool]
    clean: Callable[[Any], Any] = lambda value: value
    options: tuple[str, ...] = ()  # all that is allowed, where it is a few words


def between(least: int, most: int) -> Rule:
    return Rule(f"{least} to {most}", lambda number: bool(least <= number <= most))


def one_of(*allowed: str) -> Rule:
    return Rule(f"one of {', '.join(allowed)}", lambda text: text in allowed, options=allowed)


def form(pattern: str, expected: str) -> Rule:
    """Return the rule of a text that an expression matches as a whole."""
    return Rule(expected, lambda text: bool(re.fullmatch(pattern, text)))


LINE = Rule(
    "a line of text, not empty and with at most 200 characters",
    lambda text: bool(cleaned(text) and re.fullmatch(r"[^\n\t\u2028\u2029]{1,200}", text)),
)
Words = tuple[Annotated[str, Rule("text, not empty", cleaned)], ...]
SOME = Rule("at least one", bool, lambda values: tuple(dict.fromkeys(values)))  # of a list; none comes twice


def read(kind: type[T], table: object, where: str = "") -> T:
    """Return the table as `kind`; raises ConfigError naming the key, what is allowed and what came."""
    if not isinstance(table, Mapping):
        raise _mistake(where or "the file", "a table of settings", table)
    hints = get_type_hints(kind, include_extras=True)
    specs = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    for key in table:
        if key not in specs:
            allowed = ", ".join(sorted(specs)) or "none"
            raise ConfigError(f"{_at(where, key)}: there is no such setting. Allowed here: {allowed}.")
    values = {}
    for name, spec in specs.items():
        if name in table:
            values[name] = value_of(hints[name], table[name], _at(where, name))
        elif spec.default is MISSING and spec.default_factory is MISSING:
            raise ConfigError(f"{_at(where, name)}: this setting is missing.")
    return kind(**values)


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def value_of(kind: Any, value: object, where: str) -> object:
    """Return the value as `kind`, rules included; raises ConfigError naming the key `where` it stands."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _ruled(kind, value, where)
    if origin is tuple:
        return _items(get_args(kind)[0], value, where)
    if origin is UnionType:
        return value_of(get_args(kind)[0], value, where)  # `X | None`: a file cannot say None
    if origin in (dict, Mapping) or kind is dict:
        if not isinstance(value, dict):
            raise _mistake(where, "a table of settings", value)
        of = (Any, *get_args(kind))[-1]
        return value if of is Any else {k: value_of(of, v, _at(where, k)) for k, v in value.items()}
    if kind not in _WORDS:
        return read(kind, value, where)
    if type(value) is not kind and not (kind is float and type(value) is int):
        raise _mistake(where, _WORDS[kind], value)
    if kind is str and not _TEXT.fullmatch(str(value)):
        raise _mistake(where, f"at most {_MOST:,} characters, all of them visible", value)
    return value


def _mistake(where: str, expected: str, value: object) -> ConfigError:
    text = NOTHING if value == [] or (isinstance(value, str) and not cleaned(value)) else repr(value)
    return ConfigError(f"{where}: expected {expected}, got {text[:_SHOWN]}{'…' * (len(text) > _SHOWN)}.")


def _ruled(kind: Any, value: object, where: str) -> object:
    inner, *extras = get_args(kind)
    result = value_of(inner, value, where)
    for rule in (extra for extra in extras if isinstance(extra, Rule)):
        result = rule.clean(result)
        if not rule.allows(result):
            raise _mistake(where, rule.expected, value)
    return result


def _items(kind: Any, value: object, where: str) -> tuple[object, ...]:
    has_rule = get_origin(kind) is Annotated  # whose words say which item it is
    word = _WORDS.get(get_args(kind)[0] if has_rule else kind)
    if not isinstance(value, list | tuple):
        raise _mistake(where, f"a list of {(word or 'tables').removeprefix('a ')}", value)
    if len(value) > _MOST:
        raise _mistake(where, f"a list of at most {_MOST:,}", value)
    return tuple(value_of(kind, item, where if has_rule else f"{where}[{n}]") for n, item in enumerate(value))
