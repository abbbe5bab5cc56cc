"""The platforms, found by being in the folder `platforms`; what each keeps is in `contract`.

A platform's words stay in its module, which ends in `SOURCE: type[Source] = ItsClass`.
Modules are imported only when their platform is asked for, so that start-up stays quick.
"""

import re
from functools import cache
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules

from monitor.core.errors import ConfigError
from monitor.sources import platforms
from monitor.sources.contract import Source


def names() -> list[str]:
    """Return the names of all platforms, sorted, without importing any."""
    return sorted(m.name for m in iter_modules(platforms.__path__))


@cache
def title(name: str) -> str:
    """Return what people call a platform; raises ConfigError for a name that is none.

    It is read from the module's text: to run it would load its libraries, and a worker that waits has none.
    """
    if name not in names():
        raise ConfigError(f"There is no source called {name!r}. Sources: {', '.join(names())}.")
    module, room = files(platforms) / f"{name}.py", files(platforms) / name / "__init__.py"
    said = (module if module.is_file() else room).read_text(encoding="utf-8")
    return str(re.findall(r'(?m)^    title: ClassVar\[str\] = "(.+)"$', said)[0])


def source(name: str) -> type[Source]:
    """Return the platform's class; raises ConfigError for a name that is none."""
    if name not in names():
        raise ConfigError(f"There is no source called {name!r}. Sources: {', '.join(names())}.")
    found: type[Source] = import_module(f"{platforms.__name__}.{name}").SOURCE
    return found
