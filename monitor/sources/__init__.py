"""The platforms' modules, in the folder `platforms`; what each keeps is in `contract`.

A platform's words stay in its module, which ends in `SOURCE: type[Source] = ItsClass`.
Modules are imported only when their platform is asked for, so that start-up stays quick.
"""

from functools import cache
from importlib import import_module

from monitor.platform_info import about
from monitor.sources.contract import Source


@cache  # an import asks for each post
def source(name: str) -> type[Source]:
    """Return the platform's class; raises ConfigError for a name that is none."""
    about(name)
    source_class: type[Source] = import_module(f"monitor.sources.platforms.{name}").SOURCE
    return source_class


def settings_type(name: str) -> type:
    """Return the type of a platform's own settings; raises ConfigError for a name that is none."""
    about(name)
    settings: type = import_module(f"monitor.sources.platforms.{name}").Settings
    return settings
