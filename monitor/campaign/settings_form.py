"""The settings as a form asks for them: made from the types of their tables, so a new one is there by itself.

Pure. Titles, labels and hints are in settings_words.toml; a setting without words has its key for a label.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from monitor.campaign.edit import tables_of
from monitor.campaign.reader import NOTHING, Rule, value_of
from monitor.core.errors import ConfigError

_CONTROLS = {bool: "tick", int: "number", float: "number", date: "date"}
_NOT_ASKED = ("leave it out", "for tests")  # how the docs' line of an address ends that nobody changes


def _lines(typed: str) -> list[str]:
    """Return each line that was typed, without quotation marks around it; of several mail addresses in one,
    as mail programs copy them, each.
    """
    lines = list[str]()
    for line in filter(None, (line.strip().strip(' "“”') for line in typed.splitlines())):
        parts = [part for part in map(str.strip, re.split("[;,]", line)) if part]
        lines += parts if parts and all("@" in part and " " not in part for part in parts) else [line]
    return lines


_PARSERS: Mapping[str, Callable[[str], object]] = {
    "tick": bool,
    "number": lambda typed: float(typed) if "." in typed else int(typed),
    "date": date.fromisoformat,
    "lines": _lines,
    "tags": lambda typed: [tag.strip() for tag in re.split(r"[\n,#]", typed) if tag.strip()],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: what it is called, what it may be, and what it is now."""

    name: str  # in its table of the file
    label: str
    hint: str
    kind: Any  # the type, with its rules
    value: Any  # None: not set, and it may be so

    @property
    def options(self) -> tuple[str, ...]:
        """Return all that it may be, where that is a few words."""
        rules = (rule for rule in get_args(self.kind) if isinstance(rule, Rule))
        return next((rule.options for rule in rules if rule.options), ())

    @property
    def control(self) -> str:
        """Return what a form asks by: tick, choice, number, date, text, lines or tags."""
        plain = _plain(self.kind)
        if get_origin(plain) is tuple:
            return "tags" if self.name.rpartition(".")[2] == "tags" else "lines"
        return "choice" if self.options else _CONTROLS.get(plain, "text")

    @property
    def typed(self) -> str:
        """Return the value as somebody would type it."""
        if isinstance(self.value, list | tuple):
            return "\n".join(map(str, self.value))
        return "" if self.value in (None, False) else "yes" if self.value is True else str(self.value)

    @property
    def words(self) -> str:
        """Return the value as people say it."""
        if self.control == "tick":
            return "Yes" if self.value else "No"
        if self.options:
            return self.option_words(self.typed) or "not decided"
        return ", ".join(self.typed.splitlines()) or "none"

    def option_words(self, option: str) -> str:
        """Return one of its options as people say it."""
        words: str = _words()["options"].get(option, option.capitalize())
        return words

    def parse(self, typed: str) -> Any:
        """Return the value of what somebody typed, None for nothing where that may be.

        Raises ConfigError, saying what may be typed.
        """
        typed, value = typed.strip(), None
        if not typed and type(None) in get_args(self.kind):
            return None
        try:
            value = _PARSERS.get(self.control, str)(typed)
        except ValueError:
            value = typed
        try:
            value_of(self.kind, value, self.name)
        except ConfigError as error:
            raise ConfigError(_problem(str(error))) from error
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The settings of a table. `path`: "digest", "sources.NAME", "track.NAME"; "campaign" is of no table."""

    path: str
    title: str
    intro: str
    settings: tuple[Setting, ...]
    keys: Mapping[str, str]  # of `.env`, that belong to it, and their labels

    @property
    def key_options(self) -> Mapping[str, Mapping[str, str]]:
        """Return of keys that are one of a few words these words, each as people say it."""
        options: Mapping[str, Mapping[str, str]] = _words()["key_options"]
        return options

    @property
    def is_track(self) -> bool:
        """Return whether it is a track's, one that is still to be added too."""
        return "track" in self.path

    def key(self, name: str) -> str:
        """Return the whole key of a setting in the file."""
        return name if self.path == "campaign" else f"{self.path}.{name}"


def section(path: str, kinds: Sequence[type], table: Mapping[str, object], title: str = "") -> Section:
    """Return a section: all settings of these types, as they are in its table of the file."""
    words = _words().get(path.partition(".")[0].removeprefix("new-"), {})
    settings = [_setting(kind, spec, words, table) for kind in kinds for spec in fields(kind)]
    return Section(
        path=path, title=title or words.get("heading", _label(path)), intro=words.get("intro", ""),
        settings=tuple(setting for setting in settings if setting), keys=words.get("keys", {}),
    )  # fmt: skip


