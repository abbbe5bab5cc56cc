"""SQLite, by sqlite-utils: pysqlite3's where there is one, else Python's own; never both on one file.

sqlite-utils would load numpy, which the language model brings, for kinds of values that no row of ours has:
12 MB and a tenth of a second for every process. For one annotation it would load Python's SQLite, too, 1 MB.
"""

import sys
from contextlib import suppress
from typing import Any

_INSTEAD: dict[str, Any] = dict.fromkeys(("numpy", "pandas"))  # None: as if it were not installed
with suppress(ImportError):
    import pysqlite3

    _INSTEAD["sqlite3"] = pysqlite3
_LEFT_OUT = [name for name in _INSTEAD if name not in sys.modules]
sys.modules.update({name: _INSTEAD[name] for name in _LEFT_OUT})

from sqlite_utils import Database, Migrations  # noqa: E402
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # noqa: E402

for _name in _LEFT_OUT:
    del sys.modules[_name]

__all__ = ["Database", "Migrations", "sqlite3"]
