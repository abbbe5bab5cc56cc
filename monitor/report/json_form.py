"""A report as JSON has it, and the schema of that: one shape for the command line, the API and scripts."""

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from monitor.report import Figure, Report
from monitor.report.figures import definitions, shown_on
from monitor.report.measure import Definition, Face
from monitor.report.story import story
from monitor.report.story.finding import Finding

Schema = dict[str, Any]

_SIMPLE: dict[type, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def plain(report: Report) -> dict[str, Any]:
    """Return a report with how each of its numbers is counted.

    None: the platform did not say.
    """
    methods = {key: asdict(definition) for key, definition in definitions().items()}
    parts = _plain(report) | {"story": _plain(story(report))}
    figures = parts.pop("figures")
    del parts["owed"]  # who waits, and who in the office answers: numbers only
    numbers = {key: figures[key] for key in _figure_keys()}
    return {**parts, **numbers, "net_tone": report.net_tone, "methods": methods}


def report_schemas() -> dict[str, Schema]:
    """Return the schema of `plain` and of all that is in it, by name."""
    components = schemas(Report, Definition, Finding)
    properties = components["Report"]["properties"]
    del properties["figures"], properties["owed"], components["OwedReply"]
    properties |= {key: _reference(Figure) for key in _figure_keys()} | {
        "story": {"type": "array", "items": _reference(Finding)},
        "net_tone": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "methods": {"type": "object", "additionalProperties": _reference(Definition)},
    }
    components["Report"] |= {"properties": properties, "required": list(properties)}
    return components


def _figure_keys() -> list[str]:
    """Return the keys of the numbers that stand beside a report's other fields; tone and range are fields."""
    return [one.key for one in shown_on(Face.JSON) if one.count]


def schemas(*kinds: type) -> dict[str, Schema]:
    """Return the JSON schema of dataclasses, and of those in their fields, by name."""
    components: dict[str, Schema] = {}
    for kind in kinds:
        _add(kind, components)
    return components


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


def _add(kind: type, components: dict[str, Schema]) -> None:
    if kind.__name__ in components:
        return
    components[kind.__name__] = schema = Schema(type="object", additionalProperties=False)
    hints = get_type_hints(kind)
    schema["properties"] = {name: _schema(hints[name], components) for name in _names(kind)}
    schema["required"] = _names(kind)
    schema["description"] = " ".join(str(kind.__doc__).split())  # a dataclass always has one


def _schema(hint: Any, components: dict[str, Schema]) -> Schema:
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    if is_dataclass(hint) and isinstance(hint, type):
        _add(hint, components)
        return _reference(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [str(member) for member in hint]}
    inside = get_args(hint)
    if get_origin(hint) is UnionType:
        return {"anyOf": [_schema(one, components) for one in inside]}
    if get_origin(hint) in (tuple, list):
        return {"type": "array", "items": _schema(inside[0], components)}
    return {"type": "object", "additionalProperties": _schema(inside[1], components)}  # a mapping


def _reference(kind: type) -> Schema:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
