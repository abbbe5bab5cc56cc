"""Setting a platform up: what to write into `.env` and the campaign file, and what a first answer means.

Files come and go as text: nothing here opens one.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO

from monitor.campaign import SourceSettings
from monitor.core.errors import ConfigError, MonitorError, RateLimited, Refused, Unavailable
from monitor.core.model import Outcome, Query
from monitor.platform_info import about
from monitor.sources import source
from monitor.sources.contract import LooksBack
from monitor.sources.shared.time_limit import within

CHECK_SECONDS = 20.0
_SAYS = {
    Outcome.CLOSED: (True, "The key is accepted, but the platform does not give it full access yet."),
    Outcome.RATE_LIMITED: (None, "It asked us to slow down, so this could not be checked yet."),
    Outcome.REFUSED: (False, "It does not work."),
    Outcome.UNREACHABLE: (None, "It could not be reached, so this could not be checked."),
    Outcome.UNREADABLE: (None, "It gave an answer we cannot read, so this was not checked."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a platform answers to a key: True, False, or None when nobody can say now."""

    works: bool | None
    says: str


def check(
    name: str, settings: SourceSettings, env: Mapping[str, str], query: Query, now: datetime
) -> Verdict:
    """Ask the platform once, live, and return what it said. Stores nothing; one page is read."""
    try:
        platform = source(name).open(settings.own, env, now)
        with within(CHECK_SECONDS):
            if about(name).optional_keys and isinstance(platform, LooksBack):  # keys for this alone
                pages = platform.back(query, now - timedelta(hours=1), now, None)
            else:
                pages = platform.search(query, {})
            page = next(pages, None)
    except MonitorError as error:
        return _verdict(_outcome(error), str(error), env)
    if page is None:
        return Verdict(works=True, says="It works.")
    title = f"It is called “{page.title}”." if page.title else ""
    return _verdict(page.outcome, f"{page.detail} {title}".strip(), env)


def question(name: str, first: Query) -> Query:
    """Return the cheapest question: the campaign's first word, or one that nobody wrote where posts cost."""
    if probe := about(name).probe:
        return Query(track="setup", tags=(probe,))
    return Query(track="setup", tags=first.tags[:1], phrases=() if first.tags else first.phrases[:1])


def with_keys(text: str, keys: Mapping[str, str]) -> str:
    """Return the text of a `.env` with these keys set, and every other line as it was.

    Raises ConfigError, without the value, for a key that such a file cannot hold.
    """
    from dotenv.parser import parse_stream  # not `set_key`: it turns CRLF into LF, and writes key by key

    end = "\r\n" if "\r\n" in text else "\n"
    lines = [(binding.key, binding.original.string) for binding in parse_stream(StringIO(text, newline=""))]
    for name, key in keys.items():
        lines = _with(lines, name, f"{name}={_dotenv_value(key)}{end}")
    new_text = "".join(line for _, line in lines)
    if _values(new_text) != {**_values(text), **keys}:
        raise ConfigError(f".env cannot store what you entered for {' and '.join(keys)}. Add it by hand.")
    return new_text


def with_source_on(text: str, name: str) -> str:
    """Return the text of a campaign file with this source on, and every other line as it was.

    Raises ConfigError, saying which line to change, where that cannot be done safely.
    """
    data = tomllib.loads(text)
    table = data.setdefault("sources", {}).setdefault(name, {})
    if table.get("on", bool(table)) is True:
        return text
    table["on"] = True
    new_text = _on(text, name)
    if new_text is None or tomllib.loads(new_text) != data:
        raise ConfigError(f"Write 'on = true' under [sources.{name}] in the campaign file yourself.")
    return new_text


def _verdict(outcome: Outcome, detail: str, env: Mapping[str, str]) -> Verdict:
    works, says = _SAYS.get(outcome, (True, "It works."))
    if outcome is Outcome.CLOSED and not env:  # there is no key to be accepted
        works, says = False, "It does not work."
    for secret in env.values():  # what a platform answers may repeat what it was asked
        detail = detail.replace(secret, "***") if len(secret) > 3 else detail
    return Verdict(works=works, says=f"{says} {detail}".strip())


def _outcome(error: MonitorError) -> Outcome:
    if isinstance(error, (RateLimited, Refused, Unavailable)):
        return Outcome(error.outcome)
    return Outcome.REFUSED if isinstance(error, ConfigError) else Outcome.UNREADABLE


def _dotenv_value(key: str) -> str:
    if re.fullmatch(r"[\w.:/+=|@%~-]+", key, re.ASCII):
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


def _values(text: str) -> dict[str, str]:
    from dotenv import dotenv_values

    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value}


def _on(text: str, name: str) -> str | None:
    """Return the text with the source's `on` set to true; None where tomlkit cannot do it."""
    import tomlkit

    try:
        file = tomlkit.parse(text)
        sources = file.get("sources", {})
        if name not in sources and not isinstance(sources, tomlkit.items.InlineTable):
            # At the end: tomlkit would put it below the note that stands above the next table.
            above = f"{text.rstrip()}\n\n" if text.strip() else ""
            file = tomlkit.parse(f"{above}[sources.{name}]\n")
        file["sources"].setdefault(name, tomlkit.table())["on"] = True
    except (tomlkit.exceptions.TOMLKitError, TypeError):
        return None
    new_text = tomlkit.dumps(file)
    return re.sub(r"(?<!\r)\n", "\r\n", new_text) if "\r\n" in text else new_text
