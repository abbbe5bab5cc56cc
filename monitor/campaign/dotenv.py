"""Pure: the text of a `.env` with some keys set, and every other line as it was."""

import re
from collections.abc import Mapping
from io import StringIO

from monitor.campaign import keys_of
from monitor.core.errors import ConfigError


def with_keys(text: str, keys: Mapping[str, str]) -> str:
    """Return the text of a `.env` with these keys set; an empty one is there no more.

    Raises ConfigError, without the value, for a key that such a file cannot hold.
    """
    from dotenv.parser import parse_stream  # not `set_key`: it turns CRLF into LF, and writes key by key

    end = "\r\n" if "\r\n" in text else "\n"
    lines = [(binding.key, binding.original.string) for binding in parse_stream(StringIO(text, newline=""))]
    for name, key in keys.items():
        if not key and name not in dict(lines):
            continue
        lines = _with(lines, name, f"{name}={_dotenv_value(key)}{end}")
    new_text = "".join(line for _, line in lines)
    merged = {**keys_of(text, {}), **keys}
    if keys_of(new_text, {}) != {name: key for name, key in merged.items() if key}:
        raise ConfigError(f".env cannot store what you entered for {' and '.join(keys)}. Add it by hand.")
    return new_text


def _dotenv_value(key: str) -> str:
    if re.fullmatch(r"[\w.:/+=|@%~-]*", key, re.ASCII):
        return key
    return "'" + key.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _with(lines: list[tuple[str | None, str]], name: str, line: str) -> list[tuple[str | None, str]]:
    """Return the lines with this one in place of those that set the name, or at the end."""
    places = [n for n, (key, _) in enumerate(lines) if key == name]
    if places:
        _, old = lines[places[-1]]
        lines[places[-1]] = name, old[: len(old) - len(old.lstrip())] + line  # empty lines before it stay
        return [pair for n, pair in enumerate(lines) if n not in places[:-1]]
    if lines and not lines[-1][1].endswith("\n"):
        lines[-1] = lines[-1][0], lines[-1][1] + line[len(line.rstrip()) :]
    return [*lines, (name, line)]