def order(paths: Sequence[str]) -> list[str]:
    """Return the sections in the order in which people ask for them; those without words come last."""
    return sorted(paths, key=[*_words(), *paths].index)


def changes(section: Section, form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what somebody changed in a form, and what cannot be used there; both by the settings' names.

    Beside each field the form has, as `was.NAME`, what stood there before: what is as it was, somebody
    else may have changed meanwhile.
    """
    values, problems = {}, {}
    for setting in section.settings:
        before = form.get(f"was.{setting.name}")
        typed = "\n".join(form.get(setting.name, "").splitlines())
        if before is None or typed == "\n".join(before.splitlines()):
            continue
        try:
            values[setting.name] = setting.parse(typed)
        except ConfigError as error:
            problems[setting.name] = str(error)
    return values, problems


def differences(before: str, after: str, titles: Mapping[str, str]) -> list[str]:
    """Return what another text of the campaign file says, setting by setting; `titles` are of tables."""
    old, new = (_flat(tables_of(text)) for text in (before, after))
    lines = []
    for path in (path for path in old | new if old.get(path) != new.get(path)):
        words = _words().get(path[0] if len(path) > 1 else "campaign", {})
        heading = titles.get(".".join(path[:-1])) or words.get("heading", _label(path[0]))
        if label := words.get(path[-1], [_label(path[-1])]):
            lines.append(f"{heading}, {label[0]}: {_difference(old.get(path), new.get(path))}")
    return lines


def _difference(old: object, new: object) -> str:
    if not (isinstance(old, list) and isinstance(new, list)):
        return " → ".join(_spoken(value) for value in (old, new))
    acts = {
        "added": [one for one in new if one not in old],
        "removed": [one for one in old if one not in new],
    }
    return "; ".join(f"{act} {_spoken(some)}" for act, some in acts.items() if some) or "another order"


def _spoken(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no", None: "not set", "": "not set"}.get(value, str(value))  # type: ignore[call-overload, no-any-return]


def _flat(table: object, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], object]:
    if not isinstance(table, dict):
        return {path: table}
    return {key: value for name, each in table.items() for key, value in _flat(each, (*path, name)).items()}


def complaint(section: Section, message: str) -> tuple[str, str]:
    """Return which setting a complaint about the files is about, "" for none here, and what a form says."""
    match = re.fullmatch(r"(?:In .+?: )?([a-z_]+(?:\[\d+\]|\.[\w-]+)*): (.+)", message, re.DOTALL)
    if not match:
        return "", message
    name = match[1].rpartition(".")[2]
    names = [one.name for one in section.settings if one.name.rpartition(".")[2] == name]
    words = _problem(message) if ": expected " in message else match[2]
    return names[0] if names else "", words[:1].upper() + words[1:]


def _setting(
    kind: type, spec: Field[Any], words: Mapping[str, Any], table: Mapping[str, object]
) -> Setting | None:
    """Return one field as a setting; None for a table, and for what nobody changes."""
    hint = get_type_hints(kind, include_extras=True)[spec.name]
    notes, plain = [text for text in get_args(hint) if isinstance(text, str)], _plain(hint)
    item = _plain(get_args(plain)[0]) if get_origin(plain) is tuple else plain
    own = words.get(spec.name, [_label(spec.name)])
    if not own or is_dataclass(item) or get_origin(item) or any(note.endswith(_NOT_ASKED) for note in notes):
        return None
    hint_text = next(iter([*own[1:], *notes]), "")
    default = None if spec.default is MISSING else spec.default
    return Setting(
        name=spec.name, label=own[0], hint=hint_text[:1].upper() + hint_text[1:], kind=hint,
        value=table.get(spec.name, default),
    )  # fmt: skip


def _plain(kind: Any) -> Any:
    """Return a type without its rules, and without the None that it may be."""
    while get_origin(kind) in (Annotated, UnionType):
        kind = get_args(kind)[0]
    return kind


def _label(name: str) -> str:
    return name.rpartition(".")[2].replace("_", " ").capitalize()


def _problem(message: str) -> str:
    """Return a reader's complaint as a form says it."""
    match = re.fullmatch(r".*?: expected (.+), got (.+)\.", message, re.DOTALL)
    if not match:
        return message
    start = "Nothing that can be seen was typed" if match[2] == NOTHING else f"{match[2]} cannot be used here"
    return f"{start}. Type {match[1]}."


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "settings_words.toml").read_text(encoding="utf-8"))
