"""Reports whose parts are looked up when they are first read: a page costs what it shows. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from types import MappingProxyType
from typing import Any

from monitor.report import Report


class LazyReport(Report):
    """A report that looks each part up when it is first read; its archive has to be open until then."""

    def __init__(self, parts: Mapping[str, Callable[[], Any]] = MappingProxyType({}), **values: Any) -> None:
        for name, value in (values | {"_parts": parts}).items():
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        """Look up a part that was not read yet."""
        if name not in self.__dict__.get("_parts", ()):
            raise AttributeError(name)
        try:
            value = self._parts[name]()
        except AttributeError as error:  # a template would take it for a part that there is not
            raise TypeError(f"The {name} of a report cannot be looked up: {error}") from error
        object.__setattr__(self, name, value)
        return value

    def whole(self) -> Report:
        """Return the same with all of its parts looked up."""
        return Report(**{name: getattr(self, name) for name in _NAMES})


def changed(report: Report, changes: Mapping[str, Callable[[Any], Any]]) -> Report:
    """Return a report with some parts as these functions of them; of a lazy one, when they are read."""

    def part(name: str) -> Any:
        value = getattr(report, name)
        return changes[name](value) if name in changes else value

    lazy = LazyReport({name: partial(part, name) for name in _NAMES})
    return lazy if isinstance(report, LazyReport) else lazy.whole()


_NAMES = [field.name for field in fields(Report)]
